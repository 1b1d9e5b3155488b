"""The list of mistakes of a run, and what many of them have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from benchmark_runs import any_sample, run_of, sample
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from schema_ner.benchmark import judging
from schema_ner.benchmark.columns import aligned, short
from schema_ner.benchmark.mistakes import lines, write_errors
from schema_ner.benchmark.patterns import patterns
from schema_ner.scoring.errors import errors
from schema_ner.spans import Rejected
from schema_ner.views.characters import UNSAFE

if TYPE_CHECKING:
    from pathlib import Path

    from schema_ner.benchmark.patterns import Patterns
    from schema_ner.benchmark.run import Sample

TEXT = "Ada met Bob in the White House, Rome."


def patterns_of(*samples: Sample) -> Patterns:
    found = judging.together(judging.judged(run_of(*samples)))
    gold = [each.gold for each in samples]
    return patterns(found, gold, [each.predicted.spans for each in samples])


# --- patterns


@pytest.mark.parametrize(
    ("gold", "said", "changes"),
    [
        pytest.param(
            "the White House", "White House", [("left out in front", "the")], id="an article less"
        ),
        pytest.param(
            "White House", "the White House", [("taken in front", "the")], id="an article more"
        ),
        pytest.param("White House", "White", [("left out behind", "house")], id="half a name"),
        pytest.param(
            "White House", "House, Rome",
            [("left out in front", "white"), ("taken behind", ", rome")], id="shifted",
        ),
        pytest.param(
            "the White House", "White",
            [("left out behind", "house"), ("left out in front", "the")], id="cut on both sides",
        ),
    ],
)  # fmt: skip
def test_what_is_left_out_or_taken_at_borders_is_named(
    gold: str, said: str, changes: list[tuple[str, str]]
) -> None:
    found = patterns_of(sample(TEXT, {gold: "place"}, {said: "place"}))
    assert sorted((b.change, piece) for b in found.borders for piece, _ in b.pieces) == changes
    assert all(b.count == 1 for b in found.borders)


def test_blanks_alone_at_a_border_are_a_pattern_too() -> None:
    found = patterns_of(sample(TEXT, {"Bob": "person"}, {"Bob ": "person"}))
    assert [(b.change, b.pieces) for b in found.borders] == [("taken behind", ((" ", 1),))]


def test_types_taken_for_others_come_with_examples_the_most_frequent_first() -> None:
    many = [sample(TEXT, {"Ada": "person"}, {"Ada": "place"})] * 2
    once = sample(TEXT, {"the White House": "place"}, {"White House": "person"})
    found = patterns_of(once, *many)
    assert [(t.gold, t.predicted, t.count, t.examples) for t in found.taken] == [
        ("person", "place", 2, ("Ada",)),
        ("place", "person", 1, ("the White House",)),
    ]


def test_surfaces_are_counted_whatever_their_case_of_all_that_there_are() -> None:
    upper, lower = sample("ADA", {"ADA": "p"}, {}), sample("Ada", {"Ada": "p"}, {})
    right = sample("Ada", {"Ada": "p"}, {"Ada": "p"})
    found = patterns_of(lower, upper, lower, right)
    assert [(s.text, s.count, s.mentions) for s in found.missed] == [("Ada", 3, 4)]
    assert found.spurious == ()


@given(st.lists(any_sample(), max_size=4))
def test_patterns_count_each_mistake_that_they_are_about(samples: list[Any]) -> None:
    """Counts of a pattern add up to the mistakes of its kinds, whatever the texts hold."""
    judged = judging.judged(run_of(*samples))
    found = judging.together(judged)
    counts = found.counts
    told = patterns_of(*samples)
    assert sum(t.count for t in told.taken) == counts["type"] + counts["boundary_and_type"]
    assert sum(s.count for s in told.missed) == counts["missed"]
    assert sum(s.count for s in told.spurious) == counts["spurious"]
    wrong = counts["boundary"] + counts["boundary_and_type"]
    assert wrong <= sum(b.count for b in told.borders) <= 2 * wrong
    assert all(b.count == sum(n for _, n in b.pieces) for b in told.borders)


@given(st.lists(any_sample(), min_size=1, max_size=4))
def test_mistakes_of_texts_one_by_one_are_those_of_all_together(samples: list[Any]) -> None:
    found = judging.together(judging.judged(run_of(*samples)))
    whole = errors([each.gold for each in samples], [each.predicted for each in samples])
    assert found.counts == whole.counts
    assert found.per_type == whole.per_type


# --- the file


def test_the_file_reads_as_expected(tmp_path: Path) -> None:
    rejected = (Rejected("Zoe", "person", "hallucinated", "it is nowhere"),)
    run = run_of(
        sample(
            TEXT, {"Ada": "person", "the White House": "place"}, {"White House": "place"}, "names",
            rejected,
        )
    )  # fmt: skip
    write_errors(run, tmp_path / "errors.txt")
    assert (tmp_path / "errors.txt").read_text("utf-8") == EXPECTED


EXPECTED = """\
mistakes of scripted on tests

1 text, 2 gold mentions, 1 predicted, 0 right

missed             1  gold, and nothing stands for it
spurious           0  predicted, and stands for nothing
boundary           1  the right type, other borders
type               0  the right borders, another type
boundary and type  0  an overlap, other borders, another type
hallucinated       1  said by the model, and nowhere in the text

type    correct  missed  spurious  boundary  type  both  hallucinated
person        0       1         0         0     0     0             1
place         0       0         0         1     0     0             0

wrong borders:
  beside the mention  times  what
  left out in front       1  "the" 1

in the texts below: [gold] {predicted}

missed: gold, and nothing stands for it (1)
  names
    [0:3) person
      [Ada] met Bob in the White House, Rome.

boundary: the right type, other borders (1)
  names
    [15:30) place → [19:30) place
      Ada met Bob in [the {White House}], Rome.

hallucinated: said by the model, and nowhere in the text (1)
  names
    person: "Zoe"
"""


@given(st.lists(any_sample(), max_size=4), st.integers(0, 3))
def test_every_mistake_is_a_line_or_is_counted_as_not_shown(samples: list[Any], most: int) -> None:
    run = run_of(*samples)
    found = judging.together(judging.judged(run))
    told = list(lines(run, most))
    for kind, count in found.counts.items():
        heads = [line for line in told if line.startswith(f"{kind.replace('_', ' ')}: ")]
        assert len(heads) == (count > 0)
        if count > most:
            assert f"the first {most} are shown, {count - most} are not" in heads[0]


@given(st.lists(any_sample(), max_size=3))
def test_no_line_can_drive_a_terminal(samples: list[Any]) -> None:
    """No control characters, no half characters; and no line much longer than a screen."""
    for line in lines(run_of(*samples)):
        assert not UNSAFE.search(line)
        assert "\n" not in line
        assert cell_len(line) <= 220


def test_texts_that_failed_are_listed_with_their_reason() -> None:
    reason = (Rejected(TEXT, None, "failed", "RuntimeError: out of memory"),)
    told = "\n".join(lines(run_of(sample(TEXT, {"Ada": "person"}, {}, "7", reason))))
    assert "texts that failed; their mentions count as missed (1):" in told
    assert "  7  RuntimeError: out of memory" in told


def test_columns_are_aligned_by_cells_and_not_by_characters() -> None:
    assert list(aligned([("인물", "1"), ("a", "20")], right={1})) == ["인물   1", "a     20"]
    assert short("인물" * 30, 11) == "인물인물인…"
