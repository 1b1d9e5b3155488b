"""What a language model could be run on here, looked at so that nothing found can stop the looking.

Here: devices, memory, versions, small trials.  Not here: what is made of them (``plan``), the
computer's own memory (``memory``).
"""

from __future__ import annotations

import logging
import platform
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from schema_ner.engines.local.memory import main_memory
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Device = Literal["auto", "cuda", "mps", "cpu"]
DEVICES: tuple[Device, ...] = ("auto", "cuda", "mps", "cpu")
PACKAGES = (
    "torch", "transformers", "accelerate", "bitsandbytes", "peft", "llguidance", "safetensors",
    "flash-attn", "gguf",
)  # fmt: skip
FLASH_CAPABILITY = (8, 0)  # the lowest that its kernels are made for


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What there is to run a model on.

    Attributes:
        device: ``cuda``, ``mps`` or ``cpu``: the one that would be used.
        name: of the GPU, or of the processor.
        capability: CUDA's compute capability, ``(8, 0)``; ``None`` of other devices.
        memory_total: bytes of the device; ``None`` where unknown.
        memory_free: bytes of them that are free now; ``None`` where unknown.
        versions: by package, the version that is installed, ``None`` where it is absent.  ``CUDA``
            is the one that torch was built for.
        bitsandbytes_works: whether a small 4-bit layer ran on the device.
        flash_works: whether flash-attn is there and ran on the device.
        problems: sentences about what is missing or broken.
    """

    device: Literal["cuda", "mps", "cpu"]
    name: str
    capability: tuple[int, int] | None = None
    memory_total: int | None = None
    memory_free: int | None = None
    versions: dict[str, str | None] = field(default_factory=dict)
    bitsandbytes_works: bool = False
    flash_works: bool = False
    problems: tuple[str, ...] = ()


def look(device: Device = "auto") -> Machine:
    """Look at the device that would be used, and try it.

    A device that is not there leaves the CPU, and a sentence in ``problems``.

    Args:
        device: which; ``auto`` for the first there is of CUDA, MPS, CPU.

    Raises:
        InputError: it is none of these.
    """
    if device not in DEVICES:
        raise InputError(f"device={device!r}; it is one of {', '.join(DEVICES)}")
    versions: dict[str, str | None] = {name: _version(name) for name in PACKAGES}
    problems: list[str] = []
    torch = _guarded(lambda: import_module("torch"), "torch", problems)
    if torch is None:
        return _cpu(versions, problems)
    versions["CUDA"] = getattr(torch.version, "cuda", None)
    machine = None
    if device in ("auto", "cuda"):
        machine = _cuda(torch, versions, problems, wanted=device == "cuda")
    if machine is None and device in ("auto", "mps"):
        machine = _mps(torch, versions, problems, wanted=device == "mps")
    return machine or _cpu(versions, problems, torch)


def _cuda(
    torch: Any,  # noqa: ANN401  # a module
    versions: dict[str, str | None],
    problems: list[str],
    *,
    wanted: bool,
) -> Machine | None:
    """The GPU that torch takes first; ``None`` where it sees none."""
    # a driver that is older than torch wants warns here, and the warning is what is wrong
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        there = _guarded(torch.cuda.is_available, "CUDA", problems)
    problems.extend(f"CUDA: {_in_a_line(each.message)}" for each in said)
    if not there:
        if wanted and versions.get("CUDA") is None:
            problems.append(f"torch {versions['torch']} is built without CUDA")
        elif wanted:
            problems.append("torch sees no CUDA GPU")
        return None
    properties = _guarded(lambda: torch.cuda.get_device_properties(0), "CUDA", problems)
    memory = _guarded(lambda: torch.cuda.mem_get_info(0), "CUDA", problems)
    if properties is None or memory is None:
        return None
    capability = (int(properties.major), int(properties.minor))
    return Machine(
        device="cuda",
        name=str(properties.name),
        capability=capability,
        memory_total=int(memory[1]),
        memory_free=int(memory[0]),
        versions=versions,
        bitsandbytes_works=_bitsandbytes(torch, "cuda", versions, problems),
        flash_works=capability >= FLASH_CAPABILITY and _flash(torch, versions, problems),
        problems=tuple(problems),
    )


def _mps(
    torch: Any,  # noqa: ANN401  # a module
    versions: dict[str, str | None],
    problems: list[str],
    *,
    wanted: bool,
) -> Machine | None:
    """Apple's GPU; ``None`` where there is none."""
    if not _guarded(torch.backends.mps.is_available, "MPS", problems):
        if wanted:
            problems.append("torch sees no MPS device: those are Apple's own processors")
        return None
    # memory is shared with the processor; beyond what is recommended the system starts to swap
    total = _guarded(lambda: int(torch.mps.recommended_max_memory()), "MPS", problems)
    taken = _guarded(lambda: int(torch.mps.driver_allocated_memory()), "MPS", problems)
    free = main_memory().free
    left = [each for each in (free, None if total is None else total - (taken or 0)) if each]
    return Machine(
        device="mps",
        name=_processor(),
        memory_total=total,
        memory_free=min(left, default=None),
        versions=versions,
        bitsandbytes_works=_bitsandbytes(torch, "mps", versions, problems),
        problems=tuple(problems),
    )


