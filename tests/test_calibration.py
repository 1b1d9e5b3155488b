"""Calibrated scores: the fit, the file, what an Extractor makes of it, `schema-ner calibrate`."""

from __future__ import annotations

import json
import math
import pickle
import random
import re
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from schema_ner import Document, Entity, Extractor, ScriptedEngine, Span, calibration, extract
from schema_ner.benchmark import calibrating
from schema_ner.calibration import (
    Calibration,
    Observed,
    best_thresholds,
    expected_calibration_error,
    fit,
    reliability,
)
from schema_ner.cli.app import app
from schema_ner.engines import select
from schema_ner.engines.base import Reading
from schema_ner.errors import InputError
from schema_ner.registry import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schema_ner.schema import Schema

EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "data"
SCHEMA = resolve({"name": "Names.", "place": "Places."})

slopes = st.floats(0.2, 5)
intercepts = st.floats(-3, 3)
scores = st.floats(0, 1)
lines = st.builds(Calibration, slopes, intercepts)


def drawn(number: int, *, seed: int = 0, true: Calibration | None = None) -> list[Observed]:
    """Candidates with random scores, right as often as a calibration says of their score."""
    rng = random.Random(seed)  # noqa: S311  # repeatable, not secret
    true = true or Calibration(1, 0)
    said = [rng.random() for _ in range(number)]
    return [Observed("name", score, rng.random() < true.apply(score)) for score in said]


def log_loss(observed: Iterable[Observed]) -> float:
    safe = [(min(max(o.score, 1e-12), 1 - 1e-12), o.right) for o in observed]
    return -sum(math.log(score if right else 1 - score) for score, right in safe) / len(safe)


def mapped(line: Calibration, observed: Iterable[Observed]) -> list[Observed]:
    return [one._replace(score=line.apply(one.score)) for one in observed]


# --- the line


@given(lines, scores, scores)
def test_a_higher_score_is_no_lower_probability(line: Calibration, one: float, two: float) -> None:
    low, high = sorted((one, two))
    assert 0 <= line.apply(low) <= line.apply(high) <= 1


@given(lines, st.floats(0.001, 0.999), st.floats(0.001, 0.998))
def test_a_clearly_higher_score_is_a_higher_probability(
    line: Calibration, one: float, two: float
) -> None:
    low, high = sorted((one, two))
    assume(high - low > 1e-3 and line.apply(high) < 1 - 1e-9)
    assert line.apply(low) < line.apply(high)


@given(lines, st.floats(0.001, 0.999))
def test_invert_undoes_apply(line: Calibration, score: float) -> None:
    probability = line.apply(score)
    assume(1e-9 < probability < 1 - 1e-6)  # beyond, a float cannot hold what is to be undone
    assert line.invert(probability) == pytest.approx(score, rel=1e-6)
    assert line.apply(line.invert(probability)) == pytest.approx(probability, rel=1e-6)


@given(lines)
def test_nothing_and_everything_stay(line: Calibration) -> None:
    assert [line.apply(0), line.apply(1), line.invert(0), line.invert(1)] == [0, 1, 0, 1]


@pytest.mark.parametrize("slope", [1e-300, 1e300])
@pytest.mark.parametrize("intercept", [-1e300, 0.0, 1e300])
@pytest.mark.parametrize("score", [5e-324, 0.5, 1 - 2**-53])
def test_wild_numbers_give_numbers(slope: float, intercept: float, score: float) -> None:
    """A file may say anything finite; no score leaves [0, 1] for it."""
    line = Calibration(slope, intercept)
    assert 0 <= line.apply(score) <= 1
    assert 0 <= line.invert(score) <= 1


@pytest.mark.parametrize("score", [-0.1, 1.1, math.nan])
def test_what_is_no_score_is_refused(score: float) -> None:
    with pytest.raises(InputError, match="is no number in"):
        Calibration(1, 0).apply(score)


# --- the fit


def test_scores_that_are_probabilities_stay() -> None:
    line = fit(drawn(20_000))
    assert line.slope == pytest.approx(1, abs=0.05)
    assert line.intercept == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize(("slope", "intercept"), [(0.5, -1), (2, 1), (1, -2)])
def test_the_line_that_made_the_data_is_found(slope: float, intercept: float) -> None:
    line = fit(drawn(40_000, true=Calibration(slope, intercept)))
    assert line.slope == pytest.approx(slope, abs=0.1)
    assert line.intercept == pytest.approx(intercept, abs=0.1)


@pytest.mark.parametrize("seed", range(20))
def test_a_fit_lowers_the_loss(seed: int) -> None:
    """Of the targets that it is fitted to; and of the data, when that are not few."""
    true = Calibration(0.3 + seed / 10, (seed - 10) / 5)
    observed = drawn(500, seed=seed, true=true)
    line = fit(observed)
    assert log_loss(mapped(line, observed)) <= log_loss(observed)
    for slope, intercept in product((-0.05, 0, 0.05), repeat=2):
        other = Calibration(line.slope + slope, line.intercept + intercept)
        assert loss_of_targets(line, observed) <= loss_of_targets(other, observed)


