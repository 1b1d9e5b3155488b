"""Places of misspelt mentions: near matches, found within a fixed amount of work.

Conservative on purpose, since a wrong place is worse than none: short mentions are left alone,
the figures must agree to the digit, and the edges of a match are edges of words.

Here: the search.  Not here: what is tried before it (``places``), who gets the place
(``grounding``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from heapq import nsmallest
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from schema_ner.grounding.normalising import folded_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.grounding.places import Ground, Place

MIN_LENGTH = 5  # folded characters; one slip in four may be another word ("cave", "case")
MIN_CHARACTERS = 3  # of the mention as it is: two Hangul syllables fold to as many as six letters
MAX_LENGTH = 200  # characters; a longer answer is a paraphrase, no misspelling
LETTERS_PER_SLIP = 6  # folded characters for each slip allowed, at least one: ratio >= .8
MOST_SLIPS = 3

# The bound on the work for one mention: PAIRS x POSTINGS votes and REGIONS x (2 x MOST_SLIPS + 1)
# squared, or 245, comparisons, whatever the text; the index of pairs is made once a text.
PAIRS = 12  # rarest pairs of letters of a mention that are looked up
POSTINGS = 300  # occurrences of a pair beyond which it says too little to be looked up
REGIONS = 5  # most voted stretches that are compared


class Misspellings:
    """Near matches in one text."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    @cached_property
    def _pairs(self) -> dict[str, list[int]]:
        """Offsets in the folded text of each pair of neighbouring characters."""
        text = self.ground.folded.text
        found: defaultdict[str, list[int]] = defaultdict(list)
        for at in range(len(text) - 1):
            found[text[at : at + 2]].append(at)
        return dict(found)

    def find(self, surface: str) -> list[Place]:
        """The closest matches, equals in text order; none when nothing is close enough."""
        if not MIN_CHARACTERS <= len(surface) <= MAX_LENGTH:
            return []
        needle = folded_text(surface)
        if len(needle) < MIN_LENGTH:
            return []
        most = min(MOST_SLIPS, max(1, len(needle) // LETTERS_PER_SLIP))
        figures = _digits(needle)
        closest: dict[Place, int] = {}
        for start, end in self._regions(needle, most):
            said = self.ground.folded.text[start:end]
            place = self.ground.folded.original(start, end)
            if place is None or not self.ground.whole_word(place) or _digits(said) != figures:
                continue
            slips = OSA.distance(needle, said, score_cutoff=most)
            if slips <= most:
                closest[place] = slips
        least = min(closest.values(), default=0)
        return sorted(place for place, slips in closest.items() if slips == least)

    def _regions(self, needle: str, most: int) -> Iterator[tuple[int, int]]:
        """Stretches of the folded text that share rare pairs with the needle, at its length."""
        text = self.ground.folded.text
        for guess in self._guesses(needle, most):
            for start in range(max(0, guess - most), min(len(text), guess + most + 1)):
                shortest, longest = start + len(needle) - most, start + len(needle) + most
                yield from ((start, end) for end in range(shortest, min(longest, len(text)) + 1))

    def _guesses(self, needle: str, most: int) -> list[int]:
        """Where the needle would begin by the votes of its pairs, most voted first."""
        known = self._pairs
        pairs = [(len(known.get(needle[i : i + 2], ())), i) for i in range(len(needle) - 1)]
        rarest = sorted(pair for pair in pairs if 0 < pair[0] <= POSTINGS)[:PAIRS]
        votes: Counter[int] = Counter()
        for _, i in rarest:
            votes.update(at - i for at in known[needle[i : i + 2]])
        apart: list[int] = []
        nearby = REGIONS * (2 * most + 1)  # each region's neighbours may stand before the next
        for guess, _ in nsmallest(nearby, votes.items(), key=lambda vote: (-vote[1], vote[0])):
            if all(abs(guess - other) > most for other in apart):
                apart.append(guess)
            if len(apart) == REGIONS:
                break
        return apart


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
