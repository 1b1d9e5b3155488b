"""The figure of a convention for many samples of the same texts, in little time.

Measuring a sample anew takes as long as measuring all texts does.  But the headline of most
conventions follows from counts that add up over texts: a micro average from the counts of the
headline, a macro average from those of each type.  Then each text is measured once, and a sample
costs a sum.

Which of the two it is, if either, is not declared but tried: on all texts and on some samples, the
sums must give what the convention says itself.  A convention that fits neither is measured anew for
every sample, which is slow and right.

Here: samples → figures.  Not here: how samples are drawn, what the figures mean (``bootstrap``).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from schema_ner.scoring.base import Convention, Pair, Score

    Sample = NDArray[np.intp]  # places in the pool, with repeats
    Floats = NDArray[np.float64]

Figure: TypeAlias = Literal["precision", "recall", "f1"]
_TRIALS = 4  # random samples that an average must be right on, beside the whole
_CLOSE = 1e-9  # uniner has 1e-10 in its denominators
_CELLS = 4_000_000  # numbers held at once


class Pool:
    """Texts to draw samples from, under one convention.

    Args:
        pairs: the texts, at least one; those of two systems stand behind each other.
        rule: the convention.
        labels: the types asked for, as ``Convention.measure`` takes them.
        figure: which of its headline figures.
        shortcuts: whether sums may stand for measuring anew.

    Attributes:
        average: ``"micro"``, ``"macro"``, or ``None`` where each sample is measured anew.
    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        rule: Convention,
        labels: tuple[str, ...] | None,
        figure: Figure = "f1",
        *,
        shortcuts: bool = True,
    ) -> None:
        self._pairs = pairs
        self._rule = rule
        self._labels = labels
        self._figure: Figure = figure
        self._counts = np.zeros((len(pairs), 0))  # (texts, 3) or (texts, 3 · types)
        self._means: dict[bytes, tuple[int, float]] = {}  # see _mean
        self.average: Literal["micro", "macro"] | None = None
        if shortcuts:
            self._find_average()

    def values(self, samples: Iterable[Sample]) -> Floats:
        """The figure of each sample, in order."""
        left = iter(samples)
        together = max(1, _CELLS // len(self._pairs))
        found = []
        while batch := list(islice(left, together)):
            found.append(self._values(batch))
        return np.concatenate(found) if found else np.zeros(0)

    def _measure(self, sample: Iterable[int]) -> Score:
        return self._rule.measure([self._pairs[at] for at in sample], self._labels)

    def _values(self, samples: Sequence[Sample]) -> Floats:
        if self.average == "micro":
            return _ratio(self._figure, self._sums(samples))
        if self.average == "macro":
            by_type = self._sums(samples)
            return np.array([self._mean(*both) for both in zip(samples, by_type, strict=True)])
        return np.array([getattr(self._measure(sample), self._figure) for sample in samples])

    def _sums(self, samples: Sequence[Sample]) -> Floats:
        """Gold, predicted and correct of each sample, all or by type: ``(samples, [types,] 3)``."""
        count = len(self._pairs)
        often = np.stack([np.bincount(one, minlength=count) for one in samples]).astype(np.float64)
        flat = often @ self._counts.reshape(count, -1)
        return flat.reshape(len(samples), *self._counts.shape[1:])

    def _mean(self, sample: Sample, counts: Floats) -> float:
        """The mean over types of one sample, ``counts`` being its sums: ``(types, 3)``.

        Over how many types it goes, and what those add that the sample lacks, depends on which it
        has.  It is learnt from the first sample that has these and can be read in one way only (a
        mean of ones is a mean over any number of types); until then samples are measured anew.
        """
        total = float(_ratio("f1", counts).sum())
        kind = _occurs(counts).tobytes()
        if kind not in self._means:
            score = self._measure(sample)
            readings = _means_of(score, counts)
            if len(readings) == 1:
                self._means[kind] = readings[0]
            return score.f1
        types, rest = self._means[kind]
        return (total + rest) / types if types else 0.0

    def _find_average(self) -> None:
        """Measure each text alone, and set ``average`` and ``_counts``."""
        alone = [self._rule.measure([pair], self._labels) for pair in self._pairs]
        trials = self._trials()
        said = [self._measure(sample) for sample in trials]

        self.average = "micro"
        self._counts = np.array([_counts(score) for score in alone], dtype=np.float64)
        right = np.array([getattr(score, self._figure) for score in said])
        if np.allclose(self._values(trials), right, rtol=0, atol=_CLOSE):
            return

        types = list(dict.fromkeys(label for score in alone for label in score.per_type))
        self.average = None
        if self._figure == "f1" and len(types) * len(alone) <= _CELLS:
            self._counts = _by_type(alone, types)
            sums = self._sums(trials)
            if all(_means_of(*both) for both in zip(said, sums, strict=True)):
                self.average = "macro"

    def _trials(self) -> list[Sample]:
        """All texts, each half (one system, where there are two), and some drawn at random."""
        count = len(self._pairs)
        everything = np.arange(count)
        draw = np.random.default_rng(0)
        drawn = [draw.integers(0, count, (count + 1) // 2) for _ in range(_TRIALS)]
        return [everything, everything[: (count + 1) // 2], everything[count // 2 :], *drawn]


def _ratio(figure: Figure, counts: Floats) -> Floats:
    """Precision, recall or F1 of counts ``(…, 3)``, 0.0 of nothing; ``TypeScore`` does the same."""
    support, predicted, correct = np.moveaxis(counts, -1, 0)
    parts = {
        "precision": (correct, predicted),
        "recall": (correct, support),
        "f1": (2 * correct, predicted + support),
    }
    part, whole = parts[figure]
    ratio: Floats = np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
    return ratio


def _means_of(score: Score, counts: Floats) -> list[tuple[int, float]]:
    """What may make the F1 of a score a mean over types; nothing where it is none.

    Returns:
        How many types it is over, and what those of them add that do not occur: nothing, or 1 each
        where 0 / 0 is taken for 1.  Two readings where the score fits both.
    """
    total = float(_ratio("f1", counts).sum())
    occurring = int(_occurs(counts).sum())
    found = []
    for types in sorted({occurring, len(score.per_type)}):
        rest = types * score.f1 - total
        whole = round(rest)
        if abs(rest - whole) <= _CLOSE * max(types, 1) and 0 <= whole <= types - occurring:
            found.append((types, float(whole)))
    return found


def _occurs(counts: Floats) -> NDArray[np.bool_]:
    return np.asarray(counts[:, :2].sum(axis=1) > 0)


def _counts(score: Score) -> tuple[float, float, float]:
    return score.support, score.predicted, score.correct


def _by_type(scores: Sequence[Score], types: Sequence[str]) -> Floats:
    """The counts of each score and type: ``(scores, types, 3)``."""
    at = {label: place for place, label in enumerate(types)}
    found = np.zeros((len(scores), len(types), 3))
    for row, score in zip(found, scores, strict=True):
        for label, one in score.per_type.items():
            row[at[label]] = (one.support, one.predicted, one.correct)
    return found
