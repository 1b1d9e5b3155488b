"""Spans: the coordinate law, what cannot be made, order, immutability, and plain-data forms."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import text_with_ranges

from schema_ner.errors import FormatError, InputError
from schema_ner.exports import Offsets
from schema_ner.marks import Status
from schema_ner.spans import (
    KEPT,
    REJECTED,
    Document,
    Extraction,
    Rejected,
    Span,
    Usage,
    gold_span,
    joined_ranges,
)

TEXT = "Take two tablets of aspirin."
DOSE = Span(5, 16, "Dose", "two tablets", 0.75)
DRUG = Span(20, 27, "Drug", "aspirin", None, "normalised", "validator")


def extraction() -> Extraction:
    return Extraction(
        TEXT,
        (DRUG, DOSE),
        (Rejected("ibuprofen", "Drug", "hallucinated", "not in the text"),),
        ((17, 19),),
        Usage(tokens_in=9, passes=1),
        "builtin",
        "0123456789abcdef",
    )


@st.composite
def extractions(draw: st.DrawFn) -> Extraction:
    text, ranges = draw(text_with_ranges())
    labels = st.sampled_from(["Drug", "인물", "a b"])
    scores = st.none() | st.floats(0, 1)
    spans = [Span(a, b, draw(labels), text[a:b], draw(scores)) for a, b in ranges]
    return Extraction(text, tuple(spans), unread=tuple(ranges[:2]))


# --- Span


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        pytest.param((3, 3, "L", ""), r"empty or reversed span \[3:3\)", id="empty"),
        pytest.param((4, 3, "L", "x"), r"empty or reversed span \[4:3\)", id="reversed"),
        pytest.param((-1, 1, "L", "xy"), r"empty or reversed span \[-1:1\)", id="before the text"),
        pytest.param((0, 3, "L", "xy"), r"\[0:3\) cannot hold 'xy'", id="a text of another length"),
        pytest.param((0, 1, "L", "x", 1.5), "score 1.5 of 'x' is not in", id="score above one"),
        pytest.param((0, 1, "L", "x", -0.1), "score -0.1 of 'x' is not in", id="score below zero"),
        pytest.param((0, 1, "L", "x", float("nan")), "score nan", id="a score that is no number"),
        pytest.param((0, 1, "L", "x", 1, "overlap"), "never 'overlap'", id="a rejected status"),
    ],
)
def test_a_span_that_breaks_the_law_cannot_be_made(values: tuple[Any, ...], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Span(*values)


@pytest.mark.parametrize("score", [None, 0, 0.0, 0.5, 1, 1.0])
def test_scores_from_nought_to_one_and_none_are_kept_as_they_are(score: float | None) -> None:
    assert Span(0, 1, "L", "x", score).score == score


def test_an_unknown_score_is_none() -> None:
    assert Span(0, 1, "L", "x").score is None


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        pytest.param((0, 4), (4, 8), False, id="neighbours share nothing: the end is exclusive"),
        pytest.param((0, 5), (4, 8), True, id="one code point is enough"),
        pytest.param((0, 8), (2, 4), True, id="one inside the other"),
        pytest.param((0, 4), (0, 4), True, id="the same place"),
        pytest.param((0, 1), (7, 8), False, id="far apart"),
    ],
)
def test_overlap(one: tuple[int, int], other: tuple[int, int], *, shared: bool) -> None:
    first, second = (Span(a, b, "L", "x" * (b - a)) for a, b in (one, other))
    assert first.overlaps(second) is second.overlaps(first) is shared


def test_the_users_object_is_no_part_of_equality() -> None:
    with_entity = replace(DOSE, entity=object())
    assert with_entity == DOSE
    assert hash(with_entity) == hash(DOSE)
    assert "entity" not in repr(with_entity)


def test_every_status_is_either_kept_or_rejected() -> None:
    assert set(KEPT) | set(REJECTED) == set(get_args(Status))
    assert not set(KEPT) & set(REJECTED)


@pytest.mark.parametrize("status", KEPT)
def test_what_was_kept_is_not_rejected(status: Status) -> None:
    assert Span(0, 1, "L", "x", status=status).status == status
    with pytest.raises(ValueError, match=f"'{status}' is no reason to reject"):
        Rejected("x", None, status, "")


@pytest.mark.parametrize("status", REJECTED)
def test_what_was_rejected_is_no_span(status: Status) -> None:
    assert Rejected("x", None, status, "").status == status
    with pytest.raises(ValueError, match=f"never '{status}'"):
        Span(0, 1, "L", "x", status=status)


# --- Extraction and Document


@given(extractions())
def test_every_span_says_what_stands_at_its_place(made: Extraction) -> None:
    """The law: ``text[start:end] == span.text``, sorted by start, end, label."""
    for span in made.spans:
        assert made.text[span.start : span.end] == span.text
    keys = [(span.start, span.end, span.label) for span in made.spans]
    assert keys == sorted(keys)


@pytest.mark.parametrize("make", [Extraction, Document])
@pytest.mark.parametrize(
    ("span", "problem"),
    [
        pytest.param(Span(5, 8, "L", "one"), r"\[5:8\) holds 'two', not 'one'", id="other words"),
        pytest.param(Span(5, 8, "L", "Two"), "holds 'two', not 'Two'", id="another case"),
        pytest.param(Span(26, 30, "L", "n..."), r"holds 'n\.', not 'n\.\.\.'", id="past the end"),
        pytest.param(Span(99, 100, "L", "x"), "holds '', not 'x'", id="outside"),
    ],
)
def test_a_span_of_another_text_is_refused(make: type, span: Span, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        make(TEXT, (DOSE, span))


@given(text_with_ranges(), st.integers(1, 9))
def test_a_shifted_span_is_refused(case: tuple[str, list[tuple[int, int]]], shift: int) -> None:
    text, ranges = case
    assume(ranges)
    start, end = ranges[0]
    assume(text[start + shift : end + shift] != text[start:end])
    with pytest.raises(ValueError, match="holds"):
        Extraction(text, (Span(start + shift, end + shift, "L", text[start:end]),))


@pytest.mark.parametrize("unread", [(-1, 3), (3, 3), (5, 4), (0, 29)])
def test_an_unread_range_lies_in_the_text(unread: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="leaves a text of 28"):
        Extraction(TEXT, unread=(unread,))


@pytest.mark.parametrize("token", [(-1, 3), (3, 3), (5, 4), (0, 29)])
def test_a_token_lies_in_the_text(token: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="leaves a text of 28"):
        Document(TEXT, tokens=(token,))


def test_tags_of_tokens_are_one_a_token() -> None:
    """They are part of what a document is: of equality, pickles and the JSONL form."""
    tokens = ((0, 4), (5, 8))
    made = Document(TEXT, (), None, tokens, {"pos": ["VB", "CD"]})  # type: ignore[dict-item]
    assert made.token_tags == {"pos": ("VB", "CD")}
    assert made != Document(TEXT, (), None, tokens)
    assert hash(made) == hash(Document(TEXT, (), None, tokens))
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  # made here
    assert made.to_dict() == {
        "text": TEXT,
        "entities": [],
        "tokens": [[0, 4], [5, 8]],
        "token_tags": {"pos": ["VB", "CD"]},
    }
    assert Document(TEXT, tokens=tokens, token_tags={}).token_tags is None
    for places, many in ((tokens, "1 tags for 2 tokens"), (None, "1 tags for no tokens")):
        with pytest.raises(ValueError, match=f"the column 'pos' has {many}"):
            Document(TEXT, tokens=places, token_tags={"pos": ("VB",)})


@pytest.mark.parametrize(
    ("ranges", "joined"),
    [
        pytest.param([], (), id="none"),
        pytest.param([(5, 6), (0, 2)], ((0, 2), (5, 6)), id="sorted"),
        pytest.param([(0, 3), (2, 5)], ((0, 5),), id="overlapping ones are one"),
        pytest.param([(0, 3), (3, 5)], ((0, 5),), id="touching ones are one"),
        pytest.param([(0, 9), (2, 5), (3, 4)], ((0, 9),), id="inner ones vanish in the outer"),
    ],
)
def test_unread_ranges_are_sorted_and_apart(
    ranges: list[tuple[int, int]], joined: tuple[tuple[int, int], ...]
) -> None:
    assert joined_ranges(ranges) == joined
    assert Extraction(TEXT, unread=tuple(ranges)).unread == joined


def test_spans_are_sorted_by_start_then_end_then_label() -> None:
    text = "aaaa"
    keys = [(0, 2, "B"), (1, 2, "A"), (0, 1, "Z"), (0, 2, "A")]
    spans = [Span(a, b, label, text[a:b]) for a, b, label in keys]
    for made in (Extraction(text, tuple(spans)), Document(text, tuple(spans))):
        assert [span.order for span in made.spans] == sorted(keys)


def test_lists_become_tuples_so_that_results_stay_as_they_are() -> None:
    rejected = [Rejected("x", None, "failed", "no answer")]
    made = Extraction(TEXT, [DOSE], rejected, [[0, 3]])  # type: ignore[arg-type, list-item]
    rejected.clear()
    assert (made.spans, len(made.rejected), made.unread) == ((DOSE,), 1, ((0, 3),))
    assert Document(TEXT, [DOSE], tokens=[[0, 4]]).tokens == ((0, 4),)  # type: ignore[arg-type, list-item]
    hash(made)


@pytest.mark.parametrize(
    "made", [DOSE, Usage(), extraction(), Document(TEXT), extraction().rejected[0]]
)
def test_results_cannot_be_changed(made: Any) -> None:
    for field in fields(made):
        with pytest.raises(FrozenInstanceError):
            setattr(made, field.name, None)
    assert not hasattr(made, "__dict__")


@pytest.mark.parametrize("made", [DRUG, extraction(), Document(TEXT, (DOSE,), "7", ((0, 4),))])
def test_results_survive_pickling_and_copying(made: object) -> None:
    """Batches go through worker processes."""
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  # made here
    assert copy.deepcopy(made) == made


@pytest.mark.parametrize("made", [Span, Rejected, Usage, Extraction, Document])
def test_the_types_of_results_can_be_read(made: type) -> None:
    """Pydantic, FastAPI and others build on annotations; they must not name what is not there."""
    assert get_type_hints(made)


def test_an_empty_text_has_an_extraction() -> None:
    made = Extraction("")
    assert (made.spans, made.unread, made.to_bio(), made.to_hf()) == ((), (), [], [])
    assert made.to_html()


# --- plain data


def test_to_dict() -> None:
    assert extraction().to_dict() == {
        "text": TEXT,
        "spans": [
            {
                "start": 5,
                "end": 16,
                "label": "Dose",
                "text": "two tablets",
                "score": 0.75,
                "status": "exact",
                "source": "model",
            },
            {
                "start": 20,
                "end": 27,
                "label": "Drug",
                "text": "aspirin",
                "score": None,
                "status": "normalised",
                "source": "validator",
            },
        ],
        "rejected": [
            {
                "text": "ibuprofen",
                "label": "Drug",
                "status": "hallucinated",
                "reason": "not in the text",
            }
        ],
        "unread": [[17, 19]],
        "usage": {
            "tokens_in": 9,
            "tokens_out": None,
            "passes": 1,
            "seconds": None,
            "cost": None,
            "how": None,
        },
        "model": "builtin",
        "schema_hash": "0123456789abcdef",
    }


@given(extractions())
def test_to_dict_holds_all_that_an_extraction_is_made_of(made: Extraction) -> None:
    data = made.to_dict()
    again = Extraction(
        data["text"],
        tuple(Span(**span) for span in data["spans"]),
        tuple(Rejected(**item) for item in data["rejected"]),
        tuple((start, end) for start, end in data["unread"]),
        Usage(**data["usage"]),
        data["model"],
        data["schema_hash"],
    )
    assert again == made


@given(extractions(), st.sampled_from(get_args(Offsets)))
def test_json_reads_back_as_the_dict(made: Extraction, offsets: Offsets) -> None:
    # a JSON reader joins a high surrogate and a low one after it into the character they spell
    assume(
        made.text == made.text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    )
    line = made.to_json(offsets=offsets)
    assert json.loads(line) == made.to_dict(offsets=offsets)
    assert "\n" not in line


@given(extractions())
def test_offsets_in_bytes_and_utf16_cut_out_the_same_words(made: Extraction) -> None:
    for unit, codec, width in (("byte", "utf-8", 1), ("utf16", "utf-16-le", 2)):
        encoded = made.text.encode(codec, "surrogatepass")
        for span in made.to_dict(offsets=unit)["spans"]:  # type: ignore[arg-type]
            cut = encoded[span["start"] * width : span["end"] * width]
            assert cut == span["text"].encode(codec, "surrogatepass")
        for (start, end), (a, b) in zip(
            made.to_dict(offsets=unit)["unread"],  # type: ignore[arg-type]
            made.unread,
            strict=True,
        ):
            cut = encoded[start * width : end * width]
            assert cut == made.text[a:b].encode(codec, "surrogatepass")


def test_an_unknown_unit_is_refused_by_every_export() -> None:
    for export in (extraction().to_dict, extraction().to_json, extraction().to_hf):
        with pytest.raises(InputError, match="'bytes' is none of them"):
            export(offsets="bytes")  # type: ignore[operator]


def test_exports_are_of_these_spans() -> None:
    made = extraction()
    assert made.to_bio()[1:3] == [("two", "B-Dose"), ("tablets", "I-Dose")]
    assert made.to_spacy() == (TEXT, {"entities": [(5, 16, "Dose"), (20, 27, "Drug")]})
    assert [item["word"] for item in made.to_hf()] == ["two tablets", "aspirin"]
    assert "[two tablets](Dose)" in made.to_text()
    assert "\x1b[" in made.to_text(color=True)
    for html in (made.to_html(), made._repr_html_()):
        assert html.count("<mark") == 2
        assert 'class="sn-unread"' in html


def test_to_bio_cannot_hold_overlapping_spans() -> None:
    with pytest.raises(FormatError, match="overlapping"):
        replace(extraction(), spans=(DOSE, Span(9, 16, "Form", "tablets"))).to_bio()


def test_a_document_as_one_line_of_a_file() -> None:
    entity = {"start": 5, "end": 16, "label": "Dose"}
    assert Document(TEXT, (DOSE,)).to_dict() == {"text": TEXT, "entities": [entity]}
    assert next(iter(Document(TEXT, (DOSE,), "n7").to_dict().items())) == ("id", "n7")
    assert Document(TEXT, (DOSE,)).to_html().count("<mark") == 1
    assert Document(TEXT, (DOSE,))._repr_html_().count("<mark") == 1


def test_an_annotators_span() -> None:
    assert gold_span(TEXT, 20, 27, "Drug") == Span(20, 27, "Drug", "aspirin", source="gold")


@pytest.mark.parametrize(("start", "end"), [(20, 99), (-3, 2), (4, 4), (28, 29)])
def test_an_annotators_span_stays_in_the_text(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="span"):
        gold_span(TEXT, start, end, "Drug")
