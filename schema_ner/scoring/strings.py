"""gollie, uniner: strings are compared, places are not.

``gollie`` scores as GoLLIE's evaluation does: text by text, each prediction takes one gold item of
the same type and the same string, lower-cased and stripped.  What is said twice counts twice.
Blanks inside, Unicode form and punctuation must agree.

``uniner`` scores as UniversalNER's evaluation does: for each text and type, the set of strings,
normalised as for SQuAD: lower-cased, without ASCII punctuation, without the words a, an and the,
blanks joined.  ``C++`` and ``C#`` are the same then; ``A`` and ``An`` both become the empty string,
which still counts, once.  1e-10 stands in every denominator.

Both find a mention right that stands in another place of its text.  Both are kinder to answers than
a count of spans is: GoLLIE's drops what is not in the text before it counts, so inventions cost
nothing, and UniversalNER's merges repeats.  The strings here are those of spans, which stand in the
text; what a model gave beside them is counted in ``extra["rejected"]`` of ``gollie``, where the
predictions are Extractions and there is any.  GoLLIE drops a mention with a slip, which may be a
span here (status ``fuzzy`` or ``normalised``); and UniversalNER's own reader of answers loses lists
with a bracket in a name, which is not repeated here.

Here: these two.  Not here: reading a model's answer (``schema_ner.parsing``).
"""

from __future__ import annotations

import re
import string
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from schema_ner.scoring.base import Convention, TypeScore, micro

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from schema_ner.scoring.base import Pair, Score
    from schema_ner.spans import Span

    Items = Counter[tuple[str, str]]  # type and string → how often, in one text
    Labels = tuple[str, ...] | None

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_TINY = 1e-10


def normalised(text: str) -> str:
    """A string as UniversalNER compares it.

    >>> normalised("The Who"), normalised("C++"), normalised("An")
    ('who', 'c', '')
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def _measure_gollie(pairs: Sequence[Pair], labels: Labels) -> Score:
    score = micro("gollie", _per_type(pairs, labels, _lowered, TypeScore.of_counts))
    rejected = sum(pair.rejected for pair in pairs)
    return replace(score, extra={"rejected": rejected} if rejected else {})


def _measure_uniner(pairs: Sequence[Pair], labels: Labels) -> Score:
    per_type = _per_type(pairs, labels, _merged, _damped)
    counts = micro("uniner", per_type)
    pooled = _damped(counts.support, counts.predicted, counts.correct)
    return replace(counts, precision=pooled.precision, recall=pooled.recall, f1=pooled.f1)


def _per_type(
    pairs: Sequence[Pair],
    labels: Labels,
    items: Callable[[Iterable[Span]], Items],
    figures: Callable[[int, int, int], TypeScore],
) -> dict[str, TypeScore]:
    """Support, predicted and correct of each type, text by text, as figures."""
    support: Counter[str] = Counter()
    predicted: Counter[str] = Counter()
    correct: Counter[str] = Counter()
    for pair in pairs:
        gold, said = items(pair.gold), items(pair.predicted)
        for count, of in ((support, gold), (predicted, said), (correct, gold & said)):
            for (label, _), times in of.items():
                count[label] += times
    named = labels if labels is not None else sorted(support | predicted)
    return {n: figures(support[n], predicted[n], correct[n]) for n in named}


def _lowered(spans: Iterable[Span]) -> Items:
    return Counter((span.label, span.text.lower().strip()) for span in spans)


def _merged(spans: Iterable[Span]) -> Items:
    return Counter({(span.label, normalised(span.text)) for span in spans})


def _damped(support: float, predicted: float, correct: float) -> TypeScore:
    precision, recall = correct / (predicted + _TINY), correct / (support + _TINY)
    f1 = 2 * precision * recall / (precision + recall + _TINY)
    return TypeScore(precision, recall, f1, int(support), int(predicted), correct)


CONVENTIONS = (
    Convention(
        name="gollie",
        definition=(
            "A predicted string is right when a gold item of its text has its type and string, "
            "lower-cased and stripped, one for one, wherever they stand; micro average; GoLLIE's."
        ),
        measure=_measure_gollie,
    ),
    Convention(
        name="uniner",
        definition=(
            "A predicted string is right when it is in the gold set of its text and type, case, "
            "punctuation and articles aside, wherever it stands; micro average; UniversalNER's."
        ),
        measure=_measure_uniner,
    ),
)
