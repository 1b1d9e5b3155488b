"""Stand-ins for the tests of runs: a model that depends on nothing but the text, and a clock."""

from __future__ import annotations

import hashlib
import json
import os
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from schema_ner.benchmark import models, samples
from schema_ner.benchmark.metrics import Draws
from schema_ner.benchmark.running import Plan
from schema_ner.engines.generated import Completion
from schema_ner.engines.scripted import ScriptedEngine
from schema_ner.extractor import Extractor
from schema_ner.registry import resolve
from schema_ner.runs import Header, Journal, Patience, read, reading
from schema_ner.spans import Document, Usage, gold_span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pytest

    from schema_ner.runs import Finished

SCHEMA = {"person": "Names of people.", "city": "Names of towns."}
AT_ONCE = Patience(sleep=lambda _: None)
BAD = "bad"  # a text with this word in it fails, whenever it is read


class Asked(ScriptedEngine):
    """Names every capitalised word, by a rule; knows which texts it was asked for, in batches."""

    def __init__(self, batch_size: int = 1, *, name: str = "double") -> None:
        super().__init__(self.answer, name=name)
        self.batch_size = batch_size
        self.texts: list[str] = []

    def answer(self, text: str) -> Completion:
        self.texts.append(text)
        if BAD in text:
            raise ValueError(f"this text is bad: {text[:20]}")
        said = [f"{_type(word)}(span={word!r})" for word in text.split() if word[:1].isupper()]
        said.append("person(span='Nobody Said This')")
        usage = Usage(tokens_in=len(text), tokens_out=len(said), passes=1, cost=0.001 * len(text))
        return Completion(f"[{', '.join(said)}]", usage=usage)


def _type(word: str) -> str:
    return ("person", "city")[hashlib.sha256(word.encode("utf-8", "replace")).digest()[0] % 2]


def document(text: str, name: str | None = None) -> Document:
    """A text in which each capitalised word is annotated, the first half of them as a person."""
    spans, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        if word[:1].isupper():
            spans.append(gold_span(text, start, at, "person" if len(spans) % 2 else "city"))
    return Document(text, tuple(spans), id=name)


def header(**changes: Any) -> Header:
    return Header(**({"schema": "s", "model": "double", "options": {"threshold": 0.5}} | changes))


def done(
    path: Path, texts: Iterable[str], engine: Any = None, patience: Patience = AT_ONCE
) -> list[Finished]:
    """One run over texts."""
    extractor = Extractor(resolve(SCHEMA), model=engine or Asked())
    with Journal(path, header()) as journal:
        return list(read(texts, extractor, journal, patience=patience))


def results(finished: Iterable[Finished]) -> list[dict[str, Any]]:
    """What a run made of its texts, times apart, whoever read them when."""
    return [one.extraction.to_dict() for one in finished]


def fast_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is flushed: what a test kills is a process, and not the machine."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text takes no time, so that two runs can be the same to the last byte."""
    monkeypatch.setattr(reading, "time", SimpleNamespace(perf_counter=lambda: 0.0))


def files(folder: Path, but: Sequence[str] = ()) -> dict[str, bytes]:
    """Every file of a folder, by its path in it."""
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {name: content for name, content in found.items() if name not in but}


def keys(journal: bytes) -> set[str]:
    """The keys of the texts in a journal."""
    return {json.loads(line)["key"] for line in journal.splitlines()[1:]}


def plan(documents: Sequence[Document], engine: Any = None, **options: Any) -> Plan:
    """A plan over documents in memory, without intervals."""
    schema = resolve(SCHEMA)
    taken = samples.take(Memory(documents), schema, **options)  # type: ignore[arg-type]  # no file
    model = models.described(engine or Asked())
    return Plan(texts=taken, schema=schema, model=model, draws=Draws(0), asked={"command": "x"})


class Memory:
    """What ``sets.Source`` is, of documents that are in no file."""

    name, file, format, schema = "memory", "memory.jsonl", "jsonl", None

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents

    def documents(self) -> Sequence[Document]:
        return self._documents
