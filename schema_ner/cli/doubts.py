"""What makes one doubt annotated files: nothing annotated, gold that overlaps, foreign types.

Here: a sentence for each.  Not here: reading files (``aligned``), what formats could not hold.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schema_ner import formats
from schema_ner.errors import InputError
from schema_ner.formats import misspelt
from schema_ner.formats.losses import clipped
from schema_ner.formats.rows import place_of, rest_of
from schema_ner.spans import Document
from schema_ner.tags import is_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schema_ner.cli.aligned import Aligned
    from schema_ner.cli.counted import Types
    from schema_ner.spans import Extraction, Span

_BEGIN, _LINES = 10_000, 20  # characters and lines of a plain text that are looked at
_MARKS = ("#", "-DOCSTART-")  # lines without a token
_BETWEEN = re.compile(r"[\s_-]+")
_MOST = 12  # types in a sentence


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
    if documents and not any(map(_is_annotated, documents)):
        number = "1 text" if len(documents) == 1 else f"{len(documents):,} texts"
        yield f"{name}: no annotation in {number}"
    # the reader says where they stand
    if repeated := sum(map(_repeated, documents)):
        those = "1 annotation repeats" if repeated == 1 else f"{repeated:,} annotations repeat"
        yield f"{name}: {those} another, of the same place and type: counted once, but in gollie"


def check_texts(gold: Sequence[Document], name: str) -> None:
    """Raise InputError for a file of gold without any text: no score says anything then.

    Args:
        gold: all of it.
        name: of the file.
    """
    if not any(document.text for document in gold):
        raise InputError(f"{name} has no text, so there is nothing to score")


def of_plain_text(document: Document, name: str) -> str | None:
    """That a file which is read as plain text looks like tagged tokens.

    Args:
        document: all of the file.
        name: of the file.
    """
    begin = document.text[:_BEGIN].splitlines()[:_LINES]
    rows = [line.split() for line in begin if line.strip() and not line.startswith(_MARKS)]
    tags = [row[-1] for row in rows if len(row) > 1 and is_tag(row[-1])]
    # one line may end in an O by chance
    if len(tags) < len(rows) or tags in ([], ["O"]):
        return None
    return f"{name} is read as plain text, and looks like conll; give --from conll"


def of_gold(gold: Sequence[Document | Extraction], name: str, types: Types) -> Iterator[str]:
    """Gold annotations that overlap, with file and line of the first.

    Args:
        gold: without what is left out.
        name: of the file.
        types: which count.
    """
    first, count = "", 0
    for text in gold:
        if not isinstance(text, Document):
            continue
        for one, before in _overlapping(_counted(text, types)):
            count += 1
            first = first or (
                f"{place_of(text, one) or name}: {_placed(one)} overlaps {_placed(before)}; "
                "conventions that count tags count one of them"
            )
    if first:
        yield first
    if count > 1:
        yield f"{name}: annotations that overlap one before them: {count:,} in all"


def of_labels(sides: Aligned, names: Sequence[str], types: Types) -> Iterator[str]:
    """Predicted types that gold never has, such as those that are spelt otherwise there.

    Args:
        sides: the texts without what is left out.
        names: of the files, that of gold first.
        types: which count.
    """
    gold, *systems = ({s.label for t in side for s in _counted(t, types)} for side in _sides(sides))
    if not gold:  # said already
        return
    spelt = {_letters(label): label for label in sorted(gold)}
    for labels, name in zip(systems, names[1:], strict=True):
        unknown = sorted(labels - gold)
        if not unknown:
            continue
        near = [label for label in unknown if _letters(label) in spelt]
        rest = [label for label in unknown if _letters(label) not in spelt]
        # those of another spelling first: they are sure to be meant
        said = [*(f"{clipped(one)} (there {clipped(spelt[_letters(one)])})" for one in near), *rest]
        none = "" if labels & gold else "; the two share no type"
        yield f"{name}: types that {names[0]} never has: {_listed(said)}{none}"


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
        counted = any(_counted(text, types) for text in left)
        if not counted and any(text.spans for text in everything):
            yield f"{name}: no annotation of the types that are counted"


def _sides(sides: Aligned) -> list[Sequence[Document | Extraction]]:
    return [sides.gold, *sides.systems]


def _counted(text: Document | Extraction, types: Types) -> list[Span]:
    """The spans of the types that count."""
    return [s for s in text.spans if types.wanted is None or s.label in types.wanted]


def _is_annotated(document: Document) -> bool:
    """Whether it has spans, or a key of which the reader said that it may hold some."""
    return bool(document.spans) or misspelt.unread(rest_of(document)) is not None


def _overlapping(spans: Iterable[Span]) -> Iterator[tuple[Span, Span]]:
    """Each span that shares a character with one before it, and the one that reaches furthest."""
    furthest: Span | None = None
    for span in sorted({span.order: span for span in spans}.values(), key=_by_order):
        if furthest is not None and span.start < furthest.end:
            yield span, furthest
        if furthest is None or span.end > furthest.end:
            furthest = span


def _by_order(span: Span) -> tuple[int, int, str]:
    return span.order


def _placed(span: Span) -> str:
    return f"{clipped(span.label)} [{span.start}:{span.end})"


def _letters(label: str) -> str:
    """What is left of a type's name without case, blanks, hyphens and underscores."""
    return _BETWEEN.sub("", label.casefold())


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _repeated(document: Document) -> int:
    """How many spans say what one before them says."""
    return len(document.spans) - len({span.order for span in document.spans})
