"""A schema told otherwise: in another order, with types left out, under names that say nothing.

A model that always sees the same classes learns these classes; one that sees them changed learns
to read their guidelines (Sainz et al., arXiv:2310.03668).

Here: drawing a variant.  Not here: which texts it is asked of (``texts``), the prompt made of it
(``gollie``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from schema_ner.errors import InputError
from schema_ner.schema import Schema

if TYPE_CHECKING:
    import random
    from collections.abc import Collection, Iterator, Mapping

    from schema_ner.schema import EntityType


@dataclass(frozen=True, slots=True)
class Variant:
    """A schema, and what became of the labels of the one that it was made of.

    Attributes:
        schema: at least one type.
        labels: by label of the original schema, the label here; types left out are not in it.
    """

    schema: Schema
    labels: Mapping[str, str]


def variant(  # noqa: PLR0913  # one parameter a change
    schema: Schema,
    rng: random.Random,
    *,
    shuffle: bool,
    dropout: float,
    masked: bool,
    most_examples: int | None,
    keep: Collection[str] = (),
) -> Variant:
    """Draw a variant of a schema; the same state of ``rng`` draws the same.

    Args:
        schema: the original.
        rng: where chance comes from.
        shuffle: whether the types come in another order.
        dropout: probability in [0, 1] of each type to be left out; one is always left.
        masked: whether every type is called ``LABEL_1``, ``LABEL_2`` … in an order that says
            nothing; guidelines, examples and fields stay as they are.
        most_examples: how many examples of a type are drawn; ``None`` leaves them as they are.
        keep: labels of types that are never left out.

    Raises:
        InputError: ``dropout`` is no probability, or ``most_examples`` is negative.
    """
    check_share("dropout", dropout)
    if most_examples is not None and most_examples < 0:
        raise InputError(f"most_examples={most_examples}: it is 0 or more")
    kept = _kept(schema, rng, dropout, keep)
    if shuffle:
        rng.shuffle(kept)
    numbers = rng.sample(range(1, len(kept) + 1), len(kept)) if masked else []
    told = [replace(each, examples=_sampled(each.examples, most_examples, rng)) for each in kept]
    if masked:
        told = list(_masked(told, numbers))
    labels = {old.label: new.label for old, new in zip(kept, told, strict=True)}
    return Variant(Schema(tuple(told), schema.name), labels)


def check_share(name: str, value: float) -> None:
    """Raise InputError for what is no probability."""
    if not 0.0 <= value <= 1.0:
        raise InputError(f"{name}={value}: it is a share, from 0 to 1")


def _kept(
    schema: Schema, rng: random.Random, dropout: float, keep: Collection[str]
) -> list[EntityType]:
    chances = [rng.random() for _ in schema]
    kept = [
        each
        for each, chance in zip(schema, chances, strict=True)
        if each.label in keep or chance >= dropout
    ]
    return kept or [rng.choice(schema.types)]


def _sampled(examples: tuple[str, ...], most: int | None, rng: random.Random) -> tuple[str, ...]:
    if most is None:
        return examples
    return tuple(rng.sample(examples, min(most, len(examples))))


def _masked(types: list[EntityType], numbers: list[int]) -> Iterator[EntityType]:
    for each, number in zip(types, numbers, strict=True):
        name = f"LABEL_{number}"
        yield replace(each, label=name, class_name=name)
