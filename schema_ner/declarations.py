"""Read what users declare: classes, lists, dicts and pydantic models become a Schema.

Works on the live objects, never on source files, so classes typed in a REPL, a notebook or
``exec`` are as good as any.  The one thing that exists only in source, GoLLIE's comment
``# Such as: "…"``, is read when the source is at hand.  ``python -OO`` strips docstrings, and with
them the guidelines.

Here: declaration → Schema.  Not here: names of ready-made schemas and files (``registry``).
"""

from __future__ import annotations

import enum
import inspect
import re
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any, ClassVar, Literal, get_args, get_origin

from schema_ner.errors import SchemaError
from schema_ner.schema import (
    RESERVED,
    Entity,
    EntityType,
    Field,
    FieldKind,
    Schema,
    identifier,
    make_field,
)
from schema_ner.such_as import such_as


def schema_from(declared: object) -> Schema:
    """The schema that a declaration means; a Schema is returned as it is.

    Args:
        declared: a Schema, an Entity subclass, a pydantic model class, a list of names or classes,
            or a dict of name to guideline.

    Raises:
        SchemaError: it is none of these, or something in it cannot be used.
    """
    if isinstance(declared, Schema):
        return declared
    if isinstance(declared, type):
        if is_pydantic(declared):
            return Schema(_types_of_pydantic(declared), declared.__name__)
        return Schema((type_of_class(declared),), declared.__name__)
    if isinstance(declared, Mapping):
        return Schema(tuple(_type_of_pair(name, text) for name, text in declared.items()))
    if isinstance(declared, Sequence) and not isinstance(declared, str | bytes):
        return Schema(tuple(_type_of_item(item) for item in declared))
    raise SchemaError(
        f"a {type(declared).__name__} is no schema; give Entity subclasses, a list of names, "
        "a dict of name to guideline, a Schema, or the name of a ready-made one"
    )


def type_of_class(cls: type) -> EntityType:
    """One class, docstring and fields, as an EntityType.

    Raises:
        SchemaError: no docstring of its own, not an Entity, or an attribute of the wrong kind.
    """
    if not issubclass(cls, Entity) and not is_pydantic(cls):
        raise SchemaError(
            f"class {cls.__name__} does not derive from schema_ner.Entity; make it so"
        )
    if cls is Entity:
        raise SchemaError("Entity itself is no type; derive a class from it, with a docstring")
    fields = _fields(cls)  # first: it refuses a field that would be taken for an attribute
    entity_type = EntityType(
        label=_own_text(cls, "label") or cls.__name__,
        guideline=_guideline(cls),
        examples=_examples(cls) or such_as(cls),
        fields=fields,
        validator=_own_text(cls, "validator"),
        threshold=_number(cls, vars(cls).get("threshold")),
        dataset_label=_own_text(cls, "dataset_label"),
        cls=cls,
        class_name=identifier(cls.__name__),
    )
    try:
        entity_type.instance("mention")
    except (AttributeError, TypeError, ValueError) as err:
        raise SchemaError(f"class {cls.__name__} cannot be filled with a mention: {err}") from err
    return entity_type


def is_pydantic(cls: type) -> bool:
    """Whether the class is a pydantic model, told without importing pydantic."""
    return any(
        base.__module__ == "pydantic.main" and base.__name__ == "BaseModel" for base in cls.__mro__
    )


def _type_of_item(item: object) -> EntityType:
    if isinstance(item, EntityType):
        return item
    if isinstance(item, type):
        return type_of_class(item)
    if isinstance(item, str):
        return EntityType(item)
    raise SchemaError(f"{item!r} in a schema is neither a class nor a name")


def _type_of_pair(name: object, guideline: object) -> EntityType:
    if not isinstance(name, str) or not isinstance(guideline, str):
        raise SchemaError(
            f"a dict schema maps names to guidelines, both texts; got {name!r}: {guideline!r}"
        )
    return EntityType(name, inspect.cleandoc(guideline))


def _guideline(cls: type) -> str:
    doc = vars(cls).get("__doc__")
    # @dataclass fills an absent docstring with the signature: "Drug(span: str)"
    signature = rf"{re.escape(cls.__name__)}\(((\*, )?\w+: .*)?\)"
    generated = is_dataclass(cls) and re.fullmatch(signature, doc or "", re.DOTALL) is not None
    if isinstance(doc, str) and doc.strip() and not generated:
        return inspect.cleandoc(doc)
    if sys.flags.optimize >= 2:  # noqa: PLR2004  # what -OO sets
        raise SchemaError(
            f"class {cls.__name__}: python -OO strips docstrings, which are the guidelines"
        )
    raise SchemaError(
        f"class {cls.__name__} has no docstring of its own; the docstring is the annotation "
        "guideline: say in it what counts and what does not"
    )


