"""Find the schema that a user names: a ready-made one, a file, or a declaration in memory.

A name without an ending is a ready-made schema (``pii``, ``klue-ko``).  A path ends in ``.py`` or
``.json``.  ``file.py`` means every Entity subclass that the file itself defines, in its order, but
for names that begin with ``_``; ``file.py:Name`` means one class, list, dict or Schema in it.

Here: name or path → Schema.  Not here: how classes, lists and dicts are read (``declarations``),
what a JSON schema looks like (``schema``).
"""

from __future__ import annotations

import difflib
import functools
import itertools
import os
import re
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from schema_ner.declarations import schema_from
from schema_ner.errors import SchemaError, UnknownSchemaError
from schema_ner.schema import Entity, EntityType, Schema

if TYPE_CHECKING:
    from types import CodeType, ModuleType

SchemaLike: TypeAlias = (
    Schema
    | str  # a ready-made name, or a path
    | os.PathLike[str]
    | type[Any]  # an Entity subclass, a pydantic model
    | Sequence[type[Any] | str | EntityType]
    | Mapping[str, str]  # name → guideline
)

_PACKAGE = "schema_ner.schemas"
_PYTHON_FILE = re.compile(r"(?P<path>.+\.py)(?::(?P<name>[^:/\\]+))?", re.DOTALL)
_UNNAMED = "schema"  # the name of a Schema that was given none
_load_number = itertools.count(1)


def resolve(like: SchemaLike) -> Schema:
    """The schema that is meant, whichever way it is named or declared.

    Args:
        like: a ready-made name, ``file.py``, ``file.py:Name``, ``file.json``, or whatever
            ``declarations.schema_from`` reads: a Schema, class, list, dict, pydantic model.

    Raises:
        UnknownSchemaError: no ready-made schema and no file has that name.
        SchemaError: the file or the declaration cannot be used as it is; the text says why.
    """
    if not isinstance(like, str | os.PathLike):
        return schema_from(like)
    given = os.fspath(like)
    if given in names():
        return ready_made(given)
    if python := _PYTHON_FILE.fullmatch(given):
        return _from_python(Path(python["path"]), python["name"])
    if given.endswith(".json"):
        return _from_json(Path(given))
    raise _unknown(given)


@functools.cache
def names() -> tuple[str, ...]:
    """The ready-made schemas, sorted: ``klue-ko`` is the one in ``klue_ko.py``."""
    files = [file for folder in _package().__path__ for file in Path(folder).glob("*.py")]
    return tuple(sorted(f.stem.replace("_", "-") for f in files if not f.stem.startswith("_")))


@functools.cache
def ready_made(name: str) -> Schema:
    """The ready-made schema of that name.

    Raises:
        UnknownSchemaError: there is none.
        SchemaError: its file cannot be used, as after a slip in correcting it.
    """
    if name not in names():
        raise _unknown(name)
    stem = name.replace("-", "_")
    path = next(p for folder in _package().__path__ if (p := Path(folder, f"{stem}.py")).is_file())
    try:
        # imported like any module, so that a class a user imports is the class that spans carry
        module = import_module(f"{_PACKAGE}.{stem}")
    except (Exception, SystemExit) as err:
        raise _broken(path, err) from err
    return _named(_schema_of(_own_classes(module), path), name)


