"""Exports: units of offsets, one line of JSON, IOB2, and the forms other libraries read."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import assume, given
from strategies import text_with_ranges, texts

from schema_ner import exports
from schema_ner.errors import FormatError, InputError
from schema_ner.spans import Rejected, Span

SENTENCE = "Take two tablets of aspirin."


def span(text: str, mention: str, label: str, score: float | None = None) -> Span:
    start = text.index(mention)
    return Span(start, start + len(mention), label, mention, score)


def apart(text: str, ranges: list[tuple[int, int]]) -> list[Span]:
    """Spans that share nothing, each with something to read in it."""
    spans: list[Span] = []
    for start, end in sorted(ranges):
        if text[start:end].strip() and (not spans or spans[-1].end <= start):
            spans.append(Span(start, end, f"L{len(spans)}", text[start:end]))
    return spans


# --- offsets


@pytest.mark.parametrize(
    ("text", "offsets", "expected"),
    [
        pytest.param("abc", "codepoint", [0, 1, 2, 3], id="code points are Python's own"),
        pytest.param("a😀b", "codepoint", [0, 1, 2, 3], id="an emoji is one code point"),
        pytest.param("a😀b", "utf16", [0, 1, 3, 4], id="an emoji is two UTF-16 units"),
        pytest.param("a😀b", "byte", [0, 1, 5, 6], id="an emoji is four bytes"),
        pytest.param("é한", "utf16", [0, 1, 2], id="what fits in 16 bits is one unit"),
        pytest.param("é한", "byte", [0, 2, 5], id="two bytes for é, three for a Korean syllable"),
        pytest.param("\ud83d\ude00", "utf16", [0, 1, 2], id="a lone surrogate is one unit"),
        pytest.param("\ud800x", "byte", [0, 3, 4], id="a lone surrogate is three bytes"),
        pytest.param("", "byte", [0], id="an empty text has one offset"),
    ],
)
def test_units_of_offsets(text: str, offsets: exports.Offsets, expected: list[int]) -> None:
    move = exports.converter(text, offsets)
    assert [move(i) for i in range(len(text) + 1)] == expected


@given(texts())
def test_utf16_offsets_are_those_of_the_encoded_text(text: str) -> None:
    move = exports.converter(text, "utf16")
    encoded = [
        len(text[:i].encode("utf-16-le", "surrogatepass")) // 2 for i in range(len(text) + 1)
    ]
    assert [move(i) for i in range(len(text) + 1)] == encoded


@given(texts())
def test_byte_offsets_are_those_of_the_encoded_text(text: str) -> None:
    move = exports.converter(text, "byte")
    encoded = [len(text[:i].encode("utf-8", "surrogatepass")) for i in range(len(text) + 1)]
    assert [move(i) for i in range(len(text) + 1)] == encoded


@pytest.mark.parametrize("unit", ["bytes", "UTF16", "", None])
def test_an_unknown_unit_is_named_with_the_known_ones(unit: object) -> None:
    with pytest.raises(InputError, match=r"one of codepoint, utf16, byte; .* is none of them"):
        exports.converter("x", unit)  # type: ignore[arg-type]


# --- dicts and JSON


def test_mark_dict_has_the_seven_public_keys_in_order() -> None:
    mark = Span(1, 2, "Face", "😀", 0.5, "normalised", "validator", entity=object())
    moved = exports.mark_dict(mark, exports.converter("a😀", "utf16"))
    assert list(moved.items()) == [
        ("start", 1),
        ("end", 3),
        ("label", "Face"),
        ("text", "😀"),
        ("score", 0.5),
        ("status", "normalised"),
        ("source", "validator"),
    ]


def test_fields_dict_reads_a_class_with_slots() -> None:
    item = Rejected("Drgu('x')", None, "out_of_schema", "no type is called Drgu")
    assert exports.fields_dict(item) == {
        "text": "Drgu('x')",
        "label": None,
        "status": "out_of_schema",
        "reason": "no type is called Drgu",
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("한국", '"한국"', id="other scripts stay readable"),
        pytest.param("\ud800", r'"\ud800"', id="a lone surrogate is escaped"),
        pytest.param(
            "a\u2028b\u2029c\x85d", r'"a\u2028b\u2029c\u0085d"', id="separators are escaped"
        ),
        pytest.param('\n\x0b\x1e"', r'"\n\u000b\u001e\""', id="JSON's own escapes"),
    ],
)
def test_json_line(text: str, line: str) -> None:
    assert exports.json_line(text) == line


@given(texts())
def test_json_is_one_utf8_line_that_reads_back(text: str) -> None:
    line = exports.json_line({"text": text, "n": [1, None, 0.5]})
    line.encode("utf-8")
    assert line.splitlines() == [line]
    # a JSON reader joins a high surrogate and a low one after it: nothing can be done about that
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    assert json.loads(line) == {"text": joined, "n": [1, None, 0.5]}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_json_has_no_numbers_that_json_has_not(number: float) -> None:
    with pytest.raises(InputError, match="not to be written as JSON"):
        exports.json_line({"cost": number})


# --- IOB2


@pytest.mark.parametrize(
    ("text", "mentions", "tagged"),
    [
        pytest.param(
            SENTENCE,
            [("two tablets", "Dose"), ("aspirin", "Drug")],
            "Take/O two/B-Dose tablets/I-Dose of/O aspirin/B-Drug ./O",
            id="words and signs",
        ),
        pytest.param(
            "서울에서", [("서울", "LC")], "서울/B-LC 에서/O", id="a span may end inside a word"
        ),
        pytest.param(
            "New York City",
            [("New York", "State"), ("City", "Word")],
            "New/B-State York/I-State City/B-Word",
            id="neighbours begin anew",
        ),
        pytest.param("don't", [], "don/O '/O t/O", id="a sign is a token"),
        pytest.param("cafe\u0301 हिन्दी", [], "cafe\u0301/O हिन्दी/O", id="combining marks stay on"),
        pytest.param("می\u200cخواهم", [], "می\u200cخواهم/O", id="a Persian word is one token"),
        pytest.param(
            "👩\u200d👩\u200d👧!", [], "👩\u200d👩\u200d👧/O !/O", id="a joined emoji is one"
        ),
        pytest.param(
            "e\u0301", [("\u0301", "Accent")], "e/O \u0301/B-Accent", id="but a span cuts"
        ),
        pytest.param(" \n\u3000", [], "", id="white space holds no token"),
        pytest.param("", [], "", id="an empty text"),
    ],
)
def test_bio(text: str, mentions: list[tuple[str, str]], tagged: str) -> None:
    spans = [span(text, mention, label) for mention, label in mentions]
    assert " ".join(f"{token}/{tag}" for token, tag in exports.to_bio(text, spans)) == tagged


def test_bio_does_not_ask_for_sorted_marks() -> None:
    spans = [span(SENTENCE, "aspirin", "Drug"), span(SENTENCE, "two tablets", "Dose")]
    assert exports.to_bio(SENTENCE, spans) == exports.to_bio(SENTENCE, spans[::-1])


@given(text_with_ranges())
def test_bio_tokens_hold_every_character_but_white_space_once(
    case: tuple[str, list[tuple[int, int]]],
) -> None:
    text, ranges = case
    tokens = [token for token, _ in exports.to_bio(text, apart(text, ranges))]
    assert "".join(tokens) == re.sub(r"\s", "", text)
    assert all(tokens)


@given(text_with_ranges())
def test_bio_tags_give_the_spans_back(case: tuple[str, list[tuple[int, int]]]) -> None:
    """Up to white space at a span's edges, which no token holds."""
    text, ranges = case
    spans = apart(text, ranges)
    read: list[list[int | str]] = []
    at = 0
    for token, tag in exports.to_bio(text, spans):
        start = text.index(token, at)
        at = start + len(token)
        if tag.startswith("B-"):
            read.append([start, at, tag[2:]])
        elif tag.startswith("I-"):
            assert read[-1][2] == tag[2:], "I- goes on with the span before it"
            read[-1][1] = at
    expected = []
    for one in spans:
        blanks = len(one.text) - len(one.text.lstrip())
        start = one.start + blanks
        expected.append([start, start + len(one.text.strip()), one.label])
    assert read == expected


