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
from schema_ner.training.lora.trainee import Trainee, prepare

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
    model = trainee(tiny_models.saved("llama"))
    model.model.double().eval()
    first, second = groups()
    other = [Example((*e.tokens[:-3], 7, 8, 9), e.answers) for e in second]
    losses = []
    for beside in (second, other):
        (row,) = pack([first, beside], 10_000)
        of_first = row.groups[row.predicting] == 0
        kept = replace(row, predicting=row.predicting[of_first], targets=row.targets[of_first])
        losses.append(model.loss(kept).item())
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)


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
