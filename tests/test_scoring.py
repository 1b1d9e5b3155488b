"""Scores: a table to check by eye, laws on random spans, and seqeval as the oracle."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval import metrics
from seqeval.scheme import IOB2

from schema_ner import scoring
from schema_ner.errors import InputError
from schema_ner.scoring import score
from schema_ner.spans import Span

LABELS = ["PER", "ORG", "LOC"]


def spans(written: str) -> list[Span]:
    """``0-3:PER 5-9:LOC`` as spans of a text of x's."""
    found = []
    for part in written.split():
        place, label = part.split(":")
        start, end = map(int, place.split("-"))
        found.append(Span(start, end, label, "x" * (end - start)))
    return found


@pytest.mark.parametrize(
    ("gold", "predicted", "precision", "recall", "f1"),
    [
        pytest.param("0-3:PER", "0-3:PER", 1.0, 1.0, 1.0, id="same place, same type"),
        pytest.param("0-3:PER", "0-3:ORG", 0.0, 0.0, 0.0, id="wrong type: miss and false alarm"),
        pytest.param("0-3:PER", "0-4:PER", 0.0, 0.0, 0.0, id="wrong border: the same"),
        pytest.param("0-3:PER", "", 0.0, 0.0, 0.0, id="precision of nothing predicted is 0"),
        pytest.param("", "0-3:PER", 0.0, 0.0, 0.0, id="recall of nothing to find is 0"),
        pytest.param("", "", 0.0, 0.0, 0.0, id="nothing on either side is 0, not 1"),
        pytest.param("0-3:PER 4-6:LOC", "0-3:PER", 1.0, 0.5, 2 / 3, id="one of two found"),
        pytest.param("0-3:PER", "0-3:PER 0-3:LOC", 0.5, 1.0, 2 / 3, id="two types at one place"),
        pytest.param("0-3:PER 0-3:PER", "0-3:PER", 1.0, 1.0, 1.0, id="twice in gold is once"),
        pytest.param("0-3:PER", "0-3:PER 0-3:PER", 1.0, 1.0, 1.0, id="said twice is said once"),
    ],
)
def test_strict(gold: str, predicted: str, precision: float, recall: float, f1: float) -> None:
    """Strict: boundaries and type must both be right."""
    got = score([spans(gold)], [spans(predicted)])
    assert (got.precision, got.recall, got.f1) == (precision, recall, f1)


def test_a_span_of_another_text_does_not_count() -> None:
    assert score([spans("0-3:PER"), []], [[], spans("0-3:PER")]).correct == 0


def test_per_type_and_averages() -> None:
    gold = [spans("0-3:PER 4-6:PER 7-9:PER 10-12:LOC")]
    got = score(gold, [spans("0-3:PER 4-6:PER 7-9:PER 20-22:ORG")])
    assert {label: one.f1 for label, one in got.per_type.items()} == {"LOC": 0, "ORG": 0, "PER": 1}
    assert (got.support, got.predicted, got.correct) == (4, 4, 3)
    assert got.f1 == pytest.approx(3 / 4)
    assert got.macro_f1 == pytest.approx(1 / 3)
    assert got.weighted_f1 == pytest.approx(3 / 4)
    assert got.to_dict()["per_type"]["PER"]["support"] == 3


