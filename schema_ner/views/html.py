"""The text with its marks as HTML: a fragment for notebooks.

Every mark is a ``<mark>`` around its words, with the label as a ``<small>`` behind them and score,
status and source on hover; a mark that crosses another is several such elements, the label behind
the last.  Without its style sheet it still reads.  No script, nothing loaded from elsewhere.

Here: elements and their escaping.  Not here: CSS (``styles``), how marks nest (``layout``), pages
(``pages``).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from schema_ner.views import colours, styles
from schema_ner.views.characters import one_line
from schema_ner.views.layout import Close, Open, levels, nest, outer_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schema_ner.marks import Mark
    from schema_ner.views.layout import Range

DEEPEST = 12  # levels that get room of their own; what stacks higher is painted over
LONG = 40  # characters of a label that are kept on one line, on a phone too

_ILL = re.compile("[\x00\ud800-\udfff]")  # no HTML document can hold these
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def fragment(text: str, marks: Iterable[Mark], unread: Iterable[Range] = ()) -> str:
    """The text with its marks, as one ``<div>`` with its own style sheet and a legend.

    Args:
        text: any text; NUL and lone surrogates become U+FFFD, which HTML can hold.
        marks: may nest and cross; every one is shown.
        unread: ``[start, end)`` ranges that no model saw, hatched.
    """
    given, skipped = list(marks), list(unread)
    counts = Counter(mark.label for mark in sorted(given, key=lambda mark: mark.start))
    slots = colours.slots(counts)
    return whole(counts, slots, skipped, body(text, given, skipped, slots))


def whole(counts: Counter[str], slots: dict[str, int], unread: Sequence[Range], inside: str) -> str:
    """The ``<div>`` of a view: its style sheet, a legend, and what is inside."""
    return (
        f'<div class="schema-ner"><style>{styles.sheet(slots.values())}</style>'
        f"{_legend(counts, slots, unread)}{inside}</div>"
    )


def escape(text: str) -> str:
    """The text for HTML; NUL and lone surrogates become U+FFFD, which HTML can hold."""
    # a bare CR would be read as a newline
    return _ILL.sub("\ufffd", html.escape(text)).replace("\r", "&#13;")


def body(text: str, marks: Iterable[Mark], unread: Iterable[Range], slots: dict[str, int]) -> str:
    """The text with its marks alone; ``slots`` are the places of their labels in the palette."""
    return _body(text, outer_first(marks), sorted(unread), slots)


def _legend(counts: Counter[str], slots: dict[str, int], unread: Sequence[Range]) -> str:
    items = [
        f'<li class="sn-c{slots[label]}">{_label(label)} {count:,}</li>'
        for label, count in counts.items()
    ]
    if not items:
        items = ["<li>no spans</li>"]
    if unread:
        characters = sum(end - start for start, end in unread)
        items.append(f'<li class="sn-unread">not read: {characters:,} characters</li>')
    return f"<ul>{''.join(items)}</ul>"


def _body(text: str, marks: Sequence[Mark], unread: Sequence[Range], slots: dict[str, int]) -> str:
    """The text itself; ``unread`` lies outside all marks, ``marks`` come outermost first."""
    before = len(unread)
    events = nest([*unread, *((mark.start, mark.end) for mark in marks)], len(text))
    level = [min(each, DEEPEST) for each in levels(events, before + len(marks))]
    two_ways = _RIGHT_TO_LEFT.search(text) is not None
    out: list[str] = []
    for event in events:
        match event:
            case Open(item=item) if item < before:
                out.append('<span class="sn-unread" title="not read by the model">')
            case Close(item=item) if item < before:
                out.append("</span>")
            case Open(item=item):
                mark = marks[item - before]
                out.append(_begin(mark, event, slots[mark.label], level[item], two_ways=two_ways))
            case Close(item=item):
                out.append((_label(marks[item - before].label) if event.last else "") + "</mark>")
            case start, end:
                out.append(escape(text[start:end]))
    # dir and lang: nothing is known of the language, and "en" of the page does not hold for it;
    # white space is kept even where a notebook drops style sheets
    deepest = max(level[before:], default=0)
    deep = f";--sn-deep:{deepest}" if deepest else ""
    start_tag = f'<div class="sn-text" dir="auto" lang="" style="white-space:pre-wrap{deep}">'
    return f"{start_tag}{''.join(out)}</div>"


def _begin(mark: Mark, piece: Open, slot: int, level: int, *, two_ways: bool) -> str:
    """The opening tag of a piece of a mark."""
    classes = f"sn-c{slot}"
    if not piece.first:
        classes += " sn-cut-start"
    if not piece.last:
        classes += " sn-cut-end"
    elif two_ways:
        classes += _side(mark.text)
    style = f' style="--sn-level:{level}"' if level else ""
    return f'<mark class="{classes}" title="{_hover(mark)}"{style}>'


def _hover(mark: Mark) -> str:
    score = "score unknown" if mark.score is None else f"score {mark.score:.3f}"
    place = f"{mark.start}–{mark.end}"
    facts = (one_line(mark.label), score, mark.status, mark.source, place)
    return escape(" · ".join(facts))


def _label(label: str) -> str:
    shown = one_line(label)
    long = ' class="sn-long"' if len(shown) > LONG else ""
    return f'<small{long} dir="auto">{escape(shown)}</small>'


def _side(mention: str) -> str:
    """The class that keeps a label at the end of its mention where a line runs both ways.

    A label is isolated, and so counts as neutral: between a Hebrew mention and English words the
    line would put it beside the wrong word.  A mark of the mention's own direction behind it (in
    CSS, so that the text stays as it is) holds it in place.
    """
    for char in reversed(mention):
        match unicodedata.bidirectional(char):
            case "R" | "AL":
                return " sn-rtl"
            case "L":
                return " sn-ltr"
    return ""
