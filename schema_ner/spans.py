"""Span, Extraction, Document, and the one coordinate system they share.

The law of this library: ``text[start:end] == span.text``, in code points, end exclusive, for every
engine and every language.  It is written here once and enforced here: a Span or an Extraction that
would break it cannot be made.

Here: the result types.  Not here: how they are painted (``views``) or exported (``exports``), how
spans are found (``engines``) or put in place (``grounding``).
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # whoever reads the type hints needs it
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, get_args

from schema_ner import exports, tags, views
from schema_ner.marks import Source, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schema_ner.exports import Offsets

KEPT: tuple[Status, ...] = ("exact", "normalised", "fuzzy")
REJECTED: tuple[Status, ...] = tuple(s for s in get_args(Status) if s not in KEPT)
NER = "ner"  # the column of entity tags


@dataclass(frozen=True, slots=True)
class Evidence:
    """How sure a generating model was, decision by decision.  The first four make the score.

    Attributes:
        listed: probability in [0, 1] that there is one more mention, and not the end of the list.
        type: probability of its type, given that.
        start: probability that it begins there, given the type.
        end: probability that it ends there, given the start.
        runner_up: the second likeliest type and its probability; ``None`` where no other type had
            any.
        fit: the least share of the model's own probability that the form of an answer allowed; near
            0, the model wanted to write something else altogether.
    """

    listed: float
    type: float
    start: float
    end: float
    runner_up: tuple[str, float] | None = None
    fit: float = 1.0

    @property
    def score(self) -> float:
        """Probability in [0, 1] of the mention as a whole."""
        return self.listed * self.type * self.start * self.end


@dataclass(frozen=True, slots=True)
class Span:
    """One mention: ``text[start:end]`` of its document, in code points, end exclusive.

    Attributes:
        start: offset of the first code point.
        end: offset behind the last code point; always greater than ``start``.
        label: the type's name, as the user wrote it.
        text: the mention as it stands in the document, never as a model re-typed it.
        score: probability in [0, 1] that the span is right, ``None`` when unknown.
        status: how the mention was put in its place: ``exact``, ``normalised`` or ``fuzzy``.
        source: ``model``, ``validator``, or ``gold`` for an annotator's span.
        entity: an instance of the user's class, with the extra fields an engine could fill;
            ``None`` where the type was not declared as a class.  Left out of equality.
        evidence: what the score is made of, where a model wrote its answer under a grammar;
            ``None`` where that is unknown.  Left out of equality and of the JSON form.

    Raises:
        ValueError: empty or reversed range, a text of another length, a score outside [0, 1].
    """

    start: int
    end: int
    label: str
    text: str
    score: float | None = None
    status: Status = "exact"
    source: Source = "model"
    entity: object | None = field(default=None, compare=False, repr=False)
    evidence: Evidence | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"empty or reversed span [{self.start}:{self.end})")
        if len(self.text) != self.end - self.start:
            raise ValueError(f"span [{self.start}:{self.end}) cannot hold {self.text!r}")
        if self.score is not None and not 0.0 <= self.score <= 1.0:
            raise ValueError(f"score {self.score!r} of {self.text!r} is not in [0, 1]")
        if self.status not in KEPT:
            raise ValueError(f"a span is never {self.status!r}; that is what Rejected is for")

    @property
    def order(self) -> tuple[int, int, str]:
        """The sort key of every list of spans: start, end, label."""
        return (self.start, self.end, self.label)

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something a model said, or a text it failed on, that did not become a span.

    Attributes:
        text: what was said, as it was said.
        label: the type it was said to be, ``None`` when that is unknown.
        status: one of ``hallucinated example_leak out_of_schema unparseable duplicate truncated
            overlap below_threshold failed``.
        reason: one sentence for a person.
    """

    text: str
    label: str | None
    status: Status
    reason: str

    def __post_init__(self) -> None:
        if self.status not in REJECTED:
            raise ValueError(f"{self.status!r} is no reason to reject; expected one of {REJECTED}")


