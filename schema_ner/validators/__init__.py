"""Checkable types: what a checksum, a range or a strict form can say of a span.

A type names its validator (``validator = "iban"``); ``apply`` then raises or lowers the scores of
a model's spans of that type and adds the places that the model missed.

Here: the public names.  ``network``, ``finance``, ``dates``, ``phone`` and ``national`` hold the
validators, ``base`` what they share, ``registry`` the table, ``verify`` the scores.  Importing
this loads neither stdnum nor phonenumbers: each check loads what it needs when first run.
"""

from schema_ner.validators.base import Judgement, Place, Validator, Verdict
from schema_ner.validators.registry import VALIDATORS, get, names
from schema_ner.validators.verify import apply

__all__ = [
    "VALIDATORS",
    "Judgement",
    "Place",
    "Validator",
    "Verdict",
    "apply",
    "get",
    "names",
]
