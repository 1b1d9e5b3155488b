"""Conventions over tags: tables to check by eye, laws, seqeval and scikit-learn as oracles."""

from __future__ import annotations

import itertools
import re
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval import metrics
from seqeval.scheme import IOB2
from sklearn.metrics import accuracy_score, precision_recall_fscore_support
from strategies import text_with_ranges, texts

from schema_ner.errors import InputError
from schema_ner.scoring import Pair, score
from schema_ner.scoring.chunking import conlleval, iob2
from schema_ner.scoring.sequences import of_tags
from schema_ner.scoring.tags import of_pairs, words
from schema_ner.spans import Document, Extraction, Span, gold_span

LABELS = ["PER", "ORG", "LOC"]
OVER_SPANS = ["seqeval", "seqeval-strict", "conlleval"]
ALL = [*OVER_SPANS, "token"]
FIGURES = ("precision", "recall", "f1")

Range = tuple[int, int]


def document(text: str, *places: tuple[int, int, str], tokens: Any = None) -> Document:
    return Document(text, tuple(gold_span(text, *place) for place in places), None, tokens)


def pair(gold: Document, predicted: Document) -> Pair:
    return Pair(gold.spans, predicted.spans, gold.text, gold.tokens)


# --- spans → tags

SEOUL = "서울에서 왔다 ."
EOJEOL = ((0, 4), (5, 7), (8, 9))
WIDENED = "counted as the whole tokens touched: a border lies inside a token, or outside of all"
OVERLAPS = (
    "not counted: a token has one tag, so of spans that share one the higher score stays, then the "
    "longer, then the earlier"
)


@pytest.mark.parametrize(
    ("gold", "predicted", "tags", "notes"),
    [
        pytest.param(
            document(SEOUL, (0, 2, "LC")),
            document(SEOUL, (0, 4, "LC")),
            (["B-LC", "O", "O", "O"], ["B-LC", "I-LC", "O", "O"]),
            (),
            id="words are cut where spans of either side begin or end",
        ),
        pytest.param(
            document(SEOUL, (0, 4, "LC"), tokens=EOJEOL),
            document(SEOUL, (0, 2, "LC")),
            (["B-LC", "O", "O"], ["B-LC", "O", "O"]),
            (f"1 predicted span {WIDENED}",),
            id="gold's own tokens are not cut",
        ),
        pytest.param(
            document(SEOUL, (0, 7, "X"), (5, 7, "Y")),
            document(SEOUL, (5, 7, "X"), (5, 7, "Y"), (4, 5, "X")),
            (["B-X", "I-X", "O"], ["O", "B-X", "O"]),
            (
                f"1 gold span {OVERLAPS}",
                f"1 predicted span {OVERLAPS}",
                "1 predicted span not counted: no token stands there",
            ),
            id="a token has one tag, a blank none",
        ),
        pytest.param(
            document(SEOUL, (5, 7, "X"), (8, 9, "X")),
            document(SEOUL, (4, 7, "X"), (7, 9, "Y")),
            (["O", "B-X", "B-X"], ["O", "B-X", "B-Y"]),
            (f"2 predicted spans {WIDENED}",),
            id="blanks at the ends are no part of tokens",
        ),
    ],
)
def test_tags_of_spans(gold: Document, predicted: Document, tags: Any, notes: Any) -> None:
    got = of_pairs([pair(gold, predicted)])
    assert (got.gold, got.predicted) == ([tags[0]], [tags[1]])
    assert got.notes == notes


def test_the_higher_score_is_tagged_and_no_score_beats_any() -> None:
    def tag(*scores: float | None) -> str:
        said = tuple(Span(0, 2, f"T{i}", "ab", score=s) for i, s in enumerate(scores))
        return of_pairs([Pair((), said, "ab")]).predicted[0][0]

    assert tag(0.5, 0.9) == "B-T1"
    assert tag(0.9, None) == "B-T1"
    assert tag(0.5, 0.5) == "B-T0"


