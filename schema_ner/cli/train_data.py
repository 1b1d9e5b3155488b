"""``schema-ner train data``: annotated texts written out as instruction data.

Here: options, and what is said on the way.  Not here: the records (``schema_ner.instructions``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from schema_ner import formats
from schema_ner.cli import streams, targets
from schema_ner.cli.progress import Progress
from schema_ner.errors import InputError
from schema_ner.formats.rows import unheld

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from schema_ner.instructions import Account, Passage, Record
    from schema_ner.schema import Schema
    from schema_ner.spans import Document

FORMS = ("gollie", "uniner")
QUESTIONS = ("name", "guideline")

_Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="Annotated texts: .jsonl, .conll …")
]
_Schema = Annotated[
    str,
    typer.Option(
        "--schema",
        "-s",
        metavar="SCHEMA",
        help="The types to ask for: a ready-made name, file.py or file.json.",
    ),
]
_Form = Annotated[
    str, typer.Option("--form", metavar="|".join(FORMS), help="How the model is to be asked.")
]
_Out = Annotated[str, typer.Option("--out", metavar="FILE", help="The file to write, a .jsonl.")]
_From = Annotated[
    str | None,
    typer.Option("--from", metavar="FORMAT", help="Format of the files, against their endings."),
]
_MostCharacters = Annotated[
    int | None,
    typer.Option(
        "--most-characters", metavar="NUMBER", help="Cut longer texts into windows.", min=1
    ),
]
_Shuffle = Annotated[
    bool, typer.Option("--shuffle", help="gollie: types in a new order in each record.")
]
_Dropout = Annotated[
    float | None,
    typer.Option(
        "--dropout",
        metavar="SHARE",
        help="gollie: leave out each type this often, its mentions too.",
        min=0.0,
        max=1.0,
    ),
]
_Mask = Annotated[
    float | None,
    typer.Option(
        "--mask",
        metavar="SHARE",
        help="gollie: of the records, how many call their types LABEL_1, LABEL_2 …",
        min=0.0,
        max=1.0,
    ),
]
_Examples = Annotated[
    int | None,
    typer.Option(
        "--examples", metavar="NUMBER", help="gollie: draw so many examples of each type.", min=0
    ),
]
_Negatives = Annotated[
    int | None,
    typer.Option(
        "--negatives",
        metavar="NUMBER",
        help="uniner: ask for so many types without a mention in each record.",
        min=0,
    ),
]
_Questions = Annotated[
    str | None,
    typer.Option(
        "--questions", metavar="|".join(QUESTIONS), help="uniner: what a type is asked for by."
    ),
]
_Seed = Annotated[int, typer.Option("--seed", metavar="NUMBER", help="Of every draw.", min=0)]


def data(  # noqa: PLR0913  # one parameter an option
    files: _Files,
    *,
    schema: _Schema,
    form: _Form,
    out: _Out,
    from_: _From = None,
    most_characters: _MostCharacters = None,
    shuffle: _Shuffle = False,
    dropout: _Dropout = None,
    mask: _Mask = None,
    examples: _Examples = None,
    negatives: _Negatives = None,
    questions: _Questions = None,
    seed: _Seed = 0,
) -> None:
    """Write annotated texts as instruction data: prompts with their answers, for any trainer."""
    of_gollie = {
        "--shuffle": shuffle or None,
        "--dropout": dropout,
        "--mask": mask,
        "--examples": examples,
    }
    of_uniner = {"--negatives": negatives, "--questions": questions}
    _check(form, {"gollie": of_gollie, "uniner": of_uniner})
    if questions is not None and questions not in QUESTIONS:
        raise InputError(f"--questions {questions}: it is one of {', '.join(QUESTIONS)}")
    _check_files(files, schema, out)
    from schema_ner import instructions  # noqa: PLC0415  # --help must not wait for it
    from schema_ner.instructions import gollie, uniner  # noqa: PLC0415
    from schema_ner.registry import resolve  # noqa: PLC0415

    types = resolve(schema)
    account = instructions.Account()
    passages = _passages(files, from_, types, account, most_characters)
    if form == "gollie":
        _say_of_fields(types)
        records = gollie.records(
            passages,
            types,
            shuffle=shuffle,
            dropout=dropout or 0.0,
            mask=mask or 0.0,
            most_examples=examples,
            seed=seed,
        )
    else:
        records = uniner.records(
            passages,
            types,
            account,
            negatives=uniner.NEGATIVES if negatives is None else negatives,
            by="guideline" if questions == "guideline" else "name",
            seed=seed,
        )
    count = _written(out, records, len(passages), account)
    for note in account.notes():
        streams.note(f"note: {note}")
    streams.note(f"wrote {'1 record' if count == 1 else f'{count:,} records'} to {out}")


def _check(form: str, options: Mapping[str, Mapping[str, object]]) -> None:
    """Raise InputError for a form that there is not, or an option of another one."""
    if form not in FORMS:
        raise InputError(f"--form {form}: it is one of {', '.join(FORMS)}")
    for other, given in options.items():
        wrong = next((name for name, value in given.items() if value is not None), None)
        if other != form and wrong is not None:
            raise InputError(f"{wrong} is of --form {other}, and this is {form}; leave it out")


def _check_files(files: Sequence[str], schema: str, out: str) -> None:
    """Raise what would go wrong in the end."""
    twice = next((file for at, file in enumerate(files) if file in files[:at]), None)
    if twice is not None:
        raise InputError(f"{twice} is named twice; name each file once")
    targets.check("--out", out, (*files, schema, schema.rpartition(":")[0]))


def _passages(
    files: Sequence[str],
    format_: str | None,
    types: Schema,
    account: Account,
    most_characters: int | None,
) -> list[Passage]:
    from schema_ner.instructions import passages  # noqa: PLC0415  # --help must not wait for it

    lost: list[tuple[str, str]] = []
    with Progress("reading") as bar:
        documents = list(bar.over(_documents(files, format_, lost)))
        try:
            found = passages(documents, types, account, most_characters=most_characters)
        except InputError as err:
            if type(err) is not InputError:
                raise  # it names the file itself
            raise InputError(f"{', '.join(files)}: {err}") from err
    if lost:
        what, why = lost[0]
        said = f"annotations that are no spans are in no answer: {len(lost):,}"
        streams.note(f"note: {said}, such as {what}: {why}")
    return found


def _documents(
    files: Iterable[str], format_: str | None, lost: list[tuple[str, str]]
) -> Iterator[Document]:
    for file in files:
        for document in formats.read(file, format_):
            lost.extend(unheld(document))
            yield document


def _say_of_fields(types: Schema) -> None:
    if names := [each.label for each in types if each.fields]:
        streams.note(
            f"note: extra fields are not asked for (those of {', '.join(names)}): files of "
            "annotations do not hold their values"
        )


def _written(out: str, records: Iterable[Record], total: int, account: Account) -> int:
    """How many records were written.

    Raises:
        InputError: there is none; then no file is written.
    """
    from schema_ner import instructions  # noqa: PLC0415  # --help must not wait for it

    with Progress("writing", total) as bar:
        return instructions.write(out, _some(bar.over(records), account))


def _some(records: Iterable[Record], account: Account) -> Iterator[Record]:
    """The records; an error where there are none."""
    is_empty = True
    for record in records:
        is_empty = False
        yield record
    if is_empty:
        raise InputError(f"there is nothing to write: {'; '.join(account.notes())}")
