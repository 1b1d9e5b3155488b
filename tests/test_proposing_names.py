"""Which names of types are one: by their words, whatever the order in which they are met."""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from schema_ner.proposing.merging import merged
from schema_ner.proposing.names import is_slip, key, tidied, words
from schema_ner.schema import EntityType

if TYPE_CHECKING:
    import random

ONE = [
    pytest.param("drug", "Drug", "DRUG", id="case"),
    pytest.param("street name", "street_name", "street-name", "StreetName", id="punctuation"),
    pytest.param("HTML tag", "HTMLTag", "html_tags", id="capitals that mean something"),
    pytest.param("datetime", "date time", "Date/Time", "DateTime", id="written as one"),
    pytest.param("city", "cities", id="-ies"),
    pytest.param("address", "addresses", id="-esses"),
    pytest.param("disease", "diseases", id="-ases"),
    pytest.param("virus", "viruses", id="-uses"),
    pytest.param("box", "boxes", id="-xes"),
    pytest.param("branch", "branches", id="-ches"),
    pytest.param("movie", "movies", id="-vies"),
    pytest.param("person", "people", "persons", id="no rule"),
    pytest.param("analysis", "analyses", id="Greek"),
    pytest.param("IBAN", "IBANs", "ibans", id="acronyms"),
    pytest.param("person name", "name of person", "name of a person", "Names of people", id="of"),
    pytest.param("person name", "person's name", "person’s name", id="possessive"),
    pytest.param("birth date", "date of birth", "Date of Birth", id="of, in a fixed phrase"),
    pytest.param("head of state", "heads of state", "State Head", id="of, before it"),
    pytest.param("the drug", "drug", "a drug", id="articles"),
    pytest.param("organization", "organisation", "organzation", id="a slip"),
    pytest.param("programming language", "programing language", id="a slip in one of two words"),
    pytest.param("cafe\u0301", "caf\u00e9", id="forms of Unicode"),
]
APART = [
    pytest.param("country", "county", id="short words"),
    pytest.param("election", "electron", id="short words that are long enough to look alike"),
    pytest.param("terrorist", "terrorism", id="endings that mean something"),
    pytest.param("microorganism", "macroorganism", id="beginnings that do"),
    pytest.param("medication", "mediation", id="and a little behind"),
    pytest.param("team sport", "sports team", id="another order"),
    pytest.param("C", "C++", "C#", id="signs that mean something"),
    pytest.param("AIDS", "aid", id="an acronym is no plural"),
    pytest.param("gas", "ga", id="nor is a short word"),
    pytest.param("analysis", "analyst", id="nor this"),
    pytest.param("person", "person name", id="one word more"),
    pytest.param("date", "data", "dates of birth", id="four letters"),
    pytest.param("version 1", "version 2", id="numbers"),
    pytest.param("약물", "약물들", id="Korean is as it is"),
    pytest.param("도시 이름", "이름 도시", id="in any order"),
    pytest.param("Événement", "événement", "évènement", id="so is every letter beyond ASCII"),
    pytest.param("½", "¼", id="no letters"),
]


def groups(counts: dict[str, int]) -> set[frozenset[str]]:
    names = merged(counts)
    return {frozenset(n for n in names if names[n] == one) for one in names.values()}


@pytest.mark.parametrize("names", [pytest.param(p.values, id=p.id) for p in ONE])
def test_names_that_are_one(names: tuple[str, ...]) -> None:
    spelt = Counter(map(tidied, names))
    assert set(merged(spelt).values()) == {merged(spelt)[tidied(names[0])]}


@pytest.mark.parametrize("names", [pytest.param(p.values, id=p.id) for p in APART])
def test_names_that_are_not(names: tuple[str, ...]) -> None:
    assert len(groups(Counter(map(tidied, names)))) == len(names)


def test_the_spelling_that_is_used_most_names_the_type() -> None:
    """Then the shortest, then the one in small letters."""
    assert set(merged({"drugs": 2, "Drug": 5, "drug": 3}).values()) == {"Drug"}
    assert set(merged({"drugs": 2, "Drug": 2, "drug": 2}).values()) == {"drug"}
    assert set(merged({"Name of Drugs": 2, "drug_name": 2}).values()) == {"drug_name"}


def test_merges_go_from_spelling_to_spelling() -> None:
    """A slip of a plural in another order: three steps, one type."""
    spelt = {"name of organization": 3, "organisation names": 1, "Organisation Name": 1}
    assert merged(spelt) == dict.fromkeys(spelt, "name of organization")


