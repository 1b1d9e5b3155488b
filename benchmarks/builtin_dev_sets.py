"""Strict F1 of the built-in model on development sets, as tables for the model card.

    python benchmarks/builtin_dev_sets.py DEV_FOLDER [--model FOLDER] [--rows 400]

``DEV_FOLDER`` holds, for each set, ``NAME.tune.jsonl.gz``, ``NAME.report.jsonl.gz``, and an
``index.json`` with each label's name and definition.  The threshold is chosen on the tune half, the
figure is on the first rows of the report half; ``misc`` is left out.  Types are asked for in up to
three ways: with the guidelines of the ready-made schema, whose wordings were chosen on tune halves;
with the data set's own definitions, which nobody chose; by name alone.

A second table: personal data, with the checks of ``schema_ner.validators`` and without.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from schema_ner import EntityType, Extractor, Schema
from schema_ner.formats import read
from schema_ner.overlap import resolve
from schema_ner.registry import ready_made
from schema_ner.scoring import score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner import Document, Span
    from schema_ner.scoring import Score

THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8)
SETS = {  # file → its ready-made schema, if any
    "crossner_ai.dev": "crossner-ai",
    "crossner_literature.dev": "crossner-literature",
    "crossner_music.dev": "crossner-music",
    "crossner_politics.dev": "crossner-politics",
    "crossner_science.dev": "crossner-science",
    "wnut17.dev": "wnut17",
    "wnut17.test": "wnut17",
    "gmb_kaggle_subset.all": "gmb",
    "klue_ner.dev_even": "klue",
    "ncbi_disease.dev": None,
    "ncbi_disease.test": None,
    "tasteset.all": None,
    "presidio_synth.test": None,
}
WAYS = ("guidelines", "definitions", "names")
CHECKS = {  # label of the personal-data set → the check that fits it
    "IBAN_CODE": "iban",
    "US_SSN": "us-ssn",
    "CREDIT_CARD": "card",
    "DATE_TIME": "date",
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "DOMAIN_NAME": "url",
    "IP_ADDRESS": "ip",
}
Labels = Mapping[str, Mapping[str, str]]


def schema_of(name: str, labels: Labels, way: str) -> Schema | None:
    """The types of a set but ``misc``, asked for in one of the ways; ``None``: not to be had."""
    ready = SETS[name]
    if way == "definitions" or ready is None:
        types = [
            EntityType(about["name"], about.get("definition", ""), dataset_label=label)
            for label, about in labels.items()
            if label.lower() != "misc"
        ]
    else:
        types = [t for t in ready_made(ready) if (t.dataset_label or "").lower() != "misc"]
    if way == "guidelines" and ready is None:
        return None
    if way == "names":
        types = [EntityType(t.label, dataset_label=t.dataset_label) for t in types]
    return Schema(tuple(types), name)


def candidates(documents: Sequence[Document], schema: Schema, model: str) -> list[tuple[Span, ...]]:
    """All spans down to the lowest threshold, overlapping."""
    ner = Extractor(schema, model=model, threshold=THRESHOLDS[0], overlap="all")
    return [result.spans for result in ner.extract_batch(d.text for d in documents)]


def scored(
    documents: Sequence[Document], found: Sequence[Sequence[Span]], threshold: float, schema: Schema
) -> Score:
    """Strict scores of what is left at a threshold, without overlaps."""
    gold = [[s for s in d.spans if s.label in schema.labels] for d in documents]
    kept = [resolve([s for s in f if (s.score or 0) >= threshold], "flat")[0] for f in found]
    return score(gold, kept)


def measured(folder: Path, name: str, schema: Schema, model: str, rows: int) -> tuple[Score, float]:
    """The score on report rows at the threshold that is best on tune rows, and that threshold."""
    halves = {}
    for half in ("tune", "report"):
        first = list(read(str(folder / f"{name}.{half}.jsonl.gz")))[:rows]
        documents = [d.relabelled(schema.from_dataset) for d in first]
        halves[half] = (documents, candidates(documents, schema, model))
    best = max(THRESHOLDS, key=lambda t: scored(*halves["tune"], t, schema).f1)
    return scored(*halves["report"], best, schema), best


def dev_sets(
    folder: Path, index: Mapping[str, Mapping[str, Labels]], model: str, rows: int
) -> None:
    """Print the first table."""
    head = " | ".join(f"{way} | at" for way in WAYS)
    print(f"| set | types | {head} |\n|---|---|{'---|---|' * len(WAYS)}")
    sums = dict.fromkeys(WAYS, 0.0)
    for name in SETS:
        cells, count = [], 0
        for way in WAYS:
            schema = schema_of(name, index[name.partition(".")[0]]["labels"], way)
            if schema is None:
                cells.append("| ")
                continue
            result, threshold = measured(folder, name, schema, model, rows)
            count = len(schema)
            sums[way] += 100 * result.f1 if name.startswith("crossner") else 0.0
            cells.append(f"{100 * result.f1:.1f} | {threshold}")
        print(f"| {name} | {count} | {' | '.join(cells)} |", flush=True)
    means = " | ".join(f"**{sums[way] / 5:.1f}** | " for way in WAYS)
    print(f"| **mean of the five CrossNER** | | {means} |")


def personal_data(folder: Path, labels: Labels, model: str, rows: int) -> None:
    """Print the second table."""
    name = "presidio_synth.test"
    plain = schema_of(name, labels, "definitions")
    assert plain is not None  # every set has definitions
    checked = [replace(t, validator=CHECKS.get(t.dataset_label or "")) for t in plain]
    print("\n| personal data | precision | recall | F1 | at |\n|---|---|---|---|---|")
    for what, schema in (("without checks", plain), ("with checks", Schema(tuple(checked), name))):
        result, threshold = measured(folder, name, schema, model, rows)
        figures = (result.precision, result.recall, result.f1)
        print(f"| {what} | {' | '.join(f'{100 * f:.1f}' for f in figures)} | {threshold} |")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DEV_FOLDER")
    parser.add_argument("--model", default="builtin", help="a model's folder, instead of builtin")
    parser.add_argument("--rows", type=int, default=400, help="at most, of each half")
    args = parser.parse_args()
    index = json.loads((args.folder / "index.json").read_text("utf-8"))
    dev_sets(args.folder, index, args.model, args.rows)
    personal_data(args.folder, index["presidio_synth"]["labels"], args.model, args.rows)


if __name__ == "__main__":
    main()
