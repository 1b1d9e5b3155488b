"""The examples run as they are, need no network, and stay short enough to be read whole."""

from __future__ import annotations

import re
import runpy
import socket
from pathlib import Path

import pytest

from schema_ner import Entity, registry

EXAMPLES = sorted((Path(__file__).resolve().parent.parent / "examples").glob("*.py"))
IDS = [example.name for example in EXAMPLES]
MOST_LINES = 40


def test_there_are_examples_in_a_row() -> None:
    """The numbers say in which order to read them."""
    assert [name[:3] for name in IDS] == [f"{number:02}_" for number in range(len(IDS))]


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_an_example_runs_and_shows_something(
    example: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From any folder, without a socket; the types that it declares can be used on their own."""
    monkeypatch.chdir(tmp_path)
    names = runpy.run_path(str(example), run_name="__main__")
    assert capsys.readouterr().out.strip()
    assert not list(tmp_path.iterdir()), "an example leaves nothing in the folder it runs in"
    declared = [v for v in names.values() if isinstance(v, type) and issubclass(v, Entity)]
    types = [each for each in declared if each is not Entity]
    assert not types or len(registry.resolve(types)) == len(types)


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_an_example_is_short_and_says_what_it_shows(example: Path) -> None:
    source = example.read_text(encoding="utf-8")
    assert len(source.splitlines()) < MOST_LINES
    assert re.match(r'"""[A-Z`].+\.', source)


@pytest.mark.parametrize("name", registry.names())
def test_a_ready_made_schema_can_be_loaded(name: str) -> None:
    assert len(registry.ready_made(name)) > 0


def test_sockets_are_out_of_reach() -> None:
    """What makes the first test mean that examples need no network."""
    with pytest.raises((RuntimeError, UserWarning), match="socket"):
        socket.socket(socket.AF_INET)