def loss_of_targets(line: Calibration, observed: Sequence[Observed]) -> float:
    """What Platt's scaling makes small."""
    right = sum(one.right for one in observed)
    positive, negative = (right + 1) / (right + 2), 1 / (len(observed) - right + 2)
    total = 0.0
    for one in observed:
        target, said = positive if one.right else negative, line.apply(one.score)
        total -= target * math.log(said) + (1 - target) * math.log(1 - said)
    return total


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        pytest.param([0.1, 0.2], [0.8, 0.9], id="parted by the score"),
        pytest.param([0.0], [1.0], id="at the very ends"),
        pytest.param([0.4999], [0.5001], id="hardly apart"),
        pytest.param([0.02] * 400, [0.02, 0.03], id="few are right"),
    ],
)
def test_separable_data_has_a_finite_line(wrong: list[float], right: list[float]) -> None:
    """Platt's targets are no 0 and 1, so that there is a best line."""
    observed = [Observed("name", s, right=False) for s in wrong * 20]
    observed += [Observed("name", s, right=True) for s in right * 20]
    line = fit(observed)
    assert 0 < line.slope < math.inf
    assert expected_calibration_error(mapped(line, observed)) < 0.06


@pytest.mark.parametrize(
    ("observed", "said"),
    [
        pytest.param([], "at least 30 candidates.*here are 0", id="none"),
        pytest.param(drawn(29), "at least 30 candidates.*here are 29", id="too few"),
        pytest.param([Observed("a", i / 40, right=True) for i in range(40)], "all 40", id="right"),
        pytest.param(
            [Observed("a", i / 40, right=False) for i in range(40)], "none of", id="wrong"
        ),
        pytest.param(
            [Observed("a", 0.5, right=i % 2 == 0) for i in range(40)], "the score 0.5", id="equal"
        ),
        pytest.param(
            [Observed("a", i / 40, right=i < 20) for i in range(40)],
            "not right more",
            id="reversed",
        ),
        pytest.param([Observed("a", 1.5, right=True)] * 40, "no number in", id="no scores"),
    ],
)
def test_what_cannot_be_fitted_is_said(observed: list[Observed], said: str) -> None:
    with pytest.raises(InputError, match=said):
        fit(observed)


# --- thresholds


def f1(observed: Iterable[Observed], gold: Mapping[str, int], limits: Mapping[str, float]) -> float:
    kept = [one.right for one in observed if one.score >= limits[one.label]]
    return 2 * sum(kept) / (len(kept) + sum(gold.values()))


judged = st.builds(
    Observed, st.sampled_from(["a", "b"]), st.integers(0, 20).map(lambda i: i / 20), st.booleans()
)


