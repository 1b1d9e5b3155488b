"""Fine-tune a language model, from files to an adapter's folder.

    OUT/recipe.json  log.jsonl  state.pt     the run: what was asked for, its log, its checkpoint
    OUT/curve.csv  curve.png                 loss and F1
    OUT/adapter/                             to give as ``model=``

Here: the order of things.  Not here: any of the verbs.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from schema_ner.engines.local.identity import identify
from schema_ner.engines.local.plan import Wishes
from schema_ner.errors import InputError
from schema_ner.training.lora import curves, inputs, saving
from schema_ner.training.lora.drawing import Drawer
from schema_ner.training.lora.feeding import Feed
from schema_ner.training.lora.loop import LOG, STATE, Loop
from schema_ner.training.lora.measuring import Measure
from schema_ner.training.lora.tokens import Tokens
from schema_ner.training.lora.trainee import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from schema_ner.engines.local.forms import FormName
    from schema_ner.schema import Schema
    from schema_ner.training.lora.inputs import Inputs
    from schema_ner.training.lora.loop import Step
    from schema_ner.training.lora.recipe import Recipe
    from schema_ner.training.lora.trainee import Trainee

ADAPTER = "adapter"  # folder of the finished adapter, below the run's
RECIPE = "recipe.json"
TIMES = 3  # each text, where nobody says how many are to be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a run is asked for.

    Attributes:
        data: see ``inputs.read``.
        base: a model as ``LocalLLM`` takes it.
        out: folder of the run.
        schema: of annotated texts.
        dev: annotated texts to measure with.
        dev_texts, dev_times: the most of them, and how often.
        form: what the model is to be asked in.
        wishes: device, precision, 4 bits.
        checkpointing: compute activations again backwards; ``None`` on graphics cards only.
        resume: go on from the folder's checkpoint.
        seed: of what is kept back.
    """

    data: tuple[str, ...]
    base: str
    out: Path
    schema: Schema | None = None
    dev: str | None = None
    dev_texts: int = 64
    dev_times: int = 8
    form: FormName = "gollie"
    wishes: Wishes = field(default_factory=Wishes)
    checkpointing: bool | None = None
    resume: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to.

    Attributes:
        adapter: the folder to give as ``model=``.
        texts, sources: learnt from.
        f1: on texts kept back, of the weights that were kept; ``None`` where none were.
        saved: how many times more tokens the texts would have been, each with its own schema.
        too_long: texts left out because they were longer than a row.
    """

    adapter: Path
    texts: int
    sources: int
    f1: float | None
    saved: float
    too_long: int


def run(
    job: Job,
    recipe: Callable[[Inputs], Recipe],
    tell: Callable[[Step, int], None],
    measured: Callable[[float, int], None],
) -> Outcome:
    """Fine-tune.

    Args:
        job: what is asked for.
        recipe: numbers of the run, for what there is to learn from.
        tell: called with each step, and how many texts are to be seen.
        measured: called with F1 on the texts kept back, and texts so far.

    Raises:
        InputError: nothing to learn from; the folder holds another run, or none to resume.
        ModelError: the base cannot be loaded, or the loss is no number any more.
        FormatError: a file is malformed.
        MissingExtraError: a package is missing.
    """
    _check(job)
    identity = identify(job.base, prompt=job.form)
    data = inputs.read(
        inputs.Wanted(
            places=job.data,
            schema=job.schema,
            dev=job.dev,
            form=job.form,
            measured=job.dev_texts,
            seed=job.seed,
        )
    )
    numbers = recipe(data)
    trainee = prepare(identity, job.wishes, numbers, checkpointing=_checkpointing(job))
    feed = Feed(
        Drawer(data.sources, numbers),
        Tokens(trainee.loaded.tokenizer, job.form),
        numbers,
        trainee.shares,
        trainee.loaded.most_context,
    )
    key = _key(job, trainee, data, numbers)
    job.out.mkdir(parents=True, exist_ok=True)
    loop = Loop(trainee, feed, job.out, numbers, key)
    if job.resume:
        loop.resume()
    else:
        (job.out / LOG).unlink(missing_ok=True)  # of a run that never came to a checkpoint
    (job.out / RECIPE).write_text(json.dumps(key, indent=1) + "\n", "utf-8")
    measure = _measure(trainee, data, loop, measured)
    every = -(-numbers.texts // job.dev_times)
    loop.run(lambda step: tell(step, numbers.texts), measure, every=every)
    loop.take_best()
    saved = curves.write(job.out)
    card = _card(job, data, numbers, loop.best)
    saving.write(trainee, job.out / ADAPTER, card)
    return Outcome(
        adapter=job.out / ADAPTER,
        texts=data.texts,
        sources=len(data.sources),
        f1=loop.best,
        saved=saved,
        too_long=feed.too_long,
    )


def _key(job: Job, trainee: Trainee, data: Inputs, recipe: Recipe) -> dict[str, Any]:
    """All that a run is, by name: what a checkpoint must agree with to be gone on from."""
    loaded = trainee.loaded
    return {
        "base": loaded.identity.name,
        "data": data.hash,
        "form": job.form,
        "quantization": loaded.plan.quantization,
        "dtype": loaded.plan.dtype,
        "dev_texts": job.dev_texts,
        **asdict(recipe),
    }


def _check(job: Job) -> None:
    """Refuse a folder with another run, or without the one to resume, before anything is loaded."""
    if job.resume != (job.out / STATE).is_file():
        raise InputError(
            f"{job.out} has no checkpoint to resume from; leave --resume out"
            if job.resume
            else f"{job.out} holds a run already; go on with --resume, or name another folder"
        )


def _checkpointing(job: Job) -> bool:
    if job.checkpointing is not None:
        return job.checkpointing
    import torch  # noqa: PLC0415

    return job.wishes.device in ("auto", "cuda") and torch.cuda.is_available()


def _measure(
    trainee: Trainee, data: Inputs, loop: Loop, measured: Callable[[float, int], None]
) -> Callable[[], float] | None:
    if not data.kept_back:
        return None
    measure = Measure(trainee, data.kept_back)

    def told() -> float:
        f1 = measure()
        measured(f1, loop.texts)
        return f1

    return told


def _card(job: Job, data: Inputs, recipe: Recipe, f1: float | None) -> dict[str, Any]:
    names: Sequence[str] = [source.name for source in data.sources]
    shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")  # noqa: PLR2004
    return {
        "base": job.base,
        "form": job.form,
        "learnt from": f"{data.texts:,} texts of {len(names):,} sources: {shown}",
        "hash of the data": data.hash,
        "strict F1 on texts kept back": "not measured" if f1 is None else f"{f1:.3f}",
        **asdict(recipe),
    }
