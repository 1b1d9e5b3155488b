"""Prove that constraints/colab.txt fits what Colab and Kaggle bring, and leaves their torch alone.

Run by `make colab`; no pytest module, because it needs the package index.  It does what pip would
do there with `pip install -c constraints/colab.txt 'schema-ner[llm]'`: what a platform has stays
where it satisfies everyone, the rest comes in the version of colab.txt; then it fetches those
wheels, for that platform.  Nothing is installed.  Exit code 1 where something does not fit.

Here: the settling, and the table of it.  Not here: what the platforms have
(constraints/platforms.toml).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
CEILINGS = ROOT / "constraints" / "colab.txt"
PLATFORMS = ROOT / "constraints" / "platforms.toml"
ASKED = "schema-ner[llm]"
EXTRAS = ("llm",)
OLD_TAGS = ("manylinux1_x86_64", "manylinux2010_x86_64", "manylinux2014_x86_64")

Pins = Iterable[tuple[str, str]]
Ask = Callable[[Pins], Mapping[str, list[Requirement]]]  # what each package asks for, by its name


@dataclass(frozen=True)
class Platform:
    """A notebook's image: ``packages`` are versions by canonical name."""

    name: str
    seen: str
    python: str
    glibc: int
    packages: Mapping[str, str]

    @property
    def options(self) -> list[str]:
        """What tells pip to look for wheels of this platform."""
        tags = [*OLD_TAGS, *(f"manylinux_2_{minor}_x86_64" for minor in range(5, self.glibc + 1))]
        return ["--python-version", self.python, *(f"--platform={tag}" for tag in tags)]

    def concerns(self, requirement: Requirement) -> bool:
        """Whether the requirement's marker holds here; extras of others are never asked for."""
        if requirement.marker is None:
            return True
        here = {
            "implementation_name": "cpython",
            "os_name": "posix",
            "platform_machine": "x86_64",
            "platform_python_implementation": "CPython",
            "platform_system": "Linux",
            "python_full_version": f"{self.python}.9",
            "python_version": self.python,
            "sys_platform": "linux",
            "extra": "",
        }
        return requirement.marker.evaluate({**default_environment(), **here})


@dataclass
class Settled:
    """What pip would do: ``comes`` is new or replaced, ``stays`` is the platform's own."""

    stays: dict[str, str] = field(default_factory=dict)
    comes: dict[str, str] = field(default_factory=dict)
    asked: dict[str, list[tuple[str, Requirement]]] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)

    def limits(self, name: str) -> SpecifierSet:
        """What all who need it ask for together."""
        return SpecifierSet(",".join(str(r.specifier) for _, r in self.asked[name] if r.specifier))


def read_ceilings(text: str) -> dict[str, str]:
    """Versions by canonical name.  Raises ValueError for a line of another form."""
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    pairs = [line.split("<=") for line in lines if line]
    return {canonicalize_name(name): version for name, version in pairs}


def read_platforms(text: str) -> list[Platform]:
    """The platforms; one may be like an earlier one but for what it says itself."""
    known: dict[str, Platform] = {}
    for entry in tomllib.loads(text)["platform"]:
        like = entry.pop("like", None)
        packages = {**known[like].packages, **entry["packages"]} if like else entry["packages"]
        known[entry["name"]] = Platform(**{**entry, "packages": packages})
    return list(known.values())


def our_requirements() -> list[Requirement]:
    """Of the core and of the extras that notebooks install."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for name in EXTRAS for line in extras[name])]
    return [Requirement(line) for line in lines]


def settle(
    ours: Iterable[Requirement], platform: Platform, ceilings: Mapping[str, str], ask: Ask
) -> Settled:
    """Keep what fits, bring the rest, until nobody asks for more; then look at the neighbours."""
    found = Settled()
    new = [(ASKED, requirement) for requirement in ours]
    while new:
        coming = []
        for who, requirement in new:
            name = canonicalize_name(requirement.name)
            found.asked.setdefault(name, []).append((who, requirement))
            if name not in found.comes and not _stays(name, platform, ceilings, found):
                if name in ceilings:
                    found.comes[name] = ceilings[name]
                    coming.append((name, ceilings[name]))
                elif name not in platform.packages:
                    found.conflicts.append(f"{who} needs {requirement}: no line in colab.txt")
        asked = ask(coming) if coming else {}
        new = [(w, r) for w, each in asked.items() for r in each if platform.concerns(r)]
    _check(found, platform, ask)
    return found


def _stays(name: str, platform: Platform, ceilings: Mapping[str, str], found: Settled) -> bool:
    """Whether the platform's own version satisfies everyone who asked so far."""
    version = platform.packages.get(name)
    fits = version is not None and found.limits(name).contains(version, prereleases=True)
    fits = fits and (name not in ceilings or Version(version) <= Version(ceilings[name]))
    if fits:
        found.stays[name] = version
    else:
        found.stays.pop(name, None)
    return fits


