"""A benchmark that was stopped anywhere, by anything, leaves the files of one that was not."""

from __future__ import annotations

import errno
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import run_doubles as doubles

from schema_ner.benchmark import artefacts, plots, running
from schema_ner.benchmark.run import ERROR_LOG, JOURNAL, LOG, METRICS, Run, load, to_line
from schema_ner.runs import journal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.spans import Document

fast = pytest.fixture(autouse=True)(doubles.fast_disk)
LOGS = (LOG, ERROR_LOG)
# texts that repeat, are empty, fail, or hold half a character; ids that repeat, or are not there
TEXTS = [
    ("Ada wrote to Bob", "a"),
    ("", "b"),
    ("bad luck in Rome", "c"),
    ("Ada wrote to Bob", "a"),
    ("bad luck in Rome", None),
    ("half \ud800 of Eve", None),
    ("Karin moved to Uppsala", "=a,1"),
]
DOCUMENTS = [doubles.document(text, name) for text, name in TEXTS]


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take longest, and are made of the same run as the page."""
    monkeypatch.setattr(plots, "write_plots", lambda _run, _folder: [])


def made(folder: Path, documents: list[Document] = DOCUMENTS, engine: Any = None) -> Run:
    return running.run(doubles.plan(documents, engine), folder, patience=doubles.AT_ONCE)


def prefixes(content: bytes) -> Iterator[int]:
    """The ends of all lines, and the bytes before and behind them."""
    ends = [at + 1 for at, byte in enumerate(content) if byte == ord("\n")]
    near = {end + step for end in (0, *ends) for step in (-1, 0, 1, 2)}
    yield from sorted(at for at in near if 0 <= at <= len(content))


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize(
    "documents",
    [
        pytest.param(DOCUMENTS[2:4], id="two texts"),
        pytest.param(DOCUMENTS, id="all texts", marks=pytest.mark.slow),
    ],
)
def test_every_byte_prefix_resumes_to_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, documents: list[Document]
) -> None:
    """All files but the logs, byte by byte; the clock stands still."""
    doubles.stop_the_clock(monkeypatch)
    _same_files_after_each(tmp_path, lambda content: range(len(content) + 1), documents)


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize("batch_size", [1, 3])
def test_a_cut_journal_resumes_to_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch_size: int
) -> None:
    """At the end of each record, and a byte or two around it."""
    doubles.stop_the_clock(monkeypatch)
    _same_files_after_each(tmp_path, prefixes, DOCUMENTS, batch_size)


def _same_files_after_each(
    tmp_path: Path, cuts: Any, documents: list[Document], batch_size: int = 1
) -> None:
    made(tmp_path / "whole", documents)
    whole = doubles.files(tmp_path / "whole", but=LOGS)
    content = whole[JOURNAL]
    assert {"metrics.json", "predictions.jsonl", "errors.txt", "report.html"} < set(whole)
    folder = tmp_path / "cut"
    folder.mkdir()
    for length in cuts(content):
        (folder / JOURNAL).write_bytes(content[:length])
        made(folder, documents, doubles.Asked(batch_size))
        assert doubles.files(folder, but=LOGS) == whole, length


def test_pictures_are_the_same_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    doubles.stop_the_clock(monkeypatch)
    made(tmp_path / "whole")
    whole = doubles.files(tmp_path / "whole", but=LOGS)
    assert any(name.endswith(".png") for name in whole)
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / JOURNAL).write_bytes(whole[JOURNAL][:700])
    made(tmp_path / "cut")
    assert doubles.files(tmp_path / "cut", but=LOGS) == whole


@pytest.mark.usefixtures("no_pictures")
def test_the_run_is_what_is_read_back_from_its_folder(tmp_path: Path) -> None:
    """But for half characters that are halves of one, which JSON joins."""
    done = made(tmp_path)
    again = load(tmp_path)
    assert again.samples == done.samples
    assert [to_line(each) for each in again.samples] == [to_line(each) for each in done.samples]
    assert again.settings == done.settings
    assert [s.predicted.usage for s in again.samples] == [s.predicted.usage for s in done.samples]
    assert json.loads((tmp_path / METRICS).read_text()) == done.metrics == again.metrics


# --- full disks


@pytest.mark.usefixtures("no_pictures")
def test_a_disk_that_fills_up_anywhere_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the journal, or in any of the files behind it."""
    doubles.stop_the_clock(monkeypatch)
    made(tmp_path / "whole")
    whole = doubles.files(tmp_path / "whole", but=LOGS)
    folder = tmp_path / "full"
    for name in (JOURNAL, "predictions.jsonl", "predictions.csv", "errors.txt", "report.html"):
        with monkeypatch.context() as patch:
            _fill(patch, name)
            with pytest.raises(OSError, match="No space left") as caught:
                made(folder)
        assert Path(caught.value.filename).name == name
        assert "the same call goes on" in str(caught.value)
        assert not (folder / METRICS).exists()
    made(folder)
    assert doubles.files(folder, but=LOGS) == whole


