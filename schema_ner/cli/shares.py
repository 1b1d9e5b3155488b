"""Tables of tags, and of the shares of types and tags in several files.

Here: rows and what stands above them.  Not here: the other tables of ``stats``, counting
(``scoring.balance``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.cli import streams, tables
from schema_ner.spans import NER
from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from schema_ner.scoring.balance import Balance

_MOST = 20  # tags of a column


def most(column: str) -> int | None:
    """How many tags of a column are shown; ``None`` for all, as of entity tags."""
    return None if column == NER else _MOST


def head(column: str, tags: Collection[str]) -> str:
    """``pos: 45 tags, the 20 most frequent``."""
    limit = most(column)
    some = f", the {limit} most frequent" if limit is not None and len(tags) > limit else ""
    return f"{one_line(column)}: {len(tags):,} {'tag' if len(tags) == 1 else 'tags'}{some}"


def of_tags(name: str, tags: Mapping[str, int]) -> Iterator[str]:
    """The most frequent tags of one column."""
    total = sum(tags.values())
    yield head(name, tags)
    shown, others = _parted([*tags.items()], most(name))
    named = [(tag or "(empty)", count) for tag, count in shown]
    if others:
        named.append((_more(others), sum(count for _, count in others)))
    rows = [(tag, f"{count:,}", f"{100 * count / total:.1f} %") for tag, count in named]
    yield tables.fitted([(name, "tokens", "share"), *rows], right={1, 2}, width=streams.columns())


def compared(
    spread: Balance, heads: tuple[str, str], numbers: Mapping[str, str], most: int | None = None
) -> Iterator[str]:
    """The most frequent types or tags, and how far the files are apart.

    Args:
        spread: of types or tags over the files.
        heads: of the first two columns.
        numbers: file → what it is called.
        most: how many rows; ``None`` for all.
    """
    every = {label: sum(n[label] for n in spread.counts.values()) for label in spread.labels}
    ranked = sorted(every.items(), key=lambda each: (-each[1], each[0]))
    shown, others = _parted(ranked, most)
    named = [(label or "(empty)", [label], count) for label, count in shown]
    if others:
        together = [label for label, _ in others]
        named.append((_more(others), together, sum(count for _, count in others)))
    totals = {file: sum(spread.counts[file].values()) for file in numbers}
    header = (*heads, *numbers.values())
    rows = [
        (
            name,
            f"{count:,}",
            *(f"{100 * _share(spread.counts[file], labels, totals[file]):.1f}" for file in numbers),
        )
        for name, labels, count in named
    ]
    away = (spread.distances[file] for file in numbers)
    distance = ("distance", "", *("" if one is None else f"{one:.3f}" for one in away))
    lines = tables.fitted(
        [header, *rows, distance], right=range(1, len(header)), width=streams.columns()
    ).split("\n")
    yield from (*lines[:-1], tables.rule(lines), lines[-1])
    if spread.cramers_v is not None and spread.chi_square is not None:
        yield f"Cramér's V {spread.cramers_v:.3f}, chi-square {spread.chi_square:,.1f}"


def _share(counts: Mapping[str, int], labels: Iterable[str], total: int) -> float:
    """Of these together, 0.0 of nothing."""
    return sum(counts[label] for label in labels) / total if total else 0.0


def _parted(
    ranked: list[tuple[str, int]], most: int | None
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """The most frequent, and the others."""
    return (ranked, []) if most is None else (ranked[:most], ranked[most:])


def _more(others: Sequence[object]) -> str:
    return f"{len(others):,} more"
