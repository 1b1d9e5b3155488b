"""UniversalNER's prompt: the words of its inference code, one question a type."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import AWKWARD, PLAIN, texts

from schema_ner import registry
from schema_ner.errors import InputError
from schema_ner.prompts.uniner import question, render, restored
from schema_ner.schema import EntityType

DATA = Path(__file__).parent / "data" / "prompts"
BEGIN = "A virtual assistant answers questions from a user based on the provided text. USER: Text: "
MIDDLE = " ASSISTANT: I've read this text.</s>USER: What describes "
END = " in the text? ASSISTANT:"


def test_a_prompt_changes_only_on_purpose() -> None:
    """The model answers to the letter of what it is asked."""
    text = (DATA / "text.txt").read_text(encoding="utf-8")
    asked = [render(text, question(each)) for each in registry.resolve(DATA / "pharmacy.json")]
    assert "\n".join(asked) == (DATA / "uniner.txt").read_text(encoding="utf-8")


TOKENS = ["</s>", "<s>", "<unk>", "< /s>", "<  s>", "<", ">", " ", "USER:", "/s"]


@given(
    st.one_of(texts(), st.lists(st.sampled_from([*TOKENS, *PLAIN, *AWKWARD])).map("".join)),
    st.lists(st.sampled_from([*TOKENS, "person"]), min_size=1).map("".join).filter(str.strip),
)
def test_a_text_stays_as_it_is_but_for_special_tokens(text: str, asked: str) -> None:
    """The one end of a turn is the template's own, and what was changed can be undone."""
    prompt = render(text, asked)
    assert prompt.startswith(BEGIN)
    assert prompt.endswith(END)
    said, told = prompt.removeprefix(BEGIN).removesuffix(END).split(MIDDLE)
    assert (restored(said), restored(told)) == (text, asked)
    assert (prompt.count("</s>"), prompt.count("<s>"), prompt.count("<unk>")) == (1, 0, 0)
    if "<" not in text:
        assert said == text


@given(st.lists(st.sampled_from([*TOKENS, *PLAIN]), min_size=1).map("".join))
def test_an_answer_that_copies_the_prompt_names_what_stands_in_the_text(mention: str) -> None:
    """Through the JSON that the model writes."""
    said = render(mention, "x").removeprefix(BEGIN).partition(MIDDLE)[0]
    assert [restored(item) for item in json.loads(json.dumps([said]))] == [mention]


@pytest.mark.parametrize("asked", ["", " ", "\n"])
def test_a_blank_question_is_an_error(asked: str) -> None:
    """The template would lose the separator in front of it."""
    with pytest.raises(InputError, match="names what to look for; this one is blank"):
        render("x", asked)


@pytest.mark.parametrize(
    ("label", "asked"),
    [
        pytest.param("person", "person", id="plain already"),
        pytest.param("Restaurant Name", "Restaurant Name", id="several words stay as they are"),
        pytest.param("Person", "person", id="a class"),
        pytest.param("ProgrammingLanguage", "programming language", id="a class of two words"),
        pytest.param("HTMLTag", "HTML tag", id="capitals that mean something"),
        pytest.param("IBAN", "IBAN", id="nothing but capitals"),
        pytest.param("street_name", "street name", id="underscores"),
        pytest.param("creative-work", "creative work", id="hyphens"),
        pytest.param("COVID-19", "COVID-19", id="a hyphen before a number"),
        pytest.param("_", "_", id="nothing else"),
        pytest.param("약물", "약물", id="Korean"),
    ],
)
def test_names_in_plain_words(label: str, asked: str) -> None:
    assert question(EntityType(label)) == asked
    assert question(EntityType(label), by="guideline") == asked  # there is none


@pytest.mark.parametrize(
    ("guideline", "asked"),
    [
        pytest.param("Names of people.", "Names of people", id="a sentence without its full stop"),
        pytest.param("Names\n  of people.\n\nNot: gods.", "Names of people", id="one paragraph"),
        pytest.param(" \n ", "Person", id="a blank one is none"),
    ],
)
def test_guidelines_in_one_line(guideline: str, asked: str) -> None:
    found = question(EntityType("Person", guideline), by="guideline")
    assert found == (asked if guideline.strip() else "person")
