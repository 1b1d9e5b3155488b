r"""The text with its marks for a terminal: brackets in the text, then a table.

    Take [two tablets](Dose) of [aspirin](Drug).

A mark that crosses another is shown in pieces: ``[New ](A…)`` goes on, ``[York](…A)`` went before.

Here: brackets, table, escape codes.  Not here: whether a terminal shows colours: the
caller decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.views import colours
from schema_ner.views.characters import one_line, visible
from schema_ner.views.layout import Close, Open, nest, outer_first

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from schema_ner.marks import Mark

# What the table shows of a label and of a mention, in cells; the text above it has both whole.
LABEL_CELLS = 30
MENTION_CELLS = 60
_HEADER = ("start", "end", "label", "score", "source", "text")
_RIGHT_ALIGNED = ("start", "end", "score")
_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"


def plain(text: str, marks: Iterable[Mark], *, color: bool = False) -> str:
    """The text with each mark in ``[brackets](Label)``, and a table of the marks.

    Args:
        text: any text; control characters but tab and newline are spelt out.
        marks: may nest and cross; every one is shown.
        color: add ANSI escape codes: the mention on its label's colour, in black letters.
    """
    ordered = outer_first(marks)
    by_place = sorted(ordered, key=lambda mark: (mark.start, mark.end, mark.label))
    slots = colours.slots(mark.label for mark in by_place)
    paint = _painter(slots) if color else _no_paint
    table = _table(by_place, paint) if by_place else "(no spans)"
    return f"{_bracketed(text, ordered, paint)}\n\n{table}"


def _bracketed(text: str, marks: Sequence[Mark], paint: Callable[[str, str], str]) -> str:
    out: list[str] = []
    labels: list[str] = []  # of the open pieces, outermost first
    begun: list[bool] = []
    for event in nest([(mark.start, mark.end) for mark in marks], len(text)):
        match event:
            case Open(item=item, first=first):
                labels.append(marks[item].label)
                begun.append(first)
                out.append(paint("[", labels[-1]))
            case Close(last=last):
                label = labels.pop()
                before, behind = "" if begun.pop() else "…", "" if last else "…"
                out.append(paint(f"]({before}{one_line(label)}{behind})", label))
            case start, end:
                shown = visible(text[start:end].replace("\r\n", "\n"))
                out.append(paint(shown, labels[-1]) if labels else shown)
    return "".join(out)


def _table(marks: Sequence[Mark], paint: Callable[[str, str], str]) -> str:
    """One line a mark, columns aligned by the cells that a terminal gives each character."""
    from rich.cells import cell_len  # noqa: PLC0415  # rich takes longer to import than all of this

    rows = [_HEADER, *map(_row, marks)]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for index, row in enumerate(rows):
        cells = []
        for name, cell, width in zip(_HEADER, row, widths, strict=True):
            gap = " " * (width - cell_len(cell))
            shown = paint(cell, marks[index - 1].label) if index and name == "label" else cell
            cells.append(gap + shown if name in _RIGHT_ALIGNED else shown + gap)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _row(mark: Mark) -> tuple[str, ...]:
    score = "-" if mark.score is None else f"{mark.score:.3f}"
    label, mention = _cut(mark.label, LABEL_CELLS), _cut(mark.text, MENTION_CELLS)
    return str(mark.start), str(mark.end), label, score, mark.source, mention


def _cut(text: str, cells: int) -> str:
    """One line of at most so many cells."""
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  # as above

    # Characters of no width could be many more; a mention as long as a book need not be measured.
    shown = one_line(text[: 8 * cells])
    if cell_len(shown) <= cells and len(text) <= 8 * cells:
        return shown
    return set_cell_size(shown, cells - 1).rstrip() + "…"


def _no_paint(shown: str, _label: str) -> str:
    return shown


def _painter(slots: dict[str, int]) -> Callable[[str, str], str]:
    """Black on the label's colour, given anew on every line: no line is filled to its end."""

    def paint(shown: str, label: str) -> str:
        code = f"\x1b[38;5;16;48;5;{colours.PALETTE[slots[label]].ansi}m"
        return "\n".join(f"{code}{line}{_RESET}" if line else "" for line in shown.split("\n"))

    return paint
