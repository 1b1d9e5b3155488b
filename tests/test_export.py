"""The ONNX files say what the torch model says; needs the extra [train].

Part of `make test-all`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from schema_ner.encoder.features import MAX_WORDS
from schema_ner.encoder.session import Session
from schema_ner.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # torch's exporter talks of its own future
]

DESCRIPTIONS = [[1, 7, 8, 2], [1, 9, 2], [1, *range(10, 40), 2], [1, 7, 2], [1, 5, 6, 9, 2]]
WIDTH = 96  # of the hidden vectors; divides by the heads of both kinds


@pytest.fixture(scope="module")
def torch() -> Any:
    pytest.importorskip("transformers", reason="needs the extra [train]")
    pytest.importorskip("onnx", reason="needs the extra [train]")
    return pytest.importorskip("torch", reason="needs the extra [train]")


@pytest.fixture(scope="module")
def model(torch: Any) -> Any:
    """Small, and with no two weights alike, as after training."""
    from transformers import BertConfig, BertModel  # noqa: PLC0415

    from schema_ner.training.builtin_model import BuiltinModel  # noqa: PLC0415

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=50, hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=3,
        intermediate_size=32, attn_implementation="eager",
    )  # fmt: skip
    built = BuiltinModel(BertModel(config, add_pooling_layer=False)).eval()
    with torch.no_grad():
        for parameter in built.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return built


@pytest.fixture(scope="module")
def folder(model: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model's graphs in fp32."""
    from schema_ner.training.export import export  # noqa: PLC0415

    where = tmp_path_factory.mktemp("fp32")
    export(model, where, quantise=False)
    return where


def vectors(model: Any, torch: Any) -> Any:
    """The vector of each description, encoded alone."""
    found = []
    for description in DESCRIPTIONS:
        pieces = torch.tensor(description)[None]
        mask = torch.ones_like(pieces)
        found.append(model.type_head(model.encoder(pieces, mask), mask)[0])
    return torch.stack(found)


@pytest.mark.parametrize("words", [1, 3, 40], ids=["a word", "fewer than a span", "a long text"])
@pytest.mark.parametrize("count", [1, 2, 5], ids=["a type", "two types", "five types"])
def test_onnx_equals_torch(model: Any, torch: Any, folder: Path, words: int, count: int) -> None:
    """Same pieces, same types, same logits, at sizes the export never saw."""
    session = Session(folder)
    pieces = np.arange(2 * words + 2, dtype=np.int64) % 50
    first = 1 + 2 * np.arange(words, dtype=np.int64)  # two pieces a word
    described = np.stack([session.vector(np.array(d)) for d in DESCRIPTIONS[:count]])
    types = session.types(described)
    logits = session.score(pieces, first, first + 1, types)

    with torch.no_grad():
        ids = torch.tensor(pieces)[None]
        hidden = model.encoder(ids, torch.ones_like(ids))
        raw = vectors(model, torch)[:count]
        beside = model.schema_head(raw)
        starts = torch.tensor(first)[None]
        expected = model.span_head(hidden, starts, starts + 1, beside)[0].numpy()

    assert session.width == WIDTH
    assert np.allclose(described, raw.numpy(), atol=1e-5)
    assert np.allclose(types, beside.numpy(), atol=1e-5)
    assert np.allclose(np.linalg.norm(types, axis=1), 1, atol=1e-5)
    inside = np.arange(words)[:, None] + np.arange(MAX_WORDS) < words
    assert logits.shape == expected.shape == (words, MAX_WORDS, count)
    assert np.allclose(logits[inside], expected[inside], atol=1e-4)
    assert np.isneginf(logits[~inside]).all()


def test_types_are_set_beside_those_of_their_own_schema_alone(model: Any, torch: Any) -> None:
    """In a batch of several schemas each is read as in use, where it is the only one."""
    with torch.no_grad():
        types = vectors(model, torch)
        schemas = torch.tensor([0, 0, 1, 2, 2])
        together = model.schema_head(types, schemas[:, None] != schemas)
        for number in range(3):
            alone = model.schema_head(types[schemas == number])
            assert torch.allclose(together[schemas == number], alone, atol=1e-5)
        assert not torch.allclose(together, model.schema_head(types), atol=1e-3)


def test_a_new_schema_head_changes_only_the_length(torch: Any) -> None:
    """Training begins as if types did not know of one another."""
    from schema_ner.training.builtin_model import SchemaHead  # noqa: PLC0415

    types = torch.randn(4, WIDTH)
    with torch.no_grad():
        beside = SchemaHead(WIDTH)(types)
    assert torch.allclose(beside, types / types.norm(dim=1, keepdim=True), atol=1e-6)


