"""Entity, EntityType, Schema: a taxonomy as a read-only description that every engine understands.

Here: the base class users derive from, what a declaration becomes, its JSON form, its hash.
Not here: how classes, lists, dicts and pydantic models are read (``declarations``), how ready-made
schemas and files are found (``registry``), how prompts are written (``prompts``).
"""

from __future__ import annotations

import hashlib
import json
import keyword
import reprlib
import unicodedata
from collections import Counter
from collections.abc import Sequence  # noqa: TC003  # get_type_hints of users' classes reads it
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from schema_ner.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FieldKind = Literal["str", "int", "bool", "list[str]", "choice"]


# class attributes that say something of a type, and so cannot be fields of it
RESERVED = frozenset({"examples", "label", "validator", "threshold", "dataset_label"})


class Entity:
    """Base class of a type of entity: the docstring of a subclass is its annotation guideline.

        class Drug(Entity):
            "A substance given to treat illness, by brand or generic name. Not its dose."
            examples = ("aspirin", "Humira")

    Class attributes that mean something, all optional:

    - ``examples``: surface forms as they stand in texts.
    - ``label``: the name that spans carry, where it is no Python identifier.
    - ``validator``: name of a check in ``schema_ner.validators``, such as ``"iban"``.
    - ``threshold``: score in [0, 1] below which a model's span of this type is dropped.
    - ``dataset_label``: what the data set this type was written for calls it.

    They count on the class that writes them and are not inherited.  Annotated names other than
    these and ``span`` are extra fields, of type ``str int bool list[str] Literal[...]`` or an Enum.
    """

    examples: ClassVar[Sequence[str]] = ()

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({fields})"


@dataclass(frozen=True, slots=True)
class Field:
    """An extra field of an entity: what an engine may fill in beside the mention itself."""

    name: str
    kind: FieldKind
    choices: tuple[str, ...] = ()  # the allowed values, of kind "choice" only

    def to_dict(self) -> dict[str, Any]:
        """``{"kind": ..., "choices"?: [...]}``, the JSON form."""
        return {"kind": self.kind, **({"choices": list(self.choices)} if self.choices else {})}


@dataclass(frozen=True, slots=True)
class EntityType:
    """One type of a schema.

    Attributes:
        label: the name the user gave it; spans carry this.
        guideline: what counts, what does not, where a span begins and ends; may be empty.
        examples: surface forms as they stand in texts.
        fields: extra fields an engine may fill.
        validator: name of a check in ``schema_ner.validators``, or ``None``.
        threshold: score below which a model's span is dropped; ``None`` leaves it to the model.
        dataset_label: what a data set calls this type, or ``None``.
        cls: the class it was declared with, or ``None``.
        class_name: ``label`` as a Python identifier, for prompts.
    """

    label: str
    guideline: str = ""
    examples: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    validator: str | None = None
    threshold: float | None = None
    dataset_label: str | None = None
    cls: type | None = field(default=None, compare=False, repr=False)
    class_name: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        check_label(self.label)
        if not self.class_name:
            object.__setattr__(self, "class_name", identifier(self.label))
        if identifier(self.class_name) != self.class_name or keyword.iskeyword(self.class_name):
            raise SchemaError(f"{self.label!r}: {self.class_name!r} cannot be the name of a class")
        for example in self.examples:
            if not example.strip():
                raise SchemaError(f"{self.label!r}: an example is empty; remove it")
        choices = (choice for field in self.fields for choice in field.choices)
        for told in (self.guideline, *self.examples, *choices, self.dataset_label or ""):
            check_writable(told, repr(self.label))
        if self.threshold is not None and not 0.0 <= self.threshold <= 1.0:
            raise SchemaError(f"{self.label!r}: threshold {self.threshold!r} is not in [0, 1]")

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: ``name, guideline, examples, fields?, validator?, threshold? …``."""
        optional: dict[str, Any] = {
            "fields": {f.name: f.to_dict() for f in self.fields},
            "validator": self.validator,
            "threshold": self.threshold,
            "dataset_label": self.dataset_label,
            # only where it is not what the label gives by itself
            "class_name": None if self.class_name == identifier(self.label) else self.class_name,
        }
        required = {
            "name": self.label,
            "guideline": self.guideline,
            "examples": list(self.examples),
        }
        return required | {k: v for k, v in optional.items() if v not in (None, {})}

    def instance(self, mention: str, values: Mapping[str, object] | None = None) -> object | None:
        """The user's class for one mention, made without calling its ``__init__``.

        ``span`` holds the mention, extra fields the given values or ``None``.
        """
        if self.cls is None:
            return None
        entity: object = object.__new__(self.cls)
        given = values or {}
        for name, value in [("span", mention), *((f.name, given.get(f.name)) for f in self.fields)]:
            object.__setattr__(entity, name, value)
        _complete(entity, given)
        return entity


@dataclass(frozen=True, slots=True)
class Schema:
    """An ordered set of entity types.

    Attributes:
        types: the types, in the order in which the user gave them; at least one.
        name: what to call the schema in reports.

    Raises:
        SchemaError: no type at all, or two of one name.
    """

    types: tuple[EntityType, ...]
    name: str = "schema"

    def __post_init__(self) -> None:
        if not self.types:
            raise SchemaError(
                "a schema needs at least one type; give Entity subclasses, a list of names, "
                'or a dict of name to guideline: extract(text, ["person", "place"])'
            )
        check_distinct(self.types)
        check_writable(self.name, "the schema's name")

    def __iter__(self) -> Iterator[EntityType]:
        return iter(self.types)

    def __len__(self) -> int:
        return len(self.types)

    def __getitem__(self, label: str) -> EntityType:
        """The type of that label.  Raises KeyError."""
        for entity_type in self.types:
            if entity_type.label == label:
                return entity_type
        raise KeyError(label)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in order."""
        return tuple(entity_type.label for entity_type in self.types)

    @property
    def from_dataset(self) -> dict[str, str]:
        """By what the schema's data set calls a type: its label here.  See Document.relabelled."""
        return {t.dataset_label: t.label for t in self.types if t.dataset_label is not None}

    @property
    def hash(self) -> str:
        """16 hex digits over names, guidelines, examples, fields and their order; stable."""
        told = ("name", "class_name", "guideline", "examples", "fields")
        content = [{k: v for k, v in t.to_dict().items() if k in told} for t in self.types]
        canonical = json.dumps(content, ensure_ascii=True)  # unsorted: fields have an order too
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:16]

    def to_json(self, *, indent: int | None = None) -> str:
        """The JSON form, the only one that a server accepts."""
        types = [entity_type.to_dict() for entity_type in self.types]
        return json.dumps({"name": self.name, "types": types}, ensure_ascii=False, indent=indent)

    @classmethod
    def from_json(cls, text: str) -> Schema:
        """Read what ``to_json`` wrote.  Nothing in it is executed; classes become plain types.

        Raises:
            SchemaError: not JSON, or not of that form; the text says where.
        """
        if not isinstance(text, str):
            raise SchemaError(f"a JSON schema is text, not {type(text).__name__}")
        try:
            data = json.loads(text, object_pairs_hook=_without_repeats)
        except (ValueError, RecursionError) as err:
            raise SchemaError(f"a JSON schema that is no JSON: {err}") from err
        return _schema_from_dict(data)


