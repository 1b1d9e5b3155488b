r"""CoNLL: a token and its tag on each line, a blank line behind each sentence.

Read: columns are parted by tabs, or by blanks in a line without tabs; the first is the token, the
last the tag.  Columns between are tags of the token: POS in three columns, POS and chunk in four
(CoNLL-2003), lemma, POS and chunk in five; further ones are passed over.  Where every line of the
first sentence has two columns, the first a tag and not every second one too, the tag stands first,
as in the MIT files.  A line ``# id NAME`` before a sentence names it (MultiCoNER's way); the
``-DOCSTART-`` line before a sentence is kept with it, under ``docstart``.  Each sentence is a
document whose text is its tokens, joined by one blank.

Written: ``token<TAB>tag``, IOB2, with the columns between that a document has; each document as one
sentence, behind ``-DOCSTART-`` and a ``# id`` line where it has them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schema_ner.formats.files import BOM, LineError, Source, lines, name_of, problem, short
from schema_ner.formats.rows import rest_of, with_rest
from schema_ner.formats.schemes import SchemeCheck
from schema_ner.formats.tagging import WAY_OUT, Token, from_tokens, is_tag, to_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Document

COLUMNS = ("lemma", "pos", "chunk")
_BETWEEN = {3: ("pos",), 4: ("pos", "chunk"), 5: ("lemma", "pos", "chunk")}  # by count of columns
_PLACEHOLDER = "_"  # a column of nothing else says nothing
_TAG_FIRST = 2  # columns of a file whose tags stand first
_DOCUMENT_MARK = "-DOCSTART-"
_ID_MARK = "# id "
_BLANK = re.compile(r"\s")


@dataclass(slots=True)
class _Sentence:
    """The lines of one sentence, not yet understood."""

    id: str | None = None
    docstart: str | None = None
    rows: list[list[str]] = field(default_factory=list)  # columns
    lines: list[int] = field(default_factory=list)  # their numbers


def read(source: Source) -> Iterator[Document]:
    """The sentences of a file, one document each.

    Raises:
        FormatError: a line has no tag, or other columns than the one before; the text names it.
    """
    name = name_of(source)
    check = SchemeCheck(name)
    is_tag_first: bool | None = None
    for sentence in _sentences(source, name):
        if is_tag_first is None:
            is_tag_first = _has_tags_first(sentence.rows)
        if is_tag_first:
            sentence.rows = [[*reversed(row)] for row in sentence.rows]
        tokens = []
        for number, row in zip(sentence.lines, sentence.rows, strict=True):
            try:
                tokens.append(_token(row, len(sentence.rows[0]), is_tag_first=is_tag_first))
            except LineError as err:
                raise problem(name, number, err.what, err.way_out or WAY_OUT) from err
        check.see([token.tag for token in tokens], sentence.lines)
        yield _document(sentence, tokens)


def encode(document: Document, losses: Losses) -> str:
    """One document as a sentence: its lines, and a blank one."""
    tokens = to_tokens(document, losses)
    if not tokens:
        losses.add("the document", "it has no token, and a blank line says nothing: left out")
        return ""
    if tokens[0].text.startswith(_DOCUMENT_MARK):
        losses.add(f"the token {tokens[0].text!r}", "readers take it for the mark of a document")
    rows = zip(
        (losses.one_line("the token", token.text) for token in tokens),
        *_columns_between(document, losses),
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


def _token(row: Sequence[str], width: int, *, is_tag_first: bool) -> Token:
    text, tag = row[0], row[-1].rstrip(" ")
    if not text:
        where = "behind the tab" if is_tag_first else "before the first tab"
        raise LineError(f"the token {where} is empty", "fill it in")
    if not is_tag(tag):
        raise LineError(
            f"the {'first' if is_tag_first else 'last'} column, {short(tag)}, is no tag"
        )
    if len(row) != width:  # the last of too few columns may look like a tag, and be of chunks
        what = f"{len(row)} columns, where the sentence began with {width}"
        raise LineError(what, "give every line of a sentence the same columns")
    return Token(text, tag)


def _document(sentence: _Sentence, tokens: Sequence[Token]) -> Document:
    columns = [*zip(*sentence.rows, strict=True)][1:-1]
    names = _BETWEEN.get(len(columns) + 2, ())
    named = {n: c for n, c in zip(names, columns, strict=False) if {*c} != {_PLACEHOLDER}}
    passed_over = [f"column {number}" for number in range(2, len(columns) + 2) if not names]
    rest = {} if sentence.docstart is None else {"docstart": sentence.docstart}
    return with_rest(from_tokens(tokens, sentence.id, named), rest, tuple(passed_over))


def _columns_between(document: Document, losses: Losses) -> Iterator[list[str]]:
    """Lemma, POS and chunk of each token, as far as the document has them."""
    there = {n: tags for n, tags in (document.token_tags or {}).items() if n in COLUMNS}
    wide_enough = (names for names in _BETWEEN.values() if there.keys() <= {*names})
    for name in next(wide_enough) if there else ():
        tags = there.get(name) or (_PLACEHOLDER,) * len(document.tokens or ())
        if name in there and {*tags} == {_PLACEHOLDER}:
            losses.add(f"the column {name!r}", "a column of nothing but _ says nothing", "keys")
        yield [_between(name, tag, losses) for tag in tags]


def _between(name: str, tag: str, losses: Losses) -> str:
    if tag and not _BLANK.search(tag):
        return losses.utf8(f"the {name}", tag)
    losses.add(f"the {name} {tag!r}", "columns are parted at blanks: _ stands for each", "keys")
    return losses.utf8(f"the {name}", _BLANK.sub("_", tag) or _PLACEHOLDER)


def _tag(token: Token, losses: Losses) -> str:
    if _BLANK.search(token.tag):
        if token.tag[0] == "B":
            reason = "many readers part columns at blanks: _ stands for each"
            losses.add(f"the label {token.tag[2:]!r}", reason)
        token = token._replace(tag=_BLANK.sub("_", token.tag))
    return losses.utf8("the tag", token.tag)


def _docstart(document: Document, losses: Losses) -> str:
    mark = rest_of(document).get("docstart")
    if mark is None:
        return ""
    is_mark = isinstance(mark, str) and mark.startswith(_DOCUMENT_MARK)
    if not is_mark or "\n" in mark or mark.rstrip() != mark:
        losses.add("docstart", f"it is no line that begins with {_DOCUMENT_MARK}", "keys")
        return ""
    return losses.utf8("docstart", mark) + "\n\n"
