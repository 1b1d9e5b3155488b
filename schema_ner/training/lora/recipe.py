"""What a run does, beside its data: numbers, with where they come from."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

from schema_ner.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a language model is fine-tuned.  Where nothing else is said, as GoLLIE was.

    Attributes:
        texts: how many texts are seen in all.
        batch_size: texts in one step of the optimiser.
        row_tokens: the most tokens of a forward pass; one schema is read once for all texts in it.
        rank, alpha, dropout: of LoRA, on all linear layers.
        learning_rate: after the warm-up; it falls to 0 in half a cosine.
        warm_up: share of all texts until the rate is reached.
        class_dropout: how often a type is left out of a prompt, its mentions with it.
        masked: how often the classes of a prompt are called LABEL_1, LABEL_2 …, so that only their
            guidelines say what they mean.
        without: how often a prompt is without guidelines.
        examples: the most examples of a type in a prompt; how many is drawn.
        negatives: the most types without a mention in any text of a prompt.
        pack_share: how often a prompt is of a pack, where packs and data sets are learnt from.
        weight_decay: of AdamW.
        clip: the most that the norm of a gradient may be.
        seed: of the adapter's weights and of every draw.

    Raises:
        InputError: a number that cannot be used.
    """

    texts: int
    batch_size: int = 32
    row_tokens: int = 2048
    rank: int = 8
    alpha: int = 16
    dropout: float = 0.05
    learning_rate: float = 3e-4
    warm_up: float = 0.03
    class_dropout: float = 0.15
    masked: float = 0.3
    without: float = 0.15
    examples: int = 5
    negatives: int = 4
    pack_share: float = 0.6
    weight_decay: float = 0.0
    clip: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            _check(field.name, getattr(self, field.name))

    def rate_at(self, texts: int) -> float:
        """The learning rate after so many texts."""
        done = texts / self.texts
        if done < self.warm_up:
            return (
                self.learning_rate
                * (texts + self.batch_size)
                / (self.texts * self.warm_up + self.batch_size)
            )
        left = max(0.0, 1 - (done - self.warm_up) / max(1e-9, 1 - self.warm_up))
        return self.learning_rate * (0.5 - 0.5 * math.cos(math.pi * left))


_LEAST = {"texts": 1, "batch_size": 1, "row_tokens": 64, "rank": 1, "alpha": 1}
_SHARES = ("dropout", "warm_up", "class_dropout", "masked", "without", "pack_share")


def _check(name: str, value: Any) -> None:  # noqa: ANN401
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or value < _LEAST.get(name, 0):
        raise InputError(f"{name}={value!r}; it is a number, at least {_LEAST.get(name, 0)}")
    if name in _SHARES and value > 1:
        raise InputError(f"{name}={value!r}; it is a share in [0, 1]")
