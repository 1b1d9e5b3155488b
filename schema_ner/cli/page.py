"""``extract --html``: one page of all texts, each under its heading.

Here: what is on it.  Not here: how it looks (``views``), where it may go (``targets``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner import views
from schema_ner.cli import streams, targets
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
        targets.check("--html", path, inputs)
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
