"""When a device's memory runs out, and how it is given back.

Here: torch's ways to say so, all of them.  Not here: what is done about it (``generating``,
``loading``), how much there is (``machine``).
"""

from __future__ import annotations

import gc

import torch

# CUDA has an exception of its own; the others are told by their words, as accelerate does
_SAID = (
    "out of memory",
    "can't allocate memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_NOT_SUPPORTED",
)


def is_out_of_memory(err: BaseException) -> bool:
    """Whether an exception says that memory ran out."""
    if isinstance(err, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(err, RuntimeError) and any(said in str(err) for said in _SAID)


def give_back() -> None:
    """Free what nobody holds any more; allocators keep it otherwise, and count it as used."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
