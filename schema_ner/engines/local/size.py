"""How large a causal LM is, by its config alone: parameters, memory of weights and of a token.

Here: the arithmetic.  Not here: what follows from it (``plan``), reading a config (``preparing``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from schema_ner.errors import ModelError

Stored = Literal["plain", "nf4", "gguf"]

BYTES = {"float32": 4.0, "float16": 2.0, "bfloat16": 2.0}
# NF4 with double quantisation: half a byte, one byte for 64 weights, four for 64 × 256
NF4_BYTES = 0.5 + 1 / 64 + 4 / (64 * 256)
# Numbers that a forward pass keeps for one token beside the cache, as a multiple of the width.
WORK = 16
_MOST = {"vocab_size": 2**24, "num_hidden_layers": 2**12}  # no model comes near; a config might
_MOST_OTHERWISE = 2**20
# Families whose MLP has two matrices; those of all others have three, one of them a gate.
_WITHOUT_GATE = frozenset({
    "bloom", "codegen", "falcon", "gpt2", "gpt_bigcode", "gpt_neo", "gpt_neox", "gptj", "mpt",
    "opt", "phi", "starcoder2",
})  # fmt: skip
_WITH_BIAS = frozenset({"qwen2", "qwen2_moe"})  # of queries, keys and values; not in their configs
_FOUR_NORMS = frozenset({"gemma2", "gemma3", "gemma3_text"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a model is.

    Attributes:
        parameters: numbers in all its weights.
        linear: those among them that NF4 packs: linear layers but the last.
        bytes_per_token_kv: keys and values that one token of context keeps, in half precision.
        hidden: width of a token's vector.
        context: tokens that it was made for.
        stored: how its files hold the weights: as numbers, packed by bitsandbytes, or as GGUF,
            which is unpacked when it is loaded.
    """

    parameters: int
    linear: int
    bytes_per_token_kv: int
    hidden: int
    context: int
    stored: Stored = "plain"

    def weights(self, dtype: str, quantization: str) -> int:
        """Bytes of the weights in memory."""
        packed = self.linear if quantization == "nf4" else 0
        return round(packed * NF4_BYTES + (self.parameters - packed) * BYTES[dtype])

    def row(self, dtype: str, tokens: int) -> int:
        """Bytes that one text of so many tokens needs while it is read."""
        each = self.bytes_per_token_kv * BYTES[dtype] / 2 + WORK * self.hidden * BYTES[dtype]
        return round(tokens * each)


def size_of(config: Any, *, stored: Stored = "plain") -> Size:  # noqa: ANN401  # of transformers
    """The size of the model that a config describes.

    Args:
        config: an object with transformers' standard attributes.
        stored: how its files hold the weights.

    Raises:
        ModelError: the config lacks a number, or has one out of range.
    """
    hidden, layers = _number(config, "hidden_size"), _number(config, "num_hidden_layers")
    heads, vocabulary = _number(config, "num_attention_heads"), _number(config, "vocab_size")
    kv_heads = _number(config, "num_key_value_heads", heads)
    width = _number(config, "head_dim", max(1, hidden // heads))
    family = str(getattr(config, "model_type", ""))
    attention = hidden * width * (2 * heads + 2 * kv_heads)
    mlp, experts = _mlp(config, family, hidden)
    small = hidden * (4 if family in _FOUR_NORMS else 2)
    if family in _WITH_BIAS or getattr(config, "attention_bias", False) is True:
        small += width * (heads + 2 * kv_heads)
    if family.startswith("qwen3"):  # norms of queries and keys
        small += 2 * width
    embeddings = vocabulary * hidden * (1 if getattr(config, "tie_word_embeddings", False) else 2)
    return Size(
        parameters=embeddings + hidden + layers * (attention + mlp * experts + small),
        # experts are one tensor of three dimensions, which is no linear layer
        linear=layers * (attention + (mlp if experts == 1 else 0)),
        bytes_per_token_kv=2 * 2 * layers * kv_heads * width,
        hidden=hidden,
        context=context_of(config),
        stored=stored,
    )


DEFAULT_CONTEXT = 4096


def context_of(config: Any) -> int:  # noqa: ANN401  # likewise
    """Tokens that a model was made for, with the stretching of positions that its config asks for.

    A config that sets no limit, as those without positions do, gets the default.
    """
    most = _number(config, "max_position_embeddings", DEFAULT_CONTEXT, most=2**31)
    stretched = getattr(config, "rope_parameters", None) or getattr(config, "rope_scaling", None)
    if isinstance(stretched, dict):
        # most configs name the stretched length already; where the first length stands there too,
        # the product is what was meant
        first, factor = stretched.get("original_max_position_embeddings"), stretched.get("factor")
        if isinstance(first, int) and isinstance(factor, int | float) and 1 <= factor <= 2**10:
            most = max(most, min(int(first * factor), 2**31))
    return most


def _mlp(config: Any, family: str, hidden: int) -> tuple[int, int]:  # noqa: ANN401  # likewise
    """Weights of one MLP, and how many there are in a layer."""
    inner = _number(config, "intermediate_size", 4 * hidden)
    experts = 1
    for name in ("num_local_experts", "num_experts", "n_routed_experts"):
        experts = max(experts, _number(config, name, 1))
    if experts > 1:
        inner = _number(config, "moe_intermediate_size", inner)
    return (2 if family in _WITHOUT_GATE else 3) * hidden * inner, experts


def _number(
    config: Any,  # noqa: ANN401  # likewise
    name: str,
    default: int | None = None,
    *,
    most: int | None = None,
) -> int:
    value = getattr(config, name, None)
    if value is None and default is not None:
        return default
    if isinstance(value, list) and value and all(isinstance(each, int) for each in value):
        value = max(value)  # a number for each layer
    most = most or _MOST.get(name, _MOST_OTHERWISE)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise ModelError(
            f"the model's config says {name}={value!r}; a causal LM has a whole number from 1 to "
            f"{most:,} there"
        )
    return value
