"""Drawing: every text comes, schemas vary as the recipe says, answers fit what is asked."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.errors import InputError
from schema_ner.spans import gold_span
from schema_ner.training.lora.drawing import TEXTS, Drawer, questions
from schema_ner.training.lora.recipe import Recipe
from schema_ner.training.sources import Meaning, Row, Source

MEANINGS = {
    "drug": Meaning("drug", "A substance given to treat illness. Not its dose.", ("aspirin",)),
    "space agency": Meaning("space agency", "A body that runs space programmes.", ("ESA", "JAXA")),
    "person": Meaning("person", "A named human being.", ("Ada", "Grace")),
}
TEXT = "Ada took aspirin at ESA."
SPANS = ((0, 3, "person"), (9, 16, "drug"), (20, 23, "space agency"))
PLAIN = {"class_dropout": 0.0, "masked": 0.0, "without": 0.0}


def rng() -> random.Random:
    return random.Random(0)  # noqa: S311  # repeatable


def row(number: int, *, asked: frozenset[str] | None = None) -> Row:
    text = f"{TEXT} {number}"
    return Row(text, tuple(gold_span(text, *span) for span in SPANS), asked)


def source(count: int, kind: str = "pack", name: str = "s") -> Source:
    return Source(name, MEANINGS, tuple(map(row, range(count))), kind=kind)  # type: ignore[arg-type]


def texts(drawer: Drawer, draws: int) -> list[str]:
    return [question.text for _ in range(draws) for question in drawer.draw().questions]


@given(st.integers(1, 60), st.integers(0, 5))
def test_no_text_comes_twice_before_all_have_come(count: int, seed: int) -> None:
    drawer = Drawer([source(count)], Recipe(texts=1, seed=seed))
    seen = texts(drawer, 1 + 3 * count // min(TEXTS, count))
    rounds = [seen[at : at + count] for at in range(0, len(seen) - count + 1, count)]
    assert rounds
    assert all(len({*each}) == count for each in rounds)


@given(st.integers(2, 40), st.lists(st.integers(0, TEXTS), min_size=1, max_size=30))
def test_texts_that_did_not_fit_come_again(count: int, fits: list[int]) -> None:
    """What was taken, in order, is what would have come with room for all."""
    drawer = Drawer([source(count)], Recipe(texts=1))
    taken: list[str] = []
    for most in fits:
        draw = drawer.draw()
        used = draw.questions[:most]
        drawer.took(draw, len(used))
        taken += [question.text for question in used]
    free = texts(Drawer([source(count)], Recipe(texts=1)), 1 + len(taken) // min(TEXTS, count))
    assert taken == free[: len(taken)]


def test_a_drawer_goes_on_where_another_one_stood() -> None:
    sources = [source(30, name="a"), source(17, "own", "b"), source(50, "set", "c")]
    recipe = Recipe(texts=1, seed=3)
    one = Drawer(sources, recipe)
    texts(one, 7)
    state = one.state_dict()
    rest = [one.draw() for _ in range(5)]
    other = Drawer(sources, recipe)
    other.load_state_dict(state)
    assert [other.draw() for _ in range(5)] == rest


def test_packs_and_sets_are_drawn_as_often_as_the_recipe_says() -> None:
    """Whatever their number and size."""
    sources = [source(20, name="pack"), *(source(900, "set", f"set{i}") for i in range(4))]
    drawer = Drawer(sources, Recipe(texts=1, pack_share=0.6))
    drawn = Counter(drawer.draw().source == 0 for _ in range(2000))
    assert drawn[True] / 2000 == pytest.approx(0.6, abs=0.04)


def drawn(recipe: Recipe, *, kind: str = "pack", times: int = 400) -> list[object]:
    drawing = rng()
    rows = [row(number) for number in range(3)]
    one = Source("s", MEANINGS, tuple(rows), kind=kind)  # type: ignore[arg-type]
    return [question for _ in range(times) for _, question in questions(one, rows, recipe, drawing)]


def test_answers_name_what_is_asked_in_the_order_of_the_text() -> None:
    for question in drawn(Recipe(texts=1)):
        labels = question.schema.labels
        places = [question.text.index(mention.text) for mention in question.mentions]
        assert all(mention.label in labels for mention in question.mentions)
        assert all(one <= other for one, other in pairwise(places))


def test_an_answer_leaves_out_only_types_that_are_not_asked_for() -> None:
    """Three types are there, each with one mention: as many mentions as types asked for."""
    assert all(len(q.mentions) == len(q.schema) for q in drawn(Recipe(texts=1)))


def test_types_are_dropped_as_often_as_the_recipe_says() -> None:
    asked = Counter(len(q.schema) for q in drawn(Recipe(texts=1, class_dropout=0.5, masked=0.0)))
    assert asked[3] / asked.total() == pytest.approx(0.125, abs=0.06)
    assert min(asked) == 1  # one is always left


def test_classes_come_in_every_order() -> None:
    orders = {
        tuple(label.casefold().replace("_", "") for label in q.schema.labels)
        for q in drawn(Recipe(texts=1, **PLAIN))
    }
    assert orders == {*permutations(("drug", "spaceagency", "person"))}


def test_masked_classes_say_nothing_but_their_guideline() -> None:
    masked = drawn(Recipe(texts=1, masked=1.0))
    assert all(label.startswith("LABEL_") for q in masked for label in q.schema.labels)
    assert all(entity_type.guideline for q in masked for entity_type in q.schema)


def test_a_type_without_a_guideline_is_never_masked() -> None:
    bare = {name: Meaning(name) for name in MEANINGS}
    rows = [row(0)]
    found = questions(Source("s", bare, tuple(rows)), rows, Recipe(texts=1, masked=1.0), rng())
    assert not any(label.startswith("LABEL_") for _, q in found for label in q.schema.labels)


def test_a_users_own_types_are_learnt_as_they_will_be_asked_for() -> None:
    meanings = {
        label: Meaning(m.name, m.guideline, m.examples, f"My{m.name.title().replace(' ', '')}")
        for label, m in MEANINGS.items()
    }
    rows = [row(0)]
    own = Source("s", meanings, tuple(rows), kind="own")
    drawing = rng()
    for _ in range(50):
        ((_, question),) = questions(own, rows, Recipe(texts=1, masked=0.0), drawing)
        for entity_type in question.schema:
            assert entity_type.class_name in ("MyDrug", "MySpaceAgency", "MyPerson")
            assert entity_type.guideline in {m.guideline for m in meanings.values()}


def test_a_text_is_not_asked_for_types_that_it_is_not_annotated_with() -> None:
    rows = [row(0, asked=frozenset({"drug"})), row(1, asked=frozenset({"person"}))]
    partial = Source("s", MEANINGS, tuple(rows), kind="set")
    found = questions(partial, rows, Recipe(texts=1, **PLAIN, negatives=4), rng())
    assert [at for at, _ in found] == [0]
    assert all([m.text for m in q.mentions] == ["aspirin"] for _, q in found)


def test_names_that_read_alike_are_asked_for_once() -> None:
    twins = {"drug": Meaning("drug", "One."), "Drug": Meaning("Drug", "Another.")}
    text = "aspirin Humira"
    rows = [Row(text, (gold_span(text, 0, 7, "drug"), gold_span(text, 8, 14, "Drug")))]
    recipe = Recipe(texts=1, **PLAIN)
    found = questions(Source("s", twins, tuple(rows)), rows, recipe, rng())
    assert all(len(q.schema) == 1 == len(q.mentions) for _, q in found)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ({"texts": 0}, "texts=0"),
        ({"learning_rate": float("nan")}, "learning_rate=nan"),
        ({"masked": 1.5}, "masked=1.5"),
        ({"rank": True}, "rank=True"),
    ],
)
def test_a_recipe_says_which_number_is_wrong(numbers: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Recipe(**{"texts": 1} | numbers)


def test_the_rate_rises_then_falls_to_nothing() -> None:
    recipe = Recipe(texts=1000, learning_rate=1.0, warm_up=0.1)
    rates = [recipe.rate_at(texts) for texts in range(0, 1001, 10)]
    top = rates.index(max(rates))
    assert 0 < rates[0] < rates[top] <= 1.0
    assert all(one <= other for one, other in pairwise(rates[: top + 1]))
    assert all(one >= other for one, other in pairwise(rates[top:]))
    assert rates[-1] == pytest.approx(0.0, abs=1e-9)
