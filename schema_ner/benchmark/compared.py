"""A comparison of runs for people: tables for a terminal, and a page of its own.

Here: showing.  Not here: the numbers (``comparing``), the document (``page``).
"""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from schema_ner.benchmark import page, sharing
from schema_ner.benchmark.columns import aligned, short
from schema_ner.benchmark.comparing import SIGNIFICANT
from schema_ner.benchmark.page import Cell, Section
from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.benchmark.comparing import Comparison, Row
    from schema_ner.scoring.bootstrap import Interval

_ABOUT = (
    "Gain: the run less A, with the interval of the paired bootstrap. p: approximate "
    "randomisation, two-sided; the smallest of many says little."
)
_ABOUT_TYPES = (
    "F1 by the strict convention. p of Holm is adjusted for the number of types, and alone says "
    f"which types may be told apart (below {SIGNIFICANT:g})."
)
_LONGEST = 60  # characters of a setting
_WIDTH = 100  # of running text


def text(found: Comparison) -> str:
    """All of it for a terminal, without colour."""
    return "\n".join(_lines(found))


def _lines(found: Comparison) -> Iterator[str]:
    runs = found.shared.runs
    keys = sharing.keys(runs)
    yield from aligned([(key, sharing.named(run)) for key, run in zip(keys, runs, strict=True)])
    yield ""
    yield _counted(found)
    for remark in (*found.shared.remarks, *found.notes):
        yield from _wrapped(f"note: {one_line(remark)}")
    if found.conventions:
        yield ""
        header = ("by", *keys)
        rows = [
            (row.name, *(_with_interval(one) for one in row.values)) for row in found.conventions
        ]
        yield from aligned([header, *rows])
    for at, key in enumerate(keys[1:]):
        yield from _against(found, at, key)
    yield ""
    for said in (_ABOUT, _ABOUT_TYPES, _drawn(found)):
        yield from _wrapped(said)


def _against(found: Comparison, at: int, key: str) -> Iterator[str]:
    """The tables of one run against the first."""
    if found.conventions:
        yield ""
        header = (f"{key} against A", "gain", "interval", "p")
        rows = [(row.name, *_gain(row, at)) for row in found.conventions]
        yield from aligned([header, *rows], right={1, 2, 3})
    if found.types:
        yield ""
        yield from _against_by_type(found, at, key)


def _against_by_type(found: Comparison, at: int, key: str) -> Iterator[str]:
    header = (f"{key} against A, types", "gold", "A", key, "gain", "interval", "p", "p of Holm")
    rows = [
        (
            short(row.name),
            f"{row.support:,}",
            *(f"{row.values[which].value:.4f}" for which in (0, at + 1)),
            *_gain(row, at),
            f"{row.p_adjusted[at]:.4f}{'*' * (row.p_adjusted[at] < SIGNIFICANT)}",
        )
        for row in found.types
    ]
    yield from aligned([header, *rows], right=range(1, len(header)))


def _counted(found: Comparison) -> str:
    spans = sum(len(sample.gold.spans) for sample in found.shared.samples[0])
    return f"{found.texts:,} texts that all runs have, {spans:,} gold spans"


def _with_interval(one: Interval) -> str:
    return f"{one.value:.4f} [{one.low:.4f}, {one.high:.4f}]"


def _gain(row: Row, at: int) -> tuple[str, str, str]:
    pair = row.pairs[at]
    gain = pair.difference
    said = f"{gain.low:+.4f} to {gain.high:+.4f}"
    return f"{gain.value:+.4f}", said, f"{pair.p_randomisation:.4f}"


def _wrapped(said: str) -> list[str]:
    return textwrap.wrap(said, _WIDTH, break_on_hyphens=False)


def _drawn(found: Comparison) -> str:
    one = next((row.values[0] for row in (*found.conventions, *found.types)), None)
    if one is None:
        return ""
    return f"{100 * one.level:g} % intervals: {one.resamples:,} resamples, seed {one.seed}."


