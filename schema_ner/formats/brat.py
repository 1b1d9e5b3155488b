"""brat's standoff files: a text in ``NAME.txt``, its annotations in ``NAME.ann``.

A source is one ``.ann`` file, or a folder, whose ``.ann`` files are read in the order of their
names (``a2`` before ``a10``), those of folders inside too, but for names that begin with a dot.  A
document's id is its file's name without the ending, from the folder on.  A ``.txt`` file of a
folder without an ``.ann`` file was not annotated, and is no document; how many there are is said.

Written: the same; a folder must be new or empty, and appears when all is written.  A document
without an id is named by its place.

Here: files and folders.  Not here: their lines (``standoff``).
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from schema_ner.errors import InputError
from schema_ner.formats.doubts import doubt
from schema_ner.formats.files import LineError, Source, lines, problem, replacing, short, whole
from schema_ner.formats.rows import with_rest
from schema_ner.formats.standoff import WAY_OUT, Standoff, lines_of
from schema_ner.spans import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schema_ner.formats.losses import Losses

ANNOTATIONS, TEXT = ".ann", ".txt"
_LONGEST = 200  # bytes of the name of a file or folder, with room for an ending
_DEEPEST = 8  # folders in folders
# of a folder or file: no control character, nothing that some system gives a meaning, no dot first
_PART = re.compile(r'(?!\.)[^\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff]+(?<![. ])')


def read(source: Source) -> Iterator[Document]:
    """The documents of a folder, or the one of an ``.ann`` file.

    Raises:
        InputError: the source is a stream, or its name does not end in ``.ann``.
        FormatError: once reading, a line is no annotation, or a text is missing; it names the line.
        OSError: once reading, a file cannot be opened.
    """
    path = _path(source)
    if path.suffix != ANNOTATIONS and not path.is_dir():
        raise InputError(f"{path} is neither a folder nor an {ANNOTATIONS} file, as brat has them")
    return _documents(path)


def save(target: Source, pairs: Iterable[tuple[Document, Losses]]) -> None:
    """Write documents to a folder, or one to an ``.ann`` file and the ``.txt`` file beside it.

    Raises:
        InputError: the target is a stream or a folder that is not empty, or several documents are
            to go into one file.
        OSError: the files cannot be written.
    """
    path = _path(target)
    if path.suffix == ANNOTATIONS and not path.is_dir():
        _save_one(path, pairs)
    else:
        _save_folder(Path(os.path.realpath(path)), pairs)


def _path(source: Source) -> Path:
    if isinstance(source, str | os.PathLike):
        return Path(source)
    raise InputError(f"brat keeps two files for a text; name a folder or an {ANNOTATIONS} file")


def _documents(path: Path) -> Iterator[Document]:
    """The documents of a folder, in the order of their names, or of one file."""
    if path.is_dir():
        for name in _annotated(path):
            yield _document(path / (name + ANNOTATIONS), name)
    else:
        yield _document(path, path.name.removesuffix(ANNOTATIONS))


def _annotated(folder: Path) -> list[str]:
    """The names of its documents, in their order."""
    names = {
        (Path(inside) / name).relative_to(folder).as_posix()
        for inside, _, names in os.walk(folder, onerror=_raise)
        for name in names
        if not name.startswith(".")
    }
    annotated = [name.removesuffix(ANNOTATIONS) for name in names if name.endswith(ANNOTATIONS)]
    if not annotated:
        way_out = "brat keeps the annotations of NAME.txt in NAME.ann"
        raise problem(str(folder), None, f"no {ANNOTATIONS} file is in this folder", way_out)
    alone = {name.removesuffix(TEXT) for name in names if name.endswith(TEXT)} - {*annotated}
    if alone:
        doubt(
            str(folder),
            f"texts without an {ANNOTATIONS} file, which are left out: {len(alone):,}, such as "
            f"{min(alone) + TEXT}",
        )
    return sorted(annotated, key=_in_order)


def _raise(err: OSError) -> NoReturn:
    raise err


def _in_order(name: str) -> list[str | int]:
    """A key that sorts numbers in names by their value."""
    return [int(part) if i % 2 else part for i, part in enumerate(re.split("([0-9]+)", name))]


def _document(path: Path, name: str) -> Document:
    """The document of an ``.ann`` file and the ``.txt`` file beside it."""
    text_file = path.with_name(path.name.removesuffix(ANNOTATIONS) + TEXT)
    if not stat.S_ISREG(path.stat().st_mode):  # raises what opening it would
        raise problem(str(path), None, "this is no file", "a pipe may never end")
    if not text_file.is_file():
        way_out = "brat keeps a text and its annotations side by side"
        raise problem(str(path), None, f"no {text_file.name} is beside it", way_out)
    standoff = Standoff(whole(text_file, keeps_bom=True))
    for number, raw in lines(path):
        line = raw.removesuffix("\n").removesuffix("\r")
        try:
            if line:
                standoff.add(line, number)
        except LineError as err:
            raise problem(str(path), number, err.what, err.way_out or WAY_OUT) from err
    spans, numbers, passed_over, no_spans = standoff.found()
    document = Document(standoff.text, spans, name, origin=str(path))
    return with_rest(document, {}, passed_over, no_spans, numbers)


def _save_one(path: Path, pairs: Iterable[tuple[Document, Losses]]) -> None:
    files: tuple[str, str] | None = None
    for document, losses in pairs:
        if files is not None:
            raise InputError(f"{path} holds the annotations of one text; name a folder for several")
        if document.id not in (None, path.name.removesuffix(ANNOTATIONS)):
            losses.add(f"the id {short(document.id)}", f"the name of the file is: {path.name}")
        files = _contents(document, losses)
    if files is None:
        raise InputError(f"there is no text to write to {path}")
    for file, content in zip((path.with_suffix(TEXT), path), files, strict=True):
        with replacing(file) as stream:
            stream.write(content.encode("utf-8"))


def _save_folder(folder: Path, pairs: Iterable[tuple[Document, Losses]]) -> None:
    """All files into a folder beside it first, so that nothing half done bears its name."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there and not empty; name a new folder for brat's files")
    if not folder.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(folder.parent))
    unfinished = folder.with_name(f".schema-ner-{os.getpid()}-{secrets.token_hex(4)}")
    unfinished.mkdir()
    taken: set[str] = set()
    try:
        for document, losses in pairs:
            name = _name(document.id, losses, taken)
            file = unfinished / name
            file.parent.mkdir(parents=True, exist_ok=True)
            for ending, content in zip(
                (TEXT, ANNOTATIONS), _contents(document, losses), strict=True
            ):
                file.with_name(file.name + ending).write_bytes(content.encode("utf-8"))
        if folder.exists():
            for child in unfinished.iterdir():
                child.rename(folder / child.name)
            unfinished.rmdir()
        else:
            unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _contents(document: Document, losses: Losses) -> tuple[str, str]:
    """What stands in the two files of a document."""
    text = losses.utf8("the text", document.text)
    return text, "".join(lines_of(document, text, losses))


def _name(wanted: str | None, losses: Losses, taken: set[str]) -> str:
    """The path of a document in its folder, without ending, that no other has."""
    name = str(losses.number) if wanted is None else wanted
    if not _is_name(name):
        name = re.sub(r"[^\w.-]+", "_", name)[:60].strip("._-") or str(losses.number)
    free = name
    count = 1
    while _folded(free) in taken:
        count += 1
        free = f"{name}-{count}"
    taken.add(_folded(free))
    if wanted not in (None, free):
        reason = f"no file can have that name here: {short(free)} stands for it"
        losses.add(f"the id {short(wanted)}", reason)
    return free


def _is_name(name: str) -> bool:
    *folders, _ = parts = name.split("/")
    return (
        len(parts) <= _DEEPEST
        and all(_PART.fullmatch(part) and len(part.encode()) <= _LONGEST for part in parts)
        and not any(part.casefold().endswith((ANNOTATIONS, TEXT)) for part in folders)
    )


def _folded(name: str) -> str:
    """The name as a file system that is blind to case and to the form of accents sees it."""
    return unicodedata.normalize("NFC", name.casefold())
