"""Readers and writers of annotated texts: files ↔ Documents.

    from schema_ner import formats

    for document in formats.read("gold.conll"):
        ...
    losses = formats.write("gold.jsonl", formats.read("gold.conll"))

Files are read a document at a time and written whole or not at all.  What cannot be meant is an
error, and what is doubtful a warning of the logger ``schema_ner.formats``, both with file and line.
What a format cannot hold is returned as losses, never dropped unseen; those that a format cannot
but have are ``is_slight``.

Here: the door.  Not here: the table of formats (``table``), the formats (one module each), opening
and decoding (``files``), how spans become tags (``tagging``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.errors import InputError
from schema_ner.formats import csvfile
from schema_ner.formats.base import Format, accounted
from schema_ner.formats.doubts import watched
from schema_ner.formats.files import Source, name_of, replacing
from schema_ner.formats.losses import Kind, Loss, Losses
from schema_ner.formats.schemes import Scheme, scheme_of
from schema_ner.formats.table import FORMATS, detect, find, names, recognise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schema_ner.spans import Document

__all__ = [
    "Format",
    "Kind",
    "Loss",
    "Losses",
    "Scheme",
    "Source",
    "detect",
    "find",
    "names",
    "read",
    "recognise",
    "scheme_of",
    "write",
]


def read(
    source: Source,
    format: str | None = None,  # noqa: A002  # its plain name
    *,
    column: str | None = None,
) -> Iterator[Document]:
    """The documents of a file, one at a time; ``.gz`` behind the ending unpacks it.

    Args:
        source: a path, or an open binary stream.
        format: name of the format; ``None`` goes by the path, as ``recognise`` does.
        column: of a CSV file, the column with the texts.

    Raises:
        InputError: no such format or column; a FormatError, once reading, where the file is not in
            that format.
        OSError: once reading, the file cannot be opened.
    """
    found = find(format) if format is not None else recognise(source)
    if column is not None and found.name != "csv":
        raise InputError(f"a column is named, but only csv has columns, and this is {found.name}")
    documents = found.read(source) if column is None else csvfile.read(source, column)
    return watched(documents, name_of(source))


def write(
    target: Source,
    documents: Iterable[Document],
    format: str | None = None,  # noqa: A002  # its plain name
) -> list[Loss]:
    """Write documents to a file, and say what it could not hold.

    The file appears when all is written: where reading fails half way, an old one stays as it was.

    Args:
        target: a path, or an open binary stream; for brat a folder, or an ``.ann`` file.
        documents: read one at a time.
        format: name of the format; ``None`` goes by the ending of the path.

    Raises:
        InputError: no such format, or one that holds no annotations.
        OSError: the file cannot be written.
    """
    found = find(format) if format is not None else detect(target)
    lost: list[Loss] = []
    pairs = accounted(documents, found, lost)
    if found.save is not None:
        found.save(target, pairs)
    elif found.encode is not None:
        with replacing(target) as stream:
            stream.write(found.header.encode("utf-8"))
            for document, losses in pairs:
                stream.write(found.encode(document, losses).encode("utf-8"))
    else:
        writable = ", ".join(f.name for f in FORMATS if f.is_writable)
        raise InputError(f"the format {found.name} holds no annotations; write one of {writable}")
    return lost
