"""``schema-ner train lora``: an adapter for a language model.

Here: options and what is said while a run goes on.  Not here: training (``training.lora``).
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schema_ner.cli import streams
from schema_ner.errors import InputError, require

if TYPE_CHECKING:
    from schema_ner.training.lora.inputs import Inputs
    from schema_ner.training.lora.loop import Step
    from schema_ner.training.lora.recipe import Recipe
    from schema_ner.training.lora.runs import Outcome

TOLD_EVERY = 10.0  # seconds
_FORMS = ("gollie", "chat", "uniner")
_SWITCH = {"on": True, "off": False, "auto": None}

_Data = Annotated[
    list[str],
    typer.Argument(
        metavar="DATA...",
        help="Folders of packs or pools, .pack files, annotated texts in any format, messages.",
    ),
]
_Base = Annotated[
    str, typer.Option("--base", metavar="MODEL", help="The model to fine-tune: a folder or hub id.")
]
_Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Where checkpoints and the adapter go.")
]
_Schema = Annotated[
    str | None,
    typer.Option("--schema", "-s", metavar="SCHEMA", help="The types of annotated texts."),
]
_Dev = Annotated[
    str | None,
    typer.Option("--dev", metavar="FILE", help="Texts to measure with; else some are kept back."),
]
_DevTexts = Annotated[
    int,
    typer.Option("--dev-texts", metavar="NUMBER", help="The most texts to measure with.", min=1),
]
_DevTimes = Annotated[
    int, typer.Option("--dev-times", metavar="NUMBER", help="How often F1 is measured.", min=1)
]
_Form = Annotated[
    str, typer.Option("--form", metavar="FORM", help="Prompts to learn: gollie, chat, uniner.")
]
_Texts = Annotated[
    int | None,
    typer.Option(
        "--texts", metavar="NUMBER", help="Texts to see in all; else each 3 times.", min=1
    ),
]
_Batch = Annotated[
    int, typer.Option("--batch-size", metavar="NUMBER", help="Texts in one step.", min=1)
]
_Row = Annotated[
    int,
    typer.Option("--row-tokens", metavar="NUMBER", help="Tokens of a forward pass.", min=64),
]
_Rank = Annotated[int, typer.Option("--rank", metavar="NUMBER", help="Of the adapter.", min=1)]
_Rate = Annotated[float, typer.Option("--learning-rate", metavar="NUMBER", help="The highest.")]
_LoraDropout = Annotated[
    float,
    typer.Option(
        "--dropout", metavar="SHARE", help="Of inputs of the adapter; 0 is faster on a CPU."
    ),
]
_Mask = Annotated[
    float,
    typer.Option("--mask", metavar="SHARE", help="Prompts whose classes are called LABEL_1 …"),
]
_Dropout = Annotated[
    float,
    typer.Option("--class-dropout", metavar="SHARE", help="Types left out of a prompt."),
]
_Quantization = Annotated[
    str,
    typer.Option("--quantization", metavar="HOW", help="Of the base: auto, nf4 (QLoRA), none."),
]
_Dtype = Annotated[
    str,
    typer.Option("--dtype", metavar="TYPE", help="Of the base: auto, float32, bfloat16, float16."),
]
_Device = Annotated[str, typer.Option("--device", metavar="DEVICE", help="auto, cuda, mps or cpu.")]
_Checkpointing = Annotated[
    str,
    typer.Option(
        "--gradient-checkpointing",
        metavar="HOW",
        help="Less memory, a third more time: on, off, auto (on graphics cards).",
    ),
]
_Seed = Annotated[int, typer.Option("--seed", metavar="NUMBER", help="Of weights and draws.")]
_Resume = Annotated[bool, typer.Option("--resume", help="Go on from DIR's last checkpoint.")]


def lora(  # noqa: PLR0913  # one parameter an option
    data: _Data,
    *,
    base: _Base,
    out: _Out,
    schema: _Schema = None,
    dev: _Dev = None,
    dev_texts: _DevTexts = 64,
    dev_times: _DevTimes = 8,
    form: _Form = "gollie",
    texts: _Texts = None,
    batch_size: _Batch = 32,
    row_tokens: _Row = 2048,
    rank: _Rank = 8,
    learning_rate: _Rate = 3e-4,
    dropout: _LoraDropout = 0.05,
    mask: _Mask = 0.3,
    class_dropout: _Dropout = 0.15,
    quantization: _Quantization = "auto",
    dtype: _Dtype = "auto",
    device: _Device = "auto",
    checkpointing: _Checkpointing = "auto",
    seed: _Seed = 0,
    resume: _Resume = False,
) -> None:
    """Fine-tune a language model to follow guidelines: LoRA, or QLoRA with the base in 4 bits.

    A checkpoint is written every ten minutes, and at the end an adapter: give its folder as
    --model.
    """
    if form not in _FORMS:
        raise InputError(f"--form {form!r}; it is one of {', '.join(_FORMS)}")
    if checkpointing not in _SWITCH:
        raise InputError(f"--gradient-checkpointing {checkpointing!r}; it is on, off or auto")
    for module in ("torch", "transformers", "llguidance"):
        require(module, extra="llm")
    from schema_ner.engines.local.plan import Wishes  # noqa: PLC0415  # it loads torch
    from schema_ner.registry import resolve  # noqa: PLC0415
    from schema_ner.training.lora import runs  # noqa: PLC0415
    from schema_ner.training.lora.recipe import Recipe  # noqa: PLC0415

    wishes = Wishes(quantization=quantization, dtype=dtype, device=device)  # type: ignore[arg-type]
    job = runs.Job(
        data=tuple(data),
        base=base,
        out=out,
        schema=None if schema is None else resolve(schema),
        dev=dev,
        dev_texts=dev_texts,
        dev_times=dev_times,
        form=form,  # type: ignore[arg-type]
        wishes=wishes,
        checkpointing=_SWITCH[checkpointing],
        resume=resume,
        seed=seed,
    )

    def recipe(found: Inputs) -> Recipe:
        streams.note(
            f"learning from {found.texts:,} texts of {len(found.sources):,} sources, measured on "
            f"{found.measured:,} kept back"
        )
        for note in found.notes:
            streams.note(f"note: {note}")
        return Recipe(
            texts=texts or runs.TIMES * found.texts,
            batch_size=batch_size,
            row_tokens=row_tokens,
            rank=rank,
            alpha=2 * rank,
            dropout=dropout,
            learning_rate=learning_rate,
            masked=mask,
            class_dropout=class_dropout,
            seed=seed,
        )

    _say(runs.run(job, recipe, _Teller(), _measured))


class _Teller:
    """A line on stderr now and then: a run of hours is watched in a log as often as on a screen."""

    def __init__(self) -> None:
        self._told = time.monotonic()
        self._steps: list[Step] = []

    def __call__(self, step: Step, of: int) -> None:
        self._steps.append(step)
        now = time.monotonic()
        if now - self._told < TOLD_EVERY and step.texts < of:
            return
        seconds = max(1e-9, sum(each.seconds for each in self._steps))
        speed = sum(each.tokens for each in self._steps) / seconds
        loss = sum(each.loss for each in self._steps) / len(self._steps)
        left = (of - step.texts) * seconds / sum(each.examples for each in self._steps) / 60
        streams.note(
            f"{min(100.0, 100 * step.texts / of):5.1f} %  {step.texts:,} of {of:,} texts  "
            f"loss {loss:.3f}  {speed:,.0f} tokens/s  {max(0.0, left):.0f} min left"
        )
        self._told, self._steps = now, []


def _measured(f1: float, texts: int) -> None:
    streams.note(f"strict F1 on the texts kept back after {texts:,} texts: {100 * f1:.1f}")


def _say(outcome: Outcome) -> None:
    if outcome.too_long:
        streams.note(
            f"{outcome.too_long:,} texts were left out: with their schema they are longer than "
            "--row-tokens or the model's context"
        )
    f1 = "" if outcome.f1 is None else f"; strict F1 {100 * outcome.f1:.1f} on texts kept back"
    streams.say(
        f"learnt from {outcome.texts:,} texts of {outcome.sources:,} sources{f1}; sharing schemas "
        f"saved {outcome.saved:.1f} times the tokens"
    )
    streams.say(f"the adapter is in {outcome.adapter}")
