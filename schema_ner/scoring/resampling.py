"""The figure of a convention for many samples of the same texts, in little time.

Measuring a sample anew takes as long as measuring all texts does.  But the headline of most
conventions follows from counts that add up over texts: a micro average from the counts of the
headline, a macro average from those of each type, a share from its part and its whole.  Then each
text is measured once, and a sample costs a sum.

Which of these it is, if any, is not declared but tried: on all texts and on some samples, the sums
must give what the convention says itself.  (Declared is only what a share is of.)  A figure that
fits none is measured anew for every sample, which is slow and right.

Here: samples → figures.  Not here: how samples are drawn, what the figures mean (``bootstrap``).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Literal

import numpy as np

from schema_ner.scoring.base import FIGURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from schema_ner.scoring.base import Convention, Pair, Score

    Sample = NDArray[np.intp]  # places in the pool, with repeats
    Floats = NDArray[np.float64]

_TRIALS = 4  # random samples that an average must be right on, beside the whole
_CLOSE = 1e-9  # uniner has 1e-10 in its denominators
_CELLS = 4_000_000  # numbers held at once


class Pool:
    """Texts to draw samples from, under one convention.

    Args:
        pairs: the texts, at least one; those of two systems stand behind each other.
        rule: the convention.
        labels: the types asked for, as ``Convention.measure`` takes them.
        figure: which of its figures, as ``Score.figure`` takes it.
        shortcuts: whether sums may stand for measuring anew.

    Attributes:
        average: ``"micro"``, ``"macro"``, ``"share"``, or ``None`` where each sample is measured
            anew.
    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        rule: Convention,
        labels: tuple[str, ...] | None,
        figure: str = "f1",
        *,
        shortcuts: bool = True,
    ) -> None:
        self._pairs = pairs
        self._rule = rule
        self._labels = labels
        self._figure = figure
        self._counts = np.zeros((len(pairs), 0))  # (texts, 3), (texts, types, 3) or (texts, 2)
        self._means: dict[bytes, tuple[int, float]] = {}  # see _mean
        self.average: Literal["micro", "macro", "share"] | None = None
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

    def _value(self, score: Score) -> float:
        if self._figure in FIGURES:
            return score.figure(self._figure)
        return score.extra.get(self._figure, 0.0)  # one of a type that the sample has not

    def _values(self, samples: Sequence[Sample]) -> Floats:
        if self.average == "micro":
            return _RATIOS[self._figure](self._sums(samples))
        if self.average == "share":
            return _divided(*np.moveaxis(self._sums(samples), -1, 0))
        if self.average == "macro":
            by_type = self._sums(samples)
            return np.array([self._mean(*both) for both in zip(samples, by_type, strict=True)])
        return np.array([self._value(self._measure(sample)) for sample in samples])

    def _sums(self, samples: Sequence[Sample]) -> Floats:
        """The sums of ``_counts`` over each sample: one row a sample in place of one a text."""
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
        total = float(_RATIOS["f1"](counts).sum())
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
        right = np.array([self._value(score) for score in said])
        if self._figure in _RATIOS and self._fits("micro", _pooled(alone), trials, right):
            return
        whole = self._whole()
        if whole is not None and self._fits("share", self._parts(alone, whole), trials, right):
            return
        self.average = None
        types = list(dict.fromkeys(label for score in alone for label in score.per_type))
        if self._figure == "f1" and len(types) * len(alone) <= _CELLS:
            self._counts = _by_type(alone, types)
            sums = self._sums(trials)
            if all(_means_of(*both) for both in zip(said, sums, strict=True)):
                self.average = "macro"

    def _fits(
        self,
        average: Literal["micro", "share"],
        counts: Floats,
        trials: Sequence[Sample],
        right: Floats,
    ) -> bool:
        """Try one of them, which stays set where it is right."""
        self.average, self._counts = average, counts
        return np.allclose(self._values(trials), right, rtol=0, atol=_CLOSE)

    def _whole(self) -> str | None:
        """The name of the count that the figure is a share of, if it is one."""
        shares = {each.figure: each.share_of for each in self._rule.headlines}
        return shares.get(self._figure)

    def _parts(self, scores: Sequence[Score], whole: str) -> Floats:
        """The figure of each score as part and whole, both whole numbers: ``(scores, 2)``."""
        wholes = (score.extra.get(whole, 0) for score in scores)
        both = [(round(self._value(score) * n), n) for score, n in zip(scores, wholes, strict=True)]
        return np.array(both, dtype=np.float64)

    def _trials(self) -> list[Sample]:
        """All texts, each half (one system, where there are two), and some drawn at random."""
        count = len(self._pairs)
        everything = np.arange(count)
        draw = np.random.default_rng(0)
        drawn = [draw.integers(0, count, (count + 1) // 2) for _ in range(_TRIALS)]
        return [everything, everything[: (count + 1) // 2], everything[count // 2 :], *drawn]


def _divided(part: Floats, whole: Floats) -> Floats:
    """Quotients, 0.0 of nothing."""
    ratio: Floats = np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
    return ratio


# figure → what it is of gold, predicted and correct, (…, 3); ``TypeScore`` does the same
_RATIOS: dict[str, Callable[[Floats], Floats]] = {
    "precision": lambda counts: _divided(counts[..., 2], counts[..., 1]),
    "recall": lambda counts: _divided(counts[..., 2], counts[..., 0]),
    "f1": lambda counts: _divided(2 * counts[..., 2], counts[..., 1] + counts[..., 0]),
    "f2": lambda counts: _divided(5 * counts[..., 2], counts[..., 1] + 4 * counts[..., 0]),
}


def _means_of(score: Score, counts: Floats) -> list[tuple[int, float]]:
    """What may make the F1 of a score a mean over types; nothing where it is none.

    Returns:
        How many types it is over, and what those of them add that do not occur: nothing, or 1 each
        where 0 / 0 is taken for 1.  Two readings where the score fits both.
    """
    total = float(_RATIOS["f1"](counts).sum())
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


def _pooled(scores: Sequence[Score]) -> Floats:
    """The counts of each score, of all types together: ``(scores, 3)``."""
    counts = [(score.support, score.predicted, score.correct) for score in scores]
    return np.array(counts, dtype=np.float64)


def _by_type(scores: Sequence[Score], types: Sequence[str]) -> Floats:
    """The counts of each score and type: ``(scores, types, 3)``."""
    at = {label: place for place, label in enumerate(types)}
    found = np.zeros((len(scores), len(types), 3))
    for row, score in zip(found, scores, strict=True):
        for label, one in score.per_type.items():
            row[at[label]] = (one.support, one.predicted, one.correct)
    return found
