"""seqeval, conlleval, token: the conventions that count tags.

Where a file has tags, they count as they stand there, and broken ones, such as an ``I-`` behind
``O``, set the conventions apart as ``chunking`` says.  Tags made from spans are never broken; on
them ``seqeval``, ``seqeval-strict`` and ``conlleval`` agree.  ``of_tags`` scores tags of any
origin.

The types are those that occur on either side, as in seqeval: one prediction of a type that gold
does not have lowers each macro average.

Here: tags → figures.  Not here: tags → spans (``chunking``), spans → tags (``tags``), which tags of
files count (``filetags``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from schema_ner.scoring import chunking, strict, tags
from schema_ner.scoring.base import F1, Convention, Headline, Score, TypeScore, micro

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schema_ner.scoring.base import Pair

    Sequences = Sequence[Sequence[str]]  # one tag a token, text by text
    Labels = tuple[str, ...] | None

_FIGURES = ("precision", "recall", "f1")


def of_tags(name: str, gold: Sequences, predicted: Sequences, labels: Labels = None) -> Score:
    """The score of tags under ``seqeval``, ``seqeval-strict``, ``conlleval`` or ``token``.

    Args:
        name: which of them.
        gold: ``O``, ``B-TYPE`` or ``I-TYPE`` for each token, text by text; ``E-`` and ``S-`` are
            read as the script reads them that the convention is named after.
        predicted: the same for the same tokens.
        labels: the types to list, ``None`` for those that occur.

    Raises:
        ValueError: the two differ in length.
    """
    tokens = _tokens(gold, predicted)
    if name == "token":
        return _over_tokens(tokens, labels)
    read = chunking.READERS[name]
    both = zip(map(read, gold), map(read, predicted), strict=True)
    score = strict.over_places(name, both, labels)
    return replace(score, extra=_accuracy(tokens))


def _tokens(gold: Sequences, predicted: Sequences) -> Counter[tuple[str, str]]:
    """How many tokens have this tag in gold and that one in the predictions."""
    found: Counter[tuple[str, str]] = Counter()
    for right, said in zip(gold, predicted, strict=True):
        found.update(zip(right, said, strict=True))
    return found


def _accuracy(tokens: Counter[tuple[str, str]]) -> dict[str, float]:
    right = sum(many for (gold, said), many in tokens.items() if gold == said)
    accuracy = right / tokens.total() if tokens else 0.0
    return {"token_accuracy": accuracy, "tokens": tokens.total()}


def _over_tokens(tokens: Counter[tuple[str, str]], labels: Labels) -> Score:
    """Tags as classes, with ``O`` and without; ``per_type`` pools the tags of a type."""
    by_tag = _by_tag(tokens)
    without_o = {tag: score for tag, score in by_tag.items() if tag != "O"}
    by_label: defaultdict[str, list[TypeScore]] = defaultdict(list)
    for tag, score in without_o.items():
        by_label[tag.partition("-")[2]].append(score)
    named = labels if labels is not None else sorted(by_label)
    per_type = {label: _pooled(by_label[label]) for label in named}
    extra = _accuracy(tokens)
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


def _convention(name: str, definition: str, *more: Headline) -> Convention:
    def measure(pairs: Sequence[Pair], labels: Labels) -> Score:
        both = tags.of_pairs(pairs)
        return replace(of_tags(name, both.gold, both.predicted, labels), notes=both.notes)

    return Convention(name, definition, measure, needs_text=True, headlines=(F1, *more))


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
        "average over tokens that are not O; accuracy over all tokens.",
        # most tokens are O, so a system that finds nothing is not far behind: it ranks nobody
        Headline("token_accuracy", "accuracy", share_of="tokens", ranks=False),
    ),
)
