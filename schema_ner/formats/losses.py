"""What a format could not hold.  Nothing that a writer leaves out or changes goes unreported."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schema_ner.spans import Span

_SURROGATE = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LINE_ENDS = re.compile(r"[\t\r\n]")
_PLAIN = (None, "exact", "gold")


Kind = Literal["annotation", "blanks", "scores", "keys"]
"""What is lost: an annotation, an id or characters; or what a format by its nature never keeps:
blanks between tokens, scores (with status and source), keys and columns unknown to it."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a written file does not hold as the document had it.

    Attributes:
        document: which document, by its id or its place: ``document 'a7'``, ``document 3``.
        what: the span, token or text concerned.
        reason: why it could not be held, and what stands there instead.
        kind: one of ``Kind``.
    """

    document: str
    what: str
    reason: str
    kind: Kind = "annotation"

    @property
    def is_slight(self) -> bool:
        """Whether texts and annotations are the same without it."""
        return self.kind != "annotation"

    def __str__(self) -> str:
        return f"{self.document}: {self.what}: {self.reason}"


@dataclass(slots=True)
class Losses:
    """The losses of one document, gathered while it is written.

    Attributes:
        where: which document, as a Loss says it.
        number: its place among those that are written, from 1.
        found: the losses so far.
    """

    where: str
    number: int = 1
    found: list[Loss] = field(default_factory=list)

    def add(self, what: str, reason: str, kind: Kind = "annotation") -> None:
        """Report one loss."""
        self.found.append(Loss(self.where, what, reason, kind))

    def span(self, span: Span, reason: str) -> None:
        """Report a span that is not kept as it was."""
        self.add(f"{span.label or 'a span'} [{span.start}:{span.end}) {span.text!r}", reason)

    def scores(self, spans: Iterable[Span]) -> None:
        """Report, once, spans whose score, status or source are not kept."""
        if any((span.score, span.status, span.source) != _PLAIN for span in spans):
            self.add("the spans", "score, status and source are not kept", "scores")

    def one_line(self, what: str, text: str) -> str:
        """The text as a column of a line can hold it, in UTF-8."""
        if _LINE_ENDS.search(text):
            self.add(f"{what} {text!r}", "tabs and line ends part columns and lines: _ for each")
            text = _LINE_ENDS.sub("_", text)
        return self.utf8(what, text)

    def utf8(self, what: str, text: str) -> str:
        """The text without lone surrogates, which UTF-8 cannot hold; as long as before."""
        if not _SURROGATE.search(text):  # nearly always
            return text
        self.add(f"{what} {text!r}", "UTF-8 holds no lone surrogates: U+FFFD stands for each")
        return _SURROGATE.sub("\ufffd", text)

    def json(self, what: str, text: str) -> str:
        """The text without surrogates that JSON would read as another character."""
        if not _PAIR.search(text):
            return text
        self.add(f"{what} {text!r}", "JSON joins two lone surrogates: U+FFFD stands for each")
        return _PAIR.sub("\ufffd\ufffd", text)
