"""Speed, start-up and memory of the built-in model, beside GLiNER and GLiNER2 on the same machine.

    python benchmarks/builtin_speed.py --make-environments .venv-peers
    python benchmarks/builtin_speed.py --environments .venv-peers --write-docs

The first command makes an environment for each peer with the versions in ``benchmarks/peers``; once
is enough.  On Linux, pip takes torch with CUDA, some gigabytes, unless it is pointed at the index
of torch's CPU wheels (``PIP_INDEX_URL`` or ``PIP_EXTRA_INDEX_URL``).  The second measures all in
one run, prints the tables, and with ``--write-docs`` writes them into ``docs/performance.md`` and
draws ``docs/performance.png`` (which needs matplotlib: ``pip install -e '.[eval]'``).  It takes
half an hour on two cores, nearly all of it the peers' with 100 types; close whatever else runs.

Each measure is one call to warm up, then at least ``--repeats`` calls and ``--seconds`` seconds;
the median counts.  No model is downloaded: the peers get random weights in the shape of published
models, and nobody's threshold is reached, so no side pays for what it finds.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from peers import inputs, picture
from peers.client import (
    PEER,
    Runner,
    RunnerError,
    build,
    environment,
    free_memory,
    machine,
    make_environments,
    python_of,
    started,
    versions,
)
from peers.report import OURS, TITLES, Cell, Results, Start, tables, with_block

DOCS = Path(__file__).parent.parent / "docs"
TEXTS = 8  # different ones of each length; a batch of the peers is all of them
BATCHES = {OURS: (1,), "gliner": (1, TEXTS), "gliner2": (1, TEXTS)}
FIRST = (5, 30)  # types and words of what a fresh process is asked


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--make-environments", type=Path, metavar="FOLDER", help="make the peers' environments")
    add("--environments", type=Path, default=Path(".venv-peers"), metavar="FOLDER")
    add("--model", default="builtin", metavar="FOLDER", help="a folder in place of the built-in")
    add("--sides", default="builtin,gliner,gliner2", help="who is measured")
    add("--types", default="5,25,100", help="numbers of types")
    add("--words", default="30,300", help="lengths of texts")
    add("--repeats", type=int, default=5, help="calls of each measure, at least")
    add("--seconds", type=float, default=2.0, help="seconds of each measure, at least")
    add("--patience", type=float, default=60.0, help="no batch is tried that would take longer")
    add("--threads", type=int, default=2, help="of every side")
    add("--out", type=Path, default=Path("build/builtin_speed.json"), metavar="FILE")
    add("--read", type=Path, metavar="FILE", help="measure nothing: results of an earlier run")
    add("--write-docs", action="store_true", help="write docs/performance.md and its picture")
    return parser.parse_args()


class Measuring:
    """One run: the same texts and types for every side, one after the other."""

    def __init__(self, chosen: argparse.Namespace, folder: Path) -> None:
        self.chosen = chosen
        self.folder = folder  # scratch: the peers' weights, caches of type vectors
        self.sides = chosen.sides.split(",")
        self.counts = [int(n) for n in chosen.types.split(",")]
        self.lengths = [int(n) for n in chosen.words.split(",")]
        # a peer that would take more gets an error in place of the memory
        self.room = {"SPEED_MEMORY": str(free_memory() * 8 // 10)}
        names = "repeats", "seconds", "threads", "model"
        settings: dict[str, Any] = {name: getattr(chosen, name) for name in names}
        settings["versions"] = versions(sys.executable, ["schema-ner", "onnxruntime"])
        self.results = Results(machine(), settings, {})

    def all(self) -> Results:
        """Build the peers, measure every cell, then fresh processes."""
        for side in self.sides:
            if side != OURS:
                self._build(side)
        with ExitStack() as stack:
            runners = {side: stack.enter_context(self._runner(side)) for side in self.sides}
            for words in self.lengths:
                for types in self.counts:
                    for side in self.sides:
                        self._cells(runners[side], side, words, types)
            if OURS in runners:
                for types in self.counts:
                    self._once(runners[OURS], types)
        for side in self.sides:
            self._starts(side)
        return self.results

    def _build(self, side: str) -> None:
        _say(f"{TITLES[side]}: random weights")
        python = python_of(self.chosen.environments, side)
        self.results.parameters[side] = build(python, PEER[side], self.folder / side)
        known = versions(python, [PEER[side].package, "torch", "transformers"])
        self.results.settings["versions"][side] = known.pop(PEER[side].package)
        for package, version in known.items():
            self.results.settings["versions"][f"its {package}"] = version

    def _command(self, side: str) -> list[str]:
        if side == OURS:
            return [sys.executable, "-m", "peers.builtin_runner", self.chosen.model]
        python = python_of(self.chosen.environments, side)
        return [python, "-m", PEER[side].runner, "serve", str(self.folder / side)]

    def _runner(self, side: str) -> Runner:
        room = {} if side == OURS else self.room
        return Runner(self._command(side), environment(self.chosen.threads) | room)

    def _cells(self, runner: Runner, side: str, words: int, types: int) -> None:
        """One side, one length, one number of types: each batch size that may be its best."""
        about = f"{TITLES[side]}, {words} words, {types} types"
        alone: float | None = None
        for batch in BATCHES[side]:
            if alone is not None and alone * batch > self.chosen.patience:
                self._leave_out(
                    f"{about}, a batch of {batch}: a call would take over "
                    f"{self.chosen.patience:.0f} s"
                )
                continue
            answer = runner.ask(
                do="measure",
                types=inputs.types(types),
                texts=inputs.texts(words, TEXTS),
                batch=batch,
                repeats=self.chosen.repeats,
                seconds=self.chosen.seconds,
                beat=alone and 1.2 * alone,  # a batch that is far from it is called but once
            )
            if "error" in answer:
                self._leave_out(f"{about}, a batch of {batch}: {answer['error']}")
                continue
            seen = answer["seen"]
            if (seen["words"], seen["types"]) != (words, types):
                raise RunnerError(f"{about}: it read {seen} only")
            seconds = tuple(answer["seconds"] or [answer["warm_up"]])
            cell = Cell(side, words, types, batch, seconds, answer["spans"], seen["tokens"])
            alone = alone or cell.cost
            self.results.cells.append(cell)
            _say(f"{about}, batch {batch}: {1000 * cell.cost:,.1f} ms a text, {cell.spans} spans")

    def _once(self, runner: Runner, types: int) -> None:
        answer = runner.ask(do="once", types=inputs.types(types), repeats=self.chosen.repeats)
        self.results.once[types] = median(answer["seconds"])
        _say(f"type vectors, {types} types: {self.results.once[types]:.2f} s")

    def _starts(self, side: str) -> None:
        """Fresh processes; the built-in model with a cache that is empty, then with the same."""
        types, words = FIRST
        asked = {"types": inputs.types(types), "texts": inputs.texts(words, 1)}
        found: dict[bool, list[tuple[float, int]]] = {False: [], True: []}
        for turn in range(self.chosen.repeats + 1):
            cache = str(self.folder / f"cache {turn}")
            for known in (False, True) if side == OURS else (False,):
                variables = environment(self.chosen.threads, cache)
                found[known].append(started(self._command(side), variables, **asked))
        for known, runs in found.items():
            if runs:
                seconds, memory = zip(
                    *runs[1:], strict=True
                )  # the first one warms the disk's cache
                self.results.starts.append(Start(side, known, seconds, memory))
                _say(f"{TITLES[side]}: first result after {median(seconds):.2f} s")

    def _leave_out(self, what: str) -> None:
        self.results.left_out.append(what)
        _say(what)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Make environments, or measure and report."""
    chosen = options()
    if chosen.make_environments:
        make_environments(chosen.make_environments)
        return
    if chosen.write_docs:
        picture.check()  # now, and not in half an hour
    if chosen.read:
        results = Results.from_json(json.loads(chosen.read.read_text("utf-8")))
    else:
        with tempfile.TemporaryDirectory() as folder:
            try:
                results = Measuring(chosen, Path(folder)).all()
            except (RunnerError, FileNotFoundError) as err:
                sys.exit(str(err))
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_text(json.dumps(results.as_json(), indent=1) + "\n", "utf-8")
    print(tables(results))
    if chosen.write_docs:
        page = DOCS / "performance.md"
        page.write_text(with_block(page.read_text("utf-8"), tables(results)), "utf-8")
        picture.draw(results, DOCS / "performance.png")


if __name__ == "__main__":
    main()
