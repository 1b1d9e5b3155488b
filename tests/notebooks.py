"""Runs a notebook's code cells in this process, without Jupyter.

Here: what a cell may hold, and what stands in for IPython.  Not here: what the notebooks of
``examples`` must do (``test_notebooks``).

- ``%%writefile NAME`` writes the rest of the cell; ``%pip …`` is noted and not run.
- ``!schema-ner …`` runs in this process through the command line's own door; other commands are
  errors.
- The value of a cell's last expression is displayed, as by ``display``: as HTML where it can.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from typer.testing import CliRunner

from schema_ner.cli.app import app

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHELL = re.compile(r"(?P<indent>\s*)(?P<sign>[%!])(?P<command>\S.*)")


@dataclass
class Notebook:
    """The file, and its cells as plain data; ``source`` of each is one text."""

    path: Path
    data: dict[str, Any]
    cells: list[dict[str, Any]]

    @property
    def code(self) -> list[dict[str, Any]]:
        return [cell for cell in self.cells if cell["cell_type"] == "code"]

    def cell(self, name: str) -> str:
        """The source of a cell by its id."""
        (source,) = [cell["source"] for cell in self.cells if cell["id"] == name]
        return source


def load(path: Path) -> Notebook:
    data = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell | {"source": "".join(cell["source"])} for cell in data["cells"]]
    return Notebook(path, data, cells)


@dataclass
class Session:
    """A kernel: names that cells share, and what they did."""

    names: ModuleType
    pip: list[list[str]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    commands: list[tuple[str, str, int]] = field(default_factory=list)  # line, output, exit code

    def run(self, cell: dict[str, Any], **replaced: Any) -> None:
        """Run one code cell; ``replaced`` are set behind it, whatever it set."""
        source = cell["source"]
        if source.startswith("%%"):
            self._write(*source.split("\n", 1))
        else:
            self._execute(_plain(source), cell["id"])
        vars(self.names).update(replaced)

    def _write(self, head: str, body: str) -> None:
        magic, name = head.split()
        assert magic == "%%writefile", head
        Path(name).write_text(body + "\n", encoding="utf-8")

    def _execute(self, source: str, name: str) -> None:
        tree = ast.parse(source, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(_compiled(tree, name, "exec"), vars(self.names))  # noqa: S102  # our own notebooks
        if isinstance(last, ast.Expr):
            value = eval(_compiled(ast.Expression(last.value), name, "eval"), vars(self.names))  # noqa: S307
            if value is not None:
                self.display(value)

    def display(self, value: Any) -> None:
        page = getattr(value, "_repr_html_", None)
        self.shown.append(page() if page else repr(value))

    def shell(self, sign: str, command: str) -> None:
        """What stands behind ``%`` or ``!``; ``{NAME}`` in it is the name's value."""
        filled = re.sub(r"\{(\w+)\}", lambda m: str(vars(self.names)[m[1]]), command)
        program, *arguments = shlex.split(filled)
        if (sign, program) == ("%", "pip"):
            self.pip.append(arguments)
            return
        assert (sign, program) == ("!", "schema-ner"), command
        done = CliRunner().invoke(app, arguments)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        self.commands.append((filled, done.output, done.exit_code))


def _compiled(tree: ast.Module | ast.Expression, name: str, mode: str) -> CodeType:
    """As a notebook compiles it: this module's ``from __future__`` lines are not the cell's."""
    return compile(tree, name, mode, dont_inherit=True)


def _plain(source: str) -> str:
    """The cell as Python, its shell lines as calls."""
    lines = []
    for line in source.splitlines():
        found = _SHELL.fullmatch(line)
        call = found and f"{found['indent']}__shell__({found['sign']!r}, {found['command']!r})"
        lines.append(call or line)
    return "\n".join(lines)


@contextmanager
def session(name: str = "notebook_in_a_test") -> Iterator[Session]:
    """A new one.  Its names are a module, for dataclasses look up their own."""
    kernel = Session(ModuleType(name))
    vars(kernel.names).update(display=kernel.display, __shell__=kernel.shell)
    sys.modules[name] = kernel.names
    try:
        yield kernel
    finally:
        del sys.modules[name]
