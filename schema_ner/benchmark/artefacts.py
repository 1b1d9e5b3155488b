"""Every file that is made of a finished run.

Here: which there are, and their order.  Not here: what is in them (a module each), the journal and
the logs, which are written while it runs (``schema_ner.runs``, ``logs``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from schema_ner.benchmark import mistakes, plots, predictions, report
from schema_ner.benchmark.run import (
    ERRORS,
    METRICS,
    PLOTS,
    PREDICTIONS,
    PREDICTIONS_CSV,
    REPORT,
)
from schema_ner.formats.files import replacing

_UNFINISHED = ".schema-ner-*"  # what a kill while writing leaves; see formats.files.replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from schema_ner.benchmark.run import Run
    from schema_ner.benchmark.tally import Watch


def write(
    run: Run, folder: Path, *, save_predictions: bool = True, watch: Watch | None = None
) -> None:
    """Write them all, each whole or not at all; ``metrics.json`` last, by which a run is finished.

    Args:
        run: the run.
        folder: where they go.
        save_predictions: whether predictions are among them; if not, old ones are removed.
        watch: is told of each.

    Raises:
        OSError: one cannot be written.
    """
    steps: list[tuple[str, Callable[[], object]]] = [
        (ERRORS, lambda: mistakes.write_errors(run, folder / ERRORS)),
        (PLOTS, lambda: plots.write_plots(run, folder / PLOTS)),
        (REPORT, lambda: report.write_report(run, folder / REPORT)),
        (METRICS, lambda: write_metrics(run.metrics, folder / METRICS)),
    ]
    if save_predictions:
        steps = [
            (PREDICTIONS, lambda: predictions.write_jsonl(run, folder / PREDICTIONS)),
            (PREDICTIONS_CSV, lambda: predictions.write_csv(run, folder / PREDICTIONS_CSV)),
            *steps,
        ]
    else:
        for name in (PREDICTIONS, PREDICTIONS_CSV):
            (folder / name).unlink(missing_ok=True)
    # of an older run, it would say that this one is finished
    (folder / METRICS).unlink(missing_ok=True)
    for place in (folder, folder / PLOTS):
        for unfinished in place.glob(_UNFINISHED):
            unfinished.unlink(missing_ok=True)
    for name, make in steps:
        if watch is not None:
            watch.step(f"writing {name}")
        try:
            make()
        except OSError as err:
            what = (err.strerror or str(err)).rstrip(".")
            said = f"{what}; the texts are safe in the journal, and the same call goes on"
            raise OSError(err.errno, said, str(folder / name)) from err


def write_metrics(metrics: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
    """``metrics.json``, indented for people.

    Raises:
        OSError: it cannot be written.
    """
    shown = json.dumps(metrics, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    with replacing(path) as stream:
        # of half a character this leaves the escape that JSON has for it
        stream.write(shown.encode("utf-8", "backslashreplace"))
