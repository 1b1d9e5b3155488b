"""Whatever goes wrong becomes one sentence on stderr and an exit code, never a traceback.

Here: exceptions → sentences and codes.  Not here: usage errors (typer shows those), what a single
failed text means (``Extraction.rejected``).
"""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

from schema_ner.cli import door, streams
from schema_ner.errors import SchemaNerError

if TYPE_CHECKING:
    from collections.abc import Callable

DONE, FAILED, BAD_INPUT, INTERRUPTED, NOBODY_READS = 0, 1, 2, 130, 141
_NOBODY = (errno.EPIPE, errno.ESHUTDOWN)
TRACEBACK = "SCHEMA_NER_TRACEBACK"  # set to anything, a bug shows where it is


def run(command: Callable[[], int | None]) -> int:  # noqa: PLR0911  # one a way to end
    """Run a command and return its exit code, which is 0 where the command returns none."""
    streams.prepare()
    try:
        try:
            with streams.warnings():
                code = command()
        finally:
            streams.flush()
    except SystemExit as err:
        return _exit(err)
    except KeyboardInterrupt:
        return INTERRUPTED
    except SchemaNerError as err:
        streams.error(str(err))
        return BAD_INPUT
    except OSError as err:
        return _system(err)
    except UnicodeError as err:
        streams.error(f"a text cannot be written or read: {err}")
        return BAD_INPUT
    except ImportError as err:
        return _import(err)
    except Exception as err:
        if os.environ.get(TRACEBACK):
            raise
        what = f"{type(err).__name__}: {err}".rstrip(": ")
        streams.error(f"this is a bug in schema-ner ({what}); {TRACEBACK}=1 shows where")
        return FAILED
    return code or DONE


def _system(err: OSError) -> int:
    """What the operating system refused."""
    if err.errno in _NOBODY:
        # what Python still holds for stdout would fail again when it exits
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    if isinstance(err, IsADirectoryError):
        streams.error(f"{err.filename} is a folder; name a file")
        return BAD_INPUT
    reason = err.strerror or str(err)
    where = "" if err.filename is None else f"{os.fsdecode(err.filename)}: "
    streams.error(f"{where}{reason[:1].lower()}{reason[1:]}")
    return BAD_INPUT


def _import(err: ImportError) -> int:
    """A package that is missing or broken, or an interrupt that looks like one."""
    if door.was_interrupted(err):
        return INTERRUPTED
    streams.error(door.missing(err))
    return BAD_INPUT


def _exit(err: SystemExit) -> int:
    """The code of an exit, whose reason typer may have hidden."""
    reason = err.__context__
    if isinstance(reason, OSError) and reason.errno in _NOBODY:
        return _system(reason)  # typer makes 1 of it
    if err.code is None:
        return DONE
    return err.code if isinstance(err.code, int) else FAILED
