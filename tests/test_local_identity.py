"""What a model is, by names and small files; whatever those files hold.  No torch."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.engines.local import adapters, hub, modelfiles, naming
from schema_ner.engines.local.hub import HubId, hub_id
from schema_ner.engines.local.identity import Identity, identify, settled
from schema_ner.errors import InputError, ModelError

LLAMA = {"architectures": ["LlamaForCausalLM"], "model_type": "llama"}
LORA = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 8, "target_modules": ["q_proj"]}


def folder(place: Path, **files: Any) -> Path:
    """A folder of files; ``__`` in a name stands for its dot, what is no text becomes JSON."""
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (place / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return place


def said(model: Any, **options: Any) -> str:
    """What identify says of a model that it refuses."""
    with pytest.raises(ModelError) as caught:
        identify(model, **options)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_a_folder_of_a_causal_lm(tmp_path: Path) -> None:
    place = folder(tmp_path / "my-llama", config__json=LLAMA)
    assert identify(place) == Identity(
        name="my-llama", path=str(place), kind="causal-lm", form="gollie"
    )
    assert identify(str(place)) == identify(place)


def test_a_path_is_read_from_home_and_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder(tmp_path / "org" / "name", config__json=LLAMA)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for named in ("~/org/name", "org/name", Path("org/name"), "./org/../org/name"):
        assert identify(named).path == str(place)
        assert not identify(named).on_hub


@pytest.mark.parametrize(
    "classes",
    [
        ["LlamaForCausalLM"], ["GPT2LMHeadModel"], ["Qwen3ForCausalLM", "Other"],
        ["Own", "OwnForCausalLM"],
    ],
)  # fmt: skip
def test_what_writes_text(tmp_path: Path, classes: list[str]) -> None:
    place = folder(tmp_path / "m", config__json={"architectures": classes})
    assert identify(place).kind == "causal-lm"


def test_a_model_with_pictures_writes_about_text_alone(tmp_path: Path) -> None:
    config = {"architectures": ["Gemma3ForConditionalGeneration"], "text_config": {}}
    assert identify(folder(tmp_path / "m", config__json=config)).kind == "causal-lm"


@pytest.mark.parametrize(
    ("files", "lacks"),
    [
        pytest.param({}, "it holds no config.json", id="empty"),
        pytest.param({"config__json": {}}, "names no architectures", id="no architectures"),
        pytest.param({"config__json": {"architectures": "x"}}, "names no architectures", id="text"),
        pytest.param({"config__json": "[]"}, "holds no JSON object", id="a list"),
        pytest.param({"config__json": "{"}, "holds no JSON", id="cut"),
        pytest.param({"config__json": '{"a": 1, "a": 2}'}, "stands twice", id="a key twice"),
        pytest.param({"config__json": "[" * 100_000}, "holds no JSON", id="too deep"),
        pytest.param(
            {"config__json": {"architectures": ["BertForMaskedLM"]}},
            "is a BertForMaskedLM, which is no causal LM", id="an encoder",
        ),
        pytest.param(
            {"config__json": {"architectures": ["T5ForConditionalGeneration"]}},
            "is a T5ForConditionalGeneration, which is no causal LM", id="an encoder-decoder",
        ),
        pytest.param(
            {"config__json": LLAMA | {"is_encoder_decoder": True}}, "no causal LM",
            id="says it is an encoder-decoder",
        ),
        pytest.param(
            {"gliner_config__json": {}, "config__json": LLAMA}, "holds GLiNER weights", id="GLiNER",
        ),
        pytest.param(
            {"schema_ner__json": {}}, "a model of the built-in kind", id="trained here",
        ),
        pytest.param({"a__gguf": "", "b__gguf": ""}, "2 .gguf files: name one", id="two gguf"),
    ],
)  # fmt: skip
def test_a_folder_that_is_no_model(tmp_path: Path, files: dict[str, Any], lacks: str) -> None:
    """The error names the folder and what it lacks."""
    place = folder(tmp_path / "m", **files)
    text = said(place)
    assert str(place) in text
    assert lacks in text


def test_a_gguf_file_and_its_folder(tmp_path: Path) -> None:
    file = folder(tmp_path / "m", **{"Tiny.Q4__gguf": ""}) / "Tiny.Q4.gguf"
    found = identify(file)
    assert (found.kind, found.name, found.path) == ("gguf", "Tiny.Q4.gguf", str(file))
    assert (found.form, found.form_is_sure) == ("gollie", False)
    assert identify(file.parent).path == str(file)
    assert identify(file.parent).kind == "gguf"
    assert "is a file; name a folder" in said(folder(tmp_path, a__txt="") / "a.txt")
    (file.parent / "model.safetensors").touch()
    folder(file.parent, config__json=LLAMA)
    assert identify(file.parent).kind == "causal-lm"


@pytest.mark.parametrize(
    ("text", "name", "revision"),
    [
        ("HiTZ/GoLLIE-7B", "HiTZ/GoLLIE-7B", None),
        ("a/b@main", "a/b", "main"),
        ("a/b@refs/pr/1", "a/b", "refs/pr/1"),
    ],
)
def test_names_on_the_hub(text: str, name: str, revision: str | None) -> None:
    assert hub_id(text) == HubId(name, revision)
    assert str(HubId(name, revision)) == text
    found = identify(text)
    assert (found.name, found.path, found.hub) == (name, text, text)
    assert found.on_hub


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "a/b/c", "/a/b", "./a/b", "../b", "a/..", "~/b", "a\\b", "a b/c", "-a/b", "a/b@",
        "models/x.gguf", "a/model.safetensors", "a/b@x y", "ö/b", "a/b\n", "\x00", "a" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_name_on_the_hub_is_no_model(text: str) -> None:
    assert hub_id(text) is None
    assert "there is no model" in said(text)


def test_a_path_object_is_never_a_name_on_the_hub() -> None:
    assert "there is no model 'HiTZ/GoLLIE-7B'" in said(Path("HiTZ/GoLLIE-7B"))


@pytest.mark.parametrize(
    ("name", "files", "form"),
    [
        ("GoLLIE-7B", {}, "gollie"),
        ("my-gollie-chat", {"chat_template__jinja": "x"}, "gollie"),
        ("UniNER-7B-all", {}, "uniner"),
        ("universal-ner-2", {}, "uniner"),
        ("qwen", {"chat_template__jinja": "x"}, "chat"),
        ("qwen", {"tokenizer_config__json": {"chat_template": "x"}}, "chat"),
        ("qwen", {"tokenizer_config__json": {"chat_template": None}}, "gollie"),
        ("qwen", {"tokenizer_config__json": {}}, "gollie"),
        ("qwen", {}, "gollie"),
    ],
)
def test_the_form_that_suits_a_model(
    tmp_path: Path, name: str, files: dict[str, Any], form: str
) -> None:
    """By name first, then by chat template; GoLLIE's code where there is neither."""
    place = folder(tmp_path / "gollie experiments" / name, config__json=LLAMA, **files)
    found = identify(place)
    assert (found.form, found.form_is_sure) == (form, True)


