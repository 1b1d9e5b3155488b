"""Entity tags as they stand in a file: kept by readers, never stale, in JSON lines where needed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from documents import all_written, any_document, columns, marks, read_bytes, read_text
from hypothesis import given
from hypothesis import strategies as st

from schema_ner import tags
from schema_ner.errors import FormatError
from schema_ner.spans import NER, Document, gold_span

if TYPE_CHECKING:
    from collections.abc import Sequence

TAGGED = ["conll", "bio", "hf", "kaggle-ner", "klue"]
IOB = st.sampled_from(["O", "B-P", "I-P", "B-Q", "I-Q"])
SEQUENCES = st.one_of(  # of one scheme or a broken one; BIOES and BILOU in one file are refused
    st.lists(IOB | st.sampled_from(["E-P", "S-P", "S-Q"]), min_size=1, max_size=6),
    st.lists(IOB | st.sampled_from(["L-P", "U-P", "U-Q"]), min_size=1, max_size=6),
)


def a_file(name: str, ner: Sequence[str]) -> str:
    """A file of one sentence with these tags, written without the library."""
    words = "가나다라마바"[: len(ner)]
    both = list(zip(words, ner, strict=True))
    if name in ("conll", "klue"):
        return "".join(f"{word}\t{tag}\n" for word, tag in both)
    if name == "kaggle-ner":
        return "Sentence #,Word,POS,Tag\n" + "".join(f"1,{word},NN,{tag}\n" for word, tag in both)
    return json.dumps({"tokens": [*words], "tags" if name == "bio" else "ner_tags": [*ner]})


def own_tags(document: Document) -> tuple[str, ...] | None:
    return (document.token_tags or {}).get(NER)


@pytest.mark.parametrize("name", TAGGED)
@given(ner=SEQUENCES)
def test_tags_are_kept_as_they_stand(name: str, ner: list[str]) -> None:
    """Broken ones too: what they are worth is for the scorer to say."""
    (document,) = read_text(a_file(name, ner), name)
    assert own_tags(document) == tuple(ner)


def test_numbers_are_kept_by_their_names() -> None:
    row = {"features": ["O", "I-P"], "tokens": ["a", "b"], "ner_tags": [1, 0]}
    assert own_tags(read_text(json.dumps(row), "hf")[0]) == ("I-P", "O")


@given(ner=SEQUENCES)
def test_iob2_is_written_from_the_spans(ner: list[str]) -> None:
    """Whatever the scheme was; the spans are the same."""
    (document,) = read_text(a_file("conll", ner), "conll")
    for name in TAGGED[:-1]:
        content, losses = all_written([document], name)
        (again,) = read_bytes(content, name)
        assert losses == []
        assert again.spans == document.spans
        assert tags.is_iob2(own_tags(again) or ())


@given(ner=SEQUENCES)
def test_json_lines_hold_tags_that_spans_do_not_give_again(ner: list[str]) -> None:
    (document,) = read_text(a_file("conll", ner), "conll")
    content, losses = all_written([document], "jsonl")
    (again,) = read_bytes(content, "jsonl")
    assert losses == []
    assert again.spans == document.spans
    if tags.is_iob2(ner):
        assert again == replace(document, token_tags=None)
        assert "token_tags" not in json.loads(content)
    else:
        assert again == document
        assert json.loads(content) == document.to_dict()
    assert all_written([again], "conll") == all_written([document], "conll")


def test_formats_without_a_place_for_tags_tell_of_those_alone_that_spans_do_not_give_again() -> (
    None
):
    iob2, iob1 = (read_text(a_file("klue", [tag, "O"]), "klue")[0] for tag in ("B-P", "I-P"))
    assert all_written([iob2], "csv")[1] == []
    (loss,) = all_written([iob1], "csv")[1]
    assert (loss.what, loss.is_slight) == ("ner", True)


# --- never stale


@given(ner=SEQUENCES, names=st.dictionaries(st.sampled_from("PQ"), st.sampled_from("PQR")))
def test_renamed_labels_are_renamed_in_the_tags(ner: list[str], names: dict[str, str]) -> None:
    """Or the tags are gone, where what was two mentions would be read as one."""
    (document,) = read_text(a_file("conll", ner), "conll")
    after = document.relabelled(names)
    assert [s.label for s in after.spans] == sorted_labels(document, names)
    kept = own_tags(after)
    expected = tuple(tag[:2] + names.get(tag[2:], tag[2:]) if tag != "O" else tag for tag in ner)
    merges = names.get("P", "P") == names.get("Q", "Q")
    assert kept == expected or (kept is None and merges)


def sorted_labels(document: Document, names: dict[str, str]) -> list[str]:
    return [names.get(s.label, s.label) for s in document.spans]


def test_tags_that_would_run_together_are_left_out() -> None:
    (document,) = read_text("a\tI-P\nb\tI-Q\n", "conll")
    after = document.relabelled({"Q": "P"})
    assert (marks(after), own_tags(after)) == ([("P", "a"), ("P", "b")], None)


@given(st.data())
def test_tags_never_say_other_spans_than_the_document(data: st.DataObject) -> None:
    """Whoever replaces spans, by whatever means, takes the tags of the old ones along."""
    (document,) = read_text(a_file("conll", data.draw(SEQUENCES)), "conll")
    other = data.draw(any_document(tokens=True))
    for made in (other, replace(document, spans=data.draw(st.permutations(document.spans))[1:])):
        kept = own_tags(made)
        if kept is not None:
            places = made.tokens or ()
            said = [(places[a][0], places[b][1], n) for a, b, n in tags.chunks(kept)]
            assert said == [span.order for span in made.spans]
    assert own_tags(replace(document, id="x")) == own_tags(document)


@pytest.mark.parametrize(
    "ner",
    [
        pytest.param(["B-LOC", "O"], id="another place"),
        pytest.param(["B-ORG", "I-ORG"], id="another type"),
        pytest.param(["LOC", "LOC"], id="no tags"),
    ],
)
def test_json_lines_that_contradict_themselves_are_doubted(
    ner: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    row: dict[str, Any] = {"text": "New York", "entities": [[0, 8, "LOC"]]}
    row |= {"tokens": [[0, 3], [4, 8]], "token_tags": {"pos": ["N", "N"], "ner": ner}}
    (document,) = read_text("\n" + json.dumps(row), "jsonl")
    assert document.token_tags == {"pos": ("N", "N")}
    assert columns(document) == {"pos": ("N", "N")}
    (said,) = caplog.messages
    what = '"ner" in "token_tags" says other spans than the annotations do: left out'
    assert said == f"the input, line 2: {what}"
    row["token_tags"]["ner"] = ["I-LOC", "I-LOC"]
    assert own_tags(read_text(json.dumps(row), "jsonl")[0]) == ("I-LOC", "I-LOC")
    assert len(caplog.messages) == 1


def test_a_document_may_be_made_with_tags() -> None:
    text = "New York"
    document = Document(
        text, (gold_span(text, 0, 8, "LOC"),), None, ((0, 3), (4, 8)), {NER: ("B-LOC", "E-LOC")}
    )
    assert own_tags(document) == ("B-LOC", "E-LOC")
    assert document.to_dict()["token_tags"] == {"ner": ["B-LOC", "E-LOC"]}


# --- labels


@pytest.mark.parametrize("tag", ["Q-P", "B-", "X", "P", "b-P", "B- ", "B-P\u00a0", "BI-P"])
@pytest.mark.parametrize("name", TAGGED)
def test_what_is_no_tag_is_named_with_its_line(name: str, tag: str) -> None:
    """A blank at the end of a tag would make a type of its own."""
    number = {"conll": 2, "klue": 2, "kaggle-ner": 3}.get(name, 1)
    with pytest.raises(FormatError, match=f"^the input, line {number}: .*is no tag; tags are O"):
        read_text(a_file(name, ["O", tag]), name)


def test_labels_that_no_tag_can_hold_are_told() -> None:
    text = "a b"
    document = Document(text, (gold_span(text, 0, 1, " P "), gold_span(text, 2, 3, "\n")))
    for name in TAGGED:
        content, losses = all_written([document], name)
        assert marks(read_bytes(content, name)[0]) == [("P", "a")]
        assert [loss.reason for loss in losses if not loss.is_slight] == [
            "blanks at the ends of a label are no part of a tag: kept without them",
            "its label is all blanks, which no tag holds",
        ]
