"""Scores of two systems on a terminal: by one convention with its types, or by all.

Here: the board of two systems.  Not here: that of one (``scoreboard``), what is shown
(``results``), cells (``figures``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.cli import figures, streams, tables
from schema_ner.scoring import TypeScore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.cli.results import Result
    from schema_ner.scoring import Headline, Score
    from schema_ner.scoring.bootstrap import Comparison

NAMES = ("first", "second")  # what two systems are called in tables
_SIGNIFICANT = 0.05


def alone(result: Result) -> Iterator[str]:
    """One convention, type by type, and what may be chance."""
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
    total = [_pair(first.average, first.f1, second.f1, first.support)]
    total += [_pair("macro", first.macro_f1, second.macro_f1)] * (first.average == "micro")
    total += [_pair("weighted", first.weighted_f1, second.weighted_f1)]
    yield from figures.with_total(header, rows, total)
    for headline, found in zip(result.rule.headlines, result.comparisons, strict=True):
        yield ""
        yield from _compared(headline, first, second, found)
    yield figures.drawn(result.comparisons[0].difference)
    yield from figures.others(result.scores, NAMES)


def _compared(headline: Headline, first: Score, second: Score, found: Comparison) -> Iterator[str]:
    """A figure of both, beside precision and recall where it is F1, and whether they differ."""
    beside = ("precision", "recall") if headline.figure == "f1" else ()
    interval = figures.level(found.difference)
    header = ("system", *beside, headline.name, f"{interval} of f1" if beside else interval)
    rows = []
    for name, score, one in zip(NAMES, (first, second), (found.first, found.second), strict=True):
        values = (score.figure(each) for each in (*beside, headline.figure))
        rows.append((name, *figures.ratios(*values), figures.from_to(one)))
    gains = (second.figure(each) - first.figure(each) for each in (*beside, headline.figure))
    gain = ("difference", *figures.signed(*gains), figures.signed_from_to(found.difference))
    yield tables.table([header, *rows, gain], right=range(1, len(header)))
    yield ""
    if headline.is_loss:
        yield f"of {headline.name}, less is better"
    yield f"p {found.p_bootstrap:.4f} by paired bootstrap"
    yield f"p {found.p_randomisation:.4f} by approximate randomisation"


def by_all(results: Sequence[Result]) -> Iterator[str]:
    """One row for each figure that a convention is about."""
    rows, beyond = [], []
    for result in results:
        for headline, found in zip(result.rule.headlines, result.comparisons, strict=True):
            name = _row_name(result, headline)
            beyond += [name] * (found.p_randomisation < _SIGNIFICANT)
            rows.append(
                (
                    name,
                    *figures.ratios(found.first.value, found.second.value),
                    *figures.signed(found.difference.value),
                    figures.signed_from_to(found.difference),
                    *figures.ratios(found.p_bootstrap, found.p_randomisation),
                )
            )
    one = results[0].comparisons[0].difference
    header = ("by", *NAMES, "gain", figures.level(one), "p boot", "p rand")
    yield tables.table([header, *rows], right=range(1, len(header)))
    yield ""
    yield "f1, micro average, where a row names no other figure"
    yield "gain: second less first, with its interval; of leaked, less is better"
    yield "p boot: paired bootstrap; p rand: approximate randomisation"
    said = f"p rand below {_SIGNIFICANT:g}: {', '.join(beyond) or 'none'}"
    yield from tables.wrapped(said, width=streams.width(), indent="")
    yield figures.drawn(one)


def _row_name(result: Result, headline: Headline) -> str:
    """``strict``, ``klue-entity macro``, ``pii leaked``."""
    if headline.figure != "f1":
        return f"{result.rule.name} {headline.name}"
    average = result.scores[0].average
    return result.rule.name if average == "micro" else f"{result.rule.name} {average}"


def _pair(name: str, first: float, second: float, gold: float | None = None) -> tuple[str, ...]:
    count = ("",) if gold is None else figures.counts(gold)
    return (name, *count, *figures.ratios(first, second), *figures.signed(second - first))
