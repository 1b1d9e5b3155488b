"""The pipeline: thresholds, validators, overlaps, batches, and one failing text among others."""

from __future__ import annotations

import asyncio
import pickle
from itertools import count, islice, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from schema_ner import (
    Entity,
    Extraction,
    Extractor,
    Schema,
    SchemaNerError,
    ScriptedEngine,
    extract,
)
from schema_ner.engines.base import Reading
from schema_ner.errors import InputError, ModelError, SchemaError
from schema_ner.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


PLACES = {"person": "Names of people.", "city": "Towns and cities, by name."}


class Drug(Entity):
    """A substance given to treat illness, by brand or generic name. Not its dose."""


class FixedEngine:
    """A test double: proposes the given spans wherever they stand; fails on the word FAIL."""

    name = "fixed"
    threshold = 0.5
    batch_size = 4

    def __init__(self, *spans: tuple[str, str, float | None]) -> None:
        self.proposed = spans

    def read(
        self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
    ) -> list[Reading | Exception]:
        del schema, floors
        return [RuntimeError("no luck") if t == "FAIL" else self._one(t) for t in texts]

    def _one(self, text: str) -> Reading:
        places = [(text.find(s), s, label, score) for s, label, score in self.proposed]
        spans = [Span(i, i + len(s), label, s, score) for i, s, label, score in places if i >= 0]
        return Reading(tuple(spans))


def kept(result: Extraction) -> list[tuple[str, str]]:
    return [(span.text, span.label) for span in result.spans]


def test_the_first_example() -> None:
    """What the first page promises, on the shipped weights."""
    result = extract("Take two tablets of aspirin.", [Drug])
    (span,) = result.spans
    assert (span.start, span.end, span.label, span.text) == (20, 27, "Drug", "aspirin")
    assert isinstance(span.entity, Drug)
    assert span.source == "model"
    assert result.schema_hash == Extractor([Drug]).schema.hash


def test_an_entity_is_made_without_calling_init() -> None:
    """A user's class may want arguments that no model can give."""

    class Strict(Entity):
        """A thing."""

        def __init__(self) -> None:
            raise AssertionError

    (span,) = extract("a b", [Strict], model=FixedEngine(("b", "Strict", 0.9))).spans
    assert isinstance(span.entity, Strict)
    assert span.entity.span == "b"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        pytest.param(None, ["Rome"], id="the model's own"),
        pytest.param(0.3, ["Bonn", "Rome"], id="one for all"),
        pytest.param({"city": 0.3}, ["Bonn", "Rome"], id="by label"),
        pytest.param({"person": 0.3}, ["Rome"], id="by another label"),
        pytest.param(0.9, [], id="too high for all"),
    ],
)
def test_thresholds(threshold: float | dict[str, float] | None, expected: list[str]) -> None:
    """A span below its threshold is no span, and no item either."""
    engine = FixedEngine(("Bonn", "city", 0.4), ("Rome", "city", 0.8))
    result = extract("Bonn, Rome", PLACES, model=engine, threshold=threshold)
    assert [span.text for span in result.spans] == expected
    assert result.rejected == ()


def test_a_score_nobody_knows_passes_every_threshold() -> None:
    """None is not low."""
    engine = FixedEngine(("Rome", "city", None))
    assert kept(extract("Rome", PLACES, model=engine, threshold=1.0)) == [("Rome", "city")]


@pytest.mark.parametrize(
    ("policy", "spans", "losers"),
    [
        ("flat", [("New York", "city")], 1),
        ("nested", [("New York", "city"), ("York", "city")], 0),
        ("all", [("New York", "city"), ("York", "city")], 0),
    ],
)
def test_overlap(policy: str, spans: list[tuple[str, str]], losers: int) -> None:
    """What loses is rejected as overlap, never dropped."""
    engine = FixedEngine(("New York", "city", 0.9), ("York", "city", 0.8))
    result = extract("New York", PLACES, model=engine, overlap=policy)  # type: ignore[arg-type]
    assert kept(result) == spans
    assert [item.status for item in result.rejected] == ["overlap"] * losers


def test_a_validator_finds_what_the_model_missed() -> None:
    """And the result says who found it."""

    class Account(Entity):
        """A bank account number."""

        validator = "iban"

    result = extract("to GB82 WEST 1234 5698 7654 32.", [Account], model=FixedEngine())
    (span,) = result.spans
    assert (span.text, span.source) == ("GB82 WEST 1234 5698 7654 32", "validator")
    assert isinstance(span.entity, Account)


