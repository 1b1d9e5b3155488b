"""What a model is taught to answer is what it may answer: the grammars of decoding take it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from grammars import accepts
from hypothesis import given
from hypothesis import strategies as st
from strategies import text_with_ranges
from test_instructions_forms import SCHEMA, any_passages, of_gollie, of_uniner

from schema_ner import formats
from schema_ner.grammar import gollie as gollie_grammar
from schema_ner.grammar import uniner as uniner_grammar
from schema_ner.instructions import Account, Passage, Record, gollie, passages, uniner
from schema_ner.mentions import Mention
from schema_ner.prompts.gollie import answer
from schema_ner.registry import ready_made
from schema_ner.schema import EntityType, Schema
from schema_ner.spans import Document, gold_span

DATA = Path(__file__).parent / "data"
PER = Schema((EntityType("PER"),))


def may_be_answered(record: Record, text: str) -> bool:
    """Whether the grammar of what is asked takes the answer to each question."""
    if record.form == "uniner":
        grammar = uniner_grammar.grammar(text)
        return all(accepts(grammar, f" {turn.content}") for turn in record.turns[4::2])
    body = ast.parse(record.turns[0].content + " []").body
    types = tuple(EntityType(each.name) for each in body if isinstance(each, ast.ClassDef))
    return accepts(gollie_grammar.grammar(Schema(types), text), record.turns[1].content)


@given(any_passages(), st.integers(0, 99))
def test_every_answer_may_be_written(given_passages: list[Passage], seed: int) -> None:
    told = {"shuffle": True, "dropout": 0.2, "mask": 0.5}
    records = of_gollie(*given_passages, **told, seed=seed)
    for one, record in zip(given_passages, records, strict=True):
        assert may_be_answered(record, one.text)
    for one in given_passages:
        for record in of_uniner(one, seed=seed):
            assert may_be_answered(record, one.text)


@given(text_with_ranges(max_ranges=1))
def test_no_text_is_left_out_whose_answer_may_be_written(
    marked: tuple[str, list[tuple[int, int]]],
) -> None:
    """One that is left out has an answer that the grammar refuses."""
    text, ranges = marked
    spans = tuple(gold_span(text, *place, "PER") for place in ranges)
    if not any(span.text.strip() for span in spans):
        return
    account = Account()
    found = passages([Document(text, spans)], PER, account)
    grammar = gollie_grammar.grammar(PER, text)
    right = answer(PER, [Mention(span.text, "PER") for span in spans])
    assert accepts(grammar, right) is bool(found)
    assert account.left_out == ({} if found else {"inside": 1})


@pytest.mark.parametrize("name", ["wnut17", "klue"])
def test_answers_of_real_texts(name: str) -> None:
    """English and Korean; no text of them is left out."""
    schema, account = ready_made(name), Account()
    found = passages(formats.read(DATA / f"{name}.200.jsonl.gz"), schema, account)
    assert (len(found), dict(account.left_out)) == (200, {})
    found = found[::5]
    told = gollie.records(found, schema, shuffle=True, mask=0.5)
    conversations = uniner.records(found, schema, account)
    for one, record, conversation in zip(found, told, conversations, strict=True):
        assert may_be_answered(record, one.text)
        assert may_be_answered(conversation, one.text)


def test_the_checker_sees_a_wrong_answer() -> None:
    """So that a grammar that takes anything does not pass every record."""
    text = "Ada met Bob."
    (record,) = of_gollie(Passage(text, (gold_span(text, 0, 3, "PER"),), SCHEMA.labels))
    assert may_be_answered(record, text)
    assert not may_be_answered(record, "Bob met Eve.")
    (record,) = of_uniner(Passage(text, (gold_span(text, 0, 3, "PER"),), SCHEMA.labels))
    assert may_be_answered(record, text)
    assert not may_be_answered(record, "Bob met Eve.")
