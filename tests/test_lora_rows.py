"""Rows: many texts under one schema in one forward pass are what they are one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schema_ner.training.lora.examples import Example
from schema_ner.training.lora.rows import LEAST_SHARED, Packer, Row, pack, shared

tokens = st.integers(3, 90)


@st.composite
def groups(draw: st.DrawFn) -> list[Example]:
    """Examples whose prompts begin alike, as those of one schema do."""
    common = draw(st.lists(tokens, max_size=40))
    found = []
    for _ in range(draw(st.integers(1, 6))):
        text = draw(st.lists(tokens, min_size=1, max_size=8))
        answer = draw(st.lists(tokens, min_size=1, max_size=8))
        start = len(common) + len(text)
        found.append(Example((*common, *text, *answer), ((start, start + len(answer)),)))
    return found


def seen_from(row: Row, place: int) -> tuple[int, ...]:
    """The tokens that the token at a place of a row attends to, which stand as in their example."""
    allowed = row.allowed()[place]
    assert row.positions[allowed].tolist() == list(range(allowed.sum()))
    return tuple(row.tokens[allowed].tolist())


@given(st.lists(groups(), min_size=1, max_size=4), st.integers(40, 200), st.booleans())
def test_what_is_learnt_is_learnt_behind_exactly_its_own_prompt(
    drawn: list[list[Example]],
    most: int,
    share: bool,  # noqa: FBT001  # drawn
) -> None:
    """A token is learnt from all that stands before it in its example, and nothing else."""
    rows = pack(drawn, most, share=share)
    learnt = [
        (seen_from(row, int(place)), int(target))
        for row in rows
        for place, target in zip(row.predicting, row.targets, strict=True)
    ]
    fitting = [example for group in drawn for example in group if len(example.tokens) <= most]
    wanted = [
        (example.tokens[:at], example.tokens[at])
        for example in fitting
        for at in range(*example.answers[0])
    ]
    assert learnt == wanted


@given(st.lists(groups(), min_size=1, max_size=4), st.integers(40, 200))
def test_no_row_is_longer_than_it_may_be_and_none_is_longer_than_alone(
    drawn: list[list[Example]], most: int
) -> None:
    rows = pack(drawn, most)
    fitting = [example for group in drawn for example in group if len(example.tokens) <= most]
    assert all(len(row.tokens) <= most for row in rows)
    assert all(len(row.tokens) <= row.alone for row in rows)
    assert sum(row.alone for row in rows) == sum(len(example.tokens) for example in fitting)
    assert sum(row.examples for row in rows) == len(fitting)


def test_a_schema_is_read_once_for_all_its_texts() -> None:
    common = tuple(range(100))
    examples = [Example((*common, 200 + i, 300, 301), ((101, 103),)) for i in range(10)]
    (row,) = pack([examples], 1000)
    assert len(row.tokens) == 100 + 10 * 3
    assert row.alone == 10 * 103


def test_what_is_learnt_is_never_shared() -> None:
    """Also where texts and answers are the same: each is learnt as often as it was given."""
    example = Example((*range(50), 60, 61), ((50, 52),))
    assert shared([example, example]) == 49
    (row,) = pack([[example, example]], 1000)
    assert row.targets.tolist() == [60, 61, 60, 61]


def test_little_in_common_is_not_shared() -> None:
    few = tuple(range(LEAST_SHARED - 1))
    examples = [Example((*few, 80 + i, 90), ((len(few) + 1, len(few) + 2),)) for i in range(2)]
    assert shared(examples) == 0


def test_a_full_row_takes_no_more() -> None:
    packer = Packer(30)
    example = Example(tuple(range(20)), ((18, 20),))
    assert packer.add([example]) == 1
    assert packer.add([example]) == 0
    assert packer.room == 10
