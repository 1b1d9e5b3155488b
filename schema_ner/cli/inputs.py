"""Where a command's texts come from: arguments, files, stdin.

Here: choosing among them.  Not here: what the files look like (``formats``).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from schema_ner import formats
from schema_ner.cli import streams
from schema_ner.errors import InputError
from schema_ner.spans import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Inputs:
    """The texts of one call.

    Attributes:
        texts: taken as they are; ``-`` is stdin.
        files: paths; ``-`` is stdin; folders in the format ``brat``.
        format: of the files and stdin; ``None`` goes by ending and content, and is plain text
            where the ending tells none.
        column: of CSV files, the column with the texts.

    Raises:
        InputError: nothing to read, or a format or column that does not fit.
        OSError: there is no such file.
    """

    texts: Sequence[str] = ()
    files: Sequence[str] = ()
    format: str | None = None
    column: str | None = None

    def __post_init__(self) -> None:
        if not self.texts and not self.files:
            raise InputError(
                "no text given; write it in quotes, or name files with --file, or give - for stdin"
            )
        if self.places.count(STDIN) > 1:
            raise InputError("stdin can be read once; give - once")
        for place in self.places:
            self._read(place)  # nothing is opened yet, but names are checked
        for path in self.files:
            # said before a model is loaded and the files before this one are read
            if path != STDIN and Path(path).is_dir() and self.format != "brat":
                raise InputError(f"{path} is a folder; name files, such as {path}/*.txt")
            if path != STDIN:
                os.stat(path)  # noqa: PTH116  # raises what opening it would

    @classmethod
    def of(
        cls, words: Sequence[str], files: Sequence[str], format_: str | None, column: str | None
    ) -> Inputs:
        """The inputs of a command line: behind ``--file a.txt``, further words are files too."""
        if files:
            return cls((), (*files, *words), format_, column)
        for word in words:
            if word != STDIN and os.path.isfile(word):  # noqa: PTH113  # any text is allowed here
                streams.note(f"note: {word!r} is taken as a text; --file {word} reads the file")
        return cls(words, (), format_, column)

    @property
    def is_single(self) -> bool:
        """Whether there is surely one text."""
        sources = [*self.texts, *self.files]
        return len(sources) == 1 and (
            (sources[0] in self.texts and sources[0] != STDIN)
            or self._format(sources[0]).name == "text"
        )

    @property
    def places(self) -> tuple[str, ...]:
        """What is read: the files, and ``-`` for stdin."""
        return (*self.files, *(text for text in self.texts if text == STDIN))

    def __iter__(self) -> Iterator[tuple[str, Document]]:
        """Each document behind its name, one at a time; a plain-text file is called by its path.

        A name is the document's id, or its number; where there are several files, with the file's
        name in front, for ids of two files may be the same.
        """
        for number, text in enumerate(self.texts, 1):
            if text == STDIN:
                yield from self._named(text, number)
            else:
                yield f"text {number}", Document(decoded(text))
        for path in self.files:
            yield from self._named(path, 1)

    def _named(self, place: str, first: int) -> Iterator[tuple[str, Document]]:
        """The documents of one file or of stdin, each behind its name."""
        if place != STDIN and self._format(place).name == "text":
            yield from ((place, replace(document, id=place)) for document in self._read(place))
            return
        file = "stdin" if place == STDIN else place
        before = f"{file}: " if len(self.files) > 1 else ""
        for number, document in enumerate(self._read(place), first):
            yield before + (f"text {number}" if document.id is None else document.id), document

    def count(self) -> int | None:
        """How many there are, where that can be told by reading the files twice."""
        if STDIN in self.places or not all(map(os.path.isfile, self.files)):
            return None
        return sum(1 for _ in self)

    def _format(self, place: str) -> formats.Format:
        if self.format is not None:
            return formats.find(self.format)
        default = "text" if self.column is None else "csv"
        return formats.recognise(place, default)

    def _read(self, place: str) -> Iterator[Document]:
        name = self._format(place).name
        column = None if self.column is None else decoded(self.column)
        source = streams.stdin() if place == STDIN else place
        return formats.read(source, name, column=column if name == "csv" else None)


def decoded(word: str) -> str:
    """A word of the command line as UTF-8, whatever the locale says; else as it is.

    In an ASCII locale Python reads each other byte as a surrogate.  Names of files must stay so:
    only as they came do they name the same file.
    """
    try:
        return os.fsencode(word).decode("utf-8")
    except UnicodeError:
        return word
