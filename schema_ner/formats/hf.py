"""Hugging Face's token classification: ``{"id"?, "tokens": [...], "ner_tags": [...]}``.

Read: JSON lines or one JSON list, tags under ``ner_tags``, ``tags`` or ``labels``.  Tags that are
numbers stand for names, which are looked for, in this order,

- in ``features`` of the object itself;
- in an object without ``tokens``, such as ``{"features": {"ner_tags": {"names": ["O", "B-PER"]}}}``
  on the first line, which is no document;
- in a file beside it: ``NAME.features.json`` for ``NAME.jsonl``, ``dataset_info.json``,
  ``features.json`` or ``label.json``.

Names are a list, a dict by number or by name, or ``datasets``' own ``features``.  Where they stand
under no column, they are those of entity tags.  Other lists under ``…_tags`` are columns of token
tags: ``pos_tags`` is ``pos``; numbers that have no names under that column stay as they are.

Written: tags as text, IOB2, under ``ner_tags``; ``pos_tags`` and the like where there are any.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from schema_ner import exports
from schema_ner.formats.bio import TAG_KEYS, others, tagged, words
from schema_ner.formats.files import (
    LineError,
    Source,
    name_of,
    place,
    problem,
    short,
    whole,
)
from schema_ner.formats.losses import clipped
from schema_ner.formats.records import loads, read_id, records
from schema_ner.formats.rows import with_rest
from schema_ner.formats.schemes import SchemeCheck
from schema_ner.formats.tagging import from_tokens, to_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Document

COLUMNS = ("lemma", "pos", "chunk")
WAY_OUT = 'write one object a line, as {"tokens": ["Ada", "spoke"], "ner_tags": ["B-PER", "O"]}'
_SIDECARS = ("dataset_info.json", "features.json", "label.json")
_NAME_THEM = 'put {{"features": {{"{}": {{"names": ["name of 0", …]}}}}}} on the first line'
_DEEPEST = 4  # of features, inner, class_label, names


def read(source: Source) -> Iterator[Document]:
    """The documents of a file, one at a time.

    Raises:
        FormatError: an object is not of this form, or numbers have no names; the text names the
            line.
    """
    name = name_of(source)
    check = SchemeCheck(name)
    names = _Names(source)
    for number, data in records(source, WAY_OUT):
        if "tokens" not in data and "features" in data:
            names.features = data["features"]
            continue
        try:
            yield _document(data, names, check, (name, number))
        except LineError as err:
            raise problem(name, number, err.what, err.way_out or WAY_OUT) from err


def encode(document: Document, losses: Losses) -> str:
    """One document as one line."""
    tokens = to_tokens(document, losses)
    data: dict[str, Any] = {
        "tokens": [losses.json("the token", token.text) for token in tokens],
        "ner_tags": [losses.json("the tag", token.tag) for token in tokens],
    }
    for column, tags in (document.token_tags or {}).items():
        if column in COLUMNS:
            data[f"{column}_tags"] = [losses.json(f"the {column}", tag) for tag in tags]
    if document.id is not None:
        data = {"id": losses.json("the id", document.id), **data}
    return exports.json_line(data) + "\n"


def names_in(features: object, column: str, *, is_alone: bool) -> list[str] | None:
    """The names that the numbers of a column stand for, in any of the forms above, or ``None``.

    Args:
        features: what was found.
        column: the key of the column.
        is_alone: whether names that stand under no column are its: those of entity tags.
    """
    names = _listed(_keyed(features, column))
    return _listed(features) if names is None and is_alone else names


def _keyed(features: object, column: str) -> object:
    """What stands under a column; ``None`` where nothing does."""
    for _ in range(_DEEPEST):
        features = _only(features)
        if not isinstance(features, dict) or column in features:
            break
        features = features.get("features")
    return features.get(column) if isinstance(features, dict) else None


def _listed(features: object, depth: int = 0) -> list[str] | None:
    """The names in what stands under one column, or in what has no columns."""
    if isinstance(features, list) and features and all(isinstance(n, str) for n in features):
        return features
    features = _only(features)
    if not isinstance(features, dict) or depth > _DEEPEST:
        return None
    pairs = [(number, name) for number, name in features.items() if isinstance(name, str)]
    pairs = pairs or [(str(n), name) for name, n in features.items() if _is_number(n)]
    by_number = dict(pairs)
    if pairs and len(pairs) == len(features) and by_number.keys() == {*map(str, range(len(pairs)))}:
        return [by_number[str(number)] for number in range(len(pairs))]
    key = next((k for k in ("features", "feature", "class_label", "names") if k in features), None)
    return None if key is None else _listed(features[key], depth + 1)


def _only(features: object) -> object:
    """The one item of a list, which is datasets' short form of a sequence."""
    return features[0] if isinstance(features, list) and len(features) == 1 else features