def test_a_validator_saves_a_doubtful_span() -> None:
    """Engines are asked for candidates below the threshold where a validator can raise them."""
    asked: dict[str, float] = {}

    class Obeying(FixedEngine):
        def read(
            self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
        ) -> list[Reading | Exception]:
            asked.update(floors)
            return super().read(texts, schema, floors)

    schema = Schema.from_json(
        '{"types": [{"name": "number", "validator": "us-ssn"}, {"name": "city"}]}'
    )
    engine = Obeying(("536904399", "number", 0.25), ("Rome", "city", 0.25))
    (span,) = extract("536904399 Rome", schema, model=engine, threshold=0.3).spans
    assert (span.text, span.source) == ("536904399", "validator")
    assert span.score is not None
    assert span.score > 0.8
    assert asked["number"] < 0.25 < asked["city"] == 0.3


@given(
    st.lists(st.sampled_from(["GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 33", "x"])),
    st.floats(0, 1),
)
def test_every_item_of_an_answer_is_a_span_or_rejected(said: list[str], threshold: float) -> None:
    """Whatever validators and thresholds think of it: nothing disappears."""

    class Account(Entity):
        """A bank account number."""

        validator = "iban"

    text = "From GB82 WEST 1234 5698 7654 32 to GB82 WEST 1234 5698 7654 33."
    answer = "[" + ", ".join(f"Account(span={item!r})" for item in said) + "]"
    result = extract(text, [Account], model=ScriptedEngine([answer]), threshold=threshold)
    found_by_model = [span for span in result.spans if span.source == "model"]
    from_answer = [item for item in result.rejected if "validator" not in item.reason]
    assert len(found_by_model) + len(from_answer) == len(said)


def test_a_doubtful_twin_does_not_change_who_found_a_span() -> None:
    """The better one was the model's own."""
    engine = FixedEngine(("Rome", "city", 0.9), ("Rome", "city", 0.2))
    (span,) = extract("Rome", PLACES, model=engine).spans
    assert (span.score, span.source) == (0.9, "model")


class TestBatches:
    """Many texts: lazily, in order, whatever fails."""

    def test_one_failing_text_does_not_end_the_others(self) -> None:
        engine = FixedEngine(("Rome", "city", 0.9))
        sources = ["Rome", "FAIL", None, "in Rome"]
        results = list(Extractor(PLACES, model=engine).extract_batch(sources))  # type: ignore[arg-type]
        assert [len(r.spans) for r in results] == [1, 0, 0, 1]
        failed, no_text = results[1], results[2]
        assert failed.unread == ((0, 4),)
        assert [(i.status, i.reason) for i in failed.rejected] == [
            ("failed", "RuntimeError: no luck")
        ]
        assert "NoneType" in no_text.rejected[0].reason

    @pytest.mark.parametrize(
        ("reading", "status"),
        [
            pytest.param(Reading((Span(0, 1, "zz", "a"),)), "out_of_schema", id="odd label"),
            pytest.param(Reading((Span(0, 1, "city", "b"),)), "failed", id="another text"),
            pytest.param(Reading(unread=((0, 9),)), "failed", id="unread beyond the end"),
            pytest.param(None, "failed", id="no reading"),
            pytest.param(ZeroDivisionError(), "failed", id="an exception as reading"),
        ],
    )
    def test_an_engine_that_errs_spoils_one_text(self, reading: Reading, status: str) -> None:
        class Odd(FixedEngine):
            def _one(self, text: str) -> Reading:
                return reading if text == "a" else super()._one(text)

        ner = Extractor(PLACES, model=Odd(("Rome", "city", 0.9)))
        before, spoilt, after = ner.extract_batch(["Rome", "a", "Rome"])
        assert len(before.spans) == len(after.spans) == 1
        assert [item.status for item in spoilt.rejected] == [status]

    def test_an_engine_that_raises_fails_its_batch_and_no_other(self) -> None:
        class Raising(FixedEngine):
            batch_size = 1

            def read(
                self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
            ) -> list[Reading | Exception]:
                if texts == ["a"]:
                    raise ZeroDivisionError
                return super().read(texts, schema, floors)

        results = Extractor(PLACES, model=Raising()).extract_batch(["a", "b"])
        assert [len(r.rejected) for r in results] == [1, 0]

    def test_an_engine_that_loses_texts_is_told_so(self) -> None:
        class Losing(FixedEngine):
            def read(
                self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
            ) -> list[Reading | Exception]:
                return super().read(texts, schema, floors)[1:]

        with pytest.raises(ModelError, match="1 readings for 2 texts"):
            list(Extractor(PLACES, model=Losing()).extract_batch(["a", "b"]))

    def test_an_engine_that_gives_no_list_is_told_so(self) -> None:
        class Silent(FixedEngine):
            def read(
                self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
            ) -> list[Reading | Exception]:
                del texts, schema, floors
                return None  # type: ignore[return-value]

        with pytest.raises(ModelError, match="NoneType readings"):
            list(Extractor(PLACES, model=Silent()).extract_batch(["a"]))

    def test_a_source_that_fails_hands_over_what_it_gave_before(self) -> None:
        def failing() -> Iterator[str]:
            yield "Rome"
            raise OSError("torn")

        results = Extractor(PLACES, model=FixedEngine()).extract_batch(failing())
        assert next(results).text == "Rome"
        with pytest.raises(OSError, match="torn"):
            next(results)

    def test_a_single_text_that_fails_raises(self) -> None:
        with pytest.raises(RuntimeError, match="no luck"):
            extract("FAIL", PLACES, model=FixedEngine())

    def test_a_batch_without_end_is_read_as_it_is_taken(self) -> None:
        taken = 0

        def endless() -> Iterator[str]:
            nonlocal taken
            for number in count():
                taken += 1
                yield f"text {number}"

        results = Extractor(PLACES, model=FixedEngine()).extract_batch(endless())
        assert [r.text for r in islice(results, 3)] == ["text 0", "text 1", "text 2"]
        assert taken <= 4

    def test_one_text_is_not_taken_for_many(self) -> None:
        with pytest.raises(InputError, match="several texts"):
            Extractor(PLACES, model=FixedEngine()).extract_batch("Rome")

    def test_asynchronous_calls_give_the_same(self) -> None:
        ner = Extractor(PLACES, model=FixedEngine(("Rome", "city", 0.9)))
        sources = ["Rome", "no", "in Rome"]

        async def run() -> list[Extraction]:
            first = await ner.aextract("Rome")
            return [first, *[result async for result in ner.abatch(sources)]]

        first, *rest = asyncio.run(run())
        assert first.spans == ner.extract("Rome").spans
        assert [r.spans for r in rest] == [r.spans for r in ner.extract_batch(sources)]


