"""Marks as plain data: dicts, one line of JSON, and the forms that other libraries read.

Here: units of offsets, the JSON form, IOB2, spaCy's and transformers' forms, all from Mark and
plain values.  Not here: files and their formats (``formats``), painting (``views``), what a Span is
(``spans``).
"""

from __future__ import annotations

import json
import re
import unicodedata
from array import array
from dataclasses import fields
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Literal, get_args

from schema_ner.errors import FormatError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from _typeshed import DataclassInstance

    from schema_ner.marks import Mark

Offsets = Literal["codepoint", "utf16", "byte"]
"""The unit of an offset: code points (Python), UTF-16 units (JavaScript, Java), UTF-8 bytes."""

# What JSON leaves bare and a reader can trip over: lone surrogates have no UTF-8 form, and these
# three end a line for str.splitlines, JavaScript or an editor.
_BARE = re.compile("[\ud800-\udfff\u0085\u2028\u2029]")


def converter(text: str, offsets: Offsets) -> Callable[[int], int]:
    """A function from offsets in code points, 0 to ``len(text)``, to offsets in another unit.

    A lone surrogate counts as one UTF-16 unit, and as the three bytes of ``surrogatepass``.  Making
    the function reads the text once; calling it takes constant time.

    Raises:
        InputError: no such unit.
    """
    if offsets not in get_args(Offsets):
        known = ", ".join(get_args(Offsets))
        raise InputError(f"offsets are counted in one of {known}; {offsets!r} is none of them")
    if offsets == "codepoint" or text.isascii():
        return _same
    width = _utf16_width if offsets == "utf16" else _utf8_width
    return array("Q", accumulate(map(width, text), initial=0)).__getitem__


def mark_dict(mark: Mark, move: Callable[[int], int]) -> dict[str, Any]:
    """``start, end, label, text, score, status, source``, the offsets moved by a ``converter``."""
    return {
        "start": move(mark.start),
        "end": move(mark.end),
        "label": mark.label,
        "text": mark.text,
        "score": mark.score,
        "status": mark.status,
        "source": mark.source,
    }


def fields_dict(obj: DataclassInstance) -> dict[str, Any]:
    """A dataclass's fields by name, with slots or without; the values are not copied."""
    return {field.name: getattr(obj, field.name) for field in fields(obj)}


def json_line(data: object) -> str:
    """JSON that stays on one line for every reader and can always be written as UTF-8.

    Lone surrogates are escaped.  Where a high one stands right before a low one, a JSON reader
    joins the two into the one character they spell: JSON cannot tell these cases apart.

    Raises:
        InputError: a number is NaN or infinite, which JSON cannot hold.
    """
    try:
        line = json.dumps(data, ensure_ascii=False, allow_nan=False)
    except ValueError as err:
        raise InputError(f"not to be written as JSON: {err}") from err
    # all of these can only stand inside a JSON string, where an escape means the same
    return _BARE.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def to_bio(text: str, marks: Sequence[Mark]) -> list[tuple[str, str]]:
    """``(token, tag)`` pairs, IOB2: ``B-`` opens a span, ``I-`` goes on with it, ``O`` is outside.

    Tokens are words and signs.  A combining mark stays with what it stands on and a joined emoji in
    one piece, but a token is always cut where a span begins or ends.  Each character other than
    white space is in exactly one token.

    Raises:
        FormatError: two spans overlap or a span is all white space; IOB2 cannot hold either.
    """
    ordered = sorted(marks, key=lambda mark: (mark.start, mark.end))
    for one, other in pairwise(ordered):
        if other.start < one.end:
            raise FormatError(
                f"IOB2 cannot hold overlapping spans: {_named(one)} and {_named(other)}; "
                'extract with overlap="flat", or use another export'
            )
    token = token_pattern(text)
    tagged: list[tuple[str, str]] = []
    behind = 0
    for mark in ordered:
        tagged += ((found, "O") for found in token.findall(text, behind, mark.start))
        inside = token.findall(text, mark.start, mark.end)
        if not inside:
            raise FormatError(f"IOB2 cannot hold a span of white space: {_named(mark)}")
        tagged += zip(inside, _tags(mark.label), strict=False)
        behind = mark.end
    return tagged + [(found, "O") for found in token.findall(text, behind)]


def to_spacy(text: str, marks: Sequence[Mark]) -> tuple[str, dict[str, list[tuple[int, int, str]]]]:
    """The training form of spaCy, ``(text, {"entities": [(start, end, label)]})``.

    spaCy itself refuses overlapping entities when it reads this.
    """
    return text, {"entities": [(mark.start, mark.end, mark.label) for mark in marks]}


def to_hf(text: str, marks: Sequence[Mark], offsets: Offsets) -> list[dict[str, Any]]:
    """What a transformers pipeline gives; ``score`` is ``None`` where it is unknown.

    Raises:
        InputError: no such unit of offsets.
    """
    move = converter(text, offsets)
    return [
        {
            "entity_group": mark.label,
            "word": mark.text,
            "score": mark.score,
            "start": move(mark.start),
            "end": move(mark.end),
        }
        for mark in marks
    ]


def token_pattern(text: str) -> re.Pattern[str]:
    r"""Words and signs, as they occur in one text.

    ``\w`` leaves out combining marks, and with them the vowels of Hindi or Thai; ``re`` cannot name
    that category, so the marks that this text holds are spelt out.  U+200C stands inside Persian
    words, U+200D joins emoji and Indic letters.
    """
    riders = "\u200c" + "".join(c for c in set(text) if unicodedata.category(c)[0] == "M")
    sign = rf"\S[{riders}]*"
    return re.compile(rf"\w[\w{riders}\u200d]*|{sign}(?:\u200d{sign})*")


def _same(offset: int) -> int:
    return offset


def _utf16_width(char: str) -> int:
    return 1 + (char > "\uffff")


def _utf8_width(char: str) -> int:
    return 1 + (char > "\x7f") + (char > "\u07ff") + (char > "\uffff")


def _tags(label: str) -> Iterator[str]:
    yield f"B-{label}"
    while True:
        yield f"I-{label}"


def _named(mark: Mark) -> str:
    return f"{mark.label} [{mark.start}:{mark.end}) {mark.text!r}"
