"""Texts through a model into a journal: what is finished is skipped, what fails is tried again.

    with Journal("out/journal.jsonl", header) as journal:
        for finished in read(texts, extractor, journal):
            print(finished.extraction.spans)

A text that fails for good is handed on as a failed Extraction, and is not in the journal: the next
run tries it again.  A text that comes twice is read once.

Here: the loop.  Not here: the file (``journal``), what is worth another try (``retrying``), what
becomes of the results.
"""

from __future__ import annotations

import copy
import time
from typing import TYPE_CHECKING, NamedTuple

from schema_ner.errors import ModelError, SchemaNerError
from schema_ner.runs import records, retrying
from schema_ner.runs.journal import Entry
from schema_ner.runs.retrying import Patience

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from schema_ner.engines.base import Engine, Reading
    from schema_ner.extractor import Extractor
    from schema_ner.runs.journal import Journal
    from schema_ner.schema import Schema
    from schema_ner.spans import Extraction


class Finished(NamedTuple):
    """One text of a run.

    Attributes:
        extraction: what was made of it; without spans and with a reason where it failed.
        seconds: wall-clock time that it took when it was read, of a batch its share.
        is_new: whether it was read just now; else it was in the journal, or came before.
    """

    extraction: Extraction
    seconds: float
    is_new: bool


def read(
    texts: Iterable[str],
    extractor: Extractor,
    journal: Journal,
    *,
    patience: Patience | None = None,
) -> Iterator[Finished]:
    """What a model makes of texts, in their order, lazily and in bounded memory.

    Args:
        texts: any iterable; it is read as results are taken.
        extractor: schema and model; its engine gets texts in batches of the size it likes.
        journal: where finished texts are, and are added.
        patience: how often to try again what may pass; ``None`` for the usual.

    Raises:
        SchemaNerError: nothing can be read at all, or no longer: a ModelError where so many texts
            in a row could not be read as ``patience`` says.
        OSError: the journal cannot be written.
    """
    work = _Work(extractor, journal, patience or Patience())
    for batch in _batches(texts, max(1, extractor.engine.batch_size)):
        yield from work.batch(batch)


class _Work:
    """One run: a batch at a time."""

    def __init__(self, extractor: Extractor, journal: Journal, patience: Patience) -> None:
        self._engine = _Watched(extractor.engine)
        self._extractor = copy.copy(extractor)
        self._extractor.engine = self._engine
        self._journal = journal
        self._patience = patience
        self._failed: dict[str, Extraction] = {}  # by key; not tried again in this run
        self._in_vain = 0

    def batch(self, batch: Sequence[str]) -> Iterator[Finished]:
        """What was made of each text, those that are not finished being read now."""
        known = {text: self._known(text) for text in dict.fromkeys(batch)}
        missing = [text for text, entry in known.items() if entry is None]
        new = self._read(missing) if missing else {}
        for text in batch:
            entry = known[text] or new[text]
            yield Finished(entry.extraction, entry.seconds, text in new)

    def _known(self, text: str) -> Entry | None:
        failed = self._failed.get(self._journal.header.key(text))
        return self._journal.get(text) if failed is None else Entry(failed, 0.0)

    def _read(self, texts: list[str]) -> dict[str, Entry]:
        """Each text once, tried again while that may help.

        Raises:
            ModelError: too much was in vain.
        """
        found: dict[str, Entry] = {}
        left = list(texts)
        self._engine.errors.clear()

        def attempt() -> list[Exception]:
            self._try(left, found)
            errors = self._engine.errors
            left[:] = [t for t in left if t in errors and self._is_worth_it(errors[t])]
            return [errors[text] for text in left]

        retrying.patiently(attempt, self._patience)
        for text, entry in found.items():
            self._account(text, entry.extraction)
        return found

    def _try(self, texts: Sequence[str], found: dict[str, Entry]) -> None:
        """Read texts; what is finished is in the journal then."""
        began = time.perf_counter()
        extractions = list(self._extractor.extract_batch(texts))
        each = (time.perf_counter() - began) / len(texts)
        for text, extraction in zip(texts, extractions, strict=True):
            if records.is_failed(extraction):
                found[text] = Entry(extraction, each)
            else:
                found[text] = self._journal.append(text, extraction, each)

    def _is_worth_it(self, err: Exception) -> bool:
        return retrying.is_passing(err) and retrying.is_soon(err, self._patience)

    def _account(self, text: str, extraction: Extraction) -> None:
        """Remember a failure; raise ModelError where it is one too many."""
        if not records.is_failed(extraction):
            self._in_vain = 0
            return
        self._failed[self._journal.header.key(text)] = extraction
        err = self._engine.errors.get(text)
        if err is None or not retrying.is_passing(err):
            return
        self._in_vain += 1
        if self._in_vain >= self._patience.in_vain:
            raise ModelError(
                f"{self._in_vain} texts in a row could not be read, the last one because of "
                f"{type(err).__name__}: {err}; {len(self._journal)} finished texts are safe in "
                f"{self._journal}: the same call goes on when the model can be reached"
            )


class _Watched:
    """An engine whose failures can be looked at: an Extraction keeps only their words."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.name = engine.name
        self.threshold = engine.threshold
        self.errors: dict[str, Exception] = {}  # by text

    @property
    def batch_size(self) -> int:
        """As the engine's own."""
        return self._engine.batch_size

    def read(
        self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
    ) -> list[Reading | Exception]:
        """One Reading for each text; see ``Engine.read``."""
        readings = self._readings(texts, schema, floors)
        for text, reading in zip(texts, readings, strict=False):
            self.errors.pop(text, None)
            if isinstance(reading, Exception):
                self.errors[text] = reading
        return readings

    def _readings(
        self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
    ) -> list[Reading | Exception]:
        try:
            return self._engine.read(texts, schema, floors)
        except Exception as err:
            if isinstance(err, SchemaNerError) and not retrying.is_passing(err):
                raise  # nothing can be read at all
            return [err] * len(texts)


def _batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
