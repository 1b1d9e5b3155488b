"""A toy task, and language models that learn it in minutes: three types in short English texts.

    Dr Fule told Mr Bogo to take kudozol. Kefuton is a small town.

Medicines end in -zol or -mine, towns in -ton or -ville, people follow a title; all are made of
random syllables, so that a model has to copy them and cannot know them.  What ends in -zan is a
medicine in DOUBTFUL of all cases: nothing in the text says in which.

    texts(20, seed=1)                  # Documents with gold spans; EVEN seeds are for training
    folder = tiny_models.toy("gollie")  # what `python tests/toy_training.py --write` has written

Here: texts, prompts with answers, training.  Not here: tokenizers and random models.
"""

from __future__ import annotations

import math
import random
import sys
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tiny_models
import tiny_tokenizers

from schema_ner import Entity, prompts
from schema_ner.declarations import schema_from
from schema_ner.mentions import Mention
from schema_ner.schema import Schema
from schema_ner.spans import Document, gold_span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiny_models import Form

torch = tiny_models.torch
transformers = tiny_models.transformers


class Drug(Entity):
    """Names of medicines."""


class Person(Entity):
    """Names of people, without titles."""


class Town(Entity):
    """Names of towns."""


SCHEMA = schema_from([Drug, Person, Town])
DOUBTFUL = 0.7

# --- texts

SYLLABLES = [consonant + vowel for consonant in "bdfgkl" for vowel in "aeiou"]
ENDINGS = ("zol", "mine", "zan", "ton", "ville")  # of other syllables than the ones before them
CLAUSES = {
    "Drug": ["{} was given daily", "she took {} again", "they stopped {}", "he needs {} now"],
    "Person": ["Dr {} came home", "we saw Mr {}", "Mrs {} called", "Dr {} wrote to us"],
    "Town": ["the train to {} was late", "it rained in {}", "{} is a town", "she moved to {}"],
    "": ["the night was calm", "nobody knew why", "all is well", "the tea was cold"],
}
NOTHING = 0.15  # clauses that name nothing


def texts(count: int, *, seed: int, doubtful: float = 0.0) -> list[Document]:
    """Random texts of one to three clauses, each with its gold spans.

    Args:
        count: how many.
        seed: even for training, odd for measuring.
        doubtful: the part of medicines that end in -zan.
    """
    draw = _Texts(random.Random(seed), doubtful)
    return [draw.document() for _ in range(count)]


class _Texts:
    def __init__(self, rng: random.Random, doubtful: float) -> None:
        self.rng, self.doubtful = rng, doubtful

    def document(self) -> Document:
        # no syllable twice in a text: what follows it is then never in doubt
        self.syllables = self.rng.sample(SYLLABLES, len(SYLLABLES))
        text, spans = "", []
        for _ in range(self.rng.choice((1, 2, 2, 3, 3))):
            label = "" if self.rng.random() < NOTHING else self.rng.choice(SCHEMA.labels)
            before, _, behind = self.rng.choice(CLAUSES[label]).partition("{}")
            text += f"{' ' if text else ''}{before}"
            name, is_one = self.name(label)
            if is_one:
                spans.append((len(text), len(text) + len(name), label))
            text += f"{name}{behind}."
        return Document(text, tuple(gold_span(text, *span) for span in spans))

    def name(self, label: str) -> tuple[str, bool]:
        """An invented name of that type, and whether it counts."""
        if label == "Person":
            names = (self.stem(2).capitalize() for _ in range(self.rng.choice((1, 1, 2))))
            return " ".join(names), True
        if label == "Town":
            return self.stem(self.rng.choice((1, 2))).capitalize() + self.rng.choice(
                ("ton", "ville")
            ), True
        if label == "Drug":
            stem = self.stem(self.rng.choice((1, 2)))
            if self.rng.random() < self.doubtful:
                return f"{stem}zan", self.rng.random() < DOUBTFUL
            return stem + self.rng.choice(("zol", "mine")), True
        return "", False

    def stem(self, count: int) -> str:
        return "".join(self.syllables.pop() for _ in range(count))


# --- prompts with answers


@dataclass(frozen=True)
class Asked:
    """One prompt, the types it asks for, and the right answer to it."""

    prompt: str
    schema: Schema
    answer: str


def asked(form: Form, schema: Schema, document: Document, tokenizer: Any) -> Asked:
    """The library's own prompt in that form, and its answer as the engine accepts it.

    UniversalNER is asked for one type: the schema's first.
    """
    if form == "uniner":
        schema = Schema(schema.types[:1])
    kept = [span for span in document.spans if span.label in schema.labels]
    if form == "uniner":
        question = prompts.uniner.question(schema.types[0])
        prompt = prompts.uniner.render(document.text, question)
        return Asked(prompt, schema, prompts.uniner.answer([span.text for span in kept]))
    answer = prompts.gollie.answer(schema, [Mention(span.text, span.label) for span in kept])
    if form == "gollie":
        return Asked(prompts.gollie.render(schema, document.text), schema, answer)
    turns = prompts.chat.messages(schema, document.text)
    prompt = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    return Asked(prompt, schema, answer.lstrip())


def tokens(tokenizer: Any, form: Form, text: str) -> list[int]:
    """A prompt as the model takes it: a template writes the begin of text itself."""
    return tokenizer(text, add_special_tokens=form != "chat")["input_ids"]


def tokenizer_for(form: Form) -> Any:
    """One that knows each syllable as a piece, and the words of prompts: GoLLIE's own class of
    tokenizers for its form, UniversalNER's for its form, Qwen's for the chat."""
    names = [f"{blank}{written}" for blank in ("", " ") for part in (*SYLLABLES, *ENDINGS)
             for written in (part, part.capitalize())]
    clauses = [clause.format("X") + "." for label in CLAUSES for clause in CLAUSES[label]]
    schemas = [SCHEMA, *(Schema((each,)) for each in SCHEMA)]
    spans = [gold_span("X", 0, 1, label) for label in SCHEMA.labels]
    examples = [asked("gollie" if form == "chat" else form, schema, Document("X", tuple(spans)), None) for schema in schemas]
    words = [f"{each.prompt}{each.answer}" for each in examples]
    words += [turn["content"] for schema in schemas for turn in prompts.chat.messages(schema, "X") if form == "chat"]
    words += ["assistant\nuser\nsystem\n"]
    corpus = names * 1000 + (clauses + words) * 4
    if form == "chat":
        return tiny_tokenizers.byte_level(corpus, size=2000, chat="chatml")
    like = {"gollie": "CodeLlamaTokenizer", "uniner": "LlamaTokenizer"}[form]
    return tiny_tokenizers.sentencepiece(corpus, size=2000, like=like)
