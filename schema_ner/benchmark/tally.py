"""How a run stands while it goes on: strict F1 so far, speed, cost.

Here: counting.  Not here: showing it (``cli``), writing it down (``logs``), the figures of a
finished run (``metrics``).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from schema_ner.runs import records
from schema_ner.scoring import TypeScore

if TYPE_CHECKING:
    from schema_ner.benchmark.run import Sample
    from schema_ner.runs import Finished


class Tally:
    """Counts of the texts so far.

    Args:
        total: how many there will be.

    Attributes:
        done: how many there are.
        new: how many of these were read now, and not before.
        failed: how many failed.
        cost: US dollars; ``None`` where no text says.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = self.new = self.failed = 0
        self.cost: float | None = None
        self._gold = self._said = self._right = 0
        self._texts: set[str] = set()
        self._began = time.monotonic()

    def add(self, sample: Sample, finished: Finished) -> None:
        """Count one text more."""
        gold = {span.order for span in sample.gold.spans}
        said = {span.order for span in sample.predicted.spans}
        self._gold += len(gold)
        self._said += len(said)
        self._right += len(gold & said)
        self.done += 1
        self.new += finished.is_new
        self.failed += records.is_failed(finished.extraction)
        text = finished.extraction.text
        if text not in self._texts and finished.extraction.usage.cost is not None:
            self.cost = (self.cost or 0.0) + finished.extraction.usage.cost
        self._texts.add(text)

    @property
    def f1(self) -> float:
        """Strict, micro."""
        return TypeScore.of_counts(self._gold, self._said, self._right).f1

    @property
    def rate(self) -> float:
        """Texts a second, of those that were read now."""
        elapsed = time.monotonic() - self._began
        return self.new / elapsed if elapsed else 0.0

    def __str__(self) -> str:
        parts = [f"F1 {self.f1:.3f}"]
        if self.new:
            parts.append(f"{self.rate:.3g} texts/s")
        if self.cost is not None:
            parts.append(f"${self.cost:.4f}")
        if self.failed:
            parts.append(f"{self.failed} failed")
        return ", ".join(parts)


class Watch(Protocol):
    """Who looks on while a benchmark runs."""

    def text(self, tally: Tally) -> None:
        """One text more is finished."""
        ...

    def step(self, what: str) -> None:
        """The texts are finished, and this is done now."""
        ...
