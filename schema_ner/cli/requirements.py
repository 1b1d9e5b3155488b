"""What this package says it needs, and what of it is installed.

Here: requirement lines → names, versions, present or not.  Not here: what to say of it
(``doctor``).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

PACKAGE = "schema-ner"
_LINE = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*(?P<limits>[^;]*)")
_EXTRA = re.compile(r"extra\s*==\s*['\"](?P<extra>[^'\"]+)['\"]")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One package that is asked for.

    Attributes:
        name: as pip calls it.
        limits: the versions asked for, such as ``>=1.26``; may be empty.
        extra: the extra that asks for it, ``None`` for the core.
        version: the installed version, ``None`` where it is absent.
    """

    name: str
    limits: str
    extra: str | None
    version: str | None

    @property
    def is_met(self) -> bool:
        """Whether it is installed, and no older than asked for."""
        lowest = re.search(r">=\s*([0-9][0-9.]*)", self.limits)
        if self.version is None or lowest is None:
            return self.version is not None
        return _numbers(self.version) >= _numbers(lowest[1])

    @property
    def asked(self) -> str:
        """The requirement as pip takes it."""
        return f"{self.name}{self.limits}"


def requirements() -> list[Requirement]:
    """Everything the package asks for, core first.

    Of an installed package its metadata says it, of a bare clone the ``pyproject.toml`` in it.
    """
    lines = _declared()
    found = [_read(line) for line in lines]
    others = [each for each in found if each.name != PACKAGE]  # one extra may include another
    return sorted(others, key=lambda each: (each.extra or "", each.name))


def installed() -> str | None:
    """The installed version of the package itself, ``None`` in a bare clone."""
    return _version(PACKAGE)


def _declared() -> list[str]:
    try:
        return metadata.requires(PACKAGE) or []
    except metadata.PackageNotFoundError:
        path = Path(__file__).resolve().parents[2] / "pyproject.toml"
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    except OSError:  # copied by hand: nobody says what it needs
        return []
    extras = project.get("optional-dependencies", {})
    lines = [f'{line}; extra == "{name}"' for name, extra in extras.items() for line in extra]
    return [*project["dependencies"], *lines]


def _read(line: str) -> Requirement:
    found = _LINE.match(line)
    if found is None:
        raise ValueError(f"{line!r} is no requirement")
    extra = _EXTRA.search(line)
    limits = found["limits"].strip().strip("()")
    return Requirement(found["name"], limits, extra and extra["extra"], _version(found["name"]))


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    release = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    numbers = [int(part) for part in release[0].split(".")] if release else []
    while numbers and numbers[-1] == 0:  # 1.26.0 is 1.26
        numbers.pop()
    return tuple(numbers)
