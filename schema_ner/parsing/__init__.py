"""Read what a model answered: its text in, mentions and rejected items out.

The form is GoLLIE's (Sainz et al., arXiv:2310.03668), a Python list of calls:

    [Drug(span='aspirin', dose="20 mg"), Dose(span='two tablets')]

written correctly, or as models do write it: fenced, with prose around it, cut off at any byte, with
wrong quotes, without a comma or a bracket.  The answer is data: its tokens are read by their shape,
no part of it is ever run, and any text at all gives a result, in linear time.

The law: each item that the model emitted ends as exactly one Mention or exactly one Rejected.

Here: what an item says.  Not here: UniversalNER's lists of texts (``uniner``), tokens
(``literals``), where items begin and end (``scanning``), where in the text a mention stands
(``grounding``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from schema_ner.mentions import Mention
from schema_ner.parsing.scanning import Item, Scan
from schema_ner.spans import Rejected

if TYPE_CHECKING:
    from schema_ner.marks import Status
    from schema_ner.parsing.literals import Token
    from schema_ner.schema import EntityType, Field, Schema

MAX_SHOWN = 500  # characters of the model's own words in one Rejected
MAX_NAME = 200  # characters of a class name: normalising takes quadratic time in the worst case

_NO_CALL = "this is no item of the form Name(span='…')"
_NOTHING = re.compile(r"(?:```\w*)?\s*(?:result\s*=)?\s*(?:None|null)?\.?\s*(?:```)?")
_LONGEST_NOTHING = 60
_CONSTANTS = {
    "None": None,
    "null": None,
    "True": True,
    "true": True,
    "False": False,
    "false": False,
}
_UNREADABLE = object()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one answer says.

    Attributes:
        mentions: in the order of the answer, repeats included.
        rejected: items that cannot be used: ``out_of_schema``, ``unparseable``, ``truncated``, and
            ``hallucinated`` where the model went on to a text of its own making.
        truncated: the answer ends inside its list or inside an item; there may have been more.
        closed: a list was closed; there is no more to come, whatever follows it.
        notes: what was left out of mentions that were kept: values of fields, a sentence each.
        places: ``[start, end)`` in the answer of the item that each of ``mentions`` comes from.
    """

    mentions: tuple[Mention, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    truncated: bool = False
    closed: bool = False
    notes: tuple[str, ...] = ()
    places: tuple[tuple[int, int], ...] = ()


def parse(answer: str, schema: Schema) -> Parsed:
    """Read an answer in GoLLIE's form.

    Names are looked up as ``EntityType.class_name``, then as ``label``.  A field that the type does
    not declare, or a value of another kind than declared, costs the value and not the mention.

    Raises:
        Nothing: any text whatsoever has a result.
    """
    reader = _Reader(schema)
    scan = Scan(answer, reader.knows)
    mentions: list[Mention] = []
    rejected: list[Rejected] = []
    places: list[tuple[int, int]] = []
    for item in scan.items():
        result = reader.read(item)
        if isinstance(result, Mention):
            mentions.append(result)
            places.append((item.start, item.start + len(item.text)))
        else:
            rejected.append(result)
    if not scan.found and not says_nothing(answer):
        rejected.append(no_list(answer))
    return Parsed(
        tuple(mentions),
        tuple(rejected),
        scan.truncated,
        scan.closed,
        tuple(reader.notes),
        tuple(places),
    )


def shortened(text: str) -> str:
    """At most MAX_SHOWN characters, for a person."""
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def no_list(answer: str) -> Rejected:
    """What becomes of an answer that is nothing but prose."""
    text = shortened(answer.strip())
    return Rejected(text, None, "unparseable", "the answer holds no list of items")


def says_nothing(answer: str) -> bool:
    """Whether an answer without a list means that there is nothing: blank, or ``None``."""
    said = answer.strip(" \t\r\n\x00\ufeff\u200b")
    return len(said) <= _LONGEST_NOTHING and _NOTHING.fullmatch(said) is not None


class _Call(NamedTuple):
    """``Drug('aspirin', dose="20 mg")``: a name, and arguments in order, with a name or without."""

    name: str
    arguments: list[tuple[str | None, list[Token]]]


class _Reader:
    """From items to results, by one schema.  ``notes`` gathers what was left out of mentions."""

    def __init__(self, schema: Schema) -> None:
        self.notes: list[str] = []
        self.types = {t.label: t for t in schema}
        self.types |= {unicodedata.normalize("NFKC", t.class_name): t for t in schema}

    def type_named(self, name: str) -> EntityType | None:
        """The type that the model means, by class name before label."""
        if len(name) > MAX_NAME:
            return None
        plain = unicodedata.normalize("NFKC", name)  # as Python treats identifiers
        return self.types.get(plain) or self.types.get(name)

    def _label_in(self, item: Item) -> str | None:
        entity_type = self.type_named(item.text.partition("(")[0].strip())
        return entity_type.label if entity_type else None

    def knows(self, name: str) -> bool:
        """Whether the schema has a type of that name."""
        return self.type_named(name) is not None

    def read(self, item: Item) -> Mention | Rejected:
        """What became of one item."""
        if item.ending == "cut":
            reason = "the answer ends inside this item"
            return _rejected(item, "truncated", reason, self._label_in(item))
        if item.ending == "broken":
            reason = "a quote or a bracket in it is not closed"
            return _rejected(item, "unparseable", reason, self._label_in(item))
        call = _call(item)
        if call is None:
            return _rejected(item, "unparseable", _NO_CALL)
        entity_type = self.type_named(call.name)
        if entity_type is None:
            reason = f"the schema has no type {shortened(call.name)!r}"
            if not call.name.isidentifier():
                return _rejected(item, "unparseable", reason)
            span = _span(_by_name(call, ())[0].get("span"))
            return Rejected(
                shortened(span or item.text.strip()), shortened(call.name), "out_of_schema", reason
            )
        return self._mention(item, call, entity_type)

    def _mention(self, item: Item, call: _Call, entity_type: EntityType) -> Mention | Rejected:
        label = entity_type.label
        given, twice = _by_name(call, entity_type.fields)
        span = _span(given.pop("span", None))
        if "span" in twice:
            return _rejected(item, "unparseable", "it gives its span twice", label)
        if span is None:
            return _rejected(item, "unparseable", "it has no span, or one that is no text", label)
        if not span.strip():
            return _rejected(item, "unparseable", "its span is empty", label)
        if item.foreign:
            reason = "the model went on to a text of its own, and this item is about that"
            return Rejected(shortened(span), label, "hallucinated", reason)
        for name in twice:
            self._note(label, f"a second value of {shortened(name)!r}")
        return Mention(span, label, fields=self._values(given, entity_type))

    def _values(self, given: dict[str, list[Token]], entity_type: EntityType) -> dict[str, object]:
        """Values of declared fields; ``None`` for one of the wrong kind."""
        fields = {field.name: field for field in entity_type.fields}
        values: dict[str, object] = {}
        for name, tokens in given.items():
            if name not in fields:
                self._note(entity_type.label, f"it has no field {shortened(name)!r}")
                continue
            value = _value(tokens)
            fits = value is None or _fits(value, fields[name])
            values[name] = value if fits else None
            if not fits:
                self._note(entity_type.label, f"the value of {name!r} is no {fields[name].kind}")
        return values

    def _note(self, label: str, what: str) -> None:
        self.notes.append(f"{label}: left out: {what}")


def _rejected(item: Item, status: Status, reason: str, label: str | None = None) -> Rejected:
    return Rejected(shortened(item.text.strip()), label, status, reason)


def _call(item: Item) -> _Call | None:
    """The item as a call; None where it is something else."""
    signs = [token.sign for token in item.tokens]
    if item.overlong or "(" not in signs or signs[-1] != ")":
        return None
    opening = signs.index("(")
    # A name is whatever stands before the bracket: labels may hold blanks, hyphens, marks.
    if not opening or any(token.kind in ("string", "foreign") for token in item.tokens[:opening]):
        return None
    name = item.text[: item.tokens[opening].start - item.start].strip()
    arguments = _split(item.tokens[opening + 1 : -1])
    return None if arguments is None else _Call(name, [_argument(tokens) for tokens in arguments])


def _split(tokens: list[Token]) -> list[list[Token]] | None:
    """The stretches between commas that stand in no bracket; None where brackets do not match."""
    parts: list[list[Token]] = [[]]
    expected: list[str] = []
    for token in tokens:
        sign = token.sign
        if sign in ("(", "[", "{"):
            expected.append({"(": ")", "[": "]", "{": "}"}[sign])
        elif sign in (")", "]", "}") and (not expected or expected.pop() != sign):
            return None
        if sign == "," and not expected:
            parts.append([])
        else:
            parts[-1].append(token)
    return None if expected else [part for part in parts if part]  # a trailing comma adds nothing


def _argument(tokens: list[Token]) -> tuple[str | None, list[Token]]:
    if len(tokens) > 1 and tokens[0].kind == "name" and tokens[1].sign == "=":
        return tokens[0].value, tokens[2:]
    return None, tokens


def _by_name(call: _Call, fields: tuple[Field, ...]) -> tuple[dict[str, list[Token]], list[str]]:
    """Arguments by name, those without one by position: the span, then the fields as declared.

    Beside them, the names that were given more than once.
    """
    names = ["span", *(field.name for field in fields)]
    given: dict[str, list[Token]] = {}
    twice = []
    for place, (own_name, tokens) in enumerate(call.arguments):
        name = own_name or (names[place] if place < len(names) else f"argument {place + 1}")
        if name in given:
            twice.append(name)
        else:
            given[name] = tokens
    return given, twice


def _span(tokens: list[Token] | None) -> str | None:
    """The text of a span; a number without quotes counts as what is written."""
    value = _value(tokens or [])
    if isinstance(value, str):
        return value
    is_number = tokens is not None and _is_number(tokens)
    return "".join(token.value for token in tokens or ()) if is_number else None


def _value(tokens: list[Token]) -> object:
    """A text, int, bool, None, or a flat list of them; _UNREADABLE for whatever else it is."""
    ends = (tokens[0].sign, tokens[-1].sign) if len(tokens) > 1 else ("", "")
    if ends not in (("[", "]"), ("(", ")")):
        return _scalar(tokens)
    parts = _split(tokens[1:-1])
    if parts is None:
        return _UNREADABLE
    if ends == ("(", ")") and len(parts) == 1 and tokens[-2].sign != ",":
        return _scalar(parts[0])  # brackets around one value are no tuple
    values = [_scalar(part) for part in parts]
    return _UNREADABLE if _UNREADABLE in values else values


def _scalar(tokens: list[Token]) -> object:
    if tokens and all(token.kind == "string" for token in tokens):
        return "".join(token.value for token in tokens)  # "a" "b" is one string in Python
    if len(tokens) == 1 and tokens[0].kind == "name":
        return _CONSTANTS.get(tokens[0].value, _UNREADABLE)
    written = "".join(token.value for token in tokens) if _is_number(tokens) else ""
    # int() of thousands of digits is slow, or refused: no field counts that far
    return int(written) if re.fullmatch(r"-?[0-9]{1,18}", written) else _UNREADABLE


def _is_number(tokens: list[Token]) -> bool:
    digits = tokens[1:] if tokens and tokens[0].value == "-" else tokens
    return len(digits) == 1 and digits[0].kind == "number"


def _fits(value: object, field: Field) -> bool:
    match field.kind:
        case "str":
            return isinstance(value, str)
        case "choice":
            return isinstance(value, str) and value in field.choices
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "list[str]":
            return isinstance(value, list) and all(isinstance(part, str) for part in value)
