"""From what a user gives as ``model=`` to an engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from schema_ner.errors import InputError, ModelError

if TYPE_CHECKING:
    from schema_ner.engines.base import Engine

SETTINGS = "schema_ner.json"  # by this file a folder is known as trained here
ADAPTER = "adapter_config.json"  # and of these, by that one as an adapter of a language model


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
        folder = Path(model).expanduser()
        is_adapter = (folder / ADAPTER).is_file()
        trained = not is_adapter and (folder / SETTINGS).is_file()
        return _trained_here(folder) if trained else _local_llm(model)
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

    missing = store.missing_files(folder)
    if missing:
        raise ModelError(f"the model in {folder} is incomplete: {', '.join(missing)} missing")
    return builtin_engine(folder.resolve())


def _local_llm(model: str | Path) -> Engine:
    """A causal LM, an adapter, a name on the hub."""
    from schema_ner.engines.local import hub, identity  # noqa: PLC0415

    if not Path(model).expanduser().exists() and hub.hub_id(str(model)) is None:
        raise ModelError(
            f"no model is called {str(model)!r}: it is not 'builtin', not a folder or a .gguf file "
            "that is there, and not a name on the hub, org/name"
        )
    identity.identify(model)  # what is no model is said before torch is loaded, or missed
    from schema_ner.engines.local import local_llm  # noqa: PLC0415

    return local_llm(str(model))
