"""Kaggle's ner_dataset.csv: sparse numbers, words that look like nothing, two encodings, splits."""

from __future__ import annotations

import contextlib
import io
import logging
from typing import TYPE_CHECKING

import pytest
from documents import (
    all_written,
    any_documents,
    assert_kept_or_told,
    columns,
    marks,
    read_bytes,
    read_text,
)
from hypothesis import given
from hypothesis import strategies as st

from schema_ner import formats
from schema_ner.errors import FormatError, InputError
from schema_ner.formats import splits
from schema_ner.spans import Document, Span, gold_span

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "Sentence #,Word,POS,Tag\r\n"
SENTENCES = (
    HEADER
    + 'Sentence: 1,London,NNP,B-geo\r\n,",",",",O\r\n,null,NN,O\r\n,NA,NNP,B-org\r\n'
    + ',"""""",``,O\r\nSentence: 2,nan,NN,O\r\nSentence: 10,Iraq,NNP,I-geo\r\n'
)


def test_the_file_comes_back_byte_by_byte() -> None:
    documents = read_text(SENTENCES, "kaggle-ner")
    again = SENTENCES.replace("I-geo", "B-geo")  # IOB2 is written
    assert all_written(documents, "kaggle-ner") == (again.encode(), [])


def test_what_the_file_says() -> None:
    """Words are words, whatever other readers take for a missing value; order is kept."""
    first, second, third = read_text(SENTENCES, "kaggle-ner")
    assert first.text == 'London , null NA ""'
    assert marks(first) == [("geo", "London"), ("org", "NA")]
    assert first.token_tags == {
        "pos": ("NNP", ",", "NN", "NNP", "``"),
        "ner": ("B-geo", "O", "O", "B-org", "O"),
    }
    assert third.token_tags == {"pos": ("NNP",), "ner": ("I-geo",)}  # as it stands there
    assert [d.id for d in (first, second, third)] == ["Sentence: 1", "Sentence: 2", "Sentence: 10"]
    assert (second.text, marks(third)) == ("nan", [("geo", "Iraq")])


def test_a_number_on_every_row_means_the_same() -> None:
    """As in copies of the file that were filled downwards."""
    rows = SENTENCES.split("\r\n")
    filled = [row if row[:1] != "," else "Sentence: 1" + row for row in rows]
    assert read_text("\r\n".join(filled), "kaggle-ner") == read_text(SENTENCES, "kaggle-ner")


def test_without_pos_and_with_more_columns() -> None:
    content = "id,Sentence #,Word,Tag\n1,1,Rome,B-geo\n2,,is,O\n"
    (document,) = read_text(content, "kaggle-ner")
    assert (document.text, document.id, columns(document)) == ("Rome is", "1", {})
    (loss,) = all_written([document], "kaggle-ner")[1]
    assert (loss.what, loss.is_slight) == ("id", True)


def test_reading_is_lazy() -> None:
    """A sentence is given before the rows behind the next one are looked at."""
    content = HEADER + "1,a,NN,O\n2,b,NN,O\n,broken\n"
    documents = formats.read(io.BytesIO(content.encode()), "kaggle-ner")
    assert next(documents).text == "a"
    with pytest.raises(FormatError, match="line 4: 2 cells under 4 columns"):
        next(documents)


@given(any_documents)
def test_each_document_comes_back_or_is_told(documents: list[Document]) -> None:
    """Documents without an id are numbered."""
    assert_kept_or_told(documents, "kaggle-ner", keeps_id=False)


def test_two_neighbours_of_one_id_stay_two() -> None:
    documents = [Document("a", id="7"), Document("b", id="7"), Document("c", id="")]
    content, losses = all_written(documents, "kaggle-ner")
    assert [d.id for d in read_bytes(content, "kaggle-ner")] == ["7", "7 (2)", "Sentence: 3"]
    assert [loss.what for loss in losses] == ["the id '7'", "the id ''"]


def test_overlapping_gold_and_scores_are_told() -> None:
    text = "New York"
    spans = (Span(0, 8, "LOC", text, 0.5), gold_span(text, 4, 8, "LOC"))
    content, losses = all_written([Document(text, spans)], "kaggle-ner")
    assert "New,,O\r\n,York,,B-LOC" in content.decode()
    assert [(loss.kind, loss.what) for loss in losses] == [
        ("annotation", "LOC [0:8) 'New York'"),
        ("scores", "the spans"),
    ]


# --- encodings


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        pytest.param("utf-8", "café…한", id="UTF-8"),
        pytest.param("utf-8-sig", "café…", id="UTF-8 with a byte-order mark"),
        pytest.param("cp1252", "café…", id="windows-1252"),
        pytest.param("latin-1", "caf\x81", id="a byte that windows-1252 has not is Latin-1"),
    ],
)
def test_the_encoding_is_found_and_said(
    encoding: str, word: str, caplog: pytest.LogCaptureFixture
) -> None:
    content = f"{HEADER}1,a,NN,O\r\n,{word},NN,O\r\n".encode(encoding)
    with caplog.at_level(logging.WARNING):
        (document,) = read_bytes(content, "kaggle-ner")
    assert document.text == f"a {word}"
    said = [message for message in caplog.messages if "line 3" in message]
    assert len(said) == (0 if "utf" in encoding else 2 if encoding == "latin-1" else 1)
    assert all("windows-1252" in message for message in said)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([b"a\xc3\xa9", b"b\xe9"], "line 3: this line is not UTF-8, but line 2; save the whole"),
        ([b"a\xe9", b"b\xc3\xa9"], "line 3: this line is UTF-8, but not line 2; save the whole"),
    ],
)
def test_two_encodings_in_one_file_are_refused(lines: list[bytes], told: str) -> None:
    rows = b"".join(b"1,%s,NN,O\r\n" % word for word in lines)
    with pytest.raises(FormatError, match=told):
        read_bytes(HEADER.encode() + rows, "kaggle-ner")


