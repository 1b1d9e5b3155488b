"""Scripted answers through the whole library: each item of an answer ends in exactly one place."""

from __future__ import annotations

import logging
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from schema_ner.declarations import schema_from
from schema_ner.engines.generated import Completion, reading_of
from schema_ner.engines.scripted import ScriptedEngine
from schema_ner.errors import InputError, ModelError
from schema_ner.extractor import Extractor
from schema_ner.schema import Entity
from schema_ner.spans import Extraction, Usage

TEXT = "Take two tablets of aspirin, then aspirin again with ibuprofen."


class Drug(Entity):
    """A substance given to treat illness, by brand or generic name. Not its dose."""

    examples = ("aspirin", "Humira")
    route: Literal["oral", "nasal"]


class Dose(Entity):
    """An amount with its unit, as written."""


def extract(answer: str | Completion | Exception, text: str = TEXT) -> Extraction:
    return Extractor([Drug, Dose], model=ScriptedEngine([answer])).extract(text)


def ledger(extraction: Extraction) -> list[tuple[str, str]]:
    """Every item and how it ended, spans first."""
    spans = [(span.text, span.status) for span in extraction.spans]
    return spans + [(item.text, item.status) for item in extraction.rejected]


def test_the_first_example() -> None:
    result = Extractor([Drug], model=ScriptedEngine(["[Drug(span='aspirin')]"])).extract(TEXT)
    (span,) = result.spans
    assert (span.start, span.end, span.label, span.text) == (20, 27, "Drug", "aspirin")
    assert (span.score, span.status, span.source) == (None, "exact", "model")
    assert (result.rejected, result.unread, result.model) == ((), (), "scripted")


@pytest.mark.parametrize(
    ("item", "ends"),
    [
        pytest.param("Drug(span='aspirin')", ("aspirin", "exact"), id="as it stands"),
        pytest.param("Drug(span='Aspirin')", ("aspirin", "normalised"), id="in another case"),
        pytest.param("Drug(span='ibuprofem')", ("ibuprofen", "fuzzy"), id="misspelt"),
        pytest.param("Drug(span='insulin')", ("insulin", "hallucinated"), id="not in the text"),
        pytest.param("Drug(span='Humira')", ("Humira", "example_leak"), id="an example, repeated"),
        pytest.param("Drgu(span='aspirin')", ("aspirin", "out_of_schema"), id="no such type"),
        pytest.param("Drug(aspirin)", ("Drug(aspirin)", "unparseable"), id="not to be read"),
        pytest.param("Drug(span='asp", ("Drug(span='asp", "truncated"), id="cut"),
    ],
)
def test_each_item_ends_in_one_place(item: str, ends: tuple[str, str]) -> None:
    answer = f"[{item}" if ends[1] == "truncated" else f"[{item}]"
    assert ledger(extract(answer)) == [ends]


def test_an_answer_with_everything_wrong_loses_nothing() -> None:
    answer = (
        "[Drug(span='aspirin'), Drug(span='aspirin'), Drug(span='aspirin'), Drgu(span='a'), "
        "Drug(), Drug(span='Humira'), Drug(span='insulin'), Dose(span='two tablets'), "
        "Dose(span='tablets'), Drug(span='ib"
    )
    result = extract(answer)
    assert [(s.start, s.label, s.text) for s in result.spans] == [
        (5, "Dose", "two tablets"),
        (20, "Drug", "aspirin"),
        (34, "Drug", "aspirin"),
    ]
    assert sorted(item.status for item in result.rejected) == [
        "duplicate",
        "example_leak",
        "hallucinated",
        "out_of_schema",
        "overlap",
        "truncated",
        "unparseable",
    ]
    assert len(result.spans) + len(result.rejected) == answer.count("(")


@pytest.mark.parametrize(
    ("completion", "statuses"),
    [
        pytest.param(Completion("[Drug(span='aspirin')]"), [], id="a closed list"),
        pytest.param(Completion("[Drug(span='aspirin'),"), ["truncated"], id="an open list"),
        pytest.param(
            Completion("[Drug(span='aspirin')]\n\n# The fol", truncated=True),
            [],
            id="stopped behind the list, where nothing was to come",
        ),
        pytest.param(
            Completion("Drug(span='aspirin')\n", truncated=True),
            ["truncated"],
            id="stopped where more could have come",
        ),
    ],
)
def test_an_end_that_is_missing_is_told(completion: Completion, statuses: list[str]) -> None:
    result = extract(completion)
    assert [span.text for span in result.spans] == ["aspirin"]
    assert [item.status for item in result.rejected] == statuses


