"""``run.log`` and ``errors.log``: what happened when, and which texts failed.

Both are appended to, a run that goes on writes behind what was there.  A log that cannot be
written ends no run: where the disk is full, the journal says so.

Here: the two files.  Not here: what is worth a line on a terminal (``cli``).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
from typing import IO, TYPE_CHECKING, Any, Self

from schema_ner.benchmark.run import ERROR_LOG, LOG
from schema_ner.views.characters import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from schema_ner.benchmark.run import Run, Sample
    from schema_ner.benchmark.tally import Tally
    from schema_ner.runs import Finished


class Log:
    """The logs of one run; to be used in a ``with`` statement.

    Args:
        folder: where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._files = {name: _opened(folder / name) for name in (LOG, ERROR_LOG)}
        self._handler = _Warnings(self)

    def __enter__(self) -> Self:
        logging.getLogger("schema_ner").addHandler(self._handler)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        logging.getLogger("schema_ner").removeHandler(self._handler)
        if kind is not None:
            self.say(f"stopped: {kind.__name__}: {err}".removesuffix(": "))
            if issubclass(kind, Exception):
                self.wrong(f"stopped: {kind.__name__}: {err}")
        for file in self._files.values():
            if file is not None:
                with contextlib.suppress(OSError):
                    file.close()

    def say(self, what: str) -> None:
        """One line of ``run.log``."""
        self._write(LOG, what)

    def wrong(self, what: str) -> None:
        """One line of ``errors.log``."""
        self._write(ERROR_LOG, what)

    def begin(self, settings: Mapping[str, Any], *, finished: int) -> None:
        """What is run."""
        self.say("begin" if not finished else f"go on behind {finished} finished texts")
        for name, value in settings.items():
            self.say(f"  {name}: {json.dumps(value, ensure_ascii=False)}")

    def text(self, sample: Sample, finished: Finished, tally: Tally) -> None:
        """One text; why it failed, where it did."""
        failures = [r.reason for r in sample.predicted.rejected if r.status == "failed"]
        if failures:
            what = f"{sample.id}: {'; '.join(failures)}"
            self.say(f"{tally.done}/{tally.total} failed {what}")
            self.wrong(what)
        elif finished.is_new:
            found = f"{len(sample.predicted.spans)} spans, {len(sample.gold.spans)} gold"
            took = f"{finished.seconds:.3f} s"
            self.say(f"{tally.done}/{tally.total} {sample.id}: {found}, {took}; {tally}")

    def end(self, run: Run) -> None:
        """What came of it."""
        figures = {name: run.metrics[f"overall_{name}"] for name in ("precision", "recall", "f1")}
        shown = ", ".join(f"{name} {value:.4f}" for name, value in figures.items())
        self.say(f"end: {shown}; {run.metrics['total_samples']} texts")

    def _write(self, name: str, what: str) -> None:
        file = self._files[name]
        if file is None:
            return
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        line = f"{now} {one_line(what)}\n"
        with contextlib.suppress(OSError):
            file.write(line.encode("utf-8", "backslashreplace"))


class _Warnings(logging.Handler):
    """What the library warns of goes to both files."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        said = f"warning: {record.getMessage()}"
        self._log.say(said)
        self._log.wrong(said)


def _opened(path: Path) -> IO[bytes] | None:
    with contextlib.suppress(OSError):
        return path.open("ab", buffering=0)  # each line is there when the process is killed
    return None
