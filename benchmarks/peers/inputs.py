"""The texts and the types that speed is measured with: natural English, always the same.

Here: word lists and a seed → texts of so many words, types with guidelines of 25.  Not here:
anything that reads them.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("words.json")
SEED = 0
GUIDELINE = 25  # words of each guideline: one sentence, so that every model reads all of it

Type = tuple[str, str]  # its name, its guideline


def texts(words: int, count: int) -> list[str]:
    """So many different texts of exactly so many words (what stands between blanks)."""
    lists = json.loads(WORDS.read_text("utf-8"))
    chance = random.Random(f"{SEED} {words}")  # noqa: S311  # nothing secret
    return [_text(lists, chance, words) for _ in range(count)]


def types(count: int) -> list[Type]:
    """The first so many types; more are the fewer and others behind them."""
    lists = json.loads(WORDS.read_text("utf-8"))
    chance = random.Random(SEED)  # noqa: S311  # nothing secret
    patterns = lists["guidelines"]
    made = [
        (name, _filled(patterns[at % len(patterns)], lists["words"], chance))
        for at, name in enumerate(lists["types"])
    ]
    if count > len(made):
        raise ValueError(f"{count} types asked for; the word list has names for {len(made)}")
    return made[:count]


def _text(lists: dict[str, Any], chance: random.Random, words: int) -> str:
    found: list[str] = []
    while len(found) < words:
        found += _filled(chance.choice(lists["sentences"]), lists["words"], chance).split()
    return f"{' '.join(found[:words]).rstrip(',.')}."


def _filled(pattern: str, lists: dict[str, list[str]], chance: random.Random) -> str:
    return re.sub(r"\{(\w+)\}", lambda slot: chance.choice(lists[slot[1]]), pattern)