def _examples(cls: type) -> tuple[str, ...]:
    given = vars(cls).get("examples", ())
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise SchemaError(f"class {cls.__name__}: examples must be a tuple of texts, not {given!r}")
    if not all(isinstance(example, str) for example in given):
        raise SchemaError(f"class {cls.__name__}: examples must be texts, got {given!r}")
    return tuple(given)


def _own_text(cls: type, name: str) -> str | None:
    value = vars(cls).get(name)
    if value is not None and not isinstance(value, str):
        raise SchemaError(f"class {cls.__name__}: {name} must be text, not {value!r}")
    return value


def _number(cls: type, value: object) -> float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise SchemaError(f"class {cls.__name__}: threshold must be a number, not {value!r}")


def _fields(cls: type) -> tuple[Field, ...]:
    """The annotated names that are neither ``span`` nor class variables."""
    where = f"class {cls.__name__}"
    hints = {
        name: hint
        for name, hint in _hints(cls).items()
        if get_origin(hint) is not ClassVar and hint is not ClassVar and not name.startswith("_")
    }
    return tuple(
        make_field(name, *_kind(hint, f"{where}: field {name!r}"), where)
        for name, hint in hints.items()
        if name != "span" and not (name in RESERVED and _has_value(cls, name))
    )


def _has_value(cls: type, name: str) -> bool:
    """Whether a reserved name is set (``label: str = "drug"``), not declared as a field."""
    homes = (vars(c) for c in cls.__mro__ if c is not Entity)
    value = next((home[name] for home in homes if name in home), None)
    return isinstance(value, str | int | float | tuple | list)


def _hints(cls: type) -> dict[str, Any]:
    if is_pydantic(cls):
        return {name: info.annotation for name, info in cls.model_fields.items()}  # type: ignore[attr-defined]
    try:
        # under exec a class may have no module in which `Literal` could be looked up
        usual = {"Literal": Literal, "Optional": typing.Optional, "List": list, "Enum": enum.Enum}
        return typing.get_type_hints(cls, localns=usual)
    except (NameError, AttributeError, SyntaxError, TypeError) as err:
        raise SchemaError(
            f"class {cls.__name__}: a field's type cannot be read: {err}; define its type at the "
            "top of the module, or leave out `from __future__ import annotations`"
        ) from err


def _kind(hint: object, where: str) -> tuple[FieldKind, tuple[str, ...]]:
    """The kind of a field, and its choices, from its annotation."""
    if get_origin(hint) in (typing.Union, types.UnionType):
        real = [arg for arg in get_args(hint) if arg is not type(None)]
        if len(real) == 1:
            return _kind(real[0], where)
    if get_origin(hint) is Literal and all(isinstance(a, str) for a in get_args(hint)):
        return "choice", get_args(hint)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return "choice", tuple(member.name for member in hint)
    simple: dict[object, FieldKind] = {str: "str", int: "int", bool: "bool", list[str]: "list[str]"}
    simple |= {typing.List[str]: "list[str]"}  # noqa: UP006  # GoLLIE's own spelling
    if hint in simple:
        return simple[hint], ()
    allowed = "str, int, bool, list[str], Literal of texts, an Enum"
    raise SchemaError(f"{where} has type {hint!r}; allowed are {allowed}")


def _types_of_pydantic(cls: type) -> tuple[EntityType, ...]:
    """A model class as a schema: each of its fields is a type, described by the field."""
    fields: Mapping[str, Any] = cls.model_fields  # type: ignore[attr-defined]
    if "span" in fields:  # one entity, not a container of entities
        return (type_of_class(cls),)
    return tuple(_type_of_pydantic_field(name, info) for name, info in fields.items())


def _type_of_pydantic_field(name: str, info: Any) -> EntityType:  # noqa: ANN401  # pydantic's FieldInfo
    nested = _nested_model(info.annotation)
    examples = tuple(str(example) for example in info.examples or ())
    if nested is None:
        return EntityType(name, inspect.cleandoc(info.description or ""), examples)
    inner = type_of_class(nested)
    return EntityType(
        label=name,
        guideline=inspect.cleandoc(info.description or "") or inner.guideline,
        examples=examples or inner.examples,
        fields=inner.fields,
        validator=inner.validator,
        threshold=inner.threshold,
        dataset_label=inner.dataset_label,
        cls=nested,
    )


def _nested_model(hint: object) -> type | None:
    """``Drug`` of ``Drug``, ``list[Drug]`` or ``Drug | None``; None where no model is in it."""
    if isinstance(hint, type) and get_origin(hint) is None:
        return hint if is_pydantic(hint) else None
    models = [model for arg in get_args(hint) if (model := _nested_model(arg)) is not None]
    return models[0] if models else None
