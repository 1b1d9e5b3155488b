"""`schema-ner benchmark`: what it prints, writes and refuses, and how it ends."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import run_doubles as doubles

import schema_ner
from schema_ner import registry
from schema_ner.benchmark import models, plots
from schema_ner.cli import app, benchmark_run, guard, progress

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(schema_ner.__file__).resolve().parents[1]
DATA = Path(__file__).parent / "data"
KLUE = str(DATA / "klue.3.tsv")
WNUT = str(DATA / "wnut17.200.jsonl.gz")
COMMAND = [sys.executable, "-m", "schema_ner", "benchmark"]
FILES = {
    "journal.jsonl",
    "metrics.json",
    "predictions.jsonl",
    "predictions.csv",
    "errors.txt",
    "report.html",
    "run.log",
    "errors.log",
}


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


class Done(NamedTuple):
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def cli(*args: str) -> Done:
    """The command in this process: what it costs to start one is not what is tested."""
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
    ):
        code = guard.run(lambda: app.app(["benchmark", *args], prog_name="schema-ner"))
    return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs over texts of which they share some."""
    folder = tmp_path_factory.mktemp("runs")
    for name, options in (("one", ("--samples", "40")), ("two", ("--samples", "test"))):
        args = ("wnut17", "--data", WNUT, "--out", str(folder / name), "--resamples", "0")
        done = cli(*args, *options)
        assert done.returncode == 0, done.stderr
        assert done.stderr.endswith(f"wrote {folder / name}/report.html\n")
    return folder


def test_a_run_from_klues_own_file_leaves_all_artefacts(tmp_path: Path) -> None:
    out = tmp_path / "new" / "run"
    done = cli("klue", "--data", KLUE, "--out", str(out), "--resamples", "100")
    assert done.returncode == 0, done.stderr
    assert {p.name for p in out.iterdir() if p.is_file()} == FILES
    if (out / "plots").exists():  # where matplotlib is
        assert {p.suffix for p in (out / "plots").iterdir()} == {".png"}
    assert done.stdout.startswith("klue: 3 texts, builtin-2, schema klue\n")
    shown = {line.split()[0] for line in done.stdout.splitlines() if line.strip()}
    assert {"person", "strict,", "klue-entity", "klue-char", "klue-clean", "pii"} <= shown
    metrics = json.loads((out / "metrics.json").read_text())
    assert {
        *("total_samples", "overall_precision", "overall_recall", "overall_f1", "per_entity_f1"),
        *("total_time", "average_time_per_sample", "samples_per_second", "conventions"),
        *("per_type", "intervals", "tokens", "cost", "versions", "precision", "class_order"),
        *("schema_hash", "data_hash", "seed", "rejected", "failed", "settings"),
    } <= set(metrics)


def test_naming_the_command_is_the_same(tmp_path: Path) -> None:
    """`benchmark run FILE`, `benchmark FILE`, and options before it."""
    out = str(tmp_path / "out")
    args = ("--schema", "wnut17", "--samples", "test", "--resamples", "0", "--json", "--out", out)
    found = []
    for words in (("run", WNUT, *args), (WNUT, *args), (*args, WNUT)):
        done = cli(*words)
        assert done.returncode == 0, done.stderr
        data = json.loads(done.stdout)
        del data["settings"]
        found.append(data)
    assert found[0] == found[1] == found[2]
    assert found[0]["total_samples"] == 10


