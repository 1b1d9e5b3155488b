"""Answers that are known, as a model is to write them: ``answer`` of both forms of prompt."""

from __future__ import annotations

import json

import pytest

from schema_ner.errors import InputError, SchemaError
from schema_ner.mentions import Mention
from schema_ner.parsing import parse
from schema_ner.prompts import gollie, uniner
from schema_ner.schema import EntityType, Field, Schema

SCHEMA = Schema(
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
        EntityType("programming language"),
    )
)


def test_an_answer_of_gollie() -> None:
    """One mention a line, all fields in order, quotes as in the prompt."""
    mentions = [
        Mention("C++", "programming language"),
        Mention(
            '5" aspirin',
            "Drug",
            fields={"brands": ["a", "b"], "route": 'by "mouth"', "dose": "1 mg", "generic": True},
        ),
        Mention(" x\n", "Drug", fields={"dose": " ", "times": -3, "brands": [" a ", ""]}),
    ]
    assert gollie.answer(SCHEMA, mentions) == (
        " [\n"
        '    ProgrammingLanguage(span="C++"),\n'
        '    Drug(span=\'5" aspirin\', dose="1 mg", times=None, generic=True, '
        'route=\'by "mouth"\', brands=["a", "b"]),\n'
        '    Drug(span="x", dose=None, times=-3, generic=None, route=None, brands=["a"]),\n'
        "]"
    )


def test_the_prompt_goes_on_with_the_answer() -> None:
    """Python source, prompt and answer together; without mentions likewise."""
    prompt = gollie.render(SCHEMA, "Take aspirin.")
    for mentions in ([], [Mention("aspirin", "Drug")]):
        source = prompt + gollie.answer(SCHEMA, mentions)
        compile(source, "<prompt>", "exec")
        read = parse(source[len(prompt) :], SCHEMA).mentions
        assert [mention.text for mention in read] == [mention.text for mention in mentions]
    assert gollie.answer(SCHEMA, []) == " []"


def test_a_schema_may_be_given_as_anywhere() -> None:
    assert gollie.answer(["city"], [Mention("Paris", "city")]) == ' [\n    city(span="Paris"),\n]'


@pytest.mark.parametrize(
    ("mention", "error", "told"),
    [
        (
            Mention("a", "Drgu"),
            SchemaError,
            "the schema has no type 'Drgu'; it has ['Drug', 'programming language']",
        ),
        (Mention(" \n", "Drug"), InputError, "a mention of 'Drug' is blank; leave it out"),
        (
            Mention("a", "programming language", fields={"colour": 1}),
            SchemaError,
            "'programming language' has no field 'colour'; its fields are []",
        ),
        (
            Mention("a", "Drug", fields={"times": "3"}),
            InputError,
            "'Drug': the field 'times' holds an int of at most 18 digits or None, not '3'",
        ),
        (Mention("a", "Drug", fields={"times": True}), InputError, "an int of at most 18 digits"),
        (Mention("a", "Drug", fields={"times": 10**18}), InputError, "not 1000000000000000000"),
        (Mention("a", "Drug", fields={"dose": 3}), InputError, "'dose' holds a text or None"),
        (Mention("a", "Drug", fields={"generic": 1}), InputError, "'generic' holds a bool or None"),
        (Mention("a", "Drug", fields={"route": "x"}), InputError, "holds one of its choices or"),
        (Mention("a", "Drug", fields={"brands": "x"}), InputError, "a list of at most 32 texts or"),
        (Mention("a", "Drug", fields={"brands": [1]}), InputError, "not [1]"),
        (Mention("a", "Drug", fields={"brands": ["x"] * 33}), InputError, "not ['x', 'x'"),
    ],
)
def test_what_cannot_be_written_is_an_error(
    mention: Mention, error: type[Exception], told: str
) -> None:
    with pytest.raises(error) as raised:
        gollie.answer(SCHEMA, [mention])
    assert told in str(raised.value)


def test_an_answer_of_uniner() -> None:
    """JSON with letters as they are; special tokens as the prompt shows them."""
    assert uniner.answer([]) == " []"
    assert uniner.answer(["aspirin", ' 5" 서울\n']) == ' ["aspirin", "5\\" 서울"]'
    assert uniner.answer(["</s>"]) == ' ["< /s>"]'


def test_half_a_character_is_written_so_that_files_take_it() -> None:
    said = uniner.answer(["a\ud800"])
    assert said.encode() == b' ["a\\ud800"]'
    assert json.loads(said) == ["a\ud800"]


def test_a_blank_name_is_an_error() -> None:
    with pytest.raises(InputError, match="names what stands in a text; one name is blank"):
        uniner.answer(["a", " "])
