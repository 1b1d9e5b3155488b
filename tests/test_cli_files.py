"""`schema-ner score`, `convert`, `schemas`, `benchmark`: what they print and how they end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from schema_ner import registry
from schema_ner.cli.app import app
from schema_ner.schema import Schema

if TYPE_CHECKING:
    from pathlib import Path

GOLD = (
    '{"id": "a", "text": "Ada met Bob", "entities": [[0, 3, "PER"], [8, 11, "PER"]]}\n'
    '{"id": "b", "text": "in Rome", "entities": [[3, 7, "LOC"]]}\n'
)
PREDICTED = (
    '{"id": "b", "text": "in Rome", "spans": [{"start": 3, "end": 7, "label": "ORG"}]}\n'
    '{"id": "a", "text": "Ada met Bob", "spans": [{"start": 0, "end": 3, "label": "PER"}]}\n'
)


def run(*args: str, stdin: bytes | None = None) -> Any:
    return CliRunner().invoke(app, list(args), input=stdin)


def write(path: Path, content: str) -> str:
    path.write_text(content, encoding="utf-8")
    return str(path)


@pytest.fixture
def gold(tmp_path: Path) -> str:
    return write(tmp_path / "gold.jsonl", GOLD)


@pytest.fixture
def predicted(tmp_path: Path) -> str:
    return write(tmp_path / "predicted.jsonl", PREDICTED)


# --- score


def test_score_prints_the_rule_and_a_table(gold: str, predicted: str) -> None:
    result = run("score", gold, predicted)
    foreign = f"warning: {predicted}: types that {gold} never has: ORG\n"
    assert (result.exit_code, result.stderr) == (0, foreign)
    assert result.stdout == (
        "strict: A predicted span is right when its start, end and type all equal those of a gold "
        "span; micro average over spans.\n"
        "\n"
        "type      precision  recall      f1  gold  predicted  correct\n"
        "LOC          0.0000  0.0000  0.0000     1          0        0\n"
        "ORG          0.0000  0.0000  0.0000     0          1        0\n"
        "PER          1.0000  0.5000  0.6667     2          1        1\n"
        "-------------------------------------------------------------\n"
        "micro        0.5000  0.3333  0.4000     3          2        1\n"
        "macro        0.3333  0.1667  0.2222\n"
        "weighted     0.6667  0.3333  0.4444\n"
    )


def test_score_json_and_the_types_that_count(gold: str, predicted: str) -> None:
    everything = json.loads(run("score", gold, predicted, "--json").stdout)
    assert list(everything["conventions"]) == ["strict"]
    assert (everything["conventions"]["strict"]["f1"], everything["texts"]) == (0.4, 2)
    for options in (["--exclude", "LOC,ORG"], ["--labels", "PER"]):
        said = json.loads(run("score", gold, predicted, "--json", *options).stdout)
        limited = said["conventions"]["strict"]
        assert list(limited["per_type"]) == ["PER"]
        assert limited["f1"] == pytest.approx(2 / 3)


def test_score_prints_what_else_a_convention_says(tmp_path: Path, gold: str) -> None:
    """Its other figures below the table; what it could not take as it was on stderr."""
    nested = '"entities": [[0, 3, "PER"], [0, 7, "PER"]]'
    said = f'{{"text": "Ada met Bob", {nested}}}\n{{"text": "in Rome", "entities": []}}\n'
    result = run("score", gold, write(tmp_path / "p.jsonl", said), "--convention", "conlleval")
    assert result.exit_code == 0
    assert result.stdout.endswith(
        "\n\nfigure           value\ntoken_accuracy  0.4000\ntokens               5\n"
    )
    assert result.stderr.startswith("note: 1 predicted span not counted: a token has one tag")
    assert result.stderr.count("\n") == 1
    exact = run("score", gold, gold, "--convention", "exact").stdout
    assert "\ncorrect        3\nincorrect      0\n" in exact


def test_score_matches_by_order_where_ids_are_missing(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.conll", "Ada\tB-PER\n\nBob\tB-PER\n")
    lines = '{"id": 1, "text": "Ada"}\n{"text": "Bob", "label": [[0, 3, "PER"]]}\n'
    predicted = write(tmp_path / "p.jsonl", lines)
    said = json.loads(run("score", gold, predicted, "--json").stdout)
    assert said["conventions"]["strict"]["recall"] == 0.5


@pytest.mark.parametrize(
    ("gold_lines", "lines", "told"),
    [
        ('{"id": 1, "text": "a"}\n', "", "is missing in"),
        ('{"id": 1, "text": "a"}\n', '{"id": 2, "text": "a"}\n', "the id '1' of"),
        ('{"text": "a"}\n', '{"text": "a"}\n{"text": "b"}\n', "and not every one has an id"),
        ('{"text": "ab"}\n', '{"text": "aX"}\n', "text 1 differs at character 1: gold has 'b'"),
        ('{"text": "ab"}\n', '{"text": "abc"}\n', "differs at character 2: gold has ''"),
        (
            '{"id": 1, "text": "a"}\n{"id": 2, "text": "a"}\n',
            '{"id": 1, "text": "a"}\n{"id": 1, "text": "a"}\n',
            "has the id '1' twice",
        ),
        (
            '{"id": 1, "text": "a"}\n',
            '{"id": 1, "text": "a"}\n{"id": 2, "text": "a"}\n',
            "has the id '2', which",
        ),
    ],
)
def test_score_wants_the_same_texts(tmp_path: Path, gold_lines: str, lines: str, told: str) -> None:
    gold = write(tmp_path / "gold.jsonl", gold_lines)
    result = run("score", gold, write(tmp_path / "p.jsonl", lines))
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_score_names_unknown_types_and_conventions(gold: str, predicted: str) -> None:
    neither = run("score", gold, predicted, "--labels", "PER", "--exclude", "PER,LOC")
    assert neither.stderr == (
        "error: --exclude takes away every type that --labels names; nothing would be counted\n"
    )
    none = run("score", gold, predicted, "--labels", ",")
    assert none.stderr == "error: --labels names no type; write --labels A,B\n"
    assert neither.exit_code == none.exit_code == 2
    unknown = run("score", gold, predicted, "--labels", "misc")
    assert unknown.stderr == (
        "error: --labels misc: no span has that type; there are: LOC, ORG, PER\n"
    )
    nothing = run("score", gold, predicted, "--exclude", "LOC,ORG,PER")
    assert "nothing would be counted" in nothing.stderr
    lax = run("score", gold, predicted, "--convention", "lax")
    assert "no scoring convention is called 'lax'; known are: " in lax.stderr
    assert " strict, " in lax.stderr
    assert unknown.exit_code == nothing.exit_code == lax.exit_code == 2


# --- convert


def test_convert_there_and_back(tmp_path: Path, gold: str) -> None:
    conll, bio, back = (str(tmp_path / name) for name in ("a.conll", "a.bio.jsonl", "b.jsonl"))
    for source, target in ((gold, conll), (conll, bio), (bio, back)):
        result = run("convert", source, target)
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == f"wrote 2 texts to {target}\n"
    said = json.loads(run("score", gold, back, "--json").stdout)
    assert said["conventions"]["strict"]["f1"] == 1.0


def test_convert_losses_are_told(tmp_path: Path) -> None:
    line = '{"text": "New York", "label": [[0, 8, "LOC"], [4, 8, "LOC"]]}\n'
    nested = write(tmp_path / "n.jsonl", line)
    target = str(tmp_path / "n.conll")
    result = run("convert", nested, target)
    assert result.exit_code == 1
    assert result.stderr == (
        f"lost: {nested}, line 1, document 1: LOC [4:8) 'York': it overlaps LOC 'New York'; tags "
        "are flat\n"
        f"wrote 1 text to {target}; 1 loss\n"
    )
    assert run("convert", nested, target, "--allow-loss").exit_code == 0


def test_convert_many_losses_are_counted(tmp_path: Path) -> None:
    line = '{"text": "ab", "label": [[0, 2, "A"], [0, 1, "B"]]}\n'
    result = run("convert", write(tmp_path / "n.jsonl", line * 50), "-", "--to", "bio")
    assert result.stderr.count("overlaps A 'ab'; tags are flat\n") == 20
    assert "lost: 30 more\nwrote 50 texts to stdout; 50 losses\n" in result.stderr


def test_convert_counts_what_a_format_never_keeps(tmp_path: Path) -> None:
    annotated = '"entities": [{"start": 0, "end": 1, "label": "X", "score": 0.5}]'
    lines = f'{{"text": "a.b  c", "meta": 1, {annotated}}}\n' * 3 + '{"text": "a b"}\n'
    source, target = write(tmp_path / "a.jsonl", lines), str(tmp_path / "a.conll")
    result = run("convert", source, target)
    assert result.exit_code == 0
    assert result.stderr == (
        "note: 3 of 4 texts will be read back with other blanks: conll keeps none between tokens\n"
        "note: in 3 of 4 texts spans lose score, status and source: conll keeps none\n"
        "note: in 3 of 4 texts keys or columns are lost that conll has no place for, "
        "such as: meta\n"
        f"wrote 4 texts to {target}\n"
    )
    back = run("convert", source, "-", "--to", "jsonl")
    assert back.stdout.count('"meta": 1') == 3
    assert back.stderr == "wrote 4 texts to stdout\n"


def test_convert_from_stdin_to_stdout() -> None:
    result = run("convert", "-", "-", "--from", "jsonl", "--to", "conll", stdin=GOLD.encode())
    assert result.stdout.startswith("# id a\nAda\tB-PER\nmet\tO\n")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["none.jsonl", "out.conll"], "none.jsonl: no such file"),
        (["gold.jsonl", "out.txt"], "the format text holds no annotations"),
        (["gold.jsonl", "out"], "the ending of 'out' tells no format"),
        (["gold.jsonl", "no/out.conll"], "no: there is no such folder"),
        (["gold.jsonl", "folder", "--to", "conll"], "folder is a folder; name a file"),
        (["folder", "out.conll", "--from", "jsonl"], "folder is a folder; name a file"),
        (["-", "out.conll"], "a stream has no ending"),
        (["broken.jsonl", "out.conll"], "broken.jsonl, line 1: annotation 0"),
    ],
)
def test_convert_bad_input(
    args: list[str], told: str, tmp_path: Path, gold: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    write(tmp_path / "broken.jsonl", '{"text": "a", "entities": [[0, 9, "X"]]}\n')
    before = sorted(tmp_path.iterdir())
    result = run("convert", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before  # no half-written file stays behind
    assert gold


# --- schemas


def test_schemas_lists_all_of_them() -> None:
    result = run("schemas")
    assert result.exit_code == 0
    names = [line.split()[0] for line in result.stdout.splitlines()[1:]]
    assert names == list(registry.names())
    listed = json.loads(run("schemas", "--json").stdout)
    assert [schema["name"] for schema in listed] == names


def test_schemas_shows_one_with_everything_that_a_model_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    schema = Schema.from_json(
        '{"name": "mine", "types": [{"name": "drug", "guideline": "Medicines.\\n\\nNot: doses.", '
        '"examples": ["aspirin"], "threshold": 0.4, "validator": "iban", "dataset_label": "D", '
        '"fields": {"way": {"kind": "choice", "choices": ["oral", "other"]}}}, {"name": "bare"}]}'
    )
    path.write_text(schema.to_json(), encoding="utf-8")
    assert run("schemas", str(path)).stdout == (
        f"mine: 2 types  hash {schema.hash}\n"
        "\n"
        "drug\n"
        "  Medicines.\n"
        "\n"
        "  Not: doses.\n"
        "  Examples: aspirin\n"
        "  Field way: choice, one of oral, other\n"
        "  Checked by: the validator iban\n"
        "  Threshold: 0.4\n"
        "  In the data set: D\n"
        "\n"
        "bare\n"
        "  (no guideline: the name is all a model is told)\n"
    )
    assert Schema.from_json(run("schemas", str(path), "--json").stdout) == schema


def test_schemas_show_is_the_same(tmp_path: Path) -> None:
    for more in ([], ["--json"]):
        assert run("schemas", "show", "klue", *more).stdout == run("schemas", "klue", *more).stdout
    assert run("schemas", "show").stdout == run("schemas").stdout
    several = run("schemas", "pii", "klue")
    assert (several.exit_code, several.stdout) == (2, "")
    assert several.stderr == "error: one schema at a time; got pii klue\n"
    unknown = write(tmp_path / "a.json", '{"types": [{"name": "a", "validator": "nope"}]}')
    assert run("schemas", "show", unknown).exit_code == 2


@pytest.mark.parametrize("name", registry.names())
def test_schemas_shows_each_ready_made_one(name: str) -> None:
    result = run("schemas", name)
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"hash {registry.resolve(name).hash}" in result.stdout


def test_schemas_of_an_unknown_name() -> None:
    result = run("schemas", "klu")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Did you mean 'klue'?" in result.stderr


# --- benchmark


def test_benchmark_grounding(gold: str, tmp_path: Path) -> None:
    result = run("benchmark", "grounding", gold)
    assert result.exit_code == 0
    assert result.stdout.startswith("2 documents, 3 entities, seed 0\n")
    report = json.loads(run("benchmark", "grounding", gold, "--seed", "3", "--json").stdout)
    assert (report["seed"], report["entities"]) == (3, 3)
    empty = run("benchmark", "grounding", write(tmp_path / "e.jsonl", '{"text": "a"}\n'))
    assert empty.exit_code == 2
    assert "holds no annotations" in empty.stderr


def test_convert_says_that_plain_text_looks_like_tags(tmp_path: Path) -> None:
    """A CoNLL file whose ending says text; with the format named there is nothing to say."""
    tagged = tmp_path / "train.txt"
    tagged.write_text("Ada B-PER\nran O\n\nLisbon B-LOC\n", "utf-8")
    done = run("convert", str(tagged), str(tmp_path / "out.jsonl"))
    assert "looks like conll; give --from conll" in done.stderr
    done = run("convert", str(tagged), str(tmp_path / "out.jsonl"), "--from", "conll")
    assert "looks like" not in done.stderr
