"""What a model is: which kind, what it is asked in, what it stands on.

    identify("HiTZ/GoLLIE-7B")                    # on the hub: its files say the rest when fetched
    identify("models/my-llama")                   # a folder with config.json
    identify("models/SmolLM2.Q4_1.gguf")          # one file
    identify("models/my-adapter")                 # a peft adapter; its base is in its config
    identify("models/my-llama", "models/my-adapter")

Here: recognising, by names and small files; no torch.  Not here: how such files are read
(``kinds``, ``adapters``), which form suits a name (``naming``), whether it fits (``plan``), loading
(``loading``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from schema_ner.engines.local import adapters, kinds, naming
from schema_ner.engines.local.hub import HubId, fetched, hub_id
from schema_ner.errors import InputError, ModelError

if TYPE_CHECKING:
    from schema_ner.engines.local.forms import FormName

Kind = Literal["causal-lm", "adapter", "gguf"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a model is.

    Attributes:
        name: what results are signed with: the hub id, or the name of the folder or file.
        path: its folder or ``.gguf`` file, absolute; on the hub ``org/name`` or
            ``org/name@revision``.
        kind: how it is loaded.  Of a name on the hub, what is known before a file is fetched.
        form: what it is asked in: GoLLIE's code, UniversalNER's questions, or a chat.
        form_is_sure: whether no file that has not been read yet could change the form.
        base: for an adapter, the model it stands on, as ``path``.
        base_name: the name of that.
        hub, base_hub: where on the hub ``path`` and ``base`` come from, if they do.
        prompt: the form that was asked for, whatever the model looks like.
    """

    name: str
    path: str
    kind: Kind
    form: FormName
    form_is_sure: bool = True
    base: str | None = None
    base_name: str | None = None
    hub: str | None = None
    base_hub: str | None = None
    prompt: FormName | None = None

    @property
    def on_hub(self) -> bool:
        """Whether files have to be fetched before more can be said."""
        return any(place is not None and _on_hub(place) for place in (self.path, self.base))


def identify(
    model: str | Path, adapter: str | Path | None = None, prompt: FormName | None = None
) -> Identity:
    """Say what a model is, as far as that is known without asking the hub.

    Args:
        model: a folder, a ``.gguf`` file, or a hub id (text alone; a Path is never one).
        adapter: a peft adapter for it, a folder or a hub id.
        prompt: the form to ask it in, whatever the model looks like.

    Raises:
        InputError: ``prompt`` is no form.
        ModelError: there is nothing of that name, or nothing that is run.
    """
    if prompt is not None and prompt not in naming.FORMS:
        raise InputError(f"prompt={prompt!r}; it is one of {', '.join(naming.FORMS)}")
    place = _place(model)
    if adapter is None:
        return _identified(place, _name(place), prompt)
    over = _place(adapter)
    return _stacked(over, _name(over), place, _name(place), prompt)


def settled(identity: Identity) -> Identity:
    """The same once the small files of hub models have been fetched: all its places are local.

    Raises:
        ModelError: as ``identify``; or the hub does not have it, or cannot be reached.
    """
    path, hub = _local(identity.path), identity.hub
    if identity.base is None:
        identity = _identified(path, identity.name, identity.prompt)
    if identity.base is not None and identity.base_name is not None:  # an adapter, as it turned out
        base, base_hub = _local(identity.base), identity.base_hub
        identity = _stacked(path, identity.name, base, identity.base_name, identity.prompt)
        identity = replace(identity, base_hub=base_hub)
    return replace(identity, hub=hub)


def _place(model: str | Path) -> Path | HubId:
    """Where a model is.  Raises ModelError where it can be nowhere."""
    path = Path(model).expanduser()
    try:
        if str(model).strip() and path.exists():
            return path.resolve()
    except (OSError, ValueError):  # a name too long, a NUL in it
        pass
    named = hub_id(model) if isinstance(model, str) else None
    if named is None:
        raise ModelError(
            f"there is no model {str(model)!r:.300}, no folder and no file; {kinds.RUN}"
        )
    return named


def _name(place: Path | HubId) -> str:
    return place.name or str(place)


def _on_hub(place: str) -> bool:
    return not Path(place).is_absolute()


