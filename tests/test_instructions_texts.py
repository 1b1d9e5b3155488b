"""What can be learnt from annotated texts: types, mentions and windows, and what is left out."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from documents import any_document
from hypothesis import given
from hypothesis import strategies as st

from schema_ner import formats
from schema_ner.errors import FormatError, InputError
from schema_ner.instructions import Account, Passage, passages
from schema_ner.instructions.cutting import windows
from schema_ner.schema import EntityType, Schema
from schema_ner.spans import Document, gold_span

SCHEMA = Schema(
    (
        EntityType("person", dataset_label="PER"),
        EntityType("city", dataset_label="LOC"),
        EntityType("drug"),
    )
)
ALL = ("person", "city", "drug")


def told(*rows: Any, **options: Any) -> tuple[list[Passage], Account]:
    """The passages of JSON lines, and the account of them."""
    account = Account()
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    documents = formats.read(io.BytesIO(lines.encode()), "jsonl")
    return passages(documents, SCHEMA, account, **options), account


def row(text: str, *marks: tuple[str, str], **more: Any) -> dict[str, Any]:
    """A row in which each mention is marked where it first stands."""
    spans = [(text.index(said), text.index(said) + len(said), label) for said, label in marks]
    return {"text": text, "entities": spans, **more}


def said(passage: Passage) -> list[tuple[str, str]]:
    return [(span.label, span.text) for span in passage.mentions]


ADA = row("Ada met Bob in Rome.", ("Rome", "city"), ("Bob", "person"), ("Ada", "person"), id="1")


def test_a_text_with_all_its_mentions_in_order() -> None:
    (passage,), account = told(ADA)
    assert (passage.text, passage.asked, passage.id) == ("Ada met Bob in Rome.", ALL, "1")
    assert said(passage) == [("person", "Ada"), ("person", "Bob"), ("city", "Rome")]
    assert passage.origin == "the input, line 1"
    assert (account.texts, account.mentions, [*account.notes()]) == (1, 3, [])


def test_a_text_without_mentions_has_an_answer_too() -> None:
    found, account = told(ADA, {"text": "Nothing."})
    assert [said(each) for each in found][1] == []
    assert [*account.notes()] == []


def test_what_stands_twice_in_the_text_counts_twice_and_an_annotation_once() -> None:
    spans = [(0, 3, "person"), (4, 7, "person"), (4, 7, "person"), (3, 7, "person"), (4, 7, "drug")]
    (passage,), _ = told({"text": "Ada Ada", "entities": spans})
    assert [(span.start, span.label) for span in passage.mentions] == [
        (0, "person"), (4, "drug"), (4, "person"),
    ]  # fmt: skip


def test_labels_of_the_data_set() -> None:
    """They are told apart by the file as a whole; the schema's own label stays what it is."""
    found, account = told(
        row("Ada.", ("Ada", "PER")), row("Bob.", ("Bob", "person"), asked=["LOC", "person"])
    )
    assert [said(each) for each in found] == [[("person", "Ada")], [("person", "Bob")]]
    assert found[1].asked == ("person", "city")
    assert account.strange == {}


def test_mentions_of_other_types_are_counted() -> None:
    found, account = told(
        row("Ada, IBM.", ("Ada", "person"), ("IBM", "ORG")),
        row("IBM, X.", ("IBM", "ORG"), ("X", "game")),
    )
    assert [said(each) for each in found] == [[("person", "Ada")], []]
    assert account.strange == {"ORG": 2, "game": 1}
    assert [*account.notes()] == [
        "mentions of types that the schema has not were passed over: ORG 2, game 1"
    ]


def test_only_what_a_text_was_annotated_for_is_asked() -> None:
    """In the order of the schema; mentions of other types prove nothing about these."""
    found, account = told(
        row("Ada in Rome.", ("Ada", "person"), ("Rome", "city"), asked=["drug", "person", "game"]),
        row("Bob.", ("Bob", "person"), asked=["game"]),
        row("Eve.", ("Eve", "person"), asked=None),
    )
    assert [each.asked for each in found] == [("person", "drug"), ALL]
    assert said(found[0]) == [("person", "Ada")]
    assert [*account.notes()] == [
        (
            "mentions of types that their text was not annotated for were passed over: "
            "city 1, person 1"
        ),
        (
            "left out 1 text or window (the first: the input, line 2): "
            'its "asked" names no type of the schema'
        ),
    ]


