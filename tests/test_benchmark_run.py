"""What a benchmark run takes, counts and writes."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import logging
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import run_doubles as doubles
import strategies
from hypothesis import given
from hypothesis import strategies as st
from run_doubles import AT_ONCE, SCHEMA, document, plan

from schema_ner import Document, Extraction, Rejected, Schema, Span, registry, scoring
from schema_ner.benchmark import metrics, models, plots, predictions, run, running, samples, sets
from schema_ner.benchmark.run import Run, Sample
from schema_ner.benchmark.tally import Tally
from schema_ner.errors import FormatError, InputError, ModelError
from schema_ner.formats import names as format_names
from schema_ner.runs import Finished
from schema_ner.spans import gold_span

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA = Path(__file__).parent / "data"
KLUE_TSV, KLUE_ROWS = DATA / "klue.3.tsv", DATA / "klue.200.jsonl.gz"
TYPES = registry.resolve(SCHEMA)

fast = pytest.fixture(autouse=True)(doubles.fast_disk)


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "write_plots", lambda _run, _folder: [])


# --- data sets


def test_every_data_set_is_a_ready_made_schema() -> None:
    """And all but personal data has one."""
    assert set(sets.SETS) == set(registry.names()) - {"pii"}
    for name, known in sets.SETS.items():
        assert known.format in format_names()
        assert registry.ready_made(name).from_dataset


def test_a_name_without_its_file_says_where_the_file_is() -> None:
    with pytest.raises(InputError) as caught:
        sets.find("klue")
    assert str(caught.value) == (
        "the texts of klue are not shipped with the library: get klue-ner-v1.1_dev.tsv from "
        "https://github.com/KLUE-benchmark/KLUE, klue_benchmark/klue-ner-v1.1 (CC BY-SA 4.0), "
        "then add --data klue-ner-v1.1_dev.tsv"
    )


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("pii",), "pii is a schema without a data set; give a file of your own"),
        (("bogus",), "'bogus' is neither a file of annotated texts nor a data set"),
        ((str(KLUE_TSV), str(KLUE_TSV)), "two files of texts"),
        ((str(KLUE_TSV), None, "bogus"), "no format is called 'bogus'"),
    ],
)
def test_what_is_no_source_is_an_error(args: tuple[Any, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        sets.find(*args)


@pytest.mark.parametrize(
    ("given", "file", "format_"),
    [
        ("crossner-ai", "test.txt", "conll"),
        ("wnut17", "emerging.test.annotated", "conll"),
        ("mit-movie", "engtest.bio", "conll"),
        ("conll2003", "eng.testb", "conll"),
        ("gmb", "ner_dataset.csv", "kaggle-ner"),
        ("klue", "klue-ner-v1.1_dev.tsv", "klue"),
        ("klue", "rows.jsonl.gz", "jsonl"),
        ("wnut17", "rows.jsonl", "jsonl"),
    ],
)
def test_the_files_of_data_sets_are_read_in_their_formats(
    tmp_path: Path, given: str, file: str, format_: str
) -> None:
    content = {
        "conll": "Ada\tB-x\n",
        "kaggle-ner": "Sentence #,Word,POS,Tag\nSentence: 1,Ada,NNP,B-per\n",
        "klue": "## klue-ner-v1_dev_00000-x\t<A:PS>\nA\tB-PS\n",
        "jsonl": '{"text": "Ada"}\n',
    }
    path = tmp_path / file
    data = content[format_].encode()
    path.write_bytes(gzip.compress(data) if file.endswith(".gz") else data)
    source = sets.find(given, str(path))
    assert (source.name, source.format, source.schema) == (given, format_, given)
    assert next(iter(source.documents())).text in ("Ada", "A")


def test_a_file_is_called_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "gold.set.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "Ada"}\n'))
    source = sets.find(str(path))
    assert (source.name, source.format, source.schema) == ("gold", "jsonl", None)
    assert sets.find(str(path), None, "doccano").format == "doccano"


# --- texts that are taken

MANY = [document(f"Ada {n} met Bob{n}", str(n) if n % 2 else None) for n in range(30)]


def taken(documents: Sequence[Document] = MANY, **options: Any) -> samples.Taken:
    return samples.take(doubles.Memory(documents), TYPES, **options)  # type: ignore[arg-type]  # no file


@pytest.mark.parametrize(
    ("asked", "count"), [("test", 10), ("1", 1), ("25", 25), ("30", 30), ("99", 30), ("full", 30)]
)
def test_the_first_texts_are_taken(asked: str, count: int) -> None:
    found = taken(samples=asked)
    assert [d.text for d in found.documents] == [d.text for d in MANY[:count]]
    assert (found.total, found.samples) == (30, asked)


def test_a_seed_draws_texts_in_their_order() -> None:
    drawn = [taken(samples="12", seed=seed).documents for seed in (1, 1, 2)]
    numbers = [[int(d.text.split()[1]) for d in one] for one in drawn]
    assert numbers[0] == numbers[1] != numbers[2]
    assert all(one == sorted(set(one)) and len(one) == 12 for one in numbers)
    assert numbers[0] != list(range(12))


def test_texts_without_an_id_are_called_by_their_number_in_the_file() -> None:
    found = taken(samples="6", seed=3).documents
    for one in found:
        number = int(one.text.split()[1])
        assert one.id == (str(number) if number % 2 else str(number + 1))


@pytest.mark.parametrize("asked", ["0", "-1", "all", "", "1.5", "²"])
def test_other_numbers_of_samples_are_an_error(asked: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"--samples {asked}: it is test (10 texts)")):
        taken(samples=asked)


def test_a_data_sets_labels_become_the_schemas() -> None:
    text = "Ada in Rome"
    schema = registry.resolve("klue")
    theirs = Document(text, (gold_span(text, 0, 3, "PS"), gold_span(text, 7, 11, "LC")))
    ours = theirs.relabelled(schema.from_dataset)
    for one in (theirs, ours):
        found, away = samples.fitted([one], schema)
        assert ([s.label for s in found[0].spans], away) == (["person", "location"], frozenset())


def test_types_are_left_out_by_either_name_in_any_case() -> None:
    text = "Ada in Rome"
    schema = registry.resolve("klue")
    spans = (gold_span(text, 0, 3, "PS"), gold_span(text, 7, 11, "LC"))
    for name in ("LC", "lc", "Location"):
        found, away = samples.fitted([Document(text, spans)], schema, [name])
        assert ([s.label for s in found[0].spans], away) == (["person"], {"location"})
    with pytest.raises(InputError, match="--exclude misc: there is no such type; there are: date"):
        samples.fitted([Document(text, spans)], schema, ["misc"])


def test_a_type_that_the_schema_has_not_is_an_error_or_left_out() -> None:
    text = "Ada in Rome"
    spans = (gold_span(text, 0, 3, "person"), gold_span(text, 7, 11, "MISC"))
    with pytest.raises(InputError) as caught:
        taken([Document(text, spans)])
    assert str(caught.value) == (
        "memory.jsonl: 1 annotations are of the type 'MISC', which the schema has not; its types "
        "are: person, city. Give the schema that type, or name it as the dataset_label of one; or "
        "leave these annotations out with --exclude 'MISC'"
    )
    found = taken([Document(text, spans)], exclude=["misc"])
    assert [s.label for s in found.documents[0].spans] == ["person"]


@pytest.mark.parametrize(
    ("documents", "said"),
    [([], "there are no annotations"), ([Document("Ada")], "there are no annotations")],
)
def test_texts_without_annotations_are_an_error(documents: list[Document], said: str) -> None:
    with pytest.raises(InputError, match=said):
        taken(documents)


def test_the_hash_of_the_data_covers_texts_and_annotations_and_their_order() -> None:
    base = [document("Ada wrote", "1"), document("to Bob", "2")]
    others = [
        base[::-1],
        base[:1],
        [base[0], document("to Eve", "2")],
        [base[0], document("to Bob", "3")],
        [base[0], Document("to Bob", id="2")],
    ]
    hashes = [samples.data_hash(documents) for documents in (base, *others)]
    assert len(set(hashes)) == len(hashes)
    assert samples.data_hash(list(base)) == hashes[0]
    assert taken(base, samples="1").hash == hashes[0]  # of all texts, taken or not


# --- models


def test_options_that_a_model_cannot_use_are_said() -> None:
    found = models.find("builtin", temperature=0.5, max_tokens=100)
    why = f"does nothing for {found.engine.name}: it marks spans and writes nothing"
    assert found.notes == (f"--temperature 0.5 {why}", f"--max-tokens 100 {why}")
    assert models.find("builtin").notes == ()
    assert found.precision == {"dtype": "float32", "quantization": "int8", "device": "cpu"}
    assert set(found.options) == {"weights"}


@pytest.mark.slow
def test_a_language_model_is_told_its_most_tokens() -> None:
    """And what it is run with stands in the options of the run."""
    tiny_models = pytest.importorskip("tiny_models", exc_type=ImportError)
    folder = str(tiny_models.saved("llama"))
    found = models.find(folder, temperature=0.0, max_tokens=7)
    assert found.notes == ()
    assert found.prompt == "gollie"
    assert found.precision == {"dtype": "float32", "quantization": "none", "device": "cpu"}
    assert found.options["max_tokens"] == 7
    (reading,) = found.engine.read(["Ada wrote"], TYPES, dict.fromkeys(TYPES.labels, 0.0))
    assert not isinstance(reading, Exception)
    assert (reading.usage.tokens_out or 0) <= 7
    (note,) = models.find(folder, temperature=0.5).notes
    assert note.endswith("it always writes what is likeliest, as with 0")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"temperature": -0.1}, "--temperature -0.1: it is 0 or more"),
        ({"temperature": float("nan")}, "--temperature nan: it is 0 or more"),
        ({"max_tokens": 0}, "--max-tokens 0: it is a number of tokens, at least 1"),
    ],
)
def test_numbers_out_of_range_are_an_error(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        models.find("builtin", **options)


def test_a_model_that_there_is_not_is_an_error() -> None:
    with pytest.raises(ModelError, match="no model is called"):
        models.find("no such model")


def test_thresholds_and_validators_are_options_of_a_run(tmp_path: Path) -> None:
    """A schema's hash leaves them out, but they decide what becomes of a text."""
    one = Schema.from_json(
        '{"types": [{"name": "iban", "guideline": "", "examples": [], "validator": "iban"}]}'
    )
    other = Schema.from_json(
        '{"types": [{"name": "iban", "guideline": "", "examples": [], "threshold": 0.9}]}'
    )
    assert one.hash == other.hash
    documents = [Document("no", (gold_span("no", 0, 2, "iban"),))]
    found = []
    for schema in (one, other):
        memory = doubles.Memory(documents)
        chosen = samples.take(memory, schema)  # type: ignore[arg-type]  # no file
        model = models.described(doubles.Asked())
        asked = running.Plan(texts=chosen, schema=schema, model=model, draws=metrics.Draws(0))
        found.append(asked)
    running.run(found[0], tmp_path)
    with pytest.raises(InputError, match="option thresholds"):
        running.run(found[1], tmp_path)


