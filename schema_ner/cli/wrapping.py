"""Running text broken into lines for a terminal, by the cells that characters take up.

Here: breaking one line.  Not here: tables (``tables``), writing (``streams``).
"""

from __future__ import annotations

import sys


def wrapped(line: str, width: int) -> list[str]:
    """The lines of a text without line ends, none wider than that; at least one.

    Breaks stand at blanks, and inside of words only where a word is wider than a line.
    """
    from rich.console import Console  # noqa: PLC0415  # rich takes long to import
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=sys.stderr)  # only measures
    return [part.plain.rstrip() for part in Text(line).wrap(console, width)] or [""]
