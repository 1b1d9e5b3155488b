"""Exact, partial, type: what each prediction becomes of the gold span that it overlaps.

The scenarios of SemEval-2013 task 9.1 as nervaluate (1.2) computes them.  In order of their places,
each predicted span takes one gold span that none took before, or none:

=========  ==================  =====================  ======================  ========
           the same borders    overlap, its type      overlap, another type   neither
=========  ==================  =====================  ======================  ========
exact      correct             incorrect              incorrect               spurious
partial    correct             partial, half a point  partial, half a point   spurious
type       as overlap          correct                incorrect               spurious
=========  ==================  =====================  ======================  ========

Gold spans that none took are missed.  An overlap is a hundredth of the gold span or more.  Where
several overlap, the earliest with the same borders is taken (in "type", of the right type the one
with the nearest borders), else the earliest.  Two things follow from nervaluate's ways: an early
prediction can take a gold span away from a later one that fits better; and the figures of a type
come from its own spans alone, so the headline is not their pool.

A span said twice in one text is one span.

Here: these three.  Not here: borders and type both right (``strict``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from schema_ner.scoring.base import Convention, TypeScore, micro

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from schema_ner.scoring.base import Pair, Score
    from schema_ner.spans import Span

_VERDICTS = ("correct", "incorrect", "partial", "missed", "spurious")


class _Place(NamedTuple):
    start: int
    end: int
    label: str


class _Rule(NamedTuple):
    """``right`` picks one of the gold spans that a prediction overlaps; else the first is taken."""

    right: Callable[[_Place, list[_Place]], _Place | None]
    other: str  # what the prediction is then


def _same_borders(said: _Place, near: Iterable[_Place]) -> _Place | None:
    return next((gold for gold in near if gold[:2] == said[:2]), None)


def _same_type(said: _Place, near: Iterable[_Place]) -> _Place | None:
    def distance(gold: _Place) -> int:
        return abs(gold.start - said.start) + abs(gold.end - said.end)

    return min((gold for gold in near if gold.label == said.label), key=distance, default=None)


_RULES = {
    "exact": _Rule(_same_borders, "incorrect"),
    "partial": _Rule(_same_borders, "partial"),
    "type": _Rule(_same_type, "incorrect"),
}


def _measure(name: str, pairs: Sequence[Pair], labels: tuple[str, ...] | None) -> Score:
    rule = _RULES[name]
    total: Counter[str] = Counter()
    by_type: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for pair in pairs:
        gold, predicted = _places(pair.gold), _places(pair.predicted)
        total.update(_verdicts(gold, predicted, rule))
        for label in {one.label for one in (*gold, *predicted)}:
            alone = _verdicts(_of_type(gold, label), _of_type(predicted, label), rule)
            by_type[label].update(alone)
    named = labels if labels is not None else sorted(by_type)
    headline = micro(name, {"every type": _figures(total)})
    return replace(
        headline,
        per_type={label: _figures(by_type[label]) for label in named},
        extra={verdict: total[verdict] for verdict in _VERDICTS},
    )


def _figures(verdicts: Counter[str]) -> TypeScore:
    taken = verdicts["correct"] + verdicts["incorrect"] + verdicts["partial"]
    points = verdicts["correct"] + verdicts["partial"] / 2
    return TypeScore.of_counts(taken + verdicts["missed"], taken + verdicts["spurious"], points)


def _verdicts(gold: list[_Place], predicted: list[_Place], rule: _Rule) -> Counter[str]:
    """How many spans of one text fall under each verdict."""
    verdicts: Counter[str] = Counter()
    untaken = set(gold)
    overlapping = _overlapping(gold)
    for said in predicted:
        near = [one for one in overlapping(said) if one in untaken]
        right = rule.right(said, near)
        if right is not None:
            verdicts["correct"] += 1
            untaken.remove(right)
        elif near:
            verdicts[rule.other] += 1
            untaken.remove(near[0])
        else:
            verdicts["spurious"] += 1
    verdicts["missed"] = len(untaken)
    return verdicts


def _overlapping(gold: list[_Place]) -> Callable[[_Place], Iterator[_Place]]:
    """A function from a place to the gold spans that it overlaps, in order."""
    starts = [one.start for one in gold]
    reach = list(accumulate((one.end for one in gold), max))  # so far; it never falls

    def overlapping(said: _Place) -> Iterator[_Place]:
        near = gold[bisect_right(reach, said.start) : bisect_left(starts, said.end)]
        for one in near:
            shared = min(one.end, said.end) - max(one.start, said.start)
            if 100 * shared >= one.end - one.start:
                yield one

    return overlapping


def _places(spans: Iterable[Span]) -> list[_Place]:
    return sorted({_Place(*span.order) for span in spans})


def _of_type(places: Iterable[_Place], label: str) -> list[_Place]:
    return [one for one in places if one.label == label]


def _convention(name: str, definition: str) -> Convention:
    return Convention(name, definition, lambda pairs, labels: _measure(name, pairs, labels))


CONVENTIONS = (
    _convention(
        "exact",
        "A predicted span is right when its start and end equal those of a gold span, whatever the "
        "types; nervaluate's exact.",
    ),
    _convention(
        "partial",
        "A predicted span is right when its start and end equal those of a gold span, and half "
        "right when it overlaps one, whatever the types; nervaluate's partial.",
    ),
    _convention(
        "type",
        "A predicted span is right when it overlaps a gold span of its type; nervaluate's "
        "ent_type.",
    ),
)
