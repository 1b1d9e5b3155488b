"""Strings without places: cases worked by hand, and naive multisets and sets as the oracle."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.scoring import score
from schema_ner.scoring.strings import normalised
from schema_ner.spans import Document, Extraction, Rejected, Span


def items(*written: str) -> list[Span]:
    """``PER:Ada Lovelace`` as spans one behind the other: these conventions read no places."""
    found, at = [], 0
    for one in written:
        label, text = one.split(":", 1)
        found.append(Span(at, at + len(text), label, text))
        at += len(text)
    return found


def counts(convention: str, gold: list[str], predicted: list[str]) -> tuple[int, int, float]:
    got = score([items(*gold)], [items(*predicted)], convention)
    return got.support, got.predicted, got.correct


@pytest.mark.parametrize(
    ("gold", "predicted", "gollie", "uniner"),
    [
        # how many in gold, how many predicted, how many right
        pytest.param(["A:x"], ["A:x"], (1, 1, 1), (1, 1, 1), id="the same"),
        pytest.param(["A:x"], ["B:x"], (1, 1, 0), (1, 1, 0), id="another type"),
        pytest.param(["A:Who"], ["A:WHO"], (1, 1, 1), (1, 1, 1), id="case is nothing"),
        pytest.param(["A:x"], ["A: x\n"], (1, 1, 1), (1, 1, 1), id="blanks around are nothing"),
        pytest.param(["A:x y"], ["A:x  y"], (1, 1, 0), (1, 1, 1), id="blanks inside"),
        pytest.param(["A:x", "A:x"], ["A:x"], (2, 1, 1), (1, 1, 1), id="twice in gold"),
        pytest.param(["A:x"], ["A:x", "A:x"], (1, 2, 1), (1, 1, 1), id="said twice"),
        pytest.param(["A:x", "A:X"], ["A:X", "A:x"], (2, 2, 2), (1, 1, 1), id="twice on each side"),
        pytest.param(["A:The Who"], ["A:who"], (1, 1, 0), (1, 1, 1), id="an article"),
        pytest.param(["A:C++"], ["A:C#"], (1, 1, 0), (1, 1, 1), id="punctuation"),
        pytest.param(["A:x-y"], ["A:xy"], (1, 1, 0), (1, 1, 1), id="punctuation leaves no blank"),
        pytest.param(["A:A", "A:An"], [], (2, 0, 0), (1, 0, 0), id="empty counts, once"),
        pytest.param(["A:A"], ["A:An"], (1, 1, 0), (1, 1, 1), id="empty is empty"),
        pytest.param(["A:A"], ["B:A"], (1, 1, 0), (1, 1, 0), id="empty of another type"),
        pytest.param(["A:“x”"], ["A:x"], (1, 1, 0), (1, 1, 0), id="other than ASCII punctuation"),
        pytest.param(["A:é"], ["A:e\u0301"], (1, 1, 0), (1, 1, 0), id="Unicode form"),
        pytest.param(["A:ß"], ["A:SS"], (1, 1, 0), (1, 1, 0), id="lower-cased, not folded"),
    ],
)
def test_by_hand(
    gold: list[str],
    predicted: list[str],
    gollie: tuple[int, int, int],
    uniner: tuple[int, int, int],
) -> None:
    assert counts("gollie", gold, predicted) == gollie
    assert counts("uniner", gold, predicted) == uniner


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Who", "who"),
        ("a theatre and an  anthem", "theatre and anthem"),
        ("C++", "c"),
        ("A.", ""),
        ("Rock—the—Bay", "rock— —bay"),  # a blank stands where an article stood
        ("U.S.A. the", "usa"),
        ("o'an", "oan"),  # punctuation goes first, so the article is a part of a word by then
    ],
)
def test_normalisation(text: str, expected: str) -> None:
    """Lower, no ASCII punctuation, no articles, blanks joined: in this order."""
    assert normalised(text) == expected


def test_places_are_nothing_and_texts_are_apart() -> None:
    """The string must be in the same text; where is all one."""
    gold = [[Span(0, 3, "A", "abc")], []]
    for convention in ("gollie", "uniner"):
        assert score(gold, [[Span(7, 10, "A", "abc")], []], convention).correct == 1
        assert score(gold, [[], [Span(0, 3, "A", "abc")]], convention).correct == 0


def test_figures_are_micro() -> None:
    """Two texts, 3 gold, 2 predicted, 1 right: 1/2, 1/3, 2/5; the types apart."""
    gold, predicted = [items("A:x", "B:y"), items("A:z")], [items("A:x"), items("B:z")]
    for convention in ("gollie", "uniner"):
        got = score(gold, predicted, convention)
        assert (got.precision, got.recall, got.f1) == pytest.approx((1 / 2, 1 / 3, 2 / 5))
        assert {n: t.f1 for n, t in got.per_type.items()} == pytest.approx({"A": 2 / 3, "B": 0})
        only = score(gold, predicted, convention, labels=["A", "C"])
        assert (only.support, only.predicted, only.correct) == (2, 1, 1)
        assert list(only.per_type) == ["A", "C"]


def test_nothing_at_all_is_0() -> None:
    for convention in ("gollie", "uniner"):
        got = score([[]], [[]], convention)
        assert (got.precision, got.recall, got.f1) == (0, 0, 0)


def test_uniner_has_a_ten_billionth_in_its_denominators() -> None:
    got = score([items("A:x")], [items("A:x")], "uniner")
    ratio = 1 / (1 + 1e-10)
    assert got.precision == got.recall == ratio != 1
    assert got.f1 == 2 * ratio * ratio / (ratio + ratio + 1e-10)
    assert got.per_type["A"].f1 == got.f1


def test_what_was_invented_costs_nothing_and_is_counted() -> None:
    """GoLLIE's evaluation drops it before it counts, and says how many there were."""
    gold = [Document("Ada wrote.", (Span(0, 3, "A", "Ada"),))] * 2
    invented = Rejected("Bob", "A", "hallucinated", "not in the text")
    said = Extraction("Ada wrote.", (Span(0, 3, "A", "Ada"),), (invented, invented))
    got = score(gold, [said, said], "gollie")
    assert (got.f1, got.extra) == (1, {"rejected": 4})
    assert score(gold, gold, "gollie").extra == {}


