"""A mistake in its text, on one line: ``…lives in [New {York] City} since…``.

Here: brackets, and cutting to the width.  Not here: which text is around (``scoring.errors``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    from schema_ner.scoring.errors import Context, Mistake

BRACKETS = "[gold] {predicted}"
_GAP = "…"


def excerpt(mistake: Mistake, room: int) -> str:
    """The text around a mistake, its spans in brackets, in so many cells at most.

    Where not even the spans fit, their middle is left out; else text is left out on either side.
    """
    from rich.cells import cell_len  # noqa: PLC0415  # rich takes long to import

    context = mistake.context
    if context is None:
        return ""
    spans = [span for span in (mistake.gold, mistake.predicted) if span is not None]
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    middle = _bracketed(mistake, context, start, end)
    side = max(0, (room - cell_len(middle)) // 2)
    if not side:
        half = (room - 1) // 2
        return f"{_first(middle, half, '')}{_GAP}{_last(middle, half, '')}"
    before = (_GAP if context.start else "") + one_line(context.text[: start - context.start])
    after = one_line(context.text[end - context.start :])
    after += _GAP if context.end < context.length else ""
    return f"{_last(before, side, _GAP)}{middle}{_first(after, side, _GAP)}"


def _bracketed(mistake: Mistake, context: Context, start: int, end: int) -> str:
    """The stretch from the first span's start to the last one's end."""
    marks = []
    for order, (span, brackets) in enumerate(((mistake.gold, "[]"), (mistake.predicted, "{}"))):
        if span is not None:
            length = span.end - span.start
            # at one place what ends comes first; the longer span opens first and closes last
            marks.append((span.start, 1, -length, order, brackets[0]))
            marks.append((span.end, 0, length, -order, brackets[1]))
    pieces, behind = [], start
    for at, *_, bracket in sorted(marks):
        pieces += [one_line(context.text[behind - context.start : at - context.start]), bracket]
        behind = at
    assert behind == end
    return "".join(pieces)


def _first(text: str, room: int, sign: str) -> str:
    """As much of the beginning as has room, a sign behind it where that is not all."""
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  # rich takes long to import

    if cell_len(text) <= room:
        return text
    return set_cell_size(text, max(0, room - len(sign))).rstrip(" ") + sign


def _last(text: str, room: int, sign: str) -> str:
    """As much of the end as has room, a sign before it where that is not all."""
    return _first(text[::-1], room, sign)[::-1]
