"""UniversalNER's prompt: one text, and one question for each type.

The words are those of its inference code (Zhou et al., arXiv:2308.03279; commit 844e0e1), which its
training code and its model cards do not share.  The model answers with a JSON list of texts.

A text or a question can hold what its tokenizer takes for the end of a turn.  There is no way to
escape in plain words, so those three tokens get a blank; ``restored`` takes it out of an answer.

Here: prompts, and answers that are known.  Not here: reading an answer (``parsing.uniner``).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal

from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner.schema import EntityType

_PROMPT = (
    "A virtual assistant answers questions from a user based on the provided text. "
    "USER: Text: {text} ASSISTANT: I've read this text.</s>"
    "USER: What describes {question} in the text? ASSISTANT:"
)
# any number of blanks, so that each form has one form to go to and comes back as it was
SPECIAL = re.compile(r"<( *)(/?s|unk)>")
_SPACED = re.compile(r"< ( *)(/?s|unk)>")
_SURROGATE = re.compile("[\ud800-\udfff]")
# where one word of a name ends: PhoneNumber, HTMLTag, street_name, creative-work; not COVID-19
_WORD_END = re.compile(
    r"_+|(?<=[^\W\d_])-(?=[^\W\d_])|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
)


def render(text: str, question: str) -> str:
    """The prompt that asks for one type.  It ends in ``ASSISTANT:``, without a blank.

    Args:
        text: the text to read.
        question: what to look for, in a few words; ``question`` writes them for a type.

    Raises:
        InputError: the question is blank.
    """
    if not question.strip():
        raise InputError("a question of UniversalNER names what to look for; this one is blank")
    return _PROMPT.format(text=shown(text), question=shown(question))


def question(entity_type: EntityType, *, by: Literal["name", "guideline"] = "name") -> str:
    """What to ask for: the type's name in plain words, or what its guideline says first.

    Args:
        entity_type: the type.
        by: ``name`` for the models of types (``ProgrammingLanguage`` → ``programming language``; a
            name of several words stays as it is), ``guideline`` for the one of definitions: the
            first paragraph in one line, or the name where there is none.
    """
    if by == "guideline" and (guideline := entity_type.guideline.strip()):
        paragraph = re.split(r"\n\s*\n", guideline, maxsplit=1)[0]
        return " ".join(paragraph.split()).removesuffix(".")
    label = entity_type.label
    if " " in label:
        return label
    words = [word for word in _WORD_END.split(label) if word]
    return " ".join(word.lower() if word.istitle() else word for word in words) or label


def answer(texts: Sequence[str]) -> str:
    """The answer that names these texts, as the model is to write it: `` ["aspirin", "Humira"]``.

    Each is written as the prompt shows it, without blanks around it.

    Raises:
        InputError: a text is blank.
    """
    named = [text.strip() for text in texts]
    if not all(named):
        raise InputError("an answer of UniversalNER names what stands in a text; one name is blank")
    written = json.dumps([shown(text) for text in named], ensure_ascii=False)
    return " " + _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", written)


def restored(answer: str) -> str:
    """A string of an answer as it stands in the text: without the blank that ``render`` put in."""
    return _SPACED.sub(r"<\1\2>", answer)


def shown(text: str) -> str:
    """A text as ``render`` shows it: with a blank in its special tokens."""
    return SPECIAL.sub(r"< \1\2>", text)
