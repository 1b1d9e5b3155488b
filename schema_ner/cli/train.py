"""``schema-ner train``: models of one's own.

Here: options and what is said while a run goes on.  Not here: training (``schema_ner.training``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schema_ner.cli import streams
from schema_ner.errors import InputError, require

if TYPE_CHECKING:
    from schema_ner.training.trainer import Progress

_Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Where checkpoints and the model go.")
]
_Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="A pool of data sets: index.json, SET.SPLIT.jsonl.gz."
    ),
]
_Packs = Annotated[
    Path | None, typer.Option("--packs", metavar="DIR", help="A folder of .pack files.")
]
_Start = Annotated[
    Path | None,
    typer.Option(
        "--start",
        metavar="DIR",
        help="MiniLM's folder, or with --finetune a model's; by default the installed ones.",
    ),
]
_Finetune = Annotated[
    str | None,
    typer.Option(
        "--finetune", metavar="FILE", help="Go on from the shipped weights with this file."
    ),
]
_Schema = Annotated[
    str | None,
    typer.Option("--schema", "-s", metavar="SCHEMA", help="The types of --finetune's file."),
]
_Number = Annotated[
    int | None,
    typer.Option("--texts", metavar="NUMBER", help="How many texts to see in all.", min=1),
]
_Seed = Annotated[int, typer.Option("--seed", metavar="NUMBER", help="Of weights and draws.")]
_Resume = Annotated[bool, typer.Option("--resume", help="Go on from DIR's last checkpoint.")]


def builtin(  # noqa: PLR0913  # one parameter an option
    *,
    out: _Out,
    data: _Data = None,
    packs: _Packs = None,
    start: _Start = None,
    finetune: _Finetune = None,
    schema: _Schema = None,
    texts: _Number = None,
    seed: _Seed = 0,
    resume: _Resume = False,
) -> None:
    """Train the built-in model: from MiniLM on pools of data, or on from its weights on your own.

    A checkpoint is written every ten minutes, and at the end a model: give its folder as --model.
    """
    if finetune is not None:
        if data is not None or packs is not None:
            raise InputError("--finetune goes on with one file; --data and --packs start anew")
        _finetune(finetune, schema, out, start=start, texts=texts, seed=seed, resume=resume)
        return
    if schema is not None:
        raise InputError("--schema says what the file of --finetune is annotated with; name both")
    if data is None and packs is None:
        raise InputError("nothing to learn from; give --data, --packs, or --finetune")
    _needs()
    from schema_ner.training import builtin as runs  # noqa: PLC0415  # it loads torch
    from schema_ner.training.trainer import Recipe  # noqa: PLC0415

    recipe = Recipe(seed=seed) if texts is None else Recipe(texts=texts, seed=seed)
    model = runs.from_pools(
        out, pool=data, packs=packs, minilm=start, recipe=recipe, resume=resume, tell=_tell
    )
    streams.say(f"the model is in {model}")


def _finetune(  # noqa: PLR0913
    file: str,
    schema: str | None,
    out: Path,
    *,
    start: Path | None,
    texts: int | None,
    seed: int,
    resume: bool,
) -> None:
    if schema is None:
        raise InputError("--finetune needs --schema: the types the file is annotated with")
    _needs()
    from schema_ner.registry import resolve  # noqa: PLC0415
    from schema_ner.training import builtin as runs  # noqa: PLC0415  # it loads torch

    tuned = runs.go_on(
        file,
        resolve(schema),
        out,
        start=start,
        texts=texts,
        seed=seed,
        resume=resume,
        tell=_tell,
    )
    if tuned.passed_over:
        kinds = ", ".join(f"{label} {count:,}" for label, count in tuned.passed_over.items())
        streams.note(f"mentions of types that the schema has not were passed over: {kinds}")
    streams.say(
        f"learnt from {tuned.learnt:,} texts; on the {tuned.held_out:,} left out, strict F1 went "
        f"from {100 * tuned.before:.1f} to {100 * tuned.after:.1f} (threshold {tuned.threshold})"
    )
    streams.say(f"the model is in {tuned.model}")


def _needs() -> None:
    for module in ("torch", "transformers", "onnx", "safetensors"):
        require(module, extra="train")


def _tell(at: Progress) -> None:
    """A line on stderr: a run of hours is watched in a log as often as on a screen."""
    left = (at.of - at.texts) / max(at.texts_per_second, 1e-9) / 60
    share = min(100.0, 100 * at.texts / at.of)  # the last batch may go beyond
    streams.note(
        f"{share:5.1f} %  {at.texts:,} of {at.of:,} texts  loss {at.loss:.2f}  "
        f"{at.texts_per_second:.0f} texts/s  {max(0.0, left):.0f} min left"
    )
