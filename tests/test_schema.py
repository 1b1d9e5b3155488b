"""Schema: what a taxonomy may hold, its JSON form, its hash."""

from __future__ import annotations

import json
import keyword
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from schema_ner.errors import SchemaError
from schema_ner.schema import EntityType, Field, Schema, check_label, identifier

DRUG = EntityType("Drug", "A substance given to treat illness.", ("aspirin", "Humira"))
ROUTE = Field("route", "choice", ("oral", "iv"))
FULL = EntityType(
    "bank account",
    "An account, as written.",
    ("DE89 3704",),
    (Field("owner", "str"), ROUTE, Field("tags", "list[str]"), Field("n", "int")),
    "iban",
    0.4,
    "ACC",
)


def labels() -> st.SearchStrategy[str]:
    """Names that a type may have."""

    def fits(label: str) -> bool:
        try:
            check_label(label)
        except SchemaError:
            return False
        return True

    known = st.sampled_from(
        ["Drug", "programming language", "인물", "हिन्दी भाषा", "２０", "ﬁn", "ŉ x", "²", "!?"]
    )
    return known | st.text(min_size=1, max_size=8).map(str.strip).filter(fits)


# --- names


@pytest.mark.parametrize(
    ("label", "name"),
    [
        pytest.param("Drug", "Drug", id="an identifier stays"),
        pytest.param("drug_name", "drug_name", id="in the user's own spelling"),
        pytest.param("programming language", "ProgrammingLanguage", id="words are joined"),
        pytest.param("B-geo", "BGeo", id="signs part words"),
        pytest.param("e-mail  address", "EMailAddress", id="many signs as well"),
        pytest.param("인물", "인물", id="Korean is an identifier"),
        pytest.param("인물 이름", "인물이름", id="Korean has no capitals"),
        pytest.param("हिन्दी भाषा", "हिन्दीभाषा", id="Hindi keeps its vowels"),
        pytest.param("2nd name", "Type2ndName", id="a digit cannot come first"),
        pytest.param("Ａ社", "A社", id="full width is read as Python reads it"),
        pytest.param("C++", "C", id="what is no letter goes"),
        pytest.param("none!", "TypeNone", id="what is left is no keyword"),
        pytest.param("!?", "TypeU0021U003F", id="nothing left: code points"),
        pytest.param("m²", "m2", id="a raised two is a two"),
    ],
)
def test_a_name_for_prompts(label: str, name: str) -> None:
    assert identifier(label) == name
    assert EntityType(label).class_name == name
    assert EntityType(label).label == label


@given(labels())
@example("ｃlass x")
def test_every_label_has_a_name_that_python_reads_as_it_stands(label: str) -> None:
    name = identifier(label)
    assert name.isidentifier()
    assert not keyword.iskeyword(name)
    assert unicodedata.normalize("NFKC", name) == name


@pytest.mark.parametrize(
    ("label", "problem"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param("  ", "is empty", id="blank"),
        pytest.param(" Drug", "blanks around it", id="a blank before"),
        pytest.param("Drug\n", "blanks around it", id="a newline behind"),
        pytest.param("Dr\nug", "control character", id="a newline inside"),
        pytest.param("Dr\x00ug", "control character", id="NUL"),
        pytest.param("Dr\x1bug", "control character", id="ESC"),
        pytest.param("Dr\u2028ug", "control character", id="a line separator"),
        pytest.param("Dr\ud800ug", "control character", id="half a character"),
        pytest.param("class", "keyword; call it 'ClassType'", id="a keyword, with the way out"),
        pytest.param("None", "keyword; call it 'NoneType'", id="a keyword with a capital"),
        pytest.param("ｃｌａｓｓ", "keyword", id="a keyword to Python, which folds full width"),
    ],
)
def test_a_label_that_no_span_could_carry(label: str, problem: str) -> None:
    with pytest.raises(SchemaError, match=problem):
        EntityType(label)


@pytest.mark.parametrize("label", ["match", "type", "_"])
def test_a_soft_keyword_is_a_name_like_any(label: str) -> None:
    assert EntityType(label).class_name == label


