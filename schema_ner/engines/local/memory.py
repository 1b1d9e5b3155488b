"""Memory of this computer, and of the container that the process runs in.

Here: main memory.  Not here: a GPU's (``machine``).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")
# version 2 of control groups, and version 1: the limit, what is used
_LIMITS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)


class Memory(NamedTuple):
    """Bytes; ``None`` where the system does not say."""

    total: int | None
    free: int | None  # what a process can still get without swapping


def main_memory() -> Memory:
    """What this process can have: the computer's memory, or the less that its container allows."""
    found = _from_meminfo() or _from_psutil() or Memory(_from_sysconf(), None)
    limit = _container()
    if limit is None or limit.total is None or limit.free is None:
        return found
    if found.total is not None and limit.total >= found.total:
        return found
    free = limit.free if found.free is None else min(found.free, limit.free)
    return Memory(limit.total, free)


def _from_meminfo() -> Memory | None:
    try:
        lines = _MEMINFO.read_text("ascii").splitlines()
        said = {line.partition(":")[0]: line.split()[1] for line in lines if ":" in line}
        return Memory(int(said["MemTotal"]) * 1024, int(said["MemAvailable"]) * 1024)
    except (OSError, ValueError, LookupError):  # no Linux
        return None


def _from_psutil() -> Memory | None:
    try:
        import psutil  # noqa: PLC0415  # comes with accelerate

        said = psutil.virtual_memory()
    except Exception:  # noqa: BLE001  # absent, or of no use on this system
        return None
    return Memory(int(said.total), int(said.available))


def _from_sysconf() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return None


def _container() -> Memory | None:
    """The limit of the control group, where there is one."""
    for limit, used in _LIMITS:
        try:
            total = int((_CGROUP / limit).read_text("ascii"))
            taken = int((_CGROUP / used).read_text("ascii"))
        except (OSError, ValueError):  # not this version, or "max"
            continue
        return Memory(total, max(0, total - taken))
    return None
