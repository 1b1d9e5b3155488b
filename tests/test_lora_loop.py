"""The loop: a killed run goes on as if nothing had been, and a wrong number ends it in words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("llguidance", reason="needs the extra [llm]")

import tiny_models
import toy_task

from schema_ner.engines.local.identity import identify
from schema_ner.engines.local.plan import Wishes
from schema_ner.errors import InputError, ModelError
from schema_ner.training.lora.drawing import Drawer
from schema_ner.training.lora.feeding import Feed
from schema_ner.training.lora.loop import LOG, STATE, Loop
from schema_ner.training.lora.recipe import Recipe
from schema_ner.training.lora.tokens import Tokens
from schema_ner.training.lora.trainee import prepare
from schema_ner.training.sources import Source, source_of

if TYPE_CHECKING:
    from pathlib import Path

    from schema_ner.training.lora.rows import Row

torch = tiny_models.torch
NUMBERS: dict[str, Any] = {"texts": 48, "batch_size": 8, "row_tokens": 1024, "learning_rate": 1e-2}
SOURCE = source_of("toy", toy_task.texts(30, seed=1), toy_task.SCHEMA)


class KilledError(Exception):
    """Stands for a kill between two steps."""


def loop(folder: Path, *, key: dict[str, Any] | None = None, **numbers: Any) -> Loop:
    recipe = Recipe(**NUMBERS | numbers)
    identity = identify(str(tiny_models.toy("gollie")))
    trainee = prepare(identity, Wishes(device="cpu"), recipe, checkpointing=False)
    tokens = Tokens(trainee.loaded.tokenizer, "gollie")
    feed = Feed(Drawer([SOURCE], recipe), tokens, recipe, trainee.shares, 2048)
    return Loop(trainee, feed, folder, recipe, key or {"base": "toy"})


def weights(run: Loop) -> Any:
    return torch.cat([weight.detach().flatten() for weight in run._learnt.values()])


def noted(folder: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (folder / LOG).read_text("utf-8").splitlines()]
    return [{k: v for k, v in line.items() if k != "seconds"} for line in lines]


def test_a_killed_run_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    """Weights, best weights and log are the same, whatever was done after the last checkpoint."""
    f1 = iter((0.3, 0.5, 0.4, 0.5, 0.4))  # of the unbroken run three, then of the other two
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    unbroken = loop(whole)
    unbroken.run(lambda _: None, lambda: next(f1), every=16)

    def kill(step: Any) -> None:
        if step.step == 4:
            raise KilledError

    first = loop(broken)
    with pytest.raises(KilledError):
        first.run(kill, lambda: 0.3, every=16)
    assert noted(broken)[-1]["step"] == 4  # noted, and not in the checkpoint
    resumed = loop(broken)
    resumed.resume()
    assert 0 < resumed.step < 4
    resumed.run(lambda _: None, lambda: next(f1), every=16)
    assert torch.equal(weights(resumed), weights(unbroken))
    assert noted(broken) == noted(whole)
    assert resumed.best == unbroken.best == 0.5
    unbroken.take_best()
    resumed.take_best()
    assert torch.equal(weights(resumed), weights(unbroken))


def test_the_weights_that_measured_best_are_kept(tmp_path: Path) -> None:
    run = loop(tmp_path)
    seen: list[Any] = []
    f1 = iter((0.2, 0.6, 0.1))

    def measure() -> float:
        seen.append(weights(run).clone())
        return next(f1)

    run.run(lambda _: None, measure, every=16)
    run.take_best()
    assert len(seen) == 3
    assert torch.equal(weights(run), seen[1])
    assert not torch.equal(seen[1], seen[2])


def test_a_loss_that_is_no_number_ends_the_run_and_loses_nothing(tmp_path: Path) -> None:
    run = loop(tmp_path)
    run._step()
    run.save()
    before = (tmp_path / STATE).read_bytes()
    with torch.no_grad():
        next(iter(run._learnt.values())).fill_(float("nan"))
    with pytest.raises(
        ModelError, match=r"no number any more in step 2 .*--learning-rate, now 0\.01"
    ) as err:
        run.run(lambda _: None)
    assert "is as it was before" in str(err.value)
    assert (tmp_path / STATE).read_bytes() == before


@pytest.mark.parametrize(
    ("key", "said"), [({"base": "other"}, "its base was 'toy', now it is 'other'")]
)
def test_a_checkpoint_of_another_run_is_not_gone_on_from(
    tmp_path: Path, key: dict[str, Any], said: str
) -> None:
    run = loop(tmp_path)
    run.save()
    with pytest.raises(ModelError, match=said):
        loop(tmp_path, key=key).resume()


def test_a_run_stopped_by_hand_goes_on_from_its_last_step(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a step: what that step was given comes again."""
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    unbroken = loop(whole)
    unbroken.run(lambda _: None)
    stopped = loop(broken)
    loss = stopped._trainee.loss
    calls = iter(range(100))

    def pressed(row: Row) -> Any:
        if next(calls) == 5:
            raise KeyboardInterrupt
        return loss(row)

    stopped._trainee = Pressed(stopped._trainee, pressed)  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        stopped.run(lambda _: None)
    resumed = loop(broken)
    resumed.resume()
    assert resumed.step > 0
    resumed.run(lambda _: None)
    assert torch.equal(weights(resumed), weights(unbroken))
    assert noted(broken) == noted(whole)


