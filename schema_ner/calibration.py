"""From a model's scores to probabilities: fitted on annotated texts, kept in a small file.

A calibration is one line through the logits of scores, Platt's scaling, and a threshold for each
type.  The line has two numbers, so that some dozens of judged candidates are enough, and it keeps
their order: what had the higher score has the higher probability.

Here: fitting, applying, measuring, the JSON form.  Not here: where judged candidates come from
(``benchmark.calibrating``), what a threshold does to a span (``extractor``).
The targets are those of Platt, "Probabilistic outputs for support vector machines" (1999); the
steps those of Lin, Lin and Weng, "A note on Platt's probabilistic outputs" (2007).
"""

from __future__ import annotations

import json
import math
import reprlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from schema_ner.errors import InputError, SchemaError
from schema_ner.schema import check_label, check_writable, repeated_key

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

VERSION = 1  # of the JSON form
FEWEST = 30  # candidates that a fit needs
FEWEST_GOLD = 10  # mentions of a type, below which it shares the threshold of all
# Above, a type's threshold is chosen as if so many mentions of the average type had been seen with
# its own.  Strict F1 on texts left out, mean of eight sets of 150 texts: 0 of them 55.1, 10 and 20
# 55.3, 40 55.0, one threshold for all types 54.5.
BORROWED = 20
BINS = 10
_EDGE = 1e-6  # for fitting: 0 and 1, which have no logit, count as this far from there
_STEPS = 100  # Newton's method takes about ten
_RIDGE = 1e-12  # keeps a step finite where the loss is nearly flat
_DONE = 1e-20  # gain of a step, of a loss near 1, that no number shows
_KEYS = ("version", "slope", "intercept", "thresholds", "model", "schema")


