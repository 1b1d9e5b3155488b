"""Balance of splits, against scipy and by hand; and whether conventions agree on an order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from schema_ner.errors import InputError
from schema_ner.scoring import names, score
from schema_ner.scoring.balance import balance, of_counts, total_variation
from schema_ner.scoring.ranks import rank
from schema_ner.spans import Document, Span

counts = st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 50))
tables = st.dictionaries(st.sampled_from(["train", "dev", "test"]), counts, min_size=1)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ({"A": 1, "B": 1}, {"A": 10, "B": 10}, 0.0),
        ({"A": 1}, {"B": 5}, 1.0),
        ({"A": 3, "B": 1}, {"A": 1, "B": 1}, 0.25),
        ({"A": 1}, {}, None),
        ({"A": 0}, {"A": 1}, None),
    ],
)
def test_total_variation(one: Any, other: Any, distance: float | None) -> None:
    assert total_variation(one, other) == distance


@given(counts, counts, counts, st.integers(1, 5))
def test_total_variation_is_a_distance_of_shares(
    one: Any, two: Any, three: Any, times: int
) -> None:
    """Between 0 and 1, the same both ways, blind to size, no shorter by a detour."""
    assume(all(sum(each.values()) for each in (one, two, three)))
    there = total_variation(one, two)
    assert there is not None
    assert 0 <= there <= 1
    assert there == pytest.approx(total_variation(two, one))
    assert total_variation(one, {n: times * count for n, count in one.items()}) == pytest.approx(0)
    first, second = total_variation(one, three), total_variation(three, two)
    assert first is not None
    assert second is not None
    assert there <= first + second + 1e-12


@given(tables)
def test_the_effect_size_is_that_of_scipy(table: Any) -> None:
    found = of_counts(table)
    rows = np.array([[one[label] for label in found.labels] for one in found.counts.values()])
    if rows.size:
        rows = rows[rows.sum(axis=1) > 0][:, rows.sum(axis=0) > 0]
    if min(rows.shape) < 2:
        assert (found.chi_square, found.cramers_v) == (None, None)
        return
    expected = stats.contingency.chi2_contingency(rows, correction=False).statistic
    assert found.chi_square == pytest.approx(expected)
    assert found.cramers_v == pytest.approx(stats.contingency.association(rows, method="cramer"))


@given(tables)
def test_shares_add_up(table: Any) -> None:
    found = of_counts(table)
    for split, said in found.counts.items():
        assert {n: count for n, count in said.items() if count} == {
            n: count for n, count in table[split].items() if count
        }
        total = sum(found.share(split, label) for label in found.labels)
        assert total == pytest.approx(1.0 if any(said.values()) else 0.0)
        assert all(not said[label] for label in found.absent(split))
    if len(table) == 1:
        assert set(found.distances.values()) <= {0.0, None}


def test_from_documents() -> None:
    def document(labels: str) -> Document:
        spans = (Span(at, at + 1, label, "x") for at, label in enumerate(labels))
        return Document("x" * 9, tuple(spans))

    found = balance({"train": iter([document("AAB"), document("A")]), "test": [document("BB")]})
    assert found.counts == {"train": {"A": 3, "B": 1}, "test": {"A": 0, "B": 2}}
    assert found.distances == {"train": pytest.approx(0.25), "test": pytest.approx(0.5)}
    assert found.absent("test") == ("A",)
    assert found.cramers_v == pytest.approx(0.7071, abs=1e-4)
    data = found.to_dict()
    assert data["splits"]["train"]["shares"] == {"A": 0.75, "B": 0.25}
    assert data["splits"]["test"]["absent"] == ["A"]


def test_no_splits_and_no_spans() -> None:
    assert of_counts({}).to_dict() == {"splits": {}, "chi_square": None, "cramers_v": None}
    assert of_counts({"train": {}}).distances == {"train": None}


# --- ranks


def at(start: int, end: int, label: str) -> Span:
    return Span(start, end, label, "x" * (end - start))


def test_conventions_that_disagree_are_named() -> None:
    """One system has the borders and not the type, the other touches each with the right type."""
    gold = [[at(0, 3, "A"), at(5, 8, "A")]]
    borders = [[at(0, 3, "B"), at(5, 8, "B")]]
    types = [[at(0, 2, "A"), at(5, 7, "A")]]
    three = ("strict", "exact", "type")
    by_name = [{n: score(gold, said, n) for n in three} for said in (borders, types)]
    found = rank(*by_name)
    assert (found.first, found.second, found.equal) == (("exact",), ("type",), ("strict",))
    assert not found.agree
    assert found.warning("a.jsonl", "b.jsonl") == (
        "conventions disagree on which is better: a.jsonl by exact; b.jsonl by type"
    )
    assert found.to_dict()["agree"] is False
    back = rank(*reversed(by_name))
    assert (back.first, back.second) == (found.second, found.first)


def test_conventions_that_agree_say_nothing() -> None:
    gold, nothing = [[at(0, 3, "A")]], [[]]
    plain = [n for n in names() if n in ("strict", "exact", "partial", "type", "gollie")]
    best, worst = ({n: score(gold, said, n) for n in plain} for said in (gold, nothing))
    assert rank(best, worst).first == tuple(plain)
    assert rank(best, worst).warning("a", "b") is None
    assert rank(best, best).equal == tuple(plain)


def test_personal_data_ranks_by_f2_and_by_what_leaks() -> None:
    """Not by F1.  The first finds half and no more; the second all, and as much that is nothing."""
    gold = [[at(0, 3, "A"), at(5, 8, "A")]]
    careful = [[at(0, 3, "A")]]
    eager = [[*gold[0], *(at(n, n + 1, "A") for n in range(10, 14))]]
    sides = [{"pii": score(gold, said, "pii")} for said in (careful, eager)]
    assert sides[0]["pii"].f1 > sides[1]["pii"].f1
    assert rank(*sides).second == ("pii f2", "pii leaked")
    assert rank(*reversed(sides)).first == ("pii f2", "pii leaked")
    # the right places under a wrong type leak nothing
    mistyped = [[at(0, 3, "B"), at(5, 8, "B")]]
    sides[1] = {"pii": score(gold, mistyped, "pii")}
    found = rank(*sides)
    assert (found.first, found.second) == (("pii f2",), ("pii leaked",))


def test_accuracy_ranks_nobody() -> None:
    """Who finds nothing is right about most tokens."""
    text = "abcdefghijklm"
    every = [Span(n, n + 1, "A", text[n]) for n in range(6)]
    gold = [Document(text, (every[0],), None, tuple((n, n + 1) for n in range(13)))]
    sides = [{"token": score(gold, [said], "token")} for said in ([], every)]
    accuracies = [side["token"].extra["token_accuracy"] for side in sides]
    assert accuracies == [12 / 13, 8 / 13]
    assert rank(*sides).to_dict() == {"first": [], "second": ["token"], "equal": [], "agree": True}


def test_both_need_the_same_conventions() -> None:
    scores = {"strict": score([], [])}
    with pytest.raises(InputError, match="the convention 'strict' has a score of one system only"):
        rank(scores, {})
