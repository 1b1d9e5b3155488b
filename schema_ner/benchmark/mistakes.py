"""``errors.txt``: every mistake of a run in its text, and what many have in common.

Here: the file, for reading in a terminal.  Not here: what is a mistake (``scoring.errors``), how
patterns are counted (``patterns``).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from schema_ner.benchmark import judging
from schema_ner.benchmark.columns import aligned, short
from schema_ner.benchmark.patterns import patterns
from schema_ner.formats.files import replacing
from schema_ner.scoring import excerpts
from schema_ner.scoring.errors import MEANING
from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from schema_ner.benchmark.judging import Judged
    from schema_ner.benchmark.patterns import Border, Patterns, Surface
    from schema_ner.benchmark.run import Run
    from schema_ner.scoring.errors import Errors, Kind, Mistake
    from schema_ner.spans import Span

MOST = 1_000  # mistakes of a kind
_MOST_ROWS = 15  # of a table of patterns
_MOST_PIECES = 8
_WIDTH = 100  # cells of a line, what running text has in a terminal
_SHORT = {"boundary_and_type": "both"}  # as the head of a column


def write_errors(run: Run, path: str | os.PathLike[str], most: int = MOST) -> None:
    """Write ``errors.txt``.

    Args:
        run: the run.
        path: the file; it appears when all is written.
        most: how many mistakes of each kind are shown; of the others, how many there are.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as stream:
        for line in lines(run, most):
            stream.write(f"{line}\n".encode("utf-8", "backslashreplace"))


def lines(run: Run, most: int = MOST) -> Iterator[str]:
    """The lines of ``errors.txt``."""
    samples = judging.judged(run)
    found = judging.together(samples)
    yield from _head(run, samples, found)
    yield from _by_type(found)
    yield from _patterns(
        patterns(
            found,
            [each.sample.gold for each in samples],
            [each.sample.predicted.spans for each in samples],
        )
    )
    yield from _unread(samples, most)
    yield ""
    yield f"in the texts below: {excerpts.BRACKETS}"
    for kind in found.kinds:
        yield from _of_kind(found, kind, most)


def _head(run: Run, samples: Sequence[Judged], found: Errors) -> Iterator[str]:
    gold = sum(len(each.sample.gold.spans) for each in samples)
    said = sum(len(each.sample.predicted.spans) for each in samples)
    right = sum(found.correct.values())
    yield f"mistakes of {one_line(run.name)}"
    yield ""
    texts = "1 text" if len(samples) == 1 else f"{len(samples):,} texts"
    yield f"{texts}, {gold:,} gold mentions, {said:,} predicted, {right:,} right"
    yield ""
    yield from aligned(
        [(k.replace("_", " "), f"{n:,}", MEANING[k]) for k, n in found.counts.items()], right={1}
    )


def _by_type(found: Errors) -> Iterator[str]:
    names = ("correct", *found.kinds)
    rows = [
        (short(label), *(f"{of_type[name]:,}" for name in names))
        for label, of_type in found.per_type.items()
    ]
    if rows:
        header = ("type", *(_SHORT.get(name, name) for name in names))
        yield ""
        yield from aligned([header, *rows], right=range(1, len(header)))


def _patterns(found: Patterns) -> Iterator[str]:
    if found.taken:
        rows = [
            (short(t.gold), short(t.predicted), f"{t.count:,}", ", ".join(map(_quoted, t.examples)))
            for t in found.taken
        ]
        heads = ("gold type", "taken for", "times", "such as")
        yield from _table("types taken for others", heads, rows, right={2})
    yield from _surfaces("missed more than once", "missed", found.missed)
    yield from _surfaces("predicted more than once where nothing is", "wrong", found.spurious)
    if found.borders:
        how = [(str(each.change), f"{each.count:,}", _pieces(each)) for each in found.borders]
        header = ("beside the mention", "times", "what")
        yield from _table("wrong borders", header, how, right={1})


def _surfaces(title: str, count: str, found: Sequence[Surface]) -> Iterator[str]:
    rows = [
        (_quoted(each.text), short(each.label), f"{each.count:,}", f"{each.mentions:,}")
        for each in found
        if each.count > 1
    ]
    if rows:
        yield from _table(title, ("mention", "type", count, "of"), rows, right={2, 3})


def _table(
    title: str, header: Sequence[str], rows: Sequence[Sequence[str]], right: set[int]
) -> Iterator[str]:
    yield ""
    yield f"{title}:"
    yield from aligned([header, *rows[:_MOST_ROWS]], right=right, indent="  ")
    if len(rows) > _MOST_ROWS:
        yield f"  … and {len(rows) - _MOST_ROWS:,} more"


def _pieces(border: Border) -> str:
    shown = [f"{_quoted(piece)} {count:,}" for piece, count in border.pieces[:_MOST_PIECES]]
    return ", ".join(shown) + (" …" if len(border.pieces) > _MOST_PIECES else "")


def _quoted(text: str) -> str:
    return f'"{short(text, 30)}"'


def _unread(samples: Sequence[Judged], most: int) -> Iterator[str]:
    """Texts that no mistakes can be told of, or whose mistakes have another reason."""
    for title, said in (
        ("texts that failed; their mentions count as missed", [s for s in samples if s.failure]),
        ("texts whose mistakes were not looked for", [s for s in samples if s.unjudged]),
    ):
        if not said:
            continue
        yield ""
        yield f"{title} ({len(said):,}{_some(len(said), most)}):"
        for each in said[:most]:
            reason = one_line(each.failure or each.unjudged)
            yield f"  {short(each.sample.id)}  {short(reason, _WIDTH)}"


def _of_kind(found: Errors, kind: Kind, most: int) -> Iterator[str]:
    mistakes = found.of(kind)
    if not mistakes:
        return
    yield ""
    some = _some(len(mistakes), most)
    yield f"{kind.replace('_', ' ')}: {MEANING[kind]} ({len(mistakes):,}{some})"
    for name, of_text in groupby(mistakes[:most], key=lambda each: (each.number, each.id)):
        yield f"  {short(str(name[1]))}"
        for mistake in of_text:
            yield from _mistake(mistake)


def _some(count: int, most: int) -> str:
    return f"; the first {most:,} are shown, {count - most:,} are not" if count > most else ""


def _mistake(mistake: Mistake) -> Iterator[str]:
    items = [_placed(span) for span in (mistake.gold, mistake.predicted) if span is not None]
    if mistake.rejected is not None:
        label = short(mistake.rejected.label or "?")
        items = [f"{label}: {_quoted(mistake.rejected.text)}"]
    yield f"    {' → '.join(items)}"
    if mistake.context is not None:
        yield f"      {excerpts.excerpt(mistake, _WIDTH - 6)}"


def _placed(span: Span) -> str:
    return f"[{span.start}:{span.end}) {short(span.label)}"