@given(st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), min_size=1))
def test_windows_1252_is_read_as_python_reads_it(word: str) -> None:
    """But where the bytes happen to be UTF-8, which no reader can tell apart."""
    raw = word.encode("cp1252")
    with contextlib.suppress(UnicodeDecodeError):
        word = raw.decode("utf-8")
    content = HEADER.encode() + b'1,"' + raw.replace(b'"', b'""') + b'",NN,O\r\n'
    assert read_bytes(content, "kaggle-ner")[0].text == word


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("Sentence #,Word,POS\n", "line 1: no column 'Tag' in"),
        (HEADER, None),
        (HEADER + ",a,NN,O\n", "line 2: the word 'a' belongs to no sentence; number the first"),
        (HEADER + "1,a,NN\n", "line 2: 3 cells under 4 columns; put quotes round cells"),
        (HEADER + "1,a,b,NN,O\n", "line 2: 5 cells under 4 columns"),
        (HEADER + "1,,NN,O\n", "line 2: the word is empty"),
        (HEADER + "1,a,NN,geo\n", "line 2: 'geo' is no tag; tags are O, B-TYPE"),
        (HEADER + "1,a,NN,O\n,b,NN,Q-per\n", "line 3: 'Q-per' is no tag"),
        (HEADER + "1,a,NN,B-\n", "line 2: 'B-' is no tag"),
        (HEADER + "1,a,NN,X\n", "line 2: 'X' is no tag"),
        (HEADER + "1,a,NN,B-geo \n", "line 2: 'B-geo ' is no tag"),
        ("Sentence #,Word,Word,Tag\n1,a,b,O\n", "line 1: two columns of one name, 'Word'"),
        (HEADER.replace("\r\n", "\r") + "1,a,NN,O\r", "line 1: a carriage return (CR) stands"),
        (HEADER + '1,a,NN,O\n,",NN,O\n,b,NN,O\n', "line 3: no CSV: "),
        (HEADER + '1,a,NN,O\n,"b"c,NN,O\n', "line 3: no CSV: "),
        (HEADER + "1,a,NN,S-X\n2,b,NN,L-X\n", "line 3: 'L-X' is BILOU, but line 2 has 'S-X', wh"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, content: str, told: str | None) -> None:
    path = tmp_path / "ner.kaggle.csv"
    path.write_text(content, encoding="utf-8", newline="")
    if told is None:
        assert list(formats.read(path)) == []
        return
    with pytest.raises(FormatError) as caught:
        list(formats.read(path))
    assert str(caught.value).startswith(f"{path}, {told}")


# --- splits


IDS = st.lists(st.integers(1, 50_000).map("Sentence: {}".format), unique=True, max_size=30)


@given(ids=IDS, seed=st.integers(0, 3), data=st.data())
def test_a_sentence_stays_in_its_part(ids: list[str], seed: int, data: st.DataObject) -> None:
    """Whatever the order, and whatever stands beside it."""
    parts = {
        i: part for part, (i) in ((p, d.id) for p, d in splits.split(map(_named, ids), seed=seed))
    }
    some = data.draw(st.permutations(ids).map(lambda order: order[: len(order) // 2]))
    for part, document in splits.split(map(_named, some), seed=seed):
        assert parts[document.id] == part == splits.part_of(str(document.id), seed=seed)


def _named(name: str) -> Document:
    return Document("any text", id=name)


def test_parts_have_their_shares_and_a_seed_is_another_split() -> None:
    ids = [f"Sentence: {number}" for number in range(1, 10_001)]
    found = [splits.part_of(i) for i in ids]
    for part, share in {"train": 0.8, "dev": 0.1, "test": 0.1}.items():
        assert found.count(part) == pytest.approx(share * len(ids), rel=0.1)
    other = [splits.part_of(i, seed=1) for i in ids]
    both_test = sum(one == two == "test" for one, two in zip(found, other, strict=True))
    assert both_test == pytest.approx(0.01 * len(ids), rel=0.5)  # as chance would have it


def test_the_split_is_the_published_one() -> None:
    """A change of the hash would move sentences from test to train; these never move."""
    found = {number: splits.part_of(f"Sentence: {number}") for number in range(1, 41)}
    assert [number for number, part in found.items() if part == "dev"] == [13, 14, 24, 27, 38]
    assert [number for number, part in found.items() if part == "test"] == [22]


def test_documents_without_an_id_go_by_their_text() -> None:
    documents = [Document("a"), Document("b"), Document("a")]
    parts = [part for part, _ in splits.split(documents, {"x": 0.5, "y": 0.5})]
    assert parts[0] == parts[2] == splits.part_of("a", {"x": 0.5, "y": 0.5})


@pytest.mark.parametrize("shares", [{}, {"a": 0.5}, {"a": 1.5, "b": -0.5}, {"a": float("nan")}])
def test_shares_must_be_shares(shares: dict[str, float]) -> None:
    with pytest.raises(InputError, match="shares are numbers from 0 to 1 of a sum of 1"):
        splits.part_of("a", shares)


@given(st.text())
def test_a_share_of_nothing_gets_nothing(key: str) -> None:
    assert splits.part_of(key, {"none": 0.0, "all": 1.0, "no": 0.0}) == "all"
