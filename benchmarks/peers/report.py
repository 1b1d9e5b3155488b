"""From measurements to verdicts, tables, and the block in the page.

Here: results → text.  Not here: measuring, and the picture (``picture``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

OURS = "builtin"
TITLES = {OURS: "built-in", "gliner": "GLiNER small", "gliner2": "GLiNER2.5 small"}
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
MB = 1e6


@dataclass(frozen=True, slots=True)
class Cell:
    """What one side pays for one text of so many words with so many types."""

    who: str
    words: int
    types: int
    batch: int
    seconds: tuple[float, ...]  # a text, of each call
    spans: int
    tokens: float  # that go into the model for one text

    @property
    def cost(self) -> float:
        """Median seconds a text."""
        return median(self.seconds)


@dataclass(frozen=True, slots=True)
class Start:
    """Fresh processes: seconds to the first result, and bytes of memory held at most."""

    who: str
    known: bool  # whether the vectors of the types were on disk
    seconds: tuple[float, ...]
    memory: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """All of one run."""

    machine: dict[str, Any]
    settings: dict[str, Any]
    parameters: dict[str, int]  # of the peers
    cells: list[Cell] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    once: dict[int, float] = field(default_factory=dict)  # number of types → seconds
    left_out: list[str] = field(default_factory=list)  # what was not measured, and why

    def as_json(self) -> dict[str, Any]:
        """Plain data; ``from_json`` is the inverse."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Results:
        """Results of an earlier run."""
        cells = [Cell(**c | {"seconds": tuple(c["seconds"])}) for c in data["cells"]]
        starts = [
            Start(**s | {"seconds": tuple(s["seconds"]), "memory": tuple(s["memory"])})
            for s in data["starts"]
        ]
        once = {int(types): seconds for types, seconds in data["once"].items()}
        return cls(**{**data, "cells": cells, "starts": starts, "once": once})


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target, and what was measured."""

    target: str
    measured: str
    met: bool


def best(cells: list[Cell]) -> dict[tuple[str, int, int], Cell]:
    """(who, words, types) → its cheapest way of reading them."""
    found: dict[tuple[str, int, int], Cell] = {}
    for cell in cells:
        key = cell.who, cell.words, cell.types
        if key not in found or cell.cost < found[key].cost:
            found[key] = cell
    return found


def ratio(cells: Mapping[tuple[str, int, int], Cell], words: int, types: int) -> float:
    """How many times our cost the cheaper peer's is."""
    peers = [c.cost for (who, *key), c in cells.items() if who != OURS and key == [words, types]]
    return min(peers) / cells[OURS, words, types].cost


def verdicts(results: Results) -> list[Verdict]:
    """The targets that can be judged by what was measured."""
    cells = best(results.cells)
    lengths = sorted({c.words for c in cells.values()})
    counts = sorted({c.types for c in cells.values()})
    against = {who for who, *_ in cells} - {OURS}
    found: list[Verdict] = []
    for words in lengths:
        about = f"texts of {words} words"
        ratios = [ratio(cells, words, types) for types in counts] if against else []
        if ratios and 25 in counts:  # noqa: PLR2004  # what the target names
            at = ratios[counts.index(25)]
            found.append(
                Verdict(f"{about}: 5 × the faster peer at 25 types", f"{at:.1f} ×", at >= 5)  # noqa: PLR2004
            )
        if len(ratios) > 1:
            grows = all(one < more for one, more in pairwise(ratios))
            shown = ", ".join(f"{r:.1f}" for r in ratios)
            found.append(Verdict(f"{about}: more with more types", shown, grows))
        if {5, 100} <= set(counts):
            grown = cells[OURS, words, 100].cost / cells[OURS, words, 5].cost
            target = f"{about}: 100 types cost at most 1.3 × what 5 cost"
            found.append(Verdict(target, f"{grown:.2f} ×", grown <= 1.3))  # noqa: PLR2004
    for start in results.starts:
        if start.who == OURS and not start.known:
            seconds, memory = median(start.seconds), max(start.memory) / MB
            first = Verdict("first result within 1.5 s", f"{seconds:.2f} s", seconds <= 1.5)  # noqa: PLR2004
            most = Verdict("400 MB of memory at most", f"{memory:.0f} MB", memory <= 400)  # noqa: PLR2004
            found += [first, most]
    return found


def tables(results: Results) -> str:
    """Everything measured, in Markdown."""
    parts = [_where(results), _speed(results), _ratios(results), _starts(results), _once(results)]
    if results.left_out:
        parts.append("Not measured: " + "; ".join(results.left_out) + ".")
    return "\n\n".join(part for part in parts if part)


def _where(results: Results) -> str:
    machine, settings = results.machine, results.settings
    int8 = f", {' '.join(machine['int8'])}" if machine["int8"] else ""
    packages = ", ".join(f"{name} {version}" for name, version in settings["versions"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores{int8}, {machine['system']}, "
        f"Python {machine['python']}; {settings['threads']} threads; {packages}."
    )


def _speed(results: Results) -> str:
    cells = best(results.cells)
    sides = [who for who in TITLES if any(who == key[0] for key in cells)]
    rows = [["words", "types", *(TITLES[who] for who in sides)]]
    if len(sides) > 1:
        rows[0].append("the faster peer costs")
    for words, types in sorted({(w, t) for _, w, t in cells}):
        row = [str(words), str(types)]
        row += [
            _rate(cells[who, words, types].cost) if (who, words, types) in cells else "–"
            for who in sides
        ]
        if len(sides) > 1:
            row.append(f"{ratio(cells, words, types):.1f} ×")
        rows.append(row)
    return f"Texts a second:\n\n{_markdown(rows)}"


def _ratios(results: Results) -> str:
    found = verdicts(results)
    if not found:
        return ""
    rows = [["target", "measured", ""]]
    rows += [[v.target, v.measured, "met" if v.met else "**missed**"] for v in found]
    return _markdown(rows)


def _starts(results: Results) -> str:
    if not results.starts:
        return ""
    rows = [["a fresh process, 5 types, 30 words", "first result after", "peak memory"]]
    for start in results.starts:
        title = TITLES[start.who]
        if start.who == OURS:
            title += ", types read before" if start.known else ", types new to it"
        seconds, memory = median(start.seconds), max(start.memory) / MB
        rows.append([title, f"{seconds:.2f} s", f"{memory:,.0f} MB"])
    return _markdown(rows)


def _once(results: Results) -> str:
    if not results.once:
        return ""
    each = ", ".join(f"{s:.2f} s for {types} types" for types, s in sorted(results.once.items()))
    return f"Type vectors of the built-in model, made once and kept: {each}."


def _rate(seconds: float) -> str:
    rate = 1 / seconds
    return f"{rate:.0f}" if rate >= 100 else f"{rate:.2g}" if rate < 10 else f"{rate:.1f}"  # noqa: PLR2004


def _markdown(rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


def with_block(page: str, block: str) -> str:
    """The page with new figures between its marks.

    Raises:
        ValueError: the marks are not there.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, behind = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{block}\n{END}{behind}"