# --- figures


def test_figures_are_those_of_the_conventions(tmp_path: Path) -> None:
    """Each convention as `scoring` has it; the headline is strict's."""
    done = running.run(plan(MANY), tmp_path)
    gold, said = [s.gold for s in done.samples], [s.predicted for s in done.samples]
    assert set(done.metrics["conventions"]) == set(scoring.names())
    for name, one in done.metrics["conventions"].items():
        score = scoring.score(gold, said, name)
        assert score.to_dict() == {key: one[key] for key in score.to_dict()}
        assert one["definition"] == scoring.find(name).definition
    strict = scoring.score(gold, said)
    overall = [done.metrics[f"overall_{name}"] for name in ("precision", "recall", "f1")]
    assert overall == [strict.precision, strict.recall, strict.f1]
    assert 0 < strict.f1 < 1
    assert done.metrics["per_entity_f1"] == {n: t.f1 for n, t in strict.per_type.items()}
    assert list(done.metrics["per_type"]) == list(TYPES.labels)
    assert done.metrics["total_samples"] == 30


def test_what_a_run_was_made_with_stands_in_its_figures(tmp_path: Path) -> None:
    done = running.run(plan(MANY, samples="5", seed=4), tmp_path)
    figures = json.loads((tmp_path / "metrics.json").read_text())
    assert figures["settings"] == done.settings
    assert figures["schema_hash"] == TYPES.hash
    assert figures["class_order"] == list(TYPES.labels)
    assert (figures["seed"], figures["data_hash"]) == (4, samples.data_hash(MANY))
    assert {"schema-ner", "python", "numpy"} <= set(figures["versions"])
    told = {"name": "memory", "model": "double", "samples": "5", "data_texts": 30, "command": "x"}
    assert told.items() <= done.settings.items()
    assert set(done.settings["options"]) == {"schema_ner", "overlap", "thresholds", "validators"}


