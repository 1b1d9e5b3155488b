"""The grammar of entities and their types: every right answer, and no entity that is made up."""

from __future__ import annotations

import random
import unicodedata

import pytest
from grammar_texts import EXTRACTS, hostile, spans_of
from grammars import TOKENIZERS, accepts, guided, matcher, walk
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.errors import InputError
from schema_ner.grammar.escaping import shown_in_python
from schema_ner.grammar.proposing import grammar
from schema_ner.grounding import ground
from schema_ner.mentions import Mention
from schema_ner.parsing.proposing import parse
from schema_ner.prompts.proposing import answer, is_type

TEXT = 'Ada saw "Mary".'
TYPES = [
    *("drug", "Drug Names", "programming language", "약물", "व्यक्ति", "type-2 error", "food/drink"),
    *("R&D", "a b c d e", "x" * 24, "date_time", "١x", "H2O", "", " ", "a  b", "-a", "a-", "a b "),
    *(
        "a b c d e f",
        "x" * 25,
        "1a",
        '"',
        "\\",
        "a\nb",
        "a,b",
        "a.",
        "[INST]",
        "</s>",
        "_",
        "\u0301a",
    ),
]


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (" []", True),
        ("[]", True),
        (' [("Ada", "person")]', True),
        ('[("Ada", "person"), ("Mary", "person")]', True),
        (' [("Ada", "person"), ("Ada", "name")]', True),
        (' [(\'"Mary"\', "person")]', True),
        (' [("\\"Mary\\"", "person")]', True),
        (' [("Bob", "person")]', False),
        (' [("Mar", "person")]', False),
        (' [(" Ada", "person")]', False),
        (' [("", "person")]', False),
        (" [(\"Ada\", 'person')]", False),
        (' [("Ada")]', False),
        (' [("Ada", "person", "x")]', False),
        (' [["Ada", "person"]]', False),
        (' [("Ada", "person")', False),
        (' [("Ada", "person")]\n', False),
        ("  []", False),
        ("", False),
    ],
)
def test_lists(said: str, right: bool) -> None:  # noqa: FBT001
    assert accepts(grammar(TEXT), said) is right


@pytest.mark.parametrize("name", TYPES)
def test_types_are_those_of_the_prompt(name: str) -> None:
    """What is asked for can be said, and nothing else."""
    assert accepts(grammar(TEXT), f' [("Ada", "{name}")]') is is_type(name)


@pytest.mark.parametrize("text", ["", " \n"], ids=repr)
def test_a_text_that_says_nothing_has_no_entities(text: str) -> None:
    assert accepts(grammar(text), " []")
    assert not accepts(grammar(text), ' [("", "x")]')
    assert matcher(grammar(text)).compute_ff_bytes() == b""  # the blank is free


def test_a_list_has_an_end() -> None:
    lark = grammar(TEXT, max_items=3)
    assert accepts(lark, answer([Mention("Ada", "person")] * 3))
    assert not accepts(lark, answer([Mention("Ada", "person")] * 4))
    with pytest.raises(InputError, match="max_items=0 leaves no room"):
        grammar("a", max_items=0)


@given(hostile(), st.data())
def test_what_can_be_right_can_be_said(text: str, data: st.DataObject) -> None:
    """Any entities of any text: accepted, read back as they were, found in the text."""
    spans = spans_of(text)
    types = st.sampled_from([name for name in TYPES if is_type(name)])
    pairs = (
        data.draw(st.lists(st.tuples(st.sampled_from(spans), types), max_size=5)) if spans else []
    )
    mentions = [Mention(*pair) for pair in pairs]
    said = answer(mentions)
    assert accepts(grammar(text), said)
    parsed = parse(said)
    assert parsed.mentions == tuple(mentions)
    assert (parsed.rejected, parsed.truncated, parsed.closed) == ((), False, True)
    for mention in mentions:
        (span,) = ground([mention], text).spans
        assert (span.text, span.label, span.status) == (mention.text, mention.label, "exact")


@given(hostile(), st.data())
def test_no_other_stretch_can_be_said(text: str, data: st.DataObject) -> None:
    """A piece of the text is taken exactly where it is made of whole units and has clear edges."""
    ends = st.integers(0, len(text))
    start, end = sorted([data.draw(ends), data.draw(ends)])
    span = text[start : min(end, start + 10)]
    said = f' [("{shown_in_python(span, chr(34))}", "x")]'
    assert accepts(grammar(text), said) == (span in spans_of(text))


def known(name: str) -> str:
    """The name with a letter for each one that llguidance's Unicode has and Python's does not."""
    return "".join("x" if unicodedata.category(char) == "Cn" else char for char in name)


@given(hostile(), st.sampled_from(TOKENIZERS), st.randoms(use_true_random=False))
def test_whatever_a_model_says_under_the_grammar_is_sound(
    text: str, kind: str, chance: random.Random
) -> None:
    said = walk(grammar(text, max_items=3), guided(kind), chance)
    parsed = parse(said)
    assert (parsed.rejected, parsed.truncated, parsed.closed) == ((), False, True)
    assert all(mention.text in text for mention in parsed.mentions)
    assert all(is_type(known(mention.label)) for mention in parsed.mentions)


@pytest.mark.parametrize("kind", TOKENIZERS)
@pytest.mark.parametrize("text", EXTRACTS.values(), ids=EXTRACTS)
def test_entities_under_the_grammar_stand_in_the_text(text: str, kind: str) -> None:
    lark = grammar(text, max_items=3)
    chance = random.Random(text)  # noqa: S311  # the same every time
    for _ in range(5):
        for mention in parse(walk(lark, guided(kind), chance)).mentions:
            assert mention.text in text
            assert mention.text == mention.text.strip() != ""
