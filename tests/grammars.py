"""Running a grammar in tests: whether it accepts an answer, and answers that masks alone lead to.

``accepts`` reads bytes, so that no tokenizer comes between a law and what it is about; ``walk``
goes token by token, as an engine does.  Importing this module skips a test module without
llguidance.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tiny_tokenizers
from tokenizers import normalizers

if TYPE_CHECKING:
    import random

llguidance = pytest.importorskip("llguidance", reason="needs the extra [llm]")
masks = pytest.importorskip("llguidance.numpy", reason="needs the extra [llm]")

TOKENIZERS = ["sentencepiece", "byte-level", "composing"]
CORPUS = [
    ' [\n    Drug(span="aspirin", dose=None, times=20),\n    dose(span="20 mg"),\n] ["tablets"]',
    "Take two tablets of aspirin, then 20 mg of Humira. He said it's 5 long, she said no.",
    "한국은행은 서울에서 금리를 올렸다. 한국은 서울이 수도다. 東京都に行く。 café x\\n \\x3c/s>",
]
LONGEST_WALK = 5_000  # tokens; the grammars of tests are over long before


@functools.cache
def of_bytes() -> Any:
    return llguidance.LLTokenizer("byte")


@functools.cache
def guided(kind: str) -> Any:
    """llguidance's view of a tokenizer trained on CORPUS, one of TOKENIZERS."""
    maker = tiny_tokenizers.sentencepiece if kind == "sentencepiece" else tiny_tokenizers.byte_level
    made = maker(CORPUS)
    if kind == "composing":  # as Qwen's does
        made.backend_tokenizer.normalizer = normalizers.NFC()
    return pytest.importorskip("llguidance.hf").from_tokenizer(made)


def matcher(grammar: str, tokenizer: Any = None) -> Any:
    made = llguidance.LLMatcher(tokenizer or of_bytes(), grammar, log_level=0)
    if made.is_error() or made.get_grammar_warnings():  # grammars are too long to be shown
        raise AssertionError([made.get_error()[:200], *made.get_grammar_warnings()])
    return made


def accepts(grammar: str, answer: str) -> bool:
    """Whether the grammar takes the whole answer, and takes it for whole."""
    reader = matcher(grammar)
    tokens = of_bytes().tokenize_bytes(answer.encode())
    return bool(reader.try_consume_tokens(tokens) == len(tokens) and reader.is_accepting())


def walk(grammar: str, tokenizer: Any, chance: random.Random) -> str:
    """An answer of random tokens, each of which the mask allowed."""
    reader = matcher(grammar, tokenizer)
    mask = masks.allocate_token_bitmask(1, tokenizer.vocab_size)
    said: list[int] = []
    while not reader.is_stopped():
        assert len(said) < LONGEST_WALK, "the grammar has no end"
        masks.fill_next_token_bitmask(reader, mask, 0)
        allowed = np.flatnonzero(np.unpackbits(mask.view(np.uint8), bitorder="little"))
        token = int(chance.choice(allowed))
        assert token == tokenizer.eos_token or not tokenizer.is_special_token(token)
        assert reader.consume_token(token), reader.get_error()[:200]
        said += [] if token == tokenizer.eos_token else [token]
    assert not reader.is_error(), reader.get_error()[:200]
    return bytes(tokenizer.decode_bytes(said)).decode("utf-8")
