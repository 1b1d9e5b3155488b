"""Texts of a run to leaf through, and what they can be found by.

The first page of them stands in the document; the script has all as strings and shows one page at a
time, so that ten thousand texts weigh no more than twenty.

Here: the filter, and which texts there is room for.  Not here: how a text is shown (``painting``),
what is wrong with it (``judging``), the script (``assets/page.js``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from schema_ner.benchmark import page
from schema_ner.benchmark.painting import name, painted
from schema_ner.benchmark.style import SLOTS
from schema_ner.scoring.errors import KINDS
from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schema_ner.benchmark.judging import Judged

PAGE = 20  # texts shown at a time
BUDGET = 12_000_000  # characters of HTML for all texts
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
    return _Entry(judged.number, painted(judged), types, list(dict.fromkeys(found_by)))


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
