"""CoNLL: columns between token and tag, schemes, marks of documents, files of either order."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from documents import (
    all_written,
    any_documents,
    assert_kept_or_told,
    columns,
    marks,
    read_text,
    written,
)
from hypothesis import given
from hypothesis import strategies as st

from schema_ner import formats
from schema_ner.errors import FormatError
from schema_ner.spans import Document, gold_span

if TYPE_CHECKING:
    from pathlib import Path

CONLL2003 = """-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
German JJ B-NP B-MISC

Peter NNP B-NP B-PER
Blackburn NNP I-NP I-PER

-DOCSTART- -X- -X- O

BRUSSELS NNP B-NP B-LOC
"""


# --- columns


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("EU B-ORG", {}, id="two: no more"),
        pytest.param("EU NNP B-ORG", {"pos": ("NNP",)}, id="three: POS"),
        pytest.param("EU NNP B-NP B-ORG", {"pos": ("NNP",), "chunk": ("B-NP",)}, id="four"),
        pytest.param(
            "EU eu NNP B-NP B-ORG",
            {"lemma": ("eu",), "pos": ("NNP",), "chunk": ("B-NP",)},
            id="five: German CoNLL-2003",
        ),
        pytest.param("EU _ _ B-ORG", {}, id="MultiCoNER: _ says nothing"),
        pytest.param("EU\tNNP\tB-NP\tB-ORG", {"pos": ("NNP",), "chunk": ("B-NP",)}, id="tabs"),
        pytest.param("EU   NNP  B-ORG", {"pos": ("NNP",)}, id="several blanks part as one"),
    ],
)
def test_columns_between_are_tags_of_tokens(line: str, found: dict[str, tuple[str]]) -> None:
    (document,) = read_text(line + "\n", "conll")
    assert marks(document) == [("ORG", "EU")]
    assert document.token_tags == found | {"ner": ("B-ORG",)}


def test_conll_2003_comes_back_as_it_was() -> None:
    """With tabs for blanks; -DOCSTART- lines, POS and chunks are kept."""
    content, losses = all_written(read_text(CONLL2003, "conll"), "conll")
    assert losses == []
    blanks = CONLL2003.split("\n")
    tabs = [line if line.startswith("-DOC") else line.replace(" ", "\t") for line in blanks]
    assert content.decode() == "\n".join(tabs) + "\n"


def test_what_jsonl_holds_of_conll_2003_makes_it_again() -> None:
    documents = read_text(CONLL2003, "conll")
    as_json, losses = all_written(documents, "jsonl")
    assert losses == []
    again = list(formats.read(io.BytesIO(as_json), "jsonl"))
    assert again == [replace(document, token_tags=columns(document)) for document in documents]
    assert all_written(again, "conll") == all_written(documents, "conll")


def test_marks_of_documents_are_told_where_they_are_lost() -> None:
    _, losses = all_written(read_text(CONLL2003, "conll"), "bio")
    assert [(loss.document, loss.what, loss.is_slight) for loss in losses] == [
        ("document 1", "docstart, pos, chunk", True),
        ("document 2", "pos, chunk", True),
        ("document 3", "docstart, pos, chunk", True),
    ]


def test_further_columns_are_told() -> None:
    (loss,) = all_written(read_text("EU a b c d B-ORG\n", "conll"), "conll")[1]
    names = "column 2, column 3, column 4, column 5"
    assert str(loss) == f"the input, line 1, document 1: {names}: conll has no place for it"
    assert loss.is_slight


@pytest.mark.parametrize(
    ("token_tags", "line"),
    [
        ({"pos": ("NNP",)}, "EU\tNNP\tO\n"),
        ({"chunk": ("B-NP",)}, "EU\t_\tB-NP\tO\n"),
        ({"chunk": ("B-NP",), "pos": ("NNP",)}, "EU\tNNP\tB-NP\tO\n"),
        ({"lemma": ("eu",)}, "EU\teu\t_\t_\tO\n"),
    ],
)
def test_columns_are_written_where_readers_expect_them(
    token_tags: dict[str, tuple[str]], line: str
) -> None:
    document = Document("EU", (), None, ((0, 2),), token_tags)
    content, losses = all_written([document], "conll")
    assert (content.decode(), losses) == (line + "\n", [])


@given(any_documents)
def test_each_document_comes_back_or_is_told(documents: list[Document]) -> None:
    assert_kept_or_told(documents, "conll")


# --- files of either order


MIT = "O\twhat\nO\tmovies\nB-ACTOR\tbrad\nI-ACTOR\tpitt\n\nB-YEAR\t1995\n\nO\tO\n"
CROSSNER = "what\tO\nmovies\tO\nbrad\tB-ACTOR\npitt\tI-ACTOR\n\n1995\tB-YEAR\n\nO\tO\n"


@pytest.mark.parametrize("content", [MIT, CROSSNER, CROSSNER.replace("\t", " ")])
def test_tag_first_or_last_mean_the_same(content: str, tmp_path: Path) -> None:
    path = tmp_path / "engtrain.bio"
    path.write_text(content, encoding="utf-8")
    assert [(d.text, marks(d)) for d in formats.read(path)] == [
        ("what movies brad pitt", [("ACTOR", "brad pitt")]),
        ("1995", [("YEAR", "1995")]),
        ("O", []),
    ]


def test_tokens_that_look_like_tags_leave_the_tag_last() -> None:
    (document,) = read_text("B-52\tB-PLANE\nO\tO\n", "conll")
    assert marks(document) == [("PLANE", "B-52")]


# --- schemes


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        (["I-P I-P O", "I-P B-P"], "IOB1"),
        (["B-P I-P O", "B-P B-P"], "IOB2"),
        (["O O", "B-P E-P S-Q"], "BIOES"),
        (["B-P I-P L-P U-P"], "BILOU"),
        (["O O"], None),
        (["B-P O", "I-P O"], None),
        (["S-P", "U-P"], None),
    ],
)
def test_schemes_show_in_the_tags(tags: list[str], scheme: str | None) -> None:
    assert formats.scheme_of(line.split() for line in tags) == scheme


SPANS = st.lists(st.tuples(st.sampled_from("PQ"), st.integers(1, 3)), max_size=4)


@given(gaps=st.lists(st.booleans(), min_size=5, max_size=5), spans=SPANS)
def test_every_scheme_means_the_same_spans(gaps: list[bool], spans: list[tuple[str, int]]) -> None:
    """One segmentation, written in four schemes by their definitions, is read as one."""
    sequences: dict[str, list[str]] = {name: [] for name in ("IOB1", "IOB2", "BIOES", "BILOU")}
    before = ""
    for is_gap, (label, length) in zip(gaps, spans, strict=False):
        if is_gap:
            before = ""
            for tags in sequences.values():
                tags.append("O")
        first = "B" if before == label else "I"
        sequences["IOB1"] += [f"{first}-{label}", *[f"I-{label}"] * (length - 1)]
        sequences["IOB2"] += [f"B-{label}", *[f"I-{label}"] * (length - 1)]
        for name, single, last in (("BIOES", "S", "E"), ("BILOU", "U", "L")):
            middle = [f"I-{label}"] * (length - 2)
            whole = (
                [f"B-{label}", *middle, f"{last}-{label}"] if length > 1 else [f"{single}-{label}"]
            )
            sequences[name] += whole
        before = label
    read = []
    for name, tags in sequences.items():
        content = "".join(f"w\t{tag}\n" for tag in tags)
        read.append([d.spans for d in read_text(content, "conll")])
        if spans:
            assert formats.scheme_of([tags]) == name
    assert read.count(read[0]) == 4
    assert sum(map(len, read[0])) == len(spans)


def test_a_file_of_bioes_and_bilou_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mixed.conll"
    path.write_text("a\tB-P\nb\tE-P\n\nc\tO\nd\tU-P\n", encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        list(formats.read(path))
    assert str(caught.value) == (
        f"{path}, line 5: 'U-P' is BILOU, but line 2 has 'E-P', which is BIOES; bring all "
        "sentences into one scheme; a file has one"
    )


def test_a_file_of_iob1_and_iob2_is_read_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "mixed.conll"
    path.write_text("a\tB-P\n\nb\tO\nc\tI-P\n\nd\tI-P\n", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        found = [marks(document) for document in formats.read(path)]
    assert found == [[("P", "a")], [("P", "c")], [("P", "d")]]
    (message,) = caplog.messages
    assert message == (
        f"{path}, line 4: 'I-P' is IOB1, but line 1 has 'B-P', which is IOB2; the file is in two "
        "schemes, and read as conlleval reads it"
    )


# --- refusing


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("EU NNP B-NP B-ORG\nrejects VBZ B-VP\n", "line 2: 3 columns, where line 1 has 4; give"),
        ("EU NNP B-NP B-ORG\n\nrejects VBZ B-VP\n", "line 3: 3 columns, where line 1 has 4; give"),
        ("\nEU B-ORG\n\nGerman JJ B-MISC\n", "line 4: 3 columns, where line 2 has 2; give every"),
        ("EU\tNNP\tB-ORG\n\nGerman\t\tJJ\tO\n", "line 3: 4 columns, where line 1 has 3; give"),
        ("O\twhat\nB-ACTOR\tbrad\n\nbrad\tNN\tB-ACTOR\n", "line 4: 3 columns, where line 1 h"),
        ("a\tQ-PER\n", "line 1: the last column, 'Q-PER', is no tag"),
        ("a\tB-\n", "line 1: the last column, 'B-', is no tag"),
        ("a B-P\rb O\r", "line 1: a carriage return (CR) stands inside the line, as in files of"),
        ("O\twhat\nB-ACTOR\tbrad\n\nB-ACTOR\n", "line 4: one column, 'B-ACTOR', where a token"),
        ("O\twhat\nO\t\n", "line 2: the token behind the tab is empty"),
        ("O\twhat\n\nACTOR\tbrad\n", "line 3: the first column, 'ACTOR', is no tag; tags are O"),
        ("a\tO\nb\tM-PER\n", "line 2: the last column, 'M-PER', is no tag; tags are O, B-TYPE"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "gold.conll"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        list(formats.read(path))
    assert str(caught.value).startswith(f"{path}, {told}")


def test_overlapping_gold_is_told() -> None:
    text = "New York"
    document = Document(text, (gold_span(text, 0, 8, "LOC"), gold_span(text, 4, 8, "LOC")))
    content, (loss,) = written([document], "conll")
    assert content == b"New\tB-LOC\nYork\tI-LOC\n\n"
    assert "it overlaps LOC 'New York'" in str(loss)
    assert not loss.is_slight


def test_a_docstart_that_is_none_is_told() -> None:
    (row,) = read_text('{"text": "a", "docstart": "x\\ny"}', "jsonl")
    content, losses = all_written([row], "conll")
    assert content == b"a\tO\n\n"
    assert [loss.what for loss in losses] == ["docstart"]
