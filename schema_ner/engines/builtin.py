"""The built-in model as an engine: windows over words, every span scored for every type.

Here: text and schema → scored candidates.  Not here: the model's parts (``encoder``).
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from schema_ner.encoder import store
from schema_ner.encoder.features import Featurizer, Words, mostly_foreign, unread_ranges
from schema_ner.encoder.session import Session
from schema_ner.encoder.wording import description
from schema_ner.engines.base import Reading
from schema_ner.errors import SchemaNerError
from schema_ner.spans import Span, Usage
from schema_ner.windows import Window, cover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from schema_ner.schema import Schema

    Floats = NDArray[np.float32]

logger = logging.getLogger(__name__)
FOREIGN = "the built-in model was trained on English; it reads other scripts badly"

# Word pieces of a window, and of context on either side of its core; the margin is also
# the longest mention sure to be whole.  On tune rows joined by twenty, F1 falls beyond
# this size (254: 49.7, 190: 51.7, 126: 52.8), and smaller windows only cost more.
WINDOW = 126
MARGIN = 24
SCHEMAS_KEPT = 64  # schemas whose type vectors stay in memory


class _Asked(NamedTuple):
    """What one call looks for.  N types, D hidden width."""

    labels: tuple[str, ...]
    vectors: Floats  # (N, D)
    lowest: Floats  # (N,) the score below which a candidate is not returned


class BuiltinEngine:
    """The model that ships in the package, or one trained from it.  Safe to share between threads.

    Args:
        folder: where the model's files are; ``None`` for the one that ships.

    Raises:
        ModelError: the files are missing or damaged.
    """

    batch_size = 1

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        folder = folder or store.model_path()
        self._settings = settings = store.settings(folder)
        self.name = settings.name
        self.threshold = settings.threshold
        try:
            self._features = Featurizer(folder / "tokenizer.json")
            self._session = Session(folder)
        except SchemaNerError:
            raise
        except Exception as err:  # onnxruntime and tokenizers have many of their own
            raise store.damaged(folder, err) from err
        self._vectors: dict[Schema, Floats] = {}
        self._lock = threading.Lock()
        self._said: set[str] = set()

    def __reduce__(self) -> tuple[Callable[[Path | None], BuiltinEngine], tuple[Path | None]]:
        """Pickle which model it is, not the weights: each process loads its own."""
        return builtin_engine, (self._folder,)

    def read(
        self, texts: Sequence[str], schema: Schema, floors: Mapping[str, float]
    ) -> list[Reading | Exception]:
        """One Reading for each text; see ``Engine.read``."""
        lowest = np.array([floors[label] for label in schema.labels], np.float32)
        self._say_what_it_cannot(texts, schema)
        asked = _Asked(schema.labels, self._type_vectors(schema), lowest)
        return [self._read_one(text, asked) for text in texts]

    def _read_one(self, text: str, asked: _Asked) -> Reading | Exception:
        began = time.perf_counter()
        try:
            words = self._features.words(text)
            windows = list(cover(words.costs, budget=WINDOW, margin=MARGIN))
            candidates = [s for w in windows for s in self._spans(text, words, w, asked)]
        except Exception as err:  # noqa: BLE001  # one text must never end the others
            return err
        usage = Usage(
            tokens_in=sum(_pieces(words, w) + 2 for w in windows),
            tokens_out=0,
            passes=len(windows),
            seconds=time.perf_counter() - began,
        )
        return Reading(tuple(candidates), unread=unread_ranges(text, words), usage=usage)

    def _spans(self, text: str, words: Words, window: Window, asked: _Asked) -> Iterator[Span]:
        """The spans of one window that are its own to judge and reach their type's floor."""
        begin, end = words.offsets[window.start], words.offsets[window.end]
        bounds = words.offsets[window.start : window.end + 1] - begin + 1  # the first is [CLS]
        pieces = self._features.with_ends(words.pieces[begin:end])
        logits = self._session.score(pieces, bounds[:-1], bounds[1:] - 1, asked.vectors)
        scores = _sigmoid(self._settings.slope * logits + self._settings.intercept)  # (W, K, N)
        scores[np.isneginf(logits)] = -1.0  # below any threshold, 0 included
        for word, extra, kind in np.argwhere(scores >= asked.lowest).tolist():
            first, last = window.start + word, window.start + word + extra
            if window.owns(first, last + 1):
                start, stop = int(words.starts[first]), int(words.ends[last])
                score = float(scores[word, extra, kind])
                yield Span(start, stop, asked.labels[kind], text[start:stop], score)

    def _say_what_it_cannot(self, texts: Sequence[str], schema: Schema) -> None:
        """Log, once for each schema, fields that stay empty, and once that it reads English."""
        unfilled = [f"{t.label}.{field.name}" for t in schema for field in t.fields]
        if unfilled:
            self._say(f"the built-in model fills no extra fields: {', '.join(unfilled)} stay None")
        if FOREIGN not in self._said and any(map(mostly_foreign, filter(_is_text, texts))):
            self._say(FOREIGN)

    def _say(self, sentence: str) -> None:
        with self._lock:
            if sentence in self._said:
                return
            self._said.add(sentence)
        logger.warning(sentence)

    def _type_vectors(self, schema: Schema) -> Floats:
        """(N, D), from memory where a text was read with the schema before."""
        with self._lock:
            if schema not in self._vectors:
                if len(self._vectors) >= SCHEMAS_KEPT:
                    self._vectors.pop(next(iter(self._vectors)))
                self._vectors[schema] = self._loaded_or_made(schema)
            return self._vectors[schema]

    def _loaded_or_made(self, schema: Schema) -> Floats:
        """(N, D), from disk or made now."""
        described = [description(entity_type) for entity_type in schema]
        key = _key(self._settings.weights, described)
        vectors = store.load_vectors(key, (len(schema), self._session.width))
        if vectors is None:
            vectors = self._session.types(np.stack([self._type_vector(d) for d in described]))
            store.save_vectors(key, vectors)
        return vectors

    def _type_vector(self, described: str) -> Floats:
        """(D,); a description too long for the model is the mean of its parts."""
        parts = self._features.description(described)
        vectors = [self._session.vector(pieces) for pieces in parts]
        return np.mean(vectors, axis=0, dtype=np.float32)  # type: ignore[no-any-return]


def _is_text(text: object) -> bool:
    return isinstance(text, str)


def builtin_engine(folder: Path | None = None) -> BuiltinEngine:
    """The one engine of this process for a model: loading takes a moment, and it keeps no state."""
    with _loading:  # a cache alone would let several threads load one each
        return _engine(folder)


_loading = threading.Lock()
_engine = lru_cache(maxsize=8)(BuiltinEngine)


def _sigmoid(logits: Floats) -> Floats:
    with np.errstate(over="ignore"):  # far below any threshold
        return (1.0 / (1.0 + np.exp(-logits))).astype(np.float32)


def _pieces(words: Words, window: Window) -> int:
    return int(words.offsets[window.end] - words.offsets[window.start])


def _key(weights: str, described: Sequence[str]) -> str:
    """What type vectors depend on: the weights, and what is said of every type."""
    content = json.dumps([weights, described], ensure_ascii=True)
    return hashlib.sha256(content.encode("ascii")).hexdigest()[:32]
