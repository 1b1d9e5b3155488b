"""Run the built-in model's ONNX graphs.

One text window a call: int8 activations are scaled by the range of the whole batch, so a text would
score differently beside other texts.  Alone, it always scores the same, and on a CPU it is as fast.

Here: arrays → arrays.  Not here: words (``features``), where files lie (``store``).

Shapes: T word pieces, W words, K span widths, N types, D hidden width.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from schema_ner.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]


class Session:
    """The four graphs of a model folder: encoder, span head, type head, schema head."""

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors only
        options.intra_op_num_threads = threads()

        def graph(name: str) -> onnxruntime.InferenceSession:
            path = str(folder / f"{name}.onnx")
            return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

        self._encoder, self._spans = graph("encoder"), graph("spans")
        self._types, self._schema = graph("types"), graph("schema")

    @property
    def width(self) -> int:
        """D."""
        return int(self._types.get_outputs()[0].shape[-1])

    def score(self, pieces: Ints, first: Ints, last: Ints, types: Floats) -> Floats:
        """The logit of every span for every type: (T,), (W,), (W,), (N, D) → (W, K, N).

        ``[w, k]`` is the span of the k + 1 words from w on; -inf where it would leave the text.
        """
        feed = {"hidden": self._hidden(pieces), "first": first[None], "last": last[None]}
        (logits,) = self._spans.run(None, feed | {"types": types})
        (scores,) = logits  # (W, K, N)
        words, widths, _ = scores.shape
        leaves = np.arange(words)[:, None] + np.arange(widths) >= words  # (W, K)
        scores[leaves] = -np.inf
        return scores  # type: ignore[no-any-return]

    def types(self, vectors: Floats) -> Floats:
        """The unit vectors of a schema's types beside one another: (N, D) → (N, D)."""
        (types,) = self._schema.run(None, {"vectors": vectors})
        return types  # type: ignore[no-any-return]

    def vector(self, pieces: Ints) -> Floats:
        """The vector of a type's description, of any length: (T,) → (D,)."""
        feed = {"hidden": self._hidden(pieces), "attention_mask": np.ones_like(pieces)[None]}
        (vectors,) = self._types.run(None, feed)
        return vectors[0]  # type: ignore[no-any-return]

    def _hidden(self, pieces: Ints) -> Floats:
        ids = pieces[None]  # (1, T)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        (hidden,) = self._encoder.run(None, feed)
        return hidden  # type: ignore[no-any-return]


def threads() -> int:
    """``SCHEMA_NER_THREADS``; 0 lets the runtime take all cores."""
    given = os.environ.get("SCHEMA_NER_THREADS", "0")
    if not given.isdecimal() or len(given) > 4:  # noqa: PLR2004  # digits
        raise InputError(f"SCHEMA_NER_THREADS={given!r} is no number of threads; 0 takes all cores")
    return min(int(given), os.cpu_count() or 1)  # more would only be in each other's way
