"""Which scheme tags follow: IOB1, IOB2, BIOES or BILOU.

Reading needs no scheme: where IOB1 and IOB2 part, at an ``I-`` that follows no span of its type,
both IOB1 and conlleval begin a span, and the letters of BIOES and BILOU stand for themselves.  But
a file of BIOES and BILOU is refused, for no scheme has both, and another mixture is doubted: it is
the work of two annotators, or of a model.

Here: telling schemes, and the check of one file.  Not here: what tags mean (``tagging``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from schema_ner.formats.doubts import doubt
from schema_ner.formats.files import place, problem, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Scheme = Literal["IOB1", "IOB2", "BIOES", "BILOU"]
_LETTERS: dict[str, Scheme] = {"E": "BIOES", "S": "BIOES", "L": "BILOU", "U": "BILOU"}


def scheme_of(sequences: Iterable[Sequence[str]]) -> Scheme | None:
    """The scheme that the tags of some sentences follow.

    Args:
        sequences: the tags of each sentence, such as ``["B-PER", "I-PER", "O"]``.

    Returns:
        ``None`` where nothing shows it: no span, or more than one scheme.
    """
    shown = {scheme for tags in sequences for _, scheme in evidence(tags)}
    return shown.pop() if len(shown) == 1 else None


def evidence(tags: Sequence[str]) -> Iterator[tuple[int, Scheme]]:
    """The tags of a sentence that only one scheme would have, by their place."""
    is_wide = any(tag[:1] in _LETTERS for tag in tags)
    before = ""  # the label that the tag before goes on with
    for i, tag in enumerate(tags):
        letter, _, label = tag.partition("-")
        if letter in _LETTERS:
            yield i, _LETTERS[letter]
        elif letter == "I" and label != before and not is_wide:
            yield i, "IOB1"
        elif letter == "B" and label != before and not is_wide:
            yield i, "IOB2"
        before = label if letter in "BI" else ""


class SchemeCheck:
    """The schemes that a file has shown so far, each with the line of its first tag."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._first: dict[Scheme, tuple[int, str]] = {}

    def see(self, tags: Sequence[str], lines: Sequence[int]) -> None:
        """Look at the tags of a sentence; the lines are those of its tags.

        Raises:
            FormatError: BIOES and BILOU in one file; the text names both lines.
        """
        for i, scheme in evidence(tags):
            if scheme in self._first:
                continue
            before = self._said()
            self._first[scheme] = (lines[i], tags[i])
            what = f"{short(tags[i])} is {scheme}, but {before}"
            if {"BIOES", "BILOU"} <= self._first.keys():
                way_out = "bring all sentences into one scheme; a file has one"
                raise problem(self._name, lines[i], what, way_out)
            if len(self._first) == 2:  # noqa: PLR2004  # said once
                where = place(self._name, lines[i])
                doubt(where, f"{what}; the file is in two schemes, and read as conlleval reads it")

    def _said(self) -> str:
        return " and ".join(
            f"line {line} has {short(tag)}, which is {scheme}"
            for scheme, (line, tag) in self._first.items()
        )
