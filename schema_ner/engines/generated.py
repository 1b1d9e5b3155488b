"""What every engine that generates text shares: from a completion to a Reading.

Here: parse, ground, and say when an answer was cut.  Not here: prompts (``prompts``), running a
model (the other engines).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from schema_ner.engines.base import Reading
from schema_ner.grounding import ground
from schema_ner.parsing import parse
from schema_ner.spans import Rejected, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner.grounding import MentionsMode
    from schema_ner.mentions import Mention
    from schema_ner.parsing import Parsed
    from schema_ner.schema import Schema

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model generated for one text.

    Attributes:
        text: the answer, without the prompt.
        truncated: generation stopped at its limit and not at an end the model chose.
        usage: what it cost.
    """

    text: str
    truncated: bool = False
    usage: Usage = field(default_factory=Usage)


def reading_of(
    completion: Completion, text: str, schema: Schema, *, mentions: MentionsMode = "listed"
) -> Reading:
    """What a completion says of a text.

    Args:
        completion: the model's answer, in GoLLIE's form.
        text: the text that the model read.
        schema: the types that it was asked for.
        mentions: ``listed`` or ``expand``; see ``ground``.

    Raises:
        InputError: ``mentions`` is neither.
    """
    parsed = parse(completion.text, schema)
    reading = account([(parsed, completion.truncated)], text, schema, mentions=mentions)
    return replace(reading, usage=completion.usage)


def account(
    answers: Sequence[tuple[Parsed, bool]],
    text: str,
    schema: Schema,
    *,
    mentions: MentionsMode = "listed",
) -> Reading:
    """What the answers to all questions about one text say of it, put in place together.

    Each item of an answer becomes one candidate or one Rejected.  An answer that was cut between
    two items gets one Rejected more, an empty one, so that its end is never lost silently.

    Args:
        answers: what was read of each, and whether it was stopped at its limit.
        text: the text that the model read.
        schema: the types that it was asked for.
        mentions: ``listed`` or ``expand``; see ``ground``.

    Raises:
        InputError: ``mentions`` is neither.
    """
    said: list[Mention] = []
    rejected: list[Rejected] = []
    for parsed, stopped in answers:
        for note in parsed.notes:
            _log.debug(note)  # a model's own words: never above DEBUG
        said.extend(parsed.mentions)
        rejected.extend(parsed.rejected)
        # A base model runs on behind a list that it has closed; being stopped there costs nothing.
        cut = parsed.truncated or (stopped and not parsed.closed)
        if cut and not any(item.status == "truncated" for item in parsed.rejected):
            reason = "the answer was cut off; the text may hold more than it names"
            rejected.append(Rejected("", None, "truncated", reason))
    grounded = ground(said, text, mentions=mentions, schema=schema)
    return Reading(grounded.spans, (*rejected, *grounded.rejected), items=True)
