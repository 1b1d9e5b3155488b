"""``schema-ner schemas show``: the ready-made schemas, or one schema with its guidelines."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated

import typer

from schema_ner.cli import streams, tables
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.schema import EntityType, Schema

# a line end inside a sentence, where no list goes on
_MID_SENTENCE = re.compile(r"(?<=[^\s.:;!?。])\n(?=[^\s*•-])")

_Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SCHEMA]",
        help="A ready-made name, file.py, file.py:Name or file.json.",
        show_default=False,
    ),
]
_Json = Annotated[
    bool, typer.Option("--json", help="Print JSON; of one schema, as --schema reads it.")
]


def schemas(words: _Words = None, *, as_json: _Json = False) -> None:
    """List the ready-made schemas, or show one with its guidelines."""
    from schema_ner import registry, validators  # noqa: PLC0415  # --help must not wait for it

    name = _name(words or [])
    if name is not None:
        schema = registry.resolve(name)
        for entity_type in schema:
            if entity_type.validator is not None:
                validators.get(entity_type.validator)  # an unknown one is said here as well
        if as_json:
            streams.say_json(json.loads(schema.to_json()), indent=2)
        else:
            streams.say("\n".join(_page(schema, streams.width())))
        return
    found = [registry.resolve(each) for each in registry.names()]
    if as_json:
        streams.say_json([_summary(schema) for schema in found], indent=2)
        return
    rows = [(s.name, str(len(s)), ", ".join(s.labels)) for s in found]
    streams.say(
        tables.table([("schema", "types", "labels"), *rows], right={1}, width=streams.width())
    )
    if streams.width() is not None:
        streams.note("\n`schema-ner schemas NAME` shows the guidelines of one.")


def _name(words: list[str]) -> str | None:
    """The schema asked for, ``None`` for all of them."""
    if len(words) > 1:
        raise InputError(f"one schema at a time; got {' '.join(words)}")
    return words[0] if words else None


def _summary(schema: Schema) -> dict[str, object]:
    return {"name": schema.name, "labels": list(schema.labels), "hash": schema.hash}


def _page(schema: Schema, width: int | None) -> Iterator[str]:
    types = "1 type" if len(schema) == 1 else f"{len(schema)} types"
    yield tables.bold(f"{schema.name}: {types}") + tables.dim(f"  hash {schema.hash}")
    for entity_type in schema:
        yield ""
        yield from _type(entity_type, width)


def _type(entity_type: EntityType, width: int | None) -> Iterator[str]:
    yield tables.bold(entity_type.label)
    guideline = entity_type.guideline or "(no guideline: the name is all a model is told)"
    if width is not None:  # wrapped anew, so its lines need not end where they do in the file
        guideline = _MID_SENTENCE.sub(" ", guideline)
    yield from tables.wrapped(guideline, width=width)
    for said, value in _facts(entity_type):
        yield from tables.wrapped(f"{said}: {value}", width=width)


def _facts(entity_type: EntityType) -> Iterator[tuple[str, str]]:
    if entity_type.examples:
        yield "Examples", ", ".join(entity_type.examples)
    for field in entity_type.fields:
        choices = f", one of {', '.join(field.choices)}" if field.choices else ""
        yield f"Field {field.name}", f"{field.kind}{choices}"
    if entity_type.validator is not None:
        yield "Checked by", f"the validator {entity_type.validator}"
    if entity_type.threshold is not None:
        yield "Threshold", f"{entity_type.threshold:g}"
    if entity_type.dataset_label not in (None, entity_type.label):
        yield "In the data set", str(entity_type.dataset_label)
