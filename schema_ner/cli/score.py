"""``schema-ner score``: predictions against gold, under a named convention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from schema_ner import formats, scoring
from schema_ner.cli import streams, tables
from schema_ner.cli.inputs import decoded
from schema_ner.cli.progress import Progress
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner.scoring import Score
    from schema_ner.spans import Document

_Gold = Annotated[str, typer.Argument(metavar="GOLD", help="Annotated by people.")]
_Predicted = Annotated[str, typer.Argument(metavar="PRED", help="Annotated by a model.")]
_Convention = Annotated[
    str,
    typer.Option("--convention", metavar="|".join(scoring.names()), help="When a span is right."),
]
_Labels = Annotated[
    list[str] | None,
    typer.Option("--labels", metavar="A,B", help="Count only these types."),
]
_Exclude = Annotated[
    list[str] | None, typer.Option("--exclude", metavar="A,B", help="Count all types but these.")
]
_From = Annotated[
    str | None,
    typer.Option("--from", metavar="FORMAT", help="Format of both files, against their endings."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def score(  # noqa: PLR0913  # one parameter an option
    gold: _Gold,
    predicted: _Predicted,
    *,
    convention: _Convention = "strict",
    labels: _Labels = None,
    exclude: _Exclude = None,
    from_: _From = None,
    as_json: _Json = False,
) -> None:
    """Score predicted annotations against gold ones.

    Texts are matched by id where every one has its own, else by their order.
    """
    rule = scoring.find(convention)
    with Progress("reading") as bar:
        right = list(bar.over(formats.read(gold, from_)))
        said = list(bar.over(formats.read(predicted, from_)))
    said = _matched(right, said, gold, predicted)
    wanted = _wanted([*right, *said], _split(labels), _split(exclude))
    result = scoring.score([d.spans for d in right], [d.spans for d in said], convention, wanted)
    if as_json:
        texts = {"texts": len(right), "definition": rule.definition}
        streams.say_json(result.to_dict() | texts)
        return
    for line in tables.wrapped(f"{rule.name}: {rule.definition}", width=streams.width(), indent=""):
        streams.say(line)
    streams.say(f"\n{_table(result)}")


def _matched(
    gold: Sequence[Document], predicted: Sequence[Document], gold_name: str, name: str
) -> list[Document]:
    """The predictions in the order of gold, one for each text.

    Raises:
        InputError: texts are missing, or differ; the text says which is the first.
    """
    ids, other = [d.id for d in gold], [d.id for d in predicted]
    if None not in ids and None not in other and ids != other:
        by_id = _by_id(predicted, name)
        missing = [each for each in _by_id(gold, gold_name) if each not in by_id]
        extra = [each for each in by_id if each not in set(ids)]
        if missing or extra:
            raise InputError(_differing(missing, extra, gold_name, name))
        predicted = [by_id[str(each)] for each in ids]
    elif len(gold) != len(predicted):
        raise InputError(
            f"texts: {len(gold)} in {gold_name}, {len(predicted)} in {name}, and not every one has "
            "an id to match it by; give the same texts in the same order"
        )
    for number, (one, two) in enumerate(zip(gold, predicted, strict=True), 1):
        if one.text != two.text:
            raise InputError(_difference(one, two, number))
    return list(predicted)


def _by_id(documents: Sequence[Document], name: str) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for document in documents:
        if str(document.id) in found:
            raise InputError(f"{name} has the id {document.id!r} twice; ids must tell texts apart")
        found[str(document.id)] = document
    return found


def _differing(missing: Sequence[str], extra: Sequence[str], gold_name: str, name: str) -> str:
    if missing:
        many = f", as are {len(missing) - 1} more" if len(missing) > 1 else ""
        return f"the id {missing[0]!r} of {gold_name} is missing in {name}{many}"
    many = f", nor {len(extra) - 1} more" if len(extra) > 1 else ""
    return f"{name} has the id {extra[0]!r}, which {gold_name} has not{many}"


def _difference(one: Document, two: Document, number: int) -> str:
    """Where two texts that should be the same part."""
    name = f"text {number}" if one.id is None else f"the text with id {one.id!r}"
    both = zip(one.text, two.text, strict=False)
    at = next((i for i, (a, b) in enumerate(both) if a != b), min(len(one.text), len(two.text)))
    there, here = one.text[at : at + 20], two.text[at : at + 20]
    return (
        f"{name} differs at character {at}: gold has {there!r}, the prediction {here!r}; "
        "scores need the same texts on both sides"
    )


def _split(given: Sequence[str] | None) -> list[str] | None:
    """``--labels PER,LOC --labels "programming language"`` as a list."""
    if given is None:
        return None
    parts = [part.strip() for option in given for part in decoded(option).split(",")]
    return [part for part in parts if part]


def _wanted(
    documents: Sequence[Document], labels: list[str] | None, exclude: list[str] | None
) -> list[str] | None:
    """The types to count, ``None`` for all.

    Raises:
        InputError: a type that occurs nowhere is named, or none is left.
    """
    there = sorted({span.label for document in documents for span in document.spans})
    for option, named in (("--labels", labels), ("--exclude", exclude)):
        unknown = [label for label in named or () if label not in there]
        if unknown:
            known = ", ".join(there) or "none"
            raise InputError(f"{option} {unknown[0]}: no span has that type; there are: {known}")
    if labels is None and exclude is None:
        return None
    if labels == []:
        raise InputError("--labels names no type; write --labels A,B")
    left = [label for label in labels or there if label not in (exclude or ())]
    if not left and exclude:
        those = "--labels names" if labels else "there is"
        raise InputError(f"--exclude takes away every type that {those}; nothing would be counted")
    return left


def _table(result: Score) -> str:
    header = ("type", "precision", "recall", "f1", "gold", "predicted", "correct")
    rows = [
        (label, *_figures(t.precision, t.recall, t.f1), *_counts(t.support, t.predicted, t.correct))
        for label, t in result.per_type.items()
    ]
    counts = _counts(result.support, result.predicted, result.correct)
    macro = _figures(result.macro_precision, result.macro_recall, result.macro_f1)
    total = [
        ("micro", *_figures(result.precision, result.recall, result.f1), *counts),
        ("macro", *macro, "", "", ""),
        ("weighted", "", "", *_figures(result.weighted_f1), "", "", ""),
    ]
    lines = tables.table([header, *rows, *total], right=range(1, len(header))).split("\n")
    lines[-len(total) :] = [tables.rule(lines), *lines[-len(total) :]]
    return "\n".join(lines)


def _figures(*values: float) -> tuple[str, ...]:
    return tuple(f"{value:.4f}" for value in values)


def _counts(*values: float) -> tuple[str, ...]:
    return tuple(f"{value:,g}" if value != int(value) else f"{int(value):,}" for value in values)
