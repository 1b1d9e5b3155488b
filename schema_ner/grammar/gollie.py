r"""The grammar of GoLLIE's answers about one text.

     [
        Drug(span="aspirin", route=None),
        Dose(span="two tablets"),
    ]

Types and their fields are the schema's; what stands in quotes, allowed values apart, is a stretch
of the text, written as the prompt shows it.  A field that the text says nothing of is ``None``.

Here: the form.  Not here: what a stretch of the text is (``chunks``), the prompt and an answer that
is known (``prompts.gollie``), reading an answer (``parsing``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from schema_ner.grammar.chunks import chunks
from schema_ner.grammar.escaping import in_python, shown_in_python
from schema_ner.grammar.lark import lark, most_items, string, substring
from schema_ner.prompts.gollie import MOST_DIGITS, MOST_LISTED
from schema_ner.prompts.source import INDENT, literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.grammar.escaping import Quote
    from schema_ner.schema import EntityType, Field, Schema

Lead = Literal["blank", "any"]

_OPENING = "[\n"


def grammar(
    schema: Schema, text: str, *, max_items: int | None = None, lead: Lead = "blank"
) -> str:
    """What may be answered, in llguidance's dialect of Lark.

    Args:
        schema: the types that were asked for.
        text: the text that was asked about.
        max_items: the most that the list may hold; ``None`` for one an unit of the text that is no
            blank, at least 8 and at most 256.
        lead: ``blank`` where the answer begins with a blank, as behind ``result =``; ``any`` where
            it may be missing, as in a turn of a chat.

    With llguidance's own limits, texts of up to some 20,000 words go through.

    Raises:
        InputError: ``max_items`` is below 1.
    """
    units = chunks(text)
    most = most_items(units, max_items)
    lists = _either(lead, "[]")
    if not text.strip():
        return lark([f"start: {lists}"])
    quotes: list[tuple[str, Quote]] = [("DOUBLE", '"')]
    if '"' in text:  # then fewer escapes may be needed in single quotes
        quotes.append(("SINGLE", "'"))
    lines = [
        f"start: {lists} | ({_either(lead, _OPENING)}) item{{1,{most}}} {string(']')}",
        f"item: {' | '.join(f'type_{at}' for at, _ in enumerate(schema))}",
        *(f"type_{at}: {' '.join(_call(each))}" for at, each in enumerate(schema)),
        f"span: {' | '.join(name for name, _ in quotes)}",
    ]
    if any(field.kind == "int" for each in schema for field in each.fields):
        lines.append(rf"INT: /0|-?[1-9][0-9]{{0,{MOST_DIGITS - 1}}}/")
    for name, quote in quotes:
        lines.append(f"{name}: {string(quote)} {name}_SPAN {string(quote)}")
        written = [shown_in_python(unit, quote) for unit in units]
        blanks = {in_python(char, quote) for char in text if char.isspace()} - {" "}
        lines.extend(substring(f"{name}_SPAN", written, blanks))
    return lark(lines)


def _either(lead: Lead, opening: str) -> str:
    with_blank = string(f" {opening}")
    return with_blank if lead == "blank" else f"{with_blank} | {string(opening)}"


def _call(entity_type: EntityType) -> Iterator[str]:
    yield string(f"{INDENT}{entity_type.class_name}(span=")
    yield "span"
    for field in entity_type.fields:
        yield string(f", {field.name}=")
        yield f"({' | '.join([string('None'), *_values(field)])})"
    yield string("),\n")


def _values(field: Field) -> Iterator[str]:
    match field.kind:
        case "str":
            yield "span"
        case "int":
            yield "INT"
        case "bool":
            yield from map(string, ("True", "False"))
        case "choice":
            yield from (string(literal(choice)) for choice in field.choices)
        case "list[str]":
            yield string("[]")
            more = f"({string(', ')} span){{0,{MOST_LISTED - 1}}}"
            yield f"{string('[')} span {more} {string(']')}"
