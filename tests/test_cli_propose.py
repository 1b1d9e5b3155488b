"""`schema-ner schemas propose`: the table, the files, and what is said before a model is loaded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from schema_ner import ScriptedEngine, formats, proposing
from schema_ner.cli.app import app
from schema_ner.registry import resolve

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ["Take aspirin in Paris, not Humira.", "Paris; aspirin.", "Nothing."]
ANSWERS: dict[str, Any] = {
    TEXTS[0]: '[("aspirin", "drug"), ("Humira", "Drugs"), ("Paris", "city")]',
    TEXTS[1]: '[("aspirin", "Drugs"), ("Paris", "myth"), ("Rome", "city")]',
    TEXTS[2]: "[]",
}


def run(*args: str) -> Any:
    return CliRunner().invoke(app, ["schemas", "propose", *args])


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "texts.jsonl"
    lines = [json.dumps({"id": f"t{n}", "text": text}) for n, text in enumerate(TEXTS)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that a scripted model is asked about, whatever model is named."""
    texts: list[str] = []

    def answer(text: str) -> Any:
        texts.append(text)
        return ANSWERS.get(text, ValueError("a bad text"))

    monkeypatch.setattr(proposing, "engine_of", lambda _: ScriptedEngine(answer))
    return texts


def test_a_draft_is_a_table_and_two_files(file: str, asked: list[str], tmp_path: Path) -> None:
    out, annotations = tmp_path / "draft.json", tmp_path / "annotated.jsonl"
    result = run(file, "--model", "x", "--out", str(out), "--annotations", str(annotations))
    assert result.exit_code == 0
    assert asked == TEXTS
    assert result.stdout == (
        "type   mentions  texts  also spelt  examples\n"
        "Drugs         3      2  drug 1      aspirin, Humira\n"
    )
    assert result.stderr.splitlines() == [
        "note: left out, found fewer than 2 times: 2 types with 2 mentions; --least 1 keeps them",
        "note: what the model said and is no mention: hallucinated 1",
        f"wrote 1 type to {out}",
        f"wrote 3 texts to {annotations}",
    ]
    assert [(t.label, t.examples) for t in resolve(out)] == [("Drugs", ("aspirin", "Humira"))]
    documents = list(formats.read(annotations))
    assert [document.id for document in documents] == ["t0", "t1", "t2"]
    assert [[(s.text, s.label) for s in document.spans] for document in documents] == [
        [("aspirin", "Drugs"), ("Humira", "Drugs")],
        [("aspirin", "Drugs")],
        [],
    ]


def test_json(file: str, asked: list[str]) -> None:
    result = run(file, "--model", "x", "--json", "--least", "1")
    data = json.loads(result.stdout)
    assert [one["name"] for one in data["proposals"]] == ["Drugs", "city", "myth"]
    assert data["merges"] == {"Drugs": {"Drugs": 2, "drug": 1}}
    assert data["model"] == "scripted"
    assert result.stderr == "note: what the model said and is no mention: hallucinated 1\n"
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("options", "number"), [(["--samples", "2"], 2), (["--samples", "2", "--seed", "1"], 2)]
)
def test_some_of_the_texts(file: str, asked: list[str], options: list[str], number: int) -> None:
    """The first ones, or a draw that is the same every time; in their order."""
    for _ in range(2):
        assert run(file, "--model", "x", *options).exit_code == 0
    assert asked[:number] == asked[number:]
    assert asked[:number] == sorted(asked[:number], key=TEXTS.index)
    assert ("--seed" in options) == (asked[:number] != TEXTS[:number])


@pytest.mark.usefixtures("asked")
def test_a_text_that_fails_is_told(tmp_path: Path, file: str) -> None:
    (tmp_path / "bad.txt").write_text("a bad one", encoding="utf-8")
    result = run(str(tmp_path / "bad.txt"), "--model", "x")
    assert result.exit_code == 1
    assert f"error: {tmp_path / 'bad.txt'}: ValueError: a bad text\n" in result.stderr
    assert "note: no type was found 2 times" in result.stderr
    assert result.stdout == ""
    assert run(file, "--model", "x").exit_code == 0


@pytest.mark.usefixtures("asked")
def test_other_formats_say_what_they_lose(tmp_path: Path, file: str) -> None:
    """Whatever ``convert`` writes, this writes; two types at one place are no tags."""
    path = tmp_path / "annotated.conll"
    result = run(file, "--model", "x", "--least", "1", "--annotations", str(path))
    assert result.exit_code == 0
    assert "B-Drugs" in path.read_text(encoding="utf-8")
    twice = tmp_path / "twice.csv"
    twice.write_text('note\n"Take aspirin in Paris, not Humira."\n', encoding="utf-8")
    assert (
        run(str(twice), "--model", "x", "--column", "note", "--least", "1").stdout.count("\n") == 3
    )


@pytest.mark.usefixtures("asked")
def test_no_type_is_no_schema(tmp_path: Path, file: str) -> None:
    out = tmp_path / "draft.json"
    result = run(file, "--model", "x", "--least", "9", "--out", str(out))
    assert result.exit_code == 2
    assert "error: no type is in the draft of 3 texts; 3 were found, all of them" in result.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param([], "no model given; add --model, a language model", id="no model"),
        pytest.param(["-m", "builtin"], "the built-in model needs a schema", id="built in"),
        pytest.param(["-m", "nosuch"], "no model is called 'nosuch'", id="no such model"),
        pytest.param(["-m", "x", "--samples", "0"], "--samples 0: it is", id="samples"),
        pytest.param(["-m", "x", "--out", "a.txt"], "--out a.txt: the schema is JSON", id="out"),
        pytest.param(["-m", "x", "--out", "no/a.json"], "there is no folder", id="no folder"),
        pytest.param(["-m", "x", "--annotations", "a.txt"], "holds no annotations", id="format"),
        pytest.param(
            ["-m", "x", "--out", "a.json", "--annotations", "a.json"], "both name a.json", id="same"
        ),
        pytest.param(["-m", "x", "--annotations", "{file}"], "and would replace it", id="input"),
        pytest.param(["-m", "x", "--from", "nosuch"], "nosuch", id="no such format"),
    ],
)
def test_what_cannot_be_done_is_said_first(file: str, options: list[str], said: str) -> None:
    result = run(file, *(option.replace("{file}", file) for option in options))
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert said in result.stderr
    assert result.stdout == ""


def test_an_empty_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    result = run(str(tmp_path / "empty.jsonl"), "--model", "x")
    assert result.exit_code == 2
    assert "empty.jsonl: there are no texts in the file" in result.stderr


def test_a_model_in_a_folder(file: str) -> None:
    """A tiny one with random weights: what it says is held to the texts."""
    pytest.importorskip("llguidance", reason="needs the extra [llm]")
    import tiny_models  # noqa: PLC0415  # skips where the extra is missing

    result = run(file, "--model", str(tiny_models.saved("qwen2")), "--least", "1", "--json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data["texts"] == 3
    assert "hallucinated" not in data["rejected"]
    for one in data["proposals"]:
        assert all(any(example in text for text in TEXTS) for example in one["examples"])
