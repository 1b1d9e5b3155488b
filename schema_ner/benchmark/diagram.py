"""A reliability diagram: how often candidates are right, by the score they have.

Here: drawing with matplotlib, of the extra [eval].  Not here: what is drawn (``calibrating``).
"""

from __future__ import annotations

import io
from importlib import import_module
from typing import TYPE_CHECKING

from schema_ner.errors import require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schema_ner.calibration import Bin

# two of Okabe and Ito's colours, which the colour-blind tell apart; the marks differ as well
_STYLES = (("#d55e00", "o"), ("#0072b2", "s"))
_GREY = "#777777"


def check() -> None:
    """Raise MissingExtraError where nothing could be drawn."""
    require("matplotlib", extra="eval")


def draw(title: str, curves: Mapping[str, Sequence[Bin]]) -> bytes:
    """A picture as PNG: one curve a name, and below it how many candidates each point stands for.

    Args:
        title: what stands above.
        curves: by name, the bins of one set of scores; at most two.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    check()
    # no pyplot: it keeps figures, and asks for a screen
    figure = import_module("matplotlib.figure").Figure(figsize=(6, 7), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot([0, 1], [0, 1], linestyle="--", color=_GREY, label="score = share right")
    most = 1
    for (name, bins), (colour, mark) in zip(curves.items(), _STYLES, strict=False):
        scores, shares = [one.score for one in bins], [one.right for one in bins]
        upper.plot(scores, shares, color=colour, marker=mark, label=name)
        lower.plot(
            scores,
            [one.count for one in bins],
            color=colour,
            marker=mark,
            linestyle=":",
            label=name,
        )
        most = max([most, *(one.count for one in bins)])
    upper.set(xlim=(0, 1), ylim=(0, 1), ylabel="share of candidates that is right")
    upper.set_title(title, fontsize="medium")
    upper.legend(loc="upper left", frameon=False)
    lower.set(xlabel="score (mean of the bin)", ylabel="candidates", yscale="log")
    lower.set_ylim(0.7, 2 * most)
    lower.yaxis.set_major_formatter("{x:,g}")
    for axes in (upper, lower):
        axes.grid(color="#dddddd", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    with io.BytesIO() as picture:
        figure.savefig(picture, format="png", dpi=144)
        return picture.getvalue()
