"""The tokens of Python that a model wrote: names, numbers, brackets, strings.  Nothing is run.

One flat scan, linear in the text whatever the text.  Correct Python is read as Python reads it;
where a string cannot be right as it stands (an apostrophe unescaped, a closing quote forgotten),
it ends where what follows goes on like code.

Here: where tokens begin and end, and what a string says.  Not here: what they mean (``parsing``).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

Kind = Literal["name", "number", "string", "foreign", "broken", "sign", "fence", "other"]

# Possessive quantifiers (*+, ++) throughout: nothing is ever scanned twice for want of a match.
BLANK = r"[\s\x00-\x1f\ufeff\u200b]"
QUOTE = r"['\"“”„‟«»‘’‚‛]"
# \w leaves out combining marks, which names in many scripts hold
_NAME_CHAR = r"[^\x00-/:-@\[-^`{-\x7f\s\ufeff\u200b“”„‟«»‘’‚‛]"
NAME = rf"(?<!{_NAME_CHAR})(?![0-9]){_NAME_CHAR}++"
_PREFIX = r"[rRuUbBfF]{0,2}+"
# Drug(span='  or  Drug('
_ITEM = rf"{NAME}\({BLANK}*+(?:{NAME}{BLANK}*+={BLANK}*+)?{_PREFIX}{QUOTE}"

_TOKEN = re.compile(
    rf"""(?:{BLANK}++ | \#[^\n]*+)*+  # a comment is no token
    (?: (?P<fence>```)
      | (?P<string>(?P<prefix>{_PREFIX})(?P<quote>'''|\"\"\"|{QUOTE}))
      | (?P<number>[0-9][\w.]*+)
      | (?P<name>{NAME})
      | (?P<sign>[()\[\]{{}},=])
      | (?P<other>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_FAMILIES = (
    {"'": "'", '"': '"'} | dict.fromkeys("“”„‟«»", '“”„‟«»"') | dict.fromkeys("‘’‚‛", "‘’‚‛'")
)
_STOPS = {quote: re.compile(rf"[{closers}]|[\\\n\r]") for quote, closers in _FAMILIES.items()} | {
    quote: re.compile(rf"{quote}|\\") for quote in ("'''", '"""')
}
# What follows a closing quote in a call, a list, a dict, or a computation (which is never done).
_GOES_ON = re.compile(
    rf"""{BLANK}*+(?: \Z | [\]}}:\#]
      | \)(?: \( | [^\S\n]*+\n | {BLANK}*+(?:\Z | [,)\]}}\#] | ``` | {NAME}\() )
      | ,[^\S\n]*+(?:\Z | [\n)\]\[\#({{0-9-] | {QUOTE} | (?:None|True|False)\b
                   | {NAME}(?:{BLANK}*+= | \( | \Z)) )
    | \.{NAME}\( | {BLANK}*+[+%]{BLANK}*+(?:{QUOTE} | {NAME}[(.])
    | {BLANK}++{QUOTE}""",
    re.VERBOSE,
)
_NEXT_LINE = re.compile(rf"{BLANK}*+({_ITEM}|\][^\S\n]*+(?:\n|\Z)|```)?")
_OPENS_ITEM = re.compile(rf"({_ITEM})\Z")
_ESCAPE = re.compile(
    r"\\(?:\r\n?|[\n\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}"
    r"|N\{[^{}]{1,100}\})"
)
_SIMPLE = dict(zip("\\'\"abfnrtv", "\\'\"\a\b\f\n\r\t\v", strict=True))

# How far to look for the true end of a string that holds its own quote unescaped.  A mention is
# short; without a bound, a text of nothing but quotes would take quadratic time.
_MAX_QUOTES = 8
_MAX_CHARS = 1_000
_BEFORE_QUOTE = "=( rRuUbBfF"  # what stands in front of a quote that opens a string
_MAX_OPENING = 100  # characters of ``Name(span='`` looked at in front of a quote


class Token(NamedTuple):
    """``text[start:end]`` and what it is.

    ``value`` is what a string says, else the token itself.  ``foreign`` is a bytes or f-string,
    ``broken`` a string without an end: it reaches to the end of the text, or to where an item or
    the end of a list shows that its closing quote is missing.
    """

    kind: Kind
    start: int
    end: int
    value: str

    @property
    def sign(self) -> str:
        """The bracket, comma or equals sign that it is; empty for everything else."""
        return self.value if self.kind == "sign" else ""


def token_at(text: str, pos: int) -> Token | None:
    """The first token at or behind ``pos``; ``None`` when there is none left."""
    found = _TOKEN.match(text, pos)
    if found is None:
        return None
    if found["string"] is not None:
        return _string(text, found)
    kind: Kind = found.lastgroup  # type: ignore[assignment]  # the groups are named after the kinds
    return Token(kind, found.start(kind), found.end(kind), found[kind])


def unescaped(body: str) -> str:
    """What a string literal says, as Python reads it; escapes that Python refuses are kept."""
    return _ESCAPE.sub(lambda found: _character(found[0]), body) if "\\" in body else body


def _character(escape: str) -> str:
    code = escape[1:]
    if code in _SIMPLE:
        return _SIMPLE[code]
    if code[0] in "\r\n":
        return ""
    try:
        if code[0] == "N":
            return unicodedata.lookup(code[2:-1])
        return chr(int(code[1:], 16) if code[0] in "xuU" else int(code, 8))
    except (KeyError, ValueError):  # no character of that name, or beyond the last code point
        return escape


def _string(text: str, found: re.Match[str]) -> Token:
    """The string that opens here.  The first quote that code follows ends it."""
    start, body, quote = found.start("string"), found.end("string"), found["quote"]
    prefix = found["prefix"].lower()
    end, first = _end_of_string(text, body, quote)
    if first is None:
        return Token("broken", start, end, text[body:end])
    inner = text[body : first.start()]
    if set(prefix) & {"b", "f"}:
        return Token("foreign", start, first.end(), inner)
    return Token("string", start, first.end(), inner if "r" in prefix else unescaped(inner))


def _end_of_string(text: str, body: int, quote: str) -> tuple[int, re.Match[str] | None]:
    """The closing quote, or None and where the string breaks off."""
    stop = _STOPS[quote]
    first: re.Match[str] | None = None
    pos, limit, quotes = body, len(text), 0
    while found := stop.search(text, pos, limit):
        sign = found[0]
        if sign == "\\":
            pos = found.end() + 1
        elif sign in "\r\n":
            line = _NEXT_LINE.match(text, found.start())
            if line is not None and line[1] is not None:
                return found.start(), first
            pos = found.end() if line is None else line.end()
        elif _GOES_ON.match(text, found.end()):
            return found.end(), found
        else:
            window = max(body, found.start() - _MAX_OPENING)
            opens = (
                _OPENS_ITEM.search(text, window, found.end())
                if text[found.start() - 1] in _BEFORE_QUOTE
                else None
            )
            if opens is not None:  # this quote belongs to the next item: ours was never closed
                return opens.start(), first
            if first is None:
                first, limit = found, min(limit, found.end() + _MAX_CHARS)
            quotes += 1
            pos = found.end()
            if quotes > _MAX_QUOTES:
                break
    # no quote looks like the last one: then the first one is, as Python has it
    return limit, first
