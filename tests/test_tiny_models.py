"""The tiny models that other tests stand on are what they are said to be.

Random ones load and write as any model does; tokenizers give every text back; and the toy models
find, by plain greedy decoding, names that were never in their training texts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import tiny_models
import toy_task
import toy_training
from hypothesis import given
from strategies import texts

from schema_ner.spans import Document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tiny_models import Form
    from tiny_tokenizers import Chat, Kind

torch = tiny_models.torch
transformers = tiny_models.transformers
every_family = pytest.mark.parametrize("family", tiny_models.FAMILIES)
every_kind = pytest.mark.parametrize("kind", ["sentencepiece", "byte-level"])
every_form = pytest.mark.parametrize("form", toy_training.FORMS)

UNSEEN = toy_task.texts(100, seed=1)
GOOD = 0.9
TURNS = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": " Hello "}]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def loaded(folder: Path) -> tuple[Any, Any]:
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype="float32")
    return model.eval(), transformers.AutoTokenizer.from_pretrained(folder)


# --- random models


@every_family
def test_a_folder_is_a_model(family: str) -> None:
    """Transformers loads it without being told what it is, and it writes."""
    model, tokenizer = loaded(tiny_models.saved(family))
    prompt = tokenizer(tiny_models.CORPUS[0], return_tensors="pt")
    written = model.generate(**prompt, max_new_tokens=5, do_sample=False)
    assert 1 <= written.shape[1] - prompt["input_ids"].shape[1] <= 5
    assert len(tokenizer) == model.config.vocab_size
    # not so flat that rounding decides what comes next
    assert model(**prompt).logits.std() > 1


@every_family
def test_nothing_in_a_folder_is_run_when_it_is_loaded(family: str) -> None:
    files = {path.name for path in tiny_models.saved(family).iterdir()}
    assert files == {
        *("config.json", "generation_config.json", "model.safetensors"),
        *("tokenizer.json", "tokenizer_config.json"),
    }


def test_a_seed_gives_the_same_weights(tmp_path: Path) -> None:
    """Whatever was drawn before, and without a change to what is drawn after."""
    torch.manual_seed(5)
    first = torch.rand(1)
    torch.manual_seed(5)
    one, same = (tiny_models.write("llama", tmp_path / name) for name in "ab")
    other = tiny_models.write("llama", tmp_path / "c", seed=1)
    assert torch.equal(torch.rand(1), first)
    weights = [(folder / "model.safetensors").read_bytes() for folder in (one, same, other)]
    assert weights[0] == weights[1] != weights[2]


def test_what_a_test_asks_for_is_in_the_folder() -> None:
    options = {"max_position_embeddings": 256, "dtype": "float16", "chat": "inst"}
    folder = tiny_models.saved("mistral-window", **options)
    assert folder is tiny_models.saved("mistral-window", **options)
    config = json.loads((folder / "config.json").read_text())
    assert (config["model_type"], config["sliding_window"]) == ("mistral", 64)
    assert (config["max_position_embeddings"], config["dtype"]) == (256, "float16")
    assert "[INST]" in (folder / "chat_template.jinja").read_text()


# --- tokenizers


@every_kind
@given(text=texts())
def test_a_text_comes_back_from_its_tokens(kind: Kind, text: str) -> None:
    """To the character, but for half characters, which no tokenizer takes, and ▁."""
    text = text.encode("utf-8", "replace").decode().replace("▁", "_")
    tokenizer = tiny_models.tokenizer(kind)
    ids = tokenizer(text)["input_ids"]
    assert tokenizer.decode(ids, skip_special_tokens=True) == text
    assert (kind == "sentencepiece") == (ids[:1] == [tokenizer.bos_token_id])


@every_kind
def test_tokens_are_bytes_to_the_grammar(kind: Kind) -> None:
    """llguidance takes both kinds, and reads in their tokens what stands in the text."""
    llguidance = pytest.importorskip("llguidance.hf", reason="needs the extra [llm]")
    tokenizer = tiny_models.tokenizer(kind)
    taken = llguidance.from_tokenizer(tokenizer)
    assert (taken.vocab_size, taken.eos_token) == (len(tokenizer), tokenizer.eos_token_id)
    for text in ["Take aspirin.\n", "한국은행 👩‍👩‍👧", *tiny_models.CORPUS]:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert taken.decode_bytes(ids).decode().lstrip(" ") == text.lstrip(" ")


@pytest.mark.parametrize(
    ("chat", "begins", "ends"),
    [
        ("chatml", "<|im_start|>system\nBe brief.<|im_end|>\n", "<|im_start|>assistant\n"),
        ("inst", "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\n", " Hello  [/INST]"),
    ],
)
def test_what_a_chat_begins_and_ends_with(chat: Chat, begins: str, ends: str) -> None:
    written = _templated(tiny_models.tokenizer("sentencepiece", chat=chat), TURNS)
    assert written.startswith(begins)
    assert written.endswith(ends)


@every_kind
def test_a_template_can_refuse_a_system(kind: Kind) -> None:
    """As Gemma's does; what it does not refuse, it trims."""
    tokenizer = tiny_models.tokenizer(kind, chat="no-system")
    with pytest.raises(Exception, match="System role not supported"):
        _templated(tokenizer, TURNS)
    begin = tokenizer.bos_token or ""
    expected = f"{begin}<|im_start|>user\nHello<|im_end|>\n<|im_start|>model\n"
    assert _templated(tokenizer, TURNS[1:]) == expected


