"""Hugging Face's token classification, doccano's JSON lines, and which format a file is in."""

from __future__ import annotations

import gzip
import io
import json
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest
from documents import all_written, any_documents, assert_kept_or_told, marks, read_text
from hypothesis import given

from schema_ner import formats
from schema_ner.errors import FormatError
from schema_ner.spans import Document, Span, gold_span

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["O", "B-PER", "I-PER"]
ROW = {"id": "0", "tokens": ["Kim", "Lee", "went"], "ner_tags": [1, 2, 0]}
CLASS_LABEL = {"names": NAMES, "_type": "ClassLabel"}
FEATURES = {
    "tokens": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "List"},
    "ner_tags": {"feature": CLASS_LABEL, "length": -1, "_type": "Sequence"},
    "pos_tags": [{"names": ["NNP", "VBD"], "_type": "ClassLabel"}],
}


def lines(*rows: Any) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


# --- Hugging Face


@pytest.mark.parametrize(
    "features",
    [
        pytest.param(NAMES, id="a list"),
        pytest.param({"ner_tags": {"names": NAMES}}, id="names of the column"),
        pytest.param({"ner_tags": FEATURES["ner_tags"]}, id="as datasets writes them"),
        pytest.param({"ner_tags": [CLASS_LABEL]}, id="as datasets wrote them once"),
        pytest.param({"ner_tags": {"class_label": {"names": {str(n): NAMES[n] for n in range(3)}}}},
                     id="as cards have them"),
        pytest.param({"O": 0, "I-PER": 2, "B-PER": 1}, id="by name, as TNER's label.json"),
    ],
)  # fmt: skip
def test_numbers_get_their_names_wherever_they_stand(features: Any, tmp_path: Path) -> None:
    expected = [("PER", "Kim Lee")]
    for content in (lines({"features": features}, ROW), lines(ROW | {"features": features})):
        (document,) = read_text(content, "hf")
        assert (document.id, marks(document)) == ("0", expected)
    for name in ("a.features.json", "dataset_info.json", "features.json", "label.json"):
        (tmp_path / name).write_text(json.dumps(features), encoding="utf-8")
        for file in ("a.jsonl", "a.hf.jsonl.gz"):
            raw = lines(ROW).encode()
            (tmp_path / file).write_bytes(gzip.compress(raw) if file.endswith("gz") else raw)
            assert marks(next(formats.read(tmp_path / file))) == expected
        (tmp_path / name).unlink()


def test_other_columns_of_tags_are_kept() -> None:
    row = ROW | {"pos_tags": [0, 0, 1], "chunk_tags": ["B-NP", "I-NP", "B-VP"], "x_tags": [9, 9, 9]}
    (document,) = read_text(lines({"features": FEATURES}, row), "hf")
    columns = {"pos": ("NNP", "NNP", "VBD"), "chunk": ("B-NP", "I-NP", "B-VP")}
    assert document.token_tags == columns | {"ner": ("B-PER", "I-PER", "O")}
    content, (loss,) = all_written([document], "hf")
    assert json.loads(content) == {
        "id": "0",
        "tokens": ["Kim", "Lee", "went"],
        "ner_tags": ["B-PER", "I-PER", "O"],
        "pos_tags": ["NNP", "NNP", "VBD"],
        "chunk_tags": ["B-NP", "I-NP", "B-VP"],
    }
    assert loss.what == "x_tags"
    assert json.loads(all_written([document], "jsonl")[0])["x_tags"] == [9, 9, 9]


