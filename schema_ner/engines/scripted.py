"""ScriptedEngine: a model whose answers are written down.  The test double that ships.

    Extractor([Drug], model=ScriptedEngine(["[Drug(span='aspirin')]"]))

All that a generating engine does with an answer happens here too; only the model is missing.
Not here: reading the answers (``generated``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from schema_ner.engines.generated import Completion, reading_of
from schema_ner.errors import InputError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.engines.base import Reading
    from schema_ner.engines.completing import Question
    from schema_ner.grounding import MentionsMode
    from schema_ner.schema import Schema

Answer = str | Completion | Exception


class ScriptedEngine:
    """Gives prepared answers: to ``read`` in GoLLIE's form.  Safe to share between threads.

    Args:
        answers: one for each text in the order in which texts are read; or by text; or a function
            of the text.  An exception as an answer is what that text fails with.
        mentions: ``listed`` or ``expand``; see ``grounding.ground``.
        name: what results are signed with.

    Raises:
        InputError: ``answers`` is a single text.
    """

    threshold = 0.0  # written answers have no scores
    batch_size = 1

    def __init__(
        self,
        answers: Sequence[Answer] | Mapping[str, Answer] | Callable[[str], Answer],
        *,
        mentions: MentionsMode = "listed",
        name: str = "scripted",
    ) -> None:
        if isinstance(answers, str):
            raise InputError(
                "a ScriptedEngine takes a list of answers, one for each text, and not a single one"
            )
        self.name = name
        self._answers = answers
        self._mentions = mentions
        self._given = 0
        self._lock = threading.Lock()

    def read(
        self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
    ) -> list[Reading | Exception]:
        """One Reading for each text; see ``Engine.read``.

        Raises:
            ModelError: there is no answer for a text.  That is a fault of the script and not of the
                text, so nothing is read.
        """
        del floors  # no scores, nothing to leave out
        return [self._read_one(text, self._answer(text), schema) for text in texts]

    def complete(self, questions: Sequence[Question]) -> Iterator[Completion | Exception]:
        """One answer for each question, by its text; see ``Completes.complete``.

        Raises:
            ModelError: as ``read``.
        """
        for question in questions:
            answer = self._answer(question.text)
            yield Completion(answer) if isinstance(answer, str) else answer

    def _read_one(self, text: str, answer: Answer, schema: Schema) -> Reading | Exception:
        if isinstance(answer, Exception):
            return answer
        completion = Completion(answer) if isinstance(answer, str) else answer
        return reading_of(completion, text, schema, mentions=self._mentions)

    def _answer(self, text: str) -> Answer:
        if isinstance(self._answers, Mapping):
            if text not in self._answers:
                raise ModelError(f"the script has no answer for {_short(text)}; add one under it")
            return self._answers[text]
        if isinstance(self._answers, Sequence):
            with self._lock:
                place, self._given = self._given, self._given + 1
            if place >= len(self._answers):
                raise ModelError(
                    f"the script holds {len(self._answers)} answers and this is text {place + 1}, "
                    f"{_short(text)}; give one answer for each text that is read"
                )
            return self._answers[place]
        try:
            return self._answers(text)
        except Exception as err:  # noqa: BLE001  # a model that fails on one text
            return err


def _short(text: str) -> str:
    return repr(text) if len(text) <= 60 else repr(text[:57]) + "…"  # noqa: PLR2004
