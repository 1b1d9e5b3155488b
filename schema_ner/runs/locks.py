"""One process a journal.

Two that write to one file would tear each other's lines.  The lock goes with the process, also when
it is killed.

Here: the lock.  Not here: the file (``journal``).
"""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING

from schema_ner.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


def lock(file: int, path: Path) -> None:
    """Lock an open file until it is closed; a file system without locks goes without.

    Raises:
        InputError: another process has locked it.
    """
    try:
        _lock(file)
    except OSError as err:
        if err.errno in _HELD:
            raise InputError(
                f"another process writes to {path}; wait for it, or name another folder"
            ) from err


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    # far behind what any journal holds: Windows keeps others from reading what is locked
    _FAR = 2**62

    def _lock(file: int) -> None:
        import os  # noqa: PLC0415

        os.lseek(file, _FAR, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
