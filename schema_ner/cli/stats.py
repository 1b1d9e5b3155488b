"""``schema-ner stats``: what is in annotated files, and whether splits have the same mix of types.

Here: options, and tables of texts and types.  Not here: those of tags and of shares (``shares``),
counting (``schema_ner.statistics``, ``scoring.balance``), drawing (``benchmark.charts``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from schema_ner import formats
from schema_ner.cli import doubts, shares, streams, tables, targets
from schema_ner.cli.progress import Progress
from schema_ner.errors import InputError
from schema_ner.formats.rows import unheld
from schema_ner.scoring import balance
from schema_ner.statistics import describe
from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from schema_ner.scoring.balance import Balance
    from schema_ner.spans import Document
    from schema_ner.statistics import Lengths, Statistics

_Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="Annotated texts; several are splits.")
]
_From = Annotated[
    str | None,
    typer.Option("--from", metavar="FORMAT", help="Format of the files, against their endings."),
]
_Plot = Annotated[
    str | None, typer.Option("--plot", metavar="PATH", help="Also draw them, a .png.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def stats(
    files: _Files, *, from_: _From = None, plot: _Plot = None, as_json: _Json = False
) -> None:
    """Count what annotated files hold: texts, tokens, spans of each type, their lengths.

    Tags such as POS and chunks are counted where the files have them.  Two or more files are splits
    of one data set: then also how far their shares of types and tags differ.
    """
    _check(files, plot)
    found = {file: _described(file, from_) for file in files}
    spread = balance.of_counts({file: one.labels for file, one in found.items()})
    has_plot = plot is not None and _draw(found, spread, plot)
    if as_json:
        data: dict[str, object] = {"files": {file: one.to_dict() for file, one in found.items()}}
        if len(files) > 1:
            data["balance"] = spread.to_dict()
        streams.say_json(data)
    else:
        lines = _one(files[0], found[files[0]]) if len(files) == 1 else _splits(found, spread)
        streams.say("\n".join(lines))
    if has_plot:
        streams.note(f"wrote {plot}")


def _check(files: Sequence[str], plot: str | None) -> None:
    """Raise what would go wrong in the end."""
    twice = next((file for at, file in enumerate(files) if file in files[:at]), None)
    if twice is not None:
        raise InputError(f"{twice} is named twice; name each split once")
    if plot is None:
        return
    from schema_ner.benchmark import charts  # noqa: PLC0415  # only where something is drawn

    targets.check("--plot", plot, files)
    if not plot.lower().endswith(".png"):
        raise InputError(f"--plot {plot}: the picture is a PNG; name a file that ends in .png")
    charts.check()


def _described(file: str, format_: str | None) -> Statistics:
    lost: list[tuple[str, str]] = []
    doubt: str | None = None

    def passing(documents: Iterable[Document]) -> Iterator[Document]:
        nonlocal doubt
        for document in documents:
            lost.extend(unheld(document))
            doubt = doubt or (doubts.of_plain_text(document, file) if is_guess else None)
            yield document

    is_guess = format_ is None and formats.recognise(file).name == "text"
    with Progress("reading") as bar:
        found = describe(passing(bar.over(formats.read(file, format_))))
    if doubt is not None:
        streams.note(f"warning: {doubt}")
    if lost:
        what, why = lost[0]
        streams.note(f"note: {file}: not counted as spans: {len(lost):,}, such as {what}: {why}")
    return found


def _draw(found: Mapping[str, Statistics], spread: Balance, path: str) -> bool:
    """Whether there was anything to draw."""
    from schema_ner.benchmark import charts  # noqa: PLC0415  # only where something is drawn
    from schema_ner.formats.files import replacing  # noqa: PLC0415

    picture = charts.draw(found, spread)
    if picture is None:
        streams.note(f"note: there are no spans and no tags to draw, so {path} is not written")
        return False
    with replacing(path) as stream:
        stream.write(picture.png)
    if picture.has_boxes:
        streams.note(f"note: {path} shows boxes for letters that no installed font has")
    return True


def _one(file: str, found: Statistics) -> Iterator[str]:
    """The tables of a single file."""
    yield tables.bold(one_line(file))
    yield ""
    own = "their own" if found.tokenised == found.texts else "words and signs"
    rows = [
        ("texts", f"{found.texts:,}", _lengths(found.text_lengths, "characters")),
        ("characters", f"{found.characters:,}", ""),
        ("tokens", f"{found.tokens:,}", own if found.texts else ""),
        ("spans", f"{found.spans:,}", _lengths(found.span_lengths, "characters")),
        ("empty", f"{found.empty:,}", f"texts without spans, {_percent(found.empty_share)}"),
        ("overlapping", f"{found.overlapping:,}", "spans that share a character with another"),
        ("nested", f"{found.nested:,}", "spans inside another"),
        ("repeated", f"{found.repeated:,}", "spans said before: the same place and type"),
    ]
    yield from tables.table([("", "", ""), *rows], right={1}).split("\n")[1:]
    if found.labels:
        yield ""
        yield from _types(found)
    for name, tags in found.columns.items():
        yield ""
        yield from shares.of_tags(name, tags)


def _types(found: Statistics) -> Iterator[str]:
    header = ("type", "spans", "share", "characters: least", "median", "95 %", "most")
    rows = []
    for label, count in found.labels.items():
        lengths = found.lengths_by_label[label]
        quantiles = (f"{lengths.quantile(share):,}" for share in (0, 0.5, 0.95, 1))
        rows.append((label, f"{count:,}", _percent(count / found.spans), *quantiles))
    yield tables.fitted([header, *rows], right=range(1, len(header)), width=streams.columns())


def _splits(found: Mapping[str, Statistics], spread: Balance) -> Iterator[str]:
    """The tables of several files: what each holds, and the shares of each type and tag."""
    numbers = {file: str(at) for at, file in enumerate(found, 1)}
    header = ("file", "", "texts", "characters", "tokens", "spans", "empty", "nested")
    rows = [
        (
            file,
            numbers[file],
            *(f"{n:,}" for n in (one.texts, one.characters, one.tokens, one.spans)),
            _percent(one.empty_share),
            f"{one.nested:,}",
        )
        for file, one in found.items()
    ]
    yield tables.fitted([header, *rows], right=range(1, len(header)), width=streams.columns())
    yield ""
    yield "empty: texts without spans; nested: spans inside another"
    columns = dict.fromkeys(name for one in found.values() for name in one.columns)
    if spread.labels:
        yield ""
        yield "share of the spans in each file, in %"
        yield from shares.compared(spread, ("type", "spans"), numbers)
        for file, number in numbers.items():
            if absent := spread.absent(file):
                yield from tables.wrapped(
                    f"no span in {number}: {', '.join(absent)}", width=streams.width(), indent=""
                )
    for name in columns:
        by_tag = {file: one.columns.get(name, {}) for file, one in found.items()}
        tags = balance.of_counts(by_tag)
        yield ""
        yield f"{shares.head(name, tags.labels)}; share of the tokens in each file, in %"
        yield from shares.compared(tags, (name, "tokens"), numbers, shares.most(name))
    if spread.labels or columns:
        yield ""
        yield "distance: share of the spans or tokens that would have to be of another type or"
        yield "tag to have the mix of all files together (total variation)"
        yield "Cramér's V: 0 the same mix, 1 no type or tag in two files"


def _lengths(lengths: Lengths, unit: str) -> str:
    if not lengths.counts:
        return ""
    least, most = lengths.quantile(0), lengths.quantile(1)
    return f"{unit}: {least:,} to {most:,}, mean {lengths.mean:.1f}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
