"""The tokenizer that belongs to a model, ready for batches.

Here: finding, loading and checking it.  Not here: prompts (``asking``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import AutoTokenizer

from schema_ner.engines.local.quiet import one_line
from schema_ner.errors import ModelError

if TYPE_CHECKING:
    from schema_ner.engines.local.identity import Identity

_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "*.tiktoken")
# model_max_length below or above that was never meant
_LEAST_CONTEXT, _MOST_CONTEXT = 128, 10**7


def load_tokenizer(identity: Identity, files: Path, config: Any) -> Any:  # noqa: ANN401
    """The tokenizer: padded on the left, with a token to pad with.

    Args:
        identity: the model's.
        files: folder or ``.gguf`` file of its weights.
        config: of transformers.

    Raises:
        ModelError: there is none, it is damaged, or it belongs to another model.
    """
    folder, place = tokenizer_place(identity, files)
    try:
        # padding goes to the left, so that the last token is the one to go on from
        tokenizer = AutoTokenizer.from_pretrained(
            folder,
            trust_remote_code=False,
            local_files_only=True,
            padding_side="left",
            **place,
        )
    except Exception as err:
        raise ModelError(
            f"the tokenizer in {folder} cannot be loaded; get its files again, best with a "
            f"tokenizer.json ({one_line(err)})"
        ) from err
    if not tokenizer.is_fast:
        raise ModelError(f"the tokenizer in {folder} has no tokenizer.json, which is needed")
    known = config.get_text_config(decoder=True).vocab_size
    if tokenizer.vocab_size > known:
        raise ModelError(
            f"the tokenizer in {folder} has {tokenizer.vocab_size:,} tokens and the model "
            f"{known:,}: it belongs to another model"
        )
    _pad(tokenizer, known)
    return tokenizer


def most_tokens(tokenizer: Any, context: int) -> int:  # noqa: ANN401  # of transformers
    """The model's context, or less where the tokenizer's files make sense and say so."""
    said = tokenizer.model_max_length
    if isinstance(said, int | float) and _LEAST_CONTEXT <= said <= _MOST_CONTEXT:
        return min(context, int(said))
    return context


def tokenizer_place(identity: Identity, files: Path) -> tuple[Path, dict[str, str]]:
    """The folder of the tokenizer, and the file in it where that is a .gguf.

    An adapter may bring its own; it is taken before that of the base.

    Raises:
        ModelError: there is none.
    """
    if files.is_file():
        return files.parent, {"gguf_file": files.name}
    for folder in (Path(identity.path), files):
        if any(any(folder.glob(name)) for name in _FILES):
            return folder, {}
    raise ModelError(f"{files} holds no tokenizer: none of {', '.join(_FILES)} is there")


def _pad(tokenizer: Any, known: int) -> None:  # noqa: ANN401  # of transformers
    """Make sure that there is a token to pad with, which the model has a vector for.

    What stands at padded places is masked; any token will do.
    """
    if tokenizer.pad_token_id is not None and tokenizer.pad_token_id < known:
        return
    for token in (tokenizer.unk_token, tokenizer.eos_token):
        if token is not None and tokenizer.convert_tokens_to_ids(token) < known:
            tokenizer.pad_token = token
            return
    raise ModelError(
        "the tokenizer has no token for padding, for the unknown or for the end: say which is its "
        "eos_token in tokenizer_config.json"
    )
