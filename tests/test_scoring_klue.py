"""KLUE's official figures: cases worked by hand, laws, and seqeval and scikit-learn as oracles.

The oracle of entity F1 is ``seqeval.metrics.f1_score([gold], [predicted], average="macro",
mode="strict", scheme=IOB2)``, that of character F1 ``sklearn.metrics.f1_score(gold, predicted,
labels=all 13, average="macro", zero_division=True)``, as the official script calls them.
"""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval import metrics as seqeval
from seqeval.scheme import IOB2
from sklearn import metrics as sklearn

from schema_ner.scoring import klue, score
from schema_ner.spans import Document, Span

TYPES = ["PS", "LC", "OG", "DT", "TI", "QT"]
LABELS = [f"{letter}-{label}" for label in TYPES for letter in "BI"] + ["O"]


def document(text: str, spans: str = "") -> Document:
    """``document("가나 다", "0-2:PS")``."""
    found = []
    for part in spans.split():
        place, label = part.split(":")
        start, end = map(int, place.split("-"))
        found.append(Span(start, end, label, text[start:end]))
    return Document(text, tuple(found))


def scored(convention: str, *texts: tuple[str, str, str], **asked: Any) -> Any:
    """Texts as (text, gold, predicted)."""
    gold = [document(text, right) for text, right, _ in texts]
    return score(gold, [document(text, said) for text, _, said in texts], convention, **asked)


@pytest.mark.parametrize(
    ("texts", "precision", "recall", "f1"),
    [
        pytest.param(
            # PS: 1 of 1 found, F1 1.  LC: 1 of 2 found, 1 predicted, F1 2/3.
            [("가나다라마바", "0-2:PS 2-4:LC 4-6:LC", "0-2:PS 2-4:LC")],
            (1 + 1) / 2,
            (1 + 1 / 2) / 2,
            (1 + 2 / 3) / 2,
            id="macro over the two types that occur, not over six, and not micro (4/5)",
        ),
        pytest.param(
            [("가나다라", "0-2:PS", "0-2:PS 2-4:OG")],
            1 / 2,
            1 / 2,
            1 / 2,
            id="a predicted type that gold does not have is a type of F1 0",
        ),
        pytest.param(
            [("가나 다라", "0-2:PS", "0-3:PS")],
            1,
            1,
            1,
            id="the blank behind the name is no character",
        ),
        pytest.param(
            [("가나다라", "0-2:PS", "0-3:PS")], 0, 0, 0, id="any other character too much is wrong"
        ),
        pytest.param(
            [("가나", "0-2:PS", "0-2:PS"), ("다라", "0-2:PS", "0-2:PS")],
            1,
            1,
            1,
            id="two sentences of one name each are two entities, not one of four characters",
        ),
        pytest.param(
            [("가나", "0-1:PS 1-2:PS", "0-2:PS")],
            0,
            0,
            0,
            id="two names side by side are not one",
        ),
        pytest.param([("가나", "", "")], 0, 0, 0, id="no entity on either side is 0"),
    ],
)
def test_entity_f1_by_hand(texts: Any, precision: float, recall: float, f1: float) -> None:
    got = scored("klue-entity", *texts)
    assert (got.precision, got.recall, got.f1) == pytest.approx((precision, recall, f1))


def test_character_f1_by_hand() -> None:
    """Text 가나 다라마, gold PS 가나, predicted PS 가나다.

    Seven places, [CLS] and [SEP] with them, the blank not.

        gold       O B-PS I-PS O    O O O
        predicted  O B-PS I-PS I-PS O O O

    B-PS: 1 right of 1 and 1, F1 1.  I-PS: 1 right of 1 gold and 2 predicted, F1 2/3.  O: 4 right of
    5 gold and 4 predicted, F1 8/9.  The other ten labels are absent: F1 1 each.
    """
    got = scored("klue-char", ("가나 다라마", "0-2:PS", "0-4:PS"))
    assert got.f1 == pytest.approx((1 + 2 / 3 + 8 / 9 + 10) / 13)
    assert got.precision == pytest.approx((1 + 1 / 2 + 4 / 4 + 10) / 13)
    assert got.recall == pytest.approx((1 + 1 / 1 + 4 / 5 + 10) / 13)
    assert (got.support, got.predicted, got.correct) == (7, 7, 6)
    assert list(got.per_type) == LABELS
    assert got.per_type["O"].f1 == pytest.approx(8 / 9)
    assert got.macro_f1 == pytest.approx(got.f1)
    assert got.extra["f1_without_o"] == pytest.approx((1 + 2 / 3 + 10) / 12)
    assert got.extra["absent_tags"] == 10
    assert got.notes == ("10 of 13 tags occur on neither side, and each counts as 1",)


