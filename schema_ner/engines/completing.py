"""The seam for questions that have no schema: texts in, a model's own words out.

Here: the protocol and what travels across it.  Not here: extracting with a schema (``base``), any
model, what is asked (``schema_ner.proposing``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from schema_ner.engines.generated import Completion


@dataclass(frozen=True, slots=True)
class Question:
    """One question, in all the forms that models take one in.

    Attributes:
        text: the text that it is about.
        prompt: for a model that goes on with a text.
        messages: for a chat, ``{"role": …, "content": …}`` each.
        grammar: what may be answered, in llguidance's Lark; ``None`` for anything.
        is_whole: whether an answer that reads so has come to its end; ``None`` where that is the
            model's to say.
        is_stuck: whether one that reads so repeats itself without need, and is to be stopped.
    """

    text: str
    prompt: str
    messages: tuple[Mapping[str, str], ...]
    grammar: str | None = None
    is_whole: Callable[[str], bool] | None = None
    is_stuck: Callable[[str], bool] | None = None


class Completes(Protocol):
    """Answers questions.

    A model takes the prompt or the messages of each, and may take no notice of the rest: whoever
    asks reads any answer.
    """

    @property
    def name(self) -> str:
        """What results are signed with."""
        ...

    def complete(self, questions: Sequence[Question]) -> Iterator[Completion | Exception]:
        """One answer for each question, in the same order, as they are done.

        For a question that failed, its exception in place of its answer; the others are answered.

        Raises:
            SchemaNerError: nothing can be answered at all, for instance without the model.
        """
        ...
