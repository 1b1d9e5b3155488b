"""Pictures of a run as PNG: which type was taken for which, and how well each was found.

Here: drawing with matplotlib, of the extra [eval].  Not here: counting (``scoring``), fonts
(``fonts``), drawings of the page, which need no matplotlib (``scores``).
"""

from __future__ import annotations

import io
import logging
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.cells import cell_len

from schema_ner import scoring
from schema_ner.benchmark import fonts, judging
from schema_ner.errors import MissingExtraError
from schema_ner.formats.files import replacing
from schema_ner.scoring.confusion import OUTSIDE, confusion

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from schema_ner.benchmark.run import Run
    from schema_ner.scoring import TypeScore
    from schema_ner.scoring.confusion import Confusion

CONFUSION = "confusion.png"
TYPES = "types.png"
MOST_TYPES = 100
_DPI = 144
_POINTS = 72  # of an inch
_NARROWEST = 4.5  # inches, for what stands below
_THOUSAND = 1_000
# two of Okabe and Ito's colours, which the colour-blind tell apart; the marks differ as well
_MARKS = (("precision", "#d55e00", ">"), ("recall", "#0072b2", "<"), ("f1", "#000000", "o"))
_GREY, _MUTED, _INK = "#dfe3e8", "#59636e", "#1b1f24"
_DARK = 0.55  # of a colour's scale, from where on figures on it are white

# of a matrix: up to so many types, a cell has so many inches, and its figures so many points
_CELLS = ((12, 0.5, 9), (30, 0.36, 7), (MOST_TYPES, 0.27, 5.5))
_FEW, _SHORT = 13, 4  # names of so few characters stand upright where there are so few
_MANY = 31

_log = logging.getLogger("schema_ner")


def write_plots(run: Run, folder: str | os.PathLike[str]) -> list[Path]:
    """Write ``confusion.png`` and ``types.png``.

    Args:
        run: the run.
        folder: where they go; made where there is none.

    Returns:
        What was written: nothing where matplotlib is not installed, which is logged as a warning,
        and no picture of what there is nothing to show of.

    Raises:
        OSError: a file cannot be written.
    """
    compared = [each.sample for each in judging.judged(run) if not each.unjudged]
    gold, said = [s.gold for s in compared], [s.predicted for s in compared]
    scores = scoring.score(gold, said).per_type
    if not scores:
        return []
    drawings: dict[str, Callable[[], Any]] = {
        CONFUSION: lambda: draw_confusion(confusion(gold, said), run.name),
        TYPES: lambda: draw_types(scores, run.name),
    }
    place = Path(folder)
    written = []
    try:
        with fonts.drawing() as boxes:
            pictures = {name: _png(draw()) for name, draw in drawings.items()}
    except MissingExtraError as err:
        _log.warning("no pictures are drawn: %s", err)
        return []
    if boxes:
        _log.warning("boxes in the pictures stand for letters that no installed font has")
    place.mkdir(parents=True, exist_ok=True)
    for name, png in pictures.items():
        with replacing(place / name) as stream:
            stream.write(png)
        written.append(place / name)
    return written


def draw_confusion(found: Confusion, title: str) -> Any:  # noqa: ANN401  # matplotlib is not always there
    """The matrix as a figure: gold down, predicted across, ``O`` last."""
    support: Counter[str] = Counter()
    for (gold, _), count in found.counts.items():
        support.update({gold: count} if gold is not None else {})
    labels = sorted(found.labels, key=lambda label: (-support[label], label))[:MOST_TYPES]
    sides = [*labels, None]
    counts = np.array([[found.counts.get((g, p), 0) for p in sides] for g in sides])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    cell, size = next(each[1:] for each in _CELLS if len(labels) <= each[0])
    names = [fonts.plain(label) if label is not None else OUTSIDE for label in sides]
    # room for names: a cell of a terminal is about 0.6 of a letter's size wide
    beside = max(map(cell_len, names)) * 0.6 * (size + 0.5) / _POINTS + 1.2
    side = cell * len(sides) + beside
    figure, axes = _axes(max(side, _NARROWEST), side)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="equal")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if shares[row, column] > _DARK else _INK
            shown = f"{count:,}" if count < 10 * _THOUSAND else f"{count / _THOUSAND:.0f}k"
            axes.text(column, row, shown, ha="center", va="center", size=size, color=colour)
    _name_cells(axes, names, size + 0.5)
    axes.set_xlabel(f"predicted ({OUTSIDE}: missed); shades are shares of a row")
    axes.set_ylabel(f"gold ({OUTSIDE}: spurious)")
    _title(axes, title, len(labels), len(found.labels))
    return figure


