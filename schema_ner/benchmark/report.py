"""``report.html``: a whole run on one page, for reading in a browser, offline.

Here: which parts there are, and their order.  Not here: what was run and its figures
(``overview``), what is right and wrong (``sections``), texts (``examples``), scores (``scores``),
the document (``page``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_ner import scoring
from schema_ner.benchmark import examples, judging, overview, page, scores, sections
from schema_ner.benchmark.page import Section
from schema_ner.benchmark.patterns import patterns
from schema_ner.formats.files import replacing
from schema_ner.scoring import TypeScore
from schema_ner.scoring.confusion import confusion

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    from schema_ner.benchmark.judging import Judged
    from schema_ner.benchmark.run import Run


def write_report(run: Run, path: str | os.PathLike[str]) -> None:
    """Write ``report.html``.

    Args:
        run: the run.
        path: the file; it appears when all is written.

    Raises:
        OSError: it cannot be written.
    """
    content = report(run).encode("utf-8", "replace")
    with replacing(path) as stream:
        stream.write(content)


def report(run: Run) -> str:
    """The page of a run."""
    samples = judging.judged(run)
    labels = sorted({label for each in samples for label in _labels(each)})
    shown = examples.examples(samples, labels)
    parts = [part for part in _parts(run, samples, labels) if part.html]
    parts.append(Section("examples", "Texts", shown.html))
    return page.document(
        run.name, overview.lead(samples), parts, overview.foot(run), data=shown.data
    )


def _parts(run: Run, samples: Sequence[Judged], labels: Sequence[str]) -> Iterator[Section]:
    """Everything but the texts, the most important first."""
    compared = [each for each in samples if not each.unjudged]
    gold = [each.sample.gold for each in compared]
    said = [each.sample.predicted for each in compared]
    found = judging.together(compared)
    yield Section("figures", "Figures", overview.figures(run))
    yield Section("run", "What was run", overview.settings(run))
    yield Section("mistakes", "Mistakes", sections.mistakes(found))
    yield Section("types", "Types", sections.types(_per_type(run, gold, said), labels))
    yield Section(
        "confusion", "Confusion", sections.confusion(confusion(gold, said, labels or None))
    )
    spans = [each.spans for each in said]
    yield Section("patterns", "Patterns", sections.patterns(patterns(found, gold, spans)))
    yield Section("conventions", "Conventions", overview.conventions(run))
    yield Section("scores", "Scores", scores.drawn(scores.observed(samples)))
    yield Section("rejected", "Not kept", sections.rejected(samples))
    yield Section("cost", "Time and cost", overview.cost(run, samples))


def _per_type(run: Run, gold: Sequence[Any], said: Sequence[Any]) -> Mapping[str, TypeScore]:
    """The figures of each type: those of the run, else counted here."""
    types = run.metrics.get("per_type")
    if isinstance(types, dict) and types:
        return {label: TypeScore(**one) for label, one in types.items()}
    return scoring.score(gold, said).per_type


def _labels(judged: Judged) -> Iterator[str]:
    """Every type that occurs in a text, also those of what was not kept."""
    sample = judged.sample
    yield from (span.label for span in (*sample.gold.spans, *sample.predicted.spans))
    yield from (item.label for item in sample.predicted.rejected if item.label is not None)
