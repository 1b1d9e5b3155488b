"""A first draft of a schema: a model names what stands in texts, and near-equal names become one.

    from schema_ner import formats
    from schema_ner.proposing import propose

    draft = propose(formats.read("letters.jsonl"), "org/name")
    draft.to_schema()   # types with examples; the guidelines are yours to write
    draft.documents     # the texts, annotated with these types

This is the first step in which the training data of UniversalNER were made (Zhou et al.,
arXiv:2308.03279).

Here: the door.  Not here: the question (``prompts.proposing``), reading an answer
(``parsing.proposing``); asking (``reading``), which names are one (``names``, ``merging``), what is
counted (``drafts``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.proposing.drafts import LEAST, Draft, Failed, Proposal, draft
from schema_ner.proposing.reading import Read, engine_of, read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from schema_ner.engines.completing import Completes
    from schema_ner.spans import Document

__all__ = ["Draft", "Failed", "Proposal", "Read", "draft", "engine_of", "propose", "read"]


def propose(
    documents: Iterable[Document], model: str | Path | Completes, *, least: int = LEAST
) -> Draft:
    """Ask a model for the entities of texts and their types, and merge what it says.

    Args:
        documents: the texts; annotations that they have are not looked at.
        model: a language model, as ``Extractor`` takes one, or an object that ``Completes``.
        least: how often a type must be found to be in the draft.

    Raises:
        InputError: the model answers no questions, as the built-in one; or ``least`` is below 1.
        ModelError: the model cannot be loaded, or nothing can be asked.
    """
    engine = engine_of(model)
    return draft(read(documents, engine), least=least, model=engine.name)
