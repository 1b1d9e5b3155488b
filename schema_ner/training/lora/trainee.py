"""The model that learns: a base held still, with a LoRA adapter on all its linear layers.

Here: loading it, one forward pass, its loss.  Not here: steps (``loop``), what is in a row
(``rows``), the files of an adapter (``saving``).

Shapes: T tokens of a row, L of them learnt, V vocabulary.
"""

from __future__ import annotations

import inspect
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import cross_entropy

from schema_ner.engines.local.attaching import keep_unpackable
from schema_ner.engines.local.loading import load
from schema_ner.engines.local.machine import look
from schema_ner.engines.local.quiet import quietly
from schema_ner.errors import InputError, ModelError, require
from schema_ner.training.lora.examples import Example
from schema_ner.training.lora.rows import pack

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from torch import Tensor

    from schema_ner.engines.local.identity import Identity
    from schema_ner.engines.local.loading import Loaded
    from schema_ner.engines.local.plan import Attention, Wishes
    from schema_ner.training.lora.recipe import Recipe
    from schema_ner.training.lora.rows import Row


TOLERANCE = 0.02  # of a loss of random tokens, some 10 nats, in half precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainee:
    """A model with an adapter that learns.

    Attributes:
        model: peft's wrapper.
        loaded: the base as the engine loads it; its ``model`` runs with the adapter as it is.
        short: what arithmetic is done in where that is not the weights' own type.
        shares: whether several texts may share a row.
    """

    model: Any
    loaded: Loaded
    short: torch.dtype | None
    shares: bool

    @property
    def learnt(self) -> dict[str, Tensor]:
        """The adapter's weights, by name."""
        return {n: p for n, p in self.model.named_parameters() if p.requires_grad}

    def shortened(self) -> AbstractContextManager[object]:
        """A context in which arithmetic is as short as in training."""
        if self.short is None:
            return nullcontext()
        return torch.autocast(self.loaded.plan.device, dtype=self.short)

    def loss(self, row: Row) -> Tensor:
        """Mean cross-entropy of the tokens of a row that are learnt."""
        device = self.model.device
        tokens, positions, places, targets = (
            torch.from_numpy(array).to(device)
            for array in (row.tokens, row.positions, row.predicting, row.targets)
        )
        told: dict[str, Any] = {"input_ids": tokens[None], "use_cache": False}
        if self.shares:
            told["attention_mask"] = self._mask(row)
            told["position_ids"] = positions[None]
        with self.shortened():
            if _keeps_logits(self.loaded.model):
                logits = self.model(**told, logits_to_keep=places).logits[0]  # (L, V)
            else:
                logits = self.model(**told).logits[0, places]
        return cross_entropy(logits.float(), targets)

    def _mask(self, row: Row) -> Tensor:
        """(1, 1, T, T): bool for sdpa, what is added to scores for others."""
        allowed = torch.from_numpy(row.allowed()).to(self.model.device)[None, None]
        if self.loaded.plan.attention == "sdpa":
            return allowed
        dtype = self.short or self.loaded.model.dtype
        closed = torch.zeros_like(allowed, dtype=dtype)
        return closed.masked_fill(~allowed, torch.finfo(dtype).min)


