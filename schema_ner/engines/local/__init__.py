"""A language model on this machine: GoLLIE, UniversalNER or any other causal LM.

``LocalLLM`` is the engine.  ``identity`` says what a model is, ``plan`` how to run it here,
``loading`` does so; ``asking`` writes the prompts that fit it, ``generating`` has it answer.

Here: everything that runs one with transformers.  Not here: the words of prompts (``prompts``),
what may be answered (``grammar``), reading it (``parsing``, ``grounding``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.errors import require

if TYPE_CHECKING:
    from schema_ner.engines.local.engine import LocalLLM
    from schema_ner.engines.local.keeping import forget, local_llm

__all__ = ["LocalLLM", "forget", "local_llm"]


def __getattr__(name: str) -> object:
    """The engine, loaded when it is asked for: ``plan`` and ``identity`` need no torch."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for package in ("torch", "transformers", "llguidance"):
        require(package, extra="llm")
    from schema_ner.engines.local import keeping  # noqa: PLC0415

    return getattr(keeping, name)
