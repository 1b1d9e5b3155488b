"""Which surfaces pass, the declared chances, the registry."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest
from published_numbers import VALID

from schema_ner.errors import SchemaError
from schema_ner.validators import VALIDATORS, Verdict, get, names


@pytest.mark.parametrize(("name", "surface"), VALID)
def test_published_numbers_pass(name: str, surface: str) -> None:
    """Every validator accepts the numbers that its issuer or standard publishes."""
    assert get(name).judge(surface) is Verdict.VALID


def test_every_validator_has_a_published_number() -> None:
    assert {name for name, _ in VALID} == set(names())


@pytest.mark.parametrize(
    ("name", "surface"),
    [
        pytest.param("card", "4111 1111 1111 1112", id="Luhn fails"),
        pytest.param("card", "my card", id="no number at all"),
        pytest.param("iban", "GB82 WEST 1234 5698 7654 33", id="mod 97 fails"),
        pytest.param("iban", "ZZ82 WEST 1234 5698 7654 32", id="no such country"),
        pytest.param("imei", "49-015420-323751-7", id="Luhn fails for a phone too"),
        pytest.param("bic", "ABCDZZ22", id="no such country in a BIC"),
        pytest.param("date", "2026-02-30", id="no such day"),
        pytest.param("date", "31.04.2026", id="no such day, day first"),
        pytest.param("email", "@example", id="nothing before the sign"),
        pytest.param("email", "a..b@example.com", id="two dots"),
        pytest.param("ipv4", "256.1.1.1", id="a byte too large"),
        pytest.param("ipv6", "1::2::3", id="two gaps"),
        pytest.param("us-ssn", "666-12-3456", id="an area never given"),
        pytest.param("us-ssn", "078-05-1120", id="the number of the wallet advertisement"),
        pytest.param("kr-rrn", "971313-1019902", id="month 13"),
        pytest.param("kr-rrn", "990101-3019902", id="born in 2099"),
        pytest.param("kr-brn", "124-81-00997", id="Korean check digit fails"),
        pytest.param("phone", "2026-11-22", id="a date is no phone number"),
        pytest.param("phone", "192.168.0.1", id="an address is no phone number"),
        pytest.param("phone", "4111 1111 1111 1111", id="a card is no phone number"),
        pytest.param("phone", "hello", id="letters are no phone number"),
        pytest.param("url", "hello world", id="words are no address"),
        pytest.param("btc", "1NEDqZPvTWRaoho48qXuLLsrYomMXPABfX", id="base58check fails"),
    ],
)
def test_wrong_numbers_are_invalid(name: str, surface: str) -> None:
    assert get(name).judge(surface) is Verdict.INVALID


@pytest.mark.parametrize(
    ("name", "surface"),
    [
        pytest.param("card", "4111 **** **** 1111", id="masked"),
        pytest.param("us-ssn", "xxx-xx-4399", id="masked with letters"),
        pytest.param("iban", "IBAN: GB82 WEST 1234 5698 7654 32.", id="drawn too wide"),
        pytest.param("card", "9999 9999 9999 9995", id="Luhn holds, issuer unknown"),
        pytest.param("imei", "35-209900-176148-23", id="IMEISV has no check digit"),
        pytest.param("kr-rrn", "201101-3123456", id="Korean number without checksum"),
        pytest.param("date", "22 November 2026", id="month in words"),
        pytest.param("email", "한글@도메인.한국", id="mailbox in Hangul"),
        pytest.param("email", "jane (at) example (dot) com", id="mailbox spelled out"),
        pytest.param("url", "https://ko.wikipedia.org/wiki/대한민국", id="Hangul in a path"),
        pytest.param("url", "mailto:a@b.kr", id="another scheme"),
        pytest.param("phone", "555-0187", id="a local number"),
        pytest.param(
            "btc", "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr", id="bech32m"
        ),
    ],
)
def test_what_no_check_can_tell_is_unknown(name: str, surface: str) -> None:
    """Masked digits and other notations are no reason to doubt a model."""
    assert get(name).judge(surface) is Verdict.UNKNOWN


def test_a_korean_number_without_checksum_is_found_with_a_lower_score() -> None:
    """Numbers issued since October 2020 carry none: it may raise a score, never veto."""
    with_it, without = get("kr-rrn").find("971013-9019902 971013-9019903")
    assert with_it.chance < without.chance < 1.0


TEMPLATES = {  # "#" a digit, "A" a capital letter
    "au-abn": "## ### ### ###",
    "au-tfn": "#########",
    "be-nn": "##.##.##-###.##",
    "bic": "AAAAAAAA",
    "br-cnpj": "##.###.###/####-##",
    "br-cpf": "###.###.###-##",
    "ca-sin": "###-###-###",
    "card": "################",
    "de-idnr": "###########",
    "es-dni": "########A",
    "es-nie": "X#######A",
    "fr-nir": "1##############",
    "gb-nhs": "### ### ####",
    "iban": "GB##AAAA##############",
    "il-id": "#########",
    "imei": "###############",
    "in-aadhaar": "2### #### ####",
    "isin": "AA##########",
    "it-cf": "AAAAAA##A##A###A",
    "jp-my-number": "#### #### ####",
    "kr-brn": "###-##-#####",
    "kr-rrn": "######-#######",
    "lei": "AAAAAAAAAAAAAAAAAA##",
    "nl-bsn": "#########",
    "pl-pesel": "###########",
    "se-pnr": "######-####",
    "tr-tckn": "2##########",
    "us-itin": "9##-##-####",
    "us-rtn": "#########",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_chance_is_what_random_strings_pass(name: str) -> None:
    """``chance`` is measured, not guessed: 3,000 random strings of the shape."""
    rng = random.Random(name)  # noqa: S311  # no secret
    kinds = {"#": "0123456789", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    tries = 3_000
    strings = [
        re.sub("[#A]", lambda m: rng.choice(kinds[m[0]]), TEMPLATES[name]) for _ in range(tries)
    ]
    passed = sum(get(name).judge(s) is Verdict.VALID for s in strings)
    expected = get(name).chance * tries
    # four standard deviations of a count, and the rounding of the declared share
    assert passed <= expected * 1.1 + 4 * expected**0.5 + 1
    assert passed >= expected * 0.3 - 4 * expected**0.5


def test_the_table_is_sorted_and_says_what_each_is() -> None:
    assert names() == tuple(sorted(VALIDATORS))
    for name, validator in VALIDATORS.items():
        assert validator.name == name
        assert validator.what
        assert 0 < validator.chance < 1
        assert 0 < validator.doubt < 1


def test_an_unknown_name_is_told_its_neighbours() -> None:
    with pytest.raises(SchemaError) as raised:
        get("IBAN_")
    assert str(raised.value) == (
        "no validator is called 'IBAN_'. Did you mean 'iban'? "
        f"`schema_ner.validators.names()` lists all {len(names())}."
    )
    with pytest.raises(SchemaError, match="lists all"):
        get("")


def test_importing_is_light() -> None:
    """Neither stdnum nor phonenumbers is loaded before a check needs it."""
    code = (
        "import sys, schema_ner.validators\n"
        "print(*(m for m in sys.modules if m.startswith(('stdnum', 'phonenumbers'))))"
    )
    printed = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert printed.strip() == ""
