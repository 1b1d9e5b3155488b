"""From what a user gives as ``model=`` to an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.errors import InputError, ModelError

if TYPE_CHECKING:
    from schema_ner.engines.base import Engine


def engine_for(model: str | Engine) -> Engine:
    """The engine that a name means; an engine object is returned as it is.

    Raises:
        ModelError: nothing of that name can be run.
        InputError: it is neither a name nor an engine.
    """
    if model == "builtin":
        # here, so that engines of other kinds do not load onnxruntime
        from schema_ner.engines.builtin import builtin_engine  # noqa: PLC0415

        return builtin_engine()
    if isinstance(model, str):
        raise ModelError(
            f"no model is called {model!r}; this version runs 'builtin' and engine objects"
        )
    missing = [n for n in ("name", "threshold", "batch_size", "read") if not hasattr(model, n)]
    if missing:
        raise InputError(
            f"model= takes a name or an engine, not {type(model).__name__}: no {missing[0]!r}"
        )
    if model.batch_size < 1:
        raise InputError(f"the engine {model.name!r} takes batches of {model.batch_size} texts")
    return model
