"""Overlapping ranges as properly nested pieces.

Markup nests, marks may cross: ``[0:10)`` and ``[5:15)`` cannot both be one element.  The inner one
is cut where the outer one ends, and each piece knows whether it begins and ends its range.

Here: ranges → pieces, and how high they stack.  Not here: what a piece looks like (``html``,
``terminal``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schema_ner.marks import Mark

Range = tuple[int, int]


@dataclass(slots=True)
class Open:
    """A piece of range ``item`` begins; it begins and ends the range itself, or was cut there."""

    item: int
    first: bool
    last: bool = False


@dataclass(slots=True)
class Close:
    """The piece opened last ends."""

    item: int
    last: bool


Event = Open | Close | Range
"""A piece's begin, its end, or a stretch of text ``[start, end)`` between these."""


def outer_first(marks: Iterable[Mark]) -> list[Mark]:
    """Longer marks first: one that contains another always comes before it, and is never cut."""
    return sorted(marks, key=lambda mark: (mark.start - mark.end, mark.start, mark.label))


def nest(ranges: Sequence[Range], length: int) -> list[Event]:
    """Walk a text of ``length`` from boundary to boundary, opening and closing pieces of ranges.

    An earlier range lies outside a later one wherever they overlap.  Every code point is in exactly
    one stretch of text, and the pieces of a range cover it exactly.
    """
    starting: dict[int, list[int]] = {}
    for item, (start, _) in enumerate(ranges):
        starting.setdefault(start, []).append(item)
    bounds = sorted({0, length, *(bound for pair in ranges for bound in pair)})
    events: list[Event] = []
    open_: list[Open] = []  # outermost first; their items ascend
    for place, bound in enumerate(bounds):
        going_on = [piece.item for piece in open_ if ranges[piece.item][1] > bound]
        wanted = sorted(going_on + starting.get(bound, []))
        same = _common(open_, wanted)
        while len(open_) > same:
            piece = open_.pop()
            piece.last = ranges[piece.item][1] == bound
            events.append(Close(piece.item, piece.last))
        for item in wanted[same:]:
            open_.append(Open(item, first=ranges[item][0] == bound))
            events.append(open_[-1])
        if bound < length:
            events.append((bound, bounds[place + 1]))
    return events


def levels(events: Iterable[Event], count: int) -> list[int]:
    """How high each range stacks: 0 for one with none inside, else above all that lie inside it."""
    inside: list[set[int]] = [set() for _ in range(count)]
    open_: list[int] = []
    for event in events:
        if isinstance(event, Open):
            if open_:
                inside[open_[-1]].add(event.item)
            open_.append(event.item)
        elif isinstance(event, Close):
            open_.pop()
    level = [0] * count
    for item in reversed(range(count)):  # what lies inside a range has a higher number
        level[item] = max((level[inner] + 1 for inner in inside[item]), default=0)
    return level


def _common(open_: Sequence[Open], wanted: Sequence[int]) -> int:
    """How many of the open pieces, from the outermost, may stay open."""
    same = 0
    for piece, item in zip(open_, wanted, strict=False):
        if piece.item != item:
            break
        same += 1
    return same
