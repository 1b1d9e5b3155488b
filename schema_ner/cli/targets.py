"""Where a file that a command writes may go; said before the work, not behind it.

Here: the checks.  Not here: writing (``formats.files``, and whoever makes the file).
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING

from schema_ner.cli.inputs import STDIN
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable


def check(option: str, path: str, inputs: Iterable[str]) -> None:
    """Raise InputError where a file cannot go to the path that an option names.

    Args:
        option: how it is written, such as ``--html``.
        path: what stood behind it.
        inputs: files that are read, which it must not replace; ``-`` is stdin.
    """
    # an option behind this one is taken for its value, and stdout is for results
    if path.startswith("-") or not path:
        raise InputError(
            f"{option} takes the name of a file, and got {path!r}; write {option} PATH"
        )
    # os.path and not Path: an empty or odd name is no error there
    if os.path.isdir(path):  # noqa: PTH112
        raise InputError(f"{option} {path} is a folder; name a file in it")
    if os.path.isfile(path):  # noqa: PTH113
        for place in inputs:
            if _is_same(path, place):
                named = "stdin" if place == STDIN else place
                raise InputError(
                    f"{option} {path} is the file that {named} is read from, and would replace it; "
                    "name another"
                )
    elif os.path.exists(path):  # noqa: PTH110  # a pipe, a terminal: written to as it is
        return
    folder = os.path.dirname(os.path.realpath(path))  # noqa: PTH120
    if not os.path.isdir(folder):  # noqa: PTH112
        raise InputError(f"{option} {path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"{option} {path}: the folder {folder} cannot be written to")


def _is_same(path: str, place: str) -> bool:
    """Whether both are one file, under whatever names."""
    there = os.stat(path)  # noqa: PTH116
    # no such file, or a stdin that is none: then they are not the same
    with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
        if place != STDIN:
            return os.path.samestat(there, os.stat(place))  # noqa: PTH116
        return sys.stdin is not None and os.path.samestat(there, os.fstat(sys.stdin.fileno()))
    return False
