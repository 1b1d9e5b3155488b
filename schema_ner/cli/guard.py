"""Whatever goes wrong becomes one sentence on stderr and an exit code, never a traceback.

Here: exceptions → sentences and codes.  Not here: usage errors (typer shows those), what a single
failed text means (``Extraction.rejected``).
"""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

from schema_ner.cli import streams
from schema_ner.errors import SchemaNerError

if TYPE_CHECKING:
    from collections.abc import Callable

DONE, FAILED, BAD_INPUT, INTERRUPTED, NOBODY_READS = 0, 1, 2, 130, 141
TRACEBACK = "SCHEMA_NER_TRACEBACK"  # set to anything, a bug shows where it is


def run(command: Callable[[], int | None]) -> int:  # noqa: PLR0911  # one a way to end
    """Run a command and return its exit code, which is 0 where the command returns none."""
    streams.prepare()
    try:
        try:
            code = command()
        finally:
            streams.flush()
    except SystemExit as err:
        return _code(err.code)
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
    except Exception as err:
        if os.environ.get(TRACEBACK):
            raise
        what = f"{type(err).__name__}: {err}".rstrip(": ")
        streams.error(f"this is a bug in schema-ner ({what}); {TRACEBACK}=1 shows where")
        return FAILED
    return code or DONE


def _system(err: OSError) -> int:
    """What the operating system refused."""
    if isinstance(err, BrokenPipeError) or err.errno in (errno.EPIPE, errno.ESHUTDOWN):
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


def _code(code: object) -> int:
    if code is None:
        return DONE
    return code if isinstance(code, int) else FAILED
