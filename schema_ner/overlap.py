"""Which of two overlapping spans stays.

Here: the three policies of ``extract(..., overlap=)``.  Not here: how spans came to overlap; that
is up to models and grounding.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from schema_ner.errors import InputError
from schema_ner.spans import Rejected, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schema_ner.marks import Status

Policy = Literal["flat", "nested", "all"]


def resolve(
    spans: Iterable[Span], policy: Policy = "flat"
) -> tuple[tuple[Span, ...], tuple[Rejected, ...]]:
    """Keep the spans that a policy allows beside each other.

    Where two may not stand together the one with the higher score stays (an unknown score is below
    any other), then the longer, then the earlier, then the one given first.

    Args:
        spans: spans of one text, in any order.
        policy: ``flat``: no two overlap.  ``nested``: one may lie within another, and two types
            may have the same range, but none may cross.  ``all``: everything stays but a second
            span of the same range and label.

    Returns:
        The kept spans, sorted by start, end, label; and the losers, sorted likewise, each with a
        reason that names the winner.  A second span of the same range and label is a
        ``duplicate`` under every policy, the rest are ``overlap``.

    Raises:
        InputError: an unknown policy.
    """
    if policy not in get_args(Policy):
        known = ", ".join(get_args(Policy))
        raise InputError(f"overlap={policy!r} is unknown; use one of {known}")
    strongest_first = sorted(spans, key=_strength)
    rivals = _RIVALS[policy](strongest_first)
    kept: dict[tuple[int, int, str], Span] = {}
    losers: list[tuple[Span, Rejected]] = []
    for span in strongest_first:
        if twin := kept.get(span.order):
            losers.append((span, _loser(span, twin, "duplicate")))
        elif winner := rivals.of(span):
            losers.append((span, _loser(span, winner, "overlap")))
        else:
            kept[span.order] = span
            rivals.add(span)
    losers.sort(key=lambda loser: loser[0].order)
    ordered = tuple(sorted(kept.values(), key=lambda span: span.order))
    return ordered, tuple(rejected for _, rejected in losers)


def _strength(span: Span) -> tuple[bool, float, int, int]:
    """Sort key: the strongest span first."""
    return (span.score is None, -(span.score or 0.0), span.start - span.end, span.start)


def _loser(span: Span, winner: Span, status: Status) -> Rejected:
    how = "says the same as" if status == "duplicate" else "overlaps"
    reason = (
        f"[{span.start}:{span.end}) {how} {winner.label!r} {winner.text!r} "
        f"at [{winner.start}:{winner.end})"
    )
    return Rejected(span.text, span.label, status, reason)


class _Anything:
    """Kept spans that stand in no new span's way."""

    def __init__(self, spans: Sequence[Span]) -> None:
        """Prepare for some of these spans."""

    def of(self, _span: Span) -> Span | None:
        """A kept span beside which this one may not stand."""
        return None

    def add(self, span: Span) -> None:
        """Keep a span."""


class _Flat(_Anything):
    """Kept spans of which no two overlap, in text order; finds a rival in O(log n)."""

    def __init__(self, spans: Sequence[Span]) -> None:
        super().__init__(spans)
        self._kept: list[Span] = []

    def of(self, span: Span) -> Span | None:
        at = bisect_left(self._kept, span.start, key=_start)
        beside = self._kept[max(0, at - 1) : at + 1]
        return next((other for other in beside if other.overlaps(span)), None)

    def add(self, span: Span) -> None:
        insort(self._kept, span, key=_start)


class _Nested(_Anything):
    """Kept spans of which none cross.

    Two cross when the start of one lies inside the other and its end beyond.  So it is enough to
    know, of each start, the kept span that reaches furthest right, and of each end the one that
    reaches furthest left.
    """

    def __init__(self, spans: Sequence[Span]) -> None:
        super().__init__(spans)
        self._starts = sorted({span.start for span in spans})
        self._ends = sorted({span.end for span in spans})
        self._right = np.full(len(self._starts), -1)  # furthest end of kept spans, by start
        self._left = np.full(len(self._ends), np.iinfo(np.int64).max)  # furthest start, by end
        self._kept: dict[tuple[int, int], Span] = {}

    def of(self, span: Span) -> Span | None:
        inner = slice(bisect_right(self._starts, span.start), bisect_left(self._starts, span.end))
        right = self._right[inner]
        if len(right) and right.max() > span.end:
            at = int(right.argmax())
            return self._kept[self._starts[inner][at], int(right[at])]
        inner = slice(bisect_right(self._ends, span.start), bisect_left(self._ends, span.end))
        left = self._left[inner]
        if len(left) and left.min() < span.start:
            at = int(left.argmin())
            return self._kept[int(left[at]), self._ends[inner][at]]
        return None

    def add(self, span: Span) -> None:
        self._kept.setdefault((span.start, span.end), span)
        start = bisect_left(self._starts, span.start)
        end = bisect_left(self._ends, span.end)
        self._right[start] = max(self._right[start], span.end)
        self._left[end] = min(self._left[end], span.start)


def _start(span: Span) -> int:
    return span.start


_RIVALS: dict[Policy, type[_Anything]] = {
    "flat": _Flat,
    "nested": _Nested,
    "all": _Anything,
}
