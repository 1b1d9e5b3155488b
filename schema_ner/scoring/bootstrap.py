"""How far a score can be trusted, and the difference of two: intervals and significance.

What is drawn are texts, each with all its spans, for spans of one text are not independent of each
other.  Texts that hang together, such as the sentences of one article, are still taken for
independent; where they are many, intervals come out too narrow.  With fewer than some thirty texts
no interval here means much.

Draws come from ``numpy.random.default_rng``, so a seed gives the same numbers again, and the same
samples for every convention.

Here: what the figures mean.  Not here: measuring samples fast (``resampling``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from schema_ner import scoring
from schema_ner.errors import InputError
from schema_ner.scoring import pairing
from schema_ner.scoring.resampling import Pool

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from schema_ner.scoring.pairing import Annotated
    from schema_ner.scoring.resampling import Floats, Sample

_FEWEST = 100  # samples
_SAME = 1e-12  # differences that floating-point numbers make


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure, and where it would lie on other texts of the same kind.

    The percentile bootstrap (Efron 1979): as many texts as there are, drawn with replacement; the
    figure of that sample; this ``resamples`` times.  The interval reaches from the
    ``(1 - level) / 2`` quantile of these figures to the ``(1 + level) / 2`` quantile.

    Attributes:
        value: the figure of all texts.
        low, high: the ends of the interval.
        level: how often such intervals hold the true figure, in theory; 0.95.
        figure: its name, as ``Score.figure`` takes it.
        convention: name of the rule.
        texts: how many there are.
        resamples: how many samples were drawn.
        seed: of the draws.
    """

    value: float
    low: float
    high: float
    level: float
    figure: str
    convention: str
    texts: int
    resamples: int
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data: the fields."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on the same texts: whether their difference may be chance.

    Attributes:
        first, second: the figure of each, with its interval.
        difference: second less first, with the interval of the paired bootstrap: each sample of
            texts is the same for both systems.
        p_bootstrap: paired bootstrap test (Efron and Tibshirani 1993; Berg-Kirkpatrick and others
            2012), two-sided: the share of samples whose difference lies as far from the observed
            one as that does from 0, or farther.
        p_randomisation: approximate randomisation (Noreen 1989; Yeh 2000), two-sided: for each text
            a coin decides whether the two systems change places; the share of such shuffles whose
            difference is as far from 0 as the observed one, or farther.

    Both p-values count the observed data as one sample more, (1 + n) / (1 + resamples), and so are
    never 0.  Where they part, randomisation assumes less.  The smallest of many p-values, such as
    those of all conventions, says little: each is one more chance to be lucky.
    """

    first: Interval
    second: Interval
    difference: Interval
    p_bootstrap: float
    p_randomisation: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data: the fields, intervals as nested objects."""
        return asdict(self)


def interval(  # noqa: PLR0913  # as `score`, and how to draw
    gold: Sequence[Annotated],
    predicted: Sequence[Annotated],
    convention: str = "strict",
    labels: Collection[str] | None = None,
    *,
    figure: str | None = None,
    level: float = 0.95,
    resamples: int = 1_000,
    seed: int = 0,
) -> Interval:
    """A figure of a convention with its bootstrap interval.

    Args:
        gold: as ``schema_ner.scoring.score`` takes it.
        predicted: likewise.
        convention: likewise.
        labels: likewise.
        figure: a name that ``Score.figure`` takes; ``None`` for what the convention is about: F1,
            of ``pii`` ``f2``.
        level: of the interval, between 0 and 1.
        resamples: how many samples to draw, 100 or more.
        seed: of the draws, 0 or more.

    Raises:
        InputError: what ``score`` raises, there are no texts, the convention has no such figure, or
            a number is out of range.
    """
    check(level, resamples, seed)
    rule, types = scoring.find(convention), pairing.wanted(labels)
    asked = figure or rule.headlines[0].figure
    pairs = pairing.pairs(gold, predicted, types, rule)
    _check_texts(len(pairs))
    value = rule.measure(pairs, types).figure(asked)
    pool = Pool(pairs, rule, types, asked)
    return _interval(
        value,
        pool.values(_draws(len(pairs), resamples, seed)),
        (level, asked, convention, len(pairs), resamples, seed),
    )


