"""Load a model as planned.  The only place that says where weights go.

Here: weights, tokenizer and adapter in memory, checked to be complete.  Not here: what was decided
(``plan``), what comes before any weight (``preparing``), running it (``generating``).
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import transformers
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

from schema_ner.engines.local import modelfiles, naming
from schema_ner.engines.local.attaching import with_adapter
from schema_ner.engines.local.overflow import give_back, is_out_of_memory
from schema_ner.engines.local.preparing import Prepared, fetch_weights, prepare
from schema_ner.engines.local.quiet import one_line, quietly
from schema_ner.engines.local.tokenizing import load_tokenizer, most_tokens
from schema_ner.errors import ModelError, require

if TYPE_CHECKING:
    from schema_ner.engines.local.identity import Identity
    from schema_ner.engines.local.plan import Plan, Wishes

# Tokens of prompt and answer when nobody says otherwise.  GoLLIE and UniversalNER were trained on
# 2,048 and fewer; longer texts are better read in windows than at lengths nobody trained.
USUAL_CONTEXT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A model in memory.

    Attributes:
        model: a causal LM of transformers, in eval mode, without gradients.
        tokenizer: its own, padding on the left.
        plan: how it is run.
        identity: what it is, with its form for sure.
        context: tokens of prompt and answer together that it is to be given.
        most_context: the most that it was made for.
    """

    model: Any
    tokenizer: Any
    plan: Plan
    identity: Identity
    context: int
    most_context: int


def load(identity: Identity, wishes: Wishes) -> Loaded:
    """Bring a model into memory.

    Raises:
        ModelError: it cannot be had, is damaged, does not fit, or is none that is run.
        MissingExtraError: a package is missing.
    """
    require("accelerate", extra="llm")
    give_back()  # what another model left behind counts as used until then
    prepared = prepare(identity, wishes)
    # gigabytes deserve a bar, in a terminal; and what does not fit as planned is not fetched
    with nullcontext() if sys.stderr.isatty() else quietly():
        fetch_weights(prepared.identity)
    with quietly():
        tokenizer = load_tokenizer(prepared.identity, prepared.files, prepared.config)
        model = _model(prepared)
        here = prepared.identity
        if here.kind == "adapter":
            model = with_adapter(model, Path(here.path), here, prepared.plan.adapter)
    model.eval()
    model.requires_grad_(requires_grad=False)
    most = most_tokens(tokenizer, prepared.size.context)
    return Loaded(
        model=model,
        tokenizer=tokenizer,
        plan=prepared.plan,
        identity=_sure(here, tokenizer),
        context=min(most, USUAL_CONTEXT),
        most_context=most,
    )


def _model(prepared: Prepared) -> Any:  # noqa: ANN401  # of transformers
    """The weights, all of them, on the device.

    Raises:
        ModelError: they are damaged or incomplete, or memory ran out.
    """
    files, plan = prepared.files, prepared.plan
    if files.is_dir():
        modelfiles.weights(files)  # says what is wrong with them, and that they are no pickle
    try:
        model, report = AutoModelForCausalLM.from_pretrained(
            files.parent if files.is_file() else files,
            dtype=getattr(torch, plan.dtype),
            device_map={"": plan.device},
            attn_implementation=plan.attention,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
            **_stored(prepared),
        )
    except Exception as err:  # noqa: BLE001  # transformers' own are of many kinds
        short, failure = is_out_of_memory(err), one_line(err)
    else:
        return _complete(model, report, files)
    # outside of the handler, whose traceback holds what was loaded so far
    give_back()
    if short:
        raise ModelError(
            f"memory ran out while {prepared.identity.name} was loaded on {plan.device}: free "
            "some, take quantization='nf4', or a smaller model"
        )
    raise ModelError(
        f"the model in {files} cannot be loaded; its files may not belong together ({failure})"
    )


def _complete(model: Any, report: Any, files: Path) -> Any:  # noqa: ANN401  # of transformers
    """The model, if its files held all of it."""
    # what a file lacks would be filled with random numbers
    lacking = sorted(report["missing_keys"]) + sorted(str(k[0]) for k in report["mismatched_keys"])
    if lacking:
        raise ModelError(
            f"the weights in {files} lack {len(lacking)} of the model's tensors, {lacking[0]} is "
            "one: get the files again"
        )
    return model


def _stored(prepared: Prepared) -> dict[str, Any]:
    """What from_pretrained is told of how weights are stored, and are to be held."""
    config, files = prepared.config, prepared.files
    if prepared.size.stored == "gguf":
        told: dict[str, Any] = {"config": config, "gguf_file": files.name}
        unpacking = getattr(transformers, "GgufConfig", None)  # not in all versions
        if unpacking is not None:
            # else it would fetch code for packed weights from the hub where it can
            told["quantization_config"] = unpacking(dequantize=True)
        return told
    if prepared.plan.quantization == "none":
        return {"config": config}
    dtype = getattr(torch, prepared.plan.dtype)
    if prepared.size.stored == "nf4":
        how = config.quantization_config
        said = dict(how if isinstance(how, dict) else how.to_dict())
        said["bnb_4bit_compute_dtype"] = prepared.plan.dtype  # what was fast where it was made
        config.quantization_config = said
        return {"config": config}
    packing = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )
    return {"config": config, "quantization_config": packing}


def _sure(identity: Identity, tokenizer: Any) -> Identity:  # noqa: ANN401  # of transformers
    """With the form that the tokenizer decides, where nothing else did."""
    if identity.form_is_sure:
        return identity
    names = [identity.name, identity.base_name or ""]
    form, _ = naming.form(names, has_template=bool(tokenizer.chat_template))
    return replace(identity, form=form, form_is_sure=True)
