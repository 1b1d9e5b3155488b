"""Which texts of a data set are taken, with the labels of the schema, and the hash of it all.

Here: choosing, relabelling, leaving types out.  Not here: reading files (``sets``), the model.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from schema_ner import exports
from schema_ner.errors import InputError
from schema_ner.scoring import filetags

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from schema_ner.benchmark.sets import Source
    from schema_ner.schema import Schema
    from schema_ner.spans import Document

TEST, FULL = "test", "full"
FEW = 10  # texts of ``test``
_SHOWN = 8  # types in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The texts of a run.

    Attributes:
        source: where they are from.
        documents: with the schema's labels and an id each, at least one.
        hash: of all texts of the file, taken or not.
        total: how many those are.
        samples, seed, exclude: how they were taken.
        left_out: labels of the schema that are not counted.
    """

    source: Source
    documents: tuple[Document, ...]
    hash: str
    total: int
    samples: str
    seed: int | None
    exclude: tuple[str, ...]
    left_out: frozenset[str]


def take(
    source: Source,
    schema: Schema,
    *,
    samples: str = FULL,
    seed: int | None = None,
    exclude: Collection[str] = (),
) -> Taken:
    """Read a file and take what is asked for.

    Args:
        source: which texts.
        schema: what they are to be read with.
        samples: ``test``, ``full`` or a number.
        seed: of the draw; ``None`` takes the first ones.
        exclude: types that are not counted, by the schema's or the data set's name, in any case.

    Raises:
        InputError: an option cannot be used, or the texts cannot be measured with.
        OSError: there is no such file.
    """
    number_of(samples)
    everything = list(source.documents())
    try:
        documents, left_out = fitted(everything, schema, exclude)
        return Taken(
            source=source,
            documents=tuple(chosen(documents, samples, seed)),
            hash=data_hash(everything),
            total=len(everything),
            samples=samples,
            seed=seed,
            exclude=tuple(exclude),
            left_out=left_out,
        )
    except InputError as err:
        raise InputError(f"{source.file}: {err}") from err


def number_of(samples: str) -> int | None:
    """How many texts ``test``, ``full`` or a number asks for; ``None`` for all.

    Raises:
        InputError: it is none of these.
    """
    if samples == FULL:
        return None
    if samples == TEST:
        return FEW
    if not samples.isdecimal() or int(samples) < 1:
        raise InputError(
            f"--samples {samples}: it is {TEST} ({FEW} texts), {FULL}, or a number of texts"
        )
    return int(samples)


def chosen(documents: Sequence[Document], samples: str, seed: int | None) -> list[Document]:
    """The texts that are asked for, in their order, each with an id: its own, or its number.

    Args:
        documents: all there are.
        samples: ``test``, ``full`` or a number.
        seed: of the draw; ``None`` takes the first ones.

    Raises:
        InputError: ``samples`` is none of these, ``seed`` is negative, or there are no texts.
    """
    wanted = number_of(samples)
    if seed is not None and seed < 0:
        raise InputError(f"--seed {seed}: it is 0 or more")
    if not documents:
        raise InputError("there are no texts in the file")
    named = [
        document if document.id is not None else replace(document, id=str(number))
        for number, document in enumerate(documents, 1)
    ]
    if wanted is None or wanted >= len(named):
        return named
    if seed is None:
        return named[:wanted]
    places = random.Random(seed).sample(range(len(named)), wanted)  # noqa: S311  # repeatable
    return [named[at] for at in sorted(places)]


def fitted(
    documents: Iterable[Document], schema: Schema, exclude: Collection[str] = ()
) -> tuple[list[Document], frozenset[str]]:
    """The documents with the labels of the schema, where theirs are those of its data set.

    Args:
        documents: as they stand in their file.
        schema: what they are read with.
        exclude: types, by either name and in any case, whose annotations are left out.

    Returns:
        The documents, and the labels that are left out.

    Raises:
        InputError: there are no annotations, or some of a type that the schema has not.
    """
    found = list(documents)
    if not _counts(found).keys() <= {*schema.labels}:
        found = [document.relabelled(schema.from_dataset) for document in found]
    away = _excluded([*_counts(found), *schema.labels], schema, exclude)
    if away:
        found = [filetags.without(document, away) for document in found]
    counts = _counts(found)
    if strange := [label for label in counts if label not in schema.labels]:
        raise InputError(_about_strange(strange[0], counts[strange[0]], schema))
    if not counts:
        raise InputError("there are no annotations in the texts, so there is nothing to measure by")
    return found, away


def _excluded(labels: Iterable[str], schema: Schema, exclude: Collection[str]) -> frozenset[str]:
    """Which of these labels are meant by names of types, in any case, the data set's as well.

    Raises:
        InputError: a name means none of them.
    """
    aliases = {theirs.casefold(): ours for theirs, ours in schema.from_dataset.items()}
    aliases |= {label.casefold(): label for label in labels}
    for name in exclude:
        if name.casefold() not in aliases:
            known = ", ".join(sorted(set(aliases.values())))
            raise InputError(f"--exclude {name}: there is no such type; there are: {known}")
    return frozenset(aliases[name.casefold()] for name in exclude)


def unannotated(documents: Iterable[Document], schema: Schema) -> list[str]:
    """The types of the schema that no text is annotated with."""
    there = _counts(documents)
    return [label for label in schema.labels if label not in there]


def data_hash(documents: Iterable[Document]) -> str:
    """16 hex digits over ids, texts, annotations and tokens, in their order."""
    digest = hashlib.sha256()
    for document in documents:
        digest.update(exports.json_line(document.to_dict()).encode("utf-8") + b"\n")
    return digest.hexdigest()[:16]


def _counts(documents: Iterable[Document]) -> Counter[str]:
    return Counter(span.label for document in documents for span in document.spans)


def _about_strange(label: str, count: int, schema: Schema) -> str:
    types = ", ".join(schema.labels[:_SHOWN]) + (" …" if len(schema) > _SHOWN else "")
    return (
        f"{count} annotations are of the type {label!r}, which the schema has not; its types are: "
        f"{types}. Give the schema that type, or name it as the dataset_label of one; or leave "
        f"these annotations out with --exclude {label!r}"
    )