@pytest.mark.parametrize("asked", ["person", [1], {}, True])
def test_asked_is_a_list_of_labels(asked: object) -> None:
    with pytest.raises(FormatError, match='the input, line 2: "asked" lists the types'):
        told(ADA, row("Ada.", ("Ada", "person"), asked=asked))


def test_blanks_around_a_mention_are_not_of_it() -> None:
    text = "x\u00a0Ada \n y"
    (passage,), account = told(
        {"text": text, "entities": [(1, 7, "person"), (5, 7, "city"), (2, 5, "person")]}
    )
    assert [(span.start, span.end) for span in passage.mentions] == [(2, 5)]
    assert [*account.notes()] == ["mentions of nothing but blanks were passed over: city 1"]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        pytest.param({"text": " \n"}, "there is nothing but blanks in it", id="blank"),
        pytest.param(
            row("Marylin", ("Mary", "person")), "begins or ends inside a word", id="half a word"
        ),
        pytest.param(
            {"text": "x", "entities": [(0, 1, "person")], "unread": [[0, 1]]},
            "no model read all of it",
            id="a part that no model read",
        ),
        pytest.param(
            {"text": "x", "spans": [], "rejected": [{"status": "failed", "text": ""}]},
            "no model read all of it",
            id="a model that failed",
        ),
        pytest.param(
            {"text": "x", "spans": [], "rejected": [{"status": "truncated", "text": "P"}]},
            "no model read all of it",
            id="an answer that was cut off",
        ),
    ],
)
def test_texts_whose_answer_is_unknown_or_cannot_be_said_are_left_out(
    other: dict[str, Any], why: str
) -> None:
    found, account = told(ADA, other)
    assert len(found) == 1
    (note,) = account.notes()
    assert note.startswith("left out 1 text or window (the first: the input, line 2): ")
    assert why in note


def test_what_a_model_said_in_vain_is_no_harm() -> None:
    """Nor is a key of that name that means something else."""
    found, _ = told(
        {**ADA, "unread": [], "rejected": [{"status": "hallucinated", "text": "Eve"}]},
        {**ADA, "unread": True, "rejected": "no"},
        {**ADA, "unread": ["x", [1]], "rejected": [3]},
    )
    assert len(found) == 3


def test_a_part_of_a_word_can_be_said_where_it_is_a_word_elsewhere() -> None:
    """An answer says words and no places."""
    (passage,), _ = told({"text": "Marylin, Mary", "entities": [(0, 4, "person")]})
    assert said(passage) == [("person", "Mary")]


def test_more_mentions_than_an_answer_lists() -> None:
    """Eight at least, however short the text."""
    text = "a b c d"
    places = [(s, e) for s in range(0, 7, 2) for e in range(s + 1, 8, 2)]
    eight = {"text": text, "entities": [(s, e, "drug") for s, e in places[:8]]}
    nine = {"text": text, "entities": [(s, e, "drug") for s, e in places[:9]]}
    found, account = told(eight, nine)
    assert [len(each.mentions) for each in found] == [8]
    assert account.left_out == {"many": 1}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "there are no annotations in the texts, so there is nothing to learn from"),
        ([{"text": "x"}], "there are no annotations in the texts"),
        (
            [row("Ada", ("Ada", "PERSON"))],
            (
                "no mention is of a type of the schema: the texts are annotated with PERSON, and "
                "its types are person, city, drug; give the schema these types, or name them as "
                "dataset_label of its own"
            ),
        ),
        (
            [row("Ada", ("Ada", "person"), asked=["drug"])],
            "there is nothing to learn from: mentions of types that their text was not annotated",
        ),
    ],
)
def test_nothing_to_learn_from_is_an_error(rows: list[Any], why: str) -> None:
    with pytest.raises(InputError) as raised:
        told(*rows)
    assert why in str(raised.value)


