"""Long texts in windows that follow one another, cut between mentions.

Here: where a text is cut.  Not here: the overlapping windows of a model that reads
(``schema_ner.windows``).
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from schema_ner.errors import InputError
from schema_ner.grammar.chunks import chunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.spans import Span


def windows(text: str, spans: Sequence[Span], most: int | None) -> Iterator[tuple[int, int]]:
    """``[start, end)`` of each window; joined they are the text.

    A window ends behind a blank where there is one, else behind a word or another sign, else
    anywhere, and never inside a mention: where mentions leave no place, it is longer than ``most``.

    Args:
        text: the text.
        spans: its mentions.
        most: characters of a window; ``None`` for the whole text at once.

    Raises:
        InputError: ``most`` is below 1.
    """
    if most is not None and most < 1:
        raise InputError(f"most_characters={most} leaves no room for a text; it is at least 1")
    if most is None or len(text) <= most:
        yield 0, len(text)
        return
    free = _free(len(text), spans)
    edges = edges_of(chunks(text))
    begin = 0
    while begin < len(text):
        end = len(text)
        if end - begin > most:
            end = _end(text, begin, most, free, edges)
        yield begin, end
        begin = end


def edges_of(units: Sequence[str]) -> frozenset[int]:
    """Offsets at which the units of a text begin and end, its own beginning and end included."""
    return frozenset(accumulate(map(len, units), initial=0))


def _free(length: int, spans: Sequence[Span]) -> list[bool]:
    """For each offset, whether no mention goes on over it."""
    changes = [0] * (length + 2)
    for span in spans:
        changes[span.start + 1] += 1
        changes[span.end] -= 1
    return [depth == 0 for depth in accumulate(changes)]


def _end(text: str, begin: int, most: int, free: Sequence[bool], edges: frozenset[int]) -> int:
    places = [at for at in range(begin + most, begin, -1) if free[at]]
    behind_blanks = (at for at in places if text[at - 1].isspace())
    behind_units = (at for at in places if at in edges)
    for found in (behind_blanks, behind_units, iter(places)):
        if (at := next(found, None)) is not None:
            return at
    return next(at for at in range(begin + most + 1, len(text) + 1) if free[at])