def test_a_config_may_say_where_it_came_from(tmp_path: Path) -> None:
    config = LLAMA | {"_name_or_path": "HiTZ/GoLLIE-7B"}
    place = folder(tmp_path / "m", config__json=config, chat_template__jinja="x")
    assert identify(place).form == "gollie"


@pytest.mark.parametrize("form", naming.FORMS)
def test_a_form_that_is_asked_for_is_taken(tmp_path: Path, form: Any) -> None:
    place = folder(tmp_path / "GoLLIE", config__json=LLAMA)
    for model in (place, "Universal-NER/UniNER-7B-all"):
        found = identify(model, prompt=form)
        assert (found.form, found.form_is_sure, found.prompt) == (form, True, form)


def test_a_form_that_there_is_not() -> None:
    with pytest.raises(InputError, match="prompt='json'; it is one of gollie, uniner, chat"):
        identify("a/b", prompt="json")  # type: ignore[arg-type]


def test_an_adapter_and_its_base(tmp_path: Path) -> None:
    base = folder(tmp_path / "base", config__json=LLAMA)
    config = LORA | {"base_model_name_or_path": str(base)}
    over = folder(tmp_path / "over", adapter_config__json=config)
    found = identify(over)
    assert (found.kind, found.name, found.base, found.base_name) == (
        "adapter", "over", str(base), "base",
    )  # fmt: skip
    assert identify(base, over) == found
    assert (found.form, found.form_is_sure) == ("gollie", True)
    folder(base, chat_template__jinja="x")
    assert identify(over).form == "chat"


