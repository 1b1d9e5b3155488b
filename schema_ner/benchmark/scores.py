"""The scores of predicted spans, drawn: how many there are of each, and how many of them are right.

Here: two drawings for a page, as SVG.  Not here: fitting scores (``calibrating``), a reliability
diagram as a picture (``diagram``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from schema_ner import calibration
from schema_ner.benchmark import page
from schema_ner.calibration import Observed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.benchmark.judging import Judged
    from schema_ner.calibration import Bin

WIDTH, HEIGHT = 380, 260  # of a drawing, in pixels
_LEFT, _BELOW, _ABOVE = 44, 40, 8  # room for what stands beside the axes
_TICKS = (0, 0.25, 0.5, 0.75, 1)


def observed(samples: Sequence[Judged]) -> list[Observed]:
    """Every predicted span that has a score, and whether it is right."""
    found = []
    for each in samples:
        if each.unjudged:
            continue
        _, wrong = each.wrong()
        found += [
            Observed(span.label, span.score, span.order not in wrong)
            for span in each.sample.predicted.spans
            if span.score is not None
        ]
    return found


def drawn(found: Sequence[Observed]) -> str:
    """Both drawings, with the same as a table; empty where no score is known."""
    if not found:
        return ""
    bins = calibration.reliability(found)
    error = calibration.expected_calibration_error(found)
    rows = [
        (
            f"{b.lower:.1f} to {b.upper:.1f}",
            page.number(b.count),
            page.number(b.score, 3),
            page.number(b.right, 3),
        )
        for b in bins
    ]
    header = ("scores", "spans", "mean score", "share right")
    numbers = page.table(header, rows, name="scores as numbers")
    said = (
        f"{len(found):,} predicted spans have a score. Where scores are probabilities, the points "
        f"lie on the dashed line; their mean distance from it, weighted by spans, is {error:.3f} "
        "(expected calibration error). Spans below the threshold are not among them."
    )
    return (
        f'{page.note(said)}<div class="two">{_histogram(bins)}{_reliability(bins)}</div>'
        f'<details><summary>As numbers</summary><div class="narrow">{numbers}</div></details>'
    )


def _histogram(bins: Sequence[Bin]) -> str:
    step = _step(max(one.count for one in bins))
    most = step * math.ceil(max(one.count for one in bins) / step)
    parts = []
    for one in bins:
        left, width = _x(one.lower) + 1, _x(one.upper) - _x(one.lower) - 2
        right = one.count * one.right / most
        parts.append(_box("wrong is-missed", left, one.count / most, right, width))
        parts.append(_box("right", left, right, 0, width))
    ticks = [(count / most, f"{count:,}") for count in range(0, most + 1, step)]
    return _figure("spans by score; the lower part of a bar is right", ticks, "".join(parts))


def _step(most: int) -> int:
    """A round number that goes at most five times into a count, or a little more."""
    size = int(f"1{'0' * (len(str(most)) - 1)}")
    return next(n for n in (size // 5, size // 2, size, 2 * size) if n and most <= 5 * n)


def _reliability(bins: Sequence[Bin]) -> str:
    ideal = f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    places = [(_x(one.score), _y(one.right)) for one in bins]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    points = "".join(f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in places)
    ticks = [(share, f"{share:g}") for share in _TICKS]
    drawing = f'{ideal}<polyline class="line" points="{line}"/>{points}'
    return _figure("share of spans that is right, by score", ticks, drawing)


def _figure(title: str, ticks: Sequence[tuple[float, str]], drawing: str) -> str:
    axes = "".join(_axes("score", ticks))
    return (
        f"<figure><figcaption>{title}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{title}; as numbers below">{axes}{drawing}</svg></figure>'
    )


def _axes(below: str, ticks: Sequence[tuple[float, str]]) -> Iterator[str]:
    for share, shown in ticks:
        y = _y(share)
        kind = "grid" if share else "axis"
        yield f'<line class="{kind}" x1="{_x(0)}" y1="{y:.1f}" x2="{_x(1)}" y2="{y:.1f}"/>'
        yield f'<text x="{_x(0) - 6}" y="{y + 4:.1f}" text-anchor="end">{shown}</text>'
    for share in _TICKS:
        place = f'x="{_x(share):.1f}" y="{_y(0) + 16:.1f}"'
        yield f'<text {place} text-anchor="middle">{share:g}</text>'
    middle = _x(0.5)
    yield f'<text x="{middle:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{below}</text>'


def _box(css: str, left: float, top: float, bottom: float, width: float) -> str:
    """A part of a bar between two shares of the height."""
    height = _y(bottom) - _y(top)
    return (
        f'<rect class="{css}" x="{left:.1f}" y="{_y(top):.1f}" width="{width:.1f}" '
        f'height="{height:.1f}"/>'
    )


def _x(share: float) -> float:
    return _LEFT + share * (WIDTH - _LEFT - 8)


def _y(share: float) -> float:
    return HEIGHT - _BELOW - share * (HEIGHT - _BELOW - _ABOVE)
