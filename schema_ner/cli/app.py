"""The commands, put together.

Each is a plain function in a module of its own that returns an exit code or nothing; it is imported
when the command line is built, and imports what is heavy only when it runs.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Annotated

import typer

import schema_ner
from schema_ner.cli import (
    benchmark,
    benchmark_compare,
    benchmark_run,
    calibrate,
    convert,
    doctor,
    extract,
    guard,
    prompt,
    propose,
    schemas,
    score,
    stats,
    streams,
    train,
    train_data,
    train_lora,
)
from schema_ner.cli.benchmark_group import Benchmarks
from schema_ner.cli.schemas_group import Schemas
from schema_ner.cli.usage import Command, TextCommand

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    name="schema-ner",
    help="Entities out of text by your own definition.",
    epilog='Start with:  schema-ner extract "Take two tablets of aspirin." --schema pii',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _guarded(command: Callable[..., int | None]) -> Callable[..., None]:
    """The command, ending in an exit code whatever happens."""

    @functools.wraps(command)  # typer reads the signature behind it
    def run(*args: object, **options: object) -> None:
        raise typer.Exit(guard.run(lambda: command(*args, **options)))

    return run


def _show_version(*, asked: bool) -> None:
    if asked:
        streams.say(f"schema-ner {schema_ner.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    del version


app.command("extract", cls=TextCommand)(_guarded(extract.extract))
_schemas = typer.Typer(
    cls=Schemas,
    help="List the ready-made schemas, show one: schema-ner schemas NAME; or draft one from texts.",
)
_schemas.command("show", cls=Command)(_guarded(schemas.schemas))
_schemas.command("propose", cls=Command)(_guarded(propose.propose))
app.add_typer(_schemas, name="schemas")
app.command("prompt", cls=TextCommand)(_guarded(prompt.prompt))
app.command("score", cls=Command)(_guarded(score.score))
app.command("stats", cls=Command)(_guarded(stats.stats))
app.command("convert", cls=Command)(_guarded(convert.convert))
app.command("calibrate", cls=Command)(_guarded(calibrate.calibrate))
app.command("doctor", cls=Command)(_guarded(doctor.doctor))
_benchmarks = typer.Typer(
    cls=Benchmarks,
    no_args_is_help=True,
    help="Measure a model on annotated texts: schema-ner benchmark NAME|FILE --out DIR.",
)
_benchmarks.command("run", cls=Command)(_guarded(benchmark_run.run))
_benchmarks.command("compare", cls=Command)(_guarded(benchmark_compare.compare))
_benchmarks.command("grounding", cls=Command)(_guarded(benchmark.grounding))
app.add_typer(_benchmarks, name="benchmark")
_trainings = typer.Typer(no_args_is_help=True, help="Train models on annotated texts.")
_trainings.command("builtin", cls=Command)(_guarded(train.builtin))
_trainings.command("lora", cls=Command)(_guarded(train_lora.lora))
_trainings.command("data", cls=Command)(_guarded(train_data.data))
app.add_typer(_trainings, name="train")