def _complete(entity: object, given: Mapping[str, object]) -> None:
    """Set what ``__init__`` would have set and ``==``, ``repr`` and copying rely on."""
    cls = type(entity)
    if hasattr(cls, "__pydantic_fields_set__"):
        object.__setattr__(entity, "__pydantic_fields_set__", {"span", *given})
        object.__setattr__(entity, "__pydantic_extra__", None)
        private: dict[str, object] | None = (
            {} if getattr(cls, "__private_attributes__", None) else None
        )
        object.__setattr__(entity, "__pydantic_private__", private)
    names = [f.name for f in fields(cls)] if is_dataclass(cls) else getattr(cls, "model_fields", ())
    for name in names:
        if not hasattr(entity, name):
            object.__setattr__(entity, name, None)


def check_label(label: str) -> None:
    """Raise SchemaError for a name that no span could carry or no prompt could say."""
    if not label.strip() or label != label.strip():
        raise SchemaError(f"the type name {label!r} is empty or has blanks around it")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in label):
        raise SchemaError(f"the type name {label!r} holds a control character")
    if keyword.iskeyword(unicodedata.normalize("NFKC", label)):
        way_out = f"call it {label.capitalize() + 'Type'!r}"
        raise SchemaError(f"the type name {label!r} is a Python keyword; {way_out}")


