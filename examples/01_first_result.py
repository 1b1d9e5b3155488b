"""A taxonomy of two types, one text, typed spans."""

from schema_ner import Entity, extract


class Drug(Entity):
    """A substance given to treat illness, by brand or generic name. Not its dose."""

    examples = ("aspirin", "Humira")


class Dose(Entity):
    """How much of a drug is taken at once, as a number with its unit."""

    examples = ("20 mg", "two tablets")


for span in extract("Take 300 mg of aspirin, not of Humira.", [Drug, Dose]).spans:
    print(span.start, span.end, span.label, repr(span.text), f"{span.score:.2f}")
