"""All that is settled before a weight is read: files, config, size, machine, plan.

``schema-ner doctor --model`` shows it; ``loading`` carries it out.

Here: from an identity to a plan.  Not here: the choices (``plan``), tensors (``loading``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import AutoConfig
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING,
    MODEL_FOR_MASKED_LM_MAPPING,
)

from schema_ner.engines.local import modelfiles
from schema_ner.engines.local.hub import fetched, hub_id
from schema_ner.engines.local.identity import settled
from schema_ner.engines.local.machine import look
from schema_ner.engines.local.plan import decide
from schema_ner.engines.local.quiet import one_line, quietly
from schema_ner.engines.local.size import size_of
from schema_ner.engines.local.tokenizing import tokenizer_place
from schema_ner.errors import MissingExtraError, ModelError

if TYPE_CHECKING:
    from schema_ner.engines.local.identity import Identity
    from schema_ner.engines.local.machine import Machine
    from schema_ner.engines.local.plan import Plan, Wishes
    from schema_ner.engines.local.size import Size, Stored

GGUF = "gguf>=0.10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A model that can be loaded.

    Attributes:
        identity: with all places local.
        files: the folder or ``.gguf`` file of the weights; of an adapter, those of its base.
        config: transformers' own.
        size: of the model.
        machine: what it will run on.
        plan: how.
    """

    identity: Identity
    files: Path
    config: Any
    size: Size
    machine: Machine
    plan: Plan


def prepare(identity: Identity, wishes: Wishes) -> Prepared:
    """Everything but the weights.

    Raises:
        ModelError: the model cannot be had, is none that is run, or does not fit.
        MissingExtraError: a package is missing.
    """
    with quietly():
        here = settled(identity)
        files = Path(here.base or here.path)
        if files.suffix.lower() == ".gguf":
            _require_gguf()
        config = _config(files)
        size = size_of(config.get_text_config(decoder=True), stored=_stored(files, config))
        # of a hub model the weights may not be here yet
        from_hub = here.hub if here.base is None else here.base_hub
        if size.stored == "plain" and (from_hub is None or _has_weights(files)):
            counted = modelfiles.weights(files).numbers
            size = replace(size, parameters=counted, linear=min(size.linear, counted))
        tokenizer_place(here, files)  # says where there is none
        if here.kind == "adapter" and here.hub is None:
            modelfiles.adapter_weights(Path(here.path))  # likewise
        machine = look(wishes.device)
    plan = _suited(decide(machine, size, wishes, adapter=here.kind == "adapter"), config)
    return Prepared(
        identity=here, files=files, config=config, size=size, machine=machine, plan=plan
    )


def fetch_weights(identity: Identity) -> None:
    """Bring the weights down of what is on the hub.

    Args:
        identity: a settled one.

    Raises:
        ModelError: the hub does not have them, or cannot be reached.
    """
    for place, folder in ((identity.hub, identity.path), (identity.base_hub, identity.base)):
        named = hub_id(place or "")
        if named is not None and folder is not None:
            fetched(named, modelfiles.weight_files(Path(folder)))


def _has_weights(folder: Path) -> bool:
    return any(folder.glob("*.safetensors"))


def _config(files: Path) -> Any:  # noqa: ANN401  # of transformers
    """The config, of a model that writes text.

    Raises:
        ModelError: transformers does not know it, or knows it as another kind of model.
    """
    place = {"gguf_file": files.name} if files.is_file() else {}
    folder = files.parent if files.is_file() else files
    try:
        config = AutoConfig.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True, **place
        )
    except Exception as err:
        raise ModelError(
            f"transformers {metadata.version('transformers')} cannot read the config of {files}; "
            "the model needs a newer one, code of its own, which is never run, or is damaged "
            f"({one_line(err)})"
        ) from err
    kind = type(config)
    reads_both_ways = kind in MODEL_FOR_MASKED_LM_MAPPING and not getattr(
        config, "is_decoder", False
    )
    if kind not in MODEL_FOR_CAUSAL_LM_MAPPING or reads_both_ways:
        raise ModelError(
            f"the model in {files} is of the type {config.model_type!r}, which is no causal LM to "
            "transformers"
        )
    return config


def _stored(files: Path, config: Any) -> Stored:  # noqa: ANN401  # of transformers
    """How the weights lie on disk.  Raises ModelError where that is not run."""
    if files.is_file():
        return "gguf"
    how = getattr(config, "quantization_config", None)
    if how is None:
        return "plain"
    said = how if isinstance(how, dict) else how.to_dict()
    if said.get("quant_method", "bitsandbytes") == "bitsandbytes" and said.get("load_in_4bit"):
        return "nf4"
    raise ModelError(
        f"the weights in {files} are quantised by {said.get('quant_method')!r:.100}, which is not "
        "run here: take the model that they were made of; it can be run in 4 bits"
    )


def _suited(plan: Plan, config: Any) -> Plan:  # noqa: ANN401  # of transformers
    """The plan, with an attention that transformers has for this model."""
    model = MODEL_FOR_CAUSAL_LM_MAPPING[type(config)]
    model = model[0] if isinstance(model, tuple) else model
    asked = plan.attention
    if asked == "flash_attention_2" and not getattr(model, "_supports_flash_attn", True):
        asked = "sdpa"
    if asked == "sdpa" and not getattr(model, "_supports_sdpa", True):
        asked = "eager"
    if asked == plan.attention:
        return plan
    because = f"attention {asked}: transformers has no {plan.attention} for {config.model_type}."
    reasons = (because if each.startswith("attention ") else each for each in plan.reasons)
    return replace(plan, attention=asked, reasons=tuple(reasons))


def _require_gguf() -> None:
    try:
        metadata.version("gguf")
    except metadata.PackageNotFoundError as err:
        raise MissingExtraError(f".gguf files need gguf: pip install '{GGUF}'") from err
