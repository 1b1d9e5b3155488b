"""Where in a text a mention may begin and end."""

from __future__ import annotations

import unicodedata

import pytest
from grammar_texts import pieced
from hypothesis import given

from schema_ner.grammar.chunks import chunks
from schema_ner.prompts import uniner
from schema_ner.prompts.special import SPECIAL


@pytest.mark.parametrize(
    ("text", "units"),
    [
        pytest.param("Take 20 mg.", "Take| |20| |mg|.", id="words, numbers, signs, blanks"),
        pytest.param("a \n\t b", "a| \n\t |b", id="blanks are one unit"),
        pytest.param("20mg H7N9 2026년", "20|mg| |H|7|N|9| |2026|년", id="letters and digits part"),
        pytest.param("iPhone McDonald", "iPhone| |McDonald", id="capitals do not part"),
        pytest.param("Jean-Luc O'Neil", "Jean|-|Luc| |O|'|Neil", id="hyphen and apostrophe"),
        pytest.param("snake_case @user", "snake|_|case| |@|user", id="every sign is one"),
        pytest.param("...!?", ".|.|.|!|?", id="also the same again"),
        pytest.param("한국은행은", "한|국|은|행|은", id="Hangul: particles follow nouns"),
        pytest.param("ㅋㅋ", "ㅋ|ㅋ", id="jamo by themselves"),
        pytest.param("\u1112\u1161\u11ab\u1100\u116e", "\u1112\u1161\u11ab|\u1100\u116e",
                     id="jamo that make a syllable"),
        pytest.param("\ub2e4\u116e\u116e", "\ub2e4|\u116e|\u116e", id="jamo behind a syllable"),
        pytest.param("東京都に行く", "東|京|都|に|行|く", id="Han and Kana"),
        pytest.param("ﾄﾖﾀカー々", "ﾄ|ﾖ|ﾀ|カ|ー|々", id="half width, long vowel, repeat"),
        pytest.param("กรุงเทพ", "ก|รุ|ง|เ|ท|พ", id="Thai, vowel signs with their letters"),
        pytest.param("ខ្មែរ", "ខ្មែ|រ", id="Khmer, a letter below another"),
        pytest.param("בתל אביב", "ב|ת|ל| |א|ב|י|ב", id="Hebrew: prefixes are written onto words"),
        pytest.param("وَمصر", "وَ|م|ص|ر", id="Arabic likewise"),
        pytest.param("भारत का", "भारत| |का", id="Hindi: whole words"),
        pytest.param("Москва Αθήνα", "Москва| |Αθήνα", id="Cyrillic and Greek"),
        pytest.param("cafe\u0301s", "cafe\u0301s", id="a combining mark stays in its word"),
        pytest.param("e\u0301\u0323!\u0301x", "e\u0301\u0323|!\u0301|x", id="and with a sign"),
        pytest.param("\u0301x", "\u0301|x", id="a mark with nothing before it"),
        pytest.param("👩‍👩‍👧👍🏽x", "👩‍👩‍👧|👍🏽|x", id="joined emoji, skin"),
        pytest.param("🏳️‍🌈❤️1️⃣", "🏳️‍🌈|❤️|1️⃣", id="emoji with selectors, keycap"),
        pytest.param("🇰🇷🇺🇸🇫", "🇰🇷|🇺🇸|🇫", id="flags have two halves"),
        pytest.param("می‌خواهم", "م|ی\u200c|خ|و|ا|ه|م", id="a non-joiner stays with its letter"),
        pytest.param("a\u200bb\ufeff", "a|\u200b|b|\ufeff", id="invisible signs"),
        pytest.param("a\u00a0\u3000b", "a|\u00a0\u3000|b", id="blanks of other kinds"),
        pytest.param("a\ud800\udc00b", "a|\ud800|\udc00|b", id="halves of characters"),
        pytest.param("x</s>y [INST] z", "x|</s>|y| |[INST]| |z", id="special tokens stay whole"),
        pytest.param("<b> [1] <|a b|>", "<|b|>| |[|1|]| |<|||a| |b|||>", id="others do not"),
        pytest.param("< /s><|a\nb|>", "< /s>|<|a\nb|>", id="as a prompt would write them"),
        pytest.param("", "", id="nothing"),
    ],
)  # fmt: skip
def test_units(text: str, units: str) -> None:
    marked = "|".join(chunks(text))
    assert marked == units


@given(pieced())
def test_units_joined_are_the_text(text: str) -> None:
    units = chunks(text)
    assert "".join(units) == text
    assert all(units)


@given(pieced())
def test_no_unit_mixes_blanks_and_words(text: str) -> None:
    """But for marks, which stay with what they stand on, and special tokens."""
    for unit in chunks(text):
        if SPECIAL.search(repr(unit)) or uniner.SPECIAL.search(unit):
            continue
        plain = [c for c in unit if unicodedata.category(c)[0] != "M" and c.isprintable()]
        assert len({c.isspace() for c in plain}) <= 1, unit


@given(pieced())
def test_no_mark_and_no_half_begins_a_unit(text: str) -> None:
    """What belongs to the character before it is not cut off from it."""
    for unit in chunks(text)[1:]:
        assert unicodedata.category(unit[0])[0] != "M"
        assert unit[0] not in "\u200d\u200c🏻🏼🏽🏾🏿"


@given(pieced())
def test_no_special_token_is_cut(text: str) -> None:
    """Whatever follows or precedes it, in the form of either prompt."""
    edges = {0}
    for unit in chunks(text):
        edges.add(max(edges) + len(unit))
    for pattern in (SPECIAL, uniner.SPECIAL):
        for token in pattern.finditer(text):
            if pattern.fullmatch(repr(token[0])[1:-1]):  # with all its escapes it still is one
                assert not edges & set(range(token.start() + 1, token.end()))
