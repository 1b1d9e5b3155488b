"""Hush what transformers, peft and bitsandbytes tell a terminal while a model is loaded.

What matters of it becomes errors and reasons of a plan.

Here: bars, logs and warnings off, and on again.  Not here: loading (``loading``).
"""

from __future__ import annotations

import functools
import logging
import warnings
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from huggingface_hub import utils as hub
from transformers.utils import logging as told

if TYPE_CHECKING:
    from collections.abc import Iterator

_GGUF = "transformers.modeling_gguf_pytorch_utils"  # has a bar that no switch turns off
_LOGGERS = ("accelerate", "bitsandbytes", "peft", "huggingface_hub")


@contextmanager
def quietly() -> Iterator[None]:
    """Without bars, remarks and warnings of the libraries; errors they raise come through."""
    level, bars = told.get_verbosity(), told.is_progress_bar_enabled()
    hub_bars = not hub.are_progress_bars_disabled()
    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told.set_verbosity(logging.CRITICAL)
        told.disable_progress_bar()
        for name in levels:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            with _no_gguf_bar():
                yield
        finally:
            told.set_verbosity(level)
            if bars:
                told.enable_progress_bar()
            if hub_bars:
                hub.enable_progress_bars()
            else:
                hub.disable_progress_bars()
            for name, before in levels.items():
                logging.getLogger(name).setLevel(before)


@contextmanager
def _no_gguf_bar() -> Iterator[None]:
    try:
        module = import_module(_GGUF)
        before = module.tqdm
    except (ImportError, AttributeError):  # moved, in another version
        yield
        return
    module.tqdm = functools.partial(before, disable=True)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        module.tqdm = before  # type: ignore[attr-defined]


def one_line(err: BaseException) -> str:
    """What an exception says, in one line of bearable length, with its type."""
    said = " ".join(str(err).split())
    return f"{type(err).__name__}: {said[:300]}{'…' if len(said) > 300 else ''}"  # noqa: PLR2004
