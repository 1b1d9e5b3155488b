"""Tags as they stand in files: broken ones count as seqeval and KLUE's script count them.

The oracles get the tags of the files; ours gets the files.
"""

from __future__ import annotations

import io
import json
import warnings
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from seqeval import metrics
from seqeval.scheme import IOB2
from sklearn.metrics import precision_recall_fscore_support
from typer.testing import CliRunner

from schema_ner import formats
from schema_ner.cli.app import app
from schema_ner.scoring import klue, pairing, score
from schema_ner.scoring.bootstrap import compare
from schema_ner.spans import Document, gold_span

if TYPE_CHECKING:
    from pathlib import Path

LABELS = ["PER", "LOC"]
TAGS = ["O", *(f"{letter}-{label}" for letter in "BI" for label in LABELS)]
BOTH_MODES: dict[str, dict[str, Any]] = {
    "seqeval": {},
    "seqeval-strict": {"mode": "strict", "scheme": IOB2},
}

Tagged = list[list[str]]  # tags, text by text


def conll(texts: Tagged) -> str:
    """A file whose tokens are w0, w1, …."""
    return "".join("".join(f"w{n}\t{tag}\n" for n, tag in enumerate(tags)) + "\n" for tags in texts)


def documents(texts: Tagged) -> list[Document]:
    return list(formats.read(io.BytesIO(conll(texts).encode()), "conll"))


