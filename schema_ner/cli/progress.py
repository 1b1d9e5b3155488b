"""A progress bar on stderr for whatever takes longer than two seconds, if that is a terminal.

Here: when it shows and when it gives way.  Not here: what is being done.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import TYPE_CHECKING, Self, TypeVar

from schema_ner.cli.streams import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from rich.progress import Progress as RichProgress

_T = TypeVar("_T")
DELAY = 2.0  # seconds without one


class Progress:
    """A bar that appears by itself, and counts.

        with Progress("reading", total=len(texts)) as progress:
            for text in progress.over(texts):
                ...

    Args:
        what: a word or two in front of the bar.
        total: how many there will be; ``None`` shows a count instead of a bar, 1 neither: a bar
            that stands at 0/1 for minutes looks stuck, while the time beside it goes on.

    Attributes:
        done: how many are done.
    """

    def __init__(self, what: str, total: int | None = None) -> None:
        self._what = what
        self._total = total
        self._lock = threading.Lock()
        self._shown: RichProgress | None = None
        self._said = ""
        self.done = 0
        self._over = False
        # a thread of its own, for one text alone may take longer than the delay
        self._timer = threading.Timer(DELAY, self._show)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        if is_terminal(sys.stderr):
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            if self._shown is not None:
                self._shown.stop()
            self._over = True

    def over(self, items: Iterable[_T]) -> Iterator[_T]:
        """The items, each counted when the next one is asked for."""
        for item in items:
            yield item
            self.advance()

    def advance(self) -> None:
        """One more is done."""
        with self._lock:
            self.done += 1
            if self._shown is not None:
                self._shown.update(self._shown.task_ids[0], completed=self.done)

    def say(self, what: str) -> None:
        """Show a few words behind the bar, in place of those before."""
        with self._lock:
            self._said = what
            if self._shown is not None:
                self._shown.update(self._shown.task_ids[0], said=what)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Out of the way while something is written to the same terminal."""
        with self._lock:
            in_the_way = self._shown is not None and sys.stdout.isatty()
            if in_the_way and self._shown is not None:
                self._shown.stop()
            yield
            if in_the_way and self._shown is not None:
                sys.stdout.flush()
                self._shown.start()

    def _show(self) -> None:
        from rich import progress  # noqa: PLC0415  # rich takes long to import
        from rich.console import Console  # noqa: PLC0415

        count: list[progress.ProgressColumn] = [progress.TextColumn("{task.completed:,}")]
        if self._total == 1:
            count = []
        elif self._total is not None:
            count = [progress.BarColumn(), progress.MofNCompleteColumn()]
        with self._lock:
            if self._over:  # while the timer fired
                return
            self._shown = progress.Progress(
                progress.SpinnerColumn(),
                progress.TextColumn("{task.description}"),
                *count,
                progress.TimeElapsedColumn(),
                progress.TextColumn("{task.fields[said]}", markup=False),
                console=Console(stderr=True),
                transient=True,
                redirect_stdout=False,  # data stays on stdout
                redirect_stderr=False,
            )
            self._shown.add_task(
                self._what, total=self._total, completed=self.done, said=self._said
            )
            self._shown.start()
