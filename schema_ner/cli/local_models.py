"""What ``schema-ner doctor`` says of language models on this machine: devices, packages, plans.

Here: findings, from what ``engines.local`` looks at and decides.  Not here: the looking
(``engines.local.machine``), the decisions (``engines.local.plan``), showing it (``doctor``).
"""

from __future__ import annotations

import platform
from dataclasses import asdict
from types import SimpleNamespace
from typing import TYPE_CHECKING

from schema_ner.cli.checks import Finding, gpu, install, pip
from schema_ner.errors import SchemaNerError, require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner.cli.requirements import Requirement
    from schema_ner.engines.local.identity import Identity
    from schema_ner.engines.local.machine import Machine
    from schema_ner.engines.local.plan import Plan
    from schema_ner.engines.local.size import Size

# Models that people run with this: by name, what their config.json says.
CODE_LLAMAS = {
    "Code Llama 7B": (4096, 32, 32, 32, 11008, 32016),
    "Code Llama 13B": (5120, 40, 40, 40, 13824, 32016),
    "Code Llama 34B": (8192, 48, 64, 8, 22016, 32000),
}
_NUMBERS = (
    "hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
    "intermediate_size", "vocab_size",
)  # fmt: skip
_SAME_FOR_ALL = ("device ", "attention ")  # reasons that are told once
_WHAT_IT_IS = {
    "causal-lm": "a causal LM",
    "adapter": "a peft adapter",
    "gguf": "a causal LM in one .gguf file",
}


def section(asked: Sequence[Requirement]) -> list[Finding]:
    """Whether language models run here, and how Code Llamas would; never a failure.

    Args:
        asked: what the extra ``llm`` asks for.
    """
    from schema_ner.engines.local.machine import look  # noqa: PLC0415

    machine = look()
    if machine.versions["torch"] is None:
        said = "not installed; only language models need it"
        return [Finding("torch", said, install("[llm]"), {"version": None}, ok=None)]
    found = [_device(machine), _packages(machine, asked), _four_bits(machine), _flash(machine)]
    return [*found, *(_would_run(name, size, machine) for name, size in code_llamas().items())]


def of_model(model: str, adapter: str | None) -> list[Finding]:
    """What a model is and how it would be run; no weight of it is read.

    Raises:
        SchemaNerError: there is no such model.
    """
    from schema_ner.engines.local.identity import identify  # noqa: PLC0415
    from schema_ner.engines.local.plan import Wishes  # noqa: PLC0415

    identity = identify(model, adapter=adapter)
    try:
        for package in ("torch", "transformers"):
            require(package, extra="llm")
        from schema_ner.engines.local.preparing import prepare  # noqa: PLC0415

        prepared = prepare(identity, Wishes())
    except SchemaNerError as err:
        return [*_identified(identity), Finding("plan", str(err), ok=False)]
    return [
        *_identified(prepared.identity),
        _size(prepared.size, prepared.plan),
        *_planned(prepared.plan),
    ]


def code_llamas() -> dict[str, Size]:
    """By name, the sizes of the models that GoLLIE was made of."""
    from schema_ner.engines.local.size import size_of  # noqa: PLC0415

    def size(numbers: tuple[int, ...]) -> Size:
        config = dict(zip(_NUMBERS, numbers, strict=True))
        return size_of(SimpleNamespace(**config, max_position_embeddings=16384))

    return {name: size(numbers) for name, numbers in CODE_LLAMAS.items()}


def _device(machine: Machine) -> Finding:
    from schema_ner.engines.local.fitting import gb  # noqa: PLC0415

    said = f"{machine.device}: {machine.name}"
    if machine.capability is not None:
        said += ", compute capability {}.{}".format(*machine.capability)
    if machine.memory_total is not None and machine.memory_free is not None:
        said += f", {gb(machine.memory_free)} of {gb(machine.memory_total)} free"
    mend = ""
    if machine.device == "cpu" and gpu().details["name"] is not None:
        said += f"\nthere is a GPU ({gpu().details['name']}), which torch cannot use"
        if machine.versions.get("CUDA") is None and platform.system() == "Linux":
            mend = f"{pip()} --force-reinstall torch"
    said = "\n".join([said, *machine.problems])
    details = asdict(machine)
    return Finding("device", said, mend, details, ok=None if machine.device == "cpu" else True)


