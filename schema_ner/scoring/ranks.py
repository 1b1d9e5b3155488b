"""Which of two systems is the better one, by each convention, and whether conventions agree on it.

Here: the order.  Not here: whether a difference may be chance (``bootstrap``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schema_ner import scoring
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schema_ner.scoring.base import Headline, Score

_SAME = 1e-9  # below the fourth figure that anyone prints, above what floating point makes


@dataclass(frozen=True, slots=True)
class Ranking:
    """The conventions by which each of two systems is better.

    Each ranks by the figure that it is about, F1 for most.  One that is about several stands here
    once for each: ``pii f2`` (the more, the better) and ``pii leaked`` (the less).

    Attributes:
        first: those by which the first is better.
        second: those by which the second is.
        equal: those by which neither is.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    equal: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Whether no two conventions put the systems in different orders."""
        return not (self.first and self.second)

    def warning(self, first: str, second: str) -> str | None:
        """A sentence for a person where conventions disagree, else ``None``.

        Args:
            first: what to call the first system.
            second: what to call the second.
        """
        if self.agree:
            return None
        return (
            f"conventions disagree on which is better: {first} by {', '.join(self.first)}; "
            f"{second} by {', '.join(self.second)}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data: the fields as lists, and ``agree``."""
        fields = {name: list(getattr(self, name)) for name in ("first", "second", "equal")}
        return {**fields, "agree": self.agree}


def rank(first: Mapping[str, Score], second: Mapping[str, Score]) -> Ranking:
    """Order two systems by each convention.

    Args:
        first: name of a convention → the score of one system by it.
        second: the same for the other, by the same conventions.

    Raises:
        InputError: the conventions are not the same, or there is none of a name.
    """
    if first.keys() != second.keys():
        odd = min(first.keys() ^ second.keys())
        raise InputError(f"the convention {odd!r} has a score of one system only")
    gains = {
        named: _gain(headline, first[name], second[name])
        for name in first
        for named, headline in _ranking(name)
    }
    return Ranking(
        first=tuple(name for name, gain in gains.items() if gain < -_SAME),
        second=tuple(name for name, gain in gains.items() if gain > _SAME),
        equal=tuple(name for name, gain in gains.items() if abs(gain) <= _SAME),
    )


def _ranking(name: str) -> Iterator[tuple[str, Headline]]:
    """The figures that a convention ranks by, each under the name that it stands under."""
    headlines = [each for each in scoring.find(name).headlines if each.ranks]
    for headline in headlines:
        yield name if len(headlines) == 1 else f"{name} {headline.name}", headline


def _gain(headline: Headline, first: Score, second: Score) -> float:
    """How much better the second is."""
    gain = second.figure(headline.figure) - first.figure(headline.figure)
    return -gain if headline.is_loss else gain
