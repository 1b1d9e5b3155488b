"""Intervals and significance: simulations whose truth is known, and the slow way as the oracle."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema_ner import scoring
from schema_ner.errors import InputError
from schema_ner.scoring import bootstrap
from schema_ner.scoring.base import Convention, Pair, TypeScore, micro
from schema_ner.scoring.resampling import Pool
from schema_ner.spans import Document, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner.scoring.base import Score

    Texts = list[list[Span]]

TEXT = "abcdefghij klmnopqrst uvwxyzabcd efghijklmn opqrstuvwx"


def at(place: int, label: str = "A") -> Span:
    return Span(place, place + 1, label, TEXT[place])


def simulated(rng: np.random.Generator, texts: int, *skills: float) -> tuple[Texts, list[Texts]]:
    """Gold with one to four spans a text; systems that find each with their probability.

    Each system also says one wrong thing in every second text.
    """
    gold = [[at(2 * n) for n in range(rng.integers(1, 5))] for _ in range(texts)]
    systems = []
    for skill in skills:
        found = [[span for span in spans if rng.random() < skill] for spans in gold]
        systems.append([[*spans, *([at(9)] if rng.random() < 0.5 else [])] for spans in found])
    return gold, systems


def true_f1(skill: float) -> float:
    """2.5 gold spans a text are expected, 2.5 · skill right ones, and half a wrong one."""
    return 2 * 2.5 * skill / (2.5 + 2.5 * skill + 0.5)


def test_intervals_hold_the_truth_as_often_as_their_level_says() -> None:
    """Over 150 data sets of 50 texts, with figures whose true value is known."""
    rng = np.random.default_rng(5)
    held = {0.5: 0, 0.9: 0}
    for number in range(150):
        gold, (said,) = simulated(rng, 50, 0.7)
        for level in held:
            found = bootstrap.interval(gold, said, level=level, resamples=200, seed=number)
            assert found.low <= found.value <= found.high
            held[level] += found.low <= true_f1(0.7) <= found.high
    assert held[0.5] / 150 == pytest.approx(0.5, abs=0.1)
    assert held[0.9] / 150 == pytest.approx(0.9, abs=0.06)


def test_a_system_does_not_differ_from_itself() -> None:
    gold, (said,) = simulated(np.random.default_rng(0), 40, 0.7)
    for convention in ("strict", "partial", "gollie"):
        found = bootstrap.compare(gold, said, said, convention, resamples=100)
        assert (found.difference.value, found.difference.low, found.difference.high) == (0, 0, 0)
        assert (found.p_bootstrap, found.p_randomisation) == (1.0, 1.0)
        assert found.first == found.second


def test_equal_skill_is_seldom_significant_and_more_skill_is() -> None:
    """At 0.1, about one of ten comparisons of equally good systems comes out significant."""
    rng = np.random.default_rng(3)
    called = np.zeros(2)
    for number in range(80):
        gold, (one, other) = simulated(rng, 40, 0.6, 0.6)
        found = bootstrap.compare(gold, one, other, resamples=100, seed=number)
        called += (found.p_bootstrap < 0.1, found.p_randomisation < 0.1)
    assert (called / 80 <= 0.2).all()
    assert (called > 0).all()
    gold, (weak, strong) = simulated(rng, 60, 0.5, 0.8)
    found = bootstrap.compare(gold, weak, strong)
    assert found.difference.low > 0
    assert max(found.p_bootstrap, found.p_randomisation) < 0.01


def test_an_interval_is_what_a_plain_loop_gives() -> None:
    """Draw texts, score them, sort: the same numbers."""
    gold, (said,) = simulated(np.random.default_rng(1), 12, 0.6)
    draw = np.random.default_rng((7, 0))
    f1s = []
    for _ in range(100):
        rows = draw.integers(0, 12, 12)
        f1s.append(scoring.score([gold[n] for n in rows], [said[n] for n in rows]).f1)
    found = bootstrap.interval(gold, said, resamples=100, seed=7, level=0.8)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(f1s, [0.1, 0.9])))
    assert found.value == scoring.score(gold, said).f1


def test_randomisation_comes_near_to_every_shuffle() -> None:
    """Of nine texts there are 512 ways to swap systems; their share is the exact p-value."""
    gold, (one, other) = simulated(np.random.default_rng(3), 9, 0.5, 0.75)
    observed = scoring.score(gold, other).f1 - scoring.score(gold, one).f1
    beyond = 0
    for coins in product((False, True), repeat=9):
        both = [(b, a) if coin else (a, b) for a, b, coin in zip(one, other, coins, strict=True)]
        first, second = zip(*both, strict=True)
        gain = scoring.score(gold, second).f1 - scoring.score(gold, first).f1
        beyond += abs(gain) >= abs(observed) - 1e-12
    found = bootstrap.compare(gold, one, other, resamples=4_000)
    assert 0.01 < beyond / 512 < 0.5  # else the comparison shows nothing
    assert found.p_randomisation == pytest.approx(beyond / 512, abs=0.02)


@given(st.integers(0, 10_000), st.sampled_from(["strict", "klue-entity", "type"]))
def test_swapping_the_systems_turns_the_sign_alone(seed: int, convention: str) -> None:
    gold, systems = simulated(np.random.default_rng(seed), 8, 0.4, 0.7)
    documents = [Document(TEXT, tuple(spans)) for spans in gold]
    there = bootstrap.compare(documents, *systems, convention, resamples=100, seed=seed)
    back = bootstrap.compare(documents, *reversed(systems), convention, resamples=100, seed=seed)
    assert there.difference.value == pytest.approx(-back.difference.value)
    assert there.difference.low == pytest.approx(-back.difference.high)
    assert there.p_bootstrap == back.p_bootstrap
    assert there.p_randomisation == back.p_randomisation
    assert there.first == back.second


def test_a_seed_gives_the_same_numbers_again() -> None:
    gold, systems = simulated(np.random.default_rng(2), 30, 0.5, 0.7)
    one = bootstrap.compare(gold, *systems, seed=4)
    assert bootstrap.compare(gold, *systems, seed=4) == one
    assert bootstrap.compare(gold, *systems, seed=5) != one
    assert one.first == bootstrap.interval(gold, systems[0], seed=4)
    assert one.to_dict()["difference"]["seed"] == 4


@pytest.mark.parametrize("figure", ["precision", "recall"])
def test_other_headline_figures(figure: Any) -> None:
    gold, (said,) = simulated(np.random.default_rng(2), 30, 0.5)
    for convention in ("strict", "uniner"):
        found = bootstrap.interval(gold, said, convention, figure=figure)
        assert found.value == getattr(scoring.score(gold, said, convention), figure)
        assert found.low < found.value < found.high


def test_any_figure_has_an_interval() -> None:
    """Those of types too, which a sample may lack; unasked, what the convention is about."""
    gold, (said,) = simulated(np.random.default_rng(2), 30, 0.5)
    gold[0] = [at(0, "RARE")]
    score = scoring.score(gold, said, "pii")
    for figure in ("f2", "leaked", "macro_f1", "recall_any_type:RARE"):
        found = bootstrap.interval(gold, said, "pii", figure=figure, resamples=100)
        assert (found.value, found.figure) == (score.figure(figure), figure)
        assert found.low <= found.value <= found.high
    plain = {name: bootstrap.interval(gold, said, name, resamples=100) for name in ("pii", "exact")}
    assert {name: one.figure for name, one in plain.items()} == {"pii": "f2", "exact": "f1"}
    assert bootstrap.compare(gold, said, said, "pii", resamples=100).first == plain["pii"]


# --- the short way

spans = st.builds(at, st.integers(0, 9), st.sampled_from(["A", "B", "PS", "rare"]))
sides = st.lists(spans, max_size=4).map(tuple)
pairs = st.lists(
    st.builds(Pair, sides, sides, st.just(TEXT[:10]), st.none()), min_size=1, max_size=6
)


HEADLINES = [
    (name, each.figure) for name in scoring.names() for each in scoring.find(name).headlines
]


@given(pairs, st.sampled_from(HEADLINES), st.integers(0, 99))
def test_sums_give_what_measuring_anew_gives(
    texts: Sequence[Pair], of: tuple[str, str], seed: int
) -> None:
    """For all that any convention is about, also where samples lack some of the types."""
    convention, figure = of
    rule = scoring.find(convention)
    draw = np.random.default_rng(seed)
    samples = [draw.integers(0, len(texts), len(texts)) for _ in range(12)]
    short = Pool(texts, rule, None, figure).values(iter(samples))
    anew = Pool(texts, rule, None, figure, shortcuts=False).values(iter(samples))
    assert short == pytest.approx(anew, abs=1e-8)


def test_conventions_add_up() -> None:
    """So that an interval takes a second and not an hour."""
    gold, (said,) = simulated(np.random.default_rng(0), 20, 0.6)
    texts = [Pair(tuple(g), tuple(p), TEXT) for g, p in zip(gold, said, strict=True)]
    found = {name: Pool(texts, scoring.find(name), None).average for name in scoring.names()}
    assert (found["strict"], found["partial"], found["uniner"]) == ("micro", "micro", "micro")
    for name, figure, average in (
        ("pii", "f2", "micro"),
        ("pii", "leaked", "share"),
        ("token", "token_accuracy", "share"),
        ("pii", "recall_any_type", None),
    ):
        assert Pool(texts, scoring.find(name), None, figure).average == average
    mixed = [*texts, Pair((at(0, "B"),), (), TEXT), Pair((at(0, "B"),), (at(0, "B"),), TEXT)]
    for name in ("klue-entity", "klue-char", "klue-clean"):
        assert Pool(mixed, scoring.find(name), None).average == "macro"


def test_a_convention_that_does_not_add_up_is_measured_anew() -> None:
    """The best text counts, and no sum knows which that is."""

    def best(texts: Sequence[Pair], labels: tuple[str, ...] | None) -> Score:
        every = [scoring.find("strict").measure([text], labels) for text in texts]
        return max(every, key=lambda score: score.f1)

    gold, (said,) = simulated(np.random.default_rng(0), 20, 0.4)
    texts = [Pair(tuple(g), tuple(p)) for g, p in zip(gold, said, strict=True)]
    pool = Pool(texts, Convention("best", "The best text.", best), None)
    assert pool.average is None
    samples = [np.array([n, (n + 1) % 20]) for n in range(20)]
    right = [best([texts[n] for n in sample], None).f1 for sample in samples]
    assert pool.values(samples) == pytest.approx(right)


def test_a_weighted_mean_is_no_mean() -> None:
    def weighted(texts: Sequence[Pair], labels: tuple[str, ...] | None) -> Score:
        score = scoring.find("strict").measure(texts, labels)
        part = TypeScore(0, 0, score.weighted_f1 * 0.9, 1, 1, 1)
        return micro("weighted", {}).__class__(
            0, 0, part.f1, score.support, score.predicted, score.correct, score.per_type, "weighted"
        )

    gold, (said,) = simulated(np.random.default_rng(0), 20, 0.6)
    texts = [Pair((*g, at(11, "B")), tuple(p)) for g, p in zip(gold, said, strict=True)]
    assert Pool(texts, Convention("weighted", "Weighted.", weighted), None).average is None


# --- bad input


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"resamples": 99}, "resamples is 99; 100 is the least"),
        ({"seed": -1}, "seed is -1; it is 0 or more"),
        ({"level": 1.0}, "level is 1; it lies between 0 and 1"),
        ({"figure": "f3"}, "strict has no figure 'f3'; it has: precision, recall, f1, macro_pre"),
        ({"convention": "lax"}, "no scoring convention is called 'lax'"),
        ({"labels": []}, "labels is empty"),
    ],
)
def test_bad_options_are_named(options: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        bootstrap.interval([[at(0)]], [[]], **options)
    with pytest.raises(InputError, match=told):
        bootstrap.compare([[at(0)]], [[]], [[]], **options)


def test_bad_texts_are_named() -> None:
    with pytest.raises(InputError, match="there are no texts"):
        bootstrap.interval([], [])
    with pytest.raises(InputError, match="texts: 1 in gold, 2 predicted"):
        bootstrap.compare([[]], [[]], [[], []])
    with pytest.raises(InputError, match="give gold as Documents"):
        bootstrap.interval([[at(0)]], [[]], "token")
