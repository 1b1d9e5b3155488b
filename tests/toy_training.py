"""A toy task, and language models that learn it in minutes: three types in short English texts.

    Dr Fule came home. she took kudozol again. the train to Port Kefuton was late.

Medicines end in -zol or -mine, towns in -ton or -ville and may be ports, people follow a title.
Their names are made of random syllables, so that a model has to copy them and cannot know them;
a few real ones (KNOWN) it can.  What ends in -zan is a medicine in DOUBTFUL of all cases, and
nothing in the text says in which: a model that has learnt the task is as unsure of it.

    python tests/toy_training.py --write          # trains all three, writes tests/data/toy-llm
    python tests/toy_training.py --form gollie    # trains one, prints its F1
    toy_training.texts(20, seed=1)                # Documents with gold spans

Here: texts, prompts with their answers, training.  Not here: architectures, tokenizers and where
the models lie (``tiny_models``).
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import tiny_models
import tiny_tokenizers

from schema_ner import Entity, parsing
from schema_ner.declarations import schema_from
from schema_ner.mentions import Mention
from schema_ner.parsing import uniner as uniner_parsing
from schema_ner.prompts import chat, gollie, uniner
from schema_ner.schema import Schema
from schema_ner.spans import Document, gold_span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tiny_models import Form

torch = tiny_models.torch
transformers = tiny_models.transformers

FORMS: tuple[Form, ...] = ("gollie", "uniner", "chat")


class Drug(Entity):
    """Names of medicines."""


class Person(Entity):
    """Names of people, without titles."""


class Town(Entity):
    """Names of towns."""


SCHEMA = schema_from([Drug, Person, Town])

# --- texts

SYLLABLES = [consonant + vowel for consonant in "bdfgkl" for vowel in "aeiou"]
CLAUSES = {
    "Drug": ["{} was given daily", "she took {} again", "they stopped {}", "he needs {} now"],
    "Person": ["Dr {} came home", "we saw Mr {}", "Mrs {} called", "Dr {} wrote to us"],
    "Town": ["the train to {} was late", "it rained in {}", "{} is a town", "she moved to {}"],
    "": ["the night was calm", "nobody knew why", "all is well", "the tea was cold"],
}
KNOWN = {
    "Drug": ["aspirin", "Humira", "insulin", "quinine", "ibuprofen"],
    "Person": ["Ada Lovelace", "Charles Babbage", "Alan Turing", "Grace Hopper"],
    "Town": ["London", "New York", "Paris"],
}
DOUBTFUL = 0.7


def texts(
    count: int, *, seed: int | str, known: float = 0.0, doubtful: float = 0.0
) -> list[Document]:
    """Random texts of one to three clauses, each with its gold spans, never twice the same name.

    Args:
        count: how many.
        seed: training takes strings, so any number gives texts that no toy model has seen.
        known: the part of names that are real.
        doubtful: the part of medicines that end in -zan.
    """
    writer = _Writer(random.Random(seed), known, doubtful)
    return [writer.document() for _ in range(count)]


class _Writer:
    def __init__(self, rng: random.Random, known: float, doubtful: float) -> None:
        self.rng, self.known, self.doubtful = rng, known, doubtful

    def document(self) -> Document:
        rng = self.rng
        # no syllable twice in a text: what follows one is never in doubt
        self.syllables = rng.sample(SYLLABLES, len(SYLLABLES))
        unused = rng.sample(SCHEMA.labels, len(SCHEMA))
        text, spans = "", []
        for _ in range(rng.choice((1, 2, 2, 3, 3))):
            label = rng.choice(SCHEMA.labels) if rng.random() < 0.25 else unused.pop()
            label = "" if rng.random() < 0.15 else label
            before, _, behind = rng.choice(CLAUSES[label]).partition("{}")
            text += f" {before}" if text else before
            name, counts = self.name(label)
            if counts:
                spans.append((len(text), len(text) + len(name), label))
            text += f"{name}{behind}."
        return Document(text, tuple(gold_span(text, *span) for span in spans))

    def name(self, label: str) -> tuple[str, bool]:
        """A name of that type, and whether it is one."""
        rng = self.rng
        if label and rng.random() < self.known:
            return rng.choice(KNOWN[label]), True
        stem = "".join(self.syllables.pop() for _ in range(rng.choice((1, 2))))
        match label:
            case "Drug" if rng.random() < self.doubtful:
                return f"{stem}zan", rng.random() < DOUBTFUL
            case "Drug":
                return stem + rng.choice(("zol", "mine")), True
            case "Person":
                return f"{stem}{self.syllables.pop()}".capitalize(), True
            case "Town":
                port, end = rng.choice(("", "", "Port ")), rng.choice(("ton", "ville"))
                return f"{port}{stem.capitalize()}{end}", True
        return "", False


# --- prompts and answers


def asked(form: Form, schema: Schema, document: Document, tokenizer: Any) -> tuple[str, str]:
    """The library's prompt in that form, and the right answer as its grammar has it.

    UniversalNER is asked for the first type of the schema.
    """
    kept = [span for span in document.spans if span.label in schema.labels]
    if form == "uniner":
        first = schema.types[0]
        prompt = uniner.render(document.text, uniner.question(first))
        return prompt, uniner.answer([span.text for span in kept if span.label == first.label])
    answer = gollie.answer(schema, [Mention(span.text, span.label) for span in kept])
    if form == "gollie":
        return gollie.render(schema, document.text), answer
    turns = chat.messages(schema, document.text)
    prompt = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    return prompt, answer.lstrip()


def mentions(form: Form, schema: Schema, answer: str) -> Sequence[Mention]:
    """What an answer says, read by the library's own parser."""
    if form == "uniner":
        return uniner_parsing.parse(answer, schema.types[0].label).mentions
    return parsing.parse(answer, schema).mentions


