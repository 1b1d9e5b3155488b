"""What a run's log shows: loss and F1 over the texts seen, as a table and a picture.

Here: log → ``curve.csv``, ``curve.png``.  Not here: the log itself (``loop``).
"""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from schema_ner.errors import MissingExtraError, require
from schema_ner.training.lora.loop import LOG

if TYPE_CHECKING:
    from pathlib import Path

TABLE, PICTURE = "curve.csv", "curve.png"
COLUMNS = (
    "step", "texts", "loss", "learning_rate", "grad_norm", "tokens", "alone", "seconds", "f1",
)  # fmt: skip
SMOOTH = 20  # steps that a point of the loss is the mean of


def write(folder: Path) -> float:
    """Write both; the picture only where matplotlib is there.

    Returns:
        How many times more tokens the texts would have been, each with a schema of its own.
    """
    lines = (folder / LOG).read_text("utf-8").splitlines()
    noted = [each for line in lines if (each := _read(line)) is not None]
    with (folder / TABLE).open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, restval="", extrasaction="ignore")
        table.writeheader()
        table.writerows(noted)
    steps = [each for each in noted if "loss" in each]
    try:
        require("matplotlib", extra="eval")
    except MissingExtraError:
        pass
    else:
        _draw(steps, [each for each in noted if "f1" in each], folder / PICTURE)
    fed = sum(each["tokens"] for each in steps)
    return sum(each["alone"] for each in steps) / fed if fed else 1.0


def _read(line: str) -> dict[str, Any] | None:
    """A line of the log; ``None`` for one that a crash cut."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _draw(steps: list[dict[str, Any]], measured: list[dict[str, Any]], file: Path) -> None:
    from matplotlib.figure import Figure  # noqa: PLC0415  # the extra [eval]

    figure = Figure(figsize=(7, 4), layout="constrained")
    left = figure.subplots()
    texts = [each["texts"] for each in steps]
    losses = [each["loss"] for each in steps]
    means = [
        sum(part) / len(part)
        for at in range(len(losses))
        if (part := losses[max(0, at + 1 - SMOOTH) : at + 1])
    ]
    left.plot(texts, losses, color="#b8c4d6", linewidth=0.8)
    left.plot(texts, means, color="#2b5fa8", label=f"loss (mean of {SMOOTH} steps)")
    left.set_xlabel("texts seen")
    left.set_ylabel("loss, nats a token of the answer")
    left.set_ylim(bottom=0)
    lines = left.get_legend_handles_labels()
    if measured:
        right = left.twinx()
        right.plot(
            [each["texts"] for each in measured],
            [each["f1"] for each in measured],
            "o-",
            color="#c2571a",
            label="strict F1 on texts kept back",
        )
        right.set_ylim(0, 1)
        right.set_ylabel("strict F1")
        more = right.get_legend_handles_labels()
        lines = (lines[0] + more[0], lines[1] + more[1])
    left.legend(*lines, loc="upper center", frameon=False, ncols=2)
    figure.savefig(file, dpi=150)