def test_an_adapter_by_names_on_the_hub(tmp_path: Path) -> None:
    """What is not read yet is not sure; names decide where they can."""
    named = LORA | {"base_model_name_or_path": "HiTZ/GoLLIE-7B"}
    over = folder(tmp_path / "over", adapter_config__json=named)
    found = identify(over)
    assert (found.base, found.form, found.form_is_sure) == ("HiTZ/GoLLIE-7B", "gollie", True)
    assert found.on_hub
    loose = identify("a/base", "b/over")
    assert (loose.kind, loose.path, loose.base) == ("adapter", "b/over", "a/base")
    assert not loose.form_is_sure


def test_an_adapter_for_another_base(tmp_path: Path) -> None:
    named = LORA | {"base_model_name_or_path": "codellama/CodeLlama-7b-hf"}
    over = folder(tmp_path / "over", adapter_config__json=named)
    text = said("codellama/CodeLlama-13b-hf", adapter=over)
    assert "trained on codellama/CodeLlama-7b-hf, not on codellama/CodeLlama-13b-hf" in text
    # the same model under another roof, or in fewer bits; a folder may be called anything
    for base in ("mirror/codellama-7b-hf", "unsloth/CodeLlama-7b-hf-bnb-4bit"):
        assert identify(base, over).base == base
    copied = folder(tmp_path / "copied", config__json=LLAMA)
    assert identify(copied, over).base == str(copied)


def test_an_adapter_without_a_base(tmp_path: Path) -> None:
    over = folder(tmp_path / "over", adapter_config__json=LORA)
    assert "does not say what its base is: name the base as model=" in said(over)
    folder(over, adapter_config__json=LORA | {"base_model_name_or_path": "/gone/base"})
    assert "trained on '/gone/base', which is not here" in said(over)
    no_adapter = folder(tmp_path / "none", config__json=LLAMA)
    assert "is no adapter: it holds no adapter_config.json" in said(no_adapter, adapter=no_adapter)


