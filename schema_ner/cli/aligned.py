"""Gold and predictions from files, text against text.

Here: reading them, and telling where they do not fit.  Not here: the types that count
(``counted``), what is odd about a file (``doubts``), scoring (``schema_ner.scoring``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schema_ner import formats
from schema_ner.cli import doubts, streams
from schema_ner.cli.progress import Progress
from schema_ner.errors import InputError
from schema_ner.formats.rows import rest_of, unheld
from schema_ner.spans import REJECTED, Document, Extraction, Rejected

if TYPE_CHECKING:
    from collections.abc import Sequence


_KEEP_TEXTS = ("jsonl", "brat", "doccano", "label-studio", "csv", "klue")  # and blanks in them


@dataclass(frozen=True, slots=True)
class Aligned:
    """The same texts as people and as systems annotated them.

    Attributes:
        gold: one Document a text.
        systems: for each file of predictions, one of these a text, in the order of gold; an
            Extraction where the file says what was rejected.
    """

    gold: list[Document | Extraction]
    systems: list[list[Document | Extraction]]

    def types(self) -> list[str]:
        """Every type that occurs, sorted."""
        everything = (*self.gold, *(text for texts in self.systems for text in texts))
        return sorted({span.label for text in everything for span in text.spans})


def read(gold: str, predicted: Sequence[str], format_: str | None) -> Aligned:
    """Read one file of gold and the predictions of one or more systems.

    Texts are matched by id where every one has its own, else by their order.

    Raises:
        InputError: a file cannot be used, texts are missing, or differ; the text says which.
        OSError: there is no such file.
    """
    names = (gold, *predicted)
    for name in names:
        doubts.check_annotated(name, format_)
    with Progress("reading") as bar:
        files = [list(bar.over(formats.read(name, format_))) for name in names]
    doubts.check_texts(files[0], gold)
    right, said = files[0], zip(files[1:], predicted, strict=True)
    ordered = [(_ordered(right, documents, gold, name, format_), name) for documents, name in said]
    for name, documents in dict(zip(names, files, strict=True)).items():
        _note_unheld(documents, name)
        for doubt in doubts.of_file(documents, name):
            streams.note(f"warning: {doubt}")
    return Aligned([*right], [_with_rejected(documents, name) for documents, name in ordered])


def _ordered(
    gold: Sequence[Document],
    predicted: Sequence[Document],
    gold_name: str,
    name: str,
    format_: str | None,
) -> list[Document]:
    """The predictions in the order of gold, one for each text; ``--from`` names the format."""
    ids, other = [d.id for d in gold], [d.id for d in predicted]
    if None not in ids and None not in other and ids != other:
        by_id = _by_id(predicted, name)
        missing = [each for each in _by_id(gold, gold_name) if each not in by_id]
        extra = [each for each in by_id if each not in set(ids)]
        if missing or extra:
            raise InputError(_differing(missing, extra, gold_name, name))
        predicted = [by_id[str(each)] for each in ids]
    elif len(gold) != len(predicted):
        raise InputError(
            f"texts: {len(gold)} in {gold_name}, {len(predicted)} in {name}, and not every one has "
            "an id to match it by; give the same texts in the same order"
        )
    for number, (one, two) in enumerate(zip(gold, predicted, strict=True), 1):
        if one.text != two.text:
            hint = _about_blanks(one, two, (gold_name, name), format_)
            raise InputError(_difference(one, two, number, name) + hint)
    return list(predicted)


def _by_id(documents: Sequence[Document], name: str) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for document in documents:
        if str(document.id) in found:
            raise InputError(f"{name} has the id {document.id!r} twice; ids must tell texts apart")
        found[str(document.id)] = document
    return found


def _differing(missing: Sequence[str], extra: Sequence[str], gold_name: str, name: str) -> str:
    if missing:
        many = f", as are {len(missing) - 1} more" if len(missing) > 1 else ""
        return f"the id {missing[0]!r} of {gold_name} is missing in {name}{many}"
    many = f", nor {len(extra) - 1} more" if len(extra) > 1 else ""
    return f"{name} has the id {extra[0]!r}, which {gold_name} has not{many}"


def _difference(one: Document, two: Document, number: int, name: str) -> str:
    """Where two texts that should be the same part."""
    which = f"text {number}" if one.id is None else f"the text with id {one.id!r}"
    both = zip(one.text, two.text, strict=False)
    at = next((i for i, (a, b) in enumerate(both) if a != b), min(len(one.text), len(two.text)))
    there, here = one.text[at : at + 20], two.text[at : at + 20]
    return (
        f"{which} differs at character {at}: gold has {there!r}, the prediction {here!r} "
        f"({name}); scores need the same texts on both sides"
    )


def _about_blanks(one: Document, two: Document, names: tuple[str, str], format_: str | None) -> str:
    """What to do where texts differ in blanks alone, for one side's format keeps none."""
    if "".join(one.text.split()) != "".join(two.text.split()):
        return ""
    for document, name, other in ((two, names[1], names[0]), (one, *names)):
        tokens = (document.text[start:end] for start, end in document.tokens or ())
        found = formats.find(format_) if format_ is not None else formats.recognise(name)
        if found.name not in _KEEP_TEXTS and " ".join(tokens) == document.text:
            return f"; {found.name} keeps no blanks between tokens: convert {other} to it, too"
    return "; they differ in blanks alone"


def _note_unheld(documents: Sequence[Document], name: str) -> None:
    """Say on stderr what a file has annotated and no span can hold, so that nothing counts it."""
    lost = [each for document in documents for each in unheld(document)]
    if lost:
        what, why = lost[0]
        many = "1 annotation is" if len(lost) == 1 else f"{len(lost):,} annotations are"
        streams.note(f"note: {name}: {many} not counted, such as {what}: {why}")


def _with_rejected(documents: Sequence[Document], name: str) -> list[Document | Extraction]:
    """The documents, with what ``extract --json`` says of items that became no span."""
    found: list[Document | Extraction] = []
    strange = 0
    for document in documents:
        said = rest_of(document).get("rejected")
        rejected = _rejected(said)
        if rejected is None:
            strange += said is not None
            found.append(document)
        else:
            found.append(Extraction(document.text, document.spans, rejected))
    if strange:
        streams.note(
            f'note: {name}: "rejected" is not what `schema-ner extract --json` writes in '
            f"{strange:,} of {len(found):,} texts, and is passed over there"
        )
    return found


def _rejected(value: Any) -> tuple[Rejected, ...] | None:  # noqa: ANN401  # any JSON
    """Items of an Extraction as JSON; ``None`` where it is something else."""
    if not isinstance(value, list):
        return None
    items = []
    for item in value:
        match item:
            case {"text": str(text), "label": str() | None as label, "status": str(status)}:
                if status not in REJECTED:
                    return None
                items.append(Rejected(text, label, status, str(item.get("reason", ""))))
            case _:
                return None
    return tuple(items)