class _Names:
    """Where the names of numbers may stand beside the object that has the numbers.

    Attributes:
        features: what a line of the file itself said.
    """

    def __init__(self, source: Source) -> None:
        self.features: object = None
        self._source = source
        self._has_looked = False

    def of(self, data: Mapping[str, Any], column: str, *, is_alone: bool) -> list[str] | None:
        """The names for a column of an object, as ``names_in`` finds them."""
        if "features" not in data and self.features is None and not self._has_looked:
            self._has_looked = True
            self.features = _beside(self._source)
        return names_in(data.get("features", self.features), column, is_alone=is_alone)


def _document(
    data: dict[str, Any], names: _Names, check: SchemeCheck, at: tuple[str, int]
) -> Document:
    texts = words(data)
    key = next((key for key in ("ner_tags", *TAG_KEYS) if key in data), "ner_tags")
    tags = data.get(key)
    if _has_numbers(tags):
        tags = _named(tags, names.of(data, key, is_alone=True), key)
    tokens = tagged(texts, tags)
    check.see([token.tag for token in tokens], [at[1]] * len(tokens))
    columns = dict(_columns(data, names, len(texts), key))
    named = {k.removesuffix("_tags"): tags for k, tags in columns.items()}
    document = from_tokens(tokens, read_id(data), named, origin=place(*at))
    return with_rest(document, *others(data, {"id", "tokens", "features", key, *columns}))


def _named(tags: list[Any], names: list[str] | None, column: str) -> list[str]:
    """The tags as names.  Raises LineError where one has none."""
    if names is None:
        what = f"the tags of {short(column)} are numbers, and no names are given"
        raise LineError(what, _NAME_THEM.format(clipped(column)))
    for tag in tags:
        if not _is_number(tag) or not 0 <= tag < len(names):
            known = f"names are given for 0 to {len(names) - 1}"
            what = f"the tag {short(tag)} of {short(column)} has no name; {known}"
            raise LineError(what, _NAME_THEM.format(clipped(column)))
    return [names[tag] for tag in tags]


def _columns(
    data: Mapping[str, Any], names: _Names, length: int, ner: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Lists of tags of the tokens beside the entity tags, by their keys."""
    for key, tags in data.items():
        if not key.endswith("_tags") or key in (ner, "_tags", "token_tags"):
            continue
        if _has_numbers(tags) and (known := names.of(data, key, is_alone=False)) is not None:
            tags = _named(tags, known, key)  # noqa: PLW2901
        is_column = isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)
        if is_column and len(tags) != length:
            raise LineError(f"{length} tokens, but {len(tags)} tags under {short(key)}")
        if is_column:
            yield key, tuple(tags)


def _has_numbers(tags: object) -> TypeGuard[list[Any]]:
    return isinstance(tags, list) and any(_is_number(tag) for tag in tags)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _beside(source: Source) -> object:
    """The features in a file beside the source; ``None`` where there is none."""
    if not isinstance(source, str | os.PathLike):
        return None
    path = Path(source)
    stem = path.name.removesuffix(".gz").partition(".")[0]
    for name in (f"{stem}.features.json", *_SIDECARS):
        file = path.with_name(name)
        if file.is_file():
            text = whole(file)
            try:
                return loads(text)
            except (ValueError, RecursionError) as err:
                what = f"no JSON, {short(str(err))}"
                raise problem(str(file), None, what, "it is read for the names of tags") from err
    return None
