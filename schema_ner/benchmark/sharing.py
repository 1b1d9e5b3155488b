"""The texts that several runs have in common, and what else parts the runs.

Here: which sample of one run is which of another, and what types are called there.  Not here:
scoring them (``comparing``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schema_ner import registry
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from schema_ner.benchmark.run import Run, Sample
    from schema_ner.spans import Document, Extraction

# settings that say nothing of how a run was made
_ASIDE = ("command", "name", "model_given")


@dataclass(frozen=True, slots=True)
class Shared:
    """Runs over the same texts.

    Attributes:
        runs: as they were given.
        samples: for each run its samples of the shared texts, in the order of the first run.
        remarks: what a reader must know, one sentence each.
    """

    runs: tuple[Run, ...]
    samples: tuple[tuple[Sample, ...], ...]
    remarks: tuple[str, ...]


def shared(runs: Sequence[Run]) -> Shared:
    """The texts that all runs have in common.

    Texts are matched by their id where all runs read the same file, else by what they say.

    Raises:
        InputError: there are fewer than two runs, no text is in all of them, or one is annotated
            differently.
    """
    if len(runs) < 2:  # noqa: PLR2004
        raise InputError(f"{len(runs)} runs are given; it takes two or more to compare")
    names = keys(runs)
    hashes = {run.settings.get("data_hash") for run in runs}
    of_one_file = len(hashes) == 1 and None not in hashes
    found = [_keyed(run, by_id=of_one_file) for run in runs]
    common = [key for key in found[0] if all(key in other for other in found[1:])]
    if not common:
        raise InputError(f"the runs have no text in common: {_on_what(runs, names)}")
    samples = tuple(tuple(each[key] for key in common) for each in found)
    for other, name in zip(samples[1:], names[1:], strict=True):
        for one, two in zip(samples[0], other, strict=True):
            _check_gold(one, two, names[0], name)
    return Shared(tuple(runs), samples, tuple(_remarks(runs, names, samples)))


def keys(runs: Sequence[Run]) -> list[str]:
    """What to call the runs: ``A``, ``B`` …, beyond ``Z`` by number."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [letters[at] if at < len(letters) else str(at + 1) for at in range(len(runs))]


def named(run: Run) -> str:
    """A run by what it is and where it lies."""
    return run.name if run.folder is None else f"{run.name} ({run.folder})"


def differing(runs: Sequence[Run]) -> dict[str, list[Any]]:
    """The settings in which the runs differ: the value in each, ``None`` where it has none."""
    every = dict.fromkeys(key for run in runs for key in run.settings if key not in _ASIDE)
    values = {key: [run.settings.get(key) for run in runs] for key in every}
    return {key: each for key, each in values.items() if any(one != each[0] for one in each[1:])}


def _keyed(run: Run, *, by_id: bool) -> dict[Hashable, Sample]:
    """Its samples by id, or by their text and how often it has come before."""
    if by_id:
        return {(sample.id, sample.gold.text): sample for sample in run.samples}
    seen: Counter[str] = Counter()
    found: dict[Hashable, Sample] = {}
    for sample in run.samples:
        text = sample.gold.text
        found[text, seen[text]] = sample
        seen[text] += 1
    return found


def _check_gold(one: Sample, two: Sample, first: str, second: str) -> None:
    """Raise InputError where a text has other annotations in another run."""
    here, there = ({span.order for span in each.gold.spans} for each in (one, two))
    if here == there:
        return
    only = min(here ^ there)
    name = first if only in here else second
    start, end, label = only
    raise InputError(
        f"text {one.id!r} is annotated differently: only {name} has {label!r} at [{start}:{end}); "
        "compare runs of the same annotations, with schemas whose types have the same names"
    )


def _on_what(runs: Sequence[Run], names: Sequence[str]) -> str:
    said = [
        f"{name} read {_texts(len(run.samples))} of {run.settings.get('name', '?')} "
        f"({Path(str(run.settings.get('data', '?'))).name}{_seed(run)})"
        for run, name in zip(runs, names, strict=True)
    ]
    return ", ".join(said) + "; run them on the same texts"


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count:,} texts"


def _seed(run: Run) -> str:
    seed = run.settings.get("seed")
    return "" if seed is None else f", seed {seed}"


def _remarks(
    runs: Sequence[Run], names: Sequence[str], samples: Sequence[Sequence[Sample]]
) -> list[str]:
    count = len(samples[0])
    said = [
        f"{len(run.samples) - count:,} of {len(run.samples):,} texts of {name} are left out: "
        "not every run has them"
        for run, name in zip(runs, names, strict=True)
        if len(run.samples) > count
    ]
    for name, of_run in zip(names, samples, strict=True):
        failed = sum(
            any(item.status == "failed" for item in each.predicted.rejected) for each in of_run
        )
        if failed:
            said.append(f"{name} failed on {failed:,} of these texts, which count as empty")
    if "data_hash" in (other := differing(runs)):
        said.append("the runs read different files; texts are matched by what they say")
    if "schema_hash" in other:
        said.append("the schemas differ in their guidelines, though not in the annotations")
    return said


def sides(shared: Shared, convention: str) -> tuple[list[Document], list[list[Extraction]]]:
    """Gold, and the predictions of each run; for KLUE's own figures by KLUE's names of types."""
    names = _dataset_names(shared.runs[0]) if convention.startswith("klue-") else {}
    gold = [sample.gold.relabelled(names) for sample in shared.samples[0]]
    return gold, [[_relabelled(s, names) for s in samples] for samples in shared.samples]


def _dataset_names(run: Run) -> dict[str, str]:
    """What the data set calls the types, where the run was made with a ready-made schema."""
    name = run.settings.get("schema")
    if name not in registry.names():
        return {}
    return {ours: theirs for theirs, ours in registry.resolve(str(name)).from_dataset.items()}


def _relabelled(sample: Sample, names: Mapping[str, str]) -> Extraction:
    said = sample.predicted
    spans = (replace(span, label=names.get(span.label, span.label)) for span in said.spans)
    return replace(said, spans=tuple(spans)) if names else said
