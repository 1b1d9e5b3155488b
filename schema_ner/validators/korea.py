"""Korean numbers: of residents, whose checksum may raise a score but never veto, and of firms.

Resident numbers given since October 2020 carry no checksum: behind the birth date and the digit of
sex and century stand random figures.  So the date decides, and the checksum only strengthens.

stdnum knows the form of a business number but not its check digit, so that one is worked out here.
"""

from __future__ import annotations

import datetime as dt
from importlib import import_module

from schema_ner.validators.base import (
    INVALID,
    LEFT,
    RIGHT,
    Judgement,
    Validator,
    Verdict,
    Written,
    checked,
    compiled,
    digits,
    scan,
    stdnum,
    valid,
    written,
)

_RRN = valid(0.005)
# Judged: most numbers in use are older and should pass, so that failing speaks against the number
# without deciding.
_RRN_UNCHECKED = Judgement(Verdict.UNKNOWN, 0.2)


def _check_rrn(surface: str) -> Judgement | None:
    if not compiled(digits("######[- ]?#######")).fullmatch(surface):
        return None
    figures = surface.replace("-", "").replace(" ", "")
    rrn = import_module("stdnum.kr.rrn")
    try:
        born = rrn.get_birth_date(figures)
    except ValueError:  # what stdnum raises is one
        return INVALID
    # 9 and 0 stand for births in the 1800s, 5 to 8 for foreigners
    if born > dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=1):
        return INVALID
    return _RRN if figures[12] == rrn.calc_check_digit(figures[:12]) else _RRN_UNCHECKED


_RRN_NOTATIONS = [Written(LEFT + digits("######-#######") + RIGHT)]

KR_RRN = Validator(
    name="kr-rrn",
    what="Korean resident or foreigner number (birth date; the checksum only raises)",
    chance=_RRN.chance,
    doubt=0.1,
    check=_check_rrn,
    places=lambda text: scan(text, _RRN_NOTATIONS, _check_rrn),
)

_BRN_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_is_brn = stdnum("kr.brn")


def _passes_brn(surface: str) -> bool:
    *body, check = (int(c) for c in surface if c.isdigit())
    # the ninth product counts with both of its digits
    total = sum(n * w for n, w in zip(body, _BRN_WEIGHTS, strict=True)) + body[-1] * 5 // 10
    return (total + check) % 10 == 0 and _is_brn(surface)


KR_BRN = checked(
    "kr-brn",
    "Korean business number (mod 10)",
    chance=0.1,
    doubt=0.2,
    shape=digits("###-?##-?#####"),
    passes=_passes_brn,
    notations=written(["###-##-#####", ("##########", "사업자")]),
)

ALL = (KR_BRN, KR_RRN)