def _name_cells(axes: Any, names: Sequence[str], size: float) -> None:  # noqa: ANN401  # likewise
    """Names beside rows and below columns, of a large matrix above them too; lines between."""
    places, between = np.arange(len(names)), np.arange(len(names) + 1) - 0.5
    is_short = len(names) <= _FEW and max(map(len, names)) <= _SHORT
    axes.set_xticks(places, names, rotation=0 if is_short else 90, size=size)
    axes.set_yticks(places, names, size=size)
    axes.tick_params(labeltop=len(names) > _MANY)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(between, minor=True)
    axes.grid(which="minor", color="white", linewidth=1)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)


def draw_types(scores: Mapping[str, TypeScore], title: str) -> Any:  # noqa: ANN401  # likewise
    """Precision, recall and F1 of each type, the most frequent on top, with its gold spans."""
    ranked = sorted(scores, key=lambda label: (-scores[label].support, label))
    labels = ranked[:MOST_TYPES]
    rows = range(len(labels))
    figure, axes = _axes(8, 0.27 * len(labels) + 1.7)
    axes.barh(rows, [scores[label].f1 for label in labels], 0.62, color=_GREY)
    for name, colour, mark in _MARKS:
        values = [float(getattr(scores[label], name)) for label in labels]
        shown = "F1" if name == "f1" else name
        axes.plot(values, rows, mark, color=colour, markersize=6, label=shown, clip_on=False)
    axes.set_yticks(rows, [fonts.plain(label) for label in labels])
    axes.set(xlim=(0, 1), ylim=(len(labels) - 0.4, -0.6))
    axes.set_xticks(np.arange(0, 1.01, 0.1))
    axes.grid(axis="x", color="#e6e9ed", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0, pad=9)
    _beside(axes, [f"{scores[label].support:,}" for label in labels])
    figure.legend(
        *axes.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False
    )
    _title(axes, title, len(labels), len(ranked))
    return figure


def _beside(axes: Any, shown: Sequence[str]) -> None:  # noqa: ANN401  # likewise
    """A column of figures to the right, with its head."""
    for row, text in enumerate(shown):
        axes.text(1.02, row, text, transform=axes.get_yaxis_transform(), va="center", size=9)
    axes.text(1.02, 1.0, "gold", transform=axes.transAxes, va="bottom", size=9, color=_MUTED)


def _axes(width: float, height: float) -> tuple[Any, Any]:
    # no pyplot: it keeps figures, and asks for a screen
    figure = import_module("matplotlib.figure").Figure(
        figsize=(width, height), layout="constrained"
    )
    return figure, figure.subplots()


def _title(axes: Any, title: str, shown: int, whole: int) -> None:  # noqa: ANN401  # likewise
    some = f", the {shown} most frequent of {whole} types" if whole > shown else ""
    axes.set_title(f"{fonts.plain(title)}{some}", fontsize="medium", loc="left")


def _png(figure: Any) -> bytes:  # noqa: ANN401  # likewise
    with io.BytesIO() as picture:
        # no name and version of what drew it: the same run gives the same bytes
        figure.savefig(picture, format="png", dpi=_DPI, metadata={"Software": None})
        return picture.getvalue()