def _cpu(
    versions: dict[str, str | None],
    problems: list[str],
    torch: Any = None,  # noqa: ANN401  # a module
) -> Machine:
    memory = main_memory()
    works = torch is not None and _bitsandbytes(torch, "cpu", versions, problems)
    return Machine(
        device="cpu",
        name=_processor(),
        memory_total=memory.total,
        memory_free=memory.free,
        versions=versions,
        bitsandbytes_works=works,
        problems=tuple(problems),
    )


def _bitsandbytes(
    torch: Any,  # noqa: ANN401  # a module
    device: str,
    versions: dict[str, str | None],
    problems: list[str],
) -> bool:
    """Whether a layer of 4 bits gives numbers on the device."""
    if versions.get("bitsandbytes") is None:
        return False

    def trial() -> bool:
        nn = import_module("bitsandbytes").nn
        layer = nn.Linear4bit(64, 64, bias=False, quant_type="nf4", compress_statistics=True)
        with torch.inference_mode():
            given = torch.ones(2, 64, device=device)
            return bool(torch.isfinite(layer.to(device)(given)).all())

    return bool(_guarded(trial, "bitsandbytes", problems))


def _flash(
    torch: Any,  # noqa: ANN401  # a module
    versions: dict[str, str | None],
    problems: list[str],
) -> bool:
    """Whether flash-attn gives numbers on the GPU: it is not asked what GPU it is made for."""
    if versions.get("flash-attn") is None:
        return False

    def trial() -> bool:
        given = torch.ones(1, 8, 1, 64, device="cuda", dtype=torch.float16)
        attend = import_module("flash_attn").flash_attn_func
        return bool(torch.isfinite(attend(given, given, given, causal=True)).all())

    return bool(_guarded(trial, "flash-attn", problems))


def _guarded(trial: Callable[[], Any], what: str, problems: list[str]) -> Any:  # noqa: ANN401
    """What the trial gives; ``None`` and a problem noted where it fails, however it fails."""
    try:
        with _silence():
            return trial()
    except ModuleNotFoundError as err:
        problems.append(f"{err.name or what} is not installed")
    except Exception as err:  # noqa: BLE001  # drivers and binary packages raise anything
        problems.append(f"{what} does not work: {type(err).__name__}: {_in_a_line(err)}")
    return None


@contextmanager
def _silence() -> Iterator[None]:
    """Without what bitsandbytes logs of kernels that it looked for and does not need."""
    logger = logging.getLogger("bitsandbytes")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _processor() -> str:
    """What the processor calls itself, as far as the system says."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
        named = next(line for line in lines if line.startswith("model name"))
        return " ".join(named.partition(":")[2].split())[:100]
    except (OSError, StopIteration):  # no Linux, or none on Intel's architecture
        return platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _in_a_line(said: object) -> str:
    return " ".join(str(said).split())[:300]
