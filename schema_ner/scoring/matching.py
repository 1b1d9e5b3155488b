"""Which predicted span stands for which gold span, one for one: for looking at mistakes.

Spans of one text are paired in this order, and each is taken once:

1. the same borders and the same type;
2. the same borders, another type;
3. an overlap and the same type, the largest overlap first;
4. an overlap and another type, the largest overlap first.

The size of an overlap is the share of characters in both among those in either.  Of equal ones the
earlier comes first.  What is left over stands alone.  A span said twice in one text is one span.

This is no convention: it explains a score, it is none.

Here: pairs of spans.  Not here: what they are counted as (``confusion``, ``errors``).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schema_ner.scoring.base import Pair
    from schema_ner.spans import Span

    Spans = dict[tuple[int, int, str], Span]  # by start, end, label; in that order

Relation: TypeAlias = Literal[
    "correct", "type", "boundary", "boundary_and_type", "missed", "spurious"
]
"""Right; the type is wrong; the borders are; both are; a gold span alone; a prediction alone."""

_MOST = 1_000_000  # overlaps in one text, so that a hostile file ends in a sentence


class Match(NamedTuple):
    """A gold span and the prediction that stands for it, or one of them alone."""

    relation: Relation
    gold: Span | None
    predicted: Span | None

    @property
    def start(self) -> int:
        """Where the first of its spans begins."""
        return min(span.start for span in (self.gold, self.predicted) if span is not None)


def matched(pairs: Iterable[Pair]) -> Iterator[list[Match]]:
    """The matches of each text, in the order of their places.

    Raises:
        InputError: in one text more than a million pairs of spans overlap.
    """
    for number, pair in enumerate(pairs, 1):
        gold, predicted = _distinct(pair.gold), _distinct(pair.predicted)
        found = [*_same(gold, predicted), *_same_borders(gold, predicted)]
        found += _overlapping(gold, predicted, number)
        found += (Match("missed", span, None) for span in gold.values())
        found += (Match("spurious", None, span) for span in predicted.values())
        yield sorted(found, key=lambda match: match.start)


# Each of the following takes what it pairs out of both sides.


def _same(gold: Spans, predicted: Spans) -> Iterator[Match]:
    for key in [key for key in gold if key in predicted]:
        yield Match("correct", gold.pop(key), predicted.pop(key))


def _same_borders(gold: Spans, predicted: Spans) -> Iterator[Match]:
    there: defaultdict[tuple[int, int], list[Span]] = defaultdict(list)
    for span in reversed(predicted.values()):
        there[span.start, span.end].append(span)
    for key in list(gold):
        if at_place := there[key[:2]]:
            other = at_place.pop()
            yield Match("type", gold.pop(key), predicted.pop(other.order))


def _overlapping(gold: Spans, predicted: Spans, number: int) -> Iterator[Match]:
    ranked = []
    for one, other in _overlaps(gold.values(), predicted.values()):
        ranked.append((one.label != other.label, -_shared(one, other), one.order, other.order))
        if len(ranked) > _MOST:
            raise InputError(
                f"text {number}: more than {_MOST:,} pairs of a gold and a predicted span overlap; "
                "check how the spans of this text were made"
            )
    for differs, _, one_key, other_key in sorted(ranked):
        if one_key in gold and other_key in predicted:
            relation: Relation = "boundary_and_type" if differs else "boundary"
            yield Match(relation, gold.pop(one_key), predicted.pop(other_key))


def _overlaps(gold: Iterable[Span], predicted: Iterable[Span]) -> Iterator[tuple[Span, Span]]:
    """Every gold and predicted span that share a character; walks over each text once."""
    sides = [*((span, 0) for span in gold), *((span, 1) for span in predicted)]
    going_on: tuple[list[Span], list[Span]] = ([], [])
    for span, side in sorted(sides, key=lambda each: each[0].start):
        others = going_on[1 - side]
        others[:] = (other for other in others if other.end > span.start)
        for other in others:
            yield (other, span) if side else (span, other)
        going_on[side].append(span)


def _shared(one: Span, other: Span) -> float:
    both = min(one.end, other.end) - max(one.start, other.start)
    return both / (max(one.end, other.end) - min(one.start, other.start))


def _distinct(spans: Sequence[Span]) -> Spans:
    return {span.order: span for span in sorted(spans, key=lambda span: span.order)}
