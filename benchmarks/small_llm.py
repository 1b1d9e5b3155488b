"""A fine-tuned language model on development sets: with guidelines, by names, under masked names.

    python benchmarks/small_llm.py DEV_FOLDER --model ADAPTER [--base BASE] --out DIR [--texts 40]

``DEV_FOLDER`` is what ``builtin_dev_sets.py`` takes; the first texts of each report half are read,
and nothing is chosen on them.  Each set is asked for in four ways: held to the text and with whole
guidelines; free, as plain generation would have it; by names alone; and with whole guidelines under
names that say nothing (LABEL_1 …).  With --base, a fifth: the model before it was trained.

Printed are strict F1 (micro), and of free generation the share of texts whose answer holds
something that cannot be read, and of items that are not in the text; and texts a second.  Each set
and way is a line of DIR/small_llm.jsonl; what is stopped goes on when it is started again.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builtin_dev_sets import schema_of

from schema_ner import Extractor, Schema
from schema_ner.engines.local import LocalLLM
from schema_ner.formats import read
from schema_ner.scoring import score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from schema_ner import Extraction

SETS = (
    "crossner_ai.dev",
    "crossner_literature.dev",
    "crossner_music.dev",
    "crossner_politics.dev",
    "crossner_science.dev",
    "wnut17.test",
    "presidio_synth.test",
)
WAYS = ("base", "constrained", "free", "names", "masked")


def asked(name: str, labels: Mapping[str, Mapping[str, str]], way: str) -> Schema:
    """The schema of a set in one of the ways."""
    schema = schema_of(name, labels, "names" if way == "names" else "guidelines")
    schema = schema or schema_of(name, labels, "definitions")
    assert schema is not None  # every set has definitions
    if way != "masked":
        return schema
    masked = [replace(t, class_name=f"LABEL_{i}") for i, t in enumerate(schema, 1)]
    return Schema(tuple(masked), schema.name)


def measured(
    folder: Path, name: str, schema: Schema, engine: LocalLLM, texts: int
) -> dict[str, Any]:
    """What one set in one way came to."""
    documents = list(read(str(folder / f"{name}.report.jsonl.gz")))[:texts]
    documents = [document.relabelled(schema.from_dataset) for document in documents]
    gold = [[s for s in d.spans if s.label in schema.labels] for d in documents]
    began = time.monotonic()
    found = list(Extractor(schema, model=engine).extract_batch(d.text for d in documents))
    seconds = time.monotonic() - began
    result = score(gold, [f.spans for f in found])
    return {
        "texts": len(documents),
        "gold": sum(map(len, gold)),
        "precision": result.precision,
        "recall": result.recall,
        "f1": result.f1,
        "unparseable": share_of_texts(found, "unparseable", "truncated"),
        "hallucinated": share_of_items(found, "hallucinated"),
        "tokens_out": sum(f.usage.tokens_out or 0 for f in found),
        "passes": sum(f.usage.passes or 0 for f in found),
        "seconds": seconds,
    }


def share_of_texts(found: Sequence[Extraction], *statuses: str) -> float:
    """Of texts, those with something rejected for one of these reasons."""
    return sum(any(r.status in statuses for r in f.rejected) for f in found) / len(found)


def share_of_items(found: Sequence[Extraction], status: str) -> float:
    """Of items that the model listed, those rejected for this reason."""
    items = sum(len(f.spans) + len(f.rejected) for f in found)
    return sum(r.status == status for f in found for r in f.rejected) / max(1, items)


def table(done: Mapping[tuple[str, str], Any]) -> None:
    """Print what there is."""
    ways = [way for way in WAYS if any(w == way for _, w in done)]
    print(f"| set | texts | {' | '.join(ways)} |\n|---|---|{'---|' * len(ways)}")
    for name in SETS:
        if (name, ways[0]) in done:
            cells = [f"{100 * done[name, way]['f1']:.1f}" for way in ways if (name, way) in done]
            print(f"| {name} | {done[name, ways[0]]['texts']} | {' | '.join(cells)} |")
    crossner = [name for name in SETS if name.startswith("crossner")]
    means = [_mean([done[n, way]["f1"] for n in crossner if (n, way) in done]) for way in ways]
    print(
        f"| **mean of the five CrossNER** | | {' | '.join(f'**{100 * m:.1f}**' for m in means)} |"
    )
    for way in ways:
        rows = [row for (_, w), row in done.items() if w == way]
        speed = sum(r["texts"] for r in rows) / sum(r["seconds"] for r in rows)
        shares = [_mean([r[what] for r in rows]) for what in ("unparseable", "hallucinated")]
        print(
            f"{way}: {speed:.2f} texts/s, unparseable in {100 * shares[0]:.1f} % of texts, "
            f"hallucinated {100 * shares[1]:.1f} % of items"
        )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DEV_FOLDER")
    parser.add_argument("--model", required=True, help="the adapter's folder, or a model")
    parser.add_argument("--base", help="the model before training")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=40, help="of each set")
    args = parser.parse_args()
    index = json.loads((args.folder / "index.json").read_text("utf-8"))
    args.out.mkdir(parents=True, exist_ok=True)
    file = args.out / "small_llm.jsonl"
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    rows = [row for row in map(json.loads, lines) if row["of"] == [args.model, args.texts]]
    done = {(row["set"], row["way"]): row for row in rows}
    engines: dict[str, Callable[[], LocalLLM]] = {
        "free": lambda: LocalLLM(args.model, prompt="gollie", constrained=False),
        "base": lambda: LocalLLM(args.base, prompt="gollie"),
    }
    for way in WAYS if args.base else WAYS[1:]:
        left = [name for name in SETS if (name, way) not in done]
        if not left:
            continue
        engine = engines.get(way, lambda: LocalLLM(args.model, prompt="gollie"))()
        for name in left:
            labels = index[name.partition(".")[0]]["labels"]
            row = measured(args.folder, name, asked(name, labels, way), engine, args.texts)
            done[name, way] = {"set": name, "way": way, "of": [args.model, args.texts], **row}
            with file.open("a", encoding="utf-8") as log:
                log.write(json.dumps(done[name, way]) + "\n")
            print(f"{name} {way}: F1 {100 * row['f1']:.1f}, {row['seconds']:.0f} s", flush=True)
    table(done)


if __name__ == "__main__":
    main()