@given(st.lists(judged, min_size=1, max_size=25), st.integers(0, 5))
def test_thresholds_are_the_best_together(observed: list[Observed], missed: int) -> None:
    """No other two give a higher F1, where every type speaks for itself."""
    gold = {label: missed + sum(o.right for o in observed if o.label == label) for label in "ab"}
    assume(sum(gold.values()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration, "BORROWED", 0)
        patch.setattr(calibration, "FEWEST_GOLD", 0)
        found = best_thresholds(observed, gold)
    tried = product([i / 20 for i in range(21)] + [1.0], repeat=2)
    best = max(f1(observed, gold, dict(zip("ab", pair, strict=True))) for pair in tried)
    assert f1(observed, gold, found) >= best - 1e-12


def test_a_rare_type_has_the_threshold_of_all() -> None:
    """Of nine mentions none can be chosen; types that never occur are not left out."""
    often = [Observed("often", i / 100, right=i > 40) for i in range(100)]
    rare = [Observed("rare", i / 100, right=i > 90) for i in range(100)]
    found = best_thresholds(often + rare, {"often": 59, "rare": 9, "never": 0})
    assert set(found) == {"often", "rare", "never"}
    assert found["rare"] == found["never"]
    (alone,) = best_thresholds(
        [o._replace(label="all") for o in often + rare], {"all": 68}
    ).values()
    assert found["rare"] == alone


def test_types_may_differ() -> None:
    """With enough mentions, each has a threshold that fits it."""
    low = [Observed("low", i / 400, right=i > 80) for i in range(400)]
    high = [Observed("high", i / 400, right=i > 320) for i in range(400)]
    found = best_thresholds(low + high)
    assert found["low"] == pytest.approx(0.2, abs=0.02)
    assert found["high"] == pytest.approx(0.8, abs=0.02)


def test_a_threshold_has_few_digits() -> None:
    """It parts what it must, and can be read."""
    observed = [Observed("a", 0.123456, right=False)] * 20 + [
        Observed("a", 0.987654, right=True)
    ] * 20
    assert best_thresholds(observed) == {"a": 0.56}


# --- how far scores are off


def test_bins_hold_what_lies_in_them() -> None:
    observed = [Observed("a", s, right=s > 0.5) for s in (0.0, 0.05, 0.1, 0.55, 0.95, 1.0)]
    found = reliability(observed)
    assert [(b.lower, b.upper, b.count) for b in found] == [
        (0.0, 0.1, 2),
        (0.1, 0.2, 1),
        (0.5, 0.6, 1),
        (0.9, 1.0, 2),
    ]
    assert [b.right for b in found] == [0, 0, 1, 1]
    assert found[0].score == pytest.approx(0.025)


@given(st.lists(st.builds(Observed, st.just("a"), scores, st.booleans())), st.integers(1, 30))
def test_every_candidate_lies_in_one_bin(observed: list[Observed], bins: int) -> None:
    found = reliability(observed, bins)
    assert sum(b.count for b in found) == len(observed)
    assert all(b.lower <= b.score + 1e-12 and b.score <= b.upper + 1e-12 for b in found)
    assert 0 <= expected_calibration_error(observed, bins) <= 1


def test_the_error_of_probabilities_goes_to_nothing() -> None:
    errors = [expected_calibration_error(drawn(n, seed=1)) for n in (100, 10_000, 200_000)]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.005


def test_the_error_is_how_far_shares_are_from_scores() -> None:
    observed = [Observed("a", 0.9, right=i < 5) for i in range(10)]
    observed += [Observed("a", 0.1, right=i < 1) for i in range(10)]
    assert expected_calibration_error(observed) == pytest.approx((10 * 0.4 + 10 * 0.0) / 20)
    assert expected_calibration_error([]) == 0


def test_a_fit_lowers_the_error_on_other_data() -> None:
    true = Calibration(0.5, -1)
    line, other = fit(drawn(2_000, true=true)), drawn(5_000, seed=7, true=true)
    assert expected_calibration_error(mapped(line, other)) < 0.03
    assert expected_calibration_error(other) > 0.1


def test_bins_must_be_some() -> None:
    with pytest.raises(InputError, match="bins=0"):
        reliability([], 0)


# --- the file


@given(
    lines,
    st.dictionaries(st.sampled_from(["name", "역", "a b", "x" * 200]), scores),
    st.sampled_from(["", "builtin-1", "모델"]),
)
def test_json_keeps_everything(line: Calibration, limits: dict[str, float], model: str) -> None:
    whole = replace(line, thresholds=limits, model=model, schema="0123456789abcdef")
    assert Calibration.from_json(whole.to_json()) == whole
    assert json.loads(whole.to_json())["version"] == 1


def test_a_file_keeps_everything(tmp_path: Path) -> None:
    whole = Calibration(0.7, -0.2, {"도시": 0.25}, "builtin-1", SCHEMA.hash)
    whole.save(tmp_path / "c.json")
    assert Calibration.load(str(tmp_path / "c.json")) == whole
    assert "도시" in (tmp_path / "c.json").read_text(encoding="utf-8")
    assert pickle.loads(pickle.dumps(whole)) == whole  # noqa: S301  # our own
    assert hash(whole) == hash(Calibration.load(tmp_path / "c.json"))


def test_names_may_be_left_out() -> None:
    assert Calibration.from_json('{"version": 1, "slope": 2, "intercept": 0}') == Calibration(2, 0)


GOOD: dict[str, object] = {"version": 1, "slope": 1.0, "intercept": 0.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "no JSON", id="nothing"),
        pytest.param("{", "no JSON", id="half"),
        pytest.param("[" * 100_000, "no JSON", id="deep"),
        pytest.param("[]", "has the form", id="a list"),
        pytest.param("null", "has the form", id="null"),
        pytest.param('{"slope": 1, "intercept": 0}', "has the form", id="no version"),
        pytest.param(json.dumps(GOOD | {"version": 2}), "of version 2", id="a later version"),
        pytest.param(json.dumps(GOOD | {"version": True}), "of version True", id="no version"),
        pytest.param(json.dumps(GOOD | {"version": [1]}), "of version", id="a list for version"),
        pytest.param('{"version": 1, "intercept": 0}', 'without "slope"', id="no slope"),
        pytest.param('{"version": 1, "slope": 1}', 'without "intercept"', id="no intercept"),
        pytest.param(json.dumps(GOOD | {"slop": 1}), "unknown keys", id="a slip"),
        pytest.param(json.dumps(GOOD)[:-1] + ', "slope": 2}', "given twice", id="twice"),
        pytest.param(json.dumps(GOOD | {"slope": 0}), "must be above 0", id="flat"),
        pytest.param(json.dumps(GOOD | {"slope": -1}), "must be above 0", id="falling"),
        pytest.param(json.dumps(GOOD | {"slope": "1"}), "must be a number", id="text"),
        pytest.param(json.dumps(GOOD | {"slope": True}), "must be a number", id="a flag"),
        pytest.param(json.dumps(GOOD | {"slope": None}), "must be a number", id="nothing said"),
        pytest.param(json.dumps(GOOD | {"slope": 10**400}), "finite", id="a huge whole number"),
        pytest.param(json.dumps(GOOD | {"slope": math.nan}), "finite", id="NaN"),
        pytest.param(json.dumps(GOOD | {"intercept": math.inf}), "finite", id="infinite"),
        pytest.param(json.dumps(GOOD | {"thresholds": []}), "numbers by type", id="list of them"),
        pytest.param(json.dumps(GOOD | {"thresholds": {"a": 2}}), "in \\[0, 1\\]", id="too high"),
        pytest.param(json.dumps(GOOD | {"thresholds": {"a": -1}}), "in \\[0, 1\\]", id="too low"),
        pytest.param(json.dumps(GOOD | {"thresholds": {"a": None}}), "a number", id="no threshold"),
        pytest.param(json.dumps(GOOD | {"thresholds": {"": 0.5}}), "is empty", id="no label"),
        pytest.param(
            json.dumps(GOOD | {"thresholds": {"\ud800": 0}}), "control", id="half a letter"
        ),
        pytest.param(json.dumps(GOOD | {"model": 1}), "must be text", id="a number as model"),
        pytest.param(json.dumps(GOOD | {"schema": None}), "must be text", id="null as schema"),
        pytest.param(json.dumps(GOOD | {"model": "\ud800"}), "surrogate", id="half a model"),
    ],
)
def test_hostile_json_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Calibration.from_json(text)


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(InputError, match=r"c\.json.*UTF-8"):
        Calibration.load(path)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"c\.json: a calibration has the form"):
        Calibration.load(path)
    with pytest.raises(FileNotFoundError):
        Calibration.load(tmp_path / "missing.json")
    with pytest.raises(InputError, match="is text, not bytes"):
        Calibration.from_json(b"{}")  # type: ignore[arg-type]


