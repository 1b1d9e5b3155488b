"""Brackets of an answer that names entities and types: which are items, and what they say.

    ("aspirin", "drug")    ["aspirin", "drug"]    {"entity": "aspirin", "type": "drug"}

each name an entity and its type; in ``{"drug": ["aspirin", "Humira"]}`` each text is an item.

Here: what stands directly in one pair of brackets.  Not here: finding brackets (``proposing``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from schema_ner.mentions import Mention
from schema_ner.parsing import MAX_SHOWN, shortened
from schema_ner.spans import Rejected

if TYPE_CHECKING:
    from schema_ner.marks import Status

Pair: TypeAlias = tuple[Mention, tuple[int, int]]
"""A mention, and its place in the answer."""
Result: TypeAlias = Pair | Rejected
"""What became of one item."""

LONGEST_TYPE = 200  # characters; what is longer is no name

# What models call the two, the likeliest first, and the lists that hold them.
_ENTITY = ("entity", "mention", "span", "surface", "text", "name", "word", "value")
_TYPE = ("type", "label", "entity_type", "category", "class", "tag", "kind")
_LISTS = frozenset(
    ["entities", "mentions", "spans", "items", "result", "results", "output", "list", "data"]
)
_LONGEST_KEY = 40
_BOTH = 2  # values of a pair


class Value(NamedTuple):
    """A text, number or word that stands in brackets, ``answer[start:end]``.

    ``said`` is what a text or a number says, ``None`` for a word without quotes.  ``is_cut``: the
    answer ends in it.
    """

    said: str | None
    start: int
    end: int
    written: str = ""
    is_number: bool = False
    is_cut: bool = False


@dataclass(slots=True)
class Frame:
    """One opening bracket and what stands directly in it.

    Attributes:
        sign: the bracket.
        start: where it stands in the answer.
        first: how many pairs, and how many rejected items, there were in front of it.
        is_root: it stands in no other.
        under: the key that it is the value of, ``None`` where it has none.
        foreign: the answer is about a passage of the model's own making there.
        values: those without a key.
        fields: by key in small letters, ``None`` for a value in brackets.
        key: waits for its value, as it was written.
        holds_brackets: others stand in it.
        odd: something else does, such as an operator.
        is_item: it is one item, whatever stands in it.
    """

    sign: str
    start: int
    first: tuple[int, int]
    is_root: bool
    under: str | None = None
    foreign: bool = False
    values: list[Value] = field(default_factory=list)
    fields: dict[str, Value | None] = field(default_factory=dict)
    key: str | None = None
    holds_brackets: bool = False
    odd: bool = False
    is_item: bool = False

    def take(self, value: Value) -> None:
        """Add a value, behind its key where one waits."""
        if self.key is None:
            self.values.append(value)
        else:
            self.fields.setdefault(_plain(self.key), value)
            self.key = None

    def name(self) -> None:
        """Make the last value the key of the next one."""
        if not self.values:
            self.odd = True
            return
        value = self.values.pop()
        self.key = (value.said or value.written).strip()

    def open(self, at: int) -> str | None:
        """Open a bracket within this one; the key that it is the value of."""
        self.holds_brackets = True
        if self.values and self.values[-1].said is None and self.values[-1].end == at:
            self.values.pop()  # of ``Entity(…)`` only the brackets count
        if self.key is None:
            return None
        key, self.key = self.key, None
        self.fields.setdefault(_plain(key), None)
        return key

    @property
    def is_pair(self) -> bool:
        """Whether it says all that an item says, and only its bracket is missing."""
        if self.sign == "(" and not self.fields:
            return len(self.values) >= _BOTH
        return self.has_both

    @property
    def has_both(self) -> bool:
        """Whether it has a key for an entity and one for a type."""
        return all(any(key in self.fields for key in keys) for keys in (_ENTITY, _TYPE))

    @property
    def has_one(self) -> bool:
        """Whether it has a key for one of them, and none for a list of items."""
        keys = self.fields.keys()
        return not _LISTS & keys and any(self.fields.get(key) for key in (*_ENTITY, *_TYPE))

    @property
    def is_list(self) -> bool:
        """Whether it holds items, and is none itself."""
        if self.is_item:
            return False
        if self.sign == "[" and (self.is_root or self.under is not None):
            return True
        return self.holds_brackets

    @property
    def is_blank(self) -> bool:
        """Whether it says nothing; what prose has in round brackets, for instance."""
        if self.is_root and self.sign == "(" and not self.fields:
            return len(self.values) < _BOTH
        return not (self.values or self.fields or self.key is not None or self.odd)


def _plain(key: str) -> str:
    """A key in the form in which it is looked up."""
    return key.casefold().replace(" ", "_") if len(key) <= _LONGEST_KEY else key


def closed(frame: Frame, answer: str, end: int) -> list[Result]:
    """What a bracket says that was closed at ``end``."""
    if frame.is_list:
        return [_loose(value, frame, answer) for value in frame.values]
    return [] if frame.is_blank else [_item(frame, answer, end)]


def unclosed(
    frame: Frame, answer: str, end: int, how: Literal["truncated", "unparseable"]
) -> list[Result]:
    """What a bracket says that was not closed, because the answer ended or it was forgotten."""
    if frame.is_list:
        return [_loose(value, frame, answer) for value in frame.values]
    if frame.is_blank and not (how == "truncated" and frame.values):
        return []
    reason = {
        "truncated": "the answer ends inside this item",
        "unparseable": "a bracket in it is not closed",
    }[how]
    return [_rejected(_shown(answer, frame.start, end), None, how, reason)]


def _loose(value: Value, frame: Frame, answer: str) -> Result:
    """A value in a list, which is an item by itself: of the type that the list stands under."""
    written = _shown(answer, value.start, value.end)
    if value.is_cut:
        return _rejected(written, None, "truncated", "the answer ends inside this item")
    if value.said is None or value.is_number:
        return _rejected(written, None, "unparseable", "this is no text in quotes")
    if frame.under is None or _plain(frame.under) in _LISTS:
        return _rejected(written, None, "unparseable", "it has no type")
    return _said(value.said, frame.under, frame, (value.start, value.end), written)


def _item(frame: Frame, answer: str, end: int) -> Result:
    written = _shown(answer, frame.start, end)
    entity, type_ = _entity_and_type(frame)
    if entity is None or type_ is None:
        reason = "this is no entity and its type, both in quotes"
        return _rejected(written, None, "unparseable", reason)
    return _said(entity, type_, frame, (frame.start, end), written)


def _entity_and_type(frame: Frame) -> tuple[str | None, str | None]:
    if frame.fields:
        return _first(frame, _ENTITY), _first(frame, _TYPE)
    if len(frame.values) != _BOTH or frame.odd:
        return None, None
    entity, type_ = frame.values
    return entity.said, None if type_.is_number else type_.said


def _first(frame: Frame, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        value = frame.fields.get(key)
        if value is not None:
            return value.said
    return None


def _said(entity: str, type_: str, frame: Frame, place: tuple[int, int], written: str) -> Result:
    type_ = type_.strip()
    if not entity.strip():
        return _rejected(written, type_, "unparseable", "its entity is empty")
    if not any(map(str.isalnum, type_)):
        return _rejected(written, None, "unparseable", "its type says nothing")
    if len(type_) > LONGEST_TYPE:
        reason = f"its type is longer than {LONGEST_TYPE} characters"
        return _rejected(written, None, "unparseable", reason)
    if frame.foreign:
        reason = "the model went on to a passage of its own, and this item is about that"
        return _rejected(entity, type_, "hallucinated", reason)
    return Mention(entity, type_), place


def _rejected(text: str, label: str | None, status: Status, reason: str) -> Rejected:
    return Rejected(shortened(text), label and shortened(label), status, reason)


def _shown(answer: str, start: int, end: int) -> str:
    """The model's own words, no longer than anybody is shown."""
    return answer[start : min(end, start + MAX_SHOWN + 1)].strip()
