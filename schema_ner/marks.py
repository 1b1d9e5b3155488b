"""A mark: a labelled stretch of a text, as plain data.

The shape that ``spans``, ``views`` and ``exports`` agree on, so that painting and exporting know
nothing of extraction.  ``spans.Span`` is the one real implementation.
"""

from __future__ import annotations

from typing import Literal, Protocol

Status = Literal[
    "exact",
    "normalised",
    "fuzzy",
    "hallucinated",
    "example_leak",
    "out_of_schema",
    "unparseable",
    "duplicate",
    "truncated",
    "overlap",
    "below_threshold",
    "failed",
]
"""How an item ended.  The first three are kept as spans, the others are rejected.

``failed`` is no item of a model's answer: it stands for a whole text that could not be read.
"""

Source = Literal["model", "validator", "gold"]
"""Who found a span: a model, a validator (checksum or pattern), or an annotator."""


class Mark(Protocol):
    """``text[start:end]`` of one document: code points, end exclusive."""

    @property
    def start(self) -> int:
        """Offset of the first code point."""
        ...

    @property
    def end(self) -> int:
        """Offset behind the last code point."""
        ...

    @property
    def label(self) -> str:
        """The type."""
        ...

    @property
    def text(self) -> str:
        """What stands there."""
        ...

    @property
    def score(self) -> float | None:
        """Probability, ``None`` when unknown."""
        ...

    @property
    def status(self) -> Status:
        """How it was put in its place."""
        ...

    @property
    def source(self) -> Source:
        """Who found it."""
        ...
