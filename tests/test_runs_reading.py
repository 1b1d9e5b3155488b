"""Texts through a model into a journal: order, repeats, failures, retries, waits."""

from __future__ import annotations

import email.utils
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import run_doubles as doubles
from run_doubles import AT_ONCE, SCHEMA, done, header, keys, results

from schema_ner import Extractor, ScriptedEngine
from schema_ner.errors import ModelError
from schema_ner.runs import Journal, Patience, read, retrying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from schema_ner.engines.base import Reading
    from schema_ner.schema import Schema

fast = pytest.fixture(autouse=True)(doubles.fast_disk)


class Busy(Exception):  # noqa: N818  # as clients of HTTP call theirs
    """A server that is busy, as clients say it."""

    def __init__(self, **said: Any) -> None:
        super().__init__("busy")
        vars(self).update(said)


class Flaky(doubles.Asked):
    """Fails with these errors first, in turn, whatever the text; then it answers."""

    def __init__(self, *errors: Exception, batch_size: int = 1) -> None:
        super().__init__(batch_size)
        self.errors = list(errors)

    def answer(self, text: str) -> Any:
        if self.errors:
            self.texts.append(text)
            raise self.errors.pop(0)
        return super().answer(text)


def waited(*errors: Exception, patience: Mapping[str, Any] | None = None) -> list[float]:
    """The waits that an engine which fails so leads to; random parts apart."""
    waits: list[float] = []
    asked = Patience(sleep=waits.append, **(patience or {}))

    def attempt(left: list[Exception] = list(errors)) -> list[Exception]:  # noqa: B006  # its memory
        return [left.pop(0)] if left else []

    retrying.patiently(attempt, asked)
    return waits


def test_results_come_in_order_one_a_text_whatever_the_batches(tmp_path: Path) -> None:
    texts = ["Ada", "bad one", "", "Bob", "Ada", "bad one", "Eve in Rome", "Bob"]
    plain = Extractor(SCHEMA, model=doubles.Asked())
    for size in (1, 2, 3, 100):
        engine = doubles.Asked(size)
        found = done(tmp_path / str(size), texts, engine)
        assert [one.extraction.text for one in found] == texts
        assert [one.extraction for one in found] == list(plain.extract_batch(texts))
        assert engine.texts == list(dict.fromkeys(texts))


def test_what_is_in_the_journal_is_not_read_again(tmp_path: Path) -> None:
    first, second = doubles.Asked(), doubles.Asked()
    before = done(tmp_path / "j", ["Ada", "bad luck", "Bob"], first)
    after = done(tmp_path / "j", ["Ada", "bad luck", "Bob", "Eve"], second)
    assert results(after)[:3] == results(before)
    assert second.texts == ["bad luck", "Eve"]  # a failure is no finished text
    assert [one.is_new for one in after] == [False, True, False, True]
    assert [one.seconds for one in after[::2]] == [one.seconds for one in before[::2]]


def test_texts_are_asked_for_as_results_are_taken(tmp_path: Path) -> None:
    given: list[str] = []

    def texts() -> Iterator[str]:
        for number in range(100):
            given.append(f"Ada {number}")
            yield given[-1]

    extractor = Extractor(SCHEMA, model=doubles.Asked(4))
    with Journal(tmp_path / "j", header()) as journal:
        results = read(texts(), extractor, journal)
        for _ in range(5):
            next(results)
        assert (len(given), len(journal)) == (8, 8)


def test_nothing_is_read_anew_when_all_is_finished(tmp_path: Path) -> None:
    whole = done(tmp_path / "j", ["Ada", "Bob"])
    again = done(tmp_path / "j", ["Bob", "Ada"], ScriptedEngine([], name="double"))
    assert results(again) == results(whole)[::-1]


# --- failures


def test_one_bad_text_ends_nothing(tmp_path: Path) -> None:
    """It is handed on with its reason, and is in no journal."""
    found = done(tmp_path / "j", ["Ada", "bad luck", "Bob"])
    bad = found[1].extraction
    (item,) = bad.rejected
    assert (bad.spans, bad.unread) == ((), ((0, 8),))
    assert (item.status, item.reason) == ("failed", "ValueError: this text is bad: bad luck")
    assert len(keys((tmp_path / "j").read_bytes())) == 2


