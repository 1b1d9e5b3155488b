"""What the speed benchmark measures with, and what it makes of measurements."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# where the script finds its parts
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

from peers import inputs, protocol, report
from peers.report import Cell, Results, Start

if TYPE_CHECKING:
    from collections.abc import Callable

    from peers.protocol import Answer, Types

ROOT = Path(__file__).resolve().parent.parent


def cell(who: str, types: int, ms: float, *, words: int = 30, batch: int = 1) -> Cell:
    return Cell(who, words, types, batch, (ms / 1000,), 0, 40.0)


def results(*cells: Cell, **others: object) -> Results:
    machine = {"processor": "P", "cores": 2, "int8": [], "system": "Linux", "python": "3.11.7"}
    settings = {"threads": 2, "versions": {"schema-ner": "1.0"}}
    return replace(Results(machine, settings, {}, list(cells)), **others)


FAST = [
    *(cell("builtin", types, ms) for types, ms in ((5, 10), (25, 11), (100, 13))),
    *(cell("gliner", types, ms) for types, ms in ((5, 30), (25, 55), (100, 900))),
    *(cell("gliner2", types, ms) for types, ms in ((5, 20), (25, 66), (100, 800))),
]


@pytest.mark.parametrize("words", [30, 300])
def test_texts_have_exactly_so_many_words(words: int) -> None:
    texts = inputs.texts(words, 8)
    assert {len(text.split()) for text in texts} == {words}
    assert len(set(texts)) == 8


def test_inputs_are_always_the_same() -> None:
    """Figures of two runs are of the same texts and types."""
    assert inputs.texts(30, 8) == inputs.texts(30, 8)
    assert inputs.texts(30, 8)[:2] == inputs.texts(30, 2)
    assert inputs.types(100)[:5] == inputs.types(5)


def test_types_have_guidelines_of_one_sentence_and_25_words() -> None:
    types = inputs.types(100)
    assert len(dict(types)) == 100
    assert {len(guideline.split()) for _, guideline in types} == {inputs.GUIDELINE}
    assert all(guideline.find(".") == len(guideline) - 1 for _, guideline in types)


def test_too_many_types_are_refused() -> None:
    with pytest.raises(ValueError, match="101 types asked for"):
        inputs.types(101)


def test_calls_are_repeated_and_divided_by_the_texts_of_each() -> None:
    read: list[list[str]] = []
    seconds = protocol.measured(read.append, [["a", "b"], ["c"]], repeats=3, seconds=0)
    assert read == [["a", "b"], ["c"], ["a", "b"]]
    assert len(seconds) == 3


class Twos:
    """A reader that finds two spans in each text."""

    def prepare(self, types: Types) -> Callable[[list[str], int], int]:
        assert types == [("City", "A town.")]
        return lambda texts, batch: 2 * len(texts[:batch])

    def seen(self, text: str, types: Types) -> Answer:
        return {"words": len(text.split()), "types": len(types), "tokens": 9}

    def once(self, types: Types, repeats: int) -> list[float]:
        return [0.5] * repeats * len(types)


def asked(**request: object) -> Answer:
    types = [["City", "A town."]]
    return protocol._answer(Twos(), {"types": types, "texts": ["in Rome", "in Oslo"]} | request)


def test_a_request_to_measure_is_answered() -> None:
    answer = asked(do="measure", batch=2, repeats=2, seconds=0)
    assert (answer["spans"], len(answer["seconds"])) == (4, 2)
    assert answer["seen"] == {"words": 2, "types": 1, "tokens": 9}


def test_what_is_slower_at_once_is_not_repeated() -> None:
    assert asked(do="measure", batch=2, repeats=2, seconds=0, beat=0.0)["seconds"] == []


def test_a_fresh_process_says_what_memory_it_took() -> None:
    answer = asked(do="first")
    assert answer["spans"] == 2
    assert answer["memory"] > 1_000_000
    assert asked(do="once", repeats=3)["seconds"] == [0.5] * 3


def test_the_cheapest_batch_counts() -> None:
    dear, cheap = cell("gliner", 5, 30), cell("gliner", 5, 20, batch=8)
    assert report.best([dear, cheap]) == {("gliner", 30, 5): cheap}


def test_the_ratio_is_that_of_the_faster_peer() -> None:
    assert report.ratio(report.best(FAST), 30, 25) == pytest.approx(5)


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        pytest.param([], [], id="all met"),
        pytest.param([cell("gliner2", 25, 54)], ["5 × the faster"], id="a peer is faster"),
        pytest.param([cell("gliner", 100, 60)], ["more with more types"], id="a ratio shrinks"),
        pytest.param([cell("builtin", 5, 9.9)], ["at most 1.3 ×"], id="types cost"),
    ],
)
def test_targets_of_speed(changed: list[Cell], missed: list[str]) -> None:
    cells = {(c.who, c.types): c for c in [*FAST, *changed]}
    verdicts = report.verdicts(results(*cells.values()))
    assert len(verdicts) == 3
    found = [verdict.target for verdict in verdicts if not verdict.met]
    assert len(found) == len(missed)
    assert all(part in target for part, target in zip(missed, found, strict=True))


@pytest.mark.parametrize(
    ("seconds", "memory", "met"),
    [
        pytest.param((1.0, 1.5, 9.0), (400_000_000,), [True, True], id="the median, just met"),
        pytest.param((1.6,), (1, 401_000_000), [False, False], id="the most memory, just missed"),
    ],
)
def test_targets_of_a_fresh_process(
    seconds: tuple[float, ...], memory: tuple[int, ...], met: list[bool]
) -> None:
    """Types it has read before do not count."""
    starts = [
        Start("builtin", known=False, seconds=seconds, memory=memory),
        Start("builtin", known=True, seconds=(9.0,), memory=(10**9,)),
    ]
    assert [verdict.met for verdict in report.verdicts(results(starts=starts))] == met


def test_tables_say_what_was_measured() -> None:
    start = Start("builtin", known=False, seconds=(1.234,), memory=(123_456_789,))
    shown = report.tables(results(*FAST, starts=[start], once={5: 0.1}, left_out=["x: too long"]))
    assert "| 30 | 25 | 90.9 | 18.2 | 15.2 | 5.0 × |" in shown
    assert "| built-in, types new to it | 1.23 s | 123 MB |" in shown
    assert "0.10 s for 5 types" in shown
    assert "Not measured: x: too long." in shown


def test_one_side_alone_is_reported_too() -> None:
    assert "| 30 | 5 | 100 |" in report.tables(results(cell("builtin", 5, 10)))


def test_results_are_read_back() -> None:
    start = Start("builtin", known=True, seconds=(1.0,), memory=(1,))
    made = results(*FAST, starts=[start], once={5: 0.1})
    assert Results.from_json(json.loads(json.dumps(made.as_json()))) == made


def test_figures_replace_figures() -> None:
    page = f"# A\n{report.BEGIN}\nold\n{report.END}\nend\n"
    assert report.with_block(page, "new") == page.replace("old", "new")


@pytest.mark.parametrize("page", ["", report.BEGIN, report.END, report.END + report.BEGIN])
def test_a_page_without_marks_is_left_alone(page: str) -> None:
    with pytest.raises(ValueError, match="the page has no"):
        report.with_block(page, "new")


def test_the_page_of_the_docs_has_the_marks() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert report.with_block(page, "x").count("\nx\n") == 1
