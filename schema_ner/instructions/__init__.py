r"""Instruction data: annotated texts written out for trainers of models, and read back.

    from schema_ner import formats, instructions

    account = instructions.Account()
    texts = instructions.passages(formats.read("gold.jsonl"), schema, account)
    instructions.write("train.jsonl", instructions.gollie.records(texts, schema, shuffle=True))
    print(*account.notes(), sep="\n")

``gollie`` writes one prompt of code with its answer, ``uniner`` a conversation of one question a
type.  The file is JSON lines of ``messages``, the layout that common trainers read.

Here: the door.  Not here: what is asked of a text (``texts``), a schema told otherwise
(``variants``), the file (``records``), tokens and training (``training``).
"""

from schema_ner.instructions import gollie, uniner
from schema_ner.instructions.accounts import Account
from schema_ner.instructions.records import Record, Turn, read, write
from schema_ner.instructions.texts import Passage, passages
from schema_ner.instructions.variants import Variant, variant

__all__ = [
    "Account",
    "Passage",
    "Record",
    "Turn",
    "Variant",
    "gollie",
    "passages",
    "read",
    "uniner",
    "variant",
    "write",
]
