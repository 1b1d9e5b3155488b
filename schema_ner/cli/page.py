"""``extract --html``: one page of all texts, each under its heading.

Here: where the page may go, and what is on it.  Not here: how it looks (``views``).
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING

from schema_ner import views
from schema_ner.cli import streams
from schema_ner.cli.inputs import STDIN
from schema_ner.errors import InputError
from schema_ner.formats.files import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schema_ner.spans import Extraction


class Page:
    """The page that one call writes when all texts are done.

    Args:
        path: where it goes.
        inputs: files that are read, which it must not replace; ``-`` is stdin.

    Raises:
        InputError: it cannot go there; said before the work, not behind it.
    """

    def __init__(self, path: str, inputs: Iterable[str]) -> None:
        _check(path, inputs)
        self._path = path
        self._parts: list[views.Part] = []

    def add(self, name: str, extraction: Extraction) -> None:
        """One more text; an empty name is no heading."""
        reasons = [item.reason for item in extraction.rejected if item.status == "failed"]
        part = views.Part(
            name, extraction.text, extraction.spans, extraction.unread, "; ".join(reasons)
        )
        self._parts.append(part)

    def write(self) -> None:
        """Write it, and say so."""
        with replacing(self._path) as stream:
            stream.write(views.pages(self._parts).encode("utf-8"))
        streams.note(f"wrote {self._path}")


def _check(path: str, inputs: Iterable[str]) -> None:
    # an option behind --html is taken for its value, and stdout is for the spans
    if path.startswith("-") or not path:
        raise InputError(f"--html takes the name of a file, and got {path!r}; write --html PATH")
    # os.path and not Path: an empty or odd name is no error there
    if os.path.isdir(path):  # noqa: PTH112
        raise InputError(f"--html {path} is a folder; name a file in it")
    if os.path.isfile(path):  # noqa: PTH113
        for place in inputs:
            if _is_same(path, place):
                named = "stdin" if place == STDIN else place
                raise InputError(
                    f"--html {path} is the file that {named} is read from, and would replace it; "
                    "name another"
                )
    elif os.path.exists(path):  # noqa: PTH110  # a pipe, a terminal: written to as it is
        return
    folder = os.path.dirname(os.path.realpath(path))  # noqa: PTH120
    if not os.path.isdir(folder):  # noqa: PTH112
        raise InputError(f"--html {path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"--html {path}: the folder {folder} cannot be written to")


def _is_same(path: str, place: str) -> bool:
    """Whether both are one file, under whatever names."""
    there = os.stat(path)  # noqa: PTH116
    # no such file, or a stdin that is none: then they are not the same
    with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
        if place != STDIN:
            return os.path.samestat(there, os.stat(place))  # noqa: PTH116
        return sys.stdin is not None and os.path.samestat(there, os.fstat(sys.stdin.fileno()))
    return False
