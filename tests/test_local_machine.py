"""Looking at a machine: every device that there could be, and drivers and packages that fail."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from schema_ner.engines.local import machine, memory
from schema_ner.engines.local.machine import Machine, look
from schema_ner.engines.local.memory import Memory
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

GB = 10**9


class Modules:
    """Stands for ``import_module``: what is given is there, an exception in its place is raised."""

    def __init__(self, **modules: Any) -> None:
        self.modules = modules

    def __call__(self, name: str) -> Any:
        found = self.modules.get(name, ModuleNotFoundError(f"No module named {name!r}", name=name))
        if isinstance(found, BaseException):
            raise found
        return found


def raising(err: BaseException) -> Any:
    def call(*_: Any, **__: Any) -> Any:
        raise err

    return call


def torch(**changes: Any) -> SimpleNamespace:
    """A torch that sees a Tesla T4."""
    cuda: dict[str, Any] = {
        "is_available": lambda: True,
        "get_device_properties": lambda _: SimpleNamespace(name="Tesla T4", major=7, minor=5),
        "mem_get_info": lambda _: (15 * GB, 16 * GB),
    }
    return SimpleNamespace(
        version=SimpleNamespace(cuda=changes.pop("built_for", "12.6")),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: changes.get("mps"))),
        mps=SimpleNamespace(
            recommended_max_memory=lambda: 40 * GB, driver_allocated_memory=lambda: 4 * GB
        ),
        cuda=SimpleNamespace(**cuda | {k: v for k, v in changes.items() if k in cuda}),
    )


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put modules and versions in the place of what is installed."""

    def put(versions: dict[str, str] | None = None, **modules: Any) -> None:
        known = {"torch": "2.13.0", **(versions or {})} if "torch" in modules else versions or {}
        monkeypatch.setattr(machine, "import_module", Modules(**modules))
        monkeypatch.setattr(machine, "_version", known.get)
        monkeypatch.setattr(machine, "main_memory", lambda: Memory(64 * GB, 60 * GB))

    return put


def test_without_torch_there_is_the_cpu(there: Any) -> None:
    there()
    found = look()
    assert (found.device, found.memory_free) == ("cpu", 60 * GB)
    assert found.problems == ("torch is not installed",)
    assert not found.bitsandbytes_works


def test_a_torch_that_cannot_be_imported(there: Any) -> None:
    there(torch=OSError("libcudart.so: cannot\nopen shared object file"))
    found = look()
    assert found.device == "cpu"
    assert found.problems == (
        "torch does not work: OSError: libcudart.so: cannot open shared object file",
    )


def test_a_gpu(there: Any) -> None:
    there(torch=torch())
    found = look()
    assert (found.device, found.name, found.capability) == ("cuda", "Tesla T4", (7, 5))
    assert (found.memory_free, found.memory_total) == (15 * GB, 16 * GB)
    assert found.versions["CUDA"] == "12.6"
    assert found.problems == ()


def test_apples_gpu(there: Any) -> None:
    """Its memory is what the system recommends, less what is taken."""
    there(torch=torch(is_available=lambda: False, mps=True))
    found = look()
    assert (found.device, found.memory_total, found.memory_free) == ("mps", 40 * GB, 36 * GB)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"is_available": raising(RuntimeError("driver too old"))}, "RuntimeError: driver too old"),
        ({"get_device_properties": raising(RuntimeError("no device"))}, "no device"),
        ({"mem_get_info": raising(RuntimeError("out of memory"))}, "out of memory"),
        ({"mem_get_info": raising(AssertionError())}, "CUDA does not work: AssertionError"),
    ],
)
def test_a_broken_driver_leaves_the_cpu(there: Any, changes: dict[str, Any], problem: str) -> None:
    there(torch=torch(**changes))
    found = look()
    assert found.device == "cpu"
    assert problem in found.problems[0]


def test_what_torch_warns_of_a_driver_is_the_problem(there: Any) -> None:
    def unavailable() -> bool:
        warnings.warn("The NVIDIA driver on your system is too old", stacklevel=1)
        return False

    there(torch=torch(is_available=unavailable))
    found = look()
    assert found.device == "cpu"
    assert found.problems == ("CUDA: The NVIDIA driver on your system is too old",)


