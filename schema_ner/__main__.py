"""``python -m schema_ner``: the same as ``schema-ner``."""

from __future__ import annotations

if __name__ == "__main__":
    try:
        from schema_ner.cli import main

        main()
    except KeyboardInterrupt:  # one that came while that was imported
        raise SystemExit(130) from None
