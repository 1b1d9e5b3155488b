"""LocalLLM: a causal LM on this machine that writes down what stands in a text.

    Extractor([Drug], model=LocalLLM("HiTZ/GoLLIE-7B"))

What it may write is held to the schema and to the text itself, so that a mention is always really
there; ``constrained=False`` lets it write what it likes.

Here: from texts to readings.  Not here: each of the steps (``loading``, ``asking``, ``generating``,
``confidence``), what becomes of the spans (``extractor``).
"""

from __future__ import annotations

import logging
import math
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from schema_ner.engines.base import Reading
from schema_ner.engines.generated import account
from schema_ner.engines.local.asking import Asker, Question
from schema_ner.engines.local.confidence import Trace, evidence
from schema_ner.engines.local.forms import form_for
from schema_ner.engines.local.generating import Answer, Generator, Job
from schema_ner.engines.local.identity import identify
from schema_ner.engines.local.loading import load
from schema_ner.engines.local.plan import Wishes
from schema_ner.engines.local.talking import Talker
from schema_ner.engines.windowed import in_the_margin, settled, summed
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from schema_ner.engines import completing
    from schema_ner.engines.generated import Completion
    from schema_ner.engines.local.forms import FormName
    from schema_ner.engines.local.loading import Loaded
    from schema_ner.engines.local.plan import Device, DType, Plan, Quantization
    from schema_ner.parsing import Parsed
    from schema_ner.schema import Schema
    from schema_ner.spans import Rejected, Span

_log = logging.getLogger(__name__)

# Texts that the extractor hands over at once, in batches of the model: prompts of like length then
# go together.
BATCHES_AT_ONCE = 4