class Pressed:
    """A trainee whose loss is interrupted."""

    def __init__(self, trainee: Any, loss: Any) -> None:
        self.model, self.loaded, self.loss = trainee.model, trainee.loaded, loss


def test_a_full_disk_leaves_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = loop(tmp_path)
    run.save()
    before = (tmp_path / STATE).read_bytes()

    def full(*_: object) -> None:
        raise RuntimeError("PytorchStreamWriter failed writing file")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(ModelError, match=r"cannot be written .*the one before is as it was"):
        run.save()
    assert (tmp_path / STATE).read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [STATE]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no", b"junk" * 100])
def test_a_broken_checkpoint_is_said_to_be_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / STATE).write_bytes(content)
    with pytest.raises(ModelError, match="is no checkpoint"):
        loop(tmp_path).resume()


def test_a_log_cut_by_a_crash_is_mended(tmp_path: Path) -> None:
    run = loop(tmp_path)
    run._step()
    run.save()
    with (tmp_path / LOG).open("a", encoding="utf-8") as file:
        file.write('{"step": 2, "te')
    resumed = loop(tmp_path)
    resumed.resume()
    resumed._step()
    assert [line["step"] for line in noted(tmp_path)] == [1, 2]


# --- what is fed


def fed(source: Source, **numbers: Any) -> tuple[Feed, list[Row]]:
    recipe = Recipe(**NUMBERS | numbers)
    tokens = Tokens(tiny_models.tokenizer("sentencepiece"), "gollie")
    feed = Feed(Drawer([source], recipe), tokens, recipe, shares=True, context=2048)
    return feed, feed.step()


def test_a_step_holds_the_texts_it_is_to_hold() -> None:
    for batch in (1, 5, 40):
        _, rows = fed(SOURCE, batch_size=batch)
        assert sum(row.examples for row in rows) == batch
        assert all(len(row.tokens) <= NUMBERS["row_tokens"] for row in rows)


def test_what_is_longer_than_a_row_is_left_out_and_counted() -> None:
    long = [replace(row, text=row.text + " the tea was cold." * 200) for row in SOURCE.rows[:3]]
    source = replace(SOURCE, rows=(*SOURCE.rows[3:10], *long))
    feed, rows = fed(source, batch_size=40)
    assert feed.too_long == 3  # each counts once, however often it comes
    assert sum(row.examples for row in rows) == 40


def test_a_row_too_short_for_any_text_is_said() -> None:
    with pytest.raises(InputError, match="no text fits into a row of 64 tokens"):
        fed(SOURCE, row_tokens=64)


def test_without_sharing_each_row_holds_one_text() -> None:
    recipe = Recipe(**NUMBERS)
    tokens = Tokens(tiny_models.tokenizer("sentencepiece"), "gollie")
    feed = Feed(Drawer([SOURCE], recipe), tokens, recipe, shares=False, context=2048)
    assert [row.examples for row in feed.step()] == [1] * NUMBERS["batch_size"]
