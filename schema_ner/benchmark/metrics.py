"""The figures of a run: every convention, intervals, types, time, tokens, cost.

Here: samples → what stands in ``metrics.json``.  Not here: what a figure means (``scoring``), what
the run was made with (``running``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from schema_ner import scoring
from schema_ner.errors import SchemaNerError
from schema_ner.runs import records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from schema_ner.benchmark.run import Sample
    from schema_ner.schema import Schema
    from schema_ner.scoring import Convention
    from schema_ner.spans import Document, Extraction, Usage

HEADLINE = "strict"  # the convention of ``overall_f1`` and ``per_type``
_OVERALL = ("precision", "recall", "f1")
_KLUE = "klue-"  # conventions that know the data set's own types


class Draws(NamedTuple):
    """How samples for intervals are drawn; ``resamples`` 0 for none."""

    resamples: int = 1_000
    seed: int = 0


def draws(resamples: int, seed: int | None) -> Draws:
    """Checked.

    Raises:
        InputError: too few samples to say anything, or a negative seed.
    """
    found = Draws(resamples, Draws().seed if seed is None else seed)
    if resamples:
        from schema_ner.scoring import bootstrap  # noqa: PLC0415  # numpy, likewise

        bootstrap.check(resamples=found.resamples, seed=found.seed)
    return found


class Cost(NamedTuple):
    """What reading one text cost."""

    usage: Usage
    seconds: float


def measured(
    samples: Sequence[Sample],
    schema: Schema,
    costs: Iterable[Cost],
    draws: Draws,
    *,
    watch: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """All figures of a run.

    Args:
        samples: at least one.
        schema: what they were read with; its order is that of the types.
        costs: of each text that was read, each text once.
        draws: of the intervals.
        watch: is told each convention before it is measured.
    """
    conventions: dict[str, Any] = {}
    for name in scoring.names():
        if watch is not None:
            watch(f"scoring {name}")
        gold, said = _sides(samples, schema, name)
        rule = scoring.find(name)
        try:
            conventions[name] = _scored(rule, gold, said, draws)
        except SchemaNerError as err:  # what one convention cannot count, others can
            conventions[name] = {"definition": rule.definition, "error": str(err)}
    strict = conventions[HEADLINE]
    per_type = _ordered(strict["per_type"], schema)
    return {
        "total_samples": len(samples),
        "overall_precision": strict["precision"],
        "overall_recall": strict["recall"],
        "overall_f1": strict["f1"],
        "per_entity_f1": {label: one["f1"] for label, one in per_type.items()},
        **_costs(list(costs)),
        "failed": [each.id for each in samples if records.is_failed(each.predicted)],
        "rejected": _rejected(samples),
        "unread": sum(end - start for s in samples for start, end in s.predicted.unread),
        "per_type": per_type,
        "conventions": conventions,
        "intervals": {
            f"overall_{figure}": one for figure, one in strict.get("intervals", {}).items()
        },
    }


def with_settings(figures: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """``metrics.json``: figures, what they depend on, and all settings."""
    told = ("schema_hash", "data_hash", "seed", "class_order", "precision", "versions")
    return {**figures, **{name: settings[name] for name in told}, "settings": dict(settings)}


def _sides(
    samples: Sequence[Sample], schema: Schema, convention: str
) -> tuple[list[Document], list[Extraction]]:
    """Gold and predictions, for KLUE's own figures by KLUE's own names of the types."""
    gold = [sample.gold for sample in samples]
    said = [sample.predicted for sample in samples]
    if not convention.startswith(_KLUE):
        return gold, said
    names = {ours: theirs for theirs, ours in schema.from_dataset.items()}
    return [g.relabelled(names) for g in gold], [_relabelled(s, names) for s in said]


def _relabelled(extraction: Extraction, names: Mapping[str, str]) -> Extraction:
    spans = (replace(span, label=names.get(span.label, span.label)) for span in extraction.spans)
    return replace(extraction, spans=tuple(spans))


def _scored(
    rule: Convention, gold: Sequence[Document], said: Sequence[Extraction], draws: Draws
) -> dict[str, Any]:
    score = scoring.score(gold, said, rule.name)
    headline = {each.figure: score.figure(each.figure) for each in rule.headlines}
    data = {"definition": rule.definition, "headline": headline} | score.to_dict()
    if not draws.resamples:
        return data
    from schema_ner.scoring import bootstrap  # noqa: PLC0415  # numpy: --help must not wait for it

    figures = _OVERALL if rule.name == HEADLINE else headline
    return data | {
        "intervals": {
            figure: bootstrap.interval(
                gold, said, rule.name, figure=figure, **draws._asdict()
            ).to_dict()
            for figure in figures
        }
    }


def _ordered(per_type: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """In the order of the schema."""
    return {label: per_type[label] for label in schema.labels if label in per_type}


def _costs(costs: Sequence[Cost]) -> dict[str, Any]:
    """Times, tokens and price; ``None`` where no text says."""
    seconds = sum(each.seconds for each in costs)
    usages = [each.usage for each in costs]
    return {
        "total_time": seconds,
        "average_time_per_sample": seconds / len(costs) if costs else 0.0,
        "samples_per_second": len(costs) / seconds if seconds else 0.0,
        "texts_read": len(costs),
        "tokens": {
            "in": _sum(usage.tokens_in for usage in usages),
            "out": _sum(usage.tokens_out for usage in usages),
            "passes": _sum(usage.passes for usage in usages),
        },
        "cost": _sum(usage.cost for usage in usages),
    }


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _rejected(samples: Iterable[Sample]) -> dict[str, int]:
    """By status, how many items were not kept."""
    found = Counter(item.status for s in samples for item in s.predicted.rejected)
    return {status: found[status] for status in sorted(found)}
