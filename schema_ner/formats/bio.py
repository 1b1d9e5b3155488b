"""BIO lines: one JSON object a line, ``{"id"?, "tokens": [...], "tags": [...]}``.

Read: tags as text under ``tags``, ``ner_tags`` or ``labels``; numbers are refused, for their names
stand elsewhere.  Each line is a document whose text is its tokens, joined by one blank.
Written: the same, IOB2, under ``tags``.  Data sets on the model hubs look like this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_ner import exports
from schema_ner.formats.files import LineError, Source, name_of, problem, short
from schema_ner.formats.jsonl import objects, read_id
from schema_ner.formats.rows import with_rest
from schema_ner.formats.tagging import WAY_OUT as TAGS
from schema_ner.formats.tagging import Token, from_tokens, is_tag, to_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Document

WAY_OUT = 'write one object a line, as {"tokens": ["Ada", "spoke"], "tags": ["B-PER", "O"]}'
_TAG_KEYS = ("tags", "ner_tags", "labels")
_MEANT_THERE = ("text", "entities", "spans", "label", "labels")


def read(source: Source) -> Iterator[Document]:
    """The documents of a file, one at a time.

    Raises:
        FormatError: a line is not of this form; the text names it.
    """
    name = name_of(source)
    for number, data in objects(source, WAY_OUT):
        try:
            document = from_tokens(_tokens(data), read_id(data))
        except LineError as err:
            raise problem(name, number, err.what, err.way_out or WAY_OUT) from err
        yield with_rest(document, *_others(data))


def encode(document: Document, losses: Losses) -> str:
    """One document as one line."""
    tokens = to_tokens(document, losses)
    data: dict[str, Any] = {
        "tokens": [losses.json("the token", token.text) for token in tokens],
        "tags": [losses.json("the tag", token.tag) for token in tokens],
    }
    if document.id is not None:
        data = {"id": losses.json("the id", document.id), **data}
    return exports.json_line(data) + "\n"


def _others(data: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Keys that mean nothing here: what JSON lines can keep, and what they would misunderstand."""
    tags = next(key for key in _TAG_KEYS if key in data)
    others = {key: data[key] for key in data if key not in ("id", "tokens", tags)}
    return (
        {key: value for key, value in others.items() if key not in _MEANT_THERE},
        tuple(key for key in others if key in _MEANT_THERE),
    )


def _tokens(data: dict[str, Any]) -> list[Token]:
    texts = data.get("tokens")
    if not isinstance(texts, list) or not all(isinstance(t, str) and t for t in texts):
        raise LineError(f'"tokens" is a list of texts, none empty, not {short(texts)}')
    tags = next((data[key] for key in _TAG_KEYS if key in data), None)
    if not isinstance(tags, list) or len(tags) != len(texts):
        many = f"{len(tags)} tags" if isinstance(tags, list) else "no list of tags"
        raise LineError(f"{len(texts)} tokens, but {many}")
    for tag in tags:
        if isinstance(tag, int):
            raise LineError(f"the tag {short(tag)} is a number", "write the name it stands for")
        if not isinstance(tag, str) or not is_tag(tag):
            raise LineError(f"{short(tag)} is no tag", TAGS)
    return [Token(text, tag) for text, tag in zip(texts, tags, strict=True)]
