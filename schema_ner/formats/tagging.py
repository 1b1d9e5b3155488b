"""Spans ↔ one tag a token, with an account of every span that tags cannot hold.

Tags hold one label a token.  So of spans that overlap one is kept (higher score, then longer, then
earlier), and a span that a document's own tokens cannot delimit is left out; both are reported.
A document without tokens is cut into words and signs, and at span borders.  Blanks between tokens
are no part of any tagged format: its texts are their tokens, joined by one blank.  Scores are not
either.  Both are reported as slight losses.

A document that is read keeps its tags as they stand, as the column ``ner``; what is written is
IOB2, made from the spans, whatever the scheme was.

Here: documents ↔ tokens with tags.  Not here: what tags spell (``schema_ner.tags``), files
(``conll``, ``bio``), how a text is cut into words (``exports``).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from schema_ner import exports
from schema_ner.errors import FormatError
from schema_ner.formats.files import short
from schema_ner.formats.losses import clipped
from schema_ner.spans import NER, Document, gold_span
from schema_ner.tags import Chunk, chunks, iob2

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Span

WAY_OUT = "tags are O, B-TYPE or I-TYPE (also E- S- L- U-)"


class Token(NamedTuple):
    """One token and its tag."""

    text: str
    tag: str


def to_tokens(document: Document, losses: Losses) -> list[Token]:
    """A document as tokens with IOB2 tags; what tags cannot hold goes to ``losses``.

    Raises:
        FormatError: the document's own tokens overlap or are out of order.
    """
    spans = flat(taggable(_trimmed(document, losses), losses), losses)
    if document.tokens is None:
        marks = [gold_span(document.text, s.start, s.end, s.label) for s in spans]
        tokens = [Token(*pair) for pair in exports.to_bio(document.text, marks)]
    else:
        tokens = _tag_own(document, spans, losses)
    _account(document, tokens, losses)
    return tokens


def from_tokens(
    tokens: Sequence[Token],
    name: str | None = None,
    token_tags: Mapping[str, tuple[str, ...]] | None = None,
    *,
    between: str = " ",
    origin: str | None = None,
) -> Document:
    """The document that tagged tokens spell: its text is the tokens, joined by ``between``.

    An ``I-`` that follows no span of its type begins one, as conlleval counts.  The tags are kept
    as they are, as the column ``ner``.
    """
    text = between.join(token.text for token in tokens)
    places, behind = [], 0
    for token in tokens:
        places.append((behind, behind + len(token.text)))
        behind += len(token.text) + len(between)
    ner = tuple(token.tag for token in tokens)
    spans = [
        gold_span(text, places[first][0], places[last][1], label)
        for first, last, label in chunks(ner)
    ]
    columns = {**(token_tags or {}), **({NER: ner} if tokens else {})}
    return Document(text, tuple(spans), name, tuple(places), columns, origin)


def with_label(spans: Iterable[Span], losses: Losses) -> Iterator[Span]:
    """The spans that have a label."""
    for span in spans:
        if span.label:
            yield span
        else:
            losses.span(span, "it has no label, and says nothing without one")


def taggable(spans: Iterable[Span], losses: Losses) -> Iterator[Span]:
    """The spans whose labels can stand in a tag: there is one, and no blank at either end of it."""
    for span in with_label(spans, losses):
        label = span.label.strip()
        if label == span.label:
            yield span
        elif not label:
            losses.span(span, "its label is all blanks, which no tag holds")
        else:
            reason = "blanks at the ends of a label are no part of a tag: kept without them"
            losses.span(span, reason)
            yield replace(span, label=label)


def check_order(places: Sequence[tuple[int, int]], where: str) -> None:
    """Raise FormatError, naming ``where``, for tokens that overlap or are out of order."""
    for (_, end), (start, _) in pairwise(places):
        if start < end:
            raise FormatError(
                f"{where}: the tokens ending at {end} and starting at {start} overlap or are out "
                "of order; give them in order, or leave them out"
            )


def _trimmed(document: Document, losses: Losses) -> Iterator[Span]:
    """The spans without blanks at their ends, for no token holds those."""
    for span in document.spans:
        mention = span.text.strip()
        if not mention:
            losses.span(span, "it is all blanks, which are no part of tokens")
        elif mention == span.text:
            yield span
        else:
            losses.span(span, "the blanks at its ends are no part of tokens: kept without them")
            start = span.start + len(span.text) - len(span.text.lstrip())
            yield replace(span, start=start, end=start + len(mention), text=mention)


def flat(spans: Iterable[Span], losses: Losses) -> list[Span]:
    """The spans that do not overlap, in order; higher score, then longer, then earlier wins."""

    def rank(span: Span) -> tuple[float, int, int]:
        # an unknown score is an annotator's, and beats a model's
        score = 2.0 if span.score is None else span.score
        return (-score, span.start - span.end, span.start)

    kept: list[Span] = []
    for span in sorted(spans, key=rank):
        at = bisect_left(kept, span.start, key=lambda s: s.start)
        near = [other for other in kept[max(0, at - 1) : at + 1] if other.overlaps(span)]
        if any(other.order == span.order for other in near):
            losses.span(span, "it stands twice, and tags hold it once")
        elif near:
            other = f"{clipped(near[0].label)} {short(near[0].text)}"
            losses.span(span, f"it overlaps {other}; tags are flat")
        else:
            insort(kept, span, key=lambda s: s.start)
    return kept


def _tag_own(document: Document, spans: Sequence[Span], losses: Losses) -> list[Token]:
    """The document's own tokens, tagged."""
    places = document.tokens or ()
    check_order(places, losses.where)
    _check_cover(document.text, places, losses)
    first = {start: i for i, (start, _) in enumerate(places)}
    last = {end: i for i, (_, end) in enumerate(places)}
    found = []
    for span in spans:
        if span.start in first and span.end in last:
            found.append(Chunk(first[span.start], last[span.end], span.label))
        else:
            losses.span(span, "it begins or ends inside a token")
    tags = iob2(found, len(places))
    texts = (document.text[start:end] for start, end in places)
    return [Token(text, tag) for text, tag in zip(texts, tags, strict=True)]


def _account(document: Document, tokens: Sequence[Token], losses: Losses) -> None:
    """Report what no tagged format keeps."""
    joined = " ".join(token.text for token in tokens)
    # where more than blanks is gone, that is reported already
    if joined != document.text and "".join(joined.split()) == "".join(document.text.split()):
        losses.add("the text", "blanks between tokens are not kept", "blanks")
    losses.scores(document.spans)


def _check_cover(text: str, places: Sequence[tuple[int, int]], losses: Losses) -> None:
    edges = [0, *(edge for place in places for edge in place), len(text)]
    between = (text[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2))
    left_out = [gap.strip() for gap in between if gap.strip()]
    if left_out:
        losses.add(f"the text {short(left_out[0])}", "it stands outside the document's tokens")
