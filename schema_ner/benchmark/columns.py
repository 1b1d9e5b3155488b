"""Rows of cells as aligned columns of plain text, by the cells that a terminal gives characters.

Here: layout for files and for whoever prints them, without colour.  Not here: the tables of the
command line (``cli``), of pages (``page``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

_GAP = "  "
LONGEST = 40  # cells of a name or a mention


def aligned(
    rows: Sequence[Sequence[str]], *, right: Collection[int] = (), indent: str = ""
) -> Iterator[str]:
    """One line a row.

    Args:
        rows: cells, all rows of one length; control characters are spelt out.
        right: columns to align right.
        indent: in front of every line.
    """
    shown = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = []
        for at, (cell, width) in enumerate(zip(row, widths, strict=True)):
            gap = " " * (width - cell_len(cell))
            cells.append(gap + cell if at in right else cell + gap)
        yield f"{indent}{_GAP.join(cells)}".rstrip()


def short(text: str, room: int = LONGEST) -> str:
    """A text on one line, in so many cells at most."""
    shown = one_line(text[: 8 * room])  # one as long as a book need not be measured
    if cell_len(shown) <= room and len(text) <= 8 * room:
        return shown
    return set_cell_size(shown, room - 1).rstrip() + "…"
