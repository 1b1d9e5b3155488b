"""Where the built-in model's files lie, and where vectors of types are kept between runs.

Here: ``model_path``, the one place that knows where weights are, so that they can move to a package
of their own; the cache of type vectors.  Not here: what is done with them (``session``).
"""

from __future__ import annotations

import json
import math
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import platformdirs

from schema_ner.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEND = "`schema-ner doctor` names the command that mends it"
SETTINGS = "schema_ner.json"
GRAPHS = ("encoder.onnx", "spans.onnx", "types.onnx", "schema.onnx")
FILES = (*GRAPHS, "tokenizer.json", SETTINGS)


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``schema_ner.json`` says of the weights beside it.

    Attributes:
        name: the model's name in results.
        weights: hash of the graphs and the vocabulary.
        threshold: the default one, chosen on tune halves of the development sets.
        slope, intercept: ``slope * logit + intercept`` is the logit of a probability.
    """

    name: str
    weights: str
    threshold: float
    slope: float = 1.0
    intercept: float = 0.0


def model_path() -> Path:
    """The folder of the built-in model's files.

    Raises:
        ModelError: a file is missing; the installation is incomplete.
    """
    folder = Path(__file__).parent / "weights"
    missing = missing_files(folder)
    if missing:
        raise ModelError(
            f"the built-in model is incomplete, {', '.join(missing)} missing in {folder}: {MEND}"
        )
    return folder


def missing_files(folder: Path) -> list[str]:
    """The files of a model that a folder has not."""
    return [name for name in FILES if not (folder / name).is_file()]


def settings(folder: Path | None = None) -> Settings:
    """The name, hash, default threshold and calibration of a model; of the built-in one by default.

    Raises:
        ModelError: the file is missing or damaged.
    """
    file = (folder or model_path()) / SETTINGS
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        numbers = [float(data[key]) for key in ("threshold", "slope", "intercept")]
        found = Settings(str(data["name"]), str(data["weights"]), *numbers)
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise damaged(file.parent, err) from err
    if not all(map(math.isfinite, numbers)) or found.slope <= 0:
        raise damaged(file.parent, ValueError("a number out of range"))
    return found


def damaged(folder: Path, err: Exception) -> ModelError:
    """What to say where a model's files are there but cannot be used."""
    if folder == Path(__file__).parent / "weights":
        what, mend = "the built-in model's files", MEND
    else:
        what, mend = "the model's files", "train or copy them again"
    return ModelError(f"{what} in {folder} are damaged ({type(err).__name__}): {mend}")


def cache_folder() -> Path | None:
    """Where vectors are kept: ``SCHEMA_NER_CACHE`` (empty: nowhere), or the user's cache."""
    named = os.environ.get("SCHEMA_NER_CACHE")
    if named is not None:
        return Path(named) if named else None
    return Path(platformdirs.user_cache_dir("schema-ner", appauthor=False))


def load_vectors(key: str, shape: tuple[int, int]) -> NDArray[np.float32] | None:
    """Vectors kept under a key, or ``None``: absent, unreadable, or of another shape."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        vectors = np.load(folder / "types" / f"{key}.npy", allow_pickle=False)
    except Exception:  # noqa: BLE001  # a damaged file has many ways to fail, none of which matters
        return None
    if not isinstance(vectors, np.ndarray):  # another kind of file in its place
        return None
    sound = vectors.shape == shape and vectors.dtype == np.float32 and np.isfinite(vectors).all()
    return vectors if sound else None


def save_vectors(key: str, vectors: NDArray[np.float32]) -> None:
    """Keep vectors under a key.  A cache that cannot be written is no error."""
    folder = cache_folder()
    if folder is None:
        return
    target = folder / "types" / f"{key}.npy"
    scratch = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
    with suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("wb") as file:
            np.save(file, vectors, allow_pickle=False)
        scratch.replace(target)  # readers see the old file or the new one, never half a one
