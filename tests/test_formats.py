"""Readers and writers: what they read, what they refuse and how, round trips on awkward texts."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from documents import LABELS, columns, marks, read_bytes, read_text, squeezed, written
from hypothesis import given
from hypothesis import strategies as st
from strategies import text_with_ranges

from schema_ner import exports, formats
from schema_ner.errors import FormatError, InputError
from schema_ner.spans import Document, Span, gold_span

if TYPE_CHECKING:
    from pathlib import Path

UTF8 = [name for name in formats.names() if name not in ("brat", "kaggle-ner")]  # of one stream


# --- reading


@pytest.mark.parametrize(
    "annotated",
    [
        pytest.param('"entities": [{"start": 0, "end": 3, "label": "PER"}]', id="ours"),
        pytest.param('"spans": [{"start": 0, "end": 3, "label": "PER"}]', id="Prodigy"),
        pytest.param('"label": [[0, 3, "PER"]]', id="doccano"),
        pytest.param('"labels": [[0, 3, "PER"]]', id="doccano, older"),
        pytest.param(
            '"entities": [{"start_offset": 0, "end_offset": 3, "label": "PER"}]',
            id="doccano, with relations",
        ),
    ],
)
def test_jsonl_forms_mean_the_same(annotated: str) -> None:
    (document,) = read_text(f'{{"text": "Kim went", {annotated}}}', "jsonl")
    assert document == Document("Kim went", (gold_span("Kim went", 0, 3, "PER"),))


def test_jsonl_keeps_ids_scores_and_tokens() -> None:
    line = (
        '{"id": 7, "text": "Kim went", "tokens": [[0, 3], [4, 8]], "spans": [{"start": 0, "end": 3,'
        ' "label": "PER", "text": "Kim", "score": 0.5, "status": "fuzzy", "source": "model"}]}'
    )
    (document,) = read_text(line, "jsonl")
    assert document.id == "7"
    assert document.tokens == ((0, 3), (4, 8))
    assert document.spans == (Span(0, 3, "PER", "Kim", 0.5, "fuzzy", "model"),)


def test_jsonl_passes_over_what_means_something_else() -> None:
    line = '{"text": "Kim", "label": "positive", "labels": ["a"], "tokens": ["Kim"], "meta": {}}'
    assert read_text(line, "jsonl") == [Document("Kim")]


def test_bom_crlf_blank_lines_and_a_missing_last_line_end() -> None:
    content = '\ufeff\r\n{"text": "a\u2028b"}\r\n  \r\n\r\n{"text": "c"}'
    assert [d.text for d in read_text(content, "jsonl")] == ["a\u2028b", "c"]
    assert [d.text for d in read_text("\ufeffa B-X\r\n\r\n\r\nb O\r\n", "conll")] == ["a", "b"]
    assert read_text("\ufeffa\r\nb\n", "text") == [Document("a\r\nb\n")]


@pytest.mark.parametrize("name", ["jsonl", "conll", "bio"])
def test_an_empty_file_holds_no_documents(name: str) -> None:
    assert read_text("", name) == []
    assert read_text("\n\r\n", name) == []


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        pytest.param("B-P I-P O", "P:a b", id="IOB2"),
        pytest.param("I-P I-P O", "P:a b", id="I without B begins a span, as for conlleval"),
        pytest.param("I-P B-P O", "P:a P:b", id="IOB1: B parts neighbours"),
        pytest.param("B-P I-Q O", "P:a Q:b", id="another type begins a span"),
        pytest.param("B-P B-P I-P", "P:a P:b c", id="neighbours"),
        pytest.param("B-P I-P E-P", "P:a b c", id="BIOES"),
        pytest.param("S-P S-P O", "P:a P:b", id="BIOES: single tokens"),
        pytest.param("B-P L-P U-P", "P:a b P:c", id="BILOU"),
        pytest.param("B-P E-P I-P", "P:a b P:c", id="nothing goes on behind E"),
        pytest.param("B-geo-loc I-geo-loc O", "geo-loc:a b", id="a dash in the label"),
        pytest.param("O O O", "", id="nothing"),
    ],
)
def test_tags_mean_spans(tags: str, found: str) -> None:
    lines = "".join(f"{token} {tag}\n" for token, tag in zip("abc", tags.split(), strict=True))
    (from_conll,) = read_text(lines, "conll")
    (from_bio,) = read_text(json.dumps({"tokens": [*"abc"], "tags": tags.split()}), "bio")
    assert from_conll == from_bio
    assert from_conll.text == "a b c"
    assert from_conll.tokens == ((0, 1), (2, 3), (4, 5))
    assert " ".join(f"{s.label}:{s.text}" for s in from_conll.spans) == found


def test_conll_of_four_columns_with_document_marks_and_ids() -> None:
    content = (
        "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\n# # # O\n\n# id a-1\nPeter NNP B-NP B-PER\n\n"
    )
    first, second = read_text(content, "conll")
    assert (first.text, first.id, marks(first)) == ("EU #", None, [("ORG", "EU")])
    assert (second.text, second.id, marks(second)) == ("Peter", "a-1", [("PER", "Peter")])


def test_conll_tabs_part_columns_so_tokens_may_hold_blanks() -> None:
    (document,) = read_text("New York\tB-big city\n# id 3\tO\n", "conll")
    assert document.text == "New York # id 3"
    assert marks(document) == [("big city", "New York")]


@pytest.mark.parametrize(
    ("content", "column", "found"),
    [
        pytest.param("text\nKim\n", None, ["Kim"], id="the one column"),
        pytest.param("satz\nKim\n", None, ["Kim"], id="the one column, called anything"),
        pytest.param("n,text\n1,Kim\n\n2,Lee\n", None, ["Kim", "Lee"], id="a column called text"),
        pytest.param("n,body\n1,Kim\n", "body", ["Kim"], id="a column that is named"),
        pytest.param("n;body\n1;a,b\n", "body", ["a,b"], id="semicolons"),
        pytest.param("n\tbody\n1\ta,b\n", "body", ["a,b"], id="tabs"),
        pytest.param('text\n"a\nb,""c"""\n', None, ['a\nb,"c"'], id="quoted line ends and quotes"),
        pytest.param("text,n\n'Twas,1\n", None, ["'Twas"], id="an apostrophe is text"),
        pytest.param("\ufefftext\r\nKim\r\n", None, ["Kim"], id="as spreadsheets write it"),
    ],
)
def test_csv_columns(content: str, column: str | None, found: list[str]) -> None:
    documents = formats.read(io.BytesIO(content.encode()), "csv", column=column)
    assert [d.text for d in documents] == found


