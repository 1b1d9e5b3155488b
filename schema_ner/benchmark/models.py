"""The model of a benchmark: made by its name, and what it is run with, for the record.

Here: options that a model can use or cannot; precision, prompt form, versions.  Not here: running a
model (``engines``), which options the command line has.
"""

from __future__ import annotations

import functools
import platform
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import schema_ner
from schema_ner.engines.select import SETTINGS, engine_for
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schema_ner.engines.base import Engine
    from schema_ner.extractor import Extractor

BUILTIN = "builtin"
# whatever a figure may depend on; of those that are installed, the versions are written down
_PACKAGES = (
    "numpy",
    "onnxruntime",
    "tokenizers",
    "rapidfuzz",
    "torch",
    "transformers",
    "accelerate",
    "bitsandbytes",
    "peft",
    "llguidance",
)


@dataclass(frozen=True, slots=True)
class Model:
    """An engine, and what is to be told of it.

    Attributes:
        engine: what reads the texts.
        given: what it was asked for by.
        prompt: the form of its prompts; ``None`` where it is asked nothing.
        precision: of the numbers: ``dtype``, ``quantization``, ``device``; empty where unknown.
        options: what else decides about results, by name.
        notes: options that it cannot use, a sentence each.
    """

    engine: Engine
    given: str
    prompt: str | None = None
    precision: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def find(name: str, *, temperature: float | None = None, max_tokens: int | None = None) -> Model:
    """The model of that name, as ``Extractor`` takes it, with options for models that write.

    Args:
        name: ``builtin``, a folder, an id.
        temperature: of drawing tokens; 0 takes the likeliest.
        max_tokens: the most tokens of an answer.

    Raises:
        InputError: a number is out of range.
        ModelError: nothing of that name can be run.
        MissingExtraError: a package is missing for it.
    """
    if temperature is not None and not 0 <= temperature < float("inf"):
        raise InputError(f"--temperature {temperature:g}: it is 0 or more")
    if max_tokens is not None and max_tokens < 1:
        raise InputError(f"--max-tokens {max_tokens}: it is a number of tokens, at least 1")
    if _is_encoder(name):
        found = described(engine_for(name), name)
        options: dict[str, Any] = {"weights": _weights(name)}
        asked = {"--temperature": temperature, "--max-tokens": max_tokens}
        why = "it marks spans and writes nothing"
        notes = [_unused(o, v, found.engine, why) for o, v in asked.items() if v is not None]
    else:
        found = described(_generating(name, max_tokens), name)
        options = {"given": name, "max_tokens": max_tokens}  # folders may be called the same
        why = "it always writes what is likeliest, as with 0"
        notes = [_unused("--temperature", temperature, found.engine, why)] if temperature else []
    return Model(
        found.engine,
        name,
        found.prompt,
        _INT8 if _is_encoder(name) else found.precision,
        {**found.options, **options},
        tuple(notes),
    )


def described(engine: Engine, given: str | None = None) -> Model:
    """What an engine says of itself, as far as it has the attributes of a local LLM."""
    plan = getattr(engine, "plan", None)
    known = {name: getattr(plan, name, None) for name in ("dtype", "quantization", "device")}
    precision = {name: value for name, value in known.items() if value is not None}
    constrained = getattr(engine, "constrained", None)
    options = {} if constrained is None else {"constrained": constrained, **precision}
    return Model(
        engine,
        engine.name if given is None else given,
        getattr(engine, "form", None),
        precision,
        options,
    )


# of the built-in model's weights; see docs/model-card.md
_INT8 = {"dtype": "float32", "quantization": "int8", "device": "cpu"}


def options_of(model: Model, extractor: Extractor) -> dict[str, Any]:
    """Everything that decides what becomes of a text, by name; of values that JSON can hold."""
    calibration = extractor.calibration
    return {
        "schema_ner": schema_ner.__version__,
        **model.options,
        "overlap": extractor.overlap,
        "thresholds": dict(extractor.thresholds),
        "validators": {t.label: t.validator for t in extractor.schema if t.validator},
        **({} if calibration is None else {"calibration": repr(calibration)}),
    }


@functools.cache
def versions() -> Mapping[str, str]:
    """Versions of this package, of Python and of the packages that figures may depend on."""
    found = {"schema-ner": schema_ner.__version__, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _weights(name: str) -> str:
    """The hash of the weights: models that were trained anew may keep a name."""
    from schema_ner.encoder import store  # noqa: PLC0415  # numpy: --help must not wait for it

    return store.settings(None if name == BUILTIN else Path(name).expanduser()).weights


def _is_encoder(name: str) -> bool:
    return name == BUILTIN or (Path(name).expanduser() / SETTINGS).is_file()


def _generating(name: str, max_tokens: int | None) -> Engine:
    if max_tokens is None:
        return engine_for(name)
    from schema_ner.engines.local import LocalLLM  # noqa: PLC0415  # torch, for those who ask for it

    return LocalLLM(name, max_new_tokens=max_tokens)


def _unused(option: str, value: object, engine: Engine, why: str) -> str:
    return f"{option} {value:g} does nothing for {engine.name}: {why}"
