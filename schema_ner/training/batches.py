"""Batches: a few sources, a few texts of about one length from each, and their types in words.

What is known of a span and a type decides whether the pair counts in the loss:

- types annotated in the text's row: right or wrong, for every span;
- types of the other sources in the batch: wrong for the text's own mentions, where they mean
  something plainly different from the mention's type; unknown otherwise.

Here: sources → arrays.  Not here: the model (``builtin_model``), the loss (``trainer``).

Shapes: B texts, T word pieces, W words, K span widths, N types, S sources.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from schema_ner.encoder.features import MAX_WORDS
from schema_ner.training.wordings import describe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from schema_ner.encoder.features import Featurizer
    from schema_ner.training.sources import Row, Source

    Ints = NDArray[np.int64]

# texts are drawn by length in characters, so that little of a batch is padding: (up to, how many
# of each source, how often).  Longer ones are left: they would cost as much as ten short ones.
LENGTHS = ((80, 14, 2.0), (160, 8, 4.0), (280, 5, 4.0), (480, 3, 2.0))
SOURCES = 4  # in one batch
MOST_TYPES = (6, 12, 18, 26)  # of one source in one batch; one of these at random
DROPPED = 0.12  # of a source's types, left out with their mentions
WITHOUT_MENTIONS = 0.3  # of a set's texts without mentions, kept


class Gold(NamedTuple):
    """A mention: text ``text`` of the batch, words ``[start, start + width]``, type ``kind``."""

    text: int
    start: int
    width: int  # words beyond the first
    kind: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Arrays of one step; padding is 0.

    Attributes:
        pieces: (B, T) word pieces with special ones.
        first, last: (B, W) each word's first and last piece.
        lengths: (B,) words in each text.
        descriptions: N arrays of word pieces with special ones.
        sources: (N,) which source each type is of, in ``[0, S)``; types of a source are together.
        asked: (B, N) whether the type is annotated in the text.
        gold: mentions.
        different: (N, N) whether two types plainly mean something different.
    """

    pieces: Ints
    first: Ints
    last: Ints
    lengths: Ints
    descriptions: list[Ints]
    sources: Ints
    asked: NDArray[np.bool_]
    gold: list[Gold]
    different: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A source with its rows by length."""

    source: Source
    rows: tuple[tuple[Row, ...], ...]
    weight: float


class Sampler:
    """Draws batches from sources, the same ones for the same random numbers.

    Args:
        sources: packs and sets.
        features: the model's own words and word pieces.
        pack_share: how often a source is a pack, where both kinds are there.
        likeness: name of each type → its unit vector, for ``Batch.different``.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        features: Featurizer,
        pack_share: float,
        likeness: Mapping[str, NDArray[np.float32]],
    ) -> None:
        self._features = features
        self._likeness = likeness
        self._pack_share = pack_share
        shelves = [_shelf(source) for source in sources]
        self._pools = {
            kind: [
                s for s in shelves if (s.source.kind == "set") == (kind == "set") and any(s.rows)
            ]
            for kind in ("pack", "set")
        }

    def __len__(self) -> int:
        """How many texts there are to draw from."""
        return sum(len(r) for pool in self._pools.values() for s in pool for r in s.rows)

    def draw(self, rng: random.Random) -> Batch:
        """The next batch."""
        (length,) = rng.choices(range(len(LENGTHS)), [often for _, _, often in LENGTHS])
        parts = [self._part(self._shelf(length, rng), length, rng) for _ in range(SOURCES)]
        return self._batch([part for part in parts if part[0]])

    def _shelf(self, length: int, rng: random.Random) -> _Shelf:
        pack = rng.random() < self._pack_share if self._pools["set"] else True
        pool = self._pools["pack" if pack and self._pools["pack"] else "set"]
        fitting = [s for s in pool if s.rows[length]] or [s for s in pool if any(s.rows)]
        return rng.choices(fitting, [s.weight for s in fitting])[0]

    def _part(self, shelf: _Shelf, length: int, rng: random.Random) -> _Part:
        rows = shelf.rows[length] or max(shelf.rows, key=len)
        drawn = rng.choices(rows, k=LENGTHS[length][1])
        labels = _labels(shelf.source, drawn, rng)
        return (
            drawn,
            labels,
            describe([shelf.source.meanings[x] for x in labels], rng),
            shelf.source,
        )

    def _batch(self, parts: Sequence[_Part]) -> Batch:
        rows = [row for drawn, *_ in parts for row in drawn]
        words = [self._features.words(row.text) for row in rows]
        columns: list[dict[str, int]] = []  # label → number of its type, for each part
        for _, labels, *_ in parts:
            begin = sum(map(len, columns))
            columns.append({label: begin + i for i, label in enumerate(labels)})
        numbers = [i for i, (drawn, *_) in enumerate(parts) for _ in drawn]
        asked = np.zeros((len(rows), sum(map(len, columns))), bool)
        gold: list[Gold] = []
        for at, (row, number) in enumerate(zip(rows, numbers, strict=True)):
            for label, kind in columns[number].items():
                asked[at, kind] = row.asked is None or label in row.asked
            starts = {s: i for i, s in enumerate(words[at].starts.tolist())}
            ends = {e: i for i, e in enumerate(words[at].ends.tolist())}
            for span in row.spans:
                kind_or_none = columns[number].get(span.label)
                if kind_or_none is None:
                    continue
                start, end = starts.get(span.start), ends.get(span.end)
                if start is None or end is None or end - start >= MAX_WORDS:
                    asked[at, kind_or_none] = False  # no cell can say so: then none says otherwise
                else:
                    gold.append(Gold(at, start, end - start, kind_or_none))
        gold = [g for g in gold if asked[g.text, g.kind]]
        lengths = np.array([len(w) for w in words], np.int64)
        texts = [self._features.with_ends(w.pieces) for w in words]
        described = [text for _, _, said, _ in parts for text in said]
        return Batch(
            pieces=_padded(texts),
            first=_padded([w.offsets[:-1] + 1 for w in words]),
            last=_padded([w.offsets[1:] for w in words]),
            lengths=lengths,
            descriptions=[self._features.description(text)[0] for text in described],
            sources=np.array([i for i, c in enumerate(columns) for _ in c], np.int64),
            asked=asked,
            gold=gold,
            different=self._different([x for _, labels, *_, s in parts for x in _keys(s, labels)]),
        )

    def _different(self, keys: Sequence[str]) -> NDArray[np.bool_]:
        vectors = np.stack([self._likeness[key] for key in keys])  # (N, D)
        return vectors @ vectors.T < MOST_LIKENESS  # type: ignore[no-any-return]


