"""Train the built-in model: one loop, with checkpoints that a run can resume from.

Here: loss, schedule, checkpoints.  Not here: what is in a batch (``batches``), where weights start
(``starts``), files that ship (``export``).

Shapes: B texts, W words, K span widths, N types, D hidden width.
"""

from __future__ import annotations

import json
import logging
import random
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn.functional import binary_cross_entropy_with_logits, normalize

from schema_ner.encoder.features import MAX_WORDS
from schema_ner.errors import InputError, ModelError
from schema_ner.training.batches import Batch, Sampler
from schema_ner.training.starts import WORD_EMBEDDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from torch import Tensor

    from schema_ner.encoder.features import Featurizer
    from schema_ner.training.builtin_model import BuiltinModel
    from schema_ner.training.sources import Source

logger = logging.getLogger(__name__)

STATE = "state.pt"  # all that a run needs to go on
WEIGHTS = "weights.safetensors"  # the averaged weights, without word embeddings
RECIPE = "recipe.json"
CHUNKS = 2  # descriptions are encoded in so many groups of about one length
AVERAGE_EVERY = 10  # steps
AVERAGE_KEEPS = 0.99  # of the running average, each time


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run does, beside its data.

    Attributes:
        texts: how many texts are seen in all.
        encoder_rate, heads_rate: learning rates after the warm-up; they fall to 0 in a line.
        warm_up: steps until the rates are reached.
        pack_share: how often a source of a batch is a pack.
        seed: of the weights and of every draw.
    """

    texts: int = 220_000
    encoder_rate: float = 1.5e-4
    heads_rate: float = 7e-4
    warm_up: int = 150
    pack_share: float = 0.5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run is."""

    step: int
    texts: int
    of: int
    loss: float  # mean of the last steps
    texts_per_second: float


