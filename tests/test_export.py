"""The ONNX files say what the torch model says; needs the extra [train].

Part of `make test-all`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from schema_ner.encoder.features import MAX_WORDS
from schema_ner.encoder.session import Session

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # torch's exporter talks of its own future
]


@pytest.mark.parametrize("words", [1, 3, 40], ids=["a word", "fewer than a span", "a long text"])
def test_onnx_equals_torch(tmp_path: Path, words: int) -> None:
    """Same pieces, same types, same probabilities, at lengths the export never saw."""
    torch = pytest.importorskip("torch", reason="needs the extra [train]")
    transformers = pytest.importorskip("transformers", reason="needs the extra [train]")
    from schema_ner.training.builtin_model import BuiltinModel  # noqa: PLC0415
    from schema_ner.training.export import export  # noqa: PLC0415

    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=50, hidden_size=24, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, attn_implementation="eager",
    )  # fmt: skip
    model = BuiltinModel(transformers.BertModel(config, add_pooling_layer=False)).eval()
    export(model, tmp_path, quantise=False)
    session = Session(tmp_path)

    pieces = np.arange(2 * words + 2, dtype=np.int64) % 50
    first = 1 + 2 * np.arange(words, dtype=np.int64)  # two pieces a word
    described = [np.array([1, 7, 8, 2]), np.array([1, 9, 2])]
    types = np.stack([session.vector(d) for d in described])
    scores = session.score(pieces, first, first + 1, types)

    with torch.no_grad():
        ids = torch.tensor(pieces)[None]
        hidden = model.encoder(ids, torch.ones_like(ids))
        vectors = []
        for d in described:
            one = torch.tensor(d)[None]
            mask = torch.ones_like(one)
            vectors.append(model.type_head(model.encoder(one, mask), mask)[0])
        starts = torch.tensor(first)[None]
        logits = model.span_head(hidden, starts, starts + 1, torch.stack(vectors))
        expected = logits.sigmoid()[0].numpy()

    inside = np.arange(words)[:, None] + np.arange(MAX_WORDS) < words
    assert scores.shape == expected.shape == (words, MAX_WORDS, 2)
    assert np.allclose(scores[inside], expected[inside], atol=1e-5)
    assert (scores[~inside] < 0).all()
