"""Pictures of a data set: shares of types and tags, lengths of spans and texts; a colour a split.

Here: drawing with matplotlib, of the extra [eval].  Not here: counting (``statistics``,
``scoring.balance``), fonts (``fonts``), reliability diagrams (``diagram``).
"""

from __future__ import annotations

import io
from importlib import import_module
from itertools import accumulate, cycle
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from schema_ner.benchmark import fonts
from schema_ner.errors import require
from schema_ner.scoring import balance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schema_ner.scoring.balance import Balance
    from schema_ner.statistics import Lengths, Statistics

# Okabe and Ito's colours, which the colour-blind tell apart
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_MOST_TYPES = 40
_BAR = 0.22  # inches
_CURVES = 2.5  # inches


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


def draw(found: Mapping[str, Statistics], spread: Balance) -> Picture | None:
    """Shares of types as bars, likewise of tags, those of entities too; lengths as curves.

    ``None`` where there are neither spans nor tags.

    Args:
        found: name of a split → what it holds.
        spread: the shares of types in these splits.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    bars = {"spans": spread, **_columns(found)}
    bars = {what: one for what, one in bars.items() if one.labels}
    if not bars:
        return None
    with fonts.drawing() as boxes:
        png = _drawn(found, bars)
    return Picture(png, has_boxes=bool(boxes))


def _drawn(found: Mapping[str, Statistics], bars: Mapping[str, Balance]) -> bytes:
    most = {what: _most_frequent(one) for what, one in bars.items()}
    heights = [_BAR * len(labels) * (1 + 0.5 * (len(found) - 1)) for labels in most.values()]
    # no pyplot: it keeps figures, and asks for a screen
    size = (8, sum(heights) + _CURVES + len(heights))
    figure = import_module("matplotlib.figure").Figure(figsize=size, layout="constrained")
    grid = figure.add_gridspec(len(bars) + 1, 2, height_ratios=(*heights, _CURVES))
    for at, (what, one) in enumerate(bars.items()):
        _draw_shares(figure.add_subplot(grid[at, :]), what, one, most[what], is_first=not at)
    for at, (title, lengths) in enumerate(
        (
            ("span", {name: one.span_lengths for name, one in found.items()}),
            ("text", {name: one.text_lengths for name, one in found.items()}),
        )
    ):
        _draw_lengths(figure.add_subplot(grid[len(bars), at]), title, lengths)
    with io.BytesIO() as picture:
        figure.savefig(picture, format="png", dpi=144)
        return picture.getvalue()


def _columns(found: Mapping[str, Statistics]) -> dict[str, Balance]:
    """The shares of tags in each column that one of the splits has."""
    names = dict.fromkeys(name for one in found.values() for name in one.columns)
    return {
        f"tokens by {fonts.plain(name)}": balance.of_counts(
            {split: one.columns.get(name, {}) for split, one in found.items()}
        )
        for name in names
    }


def _most_frequent(spread: Balance) -> list[str]:
    every = {label: sum(n[label] for n in spread.counts.values()) for label in spread.labels}
    return sorted(every, key=lambda label: (-every[label], label))[:_MOST_TYPES]


def _draw_shares(
    axes: Any,  # noqa: ANN401  # matplotlib is not always there
    what: str,
    spread: Balance,
    labels: list[str],
    *,
    is_first: bool,
) -> None:
    """Bars, the most frequent type or tag on top; the first of all has the names of the splits."""
    height = 0.8 / len(spread.counts)
    for at, (name, colour) in enumerate(zip(spread.counts, cycle(_COLOURS), strict=False)):
        places = [row + height * (at - (len(spread.counts) - 1) / 2) for row in range(len(labels))]
        shares = [spread.share(name, label) for label in labels]
        axes.barh(places, shares, height, color=colour, label=fonts.plain(PurePath(name).name))
    axes.set_yticks(range(len(labels)), [fonts.plain(label or "(empty)") for label in labels])
    axes.set_ylim(len(labels) - 0.5, -0.5)
    left_out = len(spread.labels) - len(labels)
    more = f", the {len(labels)} most frequent of {len(spread.labels)}" if left_out else ""
    axes.set_xlabel(f"share of {what}{more}")
    if is_first:
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
