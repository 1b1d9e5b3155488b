"""seqeval, conlleval, token: the conventions that count tags.

``chunks`` reads tags by the rules of the original conlleval script, which seqeval's default mode
shares; ``chunks_iob2`` reads them by those of seqeval's strict mode.  They part where an ``I-``
follows neither a ``B-`` nor an ``I-`` of its type: by the first it begins a span, by the second it
is nothing.  Tags made from spans never have that, so on them ``seqeval``, ``seqeval-strict`` and
``conlleval`` agree; ``of_tags`` scores tags of any origin.

The types are those that occur on either side, as in seqeval: one prediction of a type that gold
does not have lowers each macro average.

Here: tags → figures.  Not here: spans → tags (``tags``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from schema_ner.scoring import strict, tags
from schema_ner.scoring.base import Convention, Score, TypeScore, micro

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schema_ner.scoring.base import Pair

    Sequences = Sequence[Sequence[str]]  # one tag a token, text by text
    Labels = tuple[str, ...] | None
    Chunks = set[tuple[int, int, str]]  # first token, the one behind the last, type

_FIGURES = ("precision", "recall", "f1")


def chunks(sequence: Sequence[str]) -> Chunks:
    """The spans of tags as conlleval reads them: ``I-`` behind any other tag begins one too."""
    return _chunks(sequence, beginning="BI")


def chunks_iob2(sequence: Sequence[str]) -> Chunks:
    """The spans of tags as seqeval's strict IOB2 reads them: only ``B-`` begins one."""
    return _chunks(sequence, beginning="B")


def of_tags(name: str, gold: Sequences, predicted: Sequences, labels: Labels = None) -> Score:
    """The score of tags under ``seqeval``, ``seqeval-strict``, ``conlleval`` or ``token``.

    Args:
        name: which of them.
        gold: ``O``, ``B-TYPE`` or ``I-TYPE`` for each token, text by text.
        predicted: the same for the same tokens.
        labels: the types to list, ``None`` for those that occur.

    Raises:
        ValueError: the two differ in length.
    """
    tokens = _tokens(gold, predicted)
    if name == "token":
        return _over_tokens(tokens, labels)
    read = chunks_iob2 if name == "seqeval-strict" else chunks
    both = zip(map(read, gold), map(read, predicted), strict=True)
    score = strict.over_places(name, both, labels)
    extra = {"token_accuracy": _accuracy(tokens)}
    if name != "conlleval":
        for figure in ("precision", "recall"):
            extra[f"weighted_{figure}"] = _weighted(score.per_type, figure)
    return replace(score, extra=extra)


def _chunks(sequence: Sequence[str], beginning: str) -> Chunks:
    found: Chunks = set()
    start, inside = 0, None
    for i, tag in enumerate((*sequence, "O")):
        letter, _, label = tag.partition("-")
        if letter == "I" and label == inside:
            continue
        if inside is not None:
            found.add((start, i, inside))
        start, inside = i, label if letter in beginning else None
    return found


def _tokens(gold: Sequences, predicted: Sequences) -> Counter[tuple[str, str]]:
    """How many tokens have this tag in gold and that one in the predictions."""
    found: Counter[tuple[str, str]] = Counter()
    for right, said in zip(gold, predicted, strict=True):
        found.update(zip(right, said, strict=True))
    return found


def _accuracy(tokens: Counter[tuple[str, str]]) -> float:
    right = sum(many for (gold, said), many in tokens.items() if gold == said)
    return right / tokens.total() if tokens else 0.0


def _over_tokens(tokens: Counter[tuple[str, str]], labels: Labels) -> Score:
    """Tags as classes, with ``O`` and without; ``per_type`` pools ``B-`` and ``I-`` of a type."""
    by_tag = _by_tag(tokens)
    without_o = {tag: score for tag, score in by_tag.items() if tag != "O"}
    named = labels if labels is not None else sorted({tag[2:] for tag in without_o})
    per_type = {
        label: _pooled([by_tag[tag] for tag in (f"B-{label}", f"I-{label}") if tag in by_tag])
        for label in named
    }
    extra = {"token_accuracy": _accuracy(tokens)}
    for classes, of in ((by_tag, "with_o"), (without_o, "without_o")):
        for figure in _FIGURES:
            extra[f"macro_{figure}_{of}"] = getattr(micro("token", classes), f"macro_{figure}")
            extra[f"weighted_{figure}_{of}"] = _weighted(classes, figure)
    return replace(micro("token", per_type), extra=extra)


def _by_tag(tokens: Counter[tuple[str, str]]) -> dict[str, TypeScore]:
    support: Counter[str] = Counter()
    predicted: Counter[str] = Counter()
    for (gold, said), many in tokens.items():
        support[gold] += many
        predicted[said] += many
    return {
        tag: TypeScore.of_counts(support[tag], predicted[tag], tokens[tag, tag])
        for tag in sorted(support | predicted)
    }


def _pooled(scores: Sequence[TypeScore]) -> TypeScore:
    return TypeScore.of_counts(
        sum(one.support for one in scores),
        sum(one.predicted for one in scores),
        sum(one.correct for one in scores),
    )


def _weighted(scores: Mapping[str, TypeScore], figure: str) -> float:
    """The mean of a figure, each type weighted by its gold spans or tokens."""
    total = sum(one.support for one in scores.values())
    whole = sum(float(getattr(one, figure)) * one.support for one in scores.values())
    return whole / total if total else 0.0


def _convention(name: str, definition: str) -> Convention:
    def measure(pairs: Sequence[Pair], labels: Labels) -> Score:
        both = tags.of_pairs(pairs)
        return replace(of_tags(name, both.gold, both.predicted, labels), notes=both.notes)

    return Convention(name, definition, measure, needs_text=True)


CONVENTIONS = (
    _convention(
        "seqeval",
        "A predicted span of tokens is right when its first token, last token and type all equal "
        "those of a gold span; I- without its B- begins a span; micro average over spans.",
    ),
    _convention(
        "seqeval-strict",
        "A predicted span of tokens is right when its first token, last token and type all equal "
        "those of a gold span; only B- begins a span (IOB2); micro average over spans.",
    ),
    _convention(
        "conlleval",
        "A predicted span of tokens is right when its first token, last token and type all equal "
        "those of a gold span, by the rules of the CoNLL script; micro average over spans.",
    ),
    _convention(
        "token",
        "A predicted token is right when its tag, B-TYPE or I-TYPE, equals the gold tag; micro "
        "average over tokens that are not O.",
    ),
)