# --- windows


@given(any_document(), st.integers(1, 20))
def test_windows_are_the_text_and_cut_no_mention(document: Document, most: int) -> None:
    """Joined they are the text; one is longer than asked only where mentions leave no place."""
    places = list(windows(document.text, document.spans, most))
    assert "".join(document.text[start:end] for start, end in places) == document.text
    assert all(start < end for start, end in places) or not document.text
    for start, end in places:
        inside = [s for s in document.spans if s.start < end and start < s.end]
        assert all(start <= span.start and span.end <= end for span in inside)
        if end - start > most:
            covered = {at for span in inside for at in range(span.start + 1, span.end)}
            assert {*range(start + 1, start + most + 1)} <= covered


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("Ada met Bob.", 12, ["Ada met Bob."]),
        ("Ada met Bob.", 11, ["Ada met ", "Bob."]),
        ("Ada met Bob.", 6, ["Ada ", "met ", "Bob."]),
        ("Ada-met-Bob.", 6, ["Ada-", "met-", "Bob."]),
        ("서울에서만났다", 3, ["서울에", "서만났", "다"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
    ],
)
def test_where_a_text_is_cut(text: str, most: int, cut: list[str]) -> None:
    """Behind a blank, else behind a unit, else anywhere."""
    assert [text[start:end] for start, end in windows(text, (), most)] == cut


def test_mentions_move_with_their_window() -> None:
    """Ids are numbered where there are several windows; what is too long is left out and said."""
    text = "Ada met Bob. New York City is big."
    marks = [("Ada", "person"), ("Bob", "person"), ("New York City", "city")]
    found, account = told(
        row(text, *marks, id="7"), row(text, *marks), row("Eve", ("Eve", "person"), id="8"),
        most_characters=12,
    )  # fmt: skip
    assert [(each.id, each.text, said(each)) for each in found] == [
        ("7#1", "Ada met ", [("person", "Ada")]),
        ("7#2", "Bob. ", [("person", "Bob")]),
        ("7#4", " is big.", []),
        (None, "Ada met ", [("person", "Ada")]),
        (None, "Bob. ", [("person", "Bob")]),
        (None, " is big.", []),
        ("8", "Eve", [("person", "Eve")]),
    ]
    assert [*account.notes()] == [
        (
            "left out 2 texts or windows (the first: the input, line 1): "
            "a mention in it is longer than a window may be"
        )
    ]


def test_only_the_window_that_nobody_read_is_left_out() -> None:
    found, _ = told(
        {**row("Ada met Bob.", ("Ada", "person")), "unread": [[9, 10]]}, most_characters=8
    )
    assert [each.text for each in found] == ["Ada met "]


def test_a_window_holds_something() -> None:
    with pytest.raises(InputError, match="most_characters=0 leaves no room for a text"):
        told(ADA, most_characters=0)


@given(st.lists(any_document(), max_size=4), st.none() | st.integers(1, 30))
def test_every_mention_is_accounted_for(documents: list[Document], most: int | None) -> None:
    """It is in a passage, or was counted; what is in a passage stands there."""
    schema = Schema((EntityType("PER"), EntityType("인물")))
    account = Account()
    here = Document("PER", (gold_span("PER", 0, 3, "PER"),))
    found = passages([here, *documents], schema, account, most_characters=most)
    all_spans = [span for document in documents for span in document.spans]
    assert account.strange.total() == sum(s.label not in schema.labels for s in all_spans)
    known = {
        (at, s.label, s.start + len(s.text) - len(s.text.lstrip()), len(s.text.strip()))
        for at, document in enumerate(documents)
        for s in document.spans
        if s.label in schema.labels and s.text.strip()
    }
    assert account.mentions == len(known) + 1
    kept = sum(len(each.mentions) for each in found)
    assert kept <= account.mentions
    if not account.left_out:
        assert kept == account.mentions
    for each in found:
        assert all(each.text[s.start : s.end] == s.text == s.text.strip() for s in each.mentions)
