"""Annotated texts → passages: what may be asked of each, and the right answer.

A type is asked for only where somebody looked for it, and a text is used only where its whole
answer is known and can be said: what is left out is in the ``Account``, with the reason.

Here: labels, partial annotations, windows.  Not here: which of it is asked and how (``gollie``,
``uniner``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from schema_ner.errors import InputError
from schema_ner.formats.files import problem, short
from schema_ner.formats.losses import clipped
from schema_ner.formats.rows import place_of, rest_of
from schema_ner.grammar.chunks import chunks
from schema_ner.grammar.lark import most_items
from schema_ner.instructions.cutting import edges_of, windows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from schema_ner.instructions.accounts import Account, Reason
    from schema_ner.schema import Schema
    from schema_ner.spans import Document, Span

_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = 8  # labels in an error
_UNFINISHED = ("failed", "truncated")  # statuses after which more may stand in a text


@dataclass(frozen=True, slots=True)
class Passage:
    """A text, or a window of one, and its whole answer for some types.

    Attributes:
        text: at least one character that is no blank.
        mentions: of the asked types, sorted, each place and type once, without blanks around them.
        asked: labels of the types that it is annotated for, in the order of the schema.
        id: the text's, with ``#`` and the number of the window where there are several.
        origin: the file and line of the text, ``None`` where it was not read from a file.
    """

    text: str
    mentions: tuple[Span, ...]
    asked: tuple[str, ...]
    id: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class _Text:
    """A text by the labels of the schema."""

    document: Document
    mentions: tuple[Span, ...]
    asked: tuple[str, ...]


def passages(
    documents: Iterable[Document],
    schema: Schema,
    account: Account,
    *,
    most_characters: int | None = None,
) -> list[Passage]:
    """What can be learnt from annotated texts.

    Labels are those of the schema, or of its data set where some are not the schema's.  In a file
    of JSON lines, ``asked`` lists the only types that a text is annotated for; in what
    ``schema-ner extract --json`` wrote, texts that were not read to their end are left out.

    Args:
        documents: all are read before this returns.
        schema: the types.
        account: what is not used is counted there.
        most_characters: cut longer texts into windows of at most so many, between mentions.

    Raises:
        InputError: no mention is of a type of the schema, or ``most_characters`` is below 1; a
            FormatError where ``asked`` is no list of labels.
    """
    texts = _texts(list(documents), schema, account)
    if not account.mentions:
        raise InputError(_about_nothing(schema, account))
    return [each for text in texts for each in _windows(text, most_characters, account)]


def _texts(documents: Sequence[Document], schema: Schema, account: Account) -> list[_Text]:
    asked = [_asked(document) for document in documents]
    present = {span.label for document in documents for span in document.spans}
    present.update(*(labels for labels in asked if labels is not None))
    names = {} if present <= {*schema.labels} else schema.from_dataset
    return [
        _text(document.relabelled(names) if names else document, labels, names, schema, account)
        for document, labels in zip(documents, asked, strict=True)
    ]


def _text(
    document: Document,
    asked: Sequence[str] | None,
    names: dict[str, str],
    schema: Schema,
    account: Account,
) -> _Text:
    """The text with the mentions that count; the others are in the account."""
    wanted = None if asked is None else {names.get(label, label) for label in asked}
    labels = tuple(label for label in schema.labels if wanted is None or label in wanted)
    mentions: dict[tuple[int, int, str], Span] = {}
    for span in document.spans:
        trimmed = _trimmed(span)
        if span.label not in schema.labels:
            account.strange[span.label] += 1
        elif span.label not in labels:
            account.unasked[span.label] += 1
        elif trimmed is None:
            account.blank[span.label] += 1
        else:
            mentions[trimmed.order] = trimmed
    account.texts += 1
    account.mentions += len(mentions)
    return _Text(document, tuple(sorted(mentions.values(), key=lambda s: s.order)), labels)


def _asked(document: Document) -> list[str] | None:
    """The labels that its file says it is annotated for, ``None`` where it is for all."""
    found = rest_of(document).get("asked")
    if found is None:
        return None
    if not isinstance(found, list) or not all(isinstance(label, str) for label in found):
        what = f'"asked" lists the types that a text is annotated for; it is not {short(found)}'
        where = place_of(document) or "a text"
        raise problem(where, None, what, 'write "asked": ["label", …], or call the key otherwise')
    return found


def _trimmed(span: Span) -> Span | None:
    """The span without blanks around it; ``None`` where nothing is left."""
    said = span.text.strip()
    if not said:
        return None
    start = span.start + len(span.text) - len(span.text.lstrip())
    return replace(span, start=start, end=start + len(said), text=said)


def _windows(text: _Text, most: int | None, account: Account) -> Iterator[Passage]:
    document = text.document
    unread = _unread(document)
    places = list(windows(document.text, text.mentions, most))
    mentions = list(text.mentions)[::-1]
    for number, (begin, end) in enumerate(places, 1):
        inside = []
        while mentions and mentions[-1].start < end:
            span = mentions.pop()
            inside.append(replace(span, start=span.start - begin, end=span.end - begin))
        said = document.text[begin:end]
        is_unread = any(start < end and begin < stop for start, stop in unread)
        reason = "unread" if is_unread else _reason(said, inside, text.asked, most)
        origin = place_of(document)
        if reason is not None:
            account.leave_out(reason, origin)
            continue
        name = None if document.id is None else _SURROGATE.sub("\ufffd", document.id)
        if name is not None and len(places) > 1:
            name = f"{name}#{number}"
        yield Passage(said, tuple(inside), text.asked, name, origin)


def _reason(
    text: str, mentions: Sequence[Span], asked: Sequence[str], most: int | None
) -> Reason | None:
    """Why a window cannot be used; ``None`` where it can."""
    if not asked:
        return "unasked"
    if not text.strip():
        return "blank"
    if most is not None and len(text) > most:
        return "long"
    units = chunks(text)
    if len(mentions) > most_items(units, None):
        return "many"
    edges = edges_of(units)
    return None if all(_is_sayable(span, text, edges) for span in mentions) else "inside"


def _is_sayable(span: Span, text: str, edges: Collection[int]) -> bool:
    """Whether it is made of whole units, here or elsewhere: an answer says words and no places."""
    if span.start in edges and span.end in edges:  # nearly always
        return True
    at = text.find(span.text)
    while at >= 0:
        if at in edges and at + len(span.text) in edges:
            return True
        at = text.find(span.text, at + 1)
    return False


def _unread(document: Document) -> list[tuple[int, int]]:
    """Of what ``extract --json`` wrote: ranges of the text that no model has judged."""
    rest = rest_of(document)
    rejected, unread = rest.get("rejected"), rest.get("unread")
    for item in rejected if isinstance(rejected, list) else ():
        if isinstance(item, dict) and item.get("status") in _UNFINISHED:
            return [(0, len(document.text))]
    found = []
    for item in unread if isinstance(unread, list) else ():
        match item:
            case [int(start), int(end)]:
                found.append((start, end))
    return found


def _about_nothing(schema: Schema, account: Account) -> str:
    if account.unasked or account.blank:
        return f"there is nothing to learn from: {'; '.join(account.notes())}"
    if not account.strange:
        return "there are no annotations in the texts, so there is nothing to learn from"
    types = ", ".join(map(clipped, schema.labels[:_SHOWN])) + " …" * (len(schema) > _SHOWN)
    theirs = ", ".join(clipped(label) for label, _ in account.strange.most_common(_SHOWN))
    return (
        f"no mention is of a type of the schema: the texts are annotated with {theirs}, and its "
        f"types are {types}; give the schema these types, or name them as dataset_label of its own"
    )
