"""One text of a report as HTML: gold above, predicted below, what is wrong in its colour.

Here: painting, by the painter of the views, and cutting what is too long.  Not here: which texts
there is room for, and their filter (``examples``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schema_ner.benchmark import page
from schema_ner.benchmark.style import RIGHT, SLOTS
from schema_ner.scoring.errors import KINDS
from schema_ner.views import html as painter
from schema_ner.views.characters import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schema_ner.benchmark.judging import Judged
    from schema_ner.spans import Rejected

LONGEST = 2_000  # characters of a text that are shown
_BEFORE = 200  # of them, before the first mistake
_MOST_MARKS = 200  # in one painted text; a hostile one could have millions
_MOST_ITEMS = 10  # of what was not kept
_LONGEST_ITEM = 300

# what a mistake is called in a label, and in the filter
_NAMES: Mapping[str, str] = {
    "boundary": "borders",
    "boundary_and_type": "type and borders",
    "failed": "text failed",
    "rejected": "something not kept",
}


def painted(judged: Judged) -> str:
    """One text, with what is wrong with it and what was not kept."""
    inside = "".join(_sides(judged)) + _rejected(judged.sample.predicted.rejected)
    return f'<article class="example">{_head(judged)}{inside}</article>'


def _head(judged: Judged) -> str:
    counts = {kind: sum(m.kind == kind for m in judged.mistakes) for kind in KINDS}
    said = [f"{sum(judged.correct.values()):,} right"]
    said += [f"{count:,} {name(kind)}" for kind, count in counts.items() if count]
    shown = "not compared" if judged.unjudged else ", ".join(said)
    own = judged.sample.id
    named = "" if own == str(judged.number) else f" {page.named(own)}"
    return f"<h3><b>text {judged.number:,}</b>{named} · {shown}</h3>"


def _sides(judged: Judged) -> Iterator[str]:
    window, length = _window(judged), len(judged.sample.gold.text)
    reason = judged.failure or judged.unjudged
    if reason:
        what = "failed" if judged.failure else "not compared"
        shown = painter.escape(visible(reason[:_LONGEST_ITEM]))
        yield f'<div class="side"><span class="alarm">{what}</span><div>{shown}</div></div>'
    if not reason and not any(judged.wrong()):
        yield _side("both", judged, window)
    else:
        yield _side("gold", judged, window)
        if not judged.failure:
            yield _side("predicted", judged, window)
    if window != (0, length):
        yield page.note(f"characters {window[0]:,} to {window[1]:,} of {length:,}")


def _side(title: str, judged: Judged, window: tuple[int, int]) -> str:
    """The text with the spans of one side, or of both where they are the same."""
    sample, is_gold = judged.sample, title == "gold"
    wrong = judged.wrong()[0 if is_gold else 1]
    spans = sample.gold.spans if is_gold else sample.predicted.spans
    unread = () if is_gold else sample.predicted.unread
    text = sample.gold.text
    start, end = window
    there = [span for span in spans if span.start < end and span.end > start]
    slots: dict[str, int] = {}
    marks = []
    for span in there[:_MOST_MARKS]:
        kind = wrong.get(span.order)
        label = page.cut(span.label) + (f" · {name(kind)}" if kind else "")
        slots[label] = SLOTS[kind or RIGHT]
        low, high = max(span.start, start), min(span.end, end)
        moved = replace(span, start=low - start, end=high - start, text=text[low:high])
        marks.append(replace(moved, label=label))
    skipped = [
        (max(a, start) - start, min(b, end) - start) for a, b in unread if a < end and b > start
    ]
    body = painter.body(text[start:end], marks, skipped, slots)
    more = len(there) - len(marks)
    some = page.note(f"{more:,} more spans are not painted") if more else ""
    return f'<div class="side"><span>{title}</span><div>{body}{some}</div></div>'


def _window(judged: Judged) -> tuple[int, int]:
    """What is shown of the text: all of it, or a stretch around its first mistake."""
    length = len(judged.sample.gold.text)
    if length <= LONGEST:
        return 0, length
    spans = [span for m in judged.mistakes for span in (m.gold, m.predicted) if span is not None]
    first = min((span.start for span in spans), default=0)
    start = max(0, min(first - _BEFORE, length - LONGEST))
    return start, start + LONGEST


def _rejected(rejected: Sequence[Rejected]) -> str:
    """What the model said that became no span; what is not hallucinated is folded away."""
    said = [item for item in rejected if item.status != "failed"]
    hallucinated = [item for item in said if item.status == "hallucinated"]
    others = [item for item in said if item.status != "hallucinated"]
    folded = (
        f"<details><summary>{len(others):,} not kept</summary>{_listed(others)}</details>"
        if others
        else ""
    )
    return f"{_listed(hallucinated)}{folded}"


def _listed(items: Sequence[Rejected]) -> str:
    shown = [_item(item) for item in items[:_MOST_ITEMS]]
    if len(items) > _MOST_ITEMS:
        shown.append(f"<li>and {len(items) - _MOST_ITEMS:,} more</li>")
    return f"<ul>{''.join(shown)}</ul>" if shown else ""


def _item(item: Rejected) -> str:
    label = f" {page.named(item.label)}" if item.label is not None else ""
    said = page.words(page.cut(item.text, _LONGEST_ITEM))
    reason = page.words(page.cut(item.reason, _LONGEST_ITEM))
    css = ' class="alarm"' if item.status == "hallucinated" else ""
    return (
        f"<li><b{css}>{item.status.replace('_', ' ')}</b>{label} “<bdi>{said}</bdi>” "
        f'<span class="muted">{reason}</span></li>'
    )


def name(kind: str) -> str:
    """What a kind of mistake is called on the page."""
    return _NAMES.get(kind, kind)