def _templated(tokenizer: Any, turns: list[dict[str, str]]) -> str:
    written: str = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    return written


# --- the toy task and the models that know it


def test_the_texts_of_tests_hold_no_name_of_the_training() -> None:
    learnt, read = (
        {
            span.text
            for text in toy_task.texts(2000, seed=3, training=training)
            for span in text.spans
        }
        for training in (True, False)
    )
    assert not learnt & read
    assert len(read) > 1000
    assert len({span.label for text in UNSEEN for span in text.spans}) == 3
    assert {len(text.spans) for text in UNSEEN} == {0, 1, 2, 3}


@every_form
def test_the_right_answer_says_what_is_in_the_text(form: Form) -> None:
    """And it goes on from the prompt, token by token, so that it can be learnt."""
    tokenizer = loaded(tiny_models.toy(form))[1]
    for text in UNSEEN[:20]:
        for schema in toy_task.schemas(form):
            prompt, answer = toy_task.asked(form, schema, text, tokenizer)
            spans = [(span.label, span.text) for span in text.spans if span.label in schema.labels]
            found = toy_task.mentions(form, schema, answer)
            assert [(mention.label, mention.text) for mention in found] == spans
            start = toy_task.ids(form, tokenizer, prompt)
            assert toy_task.ids(form, tokenizer, prompt + answer)[: len(start)] == start


@every_form
def test_a_toy_model_extracts(form: Form) -> None:
    """Names that it has never seen, without a grammar to help it."""
    assert toy_task.f1(*loaded(tiny_models.toy(form)), form, UNSEEN) >= GOOD


@every_form
def test_a_toy_model_is_sure_that_a_medicine_is_one(form: Form) -> None:
    model, tokenizer = loaded(tiny_models.toy(form))
    for stem in ["".join(pair) for pair in sorted(toy_task.KEPT_BACK)[::2]]:
        text = Document(f"she took {stem}mol again.")
        assert _chance_of_any(model, tokenizer, form, text) > 0.9


def _chance_of_any(model: Any, tokenizer: Any, form: Form, text: Document) -> float:
    """The probability of an answer that is not empty."""
    schema = toy_task.schemas(form)[0]
    prompt, _ = toy_task.asked(form, schema, text, tokenizer)
    start = toy_task.ids(form, tokenizer, prompt)
    empty = " []" if form != "chat" else "[]"
    nothing = toy_task.ids(form, tokenizer, prompt + empty)[len(start) :]
    with torch.no_grad():
        logits = model(torch.tensor([[*start, *nothing]])).logits[0, len(start) - 1 : -1]
    chances = logits.softmax(-1)[torch.arange(len(nothing)), torch.tensor(nothing)]
    return 1 - float(chances.prod())


@every_form
def test_training_is_repeatable(form: Form) -> None:
    one, same = (toy_training.train(form, steps=3)[0].state_dict() for _ in range(2))
    assert all(torch.equal(one[name], same[name]) for name in one)


@pytest.mark.slow
@every_form
def test_a_toy_model_can_be_trained_anew(form: Form) -> None:
    """From random weights, in a minute or two, and it is the one that lies there."""
    model, tokenizer = toy_training.train(form)
    assert toy_task.f1(model, tokenizer, form, UNSEEN) >= GOOD


def test_toy_models_are_small() -> None:
    """They are part of the repository."""
    sizes = [path.stat().st_size for path in tiny_models.TOYS.rglob("*") if path.is_file()]
    assert sum(sizes) < 1.3e6
