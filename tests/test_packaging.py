"""What is installed is what is there."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_package_is_named() -> None:
    """A folder that is forgotten in the list would be missing from the wheel, and only there."""
    there = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for file in ROOT.glob("schema_ner/**/__init__.py")
    }
    named = set(PROJECT["tool"]["setuptools"]["packages"])
    assert named == there | {"schema_ner.schemas"}


def test_constraints_pin_every_core_dependency() -> None:
    """What was tested together is written down."""
    lines = (ROOT / "constraints" / "cpu.txt").read_text(encoding="utf-8").lower().splitlines()
    pinned = {line.partition("==")[0].replace("_", "-") for line in lines}
    wanted = {d.partition(">")[0] for d in PROJECT["project"]["dependencies"]}
    assert wanted <= pinned


def test_the_weights_are_whole() -> None:
    """Six files, below 50 MB in all."""
    files = list((ROOT / "schema_ner" / "encoder" / "weights").iterdir())
    assert len(files) == 6
    assert 20e6 < sum(file.stat().st_size for file in files) < 50e6
