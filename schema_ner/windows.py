"""Long text ↔ overlapping windows that a model can hold.

A text is a row of units (words, characters), each with a cost (word pieces, tokens).  Windows
overlap, but their *cores* do not: every unit lies in exactly one core, and the window that owns the
middle of a mention is the only one whose opinion of that mention counts.  So nothing is read twice
and nothing has to be merged.

Here: the arithmetic of windows.  Pure.  Not here: what a unit is, and any model.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Window:
    """Units ``[start, end)`` to read, of which ``[core_start, core_end)`` are this window's own."""

    start: int
    end: int
    core_start: int
    core_end: int

    def owns(self, start: int, end: int) -> bool:
        """Whether a mention of units ``[start, end)`` is this window's to judge."""
        return self.core_start <= (start + end - 1) // 2 < self.core_end


def cover(costs: Sequence[int], *, budget: int, margin: int) -> Iterator[Window]:
    """Windows over units of the given costs, from left to right.

    Laws: the cores follow one another and cover every unit once; a window costs at most ``budget``;
    a mention that costs at most ``margin`` lies whole in the window that owns its middle.

    Args:
        costs: what each unit takes of a window; a unit of cost 0 is free.
        budget: the most a window may cost.
        margin: the most that the context on either side of a core may cost.

    Raises:
        ValueError: a unit between two full margins would not fit into the budget.
    """
    if costs and max(costs) + 2 * margin > budget:
        raise ValueError(f"a unit of cost {max(costs)} and margins of {margin} exceed {budget}")
    before = [0, *accumulate(costs)]  # cost of all units before each place
    core_start = 0
    while core_start < len(costs):
        start = _furthest_left(before, core_start, margin)
        end = _furthest_right(before, start, budget)
        core_end = end if end == len(costs) else _furthest_left(before, end, margin)
        yield Window(start, end, core_start, core_end)
        core_start = core_end


def _furthest_left(before: Sequence[int], place: int, cost: int) -> int:
    """The first place from which the units up to ``place`` cost at most ``cost``."""
    return bisect_left(before, before[place] - cost, 0, place)


def _furthest_right(before: Sequence[int], place: int, cost: int) -> int:
    """The last place up to which the units from ``place`` cost at most ``cost``."""
    return bisect_right(before, before[place] + cost, place) - 1
