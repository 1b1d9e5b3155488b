"""Where a surface stands in a text, and how likely each place is to be the one meant.

A place is ``(start, end)``.  Its quality says how well its edges fall on edges of words.  The
right edge counts less than the left, and never rules a place out in scripts where a noun carries
on into its particle (Hangul) or where words have no edges (Han, Kana, Thai …).

Here: exact and folded search, edges of words.  Not here: who gets which place (``grounding``),
misspellings (``approximate``).
"""

from __future__ import annotations

import unicodedata
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from schema_ner.grounding.normalising import Folded, fold, folded_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

Place = tuple[int, int]
Kind = Literal["", "digit", "mark", "hangul", "unspaced", "letter"]

# First code points of blocks whose scripts put no blanks between words, with the last.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # 々 〆 〇
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han, compatibility forms
    (0xFF66, 0xFF9F),  # Katakana, half width
    (0x20000, 0x3FFFF),  # Han, the further planes
)
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))
_OTHER_KINDS: dict[str, Kind] = {"M": "mark", "N": "digit"}  # by category of character

# What Korean puts directly behind a noun begins with one of these: case particles, and the words
# 씨 (Mr, Ms) and 모 (a certain) behind a surname.  Only ever a hint among equal places.
PARTICLES = frozenset("은는이가을를의에도와과로으만씨모")

MAX_FITTING = 100  # places with the left context of one mention that are looked at
MIN_UNSPACED = 4  # folded characters; below it, a word cut by a blank may be any two words
MIN_LOOSE = 4  # folded characters; shorter ones must be whole words when their form differs


class Ground:
    """One text, prepared for looking up surfaces; each preparation is made when first needed."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def folded(self) -> Folded:
        """The folded text."""
        return fold(self.text)

    @cached_property
    def unspaced(self) -> Folded:
        """The folded text without its white space."""
        return self.folded.without_blanks()

    @cached_property
    def _edges(self) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """Per offset: how good a start, and how good an end, of a mention it is."""
        left: list[int] = []
        right: list[int] = []
        before: Kind = ""
        for char in (*self.text, ""):
            after = kind(char)
            left.append(start_quality(before, after))
            right.append(end_quality(before, after, char))
            before = before if after == "mark" else after  # a mark is of its letter's kind
        return np.array(left, dtype=np.int8), np.array(right, dtype=np.int8)

    def whole_word(self, place: Place) -> bool:
        """Whether no word runs into the place, nor on from it unless as a particle may."""
        left, right = self._edges
        return bool(left[place[0]] > 0 and right[place[1]] > 0)

    def qualities(self, places: Iterable[Place]) -> list[int]:
        """Of each place, how well its edges fall on edges of words; higher is better."""
        at = np.array(list(places), dtype=np.intp).reshape(-1, 2)
        left, right = self._edges
        total: list[int] = (4 * left[at[:, 0]] + right[at[:, 1]]).tolist()
        return total

    def exact(self, surface: str, limit: int) -> list[Place]:
        """The first ``limit`` places where the text holds the surface, overlapping ones too."""
        size = len(surface)
        found: list[Place] = []
        at = self.text.find(surface) if surface else -1
        while at >= 0 and len(found) < limit:
            found.append((at, at + size))
            at = self.text.find(surface, at + 1)
        return found

    def normalised(self, surface: str, limit: int) -> list[Place]:
        """The first places where the folded text holds the folded surface, else without blanks."""
        needle = folded_text(surface)
        found = list(self.folded.find(needle, limit))
        if len(needle) < MIN_LOOSE:
            found = [place for place in found if self.whole_word(place)]
        squeezed = fold(surface).without_blanks().text
        if not found and len(squeezed) >= MIN_UNSPACED:
            found = list(self.unspaced.find(squeezed, limit))
            found = [place for place in found if self.whole_word(place)]
        return found

    def ends_after(self, left: str, surface: str, limit: int = MAX_FITTING) -> set[int]:
        """Ends of the first places of the surface that have ``left`` directly before them."""
        found = self.exact(left + surface, limit)
        if not found:
            needle = folded_text(left + surface)
            found = list(self.folded.find(needle, limit))
            squeezed = fold(left + surface).without_blanks().text
            found = found or list(self.unspaced.find(squeezed, limit))
        return {end for _, end in found}


@lru_cache(maxsize=1 << 16)
def kind(char: str) -> Kind:
    """What a character is to the edge of a word; ``""`` for what stands between words."""
    category = unicodedata.category(char)[0] if char else ""
    if category != "L":
        return _OTHER_KINDS.get(category, "")
    point = ord(char)
    if any(first <= point <= last for first, last in _HANGUL):
        return "hangul"
    return "unspaced" if any(first <= point <= last for first, last in _UNSPACED) else "letter"


def start_quality(before: Kind, first: Kind) -> int:
    """0 inside a word, 1 where the kind of character changes, 2 at a clear edge."""
    if not before or not first:
        return 2
    if first == "mark":
        return 0
    if before != first or first == "unspaced":
        return 1
    return 0


def end_quality(last: Kind, after: Kind, following: str) -> int:
    """0 inside a word, 3 at a clear edge; never 0 before Hangul, where particles stick to nouns."""
    if not last or not after or after == "unspaced":
        return 3
    if after == "mark":
        return 0
    if after == "hangul":
        return 2 if last != "hangul" or following in PARTICLES else 1
    return 1 if last != after else 0