def test_cost_and_tokens_are_of_each_text_once(tmp_path: Path) -> None:
    """A text that comes twice is read once, and one that failed is no text that was read."""
    documents = [document(text) for text in ("Ada", "Ada", "bad Bob", "Eve in Rome")]
    done = running.run(plan(documents), tmp_path, patience=AT_ONCE)
    figures = done.metrics
    assert figures["texts_read"] == 2
    assert figures["tokens"] == {"in": 14, "out": 5, "passes": 2}
    assert figures["cost"] == pytest.approx(0.014)
    assert figures["total_time"] > 0
    assert figures["average_time_per_sample"] == pytest.approx(figures["total_time"] / 2)
    assert figures["samples_per_second"] == pytest.approx(2 / figures["total_time"])
    assert figures["failed"] == ["3"]
    assert figures["rejected"] == {"failed": 1, "hallucinated": 3}


def test_unknown_cost_is_unknown(tmp_path: Path) -> None:
    def answer(_: str) -> str:
        return "[]"

    engine = doubles.ScriptedEngine(answer, name="silent")
    figures = running.run(plan(MANY[:2], engine), tmp_path).metrics
    assert (figures["cost"], figures["tokens"]) == (None, {"in": None, "out": None, "passes": None})
    assert figures["overall_f1"] == 0.0


