"""Numbers of money and devices: IBAN, cards, BIC, LEI, ISIN, Bitcoin, IMEI.

Here: which notations are looked for, and which check decides.  Not here: the arithmetic, which is
python-stdnum's.  Ethereum addresses are not here either: their checksum needs Keccak-256, which
neither Python nor a dependency of this package has.
"""

from __future__ import annotations

import re
from functools import cache
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
    Written,
    checked,
    compiled,
    scan,
    stdnum,
    valid,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_is_luhn = stdnum("luhn")
# Without the tables of single banks: an IBAN of a bank that opened since is no wrong one.
_is_iban = stdnum("iban", check_country=False)

# IIN ranges with the lengths that their networks issue, as published by the networks and listed
# on Wikipedia, "Payment card number".
_NETWORKS = (
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    r"|5[1-5][0-9]{14}"  # Mastercard
    r"|(?:222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|3(?:0[0-5]|09|[689])[0-9]{11,16}"  # Diners Club
    r"|(?:6011|64[4-9]|65)[0-9]{12,15}"  # Discover
    # JCB issues 3528 to 3589; the rest of 35 is nobody's, and generators of test data use it
    r"|35[0-9]{14,17}|(?:2131|1800)[0-9]{11}"
    r"|62[0-9]{14,17}"  # UnionPay
    r"|220[0-4][0-9]{12,15}"  # Mir
    r"|(?:50|5[6-9]|6[0-9])[0-9]{10,17}"  # Maestro, RuPay, Elo
    r"|(?:81|82)[0-9]{14}|9792[0-9]{12}"  # RuPay, Troy
)
_CARD_SHAPE = r"[0-9](?:[ -]?[0-9]){11,18}"


_CARD = valid(0.045)


def _check_card(surface: str) -> Judgement | None:
    if not compiled(_CARD_SHAPE).fullmatch(surface):
        return None
    figures = re.sub("[ -]", "", surface)
    if not _is_luhn(figures):
        return INVALID
    # a range opened after this list was written is no reason to doubt the number
    return _CARD if compiled(_NETWORKS).fullmatch(figures) else UNKNOWN


_CARD_NOTATIONS = [
    Written(LEFT + source + RIGHT)
    for source in (
        r"[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}\1[0-9]{3}",
        r"[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}",
        r"3[0-9]{3}([ -])[0-9]{6}\1[0-9]{4,5}",
        r"[0-9]{12,19}",
    )
]

CARD = Validator(
    name="card",
    what="payment card number (issuer's range, Luhn)",
    chance=_CARD.chance,
    doubt=0.3,
    check=_check_card,
    places=lambda text: scan(text, _CARD_NOTATIONS, _check_card),
)

_IBAN = valid(0.012)
_IBAN_SHAPE = r"[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11,30}"
_IBAN_HEAD = LEFT + r"[A-Za-z]{2}[0-9]{2}(?=[ -]?[A-Za-z0-9]{2})"


@cache
def _iban_length(country: str) -> int | None:
    """Characters of an IBAN of that country, from stdnum's copy of the SWIFT registry."""
    ((found, properties), *_) = import_module("stdnum.numdb").get("iban").info(country)
    if found != country or "bban" not in properties:
        return None
    return 4 + sum(map(int, re.findall("[0-9]+", properties["bban"])))


def _check_iban(surface: str) -> Judgement | None:
    if not compiled(_IBAN_SHAPE).fullmatch(surface):
        return None
    return _IBAN if _is_iban(surface) else INVALID


def _ibans(text: str) -> Iterator[Place]:
    """The country says how long the number is, so that no word behind it is taken in."""
    at = 0
    while match := compiled(_IBAN_HEAD).search(text, at):
        start = at = match.start()
        at += 1
        length = _iban_length(match[0][:2].upper())
        if length is None:
            continue
        in_fours = length + (length - 1) // 4  # with a sign between groups
        for end in (start + in_fours, start + length):
            ends = end <= len(text) and compiled(RIGHT).match(text, end)
            if ends and _check_iban(text[start:end]) is _IBAN:
                yield Place(start, end, _IBAN.chance)
                at = end
                break