def _package() -> ModuleType:
    """The package of ready-made schemas; in a bare clone, the folder beside ``schema_ner``.

    From the clone's root the working folder shadows an installed ``schema_ner``, and there the
    schemas are not inside it.  A package made from the sibling folder stands in for them.
    """
    if find_spec(_PACKAGE) is not None:
        return import_module(_PACKAGE)
    folder = Path(__file__).resolve().parent.parent / "schemas"
    spec = spec_from_file_location(
        _PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None or not (folder / "__init__.py").is_file():
        raise UnknownSchemaError(f"the ready-made schemas are missing: no {_PACKAGE}, no {folder}")
    package = sys.modules[_PACKAGE] = module_from_spec(spec)
    spec.loader.exec_module(package)
    return package


def _from_python(path: Path, name: str | None) -> Schema:
    module = _load(path)
    if name is None:
        return _named(_schema_of(_own_classes(module), path), path.stem)
    if name not in vars(module):
        there = _listed(c.__name__ for c in _own_classes(module))
        raise UnknownSchemaError(f"{path} holds no {name!r}; the types in it are: {there}")
    value = vars(module)[name]
    schema = _schema_of(value, f"{path}:{name}")
    # a class, a Schema or a pydantic model has a name of its own, a list or a dict has none
    return schema if isinstance(value, type | Schema) else _named(schema, path.stem)


def _from_json(path: Path) -> Schema:
    try:
        text = _read(path).decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise SchemaError(f"{path} is not in UTF-8: {err.reason} at byte {err.start}") from err
    try:
        schema = Schema.from_json(text)
    except SchemaError as err:
        raise SchemaError(f"{path}: {err}") from err
    return _named(schema, path.stem) if schema.name == _UNNAMED else schema


class _FreshLoader(SourceFileLoader):
    """Compiles a file each time, reading no ``.pyc`` and leaving none beside the user's file."""

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002  # the base class's signature
        return self.source_to_code(_read(Path(self.path)), self.path)


def _load(path: Path) -> ModuleType:
    """Run a file as a module of its own, anew at each call.

    The module stays in ``sys.modules``: ``typing.get_type_hints`` and ``inspect.getsource`` of its
    classes look there for as long as the classes live.
    """
    _read(path)  # whether it can be read at all is said apart from what it does when it runs
    name = f"_schema_ner_file_{next(_load_number)}"
    spec = spec_from_file_location(name, path, loader=_FreshLoader(name, str(path)))
    if spec is None or spec.loader is None:
        raise SchemaError(f"{path} cannot be loaded as Python")
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as err:
        del sys.modules[name]
        raise _broken(path, err) from err
    return module


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as err:
        message = f"there is no file {str(path)!r}.{_did_you_mean(path.name, _files_beside(path))}"
        raise UnknownSchemaError(message) from err
    except (OSError, ValueError) as err:  # ValueError: a NUL character in the name
        if os.path.isdir(path):  # noqa: PTH112  # unlike Path.is_dir, never raises
            raise SchemaError(f"{path} is a folder; name one file in it") from err
        reason = err.strerror if isinstance(err, OSError) else err
        raise SchemaError(f"the file {str(path)!r} cannot be read: {reason}") from err


def _own_classes(module: ModuleType) -> list[type]:
    """The Entity subclasses a module defines, in the order of its source, each once."""
    found = [
        value
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, Entity)
        and value.__module__ == module.__name__
        and not name.startswith("_")
        and not value.__name__.startswith("_")
    ]
    return list(dict.fromkeys(found))


def _schema_of(declared: object, where: Path | str) -> Schema:
    if declared == []:
        way_out = "derive a class from schema_ner.Entity, or name a list or dict: file.py:NAME"
        raise SchemaError(f"{where} defines no type; {way_out}")
    try:
        return schema_from(declared)
    except SchemaError as err:
        raise SchemaError(f"{where}: {err}") from err


def _named(schema: Schema, name: str) -> Schema:
    return replace(schema, name=name)


def _broken(path: Path, err: BaseException) -> SchemaError:
    """One sentence on what went wrong while a file ran: which file, which line, what."""
    lines = [f.lineno for f in traceback.extract_tb(err.__traceback__) if _same(f.filename, path)]
    if isinstance(err, SyntaxError) and (err.filename is None or _same(err.filename, path)):
        lines.append(err.lineno)
    line = f", line {lines[-1]}" if lines and lines[-1] else ""
    said = err.msg if isinstance(err, SyntaxError) else err
    return SchemaError(f"{path}{line}: {type(err).__name__}: {said}".rstrip(": "))


def _same(filename: str, path: Path) -> bool:
    return Path(filename) in (path, path.resolve())


def _unknown(given: str) -> UnknownSchemaError:
    if os.path.isdir(given):  # noqa: PTH112  # unlike Path.is_dir, never raises
        return UnknownSchemaError(f"{given} is a folder; name one file in it")
    path = Path(given)
    if path.suffix or len(path.parts) > 1:
        problem = f"{given!r} is no schema file: those end in .py or .json."
    else:
        problem = f"no ready-made schema is called {given!r}.{_did_you_mean(given, names())}"
        if beside := [f for f in (f"{given}.py", f"{given}.json") if os.path.isfile(f)]:  # noqa: PTH113
            problem += f" The file {beside[0]} is named with its ending."
    return UnknownSchemaError(f"{problem} `schema-ner schemas` lists all {len(names())}.")


def _did_you_mean(given: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(given.lower().replace("_", "-"), known, n=1)
    near = near or difflib.get_close_matches(given, known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _files_beside(path: Path) -> list[str]:
    try:
        return [file.name for file in path.parent.iterdir() if file.suffix == path.suffix]
    except OSError:
        return []


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