def test_texts_score_in_a_padded_batch_as_alone_in_use(
    model: Any, torch: Any, folder: Path
) -> None:
    """What is trained, on many texts at once, is what is run, on one."""
    session = Session(folder)
    types = session.types(np.stack([session.vector(np.array(d)) for d in DESCRIPTIONS]))
    lengths = [1, 12, 4]
    pieces = torch.zeros(3, 14, dtype=torch.long)
    places = torch.zeros(3, 12, dtype=torch.long)
    for row, words in enumerate(lengths):
        pieces[row, : words + 2] = torch.arange(row + 1, row + words + 3)
        places[row, :words] = 1 + torch.arange(words)
    with torch.no_grad():
        hidden = model.encoder(pieces, (pieces != 0).long())
        logits = model.span_head(hidden, places, places, torch.from_numpy(types)).numpy()
    for row, words in enumerate(lengths):
        own = np.arange(1, words + 1)
        alone = session.score(pieces[row, : words + 2].numpy(), own, own, types)
        inside = np.isfinite(alone)
        assert inside.sum() == sum(min(MAX_WORDS, words - start) for start in range(words)) * 5
        assert np.allclose(logits[row, :words][inside], alone[inside], atol=1e-4)


def test_types_are_encoded_in_groups_as_alone(model: Any, torch: Any) -> None:
    """Descriptions are grouped by length while training, and come back in their order."""
    from schema_ner.training.trainer import type_vectors  # noqa: PLC0415

    with torch.no_grad():
        together = type_vectors(model, [np.array(d) for d in DESCRIPTIONS], "cpu")
        assert torch.allclose(together, vectors(model, torch), atol=1e-5)


# --- files → weights


def state(model: Any) -> dict[str, np.ndarray[Any, Any]]:
    return {name: weight.numpy() for name, weight in model.state_dict().items()}


def test_graphs_in_fp32_give_back_every_weight(model: Any, folder: Path) -> None:
    """A model can be gone on from where only its graphs are left."""
    from schema_ner.training.starts import from_shipped  # noqa: PLC0415

    before, after = state(model), state(from_shipped(folder))
    assert before.keys() == after.keys()
    for name, weight in before.items():
        assert np.array_equal(weight, after[name]), name


def test_int8_graphs_give_back_every_weight_within_a_step(model: Any, tmp_path: Path) -> None:
    """A step is the range of a weight's column, or of the whole, in 7 bits; what is kept in fp32
    is kept exactly.  Going there and back again changes nothing more."""
    from schema_ner.training.export import export  # noqa: PLC0415
    from schema_ner.training.starts import from_shipped  # noqa: PLC0415

    models = [model]
    for name in ("once", "twice"):
        export(models[-1].eval(), tmp_path / name)
        models.append(from_shipped(tmp_path / name))
    before, once, twice = map(state, models)
    assert before.keys() == once.keys() == twice.keys()
    rounded = {name for name in before if not np.array_equal(before[name], once[name])}
    matrices = {name for name, weight in before.items() if weight.ndim == 2}
    assert rounded <= matrices
    assert len(rounded) > len(matrices) / 2
    for name in rounded:
        step = 2 * np.abs(before[name]).max() / 127
        assert np.abs(once[name] - before[name]).max() <= step / 2 * 1.01, name
        assert np.abs(once[name] - before[name]).max() > 0
        assert np.allclose(twice[name], once[name], atol=step / 50), name


def test_a_folder_of_graphs_that_cannot_be_gone_on_from(folder: Path, tmp_path: Path) -> None:
    """Graphs that do not say what their weights are, or are not there."""
    import onnx  # noqa: PLC0415

    from schema_ner.training.starts import from_shipped  # noqa: PLC0415

    with pytest.raises(ModelError, match="holds no model to go on from"):
        from_shipped(tmp_path)
    for file in folder.glob("*.onnx"):
        graph = onnx.load(file)
        del graph.metadata_props[:]
        onnx.save(graph, tmp_path / file.name)
    with pytest.raises(ModelError, match="holds no model to go on from"):
        from_shipped(tmp_path)


def test_the_hash_of_a_model_covers_each_of_its_files(folder: Path, tmp_path: Path) -> None:
    """Type vectors are cached by it: another graph or vocabulary must be another model."""
    from schema_ner.encoder import store  # noqa: PLC0415
    from schema_ner.training.export import WEIGHTS, write_settings  # noqa: PLC0415

    for name in WEIGHTS:
        content = (folder / name).read_bytes() if name.endswith(".onnx") else b"{}"
        (tmp_path / name).write_bytes(content)
    hashes = []
    for name in (None, *WEIGHTS):
        if name is not None:
            (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b" ")
        write_settings(tmp_path, "mine", 0.25, (2.0, -1.0))
        found = store.settings(tmp_path)
        assert (found.name, found.threshold, found.slope, found.intercept) == ("mine", 0.25, 2, -1)
        hashes.append(found.weights)
    assert all(one != other for one, other in pairwise(hashes))
    assert store.missing_files(tmp_path) == []
