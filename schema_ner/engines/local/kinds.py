"""Which folders hold what is run, and what to say of those that do not.

Here: kinds of models, by their config files.  Not here: names and places (``identity``), how files
are read (``modelfiles``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_ner.engines.local import adapters, modelfiles
from schema_ner.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

RUN = (
    "what is run here are causal LMs (a folder with the config.json of a …ForCausalLM), peft "
    "adapters for them, and .gguf files"
)
_CAUSAL = ("ForCausalLM", "LMHeadModel")
_WITH_PICTURES = "ForConditionalGeneration"  # one with a text_config writes about text alone too


def check_is_language_model(folder: Path) -> None:
    """Raise ModelError for the folder of another kind of model for entities."""
    is_adapter = (folder / adapters.CONFIG).is_file()
    if (folder / adapters.MADE_HERE).is_file() and not is_adapter:
        raise ModelError(
            f"{folder} holds a model of the built-in kind, which is no language model; give it as "
            "model= alone, without adapter= and prompt="
        )
    if (folder / "gliner_config.json").is_file():
        raise ModelError(f"{folder} holds GLiNER weights, which this library does not run; {RUN}")


def single_gguf(folder: Path) -> Path | None:
    """The one ``.gguf`` file of a folder that holds nothing else to run.

    Raises:
        ModelError: there are several, and nothing says which is meant.
    """
    packed = [file for file in sorted(folder.glob("*.gguf")) if file.is_file()]
    if not packed or any(folder.glob("*.safetensors")):
        return None
    if len(packed) == 1:
        return packed[0].resolve()
    if (folder / "config.json").is_file():
        return None
    raise ModelError(f"{folder} holds {len(packed)} .gguf files: name one, such as {packed[0]}")


def causal_config(folder: Path) -> dict[str, Any]:
    """The config of a model that writes text, as its file says it.

    Raises:
        ModelError: there is none, or it is of another kind of model.
    """
    if not (folder / "config.json").is_file():
        raise ModelError(f"{folder} is no model, it holds no config.json; {RUN}")
    config = modelfiles.read_json(folder / "config.json")
    named = config.get("architectures")
    classes = [each for each in named if isinstance(each, str)] if isinstance(named, list) else []
    if not classes:
        raise ModelError(f"the config.json in {folder} names no architectures; {RUN}")
    writes = any(
        each.endswith(_CAUSAL) or (each.endswith(_WITH_PICTURES) and "text_config" in config)
        for each in classes
    )
    if config.get("is_encoder_decoder") is True or not writes:
        raise ModelError(
            f"the model in {folder} is a {classes[0]:.100}, which is no causal LM; {RUN}"
        )
    return config
