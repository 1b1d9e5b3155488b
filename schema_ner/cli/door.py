"""What must work before anything is imported: streams that are closed, packages that are missing.

Here: the standard library alone, for nothing else is sure to be there.  Not here: what goes wrong
later (``guard``).
"""

from __future__ import annotations

import os
import shlex
import sys

PACKAGE = "schema-ner"
_PIP_NAMES = {"stdnum": "python-stdnum"}  # where import and pip differ


def open_streams() -> None:
    """Put something in the place of streams that were closed, as by ``>&-``.

    The next file to be opened would get the number of a closed one, and whatever a library writes
    to stdout or stderr would end in it.  A closed stdout becomes a pipe that nobody reads, which
    only matters to a command that writes; notes to a closed stderr are lost, results are not.
    """
    if sys.stdin is None and _is_closed(0):
        os.open(os.devnull, os.O_RDONLY)  # gets the lowest free number; sys.stdin stays None
    if sys.stdout is None and _is_closed(1):
        reading, writing = os.pipe()
        os.close(reading)
        if writing != 1:
            os.dup2(writing, 1)
            os.close(writing)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # for good
    if sys.stderr is None:
        number = os.open(os.devnull, os.O_WRONLY)
        sys.stderr = open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # for good


def missing(err: ImportError) -> str:
    """The sentence that names a package which cannot be imported, and the command that mends it."""
    module = (err.name or "").partition(".")[0]
    package = PACKAGE if module in ("", "schema_ner") else _PIP_NAMES.get(module, module)
    absent = isinstance(err, ModuleNotFoundError) and package != PACKAGE
    what = "missing" if absent else f"broken ({err})"
    install = (
        f"{shlex.quote(sys.executable)} -m pip install{'' if absent else ' --force-reinstall'}"
    )
    return f"the package {package} is {what}; install it with: {install} {package}"


def was_interrupted(err: BaseException) -> bool:
    """Whether an interrupt is behind it: binary packages make an ImportError of one."""
    seen: BaseException | None = err
    while seen is not None and not isinstance(seen, KeyboardInterrupt):
        seen = seen.__cause__ or seen.__context__
    return seen is not None


def _is_closed(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return True
    return False