def test_processes_write_the_same(tmp_path: Path) -> None:
    """Whatever order their sets are in."""
    for seed in "123":
        folder = tmp_path / seed
        if seed == "1":
            folder.mkdir()
        else:  # times are those of the first
            shutil.copytree(tmp_path / "1", folder)
        command = (WNUT, "--schema", "wnut17", "--samples", "60", "--resamples", "0")
        done = subprocess.run(
            [*COMMAND, *command, "--out", "run"],
            cwd=folder,
            env=environment(PYTHONHASHSEED=seed),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    found = [
        doubles.files(tmp_path / seed, but=["run/run.log", "run/errors.log"]) for seed in "123"
    ]
    assert found[0] == found[1] == found[2]


def test_the_same_command_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    """After an interrupt, which says so."""
    args = ("wnut17", "--data", WNUT, "--resamples", "0", "--out", str(tmp_path / "run"), "--json")
    process = subprocess.Popen(
        [*COMMAND, *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    journal = tmp_path / "run" / "journal.jsonl"
    deadline = time.monotonic() + 60
    while not journal.exists() or journal.read_bytes().count(b"\n") < 3:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == guard.INTERRUPTED
    assert said == f"stopped; the same command goes on from what is in {tmp_path}/run\n"
    before = journal.read_bytes().count(b"\n")
    assert before < 201
    done = cli(*args)
    assert done.returncode == 0, done.stderr
    assert "go on behind" in (tmp_path / "run" / "run.log").read_text()
    assert json.loads(done.stdout)["total_samples"] == 200


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("bogus", "--out", "o"), "'bogus' is neither a file of annotated texts nor a data set"),
        (("klue", "--out", "o"), "get klue-ner-v1.1_dev.tsv from https://github.com/KLUE"),
        (("pii", "--out", "o"), "pii is a schema without a data set"),
        ((KLUE, "--out", "o"), "no schema given for"),
        ((KLUE, "--out", KLUE, "--schema", "klue"), "is a file; name a folder, which may be new"),
        ((KLUE, "--out", "", "--schema", "klue"), "--out takes the name of a folder, and got ''"),
        ((WNUT, "--out", "o", "--schema", "klue"), "which the schema has not; its types are"),
        ((KLUE, "--out", "o", "--schema", "klue", "--samples", "few"), "--samples few: it is test"),
        ((KLUE, "--out", "o", "--schema", "klue", "--seed", "-1"), "seed is -1"),
        ((KLUE, "--out", "o", "--schema", "klue", "--resamples", "5"), "resamples is 5"),
        ((KLUE, "--out", "o", "--schema", "klue", "--exclude", "x"), "there is no such type"),
        ((KLUE, "--out", "o", "--schema", "klue", "-m", "no such"), "no model is called 'no such'"),
        ((KLUE, "--out", "o", "--schema", "klue", "--data", KLUE), "two files of texts"),
        (("compare", "nowhere", "else"), "nowhere holds no metrics.json of a finished run"),
    ],
)
def test_what_cannot_be_run_is_said_before_anything_is_written(
    tmp_path: Path, args: tuple[str, ...], said: str
) -> None:
    args = tuple(str(tmp_path / "out") if word == "o" else word for word in args)
    done = cli(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: " in done.stderr
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


def test_another_run_in_the_folder_is_an_error(runs: Path) -> None:
    done = cli("wnut17", "--data", WNUT, "--schema", "conll2003", "--out", str(runs / "one"))
    assert done.returncode == 2
    assert "the schema has not" in done.stderr
    file = runs / "names.json"
    types = [
        {"name": t.label, "dataset_label": t.dataset_label} for t in registry.ready_made("wnut17")
    ]
    file.write_text(json.dumps({"types": types}))
    done = cli("wnut17", "--data", WNUT, "--schema", str(file), "--out", str(runs / "one"))
    assert done.returncode == 2
    assert "is the journal of another run: schema (" in done.stderr


@pytest.mark.parametrize(
    ("command", "usage"),
    [
        ("run", "run [OPTIONS] NAME|FILE"),
        ("compare", "compare [OPTIONS] RUN..."),
        ("grounding", "grounding [OPTIONS] FILE"),
    ],
)
def test_usage_lines(command: str, usage: str) -> None:
    lines = [line.strip() for line in cli(command, "--help").stdout.splitlines()]
    assert f"Usage: schema-ner benchmark {usage}" in lines
    assert command in cli("--help").stdout


# --- comparing


def test_two_runs_compare(runs: Path, tmp_path: Path) -> None:
    folders = (str(runs / "one"), str(runs / "two"))
    page = tmp_path / "page.html"
    done = cli("compare", *folders, "--resamples", "100", "--html", str(page))
    assert (done.returncode, done.stderr) == (0, f"wrote {page}\n")
    assert "10 texts that all runs have" in done.stdout
    assert "strict f1" in done.stdout
    assert page.read_text().startswith("<!DOCTYPE html>")
    data = json.loads(
        cli("compare", *folders, "--resamples", "100", "--json", "--convention", "strict").stdout
    )
    assert data["texts"] == 10
    assert {row["convention"] for row in data["conventions"]} == {"strict"}
    assert len(data["conventions"][0]["values"]) == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "it takes two or more to compare"),
        (("two", "--convention", "bogus"), "no scoring convention is called 'bogus'"),
        (("two", "--resamples", "1"), "resamples is 1"),
        (("two", "--html", "."), "--html . is a folder"),
    ],
)
def test_what_cannot_be_compared_is_an_error(runs: Path, more: tuple[str, ...], said: str) -> None:
    words = [str(runs / word) if word == "two" else word for word in more]
    done = cli("compare", str(runs / "one"), *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


# --- with a double in place of the model


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int | None]:
    """The command as a function, with a model that fails on texts with "bad" in them."""

    def find(name: str, **_options: Any) -> models.Model:
        return models.described(doubles.Asked(), name)

    monkeypatch.setattr(models, "find", find)
    monkeypatch.setattr(plots, "write_plots", lambda _run, _folder: [])

    def command(texts: list[str], folder: Path, **options: Any) -> int | None:
        file = folder / "texts.jsonl.gz"
        lines = [json.dumps(doubles.document(text).to_dict()) for text in texts]
        file.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
        schema = folder / "schema.json"
        types = [{"name": name, "guideline": about} for name, about in doubles.SCHEMA.items()]
        schema.write_text(json.dumps({"types": types}))
        asked = {"schema": str(schema), "out": str(folder / "run"), "resamples": 0, **options}
        return guard.run(lambda: benchmark_run.run(str(file), **asked))

    return command


