"""brat's standoff files: pairs, folders, fragments, what a span cannot be."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from documents import any_document, marks
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from schema_ner import formats
from schema_ner.cli.app import app
from schema_ner.cli.inputs import Inputs
from schema_ner.errors import FormatError, InputError
from schema_ner.spans import Document, Span, gold_span

TEXT = "North and\nSouth America, Ærø 👩 Bo\n"
ANN = (
    "T1\tPlace 10 23\tSouth America\n"
    "T2\tPlace 0 9;10 15\tNorth and South\n"
    "T3\tPlace 0 5;16 23\tNorth America\n"
    "T4\tIsland 25 28\tÆrø\n"
    "T5\tPerson 31 33\tBo\n"
    "R1\tIn Arg1:T4 Arg2:T1\n"
    "R2\tIn Arg1:T5 Arg2:T4\n"
    "E1\tIsland:T4\n"
    "A1\tNegation E1\n"
    "*\tEquiv T1 T4\n"
    "N1\tReference T4 Wikidata:Q1\tÆrø\n"
    "#1\tAnnotatorNotes T1\tsure?\n"
)


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8", newline="")
    path = tmp_path / "a.ann"
    path.write_text(ANN, encoding="utf-8")
    return path


def test_a_pair_of_files_is_a_document(pair: Path) -> None:
    """Offsets count code points, line ends too; a mention over a line end is one span."""
    (document,) = formats.read(pair)
    assert (document.text, document.id) == (TEXT, "a")
    assert marks(document) == [
        ("Place", "North and\nSouth"),
        ("Place", "South America"),
        ("Island", "Ærø"),
        ("Person", "Bo"),
    ]


def test_what_is_no_span_is_told(pair: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A discontinuous mention is a loss; relations and the like are counted."""
    with caplog.at_level(logging.WARNING):
        documents = list(formats.read(pair))
    assert caplog.messages == [f"{pair}: annotations that are no spans: 1"]
    for target in ("b.jsonl", "b.json", "b.conll"):
        losses = formats.write(pair.parent / target, documents)
        assert (
            f"{pair}, document 'a': line 3: Place [0 5;16 23] 'North America': its parts stand "
            "apart, and a span is one stretch of text"
        ) in [str(loss) for loss in losses if not loss.is_slight]
        ones = "events (1), attributes (1), equivalences (1), normalizations (1), notes (1)"
        assert f"relations (2), {ones}" in [loss.what for loss in losses if loss.kind == "keys"]


