"""Views: nothing of the text or the marks is lost, and nothing in them is obeyed."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from strategies import text_with_ranges, texts

from schema_ner.spans import Span
from schema_ner.views import Part, fragment, page, pages, plain
from schema_ner.views.characters import one_line, visible

HOSTILE = [
    "Drug",
    "programming language",
    "인물",
    "בית חולים",
    "</small><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' onclick='alert(1)",
    "&lt;b&gt;",
    "\u202eright\u202c",
    "a\nb\r\x00\x1b[31m",
    "\ud800",
    "x" * 300,
]
SENTENCE = "The Bank of Korea in New York City."


def span(text: str, mention: str, label: str, score: float | None = None) -> Span:
    start = text.index(mention)
    return Span(start, start + len(mention), label, mention, score)


def marked() -> st.SearchStrategy[tuple[str, list[Span]]]:
    """Texts with spans that nest and cross as they like, under friendly and hostile labels."""

    def label(case: tuple[str, list[tuple[int, int]]]) -> st.SearchStrategy[tuple[str, list[Span]]]:
        text, ranges = case
        names = st.lists(st.sampled_from(HOSTILE), min_size=len(ranges), max_size=len(ranges))
        return names.map(
            lambda labels: (
                text,
                [Span(a, b, n, text[a:b]) for (a, b), n in zip(ranges, labels, strict=True)],
            )
        )

    return text_with_ranges().flatmap(label)


# Every element that a view may hold, and the attributes it may have.
KNOWN: dict[str, set[str]] = {
    "div": {"class", "dir", "lang", "style"},
    "style": set(),
    "ul": set(),
    "li": {"class"},
    "small": {"class", "dir"},
    "span": {"class", "title"},
    "mark": {"class", "title", "style"},
    # of a page
    "html": {"lang"},
    "head": set(),
    "meta": {"charset", "name", "content", "http-equiv"},
    "title": set(),
    "body": set(),
    "main": set(),
    "h1": set(),
    "section": set(),
    "h2": {"dir", "lang"},
    "p": {"class"},
    "b": set(),
}


class Reader(HTMLParser):
    """Reads a view as a browser would: its text without labels, its marks, its tags."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.pieces: list[tuple[int, int, str, str]] = []  # start, end, title, classes
        self.unread: list[tuple[int, int]] = []
        self.labels: list[tuple[int, str]] = []  # where in the text, what
        self.legend: list[str] = []
        self.begun: list[int] = []
        self.feed(html)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert set(names) <= KNOWN[tag], f"<{tag}> has attributes {names}"
        assert len(names) == len(set(names))
        if tag == "meta":  # has no end
            return
        self.open.append((tag, dict(attrs)))
        self.begun.append(len(self.text))
        if tag == "small" and self.inside("sn-text"):
            self.labels.append((len(self.text), ""))
        if tag == "li":
            self.legend.append("")

    def handle_endtag(self, tag: str) -> None:
        opened, attrs = self.open.pop()
        assert opened == tag, "elements are properly nested"
        start, end = self.begun.pop(), len(self.text)
        if tag == "mark":
            self.pieces.append((start, end, attrs["title"] or "", attrs["class"] or ""))
        if tag == "span":
            self.unread.append((start, end))

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "small" and self.inside("sn-text"):
            place, said = self.labels[-1]
            self.labels[-1] = (place, said + data)
        elif self.inside("sn-text"):
            self.text += data
        elif any(tag == "li" for tag, _ in self.open):
            self.legend[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    def inside(self, name: str) -> bool:
        return any(attrs.get("class") == name for _, attrs in self.open)


def as_html_holds_it(text: str) -> str:
    return re.sub("[\x00\ud800-\udfff]", "\ufffd", text)


# --- HTML: properties


@given(marked())
def test_the_text_of_the_html_is_the_text(case: tuple[str, list[Span]]) -> None:
    """Labels apart, character for character; what HTML cannot hold becomes U+FFFD."""
    text, spans = case
    assert Reader(fragment(text, spans)).text == as_html_holds_it(text)


@given(marked())
def test_every_span_is_shown_whole(case: tuple[str, list[Span]]) -> None:
    """The pieces of a span, put together, cover it exactly, and its label stands at its end."""
    text, spans = case
    read = Reader(fragment(text, spans))
    shown: dict[str, set[int]] = {}
    for start, end, title, _ in read.pieces:
        shown.setdefault(title, set()).update(range(start, end))
    expected = {
        f"{one_line(s.label)} · score unknown · exact · model · {s.start}–{s.end}": set(
            range(s.start, s.end)
        )
        for s in spans
    }
    assert shown == expected
    assert sorted(read.labels) == sorted((s.end, one_line(s.label)) for s in spans)


@given(marked(), text_with_ranges())
def test_unread_ranges_may_cross_spans(
    case: tuple[str, list[Span]], other: tuple[str, list[tuple[int, int]]]
) -> None:
    text, spans = case
    unread = [(start, min(end, len(text))) for start, end in other[1] if start < len(text)]
    read = Reader(fragment(text, spans, unread))
    assert read.text == as_html_holds_it(text)
    places = {place for start, end in read.unread for place in range(start, end)}
    assert places == {place for start, end in unread for place in range(start, end)}
    assert len(read.labels) == len(spans)


@given(marked(), st.sampled_from(HOSTILE))
def test_a_page_is_utf8_and_needs_nothing_from_elsewhere(
    case: tuple[str, list[Span]], title: str
) -> None:
    html = page(*case, title=title)
    html.encode("utf-8")
    assert Reader(html).text == as_html_holds_it(case[0])
    assert "url(" not in html
    assert "@import" not in html


# --- HTML: cases


def test_a_page_says_how_to_read_it() -> None:
    html = page("x", [], title="A & <B>")
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in html
    assert "default-src 'none'" in html
    assert "<title>A &amp; &lt;B&gt;</title>" in html
    assert "<h1>A &amp; &lt;B&gt;</h1>" in html


@given(st.lists(st.tuples(marked(), st.sampled_from(HOSTILE)), max_size=4))
def test_a_page_of_several_texts_holds_them_all(
    several: list[tuple[tuple[str, list[Span]], str]],
) -> None:
    html = pages([Part(name, text, marks, (), name) for (text, marks), name in several])
    html.encode("utf-8")
    assert Reader(html).text == as_html_holds_it("".join(text for (text, _), _ in several))
    assert html.count("<h2") == html.count("<b>Failed:</b>") == len(several)
    assert html.count("<ul>") == 1


def test_a_label_has_one_colour_on_a_page() -> None:
    """Alone, each text would give a label whose place is taken another one."""
    labels = [f"L{n}" for n in range(12)]
    texts_ = [labels, labels[::-1]]
    parts = [
        Part(str(n), "x" * 12, [Span(i, i + 1, each[i], "x") for i in range(12)])
        for n, each in enumerate(texts_)
    ]
    shown = set(re.findall(r'<mark class="(sn-c\d+)" title="(L\d+)', pages(parts)))
    assert len(shown) == 12


@pytest.mark.parametrize(
    ("score", "status", "source", "hover"),
    [
        pytest.param(
            0.25, "exact", "model", "Drug · score 0.250 · exact · model · 0–7", id="scored"
        ),
        pytest.param(
            None,
            "fuzzy",
            "validator",
            "Drug · score unknown · fuzzy · validator · 0–7",
            id="unscored",
        ),
    ],
)
def test_hovering_tells_score_status_and_source(
    score: float | None, status: str, source: str, hover: str
) -> None:
    mark = Span(0, 7, "Drug", "aspirin", score, status, source)  # type: ignore[arg-type]
    assert f'title="{hover}"' in fragment("aspirin", [mark])


def test_the_legend_counts_labels_in_order_of_appearance() -> None:
    text = "aspirin, Paris, aspirin; and the rest"
    spans = [Span(16, 23, "Drug", "aspirin"), span(text, "aspirin", "Drug")]
    read = Reader(fragment(text, [span(text, "Paris", "City"), *spans], [(25, 37)]))
    assert read.legend == ["Drug 2", "City 1", "not read: 12 characters"]


def test_the_legend_says_when_there_is_nothing() -> None:
    assert Reader(fragment("x", [])).legend == ["no spans"]


def test_a_span_inside_another_is_an_element_inside_another() -> None:
    html = fragment(
        SENTENCE, [span(SENTENCE, "Korea", "Country"), span(SENTENCE, "Bank of Korea", "Bank")]
    )
    outer, inner = html.index("Bank of "), html.index('title="Country')
    assert outer < inner < html.index("</mark>")
    read = Reader(html)
    assert [(start, end) for start, end, _, _ in read.pieces] == [(12, 17), (4, 17)]
    assert not any("sn-cut" in classes for *_, classes in read.pieces), "neither is cut"


def test_crossing_spans_are_cut_once_and_labelled_once() -> None:
    crossing = [span(SENTENCE, "New York", "State"), span(SENTENCE, "York City", "City")]
    read = Reader(fragment(SENTENCE, crossing))
    pieces = [(SENTENCE[start:end], classes.split()[1:]) for start, end, _, classes in read.pieces]
    assert pieces == [
        ("New ", ["sn-cut-end"]),
        ("York", ["sn-cut-start"]),
        ("York City", []),
    ]
    assert read.labels == [(29, "State"), (34, "City")]


def test_two_spans_in_one_place_are_both_shown() -> None:
    read = Reader(fragment("York", [Span(0, 4, "City", "York"), Span(0, 4, "Name", "York")]))
    assert sorted(label for _, label in read.labels) == ["City", "Name"]


def test_white_space_is_kept_with_and_without_the_style_sheet() -> None:
    html = fragment("a  b\n\tc\r\nd", [])
    assert 'style="white-space:pre-wrap"' in html
    assert "a  b\n\tc&#13;\nd" in html, "a bare CR would be read as a newline"


def test_labels_are_isolated_from_the_direction_of_the_text() -> None:
    text = "In English: the word שלום means peace."
    html = fragment(text, [span(text, "שלום", "Word"), span(text, "English", "Language")])
    assert html.count('<small dir="auto">') == 4, "two in the legend, two in the text"
    assert re.search(r'class="sn-c\d+ sn-rtl" title="Word', html), "the label stays at its mention"
    assert re.search(r'class="sn-c\d+ sn-ltr" title="Language', html)
    assert "sn-rtl" not in Reader(fragment("plain", [span("plain", "plain", "Word")])).pieces[0][3]


def test_direction_marks_in_labels_are_spelt_out() -> None:
    html = fragment("evil", [Span(0, 4, "\u202eabc", "evil")])
    assert "\u202e" not in html
    assert "\\u202eabc" in html


def test_a_megabyte_with_ten_thousand_spans_takes_a_second_or_so() -> None:
    """Ten times what it takes, so that a busy machine passes and a quadratic law fails."""
    line = "The patient <Maria> took 20 mg of aspirin & 한국은행 said 😀. "
    text = line * (1_000_000 // len(line))
    spans = [Span(i, i + 9, f"L{i % 20}", text[i : i + 9]) for i in range(0, 990_000, 99)]
    start = time.perf_counter()
    html = fragment(text, spans)
    assert time.perf_counter() - start < 2
    assert html.count("<mark") == len(spans) == 10_000


# --- terminal


@pytest.mark.parametrize(
    ("mentions", "shown"),
    [
        pytest.param([], SENTENCE, id="no spans"),
        pytest.param(
            [("Korea", "Country")], "The Bank of [Korea](Country) in New York City.", id="one span"
        ),
        pytest.param(
            [("Bank of Korea", "Bank"), ("Korea", "Country")],
            "The [Bank of [Korea](Country)](Bank) in New York City.",
            id="a span in a span",
        ),
        pytest.param(
            [("New York", "State"), ("York City", "City")],
            "The Bank of Korea in [New ](State…)[[York](…State) City](City).",
            id="crossing spans: dots where one goes on",
        ),
    ],
)
def test_brackets(mentions: list[tuple[str, str]], shown: str) -> None:
    spans = [span(SENTENCE, mention, label) for mention, label in mentions]
    assert plain(SENTENCE, spans).partition("\n\n")[0] == shown


def test_the_table_is_aligned_by_cells() -> None:
    text = "서울 and a very long mention: " + "東京" * 40 + "."
    spans = [
        Span(0, 2, "장소", "서울", 0.5),
        span(text, "東京" * 40, "Place of some length", None),
        span(text, "and", "L" * 99, 1.0),
    ]
    assert plain(text, spans).partition("\n\n")[2].splitlines() == [
        "start  end  label                           score  source  text",
        "    0    2  장소                            0.500  model   서울",
        f"    3    6  {'L' * 29}…  1.000  model   and",
        f"   28  108  Place of some length                -  model   {'東京' * 14}東…",
    ]


def test_the_table_says_when_there_is_nothing() -> None:
    assert plain("x", []) == "x\n\n(no spans)"


@given(marked(), st.booleans())
def test_no_text_drives_a_terminal(case: tuple[str, list[Span]], color: bool) -> None:  # noqa: FBT001
    """Only tabs, newlines and our own colour codes are sent; all of it is UTF-8."""
    shown = plain(*case, color=color)
    shown.encode("utf-8")
    if color:
        shown = re.sub(r"\x1b\[(0|38;5;16;48;5;\d+)m", "", shown)
    assert not re.search(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]", shown
    )


@given(marked())
def test_colours_add_nothing_but_codes(case: tuple[str, list[Span]]) -> None:
    bare, painted = plain(*case), plain(*case, color=True)
    assert re.sub(r"\x1b\[[\d;]+m", "", painted) == bare
    for line in painted.split("\n"):
        assert line.count("\x1b[38") == line.count("\x1b[0m"), "no colour outlives its line"


@given(marked())
def test_the_table_has_a_line_a_span_each_with_its_offsets(case: tuple[str, list[Span]]) -> None:
    text, spans = case
    shown = plain(text, spans)
    if spans:
        table = shown.split("\n")[-len(spans) :]
        found = [tuple(map(int, line.split()[:2])) for line in table]
        assert found == sorted((s.start, s.end) for s in spans)
        assert all(cell_len(line) < 150 for line in table)


@given(texts())
def test_visible_text_is_one_that_changes_no_more(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert one_line(text).splitlines() in ([], [one_line(text)])


@pytest.mark.parametrize(
    ("char", "spelt"),
    [
        ("\x1b", r"\x1b"),
        ("\x00", r"\x00"),
        ("\r", r"\r"),
        ("\x9b", r"\x9b"),
        ("\u202e", r"\u202e"),
        ("\u2066", r"\u2066"),
        ("\ud800", r"\ud800"),
        ("\u2028", r"\u2028"),
        ("\t", "\t"),
        ("\u200d", "\u200d"),  # joins emoji, moves nothing
    ],
)
def test_characters_are_spelt_out(char: str, spelt: str) -> None:
    assert visible(char) == spelt


def test_windows_line_ends_are_line_ends() -> None:
    assert plain("a\r\nb\rc", []).startswith("a\nb\\rc\n\n")


def test_painting_html_does_not_import_rich() -> None:
    """Reading and converting files needs no terminal; rich takes longer than the rest together."""
    code = "import sys, schema_ner.spans as s; s.Extraction('x').to_html(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "schema_ner.views.html" in done.stdout.split()
    assert "rich" not in done.stdout.split()
