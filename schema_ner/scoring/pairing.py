"""Two lists of annotations → the texts as a convention sees them.

Here: who stands against whom, and which types count.  Not here: which tags of files count
(``filetags``), counting (each convention).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schema_ner.errors import InputError
from schema_ner.scoring import filetags
from schema_ner.scoring.base import Pair
from schema_ner.spans import Document, Extraction

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from schema_ner.scoring.base import Convention
    from schema_ner.spans import Span

    Annotated = Sequence[Span] | Document | Extraction


def wanted(labels: Collection[str] | None) -> tuple[str, ...] | None:
    """The types to count, each once, ``None`` for all.

    Raises:
        InputError: there is none.
    """
    if labels is not None and not labels:
        raise InputError("labels is empty, so nothing would be counted; leave it out to count all")
    return None if labels is None else tuple(dict.fromkeys(labels))


def pairs(
    gold: Sequence[Annotated],
    predicted: Sequence[Annotated],
    labels: tuple[str, ...] | None = None,
    rule: Convention | None = None,
) -> list[Pair]:
    """One Pair a text.

    Args:
        gold: the annotators' spans, one sequence a text; or Documents.
        predicted: a model's spans for the same texts, in the same order; or Documents, Extractions.
        labels: the types to count; spans of other types are left out on both sides.
        rule: the convention that they are for.

    Raises:
        InputError: the two differ in length or in a text, or the rule needs texts and got spans
            alone.
    """
    if len(gold) != len(predicted):
        raise InputError(
            f"texts: {len(gold)} in gold, {len(predicted)} predicted; give one sequence of spans "
            "for each text on both sides, an empty one where nothing was found"
        )
    found = [_pair(g, p, labels) for g, p in zip(gold, predicted, strict=True)]
    for number, pair in enumerate(found, 1):
        _check_text(pair, number)
    if rule is None or not rule.needs_text:
        return found
    if any(pair.text is None for pair in found):
        raise InputError(
            f"the convention {rule.name!r} counts tokens or characters: give gold as Documents, "
            "not as spans alone"
        )
    tags = filetags.of_both(gold, predicted, labels)
    return [
        pair._replace(gold_tags=own, predicted_tags=other, notes=tags.notes)
        for pair, own, other in zip(found, tags.gold, tags.predicted, strict=True)
    ]


def without(annotated: Document | Extraction, labels: Collection[str]) -> Document | Extraction:
    """The same annotations without those of these types."""
    if isinstance(annotated, Document):
        return filetags.without(annotated, labels)
    spans = tuple(span for span in annotated.spans if span.label not in labels)
    rejected = tuple(item for item in annotated.rejected if item.label not in labels)
    return replace(annotated, spans=spans, rejected=rejected)


def _pair(gold: Annotated, predicted: Annotated, labels: tuple[str, ...] | None) -> Pair:
    text = gold.text if isinstance(gold, Document | Extraction) else None
    tokens = gold.tokens if isinstance(gold, Document) else None
    said = predicted.rejected if isinstance(predicted, Extraction) else ()
    rejected = sum(labels is None or item.label in labels for item in said)
    return Pair(_only(gold, labels), _only(predicted, labels), text, tokens, rejected)


def _check_text(pair: Pair, number: int) -> None:
    """Raise InputError where a predicted span says something else than the text of gold."""
    if pair.text is None:
        return
    for span in pair.predicted:
        there = pair.text[span.start : span.end]
        if there != span.text:
            raise InputError(
                f"text {number}: at [{span.start}:{span.end}) the prediction has {span.text!r}, "
                f"gold {there!r}; scores need the same texts on both sides"
            )


def _only(annotated: Annotated, labels: tuple[str, ...] | None) -> tuple[Span, ...]:
    spans = annotated.spans if isinstance(annotated, Document | Extraction) else annotated
    return tuple(s for s in spans if labels is None or s.label in labels)
