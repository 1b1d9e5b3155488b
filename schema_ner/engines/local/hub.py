"""Models on the Hugging Face hub: names, and the files that are fetched of one.

Of a model only what is data is fetched: JSON, templates, vocabularies, safetensors.  No pickle and
no code ever comes down, and what has come is looked at as any folder is.

Here: names and downloads.  Not here: what the files hold (``modelfiles``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schema_ner.errors import ModelError, require

if TYPE_CHECKING:
    from collections.abc import Sequence

_ID = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})(?:@(?P<revision>[\w./-]{1,200}))?",
    re.ASCII,
)
_FILE_ENDINGS = (".gguf", ".safetensors", ".bin", ".json", ".pt")

NESTED = "*/*"  # checkpoints for other libraries lie in folders
SETTINGS = ("*.json", "*.jinja", "tokenizer.model", "*.tiktoken", "merges.txt", "vocab.txt")


@dataclass(frozen=True, slots=True)
class HubId:
    """``org/name``, and a revision: a branch, a tag, a commit, ``refs/pr/1``."""

    name: str
    revision: str | None = None

    def __str__(self) -> str:
        return self.name if self.revision is None else f"{self.name}@{self.revision}"


def hub_id(text: str) -> HubId | None:
    """What a text names on the hub; ``None`` where it cannot be such a name.

    Whether a folder is meant instead is for the caller to find out first.
    """
    found = _ID.fullmatch(text)
    if found is None or found["name"].endswith(_FILE_ENDINGS) or ".." in text:
        return None
    return HubId(found["name"], found["revision"])


def fetched(model: HubId, weights: Sequence[str] = ()) -> Path:
    """The folder that a model's files are in, fetched where they are not there yet.

    Args:
        model: what is wanted.
        weights: names of safetensors files that are wanted beside what describes the model.

    Raises:
        ModelError: there is no such model, it may not be read, or the hub cannot be reached.
        MissingExtraError: transformers is not installed.
    """
    hub = require("huggingface_hub", extra="llm")
    errors = require("huggingface_hub.errors", extra="llm")
    try:
        folder = hub.snapshot_download(
            model.name,
            revision=model.revision,
            allow_patterns=[*SETTINGS, *weights],
            ignore_patterns=NESTED,
        )
    except Exception as err:
        raise _why(model, err, errors) from err
    return Path(folder)


def _why(model: HubId, err: Exception, errors: Any) -> ModelError:  # noqa: ANN401  # a module
    """One sentence for what huggingface_hub says in many."""
    here = f"there is no folder {model.name!r} here, and"
    if isinstance(err, errors.GatedRepoError):
        return ModelError(
            f"{model} asks for its terms to be accepted: do so on https://huggingface.co/{model.name}"
            ", then `hf auth login`"
        )
    if isinstance(err, errors.RevisionNotFoundError):
        return ModelError(f"{model.name} on the hub has no revision {model.revision!r}")
    if isinstance(err, errors.RepositoryNotFoundError):
        return ModelError(f"{here} no model of that name on the hub, or none that you may read")
    if isinstance(err, errors.LocalEntryNotFoundError | OSError):
        return ModelError(
            f"{here} the hub cannot be reached to fetch {model} ({type(err).__name__}): name a "
            "folder, or fetch it where there is a connection"
        )
    said = " ".join(str(err).split())[:200]
    return ModelError(f"{here} fetching {model} failed: {type(err).__name__}: {said}")
