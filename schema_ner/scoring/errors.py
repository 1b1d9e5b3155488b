"""What is wrong with the predictions, mistake by mistake, with the text around each.

Every gold span and every predicted span is either right or in exactly one mistake:

=================  ===========================================================
missed             a gold span, and no prediction stands for it
spurious           a prediction that stands for no gold span
boundary           the right type, an overlap, other borders
type               the right borders, another type
boundary_and_type  an overlap, other borders, another type
hallucinated       said by the model, but nowhere in the text: it is no span
=================  ===========================================================

Here: mistakes and their counts.  Not here: which prediction stands for which gold span
(``matching``), a mistake on one line (``excerpts``), lists of them (the command line).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast, get_args

from schema_ner.scoring import matching, pairing
from schema_ner.spans import Document, Extraction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from schema_ner.scoring.pairing import Annotated
    from schema_ner.spans import Rejected, Span

Kind: TypeAlias = Literal[
    "missed", "spurious", "boundary", "type", "boundary_and_type", "hallucinated"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
MEANING: dict[Kind, str] = {
    "missed": "gold, and nothing stands for it",
    "spurious": "predicted, and stands for nothing",
    "boundary": "the right type, other borders",
    "type": "the right borders, another type",
    "boundary_and_type": "an overlap, other borders, another type",
    "hallucinated": "said by the model, and nowhere in the text",
}
_AROUND = 40  # characters of context on either side


@dataclass(frozen=True, slots=True)
class Context:
    """A stretch of a text.

    Attributes:
        start, end: its offsets in the whole text, in code points, end exclusive.
        text: what stands there.
        length: of the whole text.
    """

    start: int
    end: int
    text: str
    length: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong.

    Attributes:
        kind: what is wrong with it.
        number: of the text, from 1.
        id: of the text, ``None`` where it has none.
        gold: the gold span, ``None`` where there is none.
        predicted: the prediction, ``None`` where there is none.
        rejected: what the model said, where it is hallucinated.
        context: the text around; ``None`` where it is not known, or the mistake has no place.
    """

    kind: Kind
    number: int
    id: str | None
    gold: Span | None = None
    predicted: Span | None = None
    rejected: Rejected | None = None
    context: Context | None = None

    @property
    def label(self) -> str | None:
        """The type it is counted under: that of gold, or without gold what was predicted."""
        item = self.gold or self.predicted or self.rejected
        return None if item is None else item.label

    def to_dict(self) -> dict[str, Any]:
        """Plain data: the fields that are not ``None``."""
        spans = {"gold": self.gold, "predicted": self.predicted}
        said = self.rejected and {"text": self.rejected.text, "label": self.rejected.label}
        data = {
            "kind": self.kind,
            "number": self.number,
            "id": self.id,
            **{name: span and _plain(span) for name, span in spans.items()},
            "rejected": said,
            "context": self.context and asdict(self.context),
        }
        return {name: value for name, value in data.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Errors:
    """All mistakes of one system.

    Attributes:
        mistakes: in the order of texts and places; what is hallucinated behind each text's others.
        correct: predictions that are right, by type.
        kinds: what was looked for; ``hallucinated`` only where Extractions were given.
    """

    mistakes: tuple[Mistake, ...]
    correct: Mapping[str, int]
    kinds: tuple[Kind, ...] = KINDS

    @property
    def counts(self) -> dict[Kind, int]:
        """How many mistakes there are of each kind that was looked for."""
        found = Counter(mistake.kind for mistake in self.mistakes)
        return {kind: found[kind] for kind in self.kinds}

    @property
    def per_type(self) -> dict[str, dict[str, int]]:
        """For each type, sorted: ``correct``, and the mistakes of each kind.

        Where a gold type was predicted as another, it counts under the gold one.
        """
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for label, count in self.correct.items():
            found[label]["correct"] += count
        for mistake in self.mistakes:
            found[mistake.label or "?"][mistake.kind] += 1
        names = ("correct", *self.kinds)
        return {label: {name: found[label][name] for name in names} for label in sorted(found)}

    def of(self, kind: Kind, most: int | None = None) -> tuple[Mistake, ...]:
        """The mistakes of one kind, or the first so many of them."""
        return tuple(each for each in self.mistakes if each.kind == kind)[:most]

    def to_dict(self, most: int | None = None) -> dict[str, Any]:
        """Plain data: ``correct``, ``counts``, ``per_type``, ``examples``.

        Args:
            most: how many examples of each kind; ``None`` gives every mistake.
        """
        return {
            "correct": sum(self.correct.values()),
            "counts": self.counts,
            "per_type": self.per_type,
            "examples": {k: [each.to_dict() for each in self.of(k, most)] for k in self.kinds},
        }


def errors(
    gold: Sequence[Annotated],
    predicted: Sequence[Annotated],
    labels: Collection[str] | None = None,
) -> Errors:
    """Every mistake of the predictions.

    Args:
        gold: as ``schema_ner.scoring.score`` takes it; only Documents know the text around a
            mistake.
        predicted: likewise; only Extractions know what was hallucinated.
        labels: the types to look at; spans of other types are passed over on both sides.

    Raises:
        InputError: what ``score`` raises, or a text has too many overlaps.
    """
    types = pairing.wanted(labels)
    pairs = pairing.pairs(gold, predicted, types)
    mistakes: list[Mistake] = []
    correct: Counter[str] = Counter()
    for number, matches in enumerate(matching.matched(pairs), 1):
        source, said = gold[number - 1], predicted[number - 1]
        name = source.id if isinstance(source, Document) else None
        for match in matches:
            if match.relation == "correct":
                correct[cast("Span", match.gold).label] += 1
                continue
            context = _context(pairs[number - 1].text, match)
            mistakes.append(Mistake(match.relation, number, name, *match[1:], None, context))
        mistakes += (
            Mistake("hallucinated", number, name, rejected=item)
            for item in _hallucinated(said, types)
        )
    known = any(isinstance(said, Extraction) for said in predicted)
    return Errors(tuple(mistakes), dict(sorted(correct.items())), KINDS if known else KINDS[:-1])


def _hallucinated(said: Annotated, types: tuple[str, ...] | None) -> Iterator[Rejected]:
    for item in said.rejected if isinstance(said, Extraction) else ():
        if item.status == "hallucinated" and (types is None or item.label in types):
            yield item


def _context(text: str | None, match: matching.Match) -> Context | None:
    if text is None:
        return None
    spans = [span for span in match[1:] if span is not None]
    start = max(0, min(span.start for span in spans) - _AROUND)
    end = min(len(text), max(span.end for span in spans) + _AROUND)
    return Context(start, end, text[start:end], len(text))


def _plain(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "label": span.label, "text": span.text}
