"""The command line before and beside its work: closed streams, early interrupts, locales."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import schema_ner
from schema_ner.cli import door, guard

ROOT = str(Path(schema_ner.__file__).resolve().parents[1])
COMMAND = f"{shlex.quote(sys.executable)} -m schema_ner"
EXTRACT = "extract 'Ada Lovelace' --schema conll2003 --json"


def shell(
    command: str, *, before: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """What a shell makes of ``schema-ner``, with a folder of modules that come before others."""
    path = os.pathsep.join(filter(None, [str(before or ""), ROOT, os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        ["bash", "-c", command.replace("schema-ner", COMMAND)],
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": path, **(env or {})},
    )


# --- streams that are closed


@pytest.mark.parametrize("command", [EXTRACT, "--version", "--help", "schemas", "extract --help"])
def test_a_closed_stdout_is_nobody_who_reads(command: str) -> None:
    for closed in (">&-", ">&- 2>&-", ">&- 2>&- <&-"):
        result = shell(f"schema-ner {command} {closed}")
        assert (result.returncode, result.stderr) == (guard.NOBODY_READS, b""), closed


def test_a_closed_stdout_is_no_matter_where_nothing_is_written_to_it(tmp_path: Path) -> None:
    source, target = tmp_path / "a.jsonl", tmp_path / "b.conll"
    source.write_text('{"text": "Ada"}\n')
    result = shell(f"schema-ner convert {source} {target} >&-")
    assert result.returncode == 0
    assert target.read_text() == "Ada\tO\n\n"


def test_a_closed_stderr_loses_no_results(tmp_path: Path) -> None:
    for closed in ("2>&-", "2>&- <&-"):
        result = shell(f"schema-ner {EXTRACT} {closed}")
        assert result.returncode == 0, closed
        assert [s["text"] for s in json.loads(result.stdout)["spans"]] == ["Ada Lovelace"]
    assert shell("schema-ner extract --bogus 2>&-").returncode == 2
    assert shell("schema-ner extract Ada --schema nope 2>&-").returncode == 2
    # a file must not get the number of the stream, and the notes in it
    page = tmp_path / "a.html"
    assert shell(f"schema-ner {EXTRACT} --html {page} 2>&- <&-").returncode == 0
    assert page.read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    "command", ["extract - --schema conll2003", "convert - - --from jsonl --to conll"]
)
def test_a_closed_stdin_is_a_sentence(command: str) -> None:
    result = shell(f"schema-ner {command} <&-")
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.startswith(b"error: stdin is closed, so - has nothing to read")
    assert result.stderr.count(b"\n") == 1


@pytest.mark.parametrize("command", ["--help", "--version", "schemas", "extract --help"])
def test_nobody_reads_what_typer_prints_either(command: str) -> None:
    """`--help | head -1` ends as `--json | head -1` does."""
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(
        [sys.executable, "-m", "schema_ner", *command.split()],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        env={**os.environ, "PYTHONPATH": ROOT},
    )
    os.close(writing)
    assert (result.returncode, result.stderr) == (guard.NOBODY_READS, b"")


# --- before anything is imported


@pytest.mark.parametrize(("module", "command"), [("typer", "--version"), ("rich", "schemas")])
def test_an_interrupt_while_importing_ends_with_130(
    tmp_path: Path, module: str, command: str
) -> None:
    (tmp_path / f"{module}.py").write_text("raise KeyboardInterrupt\n")
    result = shell(f"schema-ner {command}", before=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (guard.INTERRUPTED, b"", b"")


@pytest.mark.parametrize(("module", "command"), [("typer", "--version"), ("numpy", EXTRACT)])
def test_an_interrupt_that_a_binary_package_hides_is_one(
    tmp_path: Path, module: str, command: str
) -> None:
    hidden = "ImportError('initialization failed') from KeyboardInterrupt()"
    (tmp_path / f"{module}.py").write_text(f"raise {hidden}\n")
    result = shell(f"schema-ner {command}", before=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (guard.INTERRUPTED, b"", b"")


@pytest.mark.parametrize(
    ("module", "command"),
    [("typer", "--version"), ("rich", "schemas"), ("numpy", EXTRACT)],
)
def test_a_missing_package_is_named(tmp_path: Path, module: str, command: str) -> None:
    said = f"raise ModuleNotFoundError(\"No module named '{module}'\", name='{module}')\n"
    (tmp_path / f"{module}.py").write_text(said)
    result = shell(f"schema-ner {command}", before=tmp_path)
    assert (result.returncode, result.stdout) == (2, b"")
    install = f"{sys.executable} -m pip install {module}"
    told = f"error: the package {module} is missing; install it with: {install}\n"
    assert result.stderr.decode() == told


def test_a_broken_package_is_told_from_a_missing_one() -> None:
    broken = door.missing(ImportError("libfoo.so.1: no such file", name="stdnum.iban"))
    assert "the package python-stdnum is broken (libfoo.so.1: no such file)" in broken
    assert broken.endswith("-m pip install --force-reinstall python-stdnum")
    ours = door.missing(ModuleNotFoundError("No module named 'schema_ner.x'", name="schema_ner.x"))
    assert ours.endswith("-m pip install --force-reinstall schema-ner")


# --- locales


def test_arguments_are_utf8_whatever_the_locale(tmp_path: Path) -> None:
    env = {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    result = shell("schema-ner extract 'café 서울' --schema conll2003 --json", env=env)
    assert json.loads(result.stdout)["text"] == "café 서울"
    (tmp_path / "é.csv").write_text("n,körper\n1,Ada\n", encoding="utf-8")
    file = f"--file {tmp_path}/é.csv --column körper"
    result = shell(f"schema-ner extract {file} --schema conll2003 --json", env=env)
    assert result.stderr == b""
    assert json.loads(result.stdout)["text"] == "Ada"


# --- remarks on a terminal


def test_remarks_fit_a_terminal_and_are_whole_elsewhere(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    line = {"text": "Ada", "entities": [[0, 3, f"a type with a long name {n}"] for n in range(6)]}
    gold.write_text(json.dumps(line), encoding="utf-8")
    command = [sys.executable, "-m", "schema_ner", "score", "gold.jsonl", "gold.jsonl"]
    env = {**os.environ, "PYTHONPATH": ROOT, "TERM": "dumb", "COLUMNS": "60"}
    master, slave = pty.openpty()
    here: dict[str, Any] = {"env": env, "cwd": tmp_path}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=slave, **here) as process:
        os.close(slave)
        shown = b""
        with contextlib.suppress(OSError):  # how Linux says that the other side is closed
            while chunk := os.read(master, 65536):
                shown += chunk
        assert process.wait(60) == 0
    os.close(master)
    lines = shown.decode().splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[0].startswith("warning: gold.jsonl, line 1: ")
    assert lines[1].startswith("  ")
    piped = subprocess.run(command, capture_output=True, check=True, **here).stderr.decode()
    assert max(map(len, piped.splitlines())) > 60
    assert "".join(shown.decode().split()) == "".join(piped.split())
