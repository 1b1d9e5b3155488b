"""Mentions in, spans with offsets out."""

from __future__ import annotations

import time
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import text_with_ranges, texts

from schema_ner.errors import InputError
from schema_ner.grounding import Grounded, Mention, ground
from schema_ner.grounding.normalising import fold, folded_text
from schema_ner.schema import EntityType, Field, Schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

LABELS = st.sampled_from(["A", "B"])


def said(*mentions: str) -> list[Mention]:
    """``"A:Paris"``, or ``"A:in |Paris"`` with left context, as mentions."""
    made = []
    for mention in mentions:
        label, _, surface = mention.partition(":")
        left, bar, rest = surface.partition("|")
        made.append(Mention(rest, label, left) if bar else Mention(surface, label))
    return made


def places(grounded: Grounded) -> list[str]:
    return [f"{span.label} {span.start}-{span.end} {span.status}" for span in grounded.spans]


@pytest.mark.parametrize(
    ("text", "mentions", "expected"),
    [
        pytest.param(
            "송중기가 왔다", ["A:송중기"], ["A 0-3 exact"], id="a Korean name before its particle"
        ),
        pytest.param(
            "이와 관련 이 씨는",
            ["A:이"],
            ["A 6-7 exact"],
            id="a surname rather than a word's start",
        ),
        pytest.param("東京都に住む", ["A:東京都"], ["A 0-3 exact"], id="Japanese without blanks"),
        pytest.param(
            "İstanbul and Ankara",
            ["A:Ankara"],
            ["A 13-19 exact"],
            id="Ankara behind a letter that grows when lower-cased",
        ),
        pytest.param(
            "İstanbul and Ankara",
            ["A:ANKARA"],
            ["A 13-19 normalised"],
            id="the same in another case",
        ),
        pytest.param(
            "Yorkshire and York", ["A:York"], ["A 14-18 exact"], id="a whole word before a part"
        ),
        pytest.param(
            "coal, alas", ["A:al"], ["A 6-8 exact"], id="the start of a word before its end"
        ),
        pytest.param(
            "정말 정씨", ["A:정"], ["A 3-4 exact"], id="a surname with what follows surnames"
        ),
        pytest.param(
            "anti-NATO or xNATO",
            ["A:NATO", "A:NATO"],
            ["A 5-9 exact", "A 14-18 exact"],
            id="a part of a word where nothing else is left",
        ),
        pytest.param(
            "New York, York",
            ["A:York", "A:New York"],
            ["A 0-8 exact", "A 10-14 exact"],
            id="the longest surface takes its place first",
        ),
        pytest.param(
            "Bank of Korea",
            ["A:Bank of Korea", "B:Korea"],
            ["A 0-13 exact", "B 8-13 exact"],
            id="a mention inside another where it stands nowhere else",
        ),
        pytest.param(
            "Kim, Lee, Kim",
            ["A:Kim", "A:Lee", "B:Kim"],
            ["A 0-3 exact", "A 5-8 exact", "B 10-13 exact"],
            id="equal surfaces in the order of the list",
        ),
        pytest.param(
            "Kim, Lee, Kim, Park, Cho",
            ["B:Lee", "A:Kim", "B:Park", "B:Cho"],
            ["B 5-8 exact", "A 10-13 exact", "B 15-19 exact", "B 21-24 exact"],
            id="the second Kim, since Lee was listed before",
        ),
        pytest.param("Kim met Kim", ["A:et |Kim"], ["A 8-11 exact"], id="left context tells which"),
        pytest.param(
            "Kim met\u00a0Kim",
            ["A:MET |Kim"],
            ["A 8-11 exact"],
            id="left context in another form",
        ),
        pytest.param(
            "Kim met Kim",
            ["A:zz|Kim"],
            ["A 0-3 exact"],
            id="left context that is nowhere is ignored",
        ),
        pytest.param(
            "Paris",
            ["A:Paris", "B:Paris"],
            ["A 0-5 exact", "B 0-5 exact"],
            id="two types share the only place",
        ),
        pytest.param(
            "Paris Paris",
            ["A:Paris", "B:Paris"],
            ["A 0-5 exact", "B 6-11 exact"],
            id="two types share no place while another is free",
        ),
        pytest.param(
            "aaaa", ["A:aa", "A:aa"], ["A 0-2 exact", "A 2-4 exact"], id="no self-overlap"
        ),
        pytest.param("say aspirin", ["A: aspirin "], ["A 4-11 normalised"], id="blanks around it"),
        pytest.param(
            "cafe\u0301 au lait", ["A:café"], ["A 0-5 normalised"], id="composed, text is not"
        ),
        pytest.param("café", ["A:cafe\u0301"], ["A 0-4 normalised"], id="decomposed, text is not"),
        pytest.param("\u1112\u1161\u11ab국", ["A:한국"], ["A 0-4 normalised"], id="Hangul letters"),
        pytest.param("in Ｎｅｗ　Ｙｏｒｋ", ["A:New York"], ["A 3-11 normalised"], id="full width"),
        pytest.param("20\u00a0mg", ["A:20 mg"], ["A 0-5 normalised"], id="a no-break space"),
        pytest.param("New \r\n York", ["A:New York"], ["A 0-11 normalised"], id="a line break"),
        pytest.param("Straße 5", ["A:STRASSE"], ["A 0-6 normalised"], id="sharp s"),
        pytest.param("in İstanbul", ["A:istanbul"], ["A 3-11 normalised"], id="dotted capital I"),
        pytest.param("asp\u00adirin", ["A:aspirin"], ["A 0-8 normalised"], id="a soft hyphen"),
        pytest.param(
            "O’Neill–Kim", ["A:O'Neill-Kim"], ["A 0-11 normalised"], id="typographic signs"
        ),
        pytest.param(
            "한국 은행", ["A:한국은행"], ["A 0-5 normalised"], id="a blank more in the text"
        ),
        pytest.param(
            "한국은행이", ["A:한국 은행"], ["A 0-4 normalised"], id="a blank less in the text"
        ),
        pytest.param(
            "Aspirin and aspirin",
            ["A:Aspirin", "A:Aspirin"],
            ["A 0-7 exact", "A 12-19 normalised"],
            id="exact places first, then other forms",
        ),
        pytest.param("some asprin daily", ["A:aspirin"], ["A 5-11 fuzzy"], id="a slip of a letter"),
        pytest.param("Gyeongbokgung", ["A:Gyeongbukgung"], ["A 0-13 fuzzy"], id="a wrong vowel"),
    ],
)
def test_where_mentions_are_put(text: str, mentions: list[str], expected: list[str]) -> None:
    grounded = ground(said(*mentions), text)
    assert places(grounded) == expected
    assert not grounded.rejected


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        pytest.param("take ibuprofen", "aspirin", id="not there at all"),
        pytest.param("", "aspirin", id="an empty text"),
        pytest.param("take aspirin", "", id="an empty mention"),
        pytest.param("take aspirin", " \u00a0\n", id="a blank mention"),
        pytest.param("digital", "IT", id="a short name in another case inside a word"),
        pytest.param("한국", "하", id="part of a syllable"),
        pytest.param("Straße", "stras", id="half a sharp s"),
        pytest.param("cave", "case", id="too short for a near match"),
        pytest.param("on 2026-11-22", "2026-11-21", id="another date is no misspelling"),
        pytest.param("$1,500 paid", "$1,000", id="another amount is no misspelling"),
        pytest.param("Kim Minseok left", "Kim Jisoo", id="another name is no misspelling"),
        pytest.param("aspirin", "\u200b", id="an invisible mention"),
    ],
)
def test_what_is_not_there_is_hallucinated(text: str, mention: str) -> None:
    grounded = ground([Mention(mention, "A")], text)
    assert not grounded.spans
    (rejected,) = grounded.rejected
    assert (rejected.text, rejected.label, rejected.status) == (mention, "A", "hallucinated")
    assert rejected.reason