def test_intervals_are_those_of_the_bootstrap(tmp_path: Path) -> None:
    asked = plan(MANY)
    drawn = metrics.draws(100, 7)
    done = running.run(
        running.Plan(texts=asked.texts, schema=asked.schema, model=asked.model, draws=drawn),
        tmp_path,
    )
    from schema_ner.scoring import bootstrap  # noqa: PLC0415

    gold, said = [s.gold for s in done.samples], [s.predicted for s in done.samples]
    found = done.metrics["intervals"]
    assert set(found) == {"overall_precision", "overall_recall", "overall_f1"}
    right = bootstrap.interval(gold, said, resamples=100, seed=7)
    assert found["overall_f1"] == right.to_dict()
    assert done.metrics["conventions"]["strict"]["intervals"]["f1"] == right.to_dict()
    leaked = done.metrics["conventions"]["pii"]["intervals"]["leaked"]
    assert leaked["figure"] == "leaked"


@pytest.mark.parametrize(("resamples", "seed"), [(1, 0), (99, 0), (-1, 0), (1000, -1)])
def test_draws_that_say_nothing_are_an_error(resamples: int, seed: int) -> None:
    with pytest.raises(InputError):
        metrics.draws(resamples, seed)


def test_klues_own_figures_are_by_klues_own_types(tmp_path: Path) -> None:
    """So that a tag which is absent counts as in the official script."""
    schema = registry.resolve("klue")
    source = sets.find("klue", str(KLUE_TSV))
    model = models.described(doubles.ScriptedEngine(lambda _: "[]", name="silent"))
    chosen = samples.take(source, schema)
    asked = running.Plan(texts=chosen, schema=schema, model=model, draws=metrics.Draws(0))
    found = running.run(asked, tmp_path).metrics["conventions"]
    assert {"B-PS", "I-PS", "O"} <= set(found["klue-char"]["per_type"])
    assert len(found["klue-char"]["per_type"]) == 13
    assert "person" in found["strict"]["per_type"]


def test_types_that_are_left_out_do_not_count(tmp_path: Path) -> None:
    """Neither in gold nor in what is predicted, in any file."""
    done = running.run(plan(MANY, exclude=["city"]), tmp_path)
    labels = {
        item.label
        for sample in done.samples
        for item in (*sample.gold.spans, *sample.predicted.spans, *sample.predicted.rejected)
    }
    assert labels == {"person"}
    assert set(done.metrics["per_type"]) == {"person"}
    assert b'"city"' in (tmp_path / "journal.jsonl").read_bytes()  # what was read stays


# --- files


def test_what_a_kill_left_unfinished_is_removed(tmp_path: Path) -> None:
    """Files appear when they are whole; until then they have another name."""
    from schema_ner.formats.files import replacing  # noqa: PLC0415

    (tmp_path / "plots").mkdir()
    for folder in (tmp_path, tmp_path / "plots"):
        with replacing(folder / "file"):
            (unfinished,) = folder.glob(".*")
            (folder / f"{unfinished.name}x").touch()
        (folder / "file").unlink()
    running.run(plan(MANY), tmp_path)
    assert not list(tmp_path.rglob(".*"))


