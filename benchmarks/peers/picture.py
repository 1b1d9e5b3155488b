"""The picture of the page: what a text costs against the number of types.

Here: drawing with matplotlib, of the extra [eval].  Not here: what is drawn (``report``).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from peers.report import OURS, TITLES, best

from schema_ner.errors import require

if TYPE_CHECKING:
    from pathlib import Path

    from peers.report import Results

# three of Okabe and Ito's colours, which the colour-blind tell apart; the marks differ as well
LOOKS = {OURS: ("#009e73", "o"), "gliner": ("#d55e00", "s"), "gliner2": ("#0072b2", "^")}


def check() -> None:
    """Raise MissingExtraError where nothing could be drawn."""
    require("matplotlib", extra="eval")


def draw(results: Results, file: Path) -> None:
    """Cost of a text against the number of types, on scales of powers; one panel a length."""
    check()
    cells = best(results.cells)
    lengths = sorted({c.words for c in cells.values()})
    counts = sorted({c.types for c in cells.values()})
    size = (5.4 * len(lengths), 5)
    figure = import_module("matplotlib.figure").Figure(figsize=size, layout="constrained")
    panels = figure.subplots(1, len(lengths), sharey=True, squeeze=False)[0]
    for panel, words in zip(panels, lengths, strict=True):
        for who, (colour, mark) in LOOKS.items():
            points = [
                (n, 1000 * cells[who, words, n].cost) for n in counts if (who, words, n) in cells
            ]
            if points:
                panel.plot(
                    *zip(*points, strict=True),
                    color=colour,
                    marker=mark,
                    lw=2,
                    ms=8,
                    label=TITLES[who],
                )
            for point in points:
                panel.annotate(
                    _short(point[1]),
                    point,
                    # of the two peers, which lie close together, one says its figure below
                    xytext=(0, -18 if who == "gliner2" else 9),
                    textcoords="offset points",
                    ha="center",
                    color=colour,
                    fontsize=12,
                )
        panel.set(xscale="log", yscale="log", xlim=(counts[0] / 1.6, counts[-1] * 1.6))
        panel.set_title(f"texts of {words} words", fontsize=14)
        panel.set_xlabel("types", fontsize=13)
        panel.set_xticks(counts, [str(n) for n in counts])
        panel.minorticks_off()
        panel.tick_params(labelsize=12)
        panel.grid(visible=True, alpha=0.3)
        panel.spines[["top", "right"]].set_visible(False)
    low, high = panels[0].get_ylim()
    panels[0].set_ylim(low, high * 2)  # room for the figure above the highest point
    panels[0].set_ylabel("milliseconds a text", fontsize=13)
    panels[0].legend(frameon=False, loc="upper left", fontsize=12)
    figure.savefig(file, dpi=100)


def _short(ms: float) -> str:
    return f"{ms:.1f}" if ms < 10 else f"{ms:,.0f}"  # noqa: PLR2004  # two digits at least
