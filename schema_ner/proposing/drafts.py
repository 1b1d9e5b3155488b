"""What many answers come to: types with counts and examples, a schema, annotated texts.

Here: merging, counting, what is too rare.  Not here: asking (``reading``), which names are one
(``merging``).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from schema_ner.errors import InputError, SchemaError
from schema_ner.proposing.merging import merged
from schema_ner.schema import EntityType, Schema, identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schema_ner.proposing.reading import Read
    from schema_ner.spans import Document, Rejected

LEAST = 2  # mentions of a type: what is named once is as often a slip as a type
EXAMPLES = 5  # of a type
LONGEST_EXAMPLE = 80  # characters; what is longer shows little of a type


@dataclass(frozen=True, slots=True)
class Proposal:
    """One type, as a model proposed it.

    Attributes:
        name: the spelling that was used most.
        count: mentions.
        texts: in how many texts they stand.
        examples: the mentions that are found most, up to five different ones.
        spelt: spelling → mentions, the most used first; what was merged is here.  Their sum is more
            than ``count`` where one mention was given under two spellings.
    """

    name: str
    count: int
    texts: int
    examples: tuple[str, ...]
    spelt: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, under the names of the attributes."""
        return {
            "name": self.name,
            "count": self.count,
            "texts": self.texts,
            "examples": list(self.examples),
            "spelt": dict(self.spelt),
        }


class Failed(NamedTuple):
    """A text that could not be read, and why."""

    document: Document
    reason: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a model proposed for a set of texts.

    Attributes:
        proposals: the types, the most frequent first.
        rare: those that were found less often than was asked for; left out of everything else.
        documents: the texts, their spans labelled with the names of ``proposals``; the failed ones
            are left out.
        rejected: all that was said and is no span.
        failed: texts that could not be read.
        model: name of the model.
    """

    proposals: tuple[Proposal, ...]
    rare: tuple[Proposal, ...] = ()
    documents: tuple[Document, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    failed: tuple[Failed, ...] = ()
    model: str = ""

    @property
    def merges(self) -> dict[str, dict[str, int]]:
        """Each name that stands for several spellings, rare ones too: those, with their counts."""
        each = (*self.proposals, *self.rare)
        return {one.name: dict(one.spelt) for one in each if [*one.spelt] != [one.name]}

    def to_schema(self, name: str = "draft") -> Schema:
        """The types with their examples, and with guidelines that are still to be written.

        Raises:
            SchemaError: there are no types.
        """
        if not self.proposals:
            rare = f"; {len(self.rare)} were found, all of them too rarely" if self.rare else ""
            raise SchemaError(
                f"no type is in the draft of {len(self.documents)} texts{rare}; ask about more "
                "texts, ask another model, or lower least"
            )
        classes = _class_names([one.name for one in self.proposals])
        types = (
            EntityType(one.name, examples=one.examples, class_name=classes[one.name])
            for one in self.proposals
        )
        return Schema(tuple(types), name)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, without the documents: ``to_schema`` and ``documents`` are the result."""
        return {
            "model": self.model,
            "texts": len(self.documents),
            "proposals": [one.to_dict() for one in self.proposals],
            "rare": [one.to_dict() for one in self.rare],
            "merges": self.merges,
            "rejected": dict(Counter(item.status for item in self.rejected).most_common()),
            "failed": [{"id": one.document.id, "reason": one.reason} for one in self.failed],
        }

    def to_json(self, *, indent: int | None = None) -> str:
        """``to_dict`` as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)


def draft(reads: Iterable[Read], *, least: int = LEAST, model: str = "") -> Draft:
    """Put together what was said of many texts.

    Args:
        reads: what was said of each.
        least: how often a type must be found.
        model: name of the model.

    Raises:
        InputError: ``least`` is below 1.
    """
    if least < 1:
        raise InputError(f"least={least}; a type is in the draft when found that often, 1 or more")
    everything = list(reads)
    spelt = Counter(span.label for each in everything for span in each.document.spans)
    names = merged(spelt)
    documents = [_labelled(each.document, names) for each in everything if each.failure is None]
    ranked = _proposals(documents, spelt, names)
    kept = tuple(one for one in ranked if one.count >= least)
    labels = {one.name for one in kept}
    return Draft(
        proposals=kept,
        rare=tuple(one for one in ranked if one.count < least),
        documents=tuple(_only(document, labels) for document in documents),
        rejected=tuple(item for each in everything for item in each.rejected),
        failed=tuple(
            Failed(each.document, each.failure) for each in everything if each.failure is not None
        ),
        model=model,
    )


def _labelled(document: Document, names: Mapping[str, str]) -> Document:
    """With the names of the groups; what was given under two spellings is there once."""
    spans = (replace(span, label=names[span.label]) for span in document.spans)
    return replace(document, spans=tuple({span.order: span for span in spans}.values()))


def _only(document: Document, labels: set[str]) -> Document:
    return replace(document, spans=tuple(s for s in document.spans if s.label in labels))


def _proposals(
    documents: Sequence[Document], spelt: Mapping[str, int], names: Mapping[str, str]
) -> list[Proposal]:
    """One for each name, the most frequent first."""
    spellings: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for spelling, count in spelt.items():
        spellings[names[spelling]][spelling] = count
    texts: Counter[str] = Counter()
    mentions: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        texts.update({span.label for span in document.spans})
        for span in document.spans:
            mentions[span.label][span.text] += 1
    found = [
        Proposal(
            name=name,
            count=mentions[name].total(),
            texts=texts[name],
            examples=_examples(mentions[name]),
            spelt=dict(_ranked(spellings[name])),
        )
        for name in spellings
    ]
    return sorted(found, key=lambda one: (-one.count, -one.texts, one.name))


def _examples(mentions: Mapping[str, int]) -> tuple[str, ...]:
    """The most frequent mentions that a prompt and a file can show."""
    shown = (
        text
        for text, _ in _ranked(mentions)
        if len(text) <= LONGEST_EXAMPLE and text.isprintable() and text.strip()
    )
    return tuple(text for text, _ in zip(shown, range(EXAMPLES), strict=False))


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _class_names(labels: Sequence[str]) -> dict[str, str]:
    """A name in prompts for each label, no two the same: ``C++`` and ``C#`` are both ``C``."""
    taken = set(labels)
    found: dict[str, str] = {}
    for label in labels:
        usual = name = identifier(label)
        number = 1
        while name in taken and name != label:
            number += 1
            name = f"{usual}{number}"
        taken.add(name)
        found[label] = name
    return found
