"""Aligned columns and wrapped text for a terminal, by the cells that characters take up.

Here: layout of plain text.  Not here: writing it (``streams``), texts with spans (``views``).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from schema_ner.cli import wrapping
from schema_ner.cli.streams import wants_color
from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

GAP = "  "


def table(
    rows: Sequence[Sequence[str]], *, right: Collection[int] = (), width: int | None = None
) -> str:
    """Rows in columns; the first row is the header.

    Args:
        rows: cells, all rows of one length.
        right: columns to align right.
        width: cells of a line; the last column is cut to fit.  ``None`` cuts nothing.
    """
    from rich.cells import cell_len  # noqa: PLC0415  # rich takes long to import

    shown = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*shown, strict=True)]
    if width is not None:
        before = sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
        widths[-1] = min(widths[-1], max(width - before, 10))
    lines = []
    for row in shown:
        cells = []
        for at, (cell, room) in enumerate(zip(row, widths, strict=True)):
            cut = clipped(cell, room)
            gap = " " * (room - cell_len(cut))
            cells.append(gap + cut if at in right else cut + gap)
        lines.append(GAP.join(cells).rstrip())
    return "\n".join([bold(lines[0]), *lines[1:]])


def cells(text: str) -> int:
    """How many cells of a terminal a text takes up."""
    from rich.cells import cell_len  # noqa: PLC0415  # rich takes long to import

    return cell_len(text)


def clipped(text: str, room: int) -> str:
    """A text that takes up no more cells than that, with ``…`` at its end where it was cut."""
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  # rich takes long to import

    return text if cell_len(text) <= room else set_cell_size(text, room - 1).rstrip() + "…"


def fitted(
    rows: Sequence[Sequence[str]], *, right: Collection[int] = (), width: int | None = None
) -> str:
    """As ``table``, but the first column is cut to fit, and no shorter than 8 cells."""
    if width is None:
        return table(rows, right=right)
    _, *others = (max(cells(one_line(cell)) for cell in one) for one in zip(*rows, strict=True))
    room = max(8, width - sum(others) - len(GAP) * len(others))
    return table([(clipped(one_line(row[0]), room), *row[1:]) for row in rows], right=right)


def rule(lines: Sequence[str]) -> str:
    """A line as long as the longest of these."""
    from rich.cells import cell_len  # noqa: PLC0415  # rich takes long to import

    return dim("-" * max(map(cell_len, lines[1:])))


def wrapped(
    text: str, *, width: int | None, indent: str = "  ", first: str | None = None
) -> Iterator[str]:
    """The lines of a text, no wider than that; its own line ends are kept.

    Args:
        text: what to show.
        width: cells of a line; ``None`` breaks none.
        indent: in front of every line.
        first: in front of the first one instead; takes up as much room.
    """
    lead = indent if first is None else first
    for line in text.split("\n"):
        parts = [one_line(line)]
        if width is not None:
            parts = wrapping.wrapped(parts[0], max(width - len(indent), 20))
        for part in parts:
            yield f"{lead}{part}".rstrip()
            lead = indent


def bold(text: str) -> str:
    """The text in bold, where stdout shows it."""
    return f"\x1b[1m{text}\x1b[0m" if wants_color(sys.stdout) else text


def dim(text: str) -> str:
    """The text set back, where stdout shows it."""
    return f"\x1b[2m{text}\x1b[0m" if wants_color(sys.stdout) else text
