"""Variants of a schema: what may change, what never does, and that a seed is a seed."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.errors import InputError
from schema_ner.instructions import Variant, variant
from schema_ner.schema import EntityType, Field, Schema

LABELS = ["Drug", "programming language", "LABEL_2", "약물", "Dose", "City"]
SCHEMA = Schema(
    tuple(
        EntityType(
            label,
            f"What {label} is.",
            tuple(f"{label} {number}" for number in range(at)),
            fields=(Field("dose", "str"),) if label == "Drug" else (),
        )
        for at, label in enumerate(LABELS)
    ),
    "things",
)
UNCHANGED: dict[str, Any] = {
    "shuffle": False, "dropout": 0.0, "masked": False, "most_examples": None,
}  # fmt: skip

OPTIONS = st.fixed_dictionaries(
    {
        "shuffle": st.booleans(),
        "dropout": st.floats(0, 1),
        "masked": st.booleans(),
        "most_examples": st.none() | st.integers(0, 7),
        "keep": st.sets(st.sampled_from(LABELS)),
    }
)


def drawn(seed: int = 0, **options: Any) -> Variant:
    return variant(SCHEMA, random.Random(seed), **(UNCHANGED | options))  # noqa: S311


def test_without_changes_it_is_the_schema() -> None:
    assert drawn() == Variant(SCHEMA, {label: label for label in LABELS})


@given(st.integers(0, 999), OPTIONS)
def test_what_a_type_means_never_changes(seed: int, options: dict[str, Any]) -> None:
    """Guideline and fields stay with the label they are mapped from; examples are some of its."""
    found = drawn(seed, **options)
    assert [found.labels[label] for label in found.labels] == [*found.schema.labels]
    assert found.schema.name == SCHEMA.name
    for old, new in found.labels.items():
        before, now = SCHEMA[old], found.schema[new]
        assert (now.guideline, now.fields) == (before.guideline, before.fields)
        assert {*now.examples} <= {*before.examples}
        most = options["most_examples"]
        wanted = len(before.examples) if most is None else min(most, len(before.examples))
        assert len({*now.examples}) == len(now.examples) == wanted


@given(st.integers(0, 999), OPTIONS)
def test_the_same_seed_draws_the_same(seed: int, options: dict[str, Any]) -> None:
    assert drawn(seed, **options) == drawn(seed, **options)


@given(st.integers(0, 999), OPTIONS)
def test_names_say_nothing_or_all(seed: int, options: dict[str, Any]) -> None:
    """Masked, the types have the numbers from 1 on, each once; else their own names."""
    found = drawn(seed, **options)
    if options["masked"]:
        numbers = {f"LABEL_{number}" for number in range(1, len(found.schema) + 1)}
        assert {*found.schema.labels} == numbers
        assert {each.class_name for each in found.schema} == numbers
    else:
        assert all(old == new for old, new in found.labels.items())
        assert all(SCHEMA[each.label].class_name == each.class_name for each in found.schema)


@given(st.integers(0, 999), OPTIONS)
def test_what_is_kept(seed: int, options: dict[str, Any]) -> None:
    """Types that must stay do, without dropout all do, and one is always left."""
    found = drawn(seed, **options)
    assert options["keep"] <= found.labels.keys() <= {*LABELS}
    assert found.labels
    if options["dropout"] == 0.0:
        assert found.labels.keys() == {*LABELS}
    if options["dropout"] == 1.0:
        assert len(found.labels) == max(1, len(options["keep"]))
    if not options["shuffle"]:
        assert [*found.labels] == [label for label in LABELS if label in found.labels]


def test_every_order_and_every_number_comes() -> None:
    """Shuffling puts each type in each place; masking gives it each number."""
    orders = {tuple(drawn(seed, shuffle=True).schema.labels) for seed in range(200)}
    numbers = {drawn(seed, masked=True).labels["Drug"] for seed in range(200)}
    for place in range(len(LABELS)):
        assert {order[place] for order in orders} == {*LABELS}
    assert numbers == {f"LABEL_{number}" for number in range(1, len(LABELS) + 1)}


def test_a_type_is_left_out_as_often_as_asked() -> None:
    """Within four standard deviations of 2,000 draws."""
    left = sum(len(LABELS) - len(drawn(seed, dropout=0.15).labels) for seed in range(2_000))
    assert left / (2_000 * len(LABELS)) == pytest.approx(
        0.15, abs=4 * (0.15 * 0.85 / 12_000) ** 0.5
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"dropout": -0.1}, "dropout=-0.1: it is a share, from 0 to 1"),
        ({"dropout": 1.5}, "dropout=1.5: it is a share"),
        ({"dropout": float("nan")}, "dropout=nan: it is a share"),
        ({"most_examples": -1}, "most_examples=-1: it is 0 or more"),
    ],
)
def test_what_cannot_be_drawn(options: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        drawn(**options)
