"""What a format is, and the account of what it cannot hold.

Here: Format, and what is done for every document that is written.  Not here: the formats (one
module each), the table of them (``table``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schema_ner.formats.files import replacing
from schema_ner.formats.losses import Loss, Losses, listed
from schema_ner.formats.rows import names_lost, unheld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from schema_ner.formats.files import Source
    from schema_ner.spans import Document

    Pairs = Iterable[tuple[Document, Losses]]
    """Documents, each with the losses that writing it adds to."""
    Save = Callable[[Source, Pairs], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to keep documents in a file.

    Attributes:
        name: what ``--from`` and ``--to`` call it.
        about: one line for a person.
        endings: of the files that are read this way unless another format is named.
        read: a file → its documents, one at a time.
        encode: a document → what stands for it in a file, for formats where each stands for itself.
        header: what such a file begins with.
        save: for any other format, what writes documents to a path or a stream.
        keeps: names of what it has a place for beside texts and spans: ``tokens``, keys.
        columns: the columns of ``token_tags`` that it has a place for; ``None`` for all.
        keeps_rest: whether it writes keys that it knows nothing of.
    """

    name: str
    about: str
    endings: tuple[str, ...]
    read: Callable[[Source], Iterator[Document]]
    encode: Callable[[Document, Losses], str] | None = None
    header: str = ""
    save: Save | None = None
    keeps: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = ()
    keeps_rest: bool = False

    @property
    def is_writable(self) -> bool:
        """Whether annotations find a place in it."""
        return self.encode is not None or self.save is not None


def streamed(pieces: Callable[[Pairs], Iterable[str]]) -> Save:
    """A ``save`` that writes the pieces of one file, which depend on what stands before them."""

    def save(target: Source, pairs: Pairs) -> None:
        with replacing(target) as stream:
            for piece in pieces(pairs):
                stream.write(piece.encode("utf-8"))

    return save


def accounted(
    documents: Iterable[Document], found: Format, lost: list[Loss]
) -> Iterator[tuple[Document, Losses]]:
    """Each document with a place for its losses; all of them are in ``lost`` at the end.

    Whoever writes takes the next document only when this one is written.
    """
    for number, document in enumerate(documents, 1):
        named = number if document.id is None else repr(document.id)
        losses = Losses(f"document {named}", number, document=document)
        yield document, losses
        for what, reason in unheld(document):
            losses.add(what, reason)
        if names := names_lost(document, found.keeps, found.columns, keeps_rest=found.keeps_rest):
            losses.add(listed(names), f"{found.name} has no place for it", "keys")
        lost += losses.found
