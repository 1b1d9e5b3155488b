"""Mention: what a model says stands in a text, before anybody has looked where.

The one type that reading an answer (``parsing``), putting it in place (``grounding``) and the
engines share, so that they stay strangers to each other.  Not here: offsets and statuses
(``spans``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schema_ner.spans import Evidence


@dataclass(frozen=True, slots=True)
class Mention:
    """One item a generating model emitted: a surface, and the type it is said to be.

    Attributes:
        text: the surface as the model wrote it; the document may hold it otherwise, or not at all.
        label: the type's name, as the user wrote it.
        left: a few characters that stand directly before the mention, where the model was asked.
        score: probability in [0, 1] that the mention is right, ``None`` when unknown.
        fields: values of the type's extra fields; ``None`` where the model gave one of no use.
        evidence: what the score is made of, ``None`` where that is unknown.

    Raises:
        ValueError: a score outside [0, 1].
    """

    text: str
    label: str
    left: str = ""
    score: float | None = None
    fields: Mapping[str, object] = field(default_factory=dict, hash=False)
    evidence: Evidence | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.score is not None and not 0.0 <= self.score <= 1.0:
            raise ValueError(f"score {self.score!r} of {self.text!r} is not in [0, 1]")
