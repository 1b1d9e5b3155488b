"""`schema-ner train data`: the file it writes, what it says, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from schema_ner import formats
from schema_ner.cli.app import app
from schema_ner.engines.scripted import ScriptedEngine
from schema_ner.extractor import Extractor
from schema_ner.instructions import Account, Record, gollie, passages, read, uniner
from schema_ner.schema import Schema

SCHEMA = (
    '{"types": [{"name": "person", "guideline": "Names.", "examples": ["Ada", "Bob", "Eve"], '
    '"dataset_label": "PER"}, {"name": "city", "guideline": "Towns."}, {"name": "drug"}]}'
)
TYPES = Schema.from_json(SCHEMA)
ONE = (
    '{"id": "a", "text": "Ada met Bob in Rome.", '
    '"entities": [[0, 3, "person"], [8, 11, "person"], [15, 19, "city"]]}\n'
)
TWO = '{"text": "Eve takes aspirin.", "entities": [[0, 3, "PER"], [10, 17, "medicine"]]}\n'


def run(*args: str) -> Any:
    return CliRunner().invoke(app, ["train", "data", *args])


def asked(*args: str, form: str = "gollie") -> tuple[list[Record], list[str]]:
    """The records of ``out.jsonl``, and the lines of stderr."""
    result = run(*args, "-s", "types.json", "--form", form, "--out", "out.jsonl")
    assert (result.exit_code, result.stdout) == (0, "")
    return list(read("out.jsonl")), result.stderr.splitlines()


def texts(*files: str, most_characters: int | None = None) -> tuple[Any, Account]:
    account = Account()
    documents = [document for file in files for document in formats.read(file)]
    return passages(documents, TYPES, account, most_characters=most_characters), account


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("types.json").write_text(SCHEMA, encoding="utf-8")
    Path("one.jsonl").write_text(ONE, encoding="utf-8")
    Path("two.jsonl").write_text(TWO, encoding="utf-8")
    Path("strange.jsonl").write_text(TWO.replace("PER", "HUMAN"), encoding="utf-8")
    ada = {"text": "Ada", "entities": [[0, 3, "person"]]}
    Path("ada.jsonl").write_text(json.dumps(ada), encoding="utf-8")
    Path("none.jsonl").write_text('{"text": "Nothing."}\n', encoding="utf-8")


def test_gollie() -> None:
    """Two files, one with the labels of a data set; what the schema has not is said."""
    found, said = asked("one.jsonl", "two.jsonl")
    assert found == list(gollie.records(texts("one.jsonl", "two.jsonl")[0], TYPES))
    assert [each.id for each in found] == ["a", None]
    assert said == [
        "note: mentions of types that the schema has not were passed over: medicine 1",
        "wrote 2 records to out.jsonl",
    ]


def test_options_of_gollie() -> None:
    options = ["--shuffle", "--dropout", "0.4", "--mask", "0.5", "--examples", "1", "--seed", "3"]
    found, _ = asked("one.jsonl", "two.jsonl", *options)
    told = {"shuffle": True, "dropout": 0.4, "mask": 0.5, "most_examples": 1, "seed": 3}
    given = texts("one.jsonl", "two.jsonl")[0]
    assert found == list(gollie.records(given, TYPES, **told))  # type: ignore[arg-type]
    assert found != asked("one.jsonl", "two.jsonl", *options[:-1], "4")[0]


def test_uniner() -> None:
    found, said = asked("one.jsonl", form="uniner")
    given, account = texts("one.jsonl")
    assert found == list(uniner.records(given, TYPES, account))
    assert said == ["wrote 1 record to out.jsonl"]


def test_options_of_uniner() -> None:
    options = ["--negatives", "0", "--questions", "guideline", "--seed", "5"]
    found, _ = asked("one.jsonl", *options, form="uniner")
    given, account = texts("one.jsonl")
    told = {"negatives": 0, "by": "guideline", "seed": 5}
    assert found == list(uniner.records(given, TYPES, account, **told))  # type: ignore[arg-type]
    questions = {turn.content for turn in found[0].turns[3::2]}
    assert questions == {"What describes Names in the text?", "What describes Towns in the text?"}


@pytest.mark.parametrize("form", ["gollie", "uniner"])
def test_windows(form: str) -> None:
    found, _ = asked("one.jsonl", "--most-characters", "12", form=form)
    assert [each.id for each in found] == ["a#1", "a#2"]


def test_another_format() -> None:
    Path("tags.txt").write_text("Ada B-person\nsings O\n", encoding="utf-8")
    found, _ = asked("tags.txt", "--from", "conll")
    assert 'person(span="Ada")' in found[0].turns[1].content


def test_what_a_model_annotated() -> None:
    """What ``extract --json`` writes; a text that failed teaches nothing."""
    ner = Extractor(TYPES, model=ScriptedEngine(['[person(span="Ada")]', RuntimeError("down")]))
    lines = [json.dumps(each.to_dict()) for each in ner.extract_batch(["Ada sang.", "Bob sang."])]
    Path("made.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found, said = asked("made.jsonl")
    assert [each.turns[1].content for each in found] == [' [\n    person(span="Ada"),\n]']
    assert "no model read all of it" in " ".join(said)


def test_extra_fields_are_said() -> None:
    schema = json.loads(SCHEMA)
    schema["types"][0]["fields"] = {"age": {"kind": "int"}}
    Path("types.json").write_text(json.dumps(schema), encoding="utf-8")
    assert asked("one.jsonl")[1][0] == (
        "note: extra fields are not asked for (those of person): files of annotations do not hold "
        "their values"
    )
    assert asked("one.jsonl", form="uniner")[1] == ["wrote 1 record to out.jsonl"]


def test_annotations_that_are_no_spans_are_said() -> None:
    Path("b.txt").write_text("Ada met Bob.", encoding="utf-8")
    Path("b.ann").write_text(
        "T1\tperson 0 3\tAda\nT2\tperson 0 3;8 11\tAda Bob\n", encoding="utf-8"
    )
    said = asked("b.ann", "--from", "brat")[1]
    assert any(
        line.startswith("note: annotations that are no spans are in no answer: 1, such as ")
        for line in said
    )


def test_an_old_file_is_replaced_by_a_whole_one_or_stays() -> None:
    asked("one.jsonl")
    before = Path("out.jsonl").read_bytes()
    assert run("none.jsonl", "-s", "types.json", "--form", "gollie", "--out", "out.jsonl").exit_code
    assert Path("out.jsonl").read_bytes() == before
    assert len(asked("one.jsonl", "two.jsonl")[0]) == 2


GOLLIE = ["--form", "gollie", "--out", "out.jsonl"]
UNINER = ["--form", "uniner", "--out", "out.jsonl"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["one.jsonl", "--form", "t5", "--out", "o"], "--form t5: it is one of gollie, uniner"),
        (["one.jsonl", *UNINER, "--shuffle"], "--shuffle is of --form gollie, and this is uniner"),
        (["one.jsonl", *UNINER, "--dropout", "0"], "--dropout is of --form gollie"),
        (["one.jsonl", *UNINER, "--mask", "0.5"], "--mask is of --form gollie"),
        (["one.jsonl", *UNINER, "--examples", "0"], "--examples is of --form gollie"),
        (["one.jsonl", *GOLLIE, "--negatives", "0"], "--negatives is of --form uniner, and this"),
        (["one.jsonl", *GOLLIE, "--questions", "name"], "--questions is of --form uniner"),
        (["one.jsonl", *UNINER, "--questions", "x"], "--questions x: it is one of name, guideline"),
        (["one.jsonl", *GOLLIE, "--mask", "1.5"], "'--mask'"),
        (["one.jsonl", *GOLLIE, "--mask", "nan"], "'--mask'"),
        (["one.jsonl", *UNINER, "--negatives", "-1"], "'--negatives'"),
        (["one.jsonl", *GOLLIE, "--most-characters", "0"], "'--most-characters'"),
        (["one.jsonl", "one.jsonl", *GOLLIE], "one.jsonl is named twice; name each file once"),
        (["one.jsonl", "--form", "gollie", "--out", "one.jsonl"], "is the file that one.jsonl is"),
        (["one.jsonl", "--form", "gollie", "--out", "types.json"], "would replace it"),
        (["one.jsonl", "--form", "gollie", "--out", "no/o.jsonl"], "there is no folder"),
        (["no.jsonl", *GOLLIE], "no.jsonl: no such file"),
        (["none.jsonl", *GOLLIE], "none.jsonl: there are no annotations in the texts"),
        (["strange.jsonl", *GOLLIE], "no mention is of a type of the schema: the texts are"),
        (
            ["ada.jsonl", *UNINER, "--most-characters", "1"],
            "there is nothing to write: left out 1 text or window (the first: ada.jsonl, line 1)",
        ),
        ([*GOLLIE], "Missing argument 'FILE...'"),
        (["one.jsonl", "--out", "o"], "Missing option '--form'"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(args: list[str], said: str) -> None:
    result = run(*args, "--schema", "types.json")
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())
    assert not Path("out.jsonl").exists()