def test_what_was_invented_of_other_types_is_not_counted() -> None:
    """With labels, as spans of other types are not; nor what has no type."""
    gold = [Document("Ada wrote.", (Span(0, 3, "A", "Ada"),))]
    invented = tuple(
        Rejected("Bob", label, "hallucinated", "not in the text") for label in ("A", "B", "B", None)
    )
    said = [Extraction("Ada wrote.", (), invented)]
    counts = {
        wanted: score(gold, said, "gollie", wanted).extra.get("rejected", 0)
        for wanted in (None, ("A",), ("B",), ("A", "B"), ("C",))
    }
    assert counts == {None: 4, ("A",): 1, ("B",): 2, ("A", "B"): 3, ("C",): 0}


TEXTS = st.one_of(
    st.sampled_from(["The Who", "who", "WHO ", "C++", "C#", "c", "A", "an", "THE", "x  y", "x y"]),
    st.text("aAnN tThHeE.-'İß", min_size=1, max_size=5),
)
SPANS = st.lists(
    st.builds(lambda label, text: f"{label}:{text}", st.sampled_from("AB"), TEXTS), max_size=6
)
SIDES = st.lists(st.tuples(SPANS, SPANS), max_size=4)


@given(SIDES)
def test_gollie_takes_one_gold_item_for_each_prediction(sides: Any) -> None:
    """Naively: strike a right prediction from the list of gold."""
    support = predicted = correct = 0
    for right, said in sides:
        left = [(g.split(":", 1)[0], g.split(":", 1)[1].lower().strip()) for g in right]
        support, predicted = support + len(left), predicted + len(said)
        for one in said:
            label, text = one.split(":", 1)
            if (label, text.lower().strip()) in left:
                left.remove((label, text.lower().strip()))
                correct += 1
    got = score([items(*g) for g, _ in sides], [items(*p) for _, p in sides], "gollie")
    assert (got.support, got.predicted, got.correct) == (support, predicted, correct)
    assert got.precision == (correct / predicted if predicted else 0)
    assert got.recall == (correct / support if support else 0)
    assert got.f1 == pytest.approx(2 * correct / (predicted + support) if correct else 0)


def squad(text: str) -> str:
    text = "".join(each for each in text.lower() if each not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


@given(SIDES)
def test_uniner_compares_sets_for_each_text_and_type(sides: Any) -> None:
    """Naively: one question a text and type, answered with a list without repeats."""
    support = predicted = correct = 0
    for sides_of_text in sides:
        for label in "AB":
            gold: list[str] = []
            said: list[str] = []
            for written, answers in zip(sides_of_text, (gold, said), strict=True):
                for one in written:
                    if one[0] == label and squad(one[2:]) not in answers:
                        answers.append(squad(one[2:]))
            support, predicted = support + len(gold), predicted + len(said)
            correct += sum(answer in gold for answer in said)
    got = score([items(*g) for g, _ in sides], [items(*p) for _, p in sides], "uniner")
    assert (got.support, got.predicted, got.correct) == (support, predicted, correct)
    precision, recall = correct / (predicted + 1e-10), correct / (support + 1e-10)
    f1 = 2 * precision * recall / (precision + recall + 1e-10)
    assert (got.precision, got.recall, got.f1) == (precision, recall, f1)
