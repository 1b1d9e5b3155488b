"""What makes two readings of a text the same: schema, prompt, model and options.

Here: the header of a journal, its differences, the keys of texts under it.  Not here: the file
(``journal``), where the values come from (whoever starts a run).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping  # noqa: TC003  # whoever reads the type hints needs it
from dataclasses import dataclass, field
from typing import Any

from schema_ner import exports
from schema_ner.errors import InputError

VERSION = 1  # of the form of journals


@dataclass(frozen=True, slots=True)
class Header:
    """What every text of a journal was read with.

    Attributes:
        schema: hash of the schema.
        model: name of the model.
        prompt: form of the prompts; ``None`` where the model is asked nothing.
        options: by name, whatever else decides about the result: thresholds, temperature.  Values
            that JSON can hold.
        data: hash of the texts; ``None`` where any may come.  It is no part of the keys.

    Raises:
        InputError: an option holds what JSON cannot.
    """

    schema: str
    model: str
    prompt: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    data: str | None = None
    _shared: str = field(init=False, repr=False, compare=False)  # digest of what all keys share

    def __post_init__(self) -> None:
        try:  # so that what was written and what is read again are equal
            plain = json.loads(exports.json_line(dict(self.options)))
        except TypeError as err:
            raise InputError(f"an option of a run holds what JSON cannot: {err}") from err
        object.__setattr__(self, "options", plain)
        told = json.dumps([self.schema, self.prompt, self.model, plain], sort_keys=True)
        object.__setattr__(self, "_shared", hashlib.sha256(told.encode("ascii")).hexdigest())

    def to_dict(self) -> dict[str, Any]:
        """The first record of a journal: ``journal`` (its version), then the fields."""
        names = ("schema", "prompt", "model", "options", "data")
        return {"journal": VERSION, **{name: getattr(self, name) for name in names}}

    def key(self, text: str) -> str:
        """32 hex digits over schema, prompt, model, options and the text."""
        told = self._shared + text
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def differences(self, there: Mapping[str, Any]) -> list[str]:
        """What another header has otherwise, a phrase each; none where both are the same."""
        here = self.to_dict()
        found = [_differs(name, there.get(name), here[name]) for name in here if name != "options"]
        others = there.get("options")
        theirs = others if isinstance(others, dict) else {}
        found += [
            _differs(f"option {name}", theirs.get(name), self.options.get(name))
            for name in dict.fromkeys((*self.options, *theirs))
        ]
        return [phrase for phrase in found if phrase]


def _differs(name: str, there: object, here: object) -> str:
    return "" if there == here else f"{name} ({_short(there)} there, {_short(here)} now)"


def _short(value: object) -> str:
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= 60 else said[:57] + "…"  # noqa: PLR2004  # about a line's rest