def test_csv_takes_ids_and_texts_of_any_length() -> None:
    (document,) = read_text("id,text\na7," + "x" * 300_000 + "\n", "csv")
    assert document.id == "a7"
    assert len(document.text) == 300_000


def test_gzip_by_ending(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "Kim"}\n'))
    assert list(formats.read(path)) == [Document("Kim")]
    formats.write(path, [Document("Lee")])
    assert gzip.decompress(path.read_bytes()) == b'{"text": "Lee", "entities": []}\n'
    first = path.read_bytes()
    formats.write(path, [Document("Lee")])
    assert path.read_bytes() == first  # no time of day in it


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.jsonl", "jsonl"), ("a.bio.jsonl", "bio"), ("a.bio.jsonl.gz", "bio"), ("A.CONLL", "conll"),
     ("a.tsv", "conll"), ("a.csv", "csv"), ("notes.txt.gz", "text"), ("x/y.md", "text")],
)  # fmt: skip
def test_endings_tell_formats(name: str, expected: str) -> None:
    assert formats.detect(name).name == expected


def test_reading_is_lazy() -> None:
    """A document is given before the next line is looked at."""
    documents = formats.read(io.BytesIO(b'{"text": "a"}\n{'), "jsonl")
    assert next(documents).text == "a"
    with pytest.raises(FormatError, match="line 2"):
        next(documents)