def test_adapters_are_put_on_models_and_not_on_one_another(tmp_path: Path) -> None:
    base = folder(tmp_path / "base", config__json=LLAMA)
    over = folder(
        tmp_path / "over", adapter_config__json=LORA | {"base_model_name_or_path": str(base)}
    )
    file = folder(tmp_path, m__gguf="") / "m.gguf"
    assert "an adapter itself" in said(over, adapter=over)
    found = identify(file, adapter=over)
    assert (found.kind, found.base) == ("adapter", str(file))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"peft_type": "PREFIX_TUNING"}, "only LoRA is run", id="another kind"),
        pytest.param({"task_type": "SEQ_CLS"}, "not for CAUSAL_LM", id="another task"),
        pytest.param(
            {"megatron_config": {"x": 1}, "megatron_core": "os"}, "megatron_config=",
            id="a module to import",
        ),
        pytest.param({"lora_bias": True}, "lora_bias=True", id="biases, which cannot be merged"),
        pytest.param({"layer_replication": [[0, 4]]}, "layer_replication=", id="more layers"),
        pytest.param({"something_new": 1}, "something_new=1", id="what nobody knows yet"),
        pytest.param({"init_lora_weights": "pissa_niter_16"}, "save it again", id="other base"),
        pytest.param({"target_modules": "(a+)+$"}, "a pattern", id="a regular expression"),
        pytest.param({"target_modules": ["a", "(a+)+$"]}, "a pattern", id="one in a list"),
        pytest.param({"rank_pattern": {"(a+)+$": 8}}, "the pattern", id="one for ranks"),
        pytest.param({"alpha_pattern": {".*": 8}}, "the pattern", id="one for alphas"),
        pytest.param({"r": 10**9}, "a rank is", id="a huge rank"),
        pytest.param({"r": "8"}, "a rank is", id="a rank of text"),
        pytest.param({"rank_pattern": {"q": -1}}, "a rank is", id="a rank below 1"),
        pytest.param({"rank_pattern": ["q"]}, "rank_pattern", id="a list of patterns"),
    ],
)  # fmt: skip
def test_adapters_that_are_not_run(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    """peft does much at an adapter's word; only what is known to be harmless is passed on."""
    base = folder(tmp_path / "base", config__json=LLAMA)
    over = folder(tmp_path / "over", adapter_config__json=LORA | changes)
    text = said(base, adapter=over)
    assert why in text
    assert str(over) in text


@pytest.mark.parametrize(
    "changes",
    [
        {"target_modules": "all-linear"}, {"init_lora_weights": True}, {"megatron_core": "x"},
        {"rank_pattern": {"^model.layers.0.q_proj": 4}}, {"loftq_config": {}}, {"x": False},
        {"target_modules": None}, {"init_lora_weights": "gaussian"}, {"task_type": None},
    ],
)  # fmt: skip
def test_adapters_that_are_run(tmp_path: Path, changes: dict[str, Any]) -> None:
    base = folder(tmp_path / "base", config__json=LLAMA)
    over = folder(tmp_path / "over", adapter_config__json=LORA | changes)
    assert identify(base, over).kind == "adapter"


@given(content=st.binary(max_size=200), name=st.sampled_from(["config.json", adapters.CONFIG]))
def test_whatever_a_file_holds(content: bytes, name: str, tmp_path_factory: Any) -> None:
    """Bytes of any kind are a model or a ModelError."""
    place = tmp_path_factory.mktemp("any")
    (place / name).write_bytes(content)
    with pytest.raises(ModelError):
        identify(place)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
adapter_configs = st.dictionaries(
    st.sampled_from([*LORA, "base_model_name_or_path", "rank_pattern", "modules_to_save", "x"]),
    json_values,
)


@given(
    over=adapter_configs,
    base=st.dictionaries(st.sampled_from([*LLAMA, "_name_or_path"]), json_values),
)
def test_whatever_json_says(
    over: dict[str, Any], base: dict[str, Any], tmp_path_factory: Any
) -> None:
    """JSON of any shape where names, lists and numbers belong: a model or a ModelError."""
    place = tmp_path_factory.mktemp("any")
    under = folder(place / "base", config__json=LLAMA | base)
    above = folder(place / "over", adapter_config__json=LORA | over)
    try:
        found = identify(under, above)
    except ModelError:
        return
    assert found.kind == "adapter"


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelfiles, "LARGEST_JSON", 10)
    assert "so it is not read" in said(folder(tmp_path / "m", config__json=LLAMA))


# safetensors


def tensors(**shapes: tuple[int, ...]) -> bytes:
    """A safetensors file of float32 tensors."""
    header, at = {}, 0
    for name, shape in shapes.items():
        size = 4
        for number in shape:
            size *= number
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    written = json.dumps(header).encode()
    return struct.pack("<Q", len(written)) + written + bytes(at)


