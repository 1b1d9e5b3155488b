"""One result in the forms that other tools read."""

import tempfile
from pathlib import Path

from schema_ner import extract

result = extract("Angela Merkel flew to Paris 🛫 and Rome.", ["person", "city"])

print(result.to_text())
print(result.to_bio())
print(result.to_spacy())
print(result.to_hf()[0])
print(result.to_dict(offsets="utf16")["spans"][-1])  # what a browser or Java counts
page = Path(tempfile.mkdtemp()) / "result.html"
page.write_text(result.to_html(), encoding="utf-8")
print(page.name, "holds the coloured text")
