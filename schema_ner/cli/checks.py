"""The single checks of ``schema-ner doctor``: each looks at one thing and never raises.

Here: looking.  Not here: showing it (``doctor``), what is installed (``requirements``).
"""

from __future__ import annotations

import importlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from schema_ner.cli import origin, requirements

if TYPE_CHECKING:
    from schema_ner.cli.requirements import Requirement

OLDEST, TOO_NEW = (3, 11), (3, 14)  # as pyproject.toml says
MODULES = {"python-stdnum": "stdnum"}  # where import and pip differ
PROBE = "Take two tablets of aspirin, said Ada Lovelace in Paris."
PROBE_TYPES = {"person": "Names of people.", "drug": "Medicines by name.", "city": "Cities."}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        name: what was looked at.
        said: what was found.
        ok: whether it is as it should be; ``None`` where both ways are fine.
        mend: the command that mends it, empty where nothing is to be mended.
        details: the same for programs.
    """

    name: str
    said: str
    ok: bool | None = field(kw_only=True)
    mend: str = ""
    details: dict[str, object] = field(default_factory=dict)


def python() -> Finding:
    """The interpreter."""
    version = platform.python_version()
    fits = OLDEST <= sys.version_info[:2] < TOO_NEW
    mend = "" if fits else "uv venv --python 3.12"
    where = f"{version} ({sys.executable}), {platform.system()} {platform.machine()}"
    return Finding("Python", where, mend, {"version": version, "path": sys.executable}, ok=fits)


def package() -> Finding:
    """The package itself."""
    from schema_ner import __version__  # noqa: PLC0415

    folder = str(Path(__file__).resolve().parents[1])
    found = requirements.installed()
    said = f"{__version__} in {folder}"
    if found is None:
        said += " (run from a clone, not installed)"
    return Finding("schema-ner", said, "", {"version": __version__, "path": folder}, ok=True)


def core(asked: Requirement) -> Finding:
    """One package of the core: there, new enough, and in working order."""
    details: dict[str, object] = {"version": asked.version, "asked": asked.limits}
    mend = f"{pip()} '{asked.asked}'"
    if asked.version is None:
        return Finding(asked.name, "missing", mend, details, ok=False)
    if not asked.is_met:
        said = f"{asked.version}, but {asked.limits} is needed"
        return Finding(asked.name, said, mend, details, ok=False)
    try:
        importlib.import_module(MODULES.get(asked.name, asked.name.replace("-", "_")))
    except Exception as err:  # noqa: BLE001  # a broken binary package may raise anything
        said = f"{asked.version} is broken: {type(err).__name__}: {err}"
        mend = f"{pip()} --force-reinstall '{asked.asked}'"
        return Finding(asked.name, said, mend, details, ok=False)
    return Finding(asked.name, asked.version, "", details, ok=True)


def optional(name: str, asked: list[Requirement]) -> Finding:
    """One extra: whether all its packages are there.  None is needed for the core."""
    absent = [each.name for each in asked if not each.is_met]
    details: dict[str, object] = {"packages": {each.name: each.version for each in asked}}
    if not absent:
        return Finding(name, "complete", "", details, ok=True)
    said = "not installed" if len(absent) == len(asked) else f"without {', '.join(absent)}"
    return Finding(name, said, install(f"[{name}]"), details, ok=None)


def gpu() -> Finding:
    """The graphics card, by what its driver says."""
    program = shutil.which("nvidia-smi")
    none = Finding("GPU", "none found; the built-in model needs none", "", {"name": None}, ok=None)
    if program is None:
        return none
    query = [program, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603  # a fixed command
    except (OSError, subprocess.SubprocessError):
        return none
    cards = "; ".join(line.strip() for line in done.stdout.splitlines() if line.strip())
    if not cards:
        return none
    said = f"{cards}; the built-in model runs on the CPU all the same"
    return Finding("GPU", said, "", {"name": cards}, ok=None)


def weights() -> Finding:
    """The built-in model's files."""
    mend = install("", "--force-reinstall", "--no-deps")
    try:
        from schema_ner.encoder import store  # noqa: PLC0415

        folder = store.model_path()
        size = sum(file.stat().st_size for file in folder.iterdir())
        name = store.settings().name
    except Exception as err:  # noqa: BLE001  # whatever is wrong with them is what is asked
        return Finding("weights", f"{type(err).__name__}: {err}", mend, ok=False)
    said = f"{name}, {size / 1e6:.1f} MB in {folder}"
    return Finding("weights", said, "", {"name": name, "bytes": size, "path": str(folder)}, ok=True)


def trial() -> Finding:
    """One real extraction with the built-in model."""
    began = time.perf_counter()
    try:
        from schema_ner.extractor import extract  # noqa: PLC0415

        spans = extract(PROBE, PROBE_TYPES).spans
    except Exception as err:  # noqa: BLE001  # whatever stops it is what is asked
        mend = install("", "--force-reinstall")
        return Finding("extraction", f"{type(err).__name__}: {err}", mend, ok=False)
    seconds = time.perf_counter() - began
    found = ", ".join(f"{span.text} ({span.label})" for span in spans) or "nothing"
    said = f"found {found} in {seconds:.2f} s, loading included"
    return Finding("extraction", said, "", {"seconds": seconds, "spans": len(spans)}, ok=True)


def cache() -> Finding:
    """Where vectors of types are kept between runs."""
    try:
        from schema_ner.encoder import store  # noqa: PLC0415

        folder = store.cache_folder()
    except Exception as err:  # noqa: BLE001  # a core package is missing, which is said above
        return Finding("cache", f"unknown: {err}", ok=None)
    if folder is None:
        said = "off (SCHEMA_NER_CACHE is empty); schemas are read anew each time"
        return Finding("cache", said, "", {"path": None}, ok=None)
    nearest = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    writable = os.access(nearest, os.W_OK)
    said = f"{folder}" if writable else f"{folder} cannot be written; it is not needed"
    mend = "" if writable else "export SCHEMA_NER_CACHE=FOLDER"
    return Finding("cache", said, mend, {"path": str(folder)}, ok=True if writable else None)


def install(extras: str, *options: str) -> str:
    """The command that installs this package again, from where it came."""
    return " ".join([pip(), *options, origin.argument(extras)])


def pip() -> str:
    """How this interpreter's pip installs."""
    return f"{shlex.quote(sys.executable)} -m pip install"