def test_headers_are_counted(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(tensors(a=(3, 4), b=(5,)))
    found = modelfiles.weights(tmp_path)
    assert found.shapes == {"a": (3, 4), "b": (5,)}
    assert found.numbers == 17


def test_shards_are_counted_together(tmp_path: Path) -> None:
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    folder(tmp_path, model__safetensors__index__json=index)
    (tmp_path / "model-1.safetensors").write_bytes(tensors(a=(3, 4)))
    with pytest.raises(ModelError, match=r"model-2\.safetensors cannot be read: No such file"):
        modelfiles.weights(tmp_path)
    (tmp_path / "model-2.safetensors").write_bytes(tensors(b=(5,)))
    assert modelfiles.weights(tmp_path).numbers == 17
    assert modelfiles.weight_files(tmp_path) == ["model-1.safetensors", "model-2.safetensors"]


@pytest.mark.parametrize("name", ["../x.safetensors", "/x.safetensors", "x.bin", "a\\x", "", "d/x"])
def test_an_index_names_files_beside_it(tmp_path: Path, name: str) -> None:
    folder(tmp_path, model__safetensors__index__json={"weight_map": {"a": name}})
    with pytest.raises(ModelError, match="which is no safetensors file in it"):
        modelfiles.weights(tmp_path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"", "are no safetensors", id="empty"),
        pytest.param(b"version https://git-lfs.github.com/spec/v1\n", "git-lfs pointer", id="lfs"),
        pytest.param(struct.pack("<Q", 2**63) + b"{}", "are no safetensors", id="a huge header"),
        pytest.param(struct.pack("<Q", 2) + b"{x", "makes no sense", id="no JSON"),
        pytest.param(struct.pack("<Q", 2) + b"[]", "makes no sense", id="a list"),
        pytest.param(tensors(a=(3, 4))[:-1], "were to come", id="cut"),
        pytest.param(tensors(a=(3, 4)) + b"x", "were to come", id="too long"),
        pytest.param(tensors(a=(0, 4)), "is empty", id="a tensor of nothing"),
    ],
)
def test_weights_that_are_damaged(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match=why):
        modelfiles.weights(tmp_path)


@given(data=st.data())
def test_damage_anywhere_is_noticed_or_harmless(data: st.DataObject, tmp_path_factory: Any) -> None:
    """A header with other bytes in it, or a file of another length, is an error or still sound."""
    place = tmp_path_factory.mktemp("damaged")
    whole = tensors(a=(3, 4), b=(5,))
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + data.draw(st.binary(max_size=9)) + whole[at + 1 :]
    (place / "model.safetensors").write_bytes(changed)
    try:
        found = modelfiles.weights(place)
    except ModelError:
        return
    assert found.numbers > 0


def test_weights_that_are_pickles_are_not_read(tmp_path: Path) -> None:
    """The error says how to make safetensors of them."""
    (tmp_path / "pytorch_model-00001-of-00002.bin").touch()
    with pytest.raises(ModelError) as caught:
        modelfiles.weights(tmp_path)
    text = str(caught.value)
    assert "only there as a pickle (pytorch_model-00001-of-00002.bin)" in text
    assert "refs/pr/1" in text
    assert "save_pretrained('TO')" in text
    (tmp_path / "adapter_model.bin").touch()
    with pytest.raises(ModelError, match=r"adapter_model\.bin, a pickle"):
        modelfiles.adapter_weights(tmp_path)


