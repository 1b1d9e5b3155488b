"""Which gold type was predicted as which.

Here: the matrix.  Not here: which prediction stands for which gold span (``matching``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from schema_ner.errors import InputError
from schema_ner.scoring import matching, pairing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from schema_ner.scoring.pairing import Annotated
    from schema_ner.spans import Span

On: TypeAlias = Literal["overlap", "borders"]
OUTSIDE = "O"  # what a span is on the side that has none


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often a gold type was predicted as which type.

    A gold span without a prediction counts as predicted ``None``, and a prediction without a gold
    span as gold ``None``; so the sum of a row is the number of gold spans of its type, and the sum
    of a column the number of predictions.

    Attributes:
        labels: the types of either side, sorted; or those asked for.
        counts: gold type and predicted type → how often, where it is not 0.
        on: ``overlap``: spans are matched where they share a character, as ``matching`` says;
            ``borders``: only where start and end are the same.
    """

    labels: tuple[str, ...]
    counts: Mapping[tuple[str | None, str | None], int]
    on: On = "overlap"

    def rows(self) -> list[list[int]]:
        """The matrix: gold types down, predicted ones across, in the order of ``labels``.

        The last row and the last column are ``None``, in the corner always 0.
        """
        sides = (*self.labels, None)
        return [[self.counts.get((gold, said), 0) for said in sides] for gold in sides]

    def largest(self, most: int | None = None) -> list[tuple[str | None, str | None, int]]:
        """Gold type, predicted type and count of what is not right, the most frequent first."""
        wrong = [(*key, count) for key, count in self.counts.items() if key[0] != key[1]]
        ranked = sorted(wrong, key=lambda each: (-each[2], each[0] or "", each[1] or ""))
        return ranked[:most]

    def to_dict(self) -> dict[str, Any]:
        """Plain data: ``on``, ``labels`` with ``"O"`` behind them, and ``matrix``."""
        return {"on": self.on, "labels": [*self.labels, OUTSIDE], "matrix": self.rows()}


def confusion(
    gold: Sequence[Annotated],
    predicted: Sequence[Annotated],
    labels: Collection[str] | None = None,
    *,
    on: On = "overlap",
) -> Confusion:
    """Count which gold type was predicted as which.

    Args:
        gold: as ``schema_ner.scoring.score`` takes it.
        predicted: likewise.
        labels: the types to count; spans of other types are passed over on both sides.
        on: whether an overlap is enough to match two spans, or borders must be the same.

    Raises:
        InputError: what ``score`` raises; ``on`` is neither; or a text has too many overlaps.
    """
    if on not in get_args(On):
        raise InputError(f"spans are matched on overlap or borders, not on {on!r}")
    types = pairing.wanted(labels)
    counts: Counter[tuple[str | None, str | None]] = Counter()
    for matches in matching.matched(pairing.pairs(gold, predicted, types)):
        for match in matches:
            both = (_label(match.gold), _label(match.predicted))
            if on == "borders" and match.relation in ("boundary", "boundary_and_type"):
                counts.update([(both[0], None), (None, both[1])])
            else:
                counts[both] += 1
    there = {label for both in counts for label in both if label is not None}
    return Confusion(types if types is not None else tuple(sorted(there)), counts, on)


def _label(span: Span | None) -> str | None:
    return None if span is None else span.label
