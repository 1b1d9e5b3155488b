"""What is doubtful in a file and read all the same: a warning, with file and line.

It goes to the logger ``schema_ner.formats``; the command line prints it.  No text of a document is
in it.

Here: how it is said, and what any format may hold: no text at all, no annotation but a key that
looks like some, an id of two texts, an annotation that stands twice, annotations that are no spans.
Not here: what is doubtful in one
format alone (its module, ``schemes``), what is refused (``files.problem``), what a writer cannot
hold (``losses``).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from schema_ner.formats import misspelt
from schema_ner.formats.files import short
from schema_ner.formats.losses import clipped
from schema_ner.formats.rows import place_of, rest_of, unheld

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schema_ner.spans import Document, Span

logger = logging.getLogger("schema_ner.formats")


def doubt(place: str, what: str) -> None:
    """Say one, of a file or of a line of it."""
    logger.warning("%s: %s", place, what)


class Doubts:
    """Doubts of one kind about one file: the first is said at once, the others are counted.

    Args:
        name: of the file.
        kind: what they are called together, such as ``annotations that stand twice``.
    """

    def __init__(self, name: str, kind: str) -> None:
        self._name = name
        self._kind = kind
        self._count = 0

    def add(self, place: str, what: str) -> None:
        """One more."""
        self._count += 1
        if self._count == 1:
            doubt(place, what)

    def end(self) -> None:
        """Say how many there are, where they are several."""
        if self._count > 1:
            doubt(self._name, f"{self._kind}: {self._count:,} in all")


def unread_key(document: Document) -> str | None:
    """The key of a document's file that looks as if it held annotations, and is not read.

    Of a file without any annotation ``watched`` says so, and nobody needs to say it again.
    """
    return misspelt.unread(rest_of(document))


def watched(documents: Iterable[Document], name: str) -> Iterator[Document]:
    """The documents of a file, one at a time, as they are; what is doubtful about them is said."""
    repeated = Doubts(name, "annotations that stand twice")
    shared = Doubts(name, "texts with an id that another has")
    ids: set[int] = set()  # hashes, for a file may hold millions
    has_text, has_spans, no_spans = False, False, 0
    unread: tuple[str, str] | None = None  # a place, and a key that may hold annotations
    for document in documents:
        place = place_of(document) or name
        has_text = has_text or bool(document.text)
        has_spans = has_spans or bool(document.spans)
        no_spans += len(unheld(document))
        if not has_spans and unread is None and (key := unread_key(document)):
            unread = place, key
        for span in _repeated(document.spans):
            said = f"{clipped(span.label)} [{span.start}:{span.end})"
            repeated.add(place_of(document, span) or name, f"{said} stands twice; both are kept")
        if document.id is not None:
            if hash(document.id) in ids:
                shared.add(place, f"a text before has the id {short(document.id)}, too")
            ids.add(hash(document.id))
        yield document
    if unread is not None and not has_spans:
        where, key = unread
        doubt(where, f"annotations under the key {short(key)} are not read; call it 'entities'")
    if not has_text:
        doubt(name, "there is no text in it")
    if no_spans:
        doubt(name, f"annotations that are no spans: {no_spans:,}")
    repeated.end()
    shared.end()


def _repeated(spans: tuple[Span, ...]) -> Iterator[Span]:
    """Those that say what the one before says; they are in order."""
    return (span for i, span in enumerate(spans) if i and spans[i - 1].order == span.order)
