"""KLUE-NER's TSV: characters as tokens, headers as ids, the official bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from documents import (
    all_written,
    any_documents,
    assert_kept_or_told,
    marks,
    read_bytes,
    read_text,
    written,
)
from hypothesis import given

from schema_ner import formats
from schema_ner.errors import FormatError
from schema_ner.spans import Document, Span, gold_span

SAMPLE = Path(__file__).parent / "data" / "klue.3.tsv"


def test_the_official_file_comes_back_byte_by_byte() -> None:
    documents = list(formats.read(SAMPLE))
    assert len(documents) == 3
    assert all_written(documents, "klue") == (SAMPLE.read_bytes(), [])


def test_what_the_official_file_says() -> None:
    """The marked sentence of the header is the oracle: it says where mentions stand."""
    first, *_ = formats.read(SAMPLE)
    assert first.id == "klue-ner-v1_dev_00029-wikitree"
    assert first.text == "전시회는 7월 9일부터 8월 23일까지 서울시립미술관에서 진행된다."
    assert marks(first) == [("DT", "7월 9일"), ("DT", "8월 23일"), ("LC", "서울시립미술관")]
    assert first.tokens == tuple((at, at + 1) for at in range(len(first.text)))


def test_other_formats_hold_it_and_give_it_back() -> None:
    documents = list(formats.read(SAMPLE))
    for name in ("jsonl", "csv"):
        content, losses = all_written(documents, name)
        assert losses == []
        assert read_bytes(content, name) == [replace(d, token_tags=None) for d in documents]


@given(any_documents)
def test_each_document_comes_back_or_is_told(documents: list[Document]) -> None:
    assert_kept_or_told(documents, "klue")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param("가\tB-PS\n", [(None, "가")], id="no header is needed"),
        pytest.param("## a\t<가:PS>\n가\tB-PS\n\n\n나\tO", [("a", "가"), (None, "나")], id="two"),
        pytest.param(
            "## a\t\n\n나\tO\n", [("a", ""), (None, "나")], id="a header of an empty text"
        ),
        pytest.param("#\tO\n\t\tO\n \tO\n", [(None, "#\t ")], id="signs, tabs and blanks"),
        pytest.param("## a\t나\r\n나\tO\r\n", [("a", "나")], id="line ends of Windows"),
        pytest.param("", [], id="an empty file"),
    ],
)
def test_sentences_and_their_ids(content: str, found: list[tuple[str | None, str]]) -> None:
    assert [(d.id, d.text) for d in read_text(content, "klue")] == found


def test_comments_and_a_header_that_differs_are_told() -> None:
    (document,) = read_text("## made by hand\n## a\t나<가:PS>\n가\tB-PS\n", "klue")
    assert marks(document) == [("PS", "가")]
    (loss,) = all_written([document], "klue")[1]
    assert loss.what == "comments, the text of a header, which differs from its lines"
    assert loss.is_slight


def test_types_that_are_none_of_klues_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """Each once; the six of KLUE are not."""
    content = "".join(f"가\tB-{label}\n\n" for label in ("PS", "ZZ", "QT", "Zz", "ZZ"))
    assert len(read_text(content, "klue")) == 5
    assert caplog.messages == [
        "the input, line 3: the type 'ZZ' is none of KLUE's, PS, LC, OG, DT, TI, QT",
        "the input: types that are none of KLUE's: 2 in all",
    ]


def test_a_mention_that_begins_on_a_blank_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Its place is that of the blank; a blank inside or behind a mention is nothing odd."""
    fine = "나\tB-LC\n \tI-LC\n가\tI-LC\n \tI-LC\n\n"
    (first, other) = read_text(fine + "가\tO\n \tB-LC\n나\tI-LC\n", "klue")
    assert (marks(first), marks(other)) == ([("LC", "나 가 ")], [("LC", " 나")])
    (told,) = caplog.messages
    assert told == (
        "the input, line 7: a mention begins on a blank; KLUE's official script drops blanks with "
        "their tags, so that it counts this one without its B-, as no entity of its own"
    )


def test_what_lines_of_characters_cannot_hold_is_told() -> None:
    text = "ab\nc"
    spans = (gold_span(text, 0, 2, "X"), gold_span(text, 1, 2, "X"), Span(3, 4, "Y", "c", 0.5))
    content, losses = all_written([Document(text, spans, tokens=((0, 2), (3, 4)))], "klue")
    assert content.decode().endswith("NE_TAG\na\tB-X\nb\tI-X\n \tO\nc\tB-Y\n")
    assert [(loss.what, loss.is_slight) for loss in losses] == [
        ("the text", False),
        ("the spans", True),
        ("the tokens", True),
        ("X [1:2) 'b'", False),
    ]
    assert written([Document("")], "klue")[1][0].reason.endswith("left out")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("가\tB-PS\n가나\tI-PS\n", "line 2: '가나' is not one character; a line is a character"),
        ("가\tB-PS\n\tO\n", "line 2: '' is not one character"),
        ("가 B-PS\n", "line 1: no tab in '가 B-PS'"),
        ("가\tPS\n", "line 1: the last column, 'PS', is no tag; tags are O, B-TYPE"),
        ("가\tO\n나\tQ-PS\n", "line 2: the last column, 'Q-PS', is no tag"),
        ("가\tB-\n", "line 1: the last column, 'B-', is no tag"),
        ("가\tX\n", "line 1: the last column, 'X', is no tag"),
        ("가\tB-PS \n", "line 1: the last column, 'B-PS ', is no tag"),
        ("가\tO\r나\tO\r", "line 1: a carriage return (CR) stands inside the line"),
        ("가\tO\n## b\t나\n", "line 2: the comment '## b\\t나' inside a sentence; a blank line"),
        (
            "가\tS-PS\n\n나\tU-PS\n",
            "line 3: 'U-PS' is BILOU, but line 1 has 'S-PS', which is BIOES",
        ),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "a.klue.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        list(formats.read(path))
    assert str(caught.value).startswith(f"{path}, {told}")