def test_a_folder_is_read_in_the_order_of_its_names(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a10", "a2", "in/b"):
        (tmp_path / f"{name}.txt").write_text(name, encoding="utf-8")
        (tmp_path / f"{name}.ann").touch()
    (tmp_path / "README.txt").write_text("not annotated", encoding="utf-8")
    (tmp_path / "._a2.ann").write_bytes(b"\x00\x05")  # left by a Mac
    with caplog.at_level(logging.WARNING):
        found = [(d.id, d.text) for d in formats.read(tmp_path)]
    assert found == [("a2", "a2"), ("a10", "a10"), ("in/b", "in/b")]
    assert caplog.messages == [
        f"{tmp_path}: texts without an .ann file, which are left out: 1, such as README.txt"
    ]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_character_of_the_file_counts(tmp_path: Path, line_end: str, mark: str) -> None:
    """As for brat: carriage returns and a byte-order mark, too."""
    text = f"{mark}Hi{line_end}Bo"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8", newline="")
    start = len(text) - 2
    (tmp_path / "a.ann").write_text(f"T1\tPer {start} {start + 2}\tBo{line_end}", newline="")
    (document,) = formats.read(tmp_path / "a.ann")
    assert (document.text, marks(document)) == (text, [("Per", "Bo")])


@given(st.lists(any_document() | any_document(tokens=True), min_size=1, max_size=4))
def test_each_document_comes_back_or_is_told(documents: list[Document]) -> None:
    """Whatever their ids are: no file is written outside the folder, none over another."""
    with tempfile.TemporaryDirectory() as scratch:
        losses = formats.write(Path(scratch) / "out", documents, "brat")
        again = list(formats.read(Path(scratch) / "out"))
        assert [path.name for path in Path(scratch).iterdir()] == ["out"]
    assert len(again) == len(documents)
    by_id = {document.id: document for document in again}
    told = {loss.document for loss in losses if not loss.is_slight}
    for number, document in enumerate(documents, 1):
        said = f"document {number if document.id is None else repr(document.id)}"
        if said not in told and document.id is not None:
            other = by_id[document.id]
            assert (other.text, other.spans) == (document.text, document.spans)
    if not told:
        assert sorted(d.text for d in again) == sorted(d.text for d in documents)


def test_one_document_goes_into_a_pair(tmp_path: Path) -> None:
    text = "New\n York,\n Oslo"
    spans = (gold_span(text, 0, 9, "city"), gold_span(text, 10, 16, "big city"))
    losses = formats.write(tmp_path / "b.ann", [Document(text, spans, "a")])
    assert (tmp_path / "b.txt").read_text("utf-8") == text
    assert (tmp_path / "b.ann").read_text("utf-8") == (
        "T1\tcity 0 3;4 9\tNew  York\nT2\tbig_city 11 16\t Oslo\n"
    )
    assert [str(loss) for loss in losses] == [
        "document 'a': the id 'a': the name of the file is: b.ann",
        (
            "document 'a': big city [10:16) '\\n Oslo': the line ends at its ends are no part of "
            "mentions: kept without them"
        ),
        "document 'a': the label 'big city': labels hold no blanks: _ stands for each",
    ]


def test_what_a_pair_cannot_hold_is_told(tmp_path: Path) -> None:
    spans = (Span(0, 1, "X", "a", 0.5), gold_span("a\n", 1, 2, "X"))
    document = Document("a\n", spans, None, ((0, 1),), {"pos": ("N",)})
    losses = formats.write(tmp_path / "a.ann", [document])
    assert [(loss.kind, loss.what) for loss in losses] == [
        ("scores", "the spans"),
        ("annotation", "X [1:2) '\\n'"),
        ("keys", "tokens, pos"),
    ]


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        pytest.param([None, None], ["1", "2"], id="numbered"),
        pytest.param(["a", "a", "A"], ["a", "a-2", "A-3"], id="each has a name of its own"),
        pytest.param(["in/a", "in/b"], ["in/a", "in/b"], id="folders"),
        pytest.param(["../a", "/etc/a"], ["a", "etc_a"], id="nothing leads out of the folder"),
        pytest.param(["a.txt/b", "a"], ["a", "a.txt_b"], id="no folder is called as a file is"),
        pytest.param(["..", ".hidden", "a:b"], ["1", "a_b", "hidden"], id="no name of a file"),
        pytest.param(["x" * 300], ["x" * 60], id="too long"),
    ],
)  # fmt: skip
def test_ids_are_names_of_files(tmp_path: Path, ids: list[str | None], names: list[str]) -> None:
    folder = tmp_path / "out"
    losses = formats.write(folder, [Document("a", id=name) for name in ids], "brat")
    found = [p.relative_to(folder).as_posix() for p in folder.rglob("*.ann")]
    assert sorted(found) == sorted(f"{name}.ann" for name in names)
    changed = [name for name in ids if name is not None and name not in names]
    assert {loss.document for loss in losses} >= {f"document {name!r}" for name in changed}


# --- refusing


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("T2\tX 0 99\tNorth", r"line 2: \[0:99\) is no place in a text of 34 characters; in"),
        ("T2\tX 5 5\t", r"line 2: \[5:5\) is no place"),
        ("T2\tX 26 29\tÆrø", "'rø ' stands at its place, not 'Ærø'; .* counted from 1$"),
        ("T2\tX 32 34\tBo", "not 'Bo'; in the .txt file offsets .* fit as UTF-16 units or if"),
        ("T2\tX 0 6\tNorth A", "line 2: T2: 'North ' stands at its place, not 'North A'; in the "),
        ("T1\tX 0 5\tNorth", "line 2: T1 stands twice; give each annotation an id of its own"),
        ("T2\tX 0\tNorth", r"line 2: 'T2\\tX 0\\tNorth' is no mention; a mention is T1, a tab"),
        ("T2 X 0 5 North", "line 2: 'T2 X 0 5 North' is no mention"),
        ("T2\tX 0 5", "is no mention"),
        ("North", "line 2: 'North' is no annotation; a mention is T1"),
        ("R1 In T1 T2", "line 2: 'R1 In T1 T2' is no annotation"),
        ("T2\tX 0 " + "9" * 4000 + "\tNorth", "is no mention"),
    ],
)  # fmt: skip
def test_a_broken_line_is_named(pair: Path, line: str, told: str) -> None:
    pair.write_text(f"T1\tPlace 10 23\tSouth America\n{line}\n", encoding="utf-8")
    with pytest.raises(FormatError, match=told) as caught:
        list(formats.read(pair))
    assert str(caught.value).startswith(f"{pair}, line 2: ")
    assert len(str(caught.value)) < 300 + len(str(pair))