def test_no_weights_at_all(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no weights: neither"):
        modelfiles.weights(tmp_path)
    with pytest.raises(ModelError, match=r"adapter_model\.safetensors is missing"):
        modelfiles.adapter_weights(tmp_path)


# the hub


def test_of_a_hub_model_only_data_is_fetched() -> None:
    """No pickle and no code comes down; of the weights only the files that are named."""
    filtered = pytest.importorskip("huggingface_hub.utils").filter_repo_objects
    there = [
        "config.json", "tokenizer.json", "tokenizer.model", "chat_template.jinja", "merges.txt",
        "model.safetensors.index.json", "model-1.safetensors", "consolidated.safetensors",
        "pytorch_model.bin", "modeling_llama.py", "original/params.json", "README.md", "m.gguf",
        "training_args.bin", "onnx/model.onnx", "vocab.json", "special_tokens_map.json",
    ]  # fmt: skip
    fetched = filtered(
        there, allow_patterns=[*hub.SETTINGS, "model-1.safetensors"], ignore_patterns=hub.NESTED
    )
    assert set(fetched) == {
        "config.json", "tokenizer.json", "tokenizer.model", "chat_template.jinja", "merges.txt",
        "model.safetensors.index.json", "model-1.safetensors", "vocab.json",
        "special_tokens_map.json",
    }  # fmt: skip


@pytest.fixture
def on_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the hub; ``org/name`` in it is a model."""
    there = pytest.importorskip("huggingface_hub")
    errors = pytest.importorskip("huggingface_hub.errors")

    def download(name: str, **options: Any) -> str:
        assert options["revision"] in (None, "v1")
        if not (tmp_path / name).is_dir():
            raise errors.LocalEntryNotFoundError("x\n" * 40)
        return os.fspath(tmp_path / name)

    monkeypatch.setattr(there, "snapshot_download", download)
    return tmp_path


def test_a_hub_model_is_settled_by_its_files(on_hub: Path) -> None:
    place = folder(on_hub / "org" / "name", config__json=LLAMA, chat_template__jinja="x")
    first = identify("org/name@v1")
    assert (first.form, first.form_is_sure) == ("gollie", False)
    found = settled(first)
    assert (found.name, found.path, found.hub) == ("org/name", str(place), "org/name@v1")
    assert (found.form, found.form_is_sure, found.on_hub) == ("chat", True, False)
    assert settled(found) == found
    assert settled(identify("org/name", prompt="gollie")).form == "gollie"


def test_a_hub_model_may_turn_out_to_be_an_adapter(on_hub: Path) -> None:
    base = folder(on_hub / "org" / "base", config__json=LLAMA)
    config = LORA | {"base_model_name_or_path": "org/base"}
    over = folder(on_hub / "org" / "over", adapter_config__json=config)
    assert identify("org/over").kind == "causal-lm"
    found = settled(identify("org/over"))
    assert (found.kind, found.path, found.base) == ("adapter", str(over), str(base))
    assert (found.hub, found.base_hub, found.name) == ("org/over", "org/base", "org/over")
    assert settled(identify("org/base", "org/over")) == found
    folder(on_hub / "org" / "other", config__json=LLAMA)
    with pytest.raises(ModelError, match="was trained on org/base, not on org/other"):
        settled(identify("org/other", "org/over"))


def test_a_hub_model_that_is_none(on_hub: Path) -> None:
    folder(on_hub / "org" / "name", config__json={"architectures": ["BertForMaskedLM"]})
    with pytest.raises(ModelError, match="BertForMaskedLM, which is no causal LM"):
        settled(identify("org/name"))


def test_what_the_hub_says_becomes_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    there = pytest.importorskip("huggingface_hub")
    httpx = pytest.importorskip("httpx2" if there.__version__ >= "2" else "httpx")
    response = httpx.Response(404, request=httpx.Request("GET", "https://huggingface.co"))
    errors = pytest.importorskip("huggingface_hub.errors")
    for err, text in (
        (
            errors.RepositoryNotFoundError("x\n" * 40, response=response),
            "no model of that name on the hub",
        ),
        (errors.GatedRepoError("x\n" * 40, response=response), "asks for its terms to be accepted"),
        (errors.RevisionNotFoundError("x\n" * 40, response=response), "has no revision 'v1'"),
        (errors.LocalEntryNotFoundError("x\n" * 40), "the hub cannot be reached"),
        (ConnectionError("x\n" * 40), "the hub cannot be reached"),
        (ValueError("x\n" * 40), "fetching a/b@v1 failed: ValueError: x x x"),
    ):

        def fail(*_: Any, err: Exception = err, **__: Any) -> None:
            raise err

        monkeypatch.setattr(there, "snapshot_download", fail)
        with pytest.raises(ModelError) as caught:
            settled(identify("a/b@v1"))
        assert text in str(caught.value)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 400


def test_identity_needs_no_torch() -> None:
    """Neither do plans."""
    code = (
        "import sys; import schema_ner.engines.local.identity, schema_ner.engines.local.plan; "
        "print(*{'torch', 'transformers', 'peft', 'huggingface_hub', 'numpy'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
