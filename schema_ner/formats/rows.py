"""What a file said of a text beyond what a Document holds.

Here: the Document that remembers it.  Not here: which keys are known (each format), who writes them
again (``Format.keeps``, ``Format.keeps_rest``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from schema_ner.formats.files import place
from schema_ner.spans import Document, columns_beyond_spans

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from schema_ner.spans import Span

_NOTHING: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True, eq=False)
class Row(Document):
    """A document of a file that says more; it equals the same document without that.

    Attributes:
        rest: keys or columns of the text itself, which JSON lines can keep.
        passed_over: names of what no format keeps, such as keys of single annotations.
        unheld: annotations that are no span, each with the reason.
        lines: of formats that give each annotation a line of its own: the last line that says so,
            by start, end and label.
    """

    rest: Mapping[str, Any] = field(default_factory=dict, repr=False)
    passed_over: tuple[str, ...] = field(default=(), repr=False)
    unheld: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    lines: Mapping[tuple[int, int, str], int] = field(default_factory=dict, repr=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Document):
            return NotImplemented
        compared = (f.name for f in fields(Document) if f.compare)
        return all(getattr(self, name) == getattr(other, name) for name in compared)

    __hash__ = Document.__hash__


def with_rest(
    document: Document,
    rest: Mapping[str, Any],
    passed_over: tuple[str, ...] = (),
    unheld: tuple[tuple[str, str], ...] = (),
    lines: Mapping[tuple[int, int, str], int] | None = None,
) -> Document:
    """The document, remembering what else was said of it, if anything was."""
    if not rest and not passed_over and not unheld and not lines:  # nearly always
        return document
    names = tuple(dict.fromkeys(passed_over))
    held = {f.name: getattr(document, f.name) for f in fields(Document)}
    return Row(**held, rest=rest, passed_over=names, unheld=unheld, lines=lines or {})


def rest_of(document: Document) -> Mapping[str, Any]:
    """What JSON lines can keep of it."""
    return document.rest if isinstance(document, Row) else {}


def unheld(document: Document) -> tuple[tuple[str, str], ...]:
    """Annotations of its file that are no span, each with the reason."""
    return document.unheld if isinstance(document, Row) else ()


def place_of(document: Document, span: Span | None = None) -> str | None:
    """The file and line of a document, or of one of its spans; ``None`` where it was not read."""
    if span is None or document.origin is None or not isinstance(document, Row):
        return document.origin
    return place(document.origin, document.lines.get(span.order))


def names_lost(
    document: Document, keeps: Collection[str], columns: Collection[str] | None, *, keeps_rest: bool
) -> list[str]:
    """Names of what is not written.

    Args:
        document: what is written.
        keeps: ``tokens`` and keys that the format has a place for.
        columns: those of ``token_tags`` that it has a place for; ``None`` for all.
        keeps_rest: whether it has a place for any key.
    """
    found = [] if document.tokens is None else ["tokens"]
    if not keeps_rest:
        # an empty value says nothing that could be lost
        found += (name for name, value in rest_of(document).items() if value not in _NOTHING)
    found = [name for name in found if name not in keeps]
    if columns is not None:
        found += (name for name in columns_beyond_spans(document) if name not in columns)
    return [*found, *document.passed_over] if isinstance(document, Row) else found
