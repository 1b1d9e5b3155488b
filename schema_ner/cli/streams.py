"""What reaches the terminal: data on stdout, notes on stderr, in whatever encoding they have.

Here: writing so that no character and no closed pipe ends in a traceback; what the library logs as
a warning; colour, width.  Not here: tables (``tables``), progress bars (``progress``).
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import shutil
import sys
from typing import TYPE_CHECKING, BinaryIO, TextIO

from schema_ner import exports
from schema_ner.cli import wrapping
from schema_ner.errors import InputError
from schema_ner.views.characters import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDEST = 100  # columns of running text; longer lines are hard to read
_INDENT = "  "  # of the further lines of a remark
_TO_THE_LEFT = "\r\x1b[K"  # to a line's beginning, and all of it erased


def prepare() -> None:
    r"""Make both streams write what they cannot encode as ``\u1234`` instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextlib.contextmanager
def warnings() -> Iterator[None]:
    """Meanwhile, what the library logs as a warning is said on stderr, each sentence once."""
    logger = logging.getLogger("schema_ner")
    if any(isinstance(handler, _Warnings) for handler in logger.handlers):  # one is enough
        yield
        return
    handler = _Warnings(logging.WARNING)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


class _Warnings(logging.Handler):
    """A file may be read twice, as for counting; what is doubtful about it is the same."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self._said: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if said not in self._said:
            self._said.add(said)
            # a progress bar may stand on this line
            _to_stderr(_fitted(f"warning: {said}"), _TO_THE_LEFT if is_terminal(sys.stderr) else "")


def stdin() -> BinaryIO:
    """The bytes of stdin.

    Raises:
        InputError: it is closed.
    """
    if sys.stdin is None:  # how Python says that the file descriptor is
        raise InputError(
            "stdin is closed, so - has nothing to read; pipe a text in, or name a file"
        )
    return sys.stdin.buffer


def stdout() -> BinaryIO:
    """The bytes of stdout."""
    return sys.stdout.buffer


def say(text: str = "") -> None:
    """Write text and a line end to stdout."""
    sys.stdout.write(text + "\n")


def say_json(data: object, *, indent: int | None = None) -> None:
    """Write data as JSON to stdout: one line, or indented for people.

    Raises:
        InputError: a number is NaN or infinite.
    """
    # JSON is UTF-8; where the stream is not, escapes say the same in ASCII
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf8")
    line = exports.json_line(data)
    if indent is not None or not is_utf8:
        line = json.dumps(json.loads(line), ensure_ascii=not is_utf8, indent=indent)
    say(line)


def note(text: str) -> None:
    """Write a remark to stderr; on a terminal in lines that fit."""
    _to_stderr(_fitted(text))


def error(text: str) -> None:
    """Write what went wrong to stderr."""
    label = "\x1b[1;31merror:\x1b[0m" if wants_color(sys.stderr) else "error:"
    _to_stderr(text, label + " ")


def flush() -> None:
    """Hand over what is still buffered, so that a closed pipe or a full disk shows now.

    Raises:
        OSError: it could not be written.
    """
    sys.stdout.flush()


def wants_color(stream: TextIO) -> bool:
    """Whether to colour what goes to this stream: a terminal, and nobody said ``NO_COLOR``."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and _term() != "dumb"


def is_terminal(stream: TextIO) -> bool:
    """Whether lines on this stream can be redrawn."""
    return stream.isatty() and _term() != "dumb"


def columns() -> int | None:
    """Columns of stdout; ``None`` where it is no terminal and has no width."""
    return max(40, shutil.get_terminal_size().columns) if sys.stdout.isatty() else None


def width() -> int | None:
    """Columns for running text on stdout, ``None`` as above."""
    there = columns()
    return None if there is None else min(there, WIDEST)


def _fitted(remark: str) -> str:
    """A remark in lines that fit a terminal; elsewhere as it is, for programs read lines."""
    if not sys.stderr.isatty():
        return remark
    room = max(40, min(_stderr_columns(), WIDEST))
    if len(remark) * 2 <= room:  # nearly always; no character is wider than two cells
        return remark
    first, *more = wrapping.wrapped(visible(remark), room)
    rest = wrapping.wrapped(" ".join(more), room - len(_INDENT)) if more else []
    return "\n".join([first, *(f"{_INDENT}{line}" for line in rest)])


def _stderr_columns() -> int:
    """Columns of stderr, which is a terminal, even where stdout is none."""
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said):
        return int(said)
    try:
        # 0 where the terminal does not know
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80


def _term() -> str:
    return os.environ.get("TERM", "")


def _to_stderr(text: str, label: str = "") -> None:
    try:
        sys.stderr.write(f"{label}{visible(text)}\n")
        sys.stderr.flush()
    except OSError:  # nobody reads stderr; there is no other place to say so
        return
