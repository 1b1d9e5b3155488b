"""Texts of a run to leaf through: gold and predicted spans painted, what is wrong in its colour.

Every text is made into HTML here, once, by the painter of the views.  The first page of them stands
in the document; the script has all as strings and shows one page at a time, so that ten thousand
texts weigh no more than twenty.

Here: the texts, their filter, and how many there is room for.  Not here: what is wrong with them
(``judging``), the script (``assets/page.js``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from schema_ner.benchmark import page
from schema_ner.benchmark.style import RIGHT, SLOTS
from schema_ner.scoring.errors import KINDS
from schema_ner.views import html as painter
from schema_ner.views.characters import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schema_ner.benchmark.judging import Judged, Place
    from schema_ner.scoring.errors import Kind
    from schema_ner.spans import Rejected, Span

PAGE = 20  # texts shown at a time
BUDGET = 12_000_000  # characters of HTML for all texts
LONGEST = 2_000  # characters of a text that are shown
_BEFORE = 200  # of them, before the first mistake
_MOST_MARKS = 200  # in one painted text; a hostile one could have millions
_MOST_ITEMS = 10  # of what was not kept
_LONGEST_ITEM = 300

# what a mistake is called in a label, and in the filter
NAMES: Mapping[str, str] = {
    "boundary": "borders",
    "boundary_and_type": "type and borders",
    "failed": "text failed",
    "rejected": "something not kept",
}
_KINDS = (*KINDS, "failed", "rejected")
_WRONG = len(_KINDS) - 1  # "rejected" alone is no mistake


class Examples(NamedTuple):
    """The part of the page, and what its script is given."""

    html: str
    data: dict[str, Any]


class _Entry(NamedTuple):
    """One text: its place, its HTML, and what it can be found by: kind, gold, predicted."""

    number: int
    html: str
    types: list[int]
    found_by: list[tuple[int, int, int]]

    @property
    def is_wrong(self) -> bool:
        return any(kind < _WRONG for kind, _, _ in self.found_by)


def examples(samples: Sequence[Judged], labels: Sequence[str], budget: int = BUDGET) -> Examples:
    """The texts of a run, as many as there is room for; those with mistakes come first.

    Args:
        samples: all texts.
        labels: every type that occurs in them.
        budget: characters of HTML.
    """
    order = {label: at for at, label in enumerate(labels)}
    entries = sorted(_fitting(samples, order, budget))
    left_out = len(samples) - len(entries)
    some_wrong = any(entry.is_wrong for entry in entries)
    first = [entry for entry in entries if entry.is_wrong or not some_wrong][:PAGE]
    data = {
        "kinds": _KINDS,
        "wrong": _WRONG,
        "types": [page.cut(one_line(label)) for label in labels],
        "page": PAGE,
        "items": [[e.html, e.types, *(n for each in e.found_by for n in each)] for e in entries],
    }
    said = (
        f"{left_out:,} of {len(samples):,} texts are left out, so that this page stays small; "
        "those with mistakes come first. predictions.jsonl has all of them."
    )
    html = (
        f"{page.note(said if left_out else '')}{_key()}{_filter(entries, some_wrong=some_wrong)}"
        f'<div id="examples-list" class="schema-ner">{"".join(e.html for e in first)}</div>'
        f"{_PAGER}"
    )
    return Examples(html, data)


_PAGER = (
    '<div class="pager" id="examples-pager" hidden>'
    '<output id="examples-count" for="examples-filter"></output>'
    '<button type="button" value="-1">Previous</button>'
    '<button type="button" value="1">Next</button></div>'
    f"<noscript>{page.note(f'Without JavaScript, {PAGE} texts are shown at the most.')}</noscript>"
)


def _fitting(samples: Sequence[Judged], order: Mapping[str, int], budget: int) -> Iterator[_Entry]:
    room = budget
    wrong = [each for each in samples if each.mistakes or each.failure]
    right = [each for each in samples if not (each.mistakes or each.failure)]
    for each in (*wrong, *right):
        entry = _entry(each, order)
        room -= len(entry.html)
        if room < 0:
            return
        yield entry


def _entry(judged: Judged, order: Mapping[str, int]) -> _Entry:
    found_by = [
        (
            _KINDS.index(each.kind),
            order.get(each.gold.label, -1) if each.gold else -1,
            order.get(said.label or "", -1) if (said := each.predicted or each.rejected) else -1,
        )
        for each in judged.mistakes
    ]
    if judged.failure:
        found_by.append((_KINDS.index("failed"), -1, -1))
    rejected = judged.sample.predicted.rejected
    others = (item for item in rejected if item.status not in ("failed", "hallucinated"))
    found_by += ((_KINDS.index("rejected"), -1, order.get(item.label or "", -1)) for item in others)
    spans = (*judged.sample.gold.spans, *judged.sample.predicted.spans)
    types = sorted({order[span.label] for span in spans if span.label in order})
    return _Entry(judged.number, _html(judged), types, list(dict.fromkeys(found_by)))


def _html(judged: Judged) -> str:
    sample = judged.sample
    inside = "".join(_sides(judged))
    items = "".join(_items(sample.predicted.rejected))
    listed = f"<ul>{items}</ul>" if items else ""
    return f'<article class="example">{_head(judged)}{inside}{listed}</article>'


def _head(judged: Judged) -> str:
    counts = {kind: sum(m.kind == kind for m in judged.mistakes) for kind in KINDS}
    said = [f"{sum(judged.correct.values()):,} right"]
    said += [f"{count:,} {name(kind)}" for kind, count in counts.items() if count]
    shown = "not compared" if judged.unjudged else ", ".join(said)
    own = judged.sample.id
    named = "" if own == str(judged.number) else f" {page.named(own)}"
    return f"<h3><b>text {judged.number:,}</b>{named} · {shown}</h3>"


def _sides(judged: Judged) -> Iterator[str]:
    sample, (gold, predicted) = judged.sample, judged.wrong()
    window = _window(judged)
    if judged.failure or judged.unjudged:
        what = "failed" if judged.failure else "not compared"
        reason = painter.escape(visible((judged.failure or judged.unjudged)[:_LONGEST_ITEM]))
        yield f'<div class="side"><span class="alarm">{what}</span><div>{reason}</div></div>'
    if gold or predicted or judged.failure or judged.unjudged:
        yield _side("gold", sample.gold.text, sample.gold.spans, gold, window)
        if not judged.failure:
            unread = sample.predicted.unread
            spans = sample.predicted.spans
            yield _side("predicted", sample.gold.text, spans, predicted, window, unread)
    else:
        unread, spans = sample.predicted.unread, sample.predicted.spans
        yield _side("both", sample.gold.text, spans, {}, window, unread)
    if window != (0, len(sample.gold.text)):
        whole = f"{len(sample.gold.text):,}"
        yield page.note(f"characters {window[0]:,} to {window[1]:,} of {whole}")


def _side(  # noqa: PLR0913, PLR0917  # all that is painted
    title: str,
    text: str,
    spans: Sequence[Span],
    wrong: Mapping[Place, Kind],
    window: tuple[int, int],
    unread: Sequence[tuple[int, int]] = (),
) -> str:
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


def _items(rejected: Sequence[Rejected]) -> Iterator[str]:
    """What the model said that became no span."""
    items = [item for item in rejected if item.status != "failed"]
    for item in items[:_MOST_ITEMS]:
        label = f" {page.named(item.label)}" if item.label is not None else ""
        said = page.words(item.text[:_LONGEST_ITEM]) + (
            "…" if len(item.text) > _LONGEST_ITEM else ""
        )
        css = ' class="alarm"' if item.status == "hallucinated" else ""
        status = item.status.replace("_", " ")
        reason = page.words(item.reason[:_LONGEST_ITEM])
        yield (
            f"<li><b{css}>{status}</b>{label} “<bdi>{said}</bdi>” "
            f'<span class="muted">{reason}</span></li>'
        )
    if len(items) > _MOST_ITEMS:
        yield f"<li>and {len(items) - _MOST_ITEMS:,} more that were not kept</li>"


def name(kind: str) -> str:
    """What a kind of mistake is called on the page."""
    return NAMES.get(kind, kind)


def _key() -> str:
    kinds = [kind for kind in SLOTS if kind != "hallucinated"]
    inside = "".join(
        f'<li class="sn-c{SLOTS[kind]}"><small>{name(kind)}</small></li>' for kind in kinds
    )
    return f'<div class="schema-ner"><ul class="key" aria-label="colours">{inside}</ul></div>'


def _filter(entries: Sequence[_Entry], *, some_wrong: bool) -> str:
    """The form of the filter, which a script shows."""
    texts = {
        kind: sum(any(n == at for n, _, _ in e.found_by) for e in entries)
        for at, kind in enumerate(_KINDS)
    }
    wrong = sum(entry.is_wrong for entry in entries)
    choices = [("any", "with any mistake", wrong), ("all", "all", len(entries))]
    choices += [("none", "without mistakes", len(entries) - wrong)]
    choices += [(kind, name(kind), count) for kind, count in texts.items() if count]
    chosen = "any" if some_wrong else "all"
    options = "".join(
        f'<option value="{value}"{" selected" * (value == chosen)}>{shown} ({count:,})</option>'
        for value, shown, count in choices
    )
    every = '<option value="">any</option>'
    return (
        '<form class="filter" id="examples-filter" role="search" hidden>'
        f'<label>texts <select name="kind">{options}</select></label>'
        f'<label>gold type <select name="gold">{every}</select></label>'
        f'<label>predicted type <select name="predicted">{every}</select></label>'
        '<label>words or id <input name="words" type="search" autocomplete="off"></label>'
        '<button type="reset">Reset</button></form>'
    )
