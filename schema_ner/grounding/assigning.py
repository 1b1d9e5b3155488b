"""Give every item of a list a place of its own in one text.

Three steps.  Each distinct surface is looked up once: exactly, else in folded form.  The order of
the list is read for what it says about places.  Then the surfaces choose, the longest first: items
whose left context is known, items to which the order gave a place, and the rest by the edges of
words.  An item takes a place that overlaps another's, or shares one under another label, only
when nothing else is left to it.

Here: the allocation, on surfaces and labels.  Not here: spans and reasons (``grounding``), search
(``places``, ``approximate``), reading the order (``ordering``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from schema_ner.grounding.ordering import read_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schema_ner.grounding.places import Ground, Place
    from schema_ner.marks import Status

# Bound on the work where a surface stands everywhere ("a" in a long text): this many places are
# looked at in all, shared among the surfaces, but for no surface fewer than twice its items.
MAX_PLACES = 300_000


class Item(NamedTuple):
    """One item of the list; ``surface`` without blanks around it."""

    surface: str
    label: str
    left: str = ""


class Placed(NamedTuple):
    """An item and a place it got."""

    item: int
    place: Place
    status: Status


@dataclass(slots=True)
class Group:
    """The items of one surface, and where it stands."""

    surface: str
    items: list[int]
    places: list[Place]  # in text order
    status: Status = "exact"
    qualities: list[int] = field(default_factory=list)  # of the places; higher is better


class Taken:
    """The places given away so far."""

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)
        self._labels: defaultdict[Place, set[str]] = defaultdict(set)

    def take(self, place: Place, label: str) -> None:
        """Give a place away."""
        self.cover(place)
        self._labels[place].add(label)

    def cover(self, place: Place) -> None:
        """Mark a place as not free, whoever gets it."""
        start, end = place
        self._marks[start:end] = b"\1" * (end - start)

    def free(self, place: Place) -> bool:
        """Whether no place given away overlaps this one."""
        return self._marks.find(1, *place) < 0

    def untaken(self, place: Place) -> bool:
        """Whether nobody has exactly this place."""
        return place not in self._labels

    def sharable(self, place: Place, label: str) -> bool:
        """Whether somebody may have exactly this place, but not under this label."""
        return label not in self._labels.get(place, ())


class Assignment:
    """The places of the items of one list.

    Attributes:
        placed: what was given, in no order.
        known: items whose surface, or something like it, stands in the text, placed or not.
    """

    def __init__(self, ground: Ground, items: Sequence[Item]) -> None:
        self.items = items
        self.placed: list[Placed] = []
        self.known: set[int] = set()
        self.taken = Taken(len(ground.text))
        self._ground = ground
        self._groups = self._look_up()
        self._fitting = self._fit_left()
        self._pointed = self._read_order()

    def place_listed(self) -> None:
        """Give each item one place, as far as there are places."""
        for group in self._groups:
            self._place(group, group.items)

    def place_everywhere(self) -> None:
        """Give each surface and label all free places that are whole words, at least one place.

        Whole as ``Ground.whole_word`` has it: a Hangul noun may run on into its particle.
        """
        for group in self._groups:
            words = [place for place in group.places if self._ground.whole_word(place)]
            claimed = self._claim(words, len(words))
            listed: defaultdict[str, list[int]] = defaultdict(list)
            for i in group.items:
                listed[self.items[i].label].append(i)
            for first, *_ in listed.values():
                for place in claimed:
                    self._give(first, place, group.status)
            # what was listed more often than there are whole words means other places as well
            more = (i for items in listed.values() for i in items[len(claimed) :])
            self._place(group, sorted(more))

    def unknown(self) -> list[int]:
        """Items whose surface is not in the text, longest first; empty ones are left out."""
        surfaces = {i: item.surface for i, item in enumerate(self.items) if item.surface}
        return sorted(surfaces.keys() - self.known, key=lambda i: (-len(surfaces[i]), i))

    def unplaced(self) -> list[int]:
        """Items that no place stands for, in list order.

        Where a surface was placed everywhere, one place stands for one item that lists it.
        """
        placed = {given.item for given in self.placed}
        spare = Counter(self._said(given.item) for given in self.placed)
        spare.subtract(self._said(i) for i in placed)
        unplaced = []
        for i in range(len(self.items)):
            if i in placed:
                continue
            if spare[self._said(i)] > 0:
                spare[self._said(i)] -= 1
            else:
                unplaced.append(i)
        return unplaced

    def _said(self, i: int) -> tuple[str, str]:
        return self.items[i].surface, self.items[i].label

    def place_misspelt(self, i: int, places: Iterable[Place]) -> None:
        """Give an item whose surface is not in the text one of the places of something like it."""
        options = list(places)
        self.known.update([i] if options else [])
        label = self.items[i].label
        free = [p for p in options if self.taken.free(p)]
        shared = [p for p in options if not self.taken.untaken(p) and self.taken.sharable(p, label)]
        for place in [*free, *shared][:1]:
            self._give(i, place, "fuzzy")

    def _look_up(self) -> list[Group]:
        """A group for each surface that stands in the text, longest first."""
        members: defaultdict[str, list[int]] = defaultdict(list)
        for i, item in enumerate(self.items):
            members[item.surface].append(i)
        share = MAX_PLACES // max(1, len(members))
        groups = []
        for surface, items in members.items():
            limit = max(share, 2 * len(items))
            group = Group(surface, items, self._ground.exact(surface, limit))
            if not group.places and surface:
                group.places = self._ground.normalised(surface, limit)
                group.status = "normalised"
            if group.places:
                group.qualities = self._ground.qualities(group.places)
                groups.append(group)
                self.known.update(items)
        return sorted(groups, key=lambda g: (-len(g.surface), g.status, g.items[0]))

    def _read_order(self) -> list[Place | None]:
        """Of each item, the place that the order of the list points to."""
        none = (np.empty((0, 2), np.int64), np.empty(0))
        rated = [none] * len(self.items)
        for group in self._groups:
            whole = (np.array(group.places), np.array(group.qualities, dtype=float))
            for i in group.items:
                rated[i] = whole
                if at := self._fitting[i]:
                    rated[i] = (whole[0][at], whole[1][at])
        chosen = read_order([places for places, _ in rated], [quality for _, quality in rated])
        pointed: list[Place | None] = []
        for (places, _), best in zip(rated, chosen, strict=True):
            place = None if best is None else (int(places[best, 0]), int(places[best, 1]))
            pointed.append(place)
        return pointed

    def _fit_left(self) -> list[list[int]]:
        """Of each item, which places of its group have its left context; in text order."""
        fitting: list[list[int]] = [[] for _ in self.items]
        for group in self._groups:
            by_end = {place[1]: at for at, place in enumerate(group.places)}
            lefts = {self.items[i].left for i in group.items} - {""}
            fits = {left: self._ground.ends_after(left, group.surface) for left in lefts}
            for i in group.items:
                ends = fits.get(self.items[i].left, ())
                fitting[i] = sorted(by_end[end] for end in ends if end in by_end)
        return fitting

    def _place(self, group: Group, items: list[int]) -> None:
        """Give places of a group to its items, the best there are."""
        waiting = [i for i in items if not self._place_pointed(group, i)]
        if not waiting:
            return
        rated = zip(group.qualities, group.places, strict=True)
        best_first = [place for _, place in sorted(rated, key=lambda r: (-r[0], r[1]))]
        waiting = self._share(waiting, self._claim(best_first, len(waiting)), group.status)
        if waiting and group.status == "exact":
            other = self._ground.normalised(group.surface, MAX_PLACES // len(self._groups))
            waiting = self._share(waiting, self._claim(other, len(waiting)), "normalised")
        if waiting:
            overlapping = [place for place in best_first if self.taken.untaken(place)]
            waiting = self._share(waiting, sorted(overlapping[: len(waiting)]), group.status)
        for i in waiting:
            label = self.items[i].label
            same = (place for place in best_first if self.taken.sharable(place, label))
            for place in islice(same, 1):
                self._give(i, place, group.status)

    def _place_pointed(self, group: Group, i: int) -> bool:
        """Give an item the place its left context or the order points to, if that is free."""
        pointed = self._pointed[i]
        fitting = sorted(self._fitting[i], key=lambda at: -group.qualities[at])
        options = [group.places[at] for at in fitting]
        for place in options if pointed is None else [pointed, *options]:
            if self.taken.free(place):
                self._give(i, place, group.status)
                return True
        return False

    def _claim(self, places: Iterable[Place], count: int) -> list[Place]:
        """Cover the first so many places that overlap nothing; those places, in text order."""
        claimed: list[Place] = []
        for place in places:
            if len(claimed) == count:
                break
            if self.taken.free(place):
                self.taken.cover(place)
                claimed.append(place)
        return sorted(claimed)

    def _share(self, items: list[int], places: list[Place], status: Status) -> list[int]:
        """Give the places in text order to the items in list order; the items left over."""
        for i, place in zip(items, places, strict=False):
            self._give(i, place, status)
        return items[len(places) :]

    def _give(self, i: int, place: Place, status: Status) -> None:
        self.taken.take(place, self.items[i].label)
        self.placed.append(Placed(i, place, status))
