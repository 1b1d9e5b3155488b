r"""The file: JSON lines, a record each, in the ``messages`` layout that common trainers read.

    {"form": "gollie", "id": "7", "messages": [{"role": "user", "content": "…"}, …]}

``form`` and ``id`` are the only keys of ours; a file from elsewhere, without ``form``, holds chats.

Files are hostile: no line is longer than ``MOST_BYTES``, and whatever is wrong is an error with the
file and the line.

Here: Record, and reading and writing it.  Not here: what its turns say (``gollie``, ``uniner``).
"""

from __future__ import annotations

import gzip
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Literal, cast, get_args

from schema_ner import exports
from schema_ner.errors import InputError
from schema_ner.formats.doubts import Doubts
from schema_ner.formats.files import LineError, Source, name_of, place, problem, replacing, short
from schema_ner.formats.losses import listed
from schema_ner.formats.records import objects, read_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Form = Literal["gollie", "uniner", "chat"]
Role = Literal["system", "user", "assistant"]

FORMS: tuple[Form, ...] = get_args(Form)
MOST_BYTES = 4 * 2**20  # of a line: more than any model reads at once

_ROLES: tuple[Role, ...] = get_args(Role)
_SURROGATE = re.compile("[\ud800-\udfff]")
_WAY_OUT = 'write one object a line, as {"messages": [{"role": "user", "content": "…"}, …]}'
_TURN = '{"role": …, "content": …}'


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side of a conversation says.

    Attributes:
        role: ``system``, ``user`` or ``assistant``; what the assistant says is learnt.
        content: the words, blanks around them included.

    Raises:
        InputError: another role, nothing but blanks, or half a character (a lone surrogate).
    """

    role: Role
    content: str

    def __post_init__(self) -> None:
        if self.role not in _ROLES:
            raise InputError(f"the role {short(self.role)} is none of {', '.join(_ROLES)}")
        if not self.content.strip():
            raise InputError(f"the content of the {self.role}'s turn is empty")
        if _SURROGATE.search(self.content):
            raise InputError("its content holds half a character (a lone surrogate)")


@dataclass(frozen=True, slots=True)
class Record:
    """One conversation to learn from.

    Attributes:
        form: ``gollie`` (a user's turn, which is the prompt, and the answer behind it), ``uniner``
            (the system's sentence, then turns of user and assistant), or ``chat``.
        turns: in order; the last is the assistant's.
        id: of the text it is about, ``None`` where it has none.

    Raises:
        InputError: no turns, turns that are not those of the form, no assistant at the end, or half
            a character in the id.
    """

    form: Form
    turns: tuple[Turn, ...]
    id: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "turns", tuple(self.turns))
        if self.form not in FORMS:
            forms = ", ".join(FORMS)
            raise InputError(f'"form" is one of {forms}, or left out; not {short(self.form)}')
        if not self.turns or self.turns[-1].role != "assistant":
            raise InputError("the last turn must be the assistant's, for that is what is learnt")
        roles = [turn.role for turn in self.turns]
        if self.form != "chat" and roles != _roles(self.form, len(roles)):
            usual = {"gollie": "user, assistant", "uniner": "system, user, assistant, user, …"}
            raise InputError(
                f"the turns of the form {self.form} are {usual[self.form]}; not {', '.join(roles)}"
            )
        if self.id is not None and _SURROGATE.search(self.id):
            raise InputError(f"the id {short(self.id)} holds half a character (a lone surrogate)")

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: ``form``, ``id`` where there is one, ``messages``."""
        messages = [{"role": turn.role, "content": turn.content} for turn in self.turns]
        named = {} if self.id is None else {"id": self.id}
        return {"form": self.form, **named, "messages": messages}


def _roles(form: Form, count: int) -> list[Role]:
    """The roles of that many turns of a form."""
    if form == "gollie":
        return ["user", "assistant"]
    pairs: list[Role] = ["user", "assistant"] * (count // 2)
    return ["system", *pairs]


def write(target: Source, records: Iterable[Record]) -> int:
    """Write records to a file, which appears when all is written; how many there were.

    Args:
        target: a path (``.gz`` packs it), or an open binary stream.
        records: read one at a time.

    Raises:
        InputError: a record is longer than ``read`` takes.
        OSError: the file cannot be written.
    """
    count = 0
    with replacing(target) as stream:
        for count, record in enumerate(records, 1):
            line = exports.json_line(record.to_dict()).encode("utf-8") + b"\n"
            if len(line) > MOST_BYTES:
                which = count if record.id is None else short(record.id)
                raise InputError(
                    f"the record {which} takes {len(line):,} bytes, and no line is longer than "
                    f"{MOST_BYTES:,}; cut its text into windows (most_characters)"
                )
            stream.write(line)
    return count


def read(source: Source) -> Iterator[Record]:
    """The records of a file, one at a time; ``.gz`` behind the ending unpacks it.

    Keys that a record has no place for are passed over, with a warning.

    Raises:
        FormatError: a line is no record, or longer than ``MOST_BYTES``; the text names the file and
            the line.
        OSError: the file cannot be opened or read.
    """
    name = name_of(source)
    unknown = Doubts(name, "lines with keys that are passed over")
    with _opened(source) as stream:
        for number, data in objects(cast("BinaryIO", _Bounded(stream, name)), _WAY_OUT):
            try:
                record, keys = _record(data)
            except LineError as err:
                raise problem(name, number, err.what, err.way_out or _WAY_OUT) from err
            except InputError as err:
                raise problem(name, number, str(err), "mend the line, or leave it out") from err
            if keys:
                unknown.add(place(name, number), f"keys are passed over: {listed(keys)}")
            yield record
    unknown.end()


def _record(data: dict[str, Any]) -> tuple[Record, list[str]]:
    """The record that an object means, and the keys that it has no place for."""
    messages = data.get("messages")
    if not isinstance(messages, list):
        said = f"not {short(messages)}" if "messages" in data else "and there are none"
        raise LineError(f'"messages" must be a list of turns, {said}')
    turns = tuple(_turn(message, number) for number, message in enumerate(messages, 1))
    form = data.get("form")
    record = Record("chat" if form is None else form, turns, read_id(data))
    keys = _unknown(data, ("form", "id", "messages"))
    inside = dict.fromkeys(key for each in messages for key in _unknown(each, ("role", "content")))
    return record, [*keys, *(f"{key} of messages" for key in inside)]


def _unknown(data: dict[str, Any], known: tuple[str, ...]) -> list[str]:
    # null stands where other lines of a table have something
    return [key for key, value in data.items() if key not in known and value is not None]


def _turn(message: object, number: int) -> Turn:
    match message:
        case {"role": str(role), "content": str(content)}:
            try:
                return Turn(cast("Role", role), content)
            except InputError as err:
                raise InputError(f"message {number}: {err}") from err
        case {"role": _, "content": other}:
            raise LineError(f"message {number}: role and content are text, not {short(other)}")
    raise LineError(f"message {number} is no {_TURN}: {short(message)}")


class _Bounded:
    """A stream whose lines are not read further than ``MOST_BYTES``."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._number = 0
        self.name = name

    def readline(self) -> bytes:
        self._number += 1
        raw = self._stream.readline(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            what = f"the line is longer than {MOST_BYTES:,} bytes"
            raise problem(self.name, self._number, what, "write one record a line, of short texts")
        return raw

    def read(self, size: int) -> bytes:
        return self._stream.read(size)


@contextmanager
def _opened(source: Source) -> Iterator[IO[bytes]]:
    if not isinstance(source, str | os.PathLike):
        yield source
    elif os.fspath(source).endswith(".gz"):
        with gzip.open(source, "rb") as packed:
            yield packed  # type: ignore[misc]
    else:
        with open(source, "rb") as stream:  # noqa: PTH123  # a str works as well as a Path
            yield stream
