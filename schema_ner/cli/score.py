"""``schema-ner score``: predictions against gold, under one named convention or all.

Here: the options, and the order of things.  Not here: reading files (``aligned``), the types that
count (``counted``), finding out (``results``), showing scores (``scoreboard``) and mistakes
(``mistakes``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from schema_ner import scoring
from schema_ner.cli import (
    aligned,
    counted,
    doubts,
    mistakes,
    results,
    scoreboard,
    streams,
    tables,
    versus,
)
from schema_ner.cli.results import Draws
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.cli.results import Result
    from schema_ner.scoring.confusion import Confusion
    from schema_ner.scoring.errors import Errors

ALL = "all"
_FEW = 30  # texts; below, an interval is a guess

_Gold = Annotated[str, typer.Argument(metavar="GOLD", help="Annotated by people.")]
_Predicted = Annotated[str, typer.Argument(metavar="PRED", help="Annotated by a model.")]
_Second = Annotated[
    str | None, typer.Argument(metavar="PRED2", help="By another model, to compare the two.")
]
_Convention = Annotated[
    str,
    typer.Option(
        "--convention",
        metavar="NAME",
        help=f"When a span is right: {', '.join(scoring.names())}; or {ALL}.",
    ),
]
_Labels = Annotated[
    list[str] | None,
    typer.Option("--labels", metavar="A,B", help="Count only these types."),
]
_Exclude = Annotated[
    list[str] | None, typer.Option("--exclude", metavar="A,B", help="Count all types but these.")
]
_Interval = Annotated[bool, typer.Option("--interval", help="Also a 95 % interval, by bootstrap.")]
_Resamples = Annotated[
    int | None,
    typer.Option("--resamples", metavar="NUMBER", help=f"Samples to draw; {Draws().resamples:,}."),
]
_Seed = Annotated[
    int | None, typer.Option("--seed", metavar="NUMBER", help=f"Of the samples; {Draws().seed}.")
]
_Errors = Annotated[
    int | None,
    typer.Option("--errors", metavar="NUMBER", help="Also so many mistakes of each kind."),
]
_Confusion = Annotated[
    bool, typer.Option("--confusion", help="Also which type was predicted as which.")
]
_From = Annotated[
    str | None,
    typer.Option("--from", metavar="FORMAT", help="Format of the files, against their endings."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def score(  # noqa: PLR0913  # one parameter an option
    gold: _Gold,
    predicted: _Predicted,
    second: _Second = None,
    *,
    convention: _Convention = "strict",
    labels: _Labels = None,
    exclude: _Exclude = None,
    interval: _Interval = False,
    resamples: _Resamples = None,
    seed: _Seed = None,
    errors: _Errors = None,
    confusion: _Confusion = False,
    from_: _From = None,
    as_json: _Json = False,
) -> None:
    """Score predicted annotations against gold ones; of two models, whether they differ.

    Texts are matched by id where every one has its own, else by their order.
    """
    names = scoring.names() if convention == ALL else (scoring.find(convention).name,)
    draws = _draws(resamples, seed, wanted=interval or second is not None)
    if errors is not None and errors < 0:
        raise InputError(f"--errors is {errors}; it is how many mistakes to show, 0 or more")
    files = [predicted] if second is None else [predicted, second]
    everything = aligned.read(gold, files, from_)
    sides, types = counted.counted(everything, labels, exclude)
    for doubt in (
        *counted.remarks(types, everything.types()),
        *doubts.of_types(everything, sides, [gold, *files], types),
        *doubts.of_labels(sides, [gold, *files], types),
        *doubts.of_gold(sides.gold, gold, types),
    ):
        streams.note(f"warning: {doubt}")
    found = results.results(names, sides, types, draws)
    ranking = None if second is None else results.ranking(found, sides, types)
    wrong = [] if errors is None else results.errors(sides, types)
    confused = results.confusion(sides, types) if confusion else []
    if as_json:
        data = {
            "gold": gold,
            "predicted": files,
            "texts": len(sides.gold),
            **types.to_dict(),
            "conventions": {one.rule.name: one.to_dict(types) for one in found},
        }
        # the rest only where it was asked for
        if ranking is not None:
            data["ranking"] = ranking.to_dict()
        if errors is not None:
            data["errors"] = [one.to_dict(errors) for one in wrong]
        if confusion:
            data["confusion"] = [one.to_dict() for one in confused]
        streams.say_json(data)
        return
    streams.say(scoreboard.shown(found, files, types.lines()))
    for line in _details(len(files), wrong, confused, errors or 0):
        streams.say(line)
    few = draws is not None and len(sides.gold) < _FEW
    warning = None if ranking is None else ranking.warning(*files)
    for note in (*_notes(found), *([_about_few(len(sides.gold))] if few else [])):
        streams.note(f"note: {note}")
    if warning is not None:
        streams.note(f"warning: {warning}")


def _draws(resamples: int | None, seed: int | None, *, wanted: bool) -> Draws | None:
    """How samples are drawn, ``None`` where none are.

    Raises:
        InputError: an option says how, and none are drawn; or a number is out of range.
    """
    for option, value in (("--resamples", resamples), ("--seed", seed)):
        if value is not None and not wanted:
            raise InputError(
                f"{option} {value}: no samples are drawn; give --interval, or a second PRED"
            )
    if not wanted:
        return None
    from schema_ner.scoring import bootstrap  # noqa: PLC0415  # numpy: --help must not wait for it

    usual = Draws()
    draws = Draws(
        usual.resamples if resamples is None else resamples, usual.seed if seed is None else seed
    )
    bootstrap.check(resamples=draws.resamples, seed=draws.seed)  # before files are read
    return draws


def _details(
    systems: int, wrong: Sequence[Errors], confused: Sequence[Confusion], most: int
) -> Iterator[str]:
    """The lines on single mistakes, system by system."""
    for at, name in enumerate(versus.NAMES[:systems]):
        which = "" if systems == 1 else f" of {name}"
        if wrong:
            yield from ("", tables.bold(f"mistakes{which}"), "")
            yield from mistakes.errors(wrong[at], most)
        if confused:
            yield from ("", tables.bold(f"confusion{which}"), "")
            yield from mistakes.confusion(confused[at])


def _notes(found: Sequence[Result]) -> Iterator[str]:
    """What conventions could not take as it was; said once for all that say the same."""
    by_note: dict[str, list[str]] = {}
    for result in found:
        said = [score.notes for score in result.scores]
        for note in dict.fromkeys(note for notes in said for note in notes):
            all_say = all(note in notes for notes in said)
            which = "" if all_say else f"{versus.NAMES[0 if note in said[0] else 1]}: "
            by_note.setdefault(which + note, []).append(result.rule.name)
    for note, names in by_note.items():
        yield note if len(found) == 1 else f"{', '.join(names)}: {note}"


def _about_few(texts: int) -> str:
    return f"{texts} texts say little about others: with fewer than {_FEW}, an interval is a guess"
