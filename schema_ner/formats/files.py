"""Bytes on a disk ↔ lines of text: gzip, UTF-8, byte-order marks, line ends, whole files or none.

Here: what all formats share in opening, decoding and writing, and the sentence that says where a
file is wrong.  Not here: what a line means (one module a format).
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import os
import re
import secrets
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol, TypeAlias

from schema_ner.errors import FormatError
from schema_ner.formats import encodings

if TYPE_CHECKING:
    from collections.abc import Iterator

Source: TypeAlias = str | os.PathLike[str] | BinaryIO
"""A path, or an open binary stream such as ``sys.stdin.buffer``."""

BOM = "\ufeff"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_UTF32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
# UTF-16 without such a mark: a line of ASCII, every other byte of it NUL
_UNMARKED = re.compile(rb"(?:\x00[^\x00]){8,}(?:\x00|$)|(?:[^\x00]\x00){8,}(?:[^\x00]|$)")
_SAVE = "save the file as UTF-8, for example with `iconv -f {} -t UTF-8`"
_SAMPLE = 4096  # bytes that show whether a file is text at all


class Decoder(Protocol):
    """How the bytes of a line become text."""

    def __call__(self, raw: bytes, name: str, line: int) -> str:
        """The text.  Raises FormatError that names the file, the line and the byte."""
        ...


class LineError(ValueError):
    """What is wrong with a line, told by code that does not know its number.

    Attributes:
        what: the problem.
        way_out: what to do, ``None`` where the format's usual advice fits.
    """

    def __init__(self, what: str, way_out: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.way_out = way_out


def name_of(source: Source) -> str:
    """What to call a source in a message."""
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else "the input"


def place(name: str, line: int | None) -> str:
    """A line of a file, as messages name it."""
    return name if line is None else f"{name}, line {line}"


def problem(name: str, line: int | None, what: str, way_out: str) -> FormatError:
    """The error that says which file, which line, what is wrong and what to do about it."""
    return FormatError(f"{place(name, line)}: {what}; {way_out}")


def lone_return(name: str, line: int) -> FormatError:
    """The error for a carriage return inside a line, which no line end of today is."""
    what = "a carriage return (CR) stands inside the line, as in files of old Macs"
    return problem(name, line, what, r"let every line end in LF, as `tr '\r' '\n'` makes it")


def short(value: object) -> str:
    """A value as a message can show it."""
    try:
        shown = repr(value)
    except ValueError:  # a whole number with more digits than Python will print
        return "a number of thousands of digits"
    except RecursionError:
        return "a value that is nested too deeply"
    return shown if len(shown) <= 60 else shown[:57] + "..."  # noqa: PLR2004  # about a line's rest


def decode(raw: bytes, name: str, line: int) -> str:
    """UTF-8 bytes as text.  Raises FormatError that names the file, the line and the byte."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as err:
        if line == 1 and raw.startswith(_UTF16):
            raise _other_encoding(name, "UTF-16") from err
        raise _not_utf8(err, name, line, raw) from err


def lines(
    source: Source, decoder: Decoder = decode, *, keeps_bom: bool = False
) -> Iterator[tuple[int, str]]:
    r"""Each line with its number, from 1, its line end kept.

    Only ``\n`` ends a line: the other things that Unicode calls line ends stand inside texts.

    Args:
        source: the file.
        decoder: how bytes become text.
        keeps_bom: whether a byte-order mark is a character of the text, as for brat; else it is
            passed over.

    Raises:
        FormatError: not UTF-8, or a broken gzip file.
        OSError: the file cannot be opened or read.
    """
    name = name_of(source)
    with _opened(source) as stream:
        number = 0
        while raw := _next_line(stream, name, number):
            number += 1
            if number == 1:
                _check_text(raw, name)
            try:
                line = decoder(raw, name, number)
            except FormatError as err:
                _check_sample(raw, stream, name, number, err.__cause__)
                raise
            yield number, line if keeps_bom or number > 1 else line.removeprefix(BOM)


