"""The journal of finished texts: what is in it is kept, whatever happens to the process."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
import run_doubles as doubles
import strategies
from hypothesis import given
from hypothesis import strategies as st
from run_doubles import done, header, keys, results

from schema_ner import Extraction, Rejected, Span, Usage
from schema_ner.errors import FormatError, InputError
from schema_ner.runs import Header, Journal, journal, records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

fast = pytest.fixture(autouse=True)(doubles.fast_disk)
TEXTS = ["Ada wrote", "", "to Bob", "bad luck", "Ada wrote"]


# --- records


@given(strategies.text_with_ranges(), strategies.texts(), st.floats(0, 1))
def test_a_record_gives_the_extraction_again(
    both: tuple[str, list[tuple[int, int]]], said: str, score: float
) -> None:
    """Through a line of JSON, also with half characters in the text."""
    text, ranges = both
    spans = tuple(Span(a, b, "x", text[a:b], score, source="validator") for a, b in ranges)
    rejected = (Rejected(said.replace("\ud800", "").replace("\udfff", ""), None, "failed", "why"),)
    usage = Usage(1, 2, 3, 0.1, 0.25)
    whole = Extraction(text, spans, rejected, tuple(ranges), usage, "m", "h")
    line = json.dumps(records.to_record(whole))
    again = records.from_record(text, json.loads(line))
    assert (again, again.usage) == (whole, usage)


@pytest.mark.parametrize(
    "change",
    [
        {"spans": [{"start": 0, "end": 99, "label": "x", "score": None}]},
        {"spans": [{"start": 0, "end": 1, "label": "x", "score": 2, "status": "exact"}]},
        {"spans": [[0, 1]]},
        {"spans": [{"start": 0, "end": 1, "label": 1, "score": None, "status": "exact"}]},
        {"rejected": [{"text": "a", "label": None, "status": "exact", "reason": "b"}]},
        {"rejected": [{"text": None, "label": None, "status": "failed", "reason": "b"}]},
        {"unread": [[5, 9]]},
        {"usage": {"money": 1}},
        {"model": None},
    ],
)
def test_what_is_no_record_is_refused(change: dict[str, Any]) -> None:
    for span in change.get("spans", ()):
        if isinstance(span, dict):
            span.setdefault("status", "exact")
            span.setdefault("source", "model")
    record = records.to_record(Extraction("ab")) | change
    with pytest.raises((ValueError, TypeError, KeyError)):
        records.from_record("ab", record)


# --- header and keys


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "t"}, 'schema ("s" there, "t" now)'),
        ({"model": "other"}, 'model ("double" there, "other" now)'),
        ({"prompt": "gollie"}, 'prompt (null there, "gollie" now)'),
        ({"options": {"threshold": 0.4}}, "option threshold (0.5 there, 0.4 now)"),
        ({"options": {}}, "option threshold (0.5 there, null now)"),
        ({"data": "d"}, 'data (null there, "d" now)'),
    ],
)
def test_another_header_is_refused_and_named(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    path = tmp_path / "j"
    with Journal(path, header()) as kept:
        kept.append("Ada", Extraction("Ada"), 1.0)
    before = path.read_bytes()
    with pytest.raises(InputError) as caught:
        Journal(path, header(**change))
    assert str(caught.value) == (
        f"{path} is the journal of another run: {said}; give the same as there to go on with it, "
        "or name another folder"
    )
    assert path.read_bytes() == before


def test_keys_depend_on_all_that_decides_and_on_nothing_else() -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"schema": "t"},
        {"model": "m"},
        {"prompt": "p"},
        {"options": {"threshold": 0.4}},
        {"options": {"threshold": 0.5, "seed": 1}},
    ]
    everything = [header(**change).key(text) for change in changes for text in ("a", "b", "")]
    assert len(set(everything)) == len(everything)
    assert all(len(key) == 32 for key in everything)
    assert header(data="d").key("a") == header().key("a")
    assert header(options={"b": 1, "a": 2}).key("a") == header(options={"a": 2, "b": 1}).key("a")
    with pytest.raises(InputError, match="holds what JSON cannot"):
        header(options={"a": {1}})


# --- the file


def test_a_journal_is_lines_of_json(tmp_path: Path) -> None:
    done(tmp_path / "j", TEXTS)
    first, *rest = (tmp_path / "j").read_text().splitlines()
    assert json.loads(first) == header().to_dict()
    assert [set(json.loads(line)) for line in rest] == [
        {"key", "seconds", "spans", "rejected", "unread", "usage", "model", "schema_hash"}
    ] * 3  # five texts, one of them twice, one failed


def test_every_byte_prefix_resumes_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a write was cut off, the texts come out the same and the journal ends the same."""
    doubles.stop_the_clock(monkeypatch)
    whole = results(done(tmp_path / "whole", TEXTS))
    content = (tmp_path / "whole").read_bytes()
    path = tmp_path / "cut"
    for length in range(len(content) + 1):
        path.write_bytes(content[:length])
        engine = doubles.Asked()
        assert results(done(path, TEXTS, engine)) == whole, length
        assert path.read_bytes() == content, length
        finished = keys(content[: content[:length].rfind(b"\n") + 1])
        known = {text for text in TEXTS if header().key(text) in finished}
        assert engine.texts == [t for t in dict.fromkeys(TEXTS) if t not in known], length


@given(
    st.lists(strategies.texts(4), max_size=4), st.floats(0, 1), st.integers(1, 3), st.integers(1, 3)
)
def test_a_cut_journal_of_any_texts_resumes_to_the_same(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], share: float, one: int, other: int
) -> None:
    """Also in batches, with texts that repeat and texts that are empty."""
    folder = tmp_path_factory.mktemp("any")
    texts = texts + texts[:2]
    whole = results(done(folder / "whole", texts, doubles.Asked(one)))
    content = (folder / "whole").read_bytes()
    cut = folder / "cut"
    cut.write_bytes(content[: round(share * len(content))])
    assert results(done(cut, texts, doubles.Asked(other))) == whole
    assert keys(cut.read_bytes()) == keys(content)


