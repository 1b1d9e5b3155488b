"""Which types a score counts: what ``--labels`` and ``--exclude`` name, and what that leaves out.

Names are matched whatever their case, for data sets write ``MISC``, ``misc`` and ``Misc``.  A type
that ``--labels`` names and no file has is an error: nothing else would be counted.  One that
``--exclude`` names and no file has is a warning, also where it is the only one: it may be left out
of many data sets by one command, and the line beside the score says what it left out of this one.

Here: these types, and the spans without those left out.  Not here: reading files (``aligned``),
options (``score``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from schema_ner.cli.inputs import decoded
from schema_ner.cli.versus import NAMES
from schema_ner.errors import InputError
from schema_ner.scoring import pairing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schema_ner.cli.aligned import Aligned
    from schema_ner.spans import Document, Extraction


class LeftOut(NamedTuple):
    """How many spans of a type were left out: of gold, and of each file of predictions."""

    gold: int
    predicted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Types:
    """Which types count.

    Attributes:
        wanted: those that ``--labels`` names; ``None`` for all that are not left out.
        exclude: what ``--exclude`` names, as it was written; ``None`` without it.
        left_out: the types that it left out, as the files write them.
        absent: what it names that no file has.
    """

    wanted: list[str] | None
    exclude: list[str] | None
    left_out: dict[str, LeftOut]
    absent: list[str]

    def to_dict(self) -> dict[str, Any]:
        """What stands beside every score in JSON."""
        return {
            "labels": self.wanted,
            "exclude": self.exclude,
            "excluded": {
                label: {"gold": count.gold, "predicted": list(count.predicted)}
                for label, count in self.left_out.items()
            },
        }

    def lines(self) -> list[str]:
        """What stands beside every score on a terminal."""
        lines = [] if self.wanted is None else [f"types counted: {', '.join(self.wanted)}"]
        if self.exclude is not None:
            option = f"--exclude {','.join(self.exclude)}"
            found = ", ".join(f"{label} ({_spans(n)})" for label, n in self.left_out.items())
            lines.append(f"left out by {option}: {found or 'nothing, no span has that type'}")
        return lines


def counted(
    sides: Aligned, labels: Sequence[str] | None, exclude: Sequence[str] | None
) -> tuple[Aligned, Types]:
    """The texts without the spans that are left out, and which types count.

    Args:
        sides: gold and predictions.
        labels: what ``--labels`` says, each a list with commas.
        exclude: what ``--exclude`` says.

    Raises:
        InputError: an option names nothing, ``--labels`` a type that occurs nowhere, or none is
            left.
    """
    there = sides.types()
    named, without = _split("--labels", labels), _split("--exclude", exclude)
    wanted = None if named is None else _asked(named, there)
    found = [label for name in without or () for label in _matching(name, there)]
    away = set(found)
    if away and not [label for label in wanted or there if label not in away]:
        those = "--labels names" if named else "there is"
        raise InputError(f"--exclude takes away every type that {those}; nothing would be counted")
    left = None if wanted is None else [label for label in wanted if label not in away]
    absent = [name for name in without or () if not _matching(name, there)]
    types = Types(left, without, dict(_counts(sides, dict.fromkeys(found))), absent)
    return (_left(sides, away) if away else sides), types


def remarks(types: Types, there: Sequence[str]) -> Iterator[str]:
    """A sentence for each name that left nothing out."""
    for name in types.absent:
        known = ", ".join(there) or "none"
        yield f"--exclude {name}: no span has that type, so it leaves nothing out; types: {known}"


def _split(option: str, given: Sequence[str] | None) -> list[str] | None:
    """``--labels PER,LOC --labels "programming language"`` as a list."""
    if given is None:
        return None
    parts = [part.strip() for one in given for part in decoded(one).split(",")]
    named = list(dict.fromkeys(part for part in parts if part))
    if not named:
        raise InputError(f"{option} names no type; write {option} A,B")
    return named


def _asked(named: Sequence[str], there: Sequence[str]) -> list[str]:
    """The types that ``--labels`` names, each once."""
    for name in named:
        if not _matching(name, there):
            known = ", ".join(there) or "none"
            raise InputError(f"--labels {name}: no span has that type; there are: {known}")
    return list(dict.fromkeys(label for name in named for label in _matching(name, there)))


def _matching(name: str, there: Iterable[str]) -> list[str]:
    return [label for label in there if label.casefold() == name.casefold()]


def _counts(sides: Aligned, labels: Iterable[str]) -> Iterator[tuple[str, LeftOut]]:
    gold, *said = (_by_label(texts) for texts in (sides.gold, *sides.systems))
    for label in labels:
        yield label, LeftOut(gold[label], tuple(counts[label] for counts in said))


def _by_label(texts: Iterable[Document | Extraction]) -> Counter[str]:
    return Counter(span.label for text in texts for span in text.spans)


def _left(sides: Aligned, away: set[str]) -> Aligned:
    return type(sides)(
        [pairing.without(text, away) for text in sides.gold],
        [[pairing.without(text, away) for text in texts] for texts in sides.systems],
    )


def _spans(count: LeftOut) -> str:
    names = NAMES if len(count.predicted) > 1 else ("predicted",)
    said = (f", {n:,} {name}" for name, n in zip(names, count.predicted, strict=True))
    return f"spans: {count.gold:,} gold{''.join(said)}"