def test_a_row_that_says_more_equals_its_document() -> None:
    (row,) = read_text('{"text": "Kim", "meta": 1}', "jsonl")
    assert row == Document("Kim")
    assert Document("Kim") == row
    assert hash(row) == hash(Document("Kim"))
    assert row != Document("Lee")
    assert row != "Kim"


def test_csv_leaves_the_limit_of_a_cell_to_others() -> None:
    before = csv.field_size_limit()
    documents = formats.read(io.BytesIO(b"text\nKim\nLee\n"), "csv")
    next(documents)
    assert csv.field_size_limit() == before


# --- refusing

_OK = '{"text": "Kim went", "entities": [%s]}'


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("jsonl", "{", "line 1: no JSON: .* at character 2; write one object a line"),
        ("jsonl", '\n{"text": "a"}\n{"text"', "line 3: no JSON"),
        ("jsonl", '[{"text": "a"}]', "line 1: a line holds an object, not"),
        ("jsonl", '{"entities": []}', 'line 1: "text" must be text, and there is none'),
        ("jsonl", '{"tokens": ["a"], "tags": ["O"]}', "this is the format bio: name it so"),
        ("jsonl", '{"text": "a", "text": "b"}', "line 1: the key 'text' stands twice in one obj"),
        ("jsonl", '{"text": "a"}\n{"text": "a", "m": {"x": 1, "x": 1}}', "line 2: the key 'x' st"),
        ("bio", '{"tokens": ["a"], "tags": ["O"], "tags": ["B-X"]}', "the key 'tags' stands twice"),
        ("csv", 'text,entities\na,"[{""a"": 1, ""a"": 2}]"\n', "line 2: the key 'a' stands twice"),
        ("jsonl", '{"text": 3}', '"text" must be text, not 3'),
        ("jsonl", '{"text": "a", "id": 1.5}', '"id" is text or a whole number, not 1.5'),
        ("jsonl", '{"text": "a", "id": true}', '"id" is text or a whole number'),
        ("jsonl", '{"text": "a", "n": NaN}', "NaN is no JSON number"),
        ("jsonl", '{"text": "a", "n": %s}' % ("9" * 5000), "no JSON: .*digits"),
        ("jsonl", '{"text": "a", "n": %s}' % ("[" * 99_999), "no JSON: it is nested too deeply"),
        ("jsonl", '{"text": "a", "entities": {"start": 0}}', '"entities" must be a list'),
        ("jsonl", _OK % "[0, 3]", "annotation 0 has no start, end and label"),
        ("jsonl", _OK % '{"start": 0, "end": 3}', "annotation 0 has no start, end and label"),
        ("jsonl", _OK % '[0, 3, "P"], [0, true, "P"]', "annotation 1: offsets are whole numbers"),
        ("jsonl", _OK % '[0.0, 3, "P"]', "offsets are whole numbers"),
        ("jsonl", _OK % "[0, 3, null]", "a label is text, not None"),
        ("jsonl", _OK % '[0, 3, ""]', "a label is text, not ''"),
        ("jsonl", _OK % '[0, 9, "P"]', r"\[0:9\) is no place in a text of 8 characters"),
        ("jsonl", _OK % '[-1, 3, "P"]', r"\[-1:3\) is no place"),
        ("jsonl", _OK % '[3, 3, "P"]', r"\[3:3\) is no place"),
        ("jsonl", _OK % f'[0, {"9" * 4000}, "P"]', "is no place in a text"),
        ("jsonl", _OK % '{"start": 1, "end": 4, "label": "P", "text": "Kim"}',
         "'im ' stands at .1:4., not 'Kim'; offsets count code points"),
        ("jsonl", _OK % '{"start": 0, "end": 3, "label": "P", "score": 2}', "a score is a number"),
        ("jsonl", _OK % '{"start": 0, "end": 3, "label": "P", "status": "lost"}', "no span has"),
        ("jsonl", '{"text": "abc", "tokens": [[0, 2], [1, 3]]}', "token at 1 overlaps"),
        ("jsonl", '{"text": "abc", "tokens": [[0, 4]]}', r"token \[0:4\) is no place"),
        ("conll", "a B-X\nb\n", "line 2: one column, 'b', where a token and its tag should be"),
        ("conll", "a B-X\nb I\n", "line 2: the last column, 'I', is no tag; tags are O, B-TYPE"),
        ("conll", "a B-\n", "is no tag"),
        ("conll", "\tO\n", "line 1: the token before the first tab is empty"),
        ("bio", '{"tokens": ["a"], "tags": ["O", "O"]}', "line 1: 1 tokens, but 2 tags"),
        ("bio", '{"tokens": ["a"]}', "1 tokens, but no list of tags"),
        ("bio", '{"tokens": ["a"], "ner_tags": [3]}', "the tag 3 is a number; write the name"),
        ("bio", '{"tokens": ["a"], "tags": ["X-P"]}', "'X-P' is no tag; tags are O"),
        ("bio", '{"tokens": ["a", ""], "tags": ["O", "O"]}', '"tokens" is a list of texts'),
        ("bio", '{"text": "a"}', '"tokens" is a list of texts, none empty, not None'),
        ("csv", "", "the file is empty; the first line names the columns"),
        ("csv", "\n\n", "the file is empty"),
        ("csv", "a,text\n1\n", "line 2: 1 cells, but the text is in column 2"),
        ("csv", 'text\n"abc\n', "no CSV"),
        ("csv", "text\nab\rcd\n", r"line 2: a carriage return \(CR\) stands inside the line"),
        ("csv", "text,entities\na,{\n", "line 2: the column 'entities' holds no list"),
        ("csv", 'text,entities\na,"[[0, 9, ""P""]]"\n', r"line 2: annotation 0: \[0:9\) is no"),
    ],
)  # fmt: skip
def test_errors_name_the_line_the_problem_and_the_way_out(
    name: str, content: str, told: str
) -> None:
    with pytest.raises(FormatError, match=told) as caught:
        read_text(content, name)
    assert str(caught.value).startswith("the input")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: formats.read("a.doc"), "the ending of 'a.doc' tells no format; name one of jsonl"),
        (lambda: formats.read("a.jsonl", "xml"), "no format is called 'xml'; known are: jsonl"),
        (lambda: formats.read(io.BytesIO(b"")), "a stream has no ending; name one of"),
        (lambda: formats.read("a.txt", column="x"), "only csv has columns, and this is text"),
        (lambda: formats.write("a.txt", []), "the format text holds no annotations; write one of"),
        (lambda: read_text("a,b\n1,2\n", "csv"), "none called 'text'; name one of 'a', 'b'"),
        (
            lambda: list(formats.read(io.BytesIO(b"a,b\n"), "csv", column="c")),
            "has no column 'c'; it has 'a', 'b'",
        ),
    ],
)
def test_bad_calls_are_named(call: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        call()


@pytest.mark.parametrize("name", UTF8)
def test_what_is_not_utf8_is_named(name: str) -> None:
    with pytest.raises(FormatError, match=r"line 2: byte 4 \(0xe9\) is not UTF-8; save"):
        read_bytes(b"\ncaf\xe9\n", name)
    with pytest.raises(FormatError, match="line 1: the file is in UTF-16; save the file as UTF-8"):
        read_bytes("text".encode("utf-16"), name)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"PK\x03\x04\x14\x00\x06\x00", "a zip file", id="xlsx"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF file, not text", id="PDF"),
        pytest.param(b"\x1f\x8b\x08\x00", "a gzip file; one whose name ends in .gz", id="gzip"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Office file", id="doc"),
        pytest.param(b"\x81\x93\n" + b"\x07\xfe\x00\x12", "no text but binary", id="random"),
        pytest.param(b"\n" * 9 + b"\xfe\x01\x02", "no text but binary", id="random, later"),
    ],
)
@pytest.mark.parametrize("name", UTF8)
def test_what_is_no_text_is_named(name: str, content: bytes, told: str) -> None:
    with pytest.raises(FormatError, match=r"export its text as UTF-8 first") as caught:
        read_bytes(content, name)
    assert told in str(caught.value)
    assert "iconv" not in str(caught.value)


