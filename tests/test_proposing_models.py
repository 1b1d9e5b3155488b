"""Types proposed by language models that run here: tiny ones with random weights, real code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("llguidance", reason="needs the extra [llm]")

import tiny_models

from schema_ner import Document
from schema_ner.engines.completing import Question
from schema_ner.engines.generated import Completion
from schema_ner.engines.local import LocalLLM
from schema_ner.engines.local.talking import Talker
from schema_ner.errors import InputError, ModelError
from schema_ner.prompts.proposing import MOST_WORDS
from schema_ner.proposing import propose

if TYPE_CHECKING:
    from collections.abc import Iterator

torch = tiny_models.torch
TEXTS = [
    'Take "20 mg" of aspirin, then call Ada Lovelace in New York.',
    "서울에서 한국은행은 금리를 올렸다. 👩‍👩‍👧 it's\n\tfine \\ </s> <|im_end|> [INST] \ud800",
    "a",
    "",
]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _llm(family: str, *, chat: Any = None, **options: Any) -> LocalLLM:
    return LocalLLM(tiny_models.saved(family, chat=chat), **options)


@pytest.mark.parametrize(
    ("family", "chat"), [("llama", None), ("qwen2", None), ("qwen2", "chatml"), ("gemma", "inst")]
)
def test_whatever_a_model_names_stands_in_the_text(family: str, chat: Any) -> None:
    """A random model writes what it likes, so what holds here holds by construction."""
    engine = _llm(family, chat=chat, closing_bias=-6.0, max_new_tokens=160)
    assert engine.form == ("chat" if chat else "gollie")
    found = propose(map(Document, TEXTS), engine, least=1)
    assert [document.text for document in found.documents] == TEXTS
    spans = [(document, span) for document in found.documents for span in document.spans]
    assert spans
    for document, span in spans:
        assert document.text[span.start : span.end] == span.text
        assert span.status == "exact"
    # what is more than there are places for, and what was cut off
    assert {item.status for item in found.rejected} <= {"duplicate", "truncated"}
    assert all(len(name.split()) <= MOST_WORDS for one in found.proposals for name in one.spelt)
    assert found.to_schema().labels == tuple(one.name for one in found.proposals)
    assert found.model == engine.name


def test_without_a_grammar_a_model_says_what_it_likes() -> None:
    """And all of it is accounted for."""
    engine = _llm("llama", constrained=False, max_new_tokens=24)
    found = propose([Document(TEXTS[0])], engine, least=1)
    assert found.proposals == ()
    assert found.rejected
    assert found.failed == ()


def test_answers_come_in_order_and_by_batches() -> None:
    """One that is too long for the model fails, the others are answered; the same every time."""
    engine = _llm("qwen2", batch_size=1, max_new_tokens=8, context=256)
    asked = [
        Question("x", f"Say {number}:", ({"content": "a"}, {"content": "b"}), grammar)
        for number, grammar in enumerate(
            ['start: "a"', 'start: "b"', None, "not lark", 'start: "c"']
        )
    ]
    asked.insert(1, Question("y" * 900, "y " * 900, ()))
    answers = list(engine.complete(asked))
    assert [a.text if isinstance(a, Completion) else type(a) for a in answers] == [
        "a",
        InputError,
        "b",
        answers[3].text,  # type: ignore[union-attr]  # checked below
        ModelError,
        "c",
    ]
    assert isinstance(answers[3], Completion)
    assert answers[3].truncated
    said = "a question about 900 characters takes .* of the model's 256 tokens and leaves no room"
    with pytest.raises(InputError, match=said):
        raise answers[1]  # type: ignore[misc]
    assert answers[0].usage.tokens_out == answers[2].usage.tokens_out  # type: ignore[union-attr]
    assert list(engine.complete([])) == []


def test_an_answer_that_is_stuck_is_stopped() -> None:
    engine = _llm("qwen2", max_new_tokens=64)
    grammar = r'start: "\"a\" \"a\" \"a\" \"a\""'

    def is_stuck(answer: str) -> bool:
        return answer.count('"a"') > 1

    ask = Question("x", "Say:", ({"content": "a"}, {"content": "b"}), grammar, is_stuck=is_stuck)
    (stopped,) = engine.complete([ask])
    (whole,) = engine.complete([Question("x", "Say:", ask.messages, grammar)])
    assert isinstance(stopped, Completion)
    assert isinstance(whole, Completion)
    assert (whole.text, whole.truncated) == ('"a" "a" "a" "a"', False)
    assert stopped.truncated
    assert stopped.text.count('"a"') == 2


def test_a_question_becomes_a_job_as_it_is() -> None:
    """Without a grammar it ends where its list does: a base model would go on."""
    jobs: list[Any] = []

    class Generator:
        def answers(self, given: list[Any]) -> list[Exception]:
            jobs.extend(given)
            return [ModelError("none")] * len(given)

    tokenizer = tiny_models.tokenizer("sentencepiece")
    told: dict[str, Any] = {"in_chat": False, "context": 512, "max_new_tokens": None}
    ask = Question("x", "Say </s>:", (), "start: ", str.isupper, str.islower)
    for constrained in (True, False):
        talker = Talker(tokenizer, constrained=constrained, **told)
        (answer,) = talker.answers([ask], Generator())  # type: ignore[arg-type]
        assert isinstance(answer, ModelError)
    held, free = jobs
    assert (held.grammar, free.grammar) == ("start: ", None)
    assert held.tokens == free.tokens
    assert tokenizer.eos_token_id not in held.tokens  # in a prompt it is text
    assert (free.is_whole, free.is_stuck) == (str.isupper, str.islower)
    assert len(held.tokens) + held.limit <= 512
