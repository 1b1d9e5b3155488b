"""What is asked and answered → tokens of one model.

Here: questions that were drawn.  Not here: conversations of a file (``conversations``), how
examples share a forward pass (``rows``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_ner.engines.local.forms import form_for
from schema_ner.instructions import Record
from schema_ner.prompts import gollie
from schema_ner.training.lora import conversations
from schema_ner.training.lora.examples import Example

if TYPE_CHECKING:
    from schema_ner.engines.local.forms import FormName
    from schema_ner.training.lora.drawing import Question


class Tokens:
    """Makes examples for one model.

    Args:
        tokenizer: the model's.
        form: what it is to be asked in, ``gollie`` or ``chat``.
    """

    def __init__(self, tokenizer: Any, form: FormName) -> None:  # noqa: ANN401  # of transformers
        self._tokenizer = tokenizer
        self._form = form_for(form, tokenizer)
        self._lead = form == "chat"  # a turn begins without the blank

    def example(self, asked: Question | Record) -> Example:
        """The tokens that the model will be given, and those that it should write."""
        if isinstance(asked, Record):
            return conversations.example(asked, self._tokenizer)
        prompt = self._form.tokens(asked.schema, asked.text)
        answer = gollie.answer(asked.schema, asked.mentions)
        written = self._written(prompt, answer.lstrip() if self._lead else answer)
        whole = (*prompt, *written, self._tokenizer.eos_token_id)
        return Example(whole, ((len(prompt), len(whole)),))

    def _written(self, prompt: list[int], answer: str) -> list[int]:
        """The answer's tokens, cut as they come behind the prompt."""
        last = prompt[-_CONTEXT:]
        lead = self._tokenizer.decode(last)
        whole = self._ids(lead + answer)
        before = self._ids(lead)
        if whole[: len(before)] == before:
            return whole[len(before) :]
        return self._ids(answer)

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(
            text, add_special_tokens=False, split_special_tokens=True
        ).input_ids
        return ids


_CONTEXT = 4  # tokens of the prompt that the answer's first is cut beside
