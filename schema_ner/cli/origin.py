"""Where this package came from, as pip takes it to install the same again.

Here: PEP 610's ``direct_url.json``, and clones.  Not here: what is installed (``requirements``).
"""

from __future__ import annotations

import json
import shlex
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from schema_ner.cli.requirements import PACKAGE


def argument(extras: str = "") -> str:
    """What stands behind ``pip install`` for this package with extras such as ``[train]``."""
    folder = Path(__file__).resolve().parents[2]
    is_clone = (folder / "pyproject.toml").is_file()
    data = _direct_url()
    url = str(data.get("url", ""))
    if url.startswith("file:"):
        path = Path(url2pathname(urlsplit(url).path))
        if path.exists():
            option = "-e " if data.get("dir_info", {}).get("editable") else ""
            return f"{option}{_quoted(path, extras)}"
    elif "vcs_info" in data:
        return shlex.quote(f"{PACKAGE}{extras} @ {data['vcs_info'].get('vcs', 'git')}+{url}")
    elif url:
        return shlex.quote(f"{PACKAGE}{extras} @ {url}")
    # run from a clone, whether pip has ever heard of it or not
    return f"-e {_quoted(folder, extras)}" if is_clone else shlex.quote(f"{PACKAGE}{extras}")


def _direct_url() -> dict[str, Any]:
    """What pip noted down of what was no package of an index; empty for one that was."""
    # in a clone, the folder that setuptools leaves there is found first and knows nothing
    for distribution in metadata.distributions(name=PACKAGE):
        found = distribution.read_text("direct_url.json")
        if found:
            try:
                data = json.loads(found)
            except ValueError:
                continue
            return data if isinstance(data, dict) else {}
    return {}


def _quoted(path: Path, extras: str) -> str:
    return shlex.quote(f"{path}{extras}")
