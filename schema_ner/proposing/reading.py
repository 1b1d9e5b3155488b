"""Ask a model what stands in texts, and put what it names in its place.

Here: from texts to what was read of each.  Not here: the words of the question
(``prompts.proposing``), what the types are called in the end (``drafts``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

from schema_ner.engines.completing import Question
from schema_ner.engines.select import engine_for
from schema_ner.errors import InputError, ModelError
from schema_ner.grammar import proposing as grammars
from schema_ner.grounding import ground
from schema_ner.parsing.proposing import parse
from schema_ner.prompts import proposing as prompts
from schema_ner.proposing.names import tidied
from schema_ner.proposing.passages import passages
from schema_ner.spans import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schema_ner.engines.completing import Completes
    from schema_ner.engines.generated import Completion
    from schema_ner.spans import Document, Span

AT_ONCE = 32  # texts whose questions are held at a time

_CUT = "the answer was cut off; the text may hold more than it names"
_COPIED = "its type is copied from the form that the question shows"
_EXAMPLE = re.compile(r"type of entity(?: [0-9]+)?", re.IGNORECASE)  # as small models do
_PAIR = re.compile(
    r"""\((?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'),\ "[^"]*+"\)""", re.DOTALL | re.VERBOSE
)


@dataclass(frozen=True, slots=True)
class Read:
    """What a model said of one text.

    Attributes:
        document: the text, its spans labelled as the model spelt the types.
        rejected: what was said and is no span.
        failure: why the text could not be read, ``None`` where it was.
    """

    document: Document
    rejected: tuple[Rejected, ...] = ()
    failure: str | None = None


def engine_of(model: str | Path | Completes) -> Completes:
    """The engine that is meant, if it answers questions.

    Raises:
        InputError: it does not.
        ModelError: it cannot be loaded.
    """
    if model == "builtin":
        raise _needs_a_schema("the built-in model")
    engine = engine_for(model) if isinstance(model, str | Path) else model
    if not hasattr(engine, "complete"):
        raise _needs_a_schema(f"the model {getattr(engine, 'name', type(engine).__name__)!r}")
    return cast("Completes", engine)


def read(documents: Iterable[Document], engine: Completes) -> Iterator[Read]:
    """What the engine says of each document, in order, 32 at a time.

    A text that is too long to be asked about at once is asked about in passages.

    Raises:
        ModelError: nothing can be asked.
    """
    waiting = iter(documents)
    while some := list(islice(waiting, AT_ONCE)):
        places = [list(passages(document.text)) for document in some]
        questions = [
            _question(document.text[start:end])
            for document, pieces in zip(some, places, strict=True)
            for start, end in pieces
        ]
        answers = _answers(questions, engine)
        for document, pieces in zip(some, places, strict=True):
            yield _read(document, pieces, list(islice(answers, len(pieces))))


def _needs_a_schema(what: str) -> InputError:
    return InputError(
        f"{what} needs a schema, and can propose none; name a language model, such as a folder or "
        "org/name, or one that is asked over the network"
    )


def _question(text: str) -> Question:
    return Question(
        text=text,
        prompt=prompts.render(text),
        messages=tuple(prompts.messages(text)),
        grammar=grammars.grammar(text),
        is_whole=_is_whole,
        is_stuck=partial(_is_stuck, text=text),
    )


def _is_whole(answer: str) -> bool:
    return answer.rstrip().endswith("]") and parse(answer).closed


def _is_stuck(answer: str, *, text: str) -> bool:
    """Whether the last pair was said before, and more often than the text has places for it."""
    pairs = [pair[0] for pair in _PAIR.finditer(answer)]
    if not pairs or (times := pairs.count(pairs[-1])) == 1:
        return False
    said = parse(f"[{pairs[-1]}]").mentions
    return not said or times > text.count(said[0].text)


def _answers(questions: Sequence[Question], engine: Completes) -> Iterator[Completion | Exception]:
    """As many answers as questions.

    Raises:
        ModelError: the engine gave fewer.
    """
    given = 0
    for answer in islice(engine.complete(questions) if questions else (), len(questions)):
        given += 1
        yield answer
    if given < len(questions):
        raise ModelError(
            f"the engine {engine.name!r} gave {given} answers to {len(questions)} questions; "
            "complete() yields one for each, an exception where one failed"
        )


def _read(
    document: Document,
    places: Sequence[tuple[int, int]],
    answers: Sequence[Completion | Exception],
) -> Read:
    spans: list[Span] = []
    rejected: list[Rejected] = []
    for (start, end), answer in zip(places, answers, strict=True):
        if isinstance(answer, Exception):
            # what stands in the other passages would look like all there is
            return Read(replace(document, spans=()), failure=_said(answer))
        found, lost = _grounded(answer, document.text[start:end])
        spans.extend(replace(s, start=s.start + start, end=s.end + start) for s in found)
        rejected.extend(lost)
    return Read(replace(document, spans=tuple(spans)), tuple(rejected))


def _grounded(completion: Completion, text: str) -> tuple[tuple[Span, ...], list[Rejected]]:
    """The spans of one answer, and what is none."""
    parsed = parse(completion.text)
    rejected = list(parsed.rejected)
    cut = parsed.truncated or (completion.truncated and not parsed.closed)
    if cut and not any(item.status == "truncated" for item in rejected):
        rejected.append(Rejected("", None, "truncated", _CUT))
    named = [replace(mention, label=tidied(mention.label)) for mention in parsed.mentions]
    own = [mention for mention in named if not _EXAMPLE.fullmatch(mention.label)]
    rejected += [
        Rejected(mention.text, mention.label, "example_leak", _COPIED)
        for mention in named
        if _EXAMPLE.fullmatch(mention.label)
    ]
    # a name is listed once, and meant wherever it stands
    grounded = ground(own, text, mentions="expand")
    return grounded.spans, [*rejected, *grounded.rejected]


def _said(err: Exception) -> str:
    return f"{type(err).__name__}: {str(err).partition(chr(10))[0]:.300}"