def ids(form: Form, tokenizer: Any, text: str) -> list[int]:
    """Tokens; a chat template writes what begins a text itself."""
    found: list[int] = tokenizer(text, add_special_tokens=form != "chat")["input_ids"]
    return found


def schemas(form: Form) -> list[Schema]:
    """What is asked for at once: the three types, or one."""
    single = [Schema((each,)) for each in SCHEMA]
    return single if form == "uniner" else [SCHEMA, *single]


def tokenizer_for(form: Form) -> Any:
    """One with a piece for each syllable and each other word of the prompts."""
    endings = ["zol", "mine", "zan", "ton", "ville"]
    small = [*SYLLABLES, *endings]
    names = [blank + part for word in small for part in (word, word.capitalize()) for blank in ("", " ")]
    known = [blank + name for kind in KNOWN.values() for name in kind for blank in ("", " ")]
    clauses = [clause.format("X") + "." for kind in CLAUSES.values() for clause in kind]
    sample = Document("X", tuple(gold_span("X", 0, 1, label) for label in SCHEMA.labels))
    plain: Form = "uniner" if form == "uniner" else "gollie"
    scaffold = ["".join(asked(plain, schema, sample, None)) for schema in schemas(form)]
    if form == "chat":
        scaffold += [turn["content"] for s in schemas(form) for turn in chat.messages(s, "X")]
        scaffold += ["system\n", "user\n", "assistant\n"]
    # syllables first, so that no other piece lies across two of them
    corpus = names * 2000 + (known + [*clauses, "Port", " Port", *scaffold] * 2) * 20
    if form == "chat":
        return tiny_tokenizers.byte_level(corpus, size=2000, chat="chatml")
    like = "CodeLlamaTokenizer" if form == "gollie" else "LlamaTokenizer"
    return tiny_tokenizers.sentencepiece(corpus, size=2000, like=like)


# --- training

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
BATCH = 16
STEPS = 1500
WARM_UP, COOL_DOWN = 50, 0.5  # steps; part of all steps


def untrained(form: Form, *, seed: int = 0) -> tuple[Any, Any]:
    """A model and its tokenizer: Llama, and Qwen2 for the chat."""
    tokenizer = tokenizer_for(form)
    name = "Qwen2" if form == "chat" else "Llama"
    return tiny_models.model(name, SHAPE, tokenizer, seed=seed), tokenizer