def test_tokens_may_be_those_of_a_convention() -> None:
    """Other conventions count characters: they give their own cut."""

    def characters(one: Pair) -> list[Range]:
        return [(i, i + 1) for i, c in enumerate(one.text or "") if not c.isspace()]

    got = of_pairs([pair(document("a bc", (0, 3, "X")), document("a bc"))], split=characters)
    assert got.gold == [["B-X", "I-X", "O"]]
    assert got.notes == ()


def labelled(text: str, ranges: list[Range], kinds: list[str]) -> Document:
    places = zip(ranges, itertools.cycle(kinds), strict=False)
    return document(text, *((start, end, label) for (start, end), label in places))


KINDS = st.lists(st.sampled_from(LABELS), min_size=1, max_size=4)


@st.composite
def compared(draw: st.DrawFn) -> tuple[Document, Document]:
    """One text with spans on both sides, which may overlap and begin or end anywhere."""
    text, ranges = draw(text_with_ranges(8))
    cut = draw(st.integers(0, len(ranges)))
    shared = draw(st.integers(0, len(ranges)))
    kinds = draw(KINDS)
    return labelled(text, ranges[:cut], kinds), labelled(text, ranges[min(cut, shared) :], kinds)


@st.composite
def with_tokens(draw: st.DrawFn) -> tuple[Document, Document]:
    """The same, where gold has tokens of its own, with gaps between them."""
    gold, predicted = draw(compared())
    edges = sorted(draw(st.sets(st.integers(0, len(gold.text)), max_size=12)))
    tokens = tuple(itertools.pairwise(edges))
    left_out = draw(st.sets(st.integers(0, 12)))
    kept = tuple(place for i, place in enumerate(tokens) if i not in left_out)
    return Document(gold.text, gold.spans, None, kept), predicted


@given(compared())
def test_words_cover_the_text_and_respect_borders(both: tuple[Document, Document]) -> None:
    """Each character but blanks is in one token, and no token reaches over a span's border."""
    gold, predicted = both
    places = words(pair(gold, predicted))
    covered = [i for start, end in places for i in range(start, end)]
    assert covered == sorted(set(covered))
    assert {i for i, c in enumerate(gold.text) if not c.isspace()} <= set(covered)
    for span in (*gold.spans, *predicted.spans):
        assert all(
            not start < edge < end for edge in (span.start, span.end) for start, end in places
        )


@given(st.one_of(compared(), with_tokens()))
def test_no_span_is_lost_in_silence(both: tuple[Document, Document]) -> None:
    """Spans that are tagged and spans that a note counts as left out are all spans."""
    got = of_pairs([pair(*both)])
    for side, said, tags in (
        ("gold", both[0], got.gold),
        ("predicted", both[1], got.predicted),
    ):
        left_out = sum(
            int(found[1])
            for note in got.notes
            if (found := re.match(rf"(\d+) {side} spans? not counted", note))
        )
        assert len(iob2(tags[0])) + left_out == len({span.order for span in said.spans})


@given(st.one_of(compared(), with_tokens()))
def test_a_tag_stands_on_a_span_of_its_type(both: tuple[Document, Document]) -> None:
    """Tags are valid IOB2, and each token that has one shares a character with such a span."""
    gold, _ = both
    got = of_pairs([pair(*both)])
    assert conlleval(got.gold[0]) == iob2(got.gold[0])
    for (start, end), tag in zip(words(pair(*both)), got.gold[0], strict=True):
        near = {span.label for span in gold.spans if span.start < end and start < span.end}
        assert tag == "O" or tag[2:] in near


@given(st.one_of(compared(), with_tokens()))
def test_gold_compared_with_itself_is_all_right(both: tuple[Document, Document]) -> None:
    for convention in ALL:
        got = score([both[0]], [both[0]], convention)
        assert got.correct == got.support == got.predicted
        assert got.extra["token_accuracy"] == (1.0 if words(pair(both[0], both[0])) else 0.0)


