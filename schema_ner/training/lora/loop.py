"""Steps of the optimiser, with checkpoints that a run resumes from.

Here: learning rate, gradients, checkpoints, the log.  Not here: what is learnt from (``feeding``),
the forward pass (``trainee``), F1 on texts kept back (``measuring``).
"""

from __future__ import annotations

import json
import math
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from schema_ner.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from schema_ner.training.lora.feeding import Feed
    from schema_ner.training.lora.recipe import Recipe
    from schema_ner.training.lora.trainee import Trainee

STATE = "state.pt"  # all that a run needs to go on
LOG = "log.jsonl"  # one object a step, and one a measurement
SAVED_EVERY = 600.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step came to.

    Attributes:
        step, texts: so many so far.
        loss: mean of the answers' tokens.
        grad_norm: of the gradient, before it was clipped.
        learning_rate: of the step.
        tokens: of the step, as they were fed.
        alone: of the step, if each text had been fed with a schema of its own.
        examples: of the step.
        seconds: of the step.
    """

    step: int
    texts: int
    examples: int
    loss: float
    grad_norm: float
    learning_rate: float
    tokens: int
    alone: int
    seconds: float


class Loop:
    """A run: a trainee, its optimiser, and where it stands.

    Args:
        trainee: learns in place.
        feed: what it learns from.
        folder: where checkpoints and the log go.
        recipe: what to do.
        key: what a checkpoint must be of to be gone on from: base, data, recipe.
    """

    def __init__(
        self, trainee: Trainee, feed: Feed, folder: Path, recipe: Recipe, key: dict[str, Any]
    ) -> None:
        self._trainee, self._feed, self._folder, self._recipe = trainee, feed, folder, recipe
        self._key = key
        self._learnt = trainee.learnt
        self._optimiser = torch.optim.AdamW(
            self._learnt.values(), lr=0.0, weight_decay=recipe.weight_decay
        )
        # float16 has no room for small gradients
        self._scaler = torch.amp.GradScaler(
            trainee.loaded.plan.device, enabled=trainee.short is torch.float16
        )
        self._before = feed.state_dict(), self._random_state()  # of the last step
        self.step = self.texts = 0
        self.measured_at = -1  # texts
        self.best: float | None = None
        self.best_weights: dict[str, Any] | None = None

    @property
    def is_done(self) -> bool:
        """Whether all texts of the recipe were seen."""
        return self.texts >= self._recipe.texts

    def run(
        self,
        tell: Callable[[Step], None],
        measure: Callable[[], float] | None = None,
        *,
        every: int = 0,
    ) -> None:
        """Learn until the recipe's texts are seen.

        Args:
            tell: called with each step.
            measure: F1 on texts kept back.
            every: texts between two measurements; one more is made at the end.

        Raises:
            ModelError: the loss is no number any more.
        """
        if not self.step:
            self.save()  # so that a run can be gone on with from its first minute
        try:
            self._run(tell, measure, every)
        except KeyboardInterrupt:
            # what an unfinished step was given comes again
            self._feed.load_state_dict(self._before[0])
            self._set_random_state(self._before[1])
            self.save()
            raise

    def _run(
        self, tell: Callable[[Step], None], measure: Callable[[], float] | None, every: int
    ) -> None:
        saved = time.monotonic()
        measured = self.texts // every if every else 0
        while not self.is_done:
            tell(self._step())
            if measure and every and self.texts // every > measured and not self.is_done:
                measured = self.texts // every
                self._measured(measure())
                self.save()
                saved = time.monotonic()
            if time.monotonic() - saved >= SAVED_EVERY:
                self.save()
                saved = time.monotonic()
        if measure and self.measured_at != self.texts:
            self._measured(measure())
        self.save()

    def _step(self) -> Step:
        began = time.monotonic()
        rate = self._recipe.rate_at(self.texts)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._trainee.model.train()
        self._before = self._feed.state_dict(), self._random_state()
        rows = self._feed.step()
        learnt = sum(len(row.targets) for row in rows)
        total = 0.0
        for row in rows:
            # each token of an answer counts alike, whichever row it is in
            loss = self._trainee.loss(row) * (len(row.targets) / learnt)
            self._scaler.scale(loss).backward()
            total += loss.item()
        self._scaler.unscale_(self._optimiser)
        norm = float(torch.nn.utils.clip_grad_norm_(self._learnt.values(), self._recipe.clip))
        self._check(total, norm)
        self._scaler.step(self._optimiser)  # passes over gradients that overflowed in float16
        self._scaler.update()
        self._optimiser.zero_grad()
        self.step += 1
        examples = sum(row.examples for row in rows)
        self.texts += examples
        step = Step(
            step=self.step,
            texts=self.texts,
            examples=examples,
            loss=total,
            grad_norm=norm,
            learning_rate=rate,
            tokens=sum(len(row.tokens) for row in rows),
            alone=sum(row.alone for row in rows),
            seconds=time.monotonic() - began,
        )
        self._note({name: getattr(step, name) for name in Step.__slots__})
        return step

    def _check(self, loss: float, norm: float) -> None:
        """Raise ModelError where there is nothing to learn from any more."""
        if math.isfinite(loss) and (math.isfinite(norm) or self._scaler.is_enabled()):
            return
        file = self._folder / STATE
        kept = f"{file} is as it was before" if file.is_file() else "no checkpoint was written yet"
        raise ModelError(
            f"the loss is no number any more in step {self.step + 1} (loss {loss}, gradient "
            f"{norm}): learn more slowly with --learning-rate, now "
            f"{self._recipe.learning_rate:g}, or compute in --dtype float32; {kept}"
        )

    def _measured(self, f1: float) -> None:
        self._note({"step": self.step, "texts": self.texts, "f1": f1})
        self.measured_at = self.texts
        if self.best is None or f1 >= self.best:  # of equals the one that learnt longer
            self.best = f1
            self.best_weights = {n: p.detach().cpu().clone() for n, p in self._learnt.items()}

    def _note(self, what: dict[str, Any]) -> None:
        rounded = {k: float(f"{v:.6g}") if isinstance(v, float) else v for k, v in what.items()}
        with (self._folder / LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(rounded) + "\n")

    def take_best(self) -> None:
        """Have the weights that measured best, where any were measured."""
        if self.best_weights is not None:
            self._put(self.best_weights)

    def _put(self, weights: dict[str, Any]) -> None:
        with torch.no_grad():
            for name, weight in self._learnt.items():
                weight.copy_(weights[name])

    def save(self) -> None:
        """Write a checkpoint; a crash leaves the last one or this one, never half of one."""
        state = {
            "key": self._key,
            "step": self.step,
            "texts": self.texts,
            "measured_at": self.measured_at,
            "best": self.best,
            "best_weights": self.best_weights,
            "weights": {n: p.detach().cpu() for n, p in self._learnt.items()},
            "optimiser": self._optimiser.state_dict(),
            "scaler": self._scaler.state_dict(),
            "feed": self._feed.state_dict(),
            "random": self._random_state(),
        }
        file = self._folder / STATE
        scratch = self._folder / f"{STATE}.tmp"
        try:
            with scratch.open("wb") as stream:
                torch.save(state, stream)
                stream.flush()
                os.fsync(stream.fileno())
            scratch.replace(file)
        except (OSError, RuntimeError) as err:  # torch has its own word for a full disk
            scratch.unlink(missing_ok=True)
            raise ModelError(
                f"the checkpoint {file} cannot be written ({err}); the one before is as it was: "
                "make room, and go on with --resume"
            ) from err

    def _random_state(self) -> dict[str, Any]:
        """Of the generators that dropout draws from."""
        states = {"cpu": torch.get_rng_state()}
        device = self._trainee.loaded.plan.device
        if device != "cpu":
            states[device] = getattr(torch, device).get_rng_state()
        return states

    def _set_random_state(self, states: dict[str, Any]) -> None:
        torch.set_rng_state(states["cpu"])
        for device, state in states.items():
            if device != "cpu":
                getattr(torch, device).set_rng_state(state)

    def resume(self) -> None:
        """Go on from the folder's checkpoint.

        Raises:
            ModelError: it is broken, or of another base, other data or another recipe.
        """
        file = self._folder / STATE
        try:
            state: dict[str, Any] = torch.load(file, "cpu", weights_only=True)
            other = sorted(k for k, v in self._key.items() if state["key"].get(k) != v)
            if not other:
                self._load(state)
        except Exception as err:  # torch has many for a file that is none of its own
            raise ModelError(
                f"{file} is no checkpoint of this model ({type(err).__name__}); name another --out"
            ) from err
        if other:
            before, now = state["key"].get(other[0]), self._key[other[0]]
            raise ModelError(
                f"the run in {self._folder} is another one: its {other[0]} was {before!r}, now it "
                f"is {now!r}; name what it was, or another --out"
            )
        self._cut_log()

    def _load(self, state: dict[str, Any]) -> None:
        self._put(state["weights"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._scaler.load_state_dict(state["scaler"])
        self._feed.load_state_dict(state["feed"])
        self._set_random_state(state["random"])
        self.step, self.texts = state["step"], state["texts"]
        self.measured_at = state["measured_at"]
        self.best, self.best_weights = state["best"], state["best_weights"]

    def _cut_log(self) -> None:
        """Forget what was noted behind the checkpoint: it comes again."""
        file = self._folder / LOG
        if not file.is_file():
            return
        lines = file.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if _step_of(line) <= self.step]
        scratch = file.with_suffix(".tmp")
        scratch.write_text("".join(kept), "utf-8")
        scratch.replace(file)


def _step_of(line: str) -> float:
    try:
        return int(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):  # cut by a crash
        return math.inf
