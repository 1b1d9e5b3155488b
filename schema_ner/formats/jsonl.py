"""JSON lines: one object a line, ``{"id"?, "text", "entities"?}``.

Read:

- annotations under ``entities``, ``spans`` (Prodigy), ``label`` or ``labels`` (doccano); none of
  them means no annotations;
- each ``{"start", "end", "label"}``, with doccano's ``start_offset end_offset`` as well, or
  ``[start, end, label]``; offsets count code points; ``text`` in it, where given, must be what
  stands there, so that offsets in other units are noticed;
- ``score status source`` where given; ``source`` is ``gold`` where not;
- ``tokens`` where they are ``[start, end]`` pairs or objects with ``start`` and ``end``, and
  ``token_tags``, one list a column: ``{"pos": ["NNP", "VBD"]}``.

Written: the same, under ``entities``, and other keys of the object as they were.  Entity tags in
IOB2 are left out, for tokens and spans say the same.  A key that stands twice in an object is
refused: which of the two counts, nobody can tell.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeGuard, get_args

from schema_ner import exports
from schema_ner.formats import misspelt
from schema_ner.formats.doubts import doubt
from schema_ner.formats.files import LineError, Source, name_of, place, problem, short
from schema_ner.formats.offsets import Claim, likely
from schema_ner.formats.records import objects, read_id
from schema_ner.formats.rows import rest_of, with_rest
from schema_ner.formats.tagging import check_order, with_label
from schema_ner.marks import Source as MarkSource
from schema_ner.spans import KEPT, NER, Document, Span, columns_beyond_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.formats.losses import Losses

_FORM = '{"id": …, "text": …, "entities": [{"start": 0, "end": 5, "label": "PER"}]}'
WAY_OUT = f"write one object a line, as {_FORM}"
_KNOWN = {"id", "text", "entities", "spans"}
_KNOWN_OF_SPANS = {
    *("start", "end", "label", "start_offset", "end_offset", "text", "score", "status", "source"),
    *("token_start", "token_end"),  # Prodigy's, which follow from the offsets
}
_ANNOTATIONS = ("entities", "spans")  # keys, whatever is under them


class _NoPlaceError(LineError):
    """An annotation that does not fit the text; whoever knows the others says why."""


def read(source: Source) -> Iterator[Document]:
    """The documents of a file, one at a time.

    Raises:
        FormatError: a line is not of this form; the text names it.
    """
    name = name_of(source)
    for number, data in objects(source, WAY_OUT):
        try:
            yield from_dict(data, place(name, number))
        except LineError as err:
            raise problem(name, number, err.what, err.way_out or WAY_OUT) from err


def encode(document: Document, losses: Losses) -> str:
    """One document as one line."""
    named = {} if document.id is None else {"id": losses.json("the id", document.id)}
    text = losses.json("the text", document.text)
    known = {**named, "text": text, **held(document, losses)}
    return exports.json_line({**known, **rest_of(document)}) + "\n"


def held(document: Document, losses: Losses) -> dict[str, Any]:
    """What stands in an object beside ``id`` and ``text``: ``entities``, and tokens if any.

    Raises:
        FormatError: the document's tokens overlap or are out of order.
    """
    check_order(document.tokens or (), losses.where)
    entities = [_entity(span, losses) for span in with_label(document.spans, losses)]
    data: dict[str, Any] = {"entities": entities}
    if document.tokens is not None:
        data["tokens"] = [list(token) for token in document.tokens]
    if columns := columns_beyond_spans(document):
        data["token_tags"] = {
            losses.json("the name", name): [losses.json(f"the {name}", tag) for tag in tags]
            for name, tags in columns.items()
        }
    return data


def from_dict(data: dict[str, Any], origin: str) -> Document:
    """The document that an object means, which stands at that place.  Raises LineError."""
    text = data.get("text")
    if not isinstance(text, str):
        if "tokens" in data and "text" not in data:
            raise LineError("tokens and no text", "this is the format bio: name it so")
        said = f"not {short(text)}" if "text" in data else "and there is none"
        raise LineError(f'"text" must be text, {said}')
    known = _KNOWN | {key for key in ("label", "labels") if _is_annotation(data.get(key))}
    if not any(key in known and key in data for key in (*_ANNOTATIONS, "label", "labels")):
        misspelt.check(data, _ANNOTATIONS, {*_KNOWN, "label", "labels", "tokens", "token_tags"})
    items = _items(data)
    try:
        spans = tuple(_span(text, item, at) for at, item in enumerate(items))
    except _NoPlaceError as err:
        raise LineError(err.what, likely(text, _claims(items))) from err
    tokens = _tokens(data.get("tokens"), text)
    token_tags = _token_tags(data.get("token_tags"), tokens)
    document = Document(text, spans, read_id(data), tokens, token_tags, origin)
    if NER in (token_tags or {}) and NER not in (document.token_tags or {}):
        doubt(origin, f'"{NER}" in "token_tags" says other spans than the annotations do: left out')
    known |= {key for key in ("tokens", "token_tags") if data.get(key) is None}
    known |= {"tokens"} if tokens is not None else set()
    known |= {"token_tags"} if token_tags is not None else set()
    rest = {key: value for key, value in data.items() if key not in known}
    return with_rest(document, rest, _keys_of_spans(items))


def _keys_of_spans(items: list[object]) -> tuple[str, ...]:
    """Keys of single annotations that a span has no place for."""
    unknown = (item.keys() - _KNOWN_OF_SPANS for item in items if isinstance(item, dict))
    return tuple(f"{key} of annotations" for keys in unknown for key in sorted(keys))


def _is_annotation(value: object) -> TypeGuard[list[object]]:
    # other data sets put a class of the whole text under "label"
    return isinstance(value, list) and all(isinstance(item, list | dict) for item in value)


def _items(data: dict[str, Any]) -> list[object]:
    found: list[object] = []
    for key in _ANNOTATIONS:
        value = data.get(key)
        if value is not None and not isinstance(value, list):
            raise LineError(f'"{key}" must be a list, not {short(value)}')
        found += value or []
    for key in ("label", "labels"):
        value = data.get(key)
        if _is_annotation(value):
            found += value
    return found


def _span(text: str, item: object, at: int) -> Span:
    start: Any
    end: Any
    extra: dict[str, Any] = item if isinstance(item, dict) else {}
    match item:
        case [start, end, label] | {"start": start, "end": end, "label": label}:
            pass
        case {"start_offset": start, "end_offset": end, "label": label}:
            pass
        case _:
            raise LineError(f"annotation {at} has no start, end and label: {short(item)}")
    if not _is_int(start) or not _is_int(end):
        raise LineError(f"annotation {at}: offsets are whole numbers, not {short([start, end])}")
    if not isinstance(label, str) or not label:
        raise LineError(f"annotation {at}: a label is text, not {short(label)}")
    if not 0 <= start < end <= len(text):
        raise _NoPlaceError(f"annotation {at}: {_no_place(start, end, text)}")
    said = extra.get("text")
    if isinstance(said, str) and said != text[start:end]:
        there = f"{short(text[start:end])} stands at [{start}:{end}), not {short(said)}"
        raise _NoPlaceError(f"annotation {at}: {there}")
    status, source = extra.get("status", "exact"), extra.get("source", "gold")
    if status not in KEPT or source not in get_args(MarkSource):
        raise LineError(f"annotation {at}: no span has {short((status, source))} as status, source")
    return Span(start, end, label, text[start:end], _score(extra, at), status, source)


def _claims(items: Sequence[object]) -> list[Claim]:
    """What annotations say of the text, as far as they say it."""
    found = []
    for item in items:
        match item:
            case [int(start), int(end), _]:
                found.append(Claim(start, end))
            case {"start": int(start), "end": int(end), "text": str(said)}:
                found.append(Claim(start, end, said))
            case {"start": int(start), "end": int(end)}:
                found.append(Claim(start, end))
            case {"start_offset": int(start), "end_offset": int(end)}:
                found.append(Claim(start, end))
    return found


def _no_place(start: int, end: int, text: str) -> str:
    where = f"[{short(start)}:{short(end)})"
    return f"{where} is no place in a text of {len(text)} characters"


def _score(extra: dict[str, Any], at: int) -> float | None:
    score = extra.get("score")
    if score is None:
        return None
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        raise LineError(f"annotation {at}: a score is a number in [0, 1], not {short(score)}")
    return float(score)


def _tokens(value: object, text: str) -> tuple[tuple[int, int], ...] | None:
    """Token offsets; ``None`` where the key means something else, as words in a list."""
    if not isinstance(value, list):
        return None
    places: list[tuple[int, int]] = []
    for item in value:
        match item:
            case [start, end] | {"start": start, "end": end} if _is_int(start) and _is_int(end):
                places.append((start, end))
            case _:
                return None
    for (_, behind), (start, _) in pairwise([(0, 0), *places]):
        if start < behind:
            raise LineError(f"the token at {short(start)} overlaps the one before it")
    for start, end in places:
        if not 0 <= start < end <= len(text):
            what = f"the token {_no_place(start, end, text)}"
            raise LineError(what, likely(text, [Claim(*each) for each in places]))
    return tuple(places)


def _token_tags(
    value: object, tokens: tuple[tuple[int, int], ...] | None
) -> dict[str, tuple[str, ...]] | None:
    """Columns of tags; ``None`` where the key means something else, or no tokens are there."""
    if tokens is None or not isinstance(value, dict):
        return None
    for name, tags in value.items():
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            return None
        if len(tags) != len(tokens):
            raise LineError(f"{len(tags)} tags in the column {short(name)} of {len(tokens)} tokens")
    return {name: tuple(tags) for name, tags in value.items()}


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _entity(span: Span, losses: Losses) -> dict[str, Any]:
    label = losses.json("the label", span.label)
    data: dict[str, Any] = {"start": span.start, "end": span.end, "label": label}
    known = {"score": span.score, "status": span.status, "source": span.source}
    usual = {"score": None, "status": "exact", "source": "gold"}
    return data | {key: value for key, value in known.items() if value != usual[key]}
