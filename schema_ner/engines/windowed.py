"""Texts that are read in windows: whose mention it is, and what all of them cost.

Here: what engines that generate share about windows, in characters.  Not here: the arithmetic of
windows (``schema_ner.windows``), what fits a model (the engines).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

from schema_ner.grammar.chunks import chunks
from schema_ner.spans import Rejected, Usage
from schema_ner.windows import cover

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schema_ner.spans import Span

Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Window:
    """``text[start:end]`` is read; a mention whose middle lies in [own_start, own_end) counts."""

    start: int
    end: int
    own_start: int
    own_end: int

    def owns(self, start: int, end: int) -> bool:
        """Whether a mention at ``[start, end)`` of the text is this window's to judge."""
        return self.own_start <= (start + end - 1) // 2 < self.own_end


def cut(text: str, most: int) -> list[Window]:
    """Windows of at most so many characters; one for a text that is no longer.

    They overlap by up to a quarter on either side; a mention that is longer can be cut.
    """
    if len(text) <= most:
        return [Window(0, len(text), 0, len(text))]
    longest = max(1, most // 4)
    units = [
        unit[at : at + longest] for unit in chunks(text) for at in range(0, len(unit), longest)
    ]
    offsets = [0, *accumulate(map(len, units))]
    margin = min(most // 4, (most - max(map(len, units))) // 2)
    return [
        Window(*(offsets[at] for at in (each.start, each.end, each.core_start, each.core_end)))
        for each in cover([len(unit) for unit in units], budget=most, margin=margin)
    ]


def settled(spans: Iterable[Span], shown: str, window: Window) -> tuple[list[Span], list[Span]]:
    """The spans of a window that are its own to judge, in the text, and the others, as they stand.

    A mention that was put into the margin goes to a place of its own kind within the window's own
    part, where one is free: a name that stands in both and is listed once is meant there.

    Args:
        spans: places in what the window shows.
        shown: that.
        window: where it lies in the text.
    """
    own: list[Span] = []
    strange: list[Span] = []
    for span in spans:
        moved = _shifted(span, window.start + span.start)
        (own if window.owns(moved.start, moved.end) else strange).append(moved)
    taken = {span.order for span in own}
    left = []
    for span in strange:
        at = shown.find(span.text)
        while at >= 0:
            moved = _shifted(span, window.start + at)
            if window.owns(moved.start, moved.end) and moved.order not in taken:
                taken.add(moved.order)
                own.append(moved)
                break
            at = shown.find(span.text, at + 1)
        else:
            left.append(span)
    return own, left


def _shifted(span: Span, start: int) -> Span:
    return replace(span, start=start, end=start + len(span.text))


def in_the_margin(span: Span) -> Rejected:
    """A span that its window leaves to the one beside it."""
    reason = "it stands in the margin of a window, and the window beside it judges that place"
    return Rejected(span.text, span.label, "duplicate", reason)


def summed(usages: Sequence[Usage]) -> Usage:
    """What several answers cost together; unknown where that of one is."""
    hows = {usage.how for usage in usages}
    return Usage(
        tokens_in=_total([u.tokens_in for u in usages]),
        tokens_out=_total([u.tokens_out for u in usages]),
        passes=_total([u.passes for u in usages]),
        seconds=_total([u.seconds for u in usages]),
        cost=_total([u.cost for u in usages]) if usages else None,
        how=hows.pop() if len(hows) == 1 else None,
    )


def _total(values: Sequence[Number | None]) -> Number | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