@dataclass(frozen=True, slots=True)
class Usage:
    """What one text cost.  Every figure is ``None`` when unknown.

    Attributes:
        tokens_in: tokens given to the model, special tokens included.
        tokens_out: tokens generated by the model.
        passes: forward passes of the model.
        seconds: wall-clock time; of a batch, this text's share by tokens.
        cost: price in US dollars.
        how: what answers were held to: ``grammar``, ``json`` (a JSON schema), or ``text``, nothing.
    """

    tokens_in: int | None = None
    tokens_out: int | None = None
    passes: int | None = None
    seconds: float | None = None
    cost: float | None = None
    how: str | None = None


UNKNOWN = Usage()


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one text gave: the spans, and an account of everything that did not become one.

    Attributes:
        text: the text, unchanged.
        spans: sorted by start, end, label.
        rejected: items that were not kept, each with its reason.
        unread: ``[start, end)`` ranges of code points that no model saw, sorted, apart.
        usage: tokens, passes, seconds, cost.  Left out of equality.
        model: name of the model that read the text.
        schema_hash: hash of the schema it was read with.

    Raises:
        ValueError: a span does not say what stands at its place, or a range leaves the text.
    """

    text: str
    spans: tuple[Span, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    unread: tuple[tuple[int, int], ...] = ()
    usage: Usage = field(default=UNKNOWN, compare=False)
    model: str = ""
    schema_hash: str = ""

    def __post_init__(self) -> None:
        for start, end in self.unread:
            if not 0 <= start < end <= len(self.text):
                raise ValueError(f"unread range [{start}:{end}) leaves a text of {len(self.text)}")
        object.__setattr__(self, "spans", sorted_spans(self.text, self.spans))
        object.__setattr__(self, "rejected", tuple(self.rejected))
        object.__setattr__(self, "unread", joined_ranges(self.unread))

    def to_dict(self, *, offsets: Offsets = "codepoint") -> dict[str, Any]:
        """Plain data: ``text, spans, rejected, unread, usage, model, schema_hash``.

        Args:
            offsets: the unit of every offset: ``codepoint`` (Python), ``utf16`` (JavaScript, Java)
                or ``byte`` (of the UTF-8 form).
        """
        move = exports.converter(self.text, offsets)
        return {
            "text": self.text,
            "spans": [exports.mark_dict(span, move) for span in self.spans],
            "rejected": [exports.fields_dict(item) for item in self.rejected],
            "unread": [[move(start), move(end)] for start, end in self.unread],
            "usage": exports.fields_dict(self.usage),
            "model": self.model,
            "schema_hash": self.schema_hash,
        }

    def to_json(self, *, offsets: Offsets = "codepoint") -> str:
        """``to_dict`` as one line of JSON."""
        return exports.json_line(self.to_dict(offsets=offsets))

    def to_bio(self) -> list[tuple[str, str]]:
        """``(token, tag)`` pairs, IOB2; tokens are words and signs, cut where spans begin or end.

        Raises:
            FormatError: two spans overlap, which IOB2 cannot hold.
        """
        return exports.to_bio(self.text, self.spans)

    def to_spacy(self) -> tuple[str, dict[str, list[tuple[int, int, str]]]]:
        """SpaCy's training form: ``(text, {"entities": [(start, end, label)]})``."""
        return exports.to_spacy(self.text, self.spans)

    def to_hf(self, *, offsets: Offsets = "codepoint") -> list[dict[str, Any]]:
        """The form of a transformers pipeline: ``entity_group, word, score, start, end``."""
        return exports.to_hf(self.text, self.spans, offsets)

    def to_html(self) -> str:
        """A standalone HTML page: the text with its spans coloured and labelled."""
        return views.page(self.text, self.spans, self.unread)

    def to_text(self, *, color: bool = False) -> str:
        """A view for a terminal: the text with its spans in brackets, then one line a span."""
        return views.plain(self.text, self.spans, color=color)

    def _repr_html_(self) -> str:
        """What a notebook shows for this value."""
        return views.fragment(self.text, self.spans, self.unread)


