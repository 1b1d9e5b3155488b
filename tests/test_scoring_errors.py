"""Mistakes and confusion: every span in exactly one class, and margins that are counts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import text_with_ranges

from schema_ner import scoring
from schema_ner.errors import InputError
from schema_ner.scoring import matching
from schema_ner.scoring.base import Pair
from schema_ner.scoring.confusion import confusion
from schema_ner.scoring.errors import KINDS, errors
from schema_ner.spans import Document, Extraction, Rejected, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

LABELS = ["PER", "ORG", "LOC"]
TEXT = "0123456789" * 3


def spans(written: str) -> list[Span]:
    """``0-3:PER 5-9:LOC`` as spans of TEXT."""
    found = []
    for part in written.split():
        place, label = part.split(":")
        start, end = map(int, place.split("-"))
        found.append(Span(start, end, label, TEXT[start:end]))
    return found


def shown(span: Span | None) -> str:
    return "" if span is None else f"{span.start}-{span.end}:{span.label}"


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"),
    [
        pytest.param("0-3:A", "0-3:A", "correct 0-3:A 0-3:A", id="the same"),
        pytest.param("0-3:A", "", "missed 0-3:A", id="nothing said"),
        pytest.param("", "0-3:A", "spurious 0-3:A", id="nothing there"),
        pytest.param("0-3:A", "3-5:A", "missed 0-3:A, spurious 3-5:A", id="touching is no overlap"),
        pytest.param("0-3:A", "2-5:A", "boundary 0-3:A 2-5:A", id="one character shared"),
        pytest.param("0-3:A", "0-3:B", "type 0-3:A 0-3:B", id="the same place"),
        pytest.param("0-3:A", "0-2:B", "boundary_and_type 0-3:A 0-2:B", id="neither"),
        pytest.param(
            "0-3:A", "0-3:B 1-3:A", "type 0-3:A 0-3:B, spurious 1-3:A", id="borders before type"
        ),
        pytest.param(
            "0-4:A", "0-3:B 3-4:A", "spurious 0-3:B, boundary 0-4:A 3-4:A", id="type before size"
        ),
        pytest.param(
            "0-9:A 9-12:A", "7-12:A", "missed 0-9:A, boundary 9-12:A 7-12:A", id="the larger share"
        ),
        pytest.param(
            "0-2:A 2-4:A", "0-4:A", "boundary 0-2:A 0-4:A, missed 2-4:A", id="of equals the earlier"
        ),
        pytest.param("0-3:A 0-3:A", "0-3:A", "correct 0-3:A 0-3:A", id="said twice is said once"),
        pytest.param(
            "0-3:A 0-3:B", "0-3:B 0-3:C", "type 0-3:A 0-3:C, correct 0-3:B 0-3:B", id="two types"
        ),
    ],
)
def test_what_stands_for_what(gold: str, predicted: str, expected: str) -> None:
    ((*found,),) = matching.matched([Pair(tuple(spans(gold)), tuple(spans(predicted)))])
    said = [" ".join(filter(None, (m.relation, *map(shown, m[1:])))) for m in found]
    assert sorted(said) == sorted(expected.split(", "))


@st.composite
def two_sides(draw: st.DrawFn) -> tuple[list[Document], list[Document]]:
    """Texts with spans on both sides that overlap, repeat and share places."""
    gold, predicted = [], []
    for _ in range(draw(st.integers(0, 3))):
        text, ranges = draw(text_with_ranges(8))
        labelled = st.lists(st.sampled_from(LABELS), min_size=len(ranges), max_size=len(ranges))
        both = draw(st.lists(st.booleans(), min_size=len(ranges), max_size=len(ranges)))
        sides: tuple[list[Span], list[Span]] = ([], [])
        for (start, end), one, other, shared in zip(
            ranges, draw(labelled), draw(labelled), both, strict=True
        ):
            sides[0].append(Span(start, end, one, text[start:end]))
            if shared:
                sides[1].append(Span(start, end, other, text[start:end]))
            elif end < len(text):
                sides[1].append(Span(start, end + 1, other, text[start : end + 1]))
        gold.append(Document(text, tuple(sides[0])))
        predicted.append(Document(text, tuple(sides[1])))
    return gold, predicted


def distinct(documents: Iterable[Document]) -> Counter[tuple[int, Any]]:
    return Counter({(n, s.order): 1 for n, d in enumerate(documents, 1) for s in d.spans})


@given(two_sides())
def test_every_span_is_right_or_in_one_mistake(sides: Any) -> None:
    """Gold and predicted alike; and each class is what its name says."""
    gold, predicted = sides
    found = errors(gold, predicted)
    strict = scoring.score(gold, predicted)
    right = sum(found.correct.values())
    assert right == strict.correct
    in_gold, said = Counter(), Counter()
    for mistake in found.mistakes:
        in_gold[mistake.number, mistake.gold and mistake.gold.order] += 1
        said[mistake.number, mistake.predicted and mistake.predicted.order] += 1
        one, other = mistake.gold, mistake.predicted
        if one is None or other is None:
            assert mistake.kind == ("missed" if other is None else "spurious")
        else:
            assert one.overlaps(other)
            borders, label = one.order[:2] == other.order[:2], one.label == other.label
            kinds = {(True, False): "type", (False, True): "boundary"}
            assert mistake.kind == kinds.get((borders, label), "boundary_and_type")
            assert not (borders and label)
    for seen, documents in ((in_gold, gold), (said, predicted)):
        alone = Counter({key: many for key, many in seen.items() if key[1] is not None})
        assert alone <= distinct(documents)
        assert alone.total() + right == distinct(documents).total()
    assert sum(found.counts.values()) == len(found.mistakes)
    per_type = found.per_type.values()
    assert sum(count for one in per_type for count in one.values()) == right + len(found.mistakes)


@given(two_sides())
def test_no_overlap_is_left_on_both_sides(sides: Any) -> None:
    """What is missed and what is spurious nowhere share a character: they would be a pair."""
    found = errors(*sides)
    for missed in found.of("missed"):
        for spurious in found.of("spurious"):
            if missed.number == spurious.number:
                assert not cast("Span", missed.gold).overlaps(cast("Span", spurious.predicted))


@given(two_sides())
def test_the_context_is_a_stretch_of_the_text(sides: Any) -> None:
    for mistake in errors(*sides).mistakes:
        text, context = sides[0][mistake.number - 1].text, mistake.context
        assert context is not None
        assert text[context.start : context.end] == context.text
        assert context.length == len(text)
        for span in (mistake.gold, mistake.predicted):
            assert span is None or context.start <= span.start < span.end <= context.end


@given(two_sides(), st.sampled_from(["overlap", "borders"]))
def test_the_margins_of_the_matrix_are_the_counts(sides: Any, on: Any) -> None:
    gold, predicted = sides
    found = confusion(gold, predicted, on=on)
    strict = scoring.score(gold, predicted).per_type
    rows = found.rows()
    assert found.labels == tuple(strict)
    assert [sum(row) for row in rows[:-1]] == [one.support for one in strict.values()]
    columns = [sum(column) for column in zip(*rows, strict=True)]
    assert columns[:-1] == [one.predicted for one in strict.values()]
    if on == "borders":
        same = sum(row[at] for at, row in enumerate(rows[:-1]))
        assert same == sum(one.correct for one in strict.values())
    assert rows[-1][-1] == 0
    wrong = sum(count for *_, count in found.largest())
    assert wrong == sum(map(sum, rows)) - sum(row[at] for at, row in enumerate(rows))


@given(two_sides())
def test_gold_against_itself_is_all_right(sides: Any) -> None:
    gold, _ = sides
    assert errors(gold, gold).mistakes == ()
    assert not confusion(gold, gold).largest()


@given(two_sides(), st.randoms())
def test_the_order_of_spans_changes_nothing(sides: Any, random: Any) -> None:
    listed = [[list(document.spans) for document in side] for side in sides]
    before = errors(*listed)
    for side in listed:
        for found in side:
            random.shuffle(found)
    assert errors(*listed) == before


def test_what_is_hallucinated_comes_from_extractions() -> None:
    gold = [Document(TEXT, tuple(spans("0-3:PER"))), Document(TEXT)]
    items = (
        Rejected("Atlantis", "LOC", "hallucinated", "nowhere"),
        Rejected("Ada", "PER", "duplicate", "twice"),
    )
    said = [Extraction(TEXT, tuple(spans("0-3:PER"))), Extraction(TEXT, (), items)]
    found = errors(gold, said)
    assert found.counts == dict.fromkeys(KINDS, 0) | {"hallucinated": 1}
    (mistake,) = found.mistakes
    assert (mistake.number, mistake.rejected, mistake.context) == (2, items[0], None)
    assert found.per_type["LOC"]["hallucinated"] == 1
    assert errors(gold, said, ["PER"]).counts["hallucinated"] == 0
    documents = [Document(TEXT, one.spans) for one in said]
    assert "hallucinated" not in errors(gold, documents).counts


def test_as_plain_data() -> None:
    gold = [Document(TEXT, tuple(spans("0-3:A 5-8:A 20-21:B")), id="x")]
    found = errors(gold, [spans("0-3:A 5-7:A")])
    data = found.to_dict(1)
    assert data["correct"] == 1
    assert data["counts"]["boundary"] == data["counts"]["missed"] == 1
    assert data["per_type"]["A"]["boundary"] == 1
    assert data["examples"]["boundary"] == [
        {
            "kind": "boundary",
            "number": 1,
            "id": "x",
            "gold": {"start": 5, "end": 8, "label": "A", "text": "567"},
            "predicted": {"start": 5, "end": 7, "label": "A", "text": "56"},
            "context": {"start": 0, "end": 30, "text": TEXT, "length": 30},
        }
    ]
    assert found.to_dict(0)["examples"]["missed"] == []
    matrix = confusion(gold, [spans("0-3:A 5-7:A")])
    assert matrix.to_dict() == {
        "on": "overlap",
        "labels": ["A", "B", "O"],
        "matrix": [[2, 0, 0], [0, 0, 1], [0, 0, 0]],
    }


def test_labels_limit_both_sides() -> None:
    gold, said = [spans("0-3:A 5-8:B")], [spans("0-3:B 5-8:B")]
    assert errors(gold, said, ["A"]).counts["missed"] == 1
    assert confusion(gold, said, ["C", "A"]).labels == ("C", "A")


def test_spans_alone_have_no_context() -> None:
    (mistake,) = errors([spans("0-3:A")], [[]]).mistakes
    assert mistake.context is None
    assert "context" not in mistake.to_dict()


def test_bad_input_is_named() -> None:
    with pytest.raises(InputError, match="texts: 1 in gold, 0 predicted"):
        errors([[]], [])
    with pytest.raises(InputError, match="labels is empty"):
        confusion([], [], [])
    on: Any = "tokens"
    with pytest.raises(InputError, match="overlap or borders, not on 'tokens'"):
        confusion([], [], on=on)


def test_a_text_that_is_all_overlaps_ends_in_a_sentence() -> None:
    """Not in a machine without memory."""

    def nested(start: int, label: str) -> list[Span]:
        """2,000 spans that all hold the characters from 2 to 4."""
        return [Span(start, end, label, "x" * (end - start)) for end in range(4, 2_004)]

    same_places = errors([nested(0, "A")], [nested(0, "B")])
    assert same_places.counts["type"] == 2_000  # these are few pairs
    with pytest.raises(InputError, match="text 1: more than 1,000,000 pairs"):
        errors([nested(0, "A")], [nested(2, "A")])
