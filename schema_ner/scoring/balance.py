"""Whether splits of a data set hold the types in the same shares.

Where a test set has another mix of types than the training set, a score on it measures two things
at once.

Here: shares, and how far they are apart.  Not here: other figures of a data set (``statistics``).
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from schema_ner.spans import Document


@dataclass(frozen=True, slots=True)
class Balance:
    """How the types are spread over splits.

    Attributes:
        counts: split → type → spans; every split has every type, sorted.
        distances: split → total-variation distance of its shares from those of all splits together:
            the share of its spans that would have to be of another type, from 0, the same mix, to
            1.  ``None`` for a split without spans.
        chi_square: Pearson's statistic of the table of counts, ``None`` where fewer than two splits
            have spans or there are fewer than two types.  It grows with the number of spans.
        cramers_v: the same as an effect size, ``sqrt(chi_square / (n · (k - 1)))`` for ``n`` spans
            and ``k`` the smaller of types and splits with spans; from 0, the same mix everywhere,
            to 1, each type in one split alone.
    """

    counts: Mapping[str, Mapping[str, int]]
    distances: Mapping[str, float | None]
    chi_square: float | None
    cramers_v: float | None

    @property
    def labels(self) -> tuple[str, ...]:
        """The types of all splits, sorted."""
        return tuple(next(iter(self.counts.values()), {}))

    def share(self, split: str, label: str) -> float:
        """The share of a type among the spans of a split, 0.0 in one without spans."""
        total = sum(self.counts[split].values())
        return self.counts[split][label] / total if total else 0.0

    def absent(self, split: str) -> tuple[str, ...]:
        """The types that other splits have and this one has not."""
        return tuple(label for label, count in self.counts[split].items() if not count)

    def to_dict(self) -> dict[str, Any]:
        """Plain data: for each split ``counts, shares, distance, absent``; the two statistics."""
        splits = {
            name: {
                "counts": dict(counts),
                "shares": {label: self.share(name, label) for label in counts},
                "distance": self.distances[name],
                "absent": list(self.absent(name)),
            }
            for name, counts in self.counts.items()
        }
        return {"splits": splits, "chi_square": self.chi_square, "cramers_v": self.cramers_v}


def balance(splits: Mapping[str, Iterable[Document]]) -> Balance:
    """The shares of types in splits of a data set.

    Args:
        splits: name of a split → its documents, each read once.
    """
    found = {
        name: Counter(span.label for document in documents for span in document.spans)
        for name, documents in splits.items()
    }
    return of_counts(found)


def of_counts(splits: Mapping[str, Mapping[str, int]]) -> Balance:
    """The same, from the number of spans of each type in each split."""
    labels = sorted({label for counts in splits.values() for label in counts})
    table = {name: {n: counts.get(n, 0) for n in labels} for name, counts in splits.items()}
    together = {n: sum(counts[n] for counts in table.values()) for n in labels}
    chi_square = _chi_square(table, together)
    return Balance(
        counts=table,
        distances={name: total_variation(counts, together) for name, counts in table.items()},
        chi_square=chi_square,
        cramers_v=None if chi_square is None else _cramers_v(chi_square, table, together),
    )


def total_variation(one: Mapping[str, int], other: Mapping[str, int]) -> float | None:
    """Half the sum of the differences of shares: 0.0 for the same mix, 1.0 for no type in common.

    ``None`` where one of them counts nothing.
    """
    count, against = sum(one.values()), sum(other.values())
    if not count or not against:
        return None
    types = one.keys() | other.keys()
    return math.fsum(abs(one.get(t, 0) / count - other.get(t, 0) / against) for t in types) / 2


def _chi_square(
    table: Mapping[str, Mapping[str, int]], together: Mapping[str, int]
) -> float | None:
    if _smaller_side(table, together) < 2:  # noqa: PLR2004  # one row or column has no mix
        return None
    total = sum(together.values())
    parts = []
    for counts in table.values():
        size = sum(counts.values())
        for label, count in counts.items():
            expected = size * together[label] / total
            if expected:
                parts.append((count - expected) ** 2 / expected)
    return math.fsum(parts)


def _cramers_v(
    chi_square: float, table: Mapping[str, Mapping[str, int]], together: Mapping[str, int]
) -> float:
    most = sum(together.values()) * (_smaller_side(table, together) - 1)
    return min(1.0, math.sqrt(chi_square / most))


def _smaller_side(table: Mapping[str, Mapping[str, int]], together: Mapping[str, int]) -> int:
    """Types that occur, or splits with spans, whichever are fewer."""
    splits = sum(any(counts.values()) for counts in table.values())
    return min(splits, sum(map(bool, together.values())))
