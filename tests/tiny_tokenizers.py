"""Tokenizers trained in a test, of the two kinds that language models come with.

Here: learning pieces from a few texts, chat templates.  Not here: models (``tiny_models``).
"""

from __future__ import annotations

import json
from typing import Any, Literal

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

Kind = Literal["sentencepiece", "byte-level"]
Chat = Literal["chatml", "no-system", "inst"]

TEMPLATES: dict[Chat, str] = {
    # Qwen's: any roles
    "chatml": (
        "{% for message in messages %}"
        "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
        "{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
    ),
    # Gemma's, but for the names of its tokens: no system, writes the begin of text itself, trims
    "no-system": (
        "{{ bos_token }}"
        "{% if messages[0]['role'] == 'system' %}"
        "{{ raise_exception('System role not supported') }}{% endif %}"
        "{% for message in messages %}"
        "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('Conversation roles must alternate user/assistant/user/...') }}"
        "{% endif %}"
        "{% set role = 'model' if message['role'] == 'assistant' else message['role'] %}"
        "{{ '<|im_start|>' + role + '\n' + message['content'] | trim + '<|im_end|>\n' }}"
        "{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>model\n' }}{% endif %}"
    ),
    # Llama 2's: the system goes into the user's turn; writes the begin of text itself
    "inst": (
        "{% if messages[0]['role'] == 'system' %}"
        "{% set system = '<<SYS>>\n' + messages[0]['content'] + '\n<</SYS>>\n\n' %}"
        "{% set turns = messages[1:] %}"
        "{% else %}{% set system = '' %}{% set turns = messages %}{% endif %}"
        "{% for message in turns %}"
        "{% set content = (system if loop.first else '') + message['content'] %}"
        "{% if message['role'] == 'user' %}"
        "{{ bos_token }}{{ '[INST] ' + content + ' [/INST]' }}"
        "{% else %}{{ ' ' + content + ' ' }}{{ eos_token }}{% endif %}"
        "{% endfor %}"
    ),
}

# pieces hold one kind of characters; line ends stay bytes, as in Llama
_PIECES = Regex(r"▁?\p{L}+|\p{N}|▁?[^\p{L}\p{N}\s▁]+|▁+|\n")
# Qwen's pattern, but for English contractions
_WORDS = Regex(r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def sentencepiece(
    corpus: list[str], *, size: int = 700, chat: Chat | None = None, like: str | None = None
) -> Any:
    """Llama's kind: ▁ for blanks and before the text, bytes for unknown characters, adds ``<s>``.

    Any text comes back from it as it was but ▁ itself, which comes back as a blank.

    Args:
        corpus: texts to learn pieces from.
        size: of the vocabulary at the most: 3 special tokens, 256 bytes, pieces.
        chat: its chat template, whose marks of turns are no tokens here.
        like: transformers' own class for such a tokenizer, ``LlamaTokenizer`` or
            ``CodeLlamaTokenizer``, which sets it up anew from the pieces; it loses a blank that
            begins a text.
    """
    prepared = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    special = ["<unk>", "<s>", "</s>"]
    first = [*special, *(f"<0x{byte:02X}>" for byte in range(256))]

    learnt = Tokenizer(models.BPE())
    learnt.normalizer = prepared
    learnt.pre_tokenizer = pre_tokenizers.Split(_PIECES, "isolated")
    trainer = trainers.BpeTrainer(vocab_size=size - len(first), show_progress=False)
    learnt.train_from_iterator(corpus, trainer)
    ids = learnt.get_vocab(with_added_tokens=False)
    ids.pop("\n", None)

    vocab = {piece: at for at, piece in enumerate(first + sorted(ids, key=ids.__getitem__))}
    merges = [tuple(pair) for pair in json.loads(learnt.to_str())["model"]["merges"]]
    if like:
        import transformers  # noqa: PLC0415 - an extra

        return getattr(transformers, like)(vocab=vocab, merges=merges, add_bos_token=True)
    made = Tokenizer(
        models.BPE(vocab, merges, unk_token=special[0], byte_fallback=True, fuse_unk=True)
    )
    made.normalizer = prepared
    made.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    made.add_special_tokens(_special(special))
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)]
    )
    return _wrapped(
        made, chat, dict(zip(("unk_token", "bos_token", "eos_token"), special, strict=True))
    )


def byte_level(corpus: list[str], *, size: int = 700, chat: Chat | None = None) -> Any:
    """Qwen's kind: bytes, words cut by a pattern, no token before the text.

    Any text comes back from it as it was.  What ends an answer is ``<|im_end|>`` in a chat and
    ``<|endoftext|>`` without.

    Args:
        corpus: texts to learn pieces from.
        size: of the vocabulary at the most: 256 bytes, 3 special tokens, pieces.
        chat: its chat template.
    """
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(_WORDS, "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=size - len(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(corpus, trainer)
    made.add_special_tokens(_special(special))  # behind the pieces, as Qwen's are
    ends = {"eos_token": special[2] if chat else special[0], "pad_token": special[0]}
    return _wrapped(made, chat, ends)


def _wrapped(made: Tokenizer, chat: Chat | None, tokens: dict[str, str]) -> Any:
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415 - an extra

    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=made, clean_up_tokenization_spaces=False, **tokens
    )
    wrapped.chat_template = TEMPLATES[chat] if chat else None
    return wrapped


def _special(names: list[str]) -> list[AddedToken]:
    return [AddedToken(name, special=True, normalized=False) for name in names]
