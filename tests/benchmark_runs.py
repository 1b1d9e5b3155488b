"""Small runs for the tests of reports: texts with gold and predicted spans, made in memory."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from hypothesis import strategies as st
from strategies import text_with_ranges, texts

from schema_ner.benchmark.run import Run, Sample
from schema_ner.spans import Document, Extraction, Rejected, Span, gold_span

LABELS = [
    *("person", "place", "</script><script>alert(1)</script>", '"><img src=x onerror=alert(2)>'),
    *("인물", "שם", "a\x00b\ud800", "' onclick='alert(3)", "x" * 300, "O"),
]


def span(text: str, surface: str, label: str, score: float | None = None) -> Span:
    """The first place where a surface stands."""
    start = text.index(surface)
    return Span(start, start + len(surface), label, surface, score)


def sample(
    text: str,
    gold: dict[str, str],
    said: dict[str, str],
    name: str = "1",
    rejected: tuple[Rejected, ...] = (),
) -> Sample:
    """A text with its mentions, surface → label."""
    marks = (span(text, surface, label) for surface, label in gold.items())
    right = tuple(gold_span(text, each.start, each.end, each.label) for each in marks)
    predicted = tuple(span(text, *each, score=0.5) for each in said.items())
    return Sample(name, Document(text, right, id=name), Extraction(text, predicted, rejected))


def run_of(*samples: Sample, **settings: Any) -> Run:
    """A run with its samples and some settings, without figures."""
    return Run(None, {"model": "scripted", "name": "tests", **settings}, samples, {})


@st.composite
def any_sample(draw: st.DrawFn) -> Sample:
    """Any text, any spans on both sides, any labels, and something that was not kept."""
    text, gold = draw(text_with_ranges(3))
    places = st.sampled_from(gold) if gold else st.nothing()
    others = draw(st.lists(places, max_size=2)) if gold else []
    label = st.sampled_from(LABELS)
    right = tuple(gold_span(text, *place, draw(label)) for place in gold)
    scores = st.none() | st.floats(0, 1)
    said = tuple(Span(a, b, draw(label), text[a:b], draw(scores)) for a, b in others)
    status = st.sampled_from(["hallucinated", "unparseable", "failed", "overlap"])
    item = st.builds(Rejected, texts(4), st.none() | label, status, texts(4))
    rejected = tuple(draw(st.lists(item, max_size=2)))
    return Sample(draw(texts(2)), Document(text, right), Extraction(text, said, rejected))


class Page(HTMLParser):
    """What a browser would find in a page.

    Attributes:
        scripts: the type and the content of every script.
        tags: every element that there is.
        attributes: the name and the value of every attribute.
        text: what stands between the elements.
        painted: the characters of each text that is painted, without labels.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: list[tuple[str, str]] = []
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self._parts: list[str] = []
        self.painted: list[str] = []
        self._in_script = self._in_text = self._in_label = False
        self.feed(html)
        self.close()
        self.text = "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}
        self._in_script = tag == "script"
        self._in_label = tag == "small"
        if ("class", "sn-text") in attrs:
            self._in_text = True
            self.painted.append("")
        if self._in_script:
            self.scripts.append((dict(attrs).get("type") or "", ""))

    def handle_data(self, data: str) -> None:
        if self._in_script:
            kind, before = self.scripts[-1]
            self.scripts[-1] = (kind, before + data)
            return
        self._parts.append(data)
        if self._in_text and not self._in_label:
            self.painted[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag != "script"
        self._in_label = self._in_label and tag != "small"
        self._in_text = self._in_text and tag != "div"


# fmt: off
TAGS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "p", "h1", "h2", "h3", "nav",
    "ul", "li", "main", "section", "footer", "script", "noscript", "div", "span", "b", "i", "small",
    "bdi", "dl", "dt", "dd", "pre", "code", "table", "caption", "thead", "tbody", "tfoot", "tr",
    "th", "td", "details", "summary", "figure", "figcaption", "svg", "line", "rect", "circle",
    "polyline", "text", "form", "label", "select", "option", "input", "button", "output", "article",
    "mark",
}
# fmt: on


def assert_harmless(html: str) -> Page:
    """Only elements that the page itself makes, no handler, nothing loaded, no script let in."""
    found = Page(html)
    assert found.tags <= TAGS
    for name, value in found.attributes:
        assert not name.startswith("on")
        assert name not in {"src", "srcset", "action", "formaction"}
        if name == "href":
            assert value.startswith("#")
    assert not any("\ud800" <= char <= "\udfff" or char == "\x00" for char in html)
    return found
