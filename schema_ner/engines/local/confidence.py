r"""From the steps of an answer to how sure the model was of each item in it.

A probability of a *string* is wanted, and a model gives probabilities of tokens, of which many
spell the same string (``Per`` + ``son``, ``Person``).  So all tokens that go on as the answer does
count together, and what counts against a decision is the probability of the tokens that leave the
answer, by the place where they leave it: in front of a name, in the name of a type, at the first
word of a span, behind it.  A long name is then no less sure than a short one.

Here: arithmetic on steps.  Not here: where the steps come from (``writing``).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, NamedTuple

from schema_ner.spans import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from schema_ner.engines.local.writing import Step

# A part of the options that was not noted counts from here on; less is rounding.
UNSEEN = 1e-3
LEAST = 1e-9

# In an item: what opens it, the quote, the first unit of the span, the rest and the other quote.
_SPAN = re.compile(
    rb"""(?P<opening>[^'"]*)(?P<quote>['"])
         (?P<start>(?:\\.|\w|[\x80-\xff])+ | [^'"])?
         (?P<end>(?:\\.|(?!(?P=quote)).)*(?P=quote)?)""",
    re.VERBOSE | re.DOTALL,
)


class Departure(NamedTuple):
    """How likely the model left the answer at a byte of it, and what it would have written."""

    at: int
    step: int
    chance: float
    instead: bytes


class Trace:
    """What the steps of one answer say of any part of it.

    Args:
        steps: all of them, in order.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self.answer = b"".join(step.token for step in steps)
        self._starts = [0, *accumulate(len(step.token) for step in steps)][:-1]
        self._fits = [step.fit for step in steps]
        # of all steps, by place: a long token leaves the answer behind the step it was offered at
        self._departures = sorted(
            departure
            for i, (step, start) in enumerate(zip(steps, self._starts, strict=True))
            for departure in _departures(i, step, self.answer[start:], start)
        )
        self._places = [departure.at for departure in self._departures]
        self._before = self._sums()

    def sure(self, start: int, end: int) -> float:
        """Probability of ``answer[start:end]``, given what stands before it."""
        sure = 1.0
        for here, left in self._by_step(start, end):
            sure *= max(0.0, 1.0 - sum(d.chance for d in here) / left)
        return sure

    def instead(self, start: int, end: int) -> Iterator[tuple[bytes, float]]:
        """What else would have stood at ``answer[start:end]``, as far as it shows; how likely."""
        sure = 1.0
        for here, left in self._by_step(start, end):
            for departure in here:
                said = self.answer[start : departure.at] + departure.instead
                yield said, min(1.0, sure * departure.chance / left)
            sure *= max(0.0, 1.0 - sum(d.chance for d in here) / left)

    def fit(self, start: int, end: int) -> float:
        """The least share of the model's probability that was allowed in ``answer[start:end]``."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = bisect_left(self._starts, end)
        return min(self._fits[first:last], default=1.0)

    def _by_step(self, start: int, end: int) -> Iterator[tuple[list[Departure], float]]:
        """Departures within the stretch by their step, with the probability of coming so far."""
        there = slice(bisect_left(self._places, start), bisect_left(self._places, end))
        for _, group in groupby(sorted(self._departures[there], key=_step), key=_step):
            here = list(group)
            total = sum(d.chance for d in here)
            yield here, max(1.0 - self._before[here[0]], total, LEAST)

    def _sums(self) -> dict[Departure, float]:
        """By departure: the probability of the earlier ones of its step, by place."""
        sums: dict[Departure, float] = {}
        by_step: dict[int, float] = {}
        for departure in self._departures:
            sums[departure] = by_step.get(departure.step, 0.0)
            by_step[departure.step] = sums[departure] + departure.chance
        return sums


def _step(departure: Departure) -> int:
    return departure.step


def evidence(
    trace: Trace, places: Iterable[tuple[int, int]], names: Mapping[str, str]
) -> list[Evidence]:
    """What the steps say of each item.

    Args:
        trace: of the whole answer.
        places: ``[start, end)`` of the items in it, in bytes, in order.
        names: by what is written for a type (``Drug``), its label.  Empty where one type was asked
            for and none is written.
    """
    found = []
    before = 0
    for start, end in places:
        found.append(_of_item(trace, before, start, end, names))
        before = end
    return found


def _of_item(trace: Trace, before: int, start: int, end: int, names: Mapping[str, str]) -> Evidence:
    parts = _SPAN.match(trace.answer, start, end)
    if parts is None:  # no quote, so that nothing is known of its parts
        return Evidence(trace.sure(before, start), trace.sure(start, end), 1.0, 1.0)
    opening = parts.span("opening")
    # where no name is written, the quote is what makes it an item
    there = start if names else parts.end("quote")
    first = parts.end("start") if parts["start"] is not None else parts.end("quote")
    return Evidence(
        listed=trace.sure(before, there),
        type=trace.sure(*opening),
        start=trace.sure(parts.end("quote"), first),
        end=trace.sure(first, parts.end("end")),
        runner_up=_runner_up(trace, opening, names),
        fit=trace.fit(before, parts.end("end")),
    )


def _runner_up(
    trace: Trace, opening: tuple[int, int], names: Mapping[str, str]
) -> tuple[str, float] | None:
    """The type that would have been written otherwise; what fits several is shared among them."""
    written = {name: f"{name}(".encode() for name in names}
    chosen = trace.answer[slice(*opening)]
    chances = dict.fromkeys(names, 0.0)
    for said, chance in trace.instead(*opening):
        fitting = [name for name, form in written.items() if _agree(form, said)]
        for name in fitting:
            chances[name] += chance / len(fitting)
    others = [(c, name) for name, c in chances.items() if c and not _agree(written[name], chosen)]
    if not others:
        return None
    chance, name = max(others)
    return names[name], chance


def _agree(one: bytes, other: bytes) -> bool:
    """Whether one goes on as the other begins."""
    return one.startswith(other) or other.startswith(one)


def _departures(i: int, step: Step, rest: bytes, start: int) -> Iterator[Departure]:
    """Where the options of one step leave the answer, of which ``rest`` is yet to come."""
    known = 0.0
    for said, chance in step.options:
        known += chance
        if said and not rest.startswith(said):
            at = _common(said, rest)
            yield Departure(start + at, i, chance, said[at:])
    if step.options and (missing := 1.0 - known) > UNSEEN:
        yield Departure(start, i, missing, b"")  # a long tail, all of it something else


def _common(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
