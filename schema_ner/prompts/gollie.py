"""GoLLIE's prompt: types as Python classes, guidelines as docstrings, the text as a string.

    # The following lines describe the task definition
    @dataclass
    class Drug(Entity):
        (its guideline, as a docstring)

        span: str  # Such as: "aspirin", "Humira"


    # This is the text to analyze
    text = "Take two tablets of aspirin."

    # The annotation instances that take place in the text above are listed here
    result =

To the byte what GoLLIE's notebooks make of the same classes (Sainz et al., arXiv:2310.03668; commit
164c611, black 23.9.1), where those work; a prompt is Python source for every schema and text.

Here: which lines there are, and the answer where it is known.  Not here: how each of them looks
(``source``), what else may be answered (``grammar.gollie``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.errors import InputError, SchemaError
from schema_ner.prompts import source
from schema_ner.registry import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.mentions import Mention
    from schema_ner.registry import SchemaLike
    from schema_ner.schema import EntityType, Field

# in GoLLIE's own words: it was trained on ``List``; allowed values go where it looks for examples
_HINTS = {"str": "str", "int": "int", "bool": "bool", "list[str]": "List[str]", "choice": "str"}

MOST_DIGITS = 18  # of an int in an answer; ``parsing`` reads no more
MOST_LISTED = 32  # texts in one ``list[str]`` of an answer
_WANTED = {
    "str": "a text",
    "int": f"an int of at most {MOST_DIGITS} digits",
    "bool": "a bool",
    "list[str]": f"a list of at most {MOST_LISTED} texts",
    "choice": "one of its choices",
}


def render(schema: SchemaLike, text: str) -> str:
    """The prompt that asks for all types at once.  It ends in ``result =``, without a line end.

    Types, examples and fields stand in the order of the schema.  What would break the source, and
    special tokens of any model, are escaped as Python does; see ``source``.

    Raises:
        SchemaError: the schema cannot be used as it is.
    """
    classes = "\n\n\n".join("\n".join(_class(entity_type)) for entity_type in resolve(schema))
    return (
        f"# The following lines describe the task definition\n{classes}\n\n\n"
        f"# This is the text to analyze\n{source.assigned('text', source.literal(text))}\n\n"
        "# The annotation instances that take place in the text above are listed here\nresult ="
    )


def _class(entity_type: EntityType) -> Iterator[str]:
    yield "@dataclass"
    yield source.class_line(entity_type.class_name, "Entity")
    if guideline := source.docstring(entity_type.guideline):
        yield guideline
        yield ""
    yield source.field_line("span", "str", _listed("Such as", entity_type.examples))
    yield from map(_field, entity_type.fields)


def _field(field: Field) -> str:
    return source.field_line(field.name, _HINTS[field.kind], _listed("One of", field.choices))


def _listed(lead: str, texts: tuple[str, ...]) -> str:
    return f"{lead}: {', '.join(map(source.quoted, texts))}" if texts else ""


def answer(schema: SchemaLike, mentions: Sequence[Mention]) -> str:
    """The answer that lists these mentions, as the model is to write it behind ``result =``.

    One mention a line, in the order given; fields in the order of the schema, ``None`` for those
    that are missing or blank.  Blanks around a mention or a text of a field are left out.

    Raises:
        SchemaError: a mention is of a type, or has a field, that the schema does not have.
        InputError: a mention is blank, or the value of a field is not of the field's kind.
    """
    types = {entity_type.label: entity_type for entity_type in resolve(schema)}
    lines = [f"{source.INDENT}{_call(mention, types)},\n" for mention in mentions]
    return f" [\n{''.join(lines)}]" if lines else " []"


def _call(mention: Mention, types: dict[str, EntityType]) -> str:
    entity_type = types.get(mention.label)
    if entity_type is None:
        raise SchemaError(f"the schema has no type {mention.label!r}; it has {sorted(types)}")
    if not mention.text.strip():
        raise InputError(f"a mention of {mention.label!r} is blank; leave it out")
    names = [field.name for field in entity_type.fields]
    if unknown := sorted(mention.fields.keys() - set(names)):
        raise SchemaError(f"{mention.label!r} has no field {unknown[0]!r}; its fields are {names}")
    written = [f"span={source.literal(mention.text.strip())}"]
    for field in entity_type.fields:
        value = mention.fields.get(field.name)
        said = "None" if value is None else _value(value, field)
        if said is None:
            where = f"{mention.label!r}: the field {field.name!r}"
            raise InputError(f"{where} holds {_WANTED[field.kind]} or None, not {repr(value)[:80]}")
        written.append(f"{field.name}={said}")
    return f"{entity_type.class_name}({', '.join(written)})"


def _value(value: object, field: Field) -> str | None:
    """A value of a field as Python writes it; ``None`` where it is of another kind."""
    said = None
    match field.kind, value:
        case "str", str():
            said = source.literal(value.strip()) if value.strip() else "None"
        case "choice", str() if value in field.choices:
            said = source.literal(value)
        case "bool", bool():
            said = str(value)
        case "int", int() if not isinstance(value, bool) and abs(value) < 10**MOST_DIGITS:
            said = str(value)
        case "list[str]", [*parts] if len(parts) <= MOST_LISTED:
            texts = [part.strip() for part in parts if isinstance(part, str)]
            if len(texts) == len(parts):
                said = f"[{', '.join(source.literal(text) for text in texts if text)}]"
    return said
