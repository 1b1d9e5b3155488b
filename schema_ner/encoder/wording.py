"""What the built-in model is told of a type.

A guideline is read sentence by sentence, each behind the type's name; the type's vector is the mean
of theirs.  So no sentence of a long guideline is lost, and its length costs nothing per text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schema_ner.schema import EntityType

# an end of sentence: closing signs may follow it, a capital or an opening sign must
_SENTENCE_END = re.compile(r"(?<=[.!?。])[\"')\]]*\s+(?=[\"'(\[]?[A-Z\d가-힣])|(?<=[。！？])")


def wordings(entity_type: EntityType) -> list[str]:
    """The texts that describe a type: its name before each sentence of its guideline."""
    name = plain_name(entity_type.label)
    guideline = " ".join(entity_type.guideline.split())
    sentences = [s.strip() for s in _SENTENCE_END.split(guideline) if s and s.strip()]
    return [f"{name}: {sentence}" for sentence in sentences] or [name]


def plain_name(label: str) -> str:
    """A label in plain words: ``PhoneNumber`` → ``phone number``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", label).lower()
