"""Generators of texts, shared by the property tests.

Texts mix what breaks offset arithmetic: scripts with and without spaces, combining marks, joined
emoji, characters that change length when normalised or lower-cased, line separators, NUL, lone
surrogates, and repeats of the same words.
"""

from __future__ import annotations

from hypothesis import strategies as st

# fmt: off
AWKWARD = [
    "İstanbul", "ß", "ﬁn", "Ａ社", "e\u0301", "é", "\u1112\u1161\u11ab", "한국은행은", "서울에서",
    "東京都に", "ありがとう", "👩‍👩‍👧", "🏳️‍🌈", "\u202eאבג\u202c", "שלום", "العربية",
    "\u00a0", "\u3000", "\u200b", "\ufeff", "\x00", "\ud800", "\udfff", "\u2028", "\r\n", "\t",
    "…", "½", "①", "٣", "Ω", "ǅ", "\u0345", "1,000원", "{", "}", "'", '"', "\\", "<b>", "&amp;",
]
PLAIN = [
    "Paris", "Paris Hilton", "New York", "York", "aspirin", "20 mg", "Dr", ".", ",", "the", "IBM",
    "a@b.com", "192.168.0.1", "+1 212 555 0187", "4111 1111 1111 1111", "2026-11-22",
    "https://example.org/x?y=1",
]
# fmt: on


drawn = [0]  # texts generated so far in this process; conftest prints it


def texts(max_pieces: int = 12) -> st.SearchStrategy[str]:
    """Whole texts: known pieces and free characters, joined with and without blanks."""

    def join(pieces: list[str], gap: str) -> str:
        drawn[0] += 1
        return gap.join(pieces)

    free = st.text(st.characters(), max_size=6)  # every code point, surrogates too
    piece = st.one_of(st.sampled_from(PLAIN), st.sampled_from(AWKWARD), free)
    return st.builds(join, st.lists(piece, max_size=max_pieces), st.sampled_from([" ", "", "\n"]))


def text_with_ranges(max_ranges: int = 5) -> st.SearchStrategy[tuple[str, list[tuple[int, int]]]]:
    """A text and non-empty ``[start, end)`` ranges of it, which may overlap."""

    def ranges(text: str) -> st.SearchStrategy[tuple[str, list[tuple[int, int]]]]:
        if not text:
            return st.just((text, []))
        ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
        proper = ends.filter(lambda e: e[0] != e[1]).map(lambda e: (min(e), max(e)))
        return st.tuples(st.just(text), st.lists(proper, max_size=max_ranges))

    return texts().flatmap(ranges)
