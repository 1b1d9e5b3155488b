"""Pydantic models as declarations, and instances of the user's classes of every kind."""

from __future__ import annotations

import copy
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, PrivateAttr
from pydantic import Field as PydanticField

from schema_ner.declarations import is_pydantic, schema_from, type_of_class
from schema_ner.errors import SchemaError
from schema_ner.schema import Entity, EntityType, Field, Schema


class Drug(Entity):
    """A substance given to treat illness."""


# --- pydantic


class Medicine(BaseModel):
    """A substance given to treat illness."""

    span: str
    dose: str | None = None
    route: Literal["oral", "iv"] = "oral"
    _private: int = PrivateAttr(default=3)


class Person(BaseModel):
    """A human being."""

    role: str


class Note(BaseModel):
    """What a note holds."""

    drugs: list[Medicine]
    patient: Person | None = PydanticField(description="Who is treated.", examples=["Ada"])
    places: list[str] = []


def test_a_pydantic_model_with_a_span_is_one_type() -> None:
    schema = schema_from(Medicine)
    assert schema == Schema(
        (
            EntityType(
                "Medicine",
                "A substance given to treat illness.",
                fields=(Field("dose", "str"), Field("route", "choice", ("oral", "iv"))),
                class_name="Medicine",
            ),
        ),
        "Medicine",
    )
    assert schema_from([Medicine, Drug]).labels == ("Medicine", "Drug")


def test_each_field_of_another_pydantic_model_is_a_type() -> None:
    """Its description is the guideline, or else the docstring of the model in it."""
    drugs, patient, places = schema_from(Note)
    assert (drugs.label, drugs.guideline) == ("drugs", "A substance given to treat illness.")
    assert drugs.cls is Medicine
    assert patient == EntityType("patient", "Who is treated.", ("Ada",), (Field("role", "str"),))
    assert patient.cls is Person
    assert places == EntityType("places")
    assert schema_from(Note).name == "Note"


def test_what_a_model_inside_a_model_says_of_itself_holds() -> None:
    class Account(BaseModel):
        """A bank account number."""

        examples: ClassVar = ("DE89",)
        validator: ClassVar = "iban"
        threshold: ClassVar = 0.9
        span: str

    class Letter(BaseModel):
        """A letter."""

        accounts: list[Account]

    (accounts,) = schema_from(Letter)
    assert (accounts.examples, accounts.validator, accounts.threshold) == (("DE89",), "iban", 0.9)


def test_a_pydantic_model_without_a_docstring_is_an_error_too() -> None:
    class Bare(BaseModel):
        span: str

    with pytest.raises(SchemaError, match="class Bare has no docstring of its own"):
        schema_from(Bare)


def test_an_empty_pydantic_model_is_no_schema() -> None:
    class Empty(BaseModel):
        """Nothing."""

    with pytest.raises(SchemaError, match="at least one type"):
        schema_from(Empty)


def test_pydantic_is_recognised_by_its_name_and_never_imported() -> None:
    assert is_pydantic(Medicine)
    assert not is_pydantic(Drug)
    code = (
        "import sys; from schema_ner.declarations import schema_from; "
        "schema_from(['Drug']).types[0].instance('aspirin'); print('pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# --- instances


class Strict(Entity):
    """Refuses to be made as usual."""

    dose: str

    def __init__(self) -> None:
        raise AssertionError("called")


@dataclass
class Plain(Entity):
    """A dataclass."""

    span: str
    dose: str
    _seen: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Frozen(Entity):
    """A frozen dataclass."""

    span: str
    dose: str = "20 mg"

    def __post_init__(self) -> None:
        raise AssertionError("called")


@dataclass(slots=True)
class Slotted(Entity):
    """A dataclass with slots."""

    span: str
    dose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Both(Entity):
    """A frozen dataclass with slots."""

    span: str
    dose: str


@pytest.mark.parametrize("cls", [Strict, Plain, Frozen, Slotted, Both, Medicine])
def test_an_instance_is_made_without_calling_init(cls: type) -> None:
    declared = type_of_class(cls)
    filled: Any = declared.instance("aspirin", {"dose": "40 mg", "unknown": 1})
    assert type(filled) is cls
    assert (filled.span, filled.dose) == ("aspirin", "40 mg")
    assert not hasattr(filled, "unknown")
    unfilled: Any = declared.instance("aspirin")
    assert (unfilled.span, unfilled.dose) == ("aspirin", None)


@pytest.mark.parametrize("cls", [Plain, Frozen, Slotted, Both, Medicine])
def test_an_instance_can_be_shown_compared_and_copied(cls: type) -> None:
    """Which dataclasses and pydantic do field by field: each field has a value."""
    one, same, other = (type_of_class(cls).instance(m) for m in ("aspirin", "aspirin", "Humira"))
    assert "span='aspirin'" in repr(one)
    assert one == same
    assert one != other
    assert copy.copy(one) == copy.deepcopy(one) == one


def test_an_instance_of_a_pydantic_model_is_a_model() -> None:
    made: Any = type_of_class(Medicine).instance("aspirin", {"dose": "40 mg"})
    assert made.model_dump() == {"span": "aspirin", "dose": "40 mg", "route": None}
    assert made.model_fields_set == {"span", "dose"}
    assert made.model_copy(update={"dose": "1"}).dose == "1"
    with pytest.raises(AttributeError):
        made._private  # noqa: B018  # never set: __init__ was not called


def test_an_instance_of_a_model_inside_a_model() -> None:
    made: Any = schema_from(Note)["patient"].instance("Ada", {"role": "mother"})
    assert (type(made), made.span, made.role) == (Person, "Ada", "mother")


def test_an_instance_of_a_frozen_class_stays_frozen() -> None:
    made: Any = type_of_class(Frozen).instance("aspirin")
    with pytest.raises(AttributeError):
        made.span = "x"


def test_a_type_without_a_class_has_no_instances() -> None:
    assert EntityType("Drug").instance("aspirin") is None
