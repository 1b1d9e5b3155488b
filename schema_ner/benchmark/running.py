"""A benchmark run: texts through a model, into a folder that a stopped run goes on from.

    texts = samples.take(sets.find("gold.conll"), schema, samples="100")
    done = run(Plan(texts=texts, schema=schema, model=models.find("builtin")), "out")
    print(done.metrics["overall_f1"])

Here: the plan, and the order of things.  Not here: texts (``sets``, ``samples``), models
(``models``), the journal and retries (``schema_ner.runs``), figures (``metrics``), files
(``artefacts``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schema_ner.benchmark import artefacts, metrics, models
from schema_ner.benchmark.logs import Log
from schema_ner.benchmark.metrics import Cost, Draws
from schema_ner.benchmark.run import JOURNAL, Run, Sample, from_line, to_line
from schema_ner.benchmark.tally import Tally
from schema_ner.extractor import Extractor
from schema_ner.runs import Header, Journal, records
from schema_ner.runs import read as read_texts

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterable, Mapping

    from schema_ner.benchmark.models import Model
    from schema_ner.benchmark.samples import Taken
    from schema_ner.benchmark.tally import Watch
    from schema_ner.runs import Finished, Patience
    from schema_ner.schema import Schema
    from schema_ner.spans import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is run, decided before anything is.

    Attributes:
        texts: which texts.
        schema: what they are read with.
        model: what reads them.
        draws: of the intervals.
        asked: what else was asked for, for the record: ``command``, ``temperature`` …
    """

    texts: Taken
    schema: Schema
    model: Model
    draws: Draws = field(default_factory=Draws)
    asked: Mapping[str, Any] = field(default_factory=dict)

    def settings(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """What the run is made with, as it stands in ``metrics.json`` and reports."""
        texts, model = self.texts, self.model
        return {
            "name": texts.source.name,
            "model": model.engine.name,
            "model_given": model.given,
            "prompt": model.prompt,
            "precision": dict(model.precision),
            "schema": self.schema.name,
            "schema_hash": self.schema.hash,
            "class_order": list(self.schema.labels),
            "data": texts.source.file,
            "data_format": texts.source.format,
            "data_hash": texts.hash,
            "data_texts": texts.total,
            "samples": texts.samples,
            "seed": texts.seed,
            "exclude": list(texts.exclude),
            "resamples": self.draws.resamples,
            **self.asked,
            "options": dict(options),
            "versions": dict(models.versions()),
        }


def run(
    plan: Plan,
    folder: str | os.PathLike[str],
    *,
    save_predictions: bool = True,
    patience: Patience | None = None,
    watch: Watch | None = None,
) -> Run:
    """Run a plan, or go on with it where its folder holds a part of it, and write every file.

    Args:
        plan: what to run.
        folder: where files go; made where there is none.
        save_predictions: whether ``predictions.jsonl`` and ``.csv`` are among them.
        patience: how often to try again what may pass.
        watch: is told of each text, and of what is done behind the texts.

    Raises:
        InputError: the folder holds another run, or another process writes to it.
        SchemaNerError: nothing can be read at all.
        OSError: a file cannot be written; what is in the journal stays there.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    extractor = Extractor(plan.schema, model=plan.model.engine)
    options = models.options_of(plan.model, extractor)
    settings = plan.settings(options)
    header = Header(
        schema=plan.schema.hash,
        model=plan.model.engine.name,
        prompt=plan.model.prompt,
        options=options,
        data=plan.texts.hash,
    )
    with Journal(place / JOURNAL, header) as journal, Log(place) as log:
        log.begin(settings, finished=len(journal))
        texts = (document.text for document in plan.texts.documents)
        finished = read_texts(texts, extractor, journal, patience=patience)
        found, costs = _gathered(plan, finished, log, watch)
        figures = metrics.measured(
            found, plan.schema, costs, plan.draws, watch=None if watch is None else watch.step
        )
        made = Run(place, settings, tuple(found), metrics.with_settings(figures, settings))
        artefacts.write(made, place, save_predictions=save_predictions, watch=watch)
        log.end(made)
    return made


def _gathered(
    plan: Plan, finished: Iterable[Finished], log: Log, watch: Watch | None
) -> tuple[list[Sample], list[Cost]]:
    """All samples, as each is finished; and what each text cost that was read, each text once."""
    found: list[Sample] = []
    costs: dict[str, Cost] = {}
    tally = Tally(len(plan.texts.documents))
    for document, one in zip(plan.texts.documents, finished, strict=True):
        sample = _sample(document, one, plan.texts.left_out)
        found.append(sample)
        if not records.is_failed(one.extraction):
            costs[document.text] = Cost(one.extraction.usage, one.seconds)
        tally.add(sample, one)
        log.text(sample, one, tally)
        if watch is not None:
            watch.text(tally)
    return found, list(costs.values())


def _sample(document: Document, finished: Finished, exclude: Collection[str]) -> Sample:
    """One text as it will be read from ``predictions.jsonl``, whether that is written or not."""
    said = finished.extraction
    if exclude:
        said = replace(
            said,
            spans=tuple(span for span in said.spans if span.label not in exclude),
            rejected=tuple(item for item in said.rejected if item.label not in exclude),
        )
    assert document.id is not None  # each text of a plan has one
    return from_line(to_line(Sample(document.id, document, said)), document.text)
