"""pii: for personal data, where what is missed costs more than what is found too much.

Precision, recall and F1 are those of ``strict``.  What it is about are ``f2`` and ``leaked``, in
``extra`` beside other figures of what spans hide when they are cut out or masked:

- ``f2``: F-score of the same spans with recall weighted four times (beta 2), 5 · correct /
  (4 · gold + predicted).
- ``leaked``: share of the sensitive characters that stay readable: those in a gold span and in no
  predicted span, whatever the types.
- ``over_redacted``: share of the redacted characters that need not be: those in a predicted span
  and in no gold span, whatever the types.
- ``recall_any_type``: share of the gold spans of which no character stays readable, whatever the
  types predicted; ``recall_any_type:TYPE`` the same for the gold spans of a type.
- ``sensitive_characters``, ``redacted_characters``: what the shares are of.

Characters are code points other than blanks (``str.isspace``), which tell nothing.  One that
several spans share counts once.  A share of nothing is 0.0; a type without gold spans has no line.
With ``labels``, predictions of other types hide nothing.

Here: these figures.  Not here: matching of spans (``strict``), cutting them out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from schema_ner.scoring import strict
from schema_ner.scoring.base import Convention, Headline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schema_ner.scoring.base import Pair, Score
    from schema_ner.spans import Span

_BETA_SQUARED = 4


def measure(pairs: Sequence[Pair], labels: tuple[str, ...] | None) -> Score:
    """Strict spans, and in ``extra`` how much stays readable and how much is hidden for nothing."""
    spans = strict.measure(pairs, labels)
    sensitive = redacted = leaked = idle = 0
    hidden: Counter[str] = Counter()
    gold_spans: Counter[str] = Counter()
    for pair in pairs:
        gold, said = _characters(pair.gold), _characters(pair.predicted)
        sensitive, redacted = sensitive + len(gold), redacted + len(said)
        readable = sorted(gold - said)
        leaked, idle = leaked + len(readable), idle + len(said - gold)
        for start, end, label in {span.order for span in pair.gold}:
            gold_spans[label] += 1
            hidden[label] += bisect_left(readable, start) == bisect_left(readable, end)
    by_type = {f"recall_any_type:{n}": hidden[n] / gold_spans[n] for n in sorted(gold_spans)}
    extra = {
        "f2": _share((1 + _BETA_SQUARED) * spans.correct, _weighted(spans)),
        "leaked": _share(leaked, sensitive),
        "over_redacted": _share(idle, redacted),
        "recall_any_type": _share(hidden.total(), gold_spans.total()),
        **by_type,
        "sensitive_characters": sensitive,
        "redacted_characters": redacted,
    }
    return replace(spans, convention="pii", extra=extra)


def _characters(spans: Iterable[Span]) -> set[int]:
    """Offsets of the characters in at least one span, blanks aside; each read once."""
    found: set[int] = set()
    reach = 0
    for span in sorted(spans, key=lambda span: span.order):
        begin = max(span.start, reach)
        unseen = span.text[begin - span.start :]
        found.update(at for at, each in enumerate(unseen, begin) if not each.isspace())
        reach = max(reach, span.end)
    return found


def _weighted(spans: Score) -> int:
    return _BETA_SQUARED * spans.support + spans.predicted


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


CONVENTIONS = (
    Convention(
        name="pii",
        definition=(
            "A predicted span is right when its start, end and type all equal those of a gold "
            "span; f2 weighs recall over precision; leaked is the share of sensitive characters "
            "in no prediction."
        ),
        measure=measure,
        headlines=(
            Headline("f2", "f2"),
            Headline("leaked", "leaked", share_of="sensitive_characters", is_loss=True),
        ),
    ),
)
