"""Letters of any script in matplotlib's pictures.

matplotlib's own font has no Hangul, no Chinese and no Arabic.  Here is a list of fonts that have
them, on one system or another; of those that are installed, the first that has a letter draws it.

Here: which fonts draw, and whether a letter has none.  Not here: what is drawn (``charts``,
``plots``).
"""

from __future__ import annotations

import contextlib
import warnings
from importlib import import_module
from typing import TYPE_CHECKING

from schema_ner.errors import require

if TYPE_CHECKING:
    from collections.abc import Iterator

_FONTS = (
    *("DejaVu Sans", "Noto Sans CJK KR", "Noto Sans CJK JP", "NanumGothic", "Malgun Gothic"),
    *("Apple SD Gothic Neo", "Hiragino Sans", "Microsoft YaHei", "Noto Sans Arabic"),
)
_LONGEST_NAME = 30  # characters


@contextlib.contextmanager
def drawing() -> Iterator[list[warnings.WarningMessage]]:
    """Meanwhile pictures are drawn with these fonts.

    Gives a list, in which there is something afterwards where boxes stand for letters that no
    installed font has.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    matplotlib = require("matplotlib", extra="eval")
    installed = set(import_module("matplotlib.font_manager").get_font_names())
    families = [name for name in _FONTS if name in installed]
    with (
        matplotlib.rc_context({"font.family": families or ["sans-serif"]}),
        warnings.catch_warnings(record=True) as said,
    ):
        warnings.filterwarnings("always", message="Glyph")
        yield said


def plain(text: str) -> str:
    """A name as matplotlib can draw it: short, and no formula in it."""
    short = text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"
    # a $ would begin a formula, and a leading _ hides a name from the legend
    return short.replace("$", r"\$").replace("\n", " ").removeprefix("_")