# --- types and schemas


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        pytest.param({"examples": ("aspirin", " ")}, "'Drug': an example is empty", id="example"),
        pytest.param({"threshold": 1.1}, r"'Drug': threshold 1\.1 is not in \[0, 1\]", id="high"),
        pytest.param({"threshold": -0.1}, "threshold -0.1", id="low"),
        pytest.param({"threshold": float("nan")}, "threshold nan", id="no number"),
        pytest.param({"guideline": "a \ud800"}, "'Drug': half a character", id="half a character"),
        pytest.param({"examples": ("\udfff",)}, "'Drug': half a character", id="half an example"),
    ],
)
def test_a_type_that_cannot_be_used(values: dict[str, Any], problem: str) -> None:
    with pytest.raises(SchemaError, match=problem):
        replace(DRUG, **values)


def test_a_schema_needs_a_type() -> None:
    with pytest.raises(SchemaError, match="at least one type; give Entity subclasses"):
        Schema(())


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        pytest.param(("Drug", "Drug"), "'Drug' is given twice", id="the same label"),
        pytest.param(("a b", "A-B"), "'A-B' reads like 'a b'", id="the same name in a prompt"),
        pytest.param(("a b", "AB"), "'AB' reads like 'a b'", id="one's label is the other's name"),
        pytest.param(("AB", "a b"), "'a b' reads like 'AB'", id="and the other way round"),
        pytest.param(("A", "Ａ"), "'Ａ' reads like 'A'", id="full width and half width"),
    ],
)
def test_types_differ_in_label_and_in_prompts(names: tuple[str, ...], problem: str) -> None:
    with pytest.raises(SchemaError, match=problem + ".*rename one"):
        Schema(tuple(map(EntityType, names)))


def test_case_makes_a_difference() -> None:
    assert Schema((EntityType("PER"), EntityType("per"))).labels == ("PER", "per")


def test_a_schema_is_a_collection_of_types() -> None:
    schema = Schema((DRUG, FULL), "clinic")
    assert (len(schema), list(schema), schema.labels) == (2, [DRUG, FULL], ("Drug", "bank account"))
    assert schema["bank account"] is FULL
    with pytest.raises(KeyError, match="BankAccount"):
        schema["BankAccount"]


def test_what_a_data_set_calls_its_types() -> None:
    assert Schema((DRUG, FULL)).from_dataset == {"ACC": "bank account"}


# --- JSON


def test_the_json_form() -> None:
    assert json.loads(Schema((DRUG, FULL), "clinic").to_json()) == {
        "name": "clinic",
        "types": [
            {
                "name": "Drug",
                "guideline": "A substance given to treat illness.",
                "examples": ["aspirin", "Humira"],
            },
            {
                "name": "bank account",
                "guideline": "An account, as written.",
                "examples": ["DE89 3704"],
                "fields": {
                    "owner": {"kind": "str"},
                    "route": {"kind": "choice", "choices": ["oral", "iv"]},
                    "tags": {"kind": "list[str]"},
                    "n": {"kind": "int"},
                },
                "validator": "iban",
                "threshold": 0.4,
                "dataset_label": "ACC",
            },
        ],
    }


def test_other_scripts_stay_readable_in_json() -> None:
    assert "인물" in Schema((EntityType("인물"),)).to_json(indent=2)


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    told = st.text(max_size=20)
    example = told.filter(str.strip)
    names = st.text("abcXYZ", min_size=1, max_size=5)
    kinds = st.sampled_from(["str", "int", "bool", "list[str]"])
    types = []
    for label in draw(st.lists(labels(), min_size=1, max_size=4, unique_by=identifier)):
        plain = draw(st.dictionaries(names.filter(lambda n: not keyword.iskeyword(n)), kinds))
        fields = [Field(name, kind) for name, kind in plain.items()]
        if draw(st.booleans()):
            fields.append(Field("choice", "choice", tuple(draw(st.lists(told, min_size=1)))))
        examples = tuple(draw(st.lists(example, max_size=3)))
        threshold = draw(st.none() | st.floats(0, 1))
        types.append(
            EntityType(
                label, draw(told), examples, tuple(fields), draw(st.none() | told), threshold
            )
        )
    assume(
        len({n for t in types for n in {t.label, t.class_name}})
        == sum(len({t.label, t.class_name}) for t in types)
    )
    return Schema(tuple(types), draw(told))


