"""Language models small enough for tests: real architectures, real tokenizers, real files.

    folder = tiny_models.saved("llama")                # random weights; made once a session
    folder = tiny_models.saved("qwen2", chat="chatml", dtype="float16")
    folder = tiny_models.write("mistral", tmp_path)    # the same, in a folder of one's own
    folder = tiny_models.toy("gollie")                 # trained: it really extracts
    tokenizer = tiny_models.tokenizer("sentencepiece")  # or "byte-level"; chat="chatml" …

FAMILIES lists the models, ``tiny_tokenizers.TEMPLATES`` the chat templates, and
``toy_training`` the types and texts that toy models know.

A folder holds config.json, generation_config.json, model.safetensors, tokenizer.json and
tokenizer_config.json, and with a template chat_template.jinja.  Those that ``saved`` and ``toy``
give are shared: copy one before changing it.

Importing this module skips a test module where the [llm] packages are missing.

Here: making models and keeping them.  Not here: their training (``toy_training``).
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any, Literal

import pytest
import tiny_tokenizers
from tiny_tokenizers import Chat, Kind

torch = pytest.importorskip("torch", reason="needs the extra [llm]")
transformers = pytest.importorskip("transformers", reason="needs the extra [llm]")

Form = Literal["gollie", "uniner", "chat"]

TOYS = Path(__file__).resolve().parent / "data" / "toy-llm"

SHAPE: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
    # wide, so that logits differ by far more than batching and precision move them
    "initializer_range": 0.3,
}

# family: transformers' name of it, what its config has beside SHAPE, its kind of tokenizer
FAMILIES: dict[str, tuple[str, dict[str, Any], Kind]] = {
    "llama": ("Llama", {}, "sentencepiece"),
    "mistral": ("Mistral", {"sliding_window": None}, "sentencepiece"),
    "mistral-window": ("Mistral", {"sliding_window": 64}, "sentencepiece"),
    "qwen2": ("Qwen2", {"max_position_embeddings": 4096}, "byte-level"),
    "qwen3": ("Qwen3", {"max_position_embeddings": 4096}, "byte-level"),
    "gemma": ("Gemma", {"tie_word_embeddings": True}, "sentencepiece"),
    "gemma2": (
        "Gemma2",
        {
            "tie_word_embeddings": True,
            "attn_logit_softcapping": 50.0,
            "final_logit_softcapping": 30.0,
            "query_pre_attn_scalar": 16,
            "sliding_window": 64,
        },
        "sentencepiece",
    ),
}

# What the tokenizers of random models learn from: prose, prompts, answers, Korean.
CORPUS = [
    "Take two tablets of aspirin, then 20 mg of Humira, and call Dr Ada Lovelace in New York.",
    "The patient was told to take the tablets with water in the morning and in the evening.",
    "Charles Babbage wrote to Ada Lovelace from London about the engine that he would build.",
    "서울에서 한국은행은 금리를 올렸다. 김철수는 부산에서 아스피린을 먹었다. 한국은 서울이 수도다.",
    "# The following lines describe the task definition\n@dataclass\nclass Drug(Entity):\n",
    '    """A substance given to treat illness."""\n\n    span: str  # Such as: "aspirin"\n\n\n',
    '# This is the text to analyze\ntext = "Take aspirin."\n\n',
    "# The annotation instances that take place in the text above are listed here\nresult =",
    ' [\n    Drug(span="aspirin"),\n    Person(span="Ada Lovelace"),\n    City(span="York"),\n]',
    "A virtual assistant answers questions from a user based on the provided text. USER: Text: ",
    " ASSISTANT: I've read this text. USER: What describes drug in the text? ASSISTANT:",
    ' ["aspirin", "Humira"] ["Ada Lovelace", "Charles Babbage"] []',
]


@functools.cache
def saved(family: str, **options: Any) -> Path:
    """A folder with a tiny random model, made once a session; options as ``write`` takes them."""
    return write(family, Path(tempfile.mkdtemp(prefix=f"{family}-", dir=_kept())), **options)


def write(
    family: str,
    folder: Path,
    *,
    kind: Kind | None = None,
    chat: Chat | None = None,
    seed: int = 0,
    **changes: Any,
) -> Path:
    """Write a tiny random model and its tokenizer into a folder, and give the folder.

    Args:
        family: one of FAMILIES.
        folder: made where there is none.
        kind: of tokenizer; ``None`` for the one that the family comes with.
        chat: the chat template it has; ``None`` for none, as base models have none.
        seed: the same seed gives the same weights.
        changes: to the model's config: ``max_position_embeddings=256, dtype="float16"``.
    """
    name, own, own_kind = FAMILIES[family]
    words = tokenizer(kind or own_kind, chat=chat)
    return save(name, SHAPE | own | changes, words, folder, seed=seed)


def save(name: str, shape: dict[str, Any], words: Any, folder: Path, *, seed: int = 0) -> Path:
    """Write a new model of transformers' ``{name}ForCausalLM`` with the tokenizer ``words``."""
    model(name, shape, words, seed=seed).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def model(name: str, shape: dict[str, Any], words: Any, *, seed: int = 0) -> Any:
    """A new model with random weights; what the tests draw from torch stays as it was."""
    ends = ("bos_token_id", "eos_token_id", "pad_token_id")
    ids = {end: getattr(words, end) for end in ends}
    config = getattr(transformers, f"{name}Config")(vocab_size=len(words), **ids, **shape)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        made = getattr(transformers, f"{name}ForCausalLM")(config)
    return made.to(config.dtype or torch.float32)


@functools.cache
def tokenizer(kind: Kind, *, chat: Chat | None = None) -> Any:
    """A tokenizer trained on CORPUS.  Shared: copy it before changing it."""
    makers = {
        "sentencepiece": tiny_tokenizers.sentencepiece,
        "byte-level": tiny_tokenizers.byte_level,
    }
    return makers[kind](CORPUS, chat=chat)


def toy(form: Form) -> Path:
    """The folder of a toy model that extracts; see ``toy_training``."""
    return TOYS / form


@functools.cache
def _kept() -> str:
    folder = tempfile.mkdtemp(prefix="schema-ner-tiny-models-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
