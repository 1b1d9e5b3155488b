"""Which spellings of types are one type, and what it is called.

Two spellings are one if their words are (``names.key``), or if one word of them has a slip; and so
on from spelling to spelling.  The groups follow from the spellings and how often each was used
alone, whatever their order.

Here: groups.  Not here: what makes two names alike (``names``), counts of what (``drafts``).
"""

from __future__ import annotations

import keyword
import unicodedata
from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from schema_ner.proposing.names import LONG, is_slip, key, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_LONGEST = 48  # letters of a word that slips are looked for in


def merged(counts: Mapping[str, int]) -> dict[str, str]:
    """By spelling, what its type is called: the spelling of the group that is used most.

    Of spellings that are used as often, the shortest, then the one in small letters.  A word that
    Python keeps for itself (``class``) cannot be a label, and gets ``type`` behind it.

    Args:
        counts: how often each spelling is used, as ``names.tidied`` gives it.
    """
    found: dict[str, str] = {}
    for group in _groups(counts):
        usual = min(group, key=lambda name: (-counts[name], len(name), name.swapcase()))
        found |= dict.fromkeys(group, usual)
    return {name: _label(usual) for name, usual in found.items()}


def _groups(names: Iterable[str]) -> list[list[str]]:
    by_key: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        by_key[key(name)].append(name)
    leader = {each: each for each in by_key}

    def top(each: str) -> str:
        while leader[each] != each:
            leader[each] = each = leader[leader[each]]
        return each

    for one, other in _slips(by_key):
        leader[top(one)] = top(other)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for each, spellings in by_key.items():
        groups[top(each)].extend(spellings)
    return list(groups.values())


def _slips(by_key: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """Pairs of keys that differ by a slip in one word.

    Words one edit apart are the same when a letter is left out of one or both, so only names that
    meet in such a remainder are compared.
    """
    meeting: defaultdict[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
    for each, spellings in by_key.items():
        for told in set(map(words, spellings)):
            for at, word in enumerate(told):
                if LONG - 1 <= len(word) <= _LONGEST and word.isalpha():
                    for rest in (word, *(word[:i] + word[i + 1 :] for i in range(len(word)))):
                        meeting[*told[:at], "", rest, *told[at + 1 :]].add((word, each))
    for met in meeting.values():
        for (one, its_key), (other, others_key) in combinations(sorted(met), 2):
            if its_key != others_key and is_slip(one, other):
                yield its_key, others_key


def _label(name: str) -> str:
    while keyword.iskeyword(unicodedata.normalize("NFKC", name)):
        name = f"{name} type"
    return name
