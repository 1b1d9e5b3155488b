"""Two sides of a text as IOB2 tags over the same tokens, for the conventions that count tags.

A token belongs to a span when it shares a character with it.  Tags hold less than spans do, and
what they cannot say is told in ``notes``:

- A border that is no border of a token moves to that of the token.
- A token has one tag.  Of spans that share a token one is tagged: the higher score, then the
  longer, then the earlier; a span without a score is an annotator's and beats one with a score.
- A span that touches no token has no tag.

The same rules hold for both sides, so gold compared with itself is all right.

Tags that a file had (``Pair.gold_tags``, ``Pair.predicted_tags``) stand for themselves where they
are of the tokens that are counted.

Here: how a text is cut into tokens, spans → tags.  Not here: counting tags (``sequences``), which
tags of files count (``filetags``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from schema_ner import exports
from schema_ner.errors import InputError
from schema_ner.tags import is_iob2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from schema_ner.scoring.base import Pair, TagsByPlace
    from schema_ner.spans import Span

    Places = Sequence[tuple[int, int]]  # [start, end) of each token, in order, apart

_WIDENED = "counted as the whole tokens touched: a border lies inside a token, or outside of all"
_OVERLAPS = (
    "not counted: a token has one tag, so of spans that share one the higher score stays, then the "
    "longer, then the earlier"
)
_NO_TOKEN = "not counted: no token stands there"  # noqa: S105  # no password
_SPAN_REASONS = (_WIDENED, _OVERLAPS, _NO_TOKEN)
_OTHER_TOKENS = "with broken tags on other tokens than those that are counted: the spans count"


class Tags(NamedTuple):
    """Both sides as tags.

    Attributes:
        gold, predicted: one list a text, of one tag a token: ``O``, ``B-TYPE`` or ``I-TYPE``.
        notes: what the tags do not say as the spans did, one sentence for each kind and side.
    """

    gold: list[list[str]]
    predicted: list[list[str]]
    notes: tuple[str, ...]


def words(pair: Pair) -> Places:
    """The gold's own tokens, else words and signs, cut where a span of either side has a border.

    Cutting keeps every border, so without tokens of the data set's own the tags lose overlaps only.
    But it makes the number of tokens depend on the predictions, a little.
    """
    if pair.tokens is not None:
        return pair.tokens
    text = pair.text or ""
    borders = {edge for span in (*pair.gold, *pair.predicted) for edge in (span.start, span.end)}
    token = exports.token_pattern(text)
    return [
        found.span()
        for start, end in pairwise(sorted({0, len(text), *borders}))
        for found in token.finditer(text, start, end)
    ]


def of_pairs(pairs: Sequence[Pair], split: Callable[[Pair], Places] = words) -> Tags:
    """The tags of both sides.

    Args:
        pairs: the texts.
        split: how a text is cut: ``[start, end)`` of its tokens, in code points.

    Raises:
        InputError: tokens overlap or are out of order; the text names the place.
    """
    gold: list[list[str]] = []
    predicted: list[list[str]] = []
    lost: Counter[tuple[str, str]] = Counter()
    for number, pair in enumerate(pairs, 1):
        places = split(pair)
        _check_order(places, number)
        for tags, spans, own, side in (
            (gold, pair.gold, pair.gold_tags, "gold"),
            (predicted, pair.predicted, pair.predicted_tags, "predicted"),
        ):
            as_written = None if own is None else _own(own, places, pair, side, lost)
            made = _tags(spans, places, side, lost) if as_written is None else as_written
            tags.append(made)
    of_files = dict.fromkeys(note for pair in pairs for note in pair.notes)
    return Tags(gold, predicted, (*of_files, *_notes(lost)))


def _notes(lost: Counter[tuple[str, str]]) -> Iterator[str]:
    for side in ("gold", "predicted"):
        for why in _SPAN_REASONS:
            if count := lost[side, why]:
                yield f"{count:,} {side} span{'s' * (count > 1)} {why}"
        if count := lost[side, _OTHER_TOKENS]:
            yield f"{count:,} {side} text{'s' * (count > 1)} {_OTHER_TOKENS}"


def _own(
    tags: TagsByPlace, places: Places, pair: Pair, side: str, lost: Counter[tuple[str, str]]
) -> list[str] | None:
    """Tags of a file for these tokens, ``None`` where they are of others; blanks have no token."""
    found = [tags.get((start, end)) for start, end in places]
    own = [tag for tag in found if tag is not None]
    text = pair.text or ""
    beside = tags.keys() - {*places} if len(tags) > len(own) else ()
    if len(own) == len(found) and all(text[start:end].isspace() for start, end in beside):
        return own
    lost[side, _OTHER_TOKENS] += not is_iob2([*tags.values()])
    return None


def _check_order(places: Places, number: int) -> None:
    for (_, end), (start, _) in pairwise(places):
        if start < end:
            raise InputError(
                f"text {number}: the tokens ending at {end} and starting at {start} overlap or are "
                "out of order; give them in order, or leave them out"
            )


def _tags(
    spans: Iterable[Span], places: Places, side: str, lost: Counter[tuple[str, str]]
) -> list[str]:
    """One side of one text; what tags do not say is counted in ``lost``."""
    tags = ["O"] * len(places)
    taken: list[tuple[int, int]] = []  # first and last token of each tagged span, in order
    for span in _distinct(spans):
        # the first token that ends behind the span's start, the last that starts before its end
        first = bisect_right(places, span.start, key=lambda place: place[1])
        last = bisect_left(places, span.end, key=lambda place: place[0]) - 1
        if first > last:
            lost[side, _NO_TOKEN] += 1
            continue
        at = bisect_left(taken, (first, last))
        if any(one[0] <= last and first <= one[1] for one in taken[max(0, at - 1) : at + 1]):
            lost[side, _OVERLAPS] += 1
            continue
        insort(taken, (first, last))
        lost[side, _WIDENED] += (span.start, span.end) != (places[first][0], places[last][1])
        tags[first] = f"B-{span.label}"
        tags[first + 1 : last + 1] = [f"I-{span.label}"] * (last - first)
    return tags


def _distinct(spans: Iterable[Span]) -> list[Span]:
    """The spans, each once, those first that win a token."""

    def rank(span: Span) -> tuple[float, int, int, str]:
        score = 2.0 if span.score is None else span.score
        return (-score, span.start - span.end, span.start, span.label)

    first: dict[tuple[int, int, str], Span] = {}
    for span in sorted(spans, key=rank):
        first.setdefault(span.order, span)
    return list(first.values())
