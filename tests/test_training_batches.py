"""Batches: what a step is told of texts and types is what was annotated, and nothing beyond."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import text_with_ranges

import schema_ner
from schema_ner.encoder.features import MAX_WORDS, Featurizer
from schema_ner.encoder.wording import description, first_sentence
from schema_ner.schema import EntityType
from schema_ner.spans import Span, gold_span
from schema_ner.training.batches import DROPPED, LENGTHS, SOURCES, WITHOUT_MENTIONS, Sampler
from schema_ner.training.sources import Meaning, Row, Source
from schema_ner.training.wordings import MOST_EXAMPLES, WAYS, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from schema_ner.training.batches import Batch

PACKAGE = Path(schema_ner.__file__).parent
FEATURES = Featurizer(PACKAGE / "encoder" / "weights" / "tokenizer.json")
SEEDS = st.integers(0, 2**32)


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # no secret


# --- sources made up for these tests: a type is recognised by its tree, a row by its number

TREES = ("alder", "birch", "cedar", "elm", "hazel", "larch", "maple", "oak", "pine", "rowan")
ALIKE = {"alder", "birch"}  # two names for about the same: cosine .38
UNLIKE = {"cedar", "elm"}  # names that share something: .26
FILLER = ("the", "committee", "then", "spoke,", "of", "other-wise", "things;", "(really)", "?", "é")
SURFACES = (
    "Zorblatt", "New Kralovice", "Jean-Luc O'Neil", "é́clair", "İstanbul", "서울", "x",
    "one two three four five six seven eight nine ten",
    "one two three four five six seven eight nine ten eleven",  # longer than any span
)  # fmt: skip


def unit(name: str) -> NDArray[np.float32]:
    vector = np.zeros(len(TREES), np.float32)
    vector[TREES.index(name)] = 1
    for pair, share in ((ALIKE, 0.2), (UNLIKE, 0.13)):
        for other in pair - {name} if name in pair else ():
            vector[TREES.index(other)] = share
    return vector / np.linalg.norm(vector)


LIKENESS = {name: unit(name) for name in TREES}


def source(rng: random.Random, numbers: list[int], *, kind: str | None = None) -> Source:
    """Texts of all lengths with mentions that fit cells, that do not, and that overlap."""
    names = rng.sample(TREES, rng.randint(1, 6))
    meanings = {f"L{n}": Meaning(n, f"Said of {n}." if rng.random() < 0.8 else "") for n in names}
    asks = rng.random() < 0.5  # whether texts are annotated with a part of the types
    rows = [_row(rng, [*meanings, "unknown"], numbers.pop(), asks=asks) for _ in range(8)]
    found = kind or rng.choice(("pack", "set", "own"))
    return Source("s", meanings, tuple(rows), kind=found)  # type: ignore[arg-type]


def _row(rng: random.Random, labels: list[str], number: int, *, asks: bool) -> Row:
    text, spans = f"q{number}q", []
    for _ in range(rng.choice((1, 3, 8, 20, 40))):
        before = text + rng.choice((" ", " ", " ", "", " ("))
        surface = rng.choice(SURFACES if rng.random() < 0.3 else FILLER)
        text = before + surface
        for _ in range(rng.choice((0, 1, 1, 2)) if surface in SURFACES else 0):
            label = rng.choice(labels)
            spans.append(Span(len(before), len(text), label, surface))
    asked = frozenset(rng.sample(labels, rng.randint(0, len(labels)))) if asks else None
    return Row(text, tuple(spans), asked)


class Told(NamedTuple):
    """A batch, with what its arrays mean, read back from word pieces."""

    batch: Batch
    rows: list[Row]  # of each text
    parts: list[int]  # of each text
    labels: list[str]  # of each type

    def surface(self, text: int, start: int, width: int) -> str:
        first, last = self.batch.first[text, start], self.batch.last[text, start + width]
        return spoken(self.batch.pieces[text, first : last + 1])


def spoken(pieces: NDArray[np.int64]) -> str:
    """What word pieces say, in letters and digits."""
    return plain(FEATURES._tokenizer.decode(pieces.tolist()))


def plain(text: str) -> str:
    """The letters and digits of what the normaliser leaves of a text."""
    text = FEATURES._tokenizer.normalizer.normalize_str(text)
    return "".join(c for c in text if c.isalnum())


def world(seed: int) -> tuple[list[Source], random.Random]:
    rng = dice(seed)
    numbers = rng.sample(range(1000, 9999), 100)
    return [source(rng, numbers) for _ in range(rng.randint(1, 5))], rng


def drawn(seed: int) -> Told:
    """A batch of sources that the seed makes."""
    sources, rng = world(seed)
    return told(Sampler(sources, FEATURES, 0.5, LIKENESS).draw(rng), sources)


def told(batch: Batch, sources: Sequence[Source]) -> Told:
    known = {row.text[1:5]: row for s in sources for row in s.rows}
    numbers = [spoken(pieces)[1:5] for pieces in batch.pieces]
    said = [FEATURES._tokenizer.decode(d.tolist()) for d in batch.descriptions]
    labels = [next(f"L{name}" for name in TREES if name in text) for text in said]
    each = len(numbers) // SOURCES
    return Told(
        batch, [known[n] for n in numbers], [i // each for i in range(len(numbers))], labels
    )


@cache
def places(row: Row) -> dict[tuple[int, int], tuple[int, int]]:
    """From a mention's range to its words' numbers, for ranges that are one to ten whole words."""
    words = FEATURES.words(row.text)
    return {
        (int(words.starts[i]), int(words.ends[j])): (i, j - i)
        for i in range(len(words))
        for j in range(i, min(i + MAX_WORDS, len(words)))
    }


# --- texts and mentions


@given(SEEDS)
def test_a_mention_is_at_its_words(seed: int) -> None:
    """Word pieces from the first word's first to the last word's last say what was marked."""
    found = drawn(seed)
    for text, start, width, kind in found.batch.gold:
        here = [s for s in found.rows[text].spans if s.label == found.labels[kind]]
        assert found.surface(text, start, width) in {plain(span.text) for span in here}
        assert found.batch.sources[kind] == found.parts[text]


@given(SEEDS)
def test_every_mention_is_told_or_its_type_unknown(seed: int) -> None:
    """A mention that no cell can hold, or of a type that is not annotated, teaches nothing."""
    found = drawn(seed)
    for text, row in enumerate(found.rows):
        cells = places(row)
        for kind, label in enumerate(found.labels):
            if found.batch.sources[kind] != found.parts[text]:
                continue
            mentions = [(s.start, s.end) for s in row.spans if s.label == label]
            annotated = row.asked is None or label in row.asked
            sure = annotated and all(place in cells for place in mentions)
            assert found.batch.asked[text, kind] == sure
            told_of = {(g.start, g.width) for g in found.batch.gold if g[::3] == (text, kind)}
            assert told_of == ({cells[place] for place in mentions} if sure else set())


@given(SEEDS)
def test_no_text_is_asked_for_types_of_other_sources(seed: int) -> None:
    """What a source does not annotate is not absent from its texts."""
    found = drawn(seed)
    for text, kind in np.argwhere(found.batch.asked):
        assert found.batch.sources[kind] == found.parts[text]


@given(SEEDS)
def test_arrays_hold_the_texts_and_zeros(seed: int) -> None:
    """Each text whole, between special pieces; behind it nothing."""
    found = drawn(seed)
    batch = found.batch
    for text, row in enumerate(found.rows):
        words = FEATURES.words(row.text)
        count, size = len(words), len(words.pieces) + 2
        assert batch.lengths[text] == count
        assert batch.pieces[text, :size].tolist() == [101, *words.pieces, 102]
        assert batch.first[text, :count].tolist() == [1 + offset for offset in words.offsets[:-1]]
        assert batch.last[text, :count].tolist() == words.offsets[1:].tolist()
        assert not batch.pieces[text, size:].any()
        assert not batch.first[text, count:].any()
        assert not batch.last[text, count:].any()
    assert batch.pieces.shape[1] == max(len(FEATURES.words(r.text).pieces) for r in found.rows) + 2
    assert batch.first.shape == batch.last.shape == (len(found.rows), max(batch.lengths))


@given(SEEDS)
def test_types_of_a_source_stand_together_each_once(seed: int) -> None:
    """With the source that they are of, and a description of their own each."""
    batch, rows, parts, labels = drawn(seed)
    assert len(labels) == len(batch.sources) == batch.asked.shape[1]
    assert batch.sources.tolist() == sorted(batch.sources)
    assert len(set(zip(labels, batch.sources.tolist(), strict=True))) == len(labels)
    assert set(batch.sources.tolist()) == set(range(SOURCES)) == set(parts)
    assert len(rows) in {each * SOURCES for _, each, _ in LENGTHS}
    for pieces in batch.descriptions:
        assert len(pieces) > 2
        assert (pieces[0], pieces[-1]) == (101, 102)


@given(SEEDS)
def test_types_are_different_by_what_their_names_mean(seed: int) -> None:
    """Not by their labels, nor by their sources: the same name in two sources is one meaning."""
    batch, _, _, labels = drawn(seed)
    for (one, other), apart in np.ndenumerate(batch.different):
        names = {labels[one][1:], labels[other][1:]}
        assert apart == (len(names) == 2 and names != ALIKE)


@given(SEEDS)
def test_the_same_random_numbers_draw_the_same_batches(seed: int) -> None:
    """A run that is begun again sees the same texts and types in the same words."""
    assert same(drawn(seed).batch, drawn(seed).batch)


def test_other_random_numbers_draw_other_batches() -> None:
    """Or nothing would be learnt from all but a few texts."""
    sampler = Sampler(world(0)[0], FEATURES, 0.5, LIKENESS)
    batches = [sampler.draw(dice(seed)) for seed in range(8)]
    assert not any(same(one, other) for one, other in pairwise(batches))


def test_another_process_draws_the_same_batches() -> None:
    """A run that is resumed is another process, in which sets of names have another order."""
    code = "import test_training_batches as t; print([t.drawn(i).batch for i in range(10)])"
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, check=True, cwd=Path(__file__).parent,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "3")
    ]  # fmt: skip
    assert len(said[0]) > 10_000
    assert said[0] == said[1]


def same(one: Batch, other: Batch) -> bool:
    arrays = ("pieces", "first", "last", "lengths", "sources", "asked", "different")
    return (
        one.gold == other.gold
        and all(np.array_equal(getattr(one, n), getattr(other, n)) for n in arrays)
        and list(map(bytes, one.descriptions)) == list(map(bytes, other.descriptions))
    )


@given(st.lists(text_with_ranges(), min_size=1, max_size=4))
def test_any_text_can_be_learnt_from(annotated: list[tuple[str, list[tuple[int, int]]]]) -> None:
    """Whatever characters it is of, its mentions are at whole words of it, or are not told of."""
    rows = [Row(t, tuple(gold_span(t, *r, "L") for r in ranges)) for t, ranges in annotated]
    sampler = Sampler(
        [Source("s", {"L": Meaning("elm")}, tuple(rows), "pack")], FEATURES, 1, LIKENESS
    )
    assert len(sampler) == sum(len(row.text.split()) > 1 and len(row.text) <= 480 for row in rows)
    if not len(sampler):
        return
    batch = sampler.draw(dice(0))
    possible = [{cell for p, cell in places(row).items() if p in _ranges(row)} for row in rows]
    for text in range(len(batch.lengths)):
        cells = {(start, width) for at, start, width, _ in batch.gold if at == text}
        assert not cells or any(cells <= some for some in possible)
        assert all(start + width < batch.lengths[text] for start, width in cells)


def _ranges(row: Row) -> set[tuple[int, int]]:
    return {(span.start, span.end) for span in row.spans}


# --- what is drawn how often


def plainly(name: str, texts: Sequence[str], labels: str = "", *, kind: str = "pack") -> Source:
    """Texts in which each letter that is a label is a mention of it."""
    meanings = {x: Meaning(TREES["ABCDEFGHIJ".index(x)]) for x in labels or "A"}
    rows = [
        Row(text, tuple(gold_span(text, i, i + 1, x) for i, x in enumerate(text) if x in labels))
        for text in texts
    ]
    return Source(name, meanings, tuple(rows), kind=kind)  # type: ignore[arg-type]


def many(sources: Sequence[Source], count: int = 200, share: float = 0.5) -> list[Batch]:
    rng = dice(7)
    sampler = Sampler(sources, FEATURES, share, LIKENESS)
    return [sampler.draw(rng) for _ in range(count)]


def test_a_dropped_type_is_absent_with_its_mentions() -> None:
    """Now and then a type is not asked for; nothing then says that its mentions are none."""
    batches = many([plainly("s", ["A or B or C"], "ABC")])
    asked = [len(batch.sources) / (3 * SOURCES) for batch in batches]
    assert 1 - np.mean(asked) == pytest.approx(DROPPED, abs=0.03)
    for batch in batches:
        assert len(batch.gold) == batch.asked.sum()  # every type that is asked for, everywhere


def test_types_without_mentions_are_asked_for_too() -> None:
    """Or a model would learn that whatever is asked for is there."""
    (batch,) = many([plainly("s", ["A or not"], "ABCD")], 1)
    here = {kind for *_, kind in batch.gold}
    assert 0 < len(here) < len(batch.sources)
    assert batch.asked[0, : sum(batch.sources == 0)].all()


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_packs_have_their_share(share: float) -> None:
    """However many sets there are, and however large."""
    pack = plainly("p", ["A or not"] * 3, "A")
    sets = [plainly("s", ["B or not"] * 50, "B", kind="set") for _ in range(5)]
    batches = many([pack, *sets], share=share)
    of_packs = [np.mean([kind == 0 for kind in kinds(batch)]) for batch in batches]
    assert np.mean(of_packs) == pytest.approx(share, abs=0.05)


@pytest.mark.parametrize("kind", ["pack", "set", "own"])
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_where_there_is_one_kind_of_source_it_is_all(kind: str, share: float) -> None:
    """A user's own texts alone, or packs alone, whatever the share."""
    (batch,) = many([plainly("s", ["A or not"], "A", kind=kind)], 1, share)
    assert len(batch.gold) == len(batch.lengths)  # the mention of each text


