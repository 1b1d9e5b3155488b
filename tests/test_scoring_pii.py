"""Personal data: what leaks, what is hidden for nothing; by hand, and naively over characters."""

from __future__ import annotations

from typing import Any

import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.scoring import score
from schema_ner.spans import Span

TEXT = "Ada Lovelace, born 1815, ada@x.org"


def spans(text: str, written: str) -> list[Span]:
    """``0-12:NAME`` as spans of a text."""
    found = []
    for part in written.split():
        place, label = part.split(":")
        start, end = map(int, place.split("-"))
        found.append(Span(start, end, label, text[start:end]))
    return found


def scored(gold: str, predicted: str, **asked: Any) -> Any:
    return score([spans(TEXT, gold)], [spans(TEXT, predicted)], "pii", **asked)


GOLD = "0-12:NAME 19-23:DATE 25-34:EMAIL"  # 11 + 4 + 9 characters without the blank


@pytest.mark.parametrize(
    ("predicted", "leaked", "over_redacted", "recall_any_type"),
    [
        pytest.param(GOLD, 0, 0, 1, id="all found"),
        pytest.param("", 1, 0, 0, id="nothing found: all leaks, nothing is hidden for nothing"),
        pytest.param("0-12:NAME", 13 / 24, 0, 1 / 3, id="one of three"),
        pytest.param("0-12:EMAIL", 13 / 24, 0, 1 / 3, id="under another type it is hidden as well"),
        pytest.param(
            "0-3:NAME 4-12:NAME", 13 / 24, 0, 1 / 3, id="in two parts: a blank is nothing"
        ),
        pytest.param("0-11:NAME", 14 / 24, 0, 0, id="a letter that stays readable"),
        pytest.param("0-18:NAME", 13 / 24, 5 / 16, 1 / 3, id="the words behind it too: ',born'"),
        pytest.param("0-34:X", 0, 6 / 30, 1, id="all is hidden: ',born,' too"),
        pytest.param("0-12:NAME 0-12:X 1-3:X", 13 / 24, 0, 1 / 3, id="each character once"),
    ],
)
def test_by_hand(
    predicted: str, leaked: float, over_redacted: float, recall_any_type: float
) -> None:
    got = scored(GOLD, predicted).extra
    assert got["leaked"] == pytest.approx(leaked)
    assert got["over_redacted"] == pytest.approx(over_redacted)
    assert got["recall_any_type"] == pytest.approx(recall_any_type)


def test_the_headline_is_strict_and_f2_weighs_recall() -> None:
    """2 of 4 found among 3 predicted: P 2/3, R 1/2, F1 4/7, F2 5PR / (4P + R) = 10/19."""
    got = scored("0-3:A 4-12:A 14-18:A 19-23:A", "0-3:A 4-12:A 19-23:B")
    precision, recall = 2 / 3, 1 / 2
    assert (got.precision, got.recall, got.f1) == pytest.approx((precision, recall, 4 / 7))
    f2 = 5 * precision * recall / (4 * precision + recall)
    assert got.extra["f2"] == pytest.approx(f2) == pytest.approx(10 / 19)
    assert got.per_type["B"].predicted == 1
    turned = scored("0-3:A 4-12:A 19-23:B", "0-3:A 4-12:A 14-18:A 19-23:A")
    assert turned.extra["f2"] > turned.f1 == pytest.approx(4 / 7)  # the recall is the better one


def test_recall_by_type_is_of_gold_types() -> None:
    got = scored("0-3:NAME 4-12:NAME 19-23:DATE", "0-12:X 19-22:DATE").extra
    by_type = {name: share for name, share in got.items() if name.startswith("recall_any_type:")}
    assert by_type == {"recall_any_type:DATE": 0, "recall_any_type:NAME": 1}
    assert got["recall_any_type"] == pytest.approx(2 / 3)


def test_with_labels_other_types_hide_nothing() -> None:
    got = scored("0-12:NAME 19-23:DATE", "0-12:X 19-23:DATE", labels=["NAME", "DATE"]).extra
    assert got["leaked"] == pytest.approx(11 / 15)


def test_shares_of_nothing_are_0() -> None:
    got = scored("", "").extra
    assert set(got.values()) == {0}
    assert not any(name.startswith("recall_any_type:") for name in got)


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[list[Span], list[Span]]:
    text, ranges = draw(strategies.text_with_ranges(max_ranges=8))
    sides: tuple[list[Span], list[Span]] = ([], [])
    for start, end in ranges:
        span = Span(start, end, draw(st.sampled_from("AB")), text[start:end])
        draw(st.sampled_from(sides)).append(span)
    return sides


@given(st.lists(texts_with_spans(), max_size=3))
def test_shares_are_of_characters_and_of_whole_spans(texts: Any) -> None:
    """Naively: the set of places, each asked for every span."""
    sensitive, redacted, both, spans_of_gold, hidden = 0, 0, 0, 0, 0
    for gold, said in texts:
        right, hides = (
            {at for s in side for at in range(s.start, s.end) if s.text[at - s.start].strip()}
            for side in (gold, said)
        )
        sensitive, redacted, both = (
            sensitive + len(right),
            redacted + len(hides),
            both + len(right & hides),
        )
        for start, end, _ in {s.order for s in gold}:
            spans_of_gold += 1
            hidden += all(at in hides for at in range(start, end) if at in right)
    got = score([g for g, _ in texts], [p for _, p in texts], "pii").extra
    assert (got["sensitive_characters"], got["redacted_characters"]) == (sensitive, redacted)
    assert got["leaked"] * sensitive == pytest.approx(sensitive - both)
    assert got["over_redacted"] * redacted == pytest.approx(redacted - both)
    assert got["recall_any_type"] * spans_of_gold == pytest.approx(hidden)


@given(st.lists(texts_with_spans(), max_size=3))
def test_more_predictions_never_leak_more(texts: Any) -> None:
    gold = [g for g, _ in texts]
    fewer = score(gold, [p[:1] for _, p in texts], "pii").extra
    more = score(gold, [p for _, p in texts], "pii").extra
    assert more["leaked"] <= fewer["leaked"]
    assert more["recall_any_type"] >= fewer["recall_any_type"]
    assert score(gold, gold, "pii").extra["leaked"] == 0
