"""What views are made of: pieces that nest, and colours that can be told apart and read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import text_with_ranges

from schema_ner.spans import Span
from schema_ner.views import colours, styles
from schema_ner.views.layout import Close, Open, levels, nest, outer_first


def spans_of(case: tuple[str, list[tuple[int, int]]]) -> tuple[str, list[Span]]:
    text, ranges = case
    return text, [Span(start, end, "L", text[start:end]) for start, end in ranges]


# --- layout


@given(text_with_ranges())
def test_pieces_nest_and_cover_their_ranges(case: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = spans_of(case)
    ranges = [(mark.start, mark.end) for mark in outer_first(spans)]
    covered: list[list[int]] = [[] for _ in ranges]
    open_: list[int] = []
    at = 0
    for event in nest(ranges, len(text)):
        if isinstance(event, Open):
            assert open_ == sorted(open_)
            assert event.first == (at == ranges[event.item][0])
            open_.append(event.item)
        elif isinstance(event, Close):
            assert open_.pop() == event.item
            assert event.last == (at == ranges[event.item][1])
        else:
            assert event[0] == at < event[1], "stretches follow each other"
            at = event[1]
            for item in open_:
                covered[item].extend(range(*event))
    assert at == len(text)
    assert not open_
    assert covered == [list(range(*each)) for each in ranges]


@given(text_with_ranges())
def test_an_outer_range_stacks_above_all_it_overlaps(
    case: tuple[str, list[tuple[int, int]]],
) -> None:
    text, spans = spans_of(case)
    marks = outer_first(spans)
    events = nest([(mark.start, mark.end) for mark in marks], len(text))
    level = levels(events, len(marks))
    for outer, mark in enumerate(marks):
        for inner in range(outer + 1, len(marks)):
            if mark.overlaps(marks[inner]):
                assert level[outer] > level[inner]


@given(text_with_ranges())
def test_a_span_that_holds_another_is_never_cut_by_it(
    case: tuple[str, list[tuple[int, int]]],
) -> None:
    text, spans = spans_of(case)
    marks = outer_first(spans)
    alone = [
        all(m.start <= o.start and o.end <= m.end for o in marks if m.overlaps(o)) for m in marks
    ]
    events = nest([(mark.start, mark.end) for mark in marks], len(text))
    for item, holds_all in enumerate(alone):
        if holds_all:
            opened = [e for e in events if isinstance(e, Open) and e.item == item]
            assert [(e.first, e.last) for e in opened] == [(True, True)]


# --- colours


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance of ``#rrggbb``."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        (p / 12.92) if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_all_that_is_read_has_a_contrast_of_four_and_a_half(ground: str) -> None:
    """WCAG AA for text, both grounds: letters on tints, labels, notes, and notes over hatching."""
    pick = [getattr(pair, ground) for pair in (colours.INK, colours.ON_STRONG, colours.MUTED)]
    ink, on_strong, muted = pick
    pairs = {"ink": (ink, getattr(colours.GROUND, ground))}
    pairs["muted"] = (muted, getattr(colours.GROUND, ground))
    pairs["muted over a line"] = (muted, getattr(colours.HATCH, ground))
    pairs["ink over a line"] = (ink, getattr(colours.HATCH, ground))
    pairs["failed"] = (getattr(styles.ALARM, ground), getattr(colours.GROUND, ground))
    for place, hue in enumerate(colours.PALETTE):
        pairs[f"mention {place}"] = (ink, getattr(hue.tint, ground))
        pairs[f"label {place}"] = (on_strong, getattr(hue.strong, ground))
        pairs[f"line under {place}"] = (getattr(hue.strong, ground), getattr(hue.tint, ground))
    low = {name: round(contrast(*pair), 2) for name, pair in pairs.items() if contrast(*pair) < 4.5}
    assert low == {}


def test_black_reads_well_on_every_terminal_colour() -> None:
    for hue in colours.PALETTE:
        cube = hue.ansi - 16
        steps = [(0, 95, 135, 175, 215, 255)[cube // 6**i % 6] for i in (2, 1, 0)]
        assert contrast("#000000", "#{:02x}{:02x}{:02x}".format(*steps)) >= 4.5


def test_the_palette_has_twelve_different_colours() -> None:
    for colour in zip(*((h.tint, h.strong, h.ansi) for h in colours.PALETTE), strict=True):
        assert len(set(colour)) == 12


@given(st.lists(st.text(st.characters(), max_size=5), max_size=30))
def test_the_first_twelve_labels_never_share_a_colour(labels: list[str]) -> None:
    slots = colours.slots(labels)
    assert list(slots) == list(dict.fromkeys(labels))
    assert len(set(list(slots.values())[:12])) == min(12, len(slots))
    assert set(slots.values()) <= set(range(12))


@given(st.text(st.characters(), max_size=5), st.lists(st.text(max_size=3), max_size=5))
def test_the_first_label_keeps_its_colour_whatever_follows(label: str, others: list[str]) -> None:
    assert colours.slots([label, *others])[label] == colours.slots([label])[label]


def test_colours_do_not_change_between_runs() -> None:
    """Golden values: the hash is part of how a label looks in every text and on every machine."""
    assert colours.slots(["Person", "Drug", "인물"]) == {"Person": 4, "Drug": 0, "인물": 5}
