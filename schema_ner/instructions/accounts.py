"""What of annotated texts did not become instruction data, and why.

Here: counts, and the sentences that tell them.  Not here: deciding (``texts``, ``uniner``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from schema_ner.formats.losses import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

Reason = Literal["unread", "blank", "unasked", "inside", "many", "long", "half", "no question"]

_REASONS: dict[Reason, str] = {
    "unread": "no model read all of it, so it may hold mentions that nobody knows of",
    "blank": "there is nothing but blanks in it",
    "unasked": 'its "asked" names no type of the schema',
    "inside": "a mention begins or ends inside a word, which no constrained answer can say",
    "many": "it has more mentions than an answer may list",
    "long": "a mention in it is longer than a window may be",
    "half": "a mention in it holds half a character (a lone surrogate)",
    "no question": "it has no mention, and without negatives there is nothing to ask",
}
_MOST = 12  # types in a sentence


@dataclass(slots=True)
class Account:
    """Counts of what was read and of what was not used.  Whoever decides adds to it.

    Attributes:
        texts: how many were read.
        mentions: of types that the schema has and their text was annotated for.
        strange: mentions of types that the schema has not, by label.
        unasked: mentions of types that the ``asked`` of their text leaves out, by label.
        blank: mentions of nothing but blanks, by label.
        left_out: texts, or windows of one, that are not used, by reason.
        first: by reason, the file and line of the first of them, where that is known.
    """

    texts: int = 0
    mentions: int = 0
    strange: Counter[str] = field(default_factory=Counter)
    unasked: Counter[str] = field(default_factory=Counter)
    blank: Counter[str] = field(default_factory=Counter)
    left_out: Counter[Reason] = field(default_factory=Counter)
    first: dict[Reason, str] = field(default_factory=dict)

    def leave_out(self, reason: Reason, origin: str | None) -> None:
        """Count a text, or a window of one, that is not used."""
        self.left_out[reason] += 1
        if origin is not None:
            self.first.setdefault(reason, origin)

    def notes(self) -> Iterator[str]:
        """A sentence for each kind of what was not used; none where all was."""
        for counts, which in (
            (self.strange, "mentions of types that the schema has not"),
            (self.unasked, "mentions of types that their text was not annotated for"),
            (self.blank, "mentions of nothing but blanks"),
        ):
            if counts:
                yield f"{which} were passed over: {_listed(counts)}"
        for reason, count in self.left_out.items():
            texts = "1 text or window" if count == 1 else f"{count:,} texts or windows"
            where = f" (the first: {self.first[reason]})" if reason in self.first else ""
            yield f"left out {texts}{where}: {_REASONS[reason]}"


def _listed(counts: Counter[str]) -> str:
    """Types with their numbers, the most frequent first."""
    most = [f"{clipped(label)} {count:,}" for label, count in counts.most_common(_MOST)]
    more = f" and {len(counts) - _MOST:,} more types" if len(counts) > _MOST else ""
    return ", ".join(most) + more