def test_clean_by_hand() -> None:
    """The same text: the blank is a character, [CLS] and [SEP] are not, O and absent tags are out.

        gold       B-PS I-PS O    O    O O
        predicted  B-PS I-PS I-PS I-PS O O

    B-PS: F1 1.  I-PS: 1 right of 1 gold and 3 predicted, F1 2/4.  The span is wrong.
    """
    got = scored("klue-clean", ("가나 다라마", "0-2:PS", "0-4:PS"))
    assert got.extra == pytest.approx({"micro_f1": 0, "char_f1": (1 + 2 / 4) / 2})
    assert got.f1 == 0
    apart = scored("klue-clean", ("가나다라마바", "0-2:PS 2-4:LC 4-6:LC", "0-2:PS 2-4:LC"))
    assert apart.f1 == pytest.approx((1 + 2 / 3) / 2)
    assert apart.extra["micro_f1"] == pytest.approx(4 / 5)


def test_quirks_and_none() -> None:
    """A span that reaches over a blank is right officially, and wrong as it stands."""
    text = ("가나 다라", "0-2:PS 3-5:LC", "0-3:PS 3-5:LC")
    assert scored("klue-entity", text).f1 == 1
    assert scored("klue-clean", text).f1 == 1 / 2


def test_the_two_places_of_a_text_raise_o_and_nothing_else() -> None:
    """Half of ten characters wrong: with the two places O is right more often."""
    got = scored("klue-char", ("가나다라마바사아자차", "", "0-1:PS 1-2:PS 2-3:PS 3-4:PS 4-5:PS"))
    assert got.per_type["O"].support == 12
    assert got.per_type["O"].recall == pytest.approx(7 / 12)  # 5 / 10 without them


def test_a_tagger_that_says_something_at_sep() -> None:
    """Tags of the official script can be scored too; there an entity may run into [SEP]."""
    gold = ["O", "B-PS", "I-PS", "O"]
    assert klue.entities_of_tags(gold, gold).f1 == 1
    assert klue.entities_of_tags(gold, ["O", "B-PS", "I-PS", "I-PS"]).f1 == 0


def test_other_types_than_klues() -> None:
    """The mean is over the types that occur, and a note says so; asked-for types fix it."""
    text = ("가나", "0-2:person", "0-2:person")
    got = scored("klue-char", text)
    assert list(got.per_type) == ["B-person", "I-person", "O"]
    (note,) = got.notes
    assert note == (
        "the mean is over 3 tags, O and those of person; official figures are over the 13 of "
        "PS, LC, OG, DT, TI, QT"
    )
    asked = scored("klue-char", text, labels=["person", "place"])
    assert list(asked.per_type) == ["B-person", "I-person", "B-place", "I-place", "O"]
    assert scored("klue-entity", text, labels=["person", "place"]).f1 == 1  # place does not occur


def test_what_tags_cannot_hold_is_told() -> None:
    for name in ("klue-entity", "klue-char", "klue-clean"):
        got = scored(name, ("가나다라", "0-2:PS", "0-2:PS 1-3:LC"))
        assert sum("1 predicted span not counted" in note for note in got.notes) == 1
    assert scored("klue-entity", ("가나", "0-2:PS", "0-2:PS")).notes == ()


@st.composite
def sentences(draw: st.DrawFn) -> tuple[str, list[str], list[str]]:
    """A text with blanks in it, and the tags of both sides for its characters without blanks."""
    length = draw(st.integers(0, 12))
    letters = draw(
        st.lists(st.sampled_from("가나다라A1.\u00a0\t"), min_size=length, max_size=length)
    )
    gaps = draw(st.lists(st.integers(0, 2), min_size=length, max_size=length))
    text = "".join(" " * gap + letter for gap, letter in zip(gaps, letters, strict=True))
    return text, draw(valid_tags(length)), draw(valid_tags(length))


@st.composite
def valid_tags(draw: st.DrawFn, length: int) -> list[str]:
    found: list[str] = []
    for _ in range(length):
        choices = ["O", "O", *LABELS[:-1:2]]
        if found and found[-1] != "O":
            choices += [f"I-{found[-1][2:]}"] * 6
        found.append(draw(st.sampled_from(choices)))
    return found


