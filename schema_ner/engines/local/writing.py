"""Answers while they are being written: which tokens may come next, which came, how likely.

A model writes a batch of answers, one token each a step.  ``Page`` holds them, masks what their
grammars forbid, and notes what else the model could have written; transformers calls it through
``Mask`` and ``Stop``.

Here: one step of a batch.  Not here: tokens as bytes (``vocabulary``), running the model
(``generating``), what the notes are good for (``confidence``), the grammars (``grammar``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import llguidance
import llguidance.numpy
import torch
from transformers import LogitsProcessor, StoppingCriteria

from schema_ner.engines.local.vocabulary import tokens_in
from schema_ner.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schema_ner.engines.local.vocabulary import Vocabulary

# Of what else could have been written, so many tokens are noted, and none less likely than this.
OPTIONS = 64
LEAST = 1e-5
# A beginning is looked into from this probability on.
WORTH_A_LOOK = 1e-3

NOT_A_NUMBER = (
    "the model's scores are not numbers: in float16 its weights may be too large for that, and "
    'LocalLLM(…, dtype="bfloat16") or dtype="float32" helps; else they are damaged, get them again'
)


class Step(NamedTuple):
    """One token of an answer, and what the model thought of its rivals.

    Attributes:
        token: its bytes.
        options: the tokens that the grammar allowed, this one among them, as (bytes, probability
            among the allowed), the most likely first; without a grammar, empty.  One that is only
            the beginning of this token, and could go on otherwise, is shown going on otherwise: a
            tokenizer would have written the whole, had it been meant.
        fit: the share in [0, 1] of the model's own probability that the grammar allowed; 1.0
            without a grammar.
    """

    token: bytes
    options: tuple[tuple[bytes, float], ...] = ()
    fit: float = 1.0


class Answering:
    """One answer while it is being written.

    Args:
        vocabulary: of the model's tokens.
        grammar: what it may say, as llguidance's Lark; ``None`` for anything.
        limit: the most tokens it may have.
        is_whole: whether an answer that reads so is complete.
        is_stuck: whether one that reads so repeats itself, and is to be stopped.

    Raises:
        ModelError: the grammar cannot be used.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        grammar: str | None,
        *,
        limit: int,
        is_whole: Callable[[str], bool],
        is_stuck: Callable[[str], bool],
    ) -> None:
        self._vocabulary = vocabulary
        self._limit = limit
        self.is_whole = is_whole
        self._is_stuck = is_stuck
        self._matcher = None
        if grammar is not None:
            self._matcher = llguidance.LLMatcher(vocabulary.guide, grammar, log_level=0)
            if self._matcher.is_error():
                raise ModelError(f"the decoding grammar was refused: {self._what_broke()}")
        self.steps: list[Step] = []
        self.said = b""
        self.taken = 0
        self.done = False
        self.truncated = False
        self.error: ModelError | None = None
        self._noted: tuple[tuple[bytes, float], ...] = ()
        self._fit = 1.0

    @property
    def matcher(self) -> Any | None:  # noqa: ANN401  # llguidance's
        """What says which tokens may come next; ``None`` where all may, or none will."""
        return None if self.done else self._matcher

    def note(self, options: tuple[tuple[bytes, float], ...], fit: float) -> None:
        """Remember what may come next, until the next token is taken."""
        self._noted, self._fit = options, fit

    def take(self, token: int) -> None:
        """Go on by one token; what comes after the end is passed over."""
        if self.done:
            return
        self.taken += 1
        said = self._vocabulary.bytes_of(token)
        if token not in self._vocabulary.ends:
            self.steps.append(Step(said, self._rivals(said), self._fit))
            self.said += said
        if self._matcher is not None:
            self._matcher.consume_token(token)
            if self._matcher.is_error():
                self.fail(ModelError(f"constrained decoding broke: {self._what_broke()}"))
        self._noted, self._fit = (), 1.0
        self.done = self.done or token in self._vocabulary.ends or self._is_over(said)
        if not self.done and (self.taken >= self._limit or self._repeats(said)):
            self.done = self.truncated = True

    def _repeats(self, said: bytes) -> bool:
        ends_an_item = b"\n" in said or b'"' in said
        return ends_an_item and self._is_stuck(self.said.decode("utf-8", "replace"))

    def _rivals(self, said: bytes) -> tuple[tuple[bytes, float], ...]:
        """The noted options, beginnings of what is said now shown as what else they can become."""
        return tuple(
            (shown, chance / len(several))
            for option, chance in self._noted
            for several in [self._otherwise(option, said) if chance >= WORTH_A_LOOK else [option]]
            for shown in several
        )

    def _otherwise(self, option: bytes, said: bytes) -> list[bytes]:
        """What the option can become other than what is said, if it only begins that."""
        if not option or len(option) >= len(said) or not said.startswith(option):
            return [option]
        ahead = self._matcher.deep_copy()  # type: ignore[union-attr]  # options come from it
        ahead.consume_token(self._vocabulary.token_of[option])
        others = []
        # what may come next depends on the bytes alone: one way to each length is enough
        ways = {len(option): ahead}
        while ways:
            length = min(ways)
            way, rest = ways.pop(length), said[length:]
            for token, then in self._vocabulary.allowed_by(way):
                if rest.startswith(then):
                    if length + len(then) < len(said) and length + len(then) not in ways:
                        further = way.deep_copy()
                        further.consume_token(token)
                        ways[length + len(then)] = further
                elif not then.startswith(rest):
                    leaves = next(
                        i for i, (a, b) in enumerate(zip(then, rest, strict=False)) if a != b
                    )
                    others.append(said[:length] + then[: leaves + 1])
        return sorted(set(others)) or [option]

    def _what_broke(self) -> str:
        """Its first line: the others show the grammar, and with it the text."""
        said = str(self._matcher.get_error())  # type: ignore[union-attr]
        return said.strip().partition("\n")[0][:200]

    def fail(self, error: ModelError) -> None:
        """Give this answer up."""
        self.error, self.done = error, True

    def _is_over(self, said: bytes) -> bool:
        if self._matcher is not None:
            return bool(self._matcher.is_stopped())
        return b"]" in said and self.is_whole(self.said.decode("utf-8", "replace"))