def kinds(batch: Batch) -> list[int]:
    """Which tree each type of a batch is: only for names that no guideline hides."""
    said = [FEATURES._tokenizer.decode(d.tolist()) for d in batch.descriptions]
    return [next(i for i, tree in enumerate(TREES) if tree in text) for text in said]


def test_texts_of_a_batch_are_of_about_one_length() -> None:
    """So that little of it is padding; texts too long or of one word are no text to learn from."""
    sizes = [10, 80, 82, 160, 162, 280, 282, 480, 482, 2000]
    rows = ["a" + " b" * (size // 2 - 1) + "b" for size in sizes]
    assert [len(row) for row in rows] == sizes
    sampler = Sampler([plainly("s", [*rows, "word", ""])], FEATURES, 0.5, LIKENESS)
    assert len(sampler) == 8
    words = {len(FEATURES.words(row)): len(row) for row in rows}
    borders = [0, *(most for most, _, _ in LENGTHS)]
    seen = set()
    for batch in many([plainly("s", rows)], 40):
        lengths = {words[count] for count in batch.lengths.tolist()}
        seen |= lengths
        (bucket,) = {sum(n > border for border in borders) for n in lengths}
        assert len(batch.lengths) == SOURCES * LENGTHS[bucket - 1][1]
    assert seen == set(sizes[:8])


@pytest.mark.parametrize(("kind", "kept"), [("pack", 2), ("set", 2), ("own", 4)])
def test_a_text_of_one_word_is_learnt_from_where_it_is_a_users_own(kind: str, kept: int) -> None:
    """In a script without blanks it is a sentence."""
    sampler = Sampler(
        [plainly("s", ["A", "東A京", "A b", "c A"], "A", kind=kind)], FEATURES, 0, LIKENESS
    )
    assert len(sampler) == kept
    batch = sampler.draw(dice(0))
    assert len(batch.gold) == len(batch.lengths)


def test_of_texts_without_mentions_packs_keep_all_and_sets_some() -> None:
    """In a pack they are written for their near-misses; of a user's own nothing is left out."""
    texts = ["nothing here"] * 1000 + ["A is here"] * 50
    for kind, share in (("pack", 1.0), ("own", 1.0), ("set", WITHOUT_MENTIONS)):
        sampler = Sampler([plainly("s", texts, "A", kind=kind)], FEATURES, 0.5, LIKENESS)
        assert len(sampler) == pytest.approx(50 + 1000 * share, rel=0.1)


# --- what a step takes as known; it needs torch only because the trainer does


@pytest.mark.slow
@given(SEEDS)
def test_right_is_what_is_marked_and_all_of_it_known(seed: int) -> None:
    """A mention's cell is right for its type; a cell that is right is never unknown."""
    right, known = targets(drawn(seed).batch)
    gold = drawn(seed).batch.gold
    assert {tuple(map(int, cell)) for cell in np.argwhere(right)} == set(gold)
    assert not (right & ~known).any()


@pytest.mark.slow
@given(SEEDS)
def test_padding_is_never_known(seed: int) -> None:
    """Nothing is learnt of spans that would leave their text."""
    batch = drawn(seed).batch
    _, known = targets(batch)
    for text, start, width, _ in np.argwhere(known):
        assert start + width < batch.lengths[text]


@pytest.mark.slow
@given(SEEDS)
def test_what_is_not_annotated_is_wrong_only_for_mentions_of_another_meaning(seed: int) -> None:
    """A city of one source is surely no drug of another; whether it is a place, nobody said."""
    batch, rows, parts, labels = drawn(seed)
    _, known = targets(batch)
    mentions: dict[tuple[int, int, int], list[int]] = {}
    for text, start, width, kind in batch.gold:
        mentions.setdefault((text, start, width), []).append(kind)
    for text in range(len(rows)):
        for kind, label in enumerate(labels):
            inside = np.arange(known.shape[1])[:, None] + np.arange(MAX_WORDS)
            inside = inside < batch.lengths[text]
            if batch.asked[text, kind]:
                assert (known[text, ..., kind] == inside).all()
                continue
            cells = {tuple(map(int, cell)) for cell in np.argwhere(known[text, ..., kind])}
            if batch.sources[kind] == parts[text]:
                assert not cells
            expected = {
                cell[1:]
                for cell, here in mentions.items()
                if cell[0] == text and batch.sources[kind] != parts[text]
                and any({labels[k], label} not in ({label}, {"Lalder", "Lbirch"}) for k in here)
            }  # fmt: skip
            assert cells == expected


def targets(batch: Batch) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    pytest.importorskip("torch", reason="needs the extra [train]")
    from schema_ner.training.trainer import targets as found  # noqa: PLC0415

    return found(batch)


# --- how types are put in words

NAMES = ("space agency", "drug", "city", "Wohnort", "pet")
GUIDELINES = st.sampled_from(
    ("", "Names.", "Bodies of states. Not: firms.", "Pills, e.g. aspirin.\n\nNot: doses.", "東京。")
)
EXAMPLES = st.lists(st.sampled_from(("ESA", "JAXA", "codeine", "Oslo", "Rex", "Lima")), unique=True)
MEANINGS = st.lists(
    st.builds(Meaning, st.sampled_from(NAMES), GUIDELINES, EXAMPLES.map(tuple)),
    min_size=1,
    unique_by=lambda meaning: meaning.name,
)
MASKED = re.compile(r"label (\d+): (.+)", re.DOTALL)


@given(MEANINGS, SEEDS)
def test_a_description_begins_with_the_name_or_masks_it(meanings: list[Meaning], seed: int) -> None:
    """Names are masked all or none, only under guidelines, each by a number of its own."""
    said = describe(meanings, dice(seed))
    masks = [MASKED.fullmatch(text) for text in said]
    assert len(said) == len(meanings)
    if any(masks):
        assert all(m.guideline for m in meanings)
        assert {int(mask[1]) for mask in masks if mask} == set(range(1, len(meanings) + 1))
        told_of = [mask[2] for mask in masks if mask]
        whole = [m.guideline for m in meanings]
        assert told_of in (whole, [first_sentence(g) for g in whole])
    else:
        for meaning, text in zip(meanings, said, strict=True):
            assert text == meaning.name or text.startswith(f"{meaning.name}: ")


@given(MEANINGS, SEEDS)
def test_nothing_is_said_but_what_is_known_of_the_type(meanings: list[Meaning], seed: int) -> None:
    """A name, a guideline or its first sentence, at most four of its own examples."""
    for meaning, text in zip(meanings, describe(meanings, dice(seed)), strict=True):
        _, _, said = text.partition(": ")
        sentence = first_sentence(meaning.guideline)
        if said not in ("", meaning.guideline, sentence):
            about, _, shown = said.rpartition("such as ")
            examples = shown.split(", ")
            assert about.strip() == sentence
            assert 0 < len(examples) == len(set(examples)) <= MOST_EXAMPLES
            assert set(examples) <= set(meaning.examples)


def test_every_way_is_taken_about_as_often_as_it_says() -> None:
    """Ways are told apart by what they say of a type of which everything is known."""
    meaning = Meaning("pet", "Animals kept. Not: livestock.", ("Rex",))
    rng = dice(0)
    said = Counter(describe([meaning], rng)[0] for _ in range(4000))
    shares = {
        "name": said["pet"],
        "sentence": said["pet: Animals kept."],
        "guideline": said["pet: Animals kept. Not: livestock."],
        "examples": said["pet: Animals kept. such as Rex"],
        "masked": said["label 1: Animals kept."] + said["label 1: Animals kept. Not: livestock."],
    }
    assert sum(shares.values()) == 4000
    assert set(shares) == set(WAYS)
    for way, often in WAYS.items():
        assert 100 * shares[way] / 4000 == pytest.approx(often, abs=3)


@given(GUIDELINES)
def test_what_is_said_in_use_is_said_in_training(guideline: str) -> None:
    """A model is asked in words that it was taught with."""
    used = description(EntityType("SpaceAgency", guideline))
    ways = {describe([Meaning("space agency", guideline)], dice(i))[0] for i in range(30)}
    assert used in ways


@pytest.mark.parametrize("module", ["packs", "sources", "wordings", "batches"])
def test_what_is_learnt_from_is_read_without_torch(module: str) -> None:
    """Packs can be checked, and batches looked at, where nothing is trained."""
    script = f"import sys, schema_ner.training.{module}; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert not {"torch", "transformers", "onnx"} & set(done.stdout.split())
