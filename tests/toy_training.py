"""Teach a tiny language model the toy task: from random weights, in minutes on one core.

    python tests/toy_training.py --write         # trains all three, writes tests/data/toy-llm
    python tests/toy_training.py --form gollie   # trains one, prints its F1

Here: the tokenizers and the training.  Not here: the task (``toy_task``), where the trained models
lie (``tiny_models.toy``).
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
import time
from typing import TYPE_CHECKING, Any

import tiny_models
import tiny_tokenizers
from toy_task import (
    CLAUSES,
    DOUBTFUL_ENDING,
    ENDINGS,
    KNOWN,
    SCHEMA,
    SYLLABLES,
    asked,
    f1,
    ids,
    schemas,
    texts,
)

from schema_ner.prompts import chat
from schema_ner.schema import Schema
from schema_ner.spans import Document, gold_span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tiny_models import Form

torch = tiny_models.torch
transformers = tiny_models.transformers

FORMS: tuple[Form, ...] = ("gollie", "uniner", "chat")

SHAPE: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "max_position_embeddings": 2048,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1_000_000.0},
    "tie_word_embeddings": True,
    "initializer_range": 0.125,
}
BATCH = {"gollie": 16, "uniner": 32, "chat": 16}  # its answers hold a third as much to learn from
STEPS = 1500
# of weights and texts; with 0, GoLLIE's form got no further than F1 0.5
SEEDS: dict[Form, int] = {"gollie": 1, "uniner": 0, "chat": 0}
WARM_UP, COOL_DOWN = 50, 0.5  # steps; part of all steps


def tokenizer_for(form: Form) -> Any:
    """One with a piece for each syllable and each other word of the prompts."""
    # never behind a blank: a name's first syllable is then the same piece in text and answer
    starts = [f"\n{each}" for syllable in SYLLABLES for each in (syllable, syllable.capitalize())]
    ends = [f"\n{each}" for each in (*ENDINGS["Drug"], *ENDINGS["Town"], DOUBTFUL_ENDING)]
    known = [lead + name for kind in KNOWN.values() for name in kind for lead in ("\n", " ")]
    clauses = [
        f"{each}. {each}.".format("London", "London") for kind in CLAUSES.values() for each in kind
    ]
    sample = Document("London", tuple(gold_span("London", 0, 6, label) for label in SCHEMA.labels))
    plain: Form = "uniner" if form == "uniner" else "gollie"
    scaffold = ["".join(asked(plain, schema, sample, None)) for schema in schemas(form)]
    if form == "chat":
        scaffold += [turn["content"] for s in schemas(form) for turn in chat.messages(s, "London")]
        scaffold += ["system\n", "user\n", "assistant\n"]
    # syllables and indents first, so that no other piece lies across two of them
    corpus = [*starts, *ends, "\n    "] * 2000 + (known + clauses + scaffold) * 10
    if form == "chat":
        return tiny_tokenizers.byte_level(corpus, size=2000, chat="chatml")
    like = "CodeLlamaTokenizer" if form == "gollie" else "LlamaTokenizer"
    return tiny_tokenizers.sentencepiece(corpus, size=2000, like=like)


def untrained(form: Form, *, seed: int = 0) -> tuple[Any, Any]:
    """A model and its tokenizer: Llama, and Qwen2 for the chat."""
    tokenizer = tokenizer_for(form)
    name = "Qwen2" if form == "chat" else "Llama"
    return tiny_models.model(name, SHAPE, tokenizer, seed=seed), tokenizer


def train(
    form: Form,
    *,
    steps: int = STEPS,
    seed: int | None = None,
    said: Callable[[int, float], object] | None = None,
) -> tuple[Any, Any]:
    """Teach a model the task.  The same arguments give the same weights, on one machine.

    Args:
        form: the prompts it is to answer.
        steps: batches of so many texts as BATCH says.
        seed: of weights and texts; ``None`` for that of SEEDS.
        said: called with the step and the loss, now and then.
    """
    seed = SEEDS[form] if seed is None else seed
    model, tokenizer = untrained(form, seed=seed)
    inner = {id(p): p for p in model.model.layers.parameters() if p.ndim == 2}
    outer = [p for p in model.parameters() if id(p) not in inner]
    optimizers = [
        torch.optim.AdamW(outer, lr=8e-3, betas=(0.9, 0.98), weight_decay=0.01),
        # half as many steps as AdamW alone
        torch.optim.Muon([*inner.values()], lr=4e-3, adjust_lr_fn="match_rms_adamw"),
    ]
    schedules = [
        torch.optim.lr_scheduler.LambdaLR(o, lambda at: rate(at, steps)) for o in optimizers
    ]
    for step, batch in zip(range(steps), batches(form, tokenizer, seed=seed), strict=False):
        loss = loss_of(model, *batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for each in (*optimizers, *schedules):
            each.step()
        model.zero_grad()
        if said and step % 50 == 0:
            said(step, loss.item())
    return model.eval(), tokenizer


def rate(step: int, steps: int) -> float:
    """The part of the learning rate: up, level, down to nothing."""
    left = (steps - step) / (steps * COOL_DOWN)
    return min((step + 1) / WARM_UP, 1.0, 0.5 - 0.5 * math.cos(math.pi * min(left, 1.0)))


def batches(form: Form, tokenizer: Any, *, seed: int) -> Iterator[tuple[Any, Any, Any]]:
    """Endless batches: what all prompts begin with (P,), what follows (B, T), the targets (B, T).

    Only answers and what ends them are targets, the rest is -100.
    """
    rng = random.Random(f"{form} {seed}")  # noqa: S311  # repeatable, not secret
    for number in itertools.count():
        made = f"{form} {seed} {number}"
        documents = texts(BATCH[form], seed=made, known=0.15, doubtful=0.1, training=True)
        schema = rng.choice([SCHEMA, SCHEMA, _some(rng)])
        rows = [
            _row(form, _one(rng, document) if form == "uniner" else schema, document, tokenizer)
            for document in documents
        ]
        first = rows[0][0]
        shared = min(_shared(first, row[: start - 1]) for row, start in rows)
        longest = max(len(row) for row, _ in rows) - shared
        following = torch.zeros(len(rows), longest, dtype=torch.long)
        targets = torch.full((len(rows), longest), -100)
        for at, (row, start) in enumerate(rows):
            following[at, : len(row) - shared] = torch.tensor(row[shared:])
            targets[at, start - shared : len(row) - shared] = torch.tensor(row[start:])
        yield torch.tensor(first[:shared]), following, targets


def _some(rng: random.Random) -> Schema:
    """One, two or three of the types, in any order."""
    return Schema(tuple(rng.sample(SCHEMA.types, rng.choice((1, 2, 3)))))


def _one(rng: random.Random, document: Document) -> Schema:
    """A type that the text names, mostly: there is little to learn from an empty answer."""
    named = [span.label for span in document.spans if rng.random() < 0.8]
    return Schema((SCHEMA[rng.choice(named or SCHEMA.labels)],))


def _row(form: Form, schema: Schema, document: Document, tokenizer: Any) -> tuple[list[int], int]:
    """Prompt and answer in tokens, and where the answer begins."""
    prompt, answer = asked(form, schema, document, tokenizer)
    start = len(ids(form, tokenizer, prompt))
    return [*ids(form, tokenizer, prompt + answer), tokenizer.eos_token_id], start


def _shared(one: list[int], other: list[int]) -> int:
    differing = (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1])
    return next(differing, min(len(one), len(other)))


def loss_of(model: Any, shared: Any, following: Any, targets: Any) -> Any:
    """Cross-entropy of the targets.  What all prompts share is read once."""
    cache = transformers.DynamicCache(config=model.config)
    model.model(input_ids=shared[None], past_key_values=cache)
    cache.batch_repeat_interleave(len(following))
    places = torch.arange(len(shared), len(shared) + following.shape[1])[None]
    states = model.model(
        input_ids=following, past_key_values=cache, position_ids=places
    ).last_hidden_state  # (B, T, D)
    wanted = targets[:, 1:] != -100
    logits = model.lm_head(states[:, :-1][wanted])
    return torch.nn.functional.cross_entropy(logits, targets[:, 1:][wanted])


def _told(*what: object) -> None:
    print(*what, flush=True)  # noqa: T201  # a script


def main() -> None:
    """Train; print what came of it; with --write keep it for the tests."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--form", choices=FORMS, action="append")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for form in options.form or FORMS:
        before = time.process_time()
        model, tokenizer = train(form, steps=options.steps, said=_told)
        took = time.process_time() - before
        if options.write:
            model.half().save_pretrained(tiny_models.toy(form))
            tokenizer.save_pretrained(tiny_models.toy(form))
            model.float()
        size = sum(each.numel() for each in model.parameters())
        right = f1(model, tokenizer, form, texts(200, seed=1))
        _told(f"{form}: {size:,} parameters, {took:.0f} s of one core, F1 {right:.3f}")


if __name__ == "__main__":
    main()
