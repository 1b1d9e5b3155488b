"""What a calibration does for a model on annotated texts, measured on texts it was not fitted on.

The texts are parted at random; each part is judged by a calibration that was fitted on the others.
So every figure under "after" is one of texts that its calibration never saw.  The calibration that
is handed over is fitted on all texts, and should do no worse than those.

Here: the engine's candidates against annotations, fitting and measuring by turns.  Not here: the
fit (``calibration``), what thresholds, validators and overlaps do (``extractor``, which is asked).
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from schema_ner import calibration as calibrations
from schema_ner.calibration import Calibration, Observed
from schema_ner.engines.base import Reading
from schema_ner.errors import InputError
from schema_ner.extractor import Extractor
from schema_ner.overlap import resolve
from schema_ner.scoring import score

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from schema_ner.calibration import Bin
    from schema_ner.engines.base import Engine
    from schema_ner.schema import Schema
    from schema_ner.scoring import Score
    from schema_ner.spans import Document, Span

FLOOR = 0.02  # score from which on candidates are looked at
PARTS = 5


class Read(NamedTuple):
    """One annotated text, and what an engine proposed for it.

    Attributes:
        document: the text with its annotations, by the labels of the schema.
        candidates: the engine's spans of types of the schema.
        failure: why it could not be read; empty where it was.
    """

    document: Document
    candidates: tuple[Span, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """How good scores and spans are.

    Attributes:
        calibration_error: the expected one, of the model's candidates.
        precision, recall, f1: strict, of the spans that are given.
        bins: the reliability of the candidates' scores.
        thresholds: by label, what spans are given from.
    """

    calibration_error: float
    precision: float
    recall: float
    f1: float
    bins: tuple[Bin, ...]
    thresholds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Report:
    """One measurement.

    Attributes:
        texts: how many were read.
        gold: by label, how many mentions are annotated in them.
        candidates: the engine's, freed of overlaps, with a score of at least ``FLOOR``.
        seed: what the texts were parted with.
        before: with the scores as the model gives them.
        after: calibrated, of texts that the calibration was not fitted on; but the thresholds are
            those of ``calibration``.
        calibration: the one fitted on all texts.
    """

    texts: int
    gold: Mapping[str, int]
    candidates: int
    seed: int
    before: Figures
    after: Figures
    calibration: Calibration


def relabelled(documents: Iterable[Document], schema: Schema) -> list[Document]:
    """The documents with the labels of the schema, where theirs are those of its data set.

    Raises:
        InputError: there are no annotations, or one of a type that the schema has not.
    """
    found = list(documents)
    if not _labels(found) <= {*schema.labels}:
        found = [document.relabelled(schema.from_dataset) for document in found]
    if strange := sorted(_labels(found) - {*schema.labels}):
        types = ", ".join(schema.labels[:8]) + (" …" if len(schema) > 8 else "")  # noqa: PLR2004
        raise InputError(
            f"the texts are annotated with {strange[0]!r}, and the schema has no such type; "
            f"its types are: {types}"
        )
    if not _labels(found):
        raise InputError("there are no annotations; scores are calibrated on annotated texts")
    return found


def readings(documents: Sequence[Document], schema: Schema, engine: Engine) -> Iterator[Read]:
    """What an engine proposes for each text, one at a time."""
    # whatever is given without a calibration must be there as well
    floors = {label: min(FLOOR, low) for label, low in _thresholds(schema, engine).items()}
    size = engine.batch_size
    for at in range(0, len(documents), size):
        batch = documents[at : at + size]
        said = engine.read([document.text for document in batch], schema, floors)
        for document, reading in zip(batch, said, strict=True):
            if isinstance(reading, Exception):
                yield Read(document, failure=f"{type(reading).__name__}: {reading}")
            else:
                known = (span for span in reading.candidates if span.label in floors)
                yield Read(document, tuple(known))


def observations(read: Iterable[Read]) -> list[Observed]:
    """The engine's candidates, freed of overlaps, each compared with the annotations.

    A candidate without a score is none.
    """
    found: list[Observed] = []
    for one in read:
        scored = [s for s in one.candidates if s.score is not None and s.score >= FLOOR]
        found += _judged(resolve(scored, "flat")[0], one.document)
    return found


def fitted(read: Sequence[Read], schema: Schema, engine: Engine) -> Calibration:
    """The calibration of an engine on texts that it read.

    Thresholds are chosen behind the validators, which change scores once more.

    Raises:
        InputError: the candidates do not allow one; see ``calibration.fit``.
    """
    observed = observations(read)
    if not observed and any(one.candidates for one in read):
        raise InputError(
            f"the model {engine.name!r} gives no scores, so there are none to calibrate"
        )
    gold = _gold(read, schema)
    found = calibrations.fit(observed, gold=gold, model=engine.name, schema=schema.hash)
    everything = Extractor(
        schema,
        model=_Recorded(engine, read),
        threshold=0.0,
        calibration=replace(found, thresholds={}),
    )
    judged = [o for one in read for o in _judged(_spans(everything, one), one.document)]
    return replace(found, thresholds=calibrations.best_thresholds(judged, gold))


def measure(read: Sequence[Read], schema: Schema, engine: Engine, *, seed: int = 0) -> Report:
    """What a calibration does for an engine on texts that it read.

    Args:
        read: the texts; see ``readings``.
        schema: what they were read with.
        engine: what read them; it is not asked again.
        seed: of the parts.

    Raises:
        InputError: there are too few texts, or their candidates do not allow a calibration.
    """
    if (number := len(_texts(read))) < PARTS:
        raise InputError(
            f"a calibration is measured in {PARTS} parts of the texts, and here are {number}; "
            "annotate more texts"
        )
    found = fitted(read, schema, engine)
    raw = observations(read)
    plain = Extractor(schema, model=_Recorded(engine, read))
    before = score([r.document.spans for r in read], [_spans(plain, r) for r in read])
    said: list[Observed] = []
    gold: list[tuple[Span, ...]] = []
    given: list[tuple[Span, ...]] = []
    for rest, part in _parts(read, seed):
        try:
            line = fitted(rest, schema, engine)
        except InputError as err:
            raise InputError(f"with one part of {PARTS} left out to measure with: {err}") from err
        said += [o._replace(score=line.apply(o.score)) for o in observations(part)]
        extractor = Extractor(schema, model=_Recorded(engine, part), calibration=line)
        gold += [one.document.spans for one in part]
        given += [_spans(extractor, one) for one in part]
    return Report(
        texts=len(read),
        gold=_gold(read, schema),
        candidates=len(raw),
        seed=seed,
        before=_figures(raw, before, plain.thresholds),
        after=_figures(said, score(gold, given), found.thresholds),
        calibration=found,
    )


class _Recorded:
    """An engine that says again what another said of the same texts, and a few of those."""

    batch_size = 1

    def __init__(self, engine: Engine, read: Iterable[Read]) -> None:
        self.name = engine.name
        self.threshold = engine.threshold
        self._said = {one.document.text: one.candidates for one in read}

    def read(
        self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
    ) -> list[Reading | Exception]:
        """One Reading for each text; see ``Engine.read``."""
        del schema  # the one it was read with
        return [
            Reading(
                tuple(s for s in self._said[text] if s.score is None or s.score >= floors[s.label])
            )
            for text in texts
        ]


def _parts(read: Sequence[Read], seed: int) -> Iterator[tuple[list[Read], list[Read]]]:
    """Each part behind all the others; a text that comes twice is in one part only."""
    order = _texts(read)
    random.Random(seed).shuffle(order)  # noqa: S311  # repeatable, not secret
    for at in range(PARTS):
        out = set(order[at::PARTS])
        yield (
            [one for one in read if one.document.text not in out],
            [one for one in read if one.document.text in out],
        )


def _texts(read: Iterable[Read]) -> list[str]:
    """The texts, each once."""
    return list(dict.fromkeys(one.document.text for one in read))


def _figures(observed: list[Observed], result: Score, thresholds: Mapping[str, float]) -> Figures:
    return Figures(
        calibration_error=calibrations.expected_calibration_error(observed),
        precision=result.precision,
        recall=result.recall,
        f1=result.f1,
        bins=tuple(calibrations.reliability(observed)),
        thresholds=thresholds,
    )


def _judged(spans: Iterable[Span], document: Document) -> Iterator[Observed]:
    gold = {span.order for span in document.spans}
    for span in spans:
        if span.score is not None:
            yield Observed(span.label, span.score, span.order in gold)


def _spans(extractor: Extractor, one: Read) -> tuple[Span, ...]:
    return extractor.extract(one.document.text).spans


def _gold(read: Iterable[Read], schema: Schema) -> dict[str, int]:
    """By label of the schema, in its order, how many mentions are annotated."""
    counted = Counter(
        label for one in read for _, _, label in {s.order for s in one.document.spans}
    )
    return {label: counted[label] for label in schema.labels}


def _labels(documents: Iterable[Document]) -> set[str]:
    return {span.label for document in documents for span in document.spans}


def _thresholds(schema: Schema, engine: Engine) -> dict[str, float]:
    return Extractor(schema, model=engine).thresholds
