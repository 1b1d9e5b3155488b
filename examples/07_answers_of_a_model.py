"""What becomes of a generating model's answer: every item is a span or is rejected with a reason.

ScriptedEngine is a test double: it returns the answers it was given.
"""

from schema_ner import Entity, Extractor, ScriptedEngine


class Drug(Entity):
    """A substance given to treat illness, by brand or generic name. Not its dose."""

    examples = ("aspirin", "Humira")


answer = "[Drug(span='ASPIRIN'), Drug(span='Humira'), Drug(span='morphine'), Dose(span='20 mg')]"
ner = Extractor([Drug], model=ScriptedEngine([answer]))
result = ner.extract("Take 20 mg of aspirin.")

for span in result.spans:
    print("kept:    ", span.text, span.status)
for item in result.rejected:
    print("rejected:", item.text, item.status, "-", item.reason)
