"""doccano's JSON lines: ``{"id"?, "text", "label": [[start, end, label], ...]}``.

Read: whatever ``jsonl`` reads, from lines or one JSON list, and the forms of older versions: the
text under ``data``, annotations under ``annotations`` with ``start_offset`` and ``end_offset``.
Written: as above, in the form that doccano takes in and gives out; other keys as they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_ner import exports
from schema_ner.formats import jsonl
from schema_ner.formats.files import LineError, Source, name_of, place, problem, short
from schema_ner.formats.records import records
from schema_ner.formats.rows import rest_of
from schema_ner.formats.tagging import with_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Document

WAY_OUT = 'write one object a line, as {"text": "Ada spoke", "label": [[0, 3, "PER"]]}'
# keys of the rest that would be read as something else
_MEANT_HERE = ("id", "text", "label", "labels", "entities", "spans", "annotations", "data")


def read(source: Source) -> Iterator[Document]:
    """The documents of a file, one at a time.

    Raises:
        FormatError: an object is not of this form; the text names the line.
    """
    name = name_of(source)
    for number, data in records(source, WAY_OUT):
        try:
            yield jsonl.from_dict(_of_today(data), place(name, number))
        except LineError as err:
            raise problem(name, number, err.what, err.way_out or WAY_OUT) from err


def encode(document: Document, losses: Losses) -> str:
    """One document as one line."""
    losses.scores(document.spans)
    label = [
        [span.start, span.end, losses.json("the label", span.label)]
        for span in with_label(document.spans, losses)
    ]
    rest = rest_of(document)
    if taken := [key for key in rest if key in _MEANT_HERE]:
        losses.add(", ".join(taken), "such keys mean something else to doccano", "keys")
        rest = {key: value for key, value in rest.items() if key not in taken}
    named = {} if document.id is None else {"id": losses.json("the id", document.id)}
    data = {**named, "text": losses.json("the text", document.text), "label": label, **rest}
    return exports.json_line(data) + "\n"


def _of_today(data: dict[str, Any]) -> dict[str, Any]:
    """An object of an older version as the newest writes it."""
    if isinstance(data.get("data"), str) and "text" not in data:
        data = {("text" if key == "data" else key): value for key, value in data.items()}
    items = data.get("annotations")
    if not isinstance(items, list) or "entities" in data:
        return data
    labelled = [isinstance(item, dict) and "label" in item for item in items]
    if not all(labelled):
        if any(labelled):
            at = labelled.index(False)
            raise LineError(f"annotation {at} has no label: {short(items[at])}")
        return data  # they mean something else
    if any(isinstance(item["label"], int) for item in items):
        way_out = "export the data as JSONL with the names of labels"
        raise LineError("labels are numbers, whose names only doccano knows", way_out)
    rest = {key: value for key, value in data.items() if key != "annotations"}
    return rest | {"entities": items}