def compare(  # noqa: PLR0913  # likewise
    gold: Sequence[Annotated],
    first: Sequence[Annotated],
    second: Sequence[Annotated],
    convention: str = "strict",
    labels: Collection[str] | None = None,
    *,
    figure: str | None = None,
    level: float = 0.95,
    resamples: int = 1_000,
    seed: int = 0,
) -> Comparison:
    """Two systems' predictions for the same texts, and whether they differ by more than chance.

    Args:
        gold: as ``schema_ner.scoring.score`` takes it.
        first: the predictions of one system.
        second: those of the other.
        convention: as ``score`` takes it.
        labels: likewise.
        figure: a name that ``Score.figure`` takes; ``None`` for what the convention is about: F1,
            of ``pii`` ``f2``.
        level: of the intervals, between 0 and 1.
        resamples: how many samples to draw, and how many shuffles; 100 or more.
        seed: of the draws, 0 or more.

    Raises:
        InputError: as ``interval``.
    """
    check(level, resamples, seed)
    rule, types = scoring.find(convention), pairing.wanted(labels)
    asked = figure or rule.headlines[0].figure
    both = [pairing.pairs(gold, predicted, types, rule) for predicted in (first, second)]
    texts = len(both[0])
    _check_texts(texts)
    one, two = (rule.measure(pairs, types).figure(asked) for pairs in both)
    pool = Pool([*both[0], *both[1]], rule, types, asked)  # the second's behind the first's

    drawn = pool.values(_draws(texts, resamples, seed))
    paired = pool.values(texts + sample for sample in _draws(texts, resamples, seed))
    coins = [pool.values(_shuffles(texts, resamples, seed, side)) for side in (0, 1)]

    about = (level, asked, convention, texts, resamples, seed)
    gain = two - one
    return Comparison(
        first=_interval(one, drawn, about),
        second=_interval(two, paired, about),
        difference=_interval(gain, paired - drawn, about),
        p_bootstrap=_share_beyond(paired - drawn - gain, gain),
        p_randomisation=_share_beyond(coins[1] - coins[0], gain),
    )


def _draws(texts: int, resamples: int, seed: int) -> Iterator[Sample]:
    """Samples of as many texts as there are, with replacement."""
    draw = np.random.default_rng((seed, 0))
    return (draw.integers(0, texts, texts) for _ in range(resamples))


def _shuffles(texts: int, resamples: int, seed: int, side: int) -> Iterator[Sample]:
    """The texts as one of the two systems has them when coins have swapped some."""
    draw = np.random.default_rng((seed, 1))  # both sides see the same coins
    own = np.arange(texts)
    for _ in range(resamples):
        swapped = draw.integers(0, 2, texts)
        yield own + texts * (swapped ^ side)


def _share_beyond(differences: Floats, observed: float) -> float:
    count = int((np.abs(differences) >= abs(observed) - _SAME).sum())
    return (1 + count) / (1 + len(differences))


def _interval(
    value: float, drawn: Floats, about: tuple[float, str, str, int, int, int]
) -> Interval:
    level = about[0]
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), *about)


def check(level: float = 0.95, resamples: int = 1_000, seed: int = 0) -> None:
    """Raise InputError for a number that nothing is drawn with."""
    if not 0 < level < 1:
        raise InputError(f"level is {level:g}; it lies between 0 and 1, such as 0.95")
    if resamples < _FEWEST:
        raise InputError(f"resamples is {resamples}; {_FEWEST} is the least, and 1000 is usual")
    if seed < 0:
        raise InputError(f"seed is {seed}; it is 0 or more")


def _check_texts(texts: int) -> None:
    if not texts:
        raise InputError("there are no texts to draw samples from")
