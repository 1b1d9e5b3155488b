"""The model that learns: packed rows teach what separate rows teach; only the adapter learns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

pytest.importorskip("llguidance", reason="needs the extra [llm]")

import tiny_models

from schema_ner.engines.local.identity import identify
from schema_ner.engines.local.plan import Wishes
from schema_ner.errors import ModelError
from schema_ner.training.lora.examples import Example
from schema_ner.training.lora.recipe import Recipe
from schema_ner.training.lora.rows import pack
from schema_ner.training.lora.trainee import Trainee, _shares, prepare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from schema_ner.training.lora.rows import Row

torch = tiny_models.torch
RECIPE = Recipe(texts=1, dropout=0.0)


def trainee(folder: Path, *, checkpointing: bool = False, **wishes: Any) -> Trainee:
    """With an adapter that does something: B begins at nothing, and then A learns nothing."""
    made = prepare(
        identify(str(folder)), Wishes(device="cpu", **wishes), RECIPE, checkpointing=checkpointing
    )
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(1)
        for name, weight in made.learnt.items():
            if "lora_B" in name:
                weight.normal_(std=0.1)
    return replace(made, short=None)


def test_whether_texts_can_share_a_row_is_tried_out() -> None:
    """A model that takes no notice of the mask would learn from what stands beside a text."""
    made = trainee(tiny_models.saved("llama"))
    assert _shares(made)
    deaf = made.loaded.model.forward
    made.loaded.model.forward = lambda **told: deaf(**told | {"attention_mask": None})
    assert not _shares(made)


def test_float32_is_float32() -> None:
    made = prepare(
        identify(str(tiny_models.saved("llama"))),
        Wishes(device="cpu", dtype="float32"),
        RECIPE,
        checkpointing=False,
    )
    assert made.short is None


def groups() -> list[list[Example]]:
    """Two schemas with a few texts each, all of random tokens."""
    rng = np.random.default_rng(0)
    return [_group(rng, count) for count in (3, 4)]


def _group(rng: np.random.Generator, count: int) -> list[Example]:
    common = rng.integers(5, 200, 60).tolist()
    found = []
    for _ in range(count):
        rest = rng.integers(5, 200, rng.integers(4, 12)).tolist()
        end = 60 + len(rest)
        found.append(Example((*common, *rest), ((end - 3, end),)))
    return found


def learnt(model: Trainee, rows: Sequence[Row]) -> tuple[float, Any]:
    """Mean loss of all tokens that are learnt, and its gradient in one line."""
    count = sum(len(row.targets) for row in rows)
    model.model.zero_grad()
    total = 0.0
    for row in rows:
        loss = model.loss(row) * (len(row.targets) / count)
        loss.backward()
        total += loss.item()
    return total, torch.cat([weight.grad.flatten() for weight in model.learnt.values()])


@pytest.mark.parametrize("family", ["llama", "mistral", "qwen2", "qwen3", "gemma"])
def test_packed_rows_teach_what_separate_rows_teach(family: str) -> None:
    """The loss and every gradient are equal, but for the rounding of norms, which are float32."""
    model = trainee(tiny_models.saved(family))
    assert model.shares
    model.model.double().eval()
    (packed,) = pack(groups(), 10_000)
    alone = [pack([[example]], 10_000)[0] for group in groups() for example in group]
    assert len(packed.tokens) < sum(len(row.tokens) for row in alone) * 0.6
    whole, gradient = learnt(model, [packed])
    parts, other = learnt(model, alone)
    assert whole == pytest.approx(parts, abs=1e-5)
    assert torch.count_nonzero(gradient)
    torch.testing.assert_close(gradient, other, rtol=1e-3, atol=1e-5)


def test_what_another_text_says_changes_nothing() -> None:
    """Neither a text of another schema in front, nor one beside it under the same schema."""
    model = trainee(tiny_models.saved("llama"))
    model.model.double().eval()
    first, second = groups()
    losses = []
    for change in (False, True):
        others = [_changed(each) for each in first] if change else first
        beside = [_changed(second[0]) if change else second[0], *second[1:]]
        (row,) = pack([others, beside], 10_000)
        last = (row.groups == 1) & (row.segments == len(second))
        of_last = last[row.predicting]
        kept = replace(row, predicting=row.predicting[of_last], targets=row.targets[of_last])
        assert len(kept.targets) == 3
        losses.append(model.loss(kept).item())
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)


def _changed(example: Example) -> Example:
    """Another text and answer under the same schema."""
    return Example((*example.tokens[:60], *(t + 1 for t in example.tokens[60:])), example.answers)


@pytest.mark.parametrize("family", ["mistral-window", "gemma2"])
def test_models_with_windows_share_nothing(family: str) -> None:
    """A mask of our own would take the place of the window."""
    model = trainee(tiny_models.saved(family))
    assert not model.shares
    (row,) = pack([[groups()[0][0]]], 10_000)
    loss, gradient = learnt(model, [row])
    assert np.isfinite(loss)
    assert torch.count_nonzero(gradient)


@pytest.mark.parametrize("quantization", ["none", "nf4"])
def test_only_the_adapter_learns(quantization: str) -> None:
    model = trainee(tiny_models.saved("llama"), quantization=quantization)
    assert all("lora_" in name for name in model.learnt)
    still = {n: p for n, p in model.model.named_parameters() if n not in model.learnt}
    before = {n: p.detach().clone() for n, p in still.items()}
    optimiser = torch.optim.SGD(model.learnt.values(), lr=1.0)
    first, _ = learnt(model, pack(groups(), 10_000))
    optimiser.step()
    assert all(torch.equal(p, before[n]) for n, p in still.items())
    second, _ = learnt(model, pack(groups(), 10_000))
    assert second != first


@pytest.mark.parametrize("quantization", ["none", "nf4"])
def test_computing_activations_again_changes_no_gradient(quantization: str) -> None:
    folder = tiny_models.saved("llama")
    rows = pack(groups(), 10_000)
    kept = trainee(folder, quantization=quantization)
    again = trainee(folder, quantization=quantization, checkpointing=True)
    kept.model.train()
    again.model.train()
    switches = [getattr(m, "gradient_checkpointing", False) for m in again.loaded.model.modules()]
    assert any(switches)
    loss, gradient = learnt(kept, rows)
    other_loss, other = learnt(again, rows)
    assert loss == pytest.approx(other_loss, rel=1e-5)
    torch.testing.assert_close(gradient, other, rtol=1e-3, atol=1e-5)


def test_an_adapter_is_no_base(tmp_path: Path) -> None:
    folder = tiny_models.saved("llama")
    trainee(folder).model.save_pretrained(tmp_path)
    identity = identify(str(folder), adapter=str(tmp_path))
    with pytest.raises(ModelError, match="is an adapter itself; name its base"):
        prepare(identity, Wishes(), RECIPE, checkpointing=False)
