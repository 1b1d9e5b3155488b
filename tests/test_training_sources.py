"""Sources of training texts: a pool of data sets, and a user's own texts, cut but never lost."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import text_with_ranges, texts

from schema_ner.declarations import schema_from
from schema_ner.errors import FormatError, InputError
from schema_ner.schema import Entity
from schema_ner.spans import Document, Span, gold_span
from schema_ner.training import sources
from schema_ner.training.sources import Meaning, Row, read_pool, source_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SCHEMA = schema_from({"A": "Firsts.", "B": "Seconds."})
PIECE = 12  # of the generated texts, so that most are cut
CAP = 3


# --- a user's own texts


def pieces(text: str, spans: Iterable[Span] = (), most: int = PIECE) -> list[Row]:
    with mock.patch.object(sources, "PIECE", most):
        return list(source_of("own", [Document(text, tuple(spans))], SCHEMA).rows)


def places(rows: Iterable[Row]) -> list[tuple[int, int, str]]:
    """Where the mentions of the pieces stand in the text that they were cut from."""
    found, begin = [], 0
    for row in rows:
        found += [(begin + s.start, begin + s.end, s.label) for s in row.spans]
        begin += len(row.text)
    return sorted(found)


def annotated(labels: str = "ABC") -> st.SearchStrategy[tuple[str, list[Span]]]:
    """A text and mentions in it, overlapping or not; C is no type of the schema."""

    def label(both: tuple[str, list[tuple[int, int]]]) -> st.SearchStrategy[Any]:
        text, ranges = both
        chosen = st.lists(st.sampled_from(labels), min_size=len(ranges), max_size=len(ranges))
        spans = chosen.map(
            lambda names: [gold_span(text, *r, n) for r, n in zip(ranges, names, strict=True)]
        )
        return st.tuples(st.just(text), spans)

    return text_with_ranges().flatmap(label)


def apart(spans: Iterable[Span]) -> list[Span]:
    """The spans without those that overlap an earlier one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: span.order):
        if not kept or kept[-1].end <= span.start:
            kept.append(span)
    return kept


@given(texts(max_pieces=20))
def test_pieces_join_to_the_text(text: str) -> None:
    """Nothing is lost between pieces, and none is longer than it may be."""
    rows = pieces(text)
    assert "".join(row.text for row in rows) == text
    assert all(0 < len(row.text) <= PIECE for row in rows)


@given(annotated())
def test_mentions_stand_in_their_pieces(both: tuple[str, list[Span]]) -> None:
    """The coordinate law in every piece, for the schema's types alone, each mention once."""
    text, spans = both
    rows = pieces(text, spans)
    for row in rows:
        assert all(row.text[s.start : s.end] == s.text for s in row.spans)
    known = sorted((s.start, s.end, s.label) for s in spans if s.label in SCHEMA.labels)
    left = list(known)
    for place in places(rows):
        left.remove(place)  # fails for what was never annotated, or found twice


@given(annotated("AB"))
@example(("東" * 30, [gold_span("東" * 30, 10, 14, "A")]))  # no blank, a mention on the border
@example(("a " * 30, [gold_span("a " * 30, 0, 11, "A"), gold_span("a " * 30, 11, 23, "B")]))
def test_no_mention_is_lost_but_those_longer_than_a_piece(both: tuple[str, list[Span]]) -> None:
    """Pieces are cut between mentions, whether blanks stand there or not."""
    text, spans = both[0], apart(both[1])
    fitting = [(s.start, s.end, s.label) for s in spans if s.end - s.start <= PIECE]
    assert places(pieces(text, spans)) == fitting


@given(annotated("AB"))
def test_pieces_end_behind_blanks_where_there_are_some(both: tuple[str, list[Span]]) -> None:
    """A word is cut only where no blank between mentions could have been."""
    text, spans = both[0], apart(both[1])
    rows, begin = pieces(text, spans), 0
    for row in rows[:-1]:
        behind = [
            at
            for at in range(begin + 1, begin + PIECE + 1)
            if text[at - 1].isspace() and not any(s.start < at < s.end for s in spans)
        ]
        begin += len(row.text)
        assert begin == max(behind, default=begin)


