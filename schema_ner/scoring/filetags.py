"""Tags as they stand in a file of tagged tokens, and whether they count.

A Document keeps them in ``token_tags["ner"]``, as long as they spell its spans.  Spans say the same
as tags of valid IOB2, but less than broken ones: an ``I-`` behind ``O`` is a span like any other
once it is read.

Tags count as they stand where gold is in IOB2, or has none, and they are too.  Tags of IOB1, BIOES
or BILOU differ from IOB2 without any mistake, so there spans are tagged anew in IOB2: on both sides
where gold is in such a scheme, else on the side that is.  A note says so.  And they count where
they stand on the tokens that are counted (``tags`` sees to that).

Here: which tags of files count.  Not here: what tags spell (``schema_ner.tags``), spans → tags
(``tags``), figures (``sequences``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from schema_ner.spans import NER, Document

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from schema_ner.scoring.base import TagsByPlace
    from schema_ner.scoring.pairing import Annotated

_SCHEMES = {"E": "BIOES", "S": "BIOES", "L": "BILOU", "U": "BILOU"}  # by a letter of their own
_ANEW = "read as spans and tagged in IOB2 anew"


class FileTags(NamedTuple):
    """The tags of both sides that count.

    Attributes:
        gold, predicted: those of each text, ``None`` where it has none that count.
        notes: why some do not, one sentence each.
    """

    gold: list[TagsByPlace | None]
    predicted: list[TagsByPlace | None]
    notes: tuple[str, ...] = ()


def of_both(
    gold: Sequence[Annotated], predicted: Sequence[Annotated], labels: Collection[str] | None
) -> FileTags:
    """The tags of both sides that count; those of other labels than these are ``O``.

    Args:
        gold: one item a text.
        predicted: likewise.
        labels: the types to count, ``None`` for all.
    """
    right, said = [_tags(text) for text in gold], [_tags(text) for text in predicted]
    if (scheme := _other_scheme(right, or_iob1=True)) is not None:
        note = f"gold is tagged in {scheme}: both sides are {_ANEW}"
        return FileTags(_none(gold), _none(predicted), (note,))
    own = [_by_place(*each, labels) for each in zip(gold, right, strict=True)]
    if (scheme := _other_scheme(said)) is not None:
        return FileTags(own, _none(predicted), (f"predictions are tagged in {scheme}: {_ANEW}",))
    other = [_by_place(*each, labels) for each in zip(predicted, said, strict=True)]
    like_iob1 = _shown(said) == {"IOB1"}
    note = "predictions look like IOB1, and their tags are held against IOB2 as they stand"
    return FileTags(own, other, (note,) if like_iob1 else ())


def without(document: Document, labels: Collection[str]) -> Document:
    """The document without spans and tags of these types."""
    spans = tuple(span for span in document.spans if span.label not in labels)
    columns = dict(document.token_tags or {})
    if NER in columns:
        columns[NER] = tuple("O" if _label(tag) in labels else tag for tag in columns[NER])
    return replace(document, spans=spans, token_tags=columns)


def _by_place(
    text: Annotated, tags: tuple[str, ...] | None, labels: Collection[str] | None
) -> TagsByPlace | None:
    if tags is None or not isinstance(text, Document):
        return None
    kept = (tag if labels is None or _label(tag) in labels else "O" for tag in tags)
    return dict(zip(text.tokens or (), kept, strict=True))


def _none(texts: Sequence[Annotated]) -> list[TagsByPlace | None]:
    return [None] * len(texts)


def _tags(text: Annotated) -> tuple[str, ...] | None:
    return (text.token_tags or {}).get(NER) if isinstance(text, Document) else None


def _other_scheme(texts: Iterable[tuple[str, ...] | None], *, or_iob1: bool = False) -> str | None:
    """The scheme that the tags are in where it is not IOB2: BIOES, BILOU, or IOB1."""
    given = [tags for tags in texts if tags is not None]
    letters = {tag[0] for tags in given for tag in tags}
    scheme = next((name for letter, name in _SCHEMES.items() if letter in letters), None)
    return scheme or ("IOB1" if or_iob1 and _shown(given) == {"IOB1"} else None)


def _shown(texts: Iterable[tuple[str, ...] | None]) -> set[str]:
    """The schemes that the first tags of spans show: IOB1 has I-, IOB2 has B-."""
    shown = set()
    for tags in texts:
        before = ""  # the type that the tag before goes on with
        for tag in tags or ():
            label = _label(tag)
            if label and label != before:
                shown.add("IOB2" if tag[0] == "B" else "IOB1")
            before = label
    return shown


def _label(tag: str) -> str:
    """The type of a tag, empty of ``O``."""
    return tag.partition("-")[2]
