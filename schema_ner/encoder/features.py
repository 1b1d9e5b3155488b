"""Words and word pieces: what the built-in model is fed.

A span of the built-in model begins and ends where a word does.  In scripts written with blanks a
word is what stands between them, marks and hyphens included; in scripts without (Han, kana, Thai
…) and in Hangul, where particles stick to nouns, every character is a word of its own.

Here: text → arrays.  Not here: what is said of a type (``wording``), windows
(``schema_ner.windows``), running a model (``session``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

MAX_WORDS = 10  # words in the longest span the model can propose; part of its shape
MAX_WORD_CHARS = 64  # longer runs are cut: WordPiece gives up on a word of more than 100 characters
MAX_RUN_CHARS = 512  # still longer ones are no words but data (base64, hashes), and are not read
MAX_DESCRIPTION_PIECES = 64  # of a text about a type, special pieces included; as in training

# Hangul jamo and syllables, Thai and Lao, Myanmar, Khmer, kana, Han
_SOLO = (
    "\u1100-\u11ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text and their word pieces.  W words, P pieces.

    Attributes:
        starts: (W,) offset of each word's first code point.
        ends: (W,) offset behind each word's last code point.
        pieces: (P,) ids of all word pieces, without special ones.
        offsets: (W + 1,) where each word's pieces begin; the last entry is P.
        unknown: (W,) whether nothing of the word is in the vocabulary.
    """

    starts: Ints
    ends: Ints
    pieces: Ints
    offsets: Ints
    unknown: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def costs(self) -> list[int]:
        """The number of pieces of each word."""
        costs: list[int] = np.diff(self.offsets).tolist()
        return costs


class Featurizer:
    """Text → word pieces, with the model's own vocabulary."""

    def __init__(self, tokenizer_file: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        # a file with truncation switched on would drop text without a word
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        special = ("[CLS]", "[SEP]", "[UNK]")
        self._cls, self._sep, self._unk = map(self._tokenizer.token_to_id, special)

    def words(self, text: str) -> Words:
        """The words of a text, without those of which the normaliser leaves nothing."""
        readable = without_surrogates(text)
        places = list(word_places(readable))
        surfaces = [_shown(readable, start, end) for start, end in places]
        encoding = self._tokenizer.encode(surfaces, is_pretokenized=True, add_special_tokens=False)
        pieces = np.array(encoding.ids, np.int64)  # (P,)
        owner = np.array(encoding.word_ids, np.int64)  # (P,) the word each piece is of
        words, firsts = np.unique(owner, return_index=True)  # (W,) each
        bounds = np.array(places, np.int64).reshape(-1, 2)[words]  # (W, 2)
        known = np.zeros(len(places), bool)
        known[owner[pieces != self._unk]] = True
        offsets = np.append(firsts, len(pieces)).astype(np.int64)
        return Words(bounds[:, 0], bounds[:, 1], pieces, offsets, ~known[words])

    def with_ends(self, pieces: Ints) -> Ints:
        """The pieces between the special ones the model expects around a text."""
        return np.concatenate([[self._cls], pieces, [self._sep]])

    def description(self, text: str) -> list[Ints]:
        """The pieces of a text about a type, with special ones; of a long one, in several parts."""
        ids = self._tokenizer.encode(without_surrogates(text), add_special_tokens=False).ids
        room = MAX_DESCRIPTION_PIECES - 2
        cuts = range(room, len(ids), room)
        return [self.with_ends(part) for part in np.split(np.array(ids, np.int64), cuts)]


def without_surrogates(text: str) -> str:
    """The text with U+FFFD for each lone surrogate, which no UTF-8 can hold; same offsets."""
    return text if text.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", text)


def unread_ranges(text: str, words: Words) -> tuple[tuple[int, int], ...]:
    """Ranges of letters and digits of which the model saw only that something is there.

    Neighbours are joined over white space.  Emoji and other signs do not count.
    """
    ranges: list[tuple[int, int]] = []
    for index in np.flatnonzero(words.unknown).tolist():
        start, end = int(words.starts[index]), int(words.ends[index])
        if not any(c.isalnum() for c in text[start:end]):
            continue
        if ranges and not text[ranges[-1][1] : start].strip():
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((start, end))
    return tuple(ranges)


def mostly_foreign(text: str) -> bool:
    """Whether most letters are of a script the model was not trained on: not Latin."""
    if text.isascii():
        return False
    letters = [c for c in text if c.isalpha()]
    return 2 * sum(c > "\u024f" for c in letters) > len(letters)


def word_places(text: str) -> Iterator[tuple[int, int]]:
    """``[start, end)`` of each word, in order."""
    for match in word_pattern().finditer(text):
        start, end = match.span()
        if MAX_WORD_CHARS < end - start <= MAX_RUN_CHARS:
            for cut in range(start, end, MAX_WORD_CHARS):
                yield cut, min(cut + MAX_WORD_CHARS, end)
        else:
            yield start, end


def _shown(text: str, start: int, end: int) -> str:
    return text[start:end] if end - start <= MAX_RUN_CHARS else "[UNK]"


@cache
def word_pattern() -> re.Pattern[str]:
    """What a word is.  Built when first needed: it asks Unicode for all combining marks."""
    marks = _ranges(
        [c for c in map(chr, range(0x300, 0x20000)) if unicodedata.category(c)[0] == "M"]
    )
    solo = f"[{_SOLO}][{marks}]*"
    run = rf"(?:(?![{_SOLO}])[\w{marks}])+"
    joined = rf"{run}(?:-{run})*"
    # an emoji with its modifiers and whatever joiners tie to it; a flag is two indicators
    flag = "[\U0001f1e6-\U0001f1ff]{2}"
    sign = f"\\S(?:[{marks}\U0001f3fb-\U0001f3ff]|\u200d\\S)*"
    return re.compile(f"{solo}|{joined}|{flag}|{sign}")


def _ranges(characters: Sequence[str]) -> str:
    """The characters as the inside of a regular expression's class."""
    ranges: list[list[str]] = []
    for character in characters:
        if ranges and ord(character) == ord(ranges[-1][1]) + 1:
            ranges[-1][1] = character
        else:
            ranges.append([character, character])
    return "".join(f"{re.escape(first)}-{re.escape(last)}" for first, last in ranges)
