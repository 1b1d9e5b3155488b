"""Numbers that states give to persons and firms.

Here: which notations are looked for.  Not here: the arithmetic, which is python-stdnum's, and the
Korean numbers (``korea``).

A bare run of digits with a weak check (one digit in ten or eleven) is looked for only beside a cue
such as "NHS"; the official grouping, and strong checks, need none.
"""

from __future__ import annotations

from typing import NamedTuple

from schema_ner.validators.base import Validator, checked, digits, stdnum, written

_DOUBT = 0.2  # judged: numbers in texts are mistyped or made up more often than one would think


class _Number(NamedTuple):
    """A national number.  In its expressions "#" is any digit.

    Attributes:
        name: the country's code and the number's usual abbreviation.
        module: where its check is, below ``stdnum``.
        what: one line for users.
        chance: measured on random strings of the shape; a test repeats the measurement.  Of
            ``in-pan`` and ``us-ssn``, which are forms, judged as the share of look-alikes.
        shape: every notation of it that is judged.
        notations: those that are looked for; in pairs, the second is a cue.
    """

    name: str
    module: str
    what: str
    chance: float
    shape: str
    notations: tuple[str | tuple[str, str], ...]


_IN_THREES = r"###([ -])###\1###"
_IN_FOURS = r"(?<!#[ -])####([ -])####\1####(?![ -]#)"  # three groups of four, no part of a card