def _fill(patch: pytest.MonkeyPatch, name: str) -> None:
    """The disk is full as soon as that file is written."""
    if name == JOURNAL:
        write, room = os.write, [900]

        def part(file: int, data: bytes) -> int:
            if len(data) > room[0]:
                raise OSError(errno.ENOSPC, "No space left on device")
            room[0] -= len(data)
            return write(file, data)

        patch.setattr(journal.os, "write", part)
        return
    writers = {
        "predictions.jsonl": (artefacts.predictions, "write_jsonl"),
        "predictions.csv": (artefacts.predictions, "write_csv"),
        "errors.txt": (artefacts.mistakes, "write_errors"),
        "report.html": (artefacts.report, "write_report"),
    }
    module, function = writers[name]

    def refuse(_run: Run, path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    patch.setattr(module, function, refuse)


# --- real processes

SCRIPT = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
import run_doubles as doubles
from test_benchmark_run_resume import DOCUMENTS
from schema_ner.benchmark import plots, running
from schema_ner.runs import reading

class Slow(doubles.Asked):
    def answer(self, text):
        time.sleep(0.02)
        return super().answer(text)

reading.time = SimpleNamespace(perf_counter=lambda: 0.0)
plots.write_plots = lambda run, folder: []
print("ready", flush=True)
running.run(doubles.plan(DOCUMENTS * 3, Slow(2)), sys.argv[1], patience=doubles.AT_ONCE)
"""


def started(folder: Path, limit: int | None = None) -> subprocess.Popen[str]:
    """The script above, ready to run; no file of it may be longer than that."""
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent)])

    def narrow() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
        preexec_fn=narrow,  # noqa: PLW1509  # one thread
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def finish(process: subprocess.Popen[str]) -> str:
    """Its exit code must be 0, or it is what it says on stderr."""
    _, said = process.communicate(timeout=120)
    return said if process.returncode else ""


def killed_until_done(folder: Path, kills: int, seed: int) -> int:
    """Start the script and kill it at random moments, then let it end; how often it was killed."""
    rng = random.Random(seed)  # noqa: S311  # repeatable, not secret
    count = 0
    for _ in range(kills):
        process = started(folder)
        time.sleep(rng.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        count += process.returncode == -signal.SIGKILL
    assert finish(started(folder)) == ""
    return count


def test_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    assert finish(started(tmp_path / "whole")) == ""
    assert killed_until_done(tmp_path / "killed", 3, seed=1)
    whole, killed = (doubles.files(tmp_path / n, but=LOGS) for n in ("whole", "killed"))
    assert whole.keys() == killed.keys()
    for name in whole:
        assert whole[name] == killed[name], name


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_many_kills_at_random_moments_change_nothing(tmp_path: Path, seed: int) -> None:
    assert finish(started(tmp_path / "whole")) == ""
    assert killed_until_done(tmp_path / "killed", 12, seed)
    assert doubles.files(tmp_path / "killed", but=LOGS) == doubles.files(
        tmp_path / "whole", but=LOGS
    )


def test_a_limit_of_the_system_stops_cleanly(tmp_path: Path) -> None:
    """A real write that the system takes a part of and then refuses."""
    said = finish(started(tmp_path / "run", limit=1_000))
    assert "finished texts are safe in it" in said
    content = (tmp_path / "run" / JOURNAL).read_bytes()
    assert content.endswith(b"}\n")
    assert len(content) <= 1_000
    assert finish(started(tmp_path / "run")) == ""
    assert finish(started(tmp_path / "whole")) == ""
    assert doubles.files(tmp_path / "run", but=LOGS) == doubles.files(tmp_path / "whole", but=LOGS)