@pytest.mark.parametrize(
    ("device", "built_for", "problem"),
    [
        ("cuda", None, "torch 2.13.0 is built without CUDA"),
        ("cuda", "12.6", "torch sees no CUDA GPU"),
        ("mps", None, "torch sees no MPS device: those are Apple's own processors"),
    ],
)
def test_a_device_that_was_asked_for_and_is_not_there(
    there: Any, device: Any, built_for: str | None, problem: str
) -> None:
    there(torch=torch(is_available=lambda: False, built_for=built_for))
    found = look(device)
    assert (found.device, found.problems) == ("cpu", (problem,))
    assert look().problems == ()


def test_the_cpu_may_be_asked_for_beside_a_gpu(there: Any) -> None:
    there(torch=torch())
    assert look("cpu").device == "cpu"


def test_a_device_that_there_is_not() -> None:
    with pytest.raises(InputError, match="device='tpu'; it is one of auto, cuda, mps, cpu"):
        look("tpu")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("module", "problem"),
    [
        (RuntimeError("CUDA Setup failed"), "bitsandbytes does not work: RuntimeError: CUDA Setup"),
        (ModuleNotFoundError("no triton", name="triton"), "triton is not installed"),
        (SimpleNamespace(nn=SimpleNamespace()), "AttributeError"),
    ],
)
def test_a_bitsandbytes_that_fails(there: Any, module: Any, problem: str) -> None:
    there({"bitsandbytes": "0.50.2"}, torch=torch(), bitsandbytes=module)
    found = look()
    assert (found.device, found.bitsandbytes_works) == ("cuda", False)
    assert problem in found.problems[0]


def test_flash_attention_is_tried_only_where_it_is_made_for(there: Any) -> None:
    """It does not look at the GPU itself: on an old one it would only fail."""
    tried = SimpleNamespace(flash_attn_func=raising(RuntimeError("FlashAttention only supports")))
    new = SimpleNamespace(name="L4", major=8, minor=9)
    there({"flash-attn": "2.8.3"}, torch=torch(), flash_attn=tried)
    assert look().problems == ()
    there(
        {"flash-attn": "2.8.3"},
        torch=torch(get_device_properties=lambda _: new),
        flash_attn=tried,
    )
    assert look().flash_works is False
    assert "flash-attn does not work" in look().problems[0]


def test_this_machine() -> None:
    """What is really here: looking at it does not fail."""
    found = look()
    assert isinstance(found, Machine)
    assert found.memory_total is None or found.memory_total > 10**8
    assert found.memory_free is None or 0 < found.memory_free <= (found.memory_total or 10**18)


def test_bitsandbytes_on_this_cpu() -> None:
    """Weights in 4 bits for real."""
    pytest.importorskip("bitsandbytes")
    found = look("cpu")
    assert found.bitsandbytes_works, found.problems


# main memory


def put_files(place: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> None:
    for name, content in files.items():
        (place / name.replace("__", ".")).write_text(content, "ascii")
    monkeypatch.setattr(memory, "_MEMINFO", place / "meminfo")
    monkeypatch.setattr(memory, "_CGROUP", place)


MEMINFO = "MemTotal:       4000 kB\nMemFree:        100 kB\nMemAvailable:   3000 kB\n"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, (4000, 3000)),
        ({"memory__max": "max\n", "memory__current": "1"}, (4000, 3000)),
        ({"memory__max": str(2000 * 1024), "memory__current": str(500 * 1024)}, (2000, 1500)),
        ({"memory__max": str(3500 * 1024), "memory__current": "0"}, (3500, 3000)),
        ({"memory__max": str(9000 * 1024), "memory__current": "0"}, (4000, 3000)),
        ({"memory__max": str(2000 * 1024)}, (4000, 3000)),
        ({"memory__max": str(2000 * 1024), "memory__current": str(9000 * 1024)}, (2000, 0)),
    ],
)
def test_a_container_has_what_its_limit_leaves(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limits: dict[str, str],
    expected: tuple[int, int],
) -> None:
    """Memory in KiB: total, and what a process can still get."""
    put_files(tmp_path, monkeypatch, meminfo=MEMINFO, **limits)
    total, free = expected
    assert memory.main_memory() == (total * 1024, free * 1024)


def test_a_system_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_files(tmp_path, monkeypatch)
    monkeypatch.setattr(memory, "_from_psutil", lambda: None)
    monkeypatch.setattr(memory, "_from_sysconf", lambda: None)
    assert memory.main_memory() == (None, None)