def prepare(identity: Identity, wishes: Wishes, recipe: Recipe, *, checkpointing: bool) -> Trainee:
    """Load a base and put an adapter on it that does nothing yet.

    Args:
        identity: of the base.
        wishes: device, precision, 4 bits.
        recipe: rank and dropout of the adapter.
        checkpointing: compute activations again backwards, in a third more time and with a
            fraction of the memory.

    Raises:
        ModelError: the base cannot be loaded, is an adapter itself, or has no end of text.
        InputError: a precision that the device cannot learn in.
        MissingExtraError: a package is missing.
    """
    with quietly():  # it brings bitsandbytes, which speaks of itself
        peft = require("peft", extra="llm")
    _check_is_no_adapter(identity)
    if look(wishes.device).device == "mps" and wishes.dtype == "auto":
        wishes = replace(wishes, dtype="float32")  # gradients do not fit into its float16
    loaded = load(identity, wishes)
    _check_is_no_adapter(loaded.identity)  # of a name on the hub, that is known now
    if loaded.plan.device == "cpu" and loaded.plan.dtype == "float16":
        raise InputError("--dtype float16 cannot be learnt in on a CPU; leave it at auto")
    if loaded.tokenizer.eos_token_id is None:
        raise ModelError(
            f"the tokenizer of {loaded.identity.name} has no end of text, which answers end in; "
            "take another base"
        )
    with quietly():
        # flash attention knows no mask of our own
        attention: Attention = "eager" if loaded.plan.attention == "eager" else "sdpa"
        loaded.model.set_attn_implementation(attention)
        loaded = replace(loaded, plan=replace(loaded.plan, attention=attention))
        if loaded.plan.quantization == "nf4":
            keep_unpackable(loaded.model)
            base = peft.prepare_model_for_kbit_training(
                loaded.model,
                use_gradient_checkpointing=checkpointing,
                gradient_checkpointing_kwargs={"use_reentrant": False},
            )
        else:
            base = loaded.model
            if checkpointing:
                base.gradient_checkpointing_enable({"use_reentrant": False})
                base.enable_input_require_grads()
        torch.manual_seed(recipe.seed)
        config = peft.LoraConfig(
            task_type="CAUSAL_LM",
            r=recipe.rank,
            lora_alpha=recipe.alpha,
            lora_dropout=recipe.dropout,
            target_modules="all-linear",
        )
        model = peft.get_peft_model(base, config)  # the adapter itself is in float32
    alone = Trainee(
        model=model,
        loaded=replace(loaded, model=model.get_base_model()),
        short=_short(loaded.plan.device, loaded.plan.dtype, wishes.dtype),
        shares=False,
    )
    return replace(alone, shares=can_share(loaded.model) and _shares(alone))


def _check_is_no_adapter(identity: Identity) -> None:
    if identity.kind == "adapter":
        raise ModelError(
            f"{identity.name} is an adapter itself; name its base, {identity.base_name}, or a "
            "model that it was merged into"
        )


def _short(device: str, dtype: str, wished: str) -> torch.dtype | None:
    """What to compute in: half precision where the device is fast in it, and nobody minds."""
    if wished == "float32":
        return None
    if device == "cpu":
        fast = torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()  # noqa: SLF001
        return torch.bfloat16 if fast else None
    if dtype == "float32":
        return None
    return torch.float16 if dtype == "float16" else torch.bfloat16


def can_share(model: Any) -> bool:  # noqa: ANN401  # of transformers
    """Whether a mask and positions of our own say all of who attends to whom.

    Not where a window slides, where a state is carried on, or where scores depend on places in the
    row (ALiBi).
    """
    config = model.config.get_text_config(decoder=True)
    if getattr(config, "alibi", False) or hasattr(config, "attention_layers"):
        return False
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    windowed = getattr(config, "sliding_window", None) and getattr(
        config, "use_sliding_window", True
    )
    if kinds != {"full_attention"} or (windowed and not getattr(config, "layer_types", None)):
        return False
    return "position_ids" in inspect.signature(model.forward).parameters


def _shares(trainee: Trainee) -> bool:
    """Whether texts that share a row really have the loss that they have alone: it is tried out.

    Models differ in what they make of a mask and of positions, and names do not tell.
    """
    size = min(trainee.loaded.model.get_input_embeddings().num_embeddings, 1000)
    drawn = torch.Generator().manual_seed(0)
    common = torch.randint(size, (48,), generator=drawn).tolist()
    rests = torch.randint(size, (3, 12), generator=drawn).tolist()
    examples = [Example((*common, *rest), ((50, 60),)) for rest in rests]
    trainee.model.eval()
    try:
        with torch.no_grad():
            packed = replace(trainee, shares=True).loss(pack([examples], 1000)[0]).item()
            rows = [pack([[example]], 1000)[0] for example in examples]
            alone = sum(trainee.loss(row).item() for row in rows) / len(rows)
    except Exception:  # noqa: BLE001  # a model that takes no such mask fails in its own way
        return False
    return abs(packed - alone) <= TOLERANCE * max(1.0, alone)


def _keeps_logits(model: Any) -> bool:  # noqa: ANN401  # of transformers
    return "logits_to_keep" in inspect.signature(model.forward).parameters
