"""Annotated texts → questions with their answers: one schema and a few texts at a time.

A model that always sees the same classes in the same order learns these classes.  One that sees
them shuffled, some left out, some under names that say nothing, learns to read guidelines
(Sainz et al., arXiv:2310.03668).

Here: which texts, types and wordings.  Not here: where texts come from (``training.sources``),
prompts and tokens (``tokens``).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from schema_ner.encoder.wording import first_sentence
from schema_ner.errors import InputError, SchemaError
from schema_ner.mentions import Mention
from schema_ner.schema import EntityType, Schema, identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schema_ner.instructions import Record
    from schema_ner.training.lora.recipe import Recipe
    from schema_ner.training.sources import Row, Source

TEXTS = 12  # of one draw: more under one schema save more, and show fewer schemas
MOST_TYPES = (3, 5, 8, 12)  # of one prompt that have mentions; one of these at random
MOST_OWN = 24  # of a user's own types
_FRUITLESS = 10_000  # draws
EMPTY_KEPT = 0.3  # of a data set's texts without a mention: most of them teach the same


@dataclass(frozen=True, slots=True)
class Question:
    """One text, the schema it is asked for, and what is right."""

    schema: Schema
    text: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Conversations:
    """Instruction data: conversations that are learnt as they are."""

    name: str
    rows: tuple[Record, ...]
    kind: Literal["own"] = "own"


@dataclass(frozen=True, slots=True)
class Draw:
    """Questions under one schema, or conversations.

    Attributes:
        source: number of the source.
        questions: one at least.
        rows: for each question, how many texts of the source were dealt up to it.
    """

    source: int
    questions: tuple[Question | Record, ...]
    rows: tuple[int, ...]


class Drawer:
    """Deals the texts of sources; all of a source are dealt before one of them comes again.

    The same seed deals the same, and a run goes on where its ``state`` says.

    Args:
        sources: what to learn from; those without a text are passed over.
        recipe: how schemas are varied.
    """

    def __init__(self, sources: Sequence[Source | Conversations], recipe: Recipe) -> None:
        self._recipe = recipe
        self._sources = [source for source in sources if source.rows]
        self._weights = _weights(self._sources, recipe.pack_share)
        self._drawn = 0
        self._dealt = [0] * len(self._sources)

    def __len__(self) -> int:
        """How many texts there are."""
        return sum(len(source.rows) for source in self._sources)

    def state_dict(self) -> list[int]:
        """Where the dealing is: draws, and texts dealt of each source."""
        return [self._drawn, *self._dealt]

    def load_state_dict(self, state: list[int]) -> None:
        """Deal on from there."""
        self._drawn, *self._dealt = state

    def draw(self) -> Draw:
        """The next texts of a source that is drawn at random.

        Raises:
            InputError: none of many draws had anything to ask.
        """
        for _ in range(_FRUITLESS):
            rng = random.Random(f"{self._recipe.seed} {self._drawn}")  # noqa: S311  # repeatable
            self._drawn += 1
            (number,) = rng.choices(range(len(self._sources)), self._weights)
            asked = self._asked(number, rng)
            dealt = min(TEXTS, len(self._sources[number].rows))
            self._dealt[number] += dealt
            if asked:
                places = tuple(at + 1 for at, _ in asked)
                return Draw(number, tuple(question for _, question in asked), places)
        raise InputError("there is nothing to ask of these texts: no type is annotated in them")

    def _asked(self, number: int, rng: random.Random) -> list[tuple[int, Question | Record]]:
        """What is asked of the next texts of a source, with the place of each among them."""
        source = self._sources[number]
        places = self._next(number)
        if isinstance(source, Conversations):
            return [(at, source.rows[place]) for at, place in enumerate(places)]
        rows = [source.rows[place] for place in places]
        kept = [
            at
            for at, row in enumerate(rows)
            if row.spans or source.kind != "set" or rng.random() < EMPTY_KEPT
        ]
        found = questions(source, [rows[at] for at in kept], self._recipe, rng)
        return [(kept[at], question) for at, question in found]

    def took(self, draw: Draw, count: int) -> None:
        """Only the first ``count`` questions were used: the others are dealt again."""
        if count < len(draw.questions):
            dealt = min(TEXTS, len(self._sources[draw.source].rows))
            self._dealt[draw.source] -= dealt - (draw.rows[count - 1] if count else 0)

    def _next(self, number: int) -> list[int]:
        """Which texts of a source come next."""
        count, begin = len(self._sources[number].rows), self._dealt[number]
        dealt = []
        for at in range(begin, begin + min(TEXTS, count)):
            again, place = divmod(at, count)
            dealt.append(_order(f"{self._recipe.seed} {number} {again}", count)[place])
        return dealt


@lru_cache(maxsize=512)
def _order(seed: str, count: int) -> list[int]:
    order = list(range(count))
    random.Random(seed).shuffle(order)  # noqa: S311  # repeatable
    return order


def _weights(sources: Sequence[Source | Conversations], pack_share: float) -> list[float]:
    """How often each is drawn: packs alike, sets by the root of their size, own data by size."""
    plain = [
        1.0
        if source.kind == "pack"
        else (min(len(source.rows), 4000) ** 0.5 if source.kind == "set" else len(source.rows))
        for source in sources
    ]
    packs = [source.kind == "pack" for source in sources]
    if all(packs) or not any(packs):
        return plain
    in_packs = sum(weight for weight, pack in zip(plain, packs, strict=True) if pack)
    in_sets = sum(plain) - in_packs
    return [
        pack_share * weight / in_packs if pack else (1 - pack_share) * weight / in_sets
        for weight, pack in zip(plain, packs, strict=True)
    ]


# --- questions


def questions(
    source: Source, rows: Sequence[Row], recipe: Recipe, rng: random.Random
) -> list[tuple[int, Question]]:
    """A question for each text that is annotated with all types of one schema, with its place."""
    labels = _labels(source, rows, recipe, rng)
    named = _named(source, labels, recipe, rng)
    if not named:
        return []
    schema = Schema(tuple(named.values()))
    wanted = named.keys()
    return [
        (at, Question(schema, row.text, _mentions(row, named)))
        for at, row in enumerate(rows)
        if row.asked is None or wanted <= row.asked
    ]


def _labels(source: Source, rows: Sequence[Row], recipe: Recipe, rng: random.Random) -> list[str]:
    """The types to ask for: those with mentions and a few without, some dropped, shuffled."""
    if not rows:
        return []
    known = set(source.meanings)
    for row in rows[:1]:  # of a source annotated in parts, those of its first text
        known &= known if row.asked is None else row.asked
    if source.kind == "own":  # asked for as in use: all at once, or as many as a prompt may hold
        chosen = [x for x in sorted(known) if rng.random() >= recipe.class_dropout] or sorted(known)
        rng.shuffle(chosen)
        return chosen[:MOST_OWN]
    present = sorted({span.label for row in rows for span in row.spans} & known)
    kept = [label for label in present if rng.random() >= recipe.class_dropout]
    absent = sorted(known - set(present))
    rng.shuffle(kept)
    rng.shuffle(absent)
    chosen = kept[: rng.choice(MOST_TYPES)] + absent[: rng.randint(0, recipe.negatives)]
    chosen = chosen or present[:1] or absent[:1]
    rng.shuffle(chosen)
    return chosen


def _mentions(row: Row, named: dict[str, EntityType]) -> tuple[Mention, ...]:
    spans = sorted(row.spans, key=lambda span: (span.start, span.end))
    return tuple(
        Mention(text, named[span.label].label)
        for span in spans
        if span.label in named and (text := row.text[span.start : span.end].strip())
    )


# --- wordings


def _named(
    source: Source, labels: Sequence[str], recipe: Recipe, rng: random.Random
) -> dict[str, EntityType]:
    """Label → type as this prompt has it."""
    meanings = [source.meanings[label] for label in labels]
    style = rng.choices(_STYLES, (70, 15, 15))[0]
    told = rng.choices(_TOLD, (70, 30))[0]
    bare = rng.random() < recipe.without
    if rng.random() < recipe.masked and all(meaning.guideline for meaning in meanings):
        numbers = rng.sample(range(1, len(meanings) + 1), len(meanings))
        names = [f"LABEL_{number}" for number in numbers]
    else:
        # a user's own types are learnt as they will be asked for
        names = [meaning.class_name or style(meaning.name) for meaning in meanings]
        told = _nothing if bare else told
    if source.kind == "own":
        told = _whole
    found: dict[str, EntityType] = {}
    for label, meaning, name in zip(labels, meanings, names, strict=True):
        count = rng.randint(0, min(recipe.examples, len(meaning.examples)))
        examples = tuple(rng.sample(meaning.examples, count))
        try:
            entity_type = EntityType(name, told(meaning.guideline), examples, class_name=name)
            Schema((*found.values(), entity_type))
        except SchemaError:  # a keyword, or two types that read alike: one of them is enough
            continue
        found[label] = entity_type
    return found


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name.replace("_", " ")) or [identifier(name)]


def _camel(name: str) -> str:
    return identifier("".join(word[:1].upper() + word[1:] for word in _words(name)))


def _upper(name: str) -> str:
    return identifier("_".join(_words(name)).upper())


def _lower(name: str) -> str:
    return identifier("_".join(_words(name)).lower())


def _whole(guideline: str) -> str:
    return guideline


def _nothing(guideline: str) -> str:
    del guideline
    return ""


_STYLES: tuple[Callable[[str], str], ...] = (_camel, _upper, _lower)
_TOLD: tuple[Callable[[str], str], ...] = (_whole, first_sentence)
