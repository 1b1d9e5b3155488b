r"""How a stretch of text is written inside a string: of Python, as the prompt shows it, or of JSON.

Character by character, so that a part of a text is written as it is in the whole.  The one
exception are special tokens, which ``prompts`` hides; ``chunks`` never cuts them.

Here: escapes.  Not here: the quote around a whole text (``prompts``), where it is cut (``chunks``).
"""

from __future__ import annotations

import json
import re
from typing import Literal

from schema_ner.prompts.special import hidden

Quote = Literal['"', "'"]
QUOTES: tuple[Quote, ...] = ('"', "'")

_SURROGATE = re.compile("[\ud800-\udfff]")


def in_python(text: str, quote: Quote) -> str:
    """The inside of a Python string, as ``repr`` would write it in that quote."""
    if text.isprintable() and quote not in text and "\\" not in text:
        return text
    return "".join(_python_character(char, quote) for char in text)


def shown_in_python(text: str, quote: Quote) -> str:
    """The same as a prompt shows it, its special tokens hidden."""
    return hidden(in_python(text, quote))


def in_json(text: str) -> str | None:
    """The inside of a JSON string; ``None`` for half a character, which no prompt can show."""
    return None if _SURROGATE.search(text) else json.dumps(text, ensure_ascii=False)[1:-1]


def _python_character(char: str, quote: Quote) -> str:
    if char in (quote, "\\"):
        return "\\" + char
    return char if char in QUOTES else repr(char)[1:-1]