class Observed(NamedTuple):
    """One candidate that was compared with annotations."""

    label: str
    score: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Candidates whose scores lie between two bounds.

    Attributes:
        lower, upper: the bounds; the upper one belongs to the next bin, but for 1.
        score: their mean score.
        right: the share of them that is right.
        count: how many there are.
    """

    lower: float
    upper: float
    score: float
    right: float
    count: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """How to read a model's scores as probabilities.

    Attributes:
        slope, intercept: ``slope * logit(score) + intercept`` is the logit of the probability.
        thresholds: by label, the probability below which a span is dropped.
        model: name of the model whose scores it is for; empty for any.
        schema: hash of the schema it was fitted with; empty for any.

    Raises:
        InputError: a number is out of range, or a name cannot be one.
    """

    slope: float
    intercept: float
    thresholds: Mapping[str, float] = field(default_factory=dict, hash=False)
    model: str = ""
    schema: str = ""

    def __post_init__(self) -> None:
        for name in ("slope", "intercept"):
            object.__setattr__(self, name, _number(getattr(self, name), f'"{name}"'))
        if self.slope <= 0:
            raise InputError(
                f'"slope" of a calibration must be above 0; got {self.slope!r}, with which a '
                "higher score would be a lower probability"
            )
        if not isinstance(self.thresholds, Mapping):
            raise InputError(
                '"thresholds" of a calibration must be numbers by type; '
                f"got {reprlib.repr(self.thresholds)}"
            )
        checked = {label: _threshold(label, value) for label, value in self.thresholds.items()}
        object.__setattr__(self, "thresholds", checked)  # a copy: the caller's may change
        for name in ("model", "schema"):
            _check_name(name, getattr(self, name))

    def apply(self, score: float) -> float:
        """The probability that a score stands for; 0 and 1 stay."""
        if (edge := _edge(score)) is not None:
            return edge
        return _sigmoid(self.slope * _logit(score) + self.intercept)

    def invert(self, probability: float) -> float:
        """The score that stands for a probability; 0 and 1 stay."""
        if (edge := _edge(probability)) is not None:
            return edge
        return _sigmoid((_logit(probability) - self.intercept) / self.slope)

    def to_json(self, *, indent: int | None = None) -> str:
        """The JSON form, which ``from_json`` reads."""
        numbers = {"version": VERSION, "slope": self.slope, "intercept": self.intercept}
        names = {"model": self.model, "schema": self.schema}
        data = numbers | {"thresholds": self.thresholds} | names
        return json.dumps(data, ensure_ascii=False, indent=indent)

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Read what ``to_json`` wrote.

        Raises:
            InputError: not JSON, not of that form, or a number out of range; the text says which.
        """
        if not isinstance(text, str):
            raise InputError(f"a calibration in JSON is text, not {type(text).__name__}")
        try:
            data = json.loads(text, object_pairs_hook=_without_repeats)
        except (ValueError, RecursionError) as err:
            raise InputError(f"a calibration that is no JSON: {err}") from err
        return cls(**_fields(data))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the JSON form to a file.  Raises OSError where that cannot be."""
        Path(path).write_text(self.to_json(indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Calibration:
        """Read the file that ``save`` wrote.

        Raises:
            InputError: the file holds no calibration; the text says why.
            OSError: it cannot be opened.
        """
        try:
            return cls.from_json(Path(path).read_bytes().decode("utf-8-sig"))
        except UnicodeDecodeError as err:
            raise InputError(f"{path} holds no calibration: it is not in UTF-8") from err
        except InputError as err:
            raise InputError(f"{path}: {err}") from err


def fit(
    observed: Iterable[Observed],
    *,
    gold: Mapping[str, int] | None = None,
    model: str = "",
    schema: str = "",
) -> Calibration:
    """The calibration under which judged candidates are most likely, with the best thresholds.

    Args:
        observed: candidates with the scores that the model gave them.
        gold: see ``best_thresholds``.
        model: name of the model, to be kept in the calibration.
        schema: hash of the schema, likewise.

    Raises:
        InputError: there are too few candidates, all are right or all are wrong, or their scores
            do not tell the right ones from the wrong ones.
    """
    judged = list(observed)
    scores, right = _arrays(judged)
    _check_enough(scores, right)
    slope, intercept = _platt(_logits(scores), right)
    if slope <= 0:
        raise InputError(
            f"of these {len(judged)} candidates, higher scores are not right more often, and no "
            "calibration mends that; check that the annotations are by this schema"
        )
    line = Calibration(slope, intercept)
    mapped = [one._replace(score=line.apply(one.score)) for one in judged]
    return Calibration(slope, intercept, best_thresholds(mapped, gold), model, schema)


def best_thresholds(
    observed: Iterable[Observed], gold: Mapping[str, int] | None = None
) -> dict[str, float]:
    """By label, the thresholds that together give the highest strict F1, over all types.

    A type with fewer than ``FEWEST_GOLD`` annotated mentions has the threshold that would be best
    for all: its own would be chance.  The fewer a type has above that, the more it leans towards
    what is best for all; see ``BORROWED``.

    Args:
        observed: candidates with the scores that thresholds are compared with; no two overlap.
        gold: by label, how many mentions are annotated, found or not.  ``None`` counts those that
            were found.
    """
    judged = list(observed)
    if gold is None:
        gold = Counter(one.label for one in judged if one.right)
    by_label: dict[str, list[Observed]] = {label: [] for label in gold}
    for one in judged:
        by_label.setdefault(one.label, []).append(one)
    every, support = _Sorted(judged), sum(gold.values())
    cuts = every.cuts()
    (for_all,) = _best([_Choice(cuts, *every.counts(cuts))], support)
    share = BORROWED / max(support, 1)
    types, lent = [], 0
    for label, found in by_label.items():
        own = _Sorted(found)
        if gold.get(label, 0) < FEWEST_GOLD:
            types.append(_Choice(np.array([for_all]), *own.counts(np.array([for_all]))))
        else:
            both = np.union1d(own.cuts(), cuts)
            types.append(_Choice(both, *(own.counts(both) + share * every.counts(both))))
            lent += BORROWED
    return dict(zip(by_label, _best(types, support + lent), strict=True))


def reliability(observed: Iterable[Observed], bins: int = BINS) -> list[Bin]:
    """How often candidates are right, by their score: one Bin a range of scores.

    The ranges are of equal width.  Those in which no score lies are left out.

    Raises:
        InputError: ``bins`` is not positive, or a score is not in [0, 1].
    """
    if bins < 1:
        raise InputError(f"bins={bins}; at least one is needed")
    scores, right = _arrays(list(observed))
    bounds = np.arange(bins + 1) / bins
    place = np.clip(np.searchsorted(bounds, scores, side="right") - 1, 0, bins - 1)
    found = []
    for at in np.unique(place).tolist():
        there = place == at
        means = float(scores[there].mean()), float(right[there].mean())
        found.append(Bin(float(bounds[at]), float(bounds[at + 1]), *means, int(there.sum())))
    return found


def expected_calibration_error(observed: Iterable[Observed], bins: int = BINS) -> float:
    """How far scores are from shares of right candidates: mean over bins, weighted by their count.

    0 where scores are probabilities, and where there is no candidate.
    """
    found = reliability(observed, bins)
    total = sum(one.count for one in found)
    return sum(one.count * abs(one.score - one.right) for one in found) / max(total, 1)


def _check_enough(scores: Floats, right: Flags) -> None:
    """Raise InputError where no line can be fitted."""
    number = len(scores)
    if number < FEWEST:
        raise InputError(
            f"a calibration needs at least {FEWEST} candidates, right and wrong ones, and here are "
            f"{number}; annotate more texts"
        )
    if right.all():
        raise InputError(
            f"all {number} candidates are right; a calibration needs wrong ones too; "
            "annotate more texts"
        )
    if not right.any():
        raise InputError(
            f"none of the {number} candidates is right; check that the annotations are by this "
            "schema"
        )
    if np.ptp(_logits(scores)) == 0:
        raise InputError(
            f"all {number} candidates have the score {scores[0]:g}, which tells nothing apart"
        )


def _platt(logits: Floats, right: Flags) -> tuple[float, float]:
    """Slope and intercept of the likeliest line.

    The loss is convex, and Platt's targets are no 0 and 1, so it has one minimum, at a finite
    place, even where a score parts the right ones from the wrong ones.
    """
    positive = int(right.sum())
    target = np.where(right, (positive + 1) / (positive + 2), 1 / (len(right) - positive + 2))
    middle, spread = float(logits.mean()), float(logits.std())
    inputs = np.stack([(logits - middle) / spread, np.ones_like(logits)], axis=1)  # (N, 2)
    # a flat line at the share of right ones: far from the flanks of the loss, where steps are wild
    line = np.array([0.0, _logit(float(target.mean()))])
    loss = _loss(inputs @ line, target)
    for _ in range(_STEPS):
        said = np.exp(-np.logaddexp(0.0, -inputs @ line))  # (N,) probabilities
        gradient = inputs.T @ (said - target) / len(target)
        hessian = (inputs * (said * (1 - said))[:, None]).T @ inputs / len(target)
        step = np.linalg.solve(hessian + _RIDGE * np.eye(2), gradient)
        promise = float(gradient @ step)  # what the step would gain if the loss were straight
        if promise < _DONE:
            break
        size = 1.0
        while (
            size > _RIDGE
            and (new := _loss(inputs @ (line - size * step), target)) > loss - size * promise / 1e4
        ):
            size /= 2  # a whole step may go too far; half of it, and again, at last goes down
        if size <= _RIDGE:
            break
        line, loss = line - size * step, new
    slope = float(line[0]) / spread
    return slope, float(line[1]) - slope * middle


def _loss(logits: Floats, target: Floats) -> float:
    """Mean log loss of probabilities, given as logits."""
    return float(np.mean(np.logaddexp(0.0, logits) - target * logits))


class _Sorted:
    """Candidates by score, for questions about thresholds.  N candidates, C thresholds."""

    def __init__(self, observed: Sequence[Observed]) -> None:
        scores, right = _arrays(observed)
        order = np.argsort(scores)
        self._scores = scores[order]  # (N,) rising
        self._right_from = np.cumsum([0, *right[order][::-1]])[::-1]  # (N + 1,)

    def cuts(self) -> Floats:
        """(C,) Thresholds that part the candidates in every way that thresholds can.

        Each lies in the middle between two scores, for either may stand where it does by chance.
        """
        scores = np.unique(self._scores)
        middles = [_between(*pair) for pair in pairwise(scores.tolist())]
        return np.array([*scores[:1], *middles, 1.0])

    def counts(self, thresholds: Floats) -> Floats:
        """(2, C) Right candidates, and all, that reach each threshold."""
        at = np.searchsorted(self._scores, thresholds)
        return np.stack([self._right_from[at], len(self._scores) - at]).astype(np.float64)


class _Choice(NamedTuple):
    """Thresholds that a type may have, and what would be given at each.  C thresholds."""

    thresholds: Floats  # (C,)
    correct: Floats  # (C,)
    given: Floats  # (C,)


def _best(types: Sequence[_Choice], support: int) -> list[float]:
    """A threshold for each type; together they give the highest F1 of all types.

    F1 is a quotient, 2 * correct / (given + support).  A choice is better than F1 = f where
    2 * correct - f * given is larger than f * support, and that sum each type makes larger for
    itself.  Each turn raises f, until none can (Dinkelbach, 1967).
    """
    f1 = 0.0
    while True:
        # of equal ones the last, which is the highest
        chosen = [_last_best(2 * one.correct - f1 * one.given) for one in types]
        at = list(zip(types, chosen, strict=True))
        correct, given = (sum(float(one[row][i]) for one, i in at) for row in (1, 2))
        new = 2 * correct / max(given + support, 1.0)
        if new <= f1:
            return [float(one.thresholds[i]) for one, i in at]
        f1 = new


def _last_best(values: Floats) -> int:
    return len(values) - 1 - int(values[::-1].argmax())


def _between(below: float, upper: float) -> float:
    """The number of fewest digits, two at least, near the middle: above one, up to the other."""
    middle = (below + upper) / 2
    for digits in count(2):
        shorter = round(middle, digits)
        if below < shorter <= upper:
            return shorter
        if digits > 17:  # noqa: PLR2004  # two neighbouring floats
            break
    return upper


def _arrays(observed: Sequence[Observed]) -> tuple[Floats, Flags]:
    for one in observed:
        _edge(one.score)
    scores = np.array([one.score for one in observed], np.float64)
    return scores, np.array([one.right for one in observed], bool)


def _logits(scores: Floats) -> Floats:
    safe = np.clip(scores, _EDGE, 1 - _EDGE)
    return np.log(safe) - np.log1p(-safe)


def _edge(score: float) -> float | None:
    """0 or 1, which have no logit, ``None`` between.

    Raises:
        InputError: the score is not in [0, 1].
    """
    if not 0 <= score <= 1:  # NaN neither
        raise InputError(f"the score {score!r} is no number in [0, 1]")
    return float(score) if score in (0, 1) else None


def _logit(score: float) -> float:
    return math.log(score) - math.log1p(-score)


def _sigmoid(logit: float) -> float:
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    return math.exp(logit) / (1 + math.exp(logit))  # where exp(-logit) would overflow


def _number(value: object, what: str) -> float:
    """A finite float.  Raises InputError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{what} of a calibration must be a number; got {reprlib.repr(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{what} of a calibration must be a finite number; got {number!r}")
    return number


def _threshold(label: object, value: object) -> float:
    """A threshold of a type that there may be.  Raises InputError."""
    if not isinstance(label, str):
        raise InputError(f'"thresholds" of a calibration must go by name; got {label!r}')
    try:
        check_label(label)
    except SchemaError as err:
        raise InputError(f'"thresholds" of a calibration: {err}') from err
    number = _number(value, f"the threshold of {label!r}")
    if not 0 <= number <= 1:
        raise InputError(
            f"the threshold of {label!r} of a calibration must be in [0, 1]; got {number!r}"
        )
    return number


def _check_name(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise InputError(f'"{name}" of a calibration must be text; got {reprlib.repr(value)}')
    try:
        check_writable(value, f'"{name}" of a calibration')
    except SchemaError as err:
        raise InputError(str(err)) from err


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if (key := repeated_key(pairs)) is not None:
        raise ValueError(f"the key {key!r} is given twice")
    return dict(pairs)


def _fields(data: object) -> dict[str, Any]:
    """The arguments of a Calibration out of its JSON form.

    Raises:
        InputError: another version, or keys that are missing or unknown.
    """
    form = '{"version": 1, "slope": …, "intercept": …, "thresholds": {…}, "model": …, "schema": …}'
    if not isinstance(data, dict) or "version" not in data:
        raise InputError(f"a calibration has the form {form}; got {reprlib.repr(data)[:80]}")
    version = data["version"]
    if isinstance(version, bool) or version != VERSION:
        raise InputError(
            f"a calibration of version {reprlib.repr(version)}; this schema-ner reads version "
            f"{VERSION}; fit it anew with `schema-ner calibrate`"
        )
    unknown = sorted(set(data) - set(_KEYS))
    if unknown:
        raise InputError(f"a calibration with unknown keys {unknown[:5]}; known are {list(_KEYS)}")
    for key in ("slope", "intercept"):
        if key not in data:
            raise InputError(f'a calibration without "{key}"; it has the form {form}')
    return {key: value for key, value in data.items() if key != "version"}