class Page:
    """The answers of one batch.

    Args:
        rows: one for each row of the batch.
        vocabulary: of the model's tokens.
        start: the length of the (padded) prompts.
        closing_bias: what is added to the logit of a token that ends the list.
    """

    def __init__(
        self,
        rows: Sequence[Answering],
        vocabulary: Vocabulary,
        *,
        start: int,
        closing_bias: float = 0.0,
    ) -> None:
        self.rows = rows
        self._vocabulary = vocabulary
        self._seen = start
        self._bias = closing_bias
        self._executor = llguidance.LLExecutor()
        self._bits = llguidance.numpy.allocate_token_bitmask(len(rows), vocabulary.size)

    def catch_up(self, tokens: torch.Tensor) -> None:
        """Take whatever stands behind what was seen.  ``tokens``: (rows, length)."""
        new = tokens[:, self._seen :]
        self._seen = tokens.shape[1]
        for column in new.T.tolist():
            for row, token in zip(self.rows, column, strict=True):
                row.take(token)

    def masked(self, scores: torch.Tensor) -> torch.Tensor:
        """The scores without what must not come next.  ``scores``: (rows, vocabulary), logits."""
        self._fill()
        allowed = _unpacked(torch.from_numpy(self._bits).to(scores.device), scores.shape[1])
        masked = scores.masked_fill(~allowed, -torch.inf)
        inside = masked.logsumexp(-1)
        fits = (inside - scores.logsumexp(-1)).exp().tolist()
        best = masked.topk(min(OPTIONS, masked.shape[1]), dim=-1)
        chances = (best.values - inside[:, None]).exp().tolist()
        tokens = best.indices.tolist()
        for b, (row, fit) in enumerate(zip(self.rows, fits, strict=True)):
            if row.done:
                continue
            if not fit >= 0.0:  # NaN, which is neither
                row.fail(ModelError(NOT_A_NUMBER))
            elif row.matcher is not None:
                row.note(self._options(tokens[b], chances[b]), min(fit, 1.0))
                self._lean(row, masked[b], b)
        return self._ended(masked)

    def _fill(self) -> None:
        self._bits[:] = -1  # everything
        jobs = [(row.matcher, b) for b, row in enumerate(self.rows) if row.matcher is not None]
        if jobs:
            llguidance.numpy.fill_next_token_bitmask_par(self._executor, jobs, self._bits)

    def _options(self, tokens: list[int], chances: list[float]) -> tuple[tuple[bytes, float], ...]:
        pairs = zip(tokens, chances, strict=True)
        return tuple((self._vocabulary.bytes_of(t), p) for t, p in pairs if p >= LEAST)

    def _lean(self, row: Answering, scores: torch.Tensor, b: int) -> None:
        """Make the end of the list more, or less, likely."""
        if not self._bias:
            return
        for token in tokens_in(self._bits[b]):
            said = self._vocabulary.bytes_of(token)
            if b"]" in said and row.is_whole((row.said + said).decode("utf-8", "replace")):
                scores[token] += self._bias

    def _ended(self, scores: torch.Tensor) -> torch.Tensor:
        """Rows that are done go on with an end of text, whatever their scores are."""
        done = torch.tensor([row.done for row in self.rows], device=scores.device)
        if not done.any():
            return scores
        scores[done] = -torch.inf
        scores[done, self._vocabulary.end] = 0.0
        return scores


class Mask(LogitsProcessor):
    """``Page.masked``, as transformers calls it."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """(rows, vocabulary) → the same, with -inf for what must not come next."""
        self._page.catch_up(input_ids)
        return self._page.masked(scores)


class Stop(StoppingCriteria):
    """Which answers are done, as transformers asks for it."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:
        """(rows,), bool."""
        del scores
        self._page.catch_up(input_ids)
        return torch.tensor([row.done for row in self._page.rows], device=input_ids.device)


def _unpacked(bits: torch.Tensor, size: int) -> torch.Tensor:
    """(rows, words of 32 bits) → (rows, size), bool; tokens behind the vocabulary are forbidden."""
    places = torch.arange(32, device=bits.device, dtype=bits.dtype)
    allowed = ((bits[..., None] >> places) & 1).bool().flatten(1)[:, :size]
    missing = size - allowed.shape[1]
    return torch.nn.functional.pad(allowed, (0, missing)) if missing > 0 else allowed