@given(texts(), st.sampled_from(["flat", "nested", "all"]))
def test_any_text_gives_true_spans(text: str, policy: str) -> None:
    """The law of the library, on the shipped weights with every validator of `pii` at work."""
    result = PERSONAL[policy].extract(text)
    assert result.text == text
    for span in result.spans:
        assert text[span.start : span.end] == span.text
    if policy == "flat":
        assert all(a.end <= b.start for a, b in pairwise(result.spans))
    result.to_json().encode("utf-8")
    result.to_html().encode("utf-8")


PERSONAL = {p: Extractor("pii", overlap=p) for p in ("flat", "nested", "all")}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        pytest.param({"schema": []}, SchemaError, "at least one type", id="no type"),
        pytest.param({"schema": 7}, SchemaError, "int is no schema", id="a number"),
        pytest.param({"schema": ["a"], "overlap": "x"}, InputError, "flat", id="odd overlap"),
        pytest.param({"schema": ["a"], "threshold": 2}, InputError, "no number", id="threshold 2"),
        pytest.param({"schema": ["a"], "threshold": "x"}, InputError, "no number", id="a text"),
        pytest.param({"schema": ["a"], "threshold": {"b": 0.1}}, InputError, "'b'", id="odd label"),
        pytest.param({"schema": ["a"], "threshold": {1: 0.1, "b": 0.1}}, InputError, "1", id="odd"),
        pytest.param({"schema": ["a"], "model": "x/y"}, ModelError, "x/y", id="unknown model"),
        pytest.param({"schema": ["a"], "model": 3}, InputError, "int", id="no model"),
        pytest.param({"schema": ["a"], "text": 3}, InputError, "a text", id="no text"),
    ],
)
def test_what_cannot_be_used_is_said(
    arguments: dict[str, object], error: type[SchemaNerError], words: str
) -> None:
    """An error says what, which value, and is of the library's tree."""
    with pytest.raises(error, match=words):
        extract(**({"text": "a"} | arguments))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "\x00", "\ud800", "👩‍👩‍👧", "e\u0301" * 50, "\u202eabc\u202c"],
    ids=["empty", "blank", "NUL", "surrogate", "emoji", "marks", "right-to-left"],
)
def test_odd_texts_are_read(text: str) -> None:
    """No text is an error."""
    assert extract(text, PLACES).text == text


def test_500_classes_and_a_guideline_of_20_000_characters() -> None:
    """Size is no error."""
    schema = {f"kind {i}": "x" for i in range(499)} | {"city": "Towns and cities. " * 1200}
    result = extract("She lives in Paris.", schema, threshold={"city": 0.3})
    assert result.text == "She lives in Paris."


def test_results_can_be_compared() -> None:
    """What a text cost is no part of what was found in it."""
    assert extract("Rome", PLACES) == extract("Rome", PLACES)


def test_an_extractor_travels_to_other_processes() -> None:
    """Pools of processes pickle what they hand over."""
    ner = pickle.loads(pickle.dumps(Extractor("wnut17")))  # noqa: S301
    assert ner.extract("Paris") == Extractor("wnut17").extract("Paris")


@pytest.mark.slow
def test_a_megabyte() -> None:
    """A long text is read to its end."""
    text = "the committee spoke of other things . " * 27_000 + "Angela Merkel flew to Paris ."
    assert len(text) > 1_000_000
    names = kept(extract(text, PLACES))
    assert ("Angela Merkel", "person") in names
