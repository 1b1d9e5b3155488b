"""Regions of Label Studio → spans: kinds, labels, offsets in code points or UTF-16 units.

Here: single regions.  Not here: tasks, and which annotation of a task counts (``labelstudio``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schema_ner import exports
from schema_ner.formats.files import LineError, short
from schema_ner.formats.offsets import Claim, likely
from schema_ner.spans import Span

if TYPE_CHECKING:
    from schema_ner.marks import Source


@dataclass(slots=True)
class Regions:
    """The regions of one text, gathered.

    Attributes:
        text: the text that they lie in.
        spans: one for each label of each region.
        unheld: regions that are no span, each with the reason.
        passed_over: kinds of regions that no span can stand for.
    """

    text: str
    spans: list[Span] = field(default_factory=list)
    unheld: list[tuple[str, str]] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    _points: dict[int, int] | None = None  # offset in UTF-16 units → in code points

    def add(self, item: dict[str, Any], source: Source, score: object) -> None:
        """One item of a ``result``.  Raises LineError."""
        kind, value = item.get("type"), item.get("value")
        if not isinstance(kind, str):
            raise LineError(f"a region has a type, such as labels, and not {short(kind)}")
        if kind.endswith("labels") and isinstance(value, dict) and "start" in value:
            self.place(value, kind, source, item.get("score", score))
        else:
            self.passed_over.append(f"{kind} of regions")

    def place(self, value: dict[str, Any], kind: str, source: Source, score: object) -> None:
        """The ``value`` of a region of labels.  Raises LineError."""
        start, end = self._settled(*_offsets(value), value.get("text"))
        labels = value.get(kind) or value.get("labels") or []
        if not isinstance(labels, list) or not all(isinstance(n, str) and n for n in labels):
            raise LineError(f"labels are a list of texts, not {short(labels)}")
        mention = self.text[start:end]
        if not labels:
            self.unheld.append((f"the region [{start}:{end}) {short(mention)}", "it has no label"))
        is_known = isinstance(score, int | float) and not isinstance(score, bool)
        certain = float(score) if is_known and 0 <= score <= 1 else None  # type: ignore[operator, arg-type]
        if certain is None and score is not None:
            self.passed_over.append("scores that are not in [0, 1]")
        for label in labels:
            self.spans.append(Span(start, end, label, mention, certain, source=source))

    def _settled(self, start: int, end: int, said: object) -> tuple[int, int]:
        """The offsets in code points."""
        if 0 <= start < end <= len(self.text) and _fits(self.text[start:end], said):
            return start, end
        if isinstance(said, str) and not self.text.isascii():
            if self._points is None:
                units = exports.converter(self.text, "utf16")
                self._points = {units(at): at for at in range(len(self.text) + 1)}
            first, last = self._points.get(start), self._points.get(end)
            if first is not None and last is not None and _fits(self.text[first:last], said):
                return first, last
        place = f"[{short(start)}:{short(end)})"
        claim = Claim(start, end, said if isinstance(said, str) else None)
        way_out = likely(self.text, [claim])
        if 0 <= start < end <= len(self.text):
            there = short(self.text[start:end])
            raise LineError(f"{there} stands at {place}, not {short(said)}", way_out)
        what = f"{place} is no place in a text of {len(self.text)} characters"
        raise LineError(what, way_out)


def _offsets(value: dict[str, Any]) -> tuple[int, int]:
    """Start and end; of hypertext, those in the whole text."""
    places = value.get("globalOffsets") if isinstance(value["start"], str) else value
    match places:
        case {"start": bool()} | {"end": bool()}:
            pass
        case {"start": int(start), "end": int(end)}:
            return start, end
    raise LineError(f"a region's start and end are whole numbers, not {short(value)}")


def _fits(there: str, said: object) -> bool:
    """Whether this is what the region says; older versions write line ends in their own way."""
    if not there or not isinstance(said, str) or there == said:
        return bool(there)
    return "".join(there.split()) == "".join(said.replace("\\n", "\n").split())
