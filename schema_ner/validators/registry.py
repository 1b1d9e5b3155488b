"""The validators by name.

Here: the table that ``validator = "iban"`` in a schema is looked up in.  Not here: what a verdict
does (``verify``).
"""

from __future__ import annotations

import difflib
from types import MappingProxyType
from typing import TYPE_CHECKING

from schema_ner.errors import SchemaError
from schema_ner.validators import dates, finance, korea, national, network, phone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schema_ner.validators.base import Validator

_ALL = (*network.ALL, *finance.ALL, *dates.ALL, *phone.ALL, *korea.ALL, *national.ALL)

VALIDATORS: Mapping[str, Validator] = MappingProxyType(
    {validator.name: validator for validator in sorted(_ALL, key=lambda v: v.name)}
)
"""Every validator by its name, sorted."""


def names() -> tuple[str, ...]:
    """The names a schema may use, sorted."""
    return tuple(VALIDATORS)


def get(name: str) -> Validator:
    """The validator of that name.

    Raises:
        SchemaError: there is none; the text names those spelled alike and the way to list all.
    """
    if name in VALIDATORS:
        return VALIDATORS[name]
    near = difflib.get_close_matches(name.lower().replace("_", "-"), VALIDATORS, n=3, cutoff=0.6)
    guess = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise SchemaError(
        f"no validator is called {name!r}.{guess} "
        f"`schema_ner.validators.names()` lists all {len(VALIDATORS)}."
    )