def test_a_broken_gzip_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    for content in (b"no gzip", gzip.compress(b'{"text": "Kim"}\n' * 99)[:-20]):
        path.write_bytes(content)
        with pytest.raises(FormatError, match="the gzip file is broken"):
            list(formats.read(path))


@pytest.mark.parametrize("name", formats.names())
@given(content=st.binary(max_size=60) | st.text('[]{},"01ab\n\t -O:', max_size=60).map(str.encode))
def test_any_bytes_give_documents_or_an_input_error(name: str, content: bytes) -> None:
    try:
        documents = read_bytes(content, name)
    except InputError:
        return
    assert all(isinstance(document, Document) for document in documents)


SIMPLE = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
KEYS = st.sampled_from(
    [
        "id",
        "text",
        "entities",
        "spans",
        "label",
        "tokens",
        "tags",
        "start",
        "end",
        "score",
        "status",
    ]
)
JSON = st.recursive(
    SIMPLE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=6
)


@pytest.mark.parametrize("name", ["jsonl", "bio"])
@given(data=st.dictionaries(KEYS, JSON))
def test_any_json_gives_documents_or_an_input_error(name: str, data: dict[str, Any]) -> None:
    try:
        read_text(json.dumps(data), name)
    except InputError:
        return


# --- writing


