"""Every exception the library raises on purpose.

    SchemaNerError
    ├── SchemaError            the taxonomy cannot be used as written
    │   └── UnknownSchemaError     no ready-made schema or file of that name
    ├── InputError             a text, file or option cannot be used
    │   └── FormatError            a file is not in the format it was read as
    ├── ModelError             a model cannot be found, loaded or trusted
    └── MissingExtraError      an optional package is needed (also an ImportError)

Here: the tree, and the one door to optional packages.  Not here: what happened to single items of a
model's answer; those are not exceptions but entries in ``Extraction.rejected``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


class SchemaNerError(Exception):
    """Base of all errors raised on purpose; its text says what, which value, and the way out."""


class SchemaError(SchemaNerError, ValueError):
    """The taxonomy cannot be used as written."""


class UnknownSchemaError(SchemaError):
    """No ready-made schema, and no file, has the given name."""


class InputError(SchemaNerError, ValueError):
    """A text, a file or an option cannot be used."""


class FormatError(InputError):
    """A file is not in the format it was read as, or a format cannot hold what it was given."""


class ModelError(SchemaNerError, RuntimeError):
    """A model cannot be found, loaded or trusted."""


class MissingExtraError(SchemaNerError, ImportError):
    """An optional package is needed for what was asked."""


def require(module: str, *, extra: str) -> ModuleType:
    """Import an optional package, or say which extra brings it.

    Raises:
        MissingExtraError: the package is not installed.
        ImportError: it is installed but broken (its own error, unchanged).
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as err:
        if err.name != module.partition(".")[0]:  # installed, but one of its own imports is missing
            raise
        message = f"{module} is needed for this: pip install 'schema-ner[{extra}]'"
        raise MissingExtraError(message) from err
