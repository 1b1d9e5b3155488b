"""The colours of a benchmark's pages, as variables of their style sheet.

One accent colour for what can be read off or clicked; beside it only the colours of what is wrong,
the same in bars, tables and texts.  All come from the palette of the views, whose contrasts are
computed in tests.

Here: colours, and the sheet as one text.  Not here: the rules (``assets/page.css``).
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from schema_ner.views import styles
from schema_ner.views.colours import GROUND, HATCH, INK, MUTED, PALETTE, Hue, Pair

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCENT = Pair("#0b57a4", "#8abfff")
PANEL = Pair("#f3f5f8", "#20242b")  # behind code, and where a bar is empty
STRONG = Pair("#8c959f", "#6b7480")  # lines that must be seen: borders of fields, axes
FAINT = Pair("#6e7781", "#858e99")  # zeros

RIGHT = "right"
# right is quiet, so that what is wrong is seen
QUIET = Hue(Pair("#eef1f4", "#272c34"), Pair("#59636e", "#9aa4af"), 252)
HUES: Mapping[str, Hue] = {
    RIGHT: QUIET,
    "missed": PALETTE[0],
    "spurious": PALETTE[2],
    "boundary": PALETTE[6],
    "type": PALETTE[9],
    "boundary_and_type": PALETTE[10],
    "hallucinated": PALETTE[1],
}
# classes of marks, beside those of the palette
SLOTS: Mapping[str, int] = {name: 100 + at for at, name in enumerate(HUES)}


def sheet() -> str:
    """The style sheet of a page."""
    root = _variables(
        "",
        ground=GROUND,
        ink=INK,
        muted=MUTED,
        line=HATCH,
        accent=ACCENT,
        panel=PANEL,
        strong=STRONG,
        faint=FAINT,
        alarm=styles.ALARM,
    )
    marks = "".join(
        f".schema-ner .sn-c{SLOTS[name]}{{{_variables('sn-', tint=hue.tint, strong=hue.strong)}}}\n"
        f".is-{name}{{{_variables('', hue=bar(name))}}}\n"
        for name, hue in HUES.items()
    )
    rules = files("schema_ner.benchmark").joinpath("assets", "page.css").read_text("utf-8")
    return f"{styles.sheet(())}\n{marks}:root{{{root}}}\n{rules}"


def bar(name: str) -> Pair:
    """The colour of a part of a bar."""
    return ACCENT if name == RIGHT else HUES[name].strong


def _variables(prefix: str, **pairs: Pair) -> str:
    return ";".join(
        f"--{prefix}{name}:light-dark({pair.light},{pair.dark})" for name, pair in pairs.items()
    )
