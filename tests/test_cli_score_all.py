"""`schema-ner score` with all conventions, intervals, two systems, mistakes: what is printed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from strategies import text_with_ranges
from typer.testing import CliRunner

from schema_ner import scoring
from schema_ner.cli import streams
from schema_ner.cli.app import app
from schema_ner.scoring import excerpts
from schema_ner.scoring.errors import errors
from schema_ner.spans import Document, gold_span

TEXTS = {
    "a": "Ada Lovelace met Bob in New York City.",
    "b": "In Rome, Carla wrote to IBM.",
    "c": "Nobody went anywhere.",
}
GOLD = {
    "a": [[0, 12, "PER"], [17, 20, "PER"], [24, 37, "LOC"]],
    "b": [[3, 7, "LOC"], [9, 14, "PER"], [24, 27, "ORG"]],
    "c": [],
}
# right borders, wrong types in two places
FIRST = {
    "a": [[0, 12, "PER"], [17, 20, "LOC"], [24, 37, "LOC"]],
    "b": [[3, 7, "LOC"], [9, 14, "ORG"]],
    "c": [],
}
# right types, wrong borders in two places, and something where nothing is
SECOND = {
    "a": [[0, 3, "PER"], [17, 20, "PER"], [24, 32, "LOC"]],
    "b": [[3, 7, "LOC"], [9, 14, "PER"], [24, 27, "ORG"]],
    "c": [[0, 6, "PER"]],
}
REJECTED = [
    {"text": "Atlantis", "label": "LOC", "status": "hallucinated", "reason": "nowhere"},
    {"text": "Ada", "label": "PER", "status": "duplicate", "reason": "twice"},
]


def run(*args: str) -> Any:
    return CliRunner().invoke(app, ["score", *args])


def data(*args: str) -> Any:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, str]:
    """Gold and two systems, in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name, spans in (("gold", GOLD), ("first", FIRST), ("second", SECOND)):
        lines = [
            json.dumps({"id": n, "text": text, "entities": spans[n]}) for n, text in TEXTS.items()
        ]
        Path(f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return "gold.jsonl", "first.jsonl", "second.jsonl"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns without colour."""
    monkeypatch.setattr(streams, "columns", lambda: 80)
    monkeypatch.setattr(streams, "width", lambda: 80)


# --- all conventions


def test_all_puts_every_convention_with_its_definition_side_by_side(files: Any) -> None:
    gold, first, _ = files
    result = run(gold, first, "--convention", "all")
    assert result.exit_code == 0
    definitions, table = result.stdout.split("\n\n")
    for line, name in zip(definitions.splitlines(), scoring.names(), strict=True):
        assert line.split(maxsplit=1) == [name, scoring.find(name).definition]
    header, *rows = table.splitlines()
    assert header.split() == ["convention", "precision", "recall", "headline"]
    assert tuple(row.split()[0] for row in rows if not row.startswith(" ")) == scoring.names()
    by_name = {row.split()[0]: row.split()[1:] for row in rows}
    assert by_name["strict"] == ["0.6000", "0.5000", "micro", "f1", "0.5455"]
    assert by_name["exact"] == ["1.0000", "0.8333", "micro", "f1", "0.9091"]


def test_each_row_says_what_its_convention_is_about(files: Any) -> None:
    """Of personal data F2 and what leaks, of KLUE the mean over types, of tokens accuracy too."""
    gold, first, _ = files
    found = data(gold, first, "--convention", "all")["conventions"]
    table = run(gold, first, "--convention", "all").stdout.split("\n\n")[1].splitlines()

    def rows(name: str, many: int) -> list[list[str]]:
        at = next(i for i, row in enumerate(table) if row.startswith(f"{name} "))
        return [row.split() for row in table[at : at + many]]

    pii, leaked = rows("pii", 2)
    extra = found["pii"]["extra"]
    assert pii[3:] == ["f2", f"{extra['f2']:.4f}"]
    assert leaked == ["leaked", f"{extra['leaked']:.4f}"]
    assert found["pii"]["headline"] == {"f2": extra["f2"], "leaked": extra["leaked"]}
    token, accuracy = rows("token", 2)
    assert token[3:] == ["micro", "f1", f"{found['token']['f1']:.4f}"]
    assert accuracy == ["accuracy", f"{found['token']['extra']['token_accuracy']:.4f}"]
    for name in ("klue-entity", "klue-char", "klue-clean"):
        assert rows(name, 1)[0][3:] == ["macro", "f1", f"{found[name]['f1']:.4f}"]
        assert found[name]["average"] == "macro"


def test_the_average_is_named_even_where_all_averages_are_one(files: Any) -> None:
    """On perfect predictions no number tells a macro average from a micro average."""
    gold, *_ = files
    for name in scoring.names():
        average = "macro" if name.startswith("klue") else "micro"
        for systems in ((gold,), (gold, gold)):
            table = run(
                gold,
                *systems,
                "--convention",
                name,
                *["--resamples", "100"][: 2 * len(systems) - 2],
            )
            rule = next(
                i for i, row in enumerate(table.stdout.split("\n")) if row.startswith("---")
            )
            assert table.stdout.split("\n")[rule + 1].split()[0] == average
            assert ("\nmicro " in table.stdout) == (average == "micro")


def test_json_holds_every_convention_under_its_name(files: Any) -> None:
    gold, first, _ = files
    found = data(gold, first, "--convention", "all", "--interval", "--resamples", "100")
    assert (found["gold"], found["predicted"], found["texts"]) == (gold, [first], 3)
    assert tuple(found["conventions"]) == scoring.names()
    for name, one in found["conventions"].items():
        assert (one["convention"], one["definition"]) == (name, scoring.find(name).definition)
        assert list(one["intervals"]) == list(one["headline"])
        for figure, interval in one["intervals"].items():
            assert interval["value"] == one["headline"][figure]
            assert interval["low"] <= interval["value"] <= interval["high"]
            assert (interval["figure"], interval["resamples"]) == (figure, 100)
    assert not {"ranking", "errors", "confusion"} & set(found)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("two", [False, True])
def test_80_columns_are_enough(files: Any, two: bool) -> None:  # noqa: FBT001
    gold, *systems = files
    options = ("--interval", "--errors", "3", "--confusion", "--resamples", "100")
    for convention in ("all", "strict", "pii"):
        for types in ((), ("--exclude", "ORG")):
            said = systems if two else systems[:1]
            result = run(gold, *said, "--convention", convention, *options, *types)
            assert result.exit_code == 0, result.output
            assert max(map(cell_len, result.stdout.splitlines())) <= 80


def test_types_that_are_left_out_stand_beside_every_score(files: Any) -> None:
    """With the option as it was written, and how many spans it took out."""
    gold, first, second = files
    option = "left out by --exclude org,LOC"
    one = f"{option}: ORG (spans: 1 gold, 1 predicted), LOC (spans: 2 gold, 3 predicted)"
    two = (
        f"{option}: ORG (spans: 1 gold, 1 first, 1 second), LOC (spans: 2 gold, 3 first, 2 second)"
    )
    for systems, line in (((first,), one), ((first, second), two)):
        for convention in ("all", "strict"):
            drawn = ("--resamples", "100") if len(systems) > 1 else ()
            options = ("--exclude", "org,LOC", "--convention", convention)
            result = run(gold, *systems, *options, *drawn)
            assert f"\n{line}\n" in result.stdout
            assert "warning: --exclude" not in result.stderr
    asked = ("--exclude", "org", "--convention", "all", "--resamples", "100")
    found = data(gold, first, second, *asked)
    left_out = {"ORG": {"gold": 1, "predicted": [1, 1]}}
    assert (found["labels"], found["exclude"], found["excluded"]) == (None, ["org"], left_out)
    for each in found["conventions"].values():
        for system in (each, each["second"]):
            assert (system["exclude"], system["excluded"]) == (["org"], left_out)
            assert not any("ORG" in label for label in system["per_type"])
    assert "types counted: PER\n" in run(gold, first, "--labels", "per").stdout
    everything = run(gold, first).stdout
    assert "left out" not in everything
    assert "counted:" not in everything


def test_a_type_that_no_file_has_is_a_warning(files: Any) -> None:
    """Also where it is the only one, for one command may run over many data sets."""
    gold, first, _ = files
    result = run(gold, first, "--exclude", "misc,ORG")
    warning = "warning: --exclude misc: no span has that type, so it leaves nothing out"
    assert result.exit_code == 0
    assert result.stderr == f"{warning}; types: LOC, ORG, PER\n"
    assert "left out by --exclude misc,ORG: ORG (spans: 1 gold, 1 predicted)\n" in result.stdout
    nothing = run(gold, first, "--exclude", "misc")
    assert (nothing.exit_code, nothing.stderr) == (0, f"{warning}; types: LOC, ORG, PER\n")
    assert "left out by --exclude misc: nothing, no span has that type\n" in nothing.stdout
    assert nothing.stdout.split("\n\n")[1] == run(gold, first).stdout.split("\n\n")[1]
    found = data(gold, first, "--exclude", "misc")
    assert (found["exclude"], found["excluded"]) == (["misc"], {})


@pytest.mark.parametrize("options", [(), ("--exclude", "misc"), ("--exclude", "per,MISC")])
def test_a_second_system_changes_nothing_of_the_first(
    files: Any, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Nor the first of the second: also where each has types that the other has not."""
    gold, *_ = files
    own = {"one": ["PER", "LOC", "Misc", "WORK"], "two": ["LOC", "ORG", "TIME", "misc"]}
    for name, labels in own.items():
        lines = []
        for at, (n, text) in enumerate(TEXTS.items()):
            places = [[s, e, labels[(s + at) % len(labels)]] for s, e, _ in GOLD[n]]
            lines.append({"id": n, "text": text, "entities": [*places, [0, 2, labels[at]]]})
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    asked = ("--convention", "all", *options)
    both = data(gold, "one.jsonl", "two.jsonl", *asked, "--resamples", "100")["conventions"]
    for name, files_alone in (("first", "one.jsonl"), ("second", "two.jsonl")):
        for rule, alone in data(gold, files_alone, *asked)["conventions"].items():
            there = both[rule] if name == "first" else both[rule]["second"]
            shared = alone.keys() & both[rule]["second"].keys() - {"excluded"}
            assert {"f1", "macro_f1", "per_type", "extra", "headline"} <= shared
            assert {key: there[key] for key in shared} == {key: alone[key] for key in shared}


# --- intervals


def test_an_interval_stands_below_the_table(files: Any) -> None:
    gold, first, _ = files
    result = run(gold, first, "--interval", "--resamples", "200", "--seed", "3")
    *_, figures, drawn = result.stdout.rstrip("\n").split("\n")
    one = data(gold, first, "--interval", "--resamples", "200", "--seed", "3")
    interval = one["conventions"]["strict"]["intervals"]["f1"]
    low, high = interval["low"], interval["high"]
    assert figures == f"f1 0.5455, 95 % interval {low:.4f} to {high:.4f}"
    assert drawn == "percentile bootstrap over 3 texts, 200 resamples, seed 3"
    assert result.stderr == (
        "note: 3 texts say little about others: with fewer than 30, an interval is a guess\n"
    )


# --- two systems


def test_two_systems_are_compared(files: Any) -> None:
    result = run(*files, "--resamples", "100")
    assert result.exit_code == 0
    gold, first, second = files
    assert f"\nfirst: {first}\nsecond: {second}\n" in result.stdout
    assert result.stdout.split("\n\n")[2] == (
        "f1 of     gold   first  second  difference\n"
        "LOC          2  0.8000  0.5000     -0.3000\n"
        "ORG          1  0.0000  1.0000     +1.0000\n"
        "PER          3  0.5000  0.5714     +0.0714\n"
        "------------------------------------------\n"
        "micro        6  0.5455  0.6154     +0.0699\n"
        "macro           0.4333  0.6905     +0.2571\n"
        "weighted        0.5167  0.6190     +0.1024"
    )
    found = data(gold, first, second, "--resamples", "100")["conventions"]["strict"]
    comparison = found["comparisons"]["f1"]
    assert comparison["difference"]["value"] == pytest.approx(found["second"]["f1"] - found["f1"])
    assert f"p {comparison['p_bootstrap']:.4f} by paired bootstrap" in result.stdout
    assert f"p {comparison['p_randomisation']:.4f} by approximate randomisation" in result.stdout


def test_conventions_that_rank_differently_are_a_warning(files: Any) -> None:
    """Whichever convention was asked for."""
    gold, first, second = files
    ranking = data(*files)["ranking"]
    assert "exact" in ranking["first"]
    assert {"strict", "type"} <= set(ranking["second"])
    everywhere = [*ranking["first"], *ranking["second"], *ranking["equal"]]
    assert {"pii f2", "pii leaked"} <= set(everywhere)
    assert sorted({name.split()[0] for name in everywhere}) == sorted(scoring.names())
    for options in ((), ("--convention", "all")):
        result = run(*files, "--resamples", "100", *options)
        assert f"warning: conventions disagree on which is better: {first} by " in result.stderr
        assert f"; {second} by " in result.stderr
    assert "warning" not in run(gold, first, first, "--resamples", "100").stderr


def test_a_system_is_not_better_than_itself(files: Any) -> None:
    gold, first, _ = files
    same = run(gold, first, first, "--convention", "all", "--resamples", "100")
    rows = same.stdout.split("\n\n")[2].splitlines()
    assert len(rows) == 1 + len(scoring.names()) + 2  # leaked, accuracy
    assert all(row.endswith("+0.0000 to +0.0000  1.0000  1.0000") for row in rows[1:])


def test_two_systems_are_compared_by_what_each_convention_is_about(files: Any) -> None:
    """Rows say where that is not micro F1."""
    result = run(*files, "--convention", "all", "--resamples", "100")
    rows = result.stdout.split("\n\n")[2].splitlines()[1:]
    names = [re.split("  +", row)[0] for row in rows]
    beyond = [name for name, row in zip(names, rows, strict=True) if float(row.split()[-1]) < 0.05]
    assert f"\np rand below 0.05: {', '.join(beyond) or 'none'}\n" in result.stdout
    assert names == [
        *("conlleval", "exact", "gollie", "klue-char macro", "klue-clean macro"),
        *("klue-entity macro", "partial", "pii f2", "pii leaked", "seqeval", "seqeval-strict"),
        *("strict", "token", "token accuracy", "type", "uniner"),
    ]
    found = data(*files, "--convention", "all", "--resamples", "100")["conventions"]["pii"]
    for figure in ("f2", "leaked"):
        row = rows[names.index(f"pii {figure}")].split()[2:]
        both = found["comparisons"][figure]
        gain = found["second"]["extra"][figure] - found["extra"][figure]
        assert both["difference"]["value"] == pytest.approx(gain)
        assert row[:3] == [
            f"{found['extra'][figure]:.4f}",
            f"{found['second']['extra'][figure]:.4f}",
            f"{gain:+.4f}",
        ]


def test_personal_data_is_compared_by_f2_and_by_what_leaks(files: Any) -> None:
    result = run(*files, "--convention", "pii", "--resamples", "100")
    heads = [line for line in result.stdout.splitlines() if line.startswith("system ")]
    assert [head.split()[1] for head in heads] == ["f2", "leaked"]
    assert result.stdout.count("by paired bootstrap") == 2
    assert result.stdout.count("of leaked, less is better\n") == 1
    alone = run(*files[:2], "--convention", "pii", "--interval", "--resamples", "100").stdout
    extra = data(*files[:2], "--convention", "pii")["conventions"]["pii"]["extra"]
    for figure in ("f2", "leaked"):
        assert f"\n{figure} {extra[figure]:.4f}, 95 % interval " in alone


def test_other_figures_of_both(files: Any) -> None:
    result = run(*files, "--convention", "pii")
    (line,) = (line for line in result.stdout.splitlines() if line.startswith("over_redacted "))
    assert len(line.split()) == 3


# --- mistakes


def test_mistakes_are_counted_and_shown_in_their_text(files: Any) -> None:
    gold, _, second = files
    result = run(gold, second, "--errors", "1")
    assert result.exit_code == 0
    assert result.stdout.split("\n\nmistakes\n\n")[1] == (
        "type  correct  missed  spurious  boundary  type  both\n"
        "LOC         1       0         0         1     0     0\n"
        "ORG         1       0         0         0     0     0\n"
        "PER         2       0         1         1     0     0\n"
        "-----------------------------------------------------\n"
        "all         4       0         1         2     0     0\n"
        "\n"
        "in the examples: [gold] {predicted}\n"
        "\n"
        "spurious: predicted, and stands for nothing (1)\n"
        "  c  [0:6) PER\n"
        "    {Nobody} went anywhere.\n"
        "\n"
        "boundary: the right type, other borders (2, 1 of them)\n"
        "  a  [0:12) PER → [0:3) PER\n"
        "    [{Ada} Lovelace] met Bob in New York City.\n"
    )
    found = data(gold, second, "--errors", "0")["errors"]
    assert len(found) == 1
    assert found[0]["counts"]["boundary"] == 2
    assert found[0]["examples"]["boundary"] == []


def test_what_was_hallucinated_is_read_from_the_predictions(files: Any, tmp_path: Path) -> None:
    gold, first, _ = files
    lines = [json.loads(line) for line in Path(first).read_text("utf-8").splitlines()]
    lines[2]["rejected"] = REJECTED
    path = tmp_path / "rejected.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    result = run(gold, str(path), "--errors", "5")
    assert "hallucinated: said by the model, and nowhere in the text (1)" in result.stdout
    assert "  c  LOC: 'Atlantis'\n" in result.stdout
    assert data(gold, str(path), "--convention", "gollie")["conventions"]["gollie"]["extra"] == {
        "rejected": 2
    }
    for strange in ("no list", [1], [{"text": "a"}], [REJECTED[0] | {"status": "exact"}]):
        lines[2]["rejected"] = strange
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        result = run(gold, str(path), "--errors", "5")
        assert result.exit_code == 0
        assert (
            '"rejected" is not what `schema-ner extract --json` writes in 1 of 3' in result.stderr
        )
        assert "hallucinated" not in result.stdout


def test_confusion_is_a_matrix(files: Any) -> None:
    gold, first, second = files
    result = run(gold, first, "--confusion")
    assert result.stdout.split("\n\nconfusion\n\n")[1] == (
        "gold down, predicted across; O: no span on that side\n"
        "gold  LOC  ORG  PER  O\n"
        "LOC     2    .    .  .\n"
        "ORG     .    .    .  1\n"
        "PER     1    1    1  .\n"
        "O       .    .    .  .\n"
    )
    found = data(gold, first, second, "--confusion")["confusion"]
    assert found[0]["matrix"] == [[2, 0, 0, 0], [0, 0, 0, 1], [1, 1, 1, 0], [0, 0, 0, 0]]
    assert len(found) == 2


@pytest.mark.parametrize("types", [4, 14, 40])
@pytest.mark.usefixtures("narrow")
def test_a_matrix_that_is_too_wide_is_numbered_or_listed(tmp_path: Path, types: int) -> None:
    text = "x" * types
    for name, turn in (("gold", 0), ("pred", 1)):
        places = [[n, n + 1, f"label {(n + turn) % types}"] for n in range(types)]
        line = json.dumps({"text": text, "entities": places})
        (tmp_path / f"{name}.jsonl").write_text(line, encoding="utf-8")
    result = run(str(tmp_path / "gold.jsonl"), str(tmp_path / "pred.jsonl"), "--confusion")
    matrix = result.stdout.split("\n\nconfusion\n\n")[1]
    assert max(map(cell_len, matrix.splitlines())) <= 80
    begins = {4: r"gold +label 0 +label 1 ", 14: r"gold +1 +2 +3 ", 40: "the matrix is wider"}
    assert re.search(f"^{begins[types]}", matrix, re.MULTILINE)
    if types == 40:
        assert "20 of 40 cells" in matrix
    else:
        assert len(matrix.splitlines()) == types + 3


@given(text_with_ranges(2), st.integers(20, 90))
def test_an_excerpt_fits_and_says_what_the_text_says(drawn: Any, room: int) -> None:
    """Without brackets, gaps and escapes it is a stretch of the text, or its two ends."""
    text, ranges = drawn
    gold = [Document(text, tuple(gold_span(text, *place, "A") for place in ranges[:1]))]
    said = [Document(text, tuple(gold_span(text, *place, "B") for place in ranges[1:]))]
    for mistake in errors(gold, said).mistakes:
        shown = excerpts.excerpt(mistake, room)
        assert cell_len(shown) <= room
        assert "\n" not in shown
        if text.isalpha() and text.isascii():
            plain = shown.translate(str.maketrans("", "", "[]{}"))
            assert all(part in text for part in plain.split("…"))
            for span, brackets in ((mistake.gold, "[]"), (mistake.predicted, "{}")):
                if span is not None and len(shown) < room:
                    inside = shown.split(brackets[0])[1].split(brackets[1])[0]
                    assert inside.translate(str.maketrans("", "", "[]{}")) == span.text


# --- bad input


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--seed", "1"], "--seed 1: no samples are drawn; give --interval, or a second PRED"),
        (["--resamples", "500"], "--resamples 500: no samples are drawn"),
        (["--interval", "--resamples", "9"], "resamples is 9; 100 is the least"),
        (["--interval", "--seed", "-1"], "seed is -1; it is 0 or more"),
        (["--errors", "-1"], "--errors is -1; it is how many mistakes to show, 0 or more"),
        (["--convention", "ALL"], "no scoring convention is called 'ALL'; known are: "),
        (["--exclude", ","], "--exclude names no type; write --exclude A,B"),
        (["--labels", "misc"], "--labels misc: no span has that type; there are: LOC, ORG, PER"),
    ],
)
def test_bad_options_end_in_a_sentence(files: Any, options: list[str], told: str) -> None:
    gold, first, _ = files
    result = run(gold, first, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {told}")


def test_a_second_file_that_does_not_fit_is_named(files: Any, tmp_path: Path) -> None:
    gold, first, _ = files
    other = tmp_path / "other.jsonl"
    other.write_text('{"id": "a", "text": "Ada"}\n', encoding="utf-8")
    result = run(gold, first, str(other))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: the id 'b' of {gold} is missing in {other}")
    other.write_text('{"text": "Ada"}\n{"text": "b"}\n{"text": "c"}\n', encoding="utf-8")
    differs = run(gold, first, str(other))
    assert f"({other}); scores need the same texts on both sides" in differs.stderr
    other.write_text('{"id": "a", "text": 3}\n', encoding="utf-8")
    assert f"error: {other}, line 1: " in run(gold, first, str(other)).stderr


def test_gold_without_text_is_an_error(files: Any, tmp_path: Path) -> None:
    """A score of nothing would be a number that says nothing."""
    empty = tmp_path / "empty.jsonl"
    for content in ("", '{"text": ""}\n'):
        empty.write_text(content, encoding="utf-8")
        for predicted in (str(empty), files[1]):
            for options in ((), ("--interval",), ("--convention", "all", "--json")):
                result = run(str(empty), predicted, *options)
                assert (result.exit_code, result.stdout) == (2, "")
                told = f"\nerror: {empty} has no text, so there is nothing to score\n"
                assert result.stderr.endswith(told)


# --- files that make one doubt


def test_nothing_annotated_is_a_warning(files: Any) -> None:
    gold, first, _ = files
    lines = [json.dumps({"id": n, "text": text}) for n, text in TEXTS.items()]
    Path("none.jsonl").write_text("\n".join(lines), encoding="utf-8")
    for sides in (("none.jsonl", first), (gold, "none.jsonl"), (gold, first, "none.jsonl")):
        for options in ((), ("--json",)):
            result = run(*sides, "--resamples", "100", *options) if len(sides) == 3 else run(*sides)
            assert result.exit_code == 0
            assert result.stderr.count("warning: none.jsonl: no annotation in 3 texts\n") == 1
    assert "no annotation" not in run(gold, first).stderr


def test_no_annotation_of_the_types_that_count_is_a_warning(files: Any) -> None:
    gold, first, second = files
    limited = run(gold, first, second, "--labels", "ORG", "--resamples", "100")
    assert "no annotation of" not in limited.stderr
    line = {"id": "a", "text": TEXTS["a"], "entities": [[0, 3, "WORK"]]}
    rest = [json.dumps({"id": n, "text": TEXTS[n]}) for n in "bc"]
    Path("work.jsonl").write_text("\n".join([json.dumps(line), *rest]), encoding="utf-8")
    for options in (("--labels", "work"), ("--exclude", "per,org,loc")):
        told = run(gold, "work.jsonl", *options).stderr
        assert told == f"warning: {gold}: no annotation of the types that are counted\n"


def test_plain_text_cannot_be_scored(files: Any, tmp_path: Path) -> None:
    gold, first, _ = files
    plain = tmp_path / "notes.txt"
    plain.write_text("Ada met Bob.", encoding="utf-8")
    for sides in ((str(plain), first), (gold, str(plain)), (gold, first, str(plain))):
        result = run(*sides)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == (
            f"error: {plain} is read as text, one text a file, and has no annotations to score; "
            "give annotated texts, such as JSON lines with entities, or name their format with "
            "--from\n"
        )
    assert run(gold, first, "--from", "text").exit_code == 2


def test_repeated_annotations_count_once_and_are_told(files: Any) -> None:
    gold, first, _ = files
    lines = [json.loads(line) for line in Path(gold).read_text("utf-8").splitlines()]
    for at, (what, many) in enumerate((("1 annotation repeats", 1), ("3 annotations repeat", 2))):
        lines[at]["entities"] += lines[at]["entities"][:many]
        Path("twice.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        result = run("twice.jsonl", first)
        assert (
            f"warning: twice.jsonl: {what} another, of the same place and type: counted once, but "
            "in gollie\n"
        ) in result.stderr
        assert result.stdout == run(gold, first).stdout
    assert "repeat" not in run(gold, first).stderr


def test_notes_are_said_once_and_of_whom(files: Any) -> None:
    """Of one of two systems, with its name; of all conventions that say the same, together."""
    gold, first, _ = files
    lines = [json.loads(line) for line in Path(first).read_text("utf-8").splitlines()]
    lines[0]["entities"].append([0, 16, "LOC"])
    Path("nested.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    for systems, whose in (((first, "nested.jsonl"), "second: "), (("nested.jsonl",), "")):
        result = run(gold, *systems, "--convention", "token")
        assert f"note: {whose}1 predicted span not counted: a token has one tag" in result.stderr
    both = run(gold, "nested.jsonl", "nested.jsonl", "--convention", "all").stderr
    said = [line for line in both.splitlines() if "1 predicted span not counted" in line]
    (note,) = (line for line in said if "in char_f1" not in line)
    assert {"conlleval", "seqeval", "token"} <= {
        *note.removeprefix("note: ").split(": ")[0].split(", ")
    }


def test_annotations_that_are_no_spans_are_told(tmp_path: Path) -> None:
    """A score does not leave them out unseen."""
    (tmp_path / "a.txt").write_text("Ada and Bob went.", encoding="utf-8")
    apart = "T1\tPER 0 3;8 11\tAda Bob\nT2\tPER 0 3\tAda\n"
    (tmp_path / "a.ann").write_text(apart, encoding="utf-8")
    said = tmp_path / "said.jsonl"
    said.write_text('{"text": "Ada and Bob went.", "entities": [[0, 3, "PER"]]}', encoding="utf-8")
    for command in (
        ["score", str(tmp_path / "a.ann"), str(said)],
        ["stats", str(tmp_path / "a.ann")],
    ):
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, result.output
        assert "not counted" in result.stderr
        assert "'Ada Bob'" in result.stderr