def test_predictions_can_be_left_out(tmp_path: Path) -> None:
    running.run(plan(MANY), tmp_path)
    running.run(plan(MANY), tmp_path, save_predictions=False)
    there = {path.name for path in tmp_path.iterdir()}
    assert there == {
        *("journal.jsonl", "metrics.json", "errors.txt", "report.html", "run.log", "errors.log")
    }
    with pytest.raises(InputError, match="run it again without --no-save-predictions"):
        run.load(tmp_path)


def test_predictions_can_be_scored_by_themselves(tmp_path: Path) -> None:
    """`schema-ner score GOLD predictions.jsonl` gives the figures of the run."""
    from schema_ner.formats import read  # noqa: PLC0415

    done = running.run(plan(MANY), tmp_path)
    found = list(read(tmp_path / "predictions.jsonl"))
    assert [d.id for d in found] == [s.id for s in done.samples]
    score = scoring.score([s.gold for s in done.samples], found)
    assert score.f1 == done.metrics["overall_f1"]


@given(strategies.text_with_ranges(3), strategies.text_with_ranges(3))
def test_a_line_gives_the_sample_again(
    one: tuple[str, list[tuple[int, int]]], other: tuple[str, list[tuple[int, int]]]
) -> None:
    text, ranges = one
    tokens = ((0, len(text)),) if text else ()
    gold = Document(text, tuple(gold_span(text, a, b, "x") for a, b in ranges), "1", tokens)
    spans = tuple(Span(a, b, "y", text[a:b], 0.5) for a, b in ranges)
    rejected = tuple(Rejected(f"{a}", "x", "hallucinated", "no") for a, _ in other[1])
    sample = Sample("1", gold, Extraction(text, spans, rejected, model="m", schema_hash="h"))
    assert run.from_line(run.to_line(sample), text) == sample


