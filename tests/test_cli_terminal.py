"""The command line as a process: streams, encodings, pipes, signals, colour, progress."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import schema_ner
from schema_ner.cli import guard, progress, streams, tables
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = str(Path(schema_ner.__file__).resolve().parents[1])
COMMAND = [sys.executable, "-m", "schema_ner"]


def run(
    *args: str | bytes, stdin: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *args],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=120,
        env=environment(env),
    )


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [ROOT, os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, **(more or {})}


def on_a_terminal(*args: str, env: dict[str, str] | None = None) -> str:
    """What the command prints when all its streams are one terminal of 80 columns."""
    master, slave = pty.openpty()
    size = {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "40", **(env or {})}
    process = subprocess.Popen(
        [*COMMAND, *args], stdin=slave, stdout=slave, stderr=slave, env=environment(size)
    )
    os.close(slave)
    found = b""
    try:
        while chunk := os.read(master, 65536):
            found += chunk
    except OSError:  # how Linux says that the other side is closed
        pass
    process.wait(60)
    os.close(master)
    return found.decode()


# --- the door


def test_help_names_every_command_and_needs_nothing_heavy() -> None:
    result = run("--help")
    assert result.returncode == 0
    for command in (b"extract", b"schemas", b"score", b"convert", b"doctor", b"benchmark"):
        assert command in result.stdout
    code = (
        "import sys\nfrom schema_ner.cli import app\n"
        "print(*{'numpy', 'onnxruntime', 'tokenizers', 'torch', 'rapidfuzz'} & {*sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=environment()
    )
    assert loaded.stdout.strip() == b""


def test_version_and_usage() -> None:
    assert run("--version").stdout.decode() == f"schema-ner {schema_ner.__version__}\n"
    for args in (["bogus"], ["extract", "--bogus"], ["score", "one"], ["benchmark", "bogus"]):
        result = run(*args)
        assert (result.returncode, result.stdout) == (2, b""), args
        assert b"Usage: schema-ner" in result.stderr


def test_a_text_that_looks_like_an_option_gets_a_hint() -> None:
    for text in ("-5 degrees", "--- Ada", "--bogus"):
        result = run("extract", text, "--schema", "pii")
        assert result.returncode == 2, text
        words = " ".join(result.stderr.decode().replace("│", " ").split())
        assert "A text that begins with - goes behind --" in words, text
    near = run("extract", "Ada", "--schem", "pii")
    assert b"goes behind" not in near.stderr
    behind = run("extract", "--schema", "pii", "--json", "--", "-5 degrees")
    assert json.loads(behind.stdout)["text"] == "-5 degrees"


@pytest.mark.parametrize(
    ("command", "usage"),
    [
        ("extract", "extract [OPTIONS] [TEXT]..."),
        ("score", "score [OPTIONS] GOLD PRED [PRED2]"),
        ("stats", "stats [OPTIONS] FILE..."),
        ("convert", "convert [OPTIONS] IN OUT"),
        ("schemas show", "schemas show [OPTIONS] [SCHEMA]"),
        ("schemas propose", "schemas propose [OPTIONS] FILE"),
        ("doctor", "doctor [OPTIONS]"),
        ("benchmark grounding", "benchmark grounding [OPTIONS] FILE"),
    ],
)
def test_usage_lines_show_what_to_write(command: str, usage: str) -> None:
    lines = [line.strip() for line in run(*command.split(), "--help").stdout.decode().splitlines()]
    assert f"Usage: schema-ner {usage}" in lines


# --- bytes, encodings, pipes, signals


def test_arguments_that_are_no_utf8_come_back_as_they_were() -> None:
    text = b"caf\xe9 \xff Ada Lovelace"
    result = run("extract", text, "--schema", "conll2003", "--json")
    assert (result.returncode, result.stderr) == (0, b"")
    (line,) = result.stdout.splitlines()
    found = json.loads(line)
    assert os.fsencode(found["text"]) == text
    assert [span["text"] for span in found["spans"]] == ["Ada Lovelace"]
    assert run("extract", text, "--schema", "conll2003").returncode == 0


def test_file_names_that_are_no_utf8_are_told() -> None:
    result = run("extract", "--file", b"/none/\xff\x1b[31m.txt", "--schema", "pii")
    assert result.returncode == 2
    assert (
        result.stderr.decode() == "error: /none/\\udcff\\x1b[31m.txt: no such file or directory\n"
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8", "cp949"])
def test_any_terminal_shows_any_text(encoding: str) -> None:
    text = "Ada 👩‍👩‍👧 김민수 é"
    env = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C.UTF-8"}
    as_json = run("extract", text, "--schema", "conll2003", "--json", env=env)
    assert (as_json.returncode, as_json.stderr) == (0, b"")
    assert json.loads(as_json.stdout.decode(encoding))["text"] == text
    plain = run("extract", text, "--schema", "conll2003", env=env)
    assert (plain.returncode, plain.stderr) == (0, b"")
    error = run("extract", text, "--schema", "김", env=env)
    assert error.returncode == 2
    assert b"Traceback" not in error.stderr


def test_nul_and_separators_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffAda\x00Lovelace\u2028\u0085\r\nx".encode())
    result = run("extract", "--file", str(path), "-s", "conll2003", "--json")
    (line,) = result.stdout.decode().splitlines()  # as str counts lines, too
    assert json.loads(line)["text"] == "Ada\x00Lovelace\u2028\u0085\r\nx"


def test_nobody_reads_on(tmp_path: Path) -> None:
    """`| head -1` ends the command quietly."""
    path = tmp_path / "many.jsonl"
    path.write_text('{"text": "Ada met Bob", "entities": [[0, 3, "PER"]]}\n' * 20_000)
    command = [*COMMAND, "convert", str(path), "-", "--to", "conll"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(60) == guard.NOBODY_READS
    assert said == b""


def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [*COMMAND, "schemas"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env=environment(),
        )
    assert result.returncode == 2
    assert result.stderr == b"error: no space left on device\n"


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Shells start background jobs with interrupts ignored, and what they start inherits that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
def test_an_interrupt_ends_with_130() -> None:
    command = [*COMMAND, "convert", "-", "-", "--from", "jsonl", "--to", "jsonl"]
    lines = b'{"text": "Ada met Bob"}\n' * 2_000
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(lines)
        process.stdin.flush()
        process.stdout.read(1)  # it has started, and will wait for more
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == guard.INTERRUPTED
    assert said == b""


def test_an_ascii_pipe_without_a_locale() -> None:
    env = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    result = run("schemas", "klue-ko", env=env)
    assert (result.returncode, result.stderr) == (0, b"")


# --- what the guard makes of exceptions


class Broken:
    def __init__(self, err: BaseException) -> None:
        self.err = err

    def __call__(self) -> int:
        raise self.err


BUG = (
    "error: this is a bug in schema-ner (ZeroDivisionError: x / 0); "
    "SCHEMA_NER_TRACEBACK=1 shows where\n"
)


@pytest.mark.parametrize(
    ("err", "code", "told"),
    [
        (InputError("no"), 2, "error: no\n"),
        (FileNotFoundError(2, "No such file", "a"), 2, "error: a: no such file\n"),
        (IsADirectoryError(21, "Is a directory", "a"), 2, "error: a is a folder; name a file\n"),
        (OSError("odd"), 2, "error: odd\n"),
        (UnicodeError("odd"), 2, "error: a text cannot be written or read: odd\n"),
        (KeyboardInterrupt(), 130, ""),
        (SystemExit(3), 3, ""),
        (ZeroDivisionError("x / 0"), 1, BUG),
        (InputError("\x1b[2J\ud800"), 2, "error: \\x1b[2J\\ud800\n"),
    ],
)  # fmt: skip
def test_every_exception_is_a_sentence_and_a_code(
    err: BaseException, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guard.run(Broken(err)) == code
    assert capsys.readouterr().err == told


def test_a_bug_can_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(guard.TRACEBACK, "1")
    with pytest.raises(ZeroDivisionError):
        guard.run(Broken(ZeroDivisionError()))


# --- colour, width, progress


def test_a_terminal_gets_colour_and_a_pipe_none() -> None:
    text = "Ada Lovelace in Paris"
    colored = on_a_terminal("extract", text, "--schema", "conll2003")
    assert "\x1b[38;5;16;48;5;" in colored
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b[" not in on_a_terminal("extract", text, "--schema", "conll2003", env=env)
    assert b"\x1b[" not in run("extract", text, "--schema", "conll2003").stdout


def test_lines_fit_the_terminal() -> None:
    for args in (["schemas"], ["schemas", "klue"]):
        shown = on_a_terminal(*args, env={"NO_COLOR": "1"})
        assert max(map(len, shown.splitlines())) <= 80, args


def test_guidelines_are_wrapped_anew_for_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    guideline = "Names of people,\nalone.\nNot:\n- titles\n- roles\n\nEnd"
    path.write_text(json.dumps({"types": [{"name": "a", "guideline": guideline}]}))
    shown = on_a_terminal("schemas", str(path), env={"NO_COLOR": "1"}).replace("\r", "")
    lines = "  Names of people, alone.\n  Not:\n  - titles\n  - roles\n\n  End\n"
    assert shown.endswith(f"\n\na\n{lines}")
    assert "  Names of people,\n  alone.\n" in run("schemas", str(path)).stdout.decode()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def with_progress(
    monkeypatch: pytest.MonkeyPatch, stream: Any, seconds: float, total: int | None
) -> str:
    monkeypatch.setattr(progress, "DELAY", 0.05)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    with progress.Progress("counting", total) as bar:
        for _ in bar.over(range(3)):
            time.sleep(seconds)
            with bar.aside():
                pass
    assert bar.done == 3
    return str(stream.getvalue())


def test_a_bar_appears_on_a_terminal_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()  # other tests' libraries keep threads of their own
    assert "counting" in with_progress(monkeypatch, Terminal(), 0.1, 3)
    assert "counting" in with_progress(monkeypatch, Terminal(), 0.1, None)
    assert "0/1" not in (alone := with_progress(monkeypatch, Terminal(), 0.1, 1))
    assert "counting 0:00:0" in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", alone)
    assert with_progress(monkeypatch, Terminal(), 0.0, 3) == ""
    assert with_progress(monkeypatch, io.StringIO(), 0.1, 3) == ""
    assert threading.active_count() <= before


def test_tables_count_cells_not_characters() -> None:
    rows = [("type", "n", "about"), ("인물", "10", "a\nb"), ("x", "2", "long enough to be cut")]
    assert tables.table(rows, right={1}, width=22) == (
        "type   n  about\n인물  10  a\\nb\nx      2  long enough…"
    )


def test_wrapped_lines_keep_their_own_ends_and_count_cells() -> None:
    assert list(tables.wrapped("인물 인물 인물 인물 인물\n\n- b", width=22)) == [
        "  인물 인물 인물 인물",
        "  인물",
        "",
        "  - b",
    ]
    assert list(tables.wrapped("a b", width=None, indent="   ", first="1. ")) == ["1. a b"]


def test_json_survives_what_json_cannot_say() -> None:
    with pytest.raises(InputError, match="not to be written as JSON"):
        streams.say_json({"score": float("nan")})
