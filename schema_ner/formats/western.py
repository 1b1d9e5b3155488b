"""Bytes that may be UTF-8 or windows-1252, decided once a file and said.

Here: the decoder for data sets that come in either.  Not here: UTF-8 alone (``files``), which is
what every other format asks for.
"""

from __future__ import annotations

import logging

from schema_ner.errors import FormatError
from schema_ner.formats.encodings import is_binary
from schema_ner.formats.files import decode, problem

logger = logging.getLogger(__name__)

_HOLES = frozenset(b"\x81\x8d\x8f\x90\x9d")  # bytes that windows-1252 gives no character
_WINDOWS = {code: bytes([code]).decode("cp1252") for code in {*range(0x80, 0xA0)} - _HOLES}
_ONE = "save the whole file as UTF-8"


class Western:
    """UTF-8 until a line is none, windows-1252 from there on; bytes it has not are Latin-1.

    One object decodes the lines of one file, in order, so nothing has to be read twice.  ASCII says
    nothing, so that a file has one encoding as long as no two lines speak for different ones: where
    they do, the file is refused.  That a file is read as windows-1252 is logged as a warning.
    """

    def __init__(self) -> None:
        self._utf8: int | None = None  # the line that showed it
        self._western: int | None = None
        self._has_said_latin = False

    def __call__(self, raw: bytes, name: str, line: int) -> str:
        """The text of a line.

        Raises:
            FormatError: UTF-16, no text, or lines in both encodings.
        """
        if raw.isascii():
            return raw.decode("ascii")
        try:
            text = decode(raw, name, line)
        except FormatError as err:
            if is_binary(raw):  # UTF-16 is, too
                raise
            self._check(self._utf8, name, line, "is not UTF-8, but")
            return self._as_western(raw, name, line, err)
        self._check(self._western, name, line, "is UTF-8, but not")
        self._utf8 = self._utf8 or line
        return text

    def _check(self, other: int | None, name: str, line: int, how: str) -> None:
        if other is not None:
            raise problem(name, line, f"this line {how} line {other}", _ONE)

    def _as_western(self, raw: bytes, name: str, line: int, err: FormatError) -> str:
        if self._western is None:
            self._western = line
            logger.warning("%s: the file is read as windows-1252", str(err).partition(";")[0])
        missing = sorted(_HOLES.intersection(raw))
        if missing and not self._has_said_latin:
            self._has_said_latin = True
            byte = f"byte 0x{missing[0]:02x}, which windows-1252 has not"
            logger.warning("%s, line %d: %s, is read as Latin-1", name, line, byte)
        return raw.decode("latin-1").translate(_WINDOWS)
