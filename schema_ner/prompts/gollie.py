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

Here: which lines there are.  Not here: how each of them looks (``source``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.prompts import source
from schema_ner.registry import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.registry import SchemaLike
    from schema_ner.schema import EntityType, Field

# in GoLLIE's own words: it was trained on ``List``; allowed values go where it looks for examples
_HINTS = {"str": "str", "int": "int", "bool": "bool", "list[str]": "List[str]", "choice": "str"}


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
