"""The table of formats, and which of them a file is in.

The ending of a name tells a format, the longest ending first: ``.bio.jsonl`` is not ``.jsonl``.  Of
files that are read, some endings are shared, and the first record decides between the formats that
share one.  What is written goes by the ending alone, and a format that is named always holds.

Here: the rows; finding one by name, ending or content.  Not here: the formats (a module each).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schema_ner.errors import InputError
from schema_ner.formats import (
    bio,
    brat,
    conll,
    csvfile,
    doccano,
    hf,
    jsonl,
    kaggle,
    klue,
    labelstudio,
    plain,
)
from schema_ner.formats.base import Format, streamed
from schema_ner.formats.files import lines
from schema_ner.formats.records import records
from schema_ner.spans import NER
from schema_ner.tags import is_tag

if TYPE_CHECKING:
    from schema_ner.formats.files import Source

_TOKENS = ("tokens",)
_SHARING = ("jsonl", "label-studio", "conll", "csv")  # whose endings others have, too

FORMATS = (
    Format(
        "jsonl",
        "one JSON object a line: id, text, entities",
        (".jsonl", ".ndjson"),
        jsonl.read,
        jsonl.encode,
        keeps=_TOKENS,
        columns=None,
        keeps_rest=True,
    ),
    Format(
        "conll",
        "a token and its tag on each line, a blank line behind each sentence",
        (".conll", ".tsv", ".iob", ".iob2", ".bio"),
        conll.read,
        save=streamed(conll.pieces),
        keeps=("tokens", "docstart"),
        columns=(*conll.COLUMNS, NER),
    ),
    Format(
        "bio",
        "one JSON object a line: tokens, tags",
        (".bio.jsonl",),
        bio.read,
        bio.encode,
        keeps=_TOKENS,
        columns=(NER,),
    ),
    Format(
        "csv",
        "a column of texts",
        (".csv",),
        csvfile.read,
        csvfile.encode,
        csvfile.HEADER,
        keeps=_TOKENS,
    ),
    Format("text", "one text a file", (".txt", ".text", ".md"), plain.read),
    Format(
        "brat",
        "a folder of .txt and .ann files, or one .ann file",
        (".ann",),
        brat.read,
        save=brat.save,
    ),
    Format(
        "doccano",
        "doccano's JSON lines: text, label",
        (".doccano.jsonl",),
        doccano.read,
        doccano.encode,
        keeps_rest=True,
    ),
    Format(
        "hf",
        "Hugging Face's token classification: tokens, ner_tags",
        (".hf.jsonl",),
        hf.read,
        hf.encode,
        keeps=_TOKENS,
        columns=(*hf.COLUMNS, NER),
    ),
    Format(
        "kaggle-ner",
        "Kaggle's ner_dataset.csv: a word a row",
        (".kaggle.csv",),
        kaggle.read,
        save=streamed(kaggle.pieces),
        keeps=_TOKENS,
        columns=("pos", NER),
    ),
    Format(
        "klue",
        "KLUE-NER's TSV: a character and its tag on each line",
        (".klue.tsv",),
        klue.read,
        save=streamed(klue.pieces),
        keeps=_TOKENS,
        columns=(NER,),
    ),
    Format(
        "label-studio",
        "Label Studio's JSON: tasks with regions",
        (".json",),
        labelstudio.read,
        save=streamed(labelstudio.pieces),
        keeps_rest=True,
    ),
)


def names() -> tuple[str, ...]:
    """The names of all formats."""
    return tuple(f.name for f in FORMATS)


def find(name: str) -> Format:
    """The format of that name.

    Raises:
        InputError: there is none.
    """
    for found in FORMATS:
        if found.name == name:
            return found
    raise InputError(f"no format is called {name!r}; known are: {', '.join(names())}")


def detect(source: Source, default: str | None = None) -> Format:
    """The format that a path's ending tells; a folder is brat's.

    Args:
        source: a path; of an open stream nothing can be told.
        default: name of the format for any other ending, instead of an error.

    Raises:
        InputError: no format has that ending.
    """
    name = ""
    if isinstance(source, str | os.PathLike):
        if os.fspath(source).endswith(("/", os.sep)) or Path(source).is_dir():
            return find("brat")
        name = Path(source).name
    plain_name = name.lower().removesuffix(".gz")
    by_ending = {ending: f for f in FORMATS for ending in f.endings}
    for ending in sorted(by_ending, key=len, reverse=True):
        if plain_name.endswith(ending):
            return by_ending[ending]
    if default is not None:
        return find(default)
    endings = " ".join(by_ending)
    what = f"the ending of {name!r} tells no format" if name else "a stream has no ending"
    raise InputError(f"{what}; name one of {', '.join(names())}, or use an ending: {endings}")


def recognise(source: Source, default: str | None = None) -> Format:
    """The format to read a file in: by its ending, and by its first record where formats share one.

    ==================  ==================================================================
    ``.jsonl .ndjson``  ``jsonl``, ``bio``, ``hf``, ``doccano`` or ``label-studio``
    ``.json``           ``label-studio``, ``hf``, or ``doccano`` for a list of texts
    ``.tsv``            ``conll``, or ``klue`` where it begins with a ``##`` line
    ``.csv``            ``csv``, or ``kaggle-ner`` under a header with ``Sentence #``
    ==================  ==================================================================

    Of what cannot be opened, or read twice as a pipe, the ending decides.

    Raises:
        InputError: no format has that ending.
    """
    found = detect(source, default)
    if found.name not in _SHARING or not isinstance(source, str | os.PathLike):
        return found
    try:
        return find(_of_content(Path(source), found.name)) if Path(source).is_file() else found
    except (OSError, ValueError):  # whoever reads it says so
        return found


def _of_content(path: Path, usual: str) -> str:
    """The name of the format, among those that share an ending, that the first record tells."""
    ending = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    if ending in ("jsonl", "ndjson", "json"):
        for _, data in records(path, ""):
            return _of_object(data, usual)
    line = next((line for _, line in lines(path) if line.strip()), "").rstrip("\r\n")
    if ending == "tsv" and line.startswith("##") and not is_tag(line.rpartition("\t")[2]):
        return "klue"
    if ending == "csv" and {kaggle.NUMBER, kaggle.WORD, kaggle.TAG} <= {*_cells(line)}:
        return "kaggle-ner"
    return usual


def _of_object(data: dict[str, Any], usual: str) -> str:
    """The format of JSON whose first object this is."""
    if "text" not in data and ("tokens" in data or "features" in data):
        tags = data.get("tags", data.get("labels"))
        is_named = isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)
        return "bio" if is_named and "ner_tags" not in data and usual == "jsonl" else "hf"
    if isinstance(data.get("data"), dict) or labelstudio.has_regions(data):
        return "label-studio"
    if isinstance(data.get("data"), str) or isinstance(data.get("annotations"), list):
        return "doccano"
    return "doccano" if usual == "label-studio" and "text" in data else usual


def _cells(line: str) -> list[str]:
    """The names in a header of plain ones."""
    return [cell.strip('"') for cell in line.split(max(",;\t", key=line.count))]
