"""Laws of validators: offsets, honest places, single errors, hostile texts, scores."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published_numbers import VALID
from strategies import texts

from schema_ner.errors import SchemaError
from schema_ner.schema import EntityType, Schema
from schema_ner.spans import Span
from schema_ner.validators import VALIDATORS, Verdict, apply, get
from schema_ner.validators.folding import fold

NUMBERISH = st.text(st.sampled_from("0123456789-. :/@+()aAX٣９　"), max_size=40)
# published numbers of all kinds side by side, with what may stand between them
CROWDED = st.lists(
    st.sampled_from([*(number for _, number in VALID), " ", " ", ", ", "-", "로 ", "x", "+", "("]),
    max_size=8,
).map("".join)
SOURCES = [
    ("card", "4111111111111111"),
    ("card", "378282246310005"),
    ("imei", "490154203237518"),
    ("iban", "DE89370400440532013000"),
    ("iban", "NO9386011117947"),
]


@pytest.mark.parametrize("name", VALIDATORS)
@given(text=st.one_of(texts(), NUMBERISH, CROWDED))
def test_places_are_in_the_text_in_order_and_pass(name: str, text: str) -> None:
    """``text[start:end]`` is never judged invalid, and no two places share a character."""
    end_before = 0
    for start, end, chance in get(name).find(text):
        assert end_before <= start < end <= len(text)
        assert get(name).judge(text[start:end]) is not Verdict.INVALID
        assert get(name).weigh(text[start:end]).chance == chance < 1.0
        end_before = end


@pytest.mark.parametrize("name", VALIDATORS)
@given(surface=st.one_of(texts(), NUMBERISH, CROWDED))
def test_judging_never_raises(name: str, surface: str) -> None:
    assert get(name).judge(surface) in Verdict


@given(source=st.sampled_from(SOURCES), at=st.integers(0, 40), digit=st.sampled_from("0123456789"))
def test_a_single_wrong_digit_is_never_found(source: tuple[str, str], at: int, digit: str) -> None:
    """Luhn and mod 97 see every single error."""
    name, number = source
    at %= len(number)
    wrong = number[:at] + digit + number[at + 1 :]
    places = list(get(name).find(wrong))
    assert bool(places) == (wrong == number)


@given(text=texts())
def test_folding_keeps_offsets(text: str) -> None:
    """One character for one character, and nothing left to fold."""
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


AROUND = st.sampled_from(["", " ", "카드는 ", "번호", "は", "(", "：", "「", "\n"])


@given(
    before=AROUND,
    after=st.sampled_from(["", "로", "입니다", "です", " 및", ")", ". ", ",", "」"]),
    item=st.sampled_from(
        [*SOURCES, ("phone", "010-1234-5678"), ("email", "a@b.kr"), ("ip", "::1")]
    ),
)
def test_finding_survives_text_without_blanks(
    before: str, after: str, item: tuple[str, str]
) -> None:
    """Korean particles and Japanese text may stand directly beside a number."""
    name, number = item
    (place,) = get(name).find(before + number + after)
    assert (place.start, place.end) == (len(before), len(before) + len(number))


HOSTILE = {
    "digits": "1234567890",
    "groups": "4111 ",
    "pairs": "1 ",
    "signs": ":",
    "at": "a@",
    "dots": "aaaa.",
    "heads": "GB82 ",
    "hosts": "www.",
    "schemes": "http://",
    "brackets": "(0",
    "plus": "+999 10-1234-5678 ",
    "lines": "0-",
    "hex": "ab:",
    "NUL": "\x00",
    "surrogates": "\ud800",
    "Hangul": "가1",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_take_linear_time(piece: str) -> None:
    """100,000 characters of anything: all validators together within seconds, nothing raised."""
    text = piece * (100_000 // len(piece))
    begun = time.perf_counter()
    for validator in VALIDATORS.values():
        sum(1 for _ in validator.find(text))
        validator.judge(text[:5_000])
    assert time.perf_counter() - begun < 10  # about 0.3 s on an idle core


@dataclass
class Account:
    span: str


SCHEMA = Schema(
    (
        EntityType("account", validator="iban", cls=Account),
        EntityType("card", validator="card"),
        EntityType("person"),
    )
)
TEXT = "Jo pays to GB82 WEST 1234 5698 7654 32, not GB83 WEST 1234 5698 7654 32."
GOOD, BAD = (11, 38), (44, 71)


def span(place: tuple[int, int], score: float | None, label: str = "account") -> Span:
    return Span(*place, label, TEXT[slice(*place)], score)


def test_a_valid_span_is_raised_an_invalid_one_lowered() -> None:
    """1 - (1 - p) * chance, and p * doubt."""
    iban = get("iban")
    good, bad = apply([span(GOOD, 0.6), span(BAD, 0.6)], TEXT, SCHEMA)
    assert good.score == pytest.approx(1 - 0.4 * iban.chance)
    assert bad.score == pytest.approx(0.6 * iban.doubt)
    assert good.source == bad.source == "model"


def test_a_span_without_a_score_gets_one_only_where_it_is_valid() -> None:
    """A low score of our making could cost a generating model's item its place."""
    iban = get("iban")
    good, bad, wide, _ = apply(
        [span(GOOD, None), span(BAD, None), span((8, 38), None), span((0, 2), None, "person")],
        TEXT,
        SCHEMA,
    )
    assert good.score == pytest.approx(1 - iban.chance)
    assert bad.score is None
    assert wide.score is None


