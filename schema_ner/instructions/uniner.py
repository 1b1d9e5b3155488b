"""Records in UniversalNER's form: a conversation about one text, a question for each type.

As its own data have it (Zhou et al., arXiv:2308.03279): every type that has mentions is asked for,
and some that have none; questions come in random order; an answer names each mention once, in the
order in which they first stand in the text.

Here: passages → records, and its template.  Not here: how a type is asked for, and what is escaped
(``prompts.uniner``).
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Literal

from schema_ner.errors import InputError, SchemaError
from schema_ner.instructions.records import Record, Turn
from schema_ner.prompts import uniner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schema_ner.instructions.accounts import Account
    from schema_ner.instructions.texts import Passage
    from schema_ner.schema import EntityType, Schema

NEGATIVES = 2  # types without a mention that are asked for in a record, where nothing else is said

# the words of its inference code; ``template`` of them is ``prompts.uniner.render``
_SYSTEM = "A virtual assistant answers questions from a user based on the provided text."
_TEXT = "Text: {}"
_READ = "I've read this text."
_QUESTION = "What describes {} in the text?"
_SURROGATE = re.compile("[\ud800-\udfff]")


def records(  # noqa: PLR0913  # one parameter an option
    passages: Iterable[Passage],
    schema: Schema,
    account: Account,
    *,
    negatives: int = NEGATIVES,
    by: Literal["name", "guideline"] = "name",
    seed: int = 0,
) -> Iterator[Record]:
    """One record a passage.

    Args:
        passages: what to write.
        schema: the types; of each passage, those that it is annotated for are asked.
        account: what cannot be asked or answered is counted there.
        negatives: the most types without a mention that are asked for in a record.
        by: whether a type is asked for by its name or by the first paragraph of its guideline.
        seed: of every draw.

    Raises:
        InputError: ``negatives`` is below 0, or ``by`` is neither.
        SchemaError: two types would be asked for in the same words, or one in none.
    """
    if negatives < 0:
        raise InputError(f"negatives={negatives}: it is 0 or more")
    questions = _questions(schema, by)
    rng = random.Random(seed)  # noqa: S311  # repeatable
    for passage in passages:
        named = _named(passage)
        absent = [label for label in passage.asked if label not in named]
        asked = [*named, *rng.sample(absent, min(negatives, len(absent)))]
        rng.shuffle(asked)
        if not asked:
            account.leave_out("no question", passage.origin)
        elif any(_SURROGATE.search(span.text) for span in passage.mentions):
            account.leave_out("half", passage.origin)  # no prompt shows it, so none can ask
        else:
            answers = ((questions[label], named.get(label, ())) for label in asked)
            yield Record("uniner", tuple(_turns(passage.text, answers)), passage.id)


def template(turns: Sequence[Turn]) -> str:
    """The turns as UniversalNER's template joins them, without the ``<s>`` in front.

    Behind a user's turn it ends in ``ASSISTANT:``, where the answer begins; the template of more
    turns begins with that of fewer.
    """
    forms = {"system": "{} ", "user": "USER: {} ASSISTANT:", "assistant": " {}</s>"}
    return "".join(forms[turn.role].format(turn.content) for turn in turns)


def _questions(schema: Schema, by: Literal["name", "guideline"]) -> dict[str, str]:
    """By label, what to ask for."""
    if by not in ("name", "guideline"):
        raise InputError(f"a type is asked for by name or by guideline, not by {by!r}")
    asked: dict[str, EntityType] = {}
    for each in schema:
        question = uniner.question(each, by=by)
        if not question.strip():
            raise SchemaError(f"the {by} of {each.label!r} is no question; write it in words")
        if question in asked:
            labels = f"{asked[question].label!r} and {each.label!r}"
            raise SchemaError(f"{labels} are both asked for as {question!r}; reword one {by}")
        asked[question] = each
    return {each.label: question for question, each in asked.items()}


def _named(passage: Passage) -> dict[str, list[str]]:
    """By label, the mentions of a passage, each text once."""
    named: dict[str, dict[str, None]] = {}
    for span in passage.mentions:
        named.setdefault(span.label, {})[span.text] = None
    return {label: [*texts] for label, texts in named.items()}


def _turns(text: str, answers: Iterable[tuple[str, Sequence[str]]]) -> Iterator[Turn]:
    yield Turn("system", _SYSTEM)
    # as the engine does with half a character
    yield Turn("user", _TEXT.format(uniner.shown(_SURROGATE.sub("\ufffd", text))))
    yield Turn("assistant", _READ)
    for question, texts in answers:
        yield Turn("user", _QUESTION.format(uniner.shown(question)))
        # the template writes the blank in front
        yield Turn("assistant", uniner.answer(texts).removeprefix(" "))
