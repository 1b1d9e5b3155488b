"""``schema-ner train lora``: from annotated texts to an adapter that knows better."""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("llguidance", reason="needs the extra [llm]")

import tiny_models
import toy_task
from typer.testing import CliRunner

from schema_ner import Extractor, instructions, scoring
from schema_ner.cli.app import app
from schema_ner.engines.local import LocalLLM
from schema_ner.registry import resolve
from schema_ner.spans import Document, gold_span

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

SCHEMA = '''
from schema_ner import Entity

class Drug(Entity):
    """Names of medicines."""

class Person(Entity):
    """Names of people, with their titles."""

class Town(Entity):
    """Names of towns."""
'''
TITLES = ("Dr ", "Mr ", "Mrs ")
BASE = tiny_models.toy("gollie")
FEW = (
    "--texts",
    "16",
    "--batch-size",
    "8",
    "--row-tokens",
    "1024",
    "--dev-times",
    "1",
    "--dev-texts",
    "4",
)


def with_titles(document: Document) -> Document:
    """A text of the toy task under another guideline: titles belong to names of people."""
    text, spans = document.text, []
    for span in document.spans:
        title = next((t for t in TITLES if text[: span.start].endswith(t)), "")
        start = span.start - len(title) if span.label == "Person" else span.start
        spans.append(gold_span(text, start, span.end, span.label))
    return Document(text, tuple(spans))


