"""One benchmark run as data: its samples, what it was run with, its figures; and its folder.

A run's folder holds:

====================  ======================================================================
``journal.jsonl``     every finished text; what a stopped run goes on from
``metrics.json``      the figures, and under ``settings`` what the run was made with
``predictions.jsonl`` one text a line: gold, spans, what was rejected
``predictions.csv``   one span a row, gold and predicted
``errors.txt``        every mistake, for people
``report.html``       all of it on one page
``plots/``            pictures
``run.log``           what happened when
``errors.log``        texts that failed, and why
====================  ======================================================================

Here: the data, the names of the files, reading a run back.  Not here: running (``running``),
figures (``metrics``), writing (``predictions``, ``mistakes``, ``plots``, ``report``), comparing
(``comparing``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schema_ner import exports
from schema_ner.errors import FormatError, InputError
from schema_ner.runs import records
from schema_ner.spans import Document, Extraction, gold_span

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

JOURNAL = "journal.jsonl"
METRICS = "metrics.json"
PREDICTIONS = "predictions.jsonl"
PREDICTIONS_CSV = "predictions.csv"
ERRORS = "errors.txt"
REPORT = "report.html"
PLOTS = "plots"
LOG = "run.log"
ERROR_LOG = "errors.log"

# of metrics.json, what differs each time that the same run is made
TIMES = ("total_time", "average_time_per_sample", "samples_per_second")


@dataclass(frozen=True, slots=True)
class Sample:
    """One text of a run.

    Attributes:
        id: the document's, else its number in its file, from 1.
        gold: the annotators' spans, by the labels of the schema.
        predicted: the model's; of a text that failed, no spans and the reason in ``rejected``.
    """

    id: str
    gold: Document
    predicted: Extraction


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Attributes:
        folder: where it lies, ``None`` where it was made in memory.
        settings: what it was made with: ``name``, ``model``, ``schema``, ``data`` …
        samples: in the order of the data.
        metrics: what stands in ``metrics.json``.
    """

    folder: Path | None
    settings: Mapping[str, Any]
    samples: tuple[Sample, ...]
    metrics: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What to call the run: its model on its data."""
        return f"{self.settings.get('model', '?')} on {self.settings.get('name', '?')}"


def load(folder: str | os.PathLike[str]) -> Run:
    """The run that a folder holds.

    Raises:
        InputError: the folder holds no finished run, or its predictions were not saved; a
            FormatError where a file of it is not what was written.
        OSError: a file cannot be opened.
    """
    place = Path(folder)
    for name, way_out in (
        (METRICS, "`schema-ner benchmark … --out FOLDER` makes one"),
        (PREDICTIONS, "run it again without --no-save-predictions"),
    ):
        if not (place / name).is_file():
            raise InputError(f"{place} holds no {name} of a finished run; {way_out}")
    metrics = _metrics(place / METRICS)
    samples = tuple(
        _sample(place / PREDICTIONS, number, line)
        for number, line in enumerate(_lines(place / PREDICTIONS), 1)
    )
    return Run(place, metrics["settings"], samples, metrics)


def to_line(sample: Sample) -> str:
    """A sample as one line of ``predictions.jsonl``, without the seconds it took."""
    said = records.to_record(sample.predicted)
    said["usage"].pop("seconds")  # the same run gives the same file
    gold = sample.gold.to_dict()
    data = {"id": sample.id, "text": gold["text"], "gold": gold["entities"]}
    data |= {key: gold[key] for key in ("tokens", "token_tags") if key in gold}
    return exports.json_line(data | said)


def from_line(line: str, text: str | None = None) -> Sample:
    """The inverse of ``to_line``.

    Args:
        line: what that gave.
        text: the text, where it is at hand: two halves of a character become one in JSON.

    Raises:
        ValueError: it is not of this form; also a KeyError or TypeError.
    """
    data = json.loads(line)
    text = data["text"] if text is None else text
    if not isinstance(text, str) or not isinstance(data["id"], str):
        raise TypeError("a text or its id is no text")
    spans = (gold_span(text, each["start"], each["end"], each["label"]) for each in data["gold"])
    tokens = data.get("tokens")
    gold = Document(
        text,
        tuple(spans),
        id=data["id"],
        tokens=None if tokens is None else tuple((start, end) for start, end in tokens),
        token_tags=data.get("token_tags"),
    )
    return Sample(data["id"], gold, records.from_record(text, data))


def _metrics(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as err:
        raise FormatError(f"{path} is no JSON: {err}; run the benchmark again") from err
    if not isinstance(found, dict) or not isinstance(found.get("settings"), dict):
        raise FormatError(f"{path} holds no settings of a run; run the benchmark again")
    return found


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as err:
        raise FormatError(f"{path} is not in UTF-8: {err}; run the benchmark again") from err
    return text.split("\n")[:-1]  # one line end each; other characters that end lines stand inside


def _sample(path: Path, number: int, line: str) -> Sample:
    try:
        return from_line(line)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
        what = f"{type(err).__name__}: {err}"
        raise FormatError(
            f"{path}, line {number}: no prediction of a run ({what}); run the benchmark again"
        ) from err
