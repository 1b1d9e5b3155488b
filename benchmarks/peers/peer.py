"""What the peers' runners share: a tokenizer made here, and their command line.

No model hub is asked for anything.  A peer gets random weights in the shape of a published model,
saved in that package's own form, so that it is loaded as its users load it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peers.protocol import serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from peers.protocol import Reader


def tokenizer(file: Path, folder: Path) -> Any:  # noqa: ANN401  # of a package that is not here
    """The word pieces of a ``tokenizer.json``, as transformers wraps them; kept in a folder."""
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415

    names = {f"{name}_token": f"[{name.upper()}]" for name in ("unk", "pad", "cls", "sep", "mask")}
    made = PreTrainedTokenizerFast(tokenizer_file=str(file), **names)
    made.save_pretrained(folder)
    return made


def take_threads() -> None:
    """Hold torch to as many threads as everything else in the benchmark takes."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


def main(
    build: Callable[[dict[str, Any], Path, Path], int], load: Callable[[Path], Reader]
) -> None:
    """``build CONFIG TOKENIZER FOLDER`` prints the number of parameters; ``serve FOLDER``."""
    if sys.argv[1] == "build":
        config, pieces, folder = map(Path, sys.argv[2:5])
        sizes = json.loads(config.read_text("utf-8"))
        sys.stdout.write(f"{build(sizes, pieces, folder)}\n")
    else:
        serve(lambda: load(Path(sys.argv[2])))