def write(file: Path, documents: list[Document]) -> Path:
    rows = [
        {
            "text": d.text,
            "spans": [{"start": s.start, "end": s.end, "label": s.label} for s in d.spans],
        }
        for d in documents
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with ``train.jsonl`` and ``types.py``."""
    (tmp_path / "types.py").write_text(SCHEMA, "utf-8")
    documents = toy_task.texts(300, seed=1, training=True)
    write(tmp_path / "train.jsonl", [with_titles(each) for each in documents])
    return tmp_path


def train(place: Path, *options: object, data: str = "train.jsonl") -> Result:
    told = ("train", "lora", place / data, "--schema", place / "types.py", "--base", BASE)
    return CliRunner().invoke(app, [*map(str, (*told, "--out", place / "out", *options))])


def f1(model: Any, place: Path) -> float:
    gold = [with_titles(each) for each in toy_task.texts(60, seed=2)]
    extractor = Extractor(resolve(str(place / "types.py")), model=model)
    return scoring.score(gold, list(extractor.extract_batch(d.text for d in gold))).f1


def test_one_command_teaches_a_model_another_guideline(place: Path) -> None:
    """In 20 steps; the base knows where people are, and not that their titles count."""
    assert f1(LocalLLM(BASE), place) < 0.75
    ran = train(
        place, "--texts", 320, "--batch-size", 16, "--row-tokens", 1024, "--rank", 16,
        "--learning-rate", "5e-3", "--mask", 0, "--class-dropout", 0,
    )  # fmt: skip
    assert ran.exit_code == 0, ran.output
    assert "the adapter is in" in ran.stdout
    assert f1(str(place / "out" / "adapter"), place) > 0.9
    noted = [json.loads(line) for line in (place / "out" / "log.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in noted if "loss" in line]
    assert len(losses) == 20
    assert sum(losses[-5:]) < sum(losses[:5]) / 2
    with (place / "out" / "curve.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["loss"] for row in rows if row["loss"]] == [str(loss) for loss in losses]
    assert any(float(row["f1"]) > 0.9 for row in rows if row["f1"])
    card = (place / "out" / "adapter" / "README.md").read_text("utf-8")
    assert "strict F1 on texts kept back" in card


def test_a_killed_run_is_resumed_and_a_finished_one_is_kept(place: Path) -> None:
    assert train(place, *FEW).exit_code == 0
    again = train(place, *FEW)
    assert again.exit_code == 2
    assert "holds a run already; go on with --resume, or name another folder" in again.output
    resumed = train(place, *FEW, "--resume")  # nothing is left to do but to write the adapter
    assert resumed.exit_code == 0, resumed.output
    other = train(place, *FEW, "--resume", "--learning-rate", "1e-3")
    assert other.exit_code == 2
    assert "its learning_rate was 0.0003, now it is 0.001" in other.output
    told = json.loads((place / "out" / "recipe.json").read_text("utf-8"))
    assert told["learning_rate"] == 3e-4  # a refused run changes nothing
    (place / "types.py").write_text(SCHEMA.replace("medicines", "drugs"), "utf-8")
    reworded = train(place, *FEW, "--resume")
    assert "its data was" in reworded.output
    shutil.rmtree(place / "out")
    nothing = train(place, *FEW, "--resume")
    assert nothing.exit_code == 2
    assert "has no checkpoint to resume from; leave --resume out" in nothing.output


@pytest.mark.parametrize("form", ["gollie", "uniner"])
def test_instruction_data_is_read_back(place: Path, form: str) -> None:
    schema = resolve(str(place / "types.py"))
    texts = instructions.passages(toy_task.texts(20, seed=1), schema, instructions.Account())
    if form == "gollie":
        records = instructions.gollie.records(texts, schema)
    else:
        records = instructions.uniner.records(texts, schema, instructions.Account())
    instructions.write(str(place / "data.jsonl"), records)
    ran = train(place, *FEW, "--form", form, data="data.jsonl")
    assert ran.exit_code == 0, ran.output
    engine = LocalLLM(place / "out" / "adapter")
    assert engine.form == form


def test_the_base_may_be_in_four_bits(place: Path) -> None:
    ran = train(place, *FEW, "--quantization", "nf4", "--gradient-checkpointing", "on")
    assert ran.exit_code == 0, ran.output
    told = json.loads((place / "out" / "recipe.json").read_text("utf-8"))
    assert told["quantization"] == "nf4"
    LocalLLM(place / "out" / "adapter", quantization="nf4")


def test_messages_of_another_form_are_said(place: Path) -> None:
    schema = resolve(str(place / "types.py"))
    texts = instructions.passages(toy_task.texts(3, seed=1), schema, instructions.Account())
    instructions.write(
        str(place / "data.jsonl"),
        instructions.uniner.records(texts, schema, instructions.Account()),
    )
    ran = train(place, *FEW, data="data.jsonl")
    assert ran.exit_code == 2
    assert "holds conversations of the form uniner; say --form uniner" in ran.output


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param(['{"text": "no"}'], "there are no annotations in the texts", id="no entity"),
        pytest.param([], "train.jsonl", id="empty"),
        pytest.param(
            ['{"text": "aspirin", "spans": [{"start": 0, "end": 7, "label": "Pill"}]}'],
            "annotated with Pill, and its types are Drug, Person, Town",
            id="types missing from the schema",
        ),
        pytest.param(["{"], "train.jsonl, line 1", id="broken"),
    ],
)
def test_data_of_no_use_is_said_before_a_model_is_loaded(
    place: Path, lines: list[str], said: str
) -> None:
    (place / "train.jsonl").write_text("\n".join(lines), "utf-8")
    ran = train(place, *FEW)
    assert ran.exit_code in (1, 2)
    assert said in ran.output
    assert not (place / "out").exists()


def test_labels_that_the_schema_has_not_are_counted(place: Path) -> None:
    document = toy_task.texts(1, seed=1)[0]
    strange = Document(document.text, (gold_span(document.text, 0, 2, "Pill"),))
    documents = [with_titles(each) for each in toy_task.texts(20, seed=3)]
    write(place / "train.jsonl", [*documents, strange])
    ran = train(place, *FEW)
    assert ran.exit_code == 0, ran.output
    assert "mentions of types that the schema has not were passed over: Pill 1" in ran.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--form", "poem"), "--form 'poem'; it is one of gollie, chat, uniner"),
        (("--mask", "2"), "masked=2.0; it is a share in [0, 1]"),
        (("--learning-rate", "nan"), "learning_rate=nan"),
        (("--quantization", "int3"), "quantization='int3'"),
        (("--base", "nowhere"), "there is no model 'nowhere'"),
        (("--form", "uniner"), "schema-ner train data"),
    ],
)
def test_options_that_cannot_be_used_are_said(
    place: Path, options: tuple[str, ...], said: str
) -> None:
    ran = CliRunner().invoke(
        app,
        ["train", "lora", str(place / "train.jsonl"), "--schema", str(place / "types.py"),
         *(() if "--base" in options else ("--base", str(BASE))), "--out", str(place / "out"),
         *FEW, *options],
    )  # fmt: skip
    assert ran.exit_code in (1, 2)
    assert said in " ".join(ran.output.split())


def test_a_text_longer_than_a_row_is_left_out_and_counted(place: Path) -> None:
    documents = [with_titles(each) for each in toy_task.texts(20, seed=3)]
    long = Document(documents[0].text + " the tea was cold" * 65 + ".", documents[0].spans)
    write(place / "train.jsonl", [*documents[1:], *[long] * 5])
    ran = train(place, "--texts", 40, "--batch-size", 8, "--row-tokens", 400, *FEW[6:])
    assert ran.exit_code == 0, ran.output
    assert (
        "1 texts were left out: with their schema they are longer than --row-tokens" in ran.stderr
    )


def test_texts_that_are_measured_with_are_not_learnt_from(place: Path) -> None:
    documents = [with_titles(each) for each in toy_task.texts(20, seed=3)]
    write(place / "train.jsonl", documents)
    write(place / "dev.jsonl", documents[:4])
    ran = train(place, *FEW, "--dev", place / "dev.jsonl")
    assert ran.exit_code == 0, ran.output
    assert "learning from 16 texts of 1 sources, measured on 4 kept back" in ran.stderr
    assert "note: 4 texts of" in ran.stderr


def test_texts_annotated_for_some_types_are_learnt_and_measured_by_these(place: Path) -> None:
    rows = [
        {"text": f"Dr X{at} came.", "entities": [[0, 6, "Person"]], "asked": ["Person"]}
        for at in range(10, 50)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (place / "train.jsonl").write_text(lines, "utf-8")
    ran = train(place, *FEW)
    assert ran.exit_code == 0, ran.output
    assert "learning from 36 texts of 1 sources, measured on 4 kept back" in ran.stderr


def test_an_adapter_is_not_run_on_another_base(place: Path) -> None:
    assert train(place, *FEW).exit_code == 0
    from schema_ner.errors import ModelError  # noqa: PLC0415

    with pytest.raises(ModelError, match="does not fit the base"):
        LocalLLM(tiny_models.saved("qwen2"), adapter=place / "out" / "adapter")
