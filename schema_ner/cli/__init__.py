"""The command line: ``schema-ner`` and ``python -m schema_ner``.

Data goes to stdout; notes, progress and errors to stderr.  Exit 0: done.  1: a check failed, or
some texts did.  2: usage, or input that cannot be used.  130: interrupted.  141: nobody reads on.

Here: the way in.  One file a command; ``app`` puts them together, ``guard`` turns what goes wrong
into one sentence and ``door`` what goes wrong before, ``streams``, ``tables`` and ``progress``
write, ``inputs`` finds the texts.
Not here: anything a Python user could want; that is in the library.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line with the arguments of this process, then exit."""
    try:
        from schema_ner.cli import door  # noqa: PLC0415  # an interrupt may come that early

        door.open_streams()
        try:
            # typer, which importing must not cost
            from schema_ner.cli import app, guard  # noqa: PLC0415
        except ImportError as err:
            if door.was_interrupted(err):
                sys.exit(130)
            sys.stderr.write(f"error: {door.missing(err)}\n")
            sys.exit(2)
        code = guard.run(lambda: app.app(prog_name="schema-ner"))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code)