def train(form: Form, *, steps: int = STEPS, seed: int = 0, said: Any = None) -> tuple[Any, Any]:
    """Teach a model the task.  The same arguments give the same weights, on one machine.

    Args:
        form: the prompts it is to answer.
        steps: batches of BATCH texts.
        seed: of weights and texts.
        said: called with the step and the loss, now and then.
    """
    model, tokenizer = untrained(form, seed=seed)
    inner = {id(p): p for p in model.model.layers.parameters() if p.ndim == 2}  # noqa: PLR2004
    outer = [p for p in model.parameters() if id(p) not in inner]
    optimizers = [
        torch.optim.AdamW(outer, lr=8e-3, betas=(0.9, 0.98), weight_decay=0.01),
        # half as many steps as AdamW alone
        torch.optim.Muon([*inner.values()], lr=4e-3, adjust_lr_fn="match_rms_adamw"),
    ]
    schedules = [torch.optim.lr_scheduler.LambdaLR(o, lambda at: rate(at, steps)) for o in optimizers]
    for step, batch in zip(range(steps), batches(form, tokenizer, seed=seed)):
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
    rng = random.Random(f"{form} {seed}")
    for number in range(sys.maxsize):
        documents = texts(BATCH, seed=f"{form} {seed} {number}", known=0.15, doubtful=0.1)
        one = rng.choice([SCHEMA, SCHEMA, _some(rng)])
        rows = [_row(form, _some(rng) if form == "uniner" else one, document, tokenizer) for document in documents]
        shared = min(_shared(rows[0][0], row) for row, _ in rows)
        shared = min(shared, *(start - 1 for _, start in rows))
        longest = max(len(row) for row, _ in rows) - shared
        following = torch.zeros(len(rows), longest, dtype=torch.long)
        targets = torch.full((len(rows), longest), -100)
        for at, (row, start) in enumerate(rows):
            following[at, : len(row) - shared] = torch.tensor(row[shared:])
            targets[at, start - shared : len(row) - shared] = torch.tensor(row[start:])
        yield torch.tensor(rows[0][0][:shared]), following, targets


def _some(rng: random.Random) -> Schema:
    """One or two or three of the types, in any order."""
    return Schema(tuple(rng.sample(SCHEMA.types, rng.choice((1, 2, 3)))))


def _row(form: Form, schema: Schema, document: Document, tokenizer: Any) -> tuple[list[int], int]:
    """Prompt and answer in tokens, and where the answer begins."""
    prompt, answer = asked(form, schema, document, tokenizer)
    start = len(ids(form, tokenizer, prompt))
    return [*ids(form, tokenizer, prompt + answer), tokenizer.eos_token_id], start


def _shared(one: list[int], other: list[int]) -> int:
    differing = (at for at, pair in enumerate(zip(one, other)) if pair[0] != pair[1])
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


# --- measuring


def answers(
    model: Any, tokenizer: Any, form: Form, schema: Schema, documents: Sequence[Document]
) -> list[str]:
    """What the model says by itself: greedy, nothing forbidden, all documents in one batch."""
    prompts = [ids(form, tokenizer, asked(form, schema, d, tokenizer)[0]) for d in documents]
    longest = max(map(len, prompts))
    end = tokenizer.eos_token_id
    padded = torch.tensor([[end] * (longest - len(prompt)) + prompt for prompt in prompts])
    told = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    written = model.generate(
        input_ids=padded, attention_mask=told, max_new_tokens=80, do_sample=False, pad_token_id=end
    )
    return tokenizer.batch_decode(written[:, longest:], skip_special_tokens=True)


def f1(model: Any, tokenizer: Any, form: Form, documents: Sequence[Document]) -> float:
    """Strict micro F1 of what the model says by itself, over all that the form can be asked."""
    right = found = gold = 0
    for schema in schemas(form) if form == "uniner" else [SCHEMA]:
        said = answers(model, tokenizer, form, schema, documents)
        for document, answer in zip(documents, said, strict=True):
            got = Counter((each.label, each.text) for each in mentions(form, schema, answer))
            kept = [span for span in document.spans if span.label in schema.labels]
            wanted = Counter((span.label, span.text) for span in kept)
            right += (got & wanted).total()
            found += got.total()
            gold += wanted.total()
    return 2 * right / (found + gold)


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
        model, tokenizer = train(form, steps=options.steps, said=lambda *at: print(*at, flush=True))
        took = time.process_time() - before
        if options.write:
            model.half().save_pretrained(tiny_models.toy(form))
            tokenizer.save_pretrained(tiny_models.toy(form))
            model.float()
        size = sum(each.numel() for each in model.parameters())
        told = f1(model, tokenizer, form, texts(200, seed=1))
        print(f"{form}: {size:,} parameters, {took:.0f} s of one core, F1 {told:.3f}")


if __name__ == "__main__":
    main()
