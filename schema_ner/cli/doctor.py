"""``schema-ner doctor``: what is installed, what will run, and the command that mends the rest."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schema_ner.cli import checks, guard, local_models, requirements, streams, tables
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.cli.checks import Finding

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
_Model = Annotated[
    str | None,
    typer.Option("--model", "-m", metavar="NAME", help="Ask about one language model instead."),
]
_Adapter = Annotated[
    str | None, typer.Option("--adapter", metavar="NAME", help="A peft adapter for that model.")
]
_SIGNS = {True: ("ok", "32"), False: ("FAIL", "1;31"), None: ("-", "2")}


def doctor(*, model: _Model = None, adapter: _Adapter = None, as_json: _Json = False) -> int:
    """Look at this installation, and try it.  Exit code 1 where the built-in model cannot run.

    With --model: what that model is, and how it would be run here. Exit code 1 where it would not.
    """
    if model is not None:
        found = {"Model": local_models.of_model(model, adapter)}
        fits = all(finding.ok is not False for finding in found["Model"])
        said = "It can be run here." if fits else "It cannot be run here; see FAIL above."
        return _report(found, said, runs=fits, as_json=as_json)
    if adapter is not None:
        raise InputError("--adapter goes with --model, which names the model it is for")
    asked = requirements.requirements()
    by_extra = {
        name: list(group) for name, group in groupby(asked, key=lambda each: each.extra or "")
    }
    core = [checks.core(each) for each in by_extra.pop("", [])]
    built_in = [checks.weights(), checks.trial(), checks.cache(), checks.gpu()]
    sections = {
        "Installation": [checks.python(), checks.package()],
        "Core packages": core,
        "Extras": [checks.optional(name, group) for name, group in sorted(by_extra.items())],
        "Built-in model": built_in,
        "Local LLMs": local_models.section(by_extra.get("llm", [])),
    }
    runs = all(finding.ok is not False for finding in core + built_in)
    said = "The built-in model runs." if runs else "The built-in model cannot run; see FAIL above."
    return _report(sections, said, runs=runs, as_json=as_json)


def _report(sections: dict[str, list[Finding]], said: str, *, runs: bool, as_json: bool) -> int:
    """Show it.  The exit code."""
    if as_json:
        streams.say_json(_as_dict(sections, runs=runs), indent=2)
    else:
        _show(sections, said)
    return guard.DONE if runs else guard.FAILED


def _as_dict(sections: dict[str, list[Finding]], *, runs: bool) -> dict[str, Any]:
    return {"runs": runs} | {
        title.lower().replace(" ", "_").replace("-", "_"): {
            f.name: {"ok": f.ok, "found": f.said, "mend": f.mend or None, **f.details}
            for f in findings
        }
        for title, findings in sections.items()
    }


def _show(sections: dict[str, list[Finding]], said: str) -> None:
    room = max(len(f.name) for findings in sections.values() for f in findings)
    for title, findings in sections.items():
        streams.say(tables.bold(title))
        for finding in findings:
            streams.say("\n".join(_lines(finding, room)))
        streams.say()
    streams.say(tables.bold(said))


def _lines(finding: Finding, room: int) -> Iterator[str]:
    """What was found, and below it the command that mends it, unbroken so that it can be copied."""
    sign, code = _SIGNS[finding.ok]
    padded = f"{sign:<4}"
    if streams.wants_color(sys.stdout):
        padded = f"\x1b[{code}m{padded}\x1b[0m"
    first = f"  {padded}  {finding.name:<{room}}  "
    indent = " " * (room + 10)
    yield from tables.wrapped(finding.said, width=streams.columns(), indent=indent, first=first)
    if finding.mend:
        yield f"{' ' * 8}{finding.mend}"
