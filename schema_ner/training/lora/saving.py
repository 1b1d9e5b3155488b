"""An adapter's folder: what peft, and ``model=`` here, load.

    adapter_config.json  adapter_model.safetensors  schema_ner.json  README.md

Here: writing it.  Not here: reading one (``engines.local.adapters``, ``engines.local.attaching``).
"""

from __future__ import annotations

import json
from importlib import metadata
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file

from schema_ner.engines.local import adapters, modelfiles
from schema_ner.errors import require

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from schema_ner.training.lora.trainee import Trainee

PACKAGES = ("schema-ner", "torch", "transformers", "peft")


def write(trainee: Trainee, folder: Path, card: Mapping[str, Any]) -> None:
    """Write an adapter, its weights in float16.

    Args:
        trainee: with the weights to keep.
        folder: is made; what is in it under these names is replaced.
        card: what to say of how it was made: name → value.
    """
    peft = require("peft", extra="llm")
    folder.mkdir(parents=True, exist_ok=True)
    identity = trainee.loaded.identity
    config = trainee.model.peft_config["default"]
    config.inference_mode = True
    config.base_model_name_or_path = identity.hub or identity.path
    config.save_pretrained(folder)
    tensors = peft.get_peft_model_state_dict(trainee.model, save_embedding_layers=False)
    kept = {n: t.detach().to("cpu", torch.float16).contiguous() for n, t in tensors.items()}
    save_file(kept, folder / modelfiles.ADAPTER_WEIGHTS, metadata={"format": "pt"})
    told = {"kind": "adapter", "prompt": identity.form}
    (folder / adapters.MADE_HERE).write_text(json.dumps(told) + "\n", "utf-8")
    (folder / "README.md").write_text(_card(folder, card), "utf-8")


def _card(folder: Path, card: Mapping[str, Any]) -> str:
    versions = {name: metadata.version(name) for name in PACKAGES}
    lines = [f"| {name} | {value} |" for name, value in {**card, **versions}.items()]
    return (
        f"# {folder.resolve().parent.name}\n\nA LoRA adapter that finds entities by guidelines, "
        "made by `schema-ner train lora`.\n\n"
        f'    schema-ner extract "…" --schema … --model {folder}\n\n'
        "| | |\n|---|---|\n" + "\n".join(lines) + "\n"
    )
