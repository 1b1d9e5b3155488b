"""What a validator is, and the one way in which all of them scan a text.

Here: the result types, boundaries, the scanning loop.  Not here: any type of number (``network``,
``finance``, ``dates``, ``phone``, ``national``, ``korea``), digits of other scripts (``folding``),
what a verdict does to a span's score (``verify``).
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from schema_ner.validators.folding import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


class Verdict(Enum):
    """What a check says of one surface."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"  # the check cannot tell: masked digits, another notation, no checksum


class Judgement(NamedTuple):
    """A verdict, and how often chance alone would have reached it; 1.0 means no evidence."""

    verdict: Verdict
    chance: float = 1.0


class Place(NamedTuple):
    """``text[start:end]`` passes the check; ``chance`` as in Judgement, and always below 1."""

    start: int
    end: int
    chance: float


INVALID = Judgement(Verdict.INVALID)
UNKNOWN = Judgement(Verdict.UNKNOWN)


def valid(chance: float) -> Judgement:
    """The verdict "valid" where random strings of the same shape pass with that probability."""
    return Judgement(Verdict.VALID, chance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """One checkable type.

    Attributes:
        name: what a schema calls it: ``validator = "iban"``.
        what: one line for users.
        chance: share of random strings of this type's shape that pass the check.  A pure format
            has no such share; there it is the judged share of strings in running text that
            look like this and are something else.
        doubt: a model's score is multiplied by this where the check fails: the judged share of
            true mentions that fail it (typing errors, invented numbers, rare notations).
        check: judges a folded surface; ``None`` where it has not the shape of this type.
        places: finds in a folded text, in order, without overlaps.
    """

    name: str
    what: str
    chance: float
    doubt: float
    check: Callable[[str], Judgement | None]
    places: Callable[[str], Iterable[Place]]

    def judge(self, surface: str) -> Verdict:
        """Whether this is a well-formed item of the type, exactly as it stands."""
        return self.weigh(surface).verdict

    def weigh(self, surface: str) -> Judgement:
        """``judge``, with the chance that goes with this surface."""
        folded = fold(surface)
        judgement = self.check(folded)
        if judgement is not None:
            return judgement
        # masked, or drawn too wide around a good one: the type may well be right
        undecided = compiled(_MASKED).search(folded) or any(self.places(folded))
        return UNKNOWN if undecided else INVALID

    def find(self, text: str) -> Iterator[Place]:
        """Every place whose surface passes, in order, without overlaps, on ``text``'s offsets."""
        yield from self.places(fold(text))


class Written(NamedTuple):
    """A notation to look for, as a regular expression on folded text.

    A notation that other numbers share needs a ``cue``: a word that stands shortly before it.
    """

    source: str
    cue: str = ""


# Letters of scripts that put blanks between words.  A neighbour of any other script is no part of
# a number: Korean particles and Japanese, Chinese or Thai words follow directly.
ALPHA = "A-Za-zªµºÀ-ÖØ-öø-ʯ\u0300-\u036fͰ-ͽͿ-ϿЀ-ԯԱ-ևႠ-ჿḀ-ỿ"
ALNUM = "0-9" + ALPHA
LEFT = rf"(?<![{ALNUM}_@$€£¥₩])(?<![0-9][-./])"
RIGHT = rf"(?![{ALNUM}_@%])(?![-./][0-9])"

_MASKED = r"[*•●█∗#]{2}|[xX]{3}"
_CUED = 0.2  # judged: the share of look-alikes that remains where the number is named before it
_CUE_REACH = 40  # characters before a number in which its cue may begin


@cache
def compiled(source: str) -> re.Pattern[str]:
    """The expression, compiled when first used: importing this package compiles nothing."""
    return re.compile(source, re.ASCII)


def digits(template: str) -> str:
    """An expression in which "#" stands for any digit, so that a table can be read by eye."""
    return template.replace("#", "[0-9]")


def written(templates: Iterable[str | tuple[str, str]]) -> list[Written]:
    """Notations from templates, or from pairs of template and cue."""
    pairs = ((t, "") if isinstance(t, str) else t for t in templates)
    return [Written(digits(template), cue) for template, cue in pairs]


def scan(
    text: str,
    notations: Sequence[Written],
    check: Callable[[str], Judgement | None],
    taken: Iterable[tuple[int, int]] = (),
) -> list[Place]:
    """Places that are written so and pass, in order; earlier notations win where two overlap.

    Args:
        text: folded.
        notations: what to look for, the safest first.
        check: judges what was matched.
        taken: ranges, sorted and apart, that are something else for certain.
    """
    found: list[Place] = []
    used = list(taken)
    for source, cue in notations:
        pattern, at = compiled(source), 0
        while match := pattern.search(text, at):
            start, end = match.span()
            # a failed match may hide a good one that begins inside it
            at = start + 1
            if not _free(used, start, end) or not _cued(text, start, cue):
                continue
            judgement = check(match[0])
            if judgement is not None and judgement.chance < 1.0:
                chance = judgement.chance * (_CUED if cue else 1.0)
                found.append(Place(start, end, chance))
                insort(used, (start, end))
                at = end
    return sorted(found)


def joined(first: Sequence[Place], second: Iterable[Place]) -> list[Place]:
    """All of ``first``, and those of ``second`` that overlap none of them, in order."""
    used = [(start, end) for start, end, _ in first]
    return sorted([*first, *(p for p in second if _free(used, p.start, p.end))])


def _free(used: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether [start, end) meets none of the sorted, disjoint ranges."""
    i = bisect_left(used, (start, start))
    before = i > 0 and used[i - 1][1] > start
    return not before and not (i < len(used) and used[i][0] < end)


def _cued(text: str, start: int, cue: str) -> bool:
    if not cue:
        return True
    return compiled(cue).search(text, max(0, start - _CUE_REACH), start) is not None


def checked(  # noqa: PLR0913  # a table row, written with keywords
    name: str,
    what: str,
    *,
    chance: float,
    doubt: float,
    shape: str,
    passes: Callable[[str], bool],
    notations: Sequence[Written],
    right: str = RIGHT,
) -> Validator:
    """A validator of one shape and one yes-or-no check; notations get the usual boundaries.

    Args:
        name: what a schema calls it.
        what: one line for users.
        chance: as in Validator.
        doubt: as in Validator.
        shape: what a whole surface must look like to be judged at all.
        passes: the check of such a surface.
        notations: what to look for in a text; each must be of the shape.
        right: the boundary behind a number, where the usual one is too strict.
    """
    judged = valid(chance)

    def check(surface: str) -> Judgement | None:
        if not compiled(shape).fullmatch(surface):
            return None
        return judged if passes(surface) else INVALID

    bounded = [Written(f"{LEFT}(?:{source}){right}", cue) for source, cue in notations]

    def places(text: str) -> list[Place]:
        return scan(text, bounded, check)

    return Validator(name=name, what=what, chance=chance, doubt=doubt, check=check, places=places)


def stdnum(module: str, **options: bool) -> Callable[[str], bool]:
    """``stdnum.<module>.is_valid`` with these options, imported when first called."""

    def passes(surface: str) -> bool:
        try:
            return bool(import_module(f"stdnum.{module}").is_valid(surface, **options))
        except LookupError:  # an area that its table of places does not list (cn.ric)
            return False

    return passes
