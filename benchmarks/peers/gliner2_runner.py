"""GLiNER2 as a measured process; run in an environment with the package ``gliner2[local]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peers import peer
from peers.protocol import THRESHOLD, Answer, Reader, Types

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Gliner2(Reader):
    """Guidelines are the descriptions of its entity types."""

    def __init__(self, folder: Path) -> None:
        from gliner2 import AutoExtractor  # type: ignore[import-not-found]  # noqa: PLC0415

        peer.take_threads()
        self.model = AutoExtractor.from_pretrained(str(folder))

    def prepare(self, types: Types) -> Callable[[list[str], int], int]:
        """``extract_entities`` for one text is the same call."""
        described = dict(types)

        def read(texts: list[str], batch: int) -> int:
            found = self.model.batch_extract_entities(
                texts, described, batch_size=batch, threshold=THRESHOLD
            )
            return sum(len(spans) for one in found for spans in one["entities"].values())

        return read

    def seen(self, text: str, types: Types) -> Answer:
        """From the tensors that go into the model."""
        from gliner2.training.trainer import (  # type: ignore[import-not-found]  # noqa: PLC0415
            ExtractorCollator,
        )

        schema = self.model.create_schema().entities(dict(types)).build()
        collate = ExtractorCollator(
            self.model.processor, is_training=False, architecture=self.model.architecture
        )
        batch = collate([(text, schema)])
        ends = batch.end_mappings[0]
        whole = int(batch.text_word_mask.sum()) == len(ends)
        return {
            "words": len(text[: ends[-1]].split()) if whole else 0,
            "types": int(batch.query_marker_mask.sum()),
            "tokens": batch.input_ids.shape[1],
        }

    def once(self, types: Types, repeats: int) -> list[float]:
        """Nothing: types are read with every text."""
        del types, repeats
        return []


def build(sizes: dict[str, Any], pieces: Path, folder: Path) -> int:
    """Random weights in a folder that ``from_pretrained`` reads."""
    import torch  # noqa: PLC0415
    from gliner2 import AutoExtractor, ExtractorConfig  # noqa: PLC0415
    from transformers import DebertaV2Config  # noqa: PLC0415

    made = peer.tokenizer(pieces, folder)
    torch.manual_seed(0)
    encoder = DebertaV2Config(**sizes["encoder"])
    config = ExtractorConfig(model_name=str(folder), **sizes["model"])
    model = AutoExtractor.from_config(config, encoder_config=encoder, tokenizer=made)
    # it has cut the word embeddings to the vocabulary at hand; here they get their size again
    model.encoder.resize_token_embeddings(sizes["encoder"]["vocab_size"])
    model.save_pretrained(folder)
    return sum(weights.numel() for weights in model.parameters())


if __name__ == "__main__":
    peer.main(build, Gliner2)