def test_more_mentions_than_places_are_duplicates() -> None:
    grounded = ground(said("A:Kim", "A:Kim", "A:Kim"), "Kim, Kim")
    assert places(grounded) == ["A 0-3 exact", "A 5-8 exact"]
    (rejected,) = grounded.rejected
    assert rejected.status == "duplicate"
    assert rejected.reason == "listed as 'A' more often than the text has places for it"


def test_two_spellings_of_one_place_are_one_span() -> None:
    grounded = ground(said("A:asprin", "A:aspirin"), "take aspirin")
    assert places(grounded) == ["A 5-12 exact"]
    assert [r.status for r in grounded.rejected] == ["duplicate"]


class Drug:
    span: str


SCHEMA = Schema(
    (
        EntityType(
            "drug", examples=("aspirin", "Humira"), cls=Drug, fields=(Field("brand", "bool"),)
        ),
        EntityType("dose"),
    )
)


def test_an_example_that_is_not_in_the_text_was_copied_from_the_schema() -> None:
    grounded = ground(
        said("drug:HUMIRA", "dose:Humira", "drug:aspirin"), "some aspirn", schema=SCHEMA
    )
    assert [r.status for r in grounded.rejected] == ["example_leak", "hallucinated", "example_leak"]
    assert "one of the examples of 'drug'" in grounded.rejected[0].reason


