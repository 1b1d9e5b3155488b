"""The same taxonomy as names, as a dict, as classes, as GoLLIE dataclasses, as JSON."""

from dataclasses import dataclass
from typing import Literal

from schema_ner import Entity, Extractor, Schema

TEXT = "Ada Lovelace wrote to Charles Babbage from London."


@dataclass
class Person(Entity):
    """Names of people, real or invented. Not their titles."""

    span: str  # Such as: "Ada Lovelace", "Grace Hopper"
    gender: Literal["female", "male", "unknown"]


names = ["person", "city"]
guidelines = {"person": "Names of people, real or invented.", "city": "Towns and cities, by name."}
json_form = Schema.from_json('{"types": [{"name": "person", "guideline": "Names of people."}]}')

for schema in (names, guidelines, [Person], json_form):
    ner = Extractor(schema)
    print(ner.schema.labels, [span.text for span in ner.extract(TEXT).spans])
