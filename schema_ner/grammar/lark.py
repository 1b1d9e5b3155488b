r"""Pieces of a grammar in llguidance's dialect of Lark.

Whatever stands in a schema or a text gets into a grammar through ``string`` or ``substring`` alone,
as JSON, so that none of it can be read as grammar.

Here: terminals, options, bounds.  Not here: the form of an answer (``gollie``, ``uniner``).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

# More than a text has in practice (29 is the most of 17,000 annotated ones), and a list that a
# model cannot stop is over some day.
MOST_ITEMS = 256
LEAST_ITEMS = 8  # the bound for texts of a few words, in which mentions may lie in one another

# Where only one text can follow, llguidance would allow no tokens but those that the tokenizer
# makes of it.  Tokenizers read texts in their own way (Qwen's composes letters, Llama's takes the
# sign ▁ for a blank, all of them find special tokens), and a mask would then allow what is wrong.
_OPTIONS = '%llguidance {"no_forcing": true}'

# Stands for what no string may hold: every line end of a text is escaped, so none is written raw.
WALL = "\n"


def lark(lines: Iterable[str]) -> str:
    """A grammar of these lines."""
    return "".join(f"{line}\n" for line in (_OPTIONS, *lines))


def string(text: str) -> str:
    """A literal."""
    return json.dumps(text)


def substring(name: str, units: Sequence[str], blanks: Collection[str]) -> list[str]:
    """Lines that define a terminal: one unit or more in their order, without blanks at the ends.

    Args:
        name: of the terminal, in capitals.
        units: as they are written between quotes; WALL where no string goes through.
        blanks: the escapes of blanks that units may hold.
    """
    any_units = json.dumps({"substring_chunks": units}, ensure_ascii=False)
    trimmed = rf"{name}_ANY & /[^\s](.*[^\s])?/"  # a dot is no line end: it stops at a wall
    if blanks:
        escaped = "|".join(re.escape(blank) for blank in sorted(blanks))
        # behind an odd number of backslashes it is no blank but a backslash and a letter
        trimmed += rf" & ~/({escaped})(?s:.*)/ & ~/((?s:.*)[^\\])?(\\\\)*({escaped})/"
    return [f"{name}: {trimmed}", f"{name}_ANY: %regex {any_units}"]


def most_items(units: Sequence[str], max_items: int | None) -> int:
    """How many items an answer may list: what was asked for, or one for each unit but blanks.

    Raises:
        InputError: ``max_items`` is below 1.
    """
    if max_items is None:
        said = sum(not unit.isspace() for unit in units)
        return min(MOST_ITEMS, max(LEAST_ITEMS, said))
    if max_items < 1:
        raise InputError(f"max_items={max_items} leaves no room for an item; it is at least 1")
    return max_items
