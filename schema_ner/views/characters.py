r"""Characters that must not reach a screen as they are, and how they are spelt out.

Here: ``visible``.  Not here: the escaping that HTML needs (``html``).
"""

from __future__ import annotations

import re

# Control characters but tab and newline, line and paragraph separators, lone surrogates, and the
# bidirectional controls: those that can move a cursor, end a line or turn its order around.
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""The text with unsafe characters spelt out: ESC becomes the four characters ``\x1b``."""
    return UNSAFE.sub(_spelt, text)


def one_line(text: str) -> str:
    r"""``visible``, and newlines and tabs spelt out as well: ``\n``, ``\t``."""
    return visible(text).replace("\n", r"\n").replace("\t", r"\t")


def _spelt(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
