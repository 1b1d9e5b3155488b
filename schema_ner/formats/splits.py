"""Parts of a data set that has none: each document's part follows from its id and a seed alone.

The same document falls into the same part in any order, beside any others and on any machine, so
that two people who name a seed and the shares mean the same split.

Here: which part a document is in.  Not here: files.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from schema_ner.spans import Document

THREE = {"train": 0.8, "dev": 0.1, "test": 0.1}
_BITS = 64
_SLIP = 1e-9  # of a sum of shares such as 0.7 + 0.2 + 0.1


def part_of(key: str, shares: Mapping[str, float] | None = None, seed: int = 0) -> str:
    """The part that a key falls into.

    Args:
        key: what tells documents apart, such as ``Sentence: 12``.
        shares: the share of each part, in order, of a sum of 1; ``None`` is 80 % ``train``, 10 %
            ``dev``, 10 % ``test``.
        seed: another seed is another split.

    Raises:
        InputError: the shares are no shares.
    """
    shares = THREE if shares is None else shares
    _check(shares)
    # the seed is of fixed form and the key behind it, so that no two pairs are hashed as one
    hashed = hashlib.sha256(f"{seed}\n{key}".encode("utf-8", "surrogatepass")).digest()
    place = int.from_bytes(hashed[: _BITS // 8], "big") / 2**_BITS
    ends = 0.0
    for part, share in shares.items():
        ends += share
        if place < ends:
            return part
    return [part for part, share in shares.items() if share][
        -1
    ]  # the sum fell short of 1 by a slip


def split(
    documents: Iterable[Document], shares: Mapping[str, float] | None = None, seed: int = 0
) -> Iterator[tuple[str, Document]]:
    """Each document behind its part, in the order given; by its id, or by its text without one.

    Raises:
        InputError: the shares are no shares.
    """
    for document in documents:
        key = document.text if document.id is None else document.id
        yield part_of(key, shares, seed), document


def _check(shares: Mapping[str, float]) -> None:
    total = math.fsum(shares.values())
    if (
        not shares
        or any(not 0 <= share <= 1 for share in shares.values())
        or abs(total - 1) > _SLIP
    ):
        said = ", ".join(f"{part} {share}" for part, share in shares.items()) or "none"
        raise InputError(f"shares are numbers from 0 to 1 of a sum of 1, and these are not: {said}")
