"""What validators do to the spans of one text: raise, lower, and add.

Here: the arithmetic of scores.  Not here: any check; which of two overlapping spans stays (the
extractor resolves overlaps; a validated span mostly has the higher score).

With p the model's score, ``chance`` how often random strings pass and ``doubt`` how often true
mentions fail:

    valid    1 - (1 - p) * chance    what the model doubted, chance must explain as well
    invalid  p * doubt
    unknown  p

A span without a score gets ``1 - chance`` when valid, the same as if only the validator had found
it.  Otherwise it stays without one: a low score of our making could cost a generating model's item
its place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schema_ner.spans import Span
from schema_ner.validators.base import Verdict
from schema_ner.validators.folding import fold
from schema_ner.validators.registry import get

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schema_ner.schema import EntityType, Schema
    from schema_ner.validators.base import Validator

    _Places = Mapping[tuple[int, int], float]  # [start, end) → chance


def apply(candidates: Sequence[Span], text: str, schema: Schema) -> tuple[Span, ...]:
    """The candidates with the scores their checks leave them, then what only validators found.

    The first ``len(candidates)`` results are the candidates, one for one and in their order.

    Spans that no model made, and types without a validator, stay as they are.  Found places come
    type by type in the schema's order; a place that a candidate of that label covers exactly is
    not given twice.

    Args:
        candidates: spans of ``text``, of any source.
        text: the whole document.
        schema: its types name their validators.

    Raises:
        SchemaError: a type names a validator that does not exist.
    """
    checked = {t.label: (t, get(t.validator)) for t in schema if t.validator is not None}
    if not checked:
        return tuple(candidates)
    folded = fold(text)  # once for all types
    places = {
        label: {(start, end): chance for start, end, chance in validator.places(folded)}
        for label, (_, validator) in checked.items()
    }
    kept = [
        _weighed(span, checked[span.label][1], places[span.label])
        if span.label in checked and span.source == "model"
        else span
        for span in candidates
    ]
    known = {(span.label, span.start, span.end) for span in candidates}
    added = (span for t, _ in checked.values() for span in _found(t, text, places[t.label]))
    return (*kept, *(span for span in added if (span.label, span.start, span.end) not in known))


def _weighed(span: Span, validator: Validator, places: _Places) -> Span:
    verdict, chance = validator.weigh(span.text)
    if verdict is Verdict.VALID:
        # where it is named before it ("NHS number"), a look-alike is less likely
        chance = min(chance, places.get((span.start, span.end), chance))
        return replace(span, score=1 - (1 - (span.score or 0.0)) * chance)
    if verdict is Verdict.INVALID and span.score is not None:
        return replace(span, score=span.score * validator.doubt)
    return span


def _found(entity_type: EntityType, text: str, places: _Places) -> Iterator[Span]:
    for (start, end), chance in places.items():
        surface = text[start:end]
        yield Span(
            start,
            end,
            entity_type.label,
            surface,
            score=1 - chance,
            source="validator",
            entity=entity_type.instance(surface),
        )
