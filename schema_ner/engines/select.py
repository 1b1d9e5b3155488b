"""From what a user gives as ``model=`` to an engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from schema_ner.errors import InputError, ModelError

if TYPE_CHECKING:
    from schema_ner.engines.base import Engine


def engine_for(model: str | Path | Engine) -> Engine:
    """The engine that a name or a folder means; an engine object is returned as it is.

    Raises:
        ModelError: nothing of that name can be run.
        InputError: it is neither a name nor an engine.
    """
    if model == "builtin":
        # here, so that engines of other kinds do not load onnxruntime
        from schema_ner.engines.builtin import builtin_engine  # noqa: PLC0415

        return builtin_engine()
    if isinstance(model, str | Path):
        return _trained_here(Path(model).expanduser())
    missing = [n for n in ("name", "threshold", "batch_size", "read") if not hasattr(model, n)]
    if missing:
        raise InputError(
            f"model= takes a name or an engine, not {type(model).__name__}: no {missing[0]!r}"
        )
    if model.batch_size < 1:
        raise InputError(f"the engine {model.name!r} takes batches of {model.batch_size} texts")
    return model


def _trained_here(folder: Path) -> Engine:
    """A model that `schema-ner train` wrote."""
    from schema_ner.encoder import store  # noqa: PLC0415
    from schema_ner.engines.builtin import builtin_engine  # noqa: PLC0415

    if not (folder / store.SETTINGS).is_file():
        raise ModelError(
            f"no model is called {str(folder)!r}, and there is no folder of that name with a "
            f"{store.SETTINGS}; this version runs 'builtin', folders that `schema-ner train` "
            "wrote, and engine objects"
        )
    missing = store.missing_files(folder)
    if missing:
        raise ModelError(f"the model in {folder} is incomplete: {', '.join(missing)} missing")
    return builtin_engine(folder.resolve())
