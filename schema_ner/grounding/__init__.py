"""Put what a generating model said back into the text: mentions in, spans with offsets out.

A mention is a string and a label; the text may hold the string several times, in another form, or
not at all.  All mentions of a text are placed together, and nothing is lost on the way: every
mention becomes one span or one ``Rejected``.

Here: the account of every mention.  Not here: their shape (``mentions``), who gets which place
(``assigning``), the search (``places``, ``approximate``), which of two overlapping spans stays
(``overlap``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from schema_ner.errors import InputError
from schema_ner.grounding.approximate import Misspellings
from schema_ner.grounding.assigning import Assignment, Item, Placed
from schema_ner.grounding.normalising import folded_text
from schema_ner.grounding.places import Ground
from schema_ner.mentions import Mention
from schema_ner.schema import EntityType
from schema_ner.spans import Rejected, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner.marks import Status
    from schema_ner.schema import Schema

__all__ = ["Grounded", "Mention", "MentionsMode", "ground"]

MentionsMode = Literal["listed", "expand"]


@dataclass(frozen=True, slots=True)
class Grounded:
    """The spans, sorted by start, end, label, and the mentions that found no place, in order."""

    spans: tuple[Span, ...]
    rejected: tuple[Rejected, ...] = ()


def ground(
    items: Sequence[Mention],
    text: str,
    *,
    mentions: MentionsMode = "listed",
    schema: Schema | None = None,
) -> Grounded:
    """Find the place of every mention.

    Args:
        items: the mentions, in the order in which the model listed them.
        text: the text the model read.
        mentions: ``listed`` when the model lists a repeated mention as often as it stands there:
            each item gets one place, and ``len(spans) + len(rejected) == len(items)``.  ``expand``
            when it lists each only once: each surface and label takes all its free places that
            are whole words (a Korean noun before its particle is one), at least one place.
        schema: fills ``Span.entity``, and tells hallucinations from repeated examples.

    Returns:
        Spans may overlap where one mention lies in another, or where two of different labels have
        only one place; ``overlap.resolve`` decides about those.

    Raises:
        InputError: ``mentions`` is neither of the two.
    """
    if mentions not in get_args(MentionsMode):
        raise InputError(f'mentions={mentions!r} is unknown; use "listed" or "expand"')
    types = None if schema is None else {t.label: t for t in schema}
    prepared = Ground(text)
    assignment = Assignment(prepared, [_item(mention, types) for mention in items])
    if mentions == "expand":
        assignment.place_everywhere()
    else:
        assignment.place_listed()
    leaked = {i for i in assignment.unknown() if types and _is_example(items[i], types)}
    misspellings = Misspellings(prepared)
    for i in assignment.unknown():
        if i not in leaked and (near := misspellings.find(assignment.items[i].surface)):
            assignment.place_misspelt(i, near)
    spans = [_span(items[p.item], text, p, types) for p in assignment.placed]
    rejected = [_rejected(items[i], assignment, i, types, leaked) for i in assignment.unplaced()]
    return Grounded(tuple(sorted(spans, key=lambda span: span.order)), tuple(rejected))


_Types = Mapping[str, EntityType]


def _item(mention: Mention, types: _Types | None) -> Item:
    """What to look up; nothing when the schema has no such type."""
    wanted = types is None or mention.label in types
    return Item(mention.text.strip() if wanted else "", mention.label, mention.left)


def _is_example(mention: Mention, types: _Types) -> bool:
    said = folded_text(mention.text)
    return any(folded_text(example) == said for example in types[mention.label].examples)


def _span(mention: Mention, text: str, placed: Placed, types: _Types | None) -> Span:
    start, end = placed.place
    there = text[start:end]
    status = placed.status
    if status == "exact" and mention.text != there:  # it had blanks around it
        status = "normalised"
    entity = types[mention.label].instance(there, mention.fields) if types else None
    return Span(
        start,
        end,
        mention.label,
        there,
        mention.score,
        status,
        entity=entity,
        evidence=mention.evidence,
    )


def _rejected(
    mention: Mention, assignment: Assignment, i: int, types: _Types | None, leaked: set[int]
) -> Rejected:
    status: Status = "hallucinated"
    if types is not None and mention.label not in types:
        status, reason = "out_of_schema", f"the schema has no type {mention.label!r}"
    elif not mention.text.strip():
        reason = "the mention is empty"
    elif i in leaked:
        status = "example_leak"
        reason = f"not in the text, but one of the examples of {mention.label!r} in the schema"
    elif i in assignment.known:
        status = "duplicate"
        reason = f"listed as {mention.label!r} more often than the text has places for it"
    else:
        reason = "neither the mention nor anything close to it is in the text"
    return Rejected(mention.text, mention.label, status, reason)