def test_labels_limit_both_sides_and_keep_their_order() -> None:
    gold, predicted = [spans("0-3:PER 4-6:MISC")], [spans("0-3:PER 7-9:MISC")]
    assert score(gold, predicted).f1 == 0.5
    limited = score(gold, predicted, labels=["PER", "LOC", "PER"])
    assert limited.f1 == 1.0
    assert list(limited.per_type) == ["PER", "LOC"]
    assert limited.macro_f1 == 0.5  # LOC was asked for and does not occur


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: score([[]], []), "texts: 1 in gold, 0 predicted"),
        (
            lambda: score([], [], convention="stric"),
            "is called 'stric'; known are: .*strict",
        ),
        (lambda: score([], [], labels=[]), "labels is empty"),
    ],
)
def test_bad_input_is_named(call: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        call()


def test_every_convention_says_in_one_line_what_it_counts() -> None:
    for name in scoring.names():
        found = scoring.find(name)
        assert found.name == name
        assert found.definition.endswith(".")
        assert "\n" not in found.definition
        assert scoring.score([], [], convention=name).convention == name


@st.composite
def tag_sequence(draw: st.DrawFn, length: int) -> list[str]:
    """A valid IOB2 sequence: I-X only behind B-X or I-X."""
    tags: list[str] = []
    for _ in range(length):
        choices = ["O"] * 2 + [f"B-{label}" for label in LABELS]
        if tags and tags[-1] != "O":
            choices += [f"I-{tags[-1][2:]}"] * 3
        tags.append(draw(st.sampled_from(choices)))
    return tags


@st.composite
def tag_pairs(draw: st.DrawFn) -> list[tuple[list[str], list[str]]]:
    lengths = draw(st.lists(st.integers(1, 8), min_size=1, max_size=5))
    return [(draw(tag_sequence(n)), draw(tag_sequence(n))) for n in lengths]


def of_tags(tags: list[str]) -> list[Span]:
    """Spans over token positions, read by hand so that no reader of ours is part of the proof."""
    found: list[tuple[int, int, str]] = []
    for i, tag in enumerate(tags):
        if tag.startswith("I-"):
            start, _, label = found.pop()
            found.append((start, i + 1, label))
        elif tag != "O":
            found.append((i, i + 1, tag[2:]))
    return [Span(s, e, label, "x" * (e - s)) for s, e, label in found]


@given(tag_pairs())
def test_strict_is_what_seqeval_says(pairs: list[tuple[list[str], list[str]]]) -> None:
    """On tags, strict equals seqeval's strict IOB2, whatever the average."""
    gold, predicted = [g for g, _ in pairs], [p for _, p in pairs]
    ours = score([of_tags(g) for g in gold], [of_tags(p) for p in predicted])
    theirs = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where it divides by zero
        for average in ("micro", "macro", "weighted"):
            for figure in ("precision", "recall", "f1"):
                measure = getattr(metrics, f"{figure}_score")
                asked = {"average": average, "mode": "strict", "scheme": IOB2, "zero_division": 0}
                # seqeval has no macro of no type at all
                any_type = bool(ours.per_type)
                theirs[average, figure] = measure(gold, predicted, **asked) if any_type else 0.0
    assert ours.precision == pytest.approx(theirs["micro", "precision"])
    assert ours.recall == pytest.approx(theirs["micro", "recall"])
    assert ours.f1 == pytest.approx(theirs["micro", "f1"])
    assert ours.macro_precision == pytest.approx(theirs["macro", "precision"])
    assert ours.macro_recall == pytest.approx(theirs["macro", "recall"])
    assert ours.macro_f1 == pytest.approx(theirs["macro", "f1"])
    assert ours.weighted_precision == pytest.approx(theirs["weighted", "precision"])
    assert ours.weighted_recall == pytest.approx(theirs["weighted", "recall"])
    assert ours.weighted_f1 == pytest.approx(theirs["weighted", "f1"])


@given(tag_pairs(), st.randoms())
def test_order_changes_nothing_and_sides_mirror(pairs: Any, random: Any) -> None:
    """Texts and spans may come in any order; swapping the sides swaps precision and recall."""
    both = [(of_tags(g), of_tags(p)) for g, p in pairs]
    first = score([g for g, _ in both], [p for _, p in both])
    random.shuffle(both)
    for gold, predicted in both:
        random.shuffle(gold)
        random.shuffle(predicted)
    again = score([g for g, _ in both], [p for _, p in both])
    assert again == first
    mirrored = score([p for _, p in both], [g for g, _ in both])
    assert (mirrored.precision, mirrored.recall, mirrored.f1) == (
        first.recall,
        first.precision,
        first.f1,
    )
