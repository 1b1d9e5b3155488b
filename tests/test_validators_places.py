"""Which places are found, with which boundaries, and what stays out."""

from __future__ import annotations

import pytest

from schema_ner.schema import Schema
from schema_ner.spans import Span
from schema_ner.validators import apply, get


def found(name: str, text: str) -> list[str]:
    return [text[start:end] for start, end, _ in get(name).find(text)]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param(
            "phone", "전화는 010-1234-5678로 주세요", ["010-1234-5678"], id="particle after a phone"
        ),
        pytest.param(
            "email", "메일은a@b.kr로", ["a@b.kr"], id="particles on both sides of a mailbox"
        ),
        pytest.param(
            "url",
            "https://example.com/a로 가세요",
            ["https://example.com/a"],
            id="particle after a URL",
        ),
        pytest.param(
            "iban",
            "BE68 5390 0754 7034 PAID NOW",
            ["BE68 5390 0754 7034"],
            id="words behind an IBAN",
        ),
        pytest.param(
            "iban", "an gb82west12345698765432.", ["gb82west12345698765432"], id="small letters"
        ),
        pytest.param(
            "card", "4111-1111-1111-1111 12/27", ["4111-1111-1111-1111"], id="expiry behind a card"
        ),
        pytest.param(
            "card", "1234 4111 1111 1111 1111", ["4111 1111 1111 1111"], id="figures before a card"
        ),
        pytest.param("card", "x4111111111111111", [], id="a letter before"),
        pytest.param("card", "41111111111111110000000", [], id="inside a longer run"),
        pytest.param("card", "0.4111111111111111", [], id="decimals"),
        pytest.param(
            "card",
            "カード４１１１　１１１１　１１１１　１１１１です",
            ["４１１１　１１１１　１１１１　１１１１"],
            id="full width",
        ),
        pytest.param("ipv4", "١٩٢.١٦٨.٠.١", ["١٩٢.١٦٨.٠.١"], id="Arabic-Indic digits"),
        pytest.param(
            "ipv4", "10.0.0.0/8, Chrome/120.0.0.0, 1.2.3.4.5, v1.2.3.4", ["10.0.0.0"], id="versions"
        ),
        pytest.param(
            "ipv6",
            "std::a abc::def x[::2] ::1 fe80::1.",
            ["::1", "fe80::1"],
            id="no scopes, no slices",
        ),
        pytest.param(
            "ip",
            "::ffff:192.0.2.128 and 8.8.8.8",
            ["::ffff:192.0.2.128", "8.8.8.8"],
            id="both versions",
        ),
        pytest.param("mac", "00:1A:2B:3C:4D:5E:6F", [], id="seven bytes"),
        pytest.param(
            "email",
            "x@y b@c.de, 'q@r.st' <o'neil@x.co.uk>",
            ["b@c.de", "q@r.st", "o'neil@x.co.uk"],
            id="signs around",
        ),
        pytest.param(
            "url",
            "(see http://a.kr/B_(c)), example.com. node.js it.So",
            ["http://a.kr/B_(c)", "example.com"],
            id="brackets",
        ),
        pytest.param(
            "bic",
            "DOCUMENT ABSOLUTE DEUTDEFFXXX, BIC: AGRIFRPP",
            ["DEUTDEFFXXX", "AGRIFRPP"],
            id="words in capitals",
        ),
        pytest.param(
            "date",
            "2026-11-22T09:00Z 2026. 11. 22. 2026/02/30",
            ["2026-11-22", "2026. 11. 22"],
            id="dates",
        ),
        pytest.param(
            "gb-nhs",
            "9434765919 but NHS 9434765919",
            ["9434765919"],
            id="a weak number needs its cue",
        ),
        pytest.param(
            "in-aadhaar",
            "2341 2341 2346 and 4111 1111 1111 1111",
            ["2341 2341 2346"],
            id="no part of a card",
        ),
        pytest.param(
            "kr-rrn",
            "971013-9019902, 201101-3123456, 971313-1019902",
            ["971013-9019902", "201101-3123456"],
            id="resident numbers",
        ),
        pytest.param(
            "us-ssn",
            "536-90-4399 536904399 666-12-3456",
            ["536-90-4399"],
            id="written with hyphens",
        ),
        pytest.param(
            "phone",
            "+46 (0)8 928 571 38; 001-518-640-0854",
            ["+46 (0)8 928 571 38", "001-518-640-0854"],
            id="abroad",
        ),
        pytest.param(
            "phone", "2125550187, call 2125550187", ["2125550187"], id="bare ten digits need a cue"
        ),
    ],
)
def test_places(name: str, text: str, expected: list[str]) -> None:
    """Boundaries are sane: nothing inside longer runs, Korean and Japanese may follow directly."""
    assert found(name, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "22.11.2026",
        "02.11.2026",
        "02-11-2026",
        "2026. 11. 22.",
        "192.168.0.1",
        "10.20.30.40",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "378282246310005",
        "DE89 3704 0044 0532 0130 00",
        "GB82 WEST 1234 5698 7654 32",
        "BE68 5390 0754 7034",
        "123e4567-e89b-12d3-a456-426614174000",
        "49-015420-323751-8",
        "536-90-4399",
        "971013-9019902",
        "124-81-00998",
        "1588-1600",
        "1999-2003",
        "09:00-17:00",
        "1,234,567,890",
        "3.14159265358979",
        "1700000000000",
        "978-3-16-148410-0",
        "0123456789@example.com",
    ],
)
def test_what_is_no_phone(text: str) -> None:
    """Dates, addresses, cards, accounts, years, prices and book numbers are no phone numbers."""
    assert found("phone", f"see {text} there") == []


@pytest.mark.parametrize("text", ["192.168.0.1", "4111-1111-1111-1111", "010-1234-5678"])
def test_what_is_no_date(text: str) -> None:
    assert found("date", text) == []


def test_a_number_that_is_named_before_it_is_surer() -> None:
    """Ten digits are a telephone number as well; "NHS" in front decides."""

    def chance(text: str) -> float:
        (place,) = get("gb-nhs").find(text)
        return place.chance

    assert chance("NHS number 943 476 5919") < chance("then 943 476 5919") / 2
    assert chance("NHS number 943 476 5919") < get("phone").weigh("943 476 5919").chance / 2


def test_a_model_s_span_is_raised_by_what_stands_before_it() -> None:
    """The same as if only the validator had found it, or more."""
    schema = Schema.from_json('{"types": [{"name": "NHS number", "validator": "gb-nhs"}]}')

    def raised(text: str) -> float:
        at = text.index("9")
        (span,) = apply([Span(at, len(text), "NHS number", text[at:], 0.5)], text, schema)
        assert span.score is not None
        return span.score

    assert raised("then 943 476 5919") == pytest.approx(0.95)
    assert raised("NHS number 943 476 5919") == pytest.approx(0.99)
