"""Plain text: one file is one document, unchanged but for a byte-order mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.formats.files import Source, name_of, whole
from schema_ner.spans import Document

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(source: Source) -> Iterator[Document]:
    """The file as one document; line ends are kept, so offsets are those of the file.

    Raises:
        FormatError: not UTF-8; the text names the line.
    """
    yield Document(whole(source), origin=name_of(source))
