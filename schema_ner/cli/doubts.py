"""What makes one doubt the files of a score: nothing annotated, annotations that stand twice.

Here: a sentence for each.  Not here: reading files (``aligned``), what formats could not hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner import formats
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.cli.aligned import Aligned
    from schema_ner.cli.counted import Types
    from schema_ner.spans import Document, Extraction


def check_annotated(name: str, format_: str | None) -> None:
    """Raise InputError for a file in a format that holds no annotations.

    Args:
        name: of the file.
        format_: what ``--from`` names.
    """
    found = formats.find(format_) if format_ is not None else formats.recognise(name)
    if not found.is_writable:  # plain text
        raise InputError(
            f"{name} is read as {found.name}, {found.about}, and has no annotations to score; give "
            "annotated texts, such as JSON lines with entities, or name their format with --from"
        )


def of_file(documents: Sequence[Document], name: str) -> Iterator[str]:
    """What is odd about a file as it stands.

    Args:
        documents: all of it.
        name: of the file.
    """
    if documents and not any(document.spans for document in documents):
        number = "1 text" if len(documents) == 1 else f"{len(documents):,} texts"
        yield f"{name}: no annotation in {number}"
    # the reader says where they stand
    if repeated := sum(map(_repeated, documents)):
        those = "1 annotation repeats" if repeated == 1 else f"{repeated:,} annotations repeat"
        yield f"{name}: {those} another, of the same place and type: counted once, but in gollie"


def of_types(before: Aligned, after: Aligned, names: Sequence[str], types: Types) -> Iterator[str]:
    """The files that have annotations, but none of the types that count.

    Args:
        before: all texts as they stand in the files.
        after: the same without what is left out.
        names: of the files, that of gold first.
        types: which count.
    """
    sides = zip(names, _sides(before), _sides(after), strict=True)
    for name, everything, left in sides:
        labels = {span.label for text in left for span in text.spans}
        counted = labels if types.wanted is None else labels.intersection(types.wanted)
        if not counted and any(text.spans for text in everything):
            yield f"{name}: no annotation of the types that are counted"


def _sides(sides: Aligned) -> list[Sequence[Document | Extraction]]:
    return [sides.gold, *sides.systems]


def _repeated(document: Document) -> int:
    """How many spans say what one before them says."""
    return len(document.spans) - len({span.order for span in document.spans})
