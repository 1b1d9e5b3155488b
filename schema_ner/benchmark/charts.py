"""Pictures of a data set: shares of types, lengths of spans and texts, one colour a split.

Here: drawing with matplotlib, of the extra [eval].  Not here: counting (``statistics``,
``scoring.balance``), reliability diagrams (``diagram``).
"""

from __future__ import annotations

import io
import warnings
from importlib import import_module
from itertools import accumulate, cycle
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from schema_ner.errors import require

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schema_ner.scoring.balance import Balance
    from schema_ner.statistics import Lengths, Statistics

# Okabe and Ito's colours, which the colour-blind tell apart
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
# the first that has a letter draws it
_FONTS = (
    *("DejaVu Sans", "Noto Sans CJK KR", "Noto Sans CJK JP", "NanumGothic", "Malgun Gothic"),
    *("Apple SD Gothic Neo", "Hiragino Sans", "Microsoft YaHei", "Noto Sans Arabic"),
)
_MOST_TYPES = 40
_LONGEST_NAME = 30  # characters of a type or a file


def check() -> None:
    """Raise MissingExtraError where nothing could be drawn."""
    require("matplotlib", extra="eval")


class Picture(NamedTuple):
    """A drawing.

    Attributes:
        png: the bytes of the file.
        has_boxes: whether boxes stand for letters that no installed font has.
    """

    png: bytes
    has_boxes: bool


def draw(found: Mapping[str, Statistics], spread: Balance) -> Picture:
    """Shares of types as bars, lengths as curves.

    Args:
        found: name of a split → what it holds.
        spread: the shares of types in these splits.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    check()
    matplotlib = import_module("matplotlib")
    installed = set(import_module("matplotlib.font_manager").get_font_names())
    families = [name for name in _FONTS if name in installed]
    with (
        matplotlib.rc_context({"font.family": families or ["sans-serif"]}),
        warnings.catch_warnings(record=True) as said,
    ):
        warnings.filterwarnings("always", message="Glyph")
        png = _drawn(found, spread)
    return Picture(png, has_boxes=bool(said))


def _drawn(found: Mapping[str, Statistics], spread: Balance) -> bytes:
    every = {
        label: sum(one.labels.get(label, 0) for one in found.values()) for label in spread.labels
    }
    types = sorted(every, key=lambda label: (-every[label], label))[:_MOST_TYPES]
    bars = max(1, len(types)) * (1 + 0.5 * (len(found) - 1))
    # no pyplot: it keeps figures, and asks for a screen
    size = (8, 3.5 + 0.22 * bars)
    figure = import_module("matplotlib.figure").Figure(figsize=size, layout="constrained")
    grid = figure.add_gridspec(2, 2, height_ratios=(0.22 * bars, 2.5))
    _draw_shares(figure.add_subplot(grid[0, :]), found, spread, types)
    for at, (title, lengths) in enumerate(
        (
            ("span", {name: one.span_lengths for name, one in found.items()}),
            ("text", {name: one.text_lengths for name, one in found.items()}),
        )
    ):
        _draw_lengths(figure.add_subplot(grid[1, at]), title, lengths)
    with io.BytesIO() as picture:
        figure.savefig(picture, format="png", dpi=144)
        return picture.getvalue()


def _draw_shares(
    axes: Any,  # noqa: ANN401  # matplotlib is not always there
    found: Mapping[str, Statistics],
    spread: Balance,
    types: list[str],
) -> None:
    """Bars, the most frequent type on top."""
    height = 0.8 / len(found)
    for at, (name, colour) in enumerate(zip(found, cycle(_COLOURS), strict=False)):
        places = [row + height * (at - (len(found) - 1) / 2) for row in range(len(types))]
        shares = [spread.share(name, label) for label in types]
        axes.barh(places, shares, height, color=colour, label=_plain(PurePath(name).name))
    axes.set_yticks(range(len(types)), [_plain(label) for label in types])
    axes.set_ylim(max(1, len(types)) - 0.5, -0.5)
    left_out = len(spread.labels) - len(types)
    more = f", the {len(types)} most frequent of {len(spread.labels)} types" if left_out else ""
    axes.set_xlabel(f"share of spans{more}")
    axes.legend(frameon=False, loc="lower right")
    _tidy(axes)


def _draw_lengths(axes: Any, what: str, lengths: Mapping[str, Lengths]) -> None:  # noqa: ANN401  # likewise
    """Curves of how many are no longer than that."""
    for one, colour in zip(lengths.values(), cycle(_COLOURS), strict=False):
        if one.counts:
            share = [count / one.number for count in accumulate(one.counts.values())]
            axes.step([*one.counts], share, where="post", color=colour)
    axes.set(ylim=(0, 1.02), xlabel=f"characters of a {what}", ylabel="share no longer")
    axes.set_xlim(left=0)
    _tidy(axes)


def _tidy(axes: Any) -> None:  # noqa: ANN401  # likewise
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _plain(text: str) -> str:
    """A name as matplotlib can draw it: short, and no formula in it."""
    short = text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"
    # a $ would begin a formula, and a leading _ hides a name from the legend
    return short.replace("$", r"\$").replace("\n", " ").removeprefix("_")
