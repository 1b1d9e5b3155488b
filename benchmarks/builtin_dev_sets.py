"""Strict F1 of the built-in model on development sets, as a table for the model card.

    python benchmarks/builtin_dev_sets.py DEV_FOLDER [ROWS]

``DEV_FOLDER`` holds, for each set, ``NAME.tune.jsonl.gz``, ``NAME.report.jsonl.gz``, and an
``index.json`` with each label's name and definition.  The threshold is chosen on the tune half, the
figure is on the first ROWS rows (400) of the report half.  ``misc`` is left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from schema_ner import Document, EntityType, Extractor, Schema, Span
from schema_ner.formats import read
from schema_ner.overlap import resolve
from schema_ner.registry import ready_made
from schema_ner.scoring import Score, score

THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
SETS = {  # file → its ready-made schema; None: names and definitions of the index
    "crossner_ai.dev": "crossner-ai",
    "crossner_literature.dev": "crossner-literature",
    "crossner_music.dev": "crossner-music",
    "crossner_politics.dev": "crossner-politics",
    "crossner_science.dev": "crossner-science",
    "wnut17.test": "wnut17",
    "gmb_kaggle_subset.all": "gmb",
    "klue_ner.dev_even": "klue",
    "ncbi_disease.test": None,
    "tasteset.all": None,
    "presidio_synth.test": None,
}


def schema_of(
    name: str, index: dict[str, dict[str, dict[str, dict[str, str]]]], *, told: bool
) -> Schema:
    """The types of a set but ``misc``, with guidelines or (``told=False``) by name alone."""
    ready = SETS[name]
    if ready is not None:
        types = [t for t in ready_made(ready) if t.dataset_label not in ("misc", "MISC")]
    else:
        labels = index[name.partition(".")[0]]["labels"]
        types = [
            EntityType(about["name"], about.get("definition", ""), dataset_label=label)
            for label, about in labels.items()
        ]
    if not told:
        types = [EntityType(t.label, dataset_label=t.dataset_label) for t in types]
    return Schema(tuple(types), name)


def candidates(documents: list[Document], schema: Schema) -> list[tuple[Span, ...]]:
    """All spans down to the lowest threshold, overlapping."""
    ner = Extractor(schema, threshold=THRESHOLDS[0], overlap="all")
    return [result.spans for result in ner.extract_batch(d.text for d in documents)]


def scored(
    documents: list[Document], found: list[tuple[Span, ...]], threshold: float, schema: Schema
) -> Score:
    """Strict scores of what is left at a threshold, without overlaps."""
    gold = [[s for s in d.spans if s.label in schema.labels] for d in documents]
    kept = [resolve([s for s in f if (s.score or 0) >= threshold], "flat")[0] for f in found]
    return score(gold, kept)


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1])
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 400  # noqa: PLR2004  # the optional one
    index = json.loads((folder / "index.json").read_text("utf-8"))
    print(
        "| set | types | names and guidelines | at | names only | at |\n|---|---|---|---|---|---|"
    )
    sums = {True: 0.0, False: 0.0}
    for name in SETS:
        cells = ""
        for told in (True, False):
            schema = schema_of(name, index, told=told)
            halves = {}
            for half in ("tune", "report"):
                read_all = list(read(folder / f"{name}.{half}.jsonl.gz"))[:rows]
                documents = [d.relabelled(schema.from_dataset) for d in read_all]
                halves[half] = (documents, candidates(documents, schema))
            best = max(THRESHOLDS, key=lambda t: scored(*halves["tune"], t, schema).f1)
            figure = 100 * scored(*halves["report"], best, schema).f1
            sums[told] += figure if name.startswith("crossner") else 0.0
            cells += f" {figure:.1f} | {best} |"
        print(f"| {name} | {len(schema)} |{cells}", flush=True)
    told_mean, bare_mean = sums[True] / 5, sums[False] / 5
    print(f"| **mean of the five CrossNER** | | **{told_mean:.1f}** | | **{bare_mean:.1f}** | |")


if __name__ == "__main__":
    main()
