r"""KLUE-NER's TSV: a character and its tag on each line, blanks among them; blank lines between.

Read: ``character<TAB>tag``; each sentence is a document whose tokens are its characters, so its
text is what stands there, blanks included.  Lines that begin with ``##`` are comments: the last
before a sentence is its header, ``## id<TAB>text with <mention:TAG>``, of which the id is kept.
The lines with tags decide; that the text of a header differs from them is told, and so are other
comments, but for the five at the head of the official files.

Written: the same, IOB2, as the official files are: their comments first, a header for each document
that has an id, no blank line at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schema_ner.formats.doubts import Doubts
from schema_ner.formats.files import (
    LineError,
    Source,
    lines,
    lone_return,
    name_of,
    place,
    problem,
    short,
)
from schema_ner.formats.rows import with_rest
from schema_ner.formats.schemes import SchemeCheck
from schema_ner.formats.tagging import WAY_OUT, Token, flat, from_tokens, taggable
from schema_ner.tags import is_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Document

_HEAD = (
    "## 토큰, 레이블 구분자 : \\t\n"
    "## 토큰 구분자 : \\n\n"
    "## 문장 구분자 : \\n\\n\n"
    "## 주석 : ##\n"
    "## 컬럼명 : CHAR\tNE_TAG\n"
)
_COMMENT = "##"
_TYPES = ("PS", "LC", "OG", "DT", "TI", "QT")  # in the order of the official label list
_BLANK = " "  # the only character that the official reader drops
_ON_BLANK = (
    "a mention begins on a blank; KLUE's official script drops blanks with their tags, so that it "
    "counts this one without its B-, as no entity of its own"
)
_FORM = "a line is a character, a tab and its tag"


@dataclass(slots=True)
class _Sentence:
    """The lines of one sentence."""

    comments: list[str] = field(default_factory=list)
    begins: int | None = None  # the line of the header, else of the first character
    lines: list[int] = field(default_factory=list)  # numbers of those with tags
    tokens: list[Token] = field(default_factory=list)

    @property
    def header(self) -> tuple[str, str] | None:
        """The id and the marked text that the last comment holds."""
        if not self.comments:
            return None
        last = self.comments[-1].removeprefix(_COMMENT).removeprefix(" ")
        name, tab, marked = last.partition("\t")
        return (name, marked) if tab else None


class _OddMentions:
    """Doubts about mentions that KLUE's own script would count in another way, or not at all."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._types = Doubts(name, "types that are none of KLUE's")
        self._known = {*_TYPES}
        self._blanks = Doubts(name, "mentions that begin on a blank")

    def see(self, document: Document, numbers: Sequence[int]) -> None:
        """The mentions of one more sentence, each character of which has its line."""
        for span in document.spans:
            at = place(self._name, numbers[span.start])
            if span.label not in self._known:
                self._known.add(span.label)
                what = f"the type {short(span.label)} is none of KLUE's, {', '.join(_TYPES)}"
                self._types.add(at, what)
            if span.text.startswith(_BLANK):
                self._blanks.add(at, _ON_BLANK)

    def end(self) -> None:
        """Say how many there are."""
        self._types.end()
        self._blanks.end()


def read(source: Source) -> Iterator[Document]:
    """The sentences of a file, one document each.

    Raises:
        FormatError: a line is not of this form; the text names it.
    """
    name = name_of(source)
    check = SchemeCheck(name)
    differing = Doubts(name, "headers whose text is not that of their lines")
    odd = _OddMentions(name)
    for sentence in _sentences(source, name):
        check.see([token.tag for token in sentence.tokens], sentence.lines)
        document = _document(sentence, place(name, sentence.begins), differing)
        odd.see(document, sentence.lines)
        yield document
    differing.end()
    odd.end()


