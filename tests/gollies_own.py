"""GoLLIE's own way to a prompt, for tests to compare with: jinja2, then black, then a cut.

Written from what is known of its notebooks (commit 164c611): the user's classes as their source
stands, ``repr`` of the text, ``black.Mode()`` with no arguments, everything up to ``result =``.
Like the original it fails where a guideline makes no source; here also where the cut is ambiguous.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import black
import jinja2

if TYPE_CHECKING:
    from schema_ner.schema import EntityType, Schema

CUT = "result ="
TEMPLATE = jinja2.Template(
    """\
# The following lines describe the task definition
{%- for definition in guidelines %}
{{ definition }}
{%- endfor %}

# This is the text to analyze
text = {{ text.__repr__() }}

# The annotation instances that take place in the text above are listed here
result = [
{%- for ann in annotations %}
    {{ ann }},
{%- endfor %}
]
"""
)
HINTS = {"str": "str", "int": "int", "bool": "bool", "list[str]": "List[str]", "choice": "str"}


def prompt(schema: Schema, text: str) -> str:
    """What GoLLIE would be asked.  Raises black.InvalidInput where that is no source."""
    filled = TEMPLATE.render(guidelines=map(written, schema), text=text, annotations=[])
    begin, _ = black.format_str(filled, mode=black.Mode()).split(CUT)
    return begin + CUT


def written(entity_type: EntityType) -> str:
    """The class as its user has it in a file, tidy but for what black is there for."""
    lines = ["@dataclass", f"class {entity_type.class_name}(Entity):"]
    if entity_type.guideline:
        lines += [f'    """{in_a_class(entity_type.guideline)}"""', ""]
    lines.append(f"    span: str{comment('Such as', entity_type.examples)}")
    lines += [
        f"    {field.name}: {HINTS[field.kind]}{comment('One of', field.choices)}"
        for field in entity_type.fields
    ]
    return "".join(f"{line}\n" for line in lines)


def in_a_class(guideline: str) -> str:
    """A guideline as somebody writes it behind three quotes: a backslash twice, lines indented.

    Where all lines but the first are indented the first has a line of its own, for
    ``inspect.cleandoc`` would not have left that indent otherwise.
    """
    first, *others = guideline.replace("\\", "\\\\").split("\n")
    indented = [f"    {line}" if line.strip() else "" for line in others]
    said = [line for line in others if line.strip()]
    if said and all(line[0].isspace() for line in said):
        return "\n".join(["", f"    {first}", *indented, "    "])
    return "\n".join([first, *indented])


def comment(lead: str, texts: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{text}"' for text in texts)
    return f"  # {lead}: {listed}" if texts else ""