@dataclass(frozen=True, slots=True)
class Document:
    """A text with annotations: what readers give and writers take.

    Attributes:
        text: the text.
        spans: sorted by start, end, label.
        id: the document's name in its file, ``None`` when it has none.
        tokens: ``[start, end)`` of each token where the source came in tokens, else ``None``.
        token_tags: what else the source says of each token, by the name of the column: ``pos``,
            ``chunk``, ``lemma``; one text a token.  ``None`` where it says nothing.  ``ner`` has
            the entity tags as they stand in the source, in whatever scheme; tags that say other
            spans than ``spans`` are left out, so that a change of the spans takes them along.
        origin: the file and line that it was read from, for messages; ``None`` where it was not.
            Left out of equality.

    Raises:
        ValueError: a span does not say what stands at its place, a token leaves the text, or a
            column has another length than ``tokens``.
    """

    text: str
    spans: tuple[Span, ...] = ()
    id: str | None = None
    tokens: tuple[tuple[int, int], ...] | None = None
    token_tags: Mapping[str, tuple[str, ...]] | None = field(default=None, hash=False)
    origin: str | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spans", sorted_spans(self.text, self.spans))
        if self.tokens is not None:
            object.__setattr__(self, "tokens", tuple((start, end) for start, end in self.tokens))
        for start, end in self.tokens or ():
            if not 0 <= start < end <= len(self.text):
                raise ValueError(f"token [{start}:{end}) leaves a text of {len(self.text)}")
        columns = {name: tuple(column) for name, column in (self.token_tags or {}).items()}
        for name, column in columns.items():
            if self.tokens is None or len(column) != len(self.tokens):
                many = "no tokens" if self.tokens is None else f"{len(self.tokens)} tokens"
                raise ValueError(f"the column {name!r} has {len(column)} tags for {many}")
        if NER in columns and not self._is_said_by(columns[NER]):
            del columns[NER]
        object.__setattr__(self, "token_tags", columns or None)

    def _is_said_by(self, ner: Sequence[str]) -> bool:
        """Whether entity tags, one a token, spell these spans."""
        places = self.tokens or ()
        said = [(places[c.first][0], places[c.last][1], c.label) for c in tags.chunks(ner)]
        return all(map(tags.is_tag, ner)) and said == [span.order for span in self.spans]

    def relabelled(self, names: Mapping[str, str]) -> Document:
        """The same document with some labels renamed; labels not in ``names`` stay.

        Entity tags in ``token_tags`` are renamed too, and left out where they then run together:
        ``I-a I-b`` are two mentions, ``I-c I-c`` one.
        """
        spans = (replace(s, label=names.get(s.label, s.label)) for s in self.spans)
        columns = dict(self.token_tags or {})
        if NER in columns:
            columns[NER] = tags.renamed(columns[NER], names)
        return replace(self, spans=tuple(spans), token_tags=columns)

    def to_dict(self) -> dict[str, Any]:
        """The JSONL form: ``id``, ``text``, ``entities``, ``tokens``, ``token_tags``.

        What a document does not have is left out, but for ``text`` and ``entities``; so are entity
        tags in IOB2, for these follow from tokens and spans.
        """
        entities = [{"start": s.start, "end": s.end, "label": s.label} for s in self.spans]
        data: dict[str, Any] = {} if self.id is None else {"id": self.id}
        data |= {"text": self.text, "entities": entities}
        if self.tokens is not None:
            data["tokens"] = [list(token) for token in self.tokens]
        if columns := columns_beyond_spans(self):
            data["token_tags"] = {name: list(column) for name, column in columns.items()}
        return data

    def to_html(self) -> str:
        """A standalone HTML page: the text with its spans coloured and labelled."""
        return views.page(self.text, self.spans)

    def _repr_html_(self) -> str:
        """What a notebook shows for this value."""
        return views.fragment(self.text, self.spans)


def sorted_spans(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, each checked against the text it claims to stand in."""
    ordered = tuple(sorted(spans, key=lambda span: span.order))
    for span in ordered:
        if text[span.start : span.end] != span.text:
            there = text[span.start : span.end]
            raise ValueError(f"[{span.start}:{span.end}) holds {there!r}, not {span.text!r}")
    return ordered


def columns_beyond_spans(document: Document) -> dict[str, tuple[str, ...]]:
    """Its columns of token tags, but for entity tags in IOB2, which tokens and spans give again."""
    columns = dict(document.token_tags or {})
    if NER in columns and tags.is_iob2(columns[NER]):
        del columns[NER]
    return columns


def joined_ranges(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The ranges in order, those that touch or overlap made one: each code point counts once."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((start, end) for start, end in ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def gold_span(text: str, start: int, end: int, label: str) -> Span:
    """An annotator's span.  Raises ValueError when the range leaves the text."""
    return Span(start, end, label, text[start:end], source="gold")
