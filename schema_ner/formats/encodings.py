"""What bytes that are no UTF-8 may be: no text at all, or text in another encoding.

Here: guessing, for the sentence of an error.  Not here: reading (``files``, ``western``), which
goes by no guess.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_MAGIC = {
    b"PK\x03\x04": "a zip file (.zip, .docx, .xlsx, .odt …)",
    b"\xd0\xcf\x11\xe0": "an old Office file (.doc, .xls, .ppt)",
    b"\x1f\x8b": "a gzip file; one whose name ends in .gz is unpacked",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"7z\xbc\xaf": "a 7z file",
    b"SQLite format 3\x00": "a database",
}
_PDF = re.compile(rb"%PDF-\d\.\d\s*")
# what no text in any encoding of one or two bytes holds: controls but blanks, line ends and ESC
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class _EastAsian(NamedTuple):
    """An encoding of two bytes a letter, and what shows it.

    Attributes:
        name: what ``iconv`` calls it.
        codec: what Python calls it.
        first: of its usual letters, the first bytes.
        second: of those, the least second byte.
        share: of all letters beyond ASCII, how many of these any text in it has.
    """

    name: str
    codec: str
    first: range
    second: int
    share: float


# The order counts: all Hangul are Chinese letters to GBK, few Chinese texts all Hangul to CP949.
_EAST_ASIAN = (
    _EastAsian("CP949", "cp949", range(0xB0, 0xC9), 0xA1, 0.9),  # Hangul of KS X 1001
    _EastAsian("SHIFT-JIS", "cp932", range(0x82, 0x84), 0x40, 0.2),  # kana
    _EastAsian("EUC-JP", "euc_jp", range(0xA4, 0xA6), 0xA1, 0.2),  # kana
    _EastAsian("GBK", "gbk", range(0xB0, 0xD8), 0xA1, 0.8),  # the 3,755 usual letters of GB 2312
)


def kind_of_file(start: bytes) -> str | None:
    """What a file is that begins like this, if it is a usual one and no text."""
    kinds = (what for magic, what in _MAGIC.items() if start.startswith(magic))
    return "a PDF file" if _PDF.fullmatch(start) else next(kinds, None)


def is_binary(raw: bytes) -> bool:
    """Whether these bytes are no text in any encoding of one or two bytes."""
    return _CONTROLS.search(raw) is not None


def likely(raw: bytes) -> str:
    """What ``iconv`` calls the encoding that bytes may be in; windows-1252 where none shows.

    Args:
        raw: the beginning of a file or of a line of it; its last letter may be cut.
    """
    return next((each.name for each in _EAST_ASIAN if _shows(raw, each)), "WINDOWS-1252")


def _shows(raw: bytes, encoding: _EastAsian) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding.codec)().decode(raw)
    except UnicodeDecodeError:
        return False
    letters = [char.encode(encoding.codec) for char in text if char.isalpha() and char > "\x7f"]
    usual = sum(
        len(pair) > 1 and pair[0] in encoding.first and pair[1] >= encoding.second
        for pair in letters
    )
    return bool(letters) and usual >= encoding.share * len(letters)
