"""Mistakes on a terminal: how many of each kind, examples in their text, and the confusion matrix.

Here: how they are shown.  Not here: what is a mistake (``scoring.errors``, ``scoring.confusion``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.cli import streams, tables
from schema_ner.scoring import excerpts
from schema_ner.scoring.confusion import OUTSIDE
from schema_ner.scoring.errors import MEANING
from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.scoring.confusion import Confusion
    from schema_ner.scoring.errors import Errors, Kind, Mistake
    from schema_ner.spans import Span

_SHORT = {"boundary_and_type": "both"}  # as the head of a column
_LARGEST = 20  # cells of a matrix that is too wide
_WIDEST = 200  # cells of an example where there is no width


def errors(found: Errors, most: int) -> Iterator[str]:
    """The lines of a table by type, and of examples of each kind."""
    names = ("correct", *found.kinds)
    header = ("type", *(_SHORT.get(name, name) for name in names))
    rows = [
        (label, *(f"{of_type[name]:,}" for name in names))
        for label, of_type in found.per_type.items()
    ]
    counts = found.counts
    total = ("all", *(f"{n:,}" for n in (sum(found.correct.values()), *counts.values())))
    lines = tables.fitted(
        [header, *rows, total], right=range(1, len(header)), width=streams.columns()
    ).split("\n")
    yield from (*lines[:-1], tables.rule(lines), lines[-1])
    if most:
        yield ""
        yield f"in the examples: {excerpts.BRACKETS}"
        for kind in found.kinds:
            yield from _examples(found, kind, most)


def _examples(found: Errors, kind: Kind, most: int) -> Iterator[str]:
    count = found.counts[kind]
    if not count:
        return
    some = f", {most:,} of them" if most < count else ""
    yield ""
    yield tables.bold(f"{kind.replace('_', ' ')}: {MEANING[kind]} ({count:,}{some})")
    for mistake in found.of(kind, most):
        yield from _example(mistake)


def _example(mistake: Mistake) -> Iterator[str]:
    name = f"text {mistake.number}" if mistake.id is None else one_line(mistake.id)
    items = [_placed(span) for span in (mistake.gold, mistake.predicted) if span is not None]
    if mistake.rejected is not None:
        items = [one_line(f"{mistake.rejected.label}: {mistake.rejected.text!r}")]
    room = streams.columns() or _WIDEST
    yield tables.clipped(f"  {name}  {' → '.join(items)}", room)
    if mistake.context is not None:
        yield f"    {excerpts.excerpt(mistake, room - 4)}"


def _placed(span: Span) -> str:
    return one_line(f"[{span.start}:{span.end}) {span.label}")


def confusion(found: Confusion) -> Iterator[str]:
    """The lines of the matrix, or of its largest cells where it is too wide for the terminal."""
    width = streams.columns()
    for names in (found.labels, tuple(str(n) for n in range(1, len(found.labels) + 1))):
        numbered = names is not found.labels
        lines = _matrix(found, names, numbered=numbered).split("\n")
        if width is None or max(map(tables.cells, lines)) <= width:
            yield f"gold down, predicted across; {OUTSIDE}: no span on that side"
            yield from lines
            return
    largest = found.largest()
    rows = [(one or OUTSIDE, said or OUTSIDE, f"{n:,}") for one, said, n in largest[:_LARGEST]]
    yield "the matrix is wider than the terminal, and --json has it; what is confused most,"
    yield f"{len(rows):,} of {len(largest):,} cells; {OUTSIDE}: no span on that side"
    yield tables.fitted([("gold", "predicted", "count"), *rows], right={2}, width=width)


def _matrix(found: Confusion, names: Sequence[str], *, numbered: bool) -> str:
    downwards = [f"{n} {label}" for n, label in zip(names, found.labels, strict=True)]
    heads = [*(downwards if numbered else found.labels), OUTSIDE]
    rows = [
        (head, *(f"{count:,}" if count else "." for count in row))
        for head, row in zip(heads, found.rows(), strict=True)
    ]
    header = ("gold", *names, OUTSIDE)
    return tables.table([header, *rows], right=range(1, len(header)))
