"""What is in a data set: texts, tokens, spans of each type, how long they are, what lies in what.

    from schema_ner import formats
    from schema_ner.statistics import describe

    describe(formats.read("train.jsonl")).labels

Here: counting over Documents, one at a time.  Not here: reading them (``formats``), whether two
splits have the same mix of types (``scoring.balance``), how it is shown (the command line).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from schema_ner import exports

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from schema_ner.spans import Document, Span


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long things are.

    Attributes:
        counts: length → how many are that long, ascending.
    """

    counts: Mapping[int, int]

    @property
    def number(self) -> int:
        """How many things there are."""
        return sum(self.counts.values())

    @property
    def total(self) -> int:
        """The sum of the lengths."""
        return sum(length * count for length, count in self.counts.items())

    @property
    def mean(self) -> float:
        """The mean length, 0.0 of nothing."""
        return self.total / self.number if self.counts else 0.0

    def quantile(self, share: float) -> int:
        """The least length that this share of them does not exceed, 0 of nothing."""
        wanted = share * self.number
        reached = zip(self.counts, accumulate(self.counts.values()), strict=True)
        return next((length for length, count in reached if count >= wanted), 0)

    def to_dict(self) -> dict[str, Any]:
        """``mean``, and the quantiles 0, 0.5, 0.95, 1 as ``least, median, p95, most``."""
        names = {"least": 0.0, "median": 0.5, "p95": 0.95, "most": 1.0}
        return {"mean": self.mean, **{n: self.quantile(share) for n, share in names.items()}}


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a data set holds.

    Attributes:
        texts: documents.
        tokens: the documents' own, else words and signs, by the rule of ``Extraction.to_bio``.
        tokenised: texts that come with tokens of their own.
        empty: texts without spans.
        labels: type → spans, the most frequent first.
        text_lengths: of the texts, in characters (code points).
        span_lengths: of the spans, in characters.
        lengths_by_label: type → lengths of its spans, in characters.
        overlapping: spans that share a character with another.
        nested: spans that lie inside another; of two at the same place, one.
        repeated: spans that say what one before them says: the same place and type.
        columns: column of ``Document.token_tags`` → tag → tokens, the most frequent first.
    """

    texts: int
    tokens: int
    tokenised: int
    empty: int
    labels: Mapping[str, int]
    text_lengths: Lengths
    span_lengths: Lengths
    lengths_by_label: Mapping[str, Lengths]
    overlapping: int
    nested: int
    repeated: int
    columns: Mapping[str, Mapping[str, int]]

    @property
    def characters(self) -> int:
        """Code points of all texts."""
        return self.text_lengths.total

    @property
    def spans(self) -> int:
        """Annotations of all texts."""
        return sum(self.labels.values())

    @property
    def empty_share(self) -> float:
        """The share of texts without spans, 0.0 of no texts."""
        return self.empty / self.texts if self.texts else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain data: the counts, lengths as ``Lengths.to_dict`` gives them."""
        plain = ("texts", "characters", "tokens", "tokenised", "spans", "empty", "empty_share")
        more = ("overlapping", "nested", "repeated")
        return {
            **{name: getattr(self, name) for name in (*plain, *more)},
            "labels": dict(self.labels),
            "text_lengths": self.text_lengths.to_dict(),
            "span_lengths": self.span_lengths.to_dict(),
            "lengths_by_label": {n: one.to_dict() for n, one in self.lengths_by_label.items()},
            "columns": {name: dict(tags) for name, tags in self.columns.items()},
        }


def describe(documents: Iterable[Document]) -> Statistics:
    """Count what documents hold; each is read once and not kept."""
    counts: Counter[str] = Counter()
    texts: Counter[int] = Counter()
    spans: defaultdict[str, Counter[int]] = defaultdict(Counter)
    columns: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        texts[len(document.text)] += 1
        counts["empty"] += not document.spans
        counts["tokenised"] += document.tokens is not None
        counts["tokens"] += _tokens(document)
        for span in document.spans:
            spans[span.label][span.end - span.start] += 1
        counts["overlapping"] += _overlapping(document.spans)
        counts["nested"] += _nested(document.spans)
        counts["repeated"] += len(document.spans) - len({span.order for span in document.spans})
        for name, tags in (document.token_tags or {}).items():
            columns[name].update(tags)
    labels = Counter({label: lengths.total() for label, lengths in spans.items()})
    return Statistics(
        texts=texts.total(),
        tokens=counts["tokens"],
        tokenised=counts["tokenised"],
        empty=counts["empty"],
        labels=_ranked(labels),
        text_lengths=_lengths(texts),
        span_lengths=_lengths(sum(spans.values(), Counter())),
        lengths_by_label={label: _lengths(spans[label]) for label in _ranked(labels)},
        overlapping=counts["overlapping"],
        nested=counts["nested"],
        repeated=counts["repeated"],
        columns={name: _ranked(tags) for name, tags in columns.items()},
    )


def _tokens(document: Document) -> int:
    if document.tokens is not None:
        return len(document.tokens)
    return len(exports.token_pattern(document.text).findall(document.text))


def _overlapping(spans: Iterable[Span]) -> int:
    """Spans that share a character with another, whether that is before or behind them."""
    ordered = sorted({(span.start, span.end, span.label) for span in spans})
    reached = [0, *accumulate((end for _, end, _ in ordered), max)]  # by those before
    behind = [start for start, _, _ in ordered[1:]]
    return sum(
        start < reach or (next_start is not None and next_start < end)
        for (start, end, _), reach, next_start in zip(
            ordered, reached, [*behind, None], strict=False
        )
    )


def _nested(spans: Iterable[Span]) -> int:
    """Spans inside another, the outer one first in order."""
    ordered = sorted({(span.start, -span.end, span.label) for span in spans})
    reached = [0, *accumulate((-end for _, end, _ in ordered), max)]
    return sum(-end <= reach for (_, end, _), reach in zip(ordered, reached, strict=False))


def _lengths(counts: Counter[int]) -> Lengths:
    return Lengths(dict(sorted(counts.items())))


def _ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
