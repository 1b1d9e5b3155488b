"""``schema-ner calibrate``: scores that can be read as probabilities, fitted on annotated texts.

Here: options, the table, the files.  Not here: fitting and measuring (``calibration``,
``benchmark.calibrating``).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schema_ner import formats
from schema_ner.cli import streams, tables, targets
from schema_ner.cli.progress import Progress
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.benchmark.calibrating import Figures, Read, Report

_File = Annotated[str, typer.Argument(metavar="FILE", help="Annotated texts: .jsonl, .conll …")]
_Schema = Annotated[
    str,
    typer.Option(
        "--schema",
        "-s",
        metavar="SCHEMA",
        help="What the texts are annotated with: a ready-made name, file.py or file.json.",
    ),
]
_Out = Annotated[str, typer.Option("--out", metavar="PATH", help="Where the calibration goes.")]
_From = Annotated[
    str | None, typer.Option("--from", metavar="FORMAT", help="Format of FILE, against its ending.")
]
_Model = Annotated[
    str, typer.Option("--model", "-m", metavar="NAME", help="Whose scores; a name, or a folder.")
]
_Plot = Annotated[
    str | None,
    typer.Option("--plot", metavar="PATH", help="Also draw a reliability diagram, a .png."),
]
_Seed = Annotated[int, typer.Option("--seed", metavar="NUMBER", help="Of the parts of the texts.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def calibrate(  # noqa: PLR0913  # one parameter an option
    file: _File,
    *,
    schema: _Schema,
    out: _Out,
    from_: _From = None,
    model: _Model = "builtin",
    plot: _Plot = None,
    seed: _Seed = 0,
    as_json: _Json = False,
) -> None:
    """Fit a model's scores, and a threshold for each type, to annotated texts.

    What is printed is measured on texts that were left out of the fit; the file is fitted on all.
    """
    _check_targets(file, schema, out, plot)
    from schema_ner.benchmark import calibrating  # noqa: PLC0415  # --help must not wait for it
    from schema_ner.engines.select import engine_for  # noqa: PLC0415
    from schema_ner.registry import resolve  # noqa: PLC0415

    types = resolve(schema)
    with Progress("reading") as bar:
        documents = list(bar.over(formats.read(file, from_)))
    try:
        documents = calibrating.relabelled(documents, types)
        engine = engine_for(model)
        with Progress("extracting", len(documents)) as bar:
            read = _sound(bar.over(calibrating.readings(documents, types, engine)))
        with Progress("fitting"):
            report = calibrating.measure(read, types, engine, seed=seed)
    except InputError as err:
        raise InputError(f"{file}: {err}") from err
    report.calibration.save(out)
    if plot is not None:
        _draw(report, plot)
    if as_json:
        streams.say_json(_as_dict(report))
    else:
        streams.say("\n".join(_lines(report)))
    streams.flush()  # before the notes, where both go to one place
    if report.after.f1 <= report.before.f1:
        streams.note(
            "note: on texts left out, the new thresholds gave no higher F1; annotate more texts, "
            'or empty "thresholds" in the file, and the same spans are given as before'
        )
    for path in (out, plot):
        if path is not None:
            streams.note(f"wrote {path}")


def _check_targets(file: str, schema: str, out: str, plot: str | None) -> None:
    """Raise what would go wrong in the end."""
    read = (file, schema, schema.rpartition(":")[0])
    targets.check("--out", out, read)
    if plot is None:
        return
    from schema_ner.benchmark import diagram  # noqa: PLC0415

    targets.check("--plot", plot, (*read, out))
    if not plot.lower().endswith(".png") or plot == out:
        raise InputError(
            f"--plot {plot}: the picture is a PNG; name another file, that ends in .png"
        )
    diagram.check()


def _sound(read: Iterator[Read]) -> list[Read]:
    """The texts that could be read; on stderr, which could not."""
    kept = []
    for number, one in enumerate(read, 1):
        if one.failure:
            name = f"text {number}" if one.document.id is None else one.document.id
            streams.error(f"{name} is left out: {one.failure}")
        else:
            kept.append(one)
    return kept


def _draw(report: Report, path: str) -> None:
    from schema_ner.benchmark import diagram  # noqa: PLC0415
    from schema_ner.formats.files import replacing  # noqa: PLC0415

    both = {"before": report.before, "after": report.after}
    curves = {
        f"{name} (expected calibration error {figures.calibration_error:.3f})": figures.bins
        for name, figures in both.items()
    }
    title = f"{report.calibration.model}: {report.candidates:,} candidates, {report.texts:,} texts"
    picture = diagram.draw(title, curves)
    with replacing(path) as stream:
        stream.write(picture)


def _lines(report: Report) -> Iterator[str]:
    before, after = report.before, report.after
    mentions = sum(report.gold.values())
    yield (
        f"{report.texts:,} texts, {mentions:,} mentions, {report.candidates:,} candidates "
        f"of {report.calibration.model}"
    )
    yield "after: each fifth of the texts by a calibration fitted on the others"
    yield ""
    rows = [
        ("", "before", "after"),
        ("calibration error", *_figures(before.calibration_error, after.calibration_error)),
        ("precision", *_figures(before.precision, after.precision)),
        ("recall", *_figures(before.recall, after.recall)),
        ("strict F1", *_figures(before.f1, after.f1)),
    ]
    yield tables.table(rows, right={1, 2})
    yield ""
    types = [
        (label, *_figures(before.thresholds[label], after.thresholds[label]), f"{count:,}")
        for label, count in report.gold.items()
    ]
    yield tables.table([("threshold of", "before", "after", "mentions"), *types], right={1, 2, 3})


def _figures(*values: float) -> tuple[str, ...]:
    return tuple(f"{value:.4f}" for value in values)


def _as_dict(report: Report) -> dict[str, Any]:
    found = report.calibration
    return {
        "texts": report.texts,
        "mentions": dict(report.gold),
        "candidates": report.candidates,
        "seed": report.seed,
        "model": found.model,
        "schema": found.schema,
        "slope": found.slope,
        "intercept": found.intercept,
        "before": _side(report.before),
        "after": _side(report.after),
    }


def _side(figures: Figures) -> dict[str, Any]:
    return {
        "expected_calibration_error": figures.calibration_error,
        "precision": figures.precision,
        "recall": figures.recall,
        "f1": figures.f1,
        "thresholds": dict(figures.thresholds),
        "bins": [asdict(one) for one in figures.bins],
    }
