"""Statistics of data sets: what is counted by hand, and laws on random texts."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import text_with_ranges

from schema_ner.spans import Document, gold_span
from schema_ner.statistics import Lengths, describe


def document(text: str, *places: tuple[int, int, str], **fields: Any) -> Document:
    return Document(text, tuple(gold_span(text, *place) for place in places), **fields)


def test_by_hand() -> None:
    tags = {"pos": ("NNP", "VBD", "NNP")}
    found = describe(
        [
            document(
                "Ada met Bob",
                (0, 3, "PER"),
                (8, 11, "PER"),
                tokens=((0, 3), (4, 7), (8, 11)),
                token_tags=tags,
            ),
            document("in Rome, Italy", (3, 14, "LOC"), (3, 7, "LOC"), (9, 14, "LOC")),
            document("nothing"),
        ]
    )
    assert (found.texts, found.empty, found.tokenised) == (3, 1, 1)
    assert (found.characters, found.tokens, found.spans) == (32, 3 + 4 + 1, 5)
    assert list(found.labels.items()) == [("LOC", 3), ("PER", 2)]
    assert (found.overlapping, found.nested, found.repeated) == (3, 2, 0)
    assert found.span_lengths.counts == {3: 2, 4: 1, 5: 1, 11: 1}
    assert found.columns == {"pos": {"NNP": 2, "VBD": 1}}
    data = found.to_dict()
    assert data["empty_share"] == pytest.approx(1 / 3)
    assert data["lengths_by_label"]["PER"]["median"] == 3


@pytest.mark.parametrize(
    ("places", "overlapping", "nested", "repeated"),
    [
        ([(0, 3), (3, 5)], 0, 0, 0),
        ([(0, 4), (3, 5)], 2, 0, 0),
        ([(0, 5), (1, 2), (3, 4)], 3, 2, 0),
        ([(0, 5), (0, 5)], 0, 0, 1),
        ([(0, 2), (1, 8), (7, 9)], 3, 0, 0),
    ],
)
def test_what_lies_in_what(places: Any, overlapping: int, nested: int, repeated: int) -> None:
    found = describe([document("x" * 9, *((*place, "A") for place in places))])
    assert (found.overlapping, found.nested, found.repeated) == (overlapping, nested, repeated)


@given(st.lists(text_with_ranges(8), max_size=4), st.data())
def test_against_counting_pair_by_pair(drawn: Any, data: Any) -> None:
    documents = [
        document(text, *((s, e, data.draw(st.sampled_from("AB"))) for s, e in ranges))
        for text, ranges in drawn
    ]
    found = describe(iter(documents))
    assert found.labels == Counter(s.label for d in documents for s in d.spans)
    assert found.characters == sum(len(d.text) for d in documents)
    assert found.span_lengths.total == sum(s.end - s.start for d in documents for s in d.spans)
    overlapping = nested = 0
    for one in documents:
        places = {s.order for s in one.spans}
        for start, end, label in places:
            others = places - {(start, end, label)}
            overlapping += any(s < end and start < e for s, e, _ in others)
            # of two at the same place one is inside the other
            nested += any(
                s <= start and end <= e and ((s, e) != (start, end) or name < label)
                for s, e, name in others
            )
    assert (found.overlapping, found.nested) == (overlapping, nested)


@given(st.dictionaries(st.integers(0, 50), st.integers(1, 9)), st.floats(0, 1))
def test_quantiles(counts: dict[int, int], share: float) -> None:
    """At least that share is no longer, and of what is shorter there is less."""
    lengths = Lengths(dict(sorted(counts.items())))
    if not counts:
        assert (lengths.quantile(share), lengths.mean) == (0, 0.0)
        return
    found = lengths.quantile(share)
    assert sum(n for length, n in counts.items() if length <= found) >= share * lengths.number
    shorter = sum(n for length, n in counts.items() if length < found)
    assert shorter < share * lengths.number or found == min(counts)
    assert min(counts) <= lengths.mean <= max(counts)


def test_nothing() -> None:
    found = describe([])
    assert (found.texts, found.empty_share, found.spans) == (0, 0.0, 0)
    assert found.to_dict()["text_lengths"] == {
        "mean": 0.0,
        "least": 0,
        "median": 0,
        "p95": 0,
        "most": 0,
    }
