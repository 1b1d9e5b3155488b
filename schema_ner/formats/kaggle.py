r"""Kaggle's ``ner_dataset.csv``: a word a row, under ``Sentence #,Word,POS,Tag``.

Read: the first column is filled on the first row of a sentence, or on each, and is the document's
id.  Nothing else is guessed: ``null``, ``NA`` and ``nan`` are words.  The bytes are UTF-8 or, as in
the file itself, windows-1252 (``western``).  POS is kept; other columns are passed over.  Each
sentence is a document whose text is its words, joined by one blank.

Written: the same in UTF-8, IOB2; a document without an id is ``Sentence: 7`` by its place.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schema_ner.formats.csvfile import SURE_WAY, check_names, rows
from schema_ner.formats.files import LineError, Source, name_of, place, problem, short
from schema_ner.formats.rows import with_rest
from schema_ner.formats.schemes import SchemeCheck
from schema_ner.formats.tagging import WAY_OUT, Token, from_tokens, to_tokens
from schema_ner.formats.western import Western
from schema_ner.tags import is_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Document

NUMBER, WORD, POS, TAG = "Sentence #", "Word", "POS", "Tag"
_HEADER = (NUMBER, WORD, POS, TAG)


@dataclass(slots=True)
class _Sentence:
    """The rows of one sentence."""

    id: str
    lines: list[int] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    pos: list[str] = field(default_factory=list)


def read(source: Source) -> Iterator[Document]:
    """The sentences of a file, one document each, in the order of the file.

    Raises:
        FormatError: a row is not of this form, or the file is in two encodings; the text names the
            line.
    """
    name = name_of(source)
    numbered = rows(source, name, Western())
    at, header = next(numbered, (1, []))
    if not header:
        raise problem(name, None, "the file is empty", f"the first line is {','.join(_HEADER)}")
    check_names([column for column in header if column], name, at)
    if missing := [column for column in (NUMBER, WORD, TAG) if column not in header]:
        what = f"no column {missing[0]!r} in {short(','.join(header))}"
        raise problem(name, at, what, f"the first line is {','.join(_HEADER)}")
    passed_over = tuple(column for column in header if column not in _HEADER)
    check = SchemeCheck(name)
    for sentence in _sentences(numbered, header, name):
        check.see([token.tag for token in sentence.tokens], sentence.lines)
        pos = {"pos": tuple(sentence.pos)} if any(sentence.pos) else None
        origin = place(name, sentence.lines[0])
        document = from_tokens(sentence.tokens, sentence.id, pos, origin=origin)
        yield with_rest(document, {}, passed_over)


def pieces(pairs: Iterable[tuple[Document, Losses]]) -> Iterator[str]:
    """The header, and each document's words, a row each."""
    yield _as_csv([_HEADER])
    before = ""
    for document, losses in pairs:
        tokens = to_tokens(document, losses)
        if not tokens:
            losses.left_out("it has no token, and no row says nothing")
            continue
        before = _id(document, losses, before)
        ids = [before, *[""] * (len(tokens) - 1)]
        pos = (document.token_tags or {}).get("pos")
        if pos is not None and not any(pos):
            losses.add("the column 'pos'", "a column of empty cells says nothing", "keys")
        table = zip(ids, tokens, pos or [""] * len(tokens), strict=True)
        yield _as_csv(_row(*row, losses) for row in table)


def _row(number: str, token: Token, pos: str, losses: Losses) -> tuple[str, ...]:
    held = losses.utf8("the token", token.text), losses.utf8("the pos", pos)
    return (number, *held, losses.utf8("the tag", token.tag))


def _sentences(
    numbered: Iterable[tuple[int, list[str]]], header: Sequence[str], name: str
) -> Iterator[_Sentence]:
    sentence: _Sentence | None = None
    for number, row in numbered:
        try:
            cells = _cells(row, header)
        except LineError as err:
            raise problem(name, number, err.what, err.way_out or SURE_WAY) from err
        begins = cells[NUMBER]
        if sentence is None and not begins:
            what = f"the word {short(cells[WORD])} belongs to no sentence"
            raise problem(name, number, what, "number the first row of each sentence")
        if sentence is None or begins not in ("", sentence.id):
            if sentence is not None:
                yield sentence
            sentence = _Sentence(begins)
        sentence.lines.append(number)
        sentence.tokens.append(Token(cells[WORD], cells[TAG]))
        sentence.pos.append(cells.get(POS, ""))
    if sentence is not None:
        yield sentence


def _cells(row: Sequence[str], header: Sequence[str]) -> dict[str, str]:
    if len(row) != len(header):
        raise LineError(f"{len(row)} cells under {len(header)} columns")
    cells = dict(zip(header, row, strict=True))
    if not cells[WORD]:
        raise LineError("the word is empty", "fill it in, or remove the row")
    if not is_tag(cells[TAG]):
        raise LineError(f"{short(cells[TAG])} is no tag", WAY_OUT)
    return cells


def _id(document: Document, losses: Losses, before: str) -> str:
    """What stands in the first column: never empty, never that of the sentence before."""
    cell = losses.utf8("the id", document.id or "") or f"Sentence: {losses.number}"
    if cell == before:  # the two would be one sentence
        cell += f" ({losses.number})"
        reason = f"the sentence before has it: {short(cell)} stands for it"
        losses.add(f"the id {short(before)}", reason)
    elif document.id == "":
        losses.add("the id ''", f"an empty cell is no id: {short(cell)} stands for it")
    return cell


def _as_csv(table: Iterable[Iterable[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(table)
    return buffer.getvalue()
