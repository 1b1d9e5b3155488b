"""UniversalNER's grammar: lists of what stands in the text, as its prompt shows it."""

from __future__ import annotations

import json
import random

import pytest
from grammar_texts import EXTRACTS, hostile, spans_of
from grammars import TOKENIZERS, accepts, guided, matcher, walk
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.errors import InputError
from schema_ner.grammar.uniner import grammar
from schema_ner.grounding import ground
from schema_ner.mentions import Mention
from schema_ner.parsing.uniner import parse
from schema_ner.prompts.uniner import answer, restored, shown

HALVES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
WHOLE = hostile().map(lambda text: text.translate(HALVES))


def takes(text: str, said: str) -> bool:
    """Whether ``["…"]`` may be said of the text, ``said`` being what stands in the quotes."""
    return accepts(grammar(text), f' ["{said}"]')


@pytest.mark.parametrize(
    ("text", "said", "right"),
    [
        pytest.param("Ada saw Mary.", "Mary", True, id="a word"),
        pytest.param("Ada saw Mary.", "Mar", False, id="a part of a word"),
        pytest.param("Ada saw Mary.", " Mary", False, id="a blank before it"),
        pytest.param("Ada saw Mary.", "", False, id="nothing"),
        pytest.param("Ada saw Mary.", "Bob", False, id="not in the text"),
        pytest.param('say "x"', '\\"x\\"', True, id="quotes"),
        pytest.param('say "x"', 'x\\"', True, id="one quote"),
        pytest.param("say 'x'", "'x'", True, id="an apostrophe needs no escape"),
        pytest.param("Mary\nJohn", "Mary\\nJohn", True, id="a line end inside"),
        pytest.param("Mary\nJohn", "Mary\\n", False, id="a line end behind it"),
        pytest.param("Mary\x1fx", "Mary\\u001f", False, id="a blank of Python's only"),
        pytest.param("Mary\u00a0\u2028x", "Mary\u00a0\u2028x", True, id="other blanks inside"),
        pytest.param("Mary\u00a0\u2028x", "Mary\u00a0\u2028", False, id="and behind it"),
        pytest.param("C:\\n is\nx", "C:\\\\n", True, id="a backslash, then the letter n"),
        pytest.param("a\\\\\nb", "a\\\\\\\\\\n", False, id="two backslashes, then a line end"),
        pytest.param("a\x00\x08b", "\\u0000\\b", True, id="NUL and backspace"),
        pytest.param("서울에서", "서울", True, id="Korean without its particle"),
        pytest.param("a </s> b", "< /s>", True, id="a special token, as the prompt shows it"),
        pytest.param("a </s> b", "</s>", False, id="and as it is"),
        pytest.param("a </s> b", "a <", False, id="a part of one"),
        pytest.param("a < /s> b", "<  /s>", True, id="one that had a blank"),
        pytest.param("a \ud800 b", "a", True, id="beside half a character"),
        pytest.param("a \ud800 b", "a \\ud800 b", False, id="over half a character"),
        pytest.param("a\ud800b", "ab", False, id="nor as if it were not there"),
    ],
)
def test_names(text: str, said: str, right: bool) -> None:  # noqa: FBT001
    assert takes(text, said) is right


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (" []", True),
        ("[]", False),
        (' ["Ada"]', True),
        (' ["Ada", "Mary"]', True),
        (' ["Ada", "Ada"]', True),
        (' ["Ada","Mary"]', False),
        (' ["Ada", ]', False),
        (" ['Ada']", False),
        (' ["Ada"]\n', False),
        (' ["Ada"', False),
    ],
)
def test_lists(said: str, right: bool) -> None:  # noqa: FBT001
    assert accepts(grammar("Ada saw Mary."), said) is right


@pytest.mark.parametrize("text", ["", " \n", "\ud800", "\udfff \ud800"], ids=repr)
def test_a_text_that_says_nothing_has_no_names(text: str) -> None:
    assert matcher(grammar(text)).compute_ff_bytes() == b" []"


def test_a_list_has_an_end() -> None:
    lark = grammar("Ada saw Mary.", max_items=3)
    assert accepts(lark, f" {json.dumps(['Ada'] * 3)}")
    assert not accepts(lark, f" {json.dumps(['Ada'] * 4)}")
    with pytest.raises(InputError, match="max_items=0 leaves no room"):
        grammar("a", max_items=0)


@given(WHOLE, st.data())
def test_what_can_be_right_can_be_said(text: str, data: st.DataObject) -> None:
    """Any names in any text: accepted, read back as they were, found in the text."""
    spans = spans_of(text)
    names = data.draw(st.lists(st.sampled_from(spans), max_size=5)) if spans else []
    said = answer(names)
    assert accepts(grammar(text), said)
    parsed = parse(said, "x")
    assert [restored(mention.text) for mention in parsed.mentions] == names
    assert (parsed.rejected, parsed.truncated, parsed.closed) == ((), False, True)
    for name in names:
        (span,) = ground([Mention(name, "x")], text).spans
        assert (span.text, span.status) == (name, "exact")


@given(WHOLE, st.data())
def test_no_other_stretch_can_be_said(text: str, data: st.DataObject) -> None:
    """A piece of the text is taken exactly where it is made of whole units and has clear edges."""
    ends = st.integers(0, len(text))
    start, end = sorted([data.draw(ends), data.draw(ends)])
    span = text[start : min(end, start + 10)]
    said = json.dumps(shown(span), ensure_ascii=False)[1:-1]
    assert takes(text, said) == (span in spans_of(text))


@given(hostile(), st.sampled_from(TOKENIZERS), st.randoms(use_true_random=False))
def test_whatever_a_model_says_under_the_grammar_is_sound(
    text: str, kind: str, chance: random.Random
) -> None:
    """Also of texts with half characters: nothing said holds one, all of it is found."""
    said = walk(grammar(text, max_items=3), guided(kind), chance)
    parsed = parse(said, "x")
    assert (parsed.rejected, parsed.truncated, parsed.closed) == ((), False, True)
    assert [mention.text for mention in parsed.mentions] == json.loads(said)
    for mention in parsed.mentions:
        (span,) = ground([Mention(restored(mention.text), "x")], text).spans
        assert span.status == "exact"


@pytest.mark.parametrize("kind", TOKENIZERS)
@pytest.mark.parametrize("text", EXTRACTS.values(), ids=EXTRACTS)
def test_names_under_the_grammar_stand_in_the_text(text: str, kind: str) -> None:
    lark = grammar(text, max_items=3)
    chance = random.Random(text)  # noqa: S311  # the same every time
    for _ in range(12):
        names = json.loads(walk(lark, guided(kind), chance))
        assert all(restored(name) in text and name == name.strip() != "" for name in names)