@st.composite
def documents(draw: st.DrawFn, *, tokens: bool) -> Document:
    """Any text with any spans; with tokens of any cut, or without."""
    text, ranges = draw(text_with_ranges())
    spans = [gold_span(text, s, e, draw(st.sampled_from(LABELS))) for s, e in ranges]
    name = draw(st.none() | st.text(max_size=4) | st.sampled_from(["x O", "# id", " a ", "a\tO"]))
    if not tokens:
        return Document(text, tuple(spans), name)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)) | {0, len(text)})
    return Document(text, tuple(spans), name, tuple(p for p in pairwise(edges) if p[0] < p[1]))


@pytest.mark.parametrize("name", ["jsonl", "csv"])
@given(document=documents(tokens=False) | documents(tokens=True))
def test_jsonl_and_csv_hold_everything(name: str, document: Document) -> None:
    """What is written comes back equal, nested and overlapping spans too, or a loss is reported."""
    content, losses = written([document], name)
    (again,) = read_bytes(content, name)
    assert losses or again == document
    assert len(again.text) == len(document.text)
    assert [(s.start, s.end) for s in again.spans] == [(s.start, s.end) for s in document.spans]
    assert bool(losses) <= any(
        "\ud800" <= c <= "\udfff" for c in document.text + str(document.id)
    ) | (name == "csv" and document.id == "")


@pytest.mark.parametrize("name", ["conll", "bio"])
@given(document=documents(tokens=False))
def test_a_text_cut_into_tokens_keeps_its_characters_and_its_spans(
    name: str, document: Document
) -> None:
    """All but blanks comes back; each span does, or is reported, or both if trimmed."""
    content, losses = written([document], name)
    again = (read_bytes(content, name) or [Document("")])[0]
    assert len(squeezed(again.text)) == len(squeezed(document.text))
    whole = [loss for loss in losses if "kept without" not in loss.reason and "[" in loss.what]
    assert len(again.spans) == len(document.spans) - len(whole)
    if not losses:
        assert again.id == document.id
        assert squeezed(again.text) == squeezed(document.text)
        flat = [(s.label, squeezed(s.text)) for s in document.spans]
        assert [(label, squeezed(text)) for label, text in marks(again)] == flat