@given(schemas())
def test_json_reads_back_as_the_same_schema(schema: Schema) -> None:
    for indent in (None, 2):
        again = Schema.from_json(schema.to_json(indent=indent))
        assert again == schema
        assert again.hash == schema.hash
        again.to_json().encode("utf-8")


def one(**values: object) -> str:
    return json.dumps({"types": [{"name": "Drug", **values}]})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "no JSON", id="nothing"),
        pytest.param("{", "no JSON", id="half an object"),
        pytest.param("[" * 100_000, "no JSON", id="deeper than any reader"),
        pytest.param("[" * 400 + "]" * 400, "has the form", id="deep, but JSON"),
        pytest.param("9" * 5_000, "no JSON", id="a number of 5,000 digits"),
        pytest.param("null", "has the form", id="null"),
        pytest.param("[]", "has the form", id="a list"),
        pytest.param("{}", "has the form", id="no types"),
        pytest.param('{"types": []}', "at least one type", id="an empty list of types"),
        pytest.param('{"types": {}}', "has the form", id="types as an object"),
        pytest.param('{"types": [], "run": "rm"}', "has the form", id="a key too many"),
        pytest.param('{"types": ["Drug"], "name": 5}', '"name" .* must be text, not 5', id="5"),
        pytest.param('{"types": ["Drug"]}', r"types\[0\] .* must be an object", id="a bare name"),
        pytest.param('{"types": [{}]}', r"types\[0\] .* \"name\"", id="a type without a name"),
        pytest.param('{"types": [{"name": 5}]}', r"types\[0\]", id="a name that is no text"),
        pytest.param(one(pattern=".*"), r"unknown keys \['pattern'\]; known are", id="a pattern"),
        pytest.param(one(cls="os.system"), "unknown keys", id="a class"),
        pytest.param(one(guideline=None), '"guideline" must be text; got None', id="guideline"),
        pytest.param(one(validator=["iban"]), '"validator" must be text', id="validator"),
        pytest.param(one(examples="aspirin"), '"examples" must be a list', id="examples as text"),
        pytest.param(one(examples=[1]), '"examples" must be a list of texts', id="an example 1"),
        pytest.param(one(threshold="0.4"), '"threshold" must be a number', id="threshold as text"),
        pytest.param(one(threshold=True), '"threshold" must be a number', id="threshold true"),
        pytest.param('{"types": [{"name": "D", "threshold": NaN}]}', "not in", id="threshold NaN"),
        pytest.param(one(threshold=1e999), "not in", id="threshold infinite"),
        pytest.param(one(fields=[]), '"fields" must be an object', id="fields as a list"),
        pytest.param(one(fields={"a": "str"}), "field 'a' needs a \"kind\"", id="a bare kind"),
        pytest.param(one(fields={"a": {"kind": "dict"}}), "field 'a' needs", id="an unknown kind"),
        pytest.param(one(fields={"a": {"kind": []}}), "field 'a' needs", id="a list of kinds"),
        pytest.param(
            one(fields={"a": {"kind": "str", "x": 1}}), "field 'a' needs", id="a key too many in it"
        ),
        pytest.param(one(fields={"a": {"kind": "choice"}}), "choices go with", id="no choices"),
        pytest.param(
            one(fields={"a": {"kind": "str", "choices": ["x"]}}),
            "choices go with",
            id="choices of a text",
        ),
        pytest.param(
            one(fields={"a": {"kind": "choice", "choices": [1]}}), "must be texts", id="a choice 1"
        ),
        pytest.param(one(guideline="\ud800"), "half a character", id="half a character"),
        pytest.param(json.dumps({"types": [{"name": "class"}]}), "keyword", id="a keyword"),
        pytest.param(json.dumps({"types": [{"name": "a\nb"}]}), "control", id="a line of prompt"),
    ],
)  # fmt: skip
def test_hostile_json_is_a_schema_error_that_says_where(text: str, problem: str) -> None:
    with pytest.raises(SchemaError, match=problem) as caught:
        Schema.from_json(text)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "name", ["span", "class", "a b", "", "1a", "a=1", "__class__", "_x", "ｓpan", "x\n"]
)
def test_a_field_has_a_name_that_is_an_argument(name: str) -> None:
    with pytest.raises(SchemaError, match="cannot be the name of a field"):
        Schema.from_json(one(fields={name: {"kind": "str"}}))


