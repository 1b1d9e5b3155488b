"""Tags as three scripts read them: conlleval.pl's rules written out, and seqeval itself."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities

from schema_ner.scoring import chunking
from schema_ner.scoring.sequences import of_tags

LABELS = ["PER", "LOC", "a-b"]

# --- what conlleval.pl of 2004-01-26 does, rule by rule

# Two neighbouring tags between which a chunk ends, whatever their types.
ENDS = {"B B", "B O", "I B", "I O", "E E", "E I", "E O"}
# Two neighbouring tags of which the second begins a chunk.
BEGINS = {"B B", "I B", "O B", "O I", "E E", "E I", "O E"}


def parts(tag: str) -> tuple[str, str]:
    """The letter and the type; hyphens may stand in the type, and O has none."""
    letter, _, label = tag.partition("-")
    return letter, label


def chunk_ends(before: str, tag: str) -> bool:
    (letter, label), (behind, other) = parts(before), parts(tag)
    return f"{letter} {behind}" in ENDS or (letter != "O" and label != other)


def chunk_begins(before: str, tag: str) -> bool:
    (letter, label), (behind, other) = parts(before), parts(tag)
    return f"{letter} {behind}" in BEGINS or (behind != "O" and label != other)


def conlleval(gold: list[list[str]], said: list[list[str]]) -> dict[str, Any]:
    """One pass over all lines, as the script goes: sentences are parted by a line of O and O.

    It never builds a chunk.  A chunk of both sides is open from a line where both begin one of one
    type; it is right if both end before the same line, and lost if one ends alone.
    """
    rows = [("", "O", "O")]
    for right, guessed in zip(gold, said, strict=True):
        rows += [("token", *both) for both in zip(right, guessed, strict=True)]
        rows.append(("", "O", "O"))
    in_gold: Counter[str] = Counter()
    found: Counter[str] = Counter()
    correct: Counter[str] = Counter()
    tokens = right_tags = 0
    is_open = False
    for (_, gold_before, said_before), (kind, right, guessed) in pairwise(rows):
        ended = (chunk_ends(gold_before, right), chunk_ends(said_before, guessed))
        if is_open and all(ended) and parts(gold_before)[1] == parts(said_before)[1]:
            correct[parts(gold_before)[1]] += 1
            is_open = False
        elif is_open and (ended[0] != ended[1] or parts(right)[1] != parts(guessed)[1]):
            is_open = False
        begun = (chunk_begins(gold_before, right), chunk_begins(said_before, guessed))
        if all(begun) and parts(right)[1] == parts(guessed)[1]:
            is_open = True
        in_gold[parts(right)[1]] += begun[0]
        found[parts(guessed)[1]] += begun[1]
        if kind == "token":
            tokens += 1
            right_tags += right == guessed
    return {
        "accuracy": right_tags / tokens if tokens else 0.0,
        "counts": (in_gold.total(), found.total(), correct.total()),
        "types": {
            label: (in_gold[label], found[label], correct[label])
            for label in sorted(in_gold | found)
            if in_gold[label] + found[label]
        },
    }


# --- tags


def any_tag(letters: str) -> st.SearchStrategy[str]:
    return st.sampled_from(
        ["O", "O", *(f"{letter}-{label}" for letter in letters for label in LABELS)]
    )


@st.composite
def written(draw: st.DrawFn) -> list[str]:
    """Random chunks, some side by side, in one of four schemes."""
    scheme = draw(st.sampled_from(["IOB1", "IOB2", "IOBES", "IOE2"]))
    tags: list[str] = []
    for length, label in draw(
        st.lists(st.tuples(st.integers(1, 3), st.sampled_from([*LABELS, ""])), max_size=5)
    ):
        if not label:
            tags += ["O"] * length
            continue
        letters = "B" + "I" * (length - 1)
        if scheme == "IOB1" and not (tags and parts(tags[-1])[1] == label):
            letters = "I" * length
        if scheme == "IOBES":
            letters = "S" if length == 1 else f"B{'I' * (length - 2)}E"
        if scheme == "IOE2":
            letters = f"{'I' * (length - 1)}E"
        tags += [f"{letter}-{label}" for letter in letters]
    return tags


@st.composite
def both_sides(draw: st.DrawFn, letters: str = "BIES") -> tuple[list[list[str]], list[list[str]]]:
    """Sentences of valid tags or of any; predictions that are often those of gold."""
    one = st.one_of(written(), st.lists(any_tag(letters), max_size=8))
    gold = draw(st.lists(one, min_size=1, max_size=4))
    changed = st.one_of(st.none(), st.none(), any_tag(letters))
    said = [[draw(changed) or tag for tag in sentence] for sentence in gold]
    return gold, said


# --- the scripts


@given(both_sides())
def test_conlleval_is_what_the_script_does(both: Any) -> None:
    """IOB1, IOB2, IOBES, IOE2, mixed and broken: counts, types and accuracy."""
    ours, theirs = of_tags("conlleval", *both), conlleval(*both)
    assert (ours.support, ours.predicted, ours.correct) == theirs["counts"]
    assert ours.extra["token_accuracy"] == theirs["accuracy"]
    assert {
        label: (one.support, one.predicted, one.correct) for label, one in ours.per_type.items()
    } == theirs["types"]
    support, predicted, correct = theirs["counts"]
    precision = correct / predicted if predicted else 0
    recall = correct / support if support else 0
    f1 = 2 * precision * recall / (precision + recall) if correct else 0
    assert (ours.precision, ours.recall) == (precision, recall)
    assert ours.f1 == pytest.approx(f1)


@given(st.lists(any_tag("BIES"), max_size=12))
def test_seqeval_is_what_seqeval_reads(tags: list[str]) -> None:
    """Its default mode, on tags of any scheme it knows, broken or not."""
    theirs = {(first, last + 1, label) for label, first, last in get_entities(tags)}
    assert chunking.seqeval(tags) == theirs


@given(st.lists(any_tag("BI"), max_size=12))
def test_without_e_and_s_conlleval_and_seqeval_are_one(tags: list[str]) -> None:
    assert chunking.conlleval(tags) == chunking.seqeval(tags)


@pytest.mark.parametrize(
    ("tags", "conlleval_says", "seqeval_says", "iob2_says"),
    [
        ("B-X I-X O", "0-2:X", "0-2:X", "0-2:X"),
        ("B-X B-X", "0-1:X 1-2:X", "0-1:X 1-2:X", "0-1:X 1-2:X"),
        ("O I-X I-X", "1-3:X", "1-3:X", ""),
        ("I-X", "0-1:X", "0-1:X", ""),
        ("B-X I-Y I-X", "0-1:X 1-2:Y 2-3:X", "0-1:X 1-2:Y 2-3:X", "0-1:X"),
        ("I-X B-X I-X", "0-1:X 1-3:X", "0-1:X 1-3:X", "1-3:X"),
        ("B-X O I-X", "0-1:X 2-3:X", "0-1:X 2-3:X", "0-1:X"),
        ("B-a-b I-a-b I-a", "0-2:a-b 2-3:a", "0-2:a-b 2-3:a", "0-2:a-b"),
        ("S-X S-X", "0-2:X", "0-1:X 1-2:X", ""),
        ("B-X E-X B-X E-X", "0-4:X", "0-2:X 2-4:X", "0-1:X 2-3:X"),
        ("I-X E-X E-X I-X", "0-2:X 2-3:X 3-4:X", "0-2:X 2-3:X 3-4:X", ""),
        ("O", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_by_hand(tags: str, conlleval_says: str, seqeval_says: str, iob2_says: str) -> None:
    """An I- behind O, or behind another type, begins a span for two of them and none for IOB2.

    The script of CoNLL knows no S-, and no B- behind an E- of its type: neighbours are one to it.
    """
    for read, said in (
        (chunking.conlleval, conlleval_says),
        (chunking.seqeval, seqeval_says),
        (chunking.iob2, iob2_says),
    ):
        found = sorted(read(tags.split()))
        assert " ".join(f"{start}-{end}:{label}" for start, end, label in found) == said