def whole(source: Source, *, keeps_bom: bool = False) -> str:
    """The whole text of a file, its line ends as they are; ``lines`` says the rest."""
    return "".join(line for _, line in lines(source, keeps_bom=keeps_bom))


def _check_text(start: bytes, name: str) -> None:
    """Raise FormatError for a file that begins as one of another kind does."""
    if (kind := encodings.kind_of_file(start)) is not None:
        raise problem(name, None, f"this is {kind}, not text", "export its text as UTF-8 first")
    if start.startswith(_UTF32):
        raise _other_encoding(name, "UTF-32")
    if _UNMARKED.fullmatch(start.rstrip(b"\r\n\x00")):
        raise _other_encoding(name, "UTF-16LE" if start[0] else "UTF-16BE")


def _other_encoding(name: str, unit: str) -> FormatError:
    return problem(name, 1, f"the file is in {unit}", _SAVE.format(unit))


def _not_utf8(err: UnicodeDecodeError, name: str, line: int, sample: bytes) -> FormatError:
    """The error for bytes that are no UTF-8; the sample shows what they may be."""
    what = f"byte {err.start + 1} (0x{err.object[err.start]:02x}) is not UTF-8"
    return problem(name, line, what, _SAVE.format(encodings.likely(sample)))


def _check_sample(
    raw: bytes, stream: IO[bytes], name: str, line: int, cause: BaseException | None
) -> None:
    """Raise FormatError for bytes that are no UTF-8 if what follows them tells more."""
    if raw.startswith(_UTF16):
        return
    with contextlib.suppress(OSError, EOFError, zlib.error):
        raw += stream.read(_SAMPLE)
    if encodings.is_binary(raw):
        raise problem(
            name, None, "this is no text but binary data", "export its text as UTF-8 first"
        )
    if isinstance(cause, UnicodeDecodeError):
        raise _not_utf8(cause, name, line, raw) from cause


@contextlib.contextmanager
def replacing(target: Source) -> Iterator[IO[bytes]]:
    """A stream to write to: the file appears when all is written, or stays as it was.

    What is no regular file (a pipe, ``/dev/stdout``) or an open stream is written to as it goes.
    """
    if not isinstance(target, str | os.PathLike):
        yield target
        return
    path = Path(os.path.realpath(target))  # a link stays, and what it points to is replaced
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    with _beside(path) as unfinished:
        if path.name.endswith(".gz"):
            # without a name and a time in it, the same documents give the same bytes
            with gzip.GzipFile("", "wb", fileobj=unfinished, mtime=0) as packed:
                yield packed  # type: ignore[misc]
        else:
            yield unfinished


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[IO[bytes]]:
    """An unfinished file in the same folder, moved to ``path`` when nothing went wrong."""
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(path.parent))
    unfinished = path.with_name(f".schema-ner-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        stream = unfinished.open("xb")
    except OSError as err:
        err.filename = str(path)  # nobody knows the name of the unfinished one
        raise
    try:
        with stream:
            yield stream
        if path.exists():
            unfinished.chmod(path.stat().st_mode & 0o777)
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise


@contextlib.contextmanager
def _opened(source: Source) -> Iterator[IO[bytes]]:
    if not isinstance(source, str | os.PathLike):
        yield source
    elif os.fspath(source).endswith(".gz"):
        with gzip.open(source, "rb") as packed:
            yield packed  # type: ignore[misc]
    else:
        with open(source, "rb") as stream:  # noqa: PTH123  # a str works as well as a Path
            yield stream


def _next_line(stream: IO[bytes], name: str, behind: int) -> bytes:
    try:
        return stream.readline()
    except (EOFError, gzip.BadGzipFile, zlib.error) as err:
        what = f"the gzip file is broken ({err})"
        raise problem(name, behind + 1, what, "copy or pack it again") from err
