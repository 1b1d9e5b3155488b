"""The palette, and which label gets which of its colours.

Twelve hues, 30 degrees apart in OKLCH, every second one darker so that neighbours differ in more
than hue.  The tests compute the contrast of every pair that is shown together (WCAG: 4.5 or more).

Here: colours as numbers.  Not here: style sheets (``styles``), escape codes (``terminal``).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Pair(NamedTuple):
    """One colour for a light and one for a dark ground."""

    light: str
    dark: str


class Hue(NamedTuple):
    """A colour of the palette.

    Attributes:
        tint: behind the words of a mention.
        strong: the line under them and the ground of the label.
        ansi: number in the 256 colours of a terminal, behind black letters.
    """

    tint: Pair
    strong: Pair
    ansi: int


GROUND = Pair("#ffffff", "#16181d")
INK = Pair("#1b1f24", "#e6e8eb")  # letters, on the ground and on every tint
MUTED = Pair("#59636e", "#9aa4af")  # letters of notes and of what was not read, on the ground
HATCH = Pair("#dce1e7", "#343a43")  # lines over what was not read
ON_STRONG = Pair("#ffffff", "#121417")  # letters of labels

PALETTE: tuple[Hue, ...] = (
    Hue(Pair("#fedfde", "#572729"), Pair("#af2938", "#fea0a0"), 217),
    Hue(Pair("#fdd9c5", "#492107"), Pair("#7b3700", "#fdc2a2"), 223),
    Hue(Pair("#fce5bf", "#4b3301"), Pair("#815c07", "#e9b452"), 222),
    Hue(Pair("#e3e5bb", "#303001"), Pair("#505103", "#d4d699"), 193),
    Hue(Pair("#d5f2cf", "#23411c"), Pair("#217700", "#90d281"), 157),
    Hue(Pair("#beeedc", "#023729"), Pair("#065b46", "#9be3c9"), 158),
    Hue(Pair("#bdf4f6", "#064043"), Pair("#097176", "#28d6df"), 159),
    Hue(Pair("#bfe9fe", "#023345"), Pair("#075571", "#9adbfc"), 153),
    Hue(Pair("#dce9fd", "#22385c"), Pair("#1f5dc2", "#98bffe"), 111),
    Hue(Pair("#e0ddff", "#2e274e"), Pair("#4e3e89", "#d0c9ff"), 183),
    Hue(Pair("#f8ddfe", "#482b4e"), Pair("#8c399e", "#e3a2f2"), 219),
    Hue(Pair("#fed4e6", "#471d33"), Pair("#7a2b56", "#fabcd8"), 218),
)


def slots(labels: Iterable[str]) -> dict[str, int]:
    """Each label's place in the palette, in order of first appearance.

    The place comes from the label's own hash, so that a label looks the same in every text; only a
    label whose place is taken moves on to the next free one.  The first twelve labels of a text
    never share a place; after them places are shared.
    """
    taken: dict[str, int] = {}
    used: set[int] = set()
    for label in labels:
        if label in taken:
            continue
        slot = zlib.crc32(label.encode("utf-8", "surrogatepass")) % len(PALETTE)
        while slot in used and len(used) < len(PALETTE):
            slot = (slot + 1) % len(PALETTE)
        taken[label] = slot
        used.add(slot)
    return taken
