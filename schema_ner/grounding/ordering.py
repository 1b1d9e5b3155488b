"""Which place each item means, read from the order in which the items were listed.

Models mostly list mentions as they come in the text, or type by type.  Then the order tells which
of several equal places is meant: the list runs forward through the text, with few steps back.

Here: the path through the places with the best edges and the fewest steps back, or nothing where
the list is in no such order.  Not here: keeping places distinct (``grounding``).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# A step back costs more than any difference in quality can win (qualities are 0 to 11), so that
# a list in text order is read as one run even where it means a place inside a word.
STEP_BACK = 100.0
MAX_PAIRS = 2_000_000  # (item, place) pairs looked at, about a second's work; beyond, no reading
# A shuffled list steps back at every second item.  Half as many are taken for an order.
MOST_STEPS_BACK = 0.25


def read_order(
    places: Sequence[NDArray[np.int64]], qualities: Sequence[NDArray[np.float64]]
) -> list[int | None]:
    """Of each item, the index of the place that the order of the list points to.

    Args:
        places: of each item, in the order of the list, where it may stand, in text order; (P, 2).
        qualities: of each item, how good each of these places is in itself; (P,).

    Returns:
        ``None`` for an item without places, and for all when the list is in no order.
    """
    known = [i for i, found in enumerate(places) if len(found)]
    nothing: list[int | None] = [None] * len(places)
    if not known or sum(len(places[i]) for i in known) > MAX_PAIRS:
        return nothing
    path = _best_path([places[i] for i in known], [qualities[i] for i in known])
    taken = [places[i][at] for i, at in zip(known, path, strict=True)]
    back = sum(int(b[0] < a[1]) for a, b in pairwise(taken))
    if back > MOST_STEPS_BACK * (len(known) - 1):
        return nothing
    chosen = dict(zip(known, path, strict=True))
    return [chosen.get(i) for i in range(len(places))]


def _best_path(places: list[NDArray[np.int64]], qualities: list[NDArray[np.float64]]) -> list[int]:
    """Viterbi over the items; places are (P, 2), and each step costs O(P log P)."""
    score = qualities[0]
    came_from: list[NDArray[np.intp]] = []
    for before, here, quality in zip(places, places[1:], qualities[1:], strict=False):
        ends = np.maximum.accumulate(before[:, 1])  # (P,) of the item before
        best = np.maximum.accumulate(score)
        new = np.append(True, score[1:] > best[:-1])  # the earliest of equals stays
        best_at = np.maximum.accumulate(np.where(new, np.arange(len(score)), 0))
        ahead = np.searchsorted(ends, here[:, 0], side="right") - 1  # last place left behind
        anywhere = int(score.argmax())
        onward = np.where(ahead >= 0, best[ahead], -np.inf)
        stay = onward >= score[anywhere] - STEP_BACK
        came_from.append(np.where(stay, best_at[ahead], anywhere))
        score = quality + np.where(stay, onward, score[anywhere] - STEP_BACK)
    path = [int(score.argmax())]
    for pointers in reversed(came_from):
        path.append(int(pointers[path[-1]]))
    return path[::-1]
