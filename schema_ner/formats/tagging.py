"""Spans ↔ one tag a token, with an account of every span that tags cannot hold.

Tags hold one label a token.  So of spans that overlap one is kept (higher score, then longer, then
earlier), and a span that a document's own tokens cannot delimit is left out; both are reported.
A document without tokens is cut into words and signs, and at span borders.  Blanks between tokens
are no part of any tagged format: its texts are their tokens, joined by one blank.  Scores are not
either.  Both are reported as slight losses.

Here: IOB2 out, IOB1 / IOB2 / BIOES / BILOU in.  Not here: files (``conll``, ``bio``), how a text is
cut into words (``exports``).
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from schema_ner import exports
from schema_ner.errors import FormatError
from schema_ner.spans import Document, gold_span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from schema_ner.formats.losses import Losses
    from schema_ner.spans import Span

_TAG = re.compile(r"O|[BIESLU]-.+", re.DOTALL)
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
    spans = flat(with_label(_trimmed(document, losses), losses), losses)
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
    between: str = " ",
) -> Document:
    """The document that tagged tokens spell: its text is the tokens, joined by ``between``.

    An ``I-`` that follows no span of its type begins one, as conlleval counts.
    """
    text = between.join(token.text for token in tokens)
    places, behind = [], 0
    for token in tokens:
        places.append((behind, behind + len(token.text)))
        behind += len(token.text) + len(between)
    spans = [
        gold_span(text, places[first][0], places[last][1], label)
        for first, last, label in _chunks(token.tag for token in tokens)
    ]
    return Document(text, tuple(spans), name, tuple(places), token_tags)


def is_tag(value: str) -> bool:
    """Whether this is a tag: ``O``, or a known letter, a dash and a label."""
    return _TAG.fullmatch(value) is not None


def with_label(spans: Iterable[Span], losses: Losses) -> Iterator[Span]:
    """The spans that have a label."""
    for span in spans:
        if span.label:
            yield span
        else:
            losses.span(span, "it has no label, and says nothing without one")


def check_order(places: Sequence[tuple[int, int]], where: str) -> None:
    """Raise FormatError, naming ``where``, for tokens that overlap or are out of order."""
    for (_, end), (start, _) in pairwise(places):
        if start < end:
            raise FormatError(
                f"{where}: the tokens ending at {end} and starting at {start} overlap or are out "
                "of order; give them in order, or leave them out"
            )


def _chunks(tags: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """First token, last token and label of each span."""
    first, label, last = 0, "", -1
    for i, tag in enumerate(tags):
        letter, _, name = tag.partition("-")
        begins = letter in "BSU" or (letter in "IEL" and name != label)
        if label and (begins or letter == "O"):
            yield first, last, label
            label = ""
        if begins:
            first, label = i, name
        last = i
        if label and letter in "ESLU":
            yield first, last, label
            label = ""
    if label:
        yield first, last, label


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
            yield gold_span(document.text, start, start + len(mention), span.label)


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
        if near:
            losses.span(span, f"it overlaps {near[0].label} {near[0].text!r}; tags are flat")
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
    tags = ["O"] * len(places)
    for span in spans:
        if span.start not in first or span.end not in last:
            losses.span(span, "it begins or ends inside a token")
            continue
        inside = range(first[span.start], last[span.end] + 1)
        for i in inside:
            tags[i] = f"{'B' if i == inside[0] else 'I'}-{span.label}"
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
        losses.add(f"the text {left_out[0]!r}", "it stands outside the document's tokens")
