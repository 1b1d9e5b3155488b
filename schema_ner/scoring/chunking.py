"""Tags → the spans of tokens that they spell, as each of three scripts reads them.

They agree on valid IOB2.  They part on tags that no span makes:

================  ==================  ====================  =========================
                  ``conlleval``       ``seqeval``           ``iob2``, seqeval's strict
================  ==================  ====================  =========================
I- behind O       begins a span       begins a span         is nothing
I- behind B-Y     begins a span of X  begins a span of X    is nothing, ends that of Y
S- behind S-      goes on with it     begins a span         is nothing
B- behind E-      goes on with it     begins a span         begins a span
================  ==================  ====================  =========================

``conlleval`` reads by the tables of the Perl script of 2004, which knows B-, I-, and E- in the
sense of IOE, but no S-.  Of letters beside B, I, E and S nothing is promised.

Here: reading tags.  Not here: making them of spans (``tags``), counting (``sequences``, ``klue``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Chunks = set[tuple[int, int, str]]  # first token, the one behind the last, type

# the letters of two neighbours of one type between which a span ends and another begins
_CONLLEVAL = frozenset({"BB", "IB", "EE", "EI"})
_SEQEVAL = frozenset(
    {f"{one}{other}" for one in "BIES" for other in "BS"} | {"EE", "EI", "SE", "SI"}
)


def conlleval(sequence: Sequence[str]) -> Chunks:
    """The spans of tags as the CoNLL script reads them."""
    return _chunks(sequence, _CONLLEVAL)


def seqeval(sequence: Sequence[str]) -> Chunks:
    """The spans of tags as seqeval's default mode reads them."""
    return _chunks(sequence, _SEQEVAL)


def iob2(sequence: Sequence[str]) -> Chunks:
    """The spans of tags as seqeval's strict mode reads IOB2: only ``B-`` begins one."""
    found: Chunks = set()
    start, inside = 0, None
    for i, tag in enumerate((*sequence, "O")):
        letter, _, label = tag.partition("-")
        if letter == "I" and label == inside:
            continue
        if inside is not None:
            found.add((start, i, inside))
        start, inside = i, label if letter == "B" else None
    return found


READERS: dict[str, Callable[[Sequence[str]], Chunks]] = {
    "conlleval": conlleval,
    "seqeval": seqeval,
    "seqeval-strict": iob2,
}


def _chunks(sequence: Sequence[str], breaks: frozenset[str]) -> Chunks:
    found: Chunks = set()
    start, inside, before = 0, None, "O"
    for i, tag in enumerate((*sequence, "O")):
        letter, _, name = tag.partition("-")
        label = None if letter == "O" else name
        if inside is not None and (label != inside or before + letter in breaks):
            found.add((start, i, inside))
            inside = None
        if inside is None and label is not None:
            start, inside = i, label
        before = letter
    return found
