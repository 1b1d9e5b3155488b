"""Declarations: everything a user may write where a schema is wanted, and what is said if not."""

from __future__ import annotations

import abc
import ast
import enum
import subprocess
import sys
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path  # noqa: TC003  # fixtures of pytest are found by name
from typing import Any, ClassVar, List, Literal, Optional, Union  # noqa: UP035  # users write them

import pytest

from schema_ner.declarations import schema_from, type_of_class
from schema_ner.errors import SchemaError
from schema_ner.schema import Entity, EntityType, Field, Schema


class Drug(Entity):
    """A substance given to treat illness.

    Not its dose.
    """

    examples = ("aspirin", "Humira")


class Account(Entity):
    """An account."""

    examples: ClassVar = ["DE89 3704"]
    label = "bank account"
    validator = "iban"
    threshold = 0.4
    dataset_label = "ACC"


class Route(enum.Enum):
    """How a drug is given."""

    ORAL = "by mouth"
    IV = "into a vein"


def run(code: str, *options: str) -> str:
    """What a fresh interpreter prints."""
    command = [sys.executable, *options, "-c", textwrap.dedent(code)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def executed(code: str, name: str = "Drug") -> type:
    """A class made by exec, as in a notebook without files."""
    namespace: dict[str, Any] = {"Entity": Entity, "dataclass": dataclass, "__name__": "nowhere"}
    compiled = compile(textwrap.dedent(code), "<cell>", "exec", dont_inherit=True)
    exec(compiled, namespace)  # noqa: S102  # this is what is tested
    made = namespace[name]
    assert isinstance(made, type)
    return made


def read_from_file(folder: Path, code: str, *names: str, afterwards: str = "") -> Schema:
    """The schema of classes imported from a file, whose text may be another afterwards."""
    path = folder / "taxonomy.py"
    path.write_text(textwrap.dedent(code), encoding="utf-8")
    shown = run(f"""
        import pathlib, sys
        sys.path.insert(0, {str(folder)!r})
        import taxonomy
        if {afterwards!r}:
            pathlib.Path({str(path)!r}).write_text({afterwards!r})
        from schema_ner.declarations import schema_from
        print(schema_from([getattr(taxonomy, name) for name in {names!r}]).to_json())
        """)
    return Schema.from_json(shown)


# --- what a schema may be declared as


@pytest.mark.parametrize(
    ("declared", "types"),
    [
        pytest.param(Drug, ["Drug"], id="a class"),
        pytest.param([Drug, Account], ["Drug", "bank account"], id="a list of classes"),
        pytest.param((Account, Drug), ["bank account", "Drug"], id="a tuple, in its order"),
        pytest.param(["person", "place"], ["person", "place"], id="a list of names"),
        pytest.param(["person", Drug, EntityType("x")], ["person", "Drug", "x"], id="a mixture"),
        pytest.param({"person": "People.", "place": ""}, ["person", "place"], id="a dict"),
    ],
)
def test_forms_of_a_schema(declared: object, types: list[str]) -> None:
    assert list(schema_from(declared).labels) == types


def test_a_schema_stays_the_schema_it_is() -> None:
    schema = Schema((EntityType("x"),), "mine")
    assert schema_from(schema) is schema


def test_a_class_is_read_whole() -> None:
    (drug,) = schema_from(Drug)
    assert drug == EntityType(
        "Drug", "A substance given to treat illness.\n\nNot its dose.", ("aspirin", "Humira")
    )
    assert drug.cls is Drug
    (account,) = schema_from(Account)
    assert account == EntityType(
        "bank account",
        "An account.",
        ("DE89 3704",),
        validator="iban",
        threshold=0.4,
        dataset_label="ACC",
        class_name="Account",
    )


def test_a_dict_gives_guidelines() -> None:
    assert schema_from({"person": "\n    People.\n    Not gods.\n"})["person"] == EntityType(
        "person", "People.\nNot gods."
    )


def test_a_schema_is_called_after_its_class() -> None:
    assert schema_from(Drug).name == "Drug"
    assert schema_from([Drug]).name == "schema"


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        pytest.param([], "needs at least one type; give Entity subclasses", id="an empty list"),
        pytest.param({}, "needs at least one type", id="an empty dict"),
        pytest.param(None, "a NoneType is no schema; give Entity subclasses", id="None"),
        pytest.param(5, "a int is no schema", id="a number"),
        pytest.param("pii", "a str is no schema; .* ready-made one", id="a name: the registry's"),
        pytest.param(b"pii", "a bytes is no schema", id="bytes"),
        pytest.param({"a", "b"}, "a set is no schema", id="a set, which has no order"),
        pytest.param([5], "5 in a schema is neither a class nor a name", id="a number in a list"),
        pytest.param([None], "None in a schema is neither", id="None in a list"),
        pytest.param([["a"]], r"\['a'\] in a schema is neither", id="a list in a list"),
        pytest.param({"a": None}, "names to guidelines, both texts; got 'a': None", id="None"),
        pytest.param({"a": Drug}, "both texts; got 'a': <class", id="a class in a dict"),
        pytest.param({1: "a"}, "both texts; got 1: 'a'", id="a number for a name"),
        pytest.param(int, "class int does not derive from schema_ner.Entity", id="another class"),
        pytest.param(Route, "class Route does not derive from", id="an Enum"),
        pytest.param(Entity, "Entity itself is no type; derive a class", id="Entity itself"),
        pytest.param([Drug, Drug], "'Drug' is given twice in one schema; rename", id="one twice"),
        pytest.param(["a b", "A_b!"], "'A_b!' reads like 'a b'", id="two of one name in prompts"),
        pytest.param(["import"], "'import' is a Python keyword; call it", id="a keyword"),
        pytest.param([""], "'' is empty", id="an empty name"),
        pytest.param(["a\nb"], "control character", id="a newline in a name"),
    ],
)
def test_what_is_no_schema_is_named_with_the_way_out(declared: object, problem: str) -> None:
    with pytest.raises(SchemaError, match=problem):
        schema_from(declared)


