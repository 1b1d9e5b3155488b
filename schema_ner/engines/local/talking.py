"""Questions that have no schema, put to a loaded model: what ``LocalLLM.complete`` does.

Here: a question as a job that fits the model.  Not here: what is asked (``schema_ner.proposing``),
prompts with a schema (``asking``), writing the answers (``generating``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_ner.engines.generated import Completion
from schema_ner.engines.local.asking import ANSWER_MORE, PATIENCE
from schema_ner.engines.local.forms import turns, without_end
from schema_ner.engines.local.generating import Answer, Job
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner.engines.completing import Question
    from schema_ner.engines.local.generating import Generator


class Talker:
    """Puts questions to one model.

    Args:
        tokenizer: the model's own.
        in_chat: whether it is asked through its chat template.
        context: tokens of prompt and answer together that it can hold.
        max_new_tokens: the most tokens of an answer; ``None`` for what the question may need.
        constrained: whether answers are held to the grammar of their question.
    """

    def __init__(
        self,
        tokenizer: Any,  # noqa: ANN401  # transformers
        *,
        in_chat: bool,
        context: int,
        max_new_tokens: int | None,
        constrained: bool,
    ) -> None:
        self._tokenizer = tokenizer
        self._in_chat = in_chat
        self._context = context
        self._most = max_new_tokens
        self._constrained = constrained

    def answers(
        self, questions: Sequence[Question], generator: Generator
    ) -> list[Completion | Exception]:
        """One for each question, in order; an exception where it failed."""
        jobs = [self._tried(question) for question in questions]
        written = iter(generator.answers([job for job in jobs if isinstance(job, Job)]))
        answers = (next(written) if isinstance(job, Job) else job for job in jobs)
        return [
            Completion(answer.text, answer.truncated, answer.usage)
            if isinstance(answer, Answer)
            else answer
            for answer in answers
        ]

    def _tried(self, question: Question) -> Job | Exception:
        try:
            return self._job(question)
        except Exception as err:  # noqa: BLE001  # one question must never end the others
            return err

    def _job(self, question: Question) -> Job:
        """The question as tokens.

        Raises:
            InputError: it leaves no room for an answer.
            ModelError: the chat template cannot be used.
        """
        if self._in_chat:
            tokens = turns(self._tokenizer, question.messages)
        else:
            tokens = without_end(self._tokenizer, question.prompt, split_special_tokens=True)
        room = self._context - len(tokens)
        if room < ANSWER_MORE:
            raise InputError(
                f"a question about {len(question.text)} characters takes {len(tokens)} of the "
                f"model's {self._context} tokens and leaves no room for an answer; give LocalLLM a "
                "larger context= if the model was made for one, or ask about less text at once"
            )
        limit = min(room, self._most or ANSWER_MORE + PATIENCE * len(tokens))
        grammar = question.grammar if self._constrained else None
        is_whole, is_stuck = question.is_whole or _never, question.is_stuck or _never
        return Job(tuple(tokens), grammar, limit, is_whole, is_stuck)


def _never(answer: str) -> bool:
    """Say of any answer that it is not."""
    del answer
    return False
