"""What names say: the form that a model is asked in, and whether an adapter belongs to a base.

Here: names and chat templates.  Not here: which files there are (``identity``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schema_ner.engines.local import modelfiles
from schema_ner.engines.local.hub import hub_id
from schema_ner.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from schema_ner.engines.local.forms import FormName

FORMS: tuple[FormName, ...] = ("gollie", "uniner", "chat")

_NAMED: tuple[tuple[str, FormName], ...] = (
    ("gollie", "gollie"),
    ("universal-ner", "uniner"),
    ("uniner", "uniner"),
)
# A copy of a model in fewer bits takes the same adapters.
_IN_FEWER_BITS = re.compile(r"(-unsloth)?(-bnb)?-4bit$")


def form(names: Sequence[str], *, has_template: bool | None) -> tuple[FormName, bool]:
    """The form that suits a model, and whether that is sure.

    Args:
        names: of the model, its base, and what their configs call them.  Of a path, only its last
            part counts: a folder of experiments may be called anything.
        has_template: whether its tokenizer has a chat template; ``None`` where nobody knows yet.
    """
    said = " ".join(_last(name) for name in names).casefold()
    for part, meant in _NAMED:
        if part in said:
            return meant, True
    # a model that was tuned to answer in turns follows best there; any other is asked in code
    return ("chat" if has_template else "gollie"), has_template is not None


def has_template(folder: Path) -> bool:
    """Whether the tokenizer in a folder has a chat template.

    Raises:
        ModelError: its config is damaged.
    """
    if any((folder / name).is_file() for name in ("chat_template.jinja", "chat_template.json")):
        return True
    config = folder / "tokenizer_config.json"
    return config.is_file() and bool(modelfiles.read_json(config).get("chat_template"))


def check_base(adapter: str, recorded: str | None, given: str) -> None:
    """Raise ModelError where an adapter was surely trained on another model than it is to run on.

    Names prove that only where both are names on the hub: folders are copied and renamed.  Shapes
    are compared when the adapter is loaded.

    Args:
        adapter: its name.
        recorded: the base that its config names.
        given: the base that it is to run on: a hub id, or the name of a folder.
    """
    trained_on, runs_on = hub_id(recorded or ""), hub_id(given)
    if trained_on is None or runs_on is None:
        return
    if _model(trained_on.name) != _model(runs_on.name):
        raise ModelError(
            f"the adapter {adapter} was trained on {trained_on.name}, not on {runs_on.name}: name "
            f"{trained_on.name} as model=, or an adapter for {runs_on.name}"
        )


def _model(name: str) -> str:
    """What a hub id calls the model itself, whoever put it there."""
    return _IN_FEWER_BITS.sub("", name.partition("/")[2].casefold())


def _last(name: str) -> str:
    """A hub id whole, of a path the last part."""
    found = hub_id(name)
    if found is not None:
        return found.name
    return re.split(r"[/\\]", name.rstrip("/\\"))[-1]