def _packages(machine: Machine, asked: Sequence[Requirement]) -> Finding:
    wrong = [each.name for each in asked if not each.is_met]
    said = ", ".join(f"{name} {version}" for name, version in machine.versions.items() if version)
    mend = ""
    if wrong:
        said += f"\nmissing, or too old: {', '.join(wrong)}"
        mend = install("[llm]")
    return Finding("packages", said, mend, dict(machine.versions), ok=None if wrong else True)


def _four_bits(machine: Machine) -> Finding:
    version = machine.versions.get("bitsandbytes")
    if version is None:
        said = "bitsandbytes is not installed, so weights cannot be held in 4 bits"
        return Finding("4 bits", said, install("[llm]"), ok=None)
    if machine.bitsandbytes_works:
        return Finding("4 bits", f"bitsandbytes {version} works on {machine.device}", ok=True)
    said = f"bitsandbytes {version} does not work on {machine.device}; see device"
    return Finding("4 bits", said, f"{pip()} --upgrade bitsandbytes", ok=None)


def _flash(machine: Machine) -> Finding:
    version = machine.versions.get("flash-attn")
    if version is None:
        return Finding("flash-attn", "not installed, and not needed", ok=None)
    said = "works" if machine.flash_works else f"is not used on {machine.device}"
    return Finding("flash-attn", f"{version} {said}", ok=True if machine.flash_works else None)


def _would_run(name: str, size: Size, machine: Machine) -> Finding:
    """How a model of that size would be run."""
    from schema_ner.engines.local.plan import Wishes, decide  # noqa: PLC0415

    try:
        plan = decide(machine, size, Wishes(), adapter=False)
    except SchemaNerError as err:
        return Finding(name, f"does not fit: {err}", ok=None, details={"plan": None})
    why = "\n".join(each for each in plan.reasons if not each.startswith(_SAME_FOR_ALL))
    return Finding(name, f"{_in_short(plan)}\n{why}", "", {"plan": asdict(plan)}, ok=True)


def _in_short(plan: Plan) -> str:
    bits = "4 bits (nf4), " if plan.quantization == "nf4" else ""
    return f"{bits}{plan.dtype}, {plan.attention}, batches of {plan.batch_size}"


def _identified(identity: Identity) -> list[Finding]:
    what = f"{_WHAT_IT_IS[identity.kind]}: {identity.path}"
    if identity.base is not None:
        what += f"\non {identity.base}"
    asked = f"asked in the form {identity.form!r}"
    if not identity.form_is_sure:
        asked += ", or 'chat' where its tokenizer turns out to have a chat template"
    found = Finding("model", f"{identity.name}\n{what}", "", asdict(identity), ok=True)
    return [found, Finding("prompt", asked, ok=True)]


def _size(size: Size, plan: Plan) -> Finding:
    from schema_ner.engines.local.fitting import gb  # noqa: PLC0415

    weights = size.weights(plan.dtype, plan.quantization)
    said = f"{size.parameters:,} parameters, {gb(weights)} as planned; {size.context:,} tokens"
    return Finding("size", said, "", asdict(size) | {"weights": weights}, ok=True)


def _planned(plan: Plan) -> list[Finding]:
    """One finding a choice: its name, and what was chosen and why."""
    told = (reason.partition(" ") for reason in plan.reasons)
    found = [Finding(name, said, ok=True) for name, _, said in told]
    return [*found, Finding("plan", _in_short(plan), "", asdict(plan), ok=True)]
