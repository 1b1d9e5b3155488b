"""Scores on a terminal: one convention with its types, or all side by side.

Here: the board of one system, and what stands above any board.  Not here: that of two systems
(``versus``), what is shown (``results``), cells (``figures``), single mistakes (``mistakes``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.cli import figures, streams, tables, versus
from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.cli.results import Result


def shown(results: Sequence[Result], systems: Sequence[str], about: Sequence[str]) -> str:
    """All of it as text.

    Args:
        results: one a convention.
        systems: what to call the systems.
        about: lines on what is counted, such as types that were left out.
    """
    alone = len(results) == 1
    lines = list(_definitions(results))
    lines += [""] * (bool(about) and not alone)
    for line in about:
        lines += tables.wrapped(line, width=streams.width(), indent="")
    if len(systems) > 1:
        named = zip(versus.NAMES, systems, strict=True)
        lines += ["", *(f"{name}: {one_line(system)}" for name, system in named)]
    lines.append("")
    if len(systems) == 1:
        lines += _alone(results[0]) if alone else _by_all(results)
    else:
        lines += versus.alone(results[0]) if alone else versus.by_all(results)
    return "\n".join(lines)


def _definitions(results: Sequence[Result]) -> Iterator[str]:
    if len(results) == 1:
        rule = results[0].rule
        said = f"{rule.name}: {rule.definition}"
        yield from tables.wrapped(said, width=streams.width(), indent="")
        return
    room = max(len(result.rule.name) for result in results) + len(tables.GAP)
    for result in results:
        yield from tables.wrapped(
            result.rule.definition,
            width=streams.width(),
            indent=" " * room,
            first=result.rule.name.ljust(room),
        )


def _alone(result: Result) -> Iterator[str]:
    score = result.scores[0]
    header = ("type", "precision", "recall", "f1", "gold", "predicted", "correct")
    rows = [
        (
            label,
            *figures.ratios(t.precision, t.recall, t.f1),
            *figures.counts(t.support, t.predicted, t.correct),
        )
        for label, t in score.per_type.items()
    ]
    counts = figures.counts(score.support, score.predicted, score.correct)
    headline = figures.ratios(score.precision, score.recall, score.f1)
    macro = figures.ratios(score.macro_precision, score.macro_recall, score.macro_f1)
    total = [(score.average, *headline, *counts)]
    total += [("macro", *macro, "", "", "")] if score.average == "micro" else []
    weighted = (score.weighted_precision, score.weighted_recall, score.weighted_f1)
    total += [("weighted", *figures.ratios(*weighted), "", "", "")]
    yield from figures.with_total(header, rows, total)
    if result.intervals:
        yield ""
        for headline_of, one in zip(result.rule.headlines, result.intervals, strict=True):
            span = f"{figures.level(one)} {figures.from_to(one)}"
            yield f"{headline_of.name} {one.value:.4f}, {span}"
        yield figures.drawn(result.intervals[0])
    yield from figures.others(result.scores, ("value",))


def _by_all(results: Sequence[Result]) -> Iterator[str]:
    """One row for each figure that a convention is about."""
    header = ["convention", "precision", "recall", "headline", ""]
    first = next((one for result in results for one in result.intervals), None)
    if first is not None:
        header.append(figures.level(first))
    rows = []
    for result in results:
        score = result.scores[0]
        begin = [result.rule.name, *figures.ratios(score.precision, score.recall)]
        for at, headline in enumerate(result.rule.headlines):
            row = begin if at == 0 else [""] * len(begin)
            value = figures.ratios(score.figure(headline.figure))
            span = [figures.from_to(result.intervals[at])] if result.intervals else []
            rows.append([*row, figures.named(headline, score), *value, *span])
    yield tables.table([header, *rows], right={1, 2, 4})
    if first is not None:
        yield ""
        yield figures.drawn(first)
