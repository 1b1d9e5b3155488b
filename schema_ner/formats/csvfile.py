"""CSV: one text a row, under a header; commas, semicolons or tabs, as the header shows.

Read: the texts are in the column ``text``, in the one there is, or in the one that is named; ids
in ``id`` where there is one.  Columns ``entities`` and ``tokens`` hold JSON, as written here.
Written: ``id,text,entities,tokens``, with a byte-order mark, by which spreadsheets know UTF-8.

A cell that a spreadsheet would run as a formula gets an apostrophe in front.  In a file with the
columns ``text`` and ``entities``, which is one of ours, reading takes it off again; elsewhere an
apostrophe is text.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from schema_ner import exports
from schema_ner.errors import InputError
from schema_ner.formats import jsonl, misspelt
from schema_ner.formats.files import (
    BOM,
    Decoder,
    LineError,
    Source,
    decode,
    lines,
    lone_return,
    name_of,
    place,
    problem,
    short,
)
from schema_ner.formats.records import loads
from schema_ner.formats.rows import with_rest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Document

HEADER = f"{BOM}id,text,entities,tokens\r\n"
_OURS = ("entities", "tokens")  # columns that hold JSON
_MEANT_THERE = ("id", "text", "entities", "spans")  # as keys of JSON lines
# a text may be longer than the 128 KiB that the csv module allows to a cell
LONGEST = 2**31 - 1  # what a C long holds everywhere
_ANNOTATIONS = ("entities", "spans")
_LISTED = re.compile(r"'?\s*\[\s*[\[{]")  # what begins as a list of annotations does
_SHOWN = 12  # columns in a message
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_APOSTROPHE = "'"
SURE_WAY = 'put quotes round cells with commas, quotes or line ends, and write " in them as ""'


def read(source: Source, column: str | None = None, id_column: str = "id") -> Iterator[Document]:
    """The rows of a file as documents, one at a time.

    Args:
        source: the file.
        column: the header of the column with the texts; ``None`` finds it.
        id_column: the header of the column with the ids; there need not be one.

    Raises:
        FormatError: not CSV, or a row without a text; the text names the line.
        InputError: no such column, or none was named and there are several.
    """
    name = name_of(source)
    numbered = rows(source, name)
    begins, header = next(numbered, (0, []))
    if not header:
        way_out = "the first line names the columns, such as id,text"
        raise problem(name, None, "the file is empty", way_out)
    check_names(header, name, begins)
    at = _find(header, column, name)
    ours = {"text", "entities"} <= set(header)
    unread = [] if ours else _meant_for_annotations([*header[:at], *header[at + 1 :]])
    for number, row in numbered:
        if len(row) <= at:
            what = f"{len(row)} cells, but the text is in column {at + 1}"
            raise problem(name, number, what, SURE_WAY)
        if ours and len(row) < len(header):  # its annotations may be what is missing
            what = f"{len(row)} cells under {len(header)} columns"
            raise problem(name, number, what, SURE_WAY)
        if any(row[len(header) :]):  # as where a text holds a comma and is not quoted
            what = f"{len(row)} cells under {len(header)} columns"
            raise problem(name, number, what, SURE_WAY)
        cells = [_unescaped(cell) for cell in row] if ours else row
        named = dict(zip(header, cells, strict=False))
        try:
            _check_unread(unread, named)
            held = {"id": named.get(id_column) or None, "text": cells[at]}
            found = _document(held, named if ours else {}, place(name, number))
        except LineError as err:
            raise problem(name, number, err.what, err.way_out or SURE_WAY) from err
        known = {header[at], id_column, *(_OURS if ours else ())}
        yield with_rest(found, *_others(named, known))


def encode(document: Document, losses: Losses) -> str:
    """One document as one row."""
    held = jsonl.held(document, losses)
    cells = [
        losses.utf8("the id", document.id or ""),
        losses.utf8("the text", document.text),
        exports.json_line(held["entities"]),
        exports.json_line(held["tokens"]) if "tokens" in held else "",
    ]
    if document.id == "":
        losses.add("the id ''", "an empty cell is no id")
    buffer = io.StringIO()
    csv.writer(buffer).writerow([escaped(cell) for cell in cells])
    return buffer.getvalue()


def rows(source: Source, name: str, decoder: Decoder = decode) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, the header first, each with the number of its first line.

    Raises:
        FormatError: not CSV; the text names the line on which the broken row begins.
    """
    numbered = lines(source, decoder)
    first = next(numbered, (1, ""))[1]
    # a header is short and plain: the sign that parts it parts the rest
    delimiter = max(",;\t", key=first.count)

    def all_lines() -> Iterator[str]:
        yield first
        for _, line in numbered:
            yield line

    reader = csv.reader(all_lines(), delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1
        before = csv.field_size_limit(LONGEST)
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as err:
            if "new-line character" in str(err):
                raise lone_return(name, begins) from err
            raise problem(name, begins, f"no CSV: {err}", SURE_WAY) from err
        finally:
            csv.field_size_limit(before)  # it holds for the whole process, whose other files differ
        if row:
            yield begins, row


def escaped(cell: str) -> str:
    """The cell as text for a spreadsheet: what it would run gets an apostrophe in front."""
    # an apostrophe at the front is doubled, so that taking one off gives the cell back
    return _APOSTROPHE + cell if cell.startswith((*_FORMULA, _APOSTROPHE)) else cell


def _unescaped(cell: str) -> str:
    return cell.removeprefix(_APOSTROPHE)


def _others(
    cells: Mapping[str, str], known: Collection[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Columns that mean nothing here: what JSON lines can keep, and would misunderstand."""
    others = {name: cell for name, cell in cells.items() if name not in known and cell}
    return (
        {name: cell for name, cell in others.items() if name not in _MEANT_THERE},
        tuple(name for name in others if name in _MEANT_THERE),
    )


def check_names(header: Sequence[str], name: str, line: int) -> None:
    """Raise FormatError where two columns have one name."""
    twice = next((column for column, many in Counter(header).items() if many > 1), None)
    if twice is not None:
        what = f"two columns of one name, {short(twice)}, in {short(', '.join(header))}"
        raise problem(name, line, what, "give each column a name of its own")


def _find(header: Sequence[str], column: str | None, name: str) -> int:
    named = ", ".join(map(short, header[:_SHOWN])) + ", …" * (len(header) > _SHOWN)
    if column is not None:
        if column in header:
            return header.index(column)
        raise InputError(f"{name} has no column {column!r}; it has {named}")
    if len(header) == 1:
        return 0
    if "text" in header:
        return header.index("text")
    raise InputError(f"{name} has several columns and none called 'text'; name one of {named}")


def _document(held: dict[str, Any], cells: Mapping[str, str], origin: str) -> Document:
    read_ = {key: _list(key, cells.get(key, "")) for key in _OURS}
    return jsonl.from_dict(held | read_, origin)


def _meant_for_annotations(header: Sequence[str]) -> list[str]:
    return [c for c in header if any(misspelt.is_near(c, name) for name in _ANNOTATIONS)]


def _check_unread(columns: Sequence[str], cells: Mapping[str, str]) -> None:
    """Raise LineError for annotations in a file that is not taken for one of ours."""
    for column in columns:
        if _LISTED.match(cells.get(column, "")):
            what = f"annotations in the column {short(column)} are not read"
            raise LineError(what, 'call it "entities", and the column of the texts "text"')


def _list(key: str, cell: str) -> list[Any] | None:
    """What a column of ours holds: a list as JSON, or nothing."""
    if not cell.strip():
        return None
    try:
        found = loads(cell)
    except LineError:
        raise
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list):
        raise LineError(f"the column {key!r} holds no list: {short(cell)}", "write it as JSON")
    return found
