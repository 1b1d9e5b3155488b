"""Runs side by side on the texts they share: figures, intervals, and what may be chance.

Every run is compared with the first.  Differences come from the paired bootstrap, p-values from
approximate randomisation, both over texts (``scoring.bootstrap``).

Here: the numbers.  Not here: which texts are shared (``sharing``), tables and the page
(``compared``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from schema_ner import scoring
from schema_ner.benchmark import sharing
from schema_ner.errors import SchemaNerError
from schema_ner.scoring import bootstrap
from schema_ner.scoring.base import Headline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from schema_ner.benchmark.run import Run
    from schema_ner.benchmark.sharing import Shared
    from schema_ner.scoring.bootstrap import Interval
    from schema_ner.spans import Document, Extraction

STRICT = "strict"
MOST_TYPES = 100  # that are tested, the most frequent ones
SIGNIFICANT = 0.05
_BESIDE = (Headline("precision", "precision"), Headline("recall", "recall"))


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of all runs.

    Attributes:
        name: ``strict f1``, ``klue-entity macro f1``, ``pii leaked``; of a type, its label.
        convention: whose figure it is.
        figure: its name, as ``Score.figure`` takes it.
        is_loss: whether less of it is better.
        support: gold spans that it is about.
        values: the figure of each run, with its interval.
        pairs: for each run but the first, its comparison with the first.
        p_adjusted: of rows that are read together, as types are: for each pair, the p-value of
            randomisation, adjusted by Holm's method for how many there are.
    """

    name: str
    convention: str
    figure: str
    is_loss: bool
    support: int
    values: tuple[Interval, ...] = ()
    pairs: tuple[bootstrap.Comparison, ...] = ()
    p_adjusted: tuple[float, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data: the fields, those of each pair under ``against_first``."""
        return {
            "name": self.name,
            "convention": self.convention,
            "figure": self.figure,
            "is_loss": self.is_loss,
            "support": self.support,
            "values": [one.to_dict() for one in self.values],
            "against_first": [
                {
                    "difference": pair.difference.to_dict(),
                    "p_bootstrap": pair.p_bootstrap,
                    "p_randomisation": pair.p_randomisation,
                    **({"p_adjusted": self.p_adjusted[at]} if self.p_adjusted else {}),
                }
                for at, pair in enumerate(self.pairs)
            ],
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two or more runs on the texts they share.

    Attributes:
        shared: the runs and these texts.
        conventions: one row for each figure that a convention is about; strict's first.
        types: F1 by the strict convention of each type, the most frequent first.
        notes: what could not be compared, and why.
    """

    shared: Shared
    conventions: tuple[Row, ...]
    types: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def texts(self) -> int:
        """How many texts are compared."""
        return len(self.shared.samples[0])

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        runs = self.shared.runs
        return {
            "runs": [
                {"key": key, "name": run.name, "folder": run.folder and str(run.folder)}
                | {"settings": dict(run.settings)}
                for key, run in zip(sharing.keys(runs), runs, strict=True)
            ],
            "texts": self.texts,
            "remarks": [*self.shared.remarks, *self.notes],
            "differing": sharing.differing(runs),
            "conventions": [row.to_dict() for row in self.conventions],
            "types": [row.to_dict() for row in self.types],
        }

    def to_json(self) -> str:
        """``to_dict`` as JSON, indented."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_text(self) -> str:
        """Tables for a terminal."""
        from schema_ner.benchmark import compared  # noqa: PLC0415  # it shows what is made here

        return compared.text(self)

    def to_html(self) -> str:
        """A page of its own, as ``report.html`` is one."""
        from schema_ner.benchmark import compared  # noqa: PLC0415  # likewise

        return compared.html(self)


def compare(
    runs: Sequence[Run],
    *,
    conventions: Sequence[str] | None = None,
    resamples: int = 1_000,
    seed: int = 0,
    watch: Callable[[str], None] | None = None,
) -> Comparison:
    """Compare runs on the texts they share.

    Args:
        runs: two or more; the first is what the others are compared with.
        conventions: their names; ``None`` for all.
        resamples: how many samples to draw, and how many shuffles; 100 or more.
        seed: of the draws, 0 or more.
        watch: is told of each convention, and of the types, before they are measured.

    Raises:
        InputError: fewer than two runs, no texts in common, texts that are annotated differently,
            an unknown convention, or a number out of range.
    """
    bootstrap.check(resamples=resamples, seed=seed)
    names = list(conventions or sorted(scoring.names(), key=lambda name: (name != STRICT, name)))
    rules = [scoring.find(name) for name in names]
    shared = sharing.shared(runs)
    draws = {"resamples": resamples, "seed": seed}
    rows: list[Row] = []
    notes: list[str] = []
    for rule in rules:
        if watch is not None:
            watch(rule.name)
        try:
            rows += _rows(shared, rule, draws)
        except SchemaNerError as err:  # what one convention cannot count, others can
            notes.append(f"{rule.name} is not compared: {err}")
    if watch is not None:
        watch("types")
    return Comparison(shared, tuple(rows), tuple(_types(shared, draws)), tuple(notes))


def _rows(shared: Shared, rule: scoring.Convention, draws: Mapping[str, int]) -> Iterator[Row]:
    gold, said = sharing.sides(shared, rule.name)
    score = scoring.score(gold, said[0], rule.name)
    for headline in (*rule.headlines, *(_BESIDE if rule.name == STRICT else ())):
        kind = "" if score.average == "micro" or headline.figure != "f1" else f" {score.average}"
        row = Row(
            name=f"{rule.name}{kind} {headline.name}",
            convention=rule.name,
            figure=headline.figure,
            is_loss=headline.is_loss,
            support=score.support,
        )
        yield _measured(row, gold, said, None, draws)


def _types(shared: Shared, draws: Mapping[str, int]) -> list[Row]:
    """F1 of each type; p-values adjusted, for the smallest of many says little."""
    gold, said = sharing.sides(shared, STRICT)
    counts: dict[str, int] = {}
    for of_run in said:
        for label, one in scoring.score(gold, of_run).per_type.items():
            counts[label] = one.support
    ranked = sorted(counts, key=lambda label: (-counts[label], label))[:MOST_TYPES]
    empty = Row("", STRICT, "f1", is_loss=False, support=0)
    named = [replace(empty, name=label, support=counts[label]) for label in ranked]
    rows = [_measured(row, gold, said, [row.name], draws) for row in named]
    others = range(len(said) - 1)
    adjusted = [holm([row.pairs[at].p_randomisation for row in rows]) for at in others]
    return [
        replace(row, p_adjusted=tuple(each[at] for each in adjusted)) for at, row in enumerate(rows)
    ]


def _measured(
    row: Row,
    gold: Sequence[Document],
    said: Sequence[Sequence[Extraction]],
    labels: Sequence[str] | None,
    draws: Mapping[str, Any],
) -> Row:
    first, *others = said
    pairs = tuple(
        bootstrap.compare(gold, first, other, row.convention, labels, figure=row.figure, **draws)
        for other in others
    )
    return replace(row, values=(pairs[0].first, *(pair.second for pair in pairs)), pairs=pairs)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values adjusted for how many they are (Holm 1979), in the same order."""
    ranked = sorted(range(len(p_values)), key=lambda at: p_values[at])
    found, least = [0.0] * len(p_values), 0.0
    for rank, at in enumerate(ranked):
        least = max(least, min(1.0, p_values[at] * (len(p_values) - rank)))
        found[at] = least
    return found
