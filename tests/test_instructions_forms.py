"""Records of both forms: what is asked, what is answered, and what a seed changes."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from documents import any_document
from grammar_texts import hostile
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.errors import InputError, SchemaError
from schema_ner.instructions import Account, Passage, Record, Turn, gollie, passages, uniner
from schema_ner.parsing import parse
from schema_ner.prompts import gollie as gollie_prompt
from schema_ner.prompts import uniner as uniner_prompt
from schema_ner.schema import EntityType, Field, Schema
from schema_ner.spans import Document, gold_span

TYPES = (
    EntityType("PER", "Names of people.\n\nNot gods.", ("Ada", "Bob", "Eve")),
    EntityType("programming language", "Languages for machines.", ("Java", "C++")),
    EntityType("인물", 'Say "who".'),
)
SCHEMA = Schema(TYPES, "things")
NAMES = {"PER": "PER", "programming language": "ProgrammingLanguage", "인물": "인물"}
SENTENCE = "Ada and Ada use C++."
MARKS = [(0, 3, "PER"), (8, 11, "PER"), (16, 19, "programming language")]


def passage(
    text: str = SENTENCE,
    marks: list[tuple[int, int, str]] | None = None,
    asked: tuple[str, ...] = SCHEMA.labels,
    name: str | None = "7",
) -> Passage:
    spans = (gold_span(text, *mark) for mark in (MARKS if marks is None else marks))
    return Passage(text, tuple(sorted(spans, key=lambda s: s.order)), asked, name)


def of_gollie(*given: Passage, schema: Schema = SCHEMA, **options: Any) -> list[Record]:
    return list(gollie.records(given or (passage(),), schema, **options))


def of_uniner(*given: Passage, schema: Schema = SCHEMA, **options: Any) -> list[Record]:
    return list(uniner.records(given or (passage(),), schema, Account(), **options))


@st.composite
def any_passages(draw: st.DrawFn) -> list[Passage]:
    """Of texts of any kind, among them those that would break out of a string."""
    documents = draw(st.lists(any_document(), max_size=2))
    text = draw(hostile())
    if text:
        ends = sorted({draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))})
        spans = [gold_span(text, *ends, "PER")] if len(ends) > 1 else []
        documents.append(Document(text, tuple(spans)))
    known = Document("PER", (gold_span("PER", 0, 3, "PER"),))
    return passages([known, *documents], SCHEMA, Account())


# --- GoLLIE


def test_without_changes_it_is_what_the_model_will_be_asked() -> None:
    """The answer begins with its blank; what stands twice is listed twice."""
    (record,) = of_gollie()
    answer = (
        ' [\n    PER(span="Ada"),\n    PER(span="Ada"),\n    ProgrammingLanguage(span="C++"),\n]'
    )
    turns = (Turn("user", gollie_prompt.render(SCHEMA, SENTENCE)), Turn("assistant", answer))
    assert record == Record("gollie", turns, "7")


def test_only_the_types_that_a_text_is_annotated_for_are_asked() -> None:
    (record,) = of_gollie(passage(marks=[], asked=("인물",)))
    assert record.turns[0].content == gollie_prompt.render(Schema(TYPES[2:]), SENTENCE)
    assert record.turns[1].content == " []"


def test_extra_fields_are_not_asked_for() -> None:
    """A model would learn that texts say nothing of them."""
    typed = EntityType("PER", "Names.", fields=(Field("age", "int"),))
    schema = Schema((typed,))
    (record,) = of_gollie(passage("Ada", [(0, 3, "PER")], ("PER",)), schema=schema)
    plain = Schema((EntityType("PER", "Names."),))
    assert record.turns[0].content == gollie_prompt.render(plain, "Ada")
    assert record.turns[1].content == ' [\n    PER(span="Ada"),\n]'


OPTIONS = st.fixed_dictionaries(
    {
        "shuffle": st.booleans(),
        "dropout": st.floats(0, 1),
        "mask": st.floats(0, 1),
        "most_examples": st.none() | st.integers(0, 3),
        "seed": st.integers(0, 99),
    }
)
GUIDELINES = {"Names": "PER", "Languages": "programming language", "Say": "인물"}


def seen(record: Record) -> tuple[dict[str, str], str]:
    """By name of a class in a prompt, the label that its guideline belongs to; and the text."""
    *classes, text, _ = ast.parse(record.turns[0].content + " []").body
    names = {}
    for each in classes:
        assert isinstance(each, ast.ClassDef)
        names[each.name] = GUIDELINES[(ast.get_docstring(each) or "").split()[0]]
    assert isinstance(text, ast.Assign)
    return names, ast.literal_eval(text.value)


@given(any_passages(), OPTIONS)
def test_however_a_schema_is_told_the_answer_is_the_mentions_of_its_types(
    given_passages: list[Passage], options: dict[str, Any]
) -> None:
    """Guidelines say which class is which type; one that is missing takes its mentions along."""
    for one, record in zip(given_passages, of_gollie(*given_passages, **options), strict=True):
        names, text = seen(record)
        assert text == one.text
        read = parse(record.turns[1].content, Schema(tuple(EntityType(name) for name in names)))
        assert read.rejected == ()
        assert [(names[m.label], m.text) for m in read.mentions] == [
            (s.label, s.text) for s in one.mentions if s.label in names.values()
        ]


@given(any_passages(), OPTIONS)
def test_the_same_seed_gives_the_same_records(
    given_passages: list[Passage], options: dict[str, Any]
) -> None:
    assert of_gollie(*given_passages, **options) == of_gollie(*given_passages, **options)


def test_each_change_is_made_only_where_asked_for() -> None:
    """And in about the share of records that is asked for."""
    many = [passage()] * 400
    plain = seen(of_gollie()[0])[0]
    assert plain == {name: label for label, name in NAMES.items()}
    orders = {tuple(seen(each)[0]) for each in of_gollie(*many, shuffle=True)}
    assert len(orders) == 6
    masked = [seen(each)[0] for each in of_gollie(*many, mask=0.3)]
    named = [{*names} == {"LABEL_1", "LABEL_2", "LABEL_3"} for names in masked]
    assert all(is_masked or names == plain for names, is_masked in zip(masked, named, strict=True))
    assert 0.2 < sum(named) / 400 < 0.4
    dropped = [3 - len(seen(each)[0]) for each in of_gollie(*many, dropout=0.2)]
    assert 0.15 < sum(dropped) / 1_200 < 0.25
    for each in of_gollie(*many[:20], most_examples=1):
        comments = [line for line in each.turns[0].content.split("\n") if "Such as" in line]
        assert len(comments) == 2
        assert all('", "' not in line for line in comments)


@pytest.mark.parametrize("option", ["mask", "dropout"])
def test_a_share_is_one(option: str) -> None:
    with pytest.raises(InputError, match=rf"{option}=1\.2: it is a share, from 0 to 1"):
        of_gollie(**{option: 1.2})


# --- UniversalNER


def asked(record: Record) -> dict[str, list[str]]:
    """By question, the answer."""
    found = {}
    for question, answer in zip(record.turns[3::2], record.turns[4::2], strict=True):
        name = question.content.removeprefix("What describes ").removesuffix(" in the text?")
        found[name] = [uniner_prompt.restored(text) for text in json.loads(answer.content)]
    return found


def test_a_conversation() -> None:
    """Each mention once, types without one too, whose answer is an empty list."""
    (record,) = of_uniner()
    assert [(turn.role, turn.content) for turn in record.turns[:3]] == [
        ("system", "A virtual assistant answers questions from a user based on the provided text."),
        ("user", f"Text: {SENTENCE}"),
        ("assistant", "I've read this text."),
    ]
    assert asked(record) == {"PER": ["Ada"], "programming language": ["C++"], "인물": []}
    assert record.id == "7"


def test_names_come_in_the_order_in_which_they_first_stand() -> None:
    marks = [(0, 1, "PER"), (2, 3, "PER"), (4, 5, "PER"), (6, 7, "PER")]
    (record,) = of_uniner(passage("C A C B", marks))
    assert asked(record)["PER"] == ["C", "A", "B"]


@pytest.mark.parametrize(("negatives", "least", "most"), [(0, 2, 2), (1, 3, 3), (9, 3, 3)])
def test_negatives(negatives: int, least: int, most: int) -> None:
    """So many types that the text was annotated for and that have no mention, if there are."""
    for seed in range(20):
        (record,) = of_uniner(negatives=negatives, seed=seed)
        assert least <= len(asked(record)) <= most
        (record,) = of_uniner(
            passage(asked=("PER", "programming language")), negatives=negatives, seed=seed
        )
        assert {*asked(record)} == {"PER", "programming language"}


def test_order_and_negatives_are_drawn() -> None:
    """Each type is asked first now and then; each type without a mention is asked for."""
    orders = {tuple(asked(each)) for each in of_uniner(*[passage()] * 100, negatives=1)}
    assert len(orders) == 6
    empty = passage(marks=[])
    drawn = {tuple(asked(each)) for each in of_uniner(*[empty] * 100, negatives=1)}
    assert drawn == {("PER",), ("programming language",), ("인물",)}


def test_a_text_without_any_question_is_left_out() -> None:
    account = Account()
    found = list(uniner.records([passage(marks=[]), passage()], SCHEMA, account, negatives=0))
    assert len(found) == 1
    assert account.left_out == {"no question": 1}


def test_questions_of_guidelines() -> None:
    """The first paragraph, as the model of definitions is asked."""
    (record,) = of_uniner(by="guideline")
    assert {*asked(record)} == {"Names of people", "Languages for machines", 'Say "who"'}


@pytest.mark.parametrize(
    ("schema", "options", "error", "told"),
    [
        (SCHEMA, {"negatives": -1}, InputError, "negatives=-1: it is 0 or more"),
        (SCHEMA, {"by": "class"}, InputError, "by name or by guideline, not by 'class'"),
        (
            Schema((EntityType("street_name"), EntityType("street name"))),
            {},
            SchemaError,
            "'street_name' and 'street name' are both asked for as 'street name'; reword one name",
        ),
        (
            Schema((EntityType("PER", "."),)),
            {"by": "guideline"},
            SchemaError,
            "the guideline of 'PER' is no question; write it in words",
        ),
    ],
)
def test_what_cannot_be_asked(
    schema: Schema, options: Any, error: type[Exception], told: str
) -> None:
    with pytest.raises(error) as raised:
        of_uniner(passage("x", [], schema.labels), schema=schema, **options)
    assert told in str(raised.value)


@given(any_passages(), st.integers(0, 99))
def test_the_template_gives_what_the_model_will_be_asked(
    given_passages: list[Passage], seed: int
) -> None:
    """For one question to the letter; an answer goes on from where the prompt ends."""
    questions = {uniner_prompt.question(each): each.label for each in TYPES}
    for record in of_uniner(*given_passages, seed=seed):
        begin = record.turns[:3]
        shown = begin[1].content.removeprefix("Text: ")
        for at in range(3, len(record.turns), 2):
            question, answer = record.turns[at : at + 2]
            name = question.content.removeprefix("What describes ").removesuffix(" in the text?")
            assert name in questions
            prompt = uniner.template([*begin, question])
            assert prompt == uniner_prompt.render(uniner_prompt.restored(shown), name)
            whole = uniner.template([*begin, question, answer])
            assert whole == f"{prompt} {answer.content}</s>"
        assert uniner.template(record.turns).startswith(uniner.template(record.turns[:-1]))


@given(any_passages(), st.integers(0, 3), st.integers(0, 99))
def test_answers_are_the_mentions(given_passages: list[Passage], negatives: int, seed: int) -> None:
    """Every mention is in one, and no other text; half a character is shown by its stand-in."""
    account = Account()
    found = list(uniner.records(given_passages, SCHEMA, account, negatives=negatives, seed=seed))
    left = account.left_out.total()
    assert len(found) + left == len(given_passages)
    usable = [
        one
        for one in given_passages
        if not any("\ud800" <= char <= "\udfff" for s in one.mentions for char in s.text)
        and (one.mentions or negatives)
    ]
    assert len(usable) == len(found)
    for one, record in zip(usable, found, strict=True):
        text = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in one.text)
        assert uniner_prompt.restored(record.turns[1].content) == f"Text: {text}"
        answers = asked(record)
        for label in SCHEMA.labels:
            texts = [s.text for s in one.mentions if s.label == label]
            assert answers.get(label, []) == list(dict.fromkeys(texts))
        assert len(answers) == len({s.label for s in one.mentions}) + min(
            negatives, 3 - len({s.label for s in one.mentions})
        )
