"""Records in GoLLIE's form: a prompt of code, and the answer that lists the mentions.

The answer is what the grammar of ``schema_ner.grammar.gollie`` lets a model write, with the blank
that it begins with behind ``result =``.  Extra fields of types are not asked for: annotations in
files do not hold their values, and a model would learn to leave them out.

Here: passages → records.  Not here: the prompt (``prompts.gollie``), how a schema is varied
(``variants``).
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from schema_ner.instructions.records import Record, Turn
from schema_ner.instructions.variants import check_share, variant
from schema_ner.mentions import Mention
from schema_ner.prompts import gollie
from schema_ner.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schema_ner.instructions.texts import Passage


def records(  # noqa: PLR0913  # one parameter a change of the schema
    passages: Iterable[Passage],
    schema: Schema,
    *,
    shuffle: bool = False,
    dropout: float = 0.0,
    mask: float = 0.0,
    most_examples: int | None = None,
    seed: int = 0,
) -> Iterator[Record]:
    """One record a passage; without changes, what the model will be asked in use.

    Args:
        passages: what to write.
        schema: the types; of each passage, those that it is annotated for are asked.
        shuffle: whether types come in a new order in each record.
        dropout: probability in [0, 1] of each type to be left out of a record, its mentions too.
        mask: probability in [0, 1] of a record to name its types ``LABEL_1``, ``LABEL_2`` ….
        most_examples: how many examples of each type are drawn; ``None`` for all, in their order.
        seed: of every draw.

    Raises:
        InputError: a probability that is none, or a negative number of examples.
    """
    check_share("mask", mask)
    rng = random.Random(seed)  # noqa: S311  # repeatable
    for passage in passages:
        types = (replace(schema[label], fields=()) for label in passage.asked)
        told = variant(
            Schema(tuple(types), schema.name),
            rng,
            shuffle=shuffle,
            dropout=dropout,
            masked=rng.random() < mask,
            most_examples=most_examples,
        )
        mentions = [
            Mention(span.text, told.labels[span.label])
            for span in passage.mentions
            if span.label in told.labels
        ]
        turns = (
            Turn("user", gollie.render(told.schema, passage.text)),
            Turn("assistant", gollie.answer(told.schema, mentions)),
        )
        yield Record("gollie", turns, passage.id)
