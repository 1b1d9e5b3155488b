"""Instruction data → tokens: what each turn of the assistant says is learnt.

Here: records of ``instructions``, in the three forms.  Not here: their file (``instructions``),
questions that are drawn (``examples``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_ner.errors import ModelError
from schema_ner.instructions.uniner import template
from schema_ner.training.lora.examples import Example

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner.instructions import Record, Turn

    Tokenizer = Any  # one of transformers


def example(record: Record, tokenizer: Tokenizer) -> Example:
    """The tokens of a conversation.

    Raises:
        ModelError: it is a chat, and the tokenizer has no template that tells its turns apart.
    """
    if record.form == "gollie":
        return _code(record, tokenizer)
    if record.form == "uniner":
        return _questions(record, tokenizer)
    return _chat(record, tokenizer)


def _code(record: Record, tokenizer: Tokenizer) -> Example:
    prompt, answer = (turn.content for turn in record.turns)
    tokens, places = _tokens(tokenizer, prompt + answer, split_special_tokens=True)
    return _learning(tokens, places, [(len(prompt), len(prompt) + len(answer))], tokenizer)


def _questions(record: Record, tokenizer: Tokenizer) -> Example:
    """UniversalNER's template as a whole; the end of text behind an answer is learnt with it."""
    said, answers = "", []
    for number, turn in enumerate(record.turns, 1):
        before, said = said, template(record.turns[:number])
        # that the text was read is no answer
        if turn.role == "assistant" and number > _ABOUT_THE_TEXT:
            answers.append((len(before), len(said)))
    whole = said.removesuffix("</s>")
    answers[-1] = (answers[-1][0], len(whole))
    tokens, places = _tokens(tokenizer, whole)
    return _learning(tokens, places, answers, tokenizer)


_ABOUT_THE_TEXT = 3  # turns: the system's, the text, "I've read this text."


def _chat(record: Record, tokenizer: Tokenizer) -> Example:
    """The tokenizer's own template; each answer with what ends its turn."""
    answers = []
    whole = _templated(tokenizer, record.turns, to_answer=False)
    for number, turn in enumerate(record.turns):
        if turn.role == "assistant":
            before = _templated(tokenizer, record.turns[:number], to_answer=True)
            behind = _templated(tokenizer, record.turns[: number + 1], to_answer=False)
            if whole[: len(before)] != before or whole[: len(behind)] != behind:
                raise ModelError(
                    "the chat template of this model writes earlier turns otherwise once later "
                    "ones follow; give records of one answer each"
                )
            answers.append((len(before), len(behind)))
    return Example(tuple(whole), tuple(answers))


def _templated(tokenizer: Tokenizer, turns: Sequence[Turn], *, to_answer: bool) -> list[int]:
    messages = [{"role": turn.role, "content": turn.content} for turn in turns]
    try:
        written = tokenizer.apply_chat_template(
            messages, add_generation_prompt=to_answer, tokenize=False, enable_thinking=False
        )
    except Exception as err:
        raise ModelError(
            f"this model has no chat template that can be used ({err}): learn from records of the "
            "form gollie or uniner"
        ) from err
    ids: list[int] = tokenizer(written, add_special_tokens=False).input_ids
    return ids


def _tokens(
    tokenizer: Tokenizer, text: str, **options: bool
) -> tuple[list[int], list[tuple[int, int]]]:
    """Tokens, without an end of text, and the characters that each stands for."""
    made = tokenizer(text, return_offsets_mapping=True, **options)
    tokens, places = list(made.input_ids), list(made.offset_mapping)
    if tokens and tokens[-1] == tokenizer.eos_token_id and places[-1][0] == places[-1][1]:
        return tokens[:-1], places[:-1]
    return tokens, places


def _learning(
    tokens: list[int],
    places: list[tuple[int, int]],
    answers: Sequence[tuple[int, int]],
    tokenizer: Tokenizer,
) -> Example:
    """An example that ends in an end of text, with answers given in characters."""
    found = []
    for start, end in answers:
        # a token that holds the prompt's last character cannot be an answer's
        first = next(at for at, place in enumerate(places) if place[0] >= start < place[1])
        last = next((at for at, place in enumerate(places) if place[0] >= end), len(places))
        found.append((first, last))
    found[-1] = (found[-1][0], len(tokens) + 1)
    return Example((*tokens, tokenizer.eos_token_id), tuple(found))
