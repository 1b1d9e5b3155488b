"""The pictures of a run: drawn where that can be, and legible with few types and with many."""

from __future__ import annotations

import logging
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from benchmark_runs import run_of, sample

from schema_ner.benchmark import fonts, plots
from schema_ner.scoring import TypeScore
from schema_ner.scoring.confusion import Confusion

if TYPE_CHECKING:
    from pathlib import Path

KOREAN = sample(
    "아다가 서울에 갔다.", {"아다": "인물", "서울": "장소"}, {"아다": "인물", "갔다": "장소"}
)


def test_two_pictures_are_written_and_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    written = plots.write_plots(run_of(KOREAN), tmp_path / "new" / "plots")
    assert [path.name for path in written] == ["confusion.png", "types.png"]
    for path in written:
        assert path.read_bytes().startswith(b"\x89PNG")
    again = plots.write_plots(run_of(KOREAN), tmp_path / "again")
    assert [p.read_bytes() for p in again] == [p.read_bytes() for p in written]


def test_nothing_is_drawn_where_there_is_no_type(tmp_path: Path) -> None:
    assert plots.write_plots(run_of(sample("Nobody.", {}, {})), tmp_path / "plots") == []
    assert not (tmp_path / "plots").exists()


def test_without_matplotlib_one_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with caplog.at_level(logging.WARNING, "schema_ner"):
        assert plots.write_plots(run_of(KOREAN), tmp_path) == []
    assert caplog.messages == [
        "no pictures are drawn: matplotlib is needed for this: pip install 'schema-ner[eval]'"
    ]


def test_letters_that_no_font_has_are_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("matplotlib")
    strange = sample("ab", {"a": "\U000fffff"}, {})  # of private use
    with caplog.at_level(logging.WARNING, "schema_ner"):
        assert len(plots.write_plots(run_of(strange), tmp_path)) == 2
    assert caplog.messages == ["boxes in the pictures stand for letters that no installed font has"]


@pytest.mark.parametrize("types", [1, 2, 12, 13, 70, pytest.param(130, marks=pytest.mark.slow)])
def test_figures_and_names_of_a_matrix_do_not_run_into_each_other(types: int) -> None:
    """Neighbouring figures and names are apart, up to four digits; a hundred types are shown."""
    pytest.importorskip("matplotlib")
    labels = tuple(f"type number {n} with a long name $x_1$" for n in range(types))
    counts = dict.fromkeys([(label, label) for label in labels], 8_888)
    counts |= dict.fromkeys([(label, None) for label in labels], 8_888)
    with fonts.drawing() as boxes:
        figure = plots.draw_confusion(Confusion(labels, counts), "a run")
        figure.savefig(_Nowhere(), format="png")
    assert not boxes
    (axes,) = figure.axes
    shown = min(types, plots.MOST_TYPES)
    assert len(axes.get_yticklabels()) == shown + 1
    assert ("most frequent of" in axes.get_title(loc="left")) == (types > shown)
    for texts in (axes.texts, axes.get_yticklabels(), axes.get_xticklabels()):
        extents = [text.get_window_extent() for text in texts]
        assert not any(one.overlaps(other) for one, other in pairwise(extents))


@pytest.mark.parametrize("types", [1, 2, 70, 130])
def test_every_type_has_a_row_with_its_gold_spans(types: int) -> None:
    pytest.importorskip("matplotlib")
    scores = {f"type {n}": TypeScore.of_counts(n + 1, n + 2, n) for n in range(types)}
    with fonts.drawing():
        figure = plots.draw_types(scores, "a run")
        figure.savefig(_Nowhere(), format="png")
    (axes,) = figure.axes
    names = [text.get_text() for text in axes.get_yticklabels()]
    shown = min(types, plots.MOST_TYPES)
    assert names == [f"type {n}" for n in reversed(range(types - shown, types))]
    assert [text.get_text() for text in axes.texts[:shown]] == [
        f"{n + 1}" for n in reversed(range(types - shown, types))
    ]
    extents = [text.get_window_extent() for text in axes.get_yticklabels()]
    assert not any(a.overlaps(b) for a, b in pairwise(extents))


class _Nowhere:
    """A file that keeps nothing."""

    def write(self, data: bytes) -> int:
        return len(data)

    def flush(self) -> None:
        pass
