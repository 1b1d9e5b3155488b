"""constraints/colab.txt by itself, and how `make colab` settles what comes, without an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import check_colab
import pytest
from check_colab import CEILINGS, PLATFORMS, Platform, our_requirements, read_ceilings, settle
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from check_colab import Pins

TEXT = CEILINGS.read_text(encoding="utf-8")
LINES = read_ceilings(TEXT)
THERE = check_colab.read_platforms(PLATFORMS.read_text(encoding="utf-8"))
TESTED = dict(
    line.split("==")
    for line in (CEILINGS.parent / "cpu.txt").read_text(encoding="utf-8").splitlines()
    if "==" in line
)


def test_what_belongs_to_the_gpu_has_no_line() -> None:
    """A line could have pip replace gigabytes that fit the machine's driver."""
    assert not [n for n in LINES if n in ("torch", "numpy", "triton") or n.startswith("nvidia")]


def test_a_ceiling_is_the_version_that_was_tested() -> None:
    """But for the hub client, whose new major version breaks neighbours there."""
    tested = {canonicalize_name(name): version for name, version in TESTED.items()}
    differ = {name for name, version in LINES.items() if tested[name] != version}
    assert differ == {"huggingface-hub"}


@pytest.mark.parametrize("platform", THERE, ids=lambda platform: platform.name)
def test_whatever_a_platform_lacks_has_a_line(platform: Platform) -> None:
    """And every line satisfies us."""
    for requirement in our_requirements():
        name = canonicalize_name(requirement.name)
        assert name in LINES or requirement.specifier.contains(platform.packages[name])
        assert name not in LINES or requirement.specifier.contains(LINES[name])


# What the packages of this small world ask for.
WORLD = {
    ("tool", "2"): ["helper>=2", "torch>=2", 'other; extra == "more"', 'old; python_version < "3"'],
    ("helper", "2"): ["leaf"],
    ("neighbour", "1"): ["helper<2"],
    ("wide", "1"): ["helper", "absent"],
    ("strict", "1"): ["torch==3"],
}


def ask(pins: Pins) -> dict[str, list[Requirement]]:
    return {name: [Requirement(r) for r in WORLD.get((name, v), ())] for name, v in pins}


def settled(
    asked: str, there: dict[str, str], ceilings: dict[str, str]
) -> tuple[dict[str, str], list[str]]:
    platform = Platform("somewhere", "today", "3.12", 35, there)
    found = settle([Requirement(asked)], platform, ceilings, ask)
    assert not found.stays.keys() & found.comes.keys()
    return found.comes, found.conflicts


@pytest.mark.parametrize(
    ("there", "comes", "conflict"),
    [
        pytest.param({"torch": "2.1+cu128", "leaf": "1"}, {"tool", "helper"}, None, id="lacks all"),
        pytest.param(
            {"tool": "1.5", "torch": "2"}, set(), None, id="what fits stays, and asks for nothing"
        ),
        pytest.param(
            {"tool": "0.1", "helper": "2", "torch": "2", "leaf": "1"}, {"tool"}, None, id="too old"
        ),
        pytest.param(
            {"tool": "9", "helper": "2", "torch": "2"}, {"tool"}, None, id="newer than tested"
        ),
        pytest.param(
            {"torch": "1.9", "leaf": "1"}, {"tool", "helper"}, "torch>=2", id="torch too old"
        ),
        pytest.param({"torch": "2"}, {"tool", "helper"}, "leaf", id="nobody brings the leaf"),
        pytest.param(
            {"torch": "2", "leaf": "1", "neighbour": "1", "helper": "1"},
            {"tool", "helper"},
            "neighbour 1 needs helper<2",
            id="a neighbour would break",
        ),
        pytest.param(
            {"torch": "2", "leaf": "1", "neighbour": "1", "helper": "3"},
            {"tool", "helper"},
            None,
            id="a neighbour was broken before",
        ),
        pytest.param(
            {"torch": "2", "leaf": "1", "wide": "1"}, {"tool", "helper"}, None, id="wide neighbour"
        ),
    ],
)
def test_settling(there: dict[str, str], comes: set[str], conflict: str | None) -> None:
    """What fits stays, the rest comes at its ceiling, and what then does not fit is said."""
    found, conflicts = settled("tool>=1", there, {"tool": "2", "helper": "2"})
    assert found == dict.fromkeys(comes, "2")
    assert len(conflicts) == (conflict is not None)
    assert all(conflict in each for each in conflicts if conflict)


def test_what_comes_is_held_against_what_comes() -> None:
    comes, conflicts = settled("strict", {"torch": "2"}, {"strict": "1"})
    assert (comes, len(conflicts)) == ({"strict": "1"}, 1)
    assert "torch==3" in conflicts[0]


@pytest.mark.parametrize("line", ["tool==1", "tool", "tool<2"])
def test_every_line_is_a_ceiling(line: str) -> None:
    with pytest.raises(ValueError, match="unpack"):
        read_ceilings(line)
