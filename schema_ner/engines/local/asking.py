"""From texts and a schema to prompts that fit the model's context.

Tokens are counted before anything is asked.  A schema whose prompt leaves no room for a text is
asked in parts, as few as will do; a text that does not fit beside it is read in overlapping
windows.  Both are said, and nothing is ever cut off.

Here: which prompts there are.  Not here: their words (``forms``), running them (``generating``).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from schema_ner.engines.windowed import Window
from schema_ner.errors import SchemaError
from schema_ner.grammar.chunks import chunks
from schema_ner.schema import EntityType, Schema
from schema_ner.windows import cover

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schema_ner.engines.local.forms import Form

_log = logging.getLogger(__name__)

# Tokens of an answer: so many for each token of the text, and for the brackets around them.
ANSWER_EACH = 2
ANSWER_MORE = 48
# An answer is given up at so many times the room that it was to need, or where the context ends.
PATIENCE = 4
# The part of a context that a schema must leave to a text and its answer, and tokens that will do.
SHARE_FOR_TEXT = 4
ENOUGH = 512
# Tokens of context on either side of a window's own part, at most; a mention longer than that can
# be cut.
MARGIN = 64
SCHEMAS_KEPT = 64
SIZES_KEPT = 4096  # UniversalNER's form asks for each type by itself
UNITS_KEPT = 100_000
PROMPTS_KEPT = 16
_SHORTEST = Schema((EntityType("x"),))


@dataclass(frozen=True, slots=True)
class Question:
    """One prompt: some types, asked about one window of a text.

    Attributes:
        window: what is read.
        text: what stands there.
        schema: the types that are asked for.
        tokens: the prompt.
        limit: the most tokens that the answer may have.
    """

    window: Window
    text: str
    schema: Schema
    tokens: tuple[int, ...]
    limit: int


class Asker:
    """Writes prompts for one model.

    Args:
        form: how the model is asked.
        context: tokens of prompt and answer together that the model can hold.
        max_new_tokens: the most tokens of an answer; ``None`` for what the text may need.
    """

    def __init__(self, form: Form, *, context: int, max_new_tokens: int | None = None) -> None:
        self._form = form
        self._context = context
        self._most = max_new_tokens
        self._parts: dict[Schema, list[Schema]] = {}
        self._tokens = lru_cache(maxsize=PROMPTS_KEPT)(form.tokens)  # measured first, asked then
        self._size = lru_cache(maxsize=SIZES_KEPT)(self._measured)
        self._cost = lru_cache(maxsize=UNITS_KEPT)(self._measured_unit)

    def questions(self, text: str, schema: Schema) -> list[Question]:
        """What to ask so that all of the text is read for all of the types; nothing of a blank one.

        Raises:
            SchemaError: one type alone is too large for the model.
        """
        if not text.strip():
            return []
        parts = self.parts(schema)
        windows = self._windows(text, parts)
        said = (window for window in windows if text[window.start : window.end].strip())
        return [self._question(text, window, part) for window in said for part in parts]

    def parts(self, schema: Schema) -> list[Schema]:
        """The types by prompt, in their order.

        Raises:
            SchemaError: one type alone is too large for the model.
        """
        if schema not in self._parts:
            if len(self._parts) >= SCHEMAS_KEPT:
                self._parts.clear()
            shares = self._form.shares(schema)
            self._parts[schema] = [part for share in shares for part in self._split(share)]
        return self._parts[schema]

    def _split(self, schema: Schema) -> Iterator[Schema]:
        """As few schemas as leave room for a text, filled from left to right."""
        room = self._context - min(self._context // SHARE_FOR_TEXT, ENOUGH)
        size = self._size(schema)
        if size <= room:
            yield schema
            return
        parts = list(self._filled(schema, room))
        said = "%d types take %d of the model's %d tokens: asked in %d parts (%s)"
        shown = "; ".join(", ".join(part.labels) for part in parts)
        _log.warning(said, len(schema), size, self._context, len(parts), shown)
        yield from parts

    def _filled(self, schema: Schema, room: int) -> Iterator[Schema]:
        types: list[EntityType] = []
        for entity_type in schema:
            longer = Schema((*types, entity_type), schema.name)
            if types and self._size(longer) > room:
                yield Schema(tuple(types), schema.name)
                types = []
            types.append(entity_type)
            if len(types) == 1 and (size := self._size(Schema((entity_type,)))) > room:
                raise SchemaError(
                    f"the type {entity_type.label!r} alone takes {size} tokens of the {room} that "
                    f"this model has for types; shorten its guideline, or give LocalLLM a larger "
                    "context= if the model was made for one"
                )
        yield Schema(tuple(types), schema.name)

    def _measured(self, schema: Schema) -> int:
        """Tokens of a prompt without a text."""
        return len(self._form.tokens(schema, ""))

    def _windows(self, text: str, parts: Sequence[Schema]) -> list[Window]:
        """One for the whole text if it fits beside the largest part."""
        largest = max(parts, key=self._size)
        whole = Window(0, len(text), 0, len(text))
        scaffold = self._size(largest)
        if self._fits(text, largest, scaffold):
            return [whole]
        budget = (self._context - scaffold - ANSWER_MORE) // (1 + ANSWER_EACH)
        # DNA, keys, numbers of a thousand digits: what runs on too long is read in pieces
        units = [piece for unit in chunks(text) for piece in self._pieces(unit, budget // 4)]
        costs = [self._cost(unit) for unit in units]
        while budget >= 1 + max(costs):
            found = list(self._cover(units, costs, budget))
            slices = (text[window.start : window.end] for window in found)
            if all(self._fits(each, largest, scaffold) for each in slices):
                _log.info("a text of %d characters is read in %d windows", len(text), len(found))
                return found
            budget = budget * 3 // 4  # joined, units can take more tokens than each alone
        raise SchemaError(
            f"the schema takes {scaffold} of the model's {self._context} tokens and leaves no room "
            "for a text; shorten the guidelines, or ask for fewer types"
        )

    def _pieces(self, unit: str, most: int) -> Iterator[str]:
        """A unit in pieces of at most so many tokens, or of one character."""
        if len(unit) == 1 or self._cost(unit) <= most:
            yield unit
        else:
            middle = len(unit) // 2
            yield from self._pieces(unit[:middle], most)
            yield from self._pieces(unit[middle:], most)

    def _fits(self, text: str, schema: Schema, scaffold: int) -> bool:
        prompt = len(self._tokens(schema, text))
        return prompt + self._need(prompt - scaffold) <= self._context

    def _need(self, tokens: int) -> int:
        """Tokens that the answer about so many tokens of text is likely to stay below."""
        need = ANSWER_MORE + ANSWER_EACH * max(tokens, 0)
        return need if self._most is None else min(need, self._most)

    def _measured_unit(self, unit: str) -> int:
        """Tokens that a unit adds to a prompt."""
        return max(1, len(self._form.tokens(_SHORTEST, unit)) - self._size(_SHORTEST))

    def _cover(self, units: list[str], costs: list[int], budget: int) -> Iterator[Window]:
        offsets = [0, *accumulate(map(len, units))]
        margin = min(MARGIN, budget // 4, (budget - max(costs)) // 2)
        for window in cover(costs, budget=budget, margin=margin):
            places = (window.start, window.end, window.core_start, window.core_end)
            yield Window(*(offsets[place] for place in places))

    def _question(self, text: str, window: Window, schema: Schema) -> Question:
        read = text[window.start : window.end]
        tokens = self._tokens(schema, read)
        room = self._context - len(tokens)
        need = self._need(len(tokens) - self._size(schema))
        limit = min(room, need * PATIENCE if self._most is None else self._most)
        return Question(window, read, schema, tuple(tokens), limit)
