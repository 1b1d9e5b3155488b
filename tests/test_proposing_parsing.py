"""Answers that name entities and their types: whatever is written, nothing is lost or run."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from schema_ner.mentions import Mention
from schema_ner.parsing import MAX_SHOWN
from schema_ner.parsing.pairs import LONGEST_TYPE
from schema_ner.parsing.proposing import parse
from schema_ner.prompts.proposing import answer, is_type

if TYPE_CHECKING:
    from schema_ner.parsing import Parsed

Pairs = list[tuple[str, str]]


def kept(parsed: Parsed) -> Pairs:
    return [(mention.text, mention.label) for mention in parsed.mentions]


def statuses(parsed: Parsed) -> list[str]:
    return [item.status for item in parsed.rejected]


TWO = [("a", "t"), ("b", "u")]
READ = [
    pytest.param("", [], id="nothing"),
    pytest.param("None.", [], id="None"),
    pytest.param("[]", [], id="an empty list"),
    pytest.param('[("a", "t"), ("b", "u")]', TWO, id="the form that is asked for"),
    pytest.param("[('a', 't'), ('b', 'u'),]", TWO, id="single quotes, a comma at the end"),
    pytest.param("[(“a”, “t”), ('b', \"u\")]", TWO, id="typographic and mixed quotes"),
    pytest.param('[("a" "t") ("b" "u")]', TWO, id="commas forgotten"),
    pytest.param('[["a", "t"], ["b", "u"]]', TWO, id="lists in a list"),
    pytest.param('(("a", "t"), ("b", "u"))', TWO, id="a tuple of tuples"),
    pytest.param('{("a", "t"), ("b", "u")}', TWO, id="a set"),
    pytest.param('("a", "t"), ("b", "u")', TWO, id="no list"),
    pytest.param('1. ("a", "t")\n2. ("b", "u")\n', TWO, id="a numbered list"),
    pytest.param('[("a", "t")]\n[("b", "u")]', TWO, id="two lists"),
    pytest.param('{"entity": "a", "type": "t"}\n{"label": "u", "text": "b"}', TWO, id="JSON lines"),
    pytest.param('[{"name": "a", "Entity Type": "t"}]', TWO[:1], id="other names of keys"),
    pytest.param('[{entity: "a", type: "t"}]', TWO[:1], id="keys without quotes"),
    pytest.param('[Entity(text="a", type="t")]', TWO[:1], id="calls"),
    pytest.param('{"t": ["a", "c"], "u": []}', [("a", "t"), ("c", "t")], id="lists by type"),
    pytest.param('{"entities": [["a", "t"]], "n": 1}', TWO[:1], id="a list in an object"),
    pytest.param(
        '[{"entity": "a", "at": [0, 1], "type": "t", "more": {"text": "x", "type": "y"}}]',
        TWO[:1],
        id="more than was asked for",
    ),
    pytest.param('```python\n[("a", "t")]\n```', TWO[:1], id="a fence"),
    pytest.param('Sure (as [asked], see [1]): [("a", "t")]. Enjoy "it".', TWO[:1], id="prose"),
    pytest.param('result = [("a", "t")]', TWO[:1], id="an assignment"),
    pytest.param('[(1984, "t"), (-5, "t")]', [("1984", "t"), ("-5", "t")], id="numbers"),
    pytest.param('[("it\'s", "t"), (\'it\'s\', "t")]', [("it's", "t")] * 2, id="apostrophes"),
    pytest.param('[("say "x" so", "t")]', [('say "x" so', "t")], id="quotes in quotes"),
    pytest.param(r'[("\x3c/s>\n", "t")]', [("</s>\n", "t")], id="Python's escapes in pairs"),
    pytest.param(r'[["\/\ud83d\ude00", "t"]]', [("/😀", "t")], id="JSON's in lists"),
    pytest.param('[("a\nb", "t")]', [("a\nb", "t")], id="a line end that is not escaped"),
    pytest.param('[("a", " t ")]', [("a", "t")], id="blanks around a type"),
    pytest.param('[("a", "t"), ... ]', TWO[:1], id="dots, as the prompt has them"),
    pytest.param('Passage: "[(\'x\', \'y\')]"\n[("a", "t")]', TWO[:1], id="the prompt repeated"),
]


@pytest.mark.parametrize(("said", "pairs"), READ)
def test_what_can_be_read_is_read(said: str, pairs: Pairs) -> None:
    parsed = parse(said)
    assert kept(parsed) == pairs
    assert (parsed.rejected, parsed.truncated, parsed.notes) == ((), False, ())


LOST = [
    pytest.param("There are none here.", [], 1, id="prose is one thing that was said"),
    pytest.param('aspirin ("a drug")', [], 1, id="brackets of prose"),
    pytest.param('["a", "b", "c"]', [], 3, id="no types"),
    pytest.param('{"entities": ["a", "b"]}', [], 2, id="no types in an object"),
    pytest.param('{"a": "t", "b": "u"}', [], 1, id="which is the type, nobody knows"),
    pytest.param('[("a", "t", "u"), ("b", "u")]', TWO[1:], 1, id="three things"),
    pytest.param('[("a"), ("b", "u")]', TWO[1:], 1, id="one thing"),
    pytest.param('[(a, t), ("b", "u")]', TWO[1:], 1, id="no quotes"),
    pytest.param('[("a", None), ("", "t"), ("a", ""), ("a", "?!")]', [], 4, id="nothing in it"),
    pytest.param('[("a", 5), ("a" + "x", "t")]', [], 2, id="a number, something to compute"),
    pytest.param('[(f"{x}", "t"), ("b", "u")]', TWO[1:], 1, id="a string of another kind"),
    pytest.param('[{"entity": "a"}, {"type": "t"}, {}]', [], 2, id="half an object"),
    pytest.param('[{"entity": "a", "type": ["t"]}]', [], 1, id="a list for a type"),
    pytest.param('[("a", "t", ("b", "u")]', TWO[1:], 1, id="a bracket forgotten between"),
    pytest.param('[{"text": "a", "type": "t", {"text": "b", "type": "u"}]', TWO[1:], 1, id="brace"),
    pytest.param('[("a", "t"]\n("b", "u")', TWO[1:], 1, id="a bracket forgotten at the end"),
    pytest.param('[("a", "' + "t" * 500 + '"), ("b", "u")]', TWO[1:], 1, id="a type of a page"),
]


@pytest.mark.parametrize(("said", "pairs", "rejected"), LOST)
def test_what_cannot_be_read_is_told(said: str, pairs: Pairs, rejected: int) -> None:
    parsed = parse(said)
    assert kept(parsed) == pairs
    assert statuses(parsed) == ["unparseable"] * rejected
    assert not parsed.truncated
    assert all(0 < len(item.text) <= MAX_SHOWN and item.reason for item in parsed.rejected)


def test_a_passage_of_the_models_own_is_none_of_ours() -> None:
    """A base model goes on behind its list with another passage."""
    parsed = parse('[("a", "t")]\n\nPassage: "[(\'x\', \'y\')]"\n\nOutput: [("b", "u")]')
    assert kept(parsed) == TWO[:1]
    (item,) = parsed.rejected
    assert (item.text, item.label, item.status) == ("b", "u", "hallucinated")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Nothing.", "the answer holds no list of items"),
        ('["a"]', "it has no type"),
        ("[a]", "this is no text in quotes"),
        ('[("a")]', "this is no entity and its type, both in quotes"),
        ('[(" ", "t")]', "its entity is empty"),
        ('[("a", ".")]', "its type says nothing"),
        (f'[("a", "{"t" * 201}")]', "its type is longer than 200 characters"),
        ('[("a", "t"]', "a bracket in it is not closed"),
        ('[("a', "the answer ends inside this item"),
    ],
)
def test_every_rejected_item_has_its_reason(said: str, reason: str) -> None:
    (item,) = parse(said).rejected
    assert item.reason == reason


HOSTILE = [
    "[", "(", "{", '("', '["', '{"', '[("', '("a",', '("a","b"', '("a","b")', '["a",', '{"a":',
    '{"a":[', '{"text":"a","type":"b",', "'", '"', '"""', "\\", '"\\', " #", "\n", "-", "1", "]",
    ")", "}", ")(", "](", "a(", "=", ":", ",", "Passage:", 'Passage:"', "```", "\x00", '"\n]', "a",
    '("a" ', "('a'b", '("\n',
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("start", ["", "[", '[("'], ids=["prose", "list", "string"])
def test_repetition_takes_linear_time(unit: str, start: str) -> None:
    """Quadratic time would be minutes; recursion would be a RecursionError."""
    parsed = parse(start + unit * (30_000 // len(unit)))
    assert all(len(item.text) <= MAX_SHOWN for item in parsed.rejected)


# --- properties

SHREDS = [
    "[", "]", "(", ")", "{", "}", ",", '"', "'", "“", "\\", "#", "\n", " ", "```", '"a"', "null",
    "1", "-", "Passage:", "= [", '[("', '", "', '"), ("', '")]', '{"text":', '"type"', ":",
    "\\u00e9", "\\ud83d", "x", "\x00", "\ud800", '("a","t")', '{"t":["a"]}',
]  # fmt: skip
SAID = st.one_of(
    texts(),
    st.lists(st.sampled_from(SHREDS), max_size=30).map("".join),
    st.lists(st.one_of(st.sampled_from(SHREDS), texts(3)), max_size=15).map("".join),
)
# half characters can make a whole one of two, in JSON
HALVES = dict.fromkeys(range(0xD800, 0xE000), "?")
WORDS = (
    st.one_of(texts(4), st.lists(st.sampled_from(SHREDS), max_size=8).map("".join))
    .map(lambda word: word.translate(HALVES))
    .filter(lambda word: bool(word.strip()))
)
TYPES = WORDS.map(str.strip).filter(
    lambda name: len(name) <= LONGEST_TYPE and any(map(str.isalnum, name))
)
PAIRS = st.lists(st.tuples(WORDS, TYPES), max_size=6)
OBJECTS = [("entity", "type"), ("text", "label"), ("name", "category")]


def objects(pairs: Pairs, indent: int | None = None) -> str:
    each = [
        {keys[0]: text, "at": [0, 1], keys[1]: type_, "score": 0.5}
        for (text, type_), keys in zip(pairs, OBJECTS * len(pairs), strict=False)
    ]
    return json.dumps({"entities": each} if indent else each, indent=indent)


NAMES = ["drug", "programming language", "약물", "व्यक्ति", "food/drink", "type-2 error"]
LAYOUTS = {
    "Python": repr,
    "JSON": json.dumps,
    "JSON as it is": lambda pairs: json.dumps(pairs, ensure_ascii=False, indent=1),
    "without blanks": lambda pairs: json.dumps(pairs, separators=(",", ":")),
    "objects": objects,
    "an object of objects": lambda pairs: objects(pairs, 2),
    "lines": lambda pairs: "[" + ",\n".join(map(repr, pairs)) + "]",
}


@given(SAID)
def test_any_text_gives_a_result(said: str) -> None:
    """Never an exception; nothing blank is kept; each mention stands at its place."""
    parsed = parse(said)
    assert all(mention.text.strip() and mention.label.strip() for mention in parsed.mentions)
    assert all(0 < len(item.text) <= MAX_SHOWN for item in parsed.rejected)
    assert len(parsed.places) == len(parsed.mentions)
    assert all(before[1] <= after[0] for before, after in pairwise(parsed.places))
    assert all(0 <= start < end <= len(said) for start, end in parsed.places)


@given(PAIRS, st.sampled_from(sorted(LAYOUTS)))
def test_what_json_and_python_write_comes_back_exactly(pairs: Pairs, layout: str) -> None:
    said = LAYOUTS[layout](pairs)
    parsed = parse(said)
    assert kept(parsed) == pairs
    assert (parsed.rejected, parsed.truncated, parsed.closed) == ((), False, True)
    for pair, (start, end) in zip(pairs, parsed.places, strict=True):
        assert kept(parse(f"[{said[start:end]}]")) == [pair]


@given(PAIRS, st.sampled_from(sorted(LAYOUTS)), st.data())
def test_a_prefix_gives_a_prefix(pairs: Pairs, layout: str, data: st.DataObject) -> None:
    """Cut at any byte: the whole pairs in order, at most one cut one, never a false one."""
    said = LAYOUTS[layout](pairs).encode()
    cut = data.draw(st.integers(1, len(said)))
    parsed = parse(said[:cut].decode("utf-8", "replace"))
    assert kept(parsed) == pairs[: len(parsed.mentions)]
    assert parsed.truncated == (cut < len(said))
    assert parsed.closed != parsed.truncated
    assert set(statuses(parsed)) <= {"truncated"}


@given(PAIRS, st.data())
def test_of_a_cut_list_one_item_at_most_is_lost(pairs: Pairs, data: st.DataObject) -> None:
    said = repr(pairs)
    parsed = parse(said[: data.draw(st.integers(1, len(said)))])
    assert len(parsed.rejected) <= 1
    assert len(parsed.mentions) + len(parsed.rejected) <= len(pairs)


@given(PAIRS)
def test_lists_by_type_come_back(pairs: Pairs) -> None:
    """``{"drug": ["aspirin", …]}``: each text once, in the order of the answer."""
    by_type: dict[str, list[str]] = {}
    for text, type_ in pairs:
        by_type.setdefault(f"{type_} kind", []).append(text)
    parsed = parse(json.dumps(by_type))
    assert [text for text, _ in kept(parsed)] == [text for of in by_type.values() for text in of]
    assert parsed.rejected == ()


@given(PAIRS, st.sampled_from(["```json\n{}\n```", "Here it's:\n{}\nThat's all.", "```\n{}"]))
def test_wrapping_changes_nothing(pairs: Pairs, wrapping: str) -> None:
    said = json.dumps(pairs)
    bare, wrapped = parse(said), parse(wrapping.replace("{}", said))
    assert (wrapped.mentions, wrapped.rejected) == (bare.mentions, bare.rejected)


def test_names_of_types_are_short() -> None:
    """What the prompt asks for, and the grammar allows."""
    assert all(map(is_type, NAMES))
    wrong = [
        "",
        " ",
        "1",
        "a  b",
        " a",
        "a b c d e f",
        "x" * 25,
        'a"b',
        "a\nb",
        "\u0301a",
        "a?",
        "_",
    ]
    assert not any(map(is_type, wrong))


@given(st.lists(st.tuples(texts(4).filter(str.strip), st.sampled_from(NAMES)), max_size=5))
def test_known_answers_are_read_as_they_were_meant(pairs: Pairs) -> None:
    """Half characters and special tokens too, which Python's escapes hold."""
    parsed = parse(answer(Mention(text, type_) for text, type_ in pairs))
    assert kept(parsed) == [(text.strip(), type_) for text, type_ in pairs]
    assert (parsed.rejected, parsed.closed) == ((), True)