@given(st.lists(compared(), max_size=3))
def test_on_flat_spans_the_span_conventions_are_strict(
    pairs: list[tuple[Document, Document]],
) -> None:
    """Where nothing overlaps and spans have no blanks at their ends, tags say all that spans do."""

    def flat(one: Document) -> Document:
        kept: list[Span] = []
        for span in one.spans:
            apart = not kept or kept[-1].end <= span.start
            if apart and span.text == span.text.strip():
                kept.append(span)
        return Document(one.text, tuple(kept))

    gold, predicted = [flat(g) for g, _ in pairs], [flat(p) for _, p in pairs]
    expected = score(gold, predicted, "strict")
    for convention in OVER_SPANS:
        got = score(gold, predicted, convention)
        assert (got.per_type, got.f1, got.notes) == (expected.per_type, expected.f1, ())


# --- tags → figures


def test_conlleval_by_hand() -> None:
    """Seven tokens, two sentences; a span does not go on over the end of a sentence."""
    gold = [["B-PER", "I-PER", "O", "B-LOC"], ["I-LOC", "O", "B-ORG"]]
    said = [["I-PER", "I-PER", "O", "B-ORG"], ["B-LOC", "I-ORG", "B-ORG"]]
    got = of_tags("conlleval", gold, said)
    assert (got.support, got.predicted, got.correct) == (4, 5, 3)
    assert got.extra == {"token_accuracy": 3 / 7, "tokens": 7}
    counts = {label: (t.support, t.predicted, t.correct) for label, t in got.per_type.items()}
    assert counts == {"LOC": (2, 1, 1), "ORG": (1, 3, 1), "PER": (1, 1, 1)}
    assert got.f1 == 2 * 3 / (4 + 5)


def test_one_prediction_of_an_unseen_type_lowers_the_macro_average() -> None:
    """seqeval's types are those of both sides."""
    gold = [["B-PER", "B-LOC"], ["O"]]
    assert of_tags("seqeval", gold, gold).macro_f1 == 1.0
    assert of_tags("seqeval", gold, [["B-PER", "B-LOC"], ["B-ORG"]]).macro_f1 == 2 / 3


def test_token_by_hand() -> None:
    """O counts for accuracy and where it is named; a B- for an I- is a wrong tag."""
    got = of_tags("token", [["B-X", "I-X", "O", "O"]], [["B-X", "B-X", "O", "B-Y"]])
    assert (got.support, got.predicted, got.correct) == (2, 3, 1)
    assert {label: t.correct for label, t in got.per_type.items()} == {"X": 1, "Y": 0}
    assert got.extra["token_accuracy"] == 1 / 2
    # F1: B-X 2/3, I-X 0, B-Y 0, O 2/3
    assert got.extra["macro_f1_with_o"] == pytest.approx(1 / 3)
    assert got.extra["macro_f1_without_o"] == pytest.approx(2 / 9)
    assert got.extra["weighted_f1_with_o"] == pytest.approx(1 / 2)
    assert got.extra["weighted_f1_without_o"] == pytest.approx(1 / 3)


def test_sides_of_different_lengths_are_an_error() -> None:
    for name in ALL:
        for gold, said in ([["O"]], []), ([["O"]], [["O", "O"]]):
            with pytest.raises(ValueError, match="zip"):
                of_tags(name, gold, said)


TAGS = st.sampled_from(["O", "O", *(f"{letter}-{label}" for letter in "BI" for label in LABELS)])


@st.composite
def tagged(draw: st.DrawFn) -> tuple[list[list[str]], list[list[str]]]:
    """Any tags, broken ones too; predictions that are often those of gold."""
    gold = draw(st.lists(st.lists(TAGS, min_size=1, max_size=8), min_size=1, max_size=4))
    other = draw(st.lists(st.one_of(st.none(), TAGS), min_size=1, max_size=8))
    changes = itertools.cycle(other)
    return gold, [[next(changes) or tag for tag in sequence] for sequence in gold]


