"""The local LLM from a folder to spans: tiny models with random weights, read by real code.

A random model writes what it likes, so what holds here holds by construction.
"""

from __future__ import annotations

import copy
import gc
import itertools
import logging
import os
import shutil
import threading
import time
import weakref
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("llguidance", reason="needs the extra [llm]")

import tiny_models

from schema_ner import Entity, Extractor, extract
from schema_ner.engines.local import LocalLLM, forget, generating, keeping, local_llm
from schema_ner.engines.local.forms import form_for
from schema_ner.errors import InputError, ModelError
from schema_ner.registry import resolve

if TYPE_CHECKING:
    from pathlib import Path

torch = tiny_models.torch
TEXTS = [
    'Take "20 mg" of aspirin, then call Ada Lovelace in New York.',
    "서울에서 한국은행은 금리를 올렸다. 👩‍👩‍👧 it's\n\tfine \\ </s> <|im_end|> [INST]",
    "a",
    "",
    " \n ",
]


class Drug(Entity):
    """A substance given to treat illness."""

    route: Literal["oral", "nasal"]
    strength: int


class Person(Entity):
    """A human being, by name."""


SCHEMA = [Drug, Person]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _llm(family: str = "llama", **options: Any) -> LocalLLM:
    return LocalLLM(tiny_models.saved(family), **options)


@pytest.mark.parametrize("prompt", ["gollie", "uniner", "chat"])
@pytest.mark.parametrize(
    "family", ["llama", "mistral", "mistral-window", "qwen2", "qwen3", "gemma"]
)
def test_whatever_a_model_writes_stands_in_the_text(family: str, prompt: Any) -> None:
    if prompt == "chat":
        folder = tiny_models.saved(family, chat="chatml")
    else:
        folder = tiny_models.saved(family)
    engine = LocalLLM(folder, prompt=prompt, closing_bias=-4.0)
    found = list(Extractor(SCHEMA, model=engine, overlap="all").extract_batch(TEXTS))
    for text, extraction in zip(TEXTS, found, strict=True):
        assert extraction.text == text
        for span in extraction.spans:
            assert text[span.start : span.end] == span.text
            assert span.status == "exact"
            assert span.score is not None
            assert span.evidence is not None
            assert span.score == pytest.approx(min(1.0, span.evidence.score))
        # the grammar leaves nothing to reject but what is said more often than it stands there
        assert {item.status for item in extraction.rejected} <= {"duplicate", "truncated"}
    assert sum(len(extraction.spans) for extraction in found) > 0
    assert found[3].spans == found[4].spans == ()  # nothing is asked of a blank text


texts_of_any_kind = st.text(
    st.one_of(
        st.sampled_from("ab \n\t'\"\\<>/[](),=|·\u00a0\u200b\u200d👩서울מא۞é\u0301"),
        st.characters(),
    ),
    max_size=40,
)
_MODELS = itertools.cycle(("llama", "qwen2"))
_ENGINES: dict[str, Any] = {}


def _accounts_for(text: str, form: Any) -> None:
    family = next(_MODELS)
    if (family, form) not in _ENGINES:
        _ENGINES[family, form] = _llm(family, prompt=form, closing_bias=-2.0)
    extraction = Extractor(SCHEMA, model=_ENGINES[family, form], overlap="all").extract(text)
    for span in extraction.spans:
        assert text[span.start : span.end] == span.text
        # said once more than it stands there, it may take the place of its like: of S for s
        assert span.status in ("exact", "normalised")
    assert {item.status for item in extraction.rejected} <= {"duplicate", "truncated"}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(text=texts_of_any_kind, form=st.sampled_from(["gollie", "uniner"]))
def test_any_text_gives_a_complete_account(text: str, form: Any) -> None:
    _accounts_for(text, form)


@pytest.mark.slow
@settings(deadline=None, max_examples=1500, suppress_health_check=[HealthCheck.too_slow])
@given(text=texts_of_any_kind, form=st.sampled_from(["gollie", "uniner"]))
def test_thousands_of_texts_give_a_complete_account(text: str, form: Any) -> None:
    _accounts_for(text, form)


def test_fields_are_filled_from_the_answer() -> None:
    engine = _llm(closing_bias=-6.0)
    found = list(Extractor(SCHEMA, model=engine, overlap="all").extract_batch(TEXTS[:3]))
    drugs = [span.entity for e in found for span in e.spans if span.label == "Drug"]
    assert drugs
    assert {drug.route for drug in drugs} <= {"oral", "nasal", None}
    assert all(drug.strength is None or isinstance(drug.strength, int) for drug in drugs)