def pieces(pairs: Iterable[tuple[Document, Losses]]) -> Iterator[str]:
    """The official comments, and each document as a sentence behind its header."""
    yield _HEAD
    is_first = True
    for document, losses in pairs:
        written = _written(document, losses)
        if written:
            yield written if is_first else "\n" + written
            is_first = False


def _sentences(source: Source, name: str) -> Iterator[_Sentence]:
    head = _HEAD.splitlines()
    sentence = _Sentence()
    for number, raw in lines(source):
        line = raw.removesuffix("\n").removesuffix("\r")
        if not line:
            if sentence.tokens or sentence.header:
                yield sentence
                sentence = _Sentence()
        elif line.startswith(_COMMENT):
            _check_comment(line, sentence, name, number)
            if number > len(head) or line != head[number - 1]:
                sentence.comments.append(line)
                sentence.begins = number
        else:
            try:
                sentence.tokens.append(_token(line))
            except LineError as err:
                if "\r" in line:
                    raise lone_return(name, number) from err
                raise problem(name, number, err.what, err.way_out or _FORM) from err
            sentence.lines.append(number)
            sentence.begins = sentence.begins or number
    if sentence.tokens or sentence.header:
        yield sentence


def _check_comment(line: str, sentence: _Sentence, name: str, number: int) -> None:
    if "\r" in line:
        raise lone_return(name, number)
    if sentence.tokens:
        what = f"the comment {short(line)} inside a sentence"
        raise problem(name, number, what, "a blank line ends each sentence")


def _token(line: str) -> Token:
    char, tab, tag = line.rpartition("\t")
    if not tab:
        raise LineError(f"no tab in {short(line)}")
    if len(char) != 1:
        raise LineError(f"{short(char)} is not one character")
    if not is_tag(tag):
        raise LineError(f"the last column, {short(tag)}, is no tag", WAY_OUT)
    return Token(char, tag)


def _document(sentence: _Sentence, origin: str, differing: Doubts) -> Document:
    header = sentence.header
    name = header[0] if header else None
    document = from_tokens(sentence.tokens, name, between="", origin=origin)
    others = ["comments"] if len(sentence.comments) > bool(header) else []
    marks = [(span.start, span.end, span.label) for span in document.spans]
    if header and header[1] != _marked(document.text, marks):
        others.append("the text of a header, which differs from its lines")
        differing.add(origin, "the text of this header is not that of its lines, which count")
    return with_rest(document, {}, tuple(others))


def _marked(text: str, marks: Sequence[tuple[int, int, str]]) -> str:
    """The text as headers hold it: ``<경찰:OG>은 또``."""
    parts, behind = [], 0
    for start, end, label in marks:
        parts += [text[behind:start], f"<{text[start:end]}:{label}>"]
        behind = end
    return "".join([*parts, text[behind:]]).replace("\r", " ")  # it would end the line


def _written(document: Document, losses: Losses) -> str:
    """The lines of one document; nothing where there are none."""
    if not document.text and document.id is None:
        losses.left_out("it has no character, and no line says nothing")
        return ""
    text = document.text
    if "\n" in text:
        losses.add("the text", "a line end ends a line: a blank stands for each")
        text = text.replace("\n", " ")
    text = losses.utf8("the text", text)
    losses.scores(document.spans)
    if document.tokens not in (None, tuple((at, at + 1) for at in range(len(text)))):
        losses.add("the tokens", "its tokens are characters", "keys")
    spans = flat(taggable(document.spans, losses), losses)
    marks = [(s.start, s.end, losses.one_line("the label", s.label)) for s in spans]
    tags = ["O"] * len(text)
    for start, end, label in marks:
        tags[start:end] = [f"B-{label}", *[f"I-{label}"] * (end - start - 1)]
    body = "".join(f"{char}\t{tag}\n" for char, tag in zip(text, tags, strict=True))
    if document.id is None:
        return body
    return f"{_COMMENT} {losses.one_line('the id', document.id)}\t{_marked(text, marks)}\n{body}"