def test_missing_and_wrong_files_are_named(pair: Path) -> None:
    folder = pair.parent
    (folder / "a.txt").write_bytes(b"\ncaf\xe9")
    with pytest.raises(FormatError, match=r"a\.txt, line 2: byte 4 \(0xe9\) is not UTF-8"):
        list(formats.read(pair))
    (folder / "a.txt").unlink()
    with pytest.raises(FormatError, match=r"a\.ann: no a\.txt is beside it; brat keeps a text"):
        list(formats.read(folder))
    pair.unlink()
    with pytest.raises(FormatError, match=r"no \.ann file is in this folder"):
        list(formats.read(folder))
    with pytest.raises(FileNotFoundError):
        list(formats.read(folder / "b.ann"))
    os.mkfifo(folder / "c.ann")
    with pytest.raises(FormatError, match=r"c\.ann: this is no file; a pipe may never end"):
        list(formats.read(folder))
    with pytest.raises(InputError, match=r"is neither a folder nor an \.ann file"):
        formats.read(folder / "a.txt", "brat")
    with pytest.raises(InputError, match="brat keeps two files for a text; name a folder"):
        formats.read(io.BytesIO(), "brat")


def test_a_folder_is_written_whole_or_not_at_all(pair: Path) -> None:
    def documents() -> list[Document]:
        yield Document("a")
        raise FormatError("broken")

    before = sorted(pair.parent.iterdir())
    with pytest.raises(FormatError, match="broken"):
        formats.write(pair.parent / "out", documents(), "brat")
    with pytest.raises(FormatError, match="broken"):
        formats.write(pair.parent / "b.ann", documents())
    with pytest.raises(InputError, match="is there and not empty; name a new folder"):
        formats.write(pair.parent, [Document("a")])
    with pytest.raises(FileNotFoundError, match="there is no such folder"):
        formats.write(pair.parent / "no" / "out", [Document("a")], "brat")
    with pytest.raises(InputError, match="holds the annotations of one text; name a folder"):
        formats.write(pair, [Document("a"), Document("b")])
    with pytest.raises(InputError, match="there is no text to write to"):
        formats.write(pair, [])
    assert sorted(pair.parent.iterdir()) == before
    assert pair.read_text("utf-8") == ANN


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    assert formats.write(tmp_path, [Document("a", id="x")]) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.ann", "x.txt"]


# --- on the command line


def test_texts_of_a_folder_are_inputs(pair: Path) -> None:
    inputs = Inputs(files=[str(pair.parent)], format="brat")
    assert [(name, document.text) for name, document in inputs] == [("a", TEXT)]
    with pytest.raises(InputError, match="is a folder; name files"):
        Inputs(files=[str(pair.parent)])


def test_convert_takes_and_makes_folders(pair: Path) -> None:
    runner = CliRunner()
    lines, out = str(pair.parent / "a.jsonl"), str(pair.parent / "out") + "/"
    told = runner.invoke(app, ["convert", str(pair), lines])
    assert told.exit_code == 1
    assert f"lost: {pair}, document 'a': line 3: Place [0 5;16 23] 'North Am" in told.stderr
    assert runner.invoke(app, ["convert", lines, out]).exit_code == 0
    back = runner.invoke(app, ["convert", out, "-", "--to", "jsonl"])
    assert json.loads(back.stdout) == json.loads(Path(lines).read_text("utf-8"))
    shutil.rmtree(out)
    assert runner.invoke(app, ["convert", lines, out[:-1], "--to", "brat"]).exit_code == 0
    assert runner.invoke(app, ["score", str(pair), out]).exit_code == 0
