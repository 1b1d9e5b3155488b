"""A page of a benchmark: one HTML file that needs nothing else and reaches nothing.

Its Content-Security-Policy forbids every request, and every script but its own, which it names by
its hash.  Without scripts all figures are there, but tables do not sort and texts do not filter.

Here: the document, tables, lists of facts.  Not here: what stands in them (``report``,
``compared``), the look (``style``, ``assets``), texts with spans (``views``).
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from schema_ner.benchmark import style
from schema_ner.views.characters import one_line
from schema_ner.views.html import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DATA = "examples-data"  # id of the element that holds the texts, for the script


class Section(NamedTuple):
    """A part of a page; ``id`` is where links go, ``html`` stands below the title."""

    id: str
    title: str
    html: str


class Cell(NamedTuple):
    """A cell of a table.

    Attributes:
        html: what it shows, escaped.
        value: the number to sort by; ``None`` sorts by what it shows.
        css: classes.
    """

    html: str
    value: float | None = None
    css: str = ""


def words(text: str) -> str:
    """A text for HTML, on one line, control characters spelt out."""
    return escape(one_line(text))


def cut(text: str, most: int = 80) -> str:
    """A name of at most so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def named(text: str) -> str:
    """A name as HTML: short, of whatever language and direction."""
    return f'<bdi lang="">{words(cut(text))}</bdi>'


def number(value: float | None, digits: int | None = None) -> Cell:
    """A number: a count with its thousands apart, or with so many digits behind the point."""
    if value is None:
        return Cell("", -1, "n")
    shown = f"{value:,g}" if digits is None and value != int(value) else f"{value:,.{digits or 0}f}"
    return Cell(shown, value, "n")


def bar(value: float) -> Cell:
    """A ratio as a bar with its number."""
    drawn = f'<span class="bar" style="--v:{min(max(value, 0), 1):.3f}" aria-hidden="true"></span>'
    return Cell(f"{drawn}{value:.3f}", value, "n")


def table(  # noqa: PLR0913  # the parts a table may have
    header: Sequence[str],
    rows: Iterable[Sequence[Cell | str]],
    *,
    foot: Iterable[Sequence[Cell | str]] = (),
    caption: str = "",
    css: str = "",
    name: str = "",
) -> str:
    """A table that scrolls by itself where it is wide; the first cell of a row is its head.

    Args:
        header: plain text, one a column.  A column of numbers is told by its first row.
        rows: strings are plain text.
        foot: rows below a line, which stay where they are when the others are sorted.
        caption: plain text above it.
        css: classes of the table, ``sortable`` among them.
        name: what a screen reader calls it where there is no caption.
    """
    body = [list(map(_cell, row)) for row in rows]
    last = [list(map(_cell, row)) for row in foot]
    first = next(iter([*body, *last]), [Cell("")] * len(header))
    heads = "".join(
        f'<th scope="col"{_css("n" * ("n" in cell.css.split()))}>{words(title)}</th>'
        for title, cell in zip(header, first, strict=True)
    )
    above = f"<caption>{words(caption)}</caption>" if caption else ""
    below = f"<tfoot>{''.join(map(_row, last))}</tfoot>" if last else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{words(caption or name)}">'
        f"<table{_css(css)}>{above}<thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(map(_row, body))}</tbody>{below}</table></div>"
    )


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and what they stand for; the latter is HTML."""
    inside = "".join(f"<dt>{words(name)}</dt><dd>{html}</dd>" for name, html in pairs)
    return f'<dl class="facts">{inside}</dl>'


def took(text: str) -> str:
    """A time, in an element of its own: the same run takes another one."""
    return f'<span class="time">{words(text)}</span>'


def note(text: str) -> str:
    """A remark in plain text."""
    return f'<p class="note">{escape(text)}</p>' if text else ""


def document(
    title: str,
    lead: str,
    sections: Sequence[Section],
    foot: str,
    data: Any = None,  # noqa: ANN401  # any JSON
) -> str:
    """The whole page.

    Args:
        title: plain text.
        lead: below it, HTML.
        sections: in this order; each has a link at the top.
        foot: at the bottom, HTML.
        data: what the script is given, as JSON; ``None`` for nothing.
    """
    script = _asset("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    links = "".join(f'<li><a href="#{one.id}">{words(one.title)}</a></li>' for one in sections)
    parts = "\n".join(
        f'<section id="{one.id}" aria-labelledby="{one.id}-title">'
        f'<h2 id="{one.id}-title">{words(one.title)}</h2>\n{one.html}</section>'
        for one in sections
    )
    stored = (
        ""
        if data is None
        else f'<script type="application/json" id="{DATA}">{_json(data)}</script>\n'
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{words(title)}</title>\n<style>\n{style.sheet()}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#{sections[0].id}">Skip to the figures</a>\n'
        f"<header><p>schema-ner benchmark</p><h1>{words(title)}</h1>{lead}</header>\n"
        f'<nav aria-label="Parts of this page"><ul>{links}</ul></nav>\n'
        f"<main>\n{parts}\n</main>\n<footer>{foot}</footer>\n"
        f"{stored}<script>{script}</script>\n</body>\n</html>\n"
    )


def _json(data: Any) -> str:  # noqa: ANN401  # any JSON
    r"""JSON that no element can end inside of: ``<`` is written as ``\u003c``."""
    said = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return said.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _asset(name: str) -> str:
    return files("schema_ner.benchmark").joinpath("assets", name).read_text("utf-8")


def _cell(given: Cell | str) -> Cell:
    return given if isinstance(given, Cell) else Cell(words(given))


def _row(cells: Sequence[Cell]) -> str:
    inside = "".join(_element("td" if at else "th", cell) for at, cell in enumerate(cells))
    return f"<tr>{inside}</tr>"


def _element(name: str, cell: Cell) -> str:
    scope = ' scope="row"' if name == "th" else ""
    value = "" if cell.value is None else f' data-v="{cell.value:.6g}"'
    return f"<{name}{scope}{_css(cell.css)}{value}>{cell.html}</{name}>"


def _css(classes: str) -> str:
    return f' class="{classes}"' if classes else ""
