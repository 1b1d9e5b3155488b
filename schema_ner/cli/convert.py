"""``schema-ner convert``: annotated texts from one format to another."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from schema_ner import formats
from schema_ner.cli import guard, streams
from schema_ner.cli.inputs import STDIN
from schema_ner.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner.formats import Loss, Source

SHOWN = 20  # losses that are printed one by one

_In = Annotated[str, typer.Argument(metavar="IN", help="The file to read; - is stdin.")]
_Out = Annotated[str, typer.Argument(metavar="OUT", help="The file to write; - is stdout.")]
_From = Annotated[
    str | None, typer.Option("--from", metavar="FORMAT", help="Format of IN, against its ending.")
]
_To = Annotated[
    str | None, typer.Option("--to", metavar="FORMAT", help="Format of OUT, against its ending.")
]
_Column = Annotated[
    str | None, typer.Option("--column", metavar="NAME", help="The column of a CSV with the texts.")
]
_Allow = Annotated[
    bool, typer.Option("--allow-loss", help="Exit 0 even where OUT could not hold everything.")
]


def convert(  # noqa: PLR0913  # one parameter an option
    source: _In,
    target: _Out,
    *,
    from_: _From = None,
    to: _To = None,
    column: _Column = None,
    allow_loss: _Allow = False,
) -> int:
    """Convert annotated texts: jsonl, conll (2 columns), bio (tokens and tags), csv.

    What OUT cannot hold is told on stderr, and the exit code is 1 then.  Formats of tokens (conll,
    bio) keep neither scores nor the blanks between tokens.
    """
    with Progress("converting") as bar:
        documents = bar.over(formats.read(_input(source), from_, column=column))
        losses = formats.write(_output(target), documents, to)
        count = bar.done
    for loss in losses[:SHOWN]:
        streams.note(f"lost: {loss}")
    if len(losses) > SHOWN:
        streams.note(f"lost: {len(losses) - SHOWN} more")
    streams.note(_summary(count, target, losses))
    return guard.FAILED if losses and not allow_loss else guard.DONE


def _input(source: str) -> Source:
    return sys.stdin.buffer if source == STDIN else source


def _output(target: str) -> Source:
    return sys.stdout.buffer if target == STDIN else target


def _summary(count: int, target: str, losses: Sequence[Loss]) -> str:
    where = "stdout" if target == STDIN else target
    texts = "1 text" if count == 1 else f"{count:,} texts"
    lost = f"; {len(losses):,} losses" if len(losses) > 1 else "; 1 loss" if losses else ""
    return f"wrote {texts} to {where}{lost}"
