"""Digits of every script, full-width signs, blanks and dashes in their ASCII forms.

Here: one character for one character, so that a place in the folded text is the same place in the
text.  Not here: any folding that changes lengths (½, ①, ㎏); such signs are no digits of numbers.
"""

from __future__ import annotations

import unicodedata

_WIDE = 0xFF01 - 0x21  # from an ASCII sign to its full-width form
# Other full-width signs (：，？（…) are the punctuation of the sentence around a number.
_WIDE_SIGNS = frozenset("＋－．／＠＿")
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63")


class _Folding(dict[int, int]):
    """Code point → code point, worked out when first met."""

    def __missing__(self, code: int) -> int:
        char = chr(code)
        if (digit := unicodedata.decimal(char, None)) is not None:
            folded = 0x30 + digit
        elif "Ａ" <= char <= "Ｚ" or "ａ" <= char <= "ｚ" or char in _WIDE_SIGNS:
            folded = code - _WIDE
        elif unicodedata.category(char) == "Zs":
            folded = 0x20
        else:
            folded = 0x2D if char in _DASHES else code
        self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Decimal digits of every script, full-width signs, blanks and dashes as their ASCII forms.

    One character for one character, so that offsets stay what they were.
    """
    return text if text.isascii() else text.translate(_FOLDING)
