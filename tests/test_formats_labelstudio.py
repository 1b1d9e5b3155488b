"""Label Studio's JSON: exports, tasks, several annotators, offsets of two units."""

from __future__ import annotations

import contextlib
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from documents import all_written, any_documents, assert_kept_or_told, marks, read_bytes, read_text
from hypothesis import given
from hypothesis import strategies as st

from schema_ner import exports, formats
from schema_ner.errors import FormatError
from schema_ner.spans import Document, Span, gold_span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = "👩 Kim moved to Oslo."


def region(start: Any, end: Any, *labels: str, text: Any = None, kind: str = "labels") -> Any:
    value = {"start": start, "end": end, kind: [*labels]} | ({} if text is None else {"text": text})
    return {"id": "x", "from_name": "label", "to_name": "text", "type": kind, "value": value}


def task(*results: Any, **more: Any) -> dict[str, Any]:
    return {"id": 7, "data": {"text": TEXT}, "annotations": [{"result": [*results]}]} | more


def read_tasks(*tasks: Any) -> list[Document]:
    return read_text(json.dumps([*tasks]), "label-studio")


KIM = Document(TEXT, (gold_span(TEXT, 2, 5, "PER"),), "7")
PLACE = "the input, line 1, document '7'"
VALUE = {"start": 2, "end": 5, "text": "Kim", "labels": ["PER"]}


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(task(region(2, 5, "PER", text="Kim")), id="an export"),
        pytest.param(task(region(2, 5, "PER")), id="without the text of regions"),
        pytest.param(
            {"id": 7, "data": {"text": TEXT}, "completions": [{"result": [region(2, 5, "PER")]}]},
            id="before version 1",
        ),
        pytest.param({"id": 7, "text": TEXT, "label": [VALUE]}, id="JSON-MIN"),
        pytest.param({"id": 7, "data": {"message": TEXT, "n": 1}} | {
            "annotations": [{"result": [region(2, 5, "PER")]}]}, id="the one text in data"),
        pytest.param(task(region(2, 5, "PER", kind="hypertextlabels")), id="hypertext"),
        pytest.param(
            task({"type": "labels", "value": {
                "start": "/text()[1]", "end": "/text()[1]", "labels": ["PER"],
                "globalOffsets": {"start": 2, "end": 5}}}),
            id="offsets in the whole text",
        ),
    ],
)  # fmt: skip
def test_forms_mean_the_same(form: dict[str, Any]) -> None:
    """In a list, on one line or laid out over many."""
    assert read_tasks(form) == [KIM]
    assert read_text(json.dumps(form) + "\n", "label-studio") == [KIM]
    assert read_text(json.dumps([form, form], indent=1), "label-studio") == [KIM, KIM]
    assert read_text(json.dumps(form, indent=1), "label-studio") == [KIM]


TWOFOLD = (
    "the input, line 1: the offsets of its regions fit as code points and as UTF-16 units, at "
    "different places; they are read as code points"
)


@given(st.data())
def test_offsets_of_either_unit_are_noticed(data: st.DataObject) -> None:
    """All regions of a text are in one unit; what they say decides, and where it cannot is told."""
    text = data.draw(st.text("a👩b ", min_size=1, max_size=12))
    edges = st.integers(0, len(text))
    drawn = data.draw(st.lists(st.tuples(edges, edges), min_size=1, max_size=4))
    truth = sorted((min(pair), max(pair)) for pair in drawn if pair[0] != pair[1])
    units = exports.converter(text, "utf16")
    for count in (int, units):
        places = [(count(start), count(end)) for start, end in truth]
        results = [
            region(*place, "X", text=text[start:end])
            for place, (start, end) in zip(places, truth, strict=True)
        ]
        with logged() as said:
            (document,) = read_tasks(task(*results, data={"text": text}))
        found = [(span.start, span.end) for span in document.spans]
        fits_points = all(
            end <= len(text) and text[start:end] == text[first:last]
            for (start, end), (first, last) in zip(places, truth, strict=True)
        )
        assert found == (places if fits_points else truth)
        assert TWOFOLD in said or not fits_points or places == truth


