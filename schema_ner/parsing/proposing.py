"""Read what a model answered that was asked for entities and their types: mentions out.

The form is a Python list of pairs (Zhou et al., arXiv:2308.03279):

    [("aspirin", "drug"), ("two tablets", "dose")]

written correctly, or as models do write it: fenced, with prose around it, cut off at any byte, with
wrong quotes, pairs in square brackets or without a list around them, objects with an entity and its
type, lists of entities by type.  Nothing is ever run, and any text at all gives a result, in linear
time.

The law is that of ``parsing``: each item ends as exactly one Mention, whose label is the proposed
type, or as exactly one Rejected.

Here: what the brackets hold.  Not here: tokens (``literals``), what makes an item of it
(``pairs``), which types are the same (``schema_ner.proposing``), where a mention stands
(``grounding``).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from schema_ner.parsing import Parsed, no_list, says_nothing
from schema_ner.parsing.literals import BLANK, NAME, QUOTE, Token, token_at, unescaped
from schema_ner.parsing.pairs import Frame, Value, closed, unclosed
from schema_ner.spans import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schema_ner.parsing.pairs import Pair, Result

# Where, in prose, an answer begins: "[as requested]" and "(the drug)" are prose.  And where the
# model goes on to a passage of its own.
_OPENING = re.compile(
    rf"""(?P<list> (?: \A{BLANK}*+(?:```\w*+{BLANK}++)? | ={BLANK}*+ )[\[{{]
                 | [\[{{](?={BLANK}*+(?: \Z | [\[\]({{}}] | {QUOTE})) )
       | (?P<pair> \((?={BLANK}*+{QUOTE}) )
       | \b(?P<turn>Passage:){BLANK}*+(?: "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+' )?+""",
    re.VERBOSE,
)
# A string in double quotes that JSON reads, and behind it what may follow.
_STRING = re.compile(
    rf"""{BLANK}*+(?P<string>"(?:[^"\\\r\n]|\\[^\r\n])*+")
         (?={BLANK}*+(?: \Z | [:)\]}}] | ```
                     | ,{BLANK}*+(?: \Z | [,()\[\]{{}}0-9-] | {QUOTE} | null | true | false
                                | {NAME}{BLANK}*+[:=])))
    """,
    re.VERBOSE,
)
_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}
_OPENED_BY = {closer: opener for opener, closer in _CLOSED_BY.items()}


def parse(answer: str) -> Parsed:
    """Read an answer that names entities and their types.

    What a model says behind a passage of its own making is ``hallucinated``.

    Args:
        answer: what the model wrote.

    Raises:
        Nothing: any text whatsoever has a result.
    """
    reader = _Reader(answer)
    reader.read()
    rejected = reader.rejected
    if not reader.found and not says_nothing(answer):
        rejected.append(no_list(answer))
    # brackets are read from the inside to the outside
    pairs = sorted(reader.pairs, key=lambda pair: pair[1])
    return Parsed(
        tuple(mention for mention, _ in pairs),
        tuple(rejected),
        reader.truncated,
        reader.closed,
        places=tuple(place for _, place in pairs),
    )


class _Reader:
    """One pass over an answer.  Frames know how many results there were when they opened."""

    def __init__(self, answer: str) -> None:
        self.pairs: list[Pair] = []
        self.rejected: list[Rejected] = []
        self.found = False
        self.truncated = False
        self.closed = False
        self._answer = answer
        self._pos = 0
        self._foreign = False  # the model answers about a passage of its own
        self._open: list[Frame] = []
        self._brackets: Counter[str] = Counter()  # that are open, by their sign

    def read(self) -> None:
        """Read every list, and every pair that stands alone."""
        while opening := _OPENING.search(self._answer, self._pos):
            self._pos = opening.end()
            if opening["turn"] is not None:
                self._foreign = self.found  # before the first list it is our own, repeated
                continue
            self.found |= opening["list"] is not None
            self._push(opening.end() - 1)
            while self._open:
                self._step(self._next())

    def _next(self) -> Token | None:
        """The next token; ``None`` where the answer or its fence ends."""
        if found := _STRING.match(self._answer, self._pos):
            # an answer in tuples is Python, one in lists and objects JSON
            read = _python if self._open[-1].sign == "(" else _json
            return Token("string", *found.span("string"), read(found["string"]))
        token = token_at(self._answer, self._pos)
        return None if token is None or token.kind == "fence" else token

    def _step(self, token: Token | None) -> None:
        """Take one token of what is open."""
        if token is None:
            self._cut(None)
            return
        self._pos = token.end
        if token.sign in _CLOSED_BY:
            self._push(token.start)
            return
        frame = self._open[-1]
        if token.sign in _OPENED_BY:
            self._close(token)
        elif token.kind == "broken" and token.end == len(self._answer):
            self._cut(token)
        elif token.kind in ("string", "number", "name"):
            frame.take(_value(token, self._answer))
        elif token.value in ("=", ":"):
            frame.name()
        elif token.sign == ",":
            frame.key = None
        else:
            frame.odd |= token.value != "-"  # else a number has it

    def _push(self, at: int) -> None:
        if self._open and self._open[-1].is_pair and self._open[-1].key is None:
            self._forget(at)
        parent = self._open[-1] if self._open else None
        under = None if parent is None else parent.open(at)
        sign = self._answer[at]
        first = (len(self.pairs), len(self.rejected))
        self._open.append(Frame(sign, at, first, parent is None, under, self._foreign))
        self._brackets[sign] += 1

    def _pop(self) -> Frame:
        frame = self._open.pop()
        self._brackets[frame.sign] -= 1
        pairs, rejected = frame.first
        frame.is_item = frame.has_both or (frame.has_one and len(self.pairs) == pairs)
        if frame.is_item:  # and what else stands in it is none
            del self.pairs[pairs:], self.rejected[rejected:]
        return frame

    def _forget(self, end: int) -> None:
        """The innermost bracket was never closed, and something else goes on at ``end``."""
        self._book(unclosed(self._pop(), self._answer, end, "unparseable"))

    def _close(self, token: Token) -> None:
        """Close the bracket that this one belongs to, and those within it."""
        opener = _OPENED_BY[token.value]
        if not self._brackets[opener]:
            return
        while self._open[-1].sign != opener:
            self._forget(token.start)
        frame = self._pop()
        self._book(closed(frame, self._answer, token.end))
        self.closed |= frame.is_root and frame.sign != "("

    def _cut(self, token: Token | None) -> None:
        """The answer ends here, in a string or between two tokens."""
        end = self._pos if token is None else token.end
        if token is not None:
            self._open[-1].take(Value(None, token.start, token.end, is_cut=True))
        while self._open:
            self._book(unclosed(self._pop(), self._answer, end, "truncated"))
        self.truncated = True

    def _book(self, results: Iterable[Result]) -> None:
        for result in results:
            self.found = True
            if isinstance(result, Rejected):
                self.rejected.append(result)
            else:
                self.pairs.append(result)


def _value(token: Token, answer: str) -> Value:
    """A text, a number as it is written, or a word without quotes."""
    if token.kind == "string":
        return Value(token.value, token.start, token.end)
    if token.kind == "name":
        return Value(None, token.start, token.end, token.value)
    start = token.start - (answer[token.start - 1 : token.start] == "-")
    return Value(answer[start : token.end], start, token.end, is_number=True)


def _python(written: str) -> str:
    return unescaped(written[1:-1])


def _json(written: str) -> str:
    """What a string says by JSON, else by Python."""
    try:
        said: str = json.loads(written, strict=False)
    except ValueError:
        return _python(written)
    return said
