"""How types are put in words while training: as many ways as users will.

A model that always sees name and definition learns to read names and to lean on definitions; one
that sometimes sees a name alone, sometimes a guideline under a name that says nothing, learns both.

Here: meanings → descriptions, at random.  Not here: the one way it is done in use
(``encoder.wording``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.encoder.wording import described, first_sentence

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from schema_ner.training.sources import Meaning

# of the types of one source in one batch: how often each way is taken
WAYS = {"name": 30, "sentence": 30, "guideline": 12, "examples": 10, "masked": 18}
MOST_EXAMPLES = 4


def describe(meanings: Sequence[Meaning], rng: random.Random) -> list[str]:
    """One description a meaning, all in the same way; names are masked only under guidelines."""
    (way,) = rng.choices(list(WAYS), list(WAYS.values()))
    if way == "masked" and all(m.guideline for m in meanings):
        numbers = rng.sample(range(1, len(meanings) + 1), len(meanings))
        whole = rng.random() < 0.5  # noqa: PLR2004  # as often as not
        return [
            described(f"label {number}", m.guideline if whole else first_sentence(m.guideline))
            for number, m in zip(numbers, meanings, strict=True)
        ]
    return [described(m.name, _said(m, way, rng)) for m in meanings]


def _said(meaning: Meaning, way: str, rng: random.Random) -> str:
    if way == "guideline":
        return meaning.guideline
    if way == "sentence":
        return first_sentence(meaning.guideline)
    if way == "examples":
        shown = rng.sample(meaning.examples, min(len(meaning.examples), MOST_EXAMPLES))
        such_as = f"such as {', '.join(shown)}" if shown else ""
        return f"{first_sentence(meaning.guideline)} {such_as}".strip()
    return ""
