"""``python -m schema_ner``: the same as ``schema-ner``."""

from __future__ import annotations

from schema_ner.cli import main

if __name__ == "__main__":
    main()
