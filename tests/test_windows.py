"""Windows: nothing unread, nothing judged twice, nothing too large."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.windows import Window, cover

MARGIN = 10
BUDGET = 40  # room for two margins and a unit of 20
COSTS = st.lists(st.integers(0, 20), max_size=120)


@given(COSTS)
def test_every_unit_lies_in_exactly_one_core(costs: list[int]) -> None:
    """The cores follow one another from the first unit to the last."""
    windows = list(cover(costs, budget=BUDGET, margin=MARGIN))
    owned = [unit for w in windows for unit in range(w.core_start, w.core_end)]
    assert owned == list(range(len(costs)))


@given(COSTS)
def test_no_window_costs_more_than_its_budget(costs: list[int]) -> None:
    """What does not fit a model is never given to it."""
    for window in cover(costs, budget=BUDGET, margin=MARGIN):
        assert window.start <= window.core_start < window.core_end <= window.end
        assert sum(costs[window.start : window.end]) <= BUDGET


@given(COSTS.filter(bool), st.data())
def test_a_mention_within_the_margin_lies_whole_in_the_window_that_owns_it(
    costs: list[int], data: st.DataObject
) -> None:
    """Exactly one window owns a mention, and that window sees all of it."""
    start = data.draw(st.integers(0, len(costs) - 1))
    end = data.draw(st.integers(start + 1, len(costs)))
    windows = cover(costs, budget=BUDGET, margin=MARGIN)
    (owner,) = [window for window in windows if window.owns(start, end)]
    if sum(costs[start:end]) <= MARGIN:
        assert owner.start <= start < end <= owner.end


@pytest.mark.parametrize(
    ("costs", "windows"),
    [
        pytest.param([], [], id="no text, no window"),
        pytest.param([1, 1, 1], [Window(0, 3, 0, 3)], id="a short text is one window"),
        pytest.param(
            [1] * 10,
            [Window(0, 6, 0, 4), Window(2, 8, 4, 6), Window(4, 10, 6, 10)],
            id="a long text is read with two units of context on either side",
        ),
    ],
)
def test_windows_of_budget_six_and_margin_two(costs: list[int], windows: list[Window]) -> None:
    """Small cases to check by eye."""
    assert list(cover(costs, budget=6, margin=2)) == windows


def test_a_unit_that_cannot_fit_is_an_error() -> None:
    """Better no answer than a text cut in silence."""
    with pytest.raises(ValueError, match="cost 7"):
        list(cover([1, 7], budget=8, margin=1))
