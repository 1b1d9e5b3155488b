"""Long jobs that survive being stopped: a journal of finished texts, and retries.

    with Journal("out/journal.jsonl", Header(schema.hash, "builtin-2")) as journal:
        for finished in read(texts, extractor, journal):
            ...

Here: what every long job shares, whatever becomes of the results.  Not here: which texts, which
figures, which files (``benchmark``, and whoever else runs a model over many texts).
"""

from __future__ import annotations

from schema_ner.runs.header import Header
from schema_ner.runs.journal import Entry, Journal
from schema_ner.runs.reading import Finished, read
from schema_ner.runs.retrying import Patience

__all__ = ["Entry", "Finished", "Header", "Journal", "Patience", "read"]
