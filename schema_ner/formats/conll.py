r"""CoNLL: a token and its tag on each line, a blank line behind each sentence.

Read: the first column is the token, the last the tag, so four columns do as well; columns are
parted by tabs, or by blanks in a line without tabs.  ``-DOCSTART-`` lines are passed over.  A line
``# id NAME`` before a sentence names it (MultiCoNER's way).  Each sentence is a document whose text
is its tokens, joined by one blank.

Written: ``token<TAB>tag``, IOB2, each document as one sentence, behind a ``# id`` line where it has
an id.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schema_ner.formats.files import BOM, Source, lines, name_of, problem, short
from schema_ner.formats.rows import with_rest
from schema_ner.formats.tagging import WAY_OUT, Token, from_tokens, is_tag, to_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Document

_DOCUMENT_MARK = "-DOCSTART-"
_ID_MARK = "# id "
_BLANK = re.compile(r"\s")
_ENDS = "tabs and line ends part columns and lines: _ stands for each"
_LINE_ENDS = re.compile(r"[\t\r\n]")


def read(source: Source) -> Iterator[Document]:
    """The sentences of a file, one document each.

    Raises:
        FormatError: a line has no tag; the text names it.
    """
    name = name_of(source)
    sentence: list[Token] = []
    sentence_id: str | None = None
    widest = 0  # columns
    for number, raw in lines(source):
        line = raw.removesuffix("\n").removesuffix("\r")
        at_start = not sentence
        if not line.strip(" \t"):
            if sentence:
                yield with_rest(from_tokens(sentence, sentence_id), {}, _between(widest))
            sentence, sentence_id, widest = [], None, 0
        elif at_start and _is_id(line):
            sentence_id = line.removeprefix(_ID_MARK)
        elif not (at_start and line.startswith(_DOCUMENT_MARK)):
            columns = _columns(line)
            widest = max(widest, sum(map(bool, columns)))
            sentence.append(_token(columns, name, number))
    if sentence:
        yield with_rest(from_tokens(sentence, sentence_id), {}, _between(widest))


def encode(document: Document, losses: Losses) -> str:
    """One document as a sentence: its lines, and a blank one."""
    tokens = to_tokens(document, losses)
    if not tokens:
        losses.add("the document", "it has no token, and a blank line says nothing: left out")
        return ""
    if tokens[0].text.startswith(_DOCUMENT_MARK):
        losses.add(f"the token {tokens[0].text!r}", "readers take it for the mark of a document")
    written = "".join(f"{_column(t, losses)}\t{_tag(t, losses)}\n" for t in tokens)
    if document.id is not None:
        written = f"{_ID_MARK}{_one_line('the id', document.id, losses)}\n{written}"
    # a file that began with this character would lose it as a byte-order mark
    return ("\n" if written.startswith(BOM) else "") + written + "\n"


def _is_id(line: str) -> bool:
    # a sentence may begin with the token "#" or "# id", which has a tab and a tag behind it
    return line.startswith(_ID_MARK) and not ("\t" in line and is_tag(line.rpartition("\t")[2]))


def _columns(line: str) -> list[str]:
    return line.split("\t") if "\t" in line else line.strip(" ").split(" ")


def _between(count: int) -> tuple[str, ...]:
    """The columns between token and tag, which are passed over."""
    return tuple(f"column {number}" for number in range(2, count))


def _token(columns: list[str], name: str, number: int) -> Token:
    text, tag = columns[0], columns[-1].rstrip(" ")
    if len(columns) == 1:
        what = f"one column, {short(text)}, where a token and its tag should be"
        raise problem(name, number, what, "part them by a tab")
    if not text:
        raise problem(name, number, "the token before the first tab is empty", "fill it in")
    if not is_tag(tag):
        raise problem(name, number, f"the last column, {short(tag)}, is no tag", WAY_OUT)
    return Token(text, tag)


def _column(token: Token, losses: Losses) -> str:
    return _one_line("the token", token.text, losses)


def _tag(token: Token, losses: Losses) -> str:
    if _BLANK.search(token.tag):
        if token.tag[0] == "B":
            reason = "many readers part columns at blanks: _ stands for each"
            losses.add(f"the label {token.tag[2:]!r}", reason)
        token = token._replace(tag=_BLANK.sub("_", token.tag))
    return losses.utf8("the tag", token.tag)


def _one_line(what: str, text: str, losses: Losses) -> str:
    if _LINE_ENDS.search(text):
        losses.add(f"{what} {text!r}", _ENDS)
        text = _LINE_ENDS.sub("_", text)
    return losses.utf8(what, text)
