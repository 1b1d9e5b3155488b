"""Examples → rows: what one forward pass takes, with each schema read once for all its texts.

    group          1 1 1 1 1 1 1 1 1 1 1 1 1   2 2 2 …
    segment        0 0 0 0 0 1 1 1 1 2 2 2 2   0 0 0 …
    what it is     schema    text 1  text 2    the next schema …
    position       0 1 2 3 4 5 6 7 8 5 6 7 8   0 1 2 …

A token attends to what comes before it in its own segment and in segment 0 of its group.  So each
text sees the schema and itself, as if it stood alone; logits are the same but for rounding.

Here: packing, pure numpy.  Not here: the forward pass (``trainee``).

Shapes: T tokens of a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from schema_ner.training.lora.examples import Example

    Ints = NDArray[np.int64]

LEAST_SHARED = 16  # tokens; sharing fewer saves nothing


@dataclass(frozen=True, slots=True)
class Row:
    """The arrays of one forward pass.

    Attributes:
        tokens: (T,).
        positions: (T,) of each token in its own example.
        groups, segments: (T,) see the module.
        predicting: (L,) places whose next token is learnt.
        targets: (L,) those next tokens.
        examples: how many examples it holds.
        alone: tokens that the examples would take one by one.
    """

    tokens: Ints
    positions: Ints
    groups: Ints
    segments: Ints
    predicting: Ints
    targets: Ints
    examples: int
    alone: int

    def allowed(self) -> NDArray[np.bool_]:
        """(T, T) whether the token of a line attends to that of a column."""
        same = self.groups[:, None] == self.groups
        seen = (self.segments == 0)[None] | (self.segments[:, None] == self.segments)
        earlier = np.tri(len(self.tokens), dtype=bool)
        return np.asarray(same & seen & earlier)


class Packer:
    """Fills one row, group by group.

    Args:
        most: tokens of a row.
        share: whether examples of a group share what they have in common.
    """

    def __init__(self, most: int, *, share: bool = True) -> None:
        self._most, self._share = most, share
        self._parts: list[tuple[tuple[int, ...], tuple[Example, ...], int]] = []
        self._used = 0

    @property
    def room(self) -> int:
        """Tokens that still fit."""
        return self._most - self._used

    def add(self, examples: Sequence[Example]) -> int:
        """Take as many of the first examples of a group as fit; how many."""
        best = 0
        for count in range(1, len(examples) + 1):
            if self._size(examples[:count]) > self.room:
                break
            best = count
        if best:
            taken = tuple(examples[:best])
            common = shared(taken) if self._share else 0
            self._parts.append((taken[0].tokens[:common], taken, common))
            self._used += self._size(taken)
        return best

    def _size(self, examples: Sequence[Example]) -> int:
        common = shared(examples) if self._share else 0
        return common + sum(len(example.tokens) - common for example in examples)

    def row(self) -> Row:
        """What was taken."""
        tokens: list[int] = []
        positions: list[int] = []
        groups: list[int] = []
        segments: list[int] = []
        predicting: list[int] = []
        targets: list[int] = []
        alone = 0
        for group, (prefix, examples, common) in enumerate(self._parts):
            tokens += prefix
            positions += range(common)
            segments += [0] * common
            for number, example in enumerate(examples, 1):
                rest = example.tokens[common:]
                begin = len(tokens) - common  # where its first token would stand
                for start, end in example.answers:
                    predicting += range(begin + start - 1, begin + end - 1)
                    targets += example.tokens[start:end]
                tokens += rest
                positions += range(common, len(example.tokens))
                segments += [number] * len(rest)
                alone += len(example.tokens)
            groups += [group] * (len(tokens) - len(groups))
        return Row(
            tokens=np.array(tokens, np.int64),
            positions=np.array(positions, np.int64),
            groups=np.array(groups, np.int64),
            segments=np.array(segments, np.int64),
            predicting=np.array(predicting, np.int64),
            targets=np.array(targets, np.int64),
            examples=sum(len(examples) for _, examples, _ in self._parts),
            alone=alone,
        )


def pack(groups: Iterable[Sequence[Example]], most: int, *, share: bool = True) -> list[Row]:
    """Rows of all examples, in order, but for those longer than a row, which are left out."""
    rows: list[Row] = []
    packer = Packer(most, share=share)
    for group in groups:
        left = [example for example in group if len(example.tokens) <= most]
        while left:
            taken = packer.add(left)
            left = left[taken:]
            if left:
                rows.append(packer.row())
                packer = Packer(most, share=share)
    if packer.room < most:
        rows.append(packer.row())
    return rows


def shared(examples: Sequence[Example]) -> int:
    """How many tokens all prompts begin with; 0 where sharing them would save little.

    The last token of a prompt is never shared: what is learnt begins behind it.
    """
    if len(examples) < 2:  # noqa: PLR2004  # nobody to share with
        return 0
    most = min(example.start for example in examples) - 1
    first = np.array(examples[0].tokens[:most])
    for example in examples[1:]:
        differing = np.flatnonzero(first[:most] != np.array(example.tokens[:most]))
        most = int(differing[0]) if len(differing) else most
    return most if most >= LEAST_SHARED else 0
