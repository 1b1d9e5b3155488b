"""The seam between the extractor and everything that can run a model.

Here: the protocol and what travels across it.  Not here: any model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from schema_ner.spans import UNKNOWN, Rejected, Span, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schema_ner.schema import Schema


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine made of one text, before validators, thresholds and overlaps.

    Attributes:
        candidates: spans the model proposes, in any order, overlapping or not.
        rejected: items the model emitted that have no place in the text.
        unread: ``[start, end)`` ranges that the model did not see, sorted, apart.
        usage: what the text cost.
        items: whether the candidates are items of an answer, each of which is accounted for; a
            model that scores every span has candidates that nobody asked for.
    """

    candidates: tuple[Span, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    unread: tuple[tuple[int, int], ...] = ()
    usage: Usage = UNKNOWN
    items: bool = False


class Engine(Protocol):
    """Reads texts with a schema.  Knows no threshold but the floor it is given."""

    @property
    def name(self) -> str:
        """What results are signed with."""
        ...

    @property
    def threshold(self) -> float:
        """The score below which this engine's spans are dropped when nobody says otherwise."""
        ...

    @property
    def batch_size(self) -> int:
        """How many texts it likes to be given at once; 1 where company saves nothing."""
        ...

    def read(
        self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
    ) -> list[Reading | Exception]:
        """One Reading for each text, in the same order.

        Args:
            texts: any texts, empty ones and lone surrogates included.
            schema: the types to look for.
            floors: by label, the score below which a candidate need not be returned.

        Returns:
            For a text that failed, the exception in place of its Reading; the others are read.

        Raises:
            SchemaNerError: nothing can be read at all, for instance because the model is missing.
        """
        ...
