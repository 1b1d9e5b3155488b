"""BIO lines: one JSON object a line, ``{"id"?, "tokens": [...], "tags": [...]}``.

Read: tags as text under ``tags``, ``ner_tags`` or ``labels``; numbers are refused, for their names
stand elsewhere (``hf`` looks there).  Each line is a document whose text is its tokens, joined by
one blank.
Written: the same, IOB2, under ``tags``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_ner import exports
from schema_ner.formats.files import LineError, Source, name_of, place, problem, short
from schema_ner.formats.records import objects, read_id
from schema_ner.formats.rows import with_rest
from schema_ner.formats.schemes import SchemeCheck
from schema_ner.formats.tagging import WAY_OUT as TAGS
from schema_ner.formats.tagging import Token, from_tokens, to_tokens
from schema_ner.tags import is_tag

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Document

WAY_OUT = 'write one object a line, as {"tokens": ["Ada", "spoke"], "tags": ["B-PER", "O"]}'
TAG_KEYS = ("tags", "ner_tags", "labels")
# what a key of the rest must not be called, for JSON lines would misunderstand it
MEANT_THERE = ("text", "entities", "spans", "label", "labels", "token_tags")


def read(source: Source) -> Iterator[Document]:
    """The documents of a file, one at a time.

    Raises:
        FormatError: a line is not of this form; the text names it.
    """
    name = name_of(source)
    check = SchemeCheck(name)
    for number, data in objects(source, WAY_OUT):
        try:
            key = next((key for key in TAG_KEYS if key in data), None)
            tokens = tagged(words(data), data.get(key) if key else None)
            check.see([token.tag for token in tokens], [number] * len(tokens))
            document = from_tokens(tokens, read_id(data), origin=place(name, number))
        except LineError as err:
            raise problem(name, number, err.what, err.way_out or WAY_OUT) from err
        yield with_rest(document, *others(data, {"id", "tokens", str(key)}))


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


def others(data: dict[str, Any], known: Collection[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Keys that mean nothing here: what JSON lines can keep, and what they would misunderstand."""
    unknown = {key: value for key, value in data.items() if key not in known}
    return (
        {key: value for key, value in unknown.items() if key not in MEANT_THERE},
        tuple(key for key in unknown if key in MEANT_THERE),
    )


def words(data: dict[str, Any]) -> list[str]:
    """The tokens of an object.  Raises LineError."""
    texts = data.get("tokens")
    if not isinstance(texts, list) or not all(isinstance(t, str) and t for t in texts):
        raise LineError(f'"tokens" is a list of texts, none empty, not {short(texts)}')
    return texts


def tagged(texts: Sequence[str], tags: object) -> list[Token]:
    """Tokens with their tags.  Raises LineError."""
    if not isinstance(tags, list) or len(tags) != len(texts):
        many = f"{len(tags)} tags" if isinstance(tags, list) else "no list of tags"
        raise LineError(f"{len(texts)} tokens, but {many}")
    for tag in tags:
        if isinstance(tag, int):
            way_out = "write the name it stands for, or name the format hf"
            raise LineError(f"the tag {short(tag)} is a number", way_out)
        if not isinstance(tag, str) or not is_tag(tag):
            raise LineError(f"{short(tag)} is no tag", TAGS)
    return [Token(text, tag) for text, tag in zip(texts, tags, strict=True)]
