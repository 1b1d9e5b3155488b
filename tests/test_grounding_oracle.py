"""A perfect model's answers on real text: how many places grounding finds again.

The samples are rows never used to choose rules; see ``tests/data/README.md``.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

import pytest

from schema_ner.benchmark.grounding import LEFT, Condition, Report, measure, table
from schema_ner.spans import Document, gold_span

DATA = Path(__file__).parent / "data"
SAMPLES = ("klue", "wnut17", "tasteset")


def sample(name: str) -> list[Document]:
    documents = []
    with gzip.open(DATA / f"{name}.200.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            places = [(e["start"], e["end"], e["label"]) for e in row["entities"]]
            spans = tuple(gold_span(row["text"], *place) for place in places)
            documents.append(Document(row["text"], spans))
    return documents


@cache
def report(name: str) -> Report:
    return measure(sample(name), seed=0, per_document=10)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("order", ["text", "label", "shuffled"])
@pytest.mark.parametrize("rows", [1, 10])
def test_exact_strings_find_their_places(name: str, order: str, rows: int) -> None:
    """99 of 100, in whatever order a model lists them, in long documents too."""
    assert report(name).find(Condition(rows, order)).f1 >= 0.99


@pytest.mark.parametrize("name", SAMPLES)
def test_another_shuffle_does_as_well(name: str) -> None:
    """The figure is no luck of one seed."""
    shuffled = Condition(10, "shuffled")
    figures = [measure(sample(name), seed=s).find(shuffled).f1 for s in (1, 2)]
    assert min(figures) >= 0.99


@pytest.mark.parametrize("name", SAMPLES)
def test_two_characters_of_left_context_settle_nearly_everything(name: str) -> None:
    with_left = report(name).find(Condition(10, "shuffled", left=LEFT))
    assert with_left.f1 >= 0.998


@pytest.mark.parametrize("name", SAMPLES)
def test_expanding_finds_the_rest_where_each_entity_is_listed_once(name: str) -> None:
    listed = report(name).find(Condition(10, once=True))
    expanded = report(name).find(Condition(10, once=True, mentions="expand"))
    assert expanded.f1 >= 0.97
    assert expanded.recall >= 0.99 > listed.recall


@pytest.mark.parametrize(
    ("change", "at_least"),
    [
        pytest.param("case swapped", 0.98, id="letters in the other case"),
        pytest.param("decomposed (NFD)", 0.98, id="decomposed characters"),
        pytest.param("no-break spaces", 0.99, id="no-break spaces"),
        pytest.param("one space dropped", 0.98, id="a space left out"),
    ],
)
@pytest.mark.parametrize("name", SAMPLES)
def test_strings_in_another_form_find_their_places(name: str, change: str, at_least: float) -> None:
    assert report(name).find(Condition(10, change=change)).f1 >= at_least


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mistyped_string_is_rather_lost_than_misplaced(name: str) -> None:
    """Near matches are conservative: of what is kept, nine of ten are right."""
    mistyped = report(name).find(Condition(1, change="one letter mistyped"))
    assert mistyped.precision >= 0.9
    assert mistyped.precision > mistyped.recall


def test_the_measurement_notices_a_wrong_place() -> None:
    """A figure that could not fall would prove nothing: here the order is all there is to go by."""
    text = "Kim met Kim."
    document = Document(text, (gold_span(text, 8, 11, "person"),))
    assert measure([document]).find(Condition(1)).f1 == 0.0


def test_the_table_is_aligned_and_has_a_line_for_each_condition() -> None:
    text = "Kim met Lee."
    document = Document(text, (gold_span(text, 0, 3, "person"),))
    found = measure([document, Document("nobody")], per_document=2)
    lines = table(found).splitlines()
    assert lines[0] == "1 documents, 1 entities, seed 0"
    assert lines[2].split()[-3:] == ["P", "R", "F1"]
    assert len(lines) == 3 + len(found.rows)
    assert len({len(line) for line in lines[2:]}) == 1


def test_documents_of_no_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        measure([], per_document=0)


def test_nothing_to_measure_gives_an_empty_measurement() -> None:
    found = measure([])
    assert (found.documents, found.entities) == (0, 0)
    assert {row.items for row in found.rows} == {0}
