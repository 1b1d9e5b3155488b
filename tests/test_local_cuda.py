"""The local LLM on a graphics card: what the CPU cannot show.  Skipped where there is none.

python -m pytest tests/test_local_cuda.py -s
"""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("llguidance", reason="needs the extra [llm]")

import tiny_models

from schema_ner import Extractor
from schema_ner.engines.local import LocalLLM
from schema_ner.engines.local.forms import form_for
from schema_ner.engines.local.generating import Generator, Job
from schema_ner.engines.local.machine import look
from schema_ner.registry import resolve

torch = tiny_models.torch
transformers = tiny_models.transformers

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a graphics card with CUDA"),
]

SCHEMA = {"Drug": "A substance given to treat illness.", "Person": "A human being."}
TEXTS = ["Take two tablets of aspirin, Ada.", "서울에서 아스피린을 먹었다.", "Nothing."] * 4
# Code Llama 7B, whose vocabulary has 16 tokens more than Llama's
CODE_LLAMA_7B: dict[str, Any] = {
    "vocab_size": 32016,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "max_position_embeddings": 16384,
}


@pytest.mark.parametrize("quantization", ["nf4", "none"])
@pytest.mark.parametrize("family", ["llama", "qwen3"])
def test_whatever_a_model_writes_stands_in_the_text(family: str, quantization: Any) -> None:
    engine = LocalLLM(
        tiny_models.saved(family), device="cuda", quantization=quantization, closing_bias=-3.0
    )
    found = list(Extractor(SCHEMA, model=engine, overlap="all").extract_batch(TEXTS))
    assert sum(len(extraction.spans) for extraction in found) > 0
    for text, extraction in zip(TEXTS, found, strict=True):
        assert all(text[s.start : s.end] == s.text for s in extraction.spans)
        assert {item.status for item in extraction.rejected} <= {"duplicate", "truncated"}


def test_arithmetic_suits_the_card() -> None:
    machine = look("cuda")
    engine = LocalLLM(tiny_models.saved("llama"), device="cuda")
    assert machine.capability is not None
    assert engine.plan.dtype == ("bfloat16" if machine.capability >= (8, 0) else "float16")


def test_a_model_of_seven_billion_weights() -> None:
    """Random weights at the shape of Code Llama 7B: speed and memory are those of the real one."""
    with torch.device("cuda"):
        model = transformers.AutoModelForCausalLM.from_config(
            transformers.LlamaConfig(**CODE_LLAMA_7B), dtype=torch.bfloat16
        ).eval()
    tokenizer = tiny_models.tokenizer("sentencepiece")
    form, schema = form_for("gollie", tokenizer), resolve(SCHEMA)
    generator = Generator(model, tokenizer, batch_size=len(TEXTS), closing_bias=-3.0)
    jobs = [
        Job(
            tuple(form.tokens(schema, text)),
            form.grammar(schema, text),
            limit=64,
            is_whole=form.is_whole,
            is_stuck=lambda _: False,
        )
        for text in TEXTS
    ]
    answers = generator.answers(jobs)
    seconds = sum(answer.usage.seconds or 0.0 for answer in answers)  # type: ignore[union-attr]
    peak = torch.cuda.max_memory_allocated() / 2**30
    print(f"\n{torch.cuda.get_device_name()}: {len(TEXTS) / seconds:.2f} texts/s, {peak:.1f} GiB")  # noqa: T201
    for answer, job in zip(answers, jobs, strict=True):
        assert not isinstance(answer, Exception)
        assert form.parse(answer.text, schema).rejected == () or answer.truncated
        assert answer.usage.tokens_in == len(job.tokens)