def test_what_the_model_missed_is_added() -> None:
    (added,) = apply([], TEXT, SCHEMA)
    assert (added.start, added.end, added.label, added.source) == (*GOOD, "account", "validator")
    assert added.score == pytest.approx(1 - get("iban").chance)
    assert added.entity == Account(TEXT[slice(*GOOD)])


def test_a_place_is_added_beside_a_span_that_only_overlaps() -> None:
    """Overlaps are resolved elsewhere, by score."""
    wide, added = apply([span((8, 38), 0.7)], TEXT, SCHEMA)
    assert wide.score == 0.7
    assert (added.start, added.end) == GOOD


def test_other_labels_and_sources_stay_as_they_are() -> None:
    person = span((0, 2), 0.5, "person")
    gold = Span(*BAD, "account", TEXT[slice(*BAD)], source="gold")
    assert apply([person, gold], TEXT, SCHEMA)[:2] == (person, gold)


def test_the_stronger_check_has_the_higher_score() -> None:
    """One place, two types: the check that chance passes more rarely should win."""
    both = Schema((EntityType("nhs", validator="gb-nhs"), EntityType("tel", validator="phone")))
    nhs, tel = apply([], "Reach 943 476 5919 now", both)
    assert (nhs.start, nhs.end) == (tel.start, tel.end)
    assert nhs.score is not None
    assert tel.score is not None
    assert nhs.score > tel.score


def test_a_schema_without_validators_changes_nothing() -> None:
    given_spans = [span(BAD, 0.5)]
    assert apply(given_spans, TEXT, Schema((EntityType("account"),))) == tuple(given_spans)


def test_an_unknown_validator_is_an_error() -> None:
    with pytest.raises(SchemaError, match="no validator is called 'ibam'"):
        apply([], TEXT, Schema((EntityType("account", validator="ibam"),)))


@given(text=texts(), score=st.none() | st.floats(0, 1))
def test_scores_stay_probabilities(text: str, score: float | None) -> None:
    """Whatever a model says, the scores stay in [0, 1] and the texts stay true."""
    if not text:
        return
    types = tuple(EntityType(name, validator=name) for name in VALIDATORS)
    candidates = [Span(0, len(text), name, text, score) for name in ("card", "email", "phone")]
    for result in apply(candidates, text, Schema(types)):
        assert text[result.start : result.end] == result.text
