"""Example: tokens, and which of them are learnt.

Here: the type that making examples (``tokens``, ``conversations``) and packing them (``rows``)
share.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt with its answer, or a conversation with several.

    Attributes:
        tokens: (T,) of all, with what ends each answer.
        answers: ``[start, end)`` of what is learnt, in order.
    """

    tokens: tuple[int, ...]
    answers: tuple[tuple[int, int], ...]

    @property
    def start(self) -> int:
        """Where the first answer begins."""
        return self.answers[0][0]
