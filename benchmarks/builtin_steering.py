"""Do guidelines steer the built-in model?  Names masked, right guidelines against swapped ones.

    python benchmarks/builtin_steering.py DEV_FOLDER [--model FOLDER] [--rows 60] [--seed 0]

On the five CrossNER sets, with the ready-made schemas, without ``misc``:

- every type is called ``LABEL_1``, ``LABEL_2`` … and keeps its guideline, or gets another type's
  (each guideline moves on to the next type, in a shuffled circle, so that none stays);
- the difference in strict F1 between the two, on the same sentences, with a paired bootstrap;
- and a table: names only, names and guidelines, masked names and guidelines.

Thresholds are chosen on tune rows, for each way of asking; figures are on report rows.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from builtin_dev_sets import THRESHOLDS

from schema_ner import EntityType, Extractor, Schema
from schema_ner.formats import read
from schema_ner.overlap import resolve
from schema_ner.registry import ready_made

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schema_ner import Document

SETS = ("ai", "literature", "music", "politics", "science")
WAYS = ("names only", "names and guidelines", "masked names and guidelines", "swapped guidelines")
RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Counts:
    """Spans of one sentence: right, said, gold."""

    right: int
    said: int
    gold: int


def schemas(types: Sequence[EntityType], rng: random.Random) -> dict[str, Schema]:
    """The same types asked for in each of the ways, in the same order."""
    masked = [replace(t, label=f"LABEL_{i}", examples=()) for i, t in enumerate(types, 1)]
    order = list(range(len(types)))
    rng.shuffle(order)
    said_by = dict(zip(order, [*order[1:], order[0]], strict=True))
    swapped = [replace(t, guideline=types[said_by[i]].guideline) for i, t in enumerate(masked)]
    ways = ([replace(t, guideline="") for t in types], types, masked, swapped)
    return {way: Schema(tuple(each), way) for way, each in zip(WAYS, ways, strict=True)}


def counts(documents: Sequence[Document], schema: Schema, model: str) -> dict[float, list[Counts]]:
    """For each threshold, the counts of each sentence."""
    candidates = Extractor(schema, model=model, threshold=min(THRESHOLDS), overlap="all")
    found = [candidates.extract(d.text).spans for d in documents]
    result: dict[float, list[Counts]] = {}
    for threshold in THRESHOLDS:
        result[threshold] = []
        for document, spans in zip(documents, found, strict=True):
            gold = {s.order for s in document.spans if s.label in schema.labels}
            kept, _ = resolve([s for s in spans if (s.score or 0) >= threshold], "flat")
            said = {s.order for s in kept}
            result[threshold].append(Counts(len(gold & said), len(said), len(gold)))
    return result


def f1(sentences: Sequence[Counts]) -> float:
    """Micro F1 over sentences, in points."""
    both = sum(c.said + c.gold for c in sentences)
    return 200 * sum(c.right for c in sentences) / both if both else 0.0


def interval(
    one: Sequence[Counts], other: Sequence[Counts], rng: random.Random
) -> tuple[float, float]:
    """The 95 % interval of the F1 difference of two ways, by resampling sentences in pairs."""
    places = range(len(one))
    differences = []
    for _ in range(RESAMPLES):
        drawn = rng.choices(places, k=len(places))
        differences.append(f1([one[i] for i in drawn]) - f1([other[i] for i in drawn]))
    differences.sort()
    return differences[round(0.025 * RESAMPLES)], differences[round(0.975 * RESAMPLES) - 1]


def main() -> None:
    """Print the table and the interval."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DEV_FOLDER")
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--rows", type=int, default=60, help="sentences of each set")
    parser.add_argument("--seed", type=int, default=0, help="of the swap and the bootstrap")
    args = parser.parse_args()
    rng = random.Random(args.seed)  # noqa: S311  # no secret
    pooled: dict[str, list[Counts]] = {way: [] for way in WAYS}
    print(f"| set | types | {' | '.join(WAYS)} |\n|---|---|{'---|' * len(WAYS)}")
    for name in SETS:
        types = [t for t in ready_made(f"crossner-{name}") if t.dataset_label != "misc"]
        cells = []
        for way, schema in schemas(types, rng).items():
            halves = {}
            for half in ("tune", "report"):
                rows = read(args.folder / f"crossner_{name}.dev.{half}.jsonl.gz")
                documents = [d.relabelled(schema.from_dataset) for d in list(rows)[: args.rows]]
                halves[half] = counts(documents, schema, args.model)
            best = max(THRESHOLDS, key=_f1_at(halves["tune"]))
            pooled[way] += halves["report"][best]
            cells.append(f"{f1(halves['report'][best]):.1f}")
        print(f"| crossner_{name} | {len(types)} | {' | '.join(cells)} |", flush=True)
    print(f"| **all sentences** | | {' | '.join(f'**{f1(pooled[w]):.1f}**' for w in WAYS)} |")
    right, swapped = pooled[WAYS[2]], pooled[WAYS[3]]
    low, high = interval(right, swapped, rng)
    print(
        f"\nMasked names, right guidelines against swapped: {f1(right) - f1(swapped):+.1f} F1 on "
        f"{len(right)} sentences, 95 % interval {low:+.1f} to {high:+.1f} "
        f"(paired bootstrap, {RESAMPLES:,} resamples, seed {args.seed})"
    )


def _f1_at(tune: dict[float, list[Counts]]) -> Callable[[float], float]:
    return lambda threshold: f1(tune[threshold])


if __name__ == "__main__":
    main()
