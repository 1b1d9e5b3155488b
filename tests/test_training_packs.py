"""Packs: what is marked by hand is what is learnt from; and the packs of corpus/."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from schema_ner.errors import FormatError
from schema_ner.training.packs import read_pack, read_packs
from schema_ner.training.sources import Meaning

if TYPE_CHECKING:
    from random import Random

CORPUS = Path(__file__).parent.parent / "corpus"
TYPES = "@type City | Towns. | Oslo; Lima\n@type Space Agency | Bodies that run programmes.\n"


def write(folder: Path, content: str) -> Path:
    file = folder / "some.pack"
    file.write_bytes(content.encode("utf-8"))
    return file


# --- what a pack says


@pytest.mark.parametrize(
    ("marked", "text", "mentions"),
    [
        pytest.param(
            "From {City:Oslo} to {City:Lima}.",
            "From Oslo to Lima.",
            [(5, 9, "City"), (13, 17, "City")],
            id="two mentions",
        ),
        pytest.param("{City:Oslo}", "Oslo", [(0, 4, "City")], id="nothing but a mention"),
        pytest.param(
            "{Space Agency:ESA}{City:Oslo}",
            "ESAOslo",
            [(0, 3, "Space Agency"), (3, 7, "City")],
            id="mentions side by side",
        ),
        pytest.param("No mark.", "No mark.", [], id="a text without mentions"),
        pytest.param("{City:St: Ives}", "St: Ives", [(0, 8, "City")], id="a colon in a mention"),
        pytest.param("{ City :Oslo}", "Oslo", [(0, 4, "City")], id="blanks around a type's name"),
        pytest.param(
            "From\n  {City:New\nYork} on", "From New York on", [(5, 13, "City")], id="three lines"
        ),
        pytest.param("\n\nOslo\n\n", "Oslo", [], id="empty lines around a text"),
        pytest.param(
            "hi\n@cinebot films in {City:Oslo}",
            "hi @cinebot films in Oslo",
            [(21, 25, "City")],
            id="a line that begins with a user's name",
        ),
        pytest.param("@typed by {City:Oslo}", "@typed by Oslo", [(10, 14, "City")], id="@typed"),
        pytest.param(
            "👩‍👩‍👧 in {City:서울}", "👩‍👩‍👧 in 서울", [(9, 11, "City")], id="code points"
        ),
    ],
)
def test_a_marked_text(
    tmp_path: Path, marked: str, text: str, mentions: list[tuple[int, int, str]]
) -> None:
    """Offsets are of the text without its marks."""
    (row,) = read_pack(write(tmp_path, f"@domain d\n{TYPES}@text\n{marked}")).rows
    assert row.text == text
    assert [(s.start, s.end, s.label) for s in row.spans] == mentions
    assert row.asked is None  # every type of a pack is annotated in all of it


def test_what_is_said_of_types(tmp_path: Path) -> None:
    """Name, guideline, and examples where there are some."""
    source = read_pack(write(tmp_path, f"{TYPES}@type N | a: b. | ; x ;\n@text\nA text."))
    assert source.meanings == {
        "City": Meaning("City", "Towns.", ("Oslo", "Lima")),
        "Space Agency": Meaning("Space Agency", "Bodies that run programmes."),
        "N": Meaning("N", "a: b.", ("x",)),
    }
    assert (source.name, source.kind) == ("some", "pack")


def test_texts_stay_in_order_and_may_precede_other_types(tmp_path: Path) -> None:
    """A type is known from its line on."""
    pack = (
        f"{TYPES}@text\none {{City:Oslo}}\n@text\n\n@type B | c.\n@text\ntwo {{B:b}}\n@domain x\n"
    )
    assert [row.text for row in read_pack(write(tmp_path, pack)).rows] == ["one Oslo", "two b"]


def test_packs_of_a_folder_come_by_name(tmp_path: Path) -> None:
    for name in ("b", "a", "w10", "w2"):
        (tmp_path / f"{name}.pack").write_text(f"{TYPES}@text\na text\n", "utf-8")
    (tmp_path / "README.md").write_text("no pack", "utf-8")
    assert [source.name for source in read_packs(tmp_path)] == ["a", "b", "w10", "w2"]


# --- what is no pack


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        pytest.param(f"{TYPES}@text\n\na {{Town:Oslo}}", 3, "'Town' is not declared", id="type"),
        pytest.param(
            "@text\n{City:a}\n@type City | c.", 1, "'City' is not declared", id="too late"
        ),
        pytest.param(f"{TYPES}@text\na {{City Oslo}}", 3, "a brace that marks nothing", id="colon"),
        pytest.param(f"{TYPES}@text\na City:Oslo}}", 3, "a brace that marks nothing", id="opening"),
        pytest.param(f"{TYPES}@text\n{{City:}}", 3, "a brace that marks nothing", id="no mention"),
        pytest.param(
            f"{TYPES}@text\n{{City:{{City:Oslo}}}}", 3, "a brace that marks nothing", id="nested"
        ),
        pytest.param(f"{TYPES}@text\n{{City: Oslo}}", 3, "blanks around the mention", id="blank"),
        pytest.param(f"{TYPES}@type City", 3, "a type is written `@type name |", id="no guideline"),
        pytest.param(f"{TYPES}@type | b", 3, "a type is written `@type name |", id="no name"),
        pytest.param(f"{TYPES}@type a | b | c | d", 3, "a type is written", id="four parts"),
        pytest.param(f"{TYPES}@type City | Others.", 3, "'City' is declared twice", id="twice"),
        pytest.param(f"{TYPES}@text Oslo", 3, "@text stands alone", id="text beside @text"),
        pytest.param(f"{TYPES}which go on", 3, "a line that is of no text", id="a wrapped type"),
        pytest.param("Oslo\n@text\nLima", 1, "a line that is of no text", id="text before @text"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, content: str, line: int, told: str) -> None:
    """File, line and way out; nothing is passed over in silence."""
    file = write(tmp_path, content)
    with pytest.raises(FormatError) as caught:
        read_pack(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert told in str(caught.value)


def test_a_pack_without_types_and_a_folder_without_packs(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"no \.pack file in"):
        read_packs(tmp_path)
    with pytest.raises(FormatError, match="declares no type"):
        read_pack(write(tmp_path, "@domain d\n@text\nOslo\n"))


# --- write, then read: the same

NAMES = st.text("abc é서", min_size=1, max_size=8).map(str.strip).filter(bool)
WORDS = st.text("ab,.:;|@é서👩\u0301", min_size=1, max_size=6)


def fits_on_a_line(text: str) -> bool:
    """Whether a pack can hold the text: no brace, one line, UTF-8."""
    is_utf8 = text.encode("utf-8", "ignore").decode("utf-8") == text
    return is_utf8 and not set("{}") & set(text) and text.splitlines() == [text]


PLAIN = st.one_of(WORDS, texts(max_pieces=4).filter(fits_on_a_line))
MENTIONS = PLAIN.map(str.strip).filter(bool)


@st.composite
def marked_texts(draw: st.DrawFn, names: list[str]) -> tuple[list[str | tuple[str, str]], str]:
    """Parts of a text, plain or (type, mention), and the text that they make."""
    mention = st.tuples(st.sampled_from(names), MENTIONS)
    inner = draw(st.lists(st.one_of(PLAIN, mention, st.just(" ")), max_size=8))
    parts = ["(", *inner, ")"]  # a text begins and ends with no blank, nor with a command
    return parts, "".join(part if isinstance(part, str) else part[1] for part in parts)


@st.composite
def packs(draw: st.DrawFn) -> tuple[dict[str, str], list[tuple[list[str | tuple[str, str]], str]]]:
    """Types with guidelines, and texts."""
    types = draw(st.dictionaries(NAMES, NAMES, min_size=1, max_size=4))
    return types, draw(st.lists(marked_texts(list(types)), min_size=1, max_size=4))


def marked(parts: list[str | tuple[str, str]]) -> str:
    return "".join(p if isinstance(p, str) else f"{{{p[0]}:{p[1]}}}" for p in parts)


@given(packs(), st.randoms(use_true_random=False))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    pack: tuple[dict[str, str], list[tuple[list[str | tuple[str, str]], str]]],
    rng: Random,
) -> None:
    """Texts, mentions and offsets are those that were marked, on however many lines they stand."""
    types, written = pack
    lines = [f"@type {name} | {guideline}" for name, guideline in types.items()]
    for parts, _ in written:
        lines += ["@text", _on_lines(marked(parts), rng)]
    source = read_pack(write(tmp_path_factory.getbasetemp(), "\n".join(lines)))

    assert {name: m.guideline for name, m in source.meanings.items()} == types
    assert [row.text for row in source.rows] == [text for _, text in written]
    for row, (parts, _) in zip(source.rows, written, strict=True):
        assert [(s.label, s.text) for s in row.spans] == [p for p in parts if isinstance(p, tuple)]
        assert all(row.text[s.start : s.end] == s.text for s in row.spans)
        assert [s.start for s in row.spans] == _starts(parts)


def _on_lines(content: str, rng: Random) -> str:
    """The content with some single blanks as line ends: those that no blank and no @ is beside."""
    return "".join(
        "\n" if c == " " and _is_single(content, i) and rng.random() < 0.5 else c
        for i, c in enumerate(content)
    )


def _is_single(content: str, place: int) -> bool:
    before, after = content[place - 1], content[place + 1]
    return not before.isspace() and not after.isspace() and after != "@"


def _starts(parts: list[str | tuple[str, str]]) -> list[int]:
    starts, at = [], 0
    for part in parts:
        if isinstance(part, tuple):
            starts.append(at)
        at += len(part if isinstance(part, str) else part[1])
    return starts


# --- the packs that the shipped model learnt from

FILES = sorted(CORPUS.glob("*.pack"))


def test_there_are_packs() -> None:
    """Without this, the next test could have nothing to look at."""
    assert len(FILES) >= 100


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_pack_of_the_corpus(file: Path) -> None:
    """It can be read, every type that it declares occurs, and no text stands in it twice."""
    source = read_pack(file)
    found = Counter(span.label for row in source.rows for span in row.spans)
    assert source.rows
    assert [name for name in source.meanings if not found[name]] == []
    repeated = Counter(row.text for row in source.rows)
    assert [text for text, times in repeated.items() if times > 1] == []
