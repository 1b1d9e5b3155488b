"""How sure a model was, against the true probabilities of a model that is a table of answers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("llguidance", reason="needs the extra [llm]")

import tiny_models

from schema_ner.engines.local.confidence import Trace, evidence
from schema_ner.engines.local.forms import form_for
from schema_ner.engines.local.vocabulary import Vocabulary
from schema_ner.engines.local.writing import Answering, Page, Step
from schema_ner.registry import resolve

torch = tiny_models.torch
SCHEMA = resolve({"Person": "", "Product": "", "Place": ""})
TEXT = "Ada Lovelace of York met Adam in New York and New Delhi."
NAMES = ("Ada", "Ada Lovelace", "Adam", "York", "New York", "New Delhi", "Lovelace of York")

TOKENIZER = tiny_models.tokenizer("byte-level")
VOCABULARY = Vocabulary(TOKENIZER, [TOKENIZER.eos_token_id])
GOLLIE = form_for("gollie", TOKENIZER)
UNINER = form_for("uniner", TOKENIZER)

items = st.tuples(st.sampled_from(SCHEMA.labels), st.sampled_from(NAMES))
lists = st.lists(items, max_size=3)


def _gollie(listed: list[tuple[str, str]]) -> str:
    lines = "".join(f'    {label}(span="{name}"),\n' for label, name in listed)
    return f" [\n{lines}]" if listed else " []"


def _uniner(listed: list[tuple[str, str]]) -> str:
    return " [" + ", ".join(f'"{name}"' for _, name in listed) + "]"


class Table:
    """A model that is nothing but a distribution over answers, each written in one way."""

    def __init__(self, weights: dict[str, float]) -> None:
        total = sum(weights.values())
        self.chances = {answer: weight / total for answer, weight in weights.items()}
        self._tokens = {
            answer: tuple(VOCABULARY.guide.greedy_tokenize(answer)) for answer in self.chances
        }

    def scores(self, before: tuple[int, ...]) -> torch.Tensor:
        """(1, vocabulary) log-probabilities of the token behind those."""
        chances = torch.full((1, VOCABULARY.size), 1e-30)
        for answer, tokens in self._tokens.items():
            if tokens[: len(before)] == before and len(tokens) > len(before):
                chances[0, tokens[len(before)]] += self.chances[answer]
        return chances.log()

    def beginning(self, said: str) -> float:
        """Probability of all answers that begin so."""
        return sum(p for answer, p in self.chances.items() if answer.startswith(said))

    def sure(self, answer: str, start: int, end: int) -> float:
        return self.beginning(answer[:end]) / self.beginning(answer[:start])


def _written(model: Table, grammar: str) -> Answering:
    """The likeliest answer, token by token, as the engine writes it."""
    row = Answering(
        VOCABULARY, grammar, limit=500, is_whole=GOLLIE.is_whole, is_stuck=lambda _: False
    )
    page = Page([row], VOCABULARY, start=0)
    said: tuple[int, ...] = ()
    while not row.done:
        scores = page.masked(model.scores(said))
        said += (int(scores.argmax()),)
        page.catch_up(torch.tensor([said]))
    return row


@settings(deadline=None)
@given(st.lists(st.tuples(lists, st.integers(1, 100)), min_size=1, max_size=12))
def test_parts_are_the_true_conditional_probabilities(said: list[tuple[list, int]]) -> None:
    model = Table({_gollie(listed): float(weight) for listed, weight in said})
    row = _written(model, GOLLIE.grammar(SCHEMA, TEXT))
    answer = row.said.decode()
    parsed = GOLLIE.parse(answer, SCHEMA)
    found = evidence(Trace(row.steps), parsed.places, GOLLIE.names(SCHEMA))
    before = 0
    for (start, end), mention, each in zip(parsed.places, parsed.mentions, found, strict=True):
        quote = answer.index('"', start) + 1
        first = quote + len(mention.text.split()[0])
        close = answer.index('"', quote) + 1
        parts = [(before, start), (start, quote - 1), (quote, first), (first, close)]
        true = [model.sure(answer, *part) for part in parts]
        assert [each.listed, each.type, each.start, each.end] == pytest.approx(true, abs=2e-3)
        assert each.score == pytest.approx(math.prod(true), abs=4e-3)
        before = end


@settings(deadline=None)
@given(st.lists(st.tuples(lists, st.integers(1, 100)), min_size=1, max_size=12))
def test_parts_of_a_list_of_texts(said: list[tuple[list, int]]) -> None:
    model = Table({_uniner(listed): float(weight) for listed, weight in said})
    row = _written(model, UNINER.grammar(SCHEMA, TEXT))
    answer = row.said.decode()
    one = resolve({"Person": ""})
    parsed = UNINER.parse(answer, one)
    found = evidence(Trace(row.steps), parsed.places, UNINER.names(one))
    before = 0
    for (start, end), mention, each in zip(parsed.places, parsed.mentions, found, strict=True):
        first = start + 1 + len(mention.text.split()[0])
        parts = [(before, start + 1), (start + 1, first), (first, end)]
        true = [model.sure(answer, *part) for part in parts]
        assert [each.listed, each.start, each.end] == pytest.approx(true, abs=2e-3)
        assert each.type == 1.0
        assert each.runner_up is None
        before = end


@given(st.integers(1, 99))
def test_of_two_types_the_other_one_is_the_runner_up(other: int) -> None:
    schema = resolve({"Person": "", "Place": ""})
    answers = {"Person": 100.0, "Place": float(other)}
    row = _written(
        Table({_gollie([(label, "Ada")]): weight for label, weight in answers.items()}),
        GOLLIE.grammar(schema, TEXT),
    )
    (place,) = GOLLIE.parse(row.said.decode(), schema).places
    (each,) = evidence(Trace(row.steps), [place], GOLLIE.names(schema))
    assert each.type == pytest.approx(100 / (100 + other), abs=2e-3)
    assert each.runner_up == ("Place", pytest.approx(1 - each.type, abs=2e-3))


@settings(deadline=None)
@given(st.lists(st.tuples(lists, st.integers(1, 100)), min_size=1, max_size=12))
def test_no_runner_up_has_more_than_the_chosen_type_leaves(said: list[tuple[list, int]]) -> None:
    row = _written(
        Table({_gollie(listed): float(weight) for listed, weight in said}),
        GOLLIE.grammar(SCHEMA, TEXT),
    )
    parsed = GOLLIE.parse(row.said.decode(), SCHEMA)
    found = evidence(Trace(row.steps), parsed.places, GOLLIE.names(SCHEMA))
    for mention, each in zip(parsed.mentions, found, strict=True):
        if each.runner_up is not None:
            label, chance = each.runner_up
            assert label != mention.label
            assert chance <= 1 - each.type + 2e-3


def test_a_long_name_is_no_less_sure_than_a_short_one() -> None:
    """Where nothing else can follow, each further token is certain."""
    for name in NAMES:
        row = _written(Table({_gollie([("Person", name)]): 1.0}), GOLLIE.grammar(SCHEMA, TEXT))
        (place,) = GOLLIE.parse(row.said.decode(), SCHEMA).places
        (each,) = evidence(Trace(row.steps), [place], GOLLIE.names(SCHEMA))
        assert each.score == pytest.approx(1.0)
        assert each.fit == pytest.approx(1.0)


def test_fit_is_what_the_grammar_left_of_the_model() -> None:
    """A model that would write prose has a probability under the grammar, and a poor fit."""
    table = Table({_gollie([("Person", "Ada")]): 1.0, "Sure! Here is the list:": 99.0})
    row = _written(table, GOLLIE.grammar(SCHEMA, TEXT))
    assert row.said.decode() == _gollie([("Person", "Ada")])
    (each,) = evidence(Trace(row.steps), [(7, 27)], GOLLIE.names(SCHEMA))
    assert each.score == pytest.approx(1.0)
    assert each.fit == pytest.approx(0.01, abs=1e-3)


def test_the_two_ways_to_quote_are_one_choice() -> None:
    """Only the mention counts, and not how its string is written."""
    text = 'Ada said "no".'
    double, single = ' [\n    Person(span="Ada"),\n]', " [\n    Person(span='Ada'),\n]"
    row = _written(Table({double: 60.0, single: 40.0}), GOLLIE.grammar(SCHEMA, text))
    (each,) = evidence(Trace(row.steps), [(7, 27)], GOLLIE.names(SCHEMA))
    assert each.score == pytest.approx(1.0, abs=1e-3)


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=3), st.integers(0, 10)), max_size=8))
def test_any_steps_have_probabilities(parts: list[tuple[bytes, int]]) -> None:
    steps = [Step(said, ((said, 0.5), (b"x", share / 20)), 0.5) for said, share in parts]
    trace = Trace(steps)
    size = len(trace.answer)
    for start in range(size + 1):
        for end in range(start, size + 1):
            assert 0.0 <= trace.sure(start, end) <= 1.0
            assert 0.0 <= trace.fit(start, end) <= 1.0
