"""Lines of brat's ``.ann`` files ↔ spans.

Read: ``T1<TAB>label start end<TAB>text``, offsets in code points of the ``.txt`` file, its line
ends and a byte-order mark counted.  ``start end;start end`` are fragments: where only blanks stand
between them, as where brat cuts a mention at a line end, they are one span; others are
discontinuous, which is a loss.  All other lines (relations, events, attributes, notes, …) are
passed over, counted.

Here: the lines of one document.  Not here: files and folders (``brat``).
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from schema_ner.formats.files import LineError, short
from schema_ner.formats.losses import clipped
from schema_ner.formats.offsets import Claim, likely
from schema_ner.formats.tagging import with_label
from schema_ner.spans import gold_span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Document, Span

WAY_OUT = "a mention is T1, a tab, LABEL START END, a tab, and the text that stands there"
_MENTION = re.compile(r"(T\S*)\t(\S+) (\d{1,18} \d{1,18}(?:;\d{1,18} \d{1,18})*)\t(.*)", re.DOTALL)
# what brat, or whatever reads its files, may take for the end of a line
_LINE_END = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_STRETCH = re.compile("[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_BLANK = re.compile(r"\s")
_OTHERS = {
    "R": "relations", "E": "events", "A": "attributes", "M": "attributes", "N": "normalizations",
    "*": "equivalences", "#": "notes",
}  # fmt: skip


class Annotations(NamedTuple):
    """What the lines of one file say."""

    spans: tuple[Span, ...]
    lines: dict[tuple[int, int, str], int]
    passed_over: tuple[str, ...]
    unheld: tuple[tuple[str, str], ...]


class Standoff:
    """The annotations of one text, gathered a line at a time.

    Attributes:
        text: the text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._spans: list[Span] = []
        self._lines: dict[tuple[int, int, str], int] = {}
        self._ids: set[str] = set()
        self._others: Counter[str] = Counter()
        self._unheld: list[tuple[str, str]] = []

    def add(self, line: str, number: int) -> None:
        """One line without its end, of that number.  Raises LineError."""
        if not line.startswith("T"):
            kind = _OTHERS.get(line[0])
            if kind is None or "\t" not in line:
                raise LineError(f"{short(line)} is no annotation")
            self._others[kind] += 1
            return
        found = _MENTION.fullmatch(line)
        if found is None:
            raise LineError(f"{short(line)} is no mention")
        name, label, places, said = found.groups()
        if name in self._ids:
            raise LineError(f"{name} stands twice", "give each annotation an id of its own")
        self._ids.add(name)
        ends = [[*map(int, place.split())] for place in places.split(";")]
        fragments = [(start, end) for start, end in ends]
        self._check(name, fragments, said)
        gaps = [(end, start) for (_, end), (start, _) in pairwise(fragments)]
        if all(end <= start and not self.text[end:start].strip() for end, start in gaps):
            span = gold_span(self.text, fragments[0][0], fragments[-1][1], label)
            self._spans.append(span)
            self._lines[span.order] = number
        else:
            what = f"line {number}: {clipped(label)} [{clipped(places)}] {short(said)}"
            self._unheld.append((what, "its parts stand apart, and a span is one stretch of text"))

    def found(self) -> Annotations:
        """What the lines said."""
        others = tuple(f"{kind} ({many})" for kind, many in self._others.items())
        return Annotations(tuple(self._spans), self._lines, others, tuple(self._unheld))

    def _likely(self, fragments: list[tuple[int, int]], said: str) -> str:
        claim = Claim(*fragments[0], said if len(fragments) == 1 else None)
        return f"in the .txt file {likely(self.text, [claim])}"

    def _check(self, name: str, fragments: list[tuple[int, int]], said: str) -> None:
        for start, end in fragments:
            if not start < end <= len(self.text):
                what = f"[{start}:{end}) is no place in a text of {len(self.text)} characters"
                raise LineError(what, self._likely(fragments, said))
        there = " ".join(self.text[start:end] for start, end in fragments)
        if "".join(there.split()) != "".join(said.split()):
            what = f"{name}: {short(there)} stands at its place, not {short(said)}"
            raise LineError(what, self._likely(fragments, said))


def lines_of(document: Document, text: str, losses: Losses) -> Iterator[str]:
    """The lines of a document, whose text is written as ``text``, of the same length."""
    losses.scores(document.spans)
    for number, span in enumerate(with_label(document.spans, losses), 1):
        mention = text[span.start : span.end]
        stretches = [found.span() for found in _STRETCH.finditer(mention)]
        if not stretches:
            losses.span(span, "it is nothing but line ends")
            continue
        if _LINE_END.match(mention) or _LINE_END.search(mention, len(mention) - 1):
            losses.span(
                span, "the line ends at its ends are no part of mentions: kept without them"
            )
        places = ";".join(f"{span.start + a} {span.start + b}" for a, b in stretches)
        said = " ".join(mention[a:b] for a, b in stretches)
        yield f"T{number}\t{_label(span, losses)} {places}\t{said}\n"


def _label(span: Span, losses: Losses) -> str:
    if _BLANK.search(span.label):
        losses.add(f"the label {short(span.label)}", "labels hold no blanks: _ stands for each")
    return losses.utf8("the label", _BLANK.sub("_", span.label))
