"""A folded form of a text, with a way back to the original offsets.

Folding makes alike what a model re-types differently: composed and decomposed characters, full
width and other compatibility forms, runs of white space, letter case, typographic quotes and
dashes, invisible format characters.  The folded text may be longer or shorter than the original
("ß" becomes "ss", "한" three letters), so every folded character remembers the *unit* of the
original it came from: a character with the marks or conjoining letters that belong to it, or a run
of white space.  A match counts only where it covers whole units.

Here: the folding and its map.  Not here: what is looked up with it (``places``, ``approximate``).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Signs that word processors set and models re-type in their plain form.
_PLAIN = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
_DOT_ABOVE = "\u0307"


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and where each of its characters came from.

    Attributes:
        text: the folded text.
        starts: of each folded character, where its unit begins in the original.
        ends: of each folded character, where its unit ends in the original; greater than its start.
        heads: of each folded character, 1 when it is the first of its unit.
        tails: of each folded character, 1 when it is the last of its unit.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    heads: bytes
    tails: bytes

    def original(self, start: int, end: int) -> tuple[int, int] | None:
        """The original range of ``text[start:end]``; ``None`` where that would cut a unit."""
        if start < end and self.heads[start] and self.tails[end - 1]:
            return self.starts[start], self.ends[end - 1]
        return None

    def find(self, needle: str, limit: int) -> Iterator[tuple[int, int]]:
        """Original ranges of the first ``limit`` occurrences of a folded needle, in order."""
        at = self.text.find(needle) if needle else -1
        while at >= 0 and limit:
            limit -= 1
            if found := self.original(at, at + len(needle)):
                yield found
            at = self.text.find(needle, at + 1)

    def without_blanks(self) -> Folded:
        """The same with its white space left out, but for a blank that carries a mark."""
        whole = zip(self.text, self.heads, self.tails, strict=True)
        keep = [i for i, unit in enumerate(whole) if unit != (" ", 1, 1)]
        return Folded(
            "".join(self.text[i] for i in keep),
            tuple(self.starts[i] for i in keep),
            tuple(self.ends[i] for i in keep),
            bytes(self.heads[i] for i in keep),
            bytes(self.tails[i] for i in keep),
        )


def fold(text: str) -> Folded:
    """Fold a text.  Never fails, lone surrogates and control characters included."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    heads = bytearray()
    tails = bytearray()
    for start, end, piece in _units(text):
        size = len(piece)
        pieces.append(piece)
        starts += [start] * size
        ends += [end] * size
        heads += b"\1" + bytes(size - 1)
        tails += bytes(size - 1) + b"\1"
    return Folded("".join(pieces), tuple(starts), tuple(ends), bytes(heads), bytes(tails))


def folded_text(text: str) -> str:
    """The folded form of a mention or an example, without blanks around it."""
    return "".join(piece for _, _, piece in _units(text)).strip(" ")


def _units(text: str) -> Iterator[tuple[int, int, str]]:
    """Original range and folded form of each unit, in order; invisible characters have none."""
    start = end = 0
    piece = ""
    for i, char in enumerate(text):
        folded = _folded_char(char)
        if not folded:
            continue
        if piece and (_joins(folded[0]) or folded == piece == " "):
            # a mark joins its letter, a blank the blank before it
            piece = piece if folded == " " else piece + folded
        else:
            if piece:
                yield start, end, _in_order(piece)
            start, piece = i, folded
        end = i + 1
    if piece:
        yield start, end, _in_order(piece)


@lru_cache(maxsize=1 << 16)
def _folded_char(char: str) -> str:
    if char.isspace():
        return " "
    if char in _PLAIN:
        return _PLAIN[char]
    if unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f":  # variation selectors
        return ""
    # Decomposed and not composed: then a character folds alike whatever stands beside it.
    decomposed = unicodedata.normalize("NFKD", char)
    return unicodedata.normalize("NFKD", decomposed.casefold())


@lru_cache(maxsize=1 << 16)
def _joins(char: str) -> bool:
    """Whether a folded character belongs to the one before: a mark, a Hangul vowel or final."""
    return unicodedata.combining(char) != 0 or "\u1160" <= char <= "\u11ff"


def _in_order(piece: str) -> str:
    """A unit's marks in canonical order, so that equivalent spellings are equal."""
    if len(piece) == 1:
        return piece
    # "İ" lower-cases to "i" in Turkish, elsewhere to "i" and a dot: models write either.
    return unicodedata.normalize("NFKD", piece).replace("i" + _DOT_ABOVE, "i")
