"""From sources to the rows of each step.

Here: which examples go into a step, and how they fill rows.  Not here: drawing them (``drawing``),
their tokens (``tokens``), packing (``rows``).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schema_ner.errors import InputError
from schema_ner.training.lora.drawing import Question
from schema_ner.training.lora.rows import Packer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner.instructions import Record
    from schema_ner.training.lora.drawing import Drawer
    from schema_ner.training.lora.examples import Example
    from schema_ner.training.lora.recipe import Recipe
    from schema_ner.training.lora.rows import Row
    from schema_ner.training.lora.tokens import Tokens

_FRUITLESS = 200  # draws in a row of which nothing fits; then nothing does


@dataclass(slots=True)
class Feed:
    """Deals rows, step by step.

    Attributes:
        drawer: of questions.
        tokens: of the model.
        recipe: texts of a step, tokens of a row.
        shares: whether examples of one schema share it.
        context: tokens that the model was made for.
    """

    drawer: Drawer
    tokens: Tokens
    recipe: Recipe
    shares: bool
    context: int
    _long: set[int] = field(default_factory=set)  # checksums of texts that do not fit

    @property
    def too_long(self) -> int:
        """How many texts were left out so far: with their schema they do not fit."""
        return len(self._long)

    def state_dict(self) -> dict[str, Any]:
        """Where the dealing is."""
        return {"drawer": self.drawer.state_dict(), "long": sorted(self._long)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Deal on from there."""
        self.drawer.load_state_dict(state["drawer"])
        self._long = set(state["long"])

    def step(self) -> list[Row]:
        """The rows of one step: of about so many texts as the recipe says, one row at least.

        Raises:
            InputError: no text fits.
        """
        rows: list[Row] = []
        left = self.recipe.batch_size
        while left > 0:
            row = self._row(left)
            rows.append(row)
            left -= row.examples
        return rows

    def _row(self, most: int) -> Row:
        packer = Packer(self.recipe.row_tokens, share=self.shares)
        taken = fruitless = 0
        while taken < most and fruitless < _FRUITLESS:
            draw = self.drawer.draw()
            wanted = draw.questions[: most - taken if self.shares else 1]
            examples, places = self._fitting(wanted)
            count = packer.add(examples)
            all_taken = count == len(examples)
            through = len(wanted) if all_taken else places[count - 1] + 1 if count else 0
            self.drawer.took(draw, through)
            taken += count
            fruitless += not examples
            if not all_taken or (taken and not self.shares):
                break
        if not taken:
            raise InputError(
                f"no text fits into a row of {self.recipe.row_tokens} tokens, and the model's "
                f"context of {self.context}, with the schema: shorten the guidelines, or give more "
                "--row-tokens"
            )
        return packer.row()

    def _fitting(self, questions: Sequence[Question | Record]) -> tuple[list[Example], list[int]]:
        """The examples that fit into a row by themselves, and which questions they are of."""
        found, places = [], []
        for place, question in enumerate(questions):
            example = self.tokens.example(question)
            if len(example.tokens) > min(self.recipe.row_tokens, self.context):
                self._long.add(_checksum(question))
            else:
                found.append(example)
                places.append(place)
        return found, places


def _checksum(question: Question | Record) -> int:
    """The same for a text whatever it is asked for."""
    said = question.text if isinstance(question, Question) else repr(question.turns)
    return zlib.crc32(said.encode("utf-8", "surrogatepass"))
