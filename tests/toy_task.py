"""A toy task that a tiny language model learns in minutes: three types in short English texts.

    Dr Kuqe came home. she took zaxomol again. the train to Port Jekiton was late.

Medicines end in -mol or -dine, towns in -ton or -ville and may be ports, people follow a title.
Their names are made of random syllables, and those that tests read hold two syllables that never
stood side by side in training, so that a model has to copy names and cannot know them; a few real
ones (KNOWN) it can.  What ends in -dan is a medicine in DOUBTFUL of all training texts, and nothing
says in which.  The toy models are surer of it than that: it has a probability of 0.83 in GoLLIE's
form and 0.98 in the others.

    toy_task.texts(20, seed=1)                # Documents with gold spans
    toy_task.texts(20, seed=1, doubtful=1.0)  # each medicine ends in -dan

Here: types, texts, prompts with their answers, and how much of them a model gets right by itself.
Not here: models that know the task (``tiny_models.toy``), teaching it (``toy_training``).
"""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Any

import tiny_models

from schema_ner import Entity, parsing
from schema_ner.declarations import schema_from
from schema_ner.mentions import Mention
from schema_ner.parsing import uniner as uniner_parsing
from schema_ner.prompts import chat, gollie, uniner
from schema_ner.schema import Schema
from schema_ner.spans import Document, gold_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiny_models import Form


class Drug(Entity):
    """Names of medicines."""


class Person(Entity):
    """Names of people, without titles."""


class Town(Entity):
    """Names of towns."""


SCHEMA = schema_from([Drug, Person, Town])

# --- texts