# --- where classes come from


def test_a_class_made_by_exec_is_as_good_as_any() -> None:
    made = executed(
        'class Drug(Entity):\n    """A drug."""\n    examples = ("aspirin",)\n    dose: str\n'
    )
    assert type_of_class(made) == EntityType(
        "Drug", "A drug.", ("aspirin",), (Field("dose", "str"),)
    )


def test_a_class_typed_in_a_repl_is_as_good_as_any() -> None:
    typed = """\
        from schema_ner.schema import Entity
        from schema_ner.declarations import schema_from
        class Drug(Entity):
            "A drug."
            span: str  # Such as: "lost, for want of a file"
            dose: str

        print(schema_from(Drug).to_json())
        """
    command = [sys.executable, "-i", "-q"]
    done = subprocess.run(
        command, input=textwrap.dedent(typed), capture_output=True, text=True, check=True
    )
    assert Schema.from_json(done.stdout) == Schema(
        (EntityType("Drug", "A drug.", fields=(Field("dose", "str"),)),), "Drug"
    )


GOLLIE = r'''
    from dataclasses import dataclass
    from typing import List
    from schema_ner import Entity

    @dataclass
    class Person(Entity):
        """A human being by name."""

        span: str  # Such as: "Ada", "Grace Hopper"

    @dataclass
    class Drug(Entity):
        """A substance given to treat illness."""

        span: str  # Such as: "aspirin", "Hum\u0069ra", "a \"b\"", "\x"
        dose: str  # Such as: "20 mg"
        routes: List[str]
    '''


def test_gollies_own_form_is_read_with_its_comment(tmp_path: Path) -> None:
    """Escapes in the comment are read as Python reads them, a broken one as it stands."""
    person, drug = read_from_file(tmp_path, GOLLIE, "Person", "Drug")
    assert person == EntityType("Person", "A human being by name.", ("Ada", "Grace Hopper"))
    assert drug == EntityType(
        "Drug",
        "A substance given to treat illness.",
        ("aspirin", "Humira", 'a "b"', r"\x"),
        (Field("dose", "str"), Field("routes", "list[str]")),
    )