@pytest.mark.parametrize(
    ("text", "spans", "cut"),
    [
        pytest.param("short text", [], ["short text"], id="a short text is one piece"),
        pytest.param("twelve chars", [], ["twelve chars"], id="as long as a piece"),
        pytest.param("some longer text", [], ["some longer ", "text"], id="at the last blank"),
        pytest.param(
            "from New York", [(5, 13)], ["from ", "New York"], id="before a mention of two words"
        ),
        pytest.param("abcdefghijklmnop", [], ["abcdefghijkl", "mnop"], id="a long word"),
        pytest.param(
            "abcdefghijklmnop", [(10, 14)], ["abcdefghij", "klmnop"], id="before a mention in it"
        ),
        pytest.param(
            "a b c d e f g h i", [(0, 17)], ["a b c d e f ", "g h i"], id="a mention too long"
        ),
        pytest.param("", [], [], id="no text"),
    ],
)
def test_where_a_text_is_cut(text: str, spans: list[tuple[int, int]], cut: list[str]) -> None:
    """Into pieces of twelve characters; cases to check by eye."""
    rows = pieces(text, [gold_span(text, start, end, "A") for start, end in spans])
    assert [row.text for row in rows] == cut


@pytest.mark.parametrize(
    ("word", "longest"), [("word ", sources.PIECE), ("wörd ", sources.PIECE_ELSE)]
)
def test_pieces_fit_the_model(word: str, longest: int) -> None:
    """It holds 512 word pieces, and a letter may be three of them where it is not ASCII."""
    lengths = [len(row.text) for row in pieces(word * 300, most=sources.PIECE)]
    assert set(lengths[:-1]) == {longest // len(word) * len(word)}


def test_types_are_known_by_their_names_in_plain_words() -> None:
    """Guidelines and examples come along; every type is annotated in every text."""

    class PhoneNumber(Entity):
        """A number to call. Not: a fax."""

        examples = ("555-0187",)

    source = source_of("own.jsonl", [Document("Call me.")], schema_from([PhoneNumber]))
    meaning = Meaning("phone number", "A number to call. Not: a fax.", ("555-0187",))
    assert source.meanings == {"PhoneNumber": meaning}
    assert source.rows == (Row("Call me.", ()),)
    assert (source.name, source.kind) == ("own.jsonl", "own")


# --- a pool


def pool(folder: Path, **sets: dict[str, Any]) -> Path:
    """A pool of sets, each ``{"lang", "labels", "rows": {split: rows}}``."""
    index = {}
    for name, about in sets.items():
        rows = about["rows"]
        index[name] = {
            "lang": about.get("lang", "en"),
            "labels": about.get("labels", {}),
            "splits": {split: {"types": about.get("types", {"X": 1})} for split in rows},
        }
        for split, each in rows.items():
            content = "".join(json.dumps(row) + "\n" for row in each)
            (folder / f"{name}.{split}.jsonl.gz").write_bytes(gzip.compress(content.encode()))
    (folder / "index.json").write_text(json.dumps(index), "utf-8")
    return folder


ROW = {"text": "in Rome", "entities": [{"start": 3, "end": 7, "label": "X"}]}


def test_a_pool_is_its_english_splits(tmp_path: Path) -> None:
    """Each a source of its own; sets in other languages, odd ones and unfree ones are left out."""
    folder = pool(
        tmp_path,
        one={"rows": {"train": [ROW], "dev": [ROW]}},
        zwei={"lang": "de", "rows": {"train": [ROW]}},
        usaddress={"rows": {"all": [ROW]}},
        gum={"rows": {"all": [ROW]}},
    )
    assert [source.name for source in read_pool(folder)] == ["one.train", "one.dev"]
    every = [source.name for source in read_pool(folder, frozenset())]
    assert every == ["one.train", "one.dev", "usaddress.all", "gum.all"]


def test_what_a_pool_says_of_texts_and_types(tmp_path: Path) -> None:
    """Offsets, the types annotated in a row, names in plain words, definitions."""
    labels = {"X": {"name": "Big_City", "definition": "Large towns."}, "other": {"name": "unseen"}}
    rows = [ROW, ROW | {"asked": ["X"]}, ROW | {"asked": []}]
    about = {"labels": labels, "types": {"X": 3, "LivingThing": 0}, "rows": {"train": rows}}
    (source,) = read_pool(pool(tmp_path, one=about))
    assert source.meanings == {
        "X": Meaning("big city", "Large towns."),
        "LivingThing": Meaning("living thing"),  # only the types of the split, named or not
    }
    assert {row.asked for row in source.rows} == {None, frozenset({"X"}), frozenset()}
    for row in source.rows:
        assert [(s.start, s.end, s.label, s.text) for s in row.spans] == [(3, 7, "X", "Rome")]
    assert source.kind == "set"


def test_sets_that_are_annotated_in_part_without_saying_so(tmp_path: Path) -> None:
    """Of types that are not in a row nothing is known there; a row that says more is believed."""
    rows = [ROW, {"text": "nowhere"}, ROW | {"asked": ["X", "Y"]}]
    about = {"types": {"X": 1, "Y": 1}, "rows": {"train": rows}}
    known = {}
    for source in read_pool(pool(tmp_path, sgd=about, whole=about)):
        known[source.name] = Counter((row.text, row.asked) for row in source.rows)
    said = frozenset({"X", "Y"})
    assert known["sgd.train"] == {
        ("in Rome", frozenset({"X"})): 1, ("nowhere", frozenset()): 1, ("in Rome", said): 1,
    }  # fmt: skip
    assert known["whole.train"] == {
        ("in Rome", None): 1, ("nowhere", None): 1, ("in Rome", said): 1,
    }  # fmt: skip


def test_families_of_types_are_not_taken_for_types(tmp_path: Path) -> None:
    """A row that says it was asked for none of the types that it has is believed on those alone."""
    rows = [ROW | {"asked": ["places"]}, {"text": "nowhere", "asked": ["places"]}]
    (source,) = read_pool(pool(tmp_path, one={"rows": {"train": rows}}))
    asked = {row.text: row.asked for row in source.rows}
    assert asked == {"in Rome": frozenset({"X"}), "nowhere": frozenset({"places"})}


def test_of_a_large_set_the_same_part_is_taken_every_time(tmp_path: Path) -> None:
    """Drawn from all of it, not its beginning."""
    rows = [{"text": f"text {i}"} for i in range(30)]
    folder = pool(tmp_path, one={"rows": {"train": rows}})
    with mock.patch.object(sources, "MOST_ROWS", CAP):
        first, second = read_pool(folder), read_pool(folder)
    assert first == second
    taken = [row.text for row in first[0].rows]
    assert len(set(taken)) == CAP
    assert taken != [f"text {i}" for i in range(CAP)]


@pytest.mark.parametrize(
    "index",
    [
        pytest.param(None, id="no index"),
        pytest.param("{", id="no JSON"),
        pytest.param("[]", id="a list"),
        pytest.param('{"one": {}}', id="a set of which nothing is said"),
        pytest.param('{"one": {"lang": "en", "labels": {}, "splits": ["train"]}}', id="splits"),
    ],
)
def test_a_folder_that_is_no_pool(tmp_path: Path, index: str | None) -> None:
    """The sentence names the file that should say what is there."""
    if index is not None:
        (tmp_path / "index.json").write_text(index, "utf-8")
    with pytest.raises(FormatError, match=r"index\.json cannot be read .*; a pool has an index"):
        read_pool(tmp_path)


def test_a_row_that_leaves_its_text_is_named(tmp_path: Path) -> None:
    """The readers of all formats check offsets, and so a pool is checked."""
    bad = {"text": "Rome", "entities": [{"start": 0, "end": 9, "label": "X"}]}
    folder = pool(tmp_path, one={"rows": {"train": [ROW, bad]}})
    with pytest.raises(InputError, match=r"one\.train\.jsonl\.gz, line 2"):
        read_pool(folder)
