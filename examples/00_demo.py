"""What `make demo` shows: personal data in two texts, a schema of one's own, and a measured F1."""

import time
from pathlib import Path

from schema_ner import Entity, Extractor, Schema
from schema_ner.formats import read
from schema_ner.registry import ready_made
from schema_ner.scoring import score

HERE = Path(__file__).parent


class Allergen(Entity):
    """A food or substance that somebody is allergic to."""


class Reaction(Entity):
    """A symptom of an allergy: rashes, swellings, trouble breathing."""


def show(title: str, text: str, schema: Schema | list[type]) -> None:
    """One text through one schema, with the time it took."""
    ner = Extractor(schema)
    began = time.perf_counter()
    result = ner.extract(text)
    print(f"\n=== {title}: {len(ner.schema)} types, {time.perf_counter() - began:.2f} s\n")
    print(result.to_text())


pii, wnut = ready_made("pii"), ready_made("wnut17")
show("a discharge note", (HERE / "texts/discharge_note.txt").read_text("utf-8"), pii)
show("a support mail", (HERE / "texts/support_mail.txt").read_text("utf-8"), pii)
show("my own types", "She is allergic to peanuts: hives, swollen lips.", [Allergen, Reaction])
gold = [d.relabelled(wnut.from_dataset) for d in read(HERE / "data/wnut17.50.jsonl")]
found = Extractor(wnut).extract_batch(document.text for document in gold)
result = score([d.spans for d in gold], [e.spans for e in found])
print(f"\n=== strict F1 on 50 rows of WNUT-17, never trained on: {100 * result.f1:.1f}\n")
print("The built-in model is small: it errs. Guidelines and thresholds help: docs/tutorial.md")
