"""Names of types as models spell them: cleaned, and what of a spelling does not matter.

``Drug names``, ``drug_name``, ``DrugName`` and ``name of a drug`` are one name.  So are they in
English only: a name with letters beyond ASCII is one only with itself, in NFC.

Here: one name at a time, and two words that differ by a slip.  Not here: groups (``merging``).
"""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz.distance import OSA, Postfix, Prefix

_POSSESSIVE = re.compile(r"(?<=[A-Za-z])['’]s\b")
# DrugName, HTMLTag, URLs, COVID-19; C++ and C# are not C
_WORD = re.compile(r"[A-Z]{2,}s(?![A-Za-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[+#]+")
_ARTICLES = frozenset(["a", "an", "the"])

# Words whose plural no rule makes, and words that only look like one.
_SINGULAR = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "mice": "mouse",
    "feet": "foot", "teeth": "tooth", "geese": "goose", "lives": "life", "wives": "wife",
    "knives": "knife", "leaves": "leaf", "wolves": "wolf", "halves": "half", "shelves": "shelf",
    "criteria": "criterion", "phenomena": "phenomenon", "bacteria": "bacterium",
    "analyses": "analysis", "diagnoses": "diagnosis", "hypotheses": "hypothesis",
    "theses": "thesis", "crises": "crisis", "prognoses": "prognosis", "indices": "index",
    "appendices": "appendix", "matrices": "matrix", "vertices": "vertex", "fungi": "fungus",
    "nuclei": "nucleus", "shoes": "shoe", "movies": "movie", "cookies": "cookie",
    "calories": "calorie", "species": "species", "series": "series", "news": "news",
    "lens": "lens", "gas": "gas", "arms": "arms", "goods": "goods", "customs": "customs",
    "glasses": "glasses",
}  # fmt: skip
_PLURALS = (
    (re.compile(r"(?<=[a-z]{2}[^aeiou])ies$"), "y"),  # countries
    (re.compile(r"(?<=s|x|z)es$|(?<=ch|sh)es$"), ""),  # addresses, boxes, churches; see below
    (re.compile(r"(?<=[a-z]{2}[^aeiouh])oes$"), "o"),  # potatoes
    (re.compile(r"(?<![sui])s$"), ""),  # drugs; not address, virus, analysis
)
_KEEPS_E = re.compile(r"(?:[^s]s|[^z]z)es$")  # diseases, sizes: the e is the word's own
_VIRUSES = re.compile(r"(?<=[a-z]{2}[^aeo])uses$|^buses$")  # viruses, campuses; not houses
_SHORT = 3  # letters of a word that is no plural
_ACRONYM = 5  # capitals of a word that is none either: AIDS

# A slip is one letter, in the middle of a long word.  Real words that differ by one letter (county
# and country, election and electron, terrorist and terrorism, micro- and macro-) are shorter, or
# differ near an end; in the words of a schema a wrong merge is worse than one that is missed.
SLIP = 1
LONG = 9  # letters of the longer word
SAME_BEFORE, SAME_BEHIND = 5, 2


def tidied(name: str) -> str:
    """A name of a type in NFC, its blanks and what cannot be shown made one blank each."""
    shown = "".join(
        " " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char for char in name
    )
    return " ".join(unicodedata.normalize("NFC", shown).split())


def words(name: str) -> tuple[str, ...]:
    """What an English name says, in small letters and the singular; nothing for any other name.

    ``Names of drugs`` and ``drug name`` say the same.  Other orders differ: a team sport is no
    sports team.
    """
    if any(char.isalpha() and not char.isascii() for char in name):
        return ()
    found = [_singular(word) for word in _WORD.findall(_POSSESSIVE.sub("", name))]
    told = [word for word in found if word not in _ARTICLES] or found
    return tuple(_turned(told))


def key(name: str) -> str:
    """The same for names that are one by their words; ``date time`` and ``Datetime`` too."""
    said = "".join(words(name))
    return f"words {said}" if said else f"as it is {name}"


def is_slip(one: str, other: str) -> bool:
    """Whether one of two words is the other with a letter wrong, missing, doubled or swapped."""
    return (
        max(len(one), len(other)) >= LONG
        and Prefix.similarity(one, other) >= SAME_BEFORE
        and Postfix.similarity(one, other) >= SAME_BEHIND
        and OSA.distance(one, other, score_cutoff=SLIP) == SLIP
    )


def _turned(told: list[str]) -> list[str]:
    """``name of drug`` → ``drug name``."""
    parts: list[list[str]] = [[]]
    for word in told:
        if word == "of":
            parts.append([])
        else:
            parts[-1].append(word)
    if not all(parts):
        return told
    return [word for part in reversed(parts) for word in part]


def _singular(word: str) -> str:
    plain = word.lower()
    if plain in _SINGULAR:
        return _SINGULAR[plain]
    if len(plain) <= _SHORT or (word.isupper() and len(word) <= _ACRONYM):
        return plain
    if _VIRUSES.search(plain):
        return plain[:-2]
    if _KEEPS_E.search(plain):
        return plain[:-1]
    for plural, ending in _PLURALS:
        if plural.search(plain):
            return plural.sub(ending, plain)
    return plain
