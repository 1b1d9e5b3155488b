"""Exact, partial, type: a table to check by eye, laws, and nervaluate as the oracle."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nervaluate import Evaluator

from schema_ner.scoring import score
from schema_ner.spans import Span

LABELS = ["PER", "ORG", "LOC"]
THEIR_NAMES = {"exact": "exact", "partial": "partial", "type": "ent_type"}
VERDICTS = ("correct", "incorrect", "partial", "missed", "spurious")

Place = tuple[int, int, str]


def spans(places: Any) -> list[Span]:
    return [Span(start, end, label, "x" * (end - start)) for start, end, label in places]


def read(written: str) -> list[Span]:
    """``0-3:PER 5-9:LOC`` as spans of a text of x's."""
    parts = (part.replace(":", "-").split("-") for part in written.split())
    return spans((int(start), int(end), label) for start, end, label in parts)


# correct, incorrect, partial, missed, spurious
@pytest.mark.parametrize(
    ("gold", "predicted", "exact", "partial", "type_"),
    [
        pytest.param("0-4:A", "0-4:A", "1 0 0 0 0", "1 0 0 0 0", "1 0 0 0 0", id="all right"),
        pytest.param("0-4:A", "0-4:B", "1 0 0 0 0", "1 0 0 0 0", "0 1 0 0 0", id="wrong type"),
        pytest.param("0-4:A", "0-3:A", "0 1 0 0 0", "0 0 1 0 0", "1 0 0 0 0", id="wrong border"),
        pytest.param("0-4:A", "0-3:B", "0 1 0 0 0", "0 0 1 0 0", "0 1 0 0 0", id="both wrong"),
        pytest.param("0-4:A", "4-6:A", "0 0 0 1 1", "0 0 0 1 1", "0 0 0 1 1", id="side by side"),
        pytest.param("0-4:A", "", "0 0 0 1 0", "0 0 0 1 0", "0 0 0 1 0", id="missed"),
        pytest.param("", "0-4:A", "0 0 0 0 1", "0 0 0 0 1", "0 0 0 0 1", id="made up"),
        pytest.param("", "", "0 0 0 0 0", "0 0 0 0 0", "0 0 0 0 0", id="nothing"),
        pytest.param(
            "0-9:A", "0-4:A 5-9:A", "0 1 0 0 1", "0 0 1 0 1", "1 0 0 0 1", id="one taken once"
        ),
        pytest.param(
            "0-4:A 5-9:B", "0-9:B", "0 1 0 1 0", "0 0 1 1 0", "1 0 0 1 0", id="two under one"
        ),
        pytest.param(
            "0-4:A", "0-3:A 0-4:A", "0 1 0 0 1", "0 0 1 0 1", "1 0 0 0 1", id="the first takes it"
        ),
        pytest.param(
            "0-8:A 1-8:A", "2-8:A", "0 1 0 1 0", "0 0 1 1 0", "1 0 0 1 0", id="nearest borders"
        ),
        pytest.param(
            "0-101:A", "100-105:A", "0 0 0 1 1", "0 0 0 1 1", "0 0 0 1 1", id="under a hundredth"
        ),
        pytest.param(
            "0-100:A", "99-105:A", "0 1 0 0 0", "0 0 1 0 0", "1 0 0 0 0", id="a hundredth"
        ),
    ],
)
def test_verdicts(gold: str, predicted: str, exact: str, partial: str, type_: str) -> None:
    """What becomes of a prediction, for each convention."""
    for convention, expected in (("exact", exact), ("partial", partial), ("type", type_)):
        extra = score([read(gold)], [read(predicted)], convention).extra
        assert [extra[verdict] for verdict in VERDICTS] == list(map(int, expected.split()))


def test_a_partial_overlap_is_half_a_point() -> None:
    got = score([read("0-4:A 5-9:A")], [read("0-4:B 5-8:A 10-12:A")], "partial")
    assert (got.precision, got.recall, got.f1) == (0.5, 0.75, 0.6)
    assert (got.support, got.predicted, got.correct) == (2, 3, 1.5)


