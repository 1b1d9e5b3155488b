"""Regions of Label Studio → spans: kinds, labels, offsets in code points or UTF-16 units.

All regions of a text count in one unit: that in which each lies where its ``text`` stands.  Code
points go before UTF-16 units, and a ``text`` that stands there letter by letter before one with
other blanks, as older versions write line ends.

Here: the regions of one text.  Not here: tasks, and which annotation of a task counts
(``labelstudio``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from schema_ner import exports
from schema_ner.formats.files import LineError, short
from schema_ner.formats.offsets import Claim, likely
from schema_ner.spans import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schema_ner.marks import Source

    Places: TypeAlias = list[tuple[int, int]]

_WIDE = "\uffff"  # the last character of one UTF-16 unit


class _Region(NamedTuple):
    """A region as the file has it."""

    claim: Claim
    labels: list[str]
    score: float | None
    source: Source


@dataclass(slots=True)
class Regions:
    """The regions of one text: gathered with ``add`` or ``place``, then placed with ``settle``.

    Attributes:
        text: the text that they lie in.
        spans: one for each label of each region, once they are settled.
        unheld: regions that are no span, each with the reason.
        passed_over: kinds of regions that no span can stand for.
    """

    text: str
    spans: list[Span] = field(default_factory=list)
    unheld: list[tuple[str, str]] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    _gathered: list[_Region] = field(default_factory=list)

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
        said = value.get("text")
        claim = Claim(*_offsets(value), said if isinstance(said, str) else None)
        labels = value.get(kind) or value.get("labels") or []
        if not isinstance(labels, list) or not all(isinstance(n, str) and n for n in labels):
            raise LineError(f"labels are a list of texts, not {short(labels)}")
        is_known = isinstance(score, int | float) and not isinstance(score, bool)
        certain = float(score) if is_known and 0 <= score <= 1 else None  # type: ignore[operator, arg-type]
        if certain is None and score is not None:
            self.passed_over.append("scores that are not in [0, 1]")
        self._gathered.append(_Region(claim, labels, certain, source))

    def settle(self) -> bool:
        """Make spans of what was gathered, all in one unit.

        Returns:
            whether what the regions say of the text fits both units, at different places.

        Raises:
            LineError: it fits neither.
        """
        places, is_twofold = _settled(self.text, [region.claim for region in self._gathered])
        for (start, end), region in zip(places, self._gathered, strict=True):
            mention = self.text[start:end]
            if not region.labels:
                what = f"the region [{start}:{end}) {short(mention)}"
                self.unheld.append((what, "it has no label"))
            for label in region.labels:
                span = Span(start, end, label, mention, region.score, source=region.source)
                self.spans.append(span)
        return is_twofold


def _settled(text: str, claims: Sequence[Claim]) -> tuple[Places, bool]:
    """All places in code points, and whether the other unit fits as well and gives others."""
    units = [_by_points(text, claims)]
    # where nothing is said, nothing could speak against code points
    if any(claim.text is not None for claim in claims) and max(text, default="") > _WIDE:
        units.append(_by_units(text, claims))
    for agrees in (str.__eq__, _is_alike):
        fitting = [places for places in units if places and _fit(text, claims, places, agrees)]
        if fitting:
            return fitting[0], fitting[0] != fitting[-1]
    if claims:
        raise _no_place(text, claims)
    return [], False


def _by_points(text: str, claims: Sequence[Claim]) -> Places | None:
    """The places where offsets count code points; ``None`` where one is none."""
    places = [(claim.start, claim.end) for claim in claims]
    return places if all(0 <= start < end <= len(text) for start, end in places) else None


def _by_units(text: str, claims: Sequence[Claim]) -> Places | None:
    """The same where they count UTF-16 units."""
    units = exports.converter(text, "utf16")
    points = {units(at): at for at in range(len(text) + 1)}
    places = [(points.get(claim.start, -1), points.get(claim.end, -1)) for claim in claims]
    return places if all(0 <= start < end for start, end in places) else None


def _fit(
    text: str, claims: Sequence[Claim], places: Places, agrees: Callable[[str, str], bool]
) -> bool:
    """Whether there stands at each place what is said of it, if anything is."""
    return all(
        claim.text is None or agrees(text[start:end], claim.text)
        for claim, (start, end) in zip(claims, places, strict=True)
    )


def _is_alike(there: str, said: str) -> bool:
    """Whether both are the same but for blanks; older versions write line ends in their own way."""
    return "".join(there.split()) == "".join(said.replace("\\n", "\n").split())


def _no_place(text: str, claims: Sequence[Claim]) -> LineError:
    """The error for regions that fit no unit; it names the first that code points do not fit."""
    way_out = likely(text, claims)
    for claim in claims:
        places = _by_points(text, [claim])
        place = f"[{short(claim.start)}:{short(claim.end)})"
        if places is None:
            what = f"{place} is no place in a text of {len(text)} characters"
            return LineError(what, way_out)
        if not _fit(text, [claim], places, _is_alike):
            there = short(text[claim.start : claim.end])
            return LineError(f"{there} stands at {place}, not {short(claim.text)}", way_out)
    raise AssertionError("code points fit all")  # and were taken


def _offsets(value: dict[str, Any]) -> tuple[int, int]:
    """Start and end; of hypertext, those in the whole text."""
    places = value.get("globalOffsets") if isinstance(value["start"], str) else value
    match places:
        case {"start": bool()} | {"end": bool()}:
            pass
        case {"start": int(start), "end": int(end)}:
            return start, end
    raise LineError(f"a region's start and end are whole numbers, not {short(value)}")
