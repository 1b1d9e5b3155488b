"""``schema-ner benchmark grounding``: what a faultless model would lose on a user's own data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from schema_ner import formats
from schema_ner.cli import streams
from schema_ner.cli.progress import Progress
from schema_ner.errors import InputError

_File = Annotated[str, typer.Argument(metavar="FILE", help="Annotated texts: .jsonl, .conll …")]
_From = Annotated[
    str | None, typer.Option("--from", metavar="FORMAT", help="Format of FILE, against its ending.")
]
_Seed = Annotated[int, typer.Option("--seed", metavar="NUMBER", help="Of shuffles and slips.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def grounding(file: _File, *, from_: _From = None, seed: _Seed = 0, as_json: _Json = False) -> None:
    """How much a faultless model would lose in grounding, on annotated texts."""
    from schema_ner.benchmark import grounding as measuring  # noqa: PLC0415  # it is heavy

    documents = list(formats.read(file, from_))
    if not any(document.spans for document in documents):
        raise InputError(f"{file} holds no annotations; grounding is measured on annotated texts")
    with Progress("grounding"):
        report = measuring.measure(documents, seed=seed)
    if as_json:
        streams.say_json(asdict(report))
    else:
        streams.say(measuring.table(report))
