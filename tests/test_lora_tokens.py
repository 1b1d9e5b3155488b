"""Tokens of examples: what is learnt is what the model is to write, behind what it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("llguidance", reason="needs the extra [llm]")

import tiny_models

from schema_ner.engines.local.forms import form_for
from schema_ner.errors import ModelError
from schema_ner.instructions import Record, Turn
from schema_ner.instructions.uniner import template
from schema_ner.mentions import Mention
from schema_ner.prompts import gollie
from schema_ner.registry import resolve
from schema_ner.training.lora.drawing import Question
from schema_ner.training.lora.tokens import Tokens

if TYPE_CHECKING:
    from tiny_tokenizers import Kind

SCHEMA = resolve({"Drug": "A substance given to treat illness.", "Person": "A human being."})
KINDS: tuple[Kind, ...] = ("sentencepiece", "byte-level")


def said(tokenizer: Any, tokens: Any) -> str:
    text: str = tokenizer.decode(list(tokens))
    return text


@pytest.mark.parametrize("kind", KINDS)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=30))
def test_a_prompt_is_the_engines_own_and_the_answer_the_rest(kind: Kind, text: str) -> None:
    """The tokens before the answer are what ``LocalLLM`` feeds; an end of text is learnt."""
    tokenizer = tiny_models.tokenizer(kind)
    mentions = (Mention(text, "Drug"),) if text.strip() else ()
    example = Tokens(tokenizer, "gollie").example(Question(SCHEMA, text, mentions))
    prompt = form_for("gollie", tokenizer).tokens(SCHEMA, text)
    assert list(example.tokens[: example.start]) == prompt
    assert example.answers == ((len(prompt), len(example.tokens)),)
    assert example.tokens[-1] == tokenizer.eos_token_id
    answer = gollie.answer(SCHEMA, mentions)
    assert said(tokenizer, example.tokens[example.start : -1]).strip() == answer.strip()


@pytest.mark.parametrize("kind", KINDS)
def test_a_chat_answers_without_the_blank(kind: Kind) -> None:
    tokenizer = tiny_models.tokenizer(kind, chat="chatml")
    example = Tokens(tokenizer, "chat").example(Question(SCHEMA, "aspirin", ()))
    assert said(tokenizer, example.tokens[example.start : -1]) == "[]"


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_of_gollie_is_what_the_question_is(kind: Kind) -> None:
    tokenizer = tiny_models.tokenizer(kind)
    text, mentions = "Ada took aspirin.", (Mention("aspirin", "Drug"),)
    prompt, answer = gollie.render(SCHEMA, text), gollie.answer(SCHEMA, mentions)
    record = Record("gollie", (Turn("user", prompt), Turn("assistant", answer)))
    made = Tokens(tokenizer, "gollie")
    assert made.example(record) == made.example(Question(SCHEMA, text, mentions))


@pytest.mark.parametrize("kind", KINDS)
def test_of_uniners_conversation_every_answer_is_learnt(kind: Kind) -> None:
    turns = (
        Turn(
            "system",
            "A virtual assistant answers questions from a user based on the provided text.",
        ),
        Turn("user", "Text: Ada took aspirin."),
        Turn("assistant", "I've read this text."),
        Turn("user", "What describes drug in the text?"),
        Turn("assistant", '["aspirin"]'),
        Turn("user", "What describes city in the text?"),
        Turn("assistant", "[]"),
    )
    tokenizer = tiny_models.tokenizer(kind)
    example = Tokens(tokenizer, "uniner").example(Record("uniner", turns))
    learnt = [said(tokenizer, example.tokens[start:end]).strip() for start, end in example.answers]
    ends = ("</s>", tokenizer.eos_token)
    words = [each.removesuffix(end) for each, end in zip(learnt, ends, strict=True)]
    assert [each.strip() for each in words] == ['["aspirin"]', "[]"]
    assert example.tokens[-1] == tokenizer.eos_token_id
    # what the model is asked in use: the template up to the question
    asked = tokenizer(template(turns[:4])).input_ids
    assert list(example.tokens[: len(asked)]) == asked
    assert example.start == len(asked)


@pytest.mark.parametrize("chat", ["chatml", "inst"])
def test_of_a_chat_every_answer_is_learnt_with_what_ends_it(chat: Any) -> None:
    turns = (
        Turn("user", "Which drugs?"),
        Turn("assistant", "aspirin"),
        Turn("user", "Which cities?"),
        Turn("assistant", "none"),
    )
    tokenizer = tiny_models.tokenizer("sentencepiece", chat=chat)
    example = Tokens(tokenizer, "chat").example(Record("chat", turns))
    learnt = [said(tokenizer, example.tokens[start:end]) for start, end in example.answers]
    assert [each.split()[0].partition("<")[0] for each in learnt] == ["aspirin", "none"]
    assert all(len(each) > len("aspirin") for each in learnt[:1])


def test_a_chat_needs_a_template() -> None:
    record = Record("chat", (Turn("user", "Which drugs?"), Turn("assistant", "aspirin")))
    with pytest.raises(ModelError, match="no chat template that can be used"):
        Tokens(tiny_models.tokenizer("sentencepiece"), "gollie").example(record)