def test_a_broken_line_in_the_middle_is_read_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever stands there: no JSON, JSON of another kind, a record of another text."""
    path = tmp_path / "j"
    whole = results(done(path, TEXTS))
    lines = path.read_bytes().splitlines(keepends=True)
    odd = json.loads(lines[3]) | {"spans": [{"start": 5}]}
    broken = (b"\x00\x00\xff\n", b"[1]\n", b'{"key": 5}\n', b"\n", json.dumps(odd).encode() + b"\n")
    for line in broken:
        caplog.clear()
        path.write_bytes(b"".join([*lines[:3], line, *lines[4:]]))
        engine = doubles.Asked()
        assert results(done(path, TEXTS, engine)) == whole
        assert len(engine.texts) == 2  # that one, and the one that fails each time
        assert len(caplog.records) == 1
        assert str(path) in caplog.text


@pytest.mark.parametrize("content", [b"Dear diary", b"{}\n", b"[]\n", b'{"journal": 1\n', b"\n"])
def test_another_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "diary"
    path.write_bytes(content)
    with pytest.raises(FormatError, match="is no journal of a run; name another folder"):
        Journal(path, header())
    assert path.read_bytes() == content


def test_a_journal_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_text(json.dumps(header().to_dict() | {"journal": 2}) + "\n")
    with pytest.raises(InputError, match=r"journal \(2 there, 1 now\)"):
        Journal(path, header())


def test_two_processes_do_not_write_to_one_journal(tmp_path: Path) -> None:
    with (
        Journal(tmp_path / "j", header()),
        pytest.raises(InputError, match="another process writes to"),
    ):
        Journal(tmp_path / "j", header())
    Journal(tmp_path / "j", header()).close()


# --- disks that are full


class _Disk:
    """A disk of so many bytes; what does not fit is written in part, then refused."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._write = os.write

    def write(self, file: int, data: bytes) -> int:
        part = data[: self.room]
        self.room -= len(part)
        if not part:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._write(file, part)


def test_a_full_disk_stops_cleanly_and_resumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After any number of bytes: what was finished is whole, and the next run goes on from it."""
    doubles.stop_the_clock(monkeypatch)
    whole = results(done(tmp_path / "whole", TEXTS))
    content = (tmp_path / "whole").read_bytes()
    path = tmp_path / "full"
    for room in range(0, len(content), 7):
        path.unlink(missing_ok=True)
        with monkeypatch.context() as patch:
            patch.setattr(journal.os, "write", _Disk(room).write)
            with pytest.raises(OSError, match="finished texts are safe in it") as caught:
                done(path, TEXTS)
        assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(path))
        finished = content[: content.rfind(b"\n", 0, room) + 1]
        assert path.read_bytes() == finished
        lines = max(0, finished.count(b"\n") - 1)
        assert f"{lines} finished texts are safe in it: free some space, and" in str(caught.value)
        assert results(done(path, TEXTS)) == whole
        assert path.read_bytes() == content


def test_a_disk_that_takes_a_line_in_parts_gets_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    whole = results(done(tmp_path / "whole", TEXTS))
    monkeypatch.setattr(journal.os, "write", lambda file, data: write(file, data[:5]))
    assert results(done(tmp_path / "parts", TEXTS)) == whole
    assert keys((tmp_path / "parts").read_bytes()) == keys((tmp_path / "whole").read_bytes())


def test_a_flush_that_fails_leaves_the_journal_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Journal(tmp_path / "j", header()) as kept:
        before = (tmp_path / "j").read_bytes()

        def refuse(_: int) -> None:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(journal.os, "fsync", refuse)
        with pytest.raises(OSError, match="Input/output error; 0 finished texts"):
            kept.append("Ada", Extraction("Ada"), 1.0)
        assert (tmp_path / "j").read_bytes() == before
        assert kept.get("Ada") is None


def test_an_interrupt_within_a_write_leaves_the_journal_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the same journal can be written to afterwards."""
    write = os.write
    with Journal(tmp_path / "j", header()) as kept:

        def interrupted(file: int, data: bytes) -> int:
            write(file, data[:9])
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(journal.os, "write", interrupted)
            with pytest.raises(KeyboardInterrupt):
                kept.append("Ada", Extraction("Ada"), 1.0)
        kept.append("Bob", Extraction("Bob"), 1.0)
    with Journal(tmp_path / "j", header()) as kept:
        assert (len(kept), kept.get("Ada")) == (1, None)
        assert kept.get("Bob") is not None


def test_every_record_is_one_write_and_one_flush(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    write, fsync = os.write, os.fsync

    def written(file: int, data: bytes) -> int:
        calls.append("write")
        return write(file, data)

    def flushed(file: int) -> None:
        calls.append("fsync")
        fsync(file)

    with Journal(tmp_path / "j", header()) as kept:
        monkeypatch.setattr(journal.os, "write", written)
        monkeypatch.setattr(journal.os, "fsync", flushed)
        _append(kept, ["Ada", "Bob", "Ada Bob"])
    assert calls == ["write", "fsync"] * 3


def _append(kept: Journal, texts: Sequence[str]) -> None:
    for text in texts:
        kept.append(text, Extraction(text), 1.0)


def test_the_options_of_a_header_are_plain_data() -> None:
    """What was written and what is read again are equal: tuples are lists in both."""
    assert Header("s", "m", options={"a": (1, 2)}) == Header("s", "m", options={"a": [1, 2]})