def test_a_path_is_enough() -> None:
    folder = tiny_models.saved("llama")
    extraction = extract(TEXTS[0], SCHEMA, model=str(folder))
    assert extraction.model == folder.name
    assert extraction.usage.tokens_in > 0
    assert extraction.usage.passes >= 1


def test_batches_change_nothing_but_the_time() -> None:
    """In float64 a batch gives what each text gives alone, left padding and all."""
    texts = [*TEXTS, "Ada Lovelace " * 20, "one two three"]
    alone = _double(_llm(batch_size=1, closing_bias=-2.0))
    together = _double(_llm(batch_size=4, closing_bias=-2.0))
    one = list(Extractor(SCHEMA, model=alone).extract_batch(texts))
    many = list(Extractor(SCHEMA, model=together).extract_batch(texts))
    for mine, theirs in zip(one, many, strict=True):
        assert [s.order for s in mine.spans] == [s.order for s in theirs.spans]
        assert [s.score for s in mine.spans] == pytest.approx([s.score for s in theirs.spans])
    assert [e.rejected for e in one] == [e.rejected for e in many]
    assert [e.usage.tokens_out for e in one] == [e.usage.tokens_out for e in many]


def _double(engine: LocalLLM) -> LocalLLM:
    engine._generator._model.double()
    return engine


def test_closing_later_lists_more() -> None:
    """The knob moves the number of items one way."""
    counts = []
    for bias in (6.0, 0.0, -3.0, -30.0):
        readings = _llm("qwen2", closing_bias=bias).read(TEXTS[:3], resolve(SCHEMA), {})
        counts.append(sum(len(r.candidates) + len(r.rejected) for r in readings))
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_scores_are_those_of_the_model_whatever_the_bias() -> None:
    """A bias changes what is written, and not how sure the model says it is of it."""
    (plain,) = _llm("qwen2", closing_bias=-4.0).read(TEXTS[:1], resolve(SCHEMA), {})
    (eager,) = _llm("qwen2", closing_bias=-30.0).read(TEXTS[:1], resolve(SCHEMA), {})
    scores = {span.order: span.score for span in eager.candidates}
    shared = [span for span in plain.candidates if span.order in scores]
    assert shared
    for span in shared:
        assert scores[span.order] == pytest.approx(span.score, rel=1e-3)
    assert len(eager.candidates) + len(eager.rejected) >= len(plain.candidates)


def test_free_decoding_has_a_ledger_and_no_scores() -> None:
    """What a random model writes freely is prose, which is accounted for as such."""
    engine = _llm(constrained=False, max_new_tokens=30)
    (reading,) = engine.read(TEXTS[:1], resolve(SCHEMA), {})
    assert all(span.score is None for span in reading.candidates)
    assert reading.rejected
    assert reading.usage.tokens_out <= 30


def test_an_answer_that_is_too_long_says_so() -> None:
    engine = _llm(closing_bias=-30.0, max_new_tokens=12)
    (reading,) = engine.read(["Ada Lovelace and Charles Babbage"], resolve(SCHEMA), {})
    assert "truncated" in {item.status for item in reading.rejected}
    assert reading.usage.tokens_out == 12


@pytest.mark.parametrize("prompt", ["gollie", "uniner"])
def test_a_model_that_repeats_itself_is_stopped(prompt: Any) -> None:
    """However long its text is; what it said once too often is told, and that it was stopped."""
    engine = _llm(closing_bias=-50.0, prompt=prompt)
    text = " ".join(f"Name{i}" for i in range(120))
    (reading,) = engine.read([text], resolve({"Person": ""}), {})
    assert len(reading.candidates) + len(reading.rejected) < 120
    assert "truncated" in {item.status for item in reading.rejected}


def test_what_stands_there_twice_may_be_listed_twice() -> None:
    schema = resolve({"Person": "", "Place": ""})
    gollie = form_for("gollie", tiny_models.tokenizer("byte-level"))
    line = '    Person(span="Ada"),\n'
    for times in range(1, 5):
        assert not gollie.is_stuck(" [\n" + line * times, schema, "Ada, " * times)
        assert not gollie.is_stuck(" [\n" + line * times + "    Pl", schema, "Ada")
        assert gollie.is_stuck(" [\n" + line * (times + 1), schema, "Ada, " * times)
    uniner = form_for("uniner", tiny_models.tokenizer("byte-level"))
    assert not uniner.is_stuck(' ["a", "b", "a"', schema, "a or a")
    assert uniner.is_stuck(' ["a", "b", "a"', schema, "a or b")
    assert not uniner.is_stuck(' ["a", "b", "a', schema, "a or b")
    assert not uniner.is_stuck(' ["a", "b"', schema, "a or b")


