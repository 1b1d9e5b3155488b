"""Which of two systems is the better one, by each convention, and whether conventions agree on it.

Here: the order.  Not here: whether a difference may be chance (``bootstrap``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schema_ner.scoring.base import Score

_SAME = 1e-9  # below the fourth figure that anyone prints, above what floating point makes


@dataclass(frozen=True, slots=True)
class Ranking:
    """The conventions by which each of two systems has the higher F1.

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
        InputError: the conventions are not the same.
    """
    if first.keys() != second.keys():
        odd = min(first.keys() ^ second.keys())
        raise InputError(f"the convention {odd!r} has a score of one system only")
    gains = {name: second[name].f1 - first[name].f1 for name in first}
    return Ranking(
        first=tuple(name for name, gain in gains.items() if gain < -_SAME),
        second=tuple(name for name, gain in gains.items() if gain > _SAME),
        equal=tuple(name for name, gain in gains.items() if abs(gain) <= _SAME),
    )
