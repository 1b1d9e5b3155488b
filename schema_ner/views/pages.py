"""Whole HTML documents, to be written as UTF-8 and opened anywhere.

    page = pages([Part("a.txt", text, spans), Part("b.txt", "", failure="it cannot be read")])

All texts of a page share one style sheet, one legend, and one colour a label.

Here: what stands around texts with marks.  Not here: these (``html``), CSS (``styles``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schema_ner.views import colours, html, styles
from schema_ner.views.characters import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schema_ner.marks import Mark
    from schema_ner.views.layout import Range


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a page.

    Attributes:
        name: its heading; empty for none.
        text: the text.
        marks: may nest and cross; every one is shown.
        unread: ``[start, end)`` ranges that no model saw, hatched.
        failure: why the text could not be read, shown above it; empty where it could.
    """

    name: str
    text: str
    marks: Sequence[Mark] = ()
    unread: Sequence[Range] = ()
    failure: str = ""


def page(
    text: str, marks: Iterable[Mark], unread: Iterable[Range] = (), title: str = "Entities"
) -> str:
    """A page of one text; the arguments are those of ``html.fragment``, and its title."""
    return pages([Part("", text, list(marks), list(unread))], title)


def pages(parts: Iterable[Part], title: str = "Entities") -> str:
    """A page of several texts, one below the other, each under its heading."""
    given = list(parts)
    labels = (m.label for p in given for m in sorted(p.marks, key=lambda mark: mark.start))
    counts = Counter(labels)
    slots = colours.slots(counts)
    unread = [each for part in given for each in part.unread]
    inside = "\n".join(_part(part, slots) for part in given)
    named = html.escape(one_line(title))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{named}</title>\n<style>{styles.PAGE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{named}</h1>\n{html.whole(counts, slots, unread, inside)}\n</main>\n"
        "</body>\n</html>\n"
    )


def _part(part: Part, slots: dict[str, int]) -> str:
    # a name is of any language and direction, as the text is; a reason is English
    name = f'<h2 dir="auto" lang="">{html.escape(one_line(part.name))}</h2>' if part.name else ""
    reason = html.escape(visible(part.failure))
    failure = f'<p class="sn-failed"><b>Failed:</b> {reason}</p>' if part.failure else ""
    inside = f"{name}{failure}{html.body(part.text, part.marks, part.unread, slots)}"
    return f"<section>{inside}</section>" if part.name else inside
