"""``schema-ner schemas [NAME]`` is ``schema-ner schemas show [NAME]``.

Here: that.  Not here: the commands of the group (a module each).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperGroup

if TYPE_CHECKING:
    import typer

USUAL = "show"
_HELP = ("-h", "--help")


class Schemas(TyperGroup):
    """A group whose usual command need not be named, also where nothing is."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # of two typers
        """Read the command line; what is no command of the group is for the usual one."""
        if not args or args[0] not in (*self.commands, *_HELP):
            args = [USUAL, *args]
        return super().parse_args(ctx, args)
