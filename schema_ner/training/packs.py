"""Packs: the form in which annotated texts are written by hand.

    @domain astronomy news
    @type Space Agency | Government bodies that run space programmes. Not companies. | ESA; JAXA
    @text
    Late on Tuesday {Space Agency:ESA} confirmed that the telescope had re-acquired its guide stars.

Braces mark a mention; every mention of every declared type is marked, and nothing else is.  A text
may run over several lines, joined by blanks.

Here: a pack → a source.  Not here: other sources (``sources``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schema_ner.errors import FormatError
from schema_ner.spans import Span
from schema_ner.training.sources import Meaning, Row, Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MARK = re.compile(r"\{([^{}:]+):([^{}]+)\}")


def read_packs(folder: Path) -> list[Source]:
    """All packs of a folder, by name.

    Raises:
        FormatError: there is none, or one is malformed.
    """
    files = sorted(folder.glob("*.pack"))
    if not files:
        raise FormatError(f"no .pack file in {folder}")
    return [read_pack(file) for file in files]


def read_pack(file: Path) -> Source:
    """One pack.

    Raises:
        FormatError: a line is malformed or a mark is of no declared type; the text names the line.
    """
    meanings: dict[str, Meaning] = {}
    rows: list[Row] = []
    for number, kind, content in _blocks(file):
        if kind == "type":
            name, meaning = _meaning(file, number, content)
            if name in meanings:
                raise _problem(file, number, f"the type {name!r} is declared twice")
            meanings[name] = meaning
        elif kind == "text" and content:
            rows.append(_row(file, number, content, meanings))
    if not meanings:
        raise FormatError(f"{file} declares no type; write `@type name | guideline`")
    return Source(file.stem, meanings, tuple(rows), kind="pack")


def _blocks(file: Path) -> Iterator[tuple[int, str, str]]:
    """``(number of its line, "domain" | "type" | "text", content)``, in order."""
    began, parts = 0, list[str]()
    in_text = False
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        word, _, rest = line.partition(" ")
        if word not in ("@domain", "@type", "@text"):  # "@cinebot which film …" is text
            if line.strip() and not in_text:
                raise _problem(file, number, "a line that is of no text; @text goes before one")
            parts.append(line.strip())
            continue
        if word == "@text" and rest.strip():
            raise _problem(file, number, "@text stands alone; the text begins on the next line")
        if in_text:
            yield began, "text", " ".join(parts).strip()
        began, parts, in_text = number, [], word == "@text"
        if word != "@text":
            yield number, word[1:], rest.strip()
    if in_text:
        yield began, "text", " ".join(parts).strip()


def _meaning(file: Path, number: int, content: str) -> tuple[str, Meaning]:
    parts = [part.strip() for part in content.split("|")]
    if len(parts) not in (2, 3) or not all(parts[:2]):
        raise _problem(
            file, number, "a type is written `@type name | guideline | example; example`"
        )
    examples = [e.strip() for e in parts[2].split(";")] if parts[2:] else []
    return parts[0], Meaning(parts[0], parts[1], tuple(filter(None, examples)))


def _row(file: Path, number: int, marked: str, meanings: dict[str, Meaning]) -> Row:
    text, spans, at = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        name, surface = mark.group(1).strip(), mark.group(2)
        if name not in meanings:
            raise _problem(file, number, f"{name!r} is not declared by an @type line")
        if surface != surface.strip():
            raise _problem(file, number, f"blanks around the mention in {mark.group()!r}")
        spans.append(Span(len(text), len(text) + len(surface), name, surface))
        text, at = text + surface, mark.end()
    text += marked[at:]
    if "{" in text or "}" in text:
        raise _problem(file, number, "a brace that marks nothing; write {type name:mention}")
    return Row(text, tuple(spans))


def _problem(file: Path, number: int, what: str) -> FormatError:
    return FormatError(f"{file}:{number}: {what}")
