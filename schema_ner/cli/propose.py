"""``schema-ner schemas propose``: a draft of a schema from texts, by a language model.

Here: options, the table, the files.  Not here: asking and merging (``schema_ner.proposing``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from schema_ner import formats
from schema_ner.cli import guard, streams, tables, targets
from schema_ner.cli.inputs import Inputs
from schema_ner.cli.progress import Progress
from schema_ner.errors import InputError
from schema_ner.formats.files import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.engines.completing import Completes
    from schema_ner.proposing import Draft, Proposal
    from schema_ner.spans import Document

SHOWN = 20  # losses that are printed one by one

_File = Annotated[
    str,
    typer.Argument(metavar="FILE", help="Texts: .txt, .jsonl, .csv, .conll …; - is stdin."),
]
_Model = Annotated[
    str | None,
    typer.Option(
        "--model", "-m", metavar="NAME", help="The language model to ask: a folder, org/name."
    ),
]
_Samples = Annotated[
    str,
    typer.Option("--samples", metavar="test|N|full", help="10 texts, the first N, or all of them."),
]
_Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="NUMBER", help="Draw the texts at random, not the first ones."),
]
_Least = Annotated[
    int,
    typer.Option(
        "--least", metavar="COUNT", help="Leave out types that are found less often.", min=1
    ),
]
_Out = Annotated[
    str | None, typer.Option("--out", metavar="FILE", help="Write the schema, a .json.")
]
_Annotations = Annotated[
    str | None,
    typer.Option("--annotations", metavar="FILE", help="Write the texts, annotated with it."),
]
_From = Annotated[
    str | None,
    typer.Option("--from", metavar="FORMAT", help="Format of the texts, against their ending."),
]
_Column = Annotated[
    str | None, typer.Option("--column", metavar="NAME", help="The column of a CSV with the texts.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print the draft as one JSON object.")]


def propose(  # noqa: PLR0913  # one parameter an option
    file: _File,
    *,
    model: _Model = None,
    samples: _Samples = "full",
    seed: _Seed = None,
    least: _Least = 2,
    out: _Out = None,
    annotations: _Annotations = None,
    from_: _From = None,
    column: _Column = None,
    as_json: _Json = False,
) -> int:
    """Draft a schema: a language model names what stands in texts, and near-equal names are merged.

    The draft has types with examples; their guidelines are yours to write.  Exit code 1 where a
    text failed.
    """
    _check(file, out, annotations)
    engine, texts = _prepared(file, model, samples, seed, from_, column)
    from schema_ner.proposing import draft, read  # noqa: PLC0415  # --help must not wait for it

    with Progress("reading", len(texts)) as bar:
        found = draft(bar.over(read(texts, engine)), least=least, model=engine.name)
    if as_json:
        streams.say_json(found.to_dict())
    elif found.proposals:
        streams.say(_table(found.proposals))
    streams.flush()  # before the notes, where both go to one place
    for document, reason in found.failed:
        streams.error(f"{document.id}: {reason}")
    for note in _notes(found, least):
        streams.note(f"note: {note}")
    if out is not None:
        with replacing(out) as stream:
            stream.write(f"{found.to_schema().to_json(indent=2)}\n".encode())
        streams.note(f"wrote {_counted(len(found.proposals), 'type')} to {out}")
    if annotations is not None:
        _write(annotations, found.documents)
    return guard.FAILED if found.failed else guard.DONE


def _check(file: str, out: str | None, annotations: str | None) -> None:
    """Raise what would go wrong in the end."""
    if out is not None:
        targets.check("--out", out, [file])
        if not out.endswith(".json"):
            raise InputError(f"--out {out}: the schema is JSON; name a file that ends in .json")
    if annotations is not None:
        targets.check("--annotations", annotations, [file])
        if not formats.detect(annotations).is_writable:
            raise InputError(
                f"--annotations {annotations}: that format holds no annotations; name a .jsonl"
            )
    if out is not None and out == annotations:
        raise InputError(f"--out and --annotations both name {out}; name two files")


def _prepared(  # noqa: PLR0913, PLR0917  # the options that are about it
    file: str,
    model: str | None,
    samples: str,
    seed: int | None,
    from_: str | None,
    column: str | None,
) -> tuple[Completes, Sequence[Document]]:
    """The model and the texts; what costs little to check is checked first."""
    if model is None:
        raise InputError("no model given; add --model, a language model: a folder, or org/name")
    from schema_ner.benchmark import samples as taking  # noqa: PLC0415  # --help must not wait
    from schema_ner.proposing import engine_of  # noqa: PLC0415

    taking.number_of(samples)
    if model == "builtin":
        engine_of(model)  # which says why not
    inputs = Inputs.of((), [file], from_, column)
    with Progress("reading the file"):
        documents = [document for _, document in inputs]
    try:
        texts = taking.chosen(documents, samples, seed)
    except InputError as err:
        raise InputError(f"{file}: {err}") from err
    with Progress("loading the model", 1):
        return engine_of(model), texts


def _table(proposals: Sequence[Proposal]) -> str:
    header = ("type", "mentions", "texts", "also spelt", "examples")
    rows = [
        (
            one.name,
            f"{one.count:,}",
            f"{one.texts:,}",
            ", ".join(f"{name} {n}" for name, n in one.spelt.items() if name != one.name),
            ", ".join(one.examples),
        )
        for one in proposals
    ]
    return tables.table([header, *rows], right={1, 2}, width=streams.width())


def _notes(found: Draft, least: int) -> Iterator[str]:
    """What is not in the table."""
    if not found.proposals:
        yield f"no type was found {_counted(least, 'time')}"
    if found.rare:
        mentions = sum(one.count for one in found.rare)
        yield (
            f"left out, found fewer than {_counted(least, 'time')}: "
            f"{_counted(len(found.rare), 'type')} with {_counted(mentions, 'mention')}; "
            "--least 1 keeps them"
        )
    if rejected := found.to_dict()["rejected"]:
        said = ", ".join(f"{status} {count:,}" for status, count in rejected.items())
        yield f"what the model said and is no mention: {said}"


def _write(path: str, documents: Sequence[Document]) -> None:
    losses = [loss for loss in formats.write(path, documents) if not loss.is_slight]
    for loss in losses[:SHOWN]:
        streams.note(f"lost: {loss}")
    if len(losses) > SHOWN:
        streams.note(f"lost: {len(losses) - SHOWN} more")
    streams.note(f"wrote {_counted(len(documents), 'text')} to {path}")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
