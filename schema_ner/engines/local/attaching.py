"""A LoRA adapter put on its base: beside the weights, or added to them.

Here: tensors of an adapter.  Not here: its config (``adapters``), the base (``loading``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from safetensors.torch import load_file

from schema_ner.engines.local import adapters, modelfiles
from schema_ner.engines.local.quiet import one_line
from schema_ner.errors import ModelError, require

if TYPE_CHECKING:
    from pathlib import Path

    from schema_ner.engines.local.identity import Identity
    from schema_ner.engines.local.plan import AdapterUse


def with_adapter(
    model: Any,  # noqa: ANN401  # of transformers
    folder: Path,
    identity: Identity,
    use: AdapterUse,
) -> Any:  # noqa: ANN401  # of transformers
    """The model with an adapter on it: still a model of transformers, and not peft's wrapper.

    Args:
        model: the base; it is changed.
        folder: of the adapter.
        identity: for names in errors.
        use: ``attach`` or ``merge``.

    Raises:
        ModelError: the adapter is damaged, or was made for another base.
        MissingExtraError: peft is missing.
    """
    peft = require("peft", extra="llm")
    adapter = adapters.read(folder)
    modelfiles.adapter_weights(folder)  # says what is wrong with them, and that they are no pickle
    try:
        config = peft.LoraConfig(task_type="CAUSAL_LM", inference_mode=True, **adapter.settings)
        over = peft.get_peft_model(model, config, autocast_adapter_dtype=False)
        tensors = load_file(folder / modelfiles.ADAPTER_WEIGHTS)
        result = peft.set_peft_model_state_dict(over, tensors)
    except Exception as err:
        raise _other_base(identity, adapter, one_line(err)) from err
    left_over = [*result.unexpected_keys, *_untouched(result.missing_keys)]
    if left_over:
        why = f"{len(left_over)} tensors have no counterpart, {left_over[0]} is one"
        raise _other_base(identity, adapter, why)
    if adapter.settings.get("use_dora"):
        keep_unpackable(over)
    if use == "merge":
        try:
            return over.merge_and_unload(safe_merge=True)  # safe: no NaN gets into the weights
        except Exception as err:
            raise ModelError(
                f"the adapter {identity.name} cannot be merged; get its files again, or train it "
                f"again ({one_line(err)})"
            ) from err
    return over.get_base_model()


def keep_unpackable(model: Any) -> None:  # noqa: ANN401  # of peft
    """Have layers of 4 bits stay as they are: DoRA and gradients unpack their weights each step.

    On processors with AVX-512 for bfloat16, bitsandbytes otherwise packs them anew for a kernel of
    its own when they are first used, and what is unpacked then is noise.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def _untouched(missing: list[str]) -> list[str]:
    """Of all tensors that the adapter's file did not bring, those of the adapter."""
    return [name for name in missing if ".lora_" in name or ".modules_to_save." in name]


def _other_base(identity: Identity, adapter: adapters.Adapter, why: str) -> ModelError:
    made_for = "" if adapter.base is None else f", which was made for {adapter.base!r:.300},"
    return ModelError(
        f"the adapter {identity.name}{made_for} does not fit the base {identity.base_name}: name "
        f"its own base as model= ({why})"
    )
