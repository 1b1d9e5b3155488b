"""Where training texts come from: a pool of data sets in one layout, packs, a user's own file.

A pool is a folder with ``index.json`` and, for each split of each set, ``SET.SPLIT.jsonl.gz``: rows
``{"text", "entities", "asked"?}``.  ``asked`` lists the only types annotated in a row; a type that
is not annotated somewhere is never taken as absent there.

Here: files → sources.  Not here: packs (``packs``), how types are put in words (``wordings``), how
batches are drawn (``batches``).
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from schema_ner import formats
from schema_ner.encoder.wording import plain_name
from schema_ner.errors import FormatError
from schema_ner.formats.rows import rest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from schema_ner.schema import Schema
    from schema_ner.spans import Document, Span

PIECE = 400  # characters of a longer text that are learnt from at a time
PIECE_ELSE = 160  # where one character can be three word pieces, of which the model holds 512
MOST_ROWS = 9000  # of one split: beyond, a large set only repeats itself
# every token of an address, a reference or a name is labelled: nothing like reading a text
ODD = frozenset({"anystyle_refs", "usaddress", "probablepeople"})
# parts may not be used commercially, and a model that ships should be free of doubt
NOT_FREE = frozenset({"gum", "re3d"})
# annotated with some of their types in each row, without saying which: of those not in a row,
# nothing is known there
PARTIAL = frozenset({"sgd", "marfago_synth", "textile_heritage_llm"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is known of a type: a name in plain words, and perhaps a guideline and examples.

    Of a user's own types, also the name of the class in prompts.
    """

    name: str
    guideline: str = ""
    examples: tuple[str, ...] = ()
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An annotated text.

    Attributes:
        text: the text.
        spans: every mention of every annotated type.
        asked: the types annotated in this row, where not all of its source are.
    """

    text: str
    spans: tuple[Span, ...]
    asked: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Texts annotated with one set of types."""

    name: str
    meanings: Mapping[str, Meaning]  # label → meaning
    rows: tuple[Row, ...]
    kind: Literal["set", "pack", "own"] = "set"


def read_pool(folder: Path, leave_out: frozenset[str] = ODD | NOT_FREE) -> list[Source]:
    """Each split of each English set of a pool, but those left out.

    Raises:
        FormatError: the folder is no pool, or a file of it is malformed.
    """
    index_file = folder / "index.json"
    try:
        index = json.loads(index_file.read_text("utf-8"))
        splits = [
            (f"{name}.{split}.jsonl.gz", about["labels"], counts["types"], name in PARTIAL)
            for name, about in index.items()
            if about["lang"] == "en" and name not in leave_out
            for split, counts in about["splits"].items()
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
        what = f"{index_file} cannot be read ({type(err).__name__}); a pool has an index.json"
        raise FormatError(what) from err
    return [
        _split(folder / file, labels, types, partial=partial)
        for file, labels, types, partial in splits
    ]


def _split(
    file: Path,
    labels: Mapping[str, Mapping[str, str]],
    types: Mapping[str, int],
    *,
    partial: bool,
) -> Source:
    """One split; a split may be annotated with a part of the set's types only."""
    meanings = {label: _meaning(label, labels.get(label, {})) for label in types}
    rows = [_row(document, partial=partial) for document in formats.read(str(file))]
    random.Random(1).shuffle(rows)  # noqa: S311  # the same part of a large set in every run
    return Source(file.name.removesuffix(".jsonl.gz"), meanings, tuple(rows[:MOST_ROWS]))


def _meaning(label: str, about: Mapping[str, str]) -> Meaning:
    return Meaning(plain_name(about.get("name") or label), about.get("definition") or "")


def _row(document: Document, *, partial: bool) -> Row:
    asked = rest_of(document).get("asked")
    present = [span.label for span in document.spans]
    # families of types, as in recognizers_en, do not say which types are meant
    if (partial and asked is None) or (asked and present and not {*asked} & {*present}):
        asked = present
    return Row(document.text, tuple(document.spans), None if asked is None else frozenset(asked))


def source_of(name: str, documents: Iterable[Document], schema: Schema) -> Source:
    """A user's annotated texts, for the types of a schema; long ones in pieces."""
    meanings = {t.label: Meaning(plain_name(t.label), t.guideline, t.examples) for t in schema}
    rows = [row for document in documents for row in _pieces(document, schema)]
    return Source(name, meanings, tuple(rows), kind="own")


def _pieces(document: Document, schema: Schema) -> Iterator[Row]:
    """A text of up to ``PIECE`` characters (``PIECE_ELSE``), or a longer one cut between mentions.

    It is cut behind a blank, where there is one; only a mention longer than a piece is cut in two.
    """
    text = document.text
    spans = [s for s in document.spans if s.label in schema.labels]
    most = PIECE if text.isascii() else min(PIECE, PIECE_ELSE)
    begin = 0
    while begin < len(text):
        end = len(text)
        if end - begin > most:
            places = range(begin + most, begin, -1)
            between = [at for at in places if not any(s.start < at < s.end for s in spans)]
            blanks = (at for at in between if text[at - 1].isspace())
            end = next(blanks, between[0] if between else begin + most)
        inside = [s for s in spans if begin <= s.start and s.end <= end]
        moved = (replace(s, start=s.start - begin, end=s.end - begin) for s in inside)
        yield Row(text[begin:end], tuple(moved))
        begin = end
