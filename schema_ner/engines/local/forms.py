"""The prompt forms as the engine needs them: what is asked, what may be answered, how it is read.

Here: what differs between GoLLIE, UniversalNER and chat models.  Not here: the prompts themselves
(``prompts``), the tokens that fit a model (``asking``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from schema_ner import parsing
from schema_ner.errors import ModelError
from schema_ner.grammar import gollie as gollie_grammar
from schema_ner.grammar import uniner as uniner_grammar
from schema_ner.parsing import uniner as uniner_parsing
from schema_ner.prompts import chat, gollie, uniner
from schema_ner.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schema_ner.grounding import MentionsMode
    from schema_ner.parsing import Parsed

    Tokenizer = Any  # one of transformers

FormName = Literal["gollie", "uniner", "chat"]

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_JSON_LIST = re.compile(r'\s*\[(?:\s*"(?:[^"\\]|\\.)*"\s*,?)*\s*\]', re.DOTALL)


class Form(Protocol):
    """One way to ask a causal LM.  Pure but for the tokenizer."""

    mentions: MentionsMode
    """Whether a repeated mention is listed as often as it stands there, or once."""

    def shares(self, schema: Schema) -> Sequence[Schema]:
        """What is asked in prompts of their own, however much a prompt may hold."""
        ...

    def tokens(self, schema: Schema, text: str) -> list[int]:
        """The prompt, as the model takes it."""
        ...

    def unread(self, text: str) -> list[tuple[int, int]]:
        """``[start, end)`` of what the prompt does not show of a text."""
        ...

    def grammar(self, schema: Schema, text: str) -> str:
        """What may be answered."""
        ...

    def parse(self, answer: str, schema: Schema) -> Parsed:
        """What was answered."""
        ...

    def names(self, schema: Schema) -> dict[str, str]:
        """By what an answer writes for a type: its label."""
        ...

    def is_whole(self, answer: str) -> bool:
        """Whether the answer has come to its end."""
        ...

    def is_stuck(self, answer: str, schema: Schema, text: str) -> bool:
        """Whether the last item was said before, and more often than the text has places for it.

        A model that has begun to repeat itself seldom stops.
        """
        ...


class Gollie:
    """All types in one prompt of code; a list of calls is the answer."""

    mentions: MentionsMode = "listed"

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def shares(self, schema: Schema) -> Sequence[Schema]:
        """All at once."""
        return (schema,)

    def tokens(self, schema: Schema, text: str) -> list[int]:
        """As GoLLIE's own code has it: with a beginning of text, without an end."""
        # the prompt itself has no special token, so whatever looks like one is text
        return without_end(self._tokenizer, gollie.render(schema, text), split_special_tokens=True)

    def unread(self, text: str) -> list[tuple[int, int]]:
        """Nothing: what cannot be written is escaped."""
        del text
        return []

    def grammar(self, schema: Schema, text: str) -> str:
        """A list of calls, behind a blank."""
        return gollie_grammar.grammar(schema, text)

    def parse(self, answer: str, schema: Schema) -> Parsed:
        """Its mentions, and what of it is none."""
        return parsing.parse(answer, schema)

    def names(self, schema: Schema) -> dict[str, str]:
        """Names of classes."""
        return {entity_type.class_name: entity_type.label for entity_type in schema}

    def is_whole(self, answer: str) -> bool:
        """Whether a bracket stands where only the list's own can stand."""
        return answer.endswith("\n]") or answer.strip() == "[]"

    def is_stuck(self, answer: str, schema: Schema, text: str) -> bool:
        """By lines: each item has one."""
        if not answer.endswith(",\n"):
            return False
        lines = answer.split("\n")
        times = lines.count(lines[-2])
        if times == 1:
            return False
        said = parsing.parse(f"[{lines[-2]}]", schema).mentions
        return not said or times > text.count(said[0].text)


class Chat(Gollie):
    """The same, asked in a turn of a chat, through the template that comes with the tokenizer."""

    def tokens(self, schema: Schema, text: str) -> list[int]:
        """The turns up to where the model's own begins.

        Raises:
            ModelError: the template cannot be used.
        """
        return turns(self._tokenizer, chat.messages(schema, text))

    def grammar(self, schema: Schema, text: str) -> str:
        """A list of calls, behind a blank or not."""
        return gollie_grammar.grammar(schema, text, lead="any")


