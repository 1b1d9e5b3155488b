"""The built-in model on every report file of the development sets, as tables for the docs.

    python benchmarks/builtin_report.py DEV_FOLDER --out DIR [--klue klue-ner-v1.1_dev.tsv]

``DEV_FOLDER`` is what ``builtin_dev_sets.py`` takes.  Each set is one `schema-ner benchmark`, whose
folder is in DIR with its report; what is stopped goes on when it is started again.  Nothing is
chosen here: thresholds and guidelines are those that ship.  Sets without a ready-made schema are
read with their own definitions, as a JSON schema that is left in DIR/schemas.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builtin_dev_sets import CHECKS, SETS

from schema_ner import EntityType, Schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MISC = "misc"  # of CrossNER: what no guideline can say
HEAD = "| set | texts | strict F1 | 95 % | precision | recall | command |"
KLUE = {"klue-entity": "entity F1", "klue-char": "character F1", "klue-clean": "clean F1"}


def commands(folder: Path, out: Path, klue: Path | None) -> Iterator[tuple[str, list[str]]]:
    """Each set's name and the command that measures it."""
    index = json.loads((folder / "index.json").read_text("utf-8"))
    for name, ready in SETS.items():
        file = str(folder / f"{name}.report.jsonl.gz")
        if ready is None:
            labels = index[name.partition(".")[0]]["labels"]
            what = [file, "--schema", _written(out, name.partition(".")[0], labels)]
        else:
            what = [ready, "--data", file]
        what += ["--exclude", MISC] if name.startswith("crossner") else []
        yield name, ["benchmark", *what, "--out", str(out / name)]
    if klue is not None:
        yield (
            klue.name,
            ["benchmark", "klue", "--data", str(klue), "--out", str(out / klue.stem)],
        )


def _written(out: Path, name: str, labels: Mapping[str, Mapping[str, str]]) -> str:
    """A schema of a set's own definitions, as a file."""
    types = tuple(
        EntityType(
            about["name"],
            about.get("definition", ""),
            dataset_label=label,
            validator=CHECKS.get(label),
        )
        for label, about in labels.items()
    )
    path = out / "schemas" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(Schema(types, name).to_json(indent=2) + "\n", encoding="utf-8")
    return str(path)


def row(name: str, metrics: Mapping[str, Any], command: str) -> str:
    """One line of the table."""
    interval = metrics["intervals"]["overall_f1"]
    cells = [
        name,
        f"{metrics['total_samples']:,}",
        f"{100 * metrics['overall_f1']:.1f}",
        f"{100 * interval['low']:.1f} to {100 * interval['high']:.1f}",
        f"{100 * metrics['overall_precision']:.1f}",
        f"{100 * metrics['overall_recall']:.1f}",
        f"`schema-ner {command}`",
    ]
    return f"| {' | '.join(cells)} |"


def klue_rows(metrics: Mapping[str, Any]) -> Iterator[str]:
    """The full protocol of KLUE-NER."""
    yield "| figure | value | 95 % |\n|---|---|---|"
    for name, title in KLUE.items():
        one = metrics["conventions"][name]
        drawn = one["intervals"]["f1"]
        yield f"| {title} | {100 * one['f1']:.1f} | {_ends(drawn)} |"
        for figure, value in one["extra"].items():
            shown = value if figure == "absent_tags" else _hundred(value)
            yield f"| {title}: `{figure}` | {shown} | |"


def _ends(drawn: Mapping[str, float]) -> str:
    return f"{_hundred(drawn['low'])} to {_hundred(drawn['high'])}"


def _hundred(value: float) -> str:
    return f"{100 * value:.1f}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DEV_FOLDER")
    parser.add_argument("--out", type=Path, required=True, help="where the runs go")
    parser.add_argument("--klue", type=Path, help="KLUE-NER's own TSV, for its full protocol")
    args = parser.parse_args()
    lines, protocol = [], []
    for name, command in commands(args.folder, args.out, args.klue):
        done = subprocess.run([sys.executable, "-m", "schema_ner", *command], check=False)  # noqa: S603  # our own command
        if done.returncode not in (0, 1):
            sys.exit(f"{name}: exit code {done.returncode}; start this again to go on")
        metrics = json.loads((Path(command[-1]) / "metrics.json").read_text("utf-8"))
        shown = shlex.join(command)
        for folder, called in ((args.out, "RUNS"), (args.folder, "DEV")):
            shown = shown.replace(str(folder), called)
        lines.append(row(name, metrics, shown.replace(str(args.klue), name)))
        if args.klue is not None and name == args.klue.name:
            protocol = list(klue_rows(metrics))
    print(HEAD, "|---|---|---|---|---|---|---|", *lines, "", *protocol, sep="\n")


if __name__ == "__main__":
    main()
