"""What an adapter's own config says, before anything of it is loaded.

LoRA is run, in its plain forms.  peft can do more than that at an adapter's word: import a module
that it names, search names with its regular expressions, change the base model's weights.  So only
settings known to be harmless are taken over, and an adapter that needs others is refused by name.

Here: adapter_config.json → settings, the name of the base.  Not here: loading (``attaching``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schema_ner.engines.local import modelfiles
from schema_ner.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from schema_ner.engines.local.forms import FormName

CONFIG = "adapter_config.json"
MADE_HERE = "schema_ner.json"  # of adapters trained here: what they are to be asked in

# What peft.LoraConfig is given from the file, where the file says it.
_TAKEN = (
    "r", "lora_alpha", "lora_dropout", "fan_in_fan_out", "bias", "use_rslora", "use_dora",
    "target_modules", "modules_to_save", "rank_pattern", "alpha_pattern",
    "layers_to_transform", "layers_pattern", "trainable_token_indices",
)  # fmt: skip
# What changes nothing in how an adapter that was trained is run.
_IGNORED = frozenset({
    "auto_mapping", "base_model_name_or_path", "corda_config", "ensure_weight_tying", "eva_config",
    "inference_mode", "init_lora_weights", "loftq_config", "lora_ga_config", "megatron_core",
    "peft_type", "peft_version", "qalora_group_size", "revision", "runtime_config", "task_type",
})  # fmt: skip
# Ways to begin that change the base model too; peft undoes that when it is asked to in saving.
_CHANGES_THE_BASE = ("pissa", "olora", "corda", "loftq", "lora_ga")
_NAME = re.compile(r"[\w.-]{1,200}", re.ASCII)
_LARGEST_RANK = 2**13


@dataclass(frozen=True, slots=True)
class Adapter:
    """What an adapter's config says.

    Attributes:
        base: the model that it was trained on, as it was called there; ``None`` where it is not
            said.
        settings: keyword arguments of ``peft.LoraConfig``.
    """

    base: str | None
    settings: dict[str, Any]


def read(folder: Path) -> Adapter:
    """The adapter in a folder.

    Raises:
        ModelError: its config is damaged, or it is of a kind that is not run.
    """
    config = modelfiles.read_json(folder / CONFIG)
    kind = config.get("peft_type")
    if kind != "LORA":
        raise ModelError(f"the adapter in {folder} is {kind!r} to peft; only LoRA is run")
    if config.get("task_type") not in (None, "CAUSAL_LM"):
        task = config["task_type"]
        raise ModelError(f"the adapter in {folder} was trained for {task!r}, not for CAUSAL_LM")
    begun = config.get("init_lora_weights")
    if isinstance(begun, str) and begun.startswith(_CHANGES_THE_BASE):
        raise ModelError(
            f"the adapter in {folder} belongs to a base that {begun!r} changed; save it again with "
            "peft's path_initial_model_for_weight_conversion, which makes plain LoRA of it"
        )
    for name, value in config.items():
        if name not in _TAKEN and name not in _IGNORED and value:
            raise ModelError(f"the adapter in {folder} sets {name}={value!r}, which is not run")
    settings = {name: config[name] for name in _TAKEN if config.get(name) is not None}
    _check(settings, folder)
    base = config.get("base_model_name_or_path")
    return Adapter(base if isinstance(base, str) and base.strip() else None, settings)


def trained_form(folder: Path) -> FormName | None:
    """The form that an adapter trained here was trained in; ``None`` for others.

    Raises:
        ModelError: the file that says so is damaged.
    """
    file = folder / MADE_HERE
    if not file.is_file():
        return None
    match modelfiles.read_json(file).get("prompt"):
        case "gollie" | "uniner" | "chat" as form:
            return form
        case other:
            raise ModelError(f"{file} names the form {other!r:.100}, which there is not")


def _check(settings: dict[str, Any], folder: Path) -> None:
    """Raise ModelError for what peft would search names with, or make large tensors of."""
    ranks = [settings.get("r", 8), *_values(settings.get("rank_pattern"))]
    if not all(_is_whole(rank) and 1 <= rank <= _LARGEST_RANK for rank in ranks):
        raise ModelError(f"the adapter in {folder} has ranks {ranks!r}; a rank is 1 to 8,192")
    for name in ("target_modules", "modules_to_save", "layers_pattern"):
        value = settings.get(name, [])
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(map(_is_name, names)):
            raise ModelError(
                f"the adapter in {folder} has {name}={value!r:.200}, a pattern; only lists "
                f"of names of modules are taken: list them in its {CONFIG}"
            )
    for name in ("rank_pattern", "alpha_pattern"):
        patterns = settings.get(name, {})
        if not isinstance(patterns, dict):
            raise ModelError(f"the adapter in {folder} has {name}={patterns!r:.200}, no object")
        for pattern in patterns:
            if not _is_name(pattern.removeprefix("^").removesuffix("$")):
                raise ModelError(
                    f"the adapter in {folder} has the pattern {pattern!r:.200} in {name}; only "
                    "names of modules are taken there"
                )


def _values(pattern: object) -> list[Any]:
    return list(pattern.values()) if isinstance(pattern, dict) else []


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None
