"""`schema-ner stats`: tables of one file and of splits, JSON, the picture, bad input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from schema_ner import formats, statistics
from schema_ner.cli import streams
from schema_ner.cli.app import app
from schema_ner.scoring import balance

TRAIN = (
    '{"text": "Ada met Bob", "entities": [[0, 3, "PER"], [8, 11, "PER"]]}\n'
    '{"text": "in Rome, Italy", "entities": [[3, 14, "LOC"], [3, 7, "LOC"]]}\n'
    '{"text": "nothing"}\n'
)
TEST = '{"text": "IBM in Rome", "entities": [[0, 3, "ORG"], [7, 11, "LOC"]]}\n'


def run(*args: str) -> Any:
    return CliRunner().invoke(app, ["stats", *args])


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("train.jsonl").write_text(TRAIN, encoding="utf-8")
    Path("test.jsonl").write_text(TEST, encoding="utf-8")
    Path("empty.jsonl").write_text("", encoding="utf-8")


def test_one_file() -> None:
    result = run("train.jsonl")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "train.jsonl\n"
        "\n"
        "texts         3  characters: 7 to 14, mean 10.7\n"
        "characters   32\n"
        "tokens        8  words and signs\n"
        "spans         4  characters: 3 to 11, mean 5.2\n"
        "empty         1  texts without spans, 33.3 %\n"
        "overlapping   2  spans that share a character with another\n"
        "nested        1  spans inside another\n"
        "repeated      0  spans said before: the same place and type\n"
        "\n"
        "type  spans   share  characters: least  median  95 %  most\n"
        "LOC       2  50.0 %                  4       4    11    11\n"
        "PER       2  50.0 %                  3       3     3     3\n"
    )


def test_several_files_are_splits() -> None:
    result = run("train.jsonl", "test.jsonl", "empty.jsonl")
    assert (result.exit_code, result.stderr) == (
        0,
        "warning: empty.jsonl: there is no text in it\n",
    )
    assert result.stdout == (
        "file            texts  characters  tokens  spans   empty  nested\n"
        "train.jsonl  1      3          32       8      4  33.3 %       1\n"
        "test.jsonl   2      1          11       3      2   0.0 %       0\n"
        "empty.jsonl  3      0           0       0      0   0.0 %       0\n"
        "\n"
        "empty: texts without spans; nested: spans inside another\n"
        "\n"
        "share of the spans in each file, in %\n"
        "type      spans      1      2    3\n"
        "LOC           3   50.0   50.0  0.0\n"
        "PER           2   50.0    0.0  0.0\n"
        "ORG           1    0.0   50.0  0.0\n"
        "----------------------------------\n"
        "distance         0.167  0.333\n"
        "Cramér's V 0.707, chi-square 3.0\n"
        "no span in 1: ORG\n"
        "no span in 2: PER\n"
        "no span in 3: LOC, ORG, PER\n"
        "\n"
        "distance: share of the spans or tokens that would have to be of another type or\n"
        "tag to have the mix of all files together (total variation)\n"
        "Cramér's V: 0 the same mix, 1 no type or tag in two files\n"
    )


def test_json_is_what_the_functions_say() -> None:
    alone = json.loads(run("train.jsonl", "--json").stdout)
    read = statistics.describe(formats.read("train.jsonl"))
    assert alone == {"files": {"train.jsonl": json.loads(json.dumps(read.to_dict()))}}
    both = json.loads(run("train.jsonl", "test.jsonl", "--json").stdout)
    assert list(both["files"]) == ["train.jsonl", "test.jsonl"]
    spread = balance.balance({name: formats.read(name) for name in both["files"]})
    assert both["balance"] == json.loads(json.dumps(spread.to_dict()))


def test_columns_of_tokens_are_counted() -> None:
    tags = [{"pos": ["NNP", "VBD"]}, {"pos": ["NNP", "a b"]}]
    lines = [
        {"text": "Ada met", "tokens": [[0, 3], [4, 7]], "token_tags": columns} for columns in tags
    ]
    Path("pos.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = json.loads(run("pos.jsonl", "--json").stdout)["files"]["pos.jsonl"]
    assert found["columns"] == {"pos": {"NNP": 2, "VBD": 1, "a b": 1}}
    result = run("pos.jsonl")
    assert result.stdout.endswith(
        "\n\npos: 3 tags\npos  tokens   share\n"
        "NNP       2  50.0 %\nVBD       1  25.0 %\na b       1  25.0 %\n"
    )
    assert "tokens        4  their own\n" in result.stdout


def with_tags(name: str, **columns: list[str]) -> None:
    """A file of one text whose tokens, of one letter each, have these tags."""
    many = len(next(iter(columns.values())))
    line = {
        "text": "x" * many,
        "entities": [[0, 1, "PER"]],
        "tokens": [[n, n + 1] for n in range(many)],
        "token_tags": columns,
    }
    Path(name).write_text(json.dumps(line), encoding="utf-8")


def test_columns_of_splits_are_compared() -> None:
    """Parts of speech and chunks of several files, side by side; a file may lack a column."""
    with_tags("a.jsonl", pos=["NN"] * 6 + ["VB"] * 2, chunk=["B-NP"] * 8)
    with_tags("b.jsonl", pos=["NN"] * 2 + [f"X{n:02}" for n in range(21)])
    result = run("a.jsonl", "b.jsonl")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.split("\n\n")[3] == (
        "pos: 23 tags, the 20 most frequent; share of the tokens in each file, in %\n"
        "pos       tokens      1      2\n"
        "NN             8   75.0    8.7\n"
        "VB             2   25.0    0.0\n"
        + "".join(f"X{n:02}            1    0.0    4.3\n" for n in range(18))
        + "3 more         3    0.0   13.0\n"
        "------------------------------\n"
        "distance          0.677  0.236\n"
        "Cramér's V 0.864, chi-square 23.2"
    )
    assert result.stdout.split("\n\n")[4] == (
        "chunk: 1 tag; share of the tokens in each file, in %\n"
        "chunk     tokens      1    2\n"
        "B-NP           8  100.0  0.0\n"
        "----------------------------\n"
        "distance          0.000"
    )


def test_80_columns_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """With long names, many types and eight splits."""
    monkeypatch.setattr(streams, "columns", lambda: 80)
    monkeypatch.setattr(streams, "width", lambda: 80)
    names = [f"{'a very long name of a file ' * 3}{n}.jsonl" for n in range(8)]
    for at, name in enumerate(names):
        places = [[n, n + 1, f"{'long name of a type ' * 4}{n}"] for n in range(at, 30)]
        line = json.dumps({"text": "x" * 40, "entities": places})
        Path(name).write_text(line, encoding="utf-8")
    splits = run(*names).stdout.splitlines()
    assert max(map(cell_len, splits)) <= 80
    assert max(map(cell_len, run(names[0]).stdout.splitlines()[1:])) <= 80


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["train.jsonl", "train.jsonl"], "train.jsonl is named twice; name each split once"),
        (["none.jsonl"], "none.jsonl: no such file or directory"),
        (["train.jsonl", "--plot", "a.pdf"], "--plot a.pdf: the picture is a PNG"),
        (["train.jsonl", "--plot", "train.jsonl"], "--plot train.jsonl is the file that "),
        (["train.jsonl", "--from", "nope"], "no format is called 'nope'"),
        (["broken.jsonl"], "broken.jsonl, line 1: "),
    ],
)
def test_bad_input_ends_in_a_sentence(args: list[str], told: str) -> None:
    Path("broken.jsonl").write_text("{", encoding="utf-8")
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {told}")


def test_nothing_is_no_error() -> None:
    result = run("empty.jsonl")
    assert result.exit_code == 0
    assert "texts        0\n" in result.stdout
    assert run("empty.jsonl", "train.jsonl").exit_code == 0


def test_a_plot_without_matplotlib_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before files are read."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = run("broken.jsonl", "--plot", "a.png")
    assert result.exit_code == 2
    assert "pip install 'schema-ner[eval]'" in result.stderr
    assert not Path("a.png").exists()


def test_a_plot_is_a_picture() -> None:
    """Also of hostile names, of many types, and beside a file with nothing in it."""
    pytest.importorskip("matplotlib", reason="the extra [eval] is not installed")
    odd = ["$x^$", "$", "_a", "a\nb\x00c", r"\frac{", "x" * 500, *(f"z{n}" for n in range(60))]
    box = "\U0010fffd"  # no font has it
    for name, labels in (("$_odd", odd), ("box", [box])):
        places = [[n, n + 1, label] for n, label in enumerate(labels)]
        line = json.dumps({"text": "x" * 90, "entities": places})
        Path(f"{name}.jsonl").write_text(line, encoding="utf-8")
    with_tags("tags.jsonl", **{"pos": odd[:6], "$c$": odd[:6], "ner": ["O"] * 6})
    for files in (["train.jsonl", "$_odd.jsonl"], ["empty.jsonl", "tags.jsonl"]):
        result = run(*files, "--plot", "a.png")
        assert result.exit_code == 0, result.output
        assert result.stderr.endswith("wrote a.png\n")
        assert "boxes" not in result.stderr
        assert Path("a.png").read_bytes().startswith(b"\x89PNG")
    boxes = run("box.jsonl", "--plot", "a.png")
    assert boxes.stderr.startswith("note: a.png shows boxes for letters that no installed font")


def height_of(name: str) -> int:
    """Of the picture of a file, in pixels."""
    run(name, "--plot", "a.png")
    return int.from_bytes(Path("a.png").read_bytes()[20:24], "big")


def test_a_picture_has_a_panel_for_each_column_of_tags() -> None:
    """Entity tags too."""
    pytest.importorskip("matplotlib", reason="the extra [eval] is not installed")
    with_tags("pos.jsonl", pos=["NN"])
    with_tags("both.jsonl", pos=["NN"], chunk=["B-NP"])
    with_tags("all.jsonl", pos=["NN"], chunk=["B-NP"], ner=["B-PER"])
    Path("plain.jsonl").write_text('{"text": "x", "entities": [[0, 1, "PER"]]}', encoding="utf-8")
    plain, pos, both, every = (height_of(f"{n}.jsonl") for n in ("plain", "pos", "both", "all"))
    panels = (pos - plain, both - pos, every - both)
    assert 0 < max(panels) <= min(panels) + 1  # pixels are whole


def test_nothing_to_draw_is_a_note_and_no_picture() -> None:
    pytest.importorskip("matplotlib", reason="the extra [eval] is not installed")
    Path("none.jsonl").write_text('{"text": "nothing"}', encoding="utf-8")
    for file in ("none.jsonl", "empty.jsonl"):
        result = run(file, "--plot", "a.png")
        assert result.exit_code == 0
        said = "note: there are no spans and no tags to draw, so a.png is not written\n"
        assert result.stderr.endswith(said)
        assert not Path("a.png").exists()
    line = {"text": "x", "tokens": [[0, 1]], "token_tags": {"pos": ["NN"]}}
    Path("pos.jsonl").write_text(json.dumps(line), encoding="utf-8")
    assert run("pos.jsonl", "--plot", "a.png").stderr.endswith("wrote a.png\n")


def test_entity_tags_are_shown_whole_and_others_say_how_many_more() -> None:
    """KLUE has 13 tags, Kaggle's file 17, CoNLL-2003 49 parts of speech."""
    entity = [f"B-T{n:02}" for n in range(30)]
    line = {
        "text": "x" * 30,
        "entities": [[n, n + 1, f"T{n:02}"] for n in range(30)],
        "tokens": [[n, n + 1] for n in range(30)],
        "token_tags": {"ner": entity, "pos": [f"P{n:02}" for n in range(30)]},
    }
    for name in ("tags.jsonl", "more.jsonl"):
        Path(name).write_text(json.dumps(line), encoding="utf-8")
    for files in (["tags.jsonl"], ["tags.jsonl", "more.jsonl"]):
        shown = run(*files).stdout
        assert all(f"\n{tag} " in shown for tag in entity)
        assert sum(f"\nP{n:02} " in shown for n in range(30)) == 20
        more = [line.split() for line in shown.splitlines() if line.startswith("10 more ")]
        count = 10 * len(files)
        assert [row[:4] for row in more] == [["10", "more", str(count), "33.3"]]


def test_tagged_tokens_that_are_read_as_plain_text_are_a_warning() -> None:
    tagged = "-DOCSTART- -X- O\n\nAda NNP B-PER\nmet VBD O\n\nBob NNP B-PER\n"
    Path("tagged.txt").write_text(tagged, encoding="utf-8")
    told = "tagged.txt is read as plain text, and looks like conll; give --from conll\n"
    for files in (["tagged.txt"], ["tagged.txt", "train.jsonl"]):
        result = run(*files)
        assert (result.exit_code, result.stderr) == (0, f"warning: {told}")
    for asked in ("conll", "text"):  # who names a format knows it
        assert run("tagged.txt", "--from", asked).stderr == ""
    for plain in ("", "Ada met Bob.\n", "vitamin O\n", "Ada B-PER\nmet Bob\n", "O\nO\n"):
        Path("plain.txt").write_text(plain, encoding="utf-8")
        assert "conll" not in run("plain.txt").stderr