@pytest.mark.parametrize(
    "features",
    [
        pytest.param(NAMES, id="a list"),
        pytest.param({"names": NAMES}, id="names"),
        pytest.param({"O": 0, "I-PER": 2, "B-PER": 1}, id="by name"),
        pytest.param({"0": "O", "1": "B-PER", "2": "I-PER"}, id="by number"),
        pytest.param({"ner_tags": {"names": NAMES}}, id="under the key of the entity tags"),
        pytest.param({"features": {"ner_tags": [CLASS_LABEL]}}, id="under features"),
    ],
)
@pytest.mark.parametrize("numbers", [[2, 2, 1], [3, 4, 5]])
def test_names_of_no_column_are_those_of_the_entity_tags(
    tmp_path: Path, features: Any, numbers: list[int]
) -> None:
    (tmp_path / "label.json").write_text(json.dumps(features), encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(lines(ROW | {"pos_tags": numbers}), encoding="utf-8")
    (document,) = formats.read(tmp_path / "a.jsonl")
    assert document.token_tags == {"ner": ("B-PER", "I-PER", "O")}
    assert json.loads(all_written([document], "jsonl")[0])["pos_tags"] == numbers


def test_the_column_whose_number_has_no_name_is_named() -> None:
    features = {"ner_tags": {"names": NAMES}, "pos_tags": {"names": ["NNP", "VBD"]}}
    with pytest.raises(FormatError) as caught:
        read_text(lines({"features": features}, ROW | {"pos_tags": [0, 7, 1]}), "hf")
    assert str(caught.value) == (
        "the input, line 2: the tag 7 of 'pos_tags' has no name; names are given for 0 to 1; put "
        '{"features": {"pos_tags": {"names": ["name of 0", …]}}} on the first line'
    )


def test_numbers_and_names_mean_the_same() -> None:
    named = ROW | {"ner_tags": ["B-PER", "I-PER", "O"]}
    assert read_text(lines(named), "hf") == read_text(lines({"features": NAMES}, ROW), "hf")
    assert read_text(json.dumps([named], indent=1), "hf") == read_text(lines(named), "hf")


@given(any_documents)
def test_each_document_comes_back_or_is_told(documents: list[Document]) -> None:
    assert_kept_or_told(documents, "hf")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([ROW], "line 1: the tags of 'ner_tags' are numbers, and no names are given; put {"),
        (
            [{"features": ["O"]}, ROW],
            "line 2: the tag 1 of 'ner_tags' has no name; names are given for 0 to",
        ),
        (
            [{"features": NAMES}, ROW | {"ner_tags": [1, "O", 0]}],
            "line 2: the tag 'O' of 'ner_tags' has",
        ),
        (
            [{"features": NAMES}, ROW | {"ner_tags": [-1, 0, 0]}],
            "line 2: the tag -1 of 'ner_tags' has",
        ),
        ([{"features": NAMES}, ROW | {"ner_tags": [0, 0]}], "line 2: 3 tokens, but 2 tags"),
        ([{"features": ["O", "PER", "x"]}, ROW], "line 2: 'PER' is no tag; tags are O, B-TYPE"),
        ([{"tokens": ["a"]}], "line 1: 1 tokens, but no list of tags"),
        ([{"tokens": [""], "ner_tags": ["O"]}], 'line 1: "tokens" is a list of texts, none empty'),
        ([{"tokens": "a", "ner_tags": ["O"]}], 'line 1: "tokens" is a list of texts'),
        (
            [{"tokens": ["a"], "ner_tags": ["S-X"]}, {"tokens": ["a"], "ner_tags": ["U-X"]}],
            "line 2: 'U-X' is BILOU, but line 1 has 'S-X', which is BIOES; bring all",
        ),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, rows: list[Any], told: str) -> None:
    path = tmp_path / "train.hf.jsonl"
    path.write_text(lines(*rows), encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        list(formats.read(path))
    assert str(caught.value).startswith(f"{path}, {told}")


def test_a_broken_file_of_names_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.hf.jsonl").write_text(lines(ROW), encoding="utf-8")
    (tmp_path / "label.json").write_text("{", encoding="utf-8")
    with pytest.raises(FormatError, match=r"label\.json: no JSON, .* names of tags"):
        list(formats.read(tmp_path / "a.hf.jsonl"))
    named = ROW | {"ner_tags": ["O", "O", "O"]}  # needs no names, so nobody looks for them
    (tmp_path / "a.hf.jsonl").write_text(lines(named), encoding="utf-8")
    assert len(list(formats.read(tmp_path / "a.hf.jsonl"))) == 1


@pytest.mark.parametrize("name", ["hf", "doccano"])
@pytest.mark.parametrize("content", ["", "\n \r\n", "[]", " [ ]\n"])
def test_an_empty_file_holds_no_documents(name: str, content: str) -> None:
    assert read_text(content, name) == []


# --- doccano


KIM = Document("Kim went", (gold_span("Kim went", 0, 3, "PER"),), "1")


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"id": 1, "text": "Kim went", "label": [[0, 3, "PER"]]}, id="today"),
        pytest.param({"id": 1, "text": "Kim went", "labels": [[0, 3, "PER"]]}, id="1.0 to 1.4"),
        pytest.param({"id": 1, "data": "Kim went", "label": [[0, 3, "PER"]]}, id="1.5"),
        pytest.param(
            {"id": 1, "text": "Kim went", "relations": [], "Comments": ["?"],
             "entities": [{"id": 5, "start_offset": 0, "end_offset": 3, "label": "PER"}]},
            id="with relations",
        ),
        pytest.param(
            {"id": 1, "text": "Kim went", "meta": {},
             "annotations": [{"start_offset": 0, "end_offset": 3, "label": "PER", "user": 2}]},
            id="annotations with names",
        ),
    ],
)  # fmt: skip
def test_every_version_of_doccano_is_read(row: dict[str, Any], tmp_path: Path) -> None:
    assert read_text(lines(row), "doccano") == [KIM]
    assert read_text(json.dumps([row]), "doccano") == [KIM]
    (tmp_path / "a.jsonl").write_text(lines(row), encoding="utf-8")
    assert list(formats.read(tmp_path / "a.jsonl")) == [KIM]


def test_doccano_gets_what_it_imports() -> None:
    (row,) = read_text('{"id": 1, "text": "Kim went", "spans": [[0, 3, "PER"]], "m": 1}', "jsonl")
    content, losses = all_written([row], "doccano")
    expected = {"id": "1", "text": "Kim went", "label": [[0, 3, "PER"]], "m": 1}
    assert (json.loads(content), losses) == (expected, [])


