"""``schema-ner convert``: annotated texts from one format to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from schema_ner import formats
from schema_ner.cli import doubts, guard, streams
from schema_ner.cli.inputs import STDIN
from schema_ner.cli.progress import Progress
from schema_ner.formats.doubts import unread_key
from schema_ner.formats.rows import unheld

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schema_ner.formats import Kind, Loss, Source
    from schema_ner.spans import Document

_SLIGHT: dict[Kind, str] = {
    "blanks": "{texts} will be read back with other blanks: {format} keeps none between tokens",
    "scores": "in {texts} spans lose score, status and source: {format} keeps none",
    "keys": "in {texts} keys or columns are lost that {format} has no place for, such as: {what}",
}
SHOWN = 20  # losses that are printed one by one
_NAMED = 3  # of a kind, in a note

_In = Annotated[str, typer.Argument(metavar="IN", help="The file to read; - is stdin.")]
_Out = Annotated[str, typer.Argument(metavar="OUT", help="The file to write; - is stdout.")]
_From = Annotated[
    str | None, typer.Option("--from", metavar="FORMAT", help="Format of IN, against its ending.")
]
_To = Annotated[
    str | None, typer.Option("--to", metavar="FORMAT", help="Format of OUT, against its ending.")
]
_Column = Annotated[
    str | None, typer.Option("--column", metavar="NAME", help="The column of a CSV with the texts.")
]
_Allow = Annotated[
    bool, typer.Option("--allow-loss", help="Exit 0 even where OUT could not hold everything.")
]


def convert(  # noqa: PLR0913  # one parameter an option
    source: _In,
    target: _Out,
    *,
    from_: _From = None,
    to: _To = None,
    column: _Column = None,
    allow_loss: _Allow = False,
) -> int:
    """Convert annotated texts: jsonl, conll, bio, csv, brat, doccano, hf, klue and others.

    What is doubtful in IN and what OUT cannot hold is told on stderr.  The exit code is 1 where OUT
    cannot hold an annotation, an id or characters; blanks between tokens, scores and unknown keys
    are only counted.
    """
    seen = _Seen(source if from_ is None and _is_plain(source) else None)
    with Progress("converting") as bar:
        documents = seen.passing(bar.over(formats.read(_input(source), from_, column=column)))
        losses = formats.write(_output(target), documents, to)
        count = bar.done
    real = [loss for loss in losses if not loss.is_slight]
    for loss in real[:SHOWN]:
        streams.note(f"lost: {loss}")
    if len(real) > SHOWN:
        streams.note(f"lost: {len(real) - SHOWN} more")
    if count and not seen.spans and not seen.unread:  # the reader tells of what is not read
        texts = "1 text" if count == 1 else f"{count:,} texts"
        streams.note(f"note: there is no annotation in {texts}")
    if seen.doubt is not None:
        streams.note(f"warning: {seen.doubt}")
    for note in _slight(losses, count, to or formats.detect(target).name):
        streams.note(f"note: {note}")
    streams.note(_summary(count, sum(loss.is_left_out for loss in losses), target, real))
    return guard.FAILED if real and not allow_loss else guard.DONE


class _Seen:
    """What went by.

    Attributes:
        spans: annotations so far, those that are no spans too.
        unread: texts so far with a key that may hold annotations, and that nobody reads.
        doubt: that what is read as plain text looks like tagged tokens.
    """

    def __init__(self, plain: str | None) -> None:
        self.spans = 0
        self.unread = 0
        self.doubt: str | None = None
        self._plain = plain

    def passing(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents, counted."""
        for document in documents:
            self.spans += len(document.spans) + len(unheld(document))
            self.unread += unread_key(document) is not None
            if self._plain is not None:
                self.doubt = self.doubt or doubts.of_plain_text(document, self._plain)
            yield document


def _is_plain(source: str) -> bool:
    """Whether a file is taken for plain text, because nothing in it says otherwise."""
    return source != "-" and formats.recognise(source).name == "text"


def _input(source: str) -> Source:
    return streams.stdin() if source == STDIN else source


def _output(target: str) -> Source:
    return streams.stdout() if target == STDIN else target


def _slight(losses: Sequence[Loss], count: int, format_: str) -> Iterator[str]:
    """One line a kind of what a format by its nature never keeps."""
    by_kind: dict[Kind, list[Loss]] = {}
    for loss in losses:
        by_kind.setdefault(loss.kind, []).append(loss)
    for kind, say in _SLIGHT.items():
        if found := by_kind.get(kind):
            concerned = len({(loss.origin, loss.document) for loss in found})
            texts = f"{concerned:,} of {count:,} texts" if count > 1 else "the text"
            names = [*dict.fromkeys(loss.what for loss in found)]
            what = ", ".join(names[:_NAMED]) + ", …" * (len(names) > _NAMED)
            yield say.format(texts=texts, format=format_, what=what)


def _summary(count: int, left_out: int, target: str, losses: Sequence[Loss]) -> str:
    where = "stdout" if target == STDIN else target
    texts = "1 text" if count == 1 else f"{count:,} texts"
    written = f"{count - left_out:,} of {texts}" if left_out else texts
    lost = f"; {len(losses):,} losses" if len(losses) > 1 else "; 1 loss" if losses else ""
    return f"wrote {written} to {where}{lost}"
