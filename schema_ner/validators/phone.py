"""Phone numbers, checked by ``phonenumbers`` (Google's libphonenumber data).

Here: international notation (+ or 00) of every country, and the national notations of the regions
below, each as people there write it.  Not here: which line answers; nothing is looked up.

A national number is looked for only in a notation of its region and must be assigned there; so
dates, IPv4 addresses and runs of digits stay out.  An IBAN or a card number is no phone number.
"""

from __future__ import annotations

from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING

from schema_ner.validators.base import (
    INVALID,
    LEFT,
    RIGHT,
    UNKNOWN,
    Judgement,
    Place,
    Validator,
    Verdict,
    Written,
    compiled,
    digits,
    joined,
    scan,
    valid,
    written,
)
from schema_ner.validators.dates import DATE
from schema_ner.validators.finance import CARD, IBAN
from schema_ner.validators.network import IPV4

if TYPE_CHECKING:
    from collections.abc import Iterator

# Judged shares of look-alikes in running text, by how a number is written.
_INTERNATIONAL = valid(0.05)
_GROUPED = valid(0.2)
_BARE = valid(0.4)
# "+" and a possible length, but not assigned: a made-up number, or one newer than the tables
_UNASSIGNED = Judgement(Verdict.UNKNOWN, 0.2)

_CUE = (
    r"(?i:\b(?:tele?|tel[eé]fono?|tél|phone|telephone|call|mobile|cell|fax|whatsapp|handy|ring)\b)"
    r"|전화|연락처|휴대폰|핸드폰|번호|電話|电话|手机|☎|📞"
)
_EXTENSION = r"(?: ?(?:x|ext\.? ?)#{1,5})?"
_ALONE = r"(?![ /-]{1,2}#)"  # where the number of groups varies, the last one must be the last

# Notations by region ("#" is any digit), first the ones that cannot be taken for anything else.
NATIONAL: dict[str, tuple[str | tuple[str, str], ...]] = {
    "US": (  # and Canada, the Caribbean: one numbering plan
        rf"(?:1[ .-]?)?\([2-9]##\)[ .-]?[2-9]##[ .-]?####{_EXTENSION}",
        rf"(?:1[ .-])?[2-9]##([ .-])[2-9]##\1####{_EXTENSION}",
        rf"(?:1[ .-])?[2-9]##[ .-][2-9]##[.-]####{_EXTENSION}",
        (r"1?[2-9]##[2-9]######", _CUE),
    ),
    "KR": (
        r"01[016789]([ .-]?)#{3,4}\1####",
        r"\(?0(?:2|[3-6]#|70|50#|80)(?:\) ?|[ .-])#{3,4}[ .-]####",
        r"1[568]##-####",
    ),
    "GB": (
        r"07### ?### ?###",
        r"\(?0(?:2#|1#{2,3}|[38]##)\)?[ -]#{3,4}[ -]?#{3,4}" + _ALONE,
    ),
    "FR": (r"0[1-9]([ .-]?)##\1##\1##\1##",),
    "DE": (
        r"\(?0[1-9]#{1,4}\)?[ /-]{1,3}#{3,8}(?:-#{1,4})?" + _ALONE,
        r"\(?0[1-9]#{1,4}\)?[ /]#{2,4}(?: #{2,4}){1,3}" + _ALONE,
    ),
    "JP": (
        r"0[5789]0-?####-?####",
        r"0[1-9]#{0,3}[-(]#{1,4}[-)]####",
        r"0120-###-###",
    ),
    "CN": (
        r"1[3-9]#([ -]?)####\1####",
        r"0[1-9]#{1,2}-#{7,8}",
        r"400-###-####",
    ),
    "IN": (
        r"0?[6-9]####[ -]#####",
        r"0[1-9]#{1,3}[ -]#{6,8}" + _ALONE,
        (r"[6-9]#########", _CUE),
    ),
    "BR": (r"\([1-9]#\) ?9?####[- ]####", r"[1-9]# 9?####-####"),
    "AU": (
        r"04##([ -]?)###\1###",
        r"(?:\(0[2378]\) ?|0[2378] )#### ####",
        r"1[38]00 ### ###",
    ),
    "IT": (r"3##[ -]### ?####", r"0[1-9]#{0,2}[ /-]#{5,8}" + _ALONE),
    "ES": (
        r"[6-9]##([ -])###\1###",
        r"[6-9]##([ -])##\1##\1##",
    ),
    "CH": (r"0[1-9]# ### ## ##",),
    "BE": (r"0[1-9]#{1,2} ## ## ##", r"0[1-9] ### ## ##"),
    "NL": (r"06[ -]?########", r"0[1-9]#{1,2}[ -]#{6,7}" + _ALONE),
}
REGIONS = tuple(NATIONAL)