def test_a_long_text_is_read_in_windows() -> None:
    text = " ".join(f"Name{i} of Place{i}," for i in range(120))
    engine = _llm(context=600, closing_bias=-3.0)
    extraction = Extractor(SCHEMA, model=engine, overlap="all").extract(text)
    assert extraction.unread == ()
    for span in extraction.spans:
        assert text[span.start : span.end] == span.text
    assert max(span.end for span in extraction.spans) > len(text) // 2
    assert extraction.usage.tokens_in > 600


def test_items_below_the_threshold_are_accounted_for() -> None:
    engine = _llm("qwen2", closing_bias=-3.0)
    everything = Extractor(SCHEMA, model=engine, overlap="all").extract(TEXTS[0])
    half = Extractor(SCHEMA, model=engine, overlap="all", threshold=0.5).extract(TEXTS[0])
    statuses = Counter(item.status for item in half.rejected)
    assert len(everything.spans) == len(half.spans) + statuses["below_threshold"]
    assert statuses["below_threshold"] > 0
    assert all(span.score >= 0.5 for span in half.spans)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB\nmore"),
        RuntimeError("MPS backend out of memory (MPS allocated: 5.54 GB)"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
    ],
    ids=["cuda", "mps", "cpu"],
)
def test_memory_that_runs_out_halves_the_batch(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """A batch over two prompts does not fit: the answers are the same, the batch is smaller."""
    texts = TEXTS[:3] * 3
    want = _llm("qwen2", batch_size=9, closing_bias=-4.0).read(texts, resolve(SCHEMA), {})
    assert sum(len(reading.candidates) for reading in want) > 3
    engine = _llm("qwen2", batch_size=9, closing_bias=-4.0)
    write = generating.Generator._write
    tried = []

    def short_of_memory(self: Any, jobs: list[Any], rows: list[Any]) -> None:
        tried.append(len(jobs))
        if len(jobs) > 2:
            raise error
        write(self, jobs, rows)

    monkeypatch.setattr(generating.Generator, "_write", short_of_memory)
    with caplog.at_level(logging.WARNING):
        got = engine.read(texts, resolve(SCHEMA), {})
    assert [[s.order for s in r.candidates] for r in got] == [
        [s.order for s in r.candidates] for r in want
    ]
    assert tried == [9, 5, 3, 2, 2, 2, 2, 1]  # what was too much is not tried again
    assert engine.batch_size == 2 * 4
    assert "out of memory: going on with batches of" in caplog.text


def test_a_text_that_breaks_the_model_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = _llm(batch_size=4)
    write = generating.Generator._write

    def broken(self: Any, jobs: list[Any], rows: list[Any]) -> None:
        if any(len(job.tokens) > 200 for job in jobs):
            raise RuntimeError("shapes cannot be multiplied\nand more")
        write(self, jobs, rows)

    monkeypatch.setattr(generating.Generator, "_write", broken)
    found = list(Extractor(SCHEMA, model=engine).extract_batch(["Ada", "Ada " * 300, "Bob"]))
    assert [bool(e.unread) for e in found] == [False, True, False]
    assert "RuntimeError: shapes cannot be multiplied" in found[1].rejected[0].reason


def test_a_token_that_the_model_does_not_know_fails_its_text_alone() -> None:
    """On a graphics card it would end the process."""
    engine = _llm()
    engine._form._tokenizer = copy.deepcopy(engine._form._tokenizer)  # type: ignore[attr-defined]
    engine._form._tokenizer.add_tokens(["foobar"])  # type: ignore[attr-defined]
    found = list(Extractor(SCHEMA, model=engine).extract_batch(["Ada", "Ada foobar", "Bob"]))
    assert [bool(e.unread) for e in found] == [False, True, False]
    assert "its tokenizer is another model's" in found[1].rejected[0].reason


def test_a_text_that_never_fits_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = _llm(batch_size=4)
    write = generating.Generator._write

    def short_of_memory(self: Any, jobs: list[Any], rows: list[Any]) -> None:
        if any(len(job.tokens) > 200 for job in jobs):
            raise torch.OutOfMemoryError("CUDA out of memory.")
        write(self, jobs, rows)

    monkeypatch.setattr(generating.Generator, "_write", short_of_memory)
    found = list(Extractor(SCHEMA, model=engine).extract_batch(["Ada", "Ada " * 300, "Bob"]))
    assert [e.rejected[0].status if e.unread else "read" for e in found] == [
        "read",
        "failed",
        "read",
    ]
    assert "out of memory with one prompt" in found[1].rejected[0].reason


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_scores_that_are_no_numbers_are_said(value: float) -> None:
    """What float16 makes of weights that were trained in bfloat16."""
    engine = _llm()
    with torch.no_grad():
        engine._generator._model.lm_head.weight.fill_(value)
    extraction = next(iter(Extractor(SCHEMA, model=engine).extract_batch(["Ada"])))
    assert extraction.rejected[0].status == "failed"
    assert 'dtype="bfloat16"' in extraction.rejected[0].reason
    with pytest.raises(ModelError, match="not numbers"):
        Extractor(SCHEMA, model=engine).extract("Ada")


def test_threads_wait_for_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = _llm("qwen2", closing_bias=-4.0)
    extractor = Extractor(SCHEMA, model=engine, overlap="all")
    want = [extractor.extract(text).spans for text in TEXTS]
    assert all(want[:2])
    got: dict[int, Any] = {}
    write, inside, crowded = generating.Generator._write, [], []

    def watched(self: Any, jobs: list[Any], rows: list[Any]) -> None:
        inside.append(1)
        crowded.append(len(inside))
        time.sleep(0.01)
        write(self, jobs, rows)
        inside.pop()

    monkeypatch.setattr(generating.Generator, "_write", watched)

    def read(i: int) -> None:
        got[i] = extractor.extract(TEXTS[i]).spans

    threads = [threading.Thread(target=read, args=(i,)) for i in range(len(TEXTS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [got[i] for i in range(len(TEXTS))] == want
    assert set(crowded) == {1}


def test_fields_that_a_form_cannot_fill_are_said_once(caplog: pytest.LogCaptureFixture) -> None:
    engine = _llm(prompt="uniner")
    with caplog.at_level(logging.WARNING):
        for text in TEXTS[:2]:
            engine.read([text], resolve(SCHEMA), {})
    assert [r.getMessage() for r in caplog.records] == [
        "UniversalNER's form fills no extra fields: Drug.route, Drug.strength stay None"
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"context": 0},
        {"context": "2048"},
        {"context": 1500.5},
        {"max_new_tokens": 0},
        {"max_new_tokens": True},
        {"prompt": "xml"},
        {"quantization": "int8"},
        {"closing_bias": "x"},
        {"closing_bias": float("nan")},
        {"closing_bias": -1.0, "constrained": False},
    ],
)
def test_options_that_cannot_be_used(options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        _llm(**options)


def test_an_engine_made_from_a_path_is_kept() -> None:
    """Weights fill a GPU: the same name does not load them twice."""
    folder = str(tiny_models.saved("llama"))
    first = Extractor(SCHEMA, model=folder).engine
    assert Extractor(SCHEMA, model=folder).engine is first
    forget()
    assert Extractor(SCHEMA, model=folder).engine is not first


def test_another_model_takes_the_place_of_the_kept_one_before_it_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A card that holds one has no room for the second beside it."""
    kept = weakref.ref(local_llm(str(tiny_models.saved("llama"))))
    assert kept() is not None
    alive = []

    def watched(*args: Any, **options: Any) -> LocalLLM:
        gc.collect()
        alive.append(kept() is not None)
        return LocalLLM(*args, **options)

    monkeypatch.setattr(keeping, "LocalLLM", watched)
    local_llm(str(tiny_models.saved("qwen2")))
    assert alive == [False]


def test_a_folder_that_has_changed_is_another_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, family in (("one", "llama"), ("two", "qwen2")):
        shutil.copytree(tiny_models.saved(family), tmp_path / name / "m")
    monkeypatch.chdir(tmp_path / "one")
    first = local_llm("m")
    monkeypatch.chdir(tmp_path / "two")
    assert local_llm("m") is not first
    second = local_llm("m")
    config = tmp_path / "two" / "m" / "config.json"
    os.utime(config, ns=(1, 1))
    assert local_llm("m") is not second


def test_the_grammar_of_a_prompt_accepts_what_its_form_reads() -> None:
    """Forms agree with themselves: a whole answer is whole, and nothing shorter is."""
    tokenizer = tiny_models.tokenizer("byte-level")
    for name, whole in (
        ("gollie", ' [\n    Person(span="a]"),\n]'),
        ("gollie", " []"),
        ("uniner", ' ["a]", "b"]'),
        ("uniner", " []"),
    ):
        form = form_for(name, tokenizer)  # type: ignore[arg-type]
        assert form.is_whole(whole)
        assert not any(form.is_whole(whole[:cut]) for cut in range(len(whole)))
