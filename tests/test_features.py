"""Words and word pieces: every character accounted for, boundaries where languages have them."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from schema_ner.encoder.features import (
    MAX_RUN_CHARS,
    MAX_WORD_CHARS,
    Featurizer,
    unread_ranges,
    word_places,
)
from schema_ner.encoder.store import model_path
from schema_ner.encoder.wording import description, plain_name
from schema_ner.engines.builtin import MARGIN, WINDOW
from schema_ner.schema import EntityType

FEATURES = Featurizer(model_path() / "tokenizer.json")
TRAINED_ON = re.compile(r"\w+(?:[-_]\w+)*|\S")  # how words were cut in training


def words(text: str) -> list[str]:
    found = FEATURES.words(text)
    return [text[a:b] for a, b in zip(found.starts, found.ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Dr. Jean-Luc O'Neil", ["Dr", ".", "Jean-Luc", "O", "'", "Neil"], id="English"
        ),
        pytest.param("서울에서 왔다", list("서울에서왔다"), id="a Hangul syllable is a word"),
        pytest.param("東京tower", ["東", "京", "tower"], id="Han and Latin part"),
        pytest.param("cafe\u0301 1", ["cafe\u0301", "1"], id="a mark stays with its letter"),
        pytest.param("नमस्ते", ["नमस्ते"], id="Devanagari vowel signs do not cut a word"),
        pytest.param("a👩‍👩‍👧b", ["a", "👩‍👩‍👧", "b"], id="a joined emoji is one word"),
        pytest.param("", [], id="nothing"),
        pytest.param(" \t\n\u3000", [], id="only blanks"),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    """A word is what annotators would begin or end a span at."""
    assert words(text) == expected


@given(texts())
def test_words_stand_in_the_text_in_order(text: str) -> None:
    """Words do not overlap, and their pieces add up to all pieces."""
    found = FEATURES.words(text)
    bounds = np.stack([found.starts, found.ends], 1).ravel()
    assert (np.diff(bounds) >= 0).all()
    assert (found.starts < found.ends).all()
    assert found.offsets[0] == 0
    assert found.offsets[-1] == len(found.pieces) == sum(found.costs)
    assert min(found.costs, default=1) >= 1


@given(texts())
def test_only_blanks_and_what_the_vocabulary_strips_lie_outside_words(text: str) -> None:
    """No letter or digit is lost between words."""
    found = FEATURES.words(text)
    inside = {i for a, b in zip(found.starts, found.ends, strict=True) for i in range(a, b)}
    matched = {i for place in word_places(text) for i in range(*place)}
    outside = "".join(c for i, c in enumerate(text) if i not in matched)
    assert not outside.strip()
    dropped = "".join(text[i] for i in sorted(matched - inside))
    assert not re.search(r"[A-Za-z0-9가-힣一-鿿]", dropped)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_plain_english_is_cut_as_in_training(text: str) -> None:
    """The model is asked about the same words it was taught on."""
    cut = [text[start:end] for start, end in word_places(text)]
    if max(map(len, cut), default=0) < MAX_WORD_CHARS:
        assert cut == TRAINED_ON.findall(text)


def test_nothing_is_truncated() -> None:
    """The vocabulary file this began with cut every text at 128 pieces."""
    assert len(FEATURES.words("name " * 5000)) == 5000


def test_a_long_word_is_cut_not_dropped() -> None:
    """WordPiece makes [UNK] of a word beyond 100 characters; ours never are that long."""
    found = FEATURES.words("a" * MAX_RUN_CHARS)
    assert max(found.ends - found.starts) <= MAX_WORD_CHARS
    assert found.ends[-1] == MAX_RUN_CHARS
    assert not found.unknown.any()


@pytest.mark.parametrize("piece", ["x", "a-", "e\u0301", "👩\u200d", "\u0301"])
def test_a_run_without_end_is_unread_not_read_for_minutes(piece: str) -> None:
    """A megabyte without a blank is data; it is one unknown word, and reported."""
    text = "Paris " + piece * 100_000
    found = FEATURES.words(text)
    assert len(found.pieces) <= 3
    if any(c.isalnum() for c in piece):
        assert unread_ranges(text, found)[0][0] == 6


@given(texts(max_pieces=40))
def test_every_word_fits_between_two_margins(text: str) -> None:
    """Otherwise there would be no window to read it in."""
    assert max(FEATURES.words(text).costs, default=0) + 2 * MARGIN <= WINDOW


def test_letters_outside_the_vocabulary_are_said_to_be_unread() -> None:
    """Script that the model cannot read is reported; emoji, which nobody reads, are not."""
    text = "Paris ខ្មែរ ខ្មែរ London 🦀"
    ((start, end),) = unread_ranges(text, FEATURES.words(text))
    assert text[start:end] == "ខ្មែរ ខ្មែរ"


@pytest.mark.parametrize(
    ("guideline", "told"),
    [
        pytest.param("", "phone number", id="no guideline"),
        pytest.param("A number to call.", "phone number: A number to call.", id="one sentence"),
        pytest.param(
            "A number to\n  call. Not: a fax.", "phone number: A number to call.", id="two"
        ),
        pytest.param("A number\n\nNot: a fax", "phone number: A number", id="a paragraph"),
        pytest.param(
            "Numbers of Dr. Who, e.g. 555. Not: J. R. Hart.",
            "phone number: Numbers of Dr. Who, e.g. 555.",
            id="abbreviations end no sentence",
        ),
        pytest.param("전화번호. 아님: 팩스.", "phone number: 전화번호.", id="Korean"),
        pytest.param("電話番号。ファックスは除く。", "phone number: 電話番号。", id="Japanese"),
    ],
)
def test_a_type_is_described_by_the_first_sentence(guideline: str, told: str) -> None:
    """What a thing is, not what it is not."""
    assert description(EntityType("PhoneNumber", guideline)) == told


def test_names_in_plain_words() -> None:
    """As in training: lower case, words apart."""
    assert plain_name("creative-work") == "creative work"
    assert plain_name("AcademicJournal") == "academic journal"


def test_a_long_sentence_is_read_in_parts() -> None:
    """A guideline of 20,000 characters without a full stop still reaches the model whole."""
    parts = FEATURES.description("thing: " + "word " * 4000)
    assert sum(len(part) - 2 for part in parts) == 4002
    assert max(map(len, parts)) <= 64


def test_a_description_of_nothing_the_model_can_read_is_still_one() -> None:
    """A name of signs that the vocabulary strips gives a vector all the same."""
    assert [len(part) for part in FEATURES.description("\u200b")] == [2]
