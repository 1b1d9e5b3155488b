"""Annotations under a name that nobody reads, which would be lost unseen.

Here: telling such names, also where the value shows it.  Not here: which names a format reads (its
module), saying it where no text of a file has an annotation (``doubts``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_ner.formats.files import LineError, short

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_NEAR = 2  # letters put in, left out or exchanged
# what other tools and papers call them
_ELSEWHERE = frozenset(
    ["annotation", "annotations", "entity", "ents", "mentions", "ner", "predictions"]
)


def check(data: Mapping[str, Any], names: Sequence[str], known: Collection[str]) -> None:
    """Look at an object that has none of the names; those known mean something else.

    Raises:
        LineError: a key is nearly one of the names, or holds spans under a name that others use.
    """
    for key, value in data.items():
        if key in known or not isinstance(value, list | dict):
            continue
        near = next((name for name in names if is_near(key, name)), None)
        if near is not None:
            what = f"the key {short(key)} is unknown, and nearly {short(near)}"
            raise LineError(what, "rename it, so that its annotations are read")
        if _holds_spans(value) and _is_usual(key):
            what = f"the key {short(key)} is unknown, and holds what looks like annotations"
            raise LineError(what, f"call it {short(names[0])}, so that they are read")


def is_near(key: str, name: str) -> bool:
    """Whether somebody who wrote the key may have meant the name."""
    from rapidfuzz.distance import Levenshtein  # noqa: PLC0415  # few files need it

    return Levenshtein.distance(key.lower().strip(), name, score_cutoff=_NEAR) <= _NEAR


def unread(rest: Mapping[str, Any]) -> str | None:
    """The first key, of those that a format does not know, that holds what looks like annotations.

    That is ``[[0, 3, "PER"]]``, a list of objects that say so, or any under a usual name.
    """
    return next((key for key, value in rest.items() if _is_annotated(key, value)), None)


def _is_usual(key: str) -> bool:
    return key.lower().strip() in _ELSEWHERE or is_near(key, "label") or is_near(key, "labels")


def _holds_spans(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_span, value))


def _is_annotated(key: str, value: object) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return key.lower() in _ELSEWHERE or all(map(_is_annotation, value))


def _is_annotation(item: object) -> bool:
    match item:
        case {"label": _}:
            return _is_span(item)
        case [int(), int(), str()]:
            return True
    return False


def _is_span(item: object) -> bool:
    """Whether it says a place, whatever it calls the type."""
    match item:
        case [int(), int(), str()]:
            return True
        case {"start": int(), "end": int()} | {"start_offset": int(), "end_offset": int()}:
            return True
    return False