def test_figures_of_a_type_come_from_its_own_spans() -> None:
    """A prediction of another type is right for the headline of exact, and for neither type."""
    got = score([read("0-4:A")], [read("0-4:B")], "exact")
    assert got.f1 == 1.0
    assert {label: one.correct for label, one in got.per_type.items()} == {"A": 0, "B": 0}
    assert got.macro_f1 == 0.0


def test_labels_limit_both_sides() -> None:
    gold, predicted = [read("0-4:A 5-9:B")], [read("0-4:B 5-9:B")]
    limited = score(gold, predicted, "exact", labels=["B", "C"])
    assert (limited.support, limited.predicted, limited.correct) == (1, 2, 1)
    assert list(limited.per_type) == ["B", "C"]


@st.composite
def places(draw: st.DrawFn) -> list[Place]:
    """Spans of one text, which may overlap; some so long that a character is no overlap."""
    length = st.one_of(st.integers(1, 5), st.integers(95, 250))
    span = st.tuples(st.integers(0, 12), length, st.sampled_from(LABELS))
    drawn = draw(st.lists(span, max_size=6))
    return sorted({(start, start + length, label) for start, length, label in drawn})


def flat(given_: list[Place]) -> list[Place]:
    kept: list[Place] = []
    for place in given_:
        if not kept or kept[-1][1] <= place[0]:
            kept.append(place)
    return kept


TEXTS = st.lists(st.tuples(places(), places()), min_size=1, max_size=4)


def theirs(texts: list[tuple[list[Place], list[Place]]]) -> Any:
    """What nervaluate says; the ends that it takes are those of the last characters."""
    gold, predicted = (
        [[{"label": lab, "start": s, "end": e - 1} for s, e, lab in text[i]] for text in texts]
        for i in (0, 1)
    )
    return Evaluator(gold, predicted, tags=LABELS, loader="dict").evaluate()


def agree(ours: Any, theirs_: Any) -> bool:
    return all(
        getattr(ours, figure) == pytest.approx(getattr(theirs_, figure))
        for figure in ("precision", "recall", "f1")
    ) and (ours.support, ours.predicted) == (theirs_.possible, theirs_.actual)


@given(TEXTS)
def test_all_three_are_what_nervaluate_says(texts: list[tuple[list[Place], list[Place]]]) -> None:
    """Overall, of each type, and each verdict; also where spans overlap on one side."""
    expected = theirs(texts)
    gold, predicted = [spans(g) for g, _ in texts], [spans(p) for _, p in texts]
    for convention, name in THEIR_NAMES.items():
        ours = score(gold, predicted, convention)
        total = expected["overall"][name]
        assert agree(ours, total)
        assert dict(ours.extra) == {verdict: getattr(total, verdict) for verdict in VERDICTS}
        assert set(ours.per_type) == set(expected["entities"])
        for label, one in ours.per_type.items():
            assert agree(one, expected["entities"][label][name])


@given(TEXTS)
def test_strict_is_what_nervaluate_says_where_spans_are_flat(
    texts: list[tuple[list[Place], list[Place]]],
) -> None:
    texts = [(flat(gold), flat(predicted)) for gold, predicted in texts]
    ours = score([spans(g) for g, _ in texts], [spans(p) for _, p in texts], "strict")
    assert agree(ours, theirs(texts)["overall"]["strict"])


@pytest.mark.parametrize("convention", list(THEIR_NAMES))
@given(TEXTS, st.randoms())
def test_order_and_repeats_change_nothing(convention: str, texts: Any, random: Any) -> None:
    """Spans are a set: they may come in any order, and one said twice is said once."""
    gold, predicted = [spans(g) for g, _ in texts], [spans(p) for _, p in texts]
    first = score(gold, predicted, convention)
    for side in (*gold, *predicted):
        side.extend(side[:2])
        random.shuffle(side)
    assert score(gold, predicted, convention) == first


@given(places(), st.lists(st.integers(0, 5), max_size=3))
def test_gold_is_right_by_every_convention(gold: list[Place], lost: list[int]) -> None:
    """What is said as gold says it is right; what is left out costs recall alone."""
    kept = [place for i, place in enumerate(gold) if i not in lost]
    for convention in THEIR_NAMES:
        got = score([spans(gold)], [spans(kept)], convention)
        assert (got.correct, got.predicted, got.support) == (len(kept), len(kept), len(gold))
