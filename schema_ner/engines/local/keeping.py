"""The one language model that a process keeps for ``model="…"``: its weights fill a GPU.

Here: which one it is, and letting it go.  Not here: the engine.
"""

from __future__ import annotations

import threading
from pathlib import Path

from schema_ner.engines.local.engine import LocalLLM
from schema_ner.engines.local.overflow import give_back

_lock = threading.Lock()
_kept: dict[object, LocalLLM] = {}


def local_llm(model: str | Path) -> LocalLLM:
    """The engine for a model, with default options.  One is kept; another one takes its place.

    A folder whose files have changed is another model.

    Raises:
        ModelError: as LocalLLM.
    """
    key = _key(model)
    with _lock:
        if key not in _kept:
            _kept.clear()
            give_back()  # before the next one is planned, which would find no room
            _kept[key] = LocalLLM(model)
        return _kept[key]


def forget() -> None:
    """Let the kept model go.  Its memory is free when no Extractor holds it any more."""
    with _lock:
        _kept.clear()
        give_back()


def _key(model: str | Path) -> object:
    """What the model is: the place, and the size and age of its files; else the name."""
    place = Path(model).expanduser()
    if not place.exists():
        return str(model)
    files = [place] if place.is_file() else sorted(place.iterdir())
    seen = [(file.name, (stat := file.stat()).st_size, stat.st_mtime_ns) for file in files]
    return (place.resolve(), *seen)
