"""What UniversalNER answered → mentions of one type and rejected items: nothing is lost."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from schema_ner.parsing import MAX_SHOWN, Parsed
from schema_ner.parsing.uniner import parse

if TYPE_CHECKING:
    from collections.abc import Callable


def kept(parsed: Parsed) -> list[str]:
    return [mention.text for mention in parsed.mentions]


def statuses(parsed: Parsed) -> list[str]:
    return [item.status for item in parsed.rejected]


READ = [
    pytest.param('["aspirin", "Humira"]', ["aspirin", "Humira"], id="the form itself"),
    pytest.param(' ["aspirin"]\n', ["aspirin"], id="with blanks around it"),
    pytest.param("[]", [], id="an empty list says that there is nothing"),
    pytest.param("", [], id="an empty answer is no item"),
    pytest.param("None", [], id="None says that there is nothing"),
    pytest.param('["a","b" , "c"]', ["a", "b", "c"], id="blanks do not matter"),
    pytest.param('[\n  "a",\n  "b"\n]', ["a", "b"], id="one a line"),
    pytest.param('["a", "b",]', ["a", "b"], id="a comma behind the last"),
    pytest.param('["a",, "b"]', ["a", "b"], id="a comma twice"),
    pytest.param('["a" "b"\n"c"]', ["a", "b", "c"], id="commas forgotten"),
    pytest.param("['a', 'b']", ["a", "b"], id="single quotes"),
    pytest.param("['it's', 'b']", ["it's", "b"], id="an apostrophe in single quotes"),
    pytest.param("[“a”, ‘b’]", ["a", "b"], id="typographic quotes"),
    pytest.param('["5" tube", "b"]', ['5" tube', "b"], id="an inch sign"),
    pytest.param('["say \\"x\\"", "b"]', ['say "x"', "b"], id="escaped quotes"),
    pytest.param('["[1] and ] and [", "b"]', ["[1] and ] and [", "b"], id="brackets in a name"),
    pytest.param('["a, b", "), c("]', ["a, b", "), c("], id="commas and round brackets"),
    pytest.param(r'["\u00e9\/\ud83d\ude00\n\\"]', ["é/😀\n\\"], id="JSON's escapes"),
    pytest.param(r'["\x41\U0001f600"]', ["A😀"], id="Python's escapes"),
    pytest.param('["서울", "東京", "👩‍👧"]', ["서울", "東京", "👩‍👧"], id="any script"),
    pytest.param("[1990, -2.5, 3]", ["1990", "-2.5", "3"], id="numbers"),
    pytest.param('[["a", "b"], [["c"]]]', ["a", "b", "c"], id="lists in a list"),
    pytest.param('["a"]\n["b"]', ["a", "b"], id="two lists"),
    pytest.param('```json\n["a", "b"]\n```', ["a", "b"], id="a fence"),
    pytest.param('Sure! [as requested], see [1]: ["a"]. Enjoy "it".', ["a"], id="prose around it"),
    pytest.param('ASSISTANT: ["a"]', ["a"], id="the prompt's last word repeated"),
    pytest.param('{"drug": ["a", "b"]}', ["a", "b"], id="a list in a dict"),
    pytest.param('entities = ["a"]', ["a"], id="an assignment"),
    pytest.param('["a\nb"]', ["a\nb"], id="a line end that is not escaped"),
    pytest.param('["a", "a"]', ["a", "a"], id="the same twice"),
    pytest.param('["# no comment", "//"]', ["# no comment", "//"], id="what looks like comments"),
]


@pytest.mark.parametrize(("answer", "names"), READ)
def test_what_can_be_read_is_read(answer: str, names: list[str]) -> None:
    parsed = parse(answer, "Drug")
    assert kept(parsed) == names
    assert {mention.label for mention in parsed.mentions} <= {"Drug"}
    assert (parsed.rejected, parsed.truncated, parsed.notes) == ((), False, ())


LOST = [
    pytest.param("There are none here.", [], "unparseable", id="prose is one thing that was said"),
    pytest.param('"aspirin"', [], "unparseable", id="no list"),
    pytest.param("aspirin, Humira", [], "unparseable", id="names alone"),
    pytest.param("{}", [], "unparseable", id="something else than a list"),
    pytest.param('["", " ", "a"]', ["a"], "unparseable unparseable", id="names that are empty"),
    pytest.param('[null, true, "a"]', ["a"], "unparseable unparseable", id="constants"),
    pytest.param("[aspirin, Humira]", [], "unparseable unparseable", id="no quotes"),
    pytest.param('[{"name": "a", "x": ["y"]}, "b"]', ["b"], "unparseable", id="a dict is one item"),
    pytest.param("[Drug(span='a'), \"b\"]", ["b"], "unparseable", id="GoLLIE's form"),
    pytest.param('["a" + "b", "c"]', ["c"], "unparseable", id="what would have to be computed"),
    pytest.param('[f"{1}"]', [], "unparseable", id="a string of another kind"),
    pytest.param('["a", 2 mg, "b"]', ["a", "b"], "unparseable", id="a number and more"),
    pytest.param('[("a", "b"], "c"', [], "unparseable", id="a bracket forgotten"),
    pytest.param('["a", "b\n]\nThat is all.', ["a"], "unparseable", id="a quote forgotten"),
    pytest.param(
        '["a"]</s>USER: What describes place in the text? ASSISTANT: ["b", "c"]',
        ["a"],
        "hallucinated hallucinated",
        id="a base model goes on with a question of its own",
    ),
]


@pytest.mark.parametrize(("answer", "names", "rejected"), LOST)
def test_what_cannot_be_read_is_told(answer: str, names: list[str], rejected: str) -> None:
    parsed = parse(answer, "Drug")
    assert kept(parsed) == names
    assert statuses(parsed) == rejected.split()
    assert not parsed.truncated
    assert all(0 < len(item.text) <= MAX_SHOWN and item.reason for item in parsed.rejected)


CUT = [
    pytest.param("[", [], [], id="behind the bracket"),
    pytest.param('["', [], ['"'], id="behind a quote"),
    pytest.param('["a", "as', ["a"], ['"as'], id="within a name"),
    pytest.param('["as\\', [], ['"as\\'], id="within an escape"),
    pytest.param('["a"', ["a"], [], id="behind a name"),
    pytest.param('["a", ', ["a"], [], id="between two names"),
    pytest.param('["a", 19', ["a"], ["19"], id="within a number"),
    pytest.param("['a', 'it's", ["a"], ["'it's"], id="behind an apostrophe"),
    pytest.param('```\n["a", "as\n```\nThere are more.', ["a"], ['"as'], id="by a fence"),
    pytest.param('["a", ["b"', ["a", "b"], [], id="in a list within"),
    pytest.param('["a", {"b": ', ["a"], ['{"b":'], id="in a dict"),
]


@pytest.mark.parametrize(("answer", "names", "rejected"), CUT)
def test_a_cut_answer_keeps_every_whole_name(
    answer: str, names: list[str], rejected: list[str]
) -> None:
    parsed = parse(answer, "Drug")
    assert parsed.truncated
    assert not parsed.closed
    assert kept(parsed) == names
    assert [(item.status, item.text) for item in parsed.rejected] == [
        ("truncated", text) for text in rejected
    ]


@pytest.mark.parametrize(
    ("answer", "text", "label", "reason"),
    [
        ("Nothing.", "Nothing.", None, "the answer holds no list of items"),
        ('[" "]', '" "', "Drug", "it is empty"),
        ("[null]", "null", "Drug", "this is no text in quotes"),
        ('["a\n]', '"a', "Drug", "a quote in it is not closed"),
        ('["a', '"a', "Drug", "the answer ends inside this item"),
        ('[]USER: ["a"]', "a", "Drug", "the model answers a question of its own with it"),
    ],
)
def test_every_rejected_item_has_its_reason(
    answer: str, text: str, label: str | None, reason: str
) -> None:
    (item,) = parse(answer, "Drug").rejected
    assert (item.text, item.label, item.reason) == (text, label, reason)


HOSTILE = [
    "[", "'", '"', "(", "{", "(' ", "'a'b", '"""', '"a" ', '["', '"\n]', '["\n]', '"a,', "\\",
    '"\\', " #", "\n", "-", "1", "f'", '",', "a\u0301", "USER:", '"a" x', '["a"', "\x00", "```",
    '" " , ',
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("start", ["", "[", '["'], ids=["prose", "list", "string"])
def test_repetition_takes_linear_time(unit: str, start: str) -> None:
    """Quadratic time would be minutes; recursion would be a RecursionError."""
    parsed = parse(start + unit * (30_000 // len(unit)), "Drug")
    assert all(len(item.text) <= MAX_SHOWN for item in parsed.rejected)


# --- properties

SHREDS = [
    "[", "]", "(", ")", "{", "}", ",", '"', "'", "“", "\\", "#", "\n", " ", "```", '"a"', "null",
    "1", "-", "USER:", "= [", '["', '", "', '"]', "\\u00e9", "\\ud83d", "x", "\x00", "\ud800", ":",
]  # fmt: skip
ANSWERS = st.one_of(
    texts(),
    st.lists(st.sampled_from(SHREDS), max_size=30).map("".join),
    st.lists(st.one_of(st.sampled_from(SHREDS), texts(3)), max_size=15).map("".join),
)
# half characters can make a whole one of two, in JSON
HALVES = dict.fromkeys(range(0xD800, 0xE000), "?")
NAMES = st.lists(
    st.one_of(texts(4), st.lists(st.sampled_from(SHREDS), max_size=8).map("".join))
    .map(lambda name: name.translate(HALVES))
    .filter(lambda name: bool(name.strip())),
    max_size=6,
)
LAYOUTS = st.sampled_from(
    [
        lambda names: f" {json.dumps(names, ensure_ascii=False)}",
        json.dumps,
        lambda names: json.dumps(names, ensure_ascii=False, indent=1),
        lambda names: json.dumps(names, separators=(",", ":")),
        repr,
    ]
)


@given(ANSWERS)
def test_any_text_gives_a_result(answer: str) -> None:
    """Never an exception; each item one mention or one rejected; places are where they stand."""
    parsed = parse(answer, "Drug")
    assert all(mention.text.strip() for mention in parsed.mentions)
    assert all(0 < len(item.text) <= MAX_SHOWN for item in parsed.rejected)
    assert len(parsed.places) == len(parsed.mentions)
    assert all(before[1] <= after[0] for before, after in pairwise(parsed.places))
    for start, end in parsed.places:
        (again,) = parse(f"[{answer[start:end]}]", "Drug").mentions
        assert again == parsed.mentions[parsed.places.index((start, end))]


@given(NAMES, LAYOUTS)
def test_what_json_and_python_write_comes_back_exactly(
    names: list[str], layout: Callable[[list[str]], str]
) -> None:
    parsed = parse(layout(names), "Drug")
    assert kept(parsed) == names
    assert (parsed.rejected, parsed.truncated, parsed.closed) == ((), False, True)


@given(NAMES, st.data())
def test_a_prefix_gives_a_prefix(names: list[str], data: st.DataObject) -> None:
    """Cut at any character: the whole names in order, at most one cut one, never a false one."""
    answer = json.dumps(names, ensure_ascii=False)
    cut = data.draw(st.integers(1, len(answer)))
    parsed = parse(answer[:cut], "Drug")
    assert kept(parsed) == names[: len(parsed.mentions)]
    assert parsed.truncated == (cut < len(answer))
    assert parsed.closed != parsed.truncated
    assert statuses(parsed) in ([], ["truncated"])
    assert len(parsed.mentions) + len(parsed.rejected) <= len(names)


@given(NAMES, st.sampled_from(["```json\n{}\n```", "Here it's:\n{}\nThat's all.", "```\n{}"]))
def test_wrapping_changes_nothing(names: list[str], wrapping: str) -> None:
    answer = json.dumps(names)
    bare, wrapped = parse(answer, "Drug"), parse(wrapping.replace("{}", answer), "Drug")
    assert (wrapped.mentions, wrapped.rejected) == (bare.mentions, bare.rejected)