def test_an_engine_that_raises_for_a_whole_batch_ends_nothing(tmp_path: Path) -> None:
    class Raising(doubles.Asked):
        def read(self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]) -> Any:
            if "bad" in texts:
                raise RuntimeError("out of memory")
            return super().read(texts, schema, floors)

    found = done(tmp_path / "j", ["Ada", "bad", "Bob", "Eve"], Raising(2))
    reasons = [r.reason for one in found for r in one.extraction.rejected if r.status == "failed"]
    assert reasons == ["RuntimeError: out of memory"] * 2
    assert found[2].extraction.spans


def test_a_model_that_is_missing_ends_the_run(tmp_path: Path) -> None:
    """No text can be read then; what was finished stays."""
    with pytest.raises(ModelError, match="the script holds 1 answers and this is text 2"):
        done(tmp_path / "j", ["Ada", "Bob"], ScriptedEngine(["[]"], name="double"))
    assert len(keys((tmp_path / "j").read_bytes())) == 1


# --- what is worth another try


@pytest.mark.parametrize(
    ("err", "passing", "after"),
    [
        pytest.param(ValueError("no"), False, None, id="a fault of the text"),
        pytest.param(ConnectionResetError(), True, None, id="a connection that broke"),
        pytest.param(TimeoutError(), True, None, id="a timeout"),
        pytest.param(Busy(status_code=429), True, None, id="too many requests"),
        pytest.param(Busy(status_code=503), True, None, id="a server that is down"),
        pytest.param(Busy(status_code=400), False, None, id="a request that is wrong"),
        pytest.param(Busy(status_code=401), False, None, id="a key that is wrong"),
        pytest.param(Busy(retry_after=2), True, 2.0, id="a number of seconds"),
        pytest.param(Busy(retry_after="1.5"), True, 1.5, id="a number as text"),
        pytest.param(Busy(retry_after=-3), True, 0.0, id="a time that is over"),
        pytest.param(Busy(retry_after="soon"), False, None, id="no number at all"),
        pytest.param(Busy(retry_after=float("nan")), False, None, id="NaN"),
        pytest.param(Busy(retry_after=True), False, None, id="a flag"),
        pytest.param(
            Busy(response=SimpleNamespace(status_code=429, headers={"retry-after": "7"})),
            True,
            7.0,
            id="a response with a header",
        ),
        pytest.param(
            Busy(response=SimpleNamespace(status_code=502)), True, None, id="one without headers"
        ),
        pytest.param(Busy(response=SimpleNamespace(headers=5)), False, None, id="odd headers"),
    ],
)
def test_which_failures_may_pass(err: Exception, *, passing: bool, after: float | None) -> None:
    assert (retrying.is_passing(err), retrying.retry_after(err)) == (passing, after)
    wrapped = ModelError("the model failed")  # as an engine may raise it from what a client did
    wrapped.__cause__ = err
    assert (retrying.is_passing(wrapped), retrying.retry_after(wrapped)) == (passing, after)


def test_a_date_says_how_long_to_wait() -> None:
    err = Busy(retry_after=email.utils.formatdate(time.time() + 60, usegmt=True))
    assert 50 < (retrying.retry_after(err) or 0) <= 60


def test_causes_that_go_in_a_circle_end() -> None:
    err = Busy()
    err.__cause__ = err
    assert not retrying.is_passing(err)


@pytest.mark.parametrize("size", [1, 3])
def test_what_passes_is_tried_again_and_nothing_else_is(tmp_path: Path, size: int) -> None:
    """Texts of the same batch that were read are not read twice."""
    texts = ["Ada", "bad luck", "Bob"]
    engine = Flaky(Busy(status_code=429), batch_size=size)
    found = done(tmp_path / "j", texts, engine)
    assert sorted(engine.texts) == sorted(["Ada", *texts])
    assert results(found) == results(done(tmp_path / "other", texts))


