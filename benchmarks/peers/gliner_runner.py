"""GLiNER as a measured process; run in an environment with the package ``gliner``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peers import peer
from peers.protocol import THRESHOLD, Answer, Reader, Types

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Gliner(Reader):
    """Labels are ``name: guideline``: this model has no other place for a guideline."""

    def __init__(self, folder: Path) -> None:
        from gliner import GLiNER  # type: ignore[import-not-found]  # noqa: PLC0415

        peer.take_threads()
        self.model = GLiNER.from_pretrained(str(folder), local_files_only=True)

    def prepare(self, types: Types) -> Callable[[list[str], int], int]:
        """``inference`` is what ``predict_entities`` calls for one text."""
        labels = _labels(types)

        def read(texts: list[str], batch: int) -> int:
            found = self.model.inference(texts, labels, threshold=THRESHOLD, batch_size=batch)
            return sum(map(len, found))

        return read

    def seen(self, text: str, types: Types) -> Answer:
        """From the tensors that go into the model."""
        prepared = self.model.prepare_batch([text], _labels(types))
        batch = self.model.collate_batch(prepared["input_x"], prepared["entity_types"])
        ids, mask = batch["input_ids"], batch["words_mask"]
        ends = prepared["end_token_map"][0]
        whole = int(mask.max()) == len(ends)  # every word of its own splitting has a place
        return {
            "words": len(text[: ends[-1]].split()) if whole else 0,
            "types": int((ids == self.model.config.class_token_index).sum()),
            "tokens": ids.shape[1],
        }

    def once(self, types: Types, repeats: int) -> list[float]:
        """Nothing: types are read with every text."""
        del types, repeats
        return []


def _labels(types: Types) -> list[str]:
    return [f"{name}: {guideline}" for name, guideline in types]


def build(sizes: dict[str, Any], pieces: Path, folder: Path) -> int:
    """Random weights in a folder that ``from_pretrained`` reads."""
    import torch  # noqa: PLC0415
    from gliner import GLiNER  # noqa: PLC0415

    made = peer.tokenizer(pieces, folder)
    config = sizes["model"] | {"encoder_config": sizes["encoder"], "model_name": str(folder)}
    made.add_tokens([config["ent_token"], config["sep_token"]], special_tokens=True)
    made.save_pretrained(folder)
    # given, so that the word embeddings keep their published size beside a smaller vocabulary
    config["class_token_index"] = made.convert_tokens_to_ids(config["ent_token"])
    torch.manual_seed(0)
    model = GLiNER.from_config(config, backbone_from_pretrained=False)
    model.save_pretrained(folder)
    return sum(weights.numel() for weights in model.parameters())


if __name__ == "__main__":
    peer.main(build, Gliner)
