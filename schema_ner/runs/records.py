"""An Extraction ↔ plain data of which a line of JSON can be made, without its text.

Here: the form, and refusing what has another.  Not here: files (``journal``, and whoever writes
results).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from schema_ner.marks import Source
from schema_ner.spans import Extraction, Rejected, Span, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOURCES = get_args(Source)


def to_record(extraction: Extraction) -> dict[str, Any]:
    """``spans, rejected, unread, usage, model, schema_hash``; offsets in code points."""
    record = extraction.to_dict()
    del record["text"]
    return record


def from_record(text: str, record: Mapping[str, Any]) -> Extraction:
    """The Extraction of a text that ``to_record`` gave this of; instances of classes are left out.

    Raises:
        ValueError: it is none of this text; also a KeyError or TypeError of what is no record.
    """
    return Extraction(
        text=text,
        spans=tuple(_span(text, said) for said in record["spans"]),
        rejected=tuple(_rejected(said) for said in record["rejected"]),
        unread=tuple((start, end) for start, end in record["unread"]),
        usage=Usage(**record["usage"]),
        model=_word(record["model"]),
        schema_hash=_word(record["schema_hash"]),
    )


def is_failed(extraction: Extraction) -> bool:
    """Whether the text could not be read at all."""
    return any(item.status == "failed" for item in extraction.rejected)


def _span(text: str, said: Mapping[str, Any]) -> Span:
    start, end, source = said["start"], said["end"], said["source"]
    if source not in _SOURCES:
        raise ValueError(f"no span comes from {source!r}")
    # not as it was written: two halves of a character become one on their way through JSON
    mention, label = text[start:end], _word(said["label"])
    return Span(start, end, label, mention, said["score"], said["status"], source)


def _rejected(said: Mapping[str, Any]) -> Rejected:
    label = None if said["label"] is None else _word(said["label"])
    return Rejected(_word(said["text"]), label, said["status"], _word(said["reason"]))


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
