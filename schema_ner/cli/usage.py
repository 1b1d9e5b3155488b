"""Usage lines, and what to say of a text that looks like an option.

Here: what typer leaves to be wished.  Not here: the options of a command (its own module).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

if TYPE_CHECKING:
    import typer


class Command(TyperCommand):
    """A command whose usage line shows arguments as they are written: ``IN OUT``."""

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # of two typers
        """The words behind the command's name."""
        del ctx
        arguments = (p for p in self.params if p.param_type_name == "argument")
        return ["[OPTIONS]", *map(_shown, arguments)]

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # likewise
        """Read the command line; an option that takes one value is given once."""
        given = list(args)  # parsing takes words away
        left = super().parse_args(ctx, args)
        *_, order = self.make_parser(ctx).parse_args(given)
        for param, count in Counter(order).items():
            # arguments have neither; a flag says the same twice
            is_free = getattr(param, "multiple", True) or getattr(param, "is_flag", True)
            if count > 1 and not is_free:
                ctx.fail(f"{param.opts[0]} is given {count} times, and takes one value.")
        return left


class TextCommand(Command):
    """A command that takes texts, which may begin with a dash."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # likewise
        """Read the command line; an option that there is not may have been a text."""
        try:
            return super().parse_args(ctx, args)
        except Exception as err:
            # the class is in click or in typer, by the version
            if type(err).__name__ == "NoSuchOption" and not getattr(err, "possibilities", None):
                option = getattr(err, "option_name", "")
                err.message = (  # type: ignore[attr-defined]
                    f"There is no option {option}. A text that begins with - goes behind --, "
                    "as in: schema-ner extract --schema NAME -- '-5 degrees'"
                )
            raise


def _shown(argument: Any) -> str:  # noqa: ANN401  # a class of click or of typer, by the version
    shown = argument.metavar or str(argument.name).upper()
    if argument.required or shown.startswith("["):
        return shown
    return f"[{shown}]..." if argument.nargs == -1 else f"[{shown}]"
