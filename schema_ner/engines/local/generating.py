"""Runs the model: prompts in, answers out, in batches, greedily.

transformers' ``generate`` does the work; ``writing`` says at each step what may come next.

Here: batches, memory, time.  Not here: prompts (``asking``), loading (``loading``).
"""

from __future__ import annotations

import copy
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteriaList

from schema_ner.engines.local.overflow import give_back, is_out_of_memory
from schema_ner.engines.local.vocabulary import Vocabulary
from schema_ner.engines.local.writing import Answering, Mask, Page, Step, Stop
from schema_ner.errors import ModelError
from schema_ner.spans import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One answer to be written.

    Attributes:
        tokens: the prompt.
        grammar: what may be said, ``None`` for anything.
        limit: the most tokens of the answer.
        is_whole: whether an answer that reads so has come to its end.
        is_stuck: whether it repeats itself without need, and is to be stopped.
    """

    tokens: tuple[int, ...]
    grammar: str | None
    limit: int
    is_whole: Callable[[str], bool]
    is_stuck: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model wrote for one job.

    Attributes:
        text: the answer, without its end of text.
        truncated: it was stopped at its limit, or because it repeated itself.
        steps: its tokens; with their rivals where there was a grammar.
        usage: ``passes`` are those that this answer took part in; others of its batch share them.
    """

    text: str
    truncated: bool
    steps: tuple[Step, ...]
    usage: Usage