class UniversalNER:
    """One question a type; a JSON list of texts is the answer.

    Args:
        by: whether a type is asked for by its name or by the first paragraph of its guideline.
    """

    mentions: MentionsMode = "expand"  # its training data list each mention once

    def __init__(self, tokenizer: Tokenizer, by: Literal["name", "guideline"] = "name") -> None:
        self._tokenizer = tokenizer
        self._by = by

    def shares(self, schema: Schema) -> Sequence[Schema]:
        """Each type by itself."""
        return [Schema((entity_type,), schema.name) for entity_type in schema]

    def tokens(self, schema: Schema, text: str) -> list[int]:
        """Its inference template."""
        (entity_type,) = schema
        question = uniner.question(entity_type, by=self._by)
        shown = LONE_SURROGATE.sub("\ufffd", text)  # no tokenizer takes half a character
        return without_end(self._tokenizer, uniner.render(shown, question))

    def unread(self, text: str) -> list[tuple[int, int]]:
        """Halves of characters, which the prompt cannot show."""
        return [found.span() for found in LONE_SURROGATE.finditer(text)]

    def grammar(self, schema: Schema, text: str) -> str:
        """A JSON list of what stands in the text."""
        del schema
        return uniner_grammar.grammar(text)

    def parse(self, answer: str, schema: Schema) -> Parsed:
        """Its mentions, without the blanks that the prompt put into special tokens."""
        (label,) = schema.labels
        parsed = uniner_parsing.parse(answer, label)
        restored = (replace(m, text=uniner.restored(m.text)) for m in parsed.mentions)
        return replace(parsed, mentions=tuple(restored))

    def names(self, schema: Schema) -> dict[str, str]:
        """None is written."""
        del schema
        return {}

    def is_whole(self, answer: str) -> bool:
        """Whether the list is closed, outside of any string."""
        return answer.endswith("]") and _JSON_LIST.fullmatch(answer) is not None

    def is_stuck(self, answer: str, schema: Schema, text: str) -> bool:
        """By texts."""
        del schema
        said = _JSON_TEXT.findall(answer)
        if not said or not answer.rstrip(", ").endswith('"') or (times := said.count(said[-1])) < 2:  # noqa: PLR2004
            return False
        (last,) = uniner_parsing.parse(f"[{said[-1]}]", "").mentions or (None,)
        return last is None or times > text.count(uniner.restored(last.text))


def form_for(name: FormName, tokenizer: Tokenizer, *, model: str = "") -> Form:
    """The form of that name; ``model`` tells UniversalNER's model of definitions by its name."""
    if name == "uniner":
        by: Literal["name", "guideline"] = "guideline" if "definition" in model.lower() else "name"
        return UniversalNER(tokenizer, by)
    return Chat(tokenizer) if name == "chat" else Gollie(tokenizer)


def turns(tokenizer: Tokenizer, messages: Sequence[Mapping[str, str]]) -> list[int]:
    """A system's and a user's turn through the tokenizer's chat template, up to the model's own.

    Raises:
        ModelError: the template cannot be used.
    """
    system, user = (message["content"] for message in messages)
    folded = [{"role": "user", "content": f"{system}\n\n{user}"}]
    try:
        written = _templated(tokenizer, messages)
    except Exception:  # noqa: BLE001  # templates raise what they like; many know no system turn
        written = ""
    try:
        if system.strip() not in written:  # refused, or dropped without a word
            written = _templated(tokenizer, folded)
    except Exception as err:
        raise ModelError(
            f"the chat template of this model cannot be used: {err}; "
            'LocalLLM(…, prompt="gollie") asks without one'
        ) from err
    if user.strip() not in written:
        raise ModelError(
            "the chat template of this model does not show all that it is asked; "
            'LocalLLM(…, prompt="gollie") asks without one'
        )
    # the template writes a beginning of text itself where there is one
    return list(tokenizer(written, add_special_tokens=False).input_ids)


def _templated(tokenizer: Tokenizer, messages: Sequence[Mapping[str, str]]) -> str:
    return tokenizer.apply_chat_template(
        [dict(message) for message in messages],
        add_generation_prompt=True,
        tokenize=False,
        enable_thinking=False,  # a template that knows nothing of it takes no notice
    )


def without_end(tokenizer: Tokenizer, prompt: str, **options: bool) -> list[int]:
    """The prompt's tokens, without the end of text that some tokenizers add."""
    tokens = list(tokenizer(prompt, **options).input_ids)
    return tokens[:-1] if tokens and tokens[-1] == tokenizer.eos_token_id else tokens