def check_writable(text: str, where: str) -> None:
    """Raise SchemaError for a lone surrogate, which no tokenizer and no file takes."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise SchemaError(f"{where}: half a character (lone surrogate) in {text!r}")


def check_distinct(types: Sequence[EntityType]) -> None:
    """Raise SchemaError where two types share a label or a name in prompts."""
    seen: dict[str, str] = {}
    for entity_type in types:
        for name in {entity_type.label, entity_type.class_name}:
            if name in seen:
                first, second = seen[name], entity_type.label
                problem = "is given twice" if first == second else f"reads like {first!r}"
                raise SchemaError(f"the type {second!r} {problem} in one schema; rename one")
        seen |= dict.fromkeys((entity_type.label, entity_type.class_name), entity_type.label)


def identifier(label: str) -> str:
    """A Python identifier for a label: ``programming language`` → ``ProgrammingLanguage``.

    A label that is one already stays as it is, in the NFKC form that Python itself gives it.
    """
    plain = unicodedata.normalize("NFKC", label)
    if plain.isidentifier() and not keyword.iskeyword(plain):
        return plain
    # words are what an identifier may go on with: more than \w, which lacks the vowels of Hindi
    parts = "".join(c if c != "_" and ("a" + c).isidentifier() else " " for c in plain).split()
    capital = "".join(part[:1].upper() + part[1:] for part in parts)
    joined = "".join(c for c in capital if ("a" + c).isidentifier())
    if not joined.isidentifier() or keyword.iskeyword(joined):
        joined = "Type" + (joined or "".join(f"U{ord(c):04X}" for c in label))
    return unicodedata.normalize("NFKC", joined)  # a capital or "Type" may join a mark behind it


_TEXTS = ("guideline", "validator", "dataset_label", "class_name")
_TYPE_KEYS = {"name", "examples", "fields", "threshold", *_TEXTS}
_FIELD_KINDS: tuple[FieldKind, ...] = ("str", "int", "bool", "list[str]", "choice")


def repeated_key(pairs: Sequence[tuple[str, object]]) -> str | None:
    """A key that a JSON object gives twice, of which json alone would keep the last value."""
    if len(dict(pairs)) == len(pairs):
        return None
    ((key, _),) = Counter(key for key, _ in pairs).most_common(1)
    return key


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if (key := repeated_key(pairs)) is not None:
        raise ValueError(f"the key {key!r} is given twice")
    return dict(pairs)


def _schema_from_dict(data: object) -> Schema:
    form = '{"name": …, "types": [{"name": …, "guideline": …, "examples": […]}]}'
    match data:
        case {"types": [*types], **rest} if set(rest) <= {"name"}:
            name = rest.get("name", "schema")
            if not isinstance(name, str):
                raise SchemaError(f'"name" of a JSON schema must be text, not {name!r}')
            return Schema(tuple(_type_from_dict(t, i) for i, t in enumerate(types)), name)
    raise SchemaError(f"a JSON schema has the form {form}; got {_short(data)}")


def _type_from_dict(data: object, index: int) -> EntityType:
    where = f"types[{index}] of a JSON schema"
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        raise SchemaError(f'{where} must be an object with a "name"; got {_short(data)}')
    unknown = sorted(set(map(str, data)) - _TYPE_KEYS)
    if unknown:
        raise SchemaError(f"{where}: unknown keys {unknown}; known are {sorted(_TYPE_KEYS)}")
    examples = data.get("examples", [])
    if not isinstance(examples, list) or not all(isinstance(e, str) for e in examples):
        raise SchemaError(f'{where}: "examples" must be a list of texts; got {_short(examples)}')
    for key in _TEXTS:
        if not isinstance(data.get(key, ""), str):
            raise SchemaError(f'{where}: "{key}" must be text; got {_short(data[key])}')
    threshold = data.get("threshold")
    if threshold is not None and (
        isinstance(threshold, bool) or not isinstance(threshold, int | float)
    ):
        raise SchemaError(f'{where}: "threshold" must be a number; got {_short(threshold)}')
    return EntityType(
        label=data["name"],
        guideline=data.get("guideline", ""),
        examples=tuple(examples),
        fields=_fields_from_dict(data.get("fields", {}), where),
        validator=data.get("validator"),
        threshold=threshold,
        dataset_label=data.get("dataset_label"),
        class_name=data.get("class_name", ""),
    )


def _fields_from_dict(data: object, where: str) -> tuple[Field, ...]:
    if not isinstance(data, dict):
        raise SchemaError(f'{where}: "fields" must be an object; got {_short(data)}')
    fields = []
    for name, value in data.items():
        match value:
            case {"kind": kind, **rest} if kind in _FIELD_KINDS and set(rest) <= {"choices"}:
                choices = rest.get("choices", [])
                if not isinstance(choices, list) or not all(isinstance(c, str) for c in choices):
                    raise SchemaError(f'{where}: "choices" of field {name!r} must be texts')
                fields.append(make_field(name, cast("FieldKind", kind), tuple(choices), where))
            case _:
                kinds = " ".join(_FIELD_KINDS)
                raise SchemaError(f'{where}: field {name!r} needs a "kind", one of {kinds}')
    return tuple(fields)


def make_field(name: str, kind: FieldKind, choices: tuple[str, ...], where: str) -> Field:
    """A checked Field.  Raises SchemaError, naming ``where``."""
    plain = unicodedata.normalize("NFKC", name)  # which is how Python reads it in an answer
    if name != plain or not name.isidentifier() or keyword.iskeyword(name):
        raise SchemaError(f"{where}: {name!r} cannot be the name of a field")
    if name == "span" or name in RESERVED or name.startswith("_"):
        raise SchemaError(
            f"{where}: {name!r} cannot be the name of a field; it has another meaning"
        )
    if (kind == "choice") != bool(choices):
        raise SchemaError(f"{where}: field {name!r}: choices go with kind 'choice', and only there")
    return Field(name, kind, choices)


def _short(value: object) -> str:
    return reprlib.repr(value)[:80]  # cuts what is long or deep, where repr alone could recurse
