"""Cut a text into the units that a mention may begin and end at.

A unit is a word, a number, a stretch of blanks, or any other sign by itself.  Where words run on
without a blank, or other words are written onto them, each character is a unit: Hangul and its
particles, Han, Kana, Thai and their neighbours, Hebrew and Arabic with their prefixes.  Letters and
digits part (``20mg``, ``H7N9``), capitals do not (``iPhone``).  What belongs to a character stays
with it: combining marks, the parts of a joined emoji, the two halves of a flag, conjoining jamo.

A special token stays whole: in prompts it is written otherwise than its parts are.

Here: where units end.  Not here: how they are written (``escaping``).
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Literal

from schema_ner.grammar.escaping import QUOTES, in_python
from schema_ner.prompts import uniner
from schema_ner.prompts.special import SPECIAL

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["blank", "letter", "number", "initial", "vowel", "final", "flag", "mark", "sign"]

# By the first word of a letter's name in Unicode, which is that of its script.
_EACH_LETTER = frozenset(
    [
        *("HANGUL", "CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH"),
        *("BOPOMOFO", "YI", "THAI", "LAO", "KHMER", "MYANMAR", "TAI", "HEBREW", "ARABIC"),
    ]
)
_JAMO: dict[str, Kind] = {
    "HANGUL CHOSEONG": "initial",
    "HANGUL JUNGSEONG": "vowel",
    "HANGUL JONGSEONG": "final",
}
_ATTACHED = ("ZERO WIDTH JOINER", "ZERO WIDTH NON-JOINER", "EMOJI MODIFIER ", "TAG ")
_RUNS = {
    ("blank", "blank"),
    ("letter", "letter"),
    ("number", "number"),
    ("initial", "vowel"),
    ("vowel", "final"),
    ("flag", "flag"),
}
# What follows these belongs to what stands before: the joiner of emoji, the stackers of Khmer and
# Myanmar, which put one letter below another.
_LINKS = frozenset("\u200d\u17d2\u1039")


def chunks(text: str) -> list[str]:
    """The units of a text, in order; joined they are the text."""
    inside = {at for start, end in _special_tokens(text) for at in range(start + 1, end)}
    edges = [0, *(edge for edge in _edges(text) if edge not in inside), len(text)]
    return [text[start:end] for start, end in pairwise(edges) if start < end]


def _edges(text: str) -> Iterator[int]:
    """Offsets within the text at which one unit ends and the next begins."""
    before: Kind = "sign"
    for at, char in enumerate(text):
        kind = _kind(char)
        linked = kind != "blank" and text[at - 1 : at] in _LINKS
        runs_on = (before, kind) in _RUNS
        if at and not (runs_on or linked or kind == "mark"):
            yield at
        if kind == "flag" and runs_on:
            before = "sign"  # a flag has two halves: a third one begins the next
        elif kind != "mark":  # a mark is of its character's kind
            before = kind


@lru_cache(maxsize=1 << 16)
def _kind(char: str) -> Kind:
    if char.isspace():
        return "blank"
    name = unicodedata.name(char, "")
    category = unicodedata.category(char)[0]
    if category == "M" or name.startswith(_ATTACHED):
        return "mark"
    if category == "N":
        return "number"
    if category == "L":
        script, _, rest = name.partition(" ")
        jamo = _JAMO.get(f"{script} {rest.partition(' ')[0]}")
        return jamo or ("sign" if script in _EACH_LETTER else "letter")
    return "flag" if name.startswith("REGIONAL INDICATOR ") else "sign"


def _special_tokens(text: str) -> Iterator[tuple[int, int]]:
    """``[start, end)`` of what one of the prompts writes otherwise than its parts are written."""
    for token in uniner.SPECIAL.finditer(text):
        yield token.span()
    if "<" not in text and "[" not in text:
        return
    for quote in QUOTES:  # prompts look for special tokens behind the escapes
        written = [0, *accumulate(len(in_python(char, quote)) for char in text)]
        for token in SPECIAL.finditer(in_python(text, quote)):
            yield bisect_left(written, token.start()), bisect_left(written, token.end())
