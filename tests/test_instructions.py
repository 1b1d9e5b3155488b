"""Files of instruction data: what is written is read back, and what is no record is refused."""

from __future__ import annotations

import gzip
import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.errors import FormatError, InputError
from schema_ner.instructions import Record, Turn, read, records, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USER, ANSWER = Turn("user", "Who?"), Turn("assistant", " []")
CHAT = Record("chat", (USER, ANSWER))
GOLLIE = Record("gollie", (USER, ANSWER), "7")
UNINER = Record("uniner", (Turn("system", "Be."), USER, ANSWER, USER, ANSWER))

said = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
ids = st.none() | st.text(st.characters(exclude_categories=["Cs"]))
pairs = st.lists(
    st.tuples(st.builds(Turn, st.just("user"), said), st.builds(Turn, st.just("assistant"), said)),
    min_size=1,
    max_size=3,
).map(lambda each: tuple(turn for pair in each for turn in pair))
systems = st.builds(Turn, st.just("system"), said).map(lambda turn: (turn,))
any_record = st.one_of(
    st.builds(Record, st.just("gollie"), pairs.map(lambda turns: turns[:2]), ids),
    st.builds(lambda s, t, i: Record("uniner", s + t, i), systems, pairs, ids),
    st.builds(lambda s, t, i: Record("chat", s + t, i), st.just(()) | systems, pairs, ids),
)


def read_bytes(content: bytes) -> list[Record]:
    return list(read(io.BytesIO(content)))


def read_json(*lines: Any) -> list[Record]:
    return read_bytes("".join(f"{json.dumps(line)}\n" for line in lines).encode())


def written(*some: Record) -> bytes:
    stream = io.BytesIO()
    assert write(stream, some) == len(some)
    return stream.getvalue()


@given(st.lists(any_record, max_size=3))
def test_what_is_written_is_read_back(some: list[Record]) -> None:
    """Any text, any id, each record on one line whatever counts as a line end."""
    content = written(*some)
    assert read_bytes(content) == some
    assert len(content.decode().splitlines()) == len(some)


def test_the_layout_is_that_of_common_trainers() -> None:
    """``messages`` of ``role`` and ``content``; beside them ``form`` and ``id``, and no more."""
    messages = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": " []"}]
    assert [json.loads(line) for line in written(GOLLIE, CHAT).splitlines()] == [
        {"form": "gollie", "id": "7", "messages": messages},
        {"form": "chat", "messages": messages},
    ]


@pytest.mark.parametrize("name", ["data.jsonl", "data.jsonl.gz"])
def test_files(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    assert write(path, iter([GOLLIE, UNINER])) == 2
    assert list(read(path)) == list(read(str(path))) == [GOLLIE, UNINER]
    assert (path.read_bytes()[:2] == b"\x1f\x8b") is name.endswith(".gz")


def test_a_file_appears_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    write(path, [CHAT])

    def broken() -> Iterator[Record]:
        yield GOLLIE
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(path, broken())
    assert list(read(path)) == [CHAT]
    assert [file.name for file in tmp_path.iterdir()] == ["data.jsonl"]


def test_a_file_from_elsewhere_holds_chats(caplog: pytest.LogCaptureFixture) -> None:
    """Null stands for nothing, numbers are ids, a byte-order mark and blank lines are no harm."""
    one = {"messages": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "I"}]}
    lines = [json.dumps(each) for each in (one, {**one, "form": None, "id": 3, "tools": None})]
    found = read_bytes(("\ufeff" + "\n\r\n".join(lines)).encode())
    assert [(each.form, each.id, len(each.turns)) for each in found] == [
        ("chat", None, 2),
        ("chat", "3", 2),
    ]
    assert caplog.messages == []


def test_keys_that_are_passed_over_are_said(caplog: pytest.LogCaptureFixture) -> None:
    """The first with its line, the others by their number."""
    turns = [{"role": "user", "content": "?", "weight": 0}, {"role": "assistant", "content": "!"}]
    with caplog.at_level(logging.WARNING, "schema_ner"):
        read_json({"messages": turns, "tools": [1]}, {"messages": turns})
    assert caplog.messages == [
        "the input, line 1: keys are passed over: tools, weight of messages",
        "the input: lines with keys that are passed over: 2 in all",
    ]