def test_an_error_shows_the_begin_of_what_is_long() -> None:
    with pytest.raises(SchemaError, match=r"got 'xxxx.*\.\.\."):
        Schema.from_json(one(examples="x" * 9_999))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "types", "guideline", "examples", "fields", "kind", "choices"])
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON | st.lists(JSON, min_size=1).map(lambda types: {"types": types}))
def test_any_json_is_a_schema_or_a_schema_error(data: object) -> None:
    try:
        schema = Schema.from_json(json.dumps(data))
    except SchemaError:
        return
    assert Schema.from_json(schema.to_json()) == schema


# --- hash


def test_the_hash_does_not_change_between_runs_and_releases() -> None:
    """Golden values: a change of these makes every journal and cache of users stale."""
    assert Schema((DRUG,)).hash == "dd58011f2e4e06fc"
    assert Schema((DRUG, FULL)).hash == "3c82e33442246d21"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(replace(FULL, label="account"), id="name"),
        pytest.param(replace(FULL, guideline="An account."), id="guideline"),
        pytest.param(replace(FULL, examples=("DE89 3704", "GB29")), id="examples"),
        pytest.param(replace(FULL, fields=FULL.fields[:2]), id="fields"),
        pytest.param(replace(FULL, fields=FULL.fields[::-1]), id="order of fields"),
        pytest.param(
            replace(FULL, fields=(FULL.fields[0], replace(ROUTE, choices=("iv", "oral")))),
            id="order of choices",
        ),
    ],
)
def test_what_changes_the_hash(changed: EntityType) -> None:
    assert Schema((changed,)).hash != Schema((FULL,)).hash


def test_the_order_of_types_and_of_examples_changes_the_hash() -> None:
    assert Schema((DRUG, FULL)).hash != Schema((FULL, DRUG)).hash
    assert Schema((replace(DRUG, examples=DRUG.examples[::-1]),)).hash != Schema((DRUG,)).hash


@pytest.mark.parametrize(
    "values",
    [{"validator": None}, {"threshold": 0.9}, {"dataset_label": None}, {"cls": int}],
    ids=["validator", "threshold", "data set's label", "class"],
)
def test_what_does_not_change_the_hash(values: dict[str, Any]) -> None:
    """None of these is told to a model, so answers stay good."""
    assert Schema((replace(FULL, **values),), "another name").hash == Schema((FULL,)).hash


def test_json_that_says_something_twice_is_refused() -> None:
    """The last one would win without a word."""
    with pytest.raises(SchemaError, match="'guideline' is given twice"):
        Schema.from_json('{"types": [{"name": "a", "guideline": "x", "guideline": "y"}]}')


@pytest.mark.parametrize("given", [None, 3, b"{}"])
def test_json_that_is_no_text(given: Any) -> None:
    with pytest.raises(SchemaError, match="is text, not"):
        Schema.from_json(given)


def test_json_keeps_the_names_that_prompts_use() -> None:
    """A server that reads the JSON must ask a model the same."""
    schema = Schema((EntityType("US number", class_name="UsNumber"), EntityType("other")))
    again = Schema.from_json(schema.to_json())
    assert again == schema
    assert [t.class_name for t in again] == ["UsNumber", "other"]
    assert again.hash == schema.hash != Schema((EntityType("US number"), EntityType("other"))).hash
    with pytest.raises(SchemaError, match="name of a class"):
        Schema.from_json('{"types": [{"name": "a", "class_name": "import os"}]}')