def test_a_batch_is_in_the_journal_before_a_text_of_it_is_waited_for(tmp_path: Path) -> None:
    """So that a kill while waiting costs one text and not the batch."""
    path = tmp_path / "j"
    there: list[int] = []
    patience = Patience(sleep=lambda _: there.append(len(keys(path.read_bytes()))))
    done(path, ["Ada", "Bob", "Eve"], Flaky(TimeoutError(), batch_size=3), patience)
    assert there == [2]


def test_tries_end_and_the_text_has_failed(tmp_path: Path) -> None:
    engine = Flaky(*[TimeoutError("too slow")] * 3)
    patience = Patience(attempts=3, sleep=lambda _: None)
    first, second = done(tmp_path / "j", ["Ada", "Bob"], engine, patience)
    assert first.extraction.rejected[0].reason == "TimeoutError: too slow"
    assert second.extraction.spans
    assert engine.texts == ["Ada", "Ada", "Ada", "Bob"]


def test_a_text_that_failed_is_not_tried_again_in_the_same_run(tmp_path: Path) -> None:
    engine = doubles.Asked()
    done(tmp_path / "j", ["bad", "Ada", "bad"], engine)
    assert engine.texts == ["bad", "Ada"]


def test_waits_double_and_are_drawn_at_random() -> None:
    """Each below twice its mean, none longer than the longest."""
    errors = [TimeoutError()] * 8
    first, second = (waited(*errors, patience={"attempts": 9, "longest": 20.0}) for _ in range(2))
    limits = [2.0, 4.0, 8.0, 16.0, 20.0, 20.0, 20.0, 20.0]
    assert all(0 <= wait <= limit for wait, limit in zip(first, limits, strict=True))
    assert first != second


def test_a_server_that_asks_for_a_wait_gets_it() -> None:
    """And never all at the same moment."""
    waits = [waited(Busy(retry_after=30))[0] for _ in range(20)]
    assert all(30 <= wait <= 31 for wait in waits)
    assert len(set(waits)) > 1


def test_a_server_that_asks_for_more_patience_than_there_is_is_left_alone(tmp_path: Path) -> None:
    engine = Flaky(Busy(retry_after=3600))
    first, second = done(tmp_path / "j", ["Ada", "Bob"], engine)
    assert not first.extraction.spans
    assert second.extraction.spans
    assert engine.texts == ["Ada", "Bob"]


def _raise(err: Exception) -> Callable[[str], Any]:
    def answer(text: str) -> Any:
        if text == "Ada":
            return "[]"
        raise err

    return answer


@pytest.mark.parametrize(
    "err", [ConnectionRefusedError("no server"), Busy(retry_after=3600)], ids=str
)
def test_a_model_that_is_out_of_reach_stops_the_run(tmp_path: Path, err: Exception) -> None:
    """After ten texts in a row; texts that are bad by themselves do not count."""
    path = tmp_path / "j"
    asked: list[str] = []

    def answer(text: str) -> Any:
        asked.append(text)
        return ValueError("bad") if text.startswith("bad") else _raise(err)(text)

    texts = ["Ada", *(f"{word} {n}" for n in range(12) for word in ("bad", "good"))]
    engine = ScriptedEngine(answer, name="double")
    with pytest.raises(ModelError) as caught:
        done(path, texts, engine)
    assert str(caught.value) == (
        f"10 texts in a row could not be read, the last one because of {type(err).__name__}: "
        f"{err}; 1 finished texts are safe in {path}: the same call goes on when the model can be "
        "reached"
    )
    assert asked[-1] == "good 9"


def test_a_model_that_raises_for_all_is_tried_again_where_that_may_help(tmp_path: Path) -> None:
    """A server that is not up yet may well be a moment later."""

    class Starting(doubles.Asked):
        calls = 0

        def read(
            self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
        ) -> list[Reading | Exception]:
            self.calls += 1
            if self.calls < 3:
                raise ModelError("no answer") from ConnectionRefusedError()
            return super().read(texts, schema, floors)

    (found,) = done(tmp_path / "j", ["Ada"], Starting(), AT_ONCE)
    assert found.extraction.spans
