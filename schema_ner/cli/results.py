"""What one call of ``schema-ner score`` finds out: scores, intervals, comparisons, the ranking.

Here: asking ``schema_ner.scoring``, and the answers as data.  Not here: showing them
(``scoreboard``), what the figures mean (``schema_ner.scoring``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from schema_ner import scoring
from schema_ner.cli.progress import Progress
from schema_ner.scoring import confusion as matrices
from schema_ner.scoring import errors as mistakes
from schema_ner.scoring import ranks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.cli.aligned import Aligned
    from schema_ner.cli.counted import Types
    from schema_ner.scoring import Convention, Score
    from schema_ner.scoring.bootstrap import Comparison, Interval
    from schema_ner.scoring.confusion import Confusion
    from schema_ner.scoring.errors import Errors
    from schema_ner.scoring.ranks import Ranking


class Draws(NamedTuple):
    """How samples are drawn."""

    resamples: int = 1_000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What one convention says of one or two systems.

    Attributes:
        rule: the convention.
        scores: one a system.
        intervals: of a single system, where they were asked for; one a headline of the convention.
        comparisons: of two systems; likewise.
    """

    rule: Convention
    scores: tuple[Score, ...]
    intervals: tuple[Interval, ...] = ()
    comparisons: tuple[Comparison, ...] = ()

    def to_dict(self, types: Types) -> dict[str, Any]:
        """Plain data: the first system's score, and ``second`` where there is one."""
        first, *others = (self._score(score) | types.to_dict() for score in self.scores)
        data: dict[str, Any] = {"definition": self.rule.definition} | first
        if others:
            data["second"] = others[0]
        if self.intervals:
            data["intervals"] = {one.figure: one.to_dict() for one in self.intervals}
        if self.comparisons:
            data["comparisons"] = {both.first.figure: both.to_dict() for both in self.comparisons}
        return data

    def _score(self, score: Score) -> dict[str, Any]:
        figures = [headline.figure for headline in self.rule.headlines]
        return {"headline": {name: score.figure(name) for name in figures}} | score.to_dict()


def results(
    names: Sequence[str],
    sides: Aligned,
    types: Types,
    draws: Draws | None,
) -> list[Result]:
    """One result a convention.

    Args:
        names: of the conventions.
        sides: gold, and one or two systems.
        types: which count.
        draws: ``None`` where no samples are drawn.
    """
    with Progress("scoring", len(names)) as bar:
        return list(bar.over(_result(name, sides, types.wanted, draws) for name in names))


def ranking(found: Sequence[Result], sides: Aligned, types: Types) -> Ranking:
    """Which of two systems is better by each convention there is, whichever were asked for."""
    known = {result.rule.name: result.scores for result in found}
    with Progress("ranking", len(scoring.names())) as bar:
        by_name = dict(bar.over(_scores(known, sides, types)))
    first, second = ({name: both[at] for name, both in by_name.items()} for at in (0, 1))
    return ranks.rank(first, second)


def errors(sides: Aligned, types: Types) -> list[Errors]:
    """The mistakes of each system."""
    return [mistakes.errors(sides.gold, said, types.wanted) for said in sides.systems]


def confusion(sides: Aligned, types: Types) -> list[Confusion]:
    """The confusion matrix of each system."""
    return [matrices.confusion(sides.gold, said, types.wanted) for said in sides.systems]


def _result(name: str, sides: Aligned, wanted: Sequence[str] | None, draws: Draws | None) -> Result:
    rule = scoring.find(name)
    scores = tuple(scoring.score(sides.gold, said, name, wanted) for said in sides.systems)
    if draws is None:
        return Result(rule, scores)
    from schema_ner.scoring import bootstrap  # noqa: PLC0415  # numpy: --help must not wait for it

    asked: dict[str, Any] = draws._asdict()
    figures = [headline.figure for headline in rule.headlines]
    gold, first, *others = sides.gold, *sides.systems
    if not others:
        alone = [
            bootstrap.interval(gold, first, name, wanted, figure=figure, **asked)
            for figure in figures
        ]
        return Result(rule, scores, intervals=tuple(alone))
    both = [
        bootstrap.compare(gold, first, others[0], name, wanted, figure=figure, **asked)
        for figure in figures
    ]
    return Result(rule, scores, comparisons=tuple(both))


def _scores(
    known: dict[str, tuple[Score, ...]], sides: Aligned, types: Types
) -> Iterator[tuple[str, tuple[Score, ...]]]:
    for name in scoring.names():
        yield (
            name,
            known.get(name)
            or tuple(scoring.score(sides.gold, said, name, types.wanted) for said in sides.systems),
        )
