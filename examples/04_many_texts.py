"""Many texts, lazily; one that fails does not end the others."""

from schema_ner import Extractor

ner = Extractor({"city": "Towns and cities, by name.", "country": "Sovereign states, by name."})
texts = ["Flights from Lisbon to Peru", "", "Kraków in Poland", None]  # None is no text

for result in ner.extract_batch(texts):  # type: ignore[arg-type]  # on purpose
    print([(span.text, span.label) for span in result.spans], [r.reason for r in result.rejected])