@contextlib.contextmanager
def logged() -> Iterator[list[str]]:
    """What the readers say meanwhile; caplog is no fixture for hypothesis."""
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("schema_ner.formats")
    logger.addHandler(handler)
    try:
        yield said
    finally:
        logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("text", "regions", "found"),
    [
        pytest.param("see 𠮷野家 now", [(4, 8, "𠮷野家")], [(4, 7)], id="a blank behind"),
        pytest.param("#win😀 yes", [(0, 6, "#win😀")], [(0, 5)], id="an emoji at the end"),
        pytest.param("😀aa b", [(2, 3, "a"), (5, 6, "b")], [(1, 2), (4, 5)], id="one unit for all"),
        pytest.param("😀aa b", [(1, 2, "a"), (4, 5, "b")], [(1, 2), (4, 5)], id="code points"),
        pytest.param("😀 a\nb c", [(3, 6, "a b"), (7, 8, "c")], [(2, 5), (6, 7)], id="line ends"),
        pytest.param("😀 a", [(3, 4, "a"), (0, 2, None)], [(0, 1), (2, 3)], id="one says nothing"),
    ],
)
def test_all_regions_of_a_text_are_in_one_unit(
    text: str, regions: list[Any], found: list[tuple[int, int]], caplog: pytest.LogCaptureFixture
) -> None:
    results = [region(start, end, "X", text=said) for start, end, said in regions]
    (document,) = read_tasks(task(*results, data={"text": text}))
    assert [(span.start, span.end) for span in document.spans] == found
    assert caplog.messages == []


def test_offsets_that_fit_both_units_are_told(caplog: pytest.LogCaptureFixture) -> None:
    one = task(region(2, 3, "X", text="a"), data={"text": "😀aa"}, id=None)
    (document, *_) = read_tasks(one, one, one)
    assert [(span.start, span.end) for span in document.spans] == [(2, 3)]
    assert caplog.messages == [
        TWOFOLD,
        "the input: texts whose regions fit code points and UTF-16 units: 3 in all",
    ]


def test_regions_of_different_units_are_refused() -> None:
    """As nobody wrote them; the first that code points do not fit is named."""
    results = [region(1, 2, "X", text="a"), region(5, 6, "X", text="b")]
    with pytest.raises(FormatError, match=r"line 1: \[5:6\) is no place in a text of 5 characters"):
        read_tasks(task(*results, data={"text": "😀ac b"}))


def test_line_ends_may_be_written_in_another_way() -> None:
    text = "New\nYork"
    for said in ("New\nYork", "New\\nYork", "New York"):
        (document,) = read_tasks(task(region(0, 8, "LOC", text=said), data={"text": text}))
        assert marks(document) == [("LOC", text)]


def test_of_several_annotations_one_counts_and_the_others_are_told() -> None:
    one, other = [region(2, 5, "PER")], [region(2, 5, "ORG")]
    annotations = [
        {"result": [], "was_cancelled": True},
        {"result": one, "completed_by": 3},
        {"result": other, "completed_by": 4},
    ]
    (document,) = read_tasks(task(annotations=annotations))
    assert marks(document) == [("PER", "Kim")]
    losses = all_written([document], "jsonl")[1]
    assert [(str(loss), loss.kind) for loss in losses] == [
        (f"{PLACE}: the annotation by 4: one annotation of a text counts", "annotation"),
        (f"{PLACE}: cancelled annotations: jsonl has no place for it", "keys"),
    ]
    annotations[2]["ground_truth"] = True
    assert marks(read_tasks(task(annotations=annotations))[0]) == [("ORG", "Kim")]


def test_predictions_count_where_nobody_annotated() -> None:
    predictions = [{"score": 0.25, "result": [region(2, 5, "PER"), region(15, 19, "LOC")]}]
    predictions[0]["result"][1]["score"] = 0.5
    (document,) = read_tasks(task(annotations=[], predictions=predictions))
    assert document.spans == (
        Span(2, 5, "PER", "Kim", 0.25),
        Span(15, 19, "LOC", "Oslo", 0.5),
    )
    assert all_written([document], "jsonl")[1] == []
    (document,) = read_tasks(task(region(2, 5, "ORG"), predictions=predictions))
    assert marks(document) == [("ORG", "Kim")]
    assert all_written([document], "jsonl")[1][0].what == "predictions"


def test_what_is_no_span_is_told() -> None:
    results = [
        region(2, 5),
        region(2, 5, "PER", "ORG", "PER"),
        {"type": "relation", "from_id": "x", "to_id": "y"},
        {"type": "choices", "value": {"choices": ["good"]}},
    ]
    data = {"text": TEXT, "source": "mail", "label": "spam"}
    (document,) = read_tasks(task(*results, data=data, project=3, meta={}))
    assert marks(document) == [("ORG", "Kim"), ("PER", "Kim"), ("PER", "Kim")]
    content, losses = all_written([document], "jsonl")
    assert json.loads(content)["source"] == "mail"
    assert [(loss.what, loss.is_slight) for loss in losses] == [
        ("the region [2:5) 'Kim'", False),
        ("relation of regions, choices of regions, label, project", True),
    ]


