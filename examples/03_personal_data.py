"""Personal data with the ready-made schema: what the model finds, and what a checksum proves."""

from pathlib import Path

from schema_ner import Extractor

mail = (Path(__file__).parent / "texts" / "support_mail.txt").read_text("utf-8")
ner = Extractor("pii", threshold=0.4)

for span in ner.extract(mail).spans:
    print(f"{span.source:9} {span.label:24} {span.text!r}")
