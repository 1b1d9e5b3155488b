"""GoLLIE's grammar: it takes the answers that can be right, and no others."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from grammar_texts import EXTRACTS, HOSTILE, hostile, spans_of
from grammars import TOKENIZERS, accepts, guided, matcher, walk
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.errors import InputError
from schema_ner.grammar.chunks import chunks
from schema_ner.grammar.gollie import grammar
from schema_ner.grounding import ground
from schema_ner.mentions import Mention
from schema_ner.parsing import Parsed, parse
from schema_ner.prompts.gollie import answer, render
from schema_ner.prompts.source import literal
from schema_ner.schema import EntityType, Field, FieldKind, Schema

PERSON = Schema((EntityType("Person"),))


def listing(*items: str) -> str:
    """An answer of these items."""
    return "".join([" [\n", *(f"    {item},\n" for item in items), "]"])


def takes(text: str, span: str, **options: Any) -> bool:
    """Whether ``Person(span=…)`` may be said of the text."""
    return accepts(grammar(PERSON, text, **options), listing(f"Person(span={span})"))


# no longer a special token when each of its quotes is escaped
MANY_QUOTES = ("<|" + 35 * '"' + "|>", "'\\x3c|" + 35 * '"' + "|>'")


@pytest.mark.parametrize(
    ("text", "span", "right"),
    [
        pytest.param("Ada saw Mary.", '"Mary"', True, id="a word"),
        pytest.param("Ada saw Mary.", '"Ada saw Mary."', True, id="all of the text"),
        pytest.param("Ada saw Mary.", '"Mar"', False, id="a part of a word"),
        pytest.param("Ada saw Mary.", '"ary"', False, id="another part"),
        pytest.param("Ada saw Mary.", '"Bob"', False, id="not in the text"),
        pytest.param("Ada saw Mary.", '"Ada Mary"', False, id="words apart"),
        pytest.param("Ada saw Mary.", '"mary"', False, id="another case"),
        pytest.param("Ada saw Mary.", '""', False, id="nothing"),
        pytest.param("Ada saw Mary.", '" Mary"', False, id="a blank before it"),
        pytest.param("Ada saw Mary.", '"Mary "', False, id="a blank that is not there"),
        pytest.param("Ada saw Mary.", '"saw "', False, id="a blank behind it"),
        pytest.param("Ada saw Mary.", '" "', False, id="a blank"),
        pytest.param("Ada saw Mary.", "'Mary'", False, id="single quotes, for which is no reason"),
        pytest.param("Mary\nJohn", '"Mary\\n"', False, id="a line end behind it"),
        pytest.param("Mary\nJohn", '"\\nJohn"', False, id="a line end before it"),
        pytest.param("Mary\nJohn", '"Mary\\nJohn"', True, id="a line end inside"),
        pytest.param("Mary\nJohn", '"Mary\nJohn"', False, id="a line end that is not escaped"),
        pytest.param("x\u00a0Mary", '"\\xa0Mary"', False, id="an escaped blank of another kind"),
        pytest.param("x\u00a0Mary", '"x\\xa0Mary"', True, id="and inside"),
        pytest.param("Mary\x1c\x1fx", '"Mary\\x1c\\x1f"', False, id="blanks of Python's only"),
        pytest.param("Mary\u3000\u2028x", '"Mary\\u3000\\u2028x"', True, id="wide blank, line end"),
        pytest.param("Mary\u3000\u2028x", '"Mary\\u3000"', False, id="and at the end"),
        pytest.param("C:\\n is\na path", '"C:\\\\n"', True, id="a backslash, then the letter n"),
        pytest.param("C:\\n is\na path", '"is\\n"', False, id="and a line end beside it"),
        pytest.param("C:\\n is\na path", '"is\\na"', True, id="and one inside"),
        pytest.param("x\\\\\n y", '"x\\\\\\\\\\n"', False, id="two backslashes, then a line end"),
        pytest.param("x\\\\\n y", '"x\\\\\\\\"', True, id="two backslashes"),
        pytest.param("\\n is\nx", '"\\\\n is"', True, id="a backslash and an n at the beginning"),
        pytest.param("end\\", '"end\\\\"', True, id="a backslash at the end of the text"),
        pytest.param("end\\", '"end\\"', False, id="half an escape"),
        pytest.param('say """x""" now', '"\\"\\"\\"x\\"\\"\\""', True, id="three double quotes"),
        pytest.param('say """x""" now', '\'"""x"""\'', True, id="the same in single quotes"),
        pytest.param('say """x""" now', '"\\"', False, id="half an escape of a quote"),
        pytest.param("It's \"5'\"", "'\"5\\'\"'", True, id="both quotes"),
        pytest.param("O'Neil", '"O\'Neil"', True, id="an apostrophe"),
        pytest.param("O'Neil", '"Neil"', True, id="behind an apostrophe"),
        pytest.param("Jean-Luc", '"Luc"', True, id="behind a hyphen"),
        pytest.param("cafe\u0301 now", '"cafe\u0301"', True, id="a combining mark"),
        pytest.param("cafe\u0301 now", '"cafe"', False, id="without its mark"),
        pytest.param("x 👨‍👩 Mary", '"👨\\u200d👩"', True, id="joined emoji, as the prompt has it"),
        pytest.param("x 👨‍👩 Mary", '"👨"', False, id="a part of one"),
        pytest.param("한국은행은 서울에", '"한국은행"', True, id="Korean without its particle"),
        pytest.param("한국은행은 서울에", '"한국은행은 서울"', True, id="Korean over a blank"),
        pytest.param("ab \u202eאבג\u202c", '"אבג"', True, id="right to left"),
        pytest.param("a \ud800 Mary", '"Mary"', True, id="beside half a character"),
        pytest.param("a \ud800 Mary", '"\\ud800 Mary"', True, id="half a character itself"),
        pytest.param("a </s> b", '"\\x3c/s>"', True, id="a special token, as the prompt has it"),
        pytest.param("a </s> b", '"</s>"', False, id="and as it is"),
        pytest.param("a </s> b", '"a \\x3c"', False, id="a part of one"),
        pytest.param(*MANY_QUOTES, True, id="one that is one in single quotes only"),
        pytest.param("a\x00b", '"\\x00b"', True, id="NUL"),
        pytest.param('")\n]', '"\\")\\n]"', True, id="what would end an answer"),
    ],
)
def test_spans(text: str, span: str, right: bool) -> None:  # noqa: FBT001
    assert takes(text, span) is right


@pytest.mark.parametrize("text", ["", " ", "\n \u00a0\t", "\u2028"], ids=repr)
def test_a_text_without_anything_has_no_mentions(text: str) -> None:
    assert accepts(grammar(PERSON, text), " []")
    assert not takes(text, json.dumps(text))
    assert matcher(grammar(PERSON, text)).compute_ff_bytes() == b" []"


DRUG = Schema(
    (
        EntityType(
            "Drug",
            fields=(
                Field("dose", "str"),
                Field("times", "int"),
                Field("generic", "bool"),
                Field("route", "choice", ("oral", 'by "mouth"')),
                Field("brands", "list[str]"),
            ),
        ),
        EntityType("dose"),
        EntityType("\u110b\u1163\u11a8\u1106\u116e\u11af"),  # decomposed
    )
)
OTHERS = ["dose=None", "times=None", "generic=None", "route=None", "brands=None"]


@pytest.mark.parametrize(
    ("field", "values", "wrong"),
    [
        ("dose", ['"20 mg"', '"mg"'], ["20", '"10 mg"', "'mg'", '""', '" mg"', '["mg"]']),
        ("times", ["0", "3", "-17", "9" * 18], ["", "007", "-0", "9" * 19, "1.5", "1e3", '"3"']),
        ("generic", ["True", "False"], ["true", "0", '"True"']),
        ("route", ['"oral"', "'by \"mouth\"'"], ['"nasal"', "oral", '""', "'oral'"]),
        (
            "brands",
            ["[]", '["mg"]', '["20 mg", "aspirin"]', json.dumps(["mg"] * 32)],
            ['"mg"', "[,]", '["mg",]', '["nowhere"]', json.dumps(["mg"] * 33)],
        ),
    ],
)
def test_fields(field: str, values: list[str], wrong: list[str]) -> None:
    """Each of its kind or None, all of them, in the order of the schema."""
    lark = grammar(DRUG, "Take 20 mg of aspirin.")

    def item(value: str) -> str:
        given = [f"{field}={value}" if o.startswith(f"{field}=") else o for o in OTHERS]
        return listing(f'Drug(span="aspirin", {", ".join(given)})')

    assert [value for value in [*values, "None"] if not accepts(lark, item(value))] == []
    assert [value for value in [*wrong, "none", "null"] if accepts(lark, item(value))] == []


@pytest.mark.parametrize(
    ("said", "right"),
    [
        pytest.param(" []", True, id="nothing"),
        pytest.param("[]", False, id="without the blank that the prompt ends before"),
        pytest.param(listing('dose(span="mg")'), True, id="an item"),
        pytest.param(listing('dose(span="mg")', 'dose(span="mg")'), True, id="the same again"),
        pytest.param(listing('약물(span="mg")'), True, id="a composed name, as prompts have"),
        pytest.param(listing('ᄋ\u1163\u11a8물(span="mg")'), False, id="not decomposed"),
        pytest.param(listing('Dose(span="mg")'), False, id="no such class"),
        pytest.param(listing('Drug(span="mg")'), False, id="without its fields"),
        pytest.param(listing("dose()"), False, id="without a span"),
        pytest.param(listing('dose("mg")'), False, id="without the name of the span"),
        pytest.param(" [\n]", False, id="an empty list is short"),
        pytest.param(" [\n    dose(span='mg')]", False, id="without a comma"),
        pytest.param(listing('dose(span="mg")') + "\n", False, id="more behind the list"),
    ],
)
def test_answers(said: str, right: bool) -> None:  # noqa: FBT001
    assert accepts(grammar(DRUG, "Take 20 mg of aspirin."), said) is right


def test_the_blank_before_the_list_can_be_left_to_the_model() -> None:
    """As a chat model begins its turn."""
    lark = grammar(PERSON, "Ada", lead="any")
    item = listing('Person(span="Ada")')
    said = [" []", "[]", item, item.lstrip(), "  []", f" {item}", "\n[]"]
    assert [accepts(lark, each) for each in said] == [True] * 4 + [False] * 3
    assert accepts(grammar(PERSON, "", lead="any"), "[]")


@pytest.mark.parametrize(
    ("text", "max_items", "most"),
    [
        ("a b", None, 8),
        ("word " * 20, None, 20),
        ("한" * 30, None, 30),
        ("word " * 400, None, 256),
        ("word " * 20, 1, 1),
        ("a b", 40, 40),
    ],
)
def test_a_list_has_an_end(text: str, max_items: int | None, most: int) -> None:
    lark = grammar(PERSON, text, max_items=max_items)
    item = f'Person(span="{chunks(text)[0]}")'
    assert accepts(lark, listing(*[item] * most))
    assert not accepts(lark, listing(*[item] * (most + 1)))


def test_a_list_without_room_is_an_error() -> None:
    with pytest.raises(InputError, match="max_items=0 leaves no room for an item; it is at least"):
        grammar(PERSON, "a", max_items=0)


def test_a_long_text_has_a_grammar() -> None:
    """10,000 words, each in quotes and one of a kind: more than any model reads at once."""
    text = " ".join(f'"{number}"' for number in range(10_000))
    assert takes(text, '"9999"')
    assert not takes(text, '"10000"')


# --- properties

LABELS = ["Person", "programming language", "ﬁn", "약물", "Médicament", "a/b", "#", "None_", "x²"]
KINDS: list[FieldKind] = ["str", "int", "bool", "list[str]"]

CHOICES = st.lists(st.sampled_from([*HOSTILE, "", " "]), min_size=1, max_size=3, unique=True)
FIELDS = st.one_of(
    st.builds(Field, st.sampled_from(["f", "약", "span_", "label_"]), st.sampled_from(KINDS)),
    CHOICES.map(lambda choices: Field("route", "choice", tuple(choices))),
)


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    labels = draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True))
    fields = st.lists(FIELDS, max_size=3, unique_by=lambda field: field.name).map(tuple)
    return Schema(tuple(EntityType(label, fields=draw(fields)) for label in labels))


def values(field: Field, spans: list[str]) -> st.SearchStrategy[Any]:
    span = st.sampled_from(spans)
    of_kind: dict[FieldKind, st.SearchStrategy[Any]] = {
        "str": span,
        "int": st.integers(-(10**18) + 1, 10**18 - 1),
        "bool": st.booleans(),
        "list[str]": st.lists(span, max_size=3),
        "choice": st.sampled_from(field.choices or [""]),
    }
    return st.one_of(st.none(), of_kind[field.kind])


@st.composite
def known(draw: st.DrawFn) -> tuple[Schema, str, list[Mention]]:
    """A schema, a text, and mentions that stand in it."""
    schema, text = draw(schemas()), draw(hostile())
    mentions = []
    if spans := spans_of(text):
        for entity_type in draw(st.lists(st.sampled_from(schema.types), max_size=5)):
            fields = {field.name: draw(values(field, spans)) for field in entity_type.fields}
            mentions.append(Mention(draw(st.sampled_from(spans)), entity_type.label, fields=fields))
    return schema, text, mentions


def assert_in_place(parsed: Parsed, schema: Schema, text: str) -> None:
    """Each mention, by itself, stands in the text as it was written."""
    for mention in parsed.mentions:
        grounded = ground([mention], text, schema=schema)
        assert [span.status for span in grounded.spans] == ["exact"], mention
        assert grounded.spans[0].text == mention.text


@given(known())
def test_what_can_be_right_can_be_said(each: tuple[Schema, str, list[Mention]]) -> None:
    """Any mentions of any text: accepted, read back as they were, found in the text."""
    schema, text, mentions = each
    said = answer(schema, mentions)
    assert accepts(grammar(schema, text), said)
    parsed = parse(said, schema)
    assert parsed.mentions == tuple(mentions)
    assert (parsed.rejected, parsed.truncated, parsed.notes) == ((), False, ())
    assert_in_place(parsed, schema, text)


@given(hostile(), st.data())
def test_no_other_stretch_can_be_said(text: str, data: st.DataObject) -> None:
    """A piece of the text is taken exactly where it is made of whole units and has clear edges."""
    ends = st.integers(0, len(text))
    start, end = sorted([data.draw(ends), data.draw(ends)])
    span = text[start : min(end, start + 10)]
    assert takes(text, literal(span)) == (span in spans_of(text))


@given(hostile(), hostile())
def test_what_is_not_in_the_text_cannot_be_said(text: str, other: str) -> None:
    assert takes(text, literal(other)) <= (other in text)


@given(hostile())
def test_a_span_is_written_as_the_prompt_writes_the_text(text: str) -> None:
    """Copying is enough: what stands between the quotes of the prompt is taken as it is."""
    written = literal(text)
    if text and text == text.strip():
        assert written in render(PERSON, text)
        assert takes(text, written)


# --- what a mask alone leads to


def assert_sound(said: str, schema: Schema, text: str) -> None:
    """An answer that is read whole, and of which every mention stands in the text."""
    parsed = parse(said, schema)
    assert (parsed.rejected, parsed.truncated, parsed.notes) == ((), False, ()), said
    assert parsed.closed
    assert len(parsed.mentions) == said.count("\n    ")
    for mention in parsed.mentions:
        assert set(mention.fields) == {field.name for field in schema[mention.label].fields}
    assert_in_place(parsed, schema, text)


@pytest.mark.parametrize("kind", TOKENIZERS)
@pytest.mark.parametrize("text", EXTRACTS.values(), ids=EXTRACTS)
def test_whatever_a_model_says_under_the_grammar_is_sound(text: str, kind: str) -> None:
    """A model that knows nothing still says only what can be right."""
    lark = grammar(DRUG, text, max_items=3)
    chance = random.Random(text)  # noqa: S311  # the same every time
    for _ in range(12):
        assert_sound(walk(lark, guided(kind), chance), DRUG, text)


@given(schemas(), hostile(), st.sampled_from(TOKENIZERS), st.randoms(use_true_random=False))
def test_it_is_sound_for_every_schema_and_text(
    schema: Schema, text: str, kind: str, chance: random.Random
) -> None:
    assert_sound(walk(grammar(schema, text, max_items=2), guided(kind), chance), schema, text)
