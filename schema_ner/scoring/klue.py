"""KLUE-NER: its two official figures with their quirks, and the same without them.

The official script (KLUE-baseline) gives every character a tag, drops the blanks, and joins all
sentences to one sequence.  Each sentence stands between two places more, those of [CLS] and [SEP],
whose gold is O.  Then:

- entity F1 is seqeval's in strict mode, IOB2, the mean over the types that occur on either side;
- character F1 is the mean over the 13 labels.  Its docstring says "except O", its code includes O.
  A label that occurs on neither side counts as 1, so small samples score too high.

What the two places do: a tagger's mistakes there count.  Spans have none there, so here every text
adds two characters rightly tagged O, which raises the F1 of O a little.  Entity F1 would be the
same without them: the tags of a span begin with B-, which alone keeps an entity at the start of a
sentence apart from one at the end of the sentence before.

What is not done here: the official script cuts gold where its model stopped to read (128 word
pieces by default); here all of gold counts.

Tags count as they stand in a file of characters; a blank's is dropped with it, so a span that
begins on a blank is left without its B-, as by the official reader.  Where there are spans and no
tags, it counts as if it began behind the blank.

Here: these figures, from spans and from tags.  Not here: spans → tags (``tags``), reading KLUE's
files (``formats``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from schema_ner.scoring import chunking, strict, tags
from schema_ner.scoring.base import Convention, TypeScore, micro

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from schema_ner.scoring.base import Pair, Score

    Labels = tuple[str, ...] | None

TYPES = ("PS", "LC", "OG", "DT", "TI", "QT")  # in the order of the official label list
_BLANK = " "  # the only character that the official reader drops


def entities_of_tags(gold: Sequence[str], predicted: Sequence[str], labels: Labels = None) -> Score:
    """Official entity F1 of one sequence of tags, all sentences in it.

    Precision and recall are means as well; the counts are of entities.

    Args:
        gold: ``O``, ``B-TYPE`` or ``I-TYPE`` for each character, and O at [CLS] and [SEP].
        predicted: the same for the same places, whatever the tagger says at [CLS] and [SEP].
        labels: the types to list, ``None`` for those that occur.
    """
    both = (chunking.iob2(gold), chunking.iob2(predicted))
    return _mean_of_occurring(strict.over_places("klue-entity", [both], labels))


def characters_of_tags(
    gold: Sequence[str], predicted: Sequence[str], types: Sequence[str] = TYPES
) -> Score:
    """Official character F1 of one sequence of tags, all sentences in it.

    Precision and recall are means as well; ``per_type`` is by tag, the counts are of characters.

    Args:
        gold: ``O``, ``B-TYPE`` or ``I-TYPE`` for each character, and O at [CLS] and [SEP].
        predicted: the same for the same places.
        types: the mean is over B- and I- of each, and O.
    """
    classes = [*(f"{letter}-{label}" for label in types for letter in "BI"), "O"]
    per_tag = {t: _absent_is_1(one) for t, one in _by_tag(gold, predicted, classes).items()}
    absent = sum(not _occurs(one) for one in per_tag.values())
    without_o = sum(one.f1 for tag, one in per_tag.items() if tag != "O") / max(2 * len(types), 1)
    return replace(
        _with_headline(micro("klue-char", per_tag), per_tag.values()),
        extra={"f1_without_o": without_o, "absent_tags": absent},
        notes=_about_classes(types, absent),
    )


def _measure_entities(pairs: Sequence[Pair], labels: Labels) -> Score:
    gold, predicted, notes = _official(pairs)
    return replace(entities_of_tags(gold, predicted, labels), notes=notes)


def _measure_characters(pairs: Sequence[Pair], labels: Labels) -> Score:
    gold, predicted, notes = _official(pairs)
    found = characters_of_tags(gold, predicted, _types({*gold, *predicted}, labels))
    return replace(found, notes=(*notes, *found.notes))


def _measure_clean(pairs: Sequence[Pair], labels: Labels) -> Score:
    spans = strict.measure(pairs, labels)
    tagged = tags.of_pairs(pairs, _characters)
    gold, predicted = list(chain(*tagged.gold)), list(chain(*tagged.predicted))
    # sorted, for the sum of a mean depends on its order, and that of a set on the process
    by_tag = _by_tag(gold, predicted, sorted({*gold, *predicted} - {"O"}))
    return replace(
        _mean_of_occurring(spans),
        convention="klue-clean",
        extra={"micro_f1": spans.f1, "char_f1": micro("", by_tag).macro_f1},
        notes=tuple(f"in char_f1: {note}" for note in tagged.notes),
    )


def _official(pairs: Sequence[Pair]) -> tuple[list[str], list[str], tuple[str, ...]]:
    """Gold and predicted tags as the official script joins them, and what they do not say."""
    tagged = tags.of_pairs(pairs, _without_blanks)
    return _joined(tagged.gold), _joined(tagged.predicted), tagged.notes


def _joined(texts: Iterable[Sequence[str]]) -> list[str]:
    return [tag for text in texts for tag in ("O", *text, "O")]  # [CLS] … [SEP]


def _without_blanks(pair: Pair) -> list[tuple[int, int]]:
    return [(at, at + 1) for at, character in enumerate(pair.text or "") if character != _BLANK]


def _characters(pair: Pair) -> list[tuple[int, int]]:
    return [(at, at + 1) for at in range(len(pair.text or ""))]


def _by_tag(
    gold: Sequence[str], predicted: Sequence[str], classes: Iterable[str]
) -> dict[str, TypeScore]:
    support, said = Counter(gold), Counter(predicted)
    right = Counter(g for g, p in zip(gold, predicted, strict=True) if g == p)
    return {tag: TypeScore.of_counts(support[tag], said[tag], right[tag]) for tag in classes}


def _absent_is_1(one: TypeScore) -> TypeScore:
    """With 1 for 0 / 0, as scikit-learn has it with ``zero_division=True``."""
    return replace(
        one,
        precision=one.precision if one.predicted else 1.0,
        recall=one.recall if one.support else 1.0,
        f1=one.f1 if _occurs(one) else 1.0,
    )


def _occurs(one: TypeScore) -> bool:
    return one.support + one.predicted > 0


def _types(found: Iterable[str], labels: Labels) -> Sequence[str]:
    """The types asked for; if none, KLUE's six, or what occurs where that is something else."""
    if labels is not None:
        return labels
    there = {tag[2:] for tag in found if tag != "O"}
    return TYPES if there <= set(TYPES) else sorted(there)