def test_the_csv_has_a_row_a_span_and_no_formula(tmp_path: Path) -> None:
    text = "=SUM(1) Ada"
    gold = Document(text, (gold_span(text, 0, 7, "=x"), gold_span(text, 8, 11, "person")), "@1")
    said = Extraction(text, (Span(8, 11, "person", "Ada", 0.75), Span(0, 3, "person", "=SU")))
    predictions.write_csv(Run(None, {}, (Sample("@1", gold, said),), {}), tmp_path / "p.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "p.csv").read_text("utf-8-sig"))))
    assert rows == [
        list(predictions.COLUMNS),
        ["'@1", "predicted", "0", "3", "person", "'=SU", "no", "", "exact", "model"],
        ["'@1", "gold", "0", "7", "'=x", "'=SUM(1)", "no", "", "exact", "gold"],
        ["'@1", "gold", "8", "11", "person", "Ada", "yes", "", "exact", "gold"],
        ["'@1", "predicted", "8", "11", "person", "Ada", "yes", "0.75", "exact", "model"],
    ]


def test_logs_say_what_happened_and_are_appended_to(tmp_path: Path) -> None:
    documents = [document(text) for text in ("Ada", "bad\nBob", "Eve")]
    for _ in range(2):
        running.run(plan(documents), tmp_path, patience=AT_ONCE)
        logging.getLogger("schema_ner.runs").debug("not for a log")
    log = (tmp_path / "run.log").read_text().splitlines()
    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ"
    assert all(re.match(f"{stamp} ", line) for line in log)
    said = [line[len("2026-11-22 00:00:00Z ") :] for line in log]
    assert said[0] == "begin"
    assert any(re.fullmatch(r"1/3 1: \d spans, \d gold, [\d.]+ s; F1 .*", line) for line in said)
    assert "go on behind 2 finished texts" in said
    failures = (tmp_path / "errors.log").read_text().splitlines()
    assert len(failures) == 2
    assert failures[0].endswith(r"2: ValueError: this text is bad: bad\nBob")


def test_a_run_that_stops_says_so_in_its_log(tmp_path: Path) -> None:
    engine = doubles.ScriptedEngine(["[]"], name="short")
    with pytest.raises(ModelError):
        running.run(plan(MANY, engine), tmp_path)
    log = (tmp_path / "run.log").read_text().splitlines()
    assert "stopped: ModelError: the script holds 1 answers" in log[-1]
    assert "stopped: ModelError" in (tmp_path / "errors.log").read_text()
    assert not (tmp_path / "metrics.json").exists()


def test_another_run_in_a_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    running.run(plan(MANY), tmp_path)
    before = doubles.files(tmp_path)
    with pytest.raises(InputError, match=r"another run: model \("):
        running.run(plan(MANY, doubles.Asked(name="other")), tmp_path)
    with pytest.raises(InputError, match=r"another run: data \("):
        running.run(plan(MANY[:3]), tmp_path)
    assert doubles.files(tmp_path) == before


def test_more_texts_of_the_same_data_go_on_from_those_before(tmp_path: Path) -> None:
    """`--samples test`, a look at it, then all of them."""
    running.run(plan(MANY, samples="test"), tmp_path)
    engine = doubles.Asked()
    done = running.run(plan(MANY, engine), tmp_path)
    assert len(engine.texts) == 20
    assert done.metrics["total_samples"] == 30


# --- reading back


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("metrics.json", b"{", "is no JSON"),
        ("metrics.json", b"[]", "holds no settings of a run"),
        ("metrics.json", b'{"settings": 5}', "holds no settings of a run"),
        ("predictions.jsonl", b"{}\n", "line 1: no prediction of a run"),
        ("predictions.jsonl", b"[]\n", "line 1: no prediction of a run"),
        ("predictions.jsonl", b'{"id": 1, "text": "a"}\n', "line 1: no prediction of a run"),
        ("predictions.jsonl", b"\xff\n", "is not in UTF-8"),
    ],
)
def test_files_that_are_none_of_ours_are_an_error(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    running.run(plan(MANY[:2]), tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FormatError, match=said):
        run.load(tmp_path)


@given(st.binary(max_size=60))
def test_no_bytes_break_reading_back(content: bytes) -> None:
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        run.from_line(content.decode("utf-8", "surrogateescape"))


def test_a_folder_without_a_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no metrics\.json of a finished run"):
        run.load(tmp_path)
    with pytest.raises(InputError, match=r"holds no metrics\.json"):
        run.load(tmp_path / "nowhere")


# --- while it goes on


def test_the_running_figures_are_those_of_the_texts_so_far(tmp_path: Path) -> None:
    seen: list[tuple[int, float, str]] = []
    steps: list[str] = []

    class Watch:
        def text(self, tally: Tally) -> None:
            seen.append((tally.done, tally.f1, str(tally)))

        def step(self, what: str) -> None:
            steps.append(what)

    done = running.run(plan(MANY), tmp_path, watch=Watch())
    for number, f1, shown in seen:
        gold = [s.gold for s in done.samples[:number]]
        said = [s.predicted for s in done.samples[:number]]
        assert f1 == pytest.approx(scoring.score(gold, said).f1)
        assert re.fullmatch(r"F1 \d\.\d{3}, [\d.e+]+ texts/s, \$\d\.\d{4}", shown)
    assert [number for number, _, _ in seen] == list(range(1, 31))
    assert {f"scoring {name}" for name in scoring.names()} < set(steps)
    assert steps[-1] == "writing metrics.json"


def test_a_tally_counts_cost_once_a_text_and_speed_of_what_is_new() -> None:
    tally = Tally(3)
    sample = Sample("1", Document("Ada"), Extraction("Ada", usage=doubles.Usage(cost=0.5)))
    for is_new in (True, False):
        tally.add(sample, Finished(sample.predicted, 1.0, is_new))
    assert (tally.done, tally.new, tally.cost, tally.failed) == (2, 1, 0.5, 0)
    assert "$0.5000" in str(tally)
    assert str(Tally(3)) == "F1 0.000"


def test_a_real_model_on_a_real_file(tmp_path: Path) -> None:
    """KLUE's own file, the built-in model, all artefacts; then the same folder once more."""
    schema = registry.resolve("klue")
    chosen = samples.take(sets.find("klue", str(KLUE_TSV)), schema)
    model = models.find("builtin")
    asked = running.Plan(texts=chosen, schema=schema, model=model, draws=metrics.Draws(100))
    first = running.run(asked, tmp_path / "run")
    shutil.copytree(tmp_path / "run", tmp_path / "copy")
    second = running.run(asked, tmp_path / "run")
    assert second.metrics == first.metrics  # times too: nothing was read again
    logs = (run.LOG, run.ERROR_LOG)
    before, after = (doubles.files(tmp_path / n, but=logs) for n in ("copy", "run"))
    assert before == after
