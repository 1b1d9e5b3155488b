"""Importing is light, and what the package exports is what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import schema_ner

ROOT = Path(__file__).parent.parent
HEAVY = {
    "torch", "transformers", "onnxruntime", "tokenizers", "numpy", "pydantic", "phonenumbers",
    "rapidfuzz", "rich", "typer",
}  # fmt: skip


def loaded_by(code: str) -> set[str]:
    """Top-level modules in a fresh process after running the code."""
    script = f"import sys\n{code}\nprint(*{{m.partition('.')[0] for m in sys.modules}})"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_import_pulls_in_nothing_heavy() -> None:
    """`import schema_ner` must stay fast enough for `--help` and shell completion."""
    assert not loaded_by("import schema_ner") & HEAVY


def test_declaring_a_schema_needs_no_model() -> None:
    """Reading a taxonomy loads neither onnxruntime nor torch."""
    code = "import schema_ner.registry; schema_ner.registry.resolve('pii')"
    assert not loaded_by(code) & {"torch", "transformers", "onnxruntime", "tokenizers", "pydantic"}


def test_the_built_in_model_runs_without_torch() -> None:
    """Inference needs onnxruntime and tokenizers, nothing else that is heavy."""
    code = "import schema_ner; schema_ner.extract('Rome', ['city'])"
    assert not loaded_by(code) & {"torch", "transformers", "pydantic"}


@pytest.mark.parametrize("name", schema_ner.__all__)
def test_every_exported_name_is_there(name: str) -> None:
    """The table of lazy names points at things that exist."""
    assert getattr(schema_ner, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    """Lazy loading must not change what hasattr says."""
    assert not hasattr(schema_ner, "extractt")
    assert set(schema_ner.__all__) <= set(dir(schema_ner))