def test_an_example_that_is_in_the_text_is_a_span() -> None:
    assert ground(said("drug:humira"), "on Humira", schema=SCHEMA).spans[0].text == "Humira"


def test_a_type_that_the_schema_lacks_is_out_of_schema() -> None:
    (rejected,) = ground(said("disease:flu"), "the flu", schema=SCHEMA).rejected
    assert rejected.status == "out_of_schema"


def test_the_users_class_holds_what_stands_in_the_text_and_the_fields() -> None:
    mention = Mention("ASPIRIN", "drug", score=0.5, fields={"brand": False})
    (span,) = ground([mention], "some aspirin", schema=SCHEMA).spans
    assert isinstance(span.entity, Drug)
    assert (span.entity.span, span.entity.brand, span.score) == ("aspirin", False, 0.5)
    assert ground(said("dose:2"), "2", schema=SCHEMA).spans[0].entity is None


@pytest.mark.parametrize(
    ("text", "mentions", "expected"),
    [
        pytest.param(
            "Kim, Kim, Kimchi", ["A:Kim"], ["0-3", "5-8"], id="all its words, no part of one"
        ),
        pytest.param("서울은 서울에서", ["A:서울"], ["0-2", "4-6"], id="Korean before particles"),
        pytest.param("xKim yKim", ["A:Kim"], ["1-4"], id="one place at least"),
        pytest.param(
            "New York, York", ["A:York", "A:New York"], ["0-8", "10-14"], id="the longest first"
        ),
        pytest.param(
            "Kim Kim", ["A:Kim", "B:Kim"], ["0-3", "0-3", "4-7", "4-7"], id="two types share"
        ),
        pytest.param("Kim Kim", ["A:Kim", "A:Kim"], ["0-3", "4-7"], id="listed twice, there twice"),
        pytest.param("a KIM, a Kim", ["A:kim"], ["2-5", "9-12"], id="another form everywhere"),
    ],
)
def test_expanding_takes_every_place(text: str, mentions: list[str], expected: list[str]) -> None:
    grounded = ground(said(*mentions), text, mentions="expand")
    assert [f"{span.start}-{span.end}" for span in grounded.spans] == expected
    assert not grounded.rejected


def test_expanding_counts_what_was_listed_too_often() -> None:
    grounded = ground(said("A:Kim", "A:Kim", "A:Kim"), "Kim Kim", mentions="expand")
    assert [r.status for r in grounded.rejected] == ["duplicate"]


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(InputError, match="mentions='all' is unknown"):
        ground([], "", mentions="all")


@st.composite
def texts_with_mentions(draw: st.DrawFn) -> tuple[str, list[Mention]]:
    """A text, and pieces of it and other things, some of them re-typed, some given context."""
    text, ranges = draw(text_with_ranges(8))
    change = st.sampled_from(
        [str, str.upper, str.lower, str.swapcase, *(forms(f) for f in ("NFC", "NFD", "NFKC"))]
    )
    mentions = []
    for start, end in ranges:
        left = draw(st.sampled_from(["", text[max(0, start - 2) : start], "x "]))
        mentions.append(Mention(draw(change)(text[start:end]), draw(LABELS), left))
    others = draw(st.lists(texts(2), max_size=3))
    mentions += [Mention(other, draw(LABELS)) for other in others]
    return text, draw(st.permutations(mentions))


def forms(form: Literal["NFC", "NFD", "NFKC"]) -> Callable[[str], str]:
    return lambda text: unicodedata.normalize(form, text)


@given(texts_with_mentions(), st.sampled_from([None, Schema((EntityType("A"),))]))
def test_every_mention_becomes_one_span_or_one_rejected(
    case: tuple[str, list[Mention]], schema: Schema | None
) -> None:
    """On any Unicode: nothing raises, nothing is lost, every span says what stands at its place."""
    text, mentions = case
    grounded = ground(mentions, text, schema=schema)
    assert len(grounded.spans) + len(grounded.rejected) == len(mentions)
    for span in grounded.spans:
        assert text[span.start : span.end] == span.text
    labels = Counter(m.label for m in mentions)
    assert labels == Counter(s.label for s in (*grounded.spans, *grounded.rejected))
    assert len({span.order for span in grounded.spans}) == len(grounded.spans)


