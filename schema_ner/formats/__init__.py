"""Readers and writers of annotated texts: files ↔ Documents.

    from schema_ner import formats

    for document in formats.read("gold.conll"):
        ...
    losses = formats.write("gold.jsonl", formats.read("gold.conll"))

Files are read a document at a time and written whole or not at all.  What a format cannot hold is
returned as losses, never dropped unseen; those that a format cannot but have are ``is_slight``.

Here: the door and the table.  Not here: the formats (one module each), opening and decoding
(``files``), how spans become tags (``tagging``).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from schema_ner.errors import InputError
from schema_ner.formats import bio, conll, csvfile, jsonl, plain
from schema_ner.formats.files import Source, replacing
from schema_ner.formats.losses import Kind, Loss, Losses
from schema_ner.formats.rows import names_lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from schema_ner.spans import Document

__all__ = ["Format", "Kind", "Loss", "Losses", "Source", "detect", "find", "names", "read", "write"]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to keep documents in a file.

    Attributes:
        name: what ``--from`` and ``--to`` call it.
        about: one line for a person.
        endings: of the files that are read this way unless another format is named.
        read: a file → its documents, one at a time.
        encode: a document → what stands for it in a file; ``None`` where annotations find no place.
        header: what a file begins with.
        keeps_rest: whether it writes keys and columns that it knows nothing of.
    """

    name: str
    about: str
    endings: tuple[str, ...]
    read: Callable[[Source], Iterator[Document]]
    encode: Callable[[Document, Losses], str] | None = None
    header: str = ""
    keeps_rest: bool = False


# the longest ending wins, so that .bio.jsonl is not .jsonl
_FORMATS = (
    Format(
        "jsonl",
        "one JSON object a line: id, text, entities",
        (".jsonl", ".ndjson"),
        jsonl.read,
        jsonl.encode,
        keeps_rest=True,
    ),
    Format(
        "conll",
        "a token and its tag on each line, a blank line behind each sentence",
        (".conll", ".tsv", ".iob", ".iob2"),
        conll.read,
        conll.encode,
    ),
    Format(
        "bio",
        "one JSON object a line: tokens, tags",
        (".bio.jsonl",),
        bio.read,
        bio.encode,
    ),
    Format(
        "csv",
        "a column of texts",
        (".csv",),
        csvfile.read,
        csvfile.encode,
        csvfile.HEADER,
    ),
    Format("text", "one text a file", (".txt", ".text", ".md"), plain.read),
)


def read(
    source: Source,
    format: str | None = None,  # noqa: A002  # its plain name
    *,
    column: str | None = None,
) -> Iterator[Document]:
    """The documents of a file, one at a time; ``.gz`` behind the ending unpacks it.

    Args:
        source: a path, or an open binary stream.
        format: name of the format; ``None`` goes by the ending of the path.
        column: of a CSV file, the column with the texts.

    Raises:
        InputError: no such format or column; a FormatError, once reading, where the file is not in
            that format.
        OSError: once reading, the file cannot be opened.
    """
    found = find(format) if format is not None else detect(source)
    if column is None:
        return found.read(source)
    if found.name != "csv":
        raise InputError(f"a column is named, but only csv has columns, and this is {found.name}")
    return csvfile.read(source, column)


def write(
    target: Source,
    documents: Iterable[Document],
    format: str | None = None,  # noqa: A002  # its plain name
) -> list[Loss]:
    """Write documents to a file, and say what it could not hold.

    The file appears when all is written: where reading fails half way, an old one stays as it was.

    Args:
        target: a path, or an open binary stream.
        documents: read one at a time.
        format: name of the format; ``None`` goes by the ending of the path.

    Raises:
        InputError: no such format, or one that holds no annotations.
        OSError: the file cannot be written.
    """
    found = find(format) if format is not None else detect(target)
    if found.encode is None:
        writable = ", ".join(f.name for f in _FORMATS if f.encode)
        raise InputError(f"the format {found.name} holds no annotations; write one of {writable}")
    lost: list[Loss] = []
    with replacing(target) as stream:
        stream.write(found.header.encode("utf-8"))
        for number, document in enumerate(documents, 1):
            named = number if document.id is None else repr(document.id)
            losses = Losses(f"document {named}")
            stream.write(found.encode(document, losses).encode("utf-8"))
            names = names_lost(document, keeps_rest=found.keeps_rest)
            if names:
                losses.add(", ".join(names), f"{found.name} has no place for it", "keys")
            lost += losses.found
    return lost


def names() -> tuple[str, ...]:
    """The names of all formats."""
    return tuple(f.name for f in _FORMATS)


def find(name: str) -> Format:
    """The format of that name.

    Raises:
        InputError: there is none.
    """
    for found in _FORMATS:
        if found.name == name:
            return found
    raise InputError(f"no format is called {name!r}; known are: {', '.join(names())}")


def detect(source: Source, default: str | None = None) -> Format:
    """The format that a path's ending tells.

    Args:
        source: a path; of an open stream nothing can be told.
        default: name of the format for any other ending, instead of an error.

    Raises:
        InputError: no format has that ending.
    """
    name = Path(source).name if isinstance(source, str | os.PathLike) else ""
    plain_name = name.lower().removesuffix(".gz")
    by_ending = {ending: f for f in _FORMATS for ending in f.endings}
    for ending in sorted(by_ending, key=len, reverse=True):
        if plain_name.endswith(ending):
            return by_ending[ending]
    if default is not None:
        return find(default)
    endings = " ".join(by_ending)
    what = f"the ending of {name!r} tells no format" if name else "a stream has no ending"
    raise InputError(f"{what}; name one of {', '.join(names())}, or use an ending: {endings}")
