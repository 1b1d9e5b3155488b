"""Where the items of a model's answer begin and end.

One pass over the answer: prose is searched for lists and for items that stand alone, lists are
taken apart.  An item is whole, cut (the answer ends in it), or broken (the next one begins in it).

Here: beginnings and ends.  Not here: tokens (``literals``), what an item says (``parsing``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from schema_ner.parsing.literals import BLANK, NAME, QUOTE, Token, token_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_TOKENS = 10_000  # of one item; what is longer is no item, and is not kept in memory

# Where, in prose, an answer begins.  A bracket opens a list if something follows that a list could
# hold: "[as requested]" and "[1]" are prose.
_OPENING = re.compile(
    rf"""(?P<list> (?:\A{BLANK}*+(?:```\w*+{BLANK}++)? | ={BLANK}*+)\[
                 | \[(?={BLANK}*+(?:\Z | [\]\[({{] | \#[ ] | {QUOTE} | {NAME}\()) )
      | (?P<item> (?<!\.)(?P<name>{NAME})
                  \((?={BLANK}*+(?: (?P<span>span{BLANK}*+=) | {NAME}{BLANK}*+= | {QUOTE} | \)
                                  | \w*+\Z)) )
      | ^[^\S\n]*+(?P<text>text{BLANK}*+={BLANK}*+\(?{BLANK}*+(?={QUOTE}))""",
    re.VERBOSE | re.MULTILINE,
)
_ITEM = re.compile(rf"{NAME}\({BLANK}*+span{BLANK}*+=")
_CALL = re.compile(rf"{NAME}\(")


Ending = Literal["whole", "cut", "broken"]


class Item(NamedTuple):
    """One item: its text as it was said, and its tokens.

    ``ending`` is ``whole``, ``cut`` or ``broken``.  ``overlong`` says that tokens are missing.
    ``foreign`` says that the item is about a text which the model made up.
    """

    text: str
    start: int
    tokens: list[Token]
    ending: Ending
    overlong: bool = False
    foreign: bool = False


class Scan:
    """One pass over an answer.

    Attributes:
        found: there was a list, or an item.
        truncated: the answer ended inside a list or an item.
        closed: a list was closed; what follows it is no part of the answer.
    """

    def __init__(self, answer: str, knows: Callable[[str], bool]) -> None:
        self.found = False
        self.truncated = False
        self.closed = False
        self._answer = answer
        self._knows = knows  # whether a name is one of the schema's
        self._pos = 0

    def items(self) -> Iterator[Item]:
        """Every item of every list, and those that stand outside of one.

        A base model does not stop behind its list, it goes on with ``text = "…"`` and another list.
        What it says there is about that text.
        """
        own_text = False
        while opening := _OPENING.search(self._answer, self._pos):
            self._pos = opening.end()
            if opening["text"] is not None:
                quoted = token_at(self._answer, self._pos)
                self._pos = quoted.end if quoted else self._pos
                own_text = self.found  # before the first list it is our own text, repeated
            elif opening["list"] is not None:
                self.found = True
                yield from (item._replace(foreign=own_text) for item in self._list())
            elif opening["span"] is not None or self._knows(opening["name"]):
                self.found = True
                self._pos = opening.start()
                yield self._item(alone=True)

    def _list(self) -> Iterator[Item]:
        """The items up to the bracket that closes the list; lists within it are seen through."""
        depth = 1
        while depth and (token := token_at(self._answer, self._pos)) and token.kind != "fence":
            if token.sign in ("[", "]", ","):
                depth += (token.sign == "[") - (token.sign == "]")
                self._pos = token.end
            else:
                yield self._item()
        self.truncated |= depth > 0
        self.closed |= not depth

    def _item(self, *, alone: bool = False) -> Item:
        """One item, up to the comma or bracket that ends it; ``alone``: up to its own bracket."""
        item = _Growing(self._answer)
        while (token := token_at(self._answer, self._pos)) and token.kind != "fence":
            if over := item.is_over_before(token):
                return item.done(over)
            item.take(token)
            self._pos = token.end
            if alone and item.may_end:
                return item.done("whole")
        self.truncated = True
        return item.done("whole" if item.may_end else "cut")


class _Growing:
    """An item that is being read: its tokens so far, and the brackets open in it."""

    def __init__(self, answer: str) -> None:
        self._answer = answer
        self._tokens: list[Token] = []
        self._last: Token | None = None
        self._depth = 0
        self._squares = 0

    @property
    def may_end(self) -> bool:
        """Whether it ends in a bracket and all brackets are closed, as a call does."""
        return self._last is not None and self._last.sign == ")" and not self._depth

    def is_over_before(self, token: Token) -> Ending | None:
        """How the item ended, if this token is no more part of it."""
        if self._last is None:
            return None
        if self._last.kind == "broken":
            return "broken"
        no_comma = self.may_end and _CALL.match(self._answer, token.start) is not None
        if not self._depth and (token.sign in (",", "]") or no_comma):
            return "whole"
        if token.sign == "]" and not self._squares:
            return "broken"  # the list ends in the midst of a call
        if self._last.sign == "=" or not _ITEM.match(self._answer, token.start):
            return None
        # An item begins in the midst of another, whose bracket was forgotten.  Deeper in, only one
        # on a line of its own is taken for that: no field holds items.
        in_call = self._depth == 1 and not self._squares
        return "broken" if in_call or "\n" in self._answer[self._last.end : token.start] else None

    def take(self, token: Token) -> None:
        """Add the next token.  Brackets are counted here; ``parsing`` sees whether they match."""
        if len(self._tokens) <= MAX_TOKENS:
            self._tokens.append(token)
        self._last = token
        if token.sign in ("(", "[", "{"):
            self._depth += 1
        elif token.sign in (")", "]", "}"):
            self._depth = max(0, self._depth - 1)
        self._squares = max(0, self._squares + (token.sign == "[") - (token.sign == "]"))

    def done(self, ending: Ending) -> Item:
        """The item as it stands."""
        start = self._tokens[0].start if self._tokens else 0
        end = self._last.end if self._last else 0
        overlong = len(self._tokens) > MAX_TOKENS
        return Item(self._answer[start:end], start, self._tokens, ending, overlong)