NUMBERS = (
    _Number(
        "au-abn", "au.abn", "Australian business number (mod 89)", 0.012,
        r"##(?: ?###){3}",
        (r"##(?: ###){3}", (r"###########", r"\bABN\b")),
    ),
    _Number(
        "au-tfn", "au.tfn", "Australian tax file number (mod 11)", 0.1,
        r"###[ -]?###[ -]?#{2,3}",
        ((r"#{8,9}|" + _IN_THREES, r"(?i:\btfn\b|tax file)"),),
    ),
    _Number(
        "be-nn", "be.nn", "Belgian national number (birth date, mod 97)", 0.002,
        r"##\.?##\.?##[ -]?###\.?##",
        (r"##\.##\.##-###\.##", r"###########"),
    ),
    _Number(
        "br-cnpj", "br.cnpj", "Brazilian firm's number (two check digits)", 0.01,
        r"##\.?###\.?###/?####-?##",
        (r"##\.###\.###/####-##", r"##############"),
    ),
    _Number(
        "br-cpf", "br.cpf", "Brazilian person's number (two check digits)", 0.01,
        r"###\.?###\.?###-?##",
        (r"###\.###\.###-##", r"###########"),
    ),
    _Number(
        "ca-sin", "ca.sin", "Canadian social insurance number (Luhn)", 0.1,
        r"###[ -]?###[ -]?###",
        (_IN_THREES, (r"#########", r"(?i:\bsin\b|\bnas\b|social insurance)")),
    ),
    _Number(
        "cn-ric", "cn.ric", "Chinese resident identity number (place, birth date, mod 11)", 0.0001,
        r"#################[0-9Xx]", (r"#################[0-9Xx]",),
    ),
    _Number(
        "de-idnr", "de.idnr", "German tax identification number (digit pattern, mod 11)", 0.004,
        r"##[ ]?###[ ]?###[ ]?###",
        (r"## ### ### ###", r"[1-9]##########"),
    ),
    _Number(
        "es-dni", "es.dni", "Spanish identity number (letter, mod 23)", 0.044,
        r"########[ -]?[A-Za-z]", (r"########-?[A-Z]",),
    ),
    _Number(
        "es-nie", "es.nie", "Spanish foreigner's number (letter, mod 23)", 0.044,
        r"[XYZxyz][ -]?#######[ -]?[A-Za-z]", (r"[XYZ]-?#######-?[A-Z]",),
    ),
    _Number(
        "fi-hetu", "fi.hetu", "Finnish identity code (birth date, mod 31)", 0.001,
        r"######[-+ABCDEFUVWXY]###[0-9A-Z]", (r"######[-+A]###[0-9A-Y]",),
    ),
    _Number(
        "fr-nir", "fr.nir", "French social security number (mod 97)", 0.011,
        r"[1-478](?: ?##){2} ?[0-9][0-9AB](?: ?###){2}[ -]?##",
        (
            r"[1-478] ## ## [0-9][0-9AB] ### ###[ -]##",
            r"[12]##(?:0[1-9]|1[0-2])#[0-9AB]########",
        ),
    ),
    _Number(
        "gb-nhs", "gb.nhs", "British NHS number (mod 11)", 0.1,
        r"###[ -]?###[ -]?####",
        (
            (r"###[ -]?###[ -]?####", r"(?i:\bnhs\b|\bpatient\b)"),
            r"### ### ####",
        ),
    ),
    _Number(
        "il-id", "il.idnr", "Israeli identity number (Luhn)", 0.1,
        r"#########", ((r"#########", r"(?i:israel|teudat zehut|\bt\.?z\.?\b)|תעודת|ת\.?ז"),),
    ),
    _Number(
        "in-aadhaar", "in_.aadhaar", "Indian Aadhaar (Verhoeff)", 0.1,
        r"[2-9]###[ -]?####[ -]?####",
        (_IN_FOURS, (r"[2-9]###########", r"(?i:a?adh?aar|\buid\b|uidai)|आधार")),
    ),
    _Number(
        "in-pan", "in_.pan", "Indian tax number (form only)", 0.1,
        r"[A-Z]{5}[0-9]{4}[A-Z]", (r"[A-Z]{3}[ABCFGHJKLPT][A-Z][0-9]{4}[A-Z]",),
    ),
    _Number(
        "it-cf", "it.codicefiscale", "Italian tax code (birth date, mod 26)", 0.03,
        r"(?i:[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z])",
        (r"(?i:[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z])",),
    ),
    _Number(
        "jp-my-number", "jp.in_", "Japanese individual number (mod 11)", 0.1,
        r"####[ -]?####[ -]?####",
        (_IN_FOURS, (r"############", r"(?i:my ?number)|マイナンバー|個人番号")),
    ),
    _Number(
        "nl-bsn", "nl.bsn", "Dutch citizen service number (mod 11)", 0.1,
        r"#########|###[ .]###[ .]###|####\.##\.###",
        (
            r"####\.##\.###",
            (r"#########|###([ .])###\1###", r"(?i:\bbsn\b|burgerservice|sofi)"),
        ),
    ),
    _Number(
        "no-fnr", "no.fodselsnummer", "Norwegian birth number (date, two check digits)", 0.001,
        r"###### ?#####",
        (r"###### ?#####",),
    ),
    _Number(
        "pl-pesel", "pl.pesel", "Polish PESEL (birth date, mod 10)", 0.02,
        r"###########", (r"###########",),
    ),
    _Number(
        "se-pnr", "se.personnummer", "Swedish personal number (birth date, Luhn)", 0.004,
        r"(?:##)?######[-+]?####",
        (r"(?:19|20)######[-+]####", r"######[-+]####", r"(?:19|20)##########"),
    ),
    _Number(
        "tr-tckn", "tr.tckimlik", "Turkish identity number (two check digits)", 0.01,
        r"[1-9]##########", (r"[1-9]##########",),
    ),
    _Number(
        "us-itin", "us.itin", "US individual taxpayer number (ranges)", 0.28,
        r"9##-?##-?####", (r"9##-##-####",),
    ),
    _Number(
        "us-rtn", "us.rtn", "US bank routing number (mod 10)", 0.1,
        r"#########", ((r"#########", r"(?i:\baba\b|\brtn\b|routing)"),),
    ),
    _Number(
        "us-ssn", "us.ssn", "US social security number (ranges)", 0.2,
        r"###[- ]##[- ]####|#########",
        (
            r"###-##-####",
            (r"### ## ####|#########", r"(?i:\bssn\b|social security)"),
        ),
    ),
    _Number(
        "za-id", "za.idnr", "South African identity number (birth date, Luhn)", 0.001,
        r"###### ?#### ?## ?#",
        (r"###### #### ## ?#", r"#############"),
    ),
)  # fmt: skip


def _made(number: _Number) -> Validator:
    return checked(
        number.name,
        number.what,
        chance=number.chance,
        doubt=_DOUBT,
        shape=digits(number.shape),
        passes=stdnum(number.module),
        notations=written(number.notations),
    )


ALL = tuple(_made(number) for number in NUMBERS)
