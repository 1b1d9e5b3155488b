"""`schema-ner prompt`: exactly what a model would be asked, in each form."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from schema_ner.cli.app import app
from schema_ner.cli.prompt import FORMS
from schema_ner.prompts import chat, gollie, uniner
from schema_ner.schema import Schema

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = '{"types": [{"name": "Name", "guideline": "Names."}, {"name": "job title"}]}'
TYPES = Schema.from_json(SCHEMA)
TEXT = 'Ada, "한국" </s> \\n'


@pytest.fixture
def schema(tmp_path: Path) -> str:
    path = tmp_path / "names.json"
    path.write_text(SCHEMA, encoding="utf-8")
    return str(path)


def run(*args: str, stdin: bytes | None = None) -> Any:
    return CliRunner().invoke(app, ["prompt", *args], input=stdin)


def asked(form: str, text: str = TEXT) -> list[Any]:
    if form == "gollie":
        return [gollie.render(TYPES, text)]
    if form == "uniner":
        return [uniner.render(text, "name"), uniner.render(text, "job title")]
    return chat.messages(TYPES, text)


@pytest.mark.parametrize("form", FORMS)
def test_what_is_printed_is_what_is_asked(form: str, schema: str) -> None:
    """No line end behind it; questions in lines, turns of a chat in paragraphs."""
    result = run(TEXT, "--schema", schema, "--format", form)
    said = [each["content"] if form == "chat" else each for each in asked(form)]
    assert result.exit_code == 0
    assert result.stdout == ("\n\n" if form == "chat" else "\n").join(said)
    assert result.stderr == ""


@pytest.mark.parametrize("form", FORMS)
def test_json_is_a_list(form: str, schema: str) -> None:
    result = run(TEXT, "-s", schema, "--format", form, "--json")
    assert json.loads(result.stdout) == asked(form)
    assert result.stdout.count("\n") == 1


def test_the_form_is_gollie_unless_another_is_named(schema: str) -> None:
    assert run(TEXT, "-s", schema).stdout == asked("gollie")[0]


@pytest.mark.parametrize("text", ["", " a \n", "a\r\nb"], ids=["none", "blanks", "CRLF"])
def test_a_text_from_stdin_is_taken_as_it_is(text: str, schema: str) -> None:
    result = run("-", "-s", schema, stdin=text.encode())
    assert result.stdout == asked("gollie", text)[0]


def test_a_text_may_begin_with_a_dash(schema: str) -> None:
    assert run("-s", schema, "--", "-5").stdout == asked("gollie", "-5")[0]


def test_bytes_of_a_real_process(schema: str) -> None:
    """Not a byte more, and UTF-8."""
    command = [sys.executable, "-m", "schema_ner", "prompt", TEXT, "-s", schema]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout == asked("gollie")[0].encode()
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(["x"], "no schema given; add --schema NAME", id="no schema"),
        pytest.param(["x", "-s", "pi"], "no ready-made schema is called 'pi'", id="no such schema"),
        pytest.param(
            ["x", "-s", "pii", "--format", "t5"],
            "no prompt has the format 't5'; there are gollie, uniner, chat",
            id="no such form",
        ),
        pytest.param([], "Missing argument 'TEXT'", id="no text"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(args: list[str], said: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in " ".join(result.stderr.split())