def test_without_a_file_there_is_no_comment_and_another_hash(tmp_path: Path) -> None:
    read = read_from_file(tmp_path, GOLLIE, "Drug")
    made = schema_from(executed(GOLLIE))
    assert made["Drug"] == replace(read["Drug"], examples=())
    assert made.hash != read.hash


def test_declared_examples_win_over_the_comment(tmp_path: Path) -> None:
    code = '''
    from schema_ner import Entity

    class Drug(Entity):
        """A drug."""
        examples = ("aspirin",)
        span: str  # Such as: "Humira"
    '''
    assert read_from_file(tmp_path, code, "Drug")["Drug"].examples == ("aspirin",)


@pytest.mark.parametrize(
    "afterwards",
    [
        pytest.param("class Drug(:\n", id="no Python any more"),
        pytest.param("x = 1\n", id="the class is gone"),
        pytest.param("\n", id="nothing is left"),
    ],
)
def test_a_file_edited_since_its_import_costs_the_comment_only(
    tmp_path: Path, afterwards: str
) -> None:
    drug = read_from_file(tmp_path, GOLLIE, "Drug", afterwards=afterwards)["Drug"]
    assert (drug.guideline, drug.examples) == ("A substance given to treat illness.", ())


# --- docstrings


DOCLESS = [
    pytest.param("class Drug(Entity): pass", id="no docstring"),
    pytest.param('class Drug(Entity): "   "', id="a blank docstring"),
    pytest.param("class Drug(Entity): __doc__ = 5", id="a docstring that is no text"),
    pytest.param("@dataclass\nclass Drug(Entity): pass", id="a dataclass without fields"),
    pytest.param("@dataclass\nclass Drug(Entity): span: str", id="a dataclass"),
    pytest.param(
        "@dataclass(kw_only=True)\nclass Drug(Entity): span: str", id="a keyword-only one"
    ),
    pytest.param("@dataclass(slots=True)\nclass Drug(Entity): span: str", id="one with slots"),
    pytest.param("@dataclass\nclass Drug(Entity): span: str = 'a\\nb'", id="one with a default"),
    pytest.param(
        'class A(Entity): "An A."\nclass Drug(A): pass', id="a docstring of its base only"
    ),
]


@pytest.mark.parametrize("code", DOCLESS)
def test_a_class_without_a_docstring_of_its_own_is_an_error(code: str) -> None:
    """The one that ``@dataclass`` makes up does not count, nor does an inherited one."""
    with pytest.raises(SchemaError, match=r"class Drug has no docstring of its own; .* guideline"):
        schema_from(executed(code))


@pytest.mark.parametrize(
    "doc",
    [
        "Drug(s) given to a patient.",
        "Drug(s) (by any name)",
        "Drug (a substance)",
        "Drug() is what we call it.",
    ],
)
def test_a_docstring_that_looks_a_little_like_a_signature_counts(doc: str) -> None:
    made = executed(f"@dataclass\nclass Drug(Entity):\n    {doc!r}\n    span: str")
    assert type_of_class(made).guideline == doc


def test_names_may_do_without_a_guideline() -> None:
    assert [t.guideline for t in schema_from(["person", "place"])] == ["", ""]
    assert schema_from({"person": ""})["person"].guideline == ""
    assert Schema.from_json('{"types": [{"name": "person"}]}')["person"].guideline == ""


def test_an_interpreter_that_strips_docstrings_is_named() -> None:
    code = """
    from schema_ner.declarations import schema_from
    from schema_ner.schema import Entity
    class Drug(Entity):
        "A drug."
    try:
        schema_from(Drug)
    except ValueError as err:
        print(err)
    """
    assert run(code, "-OO").startswith("class Drug: python -OO strips docstrings")


# --- attributes


