"""What many mistakes have in common: types taken for others, names missed, borders gone wrong.

Here: counting.  Not here: single mistakes (``scoring.errors``), showing them (``mistakes``,
``report``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schema_ner.scoring.errors import Errors, Mistake
    from schema_ner.spans import Document, Span

Change: TypeAlias = Literal[
    "left out in front", "taken in front", "left out behind", "taken behind"
]
CHANGES: tuple[Change, ...] = (
    "left out in front",
    "taken in front",
    "left out behind",
    "taken behind",
)
_EXAMPLES = 3  # mentions shown for a pair of types


@dataclass(frozen=True, slots=True)
class Taken:
    """One type taken for another.

    Attributes:
        gold, predicted: the types.
        count: how often, whether or not the borders were right.
        examples: gold mentions, each once, at most three.
    """

    gold: str
    predicted: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surface:
    """A mention as it is written, and how often it was wrong.

    Attributes:
        label: its type.
        text: its most frequent spelling; what differs in case alone is counted as one.
        count: how often it was missed, or predicted where nothing is.
        mentions: how often gold has it, or the model gave it.
    """

    label: str
    text: str
    count: int
    mentions: int


@dataclass(frozen=True, slots=True)
class Border:
    """One way in which borders are wrong.

    Attributes:
        change: what the prediction did with the text beside.
        count: how often.
        pieces: what was left out or taken, the most frequent first, with how often.
    """

    change: Change
    count: int
    pieces: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Patterns:
    """What is behind the mistakes of a run, everywhere the most frequent first."""

    taken: tuple[Taken, ...]
    missed: tuple[Surface, ...]
    spurious: tuple[Surface, ...]
    borders: tuple[Border, ...]


def patterns(
    found: Errors, gold: Iterable[Document], predicted: Iterable[Sequence[Span]]
) -> Patterns:
    """The patterns of mistakes.

    Args:
        found: the mistakes; only those with a context say what was left out at borders.
        gold: the annotated texts.
        predicted: what was predicted for each, to compare with.
    """
    missed = [each.gold for each in found.of("missed") if each.gold]
    spurious = [each.predicted for each in found.of("spurious") if each.predicted]
    return Patterns(
        taken=tuple(_taken(found)),
        missed=tuple(_surfaces(missed, (s for text in gold for s in text.spans))),
        spurious=tuple(_surfaces(spurious, (s for spans in predicted for s in spans))),
        borders=tuple(_borders(found)),
    )


def _taken(found: Errors) -> Iterator[Taken]:
    """Pairs of types, of mistakes whose type is wrong."""
    mentions: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for mistake in (*found.of("type"), *found.of("boundary_and_type")):
        if mistake.gold and mistake.predicted:
            mentions[mistake.gold.label, mistake.predicted.label].append(mistake.gold.text)
    for (one, other), texts in sorted(mentions.items(), key=lambda each: (-len(each[1]), each[0])):
        yield Taken(one, other, len(texts), tuple(dict.fromkeys(texts))[:_EXAMPLES])


def _surfaces(wrong: Iterable[Span], every: Iterable[Span]) -> Iterator[Surface]:
    spellings: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for span in wrong:
        spellings[_surface(span)][span.text] += 1
    mentions = Counter(key for span in every if (key := _surface(span)) in spellings)
    for key, texts in sorted(spellings.items(), key=lambda each: (-each[1].total(), each[0])):
        ((text, _),) = texts.most_common(1)
        yield Surface(key[0], text, texts.total(), mentions[key])


def _surface(span: Span) -> tuple[str, str]:
    return span.label, span.text.casefold()


def _borders(found: Errors) -> Iterator[Border]:
    pieces: defaultdict[Change, Counter[str]] = defaultdict(Counter)
    for mistake in (*found.of("boundary"), *found.of("boundary_and_type")):
        for change, piece in _changes(mistake):
            pieces[change][piece.strip().casefold() or piece] += 1
    for change in sorted(pieces, key=lambda each: (-pieces[each].total(), CHANGES.index(each))):
        counted = sorted(pieces[change].items(), key=lambda each: (-each[1], each[0]))
        yield Border(change, pieces[change].total(), tuple(counted))


def _changes(mistake: Mistake) -> Iterator[tuple[Change, str]]:
    """What the prediction left out of the mention, or took beside it, on either side."""
    gold, said, context = mistake.gold, mistake.predicted, mistake.context
    if gold is None or said is None or context is None:
        return
    starts, ends = sorted((gold.start, said.start)), sorted((gold.end, said.end))
    in_front, behind = (
        context.text[a - context.start : b - context.start] for a, b in (starts, ends)
    )
    if in_front:
        yield ("left out in front" if gold.start < said.start else "taken in front"), in_front
    if behind:
        yield ("left out behind" if said.end < gold.end else "taken behind"), behind
