"""Language models that really extract, small as they are: from a folder to right spans.

They were taught a toy task (``toy_task``); what they are asked is the library's own prompts.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("llguidance", reason="needs the extra [llm]")

import tiny_models
import toy_task
from typer.testing import CliRunner

from schema_ner import Extractor, extract, scoring
from schema_ner.calibration import Calibration
from schema_ner.cli.app import app
from schema_ner.engines.local import LocalLLM

if TYPE_CHECKING:
    from pathlib import Path

    from tiny_models import Form

FORMS: tuple[Form, ...] = ("gollie", "uniner", "chat")
GOLD = toy_task.texts(40, seed=11)


def _f1(engine: LocalLLM) -> float:
    extractor = Extractor(toy_task.SCHEMA, model=engine)
    found = list(extractor.extract_batch(document.text for document in GOLD))
    return scoring.score(GOLD, found).f1


@pytest.mark.parametrize("form", FORMS)
def test_a_model_by_its_folder_finds_what_stands_there(form: Form) -> None:
    engine = LocalLLM(tiny_models.toy(form), prompt=form)
    assert engine.form == form
    assert _f1(engine) >= 0.9


@pytest.mark.parametrize("form", FORMS)
def test_under_the_grammar_it_is_no_worse_than_without(form: Form) -> None:
    folder = tiny_models.toy(form)
    held, free = LocalLLM(folder, prompt=form), LocalLLM(folder, prompt=form, constrained=False)
    assert _f1(held) >= _f1(free) - 0.02


def test_one_call() -> None:
    """The name of a folder is all it takes."""
    right = 0
    for document in GOLD[:10]:
        found = extract(document.text, toy_task.SCHEMA, model=str(tiny_models.toy("gollie")))
        right += [s.order for s in found.spans] == [s.order for s in document.spans]
        assert all(span.evidence is not None for span in found.spans)
    assert right >= 8


def test_what_the_schema_does_not_ask_for_is_not_listed() -> None:
    """A model that was taught three types is asked for one."""
    engine = LocalLLM(tiny_models.toy("gollie"), prompt="gollie")
    labels: Counter[str] = Counter()
    for extraction in Extractor([toy_task.Drug], model=engine).extract_batch(
        document.text for document in GOLD
    ):
        labels.update(span.label for span in extraction.spans)
    assert set(labels) == {"Drug"}


def test_scores_tell_right_from_wrong() -> None:
    """What ends in -zan is a medicine in 70 of 100 texts, and nothing says in which."""
    engine = LocalLLM(tiny_models.toy("gollie"), prompt="gollie", closing_bias=-3.0)
    documents = toy_task.texts(60, seed=13, doubtful=0.5)
    extractor = Extractor(toy_task.SCHEMA, model=engine)
    right: list[float] = []
    wrong: list[float] = []
    for document in documents:
        gold = {span.order for span in document.spans}
        for span in extractor.extract(document.text).spans:
            (right if span.order in gold else wrong).append(span.score or 0.0)
    assert right
    assert wrong
    assert sum(right) / len(right) > sum(wrong) / len(wrong)


def test_calibrate_works_for_it_too(tmp_path: Path) -> None:
    """One command fits scores to annotated texts; the file holds for this model and schema."""
    gold = tmp_path / "gold.jsonl"
    documents = toy_task.texts(60, seed=17, doubtful=0.3)
    gold.write_text("".join(json.dumps(d.to_dict()) + "\n" for d in documents), "utf-8")
    schema = tmp_path / "toy.json"
    schema.write_text(toy_task.SCHEMA.to_json(), "utf-8")
    model, out = str(tiny_models.toy("gollie")), tmp_path / "toy.calibration.json"
    command: list[Any] = ["calibrate", gold, "--schema", schema, "--model", model, "--out", out]
    done = CliRunner().invoke(app, list(map(str, command)))
    assert done.exit_code == 0, done.output
    fitted = Calibration.load(out)
    assert fitted.model == "gollie"
    extractor = Extractor(toy_task.SCHEMA, model=model, calibration=fitted)
    found = [span for d in documents[:10] for span in extractor.extract(d.text).spans]
    assert found
    assert all(span.score == fitted.apply(span.evidence.score) for span in found if span.evidence)
