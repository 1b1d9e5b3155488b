"""``schema-ner benchmark run``: a model on annotated texts, into a folder with everything about it.

Here: options, the bar, the table at the end.  Not here: the run (``schema_ner.benchmark``).
"""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schema_ner.cli import figures, guard, streams, tables
from schema_ner.cli.inputs import decoded
from schema_ner.cli.progress import Progress
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schema_ner.benchmark.run import Run
    from schema_ner.benchmark.running import Plan
    from schema_ner.benchmark.samples import Taken
    from schema_ner.benchmark.sets import Source
    from schema_ner.benchmark.tally import Tally
    from schema_ner.schema import Schema

_SHOWN = 8  # types in a message

_Given = Annotated[
    str,
    typer.Argument(
        metavar="NAME|FILE", help="A data set, such as klue; or annotated texts of your own."
    ),
]
_Out = Annotated[
    str,
    typer.Option(
        "--out", metavar="DIR", help="Where everything goes; a run that stopped there goes on."
    ),
]
_Schema = Annotated[
    str | None,
    typer.Option(
        "--schema",
        "-s",
        metavar="SCHEMA",
        help="What to look for; of a data set, its own where none is given.",
    ),
]
_Data = Annotated[
    str | None, typer.Option("--data", metavar="FILE", help="The texts of the data set NAME.")
]
_From = Annotated[
    str | None,
    typer.Option("--from", metavar="FORMAT", help="Format of the texts, against their ending."),
]
_Model = Annotated[str, typer.Option("--model", "-m", metavar="NAME", help="What reads the texts.")]
_Samples = Annotated[
    str,
    typer.Option("--samples", metavar="test|N|full", help="10 texts, the first N, or all of them."),
]
_Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="NUMBER", help="Draw the texts at random, not the first ones."),
]
_Temperature = Annotated[
    float | None, typer.Option("--temperature", metavar="NUMBER", help="Of a model that writes.")
]
_MaxTokens = Annotated[
    int | None, typer.Option("--max-tokens", metavar="NUMBER", help="The most it may write a text.")
]
_Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="A,B", help="Leave these types out of what is counted."),
]
_Resamples = Annotated[
    int, typer.Option("--resamples", metavar="NUMBER", help="Samples for intervals; 0 for none.")
]
_NoPredictions = Annotated[
    bool,
    typer.Option("--no-save-predictions", help="Leave predictions.jsonl and .csv out of DIR."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print metrics.json as one line.")]


def run(  # noqa: PLR0913  # one parameter an option
    given: _Given,
    *,
    out: _Out,
    schema: _Schema = None,
    data: _Data = None,
    from_: _From = None,
    model: _Model = "builtin",
    samples: _Samples = "full",
    seed: _Seed = None,
    temperature: _Temperature = None,
    max_tokens: _MaxTokens = None,
    exclude: _Exclude = None,
    resamples: _Resamples = 1_000,
    no_save_predictions: _NoPredictions = False,
    as_json: _Json = False,
) -> int:
    """Measure a model on annotated texts, and leave figures, predictions and a report in DIR.

    Stop it when you like: the same command goes on where it was.  Exit code 1 where a text failed.
    """
    _check_out(out)
    from schema_ner.benchmark import metrics, models, running, sets  # noqa: PLC0415  # heavy
    from schema_ner.benchmark import samples as taking  # noqa: PLC0415
    from schema_ner.registry import resolve  # noqa: PLC0415

    draws = metrics.draws(resamples, seed)
    source = sets.find(given, data, from_)
    types = resolve(_schema_of(source, schema))
    with Progress("reading"):
        texts = taking.take(
            source, types, samples=samples, seed=seed, exclude=_names(exclude or ())
        )
    _note_unannotated(texts, types, taking.unannotated(texts.documents, types))
    with Progress("loading the model", 1):
        found = models.find(model, temperature=temperature, max_tokens=max_tokens)
    for note in found.notes:
        streams.note(f"note: {note}")
    asked = {
        "temperature": temperature,
        "max_tokens": max_tokens,
        "command": shlex.join(["schema-ner", *sys.argv[1:]]),
    }
    plan = running.Plan(texts=texts, schema=types, model=found, draws=draws, asked=asked)
    done = _watched(plan, out, save_predictions=not no_save_predictions)
    failed: Sequence[str] = done.metrics["failed"]
    if as_json:
        streams.say_json(done.metrics)
    else:
        streams.say("\n".join(_lines(done)))
    streams.flush()  # before the notes, where both go to one place
    if failed:
        streams.note(
            f"note: {len(failed)} texts failed, see {os.path.join(out, 'errors.log')}; "  # noqa: PTH118  # as it was given
            "the same command tries them again"
        )
    streams.note(f"wrote {os.path.join(out, 'report.html')}")  # noqa: PTH118  # likewise
    return guard.FAILED if failed else guard.DONE


class _Bar:
    """What is shown while a run goes on."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar

    def text(self, tally: Tally) -> None:
        """One text more is finished."""
        self._bar.advance()
        self._bar.say(str(tally))

    def step(self, what: str) -> None:
        """The texts are finished, and this is done now."""
        self._bar.say(what)


def _watched(plan: Plan, out: str, *, save_predictions: bool) -> Run:
    from schema_ner.benchmark import running  # noqa: PLC0415  # heavy

    try:
        with Progress("extracting", len(plan.texts.documents)) as bar:
            return running.run(plan, out, save_predictions=save_predictions, watch=_Bar(bar))
    except KeyboardInterrupt:
        streams.note(f"stopped; the same command goes on from what is in {out}")
        raise


def _check_out(out: str) -> None:
    """Raise what would go wrong in the end."""
    if out.startswith("-") or not out:
        raise InputError(f"--out takes the name of a folder, and got {out!r}; write --out DIR")
    # os.path and not Path: an odd name is no error there
    if os.path.exists(out) and not os.path.isdir(out):  # noqa: PTH110, PTH112
        raise InputError(f"--out {out} is a file; name a folder, which may be new")


def _schema_of(source: Source, asked: str | None) -> str:
    if asked is not None:
        return asked
    if source.schema is None:
        raise InputError(
            f"no schema given for {source.file}; add --schema NAME (`schema-ner schemas` lists the "
            "ready-made ones), or --schema file.py, or --schema file.json"
        )
    return source.schema


def _names(given: Sequence[str]) -> list[str]:
    """``--exclude a,b --exclude c`` as a list."""
    parts = (part.strip() for one in given for part in decoded(one).split(","))
    return [part for part in parts if part]


def _note_unannotated(texts: Taken, schema: Schema, types: Sequence[str]) -> None:
    left = [label for label in types if label not in texts.left_out]
    if not left:
        return
    named = ", ".join(left[:_SHOWN]) + (" …" if len(left) > _SHOWN else "")
    streams.note(
        f"note: of {len(schema)} types, {len(left)} are annotated in none of the texts, and what "
        f"is found of them counts as wrong: {named}; --exclude leaves types out"
    )


def _lines(done: Run) -> Iterator[str]:
    """What stands on the terminal when all is done."""
    settings, metrics = done.settings, done.metrics
    yield (
        f"{settings['name']}: {metrics['total_samples']:,} texts, {settings['model']}, "
        f"schema {settings['schema']}"
    )
    yield ""
    header = ("type", "precision", "recall", "f1", "gold", "predicted", "correct")
    strict = metrics["conventions"]["strict"]
    rows = [_row(label, one) for label, one in metrics["per_type"].items()]
    yield from figures.with_total(header, rows, [_row("strict, micro", strict)])
    yield ""
    rows = list(_by_convention(metrics["conventions"]))
    yield tables.table([("convention", "headline", "", "95 %"), *rows], right={2})


def _row(name: str, one: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        name,
        *figures.ratios(one["precision"], one["recall"], one["f1"]),
        *figures.counts(one["support"], one["predicted"], one["correct"]),
    )


def _by_convention(conventions: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, one in conventions.items():
        if "error" in one:
            yield (name, one["error"], "", "")
            continue
        for at, (figure, value) in enumerate(one["headline"].items()):
            drawn = one.get("intervals", {}).get(figure)
            span = f"{drawn['low']:.4f} to {drawn['high']:.4f}" if drawn else ""
            shown = f"{one['average']} f1" if figure == "f1" else figure
            yield (name if at == 0 else "", shown, *figures.ratios(value), span)
