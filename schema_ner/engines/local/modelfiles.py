"""The files of a model's folder, read as what strangers wrote: bounded, checked, never executed.

Here: JSON files, headers of safetensors files, which weights a folder has.  Not here: what they
mean (``identity``, ``adapters``, ``size``), loading tensors (``loading``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from schema_ner.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_CONVERT = (
    'python -c "from transformers import AutoModelForCausalLM as M, AutoTokenizer as T; '
    "[x.from_pretrained('FROM').save_pretrained('TO') for x in (M, T)]\""
)

LARGEST_JSON = 32 * 2**20  # bytes; tokenizer_config.json of large vocabularies has a few million
LARGEST_HEADER = 100 * 10**6  # bytes; as safetensors itself has it
_GIT_LFS = b"version "  # how a file begins that git-lfs has not fetched
_LENGTH = 8  # bytes in front of the header, which say how long it is

SAFETENSORS = "model.safetensors"
INDEX = "model.safetensors.index.json"
ADAPTER_WEIGHTS = "adapter_model.safetensors"


@dataclass(frozen=True, slots=True)
class Weights:
    """What the headers of a model's safetensors files say.

    Attributes:
        shapes: by name of a tensor, its shape.
    """

    shapes: dict[str, tuple[int, ...]]

    @property
    def numbers(self) -> int:
        """How many numbers all tensors hold; those stored packed hold fewer than they stand for."""
        return sum(map(prod, self.shapes.values()))


def read_json(file: Path) -> dict[str, Any]:
    """The object in a JSON file of a model.

    Raises:
        ModelError: it cannot be read, is too large, or holds no JSON object.
    """
    try:
        if file.stat().st_size > LARGEST_JSON:
            raise ModelError(f"{file} is larger than {LARGEST_JSON >> 20} MiB, so it is not read")
        data = json.loads(file.read_bytes().decode("utf-8"), object_pairs_hook=_without_repeats)
    except OSError as err:
        raise ModelError(f"{file} cannot be read: {err.strerror or err}") from err
    except (ValueError, RecursionError) as err:
        raise ModelError(f"{file} holds no JSON: {_in_a_line(err)}; get the file again") from err
    if not isinstance(data, dict):
        raise ModelError(f"{file} holds no JSON object; get the file again")
    return data


def weights(folder: Path) -> Weights:
    """The weights of a model's folder.

    Raises:
        ModelError: there are none, only pickled ones, or a file is missing or damaged.
    """
    if (folder / SAFETENSORS).is_file():
        return _headers([folder / SAFETENSORS])
    if (folder / INDEX).is_file():
        return _headers(_listed(folder))
    pickled = _first_of(folder, "pytorch_model*.bin", "*.pt", "*.pth", "*.ckpt")
    if pickled is not None:
        raise _only_pickled(folder, pickled)
    raise ModelError(f"{folder} holds no weights: neither {SAFETENSORS} nor {INDEX} is there")


def weight_files(folder: Path) -> list[str]:
    """Names of the files that the weights of a model or of an adapter are in, there or not.

    Raises:
        ModelError: the list of them is damaged.
    """
    if (folder / INDEX).is_file() and not (folder / SAFETENSORS).is_file():
        return [file.name for file in _listed(folder)]
    return [SAFETENSORS, ADAPTER_WEIGHTS]


def adapter_weights(folder: Path) -> Weights:
    """The weights of an adapter's folder.

    Raises:
        ModelError: as ``weights``.
    """
    if (folder / ADAPTER_WEIGHTS).is_file():
        return _headers([folder / ADAPTER_WEIGHTS])
    if (folder / "adapter_model.bin").is_file():
        raise ModelError(
            f"the adapter in {folder} is only there as adapter_model.bin, a pickle, which could "
            "run code when it is read: where you trust it, load it with peft and save_pretrained "
            f"it again, which writes {ADAPTER_WEIGHTS}"
        )
    raise ModelError(f"{folder} holds no weights: {ADAPTER_WEIGHTS} is missing")


def _only_pickled(folder: Path, file: str) -> ModelError:
    return ModelError(
        f"the weights in {folder} are only there as a pickle ({file}), which could run code when "
        "it is read; take a revision with safetensors (on the hub often 'org/name@refs/pr/1', see "
        f"its pull requests), or convert them once, where you trust them: {_CONVERT}"
    )


def _listed(folder: Path) -> list[Path]:
    """The files that the index names, all in the same folder."""
    index = read_json(folder / INDEX)
    named = index.get("weight_map")
    if not isinstance(named, dict) or not named:
        raise ModelError(f"{folder / INDEX} names no files; get the file again")
    files = []
    for name in sorted(set(map(str, named.values()))):
        if "/" in name or "\\" in name or not name.endswith(".safetensors"):
            raise ModelError(f"{folder / INDEX} names {name!r}, which is no safetensors file in it")
        files.append(folder / name)
    return files


def _headers(files: Sequence[Path]) -> Weights:
    shapes: dict[str, tuple[int, ...]] = {}
    for file in files:
        shapes |= _header(file)
    return Weights(shapes)


def _header(file: Path) -> dict[str, tuple[int, ...]]:
    """By name, the shapes of a safetensors file that holds all that its header promises."""
    try:
        total = file.stat().st_size
        with file.open("rb") as stream:
            begin = stream.read(_LENGTH)
            length = int.from_bytes(begin, "little")
            if begin == _GIT_LFS:
                raise ModelError(f"{file} is a git-lfs pointer, not the weights; git lfs pull")
            if not 0 < length <= min(LARGEST_HEADER, total - _LENGTH):
                raise _damaged(file, f"its {total:,} bytes are no safetensors")
            header = json.loads(stream.read(length).decode("utf-8"))
        header.pop("__metadata__", None)
        shapes = {name: tuple(map(int, tensor["shape"])) for name, tensor in header.items()}
        end = max((int(tensor["data_offsets"][1]) for tensor in header.values()), default=0)
    except OSError as err:
        raise ModelError(f"the weights {file} cannot be read: {err.strerror or err}") from err
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as err:
        raise _damaged(file, "its header makes no sense") from err
    if end != total - _LENGTH - length:
        raise _damaged(file, f"{_LENGTH + length + end:,} bytes were to come, {total:,} are there")
    if not all(number > 0 for shape in shapes.values() for number in shape):
        raise _damaged(file, "a tensor in it is empty")
    return shapes


def _damaged(file: Path, why: str) -> ModelError:
    return ModelError(f"the weights {file} are damaged ({why}): get the file again")


def _first_of(folder: Path, *patterns: str) -> str | None:
    found = (file.name for pattern in patterns for file in sorted(folder.glob(pattern)))
    return next(found, None)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys stand once: of two, another reader might take the other."""
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return data


def _in_a_line(err: Exception) -> str:
    return " ".join(str(err).split())[:200]
