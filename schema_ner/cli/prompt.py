"""``schema-ner prompt``: what a model would be asked, to the letter.

Here: choosing a form and printing it.  Not here: how prompts are written (``prompts``).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from schema_ner.cli import streams
from schema_ner.cli.inputs import Inputs
from schema_ner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMS = ("gollie", "uniner", "chat")

_Text = Annotated[
    str, typer.Argument(metavar="TEXT", help="The text itself; - is stdin.", show_default=False)
]
_Schema = Annotated[
    str | None,
    typer.Option(
        "--schema",
        "-s",
        metavar="SCHEMA",
        help="What to look for: a ready-made name, file.py, file.py:Name or file.json.",
    ),
]
_Form = Annotated[
    str, typer.Option("--format", metavar="|".join(FORMS), help="How the model is asked.")
]
_Json = Annotated[
    bool, typer.Option("--json", help="Print a JSON list: of prompts, or of a chat's messages.")
]


def prompt(
    text: _Text, *, schema: _Schema = None, form: _Form = "gollie", as_json: _Json = False
) -> None:
    """Print what a model would be asked of a text, and nothing else."""
    if schema is None:
        raise InputError(
            "no schema given; add --schema NAME (`schema-ner schemas` lists the ready-made ones), "
            "or --schema file.py, or --schema file.json"
        )
    if form not in FORMS:
        raise InputError(f"no prompt has the format {form!r}; there are {', '.join(FORMS)}")
    ((_, document),) = Inputs((text,))
    asked, written = _asked(form, schema, document.text)
    if as_json:
        streams.say_json(asked)
    else:
        sys.stdout.write(written)  # without a line end, which the model does not get either


def _asked(form: str, schema: str, text: str) -> tuple[Sequence[object], str]:
    """All that is asked, as a list and as it is read: prompts line by line, turns in paragraphs."""
    from schema_ner import prompts, registry  # noqa: PLC0415  # --help must not wait for it

    types = registry.resolve(schema)
    if form == "chat":
        messages = prompts.chat.messages(types, text)
        return messages, "\n\n".join(message["content"] for message in messages)
    if form == "gollie":
        asked = [prompts.gollie.render(types, text)]
    else:
        asked = [prompts.uniner.render(text, prompts.uniner.question(each)) for each in types]
    return asked, "\n".join(asked)
