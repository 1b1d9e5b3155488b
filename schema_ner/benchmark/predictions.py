"""``predictions.jsonl`` and ``predictions.csv``: what was predicted, text by text, span by span.

Here: writing the two.  Not here: the form of a line of JSON, and reading it back (``run``).
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from schema_ner.benchmark.run import to_line
from schema_ner.formats.csvfile import escaped
from schema_ner.formats.files import BOM, replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from schema_ner.benchmark.run import Run, Sample
    from schema_ner.spans import Span

COLUMNS = ("id", "side", "start", "end", "label", "text", "right", "score", "status", "source")


def write_jsonl(run: Run, path: str | os.PathLike[str]) -> None:
    """One text a line; ``run.load`` reads it.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as stream:
        for sample in run.samples:
            stream.write(to_line(sample).encode("utf-8") + b"\n")


def write_csv(run: Run, path: str | os.PathLike[str]) -> None:
    """One span a row, gold and predicted; ``right`` where the other side has the same.

    A cell that a spreadsheet would run as a formula gets an apostrophe in front.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as stream:
        stream.write(f"{BOM}{_row(COLUMNS)}".encode())
        for sample in run.samples:
            for row in _rows(sample):
                # half a character has no form in UTF-8, and is spelt out
                stream.write(_row(row).encode("utf-8", "backslashreplace"))


def _rows(sample: Sample) -> Iterator[tuple[str, ...]]:
    gold, said = sample.gold.spans, sample.predicted.spans
    places = {span.order for span in gold} & {span.order for span in said}
    sides = [(span, "gold") for span in gold] + [(span, "predicted") for span in said]
    for span, side in sorted(sides, key=lambda each: (each[0].order, each[1])):
        yield (sample.id, side, *_cells(span, is_right=span.order in places))


def _cells(span: Span, *, is_right: bool) -> Iterator[str]:
    yield from (str(span.start), str(span.end), span.label, span.text)
    yield "yes" if is_right else "no"
    yield "" if span.score is None else f"{span.score:.6g}"
    yield from (span.status, span.source)


def _row(cells: tuple[str, ...]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([escaped(cell) for cell in cells])
    return buffer.getvalue()