def test_attributes_are_not_inherited() -> None:
    """A sub-type is another type: its base's IBAN check or data set label would be wrong for it."""

    class Savings(Account):
        """An account for savings."""

    assert type_of_class(Savings) == EntityType("Savings", "An account for savings.")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param('examples = "aspirin"', "examples must be a tuple of texts", id="one text"),
        pytest.param('examples = {"aspirin"}', "examples must be a tuple of texts", id="a set"),
        pytest.param("examples = (1,)", r"examples must be texts, got \(1,\)", id="a number"),
        pytest.param('examples = (" ",)', "an example is empty; remove it", id="a blank"),
        pytest.param("label = 5", "label must be text, not 5", id="a label 5"),
        pytest.param('label = "a\\nb"', "control character", id="a label of two lines"),
        pytest.param("validator = print", "validator must be text", id="a function"),
        pytest.param('threshold = "0.4"', "threshold must be a number", id="a threshold as text"),
        pytest.param(
            "threshold = True", "threshold must be a number", id="a threshold that is true"
        ),
        pytest.param("threshold = 2", r"threshold 2 is not in \[0, 1\]", id="a threshold of two"),
    ],
)
def test_an_attribute_of_the_wrong_kind(line: str, problem: str) -> None:
    with pytest.raises(SchemaError, match=problem) as caught:
        schema_from(executed(f'class Drug(Entity):\n    "A drug."\n    {line}'))
    assert "Drug" in str(caught.value) or "label" in line


def test_a_class_name_that_is_no_identifier_gets_one() -> None:
    made = type("a b", (Entity,), {"__doc__": "Made by a program."})
    assert (type_of_class(made).label, type_of_class(made).class_name) == ("a b", "AB")
    keyword = type("class", (Entity,), {"__doc__": "Made by a program.", "label": "a class"})
    assert type_of_class(keyword).class_name == "Class"


# --- extra fields


@pytest.mark.parametrize(
    ("hint", "kind", "choices"),
    [
        pytest.param(str, "str", (), id="str"),
        pytest.param(int, "int", (), id="int"),
        pytest.param(bool, "bool", (), id="bool, which is not int"),
        pytest.param(list[str], "list[str]", (), id="list[str]"),
        pytest.param(List[str], "list[str]", (), id="List[str], as GoLLIE writes it"),  # noqa: UP006
        pytest.param(Literal["oral", "iv"], "choice", ("oral", "iv"), id="Literal"),
        pytest.param(Route, "choice", ("ORAL", "IV"), id="an Enum gives its names"),
        pytest.param(str | None, "str", (), id="str or None"),
        pytest.param(Optional[int], "int", (), id="Optional[int]"),  # noqa: UP045
        pytest.param(Optional[Literal["a"]], "choice", ("a",), id="an optional choice"),  # noqa: UP045
        pytest.param("list[str] | None", "list[str]", (), id="an annotation in quotes"),
    ],
)
def test_kinds_of_fields(hint: object, kind: str, choices: tuple[str, ...]) -> None:
    made = type("Drug", (Entity,), {"__doc__": "A drug.", "__annotations__": {"extra": hint}})
    assert type_of_class(made).fields == (Field("extra", kind, choices),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "hint",
    [float, dict, list, list[int], dict[str, str], Literal[1], Union[str, int], Any, None, type],  # noqa: UP007
    ids=str,
)
def test_a_field_of_another_type_is_an_error(hint: object) -> None:
    made = type("Drug", (Entity,), {"__doc__": "A drug.", "__annotations__": {"extra": hint}})
    with pytest.raises(
        SchemaError, match=r"class Drug: field 'extra' has type .*; allowed are str"
    ):
        type_of_class(made)


@pytest.mark.parametrize("hint", ["Nowhere", "enum.Nothing", "1 +", "list[", "str()()"])
def test_an_annotation_that_cannot_be_read_is_an_error(hint: str) -> None:
    made = type(
        "Drug",
        (Entity,),
        {"__doc__": "A drug.", "__annotations__": {"extra": hint}, "__module__": __name__},
    )
    with pytest.raises(SchemaError, match="class Drug: a field's type cannot be read"):
        type_of_class(made)