def html(found: Comparison) -> str:
    """A page of its own."""
    runs = found.shared.runs
    keys = sharing.keys(runs)
    lead = f"<p>{_counted(found)}</p>"
    parts = [
        Section("runs", "Runs", _runs(found, keys)),
        Section("figures", "Figures", _figures(found, keys)),
    ]
    for at, key in enumerate(keys[1:]):
        title = f"{key} against A"
        parts.append(Section(f"against-{key}", title, _gains(found, at)))
        parts.append(Section(f"types-{key}", f"Types, {title}", _types(found, at, key)))
    parts.append(Section("differing", "What differs", _differing(found, keys)))
    foot = page.words("Made by schema-ner. The report of each run lies in its own folder.")
    title = " and ".join(dict.fromkeys(run.name for run in runs))
    return page.document(page.cut(title, 120), lead, [part for part in parts if part.html], foot)


def _runs(found: Comparison, keys: Sequence[str]) -> str:
    pairs = [
        (key, page.words(sharing.named(run)))
        for key, run in zip(keys, found.shared.runs, strict=True)
    ]
    notes = "".join(page.note(each) for each in (*found.shared.remarks, *found.notes))
    return page.facts(pairs) + notes


def _figures(found: Comparison, keys: Sequence[str]) -> str:
    """Every figure of every run, with its interval as a line."""
    rows = [
        (Cell(page.words(row.name), css="nowrap"), *map(_whisker, row.values))
        for row in found.conventions
    ]
    if not rows:
        return ""
    return page.table(("by", *keys), rows, name="figures") + page.note(_drawn(found))


def _whisker(one: Interval) -> Cell:
    low, high = (min(max(end, 0), 1) for end in (one.low, one.high))
    at = min(max(one.value, 0), 1)
    drawn = f'<span class="whisker" style="--l:{low:.3f};--h:{high:.3f};--v:{at:.3f}"></span>'
    said = f"{one.value:.3f} <small>{one.low:.3f} to {one.high:.3f}</small>"
    return Cell(f"{drawn}{said}", one.value, "n")


def _gains(found: Comparison, at: int) -> str:
    rows = [
        (Cell(page.words(row.name), css="nowrap"), *_gain_cells(row, at))
        for row in found.conventions
    ]
    if not rows:
        return ""
    table = page.table(("by", "gain", "interval", "p"), rows, name="gains", css="sortable")
    return f'<div class="narrow">{table}</div>{page.note(_ABOUT)}'


def _types(found: Comparison, at: int, key: str) -> str:
    rows: list[tuple[Cell, ...]] = [
        (
            Cell(page.named(row.name)),
            page.number(row.support),
            page.number(row.values[0].value, 3),
            page.number(row.values[at + 1].value, 3),
            *_gain_cells(row, at),
            _p(row.p_adjusted[at], is_read=True),
        )
        for row in found.types
    ]
    if not rows:
        return ""
    header = ("type", "gold", "A", key, "gain", "interval", "p", "p of Holm")
    return page.table(header, rows, name="types", css="sortable") + page.note(_ABOUT_TYPES)


def _gain_cells(row: Row, at: int) -> tuple[Cell, ...]:
    pair = row.pairs[at]
    gain = pair.difference
    is_apart = gain.low > 0 or gain.high < 0
    better = is_apart and (gain.value > 0) != row.is_loss
    css = "n up" if better else "n down" if is_apart else "n"
    return (
        Cell(f"{gain.value:+.3f}", gain.value, css),
        Cell(f"{gain.low:+.3f} to {gain.high:+.3f}", gain.low, "n"),
        _p(pair.p_randomisation),
    )


def _p(value: float, *, is_read: bool = False) -> Cell:
    css = "n strong" if is_read and value < SIGNIFICANT else "n"
    return Cell(f"{value:.4f}", value, css)


def _differing(found: Comparison, keys: Sequence[str]) -> str:
    """The settings in which the runs differ."""
    rows = [
        (key.replace("_", " "), *(page.cut(_shown(value), _LONGEST) for value in values))
        for key, values in sharing.differing(found.shared.runs).items()
    ]
    return page.table(("setting", *keys), rows, name="what differs") if rows else ""


def _shown(value: Any) -> str:  # noqa: ANN401  # whatever a setting is
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
