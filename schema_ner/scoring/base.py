"""What a score is: counts and ratios, of all types together and of each.

Here: the result types, the averages, the form of a convention.  Not here: which prediction counts
as right; that is what each convention's own module says.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from schema_ner.spans import Span

    TagsByPlace = Mapping[tuple[int, int], str]  # ``[start, end)`` of a token → its tag

Average: TypeAlias = Literal["micro", "macro"]
_MACRO = ("macro_precision", "macro_recall", "macro_f1")
_AVERAGES = (*_MACRO, "weighted_precision", "weighted_recall", "weighted_f1")
FIGURES = ("precision", "recall", "f1", *_AVERAGES)  # that every score has


class Pair(NamedTuple):
    """One text as a convention sees it: what is right, and what was said.

    Attributes:
        gold, predicted: spans of the labels that were asked for.
        text: the text, where it is known.
        tokens: ``[start, end)`` of each token, where the gold came in tokens.
        rejected: how many items of these labels the model gave beside the predicted spans.
        gold_tags, predicted_tags: the tags as they stand in a file of tagged tokens, broken ones
            too; ``None`` where a side has none, and its spans say all.
        notes: of all texts together, why tags of files do not count, one sentence each.
    """

    gold: tuple[Span, ...]
    predicted: tuple[Span, ...]
    text: str | None = None
    tokens: tuple[tuple[int, int], ...] | None = None
    rejected: int = 0
    gold_tags: TagsByPlace | None = None
    predicted_tags: TagsByPlace | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeScore:
    """How well one type was found.

    Attributes:
        precision: share of the predicted spans that are right; 0.0 where nothing was predicted.
        recall: share of the gold spans that were found; 0.0 where there is no gold span.
        f1: harmonic mean of the two; 0.0 where both are 0.
        support: gold spans.
        predicted: predicted spans.
        correct: predicted spans that are right; a convention with part marks may count halves.
    """

    precision: float
    recall: float
    f1: float
    support: int
    predicted: int
    correct: float

    @classmethod
    def of_counts(cls, support: int, predicted: int, correct: float) -> TypeScore:
        """The ratios that these counts give."""
        precision, recall = _ratio(correct, predicted), _ratio(correct, support)
        # one division of whole numbers, so that equal counts give equal bits
        f1 = _ratio(2 * correct, predicted + support)
        return cls(precision, recall, f1, support, predicted, correct)


@dataclass(frozen=True, slots=True)
class Score:
    """How well predictions agree with gold, by one convention.

    Attributes:
        precision, recall, f1: the convention's headline figures.
        support: gold spans.
        predicted: predicted spans.
        correct: predicted spans that are right.
        per_type: the same for each type that was asked for, or that occurs on either side.
        convention: name of the rule that made these numbers.
        extra: other figures of the convention, by name, such as ``"token_accuracy"``.
        notes: what the convention could not take as it was, one sentence each.
        average: how precision, recall and F1 sum up the types: ``micro`` pools their counts,
            ``macro`` is the mean of their figures.
    """

    precision: float
    recall: float
    f1: float
    support: int
    predicted: int
    correct: float
    per_type: Mapping[str, TypeScore]
    convention: str
    extra: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    average: Average = "micro"

    @property
    def macro_precision(self) -> float:
        """Mean precision of the types, each with the same weight."""
        return self._mean("precision")

    @property
    def macro_recall(self) -> float:
        """Mean recall of the types, each with the same weight."""
        return self._mean("recall")

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the types, each with the same weight."""
        return self._mean("f1")

    @property
    def weighted_precision(self) -> float:
        """Mean precision of the types, each weighted by its gold spans."""
        return self._weighted("precision")

    @property
    def weighted_recall(self) -> float:
        """Mean recall of the types, each weighted by its gold spans."""
        return self._weighted("recall")

    @property
    def weighted_f1(self) -> float:
        """Mean F1 of the types, each weighted by its gold spans."""
        return self._weighted("f1")

    def figure(self, name: str) -> float:
        """A figure by its name: one of the score, a mean over types, or one of ``extra``.

        Raises:
            InputError: there is none of that name.
        """
        if name in FIGURES:
            return float(getattr(self, name))
        if name not in self.extra:
            known = ", ".join((*FIGURES, *self.extra))
            raise InputError(f"{self.convention} has no figure {name!r}; it has: {known}")
        return self.extra[name]

    def to_dict(self) -> dict[str, Any]:
        """Plain data: the fields, the averages, and ``per_type`` as nested objects."""
        headline = ("convention", "average", "precision", "recall", "f1")
        counts = ("support", "predicted", "correct")
        return {
            **{name: getattr(self, name) for name in (*headline, *counts, *_AVERAGES)},
            "extra": dict(self.extra),
            "notes": list(self.notes),
            "per_type": {label: asdict(one) for label, one in self.per_type.items()},
        }

    def _mean(self, figure: str) -> float:
        values = [float(getattr(one, figure)) for one in self.per_type.values()]
        return _ratio(sum(values), len(values))

    def _weighted(self, figure: str) -> float:
        types = self.per_type.values()
        whole = sum(float(getattr(one, figure)) * one.support for one in types)
        return _ratio(whole, sum(one.support for one in types))


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure that a convention is about: what is compared, and given an interval.

    Attributes:
        figure: its name, as ``Score.figure`` takes it.
        name: what tables call it.
        share_of: of a share in ``extra``, the name there of the count that it is a share of.
        is_loss: whether less of it is better.
        ranks: whether it says which of two systems is better.
    """

    figure: str
    name: str
    share_of: str | None = None
    is_loss: bool = False
    ranks: bool = True


F1 = Headline("f1", "f1")


@dataclass(frozen=True, slots=True)
class Convention:
    """A rule for counting.

    Attributes:
        name: what ``--convention`` calls it.
        definition: one line that says when a prediction is right; printed beside every result.
        measure: the texts, and the labels that were asked for or ``None`` → the score.  The spans
            are limited to those labels already.
        needs_text: whether it counts tokens or characters, and so must know the texts.
        headlines: the figures that it is about, the first one first; F1 where none is named.
    """

    name: str
    definition: str
    measure: Callable[[Sequence[Pair], tuple[str, ...] | None], Score]
    needs_text: bool = False
    headlines: tuple[Headline, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "headlines", self.headlines or (F1,))


def micro(name: str, per_type: Mapping[str, TypeScore]) -> Score:
    """A score whose headline pools the counts of all types."""
    types = per_type.values()
    pooled = TypeScore.of_counts(
        sum(t.support for t in types),
        sum(t.predicted for t in types),
        sum(t.correct for t in types),
    )
    return Score(
        precision=pooled.precision,
        recall=pooled.recall,
        f1=pooled.f1,
        support=pooled.support,
        predicted=pooled.predicted,
        correct=pooled.correct,
        per_type=per_type,
        convention=name,
    )


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
