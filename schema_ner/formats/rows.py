"""What a file said of a text beyond what a Document holds.

Here: the Document that remembers it.  Not here: which keys are known (each format), who writes them
again (``Format.keeps_rest``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from schema_ner.spans import Document

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, eq=False)
class Row(Document):
    """A document of a file that says more; it equals the same document without that.

    Attributes:
        rest: keys or columns of the text itself, which JSON lines can keep.
        passed_over: names of what no format keeps, such as keys of single annotations.
    """

    rest: Mapping[str, Any] = field(default_factory=dict, repr=False)
    passed_over: tuple[str, ...] = field(default=(), repr=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Document):
            return NotImplemented
        return all(getattr(self, f.name) == getattr(other, f.name) for f in fields(Document))

    __hash__ = Document.__hash__


def with_rest(
    document: Document, rest: Mapping[str, Any], passed_over: tuple[str, ...] = ()
) -> Document:
    """The document, remembering what else was said of it, if anything was."""
    if not rest and not passed_over:  # nearly always
        return document
    names = tuple(dict.fromkeys(passed_over))
    return Row(document.text, document.spans, document.id, document.tokens, rest, names)


def rest_of(document: Document) -> Mapping[str, Any]:
    """What JSON lines can keep of it."""
    return document.rest if isinstance(document, Row) else {}


def names_lost(document: Document, *, keeps_rest: bool) -> list[str]:
    """Names of what is not written, by a format that keeps the rest or does not."""
    if not isinstance(document, Row):
        return []
    # an empty value says nothing that could be lost
    rest = [name for name, value in document.rest.items() if value not in (None, "", [], {})]
    return [*(() if keeps_rest else rest), *document.passed_over]