def test_thresholds_are_a_copy() -> None:
    limits = {"name": 0.5}
    line = Calibration(1, 0, limits)
    limits["name"] = 0.9
    assert line.thresholds["name"] == 0.5


# --- an Extractor with one


class Scored(ScriptedEngine):
    """Scripted answers whose spans have scores, by their text; floors are obeyed."""

    threshold = 0.5

    def __init__(self, answer: str, said: Mapping[str, float | None]) -> None:
        super().__init__(lambda _: answer)
        self.said = said
        self.asked: dict[str, float] = {}

    def read(
        self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
    ) -> list[Reading | Exception]:
        self.asked = dict(floors)
        found = []
        for reading in super().read(texts, schema, floors):
            assert isinstance(reading, Reading)
            spans = [replace(s, score=self.said[s.text]) for s in reading.candidates]
            high = [s for s in spans if s.score is None or s.score >= floors[s.label]]
            found.append(replace(reading, candidates=tuple(high)))
        return list(found)


TEXT = "Ada met Bob in Rome"
ANSWER = "[name(span='Ada'), name(span='Bob'), place(span='Rome')]"


def test_scores_are_mapped() -> None:
    engine = Scored(ANSWER, {"Ada": 0.9, "Bob": 0.6, "Rome": None})
    line = Calibration(0.5, 1)
    result = extract(TEXT, SCHEMA, model=engine, calibration=line, threshold=0)
    said = {span.text: span.score for span in result.spans}
    assert said == {"Ada": line.apply(0.9), "Bob": line.apply(0.6), "Rome": None}


def test_scripted_answers_without_scores_are_left_alone() -> None:
    line = Calibration(1, -9, {"name": 1, "place": 1})
    result = extract(TEXT, SCHEMA, model=ScriptedEngine([ANSWER]), calibration=line)
    assert [span.score for span in result.spans] == [None, None, None]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        pytest.param({}, ["Ada", "Bob", "Rome"], id="the model's own moves with the scores"),
        pytest.param({"name": 0.75}, ["Ada", "Rome"], id="by type"),
        pytest.param({"name": 0.75, "place": 0.99}, ["Ada"], id="by both"),
        pytest.param({"other": 0.75}, ["Ada", "Bob", "Rome"], id="of a type that there is not"),
    ],
)
def test_thresholds_of_a_calibration(limits: dict[str, float], expected: list[str]) -> None:
    """They are compared with probabilities; the model's 0.5 stays what it was for its scores."""
    engine = Scored(ANSWER, {"Ada": 0.8, "Bob": 0.55, "Rome": 0.51})
    line = Calibration(1, 0.7, limits)
    result = extract(TEXT, SCHEMA, model=engine, calibration=line)
    assert [span.text for span in result.spans] == expected


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        pytest.param(None, {"name": 0.2, "place": 0.7}, id="the calibration's, else the type's"),
        pytest.param(0.4, {"name": 0.4, "place": 0.4}, id="the call's for all"),
        pytest.param({"name": 0.4}, {"name": 0.4, "place": 0.7}, id="the call's by label"),
        pytest.param({"place": 0}, {"name": 0.2, "place": 0}, id="nought is a threshold"),
    ],
)
def test_the_order_of_thresholds(
    threshold: float | dict[str, float] | None, expected: dict[str, float]
) -> None:
    types = [replace(t, threshold=0.7) for t in SCHEMA]
    line = Calibration(2, 1, {"name": 0.2})
    engine = ScriptedEngine([])
    extractor = Extractor(types, model=engine, calibration=line, threshold=threshold)
    assert extractor.thresholds == expected


