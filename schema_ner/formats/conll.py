r"""CoNLL: a token and its tag on each line, a blank line behind each sentence.

Read: columns are parted by tabs, or by blanks in a line without tabs; the first is the token, the
last the tag.  Columns between are tags of the token: POS in three columns, POS and chunk in four
(CoNLL-2003), lemma, POS and chunk in five; further ones are passed over.  Where every line of the
first sentence has two columns, the first a tag and not every second one too, the tag stands first,
as in the MIT files.  All lines of a file have as many columns as its first: the last of too few
may look like an entity tag, and be a chunk's.  A line ``# id NAME`` before a sentence names it
(MultiCoNER's way); the ``-DOCSTART-`` line before a sentence is kept with it, under ``docstart``.
Each sentence is a document whose text is its tokens, joined by one blank.

Written: ``token<TAB>tag``, IOB2, with the columns between that the first document has, in every
sentence; each document as one sentence, behind ``-DOCSTART-`` and a ``# id`` line where it has
them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from schema_ner.formats.files import (
    BOM,
    LineError,
    Source,
    lines,
    lone_return,
    name_of,
    place,
    problem,
    short,
)
from schema_ner.formats.rows import rest_of, with_rest
from schema_ner.formats.schemes import SchemeCheck
from schema_ner.formats.tagging import WAY_OUT, Token, from_tokens, to_tokens
from schema_ner.tags import is_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Document

COLUMNS = ("lemma", "pos", "chunk")
_BETWEEN = {3: ("pos",), 4: ("pos", "chunk"), 5: ("lemma", "pos", "chunk")}  # by count of columns
_PLACEHOLDER = "_"  # a column of nothing else says nothing
_TAG_FIRST = 2  # columns of a file whose tags stand first
_DOCUMENT_MARK = "-DOCSTART-"
_ID_MARK = "# id "
_BLANK = re.compile(r"\s")
_LINE_END = re.compile(r"[\r\n]")


@dataclass(slots=True)
class _Sentence:
    """The lines of one sentence, not yet understood."""

    id: str | None = None
    docstart: str | None = None
    rows: list[list[str]] = field(default_factory=list)  # columns
    lines: list[int] = field(default_factory=list)  # their numbers


class _Width(NamedTuple):
    """What the first line of a file decides.

    Attributes:
        columns: how many each line has.
        line: its number.
        is_tag_first: whether tags stand before tokens.
    """

    columns: int
    line: int
    is_tag_first: bool


def read(source: Source) -> Iterator[Document]:
    """The sentences of a file, one document each.

    Raises:
        FormatError: a line has no tag, or other columns than the first one; the text names it.
    """
    name = name_of(source)
    check = SchemeCheck(name)
    width: _Width | None = None
    for sentence in _sentences(source, name):
        if width is None:
            is_tag_first = _has_tags_first(sentence.rows)
            width = _Width(len(sentence.rows[0]), sentence.lines[0], is_tag_first)
        tokens = []
        for number, row in zip(sentence.lines, sentence.rows, strict=True):
            try:
                tokens.append(_token(row, width))
            except LineError as err:
                raise problem(name, number, err.what, err.way_out or WAY_OUT) from err
        check.see([token.tag for token in tokens], sentence.lines)
        yield _document(sentence, tokens, name)


def pieces(pairs: Iterable[tuple[Document, Losses]]) -> Iterator[str]:
    """Each document as a sentence: its lines, and a blank one."""
    names: tuple[str, ...] | None = None  # of the columns between, one choice for the file
    for document, losses in pairs:
        tokens = to_tokens(document, losses)
        if not tokens:
            losses.left_out("it has no token, and a blank line says nothing")
            continue
        names = _names(document) if names is None else names
        yield _sentence(document, tokens, names, losses)


def _sentence(
    document: Document, tokens: Sequence[Token], names: Sequence[str], losses: Losses
) -> str:
    if tokens[0].text.startswith(_DOCUMENT_MARK):
        losses.add(
            f"the token {short(tokens[0].text)}", "readers take it for the mark of a document"
        )
    rows = zip(
        (losses.one_line("the token", token.text) for token in tokens),
        *_columns_between(document, names, len(tokens), losses),
        (_tag(token, losses) for token in tokens),
        strict=True,
    )
    written = "".join("\t".join(row) + "\n" for row in rows)
    if document.id is not None:
        written = f"{_ID_MARK}{losses.one_line('the id', document.id)}\n{written}"
    written = _docstart(document, losses) + written
    # a file that began with this character would lose it as a byte-order mark
    return ("\n" if written.startswith(BOM) else "") + written + "\n"


def _sentences(source: Source, name: str) -> Iterator[_Sentence]:
    """The lines between blank ones, with the marks before them."""
    sentence = _Sentence()
    for number, raw in lines(source):
        line = raw.removesuffix("\n").removesuffix("\r")
        if "\r" in line:
            raise lone_return(name, number)
        if not line.strip(" \t"):
            if sentence.rows:
                yield sentence
                sentence = _Sentence()
        elif not sentence.rows and _is_id(line):
            sentence.id = line.removeprefix(_ID_MARK)
        elif not sentence.rows and line.startswith(_DOCUMENT_MARK):
            sentence.docstart = line.rstrip(" \t")
        else:
            columns = line.split("\t") if "\t" in line else [c for c in line.split(" ") if c]
            if len(columns) == 1:
                what = f"one column, {short(columns[0])}, where a token and its tag should be"
                raise problem(name, number, what, "part them by a tab")
            sentence.rows.append(columns)
            sentence.lines.append(number)
    if sentence.rows:
        yield sentence


def _is_id(line: str) -> bool:
    # a sentence may begin with the token "#" or "# id", which has a tab and a tag behind it
    return line.startswith(_ID_MARK) and not ("\t" in line and is_tag(line.rpartition("\t")[2]))


def _has_tags_first(rows: Sequence[Sequence[str]]) -> bool:
    return all(len(row) == _TAG_FIRST and is_tag(row[0]) for row in rows) and not all(
        is_tag(row[-1]) for row in rows
    )


def _token(row: list[str], width: _Width) -> Token:
    """The token of a line, whose columns are then in the usual order.  Raises LineError."""
    if len(row) != width.columns:
        what = f"{len(row)} columns, where line {width.line} has {width.columns}"
        raise LineError(what, "give every line of the file the same columns")
    if width.is_tag_first:
        row.reverse()
    text, tag = row[0], row[-1].rstrip(" ")
    if not text:
        where = "behind the tab" if width.is_tag_first else "before the first tab"
        raise LineError(f"the token {where} is empty", "fill it in")
    if not is_tag(tag):
        which = "first" if width.is_tag_first else "last"
        raise LineError(f"the {which} column, {short(tag)}, is no tag")
    return Token(text, tag)


def _document(sentence: _Sentence, tokens: Sequence[Token], name: str) -> Document:
    columns = [*zip(*sentence.rows, strict=True)][1:-1]
    names = _BETWEEN.get(len(columns) + 2, ())
    named = {n: c for n, c in zip(names, columns, strict=False) if {*c} != {_PLACEHOLDER}}
    passed_over = [f"column {number}" for number in range(2, len(columns) + 2) if not names]
    rest = {} if sentence.docstart is None else {"docstart": sentence.docstart}
    found = from_tokens(tokens, sentence.id, named, origin=place(name, sentence.lines[0]))
    return with_rest(found, rest, tuple(passed_over))


def _names(document: Document) -> tuple[str, ...]:
    """The columns between token and tag that have a place for those of a document."""
    there = {name for name in document.token_tags or () if name in COLUMNS}
    return next(names for names in _BETWEEN.values() if there <= {*names}) if there else ()


def _columns_between(
    document: Document, names: Sequence[str], count: int, losses: Losses
) -> Iterator[list[str]]:
    """Lemma, POS and chunk of so many tokens, as far as the file has them."""
    there = {n: tags for n, tags in (document.token_tags or {}).items() if n in COLUMNS}
    if without := [name for name in there if name not in names]:
        reason = "the first document has no such column, and a file has the same in every line"
        losses.add(", ".join(without), reason, "keys")
    for name in names:
        tags = there.get(name) or (_PLACEHOLDER,) * count
        if name in there and {*tags} == {_PLACEHOLDER}:
            losses.add(
                f"the column {short(name)}", "a column of nothing but _ says nothing", "keys"
            )
        yield [_between(name, tag, losses) for tag in tags]


def _between(name: str, tag: str, losses: Losses) -> str:
    if tag and not _BLANK.search(tag):
        return losses.utf8(f"the {name}", tag)
    losses.add(
        f"the {name} {short(tag)}", "columns are parted at blanks: _ stands for each", "keys"
    )
    return losses.utf8(f"the {name}", _BLANK.sub("_", tag) or _PLACEHOLDER)


def _tag(token: Token, losses: Losses) -> str:
    if _BLANK.search(token.tag):
        if token.tag[0] == "B":
            reason = "many readers part columns at blanks: _ stands for each"
            losses.add(f"the label {short(token.tag[2:])}", reason)
        token = token._replace(tag=_BLANK.sub("_", token.tag))
    return losses.utf8("the tag", token.tag)


def _docstart(document: Document, losses: Losses) -> str:
    mark = rest_of(document).get("docstart")
    if mark is None:
        return ""
    is_mark = isinstance(mark, str) and mark.startswith(_DOCUMENT_MARK)
    if not is_mark or _LINE_END.search(mark) or mark.rstrip() != mark:
        losses.add("docstart", f"it is no line that begins with {_DOCUMENT_MARK}", "keys")
        return ""
    return losses.utf8("docstart", mark) + "\n\n"
