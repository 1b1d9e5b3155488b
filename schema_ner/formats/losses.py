"""What a format could not hold.  Nothing that a writer leaves out or changes goes unreported.

Here: losses of writing.  Not here: what is doubtful in a file that is read (``doubts``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from schema_ner.formats.files import short
from schema_ner.formats.rows import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schema_ner.spans import Document, Span

_SURROGATE = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LINE_ENDS = re.compile(r"[\t\r\n]")
_WHOLE = "the document"
_PLAIN = (None, "exact", "gold")
_LONGEST, _MOST = 60, 12  # characters of a name in a message, and names


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
        origin: the file and line that it was read from, ``None`` where it was not.
    """

    document: str
    what: str
    reason: str
    kind: Kind = "annotation"
    origin: str | None = None

    @property
    def is_slight(self) -> bool:
        """Whether texts and annotations are the same without it."""
        return self.kind != "annotation"

    @property
    def is_left_out(self) -> bool:
        """Whether the whole document is not in the file."""
        return self.what == _WHOLE

    def __str__(self) -> str:
        which = clipped(self.document)
        where = which if self.origin is None else f"{self.origin}, {which}"
        return f"{where}: {self.what}: {self.reason}"


@dataclass(slots=True)
class Losses:
    """The losses of one document, gathered while it is written.

    Attributes:
        where: which document, as a Loss says it.
        number: its place among those that are written, from 1.
        found: the losses so far.
        document: which document, for the place that it was read from.
    """

    where: str
    number: int = 1
    found: list[Loss] = field(default_factory=list)
    document: Document | None = None

    def add(
        self, what: str, reason: str, kind: Kind = "annotation", span: Span | None = None
    ) -> None:
        """Report one loss, of a span where one is given."""
        origin = None if self.document is None else place_of(self.document, span)
        self.found.append(Loss(self.where, what, reason, kind, origin))

    def left_out(self, reason: str) -> None:
        """Report that nothing of the document is written."""
        self.add(_WHOLE, f"{reason}: left out")

    def span(self, span: Span, reason: str) -> None:
        """Report a span that is not kept as it was."""
        label = clipped(span.label) or "a span"
        what = f"{label} [{span.start}:{span.end}) {short(span.text)}"
        self.add(what, reason, span=span)

    def scores(self, spans: Iterable[Span]) -> None:
        """Report, once, spans whose score, status or source are not kept."""
        if any((span.score, span.status, span.source) != _PLAIN for span in spans):
            self.add("the spans", "score, status and source are not kept", "scores")

    def one_line(self, what: str, text: str) -> str:
        """The text as a column of a line can hold it, in UTF-8."""
        if _LINE_ENDS.search(text):
            self.add(
                f"{what} {short(text)}", "tabs and line ends part columns and lines: _ for each"
            )
            text = _LINE_ENDS.sub("_", text)
        return self.utf8(what, text)

    def utf8(self, what: str, text: str) -> str:
        """The text without lone surrogates, which UTF-8 cannot hold; as long as before."""
        if not _SURROGATE.search(text):  # nearly always
            return text
        self.add(f"{what} {short(text)}", "UTF-8 holds no lone surrogates: U+FFFD stands for each")
        return _SURROGATE.sub("\ufffd", text)

    def json(self, what: str, text: str) -> str:
        """The text without surrogates that JSON would read as another character."""
        if not _PAIR.search(text):
            return text
        self.add(f"{what} {short(text)}", "JSON joins two lone surrogates: U+FFFD stands for each")
        return _PAIR.sub("\ufffd\ufffd", text)


def clipped(name: str) -> str:
    """The name, or its beginning where it is too long for a message."""
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def listed(names: Sequence[str]) -> str:
    """Names for a message, those in front if they are many."""
    more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
    return ", ".join(map(clipped, names[:_MOST])) + more