@given(tagged())
def test_span_conventions_are_what_seqeval_says(both: Any) -> None:
    """Micro, macro, weighted and each type, on any B- and I-; of E- and S- see `chunking`."""
    for name, mode in (
        ("seqeval", {}),
        ("conlleval", {}),
        ("seqeval-strict", {"mode": "strict", "scheme": IOB2}),
    ):
        ours = of_tags(name, *both)
        assert ours.extra["token_accuracy"] == pytest.approx(metrics.accuracy_score(*both))
        if not ours.per_type:
            continue  # seqeval has no macro of no type at all
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where it divides by zero
            theirs = metrics.classification_report(*both, output_dict=True, **mode)
        expected = {
            "micro avg": (ours.precision, ours.recall, ours.f1, ours.support),
            "macro avg": (ours.macro_precision, ours.macro_recall, ours.macro_f1, ours.support),
            **{
                label: (one.precision, one.recall, one.f1, one.support)
                for label, one in ours.per_type.items()
            },
        }
        if name != "conlleval":
            means = (ours.weighted_precision, ours.weighted_recall)
            expected["weighted avg"] = (*means, ours.weighted_f1, ours.support)
        else:
            del theirs["weighted avg"]
        assert set(theirs) == set(expected)
        for row, figures in expected.items():
            assert list(theirs[row].values()) == pytest.approx(list(figures))


@given(tagged())
def test_token_is_what_scikit_learn_says(both: Any) -> None:
    """Averages over tags, with O and without; micro without O is the headline."""
    ours = of_tags("token", *both)
    gold, said = (list(itertools.chain(*side)) for side in both)
    every = sorted({*gold, *said})
    assert ours.extra["token_accuracy"] == pytest.approx(accuracy_score(gold, said))
    for of, classes in (("with_o", every), ("without_o", [tag for tag in every if tag != "O"])):
        if not classes:
            continue  # scikit-learn has no mean of no class
        for average in ("macro", "weighted"):
            theirs = precision_recall_fscore_support(
                gold, said, labels=classes, average=average, zero_division=0
            )
            mine = [ours.extra[f"{average}_{figure}_{of}"] for figure in FIGURES]
            assert mine == pytest.approx(list(theirs[:3]))
    if classes:
        theirs = precision_recall_fscore_support(
            gold, said, labels=classes, average="micro", zero_division=0
        )
        assert [ours.precision, ours.recall, ours.f1] == pytest.approx(list(theirs[:3]))


# --- the door


def test_tags_come_from_the_texts_of_gold() -> None:
    """Predictions may be Extractions, Documents or spans alone."""
    gold = document("Ada in Rome", (0, 3, "PER"), (7, 11, "LOC"), tokens=((0, 3), (4, 6), (7, 11)))
    said = gold.spans[:1]
    for predicted in (said, Document(gold.text, said), Extraction(gold.text, said)):
        got = score([gold], [predicted], "token")
        assert (got.support, got.correct, got.extra["token_accuracy"]) == (2, 1, 2 / 3)


def test_labels_limit_what_is_tagged() -> None:
    gold = document("Ada in Rome", (0, 3, "PER"), (7, 11, "LOC"))
    got = score([gold], [gold], "seqeval", labels=["PER", "ORG"])
    assert (got.support, got.predicted, got.correct) == (1, 1, 1)
    assert (list(got.per_type), got.macro_f1) == (["PER", "ORG"], 0.5)


@given(texts(), st.sampled_from(ALL))
def test_what_conventions_of_tags_cannot_take_is_named(text: str, convention: str) -> None:
    with pytest.raises(InputError, match="give gold as Documents"):
        score([[]], [[]], convention)
    other = Document(f"{text}b", (gold_span(f"{text}b", len(text), len(text) + 1, "X"),))
    with pytest.raises(InputError, match=r"text 1: at .* the same texts on both sides"):
        score([Document(f"{text}a")], [other], convention)
    crossed = Document(f"{text}abc", (), None, ((len(text), len(text) + 2), (0, len(text) + 1)))
    with pytest.raises(InputError, match="text 2: the tokens ending at"):
        score([Document(""), crossed], [[], []], convention)