def _check(found: Settled, platform: Platform, ask: Ask) -> None:
    """Say what does not fit: what we need, and what packages that stay need of those that come."""
    for name, requirements in found.asked.items():
        version = found.comes.get(name) or platform.packages.get(name)
        for who, requirement in requirements:
            if version and not requirement.specifier.contains(version, prereleases=True):
                found.conflicts.append(f"{who} needs {requirement}: there is {name} {version}")
    # builds of the platform's own, such as torch +cu128, are not in the index; they need none of it
    own = {n: v for n, v in platform.packages.items() if n not in found.comes and "+" not in v}
    for who, requirements in ask(own.items()).items():
        for requirement in filter(platform.concerns, requirements):
            name = canonicalize_name(requirement.name)
            version, before = found.comes.get(name), platform.packages.get(name)
            fitted = before is None or requirement.specifier.contains(before, prereleases=True)
            fits = version is None or requirement.specifier.contains(version, prereleases=True)
            if fitted and not fits:
                there = f"the platform's {who} {own[canonicalize_name(who)]}"
                found.conflicts.append(f"{there} needs {requirement}: {name} {version} comes")


def index(platform: Platform) -> Ask:
    """Asks the package index for what wheels of the platform need; pip looks them up."""

    def ask(pins: Pins) -> dict[str, list[Requirement]]:
        with tempfile.TemporaryDirectory() as scratch:
            report = Path(scratch) / "report.json"
            options = ["--dry-run", "--ignore-installed", "--target", scratch, "--report", report]
            _pip("install", *options, *platform.options, *_exact(pins))
            installs = json.loads(report.read_text(encoding="utf-8"))["install"]
        wheels = [each["metadata"] for each in installs]
        return {w["name"]: [Requirement(r) for r in w.get("requires_dist", ())] for w in wheels}

    return ask


def download(pins: Pins, platform: Platform) -> int:
    """Fetch the wheels that come, and say how many bytes they are."""
    with tempfile.TemporaryDirectory() as scratch:
        _pip("download", "--dest", scratch, *platform.options, *_exact(pins))
        return sum(wheel.stat().st_size for wheel in Path(scratch).glob("*.whl"))


def _exact(pins: Pins) -> list[str]:
    return [f"{name}=={version}" for name, version in pins]


def _pip(verb: str, *arguments: str | Path) -> None:
    """Raises CalledProcessError where a wheel is missing; pip has said which."""
    fixed = ["-qq", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "pip", verb, *fixed, *arguments], check=True)


def table(found: Settled, platform: Platform) -> str:
    """One line a package, those that come first."""
    rows = [("package", "there", "then", "asked for by")]
    for name in sorted(found.asked, key=lambda name: (name not in found.comes, name)):
        there = platform.packages.get(name, "-")
        who = {f"{who} {r.specifier}".strip(): None for who, r in found.asked[name]}
        rows.append((name, there, found.comes.get(name, "stays"), "; ".join(who)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    lines = []
    for *cells, last in rows:
        padded = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
        lines.append("  ".join([*padded, last]))
    return "\n".join(lines)


def judge(platform: Platform, ceilings: Mapping[str, str]) -> tuple[str, bool]:
    """What was found on one platform, and whether it fits."""
    try:
        found = settle(our_requirements(), platform, ceilings, index(platform))
        size = download(found.comes.items(), platform)
    except subprocess.CalledProcessError:
        return "conflict: a wheel is missing; pip says above which", False
    come = f"{len(found.comes)} wheels come, {size / 1e6:.0f} MB; torch and numpy stay"
    lines = [table(found, platform), "", come, *(f"conflict: {each}" for each in found.conflicts)]
    return "\n".join(lines), not found.conflicts


def main() -> int:
    """The exit code."""
    ceilings = read_ceilings(CEILINGS.read_text(encoding="utf-8"))
    every = []
    for platform in read_platforms(PLATFORMS.read_text(encoding="utf-8")):
        said, fits = judge(platform, ceilings)
        title = f"{platform.name}: Python {platform.python}, as of {platform.seen}"
        print(f"{title}\n\n{said}\n")  # noqa: T201  # a script
        every.append(fits)
    return 0 if all(every) else 1


if __name__ == "__main__":
    sys.exit(main())
