"""Build the wheel, install it into an environment of its own, and use it from another folder.

Run by `make wheel`; no pytest module, because it needs the package index.  What it proves: the
weights and the ready-made schemas travel inside the wheel, and nothing of the clone is needed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
USE = """
from schema_ner import Entity, extract
class Drug(Entity):
    "A substance given to treat illness, by brand or generic name. Not its dose."
spans = extract("Take two tablets of aspirin and write to a@example.org.", [Drug]).spans
assert [s.text for s in spans] == ["aspirin"], spans
found = extract("Write to maria.lopez@example.org.", "pii").spans
assert any(s.text == "maria.lopez@example.org" for s in found), found
import schema_ner, importlib.util
assert "site-packages" in schema_ner.__file__, schema_ner.__file__
assert importlib.util.find_spec("torch") is None
"""


def main() -> None:
    """Raises CalledProcessError where something is missing."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        build = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
        _run(build, ROOT)
        (wheel,) = folder.glob("*.whl")
        venv.create(folder / "env", with_pip=True)
        python = str(folder / "env" / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "-c", str(ROOT / "constraints" / "cpu.txt"), str(wheel)], folder)
        root = Path(ROOT.anchor)
        _run([python, "-c", USE], root)
        script = str(folder / "env" / "bin" / "schema-ner")
        _run([script, "doctor"], root)
        _run([script, "extract", "--schema", "pii", "--json", "Call +44 20 7946 0958."], root)
        print(f"{wheel.name} works on its own, outside the clone")  # noqa: T201  # a script


def _run(command: list[str], cwd: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    subprocess.run(command, cwd=cwd, env=clean, check=True)


if __name__ == "__main__":
    main()
