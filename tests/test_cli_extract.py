"""`schema-ner extract`: where texts come from, how results are shown, what goes wrong and how."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from schema_ner import extractor
from schema_ner.cli.app import app
from schema_ner.cli.extract import thresholds
from schema_ner.engines.base import Reading
from schema_ner.errors import InputError
from schema_ner.schema import EntityType, Schema
from schema_ner.spans import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA = '{"types": [{"name": "name", "guideline": "Names."}, {"name": "other"}]}'


class AdaEngine:
    """Finds every "Ada"; leaves what is behind a bar unread; fails on "boom"."""

    name = "ada"
    threshold = 0.5
    batch_size = 4

    def read(
        self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
    ) -> list[Reading | Exception]:
        del floors
        return [self._read(text, schema.labels[0]) for text in texts]

    def _read(self, text: str, label: str) -> Reading | Exception:
        if "boom" in text:
            return RuntimeError("boom")
        starts = [i for i in range(len(text)) if text.startswith("Ada", i)]
        bar = text.find("|")
        return Reading(
            tuple(Span(i, i + 3, label, "Ada", 0.9) for i in starts),
            unread=((bar, len(text)),) if bar >= 0 else (),
        )


@pytest.fixture(autouse=True)
def _engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extractor, "engine_for", lambda _: AdaEngine())


@pytest.fixture
def schema(tmp_path: Path) -> str:
    path = tmp_path / "names.json"
    path.write_text(SCHEMA, encoding="utf-8")
    return str(path)


def run(*args: str, stdin: bytes | None = None) -> Any:
    return CliRunner().invoke(app, ["extract", *args], input=stdin)


def objects(stdout: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stdout.split("\n") if line]


# --- where texts come from


def test_an_argument_is_the_text_itself(schema: str) -> None:
    result = run("Hello Ada", "--schema", schema)
    assert result.exit_code == 0
    assert result.stdout == (
        "Hello [Ada](name)\n\nstart  end  label  score  source  text\n"
        "    6    9  name   0.900  model   Ada\n"
    )
    assert result.stderr == ""


def test_json_is_one_object_a_line_of_one_shape(schema: str) -> None:
    result = run("Ada", "x\ny", "--schema", schema, "--json")
    assert objects(result.stdout) == [
        {
            "id": None,
            "text": "Ada",
            "spans": [
                {"start": 0, "end": 3, "label": "name", "text": "Ada", "score": 0.9,
                 "status": "exact", "source": "model"},
            ],
            "rejected": [],
            "unread": [],
        },
        {"id": None, "text": "x\ny", "spans": [], "rejected": [], "unread": []},
    ]  # fmt: skip


def test_several_texts_have_headings(schema: str) -> None:
    result = run("Ada", "nobody", "--schema", schema)
    assert result.stdout.startswith("--- text 1\n[Ada](name)\n\nstart")
    assert "Ada\n\n--- text 2\nnobody\n\n(no spans)\n" in result.stdout


def test_stdin_is_one_text_or_what_from_says(schema: str) -> None:
    one = run("-", "--schema", schema, "--json", stdin=b"Ada\r\nAda\n")
    assert [(o["text"], len(o["spans"])) for o in objects(one.stdout)] == [("Ada\r\nAda\n", 2)]
    lines = b'{"id": 1, "text": "Ada"}\n{"text": "no"}\n'
    two = run("-", "--schema", schema, "--json", "--from", "jsonl", stdin=lines)
    assert [(o["id"], o["text"]) for o in objects(two.stdout)] == [("1", "Ada"), (None, "no")]


def test_files_of_all_kinds(tmp_path: Path, schema: str) -> None:
    (tmp_path / "a.txt").write_text("Ada", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"id": "b1", "text": "Ada"}\n', encoding="utf-8")
    (tmp_path / "c.conll").write_text("Ada O\nspoke O\n", encoding="utf-8")
    (tmp_path / "d.csv").write_text("id,text\n7,Ada\n", encoding="utf-8")
    (tmp_path / "e.log").write_text("Ada", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("a.txt", "b.jsonl", "c.conll", "d.csv", "e.log")]
    result = run("--schema", schema, "--json", "--file", *files)  # as a shell expands --file *
    assert result.exit_code == 0
    assert [o["id"] for o in objects(result.stdout)] == [files[0], "b1", None, "7", files[4]]
    assert all(len(o["spans"]) == 1 for o in objects(result.stdout))


def test_a_column_is_named(tmp_path: Path, schema: str) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("n,body\n1,Ada\n2,\n", encoding="utf-8")
    result = run("--file", str(path), "--column", "body", "--schema", schema, "--json")
    assert [o["text"] for o in objects(result.stdout)] == ["Ada", ""]


def test_a_path_given_as_text_is_remarked_upon(tmp_path: Path, schema: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Ada", encoding="utf-8")
    result = run(str(path), "--schema", schema)
    assert result.exit_code == 0
    assert "is taken as a text; --file" in result.stderr


# --- how results are shown


def test_offsets_in_other_units(schema: str) -> None:
    result = run("é👩 Ada", "--schema", schema, "--json", "--offsets", "utf16")
    (found,) = objects(result.stdout)[0]["spans"]
    assert (found["start"], found["end"], found["text"]) == (4, 7, "Ada")


def test_html_is_one_page_of_all_texts(tmp_path: Path, schema: str) -> None:
    page = tmp_path / "page.html"
    result = run("<b> Ada", "boom", "Ada | x", "--schema", schema, "--html", str(page))
    content = page.read_text(encoding="utf-8")
    assert content.startswith("<!DOCTYPE html>")
    assert content.count("<mark") == 2
    assert "&lt;b&gt;" in content
    assert "not read: 7 characters" in content  # "boom" and "| x"
    assert f"wrote {page}" in result.stderr


def test_each_text_of_a_page_has_its_name_and_a_failure_its_reason(
    tmp_path: Path, schema: str
) -> None:
    page, texts = tmp_path / "page.html", tmp_path / "a&b.jsonl"
    texts.write_text('{"id": "<i>", "text": "Ada"}\n{"text": "boom"}\n', encoding="utf-8")
    run("--file", str(texts), "--schema", schema, "--html", str(page))
    content = page.read_text(encoding="utf-8")
    assert '<h2 dir="auto" lang="">&lt;i&gt;</h2>' in content
    assert '<h2 dir="auto" lang="">text 2</h2><p class="sn-failed">' in content
    assert "<b>Failed:</b> RuntimeError: boom</p>" in content
    run("boom", "--schema", schema, "--html", str(page))
    content = page.read_text(encoding="utf-8")
    assert "<h2" not in content  # one text needs no name
    assert "RuntimeError: boom" in content


@pytest.mark.parametrize("spelt", ["a.txt", "./a.txt", "TMP/a.txt", "link", "hard", "names.json"])
def test_a_page_never_replaces_what_is_read(
    spelt: str, tmp_path: Path, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("Ada", encoding="utf-8")
    (tmp_path / "link").symlink_to("a.txt")
    (tmp_path / "hard").hardlink_to("a.txt")
    given = spelt.replace("TMP", str(tmp_path))
    result = run("--file", "a.txt", "--schema", schema, "--html", given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"error: --html {given} is the file that " in result.stderr
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "Ada"
    assert (tmp_path / "names.json").read_text(encoding="utf-8") == SCHEMA


@pytest.mark.parametrize("path", ["-", "--json", ""])
def test_a_page_needs_the_name_of_a_file(path: str, schema: str) -> None:
    result = run("Ada", "--schema", schema, "--html", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"error: --html takes the name of a file, and got {path!r}; write --html PATH\n"
    )


def test_a_folder_that_cannot_be_written_is_told_before_the_work(
    tmp_path: Path, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    result = run("Ada", "--schema", schema, "--html", str(tmp_path / "a.html"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"the folder {tmp_path} cannot be written to" in result.stderr


def test_texts_of_several_files_are_told_apart(tmp_path: Path, schema: str) -> None:
    files = [str(tmp_path / name) for name in ("a.jsonl", "b.jsonl", "c.txt")]
    for path in files[:2]:
        Path(path).write_text('{"id": 1, "text": "Ada"}\n{"text": "boom"}\n', encoding="utf-8")
    Path(files[2]).write_text("Ada", encoding="utf-8")
    page = tmp_path / "page.html"
    result = run("--schema", schema, "--html", str(page), "--file", *files)
    names = [*(f"{path}: {name}" for path in files[:2] for name in ("1", "text 2")), files[2]]
    headings = [line[4:] for line in result.stdout.split("\n") if line.startswith("--- ")]
    assert headings == names
    assert result.stderr.count("error: ") == 2
    assert f"error: {files[1]}: text 2: RuntimeError: boom\n" in result.stderr
    content = page.read_text(encoding="utf-8")
    assert re.findall("<h2[^>]*>(.*?)</h2>", content) == names
    as_json = run("--schema", schema, "--json", "--file", *files)
    assert [o["id"] for o in objects(as_json.stdout)] == ["1", None, "1", None, files[2]]


def test_a_threshold_of_an_unknown_type_says_which_could_be_meant() -> None:
    many = Schema(tuple(EntityType(f"type {n}") for n in range(69)))
    with pytest.raises(InputError) as caught:
        thresholds(["tipe 7=0.5"], many)
    assert "no type is called 'tipe 7'; the schema has 69, such as 'type 7'" in str(caught.value)
    assert len(str(caught.value)) < 150


def test_thresholds_for_all_and_for_single_types(schema: str) -> None:
    for given, count in (("0.95", 0), ("name=0.95", 0), ("other=0.95", 1), ("0.8", 1)):
        result = run("Ada", "--schema", schema, "--json", "--threshold", given)
        assert len(objects(result.stdout)[0]["spans"]) == count, given
    types = Schema((EntityType("a"), EntityType("b=c")))
    assert thresholds([], types) is None
    assert thresholds(["0.3"], types) == 0.3
    assert thresholds(["b=c=0.5", "0.3"], types) == {"a": 0.3, "b=c": 0.5}
    with pytest.raises(InputError, match="'x' is no number; write --threshold"):
        thresholds(["a=x"], types)


def test_a_failed_text_is_told_and_the_others_are_done(schema: str) -> None:
    result = run("Ada", "boom", "Ada", "--schema", schema, "--json")
    assert result.exit_code == 1
    assert [len(o["spans"]) for o in objects(result.stdout)] == [1, 0, 1]
    assert objects(result.stdout)[1]["unread"] == [[0, 4]]
    assert result.stderr == "error: text 2: RuntimeError: boom\n"


def test_what_no_model_read_is_told(schema: str) -> None:
    result = run("Ada |" + "x" * 9, "--schema", schema)
    assert result.exit_code == 0
    assert result.stderr == "note: text 1: no model read 10 of 14 characters\n"


@pytest.mark.parametrize("text", ["", " \n\t", "x" * 1_000_000, "\x00Ada\x00", "\ud800 Ada \udfff"])
def test_awkward_texts_are_read_like_others(text: str, schema: str) -> None:
    plain = run(text, "--schema", schema)
    assert (plain.exit_code, plain.stderr) == (0, "")
    result = run(text, "--schema", schema, "--json")
    assert objects(result.stdout)[0]["text"] == text
    assert len(objects(result.stdout)[0]["spans"]) == text.count("Ada")


def test_a_file_without_texts_is_remarked_upon(tmp_path: Path, schema: str) -> None:
    path = tmp_path / "none.jsonl"
    path.write_text("\n", encoding="utf-8")
    result = run("--file", str(path), "--schema", schema, "--json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == (
        f"warning: {path}: there is no text in it\nnote: there is no text in what was given\n"
    )


# --- what goes wrong


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["Ada"], "no schema given; add --schema NAME (`schema-ner schemas` lists"),
        (["--schema", "SCHEMA"], "no text given; write it in quotes, or name files with --file"),
        (["-", "-", "--schema", "SCHEMA"], "stdin can be read once"),
        (["Ada", "--schema", "pi"], "no ready-made schema is called 'pi'. Did you mean 'pii'?"),
        (["Ada", "--schema", "TMP/none.json"], "there is no file"),
        (["Ada", "--schema", "TMP/broken.json"], "broken.json: a JSON schema that is no JSON"),
        (["Ada", "--schema", "TMP/broken.py"], "broken.py, line 2: SyntaxError"),
        (["Ada", "--schema", "TMP/raises.py"], "raises.py, line 1: ZeroDivisionError"),
        (["Ada", "--schema", "TMP/empty.py"], "empty.py defines no type"),
        (["Ada", "--schema", "TMP"], "is a folder"),
        (["Ada", "--schema", "SCHEMA", "--overlap", "some"], "overlap='some'"),
        (["Ada", "--schema", "SCHEMA", "--offsets", "miles"], "one of codepoint, utf16, byte"),
        (["Ada", "--schema", "SCHEMA", "--threshold", "2"], "is no number in [0, 1]"),
        (["Ada", "--schema", "SCHEMA", "--threshold", "nan"], "is no number in [0, 1]"),
        (["Ada", "--schema", "SCHEMA", "--threshold", "no=0.1"], "no type is called 'no'; the"),
        (["Ada", "--schema", "SCHEMA", "--html", "TMP"], "is a folder; name a file in it"),
        (["Ada", "--schema", "SCHEMA", "--html", "TMP/no/a.html"], "there is no folder TMP/no"),
        (["--file", "TMP/none.txt", "--schema", "SCHEMA"], "TMP/none.txt: no such file"),
        (["--file", "TMP", "--schema", "SCHEMA"], "TMP is a folder; name files, such as TMP/*.txt"),
        (["--file", "TMP/latin.txt", "--schema", "SCHEMA"], "latin.txt, line 1: byte 4 (0xe9) is"),
        (["--file", "TMP/broken.jsonl", "--schema", "SCHEMA"], "broken.jsonl, line 2: no JSON"),
        (["--file", "TMP/empty.csv", "--schema", "SCHEMA"], "empty.csv: the file is empty"),
        (["--file", "TMP/a.csv", "--schema", "SCHEMA"], "none called 'text'; name one of 'a', 'b'"),
        (["--file", "TMP/a.csv", "--column", "c", "--schema", "SCHEMA"], "has no column 'c'"),
        (["--file", "TMP/a.csv", "--from", "xml", "--schema", "SCHEMA"], "is called 'xml'"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_exit_2(
    args: list[str], told: str, tmp_path: Path, schema: str
) -> None:
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    (tmp_path / "broken.py").write_text("x = 1\nclass", encoding="utf-8")
    (tmp_path / "raises.py").write_text("x = 1 / 0\n", encoding="utf-8")
    (tmp_path / "empty.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    (tmp_path / "broken.jsonl").write_text('{"text": "a"}\n{', encoding="utf-8")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    here = [arg.replace("SCHEMA", schema).replace("TMP", str(tmp_path)) for arg in args]
    result = run(*here)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert told.replace("TMP", str(tmp_path)) in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr + result.stdout
