"""Figures of scores as cells and lines: ratios, counts, intervals, tables with a line of totals.

Here: what the boards of one system and of two share.  Not here: which figures stand where
(``scoreboard``, ``versus``), layout (``tables``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.cli import streams, tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.scoring import Headline, Score
    from schema_ner.scoring.bootstrap import Interval


def ratios(*values: float) -> tuple[str, ...]:
    """Ratios with four digits."""
    return tuple(f"{value:.4f}" for value in values)


def signed(*values: float) -> tuple[str, ...]:
    """Differences of ratios."""
    return tuple(f"{value:+.4f}" for value in values)


def counts(*values: float) -> tuple[str, ...]:
    """Counts, with halves where there are any."""
    return tuple(f"{value:,g}" if value != int(value) else f"{int(value):,}" for value in values)


def named(headline: Headline, score: Score) -> str:
    """A figure that a convention is about: ``micro f1``, ``leaked``."""
    return f"{score.average} f1" if headline.figure == "f1" else headline.name


def level(one: Interval) -> str:
    """How often such an interval holds the true figure."""
    return f"{100 * one.level:g} % interval"


def from_to(one: Interval) -> str:
    """The ends of an interval."""
    return f"{one.low:.4f} to {one.high:.4f}"


def signed_from_to(one: Interval) -> str:
    """The ends of the interval of a difference."""
    return f"{one.low:+.4f} to {one.high:+.4f}"


def drawn(one: Interval) -> str:
    """How the samples of an interval were drawn."""
    texts = "1 text" if one.texts == 1 else f"{one.texts:,} texts"
    return f"percentile bootstrap over {texts}, {one.resamples:,} resamples, seed {one.seed}"


def others(scores: Sequence[Score], names: Sequence[str]) -> Iterator[str]:
    """A table of the convention's own figures: ratios, or counts where they are whole numbers.

    Args:
        scores: one a system.
        names: the heads of their columns.
    """
    figures = dict.fromkeys(name for score in scores for name in score.extra)
    if not figures:
        return
    rows = [(name, *(_other(score.extra.get(name)) for score in scores)) for name in figures]
    yield ""
    header = ("figure", *names)
    yield tables.fitted([header, *rows], right=range(1, len(header)), width=streams.columns())


def with_total(
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


def _other(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"