@given(document=documents(tokens=False) | documents(tokens=True))
def test_once_tagged_the_formats_hold_the_same(document: Document) -> None:
    """BIO → JSONL → CoNLL → BIO: a document that has been in tokens loses nothing on the way.

    The tags of a tagged file come and go, for in IOB2 they follow from tokens and spans.
    """
    first, _ = written([document], "bio")
    (start,) = read_bytes(first, "bio")
    step = start
    lost = 0
    for name in ("jsonl", "conll", "bio", "csv", "conll", "jsonl"):
        content, losses = written([step], name)
        lost += len(losses)
        back = read_bytes(content, name)
        if not back:  # CoNLL cannot hold a document without tokens, and says so
            assert losses
            return
        (step,) = back
    start = replace(start, token_tags=columns(start))
    assert lost or replace(step, token_tags=columns(step)) == start


@given(document=documents(tokens=True))
def test_own_tokens_are_kept_and_spans_that_cut_them_reported(document: Document) -> None:
    content, losses = written([document], "bio")
    (again,) = read_bytes(content, "bio")
    assert [again.text[s:e] for s, e in again.tokens or ()] == [
        document.text[s:e] for s, e in document.tokens or ()
    ] or losses
    whole = [loss for loss in losses if "kept without" not in loss.reason and "[" in loss.what]
    assert len(again.spans) >= len(document.spans) - len(whole)


def test_losses_say_which_document_what_and_why() -> None:
    text = "New York City "
    spans = [
        gold_span(text, 0, 13, "LOC"),
        gold_span(text, 4, 8, "big city"),
        gold_span(text, 9, 14, "LOC"),
        gold_span(text, 13, 14, "LOC"),
    ]
    own = Document(text, (gold_span(text, 0, 2, "LOC"),), "a7", ((0, 3), (4, 8)))
    named = Document("ab", (gold_span("ab", 0, 2, "big city"),))
    content, losses = written([Document(text, tuple(spans)), own, Document(" "), named], "conll")
    assert [str(loss) for loss in losses] == [
        ("document 1: LOC [9:14) 'City ': the blanks at its ends are no part of tokens: "
        "kept without them"),
        "document 1: LOC [13:14) ' ': it is all blanks, which are no part of tokens",
        "document 1: big city [4:8) 'York': it overlaps LOC 'New York City'; tags are flat",
        "document 1: LOC [9:13) 'City': it overlaps LOC 'New York City'; tags are flat",
        "document 'a7': the text 'City': it stands outside the document's tokens",
        "document 'a7': LOC [0:2) 'Ne': it begins or ends inside a token",
        "document 3: the document: it has no token, and a blank line says nothing: left out",
        "document 4: the label 'big city': many readers part columns at blanks: _ stands for each",
    ]  # fmt: skip
    assert content.decode() == (
        "New\tB-LOC\nYork\tI-LOC\nCity\tI-LOC\n\n# id a7\nNew\tO\nYork\tO\n\nab\tB-big_city\n\n"
    )


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("jsonl", {"keys": "note of annotations"}),
        ("csv", {"keys": "meta, note of annotations"}),
        ("conll", {"blanks": "the text", "scores": "the spans",
                   "keys": "meta, note of annotations"}),
        ("bio", {"blanks": "the text", "scores": "the spans", "keys": "meta, note of annotations"}),
    ],
)  # fmt: skip
def test_what_a_format_never_keeps_is_a_slight_loss(name: str, kinds: dict[str, str]) -> None:
    line = (
        '{"text": "a.b  c", "meta": {"x": 1}, "entities": '
        '[{"start": 0, "end": 1, "label": "X", "score": 0.5, "note": "?"}]}\n{"text": "a b"}\n'
    )
    losses = formats.write(io.BytesIO(), read_text(line, "jsonl"), name)
    assert {loss.kind: loss.what for loss in losses} == kinds
    assert all(loss.is_slight and loss.document == "document 1" for loss in losses)
    assert written([Document("ab", (gold_span("ab", 0, 1, ""),))], name)[1][0].kind == "annotation"


