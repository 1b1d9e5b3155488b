"""Tags of tokens ↔ chunks: IOB1, IOB2, BIOES and BILOU as plain words.

Here: what a tag is, which chunks tags spell, chunks as IOB2.  Not here: tokens and files of them
(``formats``), which scheme tags follow (``formats.schemes``), counting tags (``scoring``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# a blank at either end of a label is a slip, and would make a type of its own
_TAG = re.compile(r"O|[BIESLU]-\S(?:.*\S)?", re.DOTALL)


class Chunk(NamedTuple):
    """Tokens that tags make one mention of: the first and the last by number, and the label."""

    first: int
    last: int
    label: str


def is_tag(value: str) -> bool:
    """Whether this is a tag: ``O``, or a known letter, a dash and a label."""
    return _TAG.fullmatch(value) is not None


def chunks(tags: Iterable[str]) -> Iterator[Chunk]:
    """What tags of any scheme spell; an ``I-`` that follows no chunk of its type begins one.

    That is how conlleval counts, and what IOB1 means.
    """
    first, label, last = 0, "", -1
    for i, tag in enumerate(tags):
        letter, _, name = tag.partition("-")
        begins = letter in "BSU" or (letter in "IEL" and name != label)
        if label and (begins or letter == "O"):
            yield Chunk(first, last, label)
            label = ""
        if begins:
            first, label = i, name
        last = i
        if label and letter in "ESLU":
            yield Chunk(first, last, label)
            label = ""
    if label:
        yield Chunk(first, last, label)


def iob2(found: Iterable[Chunk], length: int) -> list[str]:
    """The tags of so many tokens, ``B-`` on the first of each chunk; chunks do not overlap."""
    tags = ["O"] * length
    for first, last, label in found:
        tags[first] = f"B-{label}"
        tags[first + 1 : last + 1] = [f"I-{label}"] * (last - first)
    return tags


def is_iob2(tags: Sequence[str]) -> bool:
    """Whether these are the IOB2 tags of the chunks that they spell, so that those say it all."""
    return iob2(chunks(tags), len(tags)) == list(tags)


def renamed(tags: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """The tags with some labels renamed."""
    parts = (tag.partition("-") for tag in tags)
    return tuple(f"{letter}{dash}{names.get(label, label)}" for letter, dash, label in parts)