def theirs(gold: Tagged, said: Tagged, convention: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where it divides by zero
        mode = BOTH_MODES[convention]
        return metrics.classification_report(gold, said, output_dict=True, **mode)


def rows(report: Any) -> dict[str, list[float]]:
    """Of each type, and of all: precision, recall, F1, support."""
    return {name: list(figures.values()) for name, figures in report.items()}


def ours(found: Any) -> dict[str, list[float]]:
    """The same of a Score as plain data."""
    per_type = {
        label: [one[name] for name in ("precision", "recall", "f1", "support")]
        for label, one in found["per_type"].items()
    }
    return per_type | {
        "micro avg": [found["precision"], found["recall"], found["f1"], found["support"]]
    }


def check_seqeval(gold: Tagged, said: Tagged, found: Any, convention: str) -> None:
    assert found["extra"]["token_accuracy"] == pytest.approx(metrics.accuracy_score(gold, said))
    if found["per_type"]:  # seqeval has no report of nothing
        report = rows(theirs(gold, said, convention))
        for name, figures in ours(found).items():
            assert figures == pytest.approx(report[name])


def valid(length: int) -> st.SearchStrategy[list[str]]:
    """Valid IOB2."""

    def mended(tags: list[str]) -> list[str]:
        found: list[str] = []
        for tag in tags:
            goes_on = tag[0] != "I" or (found and found[-1][2:] == tag[2:])
            found.append(tag if goes_on else f"B{tag[1:]}")
        return found

    return st.lists(st.sampled_from(TAGS), min_size=length, max_size=length).map(mended)


@st.composite
def two_files(draw: st.DrawFn) -> tuple[Tagged, Tagged]:
    """Gold in IOB2, and predictions of any B-, I- and O, often those of gold."""
    lengths = draw(st.lists(st.integers(1, 7), min_size=1, max_size=4))
    gold = [draw(valid(length)) for length in lengths]
    changed = st.one_of(st.none(), st.sampled_from(TAGS))
    return gold, [[draw(changed) or tag for tag in tags] for tags in gold]


# --- as seqeval


def test_an_i_behind_o_through_the_command_line(tmp_path: Path) -> None:
    """A span for seqeval's default mode, nothing for its strict mode; and so it is printed."""
    gold = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-PER", "O"]]
    said = [["B-PER", "I-PER", "O", "I-LOC"], ["O", "I-PER", "I-LOC"]]
    for name, texts in (("gold", gold), ("said", said)):
        (tmp_path / f"{name}.conll").write_text(conll(texts), encoding="utf-8")
    files = [str(tmp_path / "gold.conll"), str(tmp_path / "said.conll")]
    result = CliRunner().invoke(app, ["score", *files, "--convention", "all", "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)["conventions"]
    for convention in BOTH_MODES:
        check_seqeval(gold, said, found[convention], convention)
    # by hand: 3 gold; LOC, PER, PER and a LOC too many; strict sees the first PER alone
    counts = [
        (found[name]["support"], found[name]["predicted"], found[name]["correct"])
        for name in ("seqeval", "conlleval", "seqeval-strict", "strict")
    ]
    assert counts == [(3, 4, 3), (3, 4, 3), (3, 1, 1), (3, 4, 3)]
    assert found["token"]["correct"] == 2  # of 4: an I- for a B- is another tag


@given(two_files())
def test_files_of_tags_score_as_their_tags(both: Any) -> None:
    gold, said = both
    for convention in BOTH_MODES:
        found = score(documents(gold), documents(said), convention)
        check_seqeval(gold, said, found.to_dict(), convention)
    token = score(documents(gold), documents(said), "token")
    right, guessed = (list(chain(*side)) for side in both)
    if classes := sorted({*right, *guessed} - {"O"}):
        figures = precision_recall_fscore_support(
            right, guessed, labels=classes, average="micro", zero_division=0
        )
        assert [token.precision, token.recall, token.f1] == pytest.approx(list(figures[:3]))


@given(two_files())
def test_broken_gold_counts_as_it_stands_too(both: Any) -> None:
    """As long as it begins some span with B-: else it is IOB1, and nothing is broken."""
    said, gold = both
    assume(any(tag[0] == "B" for tags in gold for tag in tags))
    shown = {
        "IOB2" if tag[0] == "B" else "IOB1"
        for tags in gold
        for before, tag in zip(["O", *tags], tags, strict=False)
        if tag != "O" and before[2:] != tag[2:]
    }
    assume("IOB2" in shown)
    for convention in BOTH_MODES:
        found = score(documents(gold), documents(said), convention)
        check_seqeval(gold, said, found.to_dict(), convention)


@given(two_files(), st.sampled_from(LABELS))
def test_types_are_left_out_of_tags_too(both: Any, label: str) -> None:
    """``labels`` of Python, ``--exclude`` of the command line: the tags of others become O."""
    left = [
        [["O" if tag[2:] == label else tag for tag in tags] for tags in texts] for texts in both
    ]
    gold, said = (documents(texts) for texts in both)
    other = [name for name in LABELS if name != label]
    without = [[pairing.without(one, {label}) for one in side] for side in (gold, said)]
    for convention in BOTH_MODES:
        for found in (
            score(gold, said, convention, other).to_dict(),
            score(*without, convention).to_dict(),
        ):
            found["per_type"] = {n: t for n, t in found["per_type"].items() if any(t.values())}
            check_seqeval(left[0], left[1], found, convention)


def test_renamed_types_keep_their_broken_tags() -> None:
    gold, said = documents([["B-PER", "O"]]), documents([["I-PER", "O"]])
    names = {"PER": "person"}
    both = [[one.relabelled(names) for one in side] for side in (gold, said)]
    assert score(*both, "seqeval").correct == 1
    assert score(*both, "seqeval-strict").predicted == 0


def test_changed_spans_count_and_not_the_tags_they_had() -> None:
    gold, said = documents([["B-PER", "O"]]), documents([["I-PER", "O"]])
    moved = [Document("w0 w1", (gold_span("w0 w1", 0, 2, "LOC"),), None, said[0].tokens)]
    assert score(gold, moved, "seqeval-strict").predicted == 1


def test_two_systems_of_broken_tags_are_compared() -> None:
    gold = documents([["B-PER", "O"], ["O", "B-LOC"]] * 4)
    careless, careful = documents([["I-PER", "O"], ["O", "B-LOC"]] * 4), gold
    found = compare(gold, careless, careful, "seqeval-strict", resamples=100)
    assert (found.first.value, found.second.value) == (2 / 3, 1.0)


# --- schemes

IOBES = [["B-PER", "E-PER", "S-LOC", "O"]]
AS_IOB2 = [["B-PER", "I-PER", "B-LOC", "O"]]
AS_IOB1 = [["I-PER", "I-PER", "I-LOC", "O"]]
ANEW = "read as spans and tagged in IOB2 anew"


@pytest.mark.parametrize(
    ("gold", "said", "note"),
    [
        pytest.param(IOBES, IOBES, f"gold is tagged in BIOES: both sides are {ANEW}", id="BIOES"),
        pytest.param(
            [["B-PER", "L-PER", "U-LOC", "O"]],
            AS_IOB2,
            f"gold is tagged in BILOU: both sides are {ANEW}",
            id="BILOU and IOB2",
        ),
        pytest.param(
            AS_IOB1, IOBES, f"gold is tagged in IOB1: both sides are {ANEW}", id="IOB1 and BIOES"
        ),
        pytest.param(
            AS_IOB2, IOBES, f"predictions are tagged in BIOES: {ANEW}", id="IOB2 and BIOES"
        ),
    ],
)
def test_other_schemes_are_no_mistakes(gold: Tagged, said: Tagged, note: str) -> None:
    """The same spans in any scheme are all right by every convention of tags."""
    for convention in ("seqeval", "seqeval-strict", "conlleval", "token"):
        found = score(documents(gold), documents(said), convention)
        assert (found.f1, found.notes) == (1.0, (note,))


def test_predictions_that_look_like_iob1_are_told() -> None:
    """They may be in IOB1, or of a tagger that never learnt to say B-: gold is IOB2."""
    found = score(documents(AS_IOB2), documents(AS_IOB1), "seqeval-strict")
    assert (found.support, found.predicted) == (2, 0)
    assert found.notes == (
        "predictions look like IOB1, and their tags are held against IOB2 as they stand",
    )


def test_spans_on_one_side_are_tagged_in_iob2() -> None:
    """Gold as spans of the same tokens, or of none of its own."""
    said = documents([["I-PER", "O", "B-LOC"]])
    text = said[0].text
    for tokens in (said[0].tokens, None):
        gold = [Document(text, (gold_span(text, 0, 2, "PER"),), None, tokens)]
        assert score(gold, said, "seqeval").correct == 1
        strict = score(gold, said, "seqeval-strict")
        assert (strict.correct, strict.predicted) == (0, 1)
    assert score(said, [said[0].spans], "seqeval-strict").support == 1


def test_tags_of_other_tokens_than_golds_are_told() -> None:
    """Where gold has tokens of its own, tags of others cannot count; their spans do."""
    said = documents([["I-PER", "O"]])
    text = said[0].text
    gold = [Document(text, (gold_span(text, 0, 2, "PER"),), None, ((0, 1), (1, 2), (3, 5)))]
    found = score(gold, said, "seqeval-strict")
    assert found.correct == 1
    assert found.notes == (
        "predictions look like IOB1, and their tags are held against IOB2 as they stand",
        (
            "1 predicted text with broken tags on other tokens than those that are counted: the "
            "spans count"
        ),
    )
    whole = score(gold, documents([["B-PER", "O"]]), "seqeval-strict")
    assert (whole.correct, whole.notes) == (1, ())


# --- as KLUE's script

TEXT = "가나 다라 마"
NAMES = ["PS", "LC"]
KLUE_TAGS = ["O", "O", *(f"{letter}-{label}" for letter in "BI" for label in NAMES)]


def klue_file(texts: Tagged) -> list[Document]:
    """A character a line, blanks among them."""
    lines = ("".join(f"{c}\t{tag}\n" for c, tag in zip(TEXT, tags, strict=True)) for tags in texts)
    return list(formats.read(io.BytesIO("\n".join(lines).encode()), "klue"))


def official(texts: Tagged) -> list[str]:
    """The tags as the script has them: blanks dropped with theirs, [CLS] and [SEP] between."""
    kept = ([tag for c, tag in zip(TEXT, tags, strict=True) if c != " "] for tags in texts)
    return [tag for tags in kept for tag in ("O", *tags, "O")]


SIDES = st.lists(
    st.lists(st.sampled_from(KLUE_TAGS), min_size=len(TEXT), max_size=len(TEXT)),
    min_size=2,
    max_size=2,
)


@given(SIDES, SIDES)
def test_klues_figures_are_of_the_tags_in_its_files(gold: Tagged, said: Tagged) -> None:
    """Broken ones too, and a span that begins on a blank loses its B-; gold is in IOB2."""
    begin = ["B-PS", *gold[0][1:]]
    right = [begin, *gold[1:]]
    both = klue_file(right), klue_file(said)
    entities = klue.entities_of_tags(official(right), official(said))
    found = score(*both, "klue-entity")
    assert (found.f1, found.per_type) == (entities.f1, entities.per_type)
    characters = klue.characters_of_tags(official(right), official(said))
    assert score(*both, "klue-char").f1 == pytest.approx(characters.f1)
    clean = score(*both, "klue-clean")
    assert clean.f1 == pytest.approx(score(*both, "strict").macro_f1)
    flat = [list(chain(*side)) for side in (right, said)]
    classes = sorted({*flat[0], *flat[1]} - {"O"})
    *_, f1, _ = precision_recall_fscore_support(
        *flat, labels=classes, average="macro", zero_division=0
    )
    assert clean.extra["char_f1"] == pytest.approx(f1)


def test_words_are_no_characters() -> None:
    """KLUE's figures of a file of words go by its spans, and say so where that matters."""
    gold, said = documents([["B-PS", "O"]]), documents([["I-PS", "B-LC"]])
    found = score(gold, said, "klue-entity")
    assert found.per_type["PS"].correct == 1
    assert any("broken tags on other tokens" in note for note in found.notes)