@given(any_documents)
def test_each_document_comes_back_or_is_told(documents: list[Document]) -> None:
    assert_kept_or_told(documents, "label-studio")


@given(
    st.lists(st.tuples(st.none() | st.floats(0, 1), st.sampled_from(["gold", "model"])), max_size=4)
)
def test_gold_and_predictions_come_back_or_are_told(kinds: list[Any]) -> None:
    spans = [Span(i, i + 1, "X", "a", score, "exact", by) for i, (score, by) in enumerate(kinds)]
    document = Document("aaaa", tuple(spans))
    content, losses = all_written([document], "label-studio")
    (again,) = read_bytes(content, "label-studio")
    assert len(again.spans) == len(spans)
    assert bool(losses) != (again == document)
    assert all(loss.kind == "scores" for loss in losses)


def test_what_is_written_is_what_label_studio_imports() -> None:
    content, losses = all_written([KIM, Document("b")], "label-studio")
    value = {"start": 2, "end": 5, "text": "Kim", "labels": ["PER"]}
    result = {"id": "span1", "from_name": "label", "to_name": "text", "type": "labels"}
    assert losses == []
    assert json.loads(content) == [
        {"id": 7, "data": {"text": TEXT}, "annotations": [{"result": [result | {"value": value}]}]},
        {"data": {"text": "b"}},
    ]
    assert all_written([], "label-studio") == (b"[]\n", [])
    assert read_text("[]\n", "label-studio") == read_text("", "label-studio") == []


# --- refusing


@pytest.mark.parametrize(
    ("tasks", "told"),
    [
        ([task(region(2, 99, "PER"))], r"line 1: \[2:99\) is no place in a text of 20 characters"),
        ([task(region(-2, 5, "PER"))], r"\[-2:5\) is no place"),
        ([task(region(5, 5, "PER", text=""))], r"\[5:5\) is no place"),
        ([task(region(2, 5, "PER", text="Lee"))], r"'Kim' stands at \[2:5\), not 'Lee'; offsets c"),
        ([task(region(*[True, 5], "PER"))], "a region's start and end are whole numbers"),
        ([task(region(2.0, 5, "PER"))], "a region's start and end are whole numbers, not"),
        ([task(region("/p", "/p", "PER"))], "a region's start and end are whole numbers"),
        ([task({"type": "labels", "value": VALUE | {"labels": "PER"}})], "labels are a list of"),
        ([task({"value": {}})], "a region has a type, such as labels, and not None"),
        ([task(annotations={})], '"annotations" is a list of objects, not {}'),
        ([task(data=[])], r'"data" is an object, not \[\]'),
        ([task(data={"a": "x", "b": "y"})], "and not one text in it but 'a', 'b'"),
        ([{"id": 1}], 'no "text" in "data", and not one text in it but none'),
        ([3], "line 1: no object but 3; a task is"),
        ([task(), task(id=1.5)], '"id" is text or a whole number, not 1.5'),
    ],
)  # fmt: skip
def test_a_broken_task_is_named(tmp_path: Path, tasks: list[Any], told: str) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    with pytest.raises(FormatError, match=told) as caught:
        list(formats.read(path, "label-studio"))
    assert str(caught.value).startswith(f"{path}, line 1: ")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('[\n{"data": {"text": "a"}},\n{"data": {"text": 3}}\n]', 'line 3: no "text" in'),
        ('[\n{"data": {"text": "a"}}\n{"data": {"text": "b"}}]', "line 3: behind an object of the"),
        ('[\n{"data": {"text": "a"}},\n', "line 3: no JSON: Expecting value"),
        ('[\n{"data": {"text": "a"}}', "line 2: behind an object of the list is no , or ]"),
        ('[\n{"data":\n{"text": "a",}}]', "line 3: no JSON: "),
        ('[{"data": {"text": "a"}, "data": 1}]', "line 1: the key 'data' stands twice in one obje"),
        ('[{"n": %s}]' % ("9" * 5000), "line 1: no JSON: Exceeds the limit"),
        ("[" * 99_999, "line 1: no JSON: "),
        ('\n{"data": {"text": "a"}}\n{"data"', "line 3: no JSON: "),
    ],
)
def test_broken_json_is_named(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "export.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        list(formats.read(path, "label-studio"))
    assert str(caught.value).startswith(f"{path}, {told}")