@given(texts_with_mentions())
def test_expanding_never_puts_a_label_twice_in_one_place(case: tuple[str, list[Mention]]) -> None:
    text, mentions = case
    grounded = ground(mentions, text, mentions="expand")
    for span in grounded.spans:
        assert text[span.start : span.end] == span.text
    assert len({span.order for span in grounded.spans}) == len(grounded.spans)
    assert bool(grounded.spans) == bool(ground(mentions, text).spans)
    assert len(grounded.rejected) <= len(mentions)


@given(text_with_ranges(8), st.randoms(use_true_random=False))
def test_gold_mentions_get_places_of_their_own(
    case: tuple[str, list[tuple[int, int]]], random: Random
) -> None:
    """Annotations that do not overlap: all are placed exactly, no two in one place."""
    text, ranges = case
    gold: list[tuple[int, int]] = []
    for start, end in sorted(ranges, key=lambda r: r[1]):
        apart = not gold or start >= gold[-1][1]
        if apart and text[start:end] == text[start:end].strip():
            gold.append((start, end))
    random.shuffle(gold)
    grounded = ground([Mention(text[s:e], "A") for s, e in gold], text)
    assert not grounded.rejected
    assert {span.status for span in grounded.spans} <= {"exact"}
    assert Counter(s.text for s in grounded.spans) == Counter(text[s:e] for s, e in gold)
    assert len({(s.start, s.end) for s in grounded.spans}) == len(gold)


@given(texts())
def test_the_map_of_a_folded_text_leads_back(text: str) -> None:
    """Each folded character has a non-empty original range, and ranges never run backwards."""
    for folded in (fold(text), fold(text).without_blanks()):
        sizes = {len(folded.starts), len(folded.ends), len(folded.heads), len(folded.tails)}
        assert sizes == {len(folded.text)}
        assert all(0 <= s < e <= len(text) for s, e in zip(folded.starts, folded.ends, strict=True))
        assert list(folded.starts) == sorted(folded.starts)
        assert list(folded.ends) == sorted(folded.ends)
        for at, (head, tail) in enumerate(zip(folded.heads, folded.tails, strict=True)):
            assert bool(head) == (at == 0 or folded.starts[at] >= folded.ends[at - 1])
            assert tail == (at + 1 == len(folded.text) or folded.heads[at + 1])


@given(texts())
def test_forms_of_one_text_fold_alike(text: str) -> None:
    """Canonically equal texts, and the folded text itself, fold to the same."""
    folded = folded_text(text)
    assert folded_text(unicodedata.normalize("NFD", text)) == folded
    assert folded_text(unicodedata.normalize("NFC", text)) == folded


A_LOT = 100_000


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        pytest.param(
            "a" * A_LOT, ["a" * (i + 1) for i in range(1_000)], id="one letter, all lengths"
        ),
        pytest.param("a" * A_LOT, ["a"] * 1_000, id="one letter, a thousand times"),
        pytest.param(
            "ab" * (A_LOT // 2), [f"{'ab' * 30}c{i}" for i in range(1_000)], id="near misses"
        ),
        pytest.param(
            "the there them " * (A_LOT // 15),
            [f"tehre them {i:x}" for i in range(1_000)],
            id="slips",
        ),
        pytest.param("é" * A_LOT, ["e\u0301" * (i + 1) for i in range(1_000)], id="other forms"),
        pytest.param("e" + "\u0301" * A_LOT, ["é", "e\u0301"] * 500, id="a tower of marks"),
        pytest.param("x y " * (A_LOT // 4), ["x" * 50_000] * 1_000, id="very long mentions"),
        pytest.param(
            "한국 " * (A_LOT // 3), ["한국", "한", "국 한", "국한"] * 250, id="blanks dropped"
        ),
    ],
)
def test_hostile_input_takes_seconds(text: str, surfaces: list[str]) -> None:
    """A hundred thousand characters and a thousand mentions."""
    mentions = [Mention(s, "AB"[i % 2], "a" if i % 3 else "") for i, s in enumerate(surfaces)]
    begun = time.process_time()
    grounded = ground(mentions, text)
    assert time.process_time() - begun < 15
    assert len(grounded.spans) + len(grounded.rejected) == len(mentions)