# cosine of two names' sentence vectors below which they mean different things: "drug" and
# "city" .2, "city" and "town" .8, "scientist" and "person" .5
MOST_LIKENESS = 0.3
_Part = tuple[list["Row"], list[str], list[str], "Source"]


def _shelf(source: Source) -> _Shelf:
    shelves = defaultdict[int, list["Row"]](list)
    rng = random.Random(0)  # noqa: S311  # the same rows in every run
    for row in source.rows:
        length = next((i for i, (most, *_) in enumerate(LENGTHS) if len(row.text) <= most), None)
        keep = row.spans or source.kind != "set" or rng.random() < WITHOUT_MENTIONS
        if length is not None and keep and (len(row.text.split()) > 1 or source.kind == "own"):
            shelves[length].append(row)
    rows = tuple(tuple(shelves[i]) for i in range(len(LENGTHS)))
    # large sets and sets of many types more often, by far less than in proportion
    many = min(sum(map(len, rows)), 4000) ** 0.5 * (1 + len(source.meanings) ** 0.5)
    return _Shelf(source, rows, many if source.kind == "set" else 1.0)


def _labels(source: Source, rows: Sequence[Row], rng: random.Random) -> list[str]:
    """The types to ask for: those with mentions, others as negatives, a few dropped, shuffled."""
    present = {s.label for row in rows for s in row.spans if s.label in source.meanings}
    kept = [label for label in sorted(present) if rng.random() >= DROPPED]
    possible = set(source.meanings) if any(r.asked is None for r in rows) else set()
    possible |= {a for r in rows for a in r.asked or () if a in source.meanings}
    absent = sorted(possible - present)
    rng.shuffle(kept)
    rng.shuffle(absent)
    most = rng.choice(MOST_TYPES)
    chosen = kept[:most] + absent[: max(4, most - len(kept))]
    chosen = chosen or sorted(source.meanings)[:1]
    rng.shuffle(chosen)
    return chosen


def _keys(source: Source, labels: Sequence[str]) -> list[str]:
    return [source.meanings[label].name for label in labels]


def _padded(arrays: Sequence[Ints]) -> Ints:
    padded = np.zeros((len(arrays), max(map(len, arrays))), np.int64)
    for row, array in zip(padded, arrays, strict=True):
        row[: len(array)] = array
    return padded