class LocalLLM:
    """A causal LM as an engine.  May be shared between threads, which wait for one another.

    Args:
        model: a hub id (``org/name``, or ``org/name@revision``), a folder of a model or of a peft
            adapter, or a ``.gguf`` file.
        adapter: a peft adapter for it, as a hub id or a folder.
        quantization: ``nf4`` for 4 bits (bitsandbytes), ``none``, or ``auto``: 4 bits where the
            weights do not fit a graphics card with CUDA otherwise.
        constrained: whether answers are held to the schema and to the text.  Without, scores are
            unknown, and what is not in the text is rejected afterwards.
        prompt: ``gollie``, ``uniner`` or ``chat``; ``None`` for what the model was made for.
        batch_size: prompts that are answered together; ``None`` for what the memory holds.
        closing_bias: what is added to the logit of a token that ends the list; negative values make
            the model list more (recall), positive ones less (precision).
        device: ``cuda``, ``mps``, ``cpu`` or ``auto``.
        dtype: ``float32``, ``bfloat16``, ``float16`` or ``auto``.
        context: tokens of prompt and answer together; ``None`` for what the model was made for.
        max_new_tokens: the most tokens of an answer; ``None`` for what the text may need.

    Raises:
        InputError: an option cannot be used.
        MissingExtraError: a package is missing; ``pip install 'schema-ner[llm]'``.
        ModelError: there is no such model, or it cannot be run here.
    """

    threshold = 0.0  # what a model lists is kept, unless somebody says otherwise

    def __init__(  # noqa: PLR0913  # one parameter an option
        self,
        model: str | Path,
        *,
        adapter: str | Path | None = None,
        quantization: Quantization = "auto",
        constrained: bool = True,
        prompt: FormName | None = None,
        batch_size: int | None = None,
        closing_bias: float = 0.0,
        device: Device = "auto",
        dtype: DType = "auto",
        context: int | None = None,
        max_new_tokens: int | None = None,
    ) -> None:
        _check(context=context, max_new_tokens=max_new_tokens)
        _check_bias(closing_bias, constrained=constrained)
        wishes = Wishes(
            device=device, quantization=quantization, dtype=dtype, batch_size=batch_size
        )
        loaded = load(identify(model, adapter=adapter, prompt=prompt), wishes)
        self._begin(loaded, constrained, closing_bias, context, max_new_tokens)

    @classmethod
    def over(
        cls,
        loaded: Loaded,
        *,
        constrained: bool = True,
        closing_bias: float = 0.0,
        context: int | None = None,
        max_new_tokens: int | None = None,
    ) -> LocalLLM:
        """An engine over a model that is in memory already, such as one that is being trained."""
        _check(context=context, max_new_tokens=max_new_tokens)
        _check_bias(closing_bias, constrained=constrained)
        engine = cls.__new__(cls)
        engine._begin(loaded, constrained, closing_bias, context, max_new_tokens)  # noqa: SLF001
        return engine

    def _begin(
        self,
        loaded: Loaded,
        constrained: bool,  # noqa: FBT001  # as __init__ has it
        closing_bias: float,
        context: int | None,
        max_new_tokens: int | None,
    ) -> None:
        self.name = loaded.identity.name
        self.plan: Plan = loaded.plan
        self.form: FormName = loaded.identity.form
        self.constrained = constrained
        self._form = form_for(self.form, loaded.tokenizer, model=self.name)
        held = min(context or loaded.context, loaded.most_context)
        self._asker = Asker(self._form, context=held, max_new_tokens=max_new_tokens)
        self._talker = Talker(
            loaded.tokenizer,
            in_chat=self.form == "chat",
            context=held,
            max_new_tokens=max_new_tokens,
            constrained=constrained,
        )
        self._generator = Generator(
            loaded.model,
            loaded.tokenizer,
            batch_size=loaded.plan.batch_size,
            closing_bias=closing_bias,
        )
        self._lock = threading.Lock()
        self._said: set[str] = set()

    @property
    def batch_size(self) -> int:
        """How many texts it likes to be given at once."""
        return self._generator.batch_size * BATCHES_AT_ONCE

    def read(
        self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
    ) -> list[Reading | Exception]:
        """One Reading for each text; see ``Engine.read``."""
        del floors  # every item is accounted for, whatever its score
        with self._lock:
            self._say_what_it_cannot(schema)
            asked = [self._asked(text, schema) for text in texts]
            jobs = [job for some in asked if isinstance(some, list) for _, job in some]
            answers = iter(self._generator.answers(jobs))
        found: list[Reading | Exception] = []
        for text, questions in zip(texts, asked, strict=True):
            if isinstance(questions, Exception):
                found.append(questions)
                continue
            pairs = [(question, next(answers)) for question, _ in questions]
            found.append(self._reading(text, pairs, schema))
        return found

    def complete(
        self, questions: Sequence[completing.Question]
    ) -> Iterator[Completion | Exception]:
        """One answer for each question, without a schema; see ``Completes.complete``."""
        step = self.batch_size
        for start in range(0, len(questions), step):
            with self._lock:
                answers = self._talker.answers(questions[start : start + step], self._generator)
            yield from answers

    def _asked(self, text: str, schema: Schema) -> list[tuple[Question, Job]] | Exception:
        try:
            return [(q, self._job(q)) for q in self._asker.questions(text, schema)]
        except Exception as err:  # noqa: BLE001  # one text must never end the others
            return err

    def _job(self, question: Question) -> Job:
        grammar = None
        if self.constrained:
            grammar = self._form.grammar(question.schema, question.text)
        stuck = partial(self._form.is_stuck, schema=question.schema, text=question.text)
        return Job(question.tokens, grammar, question.limit, self._form.is_whole, stuck)

    def _reading(
        self, text: str, pairs: list[tuple[Question, Answer | Exception]], schema: Schema
    ) -> Reading | Exception:
        """What all answers about one text say of it."""
        answers = []
        for question, answer in pairs:
            if isinstance(answer, Exception):
                return answer
            answers.append((question, answer))
        try:
            return self._accounted(text, answers, schema)
        except Exception as err:  # noqa: BLE001  # one text must never end the others
            return err

    def _accounted(
        self, text: str, answers: list[tuple[Question, Answer]], schema: Schema
    ) -> Reading:
        spans: list[Span] = []
        rejected: list[Rejected] = []
        windows = dict.fromkeys(question.window for question, _ in answers)
        for window in windows:
            here = [(q, a) for q, a in answers if q.window == window]
            parsed = [
                (self._parsed(question, answer), answer.truncated) for question, answer in here
            ]
            shown = here[0][0].text
            reading = account(parsed, shown, schema, mentions=self._form.mentions)
            rejected.extend(reading.rejected)
            own, strange = settled(reading.candidates, shown, window)
            spans.extend(own)
            rejected.extend(map(in_the_margin, strange))
        usage = summed([answer.usage for _, answer in answers])
        usage = replace(usage, how="grammar" if self.constrained else "text")
        unread = tuple(self._form.unread(text))
        return Reading(tuple(spans), tuple(rejected), unread, usage, items=True)

    def _parsed(self, question: Question, answer: Answer) -> Parsed:
        """The answer's mentions, with scores where they are known."""
        parsed = self._form.parse(answer.text, question.schema)
        if not self.constrained or not parsed.mentions:
            return parsed
        places = [_in_bytes(answer.text, place) for place in parsed.places]
        found = evidence(Trace(answer.steps), places, self._form.names(question.schema))
        sure = [
            replace(mention, score=min(1.0, each.score), evidence=each)
            for mention, each in zip(parsed.mentions, found, strict=True)
        ]
        return replace(parsed, mentions=tuple(sure))

    def _say_what_it_cannot(self, schema: Schema) -> None:
        """Log, once for each schema, fields that stay empty."""
        unfilled = [f"{t.label}.{field.name}" for t in schema for field in t.fields]
        if self.form != "uniner" or not unfilled:
            return
        said = f"UniversalNER's form fills no extra fields: {', '.join(unfilled)} stay None"
        if said not in self._said:
            self._said.add(said)
            _log.warning(said)


def _check(**tokens: object) -> None:
    for name, value in tokens.items():
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (whole and value >= 1):  # type: ignore[operator]
            raise InputError(f"{name}={value!r}; it is a whole number of tokens, at least 1")


def _check_bias(bias: object, *, constrained: bool) -> None:
    number = isinstance(bias, int | float) and not isinstance(bias, bool) and math.isfinite(bias)
    if not number:
        raise InputError(f"closing_bias={bias!r}; it is a number that is added to a logit")
    if bias and not constrained:
        raise InputError("closing_bias= works under a grammar; leave out constrained=False")


def _in_bytes(answer: str, place: tuple[int, int]) -> tuple[int, int]:
    start, end = place
    before = len(answer[:start].encode())
    return before, before + len(answer[start:end].encode())
