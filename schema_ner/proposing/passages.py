"""Long texts in pieces that are asked about one at a time.

Models name less of what stands in a long text, and UniversalNER's passages were short as well.

Here: where a text is cut: between paragraphs, lines, sentences or words, in this order.  Not here:
windows that overlap, as extraction has them (``windows``): what is named in two pieces would count
twice.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

from schema_ner.grammar.chunks import chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

# Units as grammars have them: about 250 words of English, 500 characters of Korean; in tokens a
# few hundred of either.
UNITS = 512
CHARACTERS = 2_000  # for words without end

_ENDS = tuple(
    re.compile(end)
    for end in (r"\n\s*\n", r"\n", r"[.!?…][\"'”’»)\]]*\s+|[。！？]+[」』”]?", r"\s+")
)


def passages(text: str) -> Iterator[tuple[int, int]]:
    """``[start, end)`` of each piece, in order; together they are the text but for blank pieces."""
    edges = [0, *accumulate(map(len, chunks(text)))]
    start = 0
    while start < len(text):
        end = _end(text, start, edges)
        if text[start:end].strip():
            yield start, end
        start = end


def _end(text: str, start: int, edges: list[int]) -> int:
    """Where the piece that begins at ``start`` ends."""
    last = edges[min(bisect_left(edges, start) + UNITS, len(edges) - 1)]
    last = min(last, start + CHARACTERS)
    if last == len(text):
        return last
    half = start + (last - start + 1) // 2
    for end in _ENDS:
        found = [match.end() for match in end.finditer(text, half, last)]
        if found:
            return found[-1]
    # within a word of thousands of letters there is no edge
    edge = edges[bisect_left(edges, last + 1) - 1]
    return edge if edge > start else last
