"""F1 on texts kept back, while a model learns: answers under the grammar, as it will be used.

Here: which texts are kept back, and how they are measured.  Not here: when (``loop``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from schema_ner.engines.local.engine import LocalLLM
from schema_ner.extractor import Extractor
from schema_ner.schema import EntityType, Schema
from schema_ner.scoring import score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner.spans import Span
    from schema_ner.training.lora.trainee import Trainee
    from schema_ner.training.sources import Source


@dataclass(frozen=True, slots=True)
class KeptBack:
    """Texts annotated with one schema, that nothing is learnt from."""

    schema: Schema
    texts: tuple[tuple[str, tuple[Span, ...]], ...]


def kept_back(source: Source, schema: Schema | None = None) -> KeptBack:
    """The texts of a source, asked for with all its types and whole guidelines.

    Args:
        source: annotated with all its types everywhere.
        schema: of a user's own texts, as it will be used; extra fields are not learnt.
    """
    if schema is None:
        types = tuple(
            EntityType(label, meaning.guideline, meaning.examples[:5])
            for label, meaning in source.meanings.items()
        )
    else:
        types = tuple(replace(t, fields=()) for t in schema if t.label in source.meanings)
    rows = [row for row in source.rows if row.asked is None]
    return KeptBack(Schema(types, source.name), tuple((row.text, row.spans) for row in rows))


class Measure:
    """Strict micro F1 of a trainee on texts kept back; calling it measures."""

    def __init__(self, trainee: Trainee, sets: Sequence[KeptBack]) -> None:
        self._trainee, self._sets = trainee, sets
        # in the weights' own precision: shortened, they would be cast anew for every token
        self._engine = LocalLLM.over(trainee.loaded)

    def __call__(self) -> float:
        """F1 in [0, 1], as the model is now."""
        model = self._trainee.model
        model.eval()
        gold: list[list[Span]] = []
        found: list[list[Span]] = []
        for each in self._sets:
            extractor = Extractor(each.schema, model=self._engine)
            results = extractor.extract_batch(text for text, _ in each.texts)
            for (_, spans), result in zip(each.texts, results, strict=True):
                gold.append([s for s in spans if s.label in each.schema.labels])
                found.append(list(result.spans))
        return score(gold, found).f1