# no other word here begins with one of them: they are whole pieces of every tokenizer
SYLLABLES = [consonant + vowel for consonant in "jkqxyz" for vowel in "aeiou"]
ENDINGS = {"Drug": ("mol", "dine"), "Town": ("ton", "ville")}
_PAIRS = list(permutations(SYLLABLES, 2))
KEPT_BACK = set(random.Random(0).sample(_PAIRS, len(_PAIRS) // 10))  # noqa: S311  # repeatable
CLAUSES = {
    "Drug": ["{} was given daily", "she took {} again", "they stopped {}", "he needs {} now"],
    "Person": ["Dr {} came home", "we saw Mr {}", "Mrs {} called", "Dr {} wrote to us"],
    "Town": ["the train to {} was late", "it rained in {}", "{} is a town", "she moved to {}"],
    "": ["the night was calm", "nobody knew why", "all is well", "the tea was cold"],
}
KNOWN = {
    "Drug": ["aspirin", "Humira", "insulin", "morphine", "ibuprofen"],
    "Person": ["Ada Lovelace", "Charles Babbage", "Alan Turing", "Grace Hopper"],
    "Town": ["London", "New Delhi", "Paris"],
}
DOUBTFUL, DOUBTFUL_ENDING = 0.7, "dan"


def texts(
    count: int,
    *,
    seed: int | str,
    known: float = 0.0,
    doubtful: float = 0.0,
    training: bool = False,
) -> list[Document]:
    """Random texts of one to three clauses, each with its gold spans.

    Args:
        count: how many.
        seed: the same seed gives the same texts.
        known: the part of names that are real.
        doubtful: the part of medicines that end in -dan.
        training: texts to learn from, where no pair of KEPT_BACK stands; in others each name that
            is not real holds one.
    """
    rng = random.Random(seed)  # noqa: S311  # repeatable, not secret
    return [_Writer(rng, known, doubtful, training=training).document() for _ in range(count)]


class _Writer:
    """Writes one text."""

    def __init__(
        self, rng: random.Random, known: float, doubtful: float, *, training: bool
    ) -> None:
        self.rng, self.known, self.doubtful, self.training = rng, known, doubtful, training
        # none twice in a text: what follows one is never in doubt
        self.syllables = list(SYLLABLES)

    def document(self) -> Document:
        rng = self.rng
        unused = rng.sample(SCHEMA.labels, len(SCHEMA))
        text, spans = "", []
        for _ in range(rng.choice((1, 2, 2, 3, 3))):
            label = rng.choice(SCHEMA.labels) if rng.random() < 0.25 else unused.pop()
            label = "" if rng.random() < 0.15 else label
            before, _, behind = rng.choice(CLAUSES[label]).partition("{}")
            text += f" {before}" if text else before
            name, counts = self.name(label) if label else ("", False)
            if counts:
                spans.append((len(text), len(text) + len(name), label))
            text += f"{name}{behind}."
        return Document(text, tuple(gold_span(text, *span) for span in spans))

    def name(self, label: str) -> tuple[str, bool]:
        """A name of that type, and whether it is one."""
        rng = self.rng
        if rng.random() < self.known:
            return rng.choice(KNOWN[label]), True
        if label == "Person":
            return self.stem(2, 3).capitalize(), True
        stem = self.stem(1, 2) if self.training else self.stem(2)
        if label == "Town":
            stem = rng.choice(("", "", "Port ")) + stem.capitalize()
        elif rng.random() < self.doubtful:
            return stem + DOUBTFUL_ENDING, rng.random() < DOUBTFUL
        return stem + rng.choice(ENDINGS[label]), True

    def stem(self, *lengths: int) -> str:
        """Random syllables, one of these numbers of them."""
        length = self.rng.choice(lengths)
        while True:
            self.rng.shuffle(self.syllables)
            drawn = self.syllables[:length]
            if KEPT_BACK.isdisjoint(pairwise(drawn)) == self.training:
                del self.syllables[:length]
                return "".join(drawn)


# --- prompts and answers


def schemas(form: Form) -> list[Schema]:
    """What one prompt asks for: the three types, or one of them."""
    single = [Schema((each,)) for each in SCHEMA]
    return single if form == "uniner" else [SCHEMA, *single]


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


def ids(form: Form, tokenizer: Any, text: str) -> list[int]:
    """Tokens; a chat template writes what begins a text itself."""
    found: list[int] = tokenizer(text, add_special_tokens=form != "chat")["input_ids"]
    return found


def mentions(form: Form, schema: Schema, answer: str) -> Sequence[Mention]:
    """What an answer says, read by the library's own parser."""
    if form == "uniner":
        return uniner_parsing.parse(answer, schema.types[0].label).mentions
    return parsing.parse(answer, schema).mentions


# --- measuring


def answers(
    model: Any, tokenizer: Any, form: Form, schema: Schema, documents: Sequence[Document]
) -> list[str]:
    """What the model says by itself: greedy, nothing forbidden, all documents in one batch."""
    torch, end = tiny_models.torch, tokenizer.eos_token_id
    prompts = [ids(form, tokenizer, asked(form, schema, d, tokenizer)[0]) for d in documents]
    longest = max(map(len, prompts))
    padded = torch.tensor([[end] * (longest - len(prompt)) + prompt for prompt in prompts])
    told = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    written = model.generate(
        input_ids=padded, attention_mask=told, max_new_tokens=80, do_sample=False, pad_token_id=end
    )
    said: list[str] = tokenizer.batch_decode(written[:, longest:], skip_special_tokens=True)
    return said


def f1(model: Any, tokenizer: Any, form: Form, documents: Sequence[Document]) -> float:
    """Strict micro F1 of what the model says by itself."""
    right = said = gold = 0
    for schema in schemas(form) if form == "uniner" else [SCHEMA]:
        given = answers(model, tokenizer, form, schema, documents)
        for document, answer in zip(documents, given, strict=True):
            found = Counter((each.label, each.text) for each in mentions(form, schema, answer))
            kept = [span for span in document.spans if span.label in schema.labels]
            wanted = Counter((span.label, span.text) for span in kept)
            right += (found & wanted).total()
            said += found.total()
            gold += wanted.total()
    return 2 * right / (said + gold)
