"""`schema-ner score`: what makes one doubt its files, options that stand twice, weighted means."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from schema_ner import scoring
from schema_ner.cli import doubts
from schema_ner.cli.app import app
from schema_ner.cli.counted import Types
from schema_ner.spans import Document, gold_span

DATA = Path(__file__).parent / "data"


def run(*args: str) -> Any:
    return CliRunner().invoke(app, ["score", *args])


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, *texts: tuple[str, list[list[Any]]]) -> None:
    lines = (json.dumps({"text": text, "entities": places}) for text, places in texts)
    Path(name).write_text("\n".join(lines), encoding="utf-8")


# --- gold that overlaps


def test_gold_that_overlaps_is_told_with_file_and_line() -> None:
    flat = ("in Rome", [[3, 7, "City"]])
    nested = ("Ada Bell", [[0, 8, "person"], [4, 8, "person"]])
    write("gold.jsonl", flat, nested)
    first = (
        "warning: gold.jsonl, line 2: person [4:8) overlaps person [0:8); conventions that count "
        "tags count one of them\n"
    )
    for options in ((), ("--convention", "seqeval", "--json"), ("--labels", "person")):
        assert run("gold.jsonl", "gold.jsonl", *options).stderr.startswith(first)
    assert "in all" not in run("gold.jsonl", "gold.jsonl").stderr
    write("gold.jsonl", flat, nested, ("abcd", [[0, 4, "x"], [0, 2, "y"], [1, 3, "z"]]))
    count = "warning: gold.jsonl: annotations that overlap one before them: 3 in all\n"
    assert run("gold.jsonl", "gold.jsonl").stderr == first + count


def test_gold_that_is_flat_or_left_out_is_not_doubted() -> None:
    """Nor predictions, nor an annotation that stands twice: that has a warning of its own."""
    write("flat.jsonl", ("Ada Bell", [[0, 3, "a"], [3, 8, "b"]]))
    write("nested.jsonl", ("Ada Bell", [[0, 8, "a"], [4, 8, "b"]]))
    write("twice.jsonl", ("Ada Bell", [[0, 8, "a"], [0, 8, "a"]]))
    assert run("flat.jsonl", "nested.jsonl").stderr == ""
    assert "overlaps" not in run("twice.jsonl", "flat.jsonl").stderr
    assert run("nested.jsonl", "flat.jsonl", "--exclude", "b").stderr == ""
    assert "overlaps" in run("nested.jsonl", "flat.jsonl").stderr


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4), st.sampled_from("ab")), max_size=6))
def test_overlaps_are_counted_as_pairs_say(drawn: list[tuple[int, int, str]]) -> None:
    """A span is told where any before it shares a character with it."""
    text = "x" * 12
    spans = sorted({(start, start + length, label) for start, length, label in drawn})
    document = Document(text, tuple(gold_span(text, *span) for span in spans))
    meant = sum(any(o[1] > s[0] for o in spans[:at]) for at, s in enumerate(spans))
    told = [*doubts.of_gold([document], "gold", Types(None, None, {}, []))]
    assert len(told) == min(meant, 2)
    if meant > 1:
        assert told[1].endswith(f": {meant} in all")


# --- types that gold never has


def test_types_that_gold_never_has_are_told() -> None:
    text = "Rome and Italy"
    write("gold.jsonl", (text, [[0, 4, "City"], [9, 14, "home_country"]]))
    write("other.jsonl", (text, [[0, 4, "CITY"], [9, 14, "Home Country"], [5, 8, "GPE"]]))
    write("some.jsonl", (text, [[0, 4, "City"], [9, 14, "home-country"]]))
    write("same.jsonl", (text, [[0, 4, "City"]]))
    other = (
        "warning: other.jsonl: types that gold.jsonl never has: CITY (there City), Home Country "
        "(there home_country), GPE; the two share no type\n"
    )
    some = "types that gold.jsonl never has: home-country (there home_country)\n"
    assert run("gold.jsonl", "other.jsonl").stderr == other
    both = run("gold.jsonl", "other.jsonl", "some.jsonl", "--resamples", "100").stderr
    assert both.startswith(f"{other}warning: some.jsonl: {some}")
    assert run("gold.jsonl", "same.jsonl").stderr == ""
    assert run("same.jsonl", "some.jsonl", "--exclude", "home-country").stderr == ""


def test_many_types_that_gold_never_has_are_not_all_named() -> None:
    write("gold.jsonl", ("x" * 40, [[0, 1, "a"]]))
    write("said.jsonl", ("x" * 40, [[n, n + 1, f"type {n:02}"] for n in range(30)]))
    told = run("gold.jsonl", "said.jsonl").stderr
    assert told.count("type ") == 12
    assert "type 11 and 18 more; the two share no type\n" in told


# --- files and options


def test_an_unread_key_is_told_once() -> None:
    """By the reader; nobody says on top of it that there is no annotation."""
    write("gold.jsonl", ("Ada", [[0, 3, "PER"]]))
    line = {"text": "Ada", "foreign": [[0, 3, "PER"]]}
    Path("said.jsonl").write_text(json.dumps(line), encoding="utf-8")
    told = run("gold.jsonl", "said.jsonl").stderr
    assert told.count("said.jsonl") == 1
    assert "'foreign' are not read" in told


def test_texts_that_differ_in_blanks_name_the_format_that_keeps_none() -> None:
    """The conversion of gold itself does not fit it."""
    write("gold.jsonl", ("He saw Ada, there.", [[7, 10, "PER"]]))
    done = CliRunner().invoke(app, ["convert", "gold.jsonl", "gold.conll"])
    assert done.exit_code == 0
    hint = "; conll keeps no blanks between tokens: convert gold.jsonl to it, too\n"
    for sides in (("gold.jsonl", "gold.conll"), ("gold.conll", "gold.jsonl")):
        result = run(*sides)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.endswith(hint)
    assert run("gold.conll", "gold.conll").exit_code == 0
    write("wide.jsonl", ("He saw Ada,  there.", []))
    assert run("gold.jsonl", "wide.jsonl").stderr.endswith("; they differ in blanks alone\n")
    write("words.jsonl", ("He saw Bob, there.", []))
    assert "blanks" not in run("gold.jsonl", "words.jsonl").stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--convention", "seqeval", "--convention", "token"),
        ("--interval", "--seed=1", "--seed=1"),
        ("--errors", "1", "--errors", "2"),
    ],
)
def test_an_option_that_stands_twice_is_refused(options: tuple[str, ...]) -> None:
    """Where the last one would count in silence."""
    write("gold.jsonl", ("Ada", [[0, 3, "PER"]]))
    result = run("gold.jsonl", "gold.jsonl", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is given 2 times" in result.stderr


def test_options_that_may_stand_twice_do() -> None:
    write("gold.jsonl", ("Ada", [[0, 3, "PER"], [0, 1, "A"]]))
    lists = ("--labels", "per", "--labels", "a", "--json", "--json")
    result = run("gold.jsonl", "gold.jsonl", *lists)
    assert json.loads(result.stdout)["labels"] == ["PER", "A"]


# --- weighted means


def test_weighted_means_are_of_precision_recall_and_f1() -> None:
    write("gold.jsonl", ("abcd", [[0, 1, "A"], [1, 2, "A"], [2, 3, "A"], [3, 4, "B"]]))
    write("said.jsonl", ("abcd", [[0, 1, "A"], [3, 4, "B"], [2, 3, "B"]]))
    # A: precision 1, recall 1/3; B: precision 1/2, recall 1; three spans of gold to one
    row = ["weighted", "0.8750", "0.5000", "0.5417"]
    assert [*map(str.split, run("gold.jsonl", "said.jsonl").stdout.splitlines())].count(row) == 1
    found = json.loads(run("gold.jsonl", "said.jsonl", "--json").stdout)["conventions"]["strict"]
    names = ("weighted_precision", "weighted_recall", "weighted_f1")
    assert [found[name] for name in names] == pytest.approx([7 / 8, 1 / 2, 13 / 24])


# --- real texts


@pytest.mark.parametrize("name", ["klue", "wnut17"])
def test_two_systems_on_real_texts_by_every_convention(name: str) -> None:
    """One that finds every other span, one that finds all and shortens every third."""
    with gzip.open(DATA / f"{name}.200.jsonl.gz", "rt", encoding="utf-8") as packed:
        gold = [json.loads(line) for line in packed]
    for file, kept in (("half", lambda n: n % 2 == 0), ("short", lambda _: True)):
        lines, number = [], 0
        for row in gold:
            entities = []
            for span in row["entities"]:
                number += 1
                is_cut = file == "short" and number % 3 == 0 and span["end"] - span["start"] > 1
                if kept(number):
                    entities.append({**span, "end": span["end"] - is_cut})
            lines.append(json.dumps({**row, "entities": entities}))
        Path(f"{file}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    options = ("--convention", "all", "--resamples", "100", "--json")
    result = run(str(DATA / f"{name}.200.jsonl.gz"), "half.jsonl", "short.jsonl", *options)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["texts"] == 200
    assert tuple(found["conventions"]) == scoring.names()
    for rule in ("strict", "klue-entity", "klue-clean", "seqeval"):
        half, short = found["conventions"][rule], found["conventions"][rule]["second"]
        assert half["precision"] == 1 > half["recall"]
        assert 0 < short["f1"] < 1
    by_place = found["conventions"]["type"]["second"]
    assert by_place["f1"] == 1  # each overlaps a gold span of its type
    ranked = {one: side for side in ("first", "second") for one in found["ranking"][side]}
    assert ranked["type"] == "second"
    classes = set(found["conventions"]["klue-char"]["per_type"])
    assert ("B-QT" in classes) == (name == "klue")
