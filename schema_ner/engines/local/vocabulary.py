"""A model's tokens as bytes, and as llguidance knows them.

Here: tokens.  Not here: which of them may come next in an answer (``writing``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import llguidance
import llguidance.hf
import llguidance.numpy
import numpy as np

from schema_ner.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray


class Vocabulary:
    """A tokenizer's tokens as bytes, and as llguidance knows them.

    Args:
        tokenizer: a fast tokenizer of transformers.
        ends: the tokens that end an answer.

    Raises:
        ModelError: llguidance cannot read the tokenizer.
    """

    def __init__(self, tokenizer: Any, ends: Collection[int]) -> None:  # noqa: ANN401  # transformers
        self.ends = frozenset(ends)
        self.end = min(ends)
        try:
            self.guide = llguidance.hf.from_tokenizer(tokenizer, eos_token=self.end)
        except Exception as err:  # its own errors are plain ones
            raise ModelError(
                f"the tokenizer cannot be used for constrained decoding: {err}"
            ) from err
        self.size: int = self.guide.vocab_size
        self._bytes: dict[int, bytes] = {}
        self.token_of: dict[bytes, int] = {}

    def allowed_by(self, matcher: Any) -> Iterator[tuple[int, bytes]]:  # noqa: ANN401  # llguidance
        """The tokens that may come next, each with its bytes; not the ends."""
        bits = llguidance.numpy.allocate_token_bitmask(1, self.size)
        llguidance.numpy.fill_next_token_bitmask(matcher, bits)
        for token in tokens_in(bits[0]):
            if said := self.bytes_of(token):
                yield token, said

    def bytes_of(self, token: int) -> bytes:
        """What the token adds to an answer; nothing for one that ends it."""
        if token in self.ends or token >= self.size:
            return b""
        if token not in self._bytes:
            self._bytes[token] = self.guide.decode_bytes([token])
            self.token_of[self._bytes[token]] = token
        return self._bytes[token]


def tokens_in(bits: NDArray[np.int32]) -> list[int]:
    """The tokens that one row of a bitmask allows."""
    found: list[int] = np.flatnonzero(
        np.unpackbits(bits.view(np.uint8), bitorder="little")
    ).tolist()
    return found