def test_texts_that_fail_are_told_and_end_in_1(
    tmp_path: Path, double: Callable[..., int | None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert double(["Ada", "bad Bob", "Eve met Al"], tmp_path) == guard.FAILED
    out, err = capsys.readouterr()
    assert out.startswith("texts: 3 texts, double, schema schema\n")
    assert err == (
        f"note: 1 texts failed, see {tmp_path}/run/errors.log; the same command tries them again\n"
        f"wrote {tmp_path}/run/report.html\n"
    )
    assert "this text is bad" in (tmp_path / "run" / "errors.log").read_text()


def test_types_without_annotations_are_told(
    tmp_path: Path, double: Callable[..., int | None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert double(["Ada"], tmp_path) == guard.DONE  # one name, which is a city there
    assert "note: of 2 types, 1 are annotated in none of the texts" in capsys.readouterr().err
    assert double(["Ada"], tmp_path, exclude=["person"]) == guard.DONE
    assert "note: of" not in capsys.readouterr().err


def test_predictions_are_left_out_on_request(
    tmp_path: Path, double: Callable[..., int | None]
) -> None:
    assert double(["Ada met Bob"], tmp_path, no_save_predictions=True) == guard.DONE
    there = {path.name for path in (tmp_path / "run").iterdir()}
    assert there == FILES - {"predictions.jsonl", "predictions.csv"}


def test_the_bar_shows_f1_speed_and_cost(
    tmp_path: Path, double: Callable[..., int | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal, behind how many texts are done."""
    monkeypatch.setattr(progress, "DELAY", 0.0)
    master, slave = pty.openpty()
    shown: list[str] = []
    say = progress.Progress.say
    monkeypatch.setattr(
        progress.Progress, "say", lambda bar, what: (shown.append(what), say(bar, what))[1]
    )
    with os.fdopen(slave, "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", "120")
        assert double([f"Ada met Bob{n}" for n in range(60)], tmp_path) == guard.DONE
    os.close(master)
    assert any("F1 " in what and "texts/s" in what and "$" in what for what in shown)
    assert "writing report.html" in shown