def _if_on_hub(place: Path | HubId) -> str | None:
    return str(place) if isinstance(place, HubId) else None


def _local(place: str) -> Path:
    """A folder or file; of a hub model the folder of its small files."""
    named = hub_id(place) if _on_hub(place) else None
    return Path(place) if named is None else fetched(named)


def _identified(place: Path | HubId, name: str, prompt: FormName | None) -> Identity:
    if isinstance(place, Path) and place.is_dir():
        return _folder(place, name, prompt)
    is_gguf = isinstance(place, Path)
    if isinstance(place, Path) and place.suffix.lower() != ".gguf":
        raise ModelError(f"{place} is a file; name a folder, or a .gguf file: {kinds.RUN}")
    unread = Identity(
        name=name,
        path=str(place),
        kind="gguf" if is_gguf else "causal-lm",
        form="gollie",
        hub=_if_on_hub(place),
        prompt=prompt,
    )
    return _with_form(unread, [name], has_template=None)


def _folder(folder: Path, name: str, prompt: FormName | None) -> Identity:
    kinds.check_is_language_model(folder)
    if (folder / adapters.CONFIG).is_file():
        base = _recorded_base(folder)
        return _stacked(folder, name, base, _name(base), prompt)
    packed = kinds.single_gguf(folder)
    if packed is not None:
        return _identified(packed, name, prompt)
    config = kinds.causal_config(folder)
    identity = Identity(name=name, path=str(folder), kind="causal-lm", form="gollie", prompt=prompt)
    names = [name, str(config.get("_name_or_path", ""))]
    return _with_form(identity, names, has_template=naming.has_template(folder))


def _stacked(
    over: Path | HubId, name: str, base: Path | HubId, base_name: str, prompt: FormName | None
) -> Identity:
    """An adapter on its base."""
    names, templates = [name, base_name], set[bool | None]()
    trained: FormName | None = None
    if isinstance(over, Path):
        if not (over / adapters.CONFIG).is_file():
            raise ModelError(f"{over} is no adapter: it holds no {adapters.CONFIG}")
        recorded = adapters.read(over).base
        naming.check_base(name, recorded, str(base) if isinstance(base, HubId) else base_name)
        names.append(recorded or "")
        templates.add(naming.has_template(over))
        trained = adapters.trained_form(over)
    if isinstance(base, Path):
        under = _identified(base, base_name, prompt)
        if under.kind == "adapter":
            raise ModelError(
                f"the base of the adapter {name} is {base}, an adapter itself; name a model as its "
                "base"
            )
        base = Path(under.path)  # of a folder with one .gguf file, that file
        if under.kind == "gguf":
            templates.add(None)
        else:
            names.append(str(kinds.causal_config(base).get("_name_or_path", "")))
            templates.add(naming.has_template(base))
    if isinstance(over, HubId) or isinstance(base, HubId):
        templates.add(None)
    identity = Identity(
        name=name,
        path=str(over),
        kind="adapter",
        form="gollie",
        base=str(base),
        base_name=base_name,
        hub=_if_on_hub(over),
        base_hub=_if_on_hub(base),
        prompt=prompt,
    )
    # one template is enough, and none is only sure where both have been read
    known = True if True in templates else None if None in templates else False
    if trained is not None and prompt is None:
        return replace(identity, form=trained)
    return _with_form(identity, names, has_template=known)


def _recorded_base(folder: Path) -> Path | HubId:
    """The model that an adapter says it was trained on."""
    recorded = adapters.read(folder).base
    way_out = f"name the base as model= and {folder} as adapter="
    if recorded is None:
        raise ModelError(f"the adapter in {folder} does not say what its base is: {way_out}")
    try:
        return _place(recorded)
    except ModelError as err:
        raise ModelError(
            f"the adapter in {folder} was trained on {recorded!r:.300}, which is not here: "
            f"{way_out}"
        ) from err


def _with_form(identity: Identity, names: list[str], *, has_template: bool | None) -> Identity:
    form, is_sure = naming.form(names, has_template=has_template)
    if identity.prompt is not None:
        form, is_sure = identity.prompt, True
    return replace(identity, form=form, form_is_sure=is_sure)
