"""Addresses of machines and mailboxes: e-mail, URL, IPv4, IPv6, MAC, and UUIDs.

Here: formats; none of these has a checksum.  Not here: whether a host exists; nothing is looked up.

URLs and e-mail addresses end at the first character of a script that is written without blanks
or with attached particles (Hangul, Han, kana, Thai …): in "a@b.kr로" the particle is no part of
the address.  A URL that spells such characters out instead of percent-encoding them is judged
"unknown", never "invalid".
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from schema_ner.validators.base import (
    ALNUM,
    ALPHA,
    INVALID,
    UNKNOWN,
    Judgement,
    Place,
    Validator,
    Written,
    checked,
    compiled,
    joined,
    scan,
    valid,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# Chances here are judgements: the share of look-alikes in running text.
_EMAIL = valid(0.02)
_URL = valid(0.02)
_BARE_HOST = valid(0.2)  # "example.com": file names and missing blanks look the same
_IPV4 = valid(0.15)  # version and section numbers look the same
_IPV6 = valid(0.03)

_LABEL = rf"[{ALNUM}](?:[{ALNUM}-]{{0,61}}[{ALNUM}])?"
_TLD = rf"(?:xn--[A-Za-z0-9-]{{2,59}}|[{ALPHA}]{{2,24}})"
_HOST = rf"(?:{_LABEL}\.){{1,8}}{_TLD}(?![{ALNUM}]|-[{ALNUM}])"
# RFC 5321: 64 characters at most.  Signs that are legal but in running text mostly separate
# ("=", "/", "{", "|", "&") are left out.
_LOCAL_CHARS = rf"[{ALNUM}._%+'~-]"
_LOCAL_MAX = 64
_ADDRESS = rf"[{ALNUM}_](?:{_LOCAL_CHARS}{{0,{_LOCAL_MAX - 1}}})@{_HOST}"
_SPELLED_OUT = r"(?i)[\[({ ]at[\])} ].{1,80}[\[({ ]dot[\])} ]|[\[({]at[\])}]|[\[({]@[\])}]"


def _check_email(surface: str) -> Judgement | None:
    if compiled(_ADDRESS).fullmatch(surface) and ".." not in surface and ".@" not in surface:
        return _EMAIL
    one_sign = surface.count("@") == 1 and not surface.isascii()
    # a local part or a domain in a script that is not searched for, or written for people only
    return UNKNOWN if one_sign or compiled(_SPELLED_OUT).search(surface[:320]) else None


def _emails(text: str) -> Iterator[Place]:
    """From each "@" outwards: no local part is scanned more than once."""
    host, local = compiled(_HOST), compiled(rf"{_LOCAL_CHARS}{{1,{_LOCAL_MAX + 1}}}")
    done, at = 0, text.find("@")
    while at >= 0:
        after = host.match(text, at + 1)
        before = text[max(done, at - _LOCAL_MAX - 1) : at][::-1]
        if after and (match := local.match(before)) and match.end() <= _LOCAL_MAX:
            name = match[0][::-1].lstrip(".'%+~-")  # quotes and bullets stand before addresses
            start, end = at - len(name), after.end()
            if name and _check_email(text[start:end]) is _EMAIL:
                yield Place(start, end, _EMAIL.chance)
                done = end
        at = text.find("@", max(at + 1, done))


EMAIL = Validator(
    name="email",
    what="e-mail address (format)",
    chance=_EMAIL.chance,
    doubt=0.2,
    check=_check_email,
    places=_emails,
)

# Hosts without "http://" or "www." count under these endings only: two-letter ones would make a
# host of every missing blank ("the end.It").
_COMMON = r"(?:com|org|net|edu|gov|info|biz|io|dev|app|(?:co|or|go|ac|ne)\.(?:kr|uk|jp|nz|za|in))"
_SCHEME = r"(?:https?|ftps?|wss?)://"
_URL_HOST = rf"(?:{_HOST}|localhost|(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}|\[[0-9A-Fa-f:.]{{2,45}}\])"
_TAIL = rf"(?::[0-9]{{1,5}})?(?:[/?#][{ALNUM}!#$%&'()*+,./:;=?@\[\]_~-]{{0,2000}})?"
_USER = r"(?:[A-Za-z0-9._~%-]{1,64}(?::[A-Za-z0-9._~%!-]{0,64})?@)?"
_FULL = rf"(?i:{_SCHEME}{_USER}{_URL_HOST}|www\.{_HOST}){_TAIL}"
_BARE = rf"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.){{1,6}}{_COMMON}{_TAIL}"
_ANY_SCHEME = rf"[A-Za-z][A-Za-z0-9+.-]{{1,20}}:.{{1,2000}}|{_HOST}.{{0,2000}}"
_URL_NOTATIONS = [
    Written(rf"(?<![{ALNUM}_])(?:{_FULL})"),
    Written(rf"(?<![{ALNUM}_@./-])(?:{_BARE})(?![{ALNUM}_@]|[.-][{ALNUM}])"),
]
_PAIRS = {")": "(", "]": "["}


def _untrailed(url: str) -> str:
    """Without the punctuation of the sentence around it; a bracket stays if it was opened."""
    while url:
        last = url[-1]
        closes_nothing = last in _PAIRS and url.count(last) > url.count(_PAIRS[last])
        if last not in ".,;:!?'*~(" and not closes_nothing:
            break
        url = url[:-1]
    return url


def _check_url(surface: str) -> Judgement | None:
    if _untrailed(surface) == surface:
        if compiled(_FULL).fullmatch(surface):
            return _URL
        if compiled(_BARE).fullmatch(surface):
            return _BARE_HOST
    return UNKNOWN if compiled(_ANY_SCHEME).fullmatch(surface) else None


def _urls(text: str) -> list[Place]:
    return [
        Place(start, start + len(url), judgement.chance)
        for start, end, _ in scan(text, _URL_NOTATIONS, lambda _: _URL)
        if (url := _untrailed(text[start:end]))
        and (judgement := _check_url(url)) is not None
        and judgement.chance < 1.0
    ]


URL = Validator(
    name="url",
    what="web address, with http:// or www., or a bare host under a common ending (format)",
    chance=_URL.chance,
    doubt=0.4,
    check=_check_url,
    places=_urls,
)


def _is_ipv4(surface: str) -> bool:
    try:
        ipaddress.IPv4Address(surface)
    except ValueError:
        return False
    return True


IPV4 = checked(
    "ipv4",
    "IPv4 address (range of each byte)",
    chance=_IPV4.chance,
    doubt=0.1,
    shape=r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}",
    passes=_is_ipv4,
    # "Chrome/120.0.0.0" and "version 1.2.3.4" are versions; "10.0.0.0/8" keeps its address
    notations=[
        Written(r"(?<![A-Za-z]/)(?<!ersion )(?<!버전 )(?<!버전)[0-9]{1,3}(?:\.[0-9]{1,3}){3}"),
    ],
    right=rf"(?![{ALNUM}_@%])(?![-.][0-9]|/[0-9]{{3}})",
)

_HEX = "0-9A-Fa-f"
_V6 = rf"[{_HEX}:]{{2,39}}(?:(?<=:)[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}})?"


def _check_ipv6(surface: str) -> Judgement | None:
    if not compiled(_V6 + r"(?:%[A-Za-z0-9]{1,15})?").fullmatch(surface) or ":" not in surface:
        return None
    try:
        ipaddress.IPv6Address(surface)
    except ValueError:
        return INVALID
    return _IPV6


def _find_ipv6(surface: str) -> Judgement | None:
    """Stricter than judging: "abc::def" is C++, "[::2]" a slice, hex pairs a serial number."""
    wide = compiled(rf"[{_HEX}]{{3}}").search(surface) and compiled("[0-9]").search(surface)
    return _check_ipv6(surface) if wide or surface == "::1" else None


_V6_NOTATION = [Written(rf"(?<![{ALNUM}_:.])(?:{_V6})(?<!(?<!:):)(?!:?[{ALNUM}_]|::|\.[0-9])")]

IPV6 = Validator(
    name="ipv6",
    what="IPv6 address (format)",
    chance=_IPV6.chance,
    doubt=0.1,
    check=_check_ipv6,
    places=lambda text: scan(text, _V6_NOTATION, _find_ipv6),
)


def _check_ip(surface: str) -> Judgement | None:
    return IPV4.check(surface) or _check_ipv6(surface)


def _ips(text: str) -> list[Place]:
    return joined(scan(text, _V6_NOTATION, _find_ipv6), IPV4.places(text))


IP = Validator(
    name="ip",
    what="IP address of either version",
    chance=_IPV4.chance,
    doubt=0.1,
    check=_check_ip,
    places=_ips,
)

_PAIR = rf"[{_HEX}]{{2}}"
_MAC = (
    rf"{_PAIR}:(?:{_PAIR}:){{4}}{_PAIR}|{_PAIR}-(?:{_PAIR}-){{4}}{_PAIR}"
    rf"|[{_HEX}]{{4}}\.[{_HEX}]{{4}}\.[{_HEX}]{{4}}"
)

MAC = checked(
    "mac",
    "MAC address, six bytes with colons, hyphens or in Cisco's form (format)",
    chance=0.02,
    doubt=0.2,
    shape=_MAC,
    passes=lambda _: True,
    notations=[Written(rf"(?<!{_PAIR}[:-])(?:{_MAC})(?![:-]{_PAIR}|\.[{_HEX}])")],
)

_UUID = rf"[{_HEX}]{{8}}-[{_HEX}]{{4}}-[{_HEX}]{{4}}-[{_HEX}]{{4}}-[{_HEX}]{{12}}"

UUID = checked(
    "uuid",
    "UUID, 8-4-4-4-12 hexadecimal digits (format)",
    chance=0.005,
    doubt=0.2,
    shape=rf"\{{?{_UUID}\}}?|(?:urn:uuid:){_UUID}|[{_HEX}]{{32}}",
    passes=lambda _: True,
    notations=[Written(rf"(?<![{_HEX}]-)(?:{_UUID})(?!-[{_HEX}])")],
)

ALL = (EMAIL, URL, IPV4, IPV6, IP, MAC, UUID)
