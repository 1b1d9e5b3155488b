"""The samples of a run, each with what is wrong with it.

Here: texts beside their mistakes.  Not here: what is a mistake (``scoring.errors``), what many have
in common (``patterns``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from schema_ner.errors import InputError
from schema_ner.scoring.errors import Errors, errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schema_ner.benchmark.run import Run, Sample
    from schema_ner.scoring.errors import Kind, Mistake

    Place = tuple[int, int, str]  # start, end and label of a span


@dataclass(frozen=True, slots=True)
class Judged:
    """One sample.

    Attributes:
        number: its place in the run, from 1.
        sample: the text, its gold spans and the predicted ones.
        mistakes: all of them; of a text that failed, its gold spans as missed.
        correct: predictions that are right, by type.
        unjudged: why mistakes were not looked for; empty where they were.
    """

    number: int
    sample: Sample
    mistakes: tuple[Mistake, ...] = ()
    correct: Mapping[str, int] = field(default_factory=dict)
    unjudged: str = ""

    @property
    def failure(self) -> str:
        """Why the model could not read the text; empty where it could."""
        said = (item.reason for item in self.sample.predicted.rejected if item.status == "failed")
        return next(said, "")

    def wrong(self) -> tuple[dict[Place, Kind], dict[Place, Kind]]:
        """What is wrong with gold spans, and with predicted ones, by their ``order``."""
        gold = {each.gold.order: each.kind for each in self.mistakes if each.gold}
        predicted = {e.predicted.order: e.kind for e in self.mistakes if e.predicted}
        return gold, predicted


def judged(run: Run) -> list[Judged]:
    """Every sample with its mistakes."""
    return list(_judged(run))


def together(samples: Sequence[Judged]) -> Errors:
    """The mistakes of all samples as one."""
    correct: Counter[str] = Counter()
    for each in samples:
        correct.update(each.correct)
    mistakes = tuple(mistake for each in samples for mistake in each.mistakes)
    return Errors(mistakes, dict(sorted(correct.items())))


def _judged(run: Run) -> Iterator[Judged]:
    for number, sample in enumerate(run.samples, 1):
        try:
            found = errors([sample.gold], [sample.predicted])
        except InputError as err:  # too many overlaps: one text must not end the others
            yield Judged(number, sample, unjudged=str(err))
            continue
        named = (replace(each, number=number, id=sample.id) for each in found.mistakes)
        yield Judged(number, sample, tuple(named), found.correct)