def test_fields_reach_the_users_class() -> None:
    (span,) = extract("[Drug(span='aspirin', route='oral')]").spans
    assert isinstance(span.entity, Drug)
    assert span.entity.route == "oral"


def test_what_is_left_out_of_a_mention_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="schema_ner"):
        (span,) = extract("[Drug(span='aspirin', route='rectal')]").spans
    assert isinstance(span.entity, Drug)
    assert span.entity.route is None
    assert caplog.messages == ["Drug: left out: the value of 'route' is no choice"]


def test_usage_is_handed_on() -> None:
    assert extract(Completion("[]", usage=Usage(tokens_out=2))).usage == Usage(tokens_out=2)


def test_mentions_listed_once_can_stand_for_all() -> None:
    engine = ScriptedEngine(["[Drug(span='aspirin')]"], mentions="expand")
    assert [s.start for s in Extractor([Drug], model=engine).extract(TEXT).spans] == [20, 34]


def test_answers_come_in_order() -> None:
    engine = ScriptedEngine(["[Drug(span='a')]", "[Drug(span='b')]"])
    results = Extractor([Drug], model=engine).extract_batch(["a b", "a b"])
    assert [span.text for result in results for span in result.spans] == ["a", "b"]


def test_answers_go_by_text() -> None:
    engine = ScriptedEngine({"a": "[Drug(span='a')]", "b": "[]"}, name="mine")
    results = list(Extractor([Drug], model=engine).extract_batch(["b", "a", "a"]))
    assert [len(result.spans) for result in results] == [0, 1, 1]
    assert {result.model for result in results} == {"mine"}


def test_answers_can_be_computed() -> None:
    engine = ScriptedEngine(lambda text: f"[Drug(span={text!r})]")
    (span,) = Extractor([Drug], model=engine).extract("it's").spans
    assert span.text == "it's"


def test_a_text_that_fails_leaves_the_others_alone() -> None:
    engine = ScriptedEngine(["[]", TimeoutError("too slow"), "[Drug(span='c')]"])
    first, second, third = Extractor([Drug], model=engine).extract_batch(["a", "b", "c"])
    assert (first.rejected, [span.text for span in third.spans]) == ((), ["c"])
    assert (second.spans, second.unread) == ((), ((0, 1),))
    assert [(item.status, item.reason) for item in second.rejected] == [
        ("failed", "TimeoutError: too slow")
    ]


def test_an_exception_is_raised_for_its_text() -> None:
    with pytest.raises(TimeoutError, match="too slow"):
        extract(TimeoutError("too slow"))

    def broken(_: str) -> str:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        Extractor([Drug], model=ScriptedEngine(broken)).extract("a")


def test_a_script_that_runs_out_says_so() -> None:
    extractor = Extractor([Drug], model=ScriptedEngine(["[]"]))
    extractor.extract("one")
    with pytest.raises(ModelError) as caught:
        extractor.extract("two")
    assert str(caught.value) == (
        "the script holds 1 answers and this is text 2, 'two'; "
        "give one answer for each text that is read"
    )


def test_a_script_without_the_text_says_so() -> None:
    with pytest.raises(ModelError, match="no answer for 'two'; add one under it"):
        Extractor([Drug], model=ScriptedEngine({"one": "[]"})).extract("two")


def test_a_single_text_is_no_script() -> None:
    with pytest.raises(InputError, match="list of answers, one for each text"):
        ScriptedEngine("[Drug(span='aspirin')]")


@given(texts(), texts())
def test_any_answer_about_any_text_has_a_reading(answer: str, text: str) -> None:
    for span in reading_of(Completion(answer), text, schema_from([Drug, Dose])).candidates:
        assert text[span.start : span.end] == span.text


@given(
    texts(), st.lists(st.tuples(st.sampled_from(["Drug", "Dose", "Drgu"]), texts(3)), max_size=8)
)
def test_items_are_conserved(text: str, said: list[tuple[str, str]]) -> None:
    """Σ of what became of them is what the model emitted, whatever it emitted."""
    answer = "[" + ", ".join(f"{name}(span={span!r})" for name, span in said) + "]"
    result = extract(answer, text)
    assert len(result.spans) + len(result.rejected) == len(said)