IBAN = Validator(
    name="iban",
    what="bank account number (country's form, mod 97)",
    chance=_IBAN.chance,
    doubt=0.2,
    check=_check_iban,
    places=_ibans,
)

_BIC_CUE = r"(?i:\bbic\b|\bswift\b)"

BIC = checked(
    "bic",
    "bank identifier, SWIFT code (form, country); found beside the word or where it ends in XXX",
    chance=0.37,
    doubt=0.2,
    shape=r"(?:[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?|[a-z]{6}[a-z0-9]{2}(?:[a-z0-9]{3})?)",
    passes=stdnum("bic"),
    notations=[
        Written(r"[A-Z]{6}[A-Z0-9]{2}XXX"),
        Written(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", cue=_BIC_CUE),
    ],
)

LEI = checked(
    "lei",
    "legal entity identifier (mod 97)",
    chance=0.011,
    doubt=0.2,
    shape=r"[A-Z0-9]{18}[0-9]{2}",
    passes=stdnum("lei"),
    notations=[Written(r"(?=[0-9]*[A-Z])[A-Z0-9]{18}[0-9]{2}")],
)

ISIN = checked(
    "isin",
    "securities number (country, Luhn over letters)",
    chance=0.04,
    doubt=0.2,
    shape=r"[A-Z]{2}[A-Z0-9]{9}[0-9]",
    passes=stdnum("isin"),
    notations=[Written(r"[A-Z]{2}(?=[A-Z]*[0-9])[A-Z0-9]{9}[0-9]")],
)

_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
_BECH32 = "(?:bc1[02-9ac-hj-np-z]{11,71}|BC1[02-9AC-HJ-NP-Z]{11,71})"
_is_bitcoin = stdnum("bitcoin")

_BTC = valid(1e-6)  # 32 bits, or 30


def _check_btc(surface: str) -> Judgement | None:
    if compiled(rf"[13]{_BASE58}{{25,34}}").fullmatch(surface):
        return _BTC if _is_bitcoin(surface) else INVALID
    if not compiled(_BECH32).fullmatch(surface):
        return None
    if _is_bitcoin(surface):
        return _BTC
    # versions 1 and later ("bc1p") carry bech32m, which stdnum does not know
    return INVALID if surface[3] in "qQ" else UNKNOWN


_BTC_NOTATIONS = [
    Written(rf"{LEFT}[13]{_BASE58}{{25,34}}{RIGHT}"),
    Written(rf"{LEFT}{_BECH32}{RIGHT}"),
]

BTC = Validator(
    name="btc",
    what="Bitcoin address (base58check or bech32)",
    chance=_BTC.chance,
    doubt=0.1,
    check=_check_btc,
    places=lambda text: scan(text, _BTC_NOTATIONS, _check_btc),
)

# 14 digits lack the check digit, 16 are an IMEISV, which has none.
_IMEI = valid(0.1)
_IMEI_NOTATIONS = [
    Written(rf"{LEFT}[0-9]{{2}}([ -])[0-9]{{6}}\1[0-9]{{6}}\1[0-9]{RIGHT}"),
    Written(rf"{LEFT}(?:0[01]|1[03]|3[35]|4[459]|5[0-4]|86|9[189])[0-9]{{13}}{RIGHT}"),
]
_CHECKED_LENGTH = 15


def _check_imei(surface: str) -> Judgement | None:
    if not compiled(r"[0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{6}(?:[ -]?[0-9]{1,2})?").fullmatch(surface):
        return None
    figures = re.sub("[ -]", "", surface)
    if len(figures) != _CHECKED_LENGTH:
        return UNKNOWN
    return _IMEI if _is_luhn(figures) else INVALID


IMEI = Validator(
    name="imei",
    what="IMEI of a phone, 15 digits (Luhn)",
    chance=_IMEI.chance,
    doubt=0.3,
    check=_check_imei,
    places=lambda text: scan(text, _IMEI_NOTATIONS, _check_imei),
)

ALL = (CARD, IBAN, BIC, LEI, ISIN, BTC, IMEI)
