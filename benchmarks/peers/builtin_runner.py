"""The built-in model as a measured process: ``python -m peers.builtin_runner [FOLDER]``."""

from __future__ import annotations

import itertools
import sys
import time
from typing import TYPE_CHECKING

from peers.protocol import THRESHOLD, Answer, Reader, Types, serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema_ner import Extractor


class Builtin(Reader):
    """As users run it: an Extractor, and ``extract`` for each text."""

    def __init__(self, model: str) -> None:
        self.model = model

    def prepare(self, types: Types) -> Callable[[list[str], int], int]:
        """The model reads one text a call, whatever the batch."""
        extractor = self._extractor(types)

        def read(texts: list[str], _batch: int) -> int:
            return sum(len(extractor.extract(text).spans) for text in texts)

        return read

    def seen(self, text: str, types: Types) -> Answer:
        """``tokens`` counts what windows share as often as it is read."""
        result = self._extractor(types).extract(text)
        unread = sum(end - start for start, end in result.unread)
        return {
            "words": len(text.split()),
            "types": len(types),
            "tokens": result.usage.tokens_in,
        } | ({"words": 0} if unread else {})

    def once(self, types: Types, repeats: int) -> list[float]:
        """The types' vectors; they depend on the order too, so another order is new to it."""
        seconds: list[float] = []
        for order in itertools.islice(itertools.permutations(types), 1, repeats + 1):
            extractor = self._extractor(list(order))
            began = time.perf_counter()
            extractor.extract("")  # the vectors are made for the first text, whatever it is
            seconds.append(time.perf_counter() - began)
        return seconds

    def _extractor(self, types: Types) -> Extractor:
        from schema_ner import Extractor  # noqa: PLC0415  # its import is part of what is measured

        return Extractor(dict(types), model=self.model, threshold=THRESHOLD)


if __name__ == "__main__":
    serve(lambda: Builtin(sys.argv[1] if len(sys.argv) > 1 else "builtin"))