def spans_of(text: str, tags: list[str]) -> Document:
    """Tags of the characters that are no blanks, as spans of the text."""
    places = [at for at, character in enumerate(text) if character != " "]
    found: list[tuple[int, int, str]] = []
    for at, tag in zip(places, tags, strict=True):
        if tag.startswith("I-"):
            start, _, label = found.pop()
            found.append((start, at + 1, label))
        elif tag != "O":
            found.append((at, at + 1, tag[2:]))
    return Document(text, tuple(Span(s, e, label, text[s:e]) for s, e, label in found))


def official(gold: list[str], predicted: list[str]) -> tuple[float, float, float, float]:
    """Entity precision, recall, F1 and character F1 of one sequence."""
    asked: Any = {"average": "macro", "mode": "strict", "scheme": IOB2, "zero_division": 0}
    named = [getattr(seqeval, f"{figure}_score") for figure in ("precision", "recall", "f1")]
    any_entity = any(tag.startswith("B-") for tag in (*gold, *predicted))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # seqeval warns where it divides by zero
        # of no entity at all seqeval has no macro average
        entities = [each([gold], [predicted], **asked) if any_entity else 0.0 for each in named]
    asked = {"labels": LABELS, "average": "macro", "zero_division": True}
    return (*entities, float(sklearn.f1_score(gold, predicted, **asked)))


@given(st.lists(sentences(), min_size=1, max_size=5))
def test_spans_score_as_the_official_script_scores_their_tags(texts: Any) -> None:
    gold = [tag for _, right, _ in texts for tag in ("O", *right, "O")]
    predicted = [tag for _, _, said in texts for tag in ("O", *said, "O")]
    both = (
        [spans_of(text, right) for text, right, _ in texts],
        [spans_of(text, said) for text, _, said in texts],
    )
    entities, characters = score(*both, "klue-entity"), score(*both, "klue-char")
    ours = (entities.precision, entities.recall, entities.f1, characters.f1)
    assert ours == pytest.approx(official(gold, predicted))
    clean = score(*both, "klue-clean")
    assert clean.f1 == pytest.approx(entities.f1)  # no span borders on a blank here
    strict = score(*both, "strict")
    assert clean.f1 == pytest.approx(strict.macro_f1)
    assert clean.extra["micro_f1"] == pytest.approx(strict.f1)


@given(st.lists(sentences(), min_size=1, max_size=5))
def test_clean_character_f1_is_the_mean_over_entity_tags_that_occur(texts: Any) -> None:
    """Every character counts, blanks within an entity too; nothing stands between the texts."""
    gold, predicted = [], []
    both: tuple[list[Document], list[Document]] = ([], [])
    for text, *sides in texts:
        for tags, all_tags, documents in zip(sides, (gold, predicted), both, strict=True):
            documents.append(spans_of(text, tags))
            each = ["O"] * len(text)
            for span in documents[-1].spans:
                each[span.start] = f"B-{span.label}"
                for at in range(span.start + 1, span.end):
                    each[at] = f"I-{span.label}"
            all_tags.extend(each)
    got = score(*both, "klue-clean").extra["char_f1"]
    occurring = sorted({*gold, *predicted} - {"O"})
    asked: Any = {"labels": occurring, "average": "macro", "zero_division": 0}
    assert got == pytest.approx(sklearn.f1_score(gold, predicted, **asked) if occurring else 0)


TAGS = st.lists(
    st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=40
)


@given(TAGS)
def test_any_tags_score_as_the_official_script_scores_them(pairs: list[tuple[str, str]]) -> None:
    """Also those that no spans could give: I- without B-, a tag at [CLS]."""
    gold, predicted = [right for right, _ in pairs], [said for _, said in pairs]
    entities = klue.entities_of_tags(gold, predicted)
    characters = klue.characters_of_tags(gold, predicted)
    ours = (entities.precision, entities.recall, entities.f1, characters.f1)
    assert ours == pytest.approx(official(gold, predicted))
    for figure in ("precision", "recall"):
        theirs = getattr(sklearn, f"{figure}_score")(
            gold, predicted, labels=LABELS, average="macro", zero_division=True
        )
        assert getattr(characters, figure) == pytest.approx(theirs)
