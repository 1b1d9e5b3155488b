"""How well predicted spans agree with gold spans, under a named convention.

    from schema_ner.scoring import score

    score(gold, predicted).f1

The same predictions get different numbers from different conventions, so a number is only worth
something together with the rule that made it: every convention carries its definition in one line.
A new convention stands in the ``CONVENTIONS`` of a module here, one or several in each, and has a
line in the table below.

Here: the door and the table.  Not here: counting (``strict`` and its neighbours), which text stands
against which (``pairing``), what a result looks like (``base``), how far it can be trusted
(``bootstrap``), what is behind it (``errors``, ``confusion``), reading files (``formats``).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from schema_ner.errors import InputError
from schema_ner.scoring import pairing
from schema_ner.scoring.base import Convention, Headline, Pair, Score, TypeScore

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from schema_ner.scoring.pairing import Annotated

__all__ = ["Convention", "Headline", "Pair", "Score", "TypeScore", "find", "names", "score"]

# name of a convention → the module whose CONVENTIONS hold it
_HOME = {
    "strict": "strict",
    "exact": "overlaps",
    "partial": "overlaps",
    "type": "overlaps",
    "seqeval": "sequences",
    "seqeval-strict": "sequences",
    "conlleval": "sequences",
    "token": "sequences",
    "klue-entity": "klue",
    "klue-char": "klue",
    "klue-clean": "klue",
    "gollie": "strings",
    "uniner": "strings",
    "pii": "pii",
}


def score(
    gold: Sequence[Annotated],
    predicted: Sequence[Annotated],
    convention: str = "strict",
    labels: Collection[str] | None = None,
) -> Score:
    """Compare predictions with gold annotations, text by text.

    Args:
        gold: the annotators' spans, one sequence a text; or Documents, which some conventions need,
            for they count tokens or characters.
        predicted: a model's spans for the same texts, in the same order; Documents or Extractions
            as well.
        convention: which rule says that a prediction is right; see ``names()``.
        labels: the types to count; spans of other types are passed over on both sides.  ``None``
            counts every type that occurs.

    Raises:
        InputError: the two differ in length or in a text, ``labels`` is empty, no convention of
            that name, or one that needs texts and got spans alone.
    """
    rule = find(convention)
    types = pairing.wanted(labels)
    return rule.measure(pairing.pairs(gold, predicted, types, rule), types)


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
    held: tuple[Convention, ...] = import_module(f"{__name__}.{_HOME[name]}").CONVENTIONS
    return next(convention for convention in held if convention.name == name)
