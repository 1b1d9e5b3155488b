"""Read what UniversalNER answered to one question: its text in, mentions of one type out.

The form is a JSON list of texts (Zhou et al., arXiv:2308.03279):

    ["aspirin", "Humira"]

written correctly, or as models do write it: fenced, with prose around it, cut off at any byte, in
single quotes, without a comma, lists in lists.  Any text at all gives a result, in linear time.

The law is that of ``parsing``: each item of a list ends as exactly one Mention or one Rejected.

Here: lists of texts.  Not here: calls (``parsing``), tokens (``literals``), the blank that the
prompt puts into special tokens (``prompts.uniner``), where a mention stands (``grounding``).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from schema_ner.mentions import Mention
from schema_ner.parsing import Parsed, no_list, says_nothing, shortened
from schema_ner.parsing.literals import BLANK, QUOTE, Token, token_at, unescaped
from schema_ner.spans import Rejected

if TYPE_CHECKING:
    from schema_ner.marks import Status

# Where, in prose, a list begins: "[as requested]" and "[1]" are prose.  And where the model goes on
# to a question of its own.
_OPENING = re.compile(
    rf"""(?: \A{BLANK}*+(?:```\w*+{BLANK}++)? | ={BLANK}*+ )\[
       | \[(?={BLANK}*+(?:\Z | [\]\[] | {QUOTE}))
       | (?P<turn>\b(?:USER|ASSISTANT):)""",
    re.VERBOSE,
)
# A string that JSON reads, and behind it what may follow in a list.
_STRING = re.compile(
    rf"""{BLANK}*+(?P<string>"(?:[^"\\\r\n]|\\[^\r\n])*+")
         (?={BLANK}*+(?: \Z | \] | ```
                     | ,{BLANK}*+(?: \Z | [,\[\]{{0-9-] | {QUOTE} | null | true | false)))
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"-?[0-9][\w.]*")
_OPENERS, _CLOSERS = ("(", "[", "{"), (")", "]", "}")


def parse(answer: str, label: str) -> Parsed:
    """Read an answer in UniversalNER's form.

    A number without quotes counts as what is written.  Lists behind one that the model asked itself
    for are no answer, and their items ``hallucinated``.

    Args:
        answer: what the model wrote.
        label: the type that it was asked for.

    Raises:
        Nothing: any text whatsoever has a result.
    """
    reader = _Reader(answer, label)
    reader.read()
    if not reader.found and not says_nothing(answer):
        reader.rejected.append(no_list(answer))
    return Parsed(
        tuple(reader.mentions),
        tuple(reader.rejected),
        reader.truncated,
        reader.closed,
        places=tuple(reader.places),
    )


class _Reader:
    """One pass over an answer."""

    def __init__(self, answer: str, label: str) -> None:
        self.mentions: list[Mention] = []
        self.rejected: list[Rejected] = []
        self.places: list[tuple[int, int]] = []
        self.found = False
        self.truncated = False
        self.closed = False
        self._answer = answer
        self._label = label
        self._pos = 0
        self._foreign = False  # the model answers a question of its own

    def read(self) -> None:
        """Read every list."""
        while opening := _OPENING.search(self._answer, self._pos):
            self._pos = opening.end()
            if opening["turn"] is not None:
                self._foreign = self.found
            else:
                self.found = True
                self._list()

    def _list(self) -> None:
        """The items up to the bracket that closes the list; lists within it are seen through."""
        depth = 1
        while depth and (token := self._next()) is not None:
            if token.sign in ("[", "]", ","):
                depth += (token.sign == "[") - (token.sign == "]")
                self._pos = token.end
            else:
                self._item(token)
        self.truncated |= depth > 0
        self.closed |= not depth

    def _next(self) -> Token | None:
        """The next token of the list; ``None`` where the answer or its fence ends."""
        if found := _STRING.match(self._answer, self._pos):
            return Token("string", *found.span("string"), _said(found["string"]))
        token = token_at(self._answer, self._pos)
        if token is None or token.kind == "fence":
            return None
        if token.kind == "string" and self._answer[token.start] == '"':
            return token._replace(value=_said(self._answer[token.start : token.end]))
        return token

    def _item(self, first: Token) -> None:
        """One item, up to what ends it."""
        last, following = first, None
        depth = squares = 0
        while True:
            self._pos = last.end
            depth = max(0, depth + (last.sign in _OPENERS) - (last.sign in _CLOSERS))
            squares += (last.sign == "[") - (last.sign == "]")
            following = self._next()
            if following is None or last.kind == "broken":
                break
            no_comma = last is first and (last.kind, following.kind) == ("string", "string")
            if not depth and (no_comma or following.sign == ","):
                break
            if following.sign == "]" and not squares:
                break
            last = following
        self._take(first, last, cut=following is None)

    def _take(self, first: Token, last: Token, *, cut: bool) -> None:
        """Book an item; ``cut`` where the answer ends behind it."""
        written = self._answer[first.start : last.end]
        said = first.value if first is last and first.kind == "string" else None
        if said is None and not cut and _NUMBER.fullmatch(written):
            said = written
        if said is not None and not said.strip():
            self._reject(written, "unparseable", "it is empty")
        elif said is not None and self._foreign:
            self._reject(said, "hallucinated", "the model answers a question of its own with it")
        elif said is not None:
            self.mentions.append(Mention(said, self._label))
            self.places.append((first.start, last.end))
        elif cut:
            self._reject(written, "truncated", "the answer ends inside this item")
        elif last.kind == "broken":
            self._reject(written, "unparseable", "a quote in it is not closed")
        else:
            self._reject(written, "unparseable", "this is no text in quotes")

    def _reject(self, text: str, status: Status, reason: str) -> None:
        self.rejected.append(Rejected(shortened(text.strip()), self._label, status, reason))


def _said(written: str) -> str:
    """What a string in double quotes says: as JSON reads it, else as Python does."""
    try:
        said: str = json.loads(written, strict=False)
    except ValueError:
        return unescaped(written[1:-1])
    return said
