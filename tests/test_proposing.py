"""From texts to a draft of a schema: asked, put in place, merged, counted; nothing lost between."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from schema_ner import Document, ScriptedEngine, formats
from schema_ner.engines.generated import Completion
from schema_ner.errors import InputError, ModelError, SchemaError
from schema_ner.prompts import proposing as prompts
from schema_ner.proposing import Draft, draft, engine_of, propose, read
from schema_ner.proposing.passages import CHARACTERS, UNITS, passages
from schema_ner.registry import resolve
from schema_ner.schema import Schema
from schema_ner.spans import gold_span

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from schema_ner.engines.completing import Question

TEXTS = [
    "Take aspirin in Paris, not Humira. Aspirin or aspirin!",
    "Paris is a city, Rome too; aspirin.",
    "Nothing.",
]
ANSWERS = [
    '[("aspirin", "drug"), ("Humira", "Drugs"), ("Paris", "name of city")]',
    '{"City Names": ["Paris", "Rome"], "medication": ["aspirin"], "drug": ["aspirin", "Bob"]}',
    "None.",
]


def proposed(texts: Sequence[str], answers: Any, **options: Any) -> Draft:
    return propose(map(Document, texts), ScriptedEngine(answers), **options)


def places(document: Document) -> list[tuple[str, str]]:
    return [(span.text, span.label) for span in document.spans]


def test_a_draft() -> None:
    found = proposed(TEXTS, ANSWERS)
    drug, city = found.proposals
    assert (drug.name, drug.count, drug.texts, drug.examples) == (
        "drug",
        4,
        2,
        ("aspirin", "Humira"),
    )
    assert drug.spelt == {"drug": 3, "Drugs": 1}
    assert (city.name, city.count, city.texts, city.examples) == (
        "City Names",
        3,
        2,
        ("Paris", "Rome"),
    )
    assert city.spelt == {"City Names": 2, "name of city": 1}
    assert found.merges == {"drug": drug.spelt, "City Names": city.spelt}
    assert [(one.name, one.count) for one in found.rare] == [("medication", 1)]
    assert list(map(places, found.documents)) == [
        [("aspirin", "drug"), ("Paris", "City Names"), ("Humira", "drug"), ("aspirin", "drug")],
        [("Paris", "City Names"), ("Rome", "City Names"), ("aspirin", "drug")],
        [],
    ]
    (bob,) = found.rejected
    assert (bob.text, bob.label, bob.status) == ("Bob", "drug", "hallucinated")
    assert (found.failed, found.model) == ((), "scripted")


def test_a_draft_is_a_schema(tmp_path: Path) -> None:
    """Names and examples; the guidelines are to be written."""
    schema = proposed(TEXTS, ANSWERS).to_schema()
    assert [(t.label, t.guideline, t.examples) for t in schema] == [
        ("drug", "", ("aspirin", "Humira")),
        ("City Names", "", ("Paris", "Rome")),
    ]
    (tmp_path / "draft.json").write_text(schema.to_json(), encoding="utf-8")
    assert resolve(tmp_path / "draft.json") == schema
    assert schema.name == "draft"


def test_annotated_texts_are_read_back(tmp_path: Path) -> None:
    found = proposed(TEXTS, ANSWERS)
    losses = formats.write(tmp_path / "a.jsonl", found.documents)
    assert all(loss.is_slight for loss in losses)
    again = list(formats.read(tmp_path / "a.jsonl"))
    assert list(map(places, again)) == list(map(places, found.documents))


def test_a_draft_as_json() -> None:
    found = proposed([*TEXTS, "x"], [*ANSWERS, ValueError("a bad text\nof two lines")])
    data = json.loads(found.to_json(indent=1))
    assert data == found.to_dict()
    assert data["texts"] == 3
    assert data["proposals"][0] == {
        "name": "drug",
        "count": 4,
        "texts": 2,
        "examples": ["aspirin", "Humira"],
        "spelt": {"drug": 3, "Drugs": 1},
    }
    assert [one["name"] for one in data["rare"]] == ["medication"]
    assert data["rejected"] == {"hallucinated": 1}
    assert data["failed"] == [{"id": None, "reason": "ValueError: a bad text"}]


def test_the_floor_is_a_number_of_mentions() -> None:
    assert [one.name for one in proposed(TEXTS, ANSWERS, least=1).rare] == []
    assert [one.name for one in proposed(TEXTS, ANSWERS, least=4).proposals] == ["drug"]
    with pytest.raises(InputError, match="least=0; a type is in the draft when found that often"):
        proposed([], [], least=0)


def test_no_type_is_no_schema() -> None:
    with pytest.raises(SchemaError, match="no type is in the draft of 1 texts; ask about more"):
        proposed(["x"], ["[]"]).to_schema()
    with pytest.raises(SchemaError, match="; 1 were found, all of them too rarely; ask about more"):
        proposed(["x"], ['[("x", "t")]']).to_schema()


def test_two_spellings_of_one_mention_are_one_mention() -> None:
    (one,) = proposed(["Ada"], ['[("Ada", "person"), ("Ada", "People")]'], least=1).proposals
    assert (one.count, one.spelt) == (1, {"People": 1, "person": 1})
    assert one.name == "person"  # as frequent and as long, but in small letters


def test_two_types_of_one_mention_are_two() -> None:
    found = proposed(["Paris"], ['[("Paris", "city"), ("Paris", "myth")]'], least=1)
    assert places(found.documents[0]) == [("Paris", "city"), ("Paris", "myth")]


def test_labels_that_read_alike_in_prompts_get_names_of_their_own() -> None:
    names = ["C", "C++", "C#", "C2", "class", "약물"]
    said = json.dumps([("x", name) for name in names])
    schema = proposed(["x"], [said], least=1).to_schema()
    assert sorted(schema.labels) == sorted(["C", "C++", "C#", "C2", "class type", "약물"])
    assert len({t.class_name for t in schema}) == len(schema)


def test_examples_are_the_most_frequent_that_can_be_shown() -> None:
    text = "b b a c d e f g " + "x" * 81 + " \ud800 i\nj"
    listed = ["a", "b", "c", "d", "e", "f", "g", "x" * 81, "\ud800", "i\nj"]
    said = f"[{', '.join(repr((each, 't')) for each in listed)}]"
    (one,) = proposed([text], [said]).proposals
    assert one.examples == ("b", "a", "c", "d", "e")
    assert one.count == 11


def test_annotations_of_the_input_are_not_looked_at() -> None:
    document = Document("Ada", (gold_span("Ada", 0, 3, "old"),), id="7")
    engine = ScriptedEngine(['[("Ada", "person")]'])
    (found,) = propose([document], engine, least=1).documents
    assert (found.id, places(found)) == ("7", [("Ada", "person")])


# --- what is asked, and of whom


class Engine:
    """Remembers what it was asked; names every word a word."""

    name = "double"

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.calls = 0

    def complete(self, questions: Sequence[Question]) -> Iterator[Completion | Exception]:
        self.calls += 1
        for question in questions:
            self.asked.append(question)
            pairs = [(word, "word") for word in dict.fromkeys(question.text.split())]
            yield Completion(repr(pairs))


def test_a_question_holds_all_forms() -> None:
    engine = Engine()
    propose([Document("Ada saw Ada")], engine)
    (question,) = engine.asked
    assert question.text == "Ada saw Ada"
    assert question.prompt == prompts.render("Ada saw Ada")
    assert list(question.messages) == prompts.messages("Ada saw Ada")
    assert question.grammar is not None


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        (' [("Ada", "person")]', True),
        ("[]", True),
        ('[["Ada", "person"]', False),
        ('[["Ada", "person"]]', True),
        ('[("[x]', False),
        ("[1]", True),
        ("see [1]", False),
        ('{"entities": []', False),
    ],
)
def test_an_answer_is_whole_when_its_list_is_closed(said: str, whole: bool) -> None:  # noqa: FBT001
    engine = Engine()
    propose([Document("Ada")], engine)
    is_whole = engine.asked[0].is_whole
    assert is_whole is not None
    assert is_whole(said) is whole


@pytest.mark.parametrize(
    ("said", "stuck"),
    [
        ('[("Ada", "a"), ', False),
        ('[("Ada", "a"), ("Ada", "a"), ', False),
        ('[("Ada", "a"), ("Ada", "b"), ("Ada", "c"), ("Ada", "d"), ', False),
        ('[("Ada", "a"), ("Ada", "a"), ("Ada", "a"), ', True),
        ('[("saw", "a"), ("saw", "a"), ', True),
        ("[('saw', \"a\"), ('saw', \"a\"), (", True),
        ('[("Bob", "a"), ("Bob", "a")', True),
        ("", False),
    ],
)
def test_an_answer_that_repeats_itself_is_stuck(said: str, stuck: bool) -> None:  # noqa: FBT001
    """Said more often than it stands there: a model that has begun so seldom stops."""
    engine = Engine()
    propose([Document("Ada saw Ada")], engine)
    is_stuck = engine.asked[0].is_stuck
    assert is_stuck is not None
    assert is_stuck(said) is stuck


def test_blank_texts_are_not_asked_about() -> None:
    engine = Engine()
    found = propose([Document(""), Document(" \n")], engine)
    assert (engine.calls, len(found.documents)) == (0, 2)


def test_texts_are_asked_about_as_they_come() -> None:
    """A file may be larger than the memory: no more than 32 texts are held."""
    taken = []

    def documents() -> Iterator[Document]:
        for number in range(100):
            taken.append(number)
            yield Document(f"text {number}")

    reads = read(documents(), Engine())
    next(reads)
    assert len(taken) == 32


def test_a_text_that_fails_fails_alone() -> None:
    """And whole: what stands in its other passages would look like all there is."""
    long = f"{'Ada ' * 300}\n\n{'bad ' * 300}"
    answers: dict[str, Any] = dict.fromkeys(cut(long), '[("Ada", "person")]')
    answers |= {text: KeyError("no") for text in answers if "bad" in text}
    assert len(answers) > 1
    script = ScriptedEngine(answers | {"Ada": '[("Ada", "person")]'})
    found = propose([Document(long, id="long"), Document("Ada")], script, least=1)
    assert [document.text for document in found.documents] == ["Ada"]
    ((document, reason),) = found.failed
    assert (document.id, document.spans, reason) == ("long", (), "KeyError: 'no'")
    assert found.proposals[0].count == 1


def test_a_cut_answer_says_so() -> None:
    found = proposed(
        ["a", "b", "c"], [Completion("[", truncated=True), '[("b', Completion("[]", truncated=True)]
    )
    assert [(item.text, item.status) for item in found.rejected] == [
        ("", "truncated"),
        ('("b', "truncated"),
    ]


def test_an_engine_gives_as_many_answers_as_questions() -> None:
    class Short(Engine):
        def complete(self, questions: Sequence[Question]) -> Iterator[Completion | Exception]:
            yield from list(super().complete(questions))[:1]

    said = "the engine 'double' gave 1 answers to 2 questions; complete"
    with pytest.raises(ModelError, match=said):
        propose([Document("a"), Document("b")], Short())


def test_a_type_that_is_copied_from_the_question_is_none() -> None:
    found = proposed(["Ada 1"], ['[("Ada", "type of entity 1"), ("1", "Type of Entity")]'], least=1)
    assert found.proposals == ()
    assert [(item.text, item.status) for item in found.rejected] == [
        ("Ada", "example_leak"),
        ("1", "example_leak"),
    ]


def test_the_script_must_have_an_answer() -> None:
    with pytest.raises(ModelError, match="the script has no answer for 'a'"):
        proposed(["a"], {})


@pytest.mark.parametrize("model", ["builtin", object()])
def test_a_model_that_needs_a_schema_is_refused(model: Any) -> None:
    with pytest.raises(InputError, match="needs a schema, and can propose none; name a language"):
        propose([Document("a")], model)


def test_a_name_that_is_no_model_is_an_error() -> None:
    with pytest.raises(ModelError, match="no model is called 'nosuchmodel'"):
        engine_of("nosuchmodel")


# --- long texts


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in passages(text)]


@pytest.mark.parametrize(
    ("end", "what"),
    [("\n\n", "paragraph"), ("\n", "line"), (". ", "sentence"), (" ", "word"), ("。", "句")],
)
def test_a_long_text_is_cut_where_something_ends(end: str, what: str) -> None:
    """Between paragraphs before lines, lines before sentences, sentences before words."""
    lesser = {"\n\n": "a.\nb", "\n": "a. b", ". ": "a b", " ": "ab", "。": "가나"}[end]
    text = (lesser + end) * 500
    pieces = cut(text)
    assert len(pieces) > 1, what
    assert all(piece == (lesser + end) * (len(piece) // len(lesser + end)) for piece in pieces)


def test_what_has_no_end_is_cut_anyway() -> None:
    assert [len(piece) for piece in cut("x" * 5_000)] == [CHARACTERS, CHARACTERS, 1_000]
    assert cut("가" * (UNITS + 1)) == ["가" * UNITS, "가"]


@given(st.lists(texts(), max_size=30), st.sampled_from(["", " ", "\n", "\n\n", ". "]))
def test_passages_are_the_text(parts: list[str], gap: str) -> None:
    """In order, apart, short enough; only blanks are left out."""
    text = gap.join(parts * 5)
    behind = 0
    for start, end in passages(text):
        assert behind <= start < end <= min(len(text), start + CHARACTERS)
        assert not text[behind:start].strip()
        assert text[start:end].strip()
        behind = end
    assert not text[behind:].strip()


def test_places_are_those_of_the_whole_text() -> None:
    text = "\n\n".join(f"word{n} and more of it" for n in range(200))
    (document,) = propose([Document(text)], Engine(), least=1).documents
    assert len(cut(text)) > 1
    assert len(document.spans) == len(text.split())
    assert "".join(span.text for span in document.spans) == "".join(text.split())


# --- laws

WORDS = ["Ada", "Bob", "aspirin", "Paris", "서울", "</s>", '"x"', "a b"]
TYPES = ["person", "People", "Person", "drug", "약물", "class", "name of drug", "drug name", "Bob"]
PAIRS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(TYPES)), max_size=8)
ASKED = st.lists(
    st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), PAIRS),
    max_size=6,
    unique_by=lambda pair: pair[0],
)


def script(asked: list[tuple[str, list[tuple[str, str]]]]) -> dict[str, Any]:
    return {text: repr(pairs) for text, pairs in asked}


@given(ASKED, st.integers(1, 3))
def test_the_figures_are_those_of_the_documents(asked: Any, least: int) -> None:
    """Counts, texts and examples are of the spans; every mention is a span or in the account."""
    found = proposed([text for text, _ in asked], script(asked), least=least)
    counts = Counter(span.label for document in found.documents for span in document.spans)
    assert {one.name: one.count for one in found.proposals} == counts
    for one in found.proposals:
        with_it = [d for d in found.documents if any(s.label == one.name for s in d.spans)]
        surfaces = {s.text for d in with_it for s in d.spans if s.label == one.name}
        assert one.texts == len(with_it)
        assert set(one.examples) <= surfaces
        assert one.count >= least
        assert sum(one.spelt.values()) >= one.count
    assert all(one.count < least for one in found.rare)
    spelt = [name for one in (*found.proposals, *found.rare) for name in one.spelt]
    assert len(spelt) == len(set(spelt))
    said = Counter((text, pair) for text, pairs in asked for pair in pairs)
    assert len(found.rejected) <= said.total()
    if found.proposals:
        assert Schema.from_json(found.to_schema().to_json()).labels == tuple(
            one.name for one in found.proposals
        )


@given(ASKED, st.randoms(use_true_random=False))
def test_the_order_of_texts_is_nothing(asked: Any, chance: random.Random) -> None:
    """But for the order of the documents."""
    shuffled = list(asked)
    chance.shuffle(shuffled)
    one = proposed([text for text, _ in asked], script(asked))
    other = proposed([text for text, _ in shuffled], script(asked))
    assert (one.proposals, one.rare, one.merges) == (other.proposals, other.rare, other.merges)
    assert {d.text: d for d in one.documents} == {d.text: d for d in other.documents}


@given(texts(), texts())
def test_any_answer_about_any_text_is_a_draft(text: str, said: str) -> None:
    """Hostile texts and answers: no exception, spans that stand there, a schema that holds."""
    for answer in (said, f"[({text[:9]!r}, {said!r})]", json.dumps([[text[3:9], said]])):
        found = proposed([text], lambda _, answer=answer: answer, least=1)
        for document in found.documents:
            assert all(document.text[s.start : s.end] == s.text for s in document.spans)
        if found.proposals:
            assert found.to_schema().labels == tuple(one.name for one in found.proposals)


def test_reads_of_two_runs_go_together() -> None:
    """``draft`` merges whatever was read, by whichever engines."""
    reads = [
        *read([Document("Ada")], ScriptedEngine(['[("Ada", "person")]'])),
        *read([Document("Bob")], ScriptedEngine(['[("Bob", "People")]'])),
    ]
    (one,) = draft(reads).proposals
    assert (one.count, one.texts) == (2, 2)
