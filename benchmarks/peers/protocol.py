"""What a measured process does: it reads requests, one JSON a line, and answers likewise.

The same code measures the built-in model and its peers, each in a process and an environment of its
own.  Only the standard library is needed, so that every environment can run it.

``{"do": "measure", "types": …, "texts": …, "batch": …, "repeats": …, "seconds": …}``
    one call to warm up, then calls until there were so many and they took so long
``{"do": "first", "types": …, "texts": …}``
    one text is read at once; the process's peak memory
``{"do": "once", "types": …, "repeats": …}``
    what is done once for a set of types, where there is such a thing
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Types = list[tuple[str, str]]  # name and guideline
Answer = dict[str, Any]
THRESHOLD = 0.999  # random weights find nothing above it, so no side pays for what it found


class Reader(Protocol):
    """A loaded model."""

    def prepare(self, types: Types) -> Callable[[list[str], int], int]:
        """A function of texts and a batch size that reads them and says how many spans it found."""

    def seen(self, text: str, types: Types) -> Answer:
        """What of a text and types goes into the model: ``words``, ``types`` and ``tokens``."""

    def once(self, types: Types, repeats: int) -> list[float]:
        """Seconds of what is done once for types, each time anew; empty if nothing is."""


def serve(load: Callable[[], Reader]) -> None:
    """Answer requests until there are no more.  What libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _limit_memory()
    reader = load()
    for line in sys.stdin:
        try:
            answer = _answer(reader, json.loads(line))
        except (MemoryError, RuntimeError) as err:  # torch raises the second when memory is short
            answer = {"error": f"{type(err).__name__}: {err}".splitlines()[0]}
        print(json.dumps(answer), file=answers, flush=True)


def _answer(reader: Reader, request: Answer) -> Answer:
    types = [(name, guideline) for name, guideline in request["types"]]
    if request["do"] == "once":
        return {"seconds": reader.once(types, request["repeats"])}
    texts: list[str] = request["texts"]
    read = reader.prepare(types)
    if request["do"] == "first":
        return {"spans": read(texts[:1], 1), "memory": peak_memory()}
    batch = request["batch"]
    batches = [texts[at : at + batch] for at in range(0, len(texts), batch)]
    began = time.perf_counter()
    spans = read(batches[0], batch)
    warm_up = (time.perf_counter() - began) / len(batches[0])
    seconds: list[float] = []
    if request.get("beat") is None or warm_up < request["beat"]:
        seconds = measured(
            lambda some: read(some, batch), batches, request["repeats"], request["seconds"]
        )
    seen = [reader.seen(text, types) for text in texts]
    totals = {key: sum(one[key] for one in seen) / len(seen) for key in seen[0]}
    return {"warm_up": warm_up, "seconds": seconds, "spans": spans, "seen": totals}


def measured(
    read: Callable[[list[str]], int], batches: Sequence[list[str]], repeats: int, seconds: float
) -> list[float]:
    """Seconds a text of each call: at least so many calls, and calls for so long."""
    found: list[float] = []
    ends = time.perf_counter() + seconds
    for some in itertools.cycle(batches):
        began = time.perf_counter()
        read(some)
        now = time.perf_counter()
        found.append((now - began) / len(some))
        if len(found) >= repeats and now >= ends:
            break
    return found


def peak_memory() -> int:
    """Bytes of memory that this process held at most."""
    status = Path("/proc/self/status")
    if status.exists():  # rusage counts what the process was before exec as well
        (line,) = (s for s in status.read_text("ascii").splitlines() if s.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _limit_memory() -> None:
    """An allocation too many is then an error that is reported, and not the end of the machine."""
    limit = int(os.environ.get("SPEED_MEMORY", "0"))
    if limit:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
