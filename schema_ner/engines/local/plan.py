"""How a model is run on a machine, decided in one place and with a reason for every choice.

Here: wishes, machine and size → a plan; pure, no torch.  Not here: looking at the machine
(``machine``), the arithmetic of memory (``size``, ``fitting``), carrying it out (``loading``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from schema_ner.engines.local.fitting import OWN, ROOM, batch, check_fits, gb
from schema_ner.engines.local.machine import DEVICES, FLASH_CAPABILITY, Device, Machine
from schema_ner.engines.local.size import Size
from schema_ner.errors import InputError, MissingExtraError, ModelError

__all__ = ["DType", "Device", "Plan", "Quantization", "Size", "Wishes", "decide"]

Quantization = Literal["auto", "nf4", "none"]
DType = Literal["auto", "float16", "bfloat16", "float32"]
Attention = Literal["sdpa", "flash_attention_2", "eager"]
AdapterUse = Literal["attach", "merge", "none"]

HALF_CAPABILITY = (8, 0)  # from here on bfloat16 is computed, below it is emulated


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user wants; ``auto`` and ``None`` leave it to ``decide``.

    Raises:
        InputError: a value that there is not.
    """

    device: Device = "auto"
    quantization: Quantization = "auto"
    dtype: DType = "auto"
    batch_size: int | None = None

    def __post_init__(self) -> None:
        for name, known in (
            ("device", DEVICES),
            ("quantization", get_args(Quantization)),
            ("dtype", get_args(DType)),
        ):
            if getattr(self, name) not in known:
                raise InputError(f"{name}={getattr(self, name)!r}; it is one of {', '.join(known)}")
        size: Any = self.batch_size
        if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 1):
            raise InputError(f"batch_size={size!r}; it is a whole number of prompts, at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a model is run.

    Attributes:
        device: where.
        dtype: of weights and arithmetic; of the arithmetic alone where weights are in 4 bits.
        quantization: whether linear layers are held in 4 bits.
        attention: transformers' name of the implementation.
        adapter: whether an adapter stays beside the weights, or is added to them.
        batch_size: prompts that are answered together.
        reasons: a sentence for each choice.
    """

    device: Literal["cuda", "mps", "cpu"]
    dtype: Literal["float16", "bfloat16", "float32"]
    quantization: Literal["nf4", "none"]
    attention: Attention
    adapter: AdapterUse
    batch_size: int
    reasons: tuple[str, ...] = ()


def decide(machine: Machine, size: Size, wishes: Wishes, *, adapter: bool) -> Plan:
    """Choose how to run a model.

    Args:
        machine: what there is; see ``machine.look``, which was told the wished device.
        size: of the model.
        wishes: what was asked for.
        adapter: whether an adapter comes with it.

    Raises:
        ModelError: a wish cannot be had here, or the weights do not fit in any way.
        MissingExtraError: they would fit in 4 bits, or that was asked for, and bitsandbytes is
            missing.
    """
    where = _device(machine, wishes)
    quantization, packed = _quantization(machine, size, wishes)
    dtype, exact = _dtype(machine, size, wishes, quantization)
    check_fits(machine, size, dtype, quantization)
    attention, attending = _attention(machine, dtype)
    use, using = _adapter(quantization, adapter=adapter)
    rows, together = batch(machine, size, wishes.batch_size, (dtype, quantization))
    reasons = (where, exact, packed, attending, using, together)
    return Plan(
        device=machine.device,
        dtype=dtype,
        quantization=quantization,
        attention=attention,
        adapter=use,
        batch_size=rows,
        reasons=tuple(filter(None, reasons)),
    )


def _device(machine: Machine, wishes: Wishes) -> str:
    if wishes.device not in ("auto", machine.device):
        why = "; ".join(machine.problems) or f"no {wishes.device} device was found"
        raise ModelError(
            f"device={wishes.device!r} was asked for, but {why}; leave it at 'auto' to run on "
            f"{machine.device}, and see `schema-ner doctor`"
        )
    memory = ""
    if machine.memory_free is not None and machine.memory_total is not None:
        memory = f", {gb(machine.memory_free)} of {gb(machine.memory_total)} free"
    capability = ""
    if machine.capability is not None:
        capability = ", compute capability {}.{}".format(*machine.capability)
    return f"device {machine.device}: {machine.name}{capability}{memory}."


def _quantization(
    machine: Machine, size: Size, wishes: Wishes
) -> tuple[Literal["nf4", "none"], str]:
    if size.stored == "gguf":
        if wishes.quantization == "nf4":
            raise ModelError(
                "quantization='nf4' is not for .gguf files, which transformers unpacks: take the "
                "same model in safetensors"
            )
        return "none", "quantization none: transformers unpacks .gguf files as it loads them."
    if size.stored == "nf4":
        if wishes.quantization == "none":
            raise ModelError(
                "quantization='none' was asked for, but the model's files hold 4 bits: take the "
                "model that they were made of"
            )
        _check_bitsandbytes(machine, "the model's files hold weights in 4 bits")
        return "nf4", "quantization nf4: the model's files hold 4 bits."
    if wishes.quantization == "nf4":
        _check_bitsandbytes(machine, "quantization='nf4' was asked for")
        return "nf4", "quantization nf4: as asked for."
    if wishes.quantization == "none":
        return "none", "quantization none: as asked for."
    return _room_for_all(machine, size, wishes)


def _room_for_all(
    machine: Machine, size: Size, wishes: Wishes
) -> tuple[Literal["nf4", "none"], str]:
    """4 bits only where more do not fit: with many rows, unpacking costs more than it saves."""
    dtype = _half(machine)[0] if wishes.dtype == "auto" else wishes.dtype
    whole = size.weights(dtype, "none")
    if machine.device != "cuda":
        return "none", f"quantization none: in 4 bits a model is slower on {machine.device}."
    if machine.memory_free is None or whole * ROOM <= machine.memory_free:
        return "none", f"quantization none: in {dtype} the weights take {gb(whole)}, which fits."
    need = f"in {dtype} the weights take {gb(whole)}, and with room for texts {gb(whole * ROOM)}"
    need += f", of which {gb(machine.memory_free)} are free"
    if not machine.bitsandbytes_works and whole + OWN["cuda"] <= machine.memory_free:
        return "none", f"quantization none: {need}; bitsandbytes would make it 4 bits."
    check_fits(machine, size, dtype, "nf4")  # before a package is asked for that would not help
    _check_bitsandbytes(machine, need)
    packed = gb(size.weights(dtype, "nf4"))
    return "nf4", f"quantization nf4: {need}; in 4 bits, doubly quantised, they take {packed}."


def _check_bitsandbytes(machine: Machine, why: str) -> None:
    if machine.versions.get("bitsandbytes") is None:
        raise MissingExtraError(f"{why}, which needs bitsandbytes: pip install 'schema-ner[llm]'")
    if not machine.bitsandbytes_works:
        said = [each for each in machine.problems if "bitsandbytes" in each]
        because = f" ({said[0]})" if said else ""
        raise ModelError(
            f"{why}, but bitsandbytes does not work on {machine.device} here{because}: see "
            "`schema-ner doctor`"
        )


def _half(machine: Machine) -> tuple[Literal["float16", "bfloat16"], str]:
    """The half precision that suits the device."""
    if machine.device == "mps":
        return "float16", "what Apple's GPUs are fast in"
    if machine.capability is not None and machine.capability < HALF_CAPABILITY:
        return "float16", "below compute capability 8.0 bfloat16 is only emulated"
    return "bfloat16", "as fast as float16, and nothing overflows that was trained in it"


def _dtype(
    machine: Machine, size: Size, wishes: Wishes, quantization: str
) -> tuple[Literal["float16", "bfloat16", "float32"], str]:
    if wishes.dtype != "auto":
        return wishes.dtype, f"dtype {wishes.dtype}: as asked for."
    half, why = _half(machine)
    if machine.device != "cpu":
        return half, f"dtype {half}: {why}."
    whole = size.weights("float32", quantization)
    if machine.memory_free is None or whole * ROOM <= machine.memory_free:
        if quantization == "nf4":
            return "float32", "dtype float32: for what is not held in 4 bits."
        return "float32", "dtype float32: exact, and what a CPU is fastest in."
    return "bfloat16", (
        f"dtype bfloat16: in float32 the weights take {gb(whole)}, and with room for texts "
        f"{gb(whole * ROOM)}, of which {gb(machine.memory_free)} are free."
    )


def _attention(machine: Machine, dtype: str) -> tuple[Attention, str]:
    if machine.device != "cuda":
        return "sdpa", "attention sdpa: torch's own."
    if machine.capability is None or machine.capability < FLASH_CAPABILITY:
        return "sdpa", "attention sdpa: flash attention needs compute capability 8.0."
    if dtype == "float32":
        return "sdpa", "attention sdpa: flash attention computes in half precision only."
    if machine.flash_works:
        return "flash_attention_2", "attention flash_attention_2: flash-attn is installed and runs."
    return "sdpa", "attention sdpa: torch's own; flash-attn is not there, and not needed."


def _adapter(quantization: str, *, adapter: bool) -> tuple[AdapterUse, str]:
    if not adapter:
        return "none", ""
    if quantization == "nf4":
        return "attach", "adapter attach: weights in 4 bits are too coarse to add it to them."
    return "merge", "adapter merge: added to the weights, it costs nothing afterwards."
