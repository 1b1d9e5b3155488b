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
    from schema_ner.scoring import Convention, Score
    from schema_ner.scoring.bootstrap import Comparison, Interval
    from schema_ner.scoring.confusion import Confusion
    from schema_ner.scoring.errors import Errors
    from schema_ner.scoring.ranks import Ranking


@dataclass(frozen=True, slots=True)
class Types:
    """Which types count.

    Attributes:
        wanted: those; ``None`` for all.
        excluded: those that were left out by name.
    """

    wanted: list[str] | None
    excluded: list[str]

    def to_dict(self) -> dict[str, Any]:
        """What stands beside every score in JSON."""
        return {"labels": self.wanted, "excluded": self.excluded}

    def lines(self) -> list[str]:
        """What stands beside every score on a terminal."""
        if self.excluded:
            return [f"types left out: {', '.join(self.excluded)}"]
        return [] if self.wanted is None else [f"types counted: {', '.join(self.wanted)}"]


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
        interval: of the F1 of a single system, where it was asked for.
        comparison: of two systems.
    """

    rule: Convention
    scores: tuple[Score, ...]
    interval: Interval | None = None
    comparison: Comparison | None = None

    def to_dict(self, types: Types) -> dict[str, Any]:
        """Plain data: the first system's score, and ``second`` where there is one."""
        first, *others = (score.to_dict() | types.to_dict() for score in self.scores)
        data: dict[str, Any] = {"definition": self.rule.definition} | first
        if others:
            data["second"] = others[0]
        if self.interval is not None:
            data["interval"] = self.interval.to_dict()
        if self.comparison is not None:
            data["comparison"] = self.comparison.to_dict()
        return data


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

    many, how = draws
    if len(sides.systems) == 1:
        said = sides.systems[0]
        one = bootstrap.interval(sides.gold, said, name, wanted, resamples=many, seed=how)
        return Result(rule, scores, one)
    first, second = sides.systems
    both = bootstrap.compare(sides.gold, first, second, name, wanted, resamples=many, seed=how)
    return Result(rule, scores, comparison=both)


def _scores(
    known: dict[str, tuple[Score, ...]], sides: Aligned, types: Types
) -> Iterator[tuple[str, tuple[Score, ...]]]:
    for name in scoring.names():
        yield (
            name,
            known.get(name)
            or tuple(scoring.score(sides.gold, said, name, types.wanted) for said in sides.systems),
        )