def test_what_doccano_has_no_place_for_is_told() -> None:
    (row,) = read_text('{"text": "Kim", "tokens": [[0, 3]], "label": "good", "m": 1}', "jsonl")
    spans = (Span(0, 3, "PER", "Kim", 0.5), gold_span("Kim", 0, 1, ""))
    _, losses = all_written([row, Document("Kim", spans)], "doccano")
    assert [(loss.kind, loss.what) for loss in losses] == [
        ("keys", "label"),
        ("keys", "tokens"),
        ("scores", "the spans"),
        ("annotation", "a span [0:1) 'K'"),
    ]


@given(any_documents)
def test_doccano_holds_each_document_or_tells(documents: list[Document]) -> None:
    assert_kept_or_told(documents, "doccano")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"text": "a", "annotations": [{"label": 2, "start_offset": 0, "end_offset": 1}]},
         "labels are numbers, whose names only doccano knows; export the data as JSONL"),
        ({"text": "a", "label": [[0, 2, "X"]]}, "annotation 0: [0:2) is no place in a text of 1"),
        ({"text": 1, "label": []}, '"text" must be text, not 1; write one object a line'),
    ],
)  # fmt: skip
def test_a_broken_line_of_doccano_is_named(tmp_path: Path, row: Any, told: str) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text("\n" + lines(row), encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        list(formats.read(path, "doccano"))
    assert str(caught.value).startswith(f"{path}, line 2: {told}")


# --- which format


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", '{"text": "a"}', "jsonl"),
        ("a.jsonl", '{"text": "a", "label": [[0, 1, "X"]]}', "jsonl"),
        ("a.jsonl", '{"text": "a", "tokens": [[0, 1]]}', "jsonl"),
        ("a.jsonl", '\n{"tokens": ["a"], "tags": ["O"]}', "bio"),
        ("a.jsonl", '{"tokens": ["a"], "tags": [0]}', "hf"),
        ("a.jsonl", '{"tokens": ["a"], "ner_tags": ["O"]}', "hf"),
        ("a.jsonl", '{"features": ["O"]}', "hf"),
        ("a.jsonl", '{"data": "a", "label": []}', "doccano"),
        ("a.jsonl", '{"data": {"text": "a"}}', "label-studio"),
        ("a.json", '[\n {"data": {"text": "a"}}]', "label-studio"),
        ("a.json", '[{"text": "a", "x": [{"start": 0, "end": 1, "labels": []}]}]', "label-studio"),
        ("a.json", '[{"text": "a", "annotations": [{"result": []}]}]', "label-studio"),
        ("a.json", '[{"text": "a", "label": [[0, 1, "X"]]}]', "doccano"),
        ("a.json", '{"text": "a", "entities": []}', "doccano"),
        ("a.json", '[{"tokens": ["a"], "tags": ["O"]}]', "hf"),
        ("a.json", "[]", "label-studio"),
        ("a.tsv", "a\tO\n", "conll"),
        ("a.tsv", "##\tO\n", "conll"),
        ("a.tsv", "## a\t나\n나\tO\n", "klue"),
        ("a.csv", "text\na\n", "csv"),
        ("a.csv", '"Sentence #",Word,POS,Tag\n', "kaggle-ner"),
        ("a.conll", "## a\t나\n", "conll"),
        ("a.bio.jsonl", '{"data": {"text": "a"}}', "bio"),
        ("a.txt", '{"data": {"text": "a"}}', "text"),
        ("a.jsonl", "", "jsonl"),
        ("a.jsonl", "{", "jsonl"),
        ("a.csv", "\xff", "csv"),
    ],
)  # fmt: skip
def test_the_first_record_tells_formats_that_share_an_ending(
    tmp_path: Path, name: str, content: str, expected: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="latin-1" if "\xff" in content else "utf-8")
    assert formats.recognise(path).name == expected
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert formats.recognise(packed).name == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.json", "label-studio"), ("a.hf.jsonl", "hf"), ("a.klue.tsv", "klue"), ("a.ann", "brat"),
     ("a.kaggle.csv", "kaggle-ner"), ("a.doccano.jsonl", "doccano"), ("a.bio", "conll"),
     ("out/", "brat")],
)  # fmt: skip
def test_endings_tell_formats_to_write(name: str, expected: str) -> None:
    assert formats.detect(name).name == formats.recognise(name).name == expected


def test_what_a_file_holds_says_nothing_of_how_to_write_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"tokens": ["a"], "tags": ["O"]}\n', encoding="utf-8")
    formats.write(path, formats.read(path))
    assert json.loads(path.read_text("utf-8"))["text"] == "a"


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    """Looking into it would take the first record away."""
    path = tmp_path / "a.jsonl"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=('{"text": "a"}\n',))
    writer.start()
    assert [document.text for document in formats.read(path)] == ["a"]
    writer.join()


def test_streams_have_no_ending_and_no_second_look() -> None:
    stream = io.BytesIO(b'{"tokens": ["a"], "ner_tags": ["O"]}\n')
    assert [document.text for document in formats.read(stream, "hf")] == ["a"]