class Trainer:
    """A run: a model, its optimiser, its random numbers, and where it stands.

    Args:
        model: starting weights; trained in place.
        sources: what to learn from.
        features: the model's own words.
        folder: where checkpoints go; a run that began there goes on.
        recipe: what to do.
        device: "cpu" or "cuda".
    """

    def __init__(  # noqa: PLR0913  # a run is all of these
        self,
        model: BuiltinModel,
        sources: Iterable[Source],
        features: Featurizer,
        folder: Path,
        recipe: Recipe,
        *,
        device: str = "cpu",
    ) -> None:
        self.model = model.to(device).train()
        self.recipe, self.folder, self.device = recipe, folder, device
        self.step = self.texts = 0
        sources = list(sources)
        likeness = name_vectors(model, features, sources, device)
        self._sampler = Sampler(sources, features, recipe.pack_share, likeness)
        if not len(self._sampler):
            raise InputError("no text to learn from: all are empty or longer than 480 characters")
        self._rng = random.Random(recipe.seed)  # noqa: S311  # no secret
        model.get_parameter(WORD_EMBEDDINGS).requires_grad_(requires_grad=False)
        learnt = {n: p for n, p in model.named_parameters() if p.requires_grad}
        self._rates = (recipe.encoder_rate, recipe.heads_rate)
        encoder = [p for n, p in learnt.items() if n.startswith("encoder.")]
        heads = [p for n, p in learnt.items() if not n.startswith("encoder.")]
        self._optimiser = torch.optim.AdamW(
            [{"params": encoder}, {"params": heads}], lr=0.0, weight_decay=0.01, fused=True
        )
        self._learnt = learnt
        self._average = {n: p.detach().clone() for n, p in learnt.items()}

    def run(self, tell: Callable[[Progress], None], *, every: float = 600.0) -> None:
        """Train until the recipe's texts are seen; a checkpoint every so many seconds."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / RECIPE).write_text(json.dumps(asdict(self.recipe), indent=1) + "\n", "utf-8")
        saved = told = time.monotonic()
        losses: list[float] = []
        seen = self.texts
        while self.texts < self.recipe.texts:
            batch = self._sampler.draw(self._rng)
            losses.append(self._learn(batch))
            self.step += 1
            self.texts += len(batch.lengths)
            if self.step % AVERAGE_EVERY == 0:
                self._follow()
            now = time.monotonic()
            if now - told >= 10 or self.texts >= self.recipe.texts:  # noqa: PLR2004  # seconds
                speed = (self.texts - seen) / max(now - told, 1e-9)
                mean = sum(losses) / len(losses)
                tell(Progress(self.step, self.texts, self.recipe.texts, mean, speed))
                told, seen, losses = now, self.texts, []
            if now - saved >= every:
                self.save()
                saved = now
        self.save()

    def _learn(self, batch: Batch) -> float:
        """One step; its loss a text."""
        left = max(0.0, 1 - self.texts / self.recipe.texts)
        rise = min(1.0, (self.step + 1) / self.recipe.warm_up)
        for group, rate in zip(self._optimiser.param_groups, self._rates, strict=True):
            group["lr"] = rate * rise * left
        loss = loss_of(self.model, batch, self.device)
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._learnt.values(), 5.0)
        self._optimiser.step()
        return loss.item()

    def _follow(self) -> None:
        """Move the average towards the weights; while they change fast it keeps less."""
        keeps = min(AVERAGE_KEEPS, self.step / (self.step + 10 * AVERAGE_EVERY))
        with torch.no_grad():
            for name, weight in self._learnt.items():
                self._average[name].lerp_(weight, 1 - keeps)

    def save(self) -> None:
        """Write a checkpoint; a crash leaves the last one or this one, never half of one."""
        state = {
            "step": self.step,
            "texts": self.texts,
            "weights": {n: p.detach() for n, p in self._learnt.items()},
            "average": self._average,
            "optimiser": self._optimiser.state_dict(),
            "random": self._rng.getstate(),
        }
        _replace(self.folder / STATE, lambda file: torch.save(state, file))
        average = {n: p.cpu().contiguous() for n, p in self._average.items()}
        _replace(self.folder / WEIGHTS, lambda file: save_file(average, file))

    def averaged(self) -> BuiltinModel:
        """The model with the average of its weights, on the CPU and in eval mode; ends the run."""
        with torch.no_grad():
            for name, weight in self._learnt.items():
                weight.copy_(self._average[name])
        return self.model.cpu().eval()

    def resume(self) -> bool:
        """Go on from the folder's checkpoint; whether there was one.

        Raises:
            ModelError: it is broken, or of a model of another shape.
        """
        file = self.folder / STATE
        if not file.is_file():
            return False
        try:
            state = cast("dict[str, Any]", torch.load(file, self.device, weights_only=True))
            with torch.no_grad():
                for name, weight in self._learnt.items():
                    weight.copy_(state["weights"][name])
            self._average = state["average"]
            self._optimiser.load_state_dict(state["optimiser"])
        except Exception as err:  # torch has many for a file that is none of its own
            what = f"{file} is no checkpoint of this model ({type(err).__name__})"
            raise ModelError(f"{what}; name the --start it began from, or another --out") from err
        self._rng.setstate(state["random"])
        self.step, self.texts = state["step"], state["texts"]
        return True


def loss_of(model: BuiltinModel, batch: Batch, device: str) -> Tensor:
    """Binary cross-entropy over the pairs of span and type that are known, summed, a text."""
    # older GPUs (a T4) only imitate bf16, slower than fp32
    short = device == "cpu" or torch.cuda.is_bf16_supported(including_emulation=False)
    with torch.autocast(device, dtype=torch.bfloat16, enabled=short):
        pieces = torch.from_numpy(batch.pieces).to(device)
        first = torch.from_numpy(batch.first).to(device)
        last = torch.from_numpy(batch.last).to(device)
        hidden = model.encoder(pieces, (pieces != 0).long())
        types = type_vectors(model, batch.descriptions, device)
        sources = torch.from_numpy(batch.sources).to(device)
        types = model.schema_head(types, sources[:, None] != sources)
        logits = model.span_head(hidden, first, last, types).float()  # (B, W, K, N)
    right, known = (torch.from_numpy(a).to(device) for a in targets(batch))
    losses = binary_cross_entropy_with_logits(logits, right.float(), reduction="none")
    return (losses * known).sum() / len(batch.lengths)


def targets(batch: Batch) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Which pairs of span and type are right, and which are known: (B, W, K, N) bool each."""
    count, words = batch.first.shape
    ends = np.arange(words)[:, None] + np.arange(MAX_WORDS)  # (W, K) last word of each span
    inside = ends[None] < batch.lengths[:, None, None]  # (B, W, K)
    known = inside[..., None] & batch.asked[:, None, None]
    right = np.zeros((count, words, MAX_WORDS, batch.asked.shape[1]), bool)
    others = batch.sources[:, None] != batch.sources  # (N, N)
    for text, start, width, kind in batch.gold:
        right[text, start, width, kind] = True
        known[text, start, width] |= others[kind] & batch.different[kind]
    return right, known


def type_vectors(model: BuiltinModel, descriptions: list[Any], device: str) -> Tensor:
    """(N, D), before they are set beside one another; in groups of about one length."""
    order = sorted(range(len(descriptions)), key=lambda i: len(descriptions[i]))
    parts = []
    for chunk in np.array_split(np.array(order), min(CHUNKS, len(order))):
        longest = max(len(descriptions[i]) for i in chunk)
        pieces = torch.zeros(len(chunk), longest, dtype=torch.long)
        for row, i in zip(pieces, chunk, strict=True):
            row[: len(descriptions[i])] = torch.from_numpy(descriptions[i])
        pieces = pieces.to(device)
        mask = (pieces != 0).long()
        parts.append(model.type_head(model.encoder(pieces, mask), mask))
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(parts)[back.to(device)]


def name_vectors(
    model: BuiltinModel, features: Featurizer, sources: Iterable[Source], device: str
) -> Mapping[str, np.ndarray[Any, Any]]:
    """The name of every type → its unit sentence vector, by the weights a run starts from."""
    names = sorted({m.name for source in sources for m in source.meanings.values()})
    vectors = {}
    with torch.no_grad():
        for name in names:
            pieces = torch.from_numpy(features.description(name)[0])[None].to(device)
            mean = model.encoder(pieces, torch.ones_like(pieces)).mean(1)[0]
            vectors[name] = normalize(mean, dim=-1).float().cpu().numpy()
    return vectors


def _replace(file: Path, write: Callable[[Path], object]) -> None:
    scratch = file.with_suffix(".tmp")
    write(scratch)
    scratch.replace(file)
