"""Start measured processes and ask them; make the environments that peers run in.

Here: processes, environments, what the machine is.  Not here: what is asked (``builtin_speed``),
the answering side (``protocol``).
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import tempfile
import time
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

PEERS = Path(__file__).parent
BENCHMARKS = PEERS.parent
TOKENIZER = BENCHMARKS.parent / "schema_ner" / "encoder" / "weights" / "tokenizer.json"


class Peer(NamedTuple):
    """A package to measure against."""

    title: str
    install: str  # what pip is asked for, after torch
    package: str
    config: str  # the shape of its weights

    @property
    def runner(self) -> str:
        """The module that runs it."""
        return f"peers.{self.package}_runner"


PEER = {
    "gliner": Peer("GLiNER small", "gliner", "gliner", "gliner_small-v2.1.json"),
    "gliner2": Peer("GLiNER2.5 small", "gliner2[local]", "gliner2", "gliner2.5-small-v1.json"),
}


class RunnerError(Exception):
    """A measured process ended before it answered."""


class Runner:
    """A measured process.  ``begun`` is the time just before it was started."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self.name = " ".join(command[1:3])
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the process
        self.begun = time.perf_counter()
        self._process = subprocess.Popen(  # noqa: S603  # our own runners
            command,
            cwd=BENCHMARKS,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # its input ends, and so does it
        self._said.close()

    def ask(self, **request: object) -> dict[str, Any]:
        """The answer to a request.

        Raises:
            RunnerError: there is none.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(f"{json.dumps(request)}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # what it said before it ended tells why
        line = self._process.stdout.readline()
        if not line:
            self._said.seek(0)
            last = self._said.read().decode("utf-8", "replace")[-2000:]
            raise RunnerError(f"{self.name} ended without an answer:\n{last}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def environment(threads: int, cache: str = "") -> dict[str, str]:
    """The variables of a measured process.  ``cache``: where type vectors are kept; "": nowhere."""
    of_threads = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS", "SCHEMA_NER_THREADS")
    return {name: str(threads) for name in of_threads} | {
        "SCHEMA_NER_CACHE": cache,
        "HF_HUB_OFFLINE": "1",  # nothing is asked of a model hub
        "TRANSFORMERS_VERBOSITY": "error",
        "PYTHONPATH": "",
    }


def python_of(environments: Path, name: str) -> str:
    """The interpreter of a peer's environment.

    Raises:
        FileNotFoundError: there is none.
    """
    folder = "Scripts" if os.name == "nt" else "bin"
    python = environments.absolute() / name / folder / "python"
    if not python.exists():
        raise FileNotFoundError(
            f"no environment for {name} in {environments}: "
            f"`python benchmarks/builtin_speed.py --make-environments {environments}` makes it"
        )
    return str(python)


def make_environments(folder: Path) -> None:
    """One environment for each peer, with the versions that were measured."""
    for name, peer in PEER.items():
        venv.create(folder / name, with_pip=True)
        python = python_of(folder, name)
        pip = [python, "-m", "pip", "install", "-c", str(PEERS / f"{name}.txt")]
        for wanted in ("torch", peer.install):  # torch first, so that its wheel decides
            subprocess.run([*pip, wanted], check=True)  # noqa: S603  # our own arguments


def build(python: str, peer: Peer, folder: Path) -> int:
    """Random weights of a peer in a folder; their number."""
    config = str(PEERS / peer.config)
    done = subprocess.run(  # noqa: S603  # our own runners
        [python, "-m", peer.runner, "build", config, str(TOKENIZER), str(folder)],
        cwd=BENCHMARKS,
        env={**os.environ, **environment(os.cpu_count() or 1)},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RunnerError(f"{peer.title} could not be built:\n{done.stderr[-2000:]}")
    return int(done.stdout.split()[-1])


def versions(python: str, packages: list[str]) -> dict[str, str]:
    """The versions of packages in an environment."""
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    said = subprocess.check_output([python, "-c", code, *packages], text=True)  # noqa: S603
    return dict(zip(packages, said.split(), strict=True))


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    return {
        "processor": named[0] if named else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "int8": sorted({f for f in flags if "vnni" in f or f == "amx_int8"}),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def free_memory() -> int:
    """Bytes that processes could take now; 0: unknown."""
    info = Path("/proc/meminfo")
    lines = info.read_text("ascii").splitlines() if info.exists() else []
    return next((int(s.split()[1]) * 1024 for s in lines if s.startswith("MemAvailable")), 0)


def started(
    command: list[str], variables: Mapping[str, str], **request: object
) -> tuple[float, int]:
    """Seconds from the start of a process to its first result, and its peak memory in bytes."""
    with Runner(command, variables) as runner:
        answer = runner.ask(do="first", **request)
        return time.perf_counter() - runner.begun, int(answer["memory"])
