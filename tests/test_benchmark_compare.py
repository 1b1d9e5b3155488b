"""Runs side by side: which texts they share, and that the figures are those of these texts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from benchmark_runs import LABELS, any_sample, assert_harmless, run_of, sample
from hypothesis import given, settings
from hypothesis import strategies as st

from schema_ner import scoring
from schema_ner.benchmark.comparing import compare, holm
from schema_ner.benchmark.sharing import shared
from schema_ner.errors import InputError
from schema_ner.spans import Extraction, Rejected

if TYPE_CHECKING:
    from schema_ner.benchmark.run import Run, Sample

TEXT = "Ada met Bob in Rome."
GOLD = {"Ada": "person", "Bob": "person", "Rome": "place"}


def samples_of(count: int, said: dict[str, str], first: int = 0) -> list[Sample]:
    names = range(first, first + count)
    return [sample(f"{TEXT} {n}", GOLD, said, name=str(n)) for n in names]


BAD = run_of(*samples_of(40, {"Ada": "person"}), model="bad", data_hash="d")
GOOD = run_of(*samples_of(40, GOLD), model="good", data_hash="d")


def quick(runs: list[Run], *conventions: str) -> Any:
    return compare(runs, conventions=conventions or ("strict",), resamples=100)


# --- which texts


@pytest.mark.parametrize(
    ("first", "second", "count", "remarks"),
    [
        pytest.param(
            run_of(*samples_of(5, {}), data_hash="d"),
            run_of(*samples_of(5, {}, first=3), data_hash="d"),
            2,
            [
                "3 of 5 texts of A are left out: not every run has them",
                "3 of 5 texts of B are left out: not every run has them",
            ],
            id="two draws of one file share some",
        ),
        pytest.param(
            run_of(*samples_of(2, {}), data_hash="d"),
            run_of(*[replace(s, id="other") for s in samples_of(2, {})], data_hash="e"),
            2,
            ["the runs read different files; texts are matched by what they say"],
            id="files with other ids are matched by their texts",
        ),
        pytest.param(
            run_of(*samples_of(1, {}) * 3, data_hash="d"),
            run_of(*samples_of(1, {}) * 2, data_hash="e"),
            2,
            [
                "1 of 3 texts of A are left out: not every run has them",
                "the runs read different files; texts are matched by what they say",
            ],
            id="a text that comes three times in one and twice in the other",
        ),
    ],
)
def test_texts_that_all_have_are_compared_and_the_others_told(
    first: Run, second: Run, count: int, remarks: list[str]
) -> None:
    found = shared([first, second])
    assert [len(samples) for samples in found.samples] == [count, count]
    assert list(found.remarks) == remarks
    for one, two in zip(*found.samples, strict=True):
        assert one.gold.text == two.gold.text


def test_texts_that_a_run_failed_on_are_told() -> None:
    reason = (Rejected(TEXT, None, "failed", "out of memory"),)
    failed = [replace(s, predicted=Extraction(s.gold.text, (), reason)) for s in GOOD.samples[:3]]
    found = quick([GOOD, run_of(*failed, *GOOD.samples[3:], data_hash="d")])
    assert "B failed on 3 of these texts, which count as empty" in found.to_text()


def test_runs_without_a_text_in_common_are_an_error_that_says_what_each_read() -> None:
    one = run_of(*samples_of(2, {}), name="klue", data="/a/dev.tsv", seed=1, data_hash="d")
    two = run_of(*samples_of(1, {}, first=7), name="klue", data="x.tsv", data_hash="d")
    with pytest.raises(InputError) as caught:
        compare([one, two])
    assert str(caught.value) == (
        "the runs have no text in common: A read 2 texts of klue (dev.tsv, seed 1), B read 1 text "
        "of klue (x.tsv); run them on the same texts"
    )


def test_other_annotations_of_a_text_are_an_error_that_names_the_first_difference() -> None:
    named = [sample(TEXT, {"Ada": "PER"}, {}, name="t")]
    two = [sample(TEXT, {"Ada": "person"}, {}, name="t")]
    with pytest.raises(InputError) as caught:
        compare([run_of(*two), run_of(*named)])
    assert str(caught.value) == (
        "text 't' is annotated differently: only B has 'PER' at [0:3); compare runs of the same "
        "annotations, with schemas whose types have the same names"
    )


def test_a_single_run_is_an_error() -> None:
    with pytest.raises(InputError, match="1 runs are given; it takes two or more to compare"):
        compare([GOOD])


# --- the figures


def test_figures_are_those_of_the_shared_texts() -> None:
    part = run_of(*BAD.samples[:25], model="bad", data_hash="d")
    found = quick([part, GOOD], "strict", "pii", "token")
    gold = [each.gold for each in part.samples]
    for row in found.conventions:
        for run, value in zip((part, GOOD), row.values, strict=True):
            said = [each.predicted for each in run.samples[:25]]
            assert value.value == scoring.score(gold, said, row.convention).figure(row.figure)
            assert value.texts == 25
    assert [row.name for row in found.conventions] == [
        *("strict f1", "strict precision", "strict recall", "pii f2", "pii leaked"),
        *("token f1", "token accuracy"),
    ]


def test_a_run_and_itself_differ_by_nothing() -> None:
    found = quick([BAD, BAD])
    for row in (*found.conventions, *found.types):
        (pair,) = row.pairs
        assert pair.difference.value == pair.difference.low == pair.difference.high == 0
        assert pair.p_randomisation == 1


def test_what_is_surely_better_is_told_by_type() -> None:
    found = quick([BAD, GOOD])
    assert [(row.name, row.support) for row in found.types] == [("person", 80), ("place", 40)]
    for row in (found.conventions[0], *found.types):
        assert row.pairs[0].difference.low > 0
        assert row.pairs[0].p_randomisation < 0.02
    assert all(row.p_adjusted[0] == 2 * row.pairs[0].p_randomisation for row in found.types)


def test_each_of_several_runs_is_compared_with_the_first() -> None:
    found = quick([BAD, GOOD, BAD])
    (row, *_) = found.conventions
    assert [round(value.value, 3) for value in row.values] == [0.5, 1.0, 0.5]
    assert [round(pair.difference.value, 3) for pair in row.pairs] == [0.5, 0.0]


@pytest.mark.parametrize(
    ("given_", "adjusted"),
    [
        pytest.param([], [], id="none"),
        pytest.param([0.04], [0.04], id="one stays"),
        pytest.param([0.01, 0.04, 0.03], [0.03, 0.06, 0.06], id="never below a smaller one's"),
        pytest.param([0.5, 0.9], [1.0, 1.0], id="never above one"),
    ],
)
def test_holm(given_: list[float], adjusted: list[float]) -> None:
    assert holm(given_) == pytest.approx(adjusted)


# --- how it is shown


def test_the_table_says_what_is_better_and_by_how_much() -> None:
    said = quick([BAD, GOOD]).to_text().splitlines()
    assert said[:3] == ["A  bad on tests", "B  good on tests", ""]
    assert said[3] == "40 texts that all runs have, 120 gold spans"
    (gain,) = [line.split() for line in said if line.startswith("strict f1") and "+" in line]
    assert gain[:6] == ["strict", "f1", "+0.5000", "+0.5000", "to", "+0.5000"]
    assert [line.split()[0] for line in said if line.endswith("*")] == ["person", "place"]


def test_json_has_all_of_it() -> None:
    data = json.loads(quick([BAD, GOOD]).to_json())
    assert [run["key"] for run in data["runs"]] == ["A", "B"]
    assert data["texts"] == 40
    assert data["differing"] == {"model": ["bad", "good"]}
    (first, *_) = data["conventions"]
    assert first["values"][1]["value"] == 1.0
    assert first["against_first"][0]["difference"]["value"] == 0.5
    assert data["types"][0]["against_first"][0]["p_adjusted"] < 0.05


def test_the_page_shows_figures_gains_and_what_differs() -> None:
    shown = assert_harmless(quick([BAD, GOOD, BAD]).to_html()).text
    for said in ("B against A", "C against A", "+0.500", "What differs", "good", "p of Holm"):
        assert said in shown


@settings(max_examples=30)
@given(st.lists(any_sample(), min_size=1, max_size=2), st.sampled_from(LABELS))
def test_whatever_runs_hold_the_page_has_its_own_elements_only(
    samples: list[Any], model: str
) -> None:
    run = run_of(*samples, model=model, of_my_own=LABELS)
    found = compare(
        [run, replace(run, settings={"model": "x"})], conventions=["strict"], resamples=100
    )
    assert_harmless(found.to_html())
    assert json.loads(found.to_json())["texts"] == len(samples)
