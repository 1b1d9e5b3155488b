"""How well predicted spans agree with gold spans, under a named convention.

    from schema_ner.scoring import score

    score(gold, predicted).f1

The same predictions get different numbers from different conventions, so a number is only worth
something together with the rule that made it: every convention carries its definition in one line.
A new convention is one module with a ``CONVENTION`` in it, and one line in the table below.

Here: the door and the table.  Not here: counting (one module a convention), what a result looks
like (``base``), reading files (``formats``).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from schema_ner.errors import InputError
from schema_ner.scoring.base import Convention, Pair, Score, TypeScore

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from schema_ner.spans import Span

__all__ = ["Convention", "Pair", "Score", "TypeScore", "find", "names", "score"]

_HOME = {"strict": "strict"}  # name of a convention → the module that holds it


def score(
    gold: Sequence[Sequence[Span]],
    predicted: Sequence[Sequence[Span]],
    convention: str = "strict",
    labels: Collection[str] | None = None,
) -> Score:
    """Compare predictions with gold annotations, text by text.

    Args:
        gold: the annotators' spans, one sequence a text.
        predicted: a model's spans for the same texts, in the same order.
        convention: which rule says that a prediction is right; see ``names()``.
        labels: the types to count; spans of other types are passed over on both sides.  ``None``
            counts every type that occurs.

    Raises:
        InputError: the two differ in length, ``labels`` is empty, or no convention of that name.
    """
    rule = find(convention)
    if len(gold) != len(predicted):
        raise InputError(
            f"texts: {len(gold)} in gold, {len(predicted)} predicted; give one sequence of spans "
            "for each text on both sides, an empty one where nothing was found"
        )
    if labels is not None and not labels:
        raise InputError("labels is empty, so nothing would be counted; leave it out to count all")
    wanted = None if labels is None else tuple(dict.fromkeys(labels))
    kept = [Pair(_only(g, wanted), _only(p, wanted)) for g, p in zip(gold, predicted, strict=True)]
    return rule.measure(kept, wanted)


def names() -> tuple[str, ...]:
    """The names of all conventions, sorted."""
    return tuple(sorted(_HOME))


def find(name: str) -> Convention:
    """The convention of that name, with its definition.

    Raises:
        InputError: there is none of that name.
    """
    if name not in _HOME:
        known = ", ".join(names())
        raise InputError(f"no scoring convention is called {name!r}; known are: {known}")
    found = import_module(f"{__name__}.{_HOME[name]}").CONVENTION
    assert isinstance(found, Convention)
    return found


def _only(spans: Sequence[Span], labels: tuple[str, ...] | None) -> tuple[Span, ...]:
    return tuple(s for s in spans if labels is None or s.label in labels)