def test_bio_names_both_spans_that_overlap() -> None:
    text = "New York City"
    spans = [span(text, "New York", "State"), span(text, "York City", "City")]
    with pytest.raises(FormatError) as caught:
        exports.to_bio(text, spans)
    assert "State [0:8) 'New York' and City [4:13) 'York City'" in str(caught.value)
    assert 'overlap="flat"' in str(caught.value)


def test_bio_refuses_two_spans_in_one_place() -> None:
    with pytest.raises(FormatError, match="overlapping"):
        exports.to_bio("York", [Span(0, 4, "A", "York"), Span(0, 4, "B", "York")])


def test_bio_does_not_lose_a_span_of_white_space() -> None:
    with pytest.raises(FormatError, match=r"span of white space: Gap \[1:3\)"):
        exports.to_bio("a  b", [Span(1, 3, "Gap", "  ")])


@given(text_with_ranges())
def test_bio_refuses_overlaps_and_nothing_else(case: tuple[str, list[tuple[int, int]]]) -> None:
    text, ranges = case
    assume(all(text[start:end].strip() for start, end in ranges))
    spans = [Span(start, end, "L", text[start:end]) for start, end in ranges]
    overlapping = any(a.overlaps(b) for i, a in enumerate(spans) for b in spans[i + 1 :])
    if overlapping:
        with pytest.raises(FormatError):
            exports.to_bio(text, spans)
    else:
        begun = [tag for _, tag in exports.to_bio(text, spans) if tag.startswith("B-")]
        assert len(begun) == len(spans)


# --- other libraries


def test_spacy_takes_a_text_and_its_entities() -> None:
    spans = [span(SENTENCE, "two tablets", "Dose"), span(SENTENCE, "aspirin", "Drug")]
    entities = {"entities": [(5, 16, "Dose"), (20, 27, "Drug")]}
    assert exports.to_spacy(SENTENCE, spans) == (SENTENCE, entities)


def test_hf_has_the_keys_of_a_pipeline_and_makes_no_score_up() -> None:
    text = "😀 aspirin"
    assert exports.to_hf(text, [span(text, "aspirin", "Drug")], "utf16") == [
        {"entity_group": "Drug", "word": "aspirin", "score": None, "start": 3, "end": 10}
    ]
    assert exports.to_hf(text, [span(text, "aspirin", "Drug", 0.25)], "codepoint") == [
        {"entity_group": "Drug", "word": "aspirin", "score": 0.25, "start": 2, "end": 9}
    ]


def test_hf_refuses_an_unknown_unit() -> None:
    with pytest.raises(InputError):
        exports.to_hf("x", [], "bytes")  # type: ignore[arg-type]
