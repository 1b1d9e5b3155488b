"""The data sets that ready-made schemas are named after: whose types, which file, where it is.

Data sets cannot be shipped with the library: their licences, and the licences of the texts in them,
are their own.  So a name stands for everything but the file.

Here: the table, and what a name or a file given to a benchmark means.  Not here: the types
(``schemas``), reading files (``formats``), which texts are taken (``samples``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from schema_ner import formats, registry
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.spans import Document

# endings by which a file of annotated texts says its format, whoever made it
_TELLING = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".conll", ".ann")


@dataclass(frozen=True, slots=True)
class DataSet:
    """Where the texts of a ready-made schema are.

    Attributes:
        file: what the file of its test or development part is called there.
        url: where it is.
        licence: of the annotations and texts.
        format: of that file, whose ending may not tell it.
    """

    file: str
    url: str
    licence: str
    format: str = "conll"


_KLUE = DataSet(
    "klue-ner-v1.1_dev.tsv",
    "https://github.com/KLUE-benchmark/KLUE, klue_benchmark/klue-ner-v1.1",
    "CC BY-SA 4.0",
    "klue",
)
_MIT = "https://groups.csail.mit.edu/sls/downloads"


def _crossner(domain: str) -> DataSet:
    url = f"https://github.com/zliucr/CrossNER, ner_data/{domain}"
    return DataSet("test.txt", url, "MIT; texts of Wikipedia, CC BY-SA")


SETS = {
    "conll2003": DataSet(
        "eng.testb",
        "https://www.clips.uantwerpen.be/conll2003/ner",
        "texts of Reuters, by agreement with NIST",
    ),
    "crossner-ai": _crossner("ai"),
    "crossner-literature": _crossner("literature"),
    "crossner-music": _crossner("music"),
    "crossner-politics": _crossner("politics"),
    "crossner-science": _crossner("science"),
    "gmb": DataSet(
        "ner_dataset.csv",
        "https://www.kaggle.com/datasets/abhinavwalia95/entity-annotated-corpus",
        "as Kaggle's page says",
        "kaggle-ner",
    ),
    "klue": _KLUE,
    "klue-ko": _KLUE,
    "mit-movie": DataSet("engtest.bio", f"{_MIT}/movie", "no licence stated"),
    "mit-restaurant": DataSet("restauranttest.bio", f"{_MIT}/restaurant", "no licence stated"),
    "wnut17": DataSet(
        "emerging.test.annotated",
        "https://github.com/leondz/emerging_entities_17",
        "CC BY 4.0",
    ),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Which texts a benchmark is about.

    Attributes:
        name: what to call it in reports.
        file: the path of the texts.
        format: what they are read as.
        schema: the ready-made schema that goes with them, ``None`` for a file of the user's.
    """

    name: str
    file: str
    format: str
    schema: str | None

    def documents(self) -> Iterator[Document]:
        """The annotated texts, one at a time.

        Raises:
            InputError: the file is not in that format.
            OSError: it cannot be opened.
        """
        return formats.read(self.file, self.format)


def find(given: str, data: str | None = None, format_: str | None = None) -> Source:
    """What the name of a data set, or a file, means.

    Args:
        given: a name, or the path of annotated texts.
        data: of a name, the path of the texts.
        format_: of the file; ``None`` goes by its ending, its content and its data set.

    Raises:
        InputError: it is neither; a name without a file, or a file with another.
    """
    if given not in registry.names():
        return _of_file(given, data, format_)
    known = SETS.get(given)
    if data is None:
        raise InputError(_without_data(given, known))
    return Source(given, data, format_ or _format(data, known), given)


def _of_file(given: str, data: str | None, format_: str | None) -> Source:
    if not Path(given).exists():
        names = ", ".join(SETS)
        raise InputError(
            f"{given!r} is neither a file of annotated texts nor a data set; data sets are: {names}"
        )
    if data is not None:
        raise InputError(
            f"two files of texts, {given} and --data {data}; --data goes with the name of a data "
            "set, such as klue"
        )
    found = formats.recognise(given) if format_ is None else formats.find(format_)
    return Source(_stem(given), given, found.name, None)


def _format(data: str, known: DataSet | None) -> str:
    """By the ending where it tells; the set's own of the endings that its files have."""
    telling = Path(data).is_dir() or data.lower().removesuffix(".gz").endswith(_TELLING)
    return formats.recognise(data).name if known is None or telling else known.format


def _stem(path: str) -> str:
    """``data/gold.conll.gz`` → ``gold``."""
    name = Path(path).name
    return name.partition(".")[0] or name


def _without_data(name: str, known: DataSet | None) -> str:
    if known is None:
        return (
            f"{name} is a schema without a data set; give a file of your own: "
            f"schema-ner benchmark FILE --schema {name}"
        )
    return (
        f"the texts of {name} are not shipped with the library: get {known.file} from {known.url} "
        f"({known.licence}), then add --data {known.file}"
    )
