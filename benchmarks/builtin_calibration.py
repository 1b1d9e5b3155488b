"""Calibrate the built-in model's scores on development sets, and say how good that is elsewhere.

    python benchmarks/builtin_calibration.py DEV_FOLDER [--model FOLDER] [--write] [--plot FILE.png]

For each English set: slope and intercept are fitted on the tune rows of all *other* sets, and the
expected calibration error is measured on the set's own report rows, so that no figure comes from a
set, or a row, that was fitted on.  What the model's settings say already is left aside.
``--write`` fits on the tune rows of all sets, chooses the
default threshold there, and writes both into the model's ``schema_ner.json``.

Types are asked for with the ready-made schemas where there are any, else with the set's own
definitions; half of the time by name alone, as users do too.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from builtin_dev_sets import SETS, THRESHOLDS, schema_of, scored

from schema_ner import calibration as calibrations
from schema_ner.benchmark import calibrating, diagram
from schema_ner.encoder import store
from schema_ner.engines.builtin import BuiltinEngine
from schema_ner.formats import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schema_ner.benchmark.calibrating import Read
    from schema_ner.calibration import Calibration, Observed
    from schema_ner.schema import Schema

ROWS = 300  # of each half of each set, so that no set outweighs the others
WAYS = ("guidelines", "definitions", "names")


class Half(NamedTuple):
    """What the model proposes for one half of one set, asked in one way."""

    schema: Schema
    read: list[Read]

    @property
    def observed(self) -> list[Observed]:
        """Its candidates, each right or wrong."""
        return calibrating.observations(self.read)

    def f1(self, threshold: float, calibration: Calibration) -> float:
        """Strict F1 at a threshold on calibrated scores."""
        lowest = calibration.invert(threshold)
        documents = [one.document for one in self.read]
        found = [one.candidates for one in self.read]
        return scored(documents, found, lowest, self.schema).f1


def halves(folder: Path, half: str, model: str) -> dict[str, list[Half]]:
    """Set → what the model proposes for its rows, in each way of asking."""
    index = json.loads((folder / "index.json").read_text("utf-8"))
    engine = uncalibrated(model)
    found: dict[str, list[Half]] = {}
    for name in SETS:
        if name.startswith("klue"):
            continue  # Korean, which the model does not read
        for way in WAYS:
            schema = schema_of(name, index[name.partition(".")[0]]["labels"], way)
            if schema is None or (way == "definitions" and SETS[name] is not None):
                continue
            rows = list(read(str(folder / f"{name}.{half}.jsonl.gz")))[:ROWS]
            documents = [row.relabelled(schema.from_dataset) for row in rows]
            proposed = list(calibrating.readings(documents, schema, engine))
            found.setdefault(name, []).append(Half(schema, proposed))
    return found


def uncalibrated(model: str) -> BuiltinEngine:
    """The model with its own logits, as before any calibration was written into its settings."""
    folder = store.model_path() if model == "builtin" else Path(model)
    engine = BuiltinEngine(folder)
    engine._settings = replace(engine._settings, slope=1.0, intercept=0.0)  # noqa: SLF001
    return engine


def fitted(parts: Iterable[Half]) -> Calibration:
    """One slope and intercept for all of them."""
    return calibrations.fit([each for part in parts for each in part.observed])


def through(calibration: Calibration, observed: Iterable[Observed]) -> list[Observed]:
    """The same candidates with calibrated scores."""
    return [each._replace(score=calibration.apply(each.score)) for each in observed]


def threshold_of(parts: Sequence[Half], calibration: Calibration) -> float:
    """The threshold with the best mean F1, a part the same weight as another."""
    return max(THRESHOLDS, key=lambda t: sum(part.f1(t, calibration) for part in parts))


def write(folder: Path, calibration: Calibration, threshold: float) -> None:
    """Put the calibration and the threshold into the model's settings."""
    file = folder / store.SETTINGS
    settings = json.loads(file.read_text("utf-8"))
    settings["slope"] = round(calibration.slope, 4)
    settings["intercept"] = round(calibration.intercept, 4)
    settings["threshold"] = threshold
    file.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def table(
    tune: Mapping[str, list[Half]], report: Mapping[str, list[Half]]
) -> tuple[list[Observed], list[Observed]]:
    """Print one row a set; all candidates as they come, and calibrated without their own set."""
    raw: list[Observed] = []
    calibrated: list[Observed] = []
    print("| set left out | candidates | error as it is | error calibrated without it |")
    print("|---|---|---|---|")
    for name, own in report.items():
        stem = name.partition(".")[0]
        others = [p for other, parts in tune.items() if not other.startswith(stem) for p in parts]
        observed = [each for part in own for each in part.observed]
        mapped = through(fitted(others), observed)
        errors = map(calibrations.expected_calibration_error, (observed, mapped))
        print(f"| {name} | {len(observed):,} | {' | '.join(f'{e:.3f}' for e in errors)} |")
        raw += observed
        calibrated += mapped
    errors = map(calibrations.expected_calibration_error, (raw, calibrated))
    print(f"| **all together** | {len(raw):,} | {' | '.join(f'**{e:.3f}**' for e in errors)} |")
    return raw, calibrated


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DEV_FOLDER")
    parser.add_argument("--model", default="builtin", help="a model's folder, instead of builtin")
    parser.add_argument("--write", action="store_true", help="into the model's schema_ner.json")
    parser.add_argument("--plot", type=Path, help="draw the reliability diagram here")
    args = parser.parse_args()
    tune = halves(args.folder, "tune", args.model)
    raw, calibrated = table(tune, halves(args.folder, "report", args.model))
    everything = [part for parts in tune.values() for part in parts]
    final = fitted(everything)
    threshold = threshold_of(everything, final)
    print(f"\nfitted on all tune rows: slope {final.slope:.3f}, intercept {final.intercept:+.3f}")
    print(f"default threshold on calibrated scores, by mean F1 on tune rows: {threshold}")
    if args.plot:
        curves = {"as it is": raw, "calibrated on other sets": calibrated}
        bins = {name: calibrations.reliability(each) for name, each in curves.items()}
        args.plot.write_bytes(diagram.draw("Scores on report rows of sets left out", bins))
    if args.write:
        folder = store.model_path() if args.model == "builtin" else Path(args.model)
        write(folder, final, threshold)
        print(f"written to {folder / store.SETTINGS}")


if __name__ == "__main__":
    main()
