"""``extract`` and ``Extractor``: from a text and a schema to typed spans.

The pipeline, legible in ``Extractor._finish``: what the engine proposes is calibrated, checked by
validators, cut at the thresholds, freed of overlaps, and handed over with an account of everything
not kept.

Here: the order of things, batches, and what one failing text means for the others.
Not here: any of the verbs (``engines``, ``calibration``, ``validators``, ``overlap``).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING, get_args

from schema_ner import overlap as overlaps
from schema_ner import validators
from schema_ner.calibration import Calibration
from schema_ner.engines.select import engine_for
from schema_ner.errors import InputError, ModelError, SchemaNerError
from schema_ner.overlap import Policy
from schema_ner.registry import SchemaLike, resolve
from schema_ner.spans import Extraction, Rejected, Span

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from schema_ner.engines.base import Engine, Reading

# A validator can raise a score: of checkable types, engines are asked for candidates from here on.
RESCUE = 0.1
# Floors are mapped back to the engine's own scale and rounded there, some engines' to 24 bits; a
# floor is this much lower, so that none of it costs a span that stands on its threshold.
SLACK = 1e-6

Threshold = float | Mapping[str, float] | None
CalibrationLike = Calibration | str | os.PathLike[str] | None


class Extractor:
    """One schema and one model, ready for any number of texts.  Safe to share between threads.

    Args:
        schema: what to look for; see ``registry.SchemaLike``.
        model: ``"builtin"``, or an engine object.
        threshold: score in [0, 1] below which a span is dropped: one for all, or one by label.
            Where neither that nor the calibration nor the type gives one, the model's own default
            holds.
        overlap: ``flat`` (no two spans share a character: the higher score wins, then the longer,
            then the earlier), ``nested`` (one may lie in another) or ``all``.
        calibration: what the model's scores are read by, as a Calibration or its file; ``None``
            takes them as they are.

    Raises:
        SchemaError: the schema cannot be used.
        InputError: an option cannot be used; the calibration is for another schema or model.
        ModelError: the model cannot be loaded.
        OSError: the calibration's file cannot be opened.
    """

    def __init__(
        self,
        schema: SchemaLike,
        *,
        model: str | Engine = "builtin",
        threshold: Threshold = None,
        overlap: Policy = "flat",
        calibration: CalibrationLike = None,
    ) -> None:
        self.schema = resolve(schema)
        self._schema_hash = self.schema.hash  # not anew for each text
        if overlap not in get_args(Policy):
            raise InputError(f"overlap={overlap!r}; it is one of {', '.join(get_args(Policy))}")
        for entity_type in self.schema:
            if entity_type.validator is not None:
                validators.get(entity_type.validator)  # an unknown one is said now, not per text
        self.overlap: Policy = overlap
        self.engine = engine_for(model)
        self.calibration = self._fitting(calibration)
        self.thresholds = self._thresholds(threshold)
        self._floors = {
            t.label: self._floor(min(self.thresholds[t.label], RESCUE if t.validator else 1.0))
            for t in self.schema
        }

    def extract(self, text: str) -> Extraction:
        """Find every mention of the schema's types in one text.

        Raises:
            InputError: it is no text.
            ModelError: the engine gave no reading for it.
            Exception: whatever the model failed with.
        """
        if not isinstance(text, str):
            raise InputError(f"extract takes a text, not a {type(text).__name__}")
        (reading,) = self._readings([text])
        return self._finish(text, reading)

    def extract_batch(self, texts: Iterable[str], *, ordered: bool = True) -> Iterator[Extraction]:
        """Find mentions in many texts, lazily and in bounded memory; one Extraction a text.

        A text that fails gives an Extraction without spans, wholly ``unread``, that says why in
        ``rejected``; it never ends the batch.

        Args:
            texts: any iterable; it is read as results are taken.
            ordered: results come in the order of the texts; ``False`` lets an engine that works on
                several at once hand them over as they are done.

        Raises:
            InputError: one text is given in place of several.
        """
        del ordered  # every engine so far is done in order
        if isinstance(texts, str | bytes):  # its characters would be read one by one
            raise InputError("extract_batch takes several texts; for a single one there is extract")
        return self._read_all(iter(texts))

    async def aextract(self, text: str) -> Extraction:
        """``extract`` in a thread, so that an event loop goes on meanwhile."""
        return await asyncio.to_thread(self.extract, text)

    async def abatch(
        self, texts: Iterable[str], *, ordered: bool = True
    ) -> AsyncIterator[Extraction]:
        """``extract_batch`` in a thread, so that an event loop goes on meanwhile."""
        results = self.extract_batch(texts, ordered=ordered)
        while (result := await asyncio.to_thread(next, results, None)) is not None:
            yield result

    def _read_all(self, source: Iterator[str]) -> Iterator[Extraction]:
        for batch in _batches(source, self.engine.batch_size):
            yield from self._read_batch(batch)

    def _read_batch(self, batch: list[str]) -> Iterator[Extraction]:
        readable = [text for text in batch if isinstance(text, str)]
        readings = iter(self._readings(readable))
        for text in batch:
            if not isinstance(text, str):
                yield self._failed("", InputError(f"a {type(text).__name__} is no text"))
                continue
            try:
                yield self._finish(text, next(readings))
            except Exception as err:  # noqa: BLE001  # one text must never end the others
                yield self._failed(text, err)

    def _readings(self, texts: list[str]) -> list[Reading | Exception]:
        """What the engine made of each text.

        Raises:
            SchemaNerError: nothing can be read at all, or the engine does not keep to its protocol.
        """
        try:
            readings = self.engine.read(texts, self.schema, self._floors)
        except SchemaNerError:
            raise
        except Exception as err:  # noqa: BLE001  # an engine that should have caught it itself
            return [err] * len(texts)
        given = len(readings) if isinstance(readings, Sequence) else type(readings).__name__
        if given != len(texts):
            raise ModelError(
                f"the engine {self.engine.name!r} gave {given} readings for {len(texts)} texts"
            )
        return readings

    def _finish(self, text: str, reading: Reading | Exception) -> Extraction:
        """Candidates → spans: calibrate, validate, cut at thresholds, resolve overlaps, account."""
        if isinstance(reading, Exception):
            raise reading
        known = [self._calibrated(s) for s in reading.candidates if s.label in self.thresholds]
        strange = [span for span in reading.candidates if span.label not in self.thresholds]
        checked = validators.apply(known, text, self.schema)
        judged = zip(known, checked, strict=False)  # first the known ones, then the validators' own
        kept, unsure = [], []
        for said, now in judged:
            if self._is_kept(said, now):
                kept.append(self._credited(said, now))
            elif reading.items:
                unsure.append(self._unsure(now))
        confident = [*kept, *filter(self._is_confident, checked[len(known) :])]
        spans, losers = overlaps.resolve(confident, self.overlap)
        return Extraction(
            text=text,
            spans=tuple(self._with_entity(span) for span in spans),
            rejected=(*reading.rejected, *map(_out_of_schema, strange), *unsure, *losers),
            unread=reading.unread,
            usage=reading.usage,
            model=self.engine.name,
            schema_hash=self._schema_hash,
        )

    def _failed(self, text: str, err: Exception) -> Extraction:
        reason = f"{type(err).__name__}: {err}"
        return Extraction(
            text=text,
            rejected=(Rejected("", None, "failed", reason),),
            unread=((0, len(text)),) if text else (),
            model=self.engine.name,
            schema_hash=self._schema_hash,
        )

    def _calibrated(self, span: Span) -> Span:
        if self.calibration is None or span.score is None:
            return span
        return replace(span, score=self.calibration.apply(span.score))

    def _is_confident(self, span: Span) -> bool:
        return span.score is None or span.score >= self.thresholds[span.label]

    def _is_kept(self, said: Span, judged: Span) -> bool:
        """Thresholds cut scores of a model; they say nothing of a span that it gave none."""
        return said.score is None or self._is_confident(judged)

    def _unsure(self, span: Span) -> Rejected:
        reason = f"its score {span.score:.3f} is below {self.thresholds[span.label]:g}"
        return Rejected(span.text, span.label, "below_threshold", reason)

    def _credited(self, said: Span, judged: Span) -> Span:
        """The judged span; what only a validator lifts over the threshold is the validator's."""
        return judged if self._is_confident(said) else replace(judged, source="validator")

    def _with_entity(self, span: Span) -> Span:
        if span.entity is not None:  # an engine that fills fields has made it
            return span
        return replace(span, entity=self.schema[span.label].instance(span.text))

    def _fitting(self, given: CalibrationLike) -> Calibration | None:
        """The calibration that is meant, if it is for this schema and this model."""
        if given is None:
            return None
        found = Calibration.load(given) if isinstance(given, str | os.PathLike) else given
        if not isinstance(found, Calibration):
            raise InputError(
                f"calibration= takes a Calibration or its file, not {type(found).__name__}"
            )
        both = {
            "schema": (found.schema, self._schema_hash),
            "model": (found.model, self.engine.name),
        }
        for what, (fitted, here) in both.items():
            if fitted not in ("", here):
                raise InputError(
                    f"the calibration was fitted for the {what} {fitted!r}, and this {what} is "
                    f"{here!r}; `schema-ner calibrate` fits one for it"
                )
        return found

    def _floor(self, score: float) -> float:
        """The engine's own score from which on its candidates matter."""
        return score if self.calibration is None else self.calibration.invert(score) * (1 - SLACK)

    def _thresholds(self, given: Threshold) -> dict[str, float]:
        """By label: the call's own, else the calibration's, else the type's, else the model's."""
        if isinstance(given, Mapping):
            unknown = [name for name in given if name not in self.schema.labels]
            if unknown:
                raise InputError(
                    f"threshold names {unknown}; the types are {list(self.schema.labels)}"
                )
            by_label, for_all = given, None
        else:
            by_label, for_all = {}, given
        fitted = {} if self.calibration is None else self.calibration.thresholds
        chosen: dict[str, float] = {}
        for entity_type in self.schema:
            label = entity_type.label
            options = (by_label.get(label), for_all, fitted.get(label), entity_type.threshold)
            said = next((v for v in options if v is not None), None)
            value = self.engine.threshold if said is None else said
            if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= value <= 1:
                raise InputError(f"threshold {value!r} of {label!r} is no number in [0, 1]")
            if said is None and self.calibration is not None:
                # the model's own was chosen on its own scale, and moves with it
                value = self.calibration.apply(float(value))
            chosen[label] = float(value)
        return chosen


def _batches(source: Iterator[str], size: int) -> Iterator[list[str]]:
    """Lists of so many texts; a source that fails first hands over what it gave before."""
    batch: list[str] = []
    try:
        for text in source:
            batch.append(text)
            if len(batch) == size:
                yield batch
                batch = []
    except Exception:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _out_of_schema(span: Span) -> Rejected:
    reason = f"the schema has no type {span.label!r}"
    return Rejected(span.text, span.label, "out_of_schema", reason)


def extract(  # noqa: PLR0913  # one parameter an option
    text: str,
    schema: SchemaLike,
    *,
    model: str | Engine = "builtin",
    threshold: Threshold = None,
    overlap: Policy = "flat",
    calibration: CalibrationLike = None,
) -> Extraction:
    """Find every mention of the schema's types in one text; see ``Extractor`` for the arguments."""
    extractor = Extractor(
        schema, model=model, threshold=threshold, overlap=overlap, calibration=calibration
    )
    return extractor.extract(text)