_RUN = digits(rf"{LEFT}\(?(?:\+|00)(?=[1-9])(?:[ ()./-]{{0,3}}#){{7,15}}{_EXTENSION}{RIGHT}")
_PHONE_SIGNS = r"[0-9 ()./+A-Za-z-]{3,40}"


def _parsed(surface: str, region: str | None) -> object | None:
    phonenumbers = import_module("phonenumbers")
    try:
        number: object = phonenumbers.parse(surface, region)
    except phonenumbers.NumberParseException:
        return None
    return number


def _is_valid(surface: str, region: str) -> bool:
    number = _parsed(surface, region)
    return number is not None and import_module("phonenumbers").is_valid_number(number)


def _international(surface: str) -> Judgement | None:
    plus = "+" + surface[2:] if surface.startswith("00") else surface
    number = _parsed(plus, None)  # without a region, only what says its country is read
    if number is None:
        return None
    phonenumbers = import_module("phonenumbers")
    if phonenumbers.is_valid_number(number):
        return _INTERNATIONAL
    if plus is surface and phonenumbers.is_possible_number(number):
        return _UNASSIGNED
    return None


def _national(region: str, surface: str) -> Judgement | None:
    if _is_span_of_years(surface) or not _is_valid(surface, region):
        return None
    return _BARE if surface.isdigit() else _GROUPED


@cache
def _notations(region: str) -> list[Written]:
    return [Written(f"{LEFT}(?:{s}){RIGHT}", cue) for s, cue in written(NATIONAL[region])]


def _is_span_of_years(surface: str) -> bool:
    """1588-1600 is a pair of years before it is a Korean service number."""
    match = compiled(r"(1[0-9]{3})-((?:1[0-9]|20)[0-9]{2})").fullmatch(surface)
    return match is not None and match[1] < match[2]


def _check(surface: str) -> Judgement | None:
    if not compiled(_PHONE_SIGNS).fullmatch(surface) or not compiled("[0-9]{2}").search(surface):
        return None
    if any(other.check(surface) == valid(other.chance) for other in (CARD, IBAN, DATE, IPV4)):
        return INVALID
    if (abroad := _international(surface)) is not None:
        return abroad
    for region in REGIONS:
        if any(compiled(source).fullmatch(surface) for source, _ in _notations(region)):
            at_home = _national(region, surface)
            if at_home is not None:
                return at_home
    return UNKNOWN if _might_be_local(surface) else INVALID


def _might_be_local(surface: str) -> bool:
    """Seven digits of a town, a number of an uncovered region, "1-800-FLOWERS", extensions."""
    fewest, most = 3, 15  # ITU-T E.164: at most 15
    return fewest <= sum(c.isalnum() for c in surface) <= most


def _shrunk(text: str, start: int, end: int) -> Place | None:
    """The longest assigned number in a run that may take in the figures behind it."""
    possible = None
    while end > start:
        judgement = _international(text[start:end])
        if judgement is _INTERNATIONAL:
            return Place(start, end, judgement.chance)
        if judgement is not None and possible is None:
            possible = Place(start, end, judgement.chance)
        end = max(text.rfind(sign, start, end) for sign in " -./()")
        while end > start and not text[end - 1].isdigit():
            end -= 1
    return possible


def _runs(text: str) -> Iterator[Place]:
    at = 0
    while match := compiled(_RUN).search(text, at):
        place = _shrunk(text, *match.span())
        at = match.start() + 1 if place is None else place.end
        if place is not None:
            yield place


def _places(text: str) -> list[Place]:
    others = joined(list(IBAN.places(text)), CARD.places(text))
    strangers = frozenset(others)
    found = [place for place in joined(others, _runs(text)) if place not in strangers]
    for region in REGIONS:
        taken = [(start, end) for start, end, _ in sorted([*others, *found])]
        found += scan(text, _notations(region), partial(_national, region), taken)
    return sorted(found)


PHONE = Validator(
    name="phone",
    what="phone number, international or in a national notation of " + " ".join(REGIONS),
    chance=_GROUPED.chance,
    doubt=0.5,
    check=_check,
    places=_places,
)

ALL = (PHONE,)