@pytest.mark.parametrize("name", ["class", "import", "None", "lambda"])
def test_what_python_keeps_for_itself_gets_a_word_more(name: str) -> None:
    """Else no schema could hold it."""
    assert merged({name: 1}) == {name: f"{name} type"}
    assert EntityType(merged({name: 1})[name])


def test_words_and_keys() -> None:
    assert words("Names of the Programming Languages") == ("programming", "language", "name")
    assert words("약물 name") == ()
    assert key("약물 name") != key("약물 Name")
    assert words("of") == ("of",)
    assert words("name of") == ("name", "of")
    assert tidied(" a\x00\u2028b\ud800 \n c ") == "a b c"


SLIPS = ["organization", "environment", "government", "programming", "pharmaceutical"]


@given(st.sampled_from(SLIPS), st.data())
def test_a_slip_is_one_letter_in_the_middle(word: str, data: st.DataObject) -> None:
    """Left out, wrong, doubled or swapped."""
    at = data.draw(st.integers(5, len(word) - 4))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    slips = [
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ]
    for slip in slips:
        near = len(max(word, slip, key=len)) >= 9 and slip[-2:] == word[-2:]
        assert is_slip(word, slip) == is_slip(slip, word) == (slip != word and near)
        assert (len(groups({word: 1, slip: 1})) == 1) or not near


# --- laws

PIECES = [
    *("drug", "Drugs", "name", "of", "person", "people", "organization", "organisation", "city"),
    *("cities", "date", "birth", "programming", "programing", "language", "class", "C++", "약물"),
    *("sports", "team", "the", "PERSON", "IBANs", "données", "1", "analyses", "organzation"),
]
NAMES = st.one_of(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(" ".join),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("_".join),
    texts(2),
)
SPELT = st.dictionaries(
    NAMES.map(tidied).filter(lambda name: any(map(str.isalnum, name))),
    st.integers(1, 4),
    max_size=12,
)


@given(SPELT, st.randoms(use_true_random=False))
def test_the_order_of_names_is_nothing(counts: dict[str, int], chance: random.Random) -> None:
    shuffled = list(counts.items())
    chance.shuffle(shuffled)
    assert merged(dict(shuffled)) == merged(counts)


@given(SPELT)
def test_every_name_is_in_one_group_and_of_one_key(counts: dict[str, int]) -> None:
    """Names of one key are one; what a group is called is one of it, or a label made of one."""
    names = merged(counts)
    assert names.keys() == counts.keys()
    for one, other in combinations(counts, 2):
        if key(one) == key(other):
            assert names[one] == names[other]
    for called in names.values():
        group = [name for name in names if names[name] == called]
        most = max(counts[name] for name in group)
        usual = [name for name in group if counts[name] == most]
        assert called in usual or called.removesuffix(" type") in usual
        assert EntityType(called).label == called


@given(SPELT)
def test_merging_again_changes_nothing(counts: dict[str, int]) -> None:
    names = merged(counts)
    again: Counter[str] = Counter()
    for name, count in counts.items():
        again[names[name]] += count
    assert all(name == called for name, called in merged(again).items())


@given(SPELT, SPELT)
def test_more_names_part_nothing(counts: dict[str, int], more: dict[str, int]) -> None:
    """Two names that are one stay so, whatever else is said."""
    names, all_names = merged(counts), merged(more | counts)
    for one, other in combinations(counts, 2):
        if names[one] == names[other]:
            assert all_names[one] == all_names[other]


@given(texts(4))
def test_names_beyond_english_are_only_composed(name: str) -> None:
    """Nothing but NFC, and one blank for blanks and what cannot be shown."""
    tidy = tidied(name)
    assert tidied(tidy) == tidy
    assert tidy == unicodedata.normalize("NFC", tidy)
    if any(char.isalpha() and not char.isascii() for char in tidy):
        assert key(tidy) == f"as it is {tidy}"


def test_ten_thousand_names_are_not_compared_with_each_other() -> None:
    """As many as UniversalNER's data have; squared, they would take minutes."""
    endings = [f"{a}{b}{c}" for a in "abdeghklmn" for b in "aeiou" for c in "bcdfghjkmn"]
    names = {f"{one}ification of {two}": 1 for one in endings for two in endings[::25]}
    assert len(set(merged(names).values())) == len(names) == 10_000