def test_what_is_no_field() -> None:
    class Dose(Entity):
        """A dose."""

        span: str
        label: str = "amount"
        examples: tuple[str, ...] = ("20 mg",)
        unit: str
        per_day: int = 1
        table: ClassVar[dict[str, int]] = {}
        _seen: float = 0.0
        plain = "no annotation"

    fields = (Field("unit", "str"), Field("per_day", "int"))
    expected = EntityType("amount", "A dose.", ("20 mg",), fields, class_name="Dose")
    assert type_of_class(Dose) == expected


@pytest.mark.parametrize("name", ["label", "examples", "threshold", "validator"])
def test_a_field_cannot_have_the_name_of_an_attribute(name: str) -> None:
    """It would be taken for the attribute, or dropped, without a word."""
    members = {"__doc__": "A dose.", "__annotations__": {name: str}}
    plain = type("Dose", (Entity,), dict(members))
    with_slots = dataclass(slots=True)(type("Dose", (Entity,), dict(members)))
    for cls in (plain, dataclass(plain), with_slots):
        with pytest.raises(SchemaError, match=f"'{name}' cannot be the name of a field"):
            type_of_class(cls)
    fields = f'{{"{name}": {{"kind": "str"}}}}'
    with pytest.raises(SchemaError, match="name of a field"):
        Schema.from_json(f'{{"types": [{{"name": "a", "fields": {fields}}}]}}')


def test_a_class_that_cannot_be_filled_is_refused_at_once() -> None:
    """Not when the first mention is found."""

    class Fixed(Entity):
        """A thing."""

        @property
        def span(self) -> str:
            return ""

    class Abstract(Entity, abc.ABC):
        """A thing."""

        @abc.abstractmethod
        def method(self) -> None: ...

    for cls in (Fixed, Abstract):
        with pytest.raises(SchemaError, match="cannot be filled"):
            type_of_class(cls)


def test_typed_fields_under_exec_with_postponed_annotations() -> None:
    """There is no module to look `Literal` up in."""
    code = """
        from __future__ import annotations
        from typing import Literal
        from schema_ner import Entity
        class Drug(Entity):
            "A substance."
            form: Literal["pill", "drop"] | None
    """
    space: dict[str, Any] = {"__name__": "nowhere"}
    exec(textwrap.dedent(code), space)  # noqa: S102
    assert type_of_class(space["Drug"]).fields == (Field("form", "choice", ("pill", "drop")),)


def test_examples_are_never_taken_from_another_class(tmp_path: Path) -> None:
    """Python finds source by name: classes of one name, or made later, share it."""
    code = """
        from schema_ner import Entity
        class Drug(Entity):
            "Medicine."
            span: str  # Such as: "aspirin"
        First = Drug
        class Drug(Entity):
            "A substance that is against the law."
            span: str  # Such as: "cocaine"
        Second = Drug
        class Quoting(Entity):
            "Says how it is done.\\n\\nspan: str  # Such as: \\"no example\\""
            span: str
        exec("class Drug(Entity):\\n    'Another thing.'\\n    span: str", globals())
        Third = Drug
    """
    (tmp_path / "twice.py").write_text(textwrap.dedent(code), encoding="utf-8")
    script = (
        "import twice; from schema_ner.declarations import type_of_class as t; "
        "print([t(c).examples for c in (twice.First, twice.Second, twice.Third, twice.Quoting)])"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    first, second, third, quoting = ast.literal_eval(done.stdout)
    assert first in ((), ("aspirin",))
    assert second in ((), ("cocaine",))
    assert third == quoting == ()


def test_fields_are_inherited_as_dataclasses_do() -> None:
    class Base(Entity):
        """A base."""

        one: str

    class Derived(Base):
        """Derived."""

        two: int

    assert [f.name for f in type_of_class(Derived).fields] == ["one", "two"]


def test_a_field_called_like_a_keyword() -> None:
    made = type("Drug", (Entity,), {"__doc__": "A drug.", "__annotations__": {"class": str}})
    with pytest.raises(SchemaError, match="'class' cannot be the name of a field"):
        type_of_class(made)
