"""The three overlap policies."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.errors import InputError
from schema_ner.overlap import resolve
from schema_ner.spans import Span


def spans(text: str) -> list[Span]:
    """``"0-3:A .9, 1-2:B"`` as spans over a text of digits."""
    made = []
    for part in text.split(","):
        place, _, score = part.strip().partition(" ")
        offsets, _, label = place.partition(":")
        start, end = map(int, offsets.split("-"))
        number = float(score) if score else None
        made.append(Span(start, end, label, "0123456789"[start:end], number))
    return made


def written(kept: tuple[Span, ...]) -> str:
    return ", ".join(f"{s.start}-{s.end}:{s.label}" for s in kept)


@pytest.mark.parametrize(
    ("given_spans", "policy", "kept"),
    [
        pytest.param("0-3:A .5, 2-5:B .9", "flat", "2-5:B", id="the higher score wins"),
        pytest.param("0-3:A, 1-3:B .1", "flat", "1-3:B", id="an unknown score is below any score"),
        pytest.param("0-3:A 0.0, 0-9:B", "flat", "0-3:A", id="even below a score of nought"),
        pytest.param("0-2:A .5, 1-4:B .5", "flat", "1-4:B", id="of equals the longer wins"),
        pytest.param("2-4:A .5, 1-3:B .5", "flat", "1-3:B", id="then the earlier"),
        pytest.param("0-2:B, 0-2:A", "flat", "0-2:B", id="then the one given first"),
        pytest.param("0-2:A, 2-4:B", "flat", "0-2:A, 2-4:B", id="neighbours do not overlap"),
        pytest.param(
            "0-4:A .9, 3-6:B .8, 5-8:C .7", "flat", "0-4:A, 5-8:C", id="a loser blocks nobody"
        ),
        pytest.param("0-9:A .1, 2-4:B .9", "flat", "2-4:B", id="flat keeps nothing around a span"),
        pytest.param("0-9:A .1, 2-4:B .9", "nested", "0-9:A, 2-4:B", id="nested keeps both"),
        pytest.param("0-4:A, 2-6:B", "nested", "0-4:A", id="nested keeps no crossing pair"),
        pytest.param("0-4:A .1, 2-6:B .9", "nested", "2-6:B", id="crossing from the left"),
        pytest.param("2-6:A .9, 4-8:B .1", "nested", "2-6:A", id="crossing from the right"),
        pytest.param("0-4:A, 0-2:B, 2-4:C", "nested", "0-2:B, 0-4:A, 2-4:C", id="shared edges"),
        pytest.param("0-4:A, 0-4:B", "nested", "0-4:A, 0-4:B", id="one range, two types"),
        pytest.param("0-4:A, 2-6:B", "all", "0-4:A, 2-6:B", id="all keeps crossing pairs"),
        pytest.param("0-4:A .1, 0-4:A .2", "all", "0-4:A", id="all keeps no copies"),
    ],
)
def test_what_is_kept(given_spans: str, policy: str, kept: str) -> None:
    assert written(resolve(spans(given_spans), policy)[0]) == kept


def test_a_loser_is_told_who_won_and_where() -> None:
    _, (loser,) = resolve(spans("0-3:A .5, 2-5:B .9"), "flat")
    assert (loser.text, loser.label, loser.status) == ("012", "A", "overlap")
    assert loser.reason == "[0:3) overlaps 'B' '234' at [2:5)"


@pytest.mark.parametrize("policy", ["flat", "nested", "all"])
def test_a_copy_is_a_duplicate_and_the_higher_score_stays(policy: str) -> None:
    (kept,), (loser,) = resolve(spans("0-3:A .5, 0-3:A .9"), policy)
    assert kept.score == 0.9
    assert loser.status == "duplicate"
    assert loser.reason == "[0:3) says the same as 'A' '012' at [0:3)"


def test_an_unknown_policy_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="'loose' is unknown; use one of flat, nested, all"):
        resolve([], "loose")


def crossing(a: Span, b: Span) -> bool:
    return a.start < b.start < a.end < b.end or b.start < a.start < b.end < a.end


ALLOWED = {
    "flat": lambda a, b: not a.overlaps(b),
    "nested": lambda a, b: a.order != b.order and not crossing(a, b),
    "all": lambda a, b: a.order != b.order,
}


@st.composite
def many_spans(draw: st.DrawFn) -> list[Span]:
    starts = st.integers(0, 12)
    lengths = st.integers(1, 6)
    scores = st.none() | st.sampled_from([0.0, 0.5, 1.0])
    raw = draw(st.lists(st.tuples(starts, lengths, st.sampled_from("AB"), scores), max_size=20))
    return [Span(s, s + n, label, "x" * n, score) for s, n, label, score in raw]


@given(many_spans(), st.sampled_from(["flat", "nested", "all"]))
def test_what_every_policy_promises(found: list[Span], policy: str) -> None:
    """No two kept spans offend, every loser has a stronger or equal rival, nothing is lost."""
    kept, losers = resolve(found, policy)
    assert len(kept) + len(losers) == len(found)
    assert list(kept) == sorted(kept, key=lambda s: s.order)
    allowed = ALLOWED[policy]
    assert all(allowed(a, b) for i, a in enumerate(kept) for b in kept[i + 1 :])
    # the plain quadratic rule, strongest first
    expected: list[Span] = []
    strength = sorted(
        found, key=lambda s: (1.0 if s.score is None else -s.score, s.start - s.end, s.start)
    )
    for span in strength:
        if all(allowed(span, other) for other in expected):
            expected.append(span)
    assert list(kept) == sorted(expected, key=lambda s: s.order)


@pytest.mark.parametrize("policy", ["flat", "nested", "all"])
def test_many_spans_take_seconds_at_most(policy: str) -> None:
    """20,000 spans, and 2,000 more one inside the other."""
    size = 20_000
    deep = [Span(i, 2 * size - i, "A", "x" * (2 * size - 2 * i)) for i in range(2_000)]
    flat = [Span(i, i + 3, "B", "xxx") for i in range(size)]
    begun = time.process_time()
    resolve([*deep, *flat], policy)
    assert time.process_time() - begun < 10
