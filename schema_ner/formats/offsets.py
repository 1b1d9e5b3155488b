"""Why offsets may not fit their text: another unit, another first number, another text.

Here: guessing, for the sentence of an error; what is said was tried.  Not here: reading (no file is
read by a guess).
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from schema_ner import exports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Move: TypeAlias = Callable[[int, int], "tuple[int, int] | None"]

UNITS = "offsets count code points from 0, and the end is exclusive"
_TRIED = 50  # places in a text that one mention may have had


class Claim(NamedTuple):
    """What a file says of one annotation: its place, and the text there where it says that."""

    start: int
    end: int
    text: str | None = None


def likely(text: str, claims: Sequence[Claim]) -> str:
    """The way out for a text whose annotations do not all fit: the likely cause, if one fits all.

    Args:
        text: the text.
        claims: all that is said of places in it, at least one.
    """
    fitting = [how for how, move in _units(text) if _fits(text, claims, move)]
    if not fitting or all(claim.text for claim in claims):  # where nothing is said, much fits
        fitting += [how for how, move in _conventions() if _fits(text, claims, move)]
    if fitting:
        return f"{UNITS}; those of this text all fit {' or '.join(fitting)}"
    shift = _shift(text, claims)
    if shift:
        side = "lost" if shift > 0 else "got"
        many = "1 character" if abs(shift) == 1 else f"{abs(shift)} characters"
        return f"{UNITS}; they all fit if the text {side} {many} at its beginning"
    causes = "begin at 1, or belong to a text that was trimmed or changed"
    if not text.isascii():
        causes = f"count bytes or UTF-16 units, {causes}"
    return f"{UNITS}; these may {causes}"


def _units(text: str) -> Iterator[tuple[str, Move]]:
    """Other things to count, each as a function to offsets in code points."""
    if not text.isascii():
        yield "as UTF-16 units", _by_table(exports.converter(text, "utf16"), len(text))
        yield "as bytes of UTF-8", _by_table(exports.converter(text, "byte"), len(text))
    if "\r\n" in text:
        how = "if a line end counts once (LF), where this text has two characters (CR LF)"
        yield how, _by_table(_without_returns(text), len(text))
    elif "\n" in text:
        how = "if a line end counts twice (CR LF), where this text has one character (LF)"
        yield how, _by_table(_with_returns(text), len(text))


def _conventions() -> Iterator[tuple[str, Move]]:
    """Other ways to count code points."""
    yield "if they are counted from 1", _back(1)
    yield "if the end is inclusive", lambda start, end: (start, end + 1)
    yield "if they are counted from 1 and the end is inclusive", lambda start, end: (start - 1, end)


def _by_table(converted: Callable[[int], int], length: int) -> Move:
    points = {converted(at): at for at in range(length, -1, -1)}

    def move(start: int, end: int) -> tuple[int, int] | None:
        first, last = points.get(start), points.get(end)
        return None if first is None or last is None else (first, last)

    return move


def _without_returns(text: str) -> Callable[[int], int]:
    return list(accumulate((char != "\r" for char in text), initial=0)).__getitem__


def _with_returns(text: str) -> Callable[[int], int]:
    return list(accumulate((1 + (char == "\n") for char in text), initial=0)).__getitem__


def _back(by: int) -> Move:
    return lambda start, end: (start - by, end - by)


def _fits(text: str, claims: Sequence[Claim], move: Move) -> bool:
    """Whether every claim holds once its offsets are moved."""
    for claim in claims:
        moved = move(claim.start, claim.end)
        if moved is None or not 0 <= moved[0] < moved[1] <= len(text):
            return False
        if claim.text is not None and text[moved[0] : moved[1]] != claim.text:
            return False
    return True


def _shift(text: str, claims: Sequence[Claim]) -> int:
    """By how many characters all places are too far behind; 0 where no one number fits all."""
    if not all(claim.text for claim in claims):  # nothing could show it
        return 0
    first, said = claims[0].start, claims[0].text or ""
    at = text.find(said)
    for _ in range(_TRIED):
        if at < 0:
            return 0
        by = first - at
        if by and _fits(text, claims, _back(by)):
            return by
        at = text.find(said, at + 1)
    return 0
