"""Entities out of text by your own definition: typed spans from a taxonomy of guidelines.

    from schema_ner import Entity, extract

Importing this package loads nothing heavy; what a name needs is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schema_ner.engines.scripted import ScriptedEngine as ScriptedEngine
    from schema_ner.errors import SchemaNerError as SchemaNerError
    from schema_ner.extractor import Extractor as Extractor
    from schema_ner.extractor import extract as extract
    from schema_ner.schema import Entity as Entity
    from schema_ner.schema import EntityType as EntityType
    from schema_ner.schema import Schema as Schema
    from schema_ner.spans import Document as Document
    from schema_ner.spans import Evidence as Evidence
    from schema_ner.spans import Extraction as Extraction
    from schema_ner.spans import Rejected as Rejected
    from schema_ner.spans import Span as Span
    from schema_ner.spans import Usage as Usage

__version__ = "0.1.0"

_HOME = {
    "Document": "spans",
    "Entity": "schema",
    "EntityType": "schema",
    "Evidence": "spans",
    "Extraction": "spans",
    "Extractor": "extractor",
    "Rejected": "spans",
    "Schema": "schema",
    "SchemaNerError": "errors",
    "ScriptedEngine": "engines.scripted",
    "Span": "spans",
    "Usage": "spans",
    "extract": "extractor",
}
__all__ = ["__version__", *_HOME]  # noqa: PLE0604  # the table's keys are texts


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'schema_ner' has no attribute {name!r}")
    return getattr(import_module(f"schema_ner.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
