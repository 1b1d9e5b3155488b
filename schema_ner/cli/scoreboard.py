"""Scores on a terminal: one convention with its types, or all side by side; one system, or two.

Here: tables and the lines around them.  Not here: what is shown (``results``), layout (``tables``),
single mistakes (``mistakes``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.cli import streams, tables
from schema_ner.scoring import TypeScore
from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.cli.results import Result
    from schema_ner.scoring import Score
    from schema_ner.scoring.bootstrap import Comparison, Interval

NAMES = ("first", "second")  # what two systems are called in tables
_CLOSE = 1e-6  # uniner's headline differs that little from its pooled counts


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
        lines += ["", *(f"{NAMES[at]}: {one_line(name)}" for at, name in enumerate(systems))]
    lines.append("")
    if len(systems) == 1:
        lines += _one_alone(results[0]) if alone else _one_by_all(results)
    else:
        lines += _two_alone(results[0]) if alone else _two_by_all(results)
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


def _one_alone(result: Result) -> Iterator[str]:
    score = result.scores[0]
    header = ("type", "precision", "recall", "f1", "gold", "predicted", "correct")
    rows = [
        (label, *_figures(t.precision, t.recall, t.f1), *_counts(t.support, t.predicted, t.correct))
        for label, t in score.per_type.items()
    ]
    counts = _counts(score.support, score.predicted, score.correct)
    macro = _figures(score.macro_precision, score.macro_recall, score.macro_f1)
    total = [
        (_headline(score), *_figures(score.precision, score.recall, score.f1), *counts),
        ("macro", *macro, "", "", ""),
        ("weighted", "", "", *_figures(score.weighted_f1), "", "", ""),
    ]
    yield from _with_total(header, rows, total)
    if result.interval is not None:
        one = result.interval
        yield ""
        yield f"f1 {one.value:.4f}, {_level(one)} {_from_to(one)}"
        yield _drawn(one)
    yield from _extra(result.scores, ("value",))


def _one_by_all(results: Sequence[Result]) -> Iterator[str]:
    header = ["convention", "precision", "recall", "f1"]
    intervals = [result.interval for result in results if result.interval is not None]
    if intervals:
        header.append(_level(intervals[0]))
    rows = []
    for result in results:
        score, one = result.scores[0], result.interval
        more = [] if one is None else [_from_to(one)]
        figures = _figures(score.precision, score.recall, score.f1)
        rows.append([result.rule.name, *figures, *more])
    yield tables.table([header, *rows], right={1, 2, 3})
    if intervals:
        yield ""
        yield _drawn(intervals[0])


def _two_alone(result: Result) -> Iterator[str]:
    first, second = result.scores
    header = ("f1 of", "gold", *NAMES, "difference")
    types = {**first.per_type, **second.per_type}
    if len(types) > len(first.per_type):
        types = dict(sorted(types.items()))
    nothing = TypeScore.of_counts(0, 0, 0)
    rows = []
    for label in types:
        both = [score.per_type.get(label, nothing) for score in result.scores]
        rows.append(_pair(label, both[0].f1, both[1].f1, max(one.support for one in both)))
    total = [
        _pair(_headline(first), first.f1, second.f1, first.support),
        _pair("macro", first.macro_f1, second.macro_f1),
        _pair("weighted", first.weighted_f1, second.weighted_f1),
    ]
    yield from _with_total(header, rows, total)
    if result.comparison is not None:
        yield from _compared(first, second, result.comparison)
    yield from _extra(result.scores, NAMES)


def _compared(first: Score, second: Score, found: Comparison) -> Iterator[str]:
    header = ("system", "precision", "recall", "f1", f"{_level(found.difference)} of f1")
    rows = [
        (name, *_figures(score.precision, score.recall, score.f1), _from_to(one))
        for name, score, one in zip(
            NAMES, (first, second), (found.first, found.second), strict=True
        )
    ]
    gains = (second.precision - first.precision, second.recall - first.recall)
    gain = (
        "difference",
        *_signed(*gains, found.difference.value),
        _signed_from_to(found.difference),
    )
    yield ""
    yield tables.table([header, *rows, gain], right={1, 2, 3, 4})
    yield ""
    yield f"p {found.p_bootstrap:.4f} by paired bootstrap"
    yield f"p {found.p_randomisation:.4f} by approximate randomisation"
    yield _drawn(found.difference)


def _two_by_all(results: Sequence[Result]) -> Iterator[str]:
    compared = [(result.rule.name, result.comparison) for result in results if result.comparison]
    level = _level(compared[0][1].difference)
    header = ("f1 by", *NAMES, "gain", level, "p boot", "p rand")
    rows = [
        (
            name,
            *_figures(one.first.value, one.second.value),
            *_signed(one.difference.value),
            _signed_from_to(one.difference),
            *_figures(one.p_bootstrap, one.p_randomisation),
        )
        for name, one in compared
    ]
    yield tables.table([header, *rows], right=range(1, len(header)))
    yield ""
    yield "gain: second less first, with its interval"
    yield "p boot: paired bootstrap; p rand: approximate randomisation"
    yield _drawn(compared[0][1].difference)


def _extra(scores: Sequence[Score], names: Sequence[str]) -> Iterator[str]:
    """The convention's own figures: ratios, or counts where they are whole numbers."""
    figures = dict.fromkeys(name for score in scores for name in score.extra)
    if not figures:
        return
    rows = [(name, *(_figure(score.extra.get(name)) for score in scores)) for name in figures]
    yield ""
    header = ("figure", *names)
    yield tables.fitted([header, *rows], right=range(1, len(header)), width=streams.columns())


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"


def _with_total(
    header: Sequence[str], rows: Sequence[Sequence[str]], total: Sequence[Sequence[str]]
) -> Iterator[str]:
    """A table with a line above its last rows."""
    shown_rows = tables.fitted(
        [header, *rows, *total], right=range(1, len(header)), width=streams.columns()
    )
    lines = shown_rows.split("\n")
    yield from lines[: -len(total)]
    yield tables.rule(lines)
    yield from lines[-len(total) :]


def _headline(score: Score) -> str:
    """``micro`` where the headline pools the counts; other conventions have another."""
    counts = score.predicted + score.support
    pooled = 2 * score.correct / counts if counts else 0.0
    return "micro" if abs(score.f1 - pooled) < _CLOSE else "headline"


def _pair(name: str, first: float, second: float, gold: float | None = None) -> tuple[str, ...]:
    count = ("",) if gold is None else _counts(gold)
    return (name, *count, *_figures(first, second), *_signed(second - first))


def _level(one: Interval) -> str:
    return f"{100 * one.level:g} % interval"


def _from_to(one: Interval) -> str:
    return f"{one.low:.4f} to {one.high:.4f}"


def _signed_from_to(one: Interval) -> str:
    return f"{one.low:+.4f} to {one.high:+.4f}"


def _drawn(one: Interval) -> str:
    texts = "1 text" if one.texts == 1 else f"{one.texts:,} texts"
    return f"percentile bootstrap over {texts}, {one.resamples:,} resamples, seed {one.seed}"


def _figures(*values: float) -> tuple[str, ...]:
    return tuple(f"{value:.4f}" for value in values)


def _signed(*values: float) -> tuple[str, ...]:
    return tuple(f"{value:+.4f}" for value in values)


def _counts(*values: float) -> tuple[str, ...]:
    return tuple(f"{value:,g}" if value != int(value) else f"{int(value):,}" for value in values)
