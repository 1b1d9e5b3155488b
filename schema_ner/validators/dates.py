"""Calendar dates written in figures, and in the Korean, Japanese and Chinese way.

Here: whether such a day exists.  Not here: months in words and relative dates, which are a model's
business: they are judged "unknown" and never looked for.
"""

from __future__ import annotations

import datetime as dt

from schema_ner.validators.base import (
    INVALID,
    LEFT,
    RIGHT,
    UNKNOWN,
    Judgement,
    Validator,
    Written,
    compiled,
    scan,
    valid,
)

_DATE = valid(0.05)  # judged: section numbers and prices look like days
_DAY = r"[0-9]{1,2}"
_YEAR = r"(?:1[5-9]|20|21)[0-9]{2}"
_YEAR_FIRST = (
    rf"(?P<y>{_YEAR})(?:(?P<sep>[-/.])(?P<m>{_DAY})(?P=sep)(?P<d>{_DAY})"
    rf"|\. (?P<m2>{_DAY})\. (?P<d2>{_DAY})"
    rf"|[년年] ?(?P<m3>{_DAY})[월月] ?(?P<d3>{_DAY})[일日])"
)
_YEAR_LAST = rf"(?P<a>{_DAY})(?P<sep>[-/.])(?P<b>{_DAY})(?P=sep)(?P<y>{_YEAR})"


def exists(year: int, month: int, day: int) -> bool:
    """Whether the Gregorian calendar has that day."""
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _check_date(surface: str) -> Judgement:
    if match := compiled(_YEAR_FIRST).fullmatch(surface):
        month = match["m"] or match["m2"] or match["m3"]
        day = match["d"] or match["d2"] or match["d3"]
        return _DATE if exists(int(match["y"]), int(month), int(day)) else INVALID
    if match := compiled(_YEAR_LAST).fullmatch(surface):
        year, a, b = int(match["y"]), int(match["a"]), int(match["b"])
        # day first as in most of the world, or month first as in the United States
        return _DATE if exists(year, b, a) or exists(year, a, b) else INVALID
    return UNKNOWN  # in words, without a year, or of another calendar


_BEHIND = rf"(?:(?=T[0-9]{{2}}:)|{RIGHT})"  # "2026-11-22T09:00" keeps its date
_NOTATIONS = [
    Written(f"{LEFT}{_YEAR_FIRST}{_BEHIND}"),
    Written(f"{LEFT}{_YEAR_LAST}{_BEHIND}"),
]

DATE = Validator(
    name="date",
    what="calendar date in figures (the day exists)",
    chance=_DATE.chance,
    doubt=0.3,
    check=_check_date,
    places=lambda text: scan(text, _NOTATIONS, _check_date),
)

ALL = (DATE,)