@given(lines, st.floats(0, 1, width=32))
def test_no_floor_costs_a_span_on_its_threshold(line: Calibration, score: float) -> None:
    """Some engines compare scores and floors in 32 bits."""
    engine = Scored("[]", {})
    limit = line.apply(score)
    extractor = Extractor(SCHEMA, model=engine, calibration=line, threshold=limit)
    extractor.extract("")
    assert np.float32(engine.asked["name"]) <= np.float32(score)


@given(lines, st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_floors_change_nothing_but_the_work(line: Calibration, score: float, limit: float) -> None:
    """What an engine leaves out for its floor would have been cut anyway."""
    engine = Scored("[name(span='Ada')]", {"Ada": score})
    result = extract("Ada", SCHEMA, model=engine, calibration=line, threshold=limit)
    assert bool(result.spans) == (line.apply(score) >= limit)


class Account(Entity):
    """A bank account number."""

    validator = "iban"


def test_a_validator_still_saves_a_doubtful_span() -> None:
    """What it may save is measured in probabilities, and asked for in the engine's scores."""
    iban = "GB82 WEST 1234 5698 7654 32"
    line = Calibration(1, -2, {"Account": 0.5})
    score = line.invert(0.12)  # above RESCUE, though far below the threshold
    engine = Scored(f"[Account(span='{iban}')]", {iban: score})
    result = extract(f"To {iban}.", [Account], model=engine, calibration=line)
    (span,) = result.spans
    assert engine.asked["Account"] == pytest.approx(line.invert(0.1), rel=1e-5)
    assert span.source == "validator"
    assert span.score is not None
    assert span.score > 1 - 0.012  # 1 - (1 - 0.12) * chance


def test_a_validator_lowers_the_probability() -> None:
    wrong = "GB82 WEST 1234 5698 7654 33"
    line = Calibration(1, 3, {"Account": 0.0})
    engine = Scored(f"[Account(span='{wrong}')]", {wrong: 0.5})
    (span,) = extract(f"To {wrong}.", [Account], model=engine, calibration=line).spans
    assert span.score == pytest.approx(line.apply(0.5) * 0.2)
    assert span.source == "model"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(
            Calibration(1, 0, {}, "other"), "for the model 'other'.*'scripted'", id="model"
        ),
        pytest.param(
            Calibration(1, 0, {}, "", "0" * 16),
            "for the schema '0000.*`schema-ner cali",
            id="schema",
        ),
        pytest.param(0.5, "takes a Calibration or its file, not float", id="a number"),
    ],
)
def test_a_calibration_for_something_else_is_refused(line: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Extractor(SCHEMA, model=ScriptedEngine([]), calibration=line)


def test_a_calibration_for_this_or_for_any_is_taken(tmp_path: Path) -> None:
    for line in (Calibration(1, 0), Calibration(1, 0, {}, "scripted", SCHEMA.hash)):
        line.save(tmp_path / "c.json")
        for given_ in (line, tmp_path / "c.json", str(tmp_path / "c.json")):
            extractor = Extractor(SCHEMA, model=ScriptedEngine([]), calibration=given_)
            assert extractor.calibration == line


# --- measuring on annotated texts


class Telling:
    """Reads scores off the text: "n87" is a name with 0.87, "p03" a place with 0.03."""

    name = "telling"
    threshold = 0.3
    batch_size = 3

    def read(
        self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
    ) -> list[Reading | Exception]:
        del schema
        return [ValueError("no luck") if "FAIL" in t else self._one(t, floors) for t in texts]

    def _one(self, text: str, floors: Mapping[str, float]) -> Reading:
        found = []
        for match in re.finditer(r"[np](\d\d)", text):
            label = "name" if match[0][0] == "n" else "place"
            span = Span(match.start(), match.end(), label, match[0], int(match[1]) / 100)
            found += [span] if int(match[1]) / 100 >= floors[label] else []
        return Reading(tuple(found))


def told(number: int, *, seed: int = 0, words_each: int = 8) -> list[Document]:
    """Texts of which candidates are right by far less often than their scores say."""
    rng = random.Random(seed)  # noqa: S311  # repeatable, not secret
    true = Calibration(1.5, -1.5)
    documents = []
    for at in range(number):
        words = [f"{rng.choice('np')}{rng.randrange(100):02}" for _ in range(words_each)]
        text = " ".join(words)
        right = [rng.random() < true.apply(int(word[1:]) / 100) for word in words]
        spans = [
            Span(4 * i, 4 * i + 3, "name" if w[0] == "n" else "place", w, source="gold")
            for i, (w, is_right) in enumerate(zip(words, right, strict=True))
            if is_right
        ]
        documents.append(Document(text, tuple(spans), str(at)))
    return documents


def read_of(documents: Sequence[Document]) -> list[calibrating.Read]:
    return list(calibrating.readings(documents, SCHEMA, Telling()))


def test_observations_are_the_candidates_without_overlaps() -> None:
    class Nested(Telling):
        def _one(self, text: str, floors: Mapping[str, float]) -> Reading:
            del floors
            ranges = [(0, 7, 0.6), (0, 3, 0.5), (4, 7, 0.4), (8, 11, 0.015)]
            return Reading(tuple(Span(a, b, "name", text[a:b], s) for a, b, s in ranges))

    document = Document("n60 n50 n40", (Span(0, 7, "name", "n60 n50", source="gold"),))
    read = calibrating.readings([document], SCHEMA, Nested())
    assert calibrating.observations(read) == [Observed("name", 0.6, right=True)]


def test_right_is_the_same_place_and_type() -> None:
    text = "n90 p80 n70"
    gold = (Span(0, 3, "place", "n90"), Span(4, 7, "place", "p80"), Span(8, 10, "name", "n7"))
    observed = calibrating.observations(read_of([Document(text, gold)]))
    assert [one.right for one in observed] == [False, True, False]


def test_candidates_are_asked_for_from_the_floor_on() -> None:
    observed = calibrating.observations(read_of([Document("n01 n02 n03 p01 p99")]))
    assert [one.score for one in observed] == [0.02, 0.03, 0.99]


def test_a_calibration_mends_scores_and_is_measured_on_other_texts() -> None:
    report = calibrating.measure(read_of(told(200)), SCHEMA, Telling())
    assert report.before.calibration_error > 0.15
    assert report.after.calibration_error < 0.05
    assert report.after.f1 > report.before.f1
    assert report.before.thresholds == {"name": 0.3, "place": 0.3}
    assert report.calibration.slope == pytest.approx(1.5, abs=0.2)
    assert report.calibration.intercept == pytest.approx(-1.5, abs=0.2)
    assert (report.calibration.model, report.calibration.schema) == ("telling", SCHEMA.hash)
    assert sum(b.count for b in report.after.bins) == report.candidates


def test_figures_are_those_of_an_extractor() -> None:
    """Before: what the user has now."""
    documents = told(60)
    report = calibrating.measure(read_of(documents), SCHEMA, Telling())
    extractor = Extractor(SCHEMA, model=Telling())
    found = [extractor.extract(document.text).spans for document in documents]
    given_ = sum(map(len, found))
    pairs = zip(documents, found, strict=True)
    right = sum(len({s.order for s in d.spans} & {s.order for s in spans}) for d, spans in pairs)
    gold = sum(report.gold.values())
    assert report.before.f1 == pytest.approx(2 * right / (given_ + gold))


def test_no_text_is_judged_by_a_fit_that_saw_it(monkeypatch: pytest.MonkeyPatch) -> None:
    fits: list[set[str | None]] = []
    real = calibrating.fitted

    def spy(read: Sequence[calibrating.Read], schema: Schema, engine: Any) -> Calibration:
        fits.append({one.document.id for one in read})
        return real(read, schema, engine)

    monkeypatch.setattr(calibrating, "fitted", spy)
    calibrating.measure(read_of(told(52)), SCHEMA, Telling(), seed=3)
    everything, *others = fits
    left_out = [everything - seen for seen in others]
    assert len(left_out) == 5
    assert sorted(i for part in left_out for i in part if i) == sorted(i for i in everything if i)
    assert {len(part) for part in left_out} == {10, 11}


def test_a_text_that_comes_twice_is_not_judged_by_a_fit_on_its_twin() -> None:
    twice = read_of([*told(20), *told(20)])
    for rest, part in calibrating._parts(twice, seed=0):
        assert len(rest) + len(part) == 40
        assert not {one.document.text for one in rest} & {one.document.text for one in part}
    with pytest.raises(InputError, match="here are 4"):
        calibrating.measure(read_of(told(4) * 9), SCHEMA, Telling())


def test_the_seed_repeats_a_measurement() -> None:
    read = read_of(told(40))
    one, two, three = (calibrating.measure(read, SCHEMA, Telling(), seed=s) for s in (0, 0, 1))
    assert one == two
    assert one.after != three.after
    assert one.calibration == three.calibration  # fitted on all texts, whatever the parts


def test_random_annotations_are_no_better_after() -> None:
    """Where scores say nothing, a fit measured on its own rows would still look better."""
    rng = random.Random(0)  # noqa: S311  # repeatable, not secret
    documents = [replace(d, spans=()) for d in told(60)]
    spans = [
        tuple(
            Span(
                4 * i,
                4 * i + 3,
                "name" if d.text[4 * i] == "n" else "place",
                d.text[4 * i : 4 * i + 3],
            )
            for i in range(8)
            if rng.random() < 0.1
        )
        for d in documents
    ]
    noise = [replace(d, spans=s) for d, s in zip(documents, spans, strict=True)]
    try:
        report = calibrating.measure(read_of(noise), SCHEMA, Telling())
    except InputError as err:
        assert "right more often" in str(err)  # noqa: PT017  # which is as good an end
    else:
        assert report.after.f1 < 0.3


def test_a_model_without_scores_is_told() -> None:
    read = list(calibrating.readings(told(10), SCHEMA, ScriptedEngine(lambda _: "[]")))
    with pytest.raises(InputError, match="at least 30 candidates"):
        calibrating.measure(read, SCHEMA, ScriptedEngine([]))
    answer = "[name(span='n'), name(span='p')]"
    texts = [Document(f"n p {i}") for i in range(10)]
    read = list(calibrating.readings(texts, SCHEMA, ScriptedEngine(lambda _: answer)))
    with pytest.raises(InputError, match="'scripted' gives no scores"):
        calibrating.measure(read, SCHEMA, ScriptedEngine([]))


def test_labels_of_a_data_set_become_those_of_the_schema() -> None:
    wnut = resolve("wnut17")
    (theirs, ours), *_ = wnut.from_dataset.items()
    document = Document("Ada", (Span(0, 3, theirs, "Ada", source="gold"),))
    (found,) = calibrating.relabelled([document], wnut)
    assert [span.label for span in found.spans] == [ours]


# --- the command


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> None:
    from schema_ner import extractor  # noqa: PLC0415

    real = select.engine_for
    for module in (select, extractor):
        monkeypatch.setattr(
            module, "engine_for", lambda m: Telling() if m == "builtin" else real(m)
        )


@pytest.fixture
def schema(tmp_path: Path) -> str:
    (tmp_path / "schema.json").write_text(SCHEMA.to_json(), encoding="utf-8")
    return str(tmp_path / "schema.json")


def written(path: Path, documents: Iterable[Document]) -> str:
    lines = [json.dumps(document.to_dict()) for document in documents]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def run(*args: str) -> Any:
    return CliRunner().invoke(app, list(args))


@pytest.mark.usefixtures("telling")
def test_calibrate_prints_a_table_and_writes_a_file(tmp_path: Path, schema: str) -> None:
    file, out = written(tmp_path / "gold.jsonl", told(100)), tmp_path / "c.json"
    result = run("calibrate", file, "--schema", schema, "--out", str(out))
    assert result.exit_code == 0, result.stderr
    found = Calibration.load(out)
    report = calibrating.measure(read_of(told(100)), SCHEMA, Telling())
    assert found == report.calibration
    words = [line.split() for line in result.stdout.splitlines()]
    assert words[0][:2] == ["100", "texts,"]
    before, after = report.before, report.after
    assert ["strict", "F1", f"{before.f1:.4f}", f"{after.f1:.4f}"] in words
    errors = [f"{side.calibration_error:.4f}" for side in (before, after)]
    assert ["calibration", "error", *errors] in words
    name = ["name", "0.3000", f"{found.thresholds['name']:.4f}", str(report.gold["name"])]
    assert name in words
    assert result.stderr.endswith(f"wrote {out}\n")


@pytest.mark.usefixtures("telling")
def test_calibrate_prints_json(tmp_path: Path, schema: str) -> None:
    file, out = written(tmp_path / "gold.jsonl", told(100)), tmp_path / "c.json"
    result = run("calibrate", file, "--schema", schema, "--out", str(out), "--json", "--seed", "4")
    data = json.loads(result.stdout)
    assert (data["texts"], data["seed"], data["model"]) == (100, 4, "telling")
    assert (
        data["after"]["expected_calibration_error"] < data["before"]["expected_calibration_error"]
    )
    assert data["after"]["thresholds"] == Calibration.load(out).thresholds
    assert sum(one["count"] for one in data["before"]["bins"]) == data["candidates"]


@pytest.mark.usefixtures("telling")
def test_extract_reads_what_calibrate_wrote(tmp_path: Path, schema: str) -> None:
    file, out = written(tmp_path / "gold.jsonl", told(100)), str(tmp_path / "c.json")
    run("calibrate", file, "--schema", schema, "--out", out)
    result = run("extract", "n95 n40", "--schema", schema, "--calibration", out, "--json")
    assert result.exit_code == 0, result.stderr
    (span,) = json.loads(result.stdout)["spans"]
    assert span["score"] == Calibration.load(out).apply(0.95)
    lower = run("extract", "n95 n40", "-s", schema, "--calibration", out, "-t", "0", "--json")
    assert len(json.loads(lower.stdout)["spans"]) == 2


@pytest.mark.usefixtures("telling")
def test_a_text_that_fails_is_left_out_and_named(tmp_path: Path, schema: str) -> None:
    file = written(tmp_path / "gold.jsonl", [*told(60), Document("FAIL", id="bad")])
    result = run("calibrate", file, "--schema", schema, "--out", str(tmp_path / "c.json"))
    assert (result.exit_code, result.stdout.split()[0]) == (0, "60")
    assert "bad is left out: ValueError: no luck" in result.stderr


@pytest.mark.usefixtures("telling")
def test_thresholds_that_do_not_help_are_told(tmp_path: Path, schema: str) -> None:
    """A calibration of few texts may give fewer right spans; the user is not left to find out."""
    documents = told(12, seed=5)
    file = written(tmp_path / "gold.jsonl", documents)
    report = calibrating.measure(read_of(documents), SCHEMA, Telling())
    result = run("calibrate", file, "--schema", schema, "--out", str(tmp_path / "c.json"))
    assert ("gave no higher F1" in result.stderr) == (report.after.f1 <= report.before.f1)


def strange(document: Document) -> Document:
    return replace(document, spans=tuple(replace(s, label="river") for s in document.spans))


@pytest.mark.usefixtures("telling")
@pytest.mark.parametrize(
    ("documents", "said"),
    [
        pytest.param([], "there are no annotations", id="empty"),
        pytest.param(
            [replace(d, spans=()) for d in told(40)], "there are no annotations", id="bare"
        ),
        pytest.param(list(map(strange, told(40))), "annotated with 'river'", id="unknown label"),
        pytest.param(told(4), "measured in 5 parts.*here are 4", id="too few texts"),
        pytest.param(
            told(5, words_each=7), "one part of 5 left out.*at least 30", id="small parts"
        ),
    ],
)
def test_texts_that_do_not_do_are_told(
    tmp_path: Path, schema: str, documents: list[Document], said: str
) -> None:
    file = written(tmp_path / "gold.jsonl", documents)
    result = run("calibrate", file, "--schema", schema, "--out", str(tmp_path / "c.json"))
    assert result.exit_code == 2, result.stdout
    assert re.search(said, result.stderr)
    assert f"error: {file}: " in result.stderr
    assert not (tmp_path / "c.json").exists()


@pytest.mark.usefixtures("telling")
@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(("missing.jsonl",), "missing.jsonl: no such file", id="FILE missing"),
        pytest.param(("picture.jsonl",), "picture", id="unreadable"),
        pytest.param(("gold.jsonl", "--from", "xml"), "xml", id="no such format"),
        pytest.param(("gold.jsonl", "--model", "gpt"), "no model is called 'gpt'", id="no model"),
        pytest.param(("gold.jsonl", "--schema", "pi"), "Did you mean 'pii'", id="no schema"),
        pytest.param(("gold.jsonl", "--out", "gold.jsonl"), "would replace it", id="over FILE"),
        pytest.param(("gold.jsonl", "--out", "no/c.json"), "there is no folder", id="no folder"),
        pytest.param(("gold.jsonl", "--out", "schema.json"), "would replace it", id="over SCHEMA"),
        pytest.param(("gold.jsonl", "--plot", "a.svg"), "ends in .png", id="no PNG"),
    ],
)
def test_what_cannot_be_read_or_written_is_told(
    tmp_path: Path,
    schema: str,
    args: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "gold.jsonl", told(40))
    (tmp_path / "picture.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    rest = [] if "--schema" in args else ["--schema", schema]
    rest += [] if "--out" in args else ["--out", "c.json"]
    result = run("calibrate", *args, *rest)
    assert result.exit_code == 2, result.stdout
    assert said in result.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.usefixtures("telling")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "c.json: no such file", id="missing"),
        pytest.param("{}", "c.json: a calibration has the form", id="no calibration"),
        pytest.param(
            Calibration(1, 0, {}, "", "1" * 16).to_json(), "for the schema", id="another schema"
        ),
        pytest.param(Calibration(1, 0, {}, "big").to_json(), "for the model 'big'", id="model"),
    ],
)
def test_extract_says_what_is_wrong_with_a_calibration(
    tmp_path: Path, schema: str, content: str | None, said: str
) -> None:
    path = tmp_path / "c.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    result = run("extract", "n95", "--schema", schema, "--calibration", str(path))
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.usefixtures("telling")
def test_html_does_not_replace_the_calibration(tmp_path: Path, schema: str) -> None:
    path = str(tmp_path / "c.json")
    Calibration(1, 0).save(path)
    result = run("extract", "n95", "--schema", schema, "--calibration", path, "--html", path)
    assert (result.exit_code, "would replace it" in result.stderr) == (2, True)