def test_jsonl_keeps_keys_it_does_not_know() -> None:
    line = '{"id": "a", "text": "Kim", "entities": [], "label": "x", "tokens": ["Kim"], "m": [1]}\n'
    (row,) = read_text(line, "jsonl")
    assert written([row.relabelled({})], "jsonl") == (line.encode(), [])
    (row,) = read_text("text,spans,who\nKim,s,Lee\n", "csv")
    stream = io.BytesIO()
    (loss,) = formats.write(stream, [row], "jsonl")
    assert json.loads(stream.getvalue()) == {"text": "Kim", "entities": [], "who": "Lee"}
    assert loss.what == "spans"  # would mean something else


def test_what_extract_writes_is_converted_without_a_word() -> None:
    line = '{"id": null, "text": "Kim", "spans": [], "rejected": [], "unread": []}\n'
    stream = io.BytesIO()
    assert formats.write(stream, read_text(line, "jsonl"), "conll") == []
    assert (
        formats.write(stream, read_text("id,text,entities,tokens\n1,a,[],\n", "csv"), "bio") == []
    )


def test_of_overlapping_spans_the_surer_is_kept() -> None:
    text = "New York City"
    spans = (Span(0, 13, "A", text, 0.4), Span(4, 8, "B", "York", 0.9))
    content, losses = written([Document(text, spans)], "bio")
    assert marks(read_bytes(content, "bio")[0]) == [("B", "York")]
    assert len(losses) == 1


def test_tokens_out_of_order_are_refused() -> None:
    document = Document("abc", tokens=((1, 3), (0, 2)))
    for name in ("jsonl", "conll", "bio", "csv"):
        with pytest.raises(
            FormatError, match="document 1: the tokens ending at 3 and starting at 0"
        ):
            written([document], name)


def test_csv_cells_are_no_formulas() -> None:
    """A cell that a spreadsheet would run gets an apostrophe; reading our own file takes it off."""
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "plain"]
    content, losses = written([Document(text, id=text) for text in hostile], "csv")
    assert not losses
    cells = content.decode("utf-8-sig").split("\n")
    assert cells[1].startswith("'=1+1,'=1+1,[]")
    assert not any(cell.startswith(("=", "+", "-", "@", '"=', '"\t', '"\r')) for cell in cells)
    assert [d.text for d in read_bytes(content, "csv")] == hostile
    assert [d.id for d in read_bytes(content, "csv")] == hostile


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"text": "a"}\n{"text": "b"}\nbroken\n', encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(FormatError, match=r"gold\.jsonl, line 3"):
        formats.write(path, formats.read(path))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["gold.jsonl"]


def test_a_file_may_be_written_over_itself(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"text": "a"}\n', encoding="utf-8")
    link = tmp_path / "link.jsonl"
    link.symlink_to(path)
    path.chmod(0o640)
    formats.write(link, formats.read(path))
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert path.read_bytes() == exports.json_line({"text": "a", "entities": []}).encode() + b"\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("text\nAnna, in Paris\n", "line 2: 2 cells under 1 columns", id="a comma"),
        pytest.param("id,text\n1,Anna, in Paris\n", "3 cells under 2 columns", id="two columns"),
        pytest.param("id,text,text\n1,Anna,Paris\n", "two columns of one name", id="a name twice"),
    ],
)
def test_no_cell_of_a_csv_is_dropped(tmp_path: Path, content: str, said: str) -> None:
    """A text with a comma and without quotes would lose its end without a word."""
    file = tmp_path / "a.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(FormatError, match=said):
        list(formats.read(file))


def test_empty_cells_behind_the_last_column_are_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id,text\n1,Anna,,\n", encoding="utf-8")
    assert [document.text for document in formats.read(file)] == ["Anna"]


def test_a_number_too_large_to_write_again_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "a", "x": 1e999}\n', encoding="utf-8")
    with pytest.raises(FormatError, match="line 1"):
        list(formats.read(file))
