"""What fits into the memory of a device: the weights, and texts beside them.

Here: comparing sizes with what is free.  Not here: the sizes (``size``), the choices (``plan``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.errors import ModelError

if TYPE_CHECKING:
    from schema_ner.engines.local.machine import Machine
    from schema_ner.engines.local.size import Size

# What is to be free, as a multiple of the weights: the rest is for the texts that are read.
ROOM = 1.35
# Tokens of a prompt with its answer that batches are made for; a rare longer one may run out of
# memory, and is then read in a smaller batch.
USUAL = 2048
MOST_ROWS = {"cuda": 32, "mps": 8, "cpu": 4}  # more rows gain nothing: the arithmetic is the limit
OWN = {"cuda": 400_000_000, "mps": 200_000_000, "cpu": 200_000_000}  # bytes of the library itself
USED = 0.92  # of what is left after the weights; allocators waste some


def check_fits(machine: Machine, size: Size, dtype: str, quantization: str) -> None:
    """Raise ModelError where the weights alone cannot be held.

    Trying all the same would end minutes later in an error that says less, or on a CPU in a process
    that the system kills without a word.
    """
    need, free = size.weights(dtype, quantization), machine.memory_free
    if free is None or need <= free:
        return
    how = f"in {dtype}" if quantization == "none" else "in 4 bits"
    helps = ["a smaller model", "more free memory"]
    packed = size.weights(dtype, "nf4")
    if quantization == "none" and size.stored == "plain" and packed <= free:
        helps.insert(0, f"quantization='nf4', which takes {gb(packed)}")
    if machine.device != "cpu":
        helps.append("device='cpu'")
    raise ModelError(
        f"the weights take {gb(need)} {how}, and {gb(free)} are free on {machine.device} "
        f"({machine.name}); what helps: {', '.join(helps[:-1])} or {helps[-1]}"
    )


def batch(
    machine: Machine, size: Size, asked: int | None, weights: tuple[str, str]
) -> tuple[int, str]:
    """How many prompts are answered together, and why.

    Args:
        machine: what there is.
        size: of the model.
        asked: what the user wants, if anything.
        weights: their dtype and quantization.
    """
    if asked is not None:
        return asked, f"batch {asked}: as asked for."
    most = MOST_ROWS[machine.device]
    if machine.memory_free is None:
        return 1, "batch 1: how much memory is free is unknown."
    tokens = min(size.context, USUAL)
    each = size.row(weights[0], tokens)
    left = machine.memory_free - size.weights(*weights) - OWN[machine.device]
    rows = max(1, min(most, int(left * USED) // each))
    fits = f"{gb(max(left, 0))} are left, and a text of {tokens:,} tokens takes {gb(each)}"
    capped = f", but more than {most} gain nothing on {machine.device}" if rows == most else ""
    return rows, f"batch {rows}: {fits}{capped}."


def gb(count: float) -> str:
    """Bytes as people say them, in units of 1000."""
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"  # noqa: PLR2004