@pytest.mark.usefixtures("telling")
def test_a_plot_without_matplotlib_says_what_to_install(
    tmp_path: Path, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the work, and before anything is written."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    file = written(tmp_path / "gold.jsonl", told(60))
    out = tmp_path / "c.json"
    result = run(
        "calibrate", file, "--schema", schema, "--out", str(out), "--plot", str(tmp_path / "r.png")
    )
    assert result.exit_code == 2
    assert "schema-ner[eval]" in result.stderr
    assert not out.exists()


@pytest.mark.usefixtures("telling")
def test_a_plot_is_a_picture(tmp_path: Path, schema: str) -> None:
    pytest.importorskip("matplotlib", reason="the extra [eval] is not installed")
    file, plot = written(tmp_path / "gold.jsonl", told(100)), tmp_path / "r.png"
    out = str(tmp_path / "c.json")
    result = run("calibrate", file, "--schema", schema, "--out", out, "--plot", str(plot))
    assert result.exit_code == 0, result.stderr
    assert plot.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert f"wrote {plot}" in result.stderr


def test_the_built_in_model_can_be_calibrated(tmp_path: Path) -> None:
    """On the shipped weights, end to end."""
    out = str(tmp_path / "c.json")
    file = str(EXAMPLES / "wnut17.50.jsonl")
    result = run("calibrate", file, "--schema", "wnut17", "--out", out, "--json")
    assert result.exit_code == 0, result.stderr
    data = json.loads(result.stdout)
    assert (data["texts"], sum(data["mentions"].values())) == (50, 43)
    found = extract("Ada Lovelace moved to Rome.", "wnut17", calibration=out)
    assert {span.text for span in found.spans} & {"Ada Lovelace", "Rome"}