class Generator:
    """A loaded model that writes answers.  Not to be shared between threads.

    Args:
        model: a causal LM of transformers, in evaluation.
        tokenizer: its tokenizer, fast.
        batch_size: the most prompts in one batch; halved where memory does not suffice.
        closing_bias: what is added to the logit of a token that ends a list.

    Raises:
        ModelError: the tokenizer has no end of text, or cannot be used under a grammar.
    """

    def __init__(
        self,
        model: Any,  # noqa: ANN401  # transformers
        tokenizer: Any,  # noqa: ANN401
        *,
        batch_size: int,
        closing_bias: float = 0.0,
    ) -> None:
        self._model = model
        self._bias = closing_bias
        self._known: int = model.get_input_embeddings().weight.shape[0]
        self.batch_size = batch_size
        ends = _ends(model, tokenizer)
        self._vocabulary = Vocabulary(tokenizer, ends)
        self._pad = next(t for t in (tokenizer.pad_token_id, self._vocabulary.end) if t is not None)
        self._config = GenerationConfig(
            do_sample=False,
            num_beams=1,
            use_cache=True,
            pad_token_id=self._pad,
            eos_token_id=sorted(ends),
        )
        # else what the model's authors like for chats (sampling, penalties) is mixed in
        model.generation_config = self._config

    def answers(self, jobs: Sequence[Job]) -> list[Answer | Exception]:
        """One for each job, in order; an exception where it failed.  Long prompts go together."""
        found: dict[int, Answer | Exception] = {}
        left = sorted(range(len(jobs)), key=lambda i: len(jobs[i].tokens))
        while left:
            batch = left[-self.batch_size :]
            answers = self._tried([jobs[i] for i in batch])
            if answers is not None:  # else again, with fewer
                left = left[: -len(batch)]
                found.update(zip(batch, answers, strict=True))
        return [found[i] for i in range(len(jobs))]

    def _tried(self, jobs: list[Job]) -> list[Answer | Exception] | None:
        """The answers, or None and a smaller batch size where memory did not suffice."""
        try:
            return self._batch(jobs)
        except Exception as err:  # noqa: BLE001  # of torch, of the model's code
            short, failure = is_out_of_memory(err), _said(err)
        # outside of the handler, whose traceback holds the tensors
        give_back()
        if short and len(jobs) > 1:
            self.batch_size = (len(jobs) + 1) // 2
            _log.warning("out of memory: going on with batches of %d", self.batch_size)
            return None
        if short:
            return [
                ModelError(
                    f"out of memory with one prompt of {len(jobs[0].tokens)} tokens ({failure}); "
                    'give LocalLLM a smaller context=, or quantization="nf4"'
                )
            ]
        if len(jobs) == 1:
            return [ModelError(f"the model failed: {failure}")]
        # one of them is to blame: each alone, so that the others are read
        return [answer for job in jobs for answer in self._tried([job]) or ()]

    def _batch(self, jobs: list[Job]) -> list[Answer | Exception]:
        rows = [self._row(job) for job in jobs]
        ready = [(j, row) for j, row in zip(jobs, rows, strict=True) if isinstance(row, Answering)]
        began = time.perf_counter()
        if ready:
            self._write(*(list(each) for each in zip(*ready, strict=True)))
        seconds = time.perf_counter() - began
        tokens = sum(len(job.tokens) + row.taken for job, row in ready)
        return list(_done(jobs, rows, seconds / max(tokens, 1)))

    def _row(self, job: Job) -> Answering | ModelError:
        if max(job.tokens) >= self._known:  # on CUDA that would end the process
            return ModelError(
                f"the prompt holds the token {max(job.tokens)}, and the model knows {self._known}: "
                "its tokenizer is another model's, or was added to"
            )
        try:
            return Answering(
                self._vocabulary,
                job.grammar,
                limit=job.limit,
                is_whole=job.is_whole,
                is_stuck=job.is_stuck,
            )
        except ModelError as err:
            return err

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def _write(self, jobs: list[Job], rows: list[Answering]) -> None:
        """Let the model write all rows to their ends."""
        width = max(len(job.tokens) for job in jobs)
        padding = [width - len(job.tokens) for job in jobs]
        tokens = [[self._pad] * pad + [*job.tokens] for pad, job in zip(padding, jobs, strict=True)]
        device = self._model.device
        prompts = torch.tensor(tokens, device=device)
        seen = (
            torch.arange(width, device=device)[None]
            >= torch.tensor(padding, device=device)[:, None]
        )
        config = copy.copy(self._config)
        config.max_new_tokens = max(job.limit for job in jobs)
        page = Page(rows, self._vocabulary, start=width, closing_bias=self._bias)
        self._model.generate(
            input_ids=prompts,
            attention_mask=seen.long(),
            generation_config=config,
            logits_processor=LogitsProcessorList([Mask(page)]),
            stopping_criteria=StoppingCriteriaList([Stop(page)]),
        )


def _done(
    jobs: Sequence[Job], rows: Sequence[Answering | ModelError], each: float
) -> Iterator[Answer | Exception]:
    """The answers; ``each``: seconds a token took, prompts included."""
    for job, row in zip(jobs, rows, strict=True):
        if isinstance(row, ModelError):
            yield row
        elif row.error is not None:
            yield row.error
        else:
            usage = Usage(
                tokens_in=len(job.tokens),
                tokens_out=row.taken,
                passes=row.taken,
                seconds=each * (len(job.tokens) + row.taken),
            )
            text = row.said.decode("utf-8", "replace")
            yield Answer(text, row.truncated, tuple(row.steps), usage)


def _ends(model: Any, tokenizer: Any) -> set[int]:  # noqa: ANN401  # transformers
    """The tokens that end an answer: the tokenizer's, and those of the model's own settings."""
    told = getattr(model.generation_config, "eos_token_id", None)
    several = told if isinstance(told, list | tuple) else [told]
    known = range(model.get_input_embeddings().weight.shape[0])
    ends = {t for t in (tokenizer.eos_token_id, *several) if isinstance(t, int) and t in known}
    if not ends:
        raise ModelError("the tokenizer of this model has no end of text, so answers would not end")
    return ends


def _said(err: Exception) -> str:
    return f"{type(err).__name__}: {str(err).partition(chr(10))[0]:.300}"
