"""The parts of a report that are about what is right and what is wrong.

Here: mistakes, types, confusion, patterns, what was not kept.  Not here: what was run and its
headline figures (``report``), texts (``examples``), tables as such (``page``).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from schema_ner.benchmark import page
from schema_ner.benchmark.page import Cell
from schema_ner.benchmark.painting import name
from schema_ner.benchmark.style import RIGHT
from schema_ner.scoring.confusion import OUTSIDE
from schema_ner.scoring.errors import MEANING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schema_ner.benchmark.judging import Judged
    from schema_ner.benchmark.patterns import Patterns, Surface
    from schema_ner.scoring import TypeScore
    from schema_ner.scoring.confusion import Confusion
    from schema_ner.scoring.errors import Errors, Kind
    from schema_ner.spans import Rejected

MOST_TYPES = 300  # rows of a table
MOST_CONFUSED = 80  # types of a matrix: 80 by 80 cells
_MOST_ROWS = 12  # of a table of patterns
_GOLD_KINDS: tuple[Kind, ...] = ("boundary", "type", "boundary_and_type", "missed")
_SAID_KINDS: tuple[Kind, ...] = ("boundary", "type", "boundary_and_type", "spurious")


def mistakes(found: Errors) -> str:
    """What became of gold mentions and of predictions: two bars, and a table with links."""
    counts: dict[str, int] = {RIGHT: sum(found.correct.values())}
    counts |= {str(kind): count for kind, count in found.counts.items()}
    bars = "".join(
        _parts(side, {RIGHT: counts[RIGHT], **{kind: counts[kind] for kind in kinds}})
        for side, kinds in (("gold mentions", _GOLD_KINDS), ("predicted spans", _SAID_KINDS))
    )
    rows = [
        (
            Cell(f'<span class="dot is-{kind}"></span>{_linked(name(kind), kind, count)}'),
            page.number(count),
            MEANING[kind],
        )
        for kind, count in found.counts.items()
    ]
    table = page.table(("kind", "spans", "meaning"), rows, name="kinds of mistakes")
    return f'{bars}<div class="narrow">{table}</div>'


def _parts(side: str, counts: Mapping[str, int]) -> str:
    inside = "".join(
        f'<i class="is-{kind}" style="flex-grow:{count}" title="{count:,} {name(kind)}"></i>'
        for kind, count in counts.items()
        if count
    )
    total = sum(counts.values())
    share = f", {counts[RIGHT] / total:.1%} of them right" if total else ""
    return (
        f'<div class="parts"><p>{total:,} {side}{share}</p>'
        f'<div class="stack" aria-hidden="true">{inside}</div></div>'
    )


def types(scores: Mapping[str, TypeScore], labels: Sequence[str]) -> str:
    """Precision, recall and F1 of each type, the most frequent first."""
    ranked = sorted(scores, key=lambda label: (-scores[label].support, label))
    order = {label: at for at, label in enumerate(labels)}
    rows = []
    for label in ranked[:MOST_TYPES]:
        one = scores[label]
        at = order.get(label)
        shown = page.named(label)
        linked = shown if at is None else _link(shown, "all", gold=at)
        rows.append(
            (
                Cell(linked),
                page.bar(one.f1),
                *(page.number(value, 3) for value in (one.precision, one.recall)),
                *(page.number(n) for n in (one.support, one.predicted, one.correct)),
            )
        )
    header = ("type", "F1", "precision", "recall", "gold", "predicted", "right")
    return page.table(header, rows, css="sortable", name="types") + page.note(
        _left_out(len(ranked), MOST_TYPES, "types")
    )


def confusion(found: Confusion) -> str:
    """Which type was predicted as which: gold down, predicted across."""
    sums: Counter[str] = Counter()
    for both, count in found.counts.items():
        sums.update({label: count for label in set(both) if label is not None})
    shown = sorted(found.labels, key=lambda label: (-sums[label], label))[:MOST_CONFUSED]
    places = {label: at for at, label in enumerate(found.labels)}
    whole: Counter[str | None] = Counter()
    for (gold, _), count in found.counts.items():
        whole[gold] += count
    heads = "".join(f'<th scope="col"><span>{page.named(each)}</span></th>' for each in shown)
    rows = "".join(
        f'<tr><th scope="row" title="{_plain(gold)}">{_type(gold)}</th>'
        f"{''.join(_confused(found, (gold, said), whole[gold], places) for said in (*shown, None))}"
        "</tr>"
        for gold in (*shown, None)
    )
    said = (
        "Gold types down, predicted types across. Spans that overlap stand for each other; "
        f"{OUTSIDE} is the side that has no span. Shades are shares of a row."
    )
    left = _left_out(len(found.labels), MOST_CONFUSED, "types, the most frequent ones")
    return (
        f"{page.note(said)}{page.note(left)}"
        '<div class="matrix" tabindex="0" role="region" aria-label="confusion of types"><table>'
        f'<thead><tr><th scope="col">gold</th>{heads}<th scope="col"><span>{OUTSIDE}</span></th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _confused(
    found: Confusion, both: tuple[str | None, str | None], row: int, places: Mapping[str, int]
) -> str:
    count = found.counts.get(both, 0)
    if not count:
        return '<td class="zero">·</td>'
    gold, said = both
    kind = "missed" if said is None else "spurious" if gold is None else "any"
    at = {
        side: places[label]
        for side, label in (("gold", gold), ("predicted", said))
        if label is not None
    }
    css = f"is-{RIGHT}" if gold == said else "is-missed"
    shown = f"{count:,}" if gold == said else _link(f"{count:,}", kind, **at)
    title = f"{_plain(gold)} → {_plain(said)}"
    return f'<td class="{css}" style="--v:{count / row:.3f}" title="{title}">{shown}</td>'


def _type(label: str | None) -> str:
    return OUTSIDE if label is None else page.named(label)


def _plain(label: str | None) -> str:
    return OUTSIDE if label is None else page.words(page.cut(label))


def patterns(found: Patterns) -> str:
    """What many mistakes have in common."""
    parts = []
    if found.taken:
        rows = [
            (
                page.cut(each.gold),
                page.cut(each.predicted),
                page.number(each.count),
                ", ".join(page.cut(text, 40) for text in each.examples),
            )
            for each in found.taken[:_MOST_ROWS]
        ]
        header = ("gold type", "taken for", "times", "such as")
        parts.append(_listed("Types taken for others", header, rows, len(found.taken)))
    if found.borders:
        changes = [
            (
                str(each.change),
                page.number(each.count),
                ", ".join(f"{page.cut(piece, 30)} ({n:,})" for piece, n in each.pieces[:8]),
            )
            for each in found.borders
        ]
        parts.append(_listed("Wrong borders", ("beside the mention", "times", "what"), changes))
    for title, surfaces in (
        ("Missed more than once", found.missed),
        ("Predicted more than once where nothing is", found.spurious),
    ):
        parts += _surfaces(title, [each for each in surfaces if each.count > 1])
    return "".join(parts) or page.note("No two mistakes have anything in common.")


def _surfaces(title: str, found: Sequence[Surface]) -> list[str]:
    rows = [
        (
            page.cut(each.text, 60),
            page.cut(each.label),
            page.number(each.count),
            page.number(each.mentions),
        )
        for each in found[:_MOST_ROWS]
    ]
    header = ("mention", "type", "times", "of")
    return [_listed(title, header, rows, len(found))] if rows else []


def _listed(
    title: str, header: Sequence[str], rows: Sequence[Sequence[Cell | str]], whole: int = 0
) -> str:
    more = _left_out(whole, len(rows), "rows") if whole > len(rows) else ""
    table = page.table(header, rows, name=title)
    return f'<h3>{title}</h3><div class="narrow">{table}</div>{page.note(more)}'


def rejected(samples: Sequence[Judged]) -> str:
    """What the model said and what did not become a span, by status; and what no model read."""
    counts: Counter[str] = Counter()
    such_as: dict[str, str] = {}
    for each in samples:
        for item in each.sample.predicted.rejected:
            counts[item.status] += 1
            such_as.setdefault(item.status, _said(item))
    unread = sum(end - start for s in samples for start, end in s.sample.predicted.unread)
    said = page.note(f"{unread:,} characters were read by no model." if unread else "")
    if not counts:
        return page.note("Everything that the model said became a span.") + said
    rows = [
        (status.replace("_", " "), page.number(count), page.cut(such_as[status], 160))
        for status, count in counts.most_common()
    ]
    return page.table(("status", "items", "such as"), rows, name="not kept") + said


def _said(item: Rejected) -> str:
    if item.status == "failed":  # its text is that of a whole sample
        return item.reason
    label = "" if item.label is None else f"{page.cut(item.label)}: "
    return f"{label}“{page.cut(item.text)}”, {item.reason}"


def _linked(shown: str, kind: str, count: int) -> str:
    return _link(shown, kind) if count else shown


def _link(shown: str, kind: str, **types: int) -> str:
    at = "".join(f' data-{side}="{place}"' for side, place in types.items())
    return f'<a href="#examples" data-kind="{kind}"{at}>{shown}</a>'


def _left_out(whole: int, most: int, what: str) -> str:
    return f"{most:,} of {whole:,} {what} are shown." if whole > most else ""
