"""The ready-made schemas keep what readers count on: guidelines, labels, fitting examples."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schema_ner import validators
from schema_ner.registry import names, ready_made

if TYPE_CHECKING:
    from schema_ner.schema import EntityType

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(p for p in (ROOT / "schemas").glob("*.py") if p.stem != "__init__")

TYPES = [
    pytest.param(entity_type, id=f"{name}: {entity_type.label}")
    for name in names()
    for entity_type in ready_made(name)
]

# The label sets as the data sets have them, BIO prefixes apart, in no particular order.
DATASET_LABELS = {
    "conll2003": {"PER", "ORG", "LOC", "MISC"},
    "klue": {"PS", "LC", "OG", "DT", "TI", "QT"},
    "klue-ko": {"PS", "LC", "OG", "DT", "TI", "QT"},
    "gmb": {"geo", "gpe", "per", "org", "tim", "art", "nat", "eve"},
    "wnut17": {"person", "location", "corporation", "group", "product", "creative-work"},
    "crossner-ai": {
        *("field", "task", "product", "algorithm", "researcher", "metrics", "programlang"),
        *("conference", "university", "country", "person", "organisation", "location", "misc"),
    },
    "crossner-literature": {
        *("book", "writer", "award", "poem", "event", "magazine", "literarygenre"),
        *("country", "person", "organisation", "location", "misc"),
    },
    "crossner-music": {
        *("musicgenre", "song", "band", "album", "musicalartist", "musicalinstrument", "award"),
        *("event", "country", "person", "organisation", "location", "misc"),
    },
    "crossner-politics": {
        *("politician", "person", "organisation", "politicalparty", "event", "election"),
        *("country", "location", "misc"),
    },
    "crossner-science": {
        *("scientist", "person", "university", "organisation", "country", "location"),
        *("discipline", "enzyme", "protein", "chemicalelement", "chemicalcompound"),
        *("astronomicalobject", "academicjournal", "event", "theory", "award", "misc"),
    },
    "mit-movie": {
        *("ACTOR", "YEAR", "TITLE", "GENRE", "DIRECTOR", "SONG", "PLOT", "REVIEW", "CHARACTER"),
        *("RATING", "RATINGS_AVERAGE", "TRAILER"),
    },
    "mit-restaurant": {
        *("Rating", "Amenity", "Location", "Restaurant_Name", "Price", "Hours", "Dish", "Cuisine"),
    },
}

# What stands between two group comments of pii.py, by one type that must be in each.
PII_GROUPS = {
    "Identity": {"person name", "date of birth"},
    "Contact": {"email address", "phone number", "postal address"},
    "Location": {"location", "coordinates"},
    "Government ids": {"passport number", "US social security number"},
    "Finance": {"IBAN", "card number"},
    "Health": {"medical condition", "medical record number"},
    "Biometrics and genes": {"biometric data"},
    "Employment": {"organization", "job title"},
    "Education": {"school", "qualification"},
    "Internet activity and devices": {"username", "IP address", "device id", "online activity"},
    "Credentials": {"password", "API key"},
    "Special categories": {"ethnic origin", "religion", "political opinion", "criminal record"},
}


def test_every_file_is_a_ready_made_schema() -> None:
    assert [p.stem.replace("_", "-") for p in FILES] == list(names())


@pytest.mark.parametrize("name", DATASET_LABELS)
def test_types_are_the_data_sets_types(name: str) -> None:
    labels = [entity_type.dataset_label for entity_type in ready_made(name)]
    assert set(labels) == DATASET_LABELS[name]
    assert len(labels) == len(set(labels))


def test_only_pii_comes_from_no_data_set() -> None:
    assert set(names()) - set(DATASET_LABELS) == {"pii"}
    assert not any(entity_type.dataset_label for entity_type in ready_made("pii"))


def test_both_klue_schemas_say_the_same_of_the_same_types() -> None:
    english, korean = ready_made("klue"), ready_made("klue-ko")
    assert [(t.dataset_label, t.class_name, t.examples) for t in english] == [
        (t.dataset_label, t.class_name, t.examples) for t in korean
    ]
    assert all(re.search("[가-힣]", t.label + t.guideline) for t in korean)


@pytest.mark.parametrize("entity_type", TYPES)
def test_a_guideline_says_what_counts_what_does_not_and_where_a_span_ends(
    entity_type: EntityType,
) -> None:
    """In that order: the first paragraph is one sentence, which a small model reads first."""
    guideline = entity_type.guideline
    first, _, rest = guideline.partition("\n\n")
    assert first.endswith(".")
    assert len(first.split()) <= 32
    assert re.match(r"(Also: .*\n)?(Not: |제외: )", rest)
    assert re.search(r"\bspans?\b|경계:", rest)


@pytest.mark.parametrize("entity_type", TYPES)
def test_examples_are_distinct_and_there_are_some(entity_type: EntityType) -> None:
    examples = entity_type.examples
    assert examples
    assert len({example.casefold() for example in examples}) == len(examples)


@pytest.mark.parametrize("name", names())
def test_no_example_stands_under_two_types(name: str) -> None:
    """A model that is shown one surface under two types learns neither."""
    seen = Counter(example for entity_type in ready_made(name) for example in entity_type.examples)
    assert [example for example, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("name", names())
def test_labels_are_plain_words(name: str) -> None:
    """Lower case but for names and initials, one blank between words."""
    for label in ready_made(name).labels:
        assert re.fullmatch(r"[\w'’-]+( [\w'’-]+)*", label), label
        assert not label[0].isupper() or label.split()[0] in {
            *("US", "IP", "MAC", "API", "IBAN", "BIC", "IMEI", "NHS"),
            *("Korean", "Canadian", "German", "Spanish", "French", "Italian", "Polish", "Dutch"),
            *("Swedish", "Brazilian", "Chinese", "Indian", "Japanese"),
        }


def test_pii_covers_every_group_of_privacy_law() -> None:
    source = (ROOT / "schemas" / "pii.py").read_text(encoding="utf-8")
    parts = re.split(r"^# --- (.+?) -+$", source, flags=re.MULTILINE)
    groups = {
        title: set(re.findall(r'^    label = "(.+)"$', body, re.MULTILINE))
        for title, body in zip(parts[1::2], parts[2::2], strict=True)
    }
    assert list(groups) == list(PII_GROUPS)
    for title, wanted in PII_GROUPS.items():
        assert wanted <= groups[title], title
    assert set().union(*groups.values()) == set(ready_made("pii").labels)
    assert len(ready_made("pii")) >= 25


CHECKED = [
    pytest.param(entity_type.validator, example, id=f"{entity_type.label}: {example}")
    for entity_type in ready_made("pii")
    if entity_type.validator
    for example in entity_type.examples
]


def test_checkable_types_are_checked() -> None:
    wanted = {
        "email",
        "url",
        "ip",
        "mac",
        "iban",
        "bic",
        "card",
        "imei",
        "phone",
        "us-ssn",
        "kr-rrn",
    }
    assert wanted <= {entity_type.validator for entity_type in ready_made("pii")}


@pytest.mark.parametrize(("validator", "example"), CHECKED)
def test_no_example_fails_the_check_of_its_own_type(validator: str, example: str) -> None:
    assert validators.get(validator).judge(example) is not validators.Verdict.INVALID


PLAIN_LINE = re.compile(
    r" *|#.*|from schema_ner import Entity|class \w+\(Entity\):"
    r"|    (?:label|dataset_label|validator|threshold|examples) = .+|        .+,|    \)"
)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_a_file_is_a_page_of_plain_classes(path: Path) -> None:
    """A domain expert must meet no code: one import, classes with texts and tuples, comments."""
    source = path.read_text(encoding="utf-8")
    assert re.findall(r"^(?:import|from) .*$", source, re.MULTILINE) == [
        "from schema_ner import Entity"
    ]
    for line in re.sub(r'""".*?"""', "", source, flags=re.DOTALL).splitlines():
        assert PLAIN_LINE.fullmatch(line), line
