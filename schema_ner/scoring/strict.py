"""Strict: boundaries and type must both be right.  What conlleval and most papers report.

A span said twice in one text is one span: annotations are counted as a set, so that neither a
repeated gold line nor a repeated prediction changes a score.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from schema_ner.scoring.base import Convention, TypeScore, micro

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schema_ner.scoring.base import Pair, Score
    from schema_ner.spans import Span

    Places = set[tuple[int, int, str]]


def measure(pairs: Sequence[Pair], labels: tuple[str, ...] | None) -> Score:
    """Micro precision, recall and F1 over spans that agree in start, end and label."""
    both = ((_places(pair.gold), _places(pair.predicted)) for pair in pairs)
    return over_places(STRICT.name, both, labels)


def over_places(
    name: str, texts: Iterable[tuple[Places, Places]], labels: tuple[str, ...] | None
) -> Score:
    """The same over start, end and label, counted in whatever unit: gold and predicted, by text."""
    support: Counter[str] = Counter()
    predicted: Counter[str] = Counter()
    correct: Counter[str] = Counter()
    for gold, said in texts:
        for count, places in ((support, gold), (predicted, said), (correct, gold & said)):
            count.update(label for _, _, label in places)
    named = labels if labels is not None else sorted(support | predicted)
    per_type = {n: TypeScore.of_counts(support[n], predicted[n], correct[n]) for n in named}
    return micro(name, per_type)


def _places(spans: Iterable[Span]) -> Places:
    return {span.order for span in spans}


STRICT = Convention(
    name="strict",
    definition=(
        "A predicted span is right when its start, end and type all equal those of a gold span; "
        "micro average over spans."
    ),
    measure=measure,
)

CONVENTIONS = (STRICT,)
