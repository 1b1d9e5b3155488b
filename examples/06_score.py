"""Strict F1 of predictions against gold annotations."""

from pathlib import Path

from schema_ner import Extractor
from schema_ner.formats import read
from schema_ner.registry import ready_made
from schema_ner.scoring import score

wnut = ready_made("wnut17")  # its types know what the data set calls them
file = Path(__file__).parent / "data" / "wnut17.50.jsonl"
gold = [document.relabelled(wnut.from_dataset) for document in read(file)]
found = Extractor(wnut).extract_batch(document.text for document in gold)

result = score([d.spans for d in gold], [e.spans for e in found])
for label, part in result.per_type.items():
    print(f"{label:14} P {part.precision:.2f}  R {part.recall:.2f}  of {part.support}")
