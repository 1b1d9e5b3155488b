"""``schema-ner extract``: texts → spans on stdout.

Here: options, pairing results with documents, the two ways to show them.  Not here: extracting
(``extractor``), painting (``views``), reading files (``formats``).
"""

from __future__ import annotations

import difflib
import sys
from collections import deque
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from schema_ner import exports
from schema_ner.cli import guard, streams, tables
from schema_ner.cli.inputs import Inputs, decoded
from schema_ner.cli.progress import Progress
from schema_ner.errors import InputError
from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.cli.page import Page
    from schema_ner.exports import Offsets
    from schema_ner.extractor import Extractor
    from schema_ner.overlap import Policy
    from schema_ner.schema import Schema
    from schema_ner.spans import Document, Extraction

FEW = 10  # types that a message names one by one

_Texts = Annotated[
    list[str] | None,
    typer.Argument(metavar="TEXT", help="The text itself; - is stdin.", show_default=False),
]
_Schema = Annotated[
    str | None,
    typer.Option(
        "--schema",
        "-s",
        metavar="SCHEMA",
        help="What to look for: a ready-made name, file.py, file.py:Name or file.json.",
    ),
]
_Files = Annotated[
    list[str] | None,
    typer.Option(
        "--file",
        "-f",
        metavar="PATH",
        help="Read files: text, .jsonl, .csv, .conll; more may follow.",
    ),
]
_Column = Annotated[
    str | None, typer.Option("--column", metavar="NAME", help="The column of a CSV with the texts.")
]
_From = Annotated[
    str | None,
    typer.Option("--from", metavar="FORMAT", help="Format of files and stdin, against the ending."),
]
_Model = Annotated[str, typer.Option("--model", "-m", metavar="NAME", help="What reads the texts.")]
_Threshold = Annotated[
    list[str] | None,
    typer.Option(
        "--threshold",
        "-t",
        metavar="[LABEL=]NUMBER",
        help="Drop spans with a lower score; again for single types.",
    ),
]
_Calibration = Annotated[
    str | None,
    typer.Option(
        "--calibration", metavar="FILE", help="Read scores by what `schema-ner calibrate` wrote."
    ),
]
_Overlap = Annotated[
    str, typer.Option("--overlap", metavar="flat|nested|all", help="Which overlapping spans stay.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
_Html = Annotated[
    str | None, typer.Option("--html", metavar="PATH", help="Also write a page for a browser.")
]
_Offsets = Annotated[
    str,
    typer.Option("--offsets", metavar="codepoint|utf16|byte", help="Unit of offsets in --json."),
]


def extract(  # noqa: PLR0913  # one parameter an option
    texts: _Texts = None,
    *,
    schema: _Schema = None,
    file: _Files = None,
    column: _Column = None,
    from_: _From = None,
    model: _Model = "builtin",
    threshold: _Threshold = None,
    calibration: _Calibration = None,
    overlap: _Overlap = "flat",
    as_json: _Json = False,
    html: _Html = None,
    offsets: _Offsets = "codepoint",
) -> int:
    """Find the entities of a schema in texts.  Exit code 1 where a text failed."""
    if schema is None:
        raise InputError(
            "no schema given; add --schema NAME (`schema-ner schemas` lists the ready-made ones), "
            "or --schema file.py, or --schema file.json"
        )
    unit = cast("Offsets", offsets)
    exports.converter("", unit)  # an unknown unit is said now
    given = Inputs.of(texts or (), file or (), from_, column)
    page = None if html is None else _page(html, given, schema, calibration)
    extractor = _extractor(schema, model, threshold or (), overlap, calibration)
    failed = number = 0
    with Progress("extracting", given.count() if streams.is_terminal(sys.stderr) else None) as bar:
        for number, (name, document, extraction) in enumerate(_results(extractor, given), 1):
            with bar.aside():
                if as_json:
                    streams.say_json(_as_dict(document, extraction, unit))
                else:
                    _show("" if given.is_single else name, extraction, number)
                failed += _has_failed(name, extraction)
            if page is not None:
                page.add("" if given.is_single else name, extraction)
            bar.advance()
    if number == 0:
        streams.note("note: there is no text in what was given")
    if page is not None:
        page.write()
    return guard.FAILED if failed else guard.DONE


def thresholds(given: Sequence[str], schema: Schema) -> dict[str, float] | float | None:
    """What ``--threshold 0.3 --threshold Drug=0.5`` means.

    Raises:
        InputError: no number, or no type has that name.
    """
    for_all: float | None = None
    by_label: dict[str, float] = {}
    for option in given:
        label, equals, number = option.rpartition("=")
        try:
            value = float(number)
        except ValueError as err:
            way_out = "write --threshold 0.4 or --threshold LABEL=0.4"
            raise InputError(f"--threshold {option}: {number!r} is no number; {way_out}") from err
        if equals:
            label = decoded(label)
            if label not in schema.labels:
                raise InputError(f"--threshold {option}: {_unknown(label, schema)}")
            by_label[label] = value
        else:
            for_all = value
    if not by_label:
        return for_all
    return by_label if for_all is None else dict.fromkeys(schema.labels, for_all) | by_label


def _unknown(label: str, schema: Schema) -> str:
    """That no type has this name, and which could be meant."""
    labels = schema.labels
    near = difflib.get_close_matches(label, labels, n=3) or list(labels[:3])
    those = ", ".join(map(repr, near)) if len(labels) > FEW else ", ".join(map(repr, labels))
    such = f"such as {those}" if len(labels) > FEW else f"namely {those}"
    return f"no type is called {label!r}; the schema has {len(labels)}, {such}"


def _extractor(
    schema: str, model: str, given: Sequence[str], overlap: str, calibration: str | None
) -> Extractor:
    from schema_ner.extractor import Extractor  # noqa: PLC0415  # --help must not wait for it
    from schema_ner.registry import resolve  # noqa: PLC0415

    found = resolve(schema)
    limits = thresholds(given, found)
    policy = cast("Policy", overlap)  # checked there
    return Extractor(found, model=model, threshold=limits, overlap=policy, calibration=calibration)


def _page(path: str, given: Inputs, schema: str, calibration: str | None) -> Page:
    from schema_ner.cli.page import Page  # noqa: PLC0415  # few calls need one

    # of file.py:Name the file is what must not be replaced
    read = (*given.places, schema, schema.rpartition(":")[0])
    return Page(path, read if calibration is None else (*read, calibration))


def _results(extractor: Extractor, given: Inputs) -> Iterator[tuple[str, Document, Extraction]]:
    """Each document with its name and what was found in it, in order."""
    waiting: deque[tuple[str, Document]] = deque()

    def texts() -> Iterator[str]:
        for name, document in given:
            waiting.append((name, document))
            yield document.text

    for extraction in extractor.extract_batch(texts()):
        yield *waiting.popleft(), extraction


def _as_dict(document: Document, extraction: Extraction, unit: Offsets) -> dict[str, Any]:
    data = extraction.to_dict(offsets=unit)
    told = ("text", "spans", "rejected", "unread")
    return {"id": document.id, **{key: data[key] for key in told}}


def _show(name: str, extraction: Extraction, number: int) -> None:
    """The view for people; a heading where the text has a name."""
    if name:
        if number > 1:
            streams.say()
        streams.say(tables.dim(f"--- {one_line(name)}"))
    view = extraction.to_text(color=streams.wants_color(sys.stdout))
    streams.say(view)


def _has_failed(name: str, extraction: Extraction) -> bool:
    """Whether the text failed; on stderr, why, and what no model saw."""
    failures = [item.reason for item in extraction.rejected if item.status == "failed"]
    for reason in failures:
        streams.error(f"{name}: {reason}")
    unread = sum(end - start for start, end in extraction.unread)
    if unread and not failures:
        streams.note(f"note: {name}: no model read {unread} of {len(extraction.text)} characters")
    return bool(failures)
