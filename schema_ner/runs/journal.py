"""An append-only file of finished texts, that a stopped run goes on from.

The first line is the header: what every text was read with.  Each further line is one text,
under its key, appended by one write and flushed to the disk before the next text is begun.  A run
may be killed at any byte of that: a last line without its end is cut off when the file is opened
again, and its text is read anew.

What a run hands on is always what the journal says, also of a text that was just read.  So a run
that was stopped and one that was not cannot differ in it.

Here: the file.  Not here: its header (``header``), the form of a record (``records``), reading
texts (``reading``).
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from schema_ner import exports
from schema_ner.errors import FormatError, InputError
from schema_ner.runs import locks, records

if TYPE_CHECKING:
    from types import TracebackType

    from schema_ner.runs.header import Header
    from schema_ner.spans import Extraction

_log = logging.getLogger(__name__)
_BEGIN = b'{"journal": '  # of every journal
_KEY = 32  # hex digits
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))  # Windows knows no quota


class Entry(NamedTuple):
    """A finished text.

    Attributes:
        extraction: what was made of it; instances of the user's classes are left out.
        seconds: wall-clock time it took, of a batch its share.
    """

    extraction: Extraction
    seconds: float


class Journal:
    """A journal, open for reading and appending; to be used in a ``with`` statement.

    Args:
        path: the file; it is made where there is none, in a folder that there is.
        header: what texts are read with now.

    Raises:
        InputError: the journal was written with another header, which the text names; or another
            process writes to it.  A FormatError where the file is no journal.
        OSError: it cannot be opened, or the disk is full.
    """

    def __init__(self, path: str | os.PathLike[str], header: Header) -> None:
        self.path = Path(path)
        self.header = header
        self._places: dict[str, tuple[int, int]] = {}  # key → first byte and length of its line
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            locks.lock(self._file, self.path)
            self._end = self._resume()
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __len__(self) -> int:
        """How many texts are finished."""
        return len(self._places)

    def get(self, text: str) -> Entry | None:
        """What was made of a text, ``None`` where it is not finished."""
        key = self.header.key(text)
        place = self._places.get(key)
        if place is None:
            return None
        begin, length = place
        os.lseek(self._file, begin, os.SEEK_SET)
        try:
            return _entry(text, os.read(self._file, length))
        except _NO_RECORD as err:
            what = f"{type(err).__name__}: {err}"
            _log.warning("%s: a record cannot be used and its text is read anew: %s", self, what)
            del self._places[key]
            return None

    def append(self, text: str, extraction: Extraction, seconds: float) -> Entry:
        """Write down what was made of a text, and give it back as it will be read again.

        Raises:
            OSError: it cannot be written, as on a full disk; the journal is as it was before.
        """
        key = self.header.key(text)
        data = {"key": key, "seconds": seconds, **records.to_record(extraction)}
        line = _line(data)
        self._write(line)
        self._places[key] = (self._end, len(line))
        self._end += len(line)
        return _entry(text, line)

    def __str__(self) -> str:
        return str(self.path)

    def _resume(self) -> int:
        """Check the header, find the records, cut off a torn end; where to go on writing."""
        length = os.lseek(self._file, 0, os.SEEK_END)
        os.lseek(self._file, 0, os.SEEK_SET)
        with os.fdopen(os.dup(self._file), "rb") as stream:
            first = stream.readline()
            if not first.endswith(b"\n"):
                self._begin(first)
                return self._end
            self._check(first)
            end = len(first)
            for number, raw in enumerate(stream, 2):
                if not raw.endswith(b"\n"):
                    break
                self._index(raw, number, end)
                end += len(raw)
        if end < length:
            os.ftruncate(self._file, end)
        return end

    def _begin(self, torn: bytes) -> None:
        """Write the header of a new journal, or of one that ends within its header."""
        if not _BEGIN.startswith(torn[: len(_BEGIN)]):
            raise _no_journal(self.path)
        self._end = 0
        os.ftruncate(self._file, 0)
        line = _line(self.header.to_dict())
        self._write(line)
        self._end = len(line)
        _sync_folder(self.path.parent)

    def _check(self, first: bytes) -> None:
        """Raise where the header is another one."""
        try:
            there = json.loads(first) if first.startswith(_BEGIN) else None
        except (ValueError, RecursionError) as err:
            raise _no_journal(self.path) from err
        if not isinstance(there, dict):
            raise _no_journal(self.path)
        if differences := self.header.differences(there):
            raise InputError(
                f"{self} is the journal of another run: {'; '.join(differences)}; give the "
                "same as there to go on with it, or name another folder"
            )

    def _index(self, raw: bytes, number: int, begin: int) -> None:
        try:
            key = json.loads(raw)["key"]
        except _NO_RECORD:
            key = None
        if not isinstance(key, str) or len(key) != _KEY:
            _log.warning("%s, line %d is no record and is passed over", self, number)
            return
        self._places[key] = (begin, len(raw))

    def _write(self, line: bytes) -> None:
        """Append a line and have it on the disk, or leave the file as it was."""
        if os.lseek(self._file, 0, os.SEEK_END) != self._end:  # left by a write that was broken off
            os.ftruncate(self._file, self._end)
            os.lseek(self._file, self._end, os.SEEK_SET)
        try:
            written = os.write(self._file, line)
            while written < len(line):  # a disk that is nearly full takes a part
                written += os.write(self._file, line[written:])
            os.fsync(self._file)
        except OSError as err:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._end)
            raise self._stopped(err) from err
        except BaseException:  # an interrupt
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._end)
            raise

    def _stopped(self, err: OSError) -> OSError:
        """The same error, with what it means for the run."""
        what = (err.strerror or str(err)).rstrip(".")
        free = "free some space, and " if err.errno in _FULL else ""
        said = f"{what}; {len(self)} finished texts are safe in it: {free}the same call goes on"
        return OSError(err.errno, said, str(self))


_NO_RECORD = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


def _line(data: dict[str, Any]) -> bytes:
    return exports.json_line(data).encode("utf-8") + b"\n"


def _entry(text: str, raw: bytes) -> Entry:
    data = json.loads(raw)
    return Entry(records.from_record(text, data), float(data["seconds"]))


def _no_journal(path: Path) -> FormatError:
    return FormatError(f"{path} is no journal of a run; name another folder, or move the file away")


def _sync_folder(folder: Path) -> None:
    """Have the name of a new file on the disk; not every system can."""
    with contextlib.suppress(OSError):
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)
