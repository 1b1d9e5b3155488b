"""Two lists of annotations → the texts as a convention sees them.

Here: who stands against whom, and which types count.  Not here: counting (each convention).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.errors import InputError
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
    if rule is not None and rule.needs_text and any(pair.text is None for pair in found):
        raise InputError(
            f"the convention {rule.name!r} counts tokens or characters: give gold as Documents, "
            "not as spans alone"
        )
    return found


def _pair(gold: Annotated, predicted: Annotated, labels: tuple[str, ...] | None) -> Pair:
    text = gold.text if isinstance(gold, Document | Extraction) else None
    tokens = gold.tokens if isinstance(gold, Document) else None
    rejected = len(predicted.rejected) if isinstance(predicted, Extraction) else 0
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
