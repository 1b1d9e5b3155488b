"""Label Studio's JSON: tasks with regions of labels, in one list or one a line.

Read, as exported (JSON and JSON-MIN) or as imported:

- the text is ``data.text``, or the one text in ``data``; other keys of ``data`` are kept;
- of several annotations of a task, the one marked as ground truth counts, else the first that was
  not cancelled; each further one is a loss;
- predictions count where there is no annotation, and give spans of the source ``model``;
- regions of other kinds (relations, choices, …) are passed over by name; one without a label is a
  loss, one of several labels is several spans, of one label twice two;
- offsets count code points; where the ``text`` of all regions fits UTF-16 units alone, as older
  versions wrote them, that is what all offsets of the text count.  That both fit is a doubt, that
  neither does is refused.

Written: one list of tasks that Label Studio imports, for ``<Labels name="label" toName="text">``
and ``<Text name="text" value="$text">``: gold spans under ``annotations``, a model's with their
scores under ``predictions``.  A document without spans is a task without annotations.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from schema_ner import exports
from schema_ner.formats import misspelt
from schema_ner.formats.bio import MEANT_THERE
from schema_ner.formats.doubts import Doubts
from schema_ner.formats.files import LineError, Source, name_of, place, problem, short
from schema_ner.formats.records import read_id, records
from schema_ner.formats.regions import Regions
from schema_ner.formats.rows import rest_of, with_rest
from schema_ner.formats.tagging import with_label
from schema_ner.spans import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schema_ner.formats.losses import Losses

_FORM = '{"data": {"text": …}, "annotations": [{"result": [{"type": "labels", "value": {…}}]}]}'
WAY_OUT = f"a task is {_FORM}"
_CONTROL = {"from_name": "label", "to_name": "text", "type": "labels"}
_ANNOTATIONS = ("annotations", "completions", "predictions")
_TWOFOLD = (
    "the offsets of its regions fit as code points and as UTF-16 units, at different places; they "
    "are read as code points"
)
_KNOWN = {"id", "data", "text", *_ANNOTATIONS}
_MEANT_THERE = {*MEANT_THERE, "id", "tokens"}
_NUMBER = re.compile("0|[1-9][0-9]{0,17}")
_NOTHING: tuple[object, ...] = (None, "", [], {})


def read(source: Source) -> Iterator[Document]:
    """The tasks of a file, one document each.

    Raises:
        FormatError: a task is not of this form; the text names the line it begins on.
    """
    name = name_of(source)
    twofold = Doubts(name, "texts whose regions fit code points and UTF-16 units")
    for number, task in records(source, WAY_OUT):
        try:
            yield _document(task, place(name, number), twofold)
        except LineError as err:
            raise problem(name, number, err.what, err.way_out or WAY_OUT) from err
    twofold.end()


def pieces(pairs: Iterable[tuple[Document, Losses]]) -> Iterator[str]:
    """One list, a task a line."""
    before = "["
    for document, losses in pairs:
        yield f"{before}\n{exports.json_line(_task(document, losses))}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def has_regions(data: dict[str, Any]) -> bool:
    """Whether an object without ``data`` is a task: a simple one with results, or of JSON-MIN."""
    return any(
        isinstance(value, list)
        and any(
            _is_minimal(item) or (isinstance(item, dict) and "result" in item) for item in value
        )
        for value in data.values()
    )


def _document(task: dict[str, Any], origin: str, twofold: Doubts) -> Document:
    data = task.get("data", {"text": task.get("text")})
    if not isinstance(data, dict):
        raise LineError(f'"data" is an object, not {short(data)}')
    key = _text_key(data)
    found = Regions(data[key])
    known = _KNOWN | _annotate(task, found)
    if found.settle():
        twofold.add(origin, _TWOFOLD)
    rest = {name: value for name, value in data.items() if name not in {key, *_MEANT_THERE}}
    names = [
        *found.passed_over,
        *(name for name in data if name in _MEANT_THERE - {key}),
        *(name for name, value in task.items() if name not in known and value not in _NOTHING),
    ]
    document = Document(found.text, tuple(found.spans), read_id(task), origin=origin)
    return with_rest(document, rest, tuple(names), tuple(found.unheld))


def _text_key(data: dict[str, Any]) -> str:
    if isinstance(data.get("text"), str):
        return "text"
    texts = [key for key, value in data.items() if isinstance(value, str)]
    if len(texts) == 1:
        return texts[0]
    which = ", ".join(map(short, texts)) or "none"
    raise LineError(f'no "text" in "data", and not one text in it but {which}', "call it text")


def _annotate(task: dict[str, Any], found: Regions) -> set[str]:
    """Add the regions of the annotation that counts; the keys of a JSON-MIN task that are read."""
    made = _objects(task, "annotations") + _objects(task, "completions")
    done = [a for a in made if a.get("was_cancelled") is not True and a.get("skipped") is not True]
    found.passed_over += ["cancelled annotations"] * (len(done) < len(made))
    chosen = next((a for a in done if a.get("ground_truth") is True), done[0] if done else None)
    for other in done:
        if other is not chosen:
            who = short(other.get("completed_by", other.get("id")))
            found.unheld.append((f"the annotation by {who}", "one annotation of a text counts"))
    predictions = _objects(task, "predictions")
    if chosen is not None:
        found.passed_over += ["predictions"] * bool(predictions)
        for item in _objects(chosen, "result"):
            found.add(item, "gold", None)
    elif predictions:
        found.passed_over += ["further predictions"] * (len(predictions) > 1)
        for item in _objects(predictions[0], "result"):
            found.add(item, "model", predictions[0].get("score"))
    elif "data" not in task:
        return _annotate_minimal(task, found)
    elif not any(key in task for key in _ANNOTATIONS):
        misspelt.check(task, _ANNOTATIONS, {"id", "data"})
    return set()


def _annotate_minimal(task: dict[str, Any], found: Regions) -> set[str]:
    """Add the regions of a JSON-MIN task, which are lists under the names of its controls."""
    read_keys = set()
    for key, value in task.items():
        if isinstance(value, list) and value and all(_is_minimal(item) for item in value):
            read_keys.add(key)
            for item in value:
                found.place(item, "labels", "gold", None)
    return read_keys


def _is_minimal(item: object) -> bool:
    return isinstance(item, dict) and {"start", "end", "labels"} <= item.keys()


def _objects(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects listed under a key; none where it is missing.  Raises LineError."""
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise LineError(f'"{key}" is a list of objects, not {short(value)}')
    return value


def _task(document: Document, losses: Losses) -> dict[str, Any]:
    """A document as a task."""
    task: dict[str, Any] = {}
    if document.id is not None:
        # where Label Studio made them, ids are numbers
        is_number = _NUMBER.fullmatch(document.id) is not None
        task["id"] = int(document.id) if is_number else losses.json("the id", document.id)
    text = losses.json("the text", document.text)
    task["data"] = {"text": text, **rest_of(document)}
    spans = [*with_label(document.spans, losses)]
    if not spans:
        return task
    is_predicted = all(span.source == "model" for span in spans)
    result = []
    for number, span in enumerate(spans, 1):
        label = losses.json("the label", span.label)
        mention = text[span.start : span.end]
        value = {"start": span.start, "end": span.end, "text": mention, "labels": [label]}
        item: dict[str, Any] = {"id": f"span{number}", **_CONTROL, "value": value}
        if is_predicted and span.score is not None:
            item["score"] = span.score
        result.append(item)
    if not is_predicted:
        losses.scores(spans)
    elif any(span.status != "exact" for span in spans):
        losses.add("the spans", "their status is not kept", "scores")
    task["predictions" if is_predicted else "annotations"] = [{"result": result}]
    return task
