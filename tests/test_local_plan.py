"""How a model would be run: choices by machine, size and wishes, with reasons.  No torch."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema_ner.cli.local_models import code_llamas
from schema_ner.engines.local.fitting import ROOM
from schema_ner.engines.local.machine import Machine
from schema_ner.engines.local.plan import Plan, Size, Wishes, decide
from schema_ner.engines.local.size import size_of
from schema_ner.errors import InputError, MissingExtraError, ModelError, SchemaNerError

GB = 10**9
WITH_BNB: dict[str, str | None] = {"torch": "2.13.0", "bitsandbytes": "0.50.2"}


def gpu(name: str, capability: tuple[int, int], free: float, **changes: Any) -> Machine:
    there: dict[str, Any] = {
        "memory_total": round(free * GB),
        "memory_free": round(free * GB),
        "versions": WITH_BNB,
        "bitsandbytes_works": True,
    }
    return Machine(device="cuda", name=name, capability=capability, **there | changes)


T4 = gpu("Tesla T4", (7, 5), 15.6)
L4 = gpu("L4", (8, 9), 23.6)
A100 = gpu("A100", (8, 0), 42.0)
H200 = gpu("H200", (9, 0), 150.0)
CPU = Machine(device="cpu", name="CPU", memory_total=64 * GB, memory_free=60 * GB, versions={})
MAC = Machine(device="mps", name="M3", memory_total=48 * GB, memory_free=36 * GB, versions={})
SMALL, MIDDLE, LARGE = code_llamas().values()


def plan(machine: Machine, size: Size = SMALL, *, adapter: bool = False, **wishes: Any) -> Plan:
    return decide(machine, size, Wishes(**wishes), adapter=adapter)


@pytest.mark.parametrize(
    ("machine", "size", "dtype", "quantization"),
    [
        pytest.param(T4, SMALL, "float16", "nf4", id="7B on a T4"),
        pytest.param(T4, MIDDLE, "float16", "nf4", id="13B on a T4"),
        pytest.param(L4, SMALL, "bfloat16", "none", id="7B fits an L4"),
        pytest.param(L4, MIDDLE, "bfloat16", "nf4", id="13B on an L4: 26 GB"),
        pytest.param(A100, MIDDLE, "bfloat16", "none", id="13B with room on an A100 of 40 GB"),
        pytest.param(A100, LARGE, "bfloat16", "nf4", id="34B on an A100 of 40 GB"),
        pytest.param(H200, LARGE, "bfloat16", "none", id="34B fits an H200"),
        pytest.param(MAC, SMALL, "float16", "none", id="7B on a Mac"),
        pytest.param(CPU, SMALL, "float32", "none", id="7B on a CPU"),
        pytest.param(CPU, MIDDLE, "bfloat16", "none", id="13B would be 52 GB in float32"),
    ],
)
def test_dtype_and_quantization(
    machine: Machine, size: Size, dtype: str, quantization: str
) -> None:
    """Half precision where it fits with 35 % room, else 4 bits; float32 on a CPU with room."""
    found = plan(machine, size)
    assert (found.dtype, found.quantization) == (dtype, quantization)
    assert found.device == machine.device
    assert found.attention == "sdpa"


def test_a_code_llama_34b_does_not_fit_a_t4() -> None:
    with pytest.raises(ModelError) as caught:
        plan(T4, LARGE)
    said = str(caught.value)
    assert "the weights take 18.2 GB in 4 bits" in said
    assert "15.6 GB are free on cuda (Tesla T4)" in said
    assert "a smaller model, more free memory or device='cpu'" in said


def test_what_does_not_fit_whole_is_told_of_4_bits() -> None:
    """Weights that would fit in 4 bits: the error says so, where they were not to be in 4 bits."""
    with pytest.raises(ModelError, match=r"quantization='nf4', which takes 7\.2 GB"):
        plan(T4, MIDDLE, quantization="none")
    with pytest.raises(ModelError, match="quantization='nf4'"):
        plan(CPU, LARGE)


@pytest.mark.parametrize(
    ("machine", "attention"),
    [
        (replace(H200, flash_works=True), "flash_attention_2"),
        (replace(A100, flash_works=True), "flash_attention_2"),
        (replace(T4, flash_works=True), "sdpa"),
        (H200, "sdpa"),
        (CPU, "sdpa"),
    ],
)
def test_flash_attention_only_where_it_ran_and_is_made_for(
    machine: Machine, attention: str
) -> None:
    assert plan(machine).attention == attention


def test_flash_attention_is_not_for_float32() -> None:
    assert plan(replace(H200, flash_works=True), dtype="float32").attention == "sdpa"


def test_an_adapter_stays_beside_4_bits() -> None:
    assert plan(T4, adapter=True).adapter == "attach"
    assert plan(H200, adapter=True, quantization="nf4").adapter == "attach"


def test_an_adapter_is_added_to_whole_weights() -> None:
    assert plan(H200, adapter=True).adapter == "merge"
    assert plan(CPU, adapter=True).adapter == "merge"
    assert plan(CPU).adapter == "none"


def test_wishes_are_followed() -> None:
    asked = plan(H200, quantization="nf4", dtype="float16", batch_size=7)
    assert (asked.quantization, asked.dtype, asked.batch_size) == ("nf4", "float16", 7)
    assert sum("as asked for" in reason for reason in asked.reasons) == 3
    packed = replace(CPU, versions=WITH_BNB, bitsandbytes_works=True)
    on_cpu = plan(packed, quantization="nf4")
    assert (on_cpu.quantization, on_cpu.dtype) == ("nf4", "float32")


@pytest.mark.parametrize(
    ("machine", "wishes", "error", "said"),
    [
        pytest.param(
            CPU, {"quantization": "nf4"}, MissingExtraError, "pip install 'schema-ner[llm]'",
            id="4 bits without bitsandbytes",
        ),
        pytest.param(
            gpu("T4", (7, 5), 13.6, versions={}, bitsandbytes_works=False), {}, MissingExtraError,
            "the weights take 13.5 GB, and with room for texts 18.2 GB, of which 13.6 GB are free, "
            "which needs bitsandbytes: pip install 'schema-ner[llm]'",
            id="4 bits are needed, and there is no bitsandbytes",
        ),
        pytest.param(
            replace(CPU, problems=("torch 2.13.0+cpu is built without CUDA",)), {"device": "cuda"},
            ModelError, "device='cuda' was asked for, but torch 2.13.0+cpu is built without CUDA;",
            id="no CUDA",
        ),
        pytest.param(
            CPU, {"device": "cuda", "quantization": "nf4"}, ModelError, "device='cuda'",
            id="4 bits on CUDA, without CUDA",
        ),
        pytest.param(
            replace(L4, bitsandbytes_works=False, problems=("bitsandbytes fails: OSError: x",)),
            {"quantization": "nf4"}, ModelError,
            "bitsandbytes does not work on cuda here (bitsandbytes fails: OSError: x)",
            id="bitsandbytes is broken",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_said(
    machine: Machine, wishes: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as caught:
        plan(machine, **wishes)
    assert said in str(caught.value)


def test_without_bitsandbytes_what_just_fits_is_run_whole() -> None:
    """35 % of room is a wish; a package that is not there does not stop what fits without."""
    found = plan(replace(T4, versions={}, bitsandbytes_works=False))
    assert (found.quantization, found.dtype) == ("none", "float16")
    assert any("bitsandbytes would make it 4 bits" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    "wishes",
    [
        {"device": "tpu"}, {"quantization": "int8"}, {"dtype": "float64"}, {"batch_size": 0},
        {"batch_size": 1.5}, {"batch_size": True},
    ],
)  # fmt: skip
def test_wishes_that_there_are_not(wishes: dict[str, Any]) -> None:
    name, value = next(iter(wishes.items()))
    with pytest.raises(InputError, match=f"^{name}={value!r}; it is "):
        Wishes(**wishes)


def test_files_in_4_bits_and_gguf_decide_for_themselves() -> None:
    packed, unpacked = replace(SMALL, stored="nf4"), replace(SMALL, stored="gguf")
    assert plan(H200, packed).quantization == "nf4"
    assert plan(H200, packed, adapter=True).adapter == "attach"
    assert plan(H200, unpacked).quantization == "none"
    with pytest.raises(ModelError, match="hold 4 bits"):
        plan(H200, packed, quantization="none")
    with pytest.raises(ModelError, match=r"not for \.gguf"):
        plan(H200, unpacked, quantization="nf4")
    with pytest.raises(ModelError, match="in float16, and"):
        plan(replace(T4, memory_free=10 * GB), unpacked)


def test_each_choice_has_its_reason() -> None:
    found = plan(T4, adapter=True)
    words = [reason.split()[:2] for reason in found.reasons]
    assert words == [
        ["device", "cuda:"], ["dtype", "float16:"], ["quantization", "nf4:"],
        ["attention", "sdpa:"], ["adapter", "attach:"], ["batch", f"{found.batch_size}:"],
    ]  # fmt: skip
    assert all(reason.endswith(".") for reason in found.reasons)
    assert "compute capability 7.5, 15.6 GB of 15.6 GB free" in found.reasons[0]
    assert (
        "in float16 the weights take 13.5 GB, and with room for texts 18.2 GB" in found.reasons[2]
    )


def test_the_published_sizes_of_code_llama() -> None:
    """6.74, 13.02 and 33.74 thousand million parameters; half a MiB of keys and values a token."""
    assert [size.parameters for size in (SMALL, MIDDLE, LARGE)] == [
        6_738_546_688, 13_016_028_160, 33_743_970_304,
    ]  # fmt: skip
    assert SMALL.bytes_per_token_kv == 512 * 1024
    assert SMALL.context == 16384
    # 3.60 GB of linear layers in 4 bits and the last one, and 0.26 GB of embeddings
    assert 3.8 * GB < SMALL.weights("float16", "nf4") < 3.9 * GB


@pytest.mark.parametrize(
    ("changes", "context"),
    [
        ({}, 8192),
        ({"rope_parameters": {"rope_type": "default"}}, 8192),
        ({"rope_parameters": {"original_max_position_embeddings": 8192, "factor": 4.0}}, 32768),
        ({"rope_parameters": {"original_max_position_embeddings": 2048, "factor": 4.0}}, 8192),
        ({"rope_scaling": {"original_max_position_embeddings": 8192, "factor": 1e30}}, 8192),
        ({"max_position_embeddings": None}, 4096),
    ],
)
def test_the_context_of_a_config(changes: dict[str, Any], context: int) -> None:
    """The length that positions are made for, stretched where the config gives both numbers."""
    assert size_of(config(**{"max_position_embeddings": 8192} | changes)).context == context


def config(**changes: Any) -> SimpleNamespace:
    numbers: dict[str, Any] = {
        "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 300,
        "max_position_embeddings": 512,
    }  # fmt: skip
    return SimpleNamespace(**numbers | changes)


@pytest.mark.parametrize("value", [0, -1, 2**40, 1.5, True, "64", [], [0], {}])
def test_a_config_with_a_number_out_of_range(value: Any) -> None:
    for name in vars(config()):
        with pytest.raises(ModelError, match=f"{name}="):
            size_of(config(**{name: value}))


def test_experts_are_not_packed() -> None:
    """Only linear layers can be held in 4 bits; experts are one large tensor."""
    dense, sparse = size_of(config()), size_of(config(num_local_experts=4))
    assert sparse.parameters - dense.parameters == 3 * 2 * 3 * 64 * 128
    assert sparse.linear == dense.linear - 2 * 3 * 64 * 128


sizes = st.builds(
    Size,
    parameters=st.integers(10**6, 10**12),
    linear=st.integers(0, 10**6),
    bytes_per_token_kv=st.integers(1, 2**22),
    hidden=st.integers(1, 2**15),
    context=st.integers(1, 2**20),
    stored=st.sampled_from(["plain", "nf4", "gguf"]),
).map(lambda size: replace(size, linear=int(size.parameters * 0.9)))
machines = st.builds(
    Machine,
    device=st.sampled_from(["cuda", "mps", "cpu"]),
    name=st.just("X"),
    capability=st.sampled_from([None, (6, 1), (7, 5), (8, 0), (9, 0)]),
    memory_total=st.just(10**12),
    memory_free=st.one_of(st.none(), st.integers(0, 10**12)),
    versions=st.sampled_from([{}, WITH_BNB]),
    bitsandbytes_works=st.booleans(),
    flash_works=st.booleans(),
)
wishes = st.builds(
    Wishes,
    quantization=st.sampled_from(["auto", "nf4", "none"]),
    dtype=st.sampled_from(["auto", "float16", "bfloat16", "float32"]),
    batch_size=st.one_of(st.none(), st.integers(1, 100)),
)


@given(machine=machines, size=sizes, wished=wishes, adapter=st.booleans())
def test_a_plan_can_be_carried_out(
    machine: Machine, size: Size, wished: Wishes, *, adapter: bool
) -> None:
    """Whatever is there and wished for: a plan that fits, or one of the errors that say why not."""
    try:
        found = decide(machine, size, wished, adapter=adapter)
    except SchemaNerError:
        return
    if machine.memory_free is not None:
        assert size.weights(found.dtype, found.quantization) <= machine.memory_free
    assert found.batch_size >= 1
    assert found.quantization == "none" or machine.bitsandbytes_works
    assert (found.adapter == "none") is not adapter
    assert found.adapter != "merge" or found.quantization == "none"
    if found.attention == "flash_attention_2":
        assert machine.flash_works
        assert (machine.capability or (0, 0)) >= (8, 0)
    if wished.dtype == "auto" and machine.capability in ((6, 1), (7, 5)):
        assert found.dtype != "bfloat16" or machine.device != "cuda"
    for name in ("quantization", "dtype"):
        asked = getattr(wished, name)
        assert asked in ("auto", getattr(found, name)) or size.stored != "plain"


@given(sizes, st.integers(0, 10**12), st.integers(0, 10**11))
def test_more_memory_is_never_worse(size: Size, free: int, more: int) -> None:
    """With more free memory a model that fitted fits; whole weights stay whole."""
    poor = replace(H200, memory_free=free)
    rich = replace(H200, memory_free=free + more)
    try:
        before = decide(poor, size, Wishes(), adapter=False)
    except ModelError:
        return
    after = decide(rich, size, Wishes(), adapter=False)
    assert not (before.quantization == "none" and after.quantization == "nf4")
    if before.quantization == after.quantization:
        assert after.batch_size >= before.batch_size


@given(sizes, st.integers(10**6, 10**12))
def test_4_bits_are_chosen_only_for_lack_of_room(size: Size, free: int) -> None:
    machine = replace(H200, memory_free=free)
    try:
        found = decide(machine, replace(size, stored="plain"), Wishes(), adapter=False)
    except ModelError:
        return
    fits = size.weights("bfloat16", "none") * ROOM <= free
    assert (found.quantization == "none") is fits