def _about_classes(types: Sequence[str], absent: int) -> tuple[str, ...]:
    classes = 2 * len(types) + 1
    other = (
        f"the mean is over {classes} tags, O and those of {', '.join(types)}; official figures are "
        f"over the 13 of {', '.join(TYPES)}"
    )
    padded = f"{absent} of {classes} tags occur on neither side, and each counts as 1"
    return (*((other,) if set(types) != set(TYPES) else ()), *((padded,) if absent else ()))


def _mean_of_occurring(score: Score) -> Score:
    return _with_headline(score, [one for one in score.per_type.values() if _occurs(one)])


def _with_headline(score: Score, over: Collection[TypeScore]) -> Score:
    """The score with the means of these as its headline, 0.0 of none; its counts stay."""
    precision, recall, f1 = (
        sum(getattr(one, figure) for one in over) / max(len(over), 1)
        for figure in ("precision", "recall", "f1")
    )
    return replace(score, precision=precision, recall=recall, f1=f1, average="macro")


CONVENTIONS = (
    Convention(
        name="klue-entity",
        definition=(
            "A predicted span is right when its start, end and type all equal those of a gold "
            "span, blanks not counted; macro average over the types that occur; KLUE's entity F1."
        ),
        measure=_measure_entities,
        needs_text=True,
    ),
    Convention(
        name="klue-char",
        definition=(
            "A character is right when its tag, B-TYPE, I-TYPE or O, equals the gold tag; macro "
            "average over all tags, O too, absent ones counted as 1; KLUE's character F1."
        ),
        measure=_measure_characters,
        needs_text=True,
    ),
    Convention(
        name="klue-clean",
        definition=(
            "A predicted span is right when its start, end and type all equal those of a gold "
            "span; macro average over the types that occur; char_f1 leaves out O and absent tags."
        ),
        measure=_measure_clean,
        needs_text=True,
    ),
)