def turns_of(*roles: str) -> list[dict[str, str]]:
    return [{"role": role, "content": "x"} for role in roles]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("{", "no JSON: ", id="no JSON"),
        pytest.param("[1]", "a line holds an object, not [1]", id="no object"),
        pytest.param("[" * 100_000, "no JSON: it is nested too deeply", id="a deep nest"),
        pytest.param('{"id": "1", "id": "2"}', "the key 'id' stands twice", id="a key twice"),
        pytest.param({"text": "x"}, '"messages" must be a list of turns, and there are none',
                     id="no messages"),
        pytest.param({"messages": "x"}, '"messages" must be a list of turns, not \'x\'',
                     id="messages of another kind"),
        pytest.param({"messages": []}, "the last turn must be the assistant's", id="no turn"),
        pytest.param({"messages": ["x"]}, "message 1 is no {", id="a turn of another kind"),
        pytest.param({"messages": [{"from": "human", "value": "x"}]}, "message 1 is no {",
                     id="other keys"),
        pytest.param({"messages": [{"role": "user", "content": None}]},
                     "message 1: role and content are text, not None", id="no content"),
        pytest.param({"messages": turns_of("user", "tool")},
                     "message 2: the role 'tool' is none of system, user, assistant",
                     id="another role"),
        pytest.param({"messages": turns_of("user", "assistant", "user")},
                     "the last turn must be the assistant's", id="no answer"),
        pytest.param({"messages": [{"role": "user", "content": " \n"}]},
                     "message 1: the content of the user's turn is empty", id="an empty content"),
        pytest.param({"messages": [{"role": "user", "content": "\ud800"}]},
                     "message 1: its content holds half a character", id="half a character"),
        pytest.param({"id": "\ud800", "messages": turns_of("assistant")},
                     "the id '\\ud800' holds half a character", id="in the id"),
        pytest.param({"id": [], "messages": turns_of("assistant")},
                     '"id" is text or a whole number, not []', id="another id"),
        pytest.param({"form": "t5", "messages": turns_of("assistant")},
                     "\"form\" is one of gollie, uniner, chat, or left out; not 't5'",
                     id="another form"),
        pytest.param({"form": ["chat"], "messages": turns_of("assistant")}, "not ['chat']",
                     id="a form of another kind"),
        pytest.param({"form": "gollie", "messages": turns_of("system", "user", "assistant")},
                     "the turns of the form gollie are user, assistant; not system, user",
                     id="turns of another form"),
        pytest.param({"form": "uniner", "messages": turns_of("user", "assistant")},
                     "the turns of the form uniner are system, user, assistant",
                     id="no system"),
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused(line: Any, told: str) -> None:
    """With the file and the line; what stands before it is read."""
    raw = line if isinstance(line, str) else json.dumps(line)
    reading = read(io.BytesIO(written(CHAT) + raw.encode()))
    assert next(reading) == CHAT
    with pytest.raises(FormatError) as raised:
        next(reading)
    assert str(raised.value).startswith("the input, line 2: ")
    assert told in str(raised.value)
    assert "; " in str(raised.value)  # the way out


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(written(CHAT) + b"\xff\n")
    with pytest.raises(FormatError, match=r"data\.jsonl, line 2: byte 1 \(0xff\) is not UTF-8"):
        list(read(path))
    with pytest.raises(FileNotFoundError):
        list(read(tmp_path / "none.jsonl"))


class Endless(io.RawIOBase):
    """A line without an end, that counts how much of it was read."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        buffer[:] = b"x" * len(buffer)
        self.taken += len(buffer)
        return len(buffer)


def test_no_line_is_read_without_end() -> None:
    endless = Endless()
    with pytest.raises(FormatError, match="line 1: the line is longer than 4,194,304 bytes; write"):
        list(read(io.BufferedReader(endless)))
    assert endless.taken < 2 * records.MOST_BYTES


def test_a_packed_line_is_not_unpacked_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few bytes of gzip can stand for gigabytes."""
    monkeypatch.setattr(records, "MOST_BYTES", 1_000)
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(written(CHAT) + b" " * 1_001))
    with pytest.raises(
        FormatError, match=r"bomb\.jsonl\.gz, line 2: the line is longer than 1,000"
    ):
        list(read(path))
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(FormatError, match=r"bomb\.jsonl\.gz, line 1: the gzip file is broken"):
        list(read(path))


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_nothing_is_written_that_would_not_be_read(
    more: int,
    fits: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bound is the same on both sides, to the byte."""
    size = len(written(CHAT))
    monkeypatch.setattr(records, "MOST_BYTES", size + 10)
    long = Record("chat", (Turn("user", f"Who?{'é' * 5}{'x' * more}"), ANSWER), None)
    if fits:
        assert read_bytes(written(long)) == [long]
    else:
        with pytest.raises(
            InputError, match=r"the record 2 takes \d+ bytes, and no line is longer"
        ):
            written(CHAT, long)


@given(
    st.one_of(st.binary(max_size=60), st.tuples(any_record, st.integers(0), st.binary(max_size=3)))
)
def test_any_bytes_give_records_or_an_error(content: Any) -> None:
    """Noise, and records with some of their bytes replaced; never another exception."""
    if isinstance(content, tuple):
        record, at, noise = content
        whole = written(record)
        at %= len(whole)
        content = whole[:at] + noise + whole[at + len(noise) :]
    try:
        found = read_bytes(content)
    except FormatError as err:
        assert "the input" in str(err)  # noqa: PT017
    else:
        assert read_bytes(written(*found)) == found


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Turn("tool", "x"), "the role 'tool' is none of"),  # type: ignore[arg-type]
        (lambda: Turn("user", " "), "the content of the user's turn is empty"),
        (lambda: Turn("user", "a\udfff"), "half a character"),
        (lambda: Record("chat", ()), "the last turn must be the assistant's"),
        (
            lambda: Record("gollie", (USER, ANSWER, USER, ANSWER)),
            "the form gollie are user, assist",
        ),
        (lambda: Record("t5", (ANSWER,)), '"form" is one of'),  # type: ignore[arg-type]
        (lambda: Record("chat", (ANSWER,), "\ud800"), "half a character"),
    ],
)
def test_what_cannot_be_a_record_cannot_be_made(make: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        make()
