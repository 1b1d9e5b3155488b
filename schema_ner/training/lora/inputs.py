"""What a run is told to learn from → sources, and texts of them kept back to measure with.

Here: recognising packs, pools, instruction data and annotated files.  Not here: reading each
(``training.packs``, ``training.sources``, ``formats``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from schema_ner import formats, instructions
from schema_ner.encoder.wording import plain_name
from schema_ner.errors import InputError
from schema_ner.training.lora.drawing import Conversations
from schema_ner.training.lora.measuring import kept_back
from schema_ner.training.packs import read_pack, read_packs
from schema_ner.training.sources import Meaning, Row, Source, read_pool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner.engines.local.forms import FormName
    from schema_ner.schema import EntityType, Schema
    from schema_ner.training.lora.measuring import KeptBack

PIECE = 1200  # characters of a longer text that are learnt from at a time
HELD_OUT = 0.1  # of a user's own texts
FEWEST_PACKS = 10  # of which one can be spared
PACKS_HELD_OUT = 0.04  # of packs: whole ones, so that types are measured that were never learnt
_FIRST_LINE = 2**22  # bytes


@dataclass(frozen=True, slots=True)
class Inputs:
    """What there is to learn from.

    Attributes:
        sources: to learn from.
        kept_back: to measure with; none where there is nothing to spare.
        notes: sentences of what is not learnt from.
        hash: of the files and the schema, 16 hex digits.
    """

    sources: tuple[Source | Conversations, ...]
    kept_back: tuple[KeptBack, ...]
    notes: tuple[str, ...]
    hash: str

    @property
    def texts(self) -> int:
        """How many texts are learnt from."""
        return sum(len(source.rows) for source in self.sources)

    @property
    def measured(self) -> int:
        """How many texts are measured with."""
        return sum(len(each.texts) for each in self.kept_back)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to read.

    Attributes:
        places: folders of packs, pools, ``.pack`` files, files of messages, annotated texts in any
            format.
        schema: of annotated texts.
        dev: annotated texts to measure with, in place of some that are held out.
        form: what the model is to be asked in.
        measured: the most texts to measure with.
        seed: of what is held out.
    """

    places: tuple[str, ...]
    schema: Schema | None
    dev: str | None
    form: FormName
    measured: int
    seed: int


def read(wanted: Wanted) -> Inputs:
    """Everything that is named.

    Raises:
        InputError: nothing to learn from, a schema missing or of no use, messages of another form.
        FormatError: a file is malformed.
    """
    notes: list[str] = []
    found = [each for place in wanted.places for each in _sources(Path(place), wanted, notes)]
    if wanted.dev is None:
        found, held_out = _split(found, wanted)
    else:
        held_out = _annotated(Path(wanted.dev), wanted.schema, notes)
    kept = _without_held_out(found, held_out, notes)
    _check(wanted, kept)
    own = [_of_users(source, wanted.schema) for source in held_out]
    files = [Path(place) for place in (*wanted.places, *([wanted.dev] if wanted.dev else []))]
    return Inputs(
        tuple(kept), _few(own, wanted.measured), tuple(notes), _hash(files, wanted.schema)
    )


def _of_users(source: Source, schema: Schema | None) -> KeptBack:
    return kept_back(source, schema if source.kind == "own" else None)


def _sources(place: Path, wanted: Wanted, notes: list[str]) -> Sequence[Source | Conversations]:
    if _is_messages(place):
        return [_conversations(place, wanted.form)]
    if wanted.form == "uniner":
        raise InputError(
            f"{place} holds no conversations: write them with `schema-ner train data {place} "
            "--form uniner --out …`, and learn from those"
        )
    if place.is_dir():
        is_pool = (place / "index.json").is_file()
        return read_pool(place) if is_pool else read_packs(place)
    if place.suffix == ".pack":
        return [read_pack(place)]
    return _annotated(place, wanted.schema, notes)


def _is_messages(place: Path) -> bool:
    """Whether the first line of a file is a conversation."""
    if not place.is_file():
        return False
    try:
        with gzip.open(place) if place.suffix == ".gz" else place.open("rb") as file:
            first = json.loads(file.readline(_FIRST_LINE))
    except (OSError, ValueError, EOFError):
        return False
    return isinstance(first, dict) and "messages" in first


def _conversations(file: Path, form: FormName) -> Conversations:
    records = tuple(instructions.read(str(file)))
    other = next((record.form for record in records if record.form != form), None)
    if other is not None:
        raise InputError(f"{file} holds conversations of the form {other}; say --form {other}")
    return Conversations(str(file), records)


def _annotated(file: Path, schema: Schema | None, notes: list[str]) -> list[Source]:
    """A user's own texts as far as they can be learnt from, by what they are annotated for."""
    if schema is None:
        raise InputError(f"{file} needs --schema: the types that it is annotated with")
    account = instructions.Account()
    try:
        found = instructions.passages(
            formats.read(str(file)), schema, account, most_characters=PIECE
        )
    except InputError as err:
        if type(err) is not InputError:
            raise  # it names the file itself
        raise InputError(f"{file}: {err}") from err
    notes += account.notes()
    if fields := [f"{t.label}.{field.name}" for t in schema for field in t.fields]:
        notes.append(f"extra fields are not learnt, files hold none: {', '.join(fields)}")
    rows: dict[tuple[str, ...], list[Row]] = {}
    for each in found:
        rows.setdefault(each.asked, []).append(Row(each.text, each.mentions))
    return [
        Source(
            str(file), {t.label: _meaning(t) for t in schema if t.label in asked}, tuple(own), "own"
        )
        for asked, own in rows.items()
    ]


def _meaning(entity_type: EntityType) -> Meaning:
    name = plain_name(entity_type.label)
    return Meaning(name, entity_type.guideline, entity_type.examples, entity_type.class_name)


def _split(
    sources: Sequence[Source | Conversations], wanted: Wanted
) -> tuple[list[Source | Conversations], list[Source]]:
    """Sources to learn from, and what is held out: whole packs, a part of one's own files."""
    rng = random.Random(wanted.seed)  # noqa: S311  # no secret
    packs = sum(source.kind == "pack" for source in sources)
    kept: list[Source | Conversations] = []
    held_out: list[Source] = []
    for source in sources:
        if isinstance(source, Conversations) or source.kind == "set":
            kept.append(source)
        elif source.kind == "pack":
            spared = packs >= FEWEST_PACKS and rng.random() < PACKS_HELD_OUT
            (held_out if spared else kept).append(source)
        else:
            texts = sorted({row.text for row in source.rows})
            count = min(wanted.measured, round(HELD_OUT * len(texts)))
            out = {*rng.sample(texts, count)}
            rows = tuple(row for row in source.rows if row.text in out)
            held_out.append(replace(source, rows=rows))
            kept.append(replace(source, rows=tuple(r for r in source.rows if r.text not in out)))
    return kept, [source for source in held_out if source.rows]


def _without_held_out(
    sources: Sequence[Source | Conversations], held_out: Sequence[Source], notes: list[str]
) -> list[Source | Conversations]:
    """Sources without the texts that are measured with, whichever file they stand in."""
    measured = {row.text for source in held_out for row in source.rows}
    kept: list[Source | Conversations] = []
    for source in sources:
        if isinstance(source, Source) and any(row.text in measured for row in source.rows):
            left = replace(source, rows=tuple(r for r in source.rows if r.text not in measured))
            count = len(source.rows) - len(left.rows)
            notes.append(f"{count:,} texts of {source.name} are measured with, and not learnt from")
            kept.append(left)
        else:
            kept.append(source)
    return [source for source in kept if source.rows]


def _few(sets: Sequence[KeptBack], most: int) -> tuple[KeptBack, ...]:
    """So many texts of each that all together are no more than is measured."""
    sets = [each for each in sets if each.texts][:most]
    each_of = most // max(1, len(sets))
    return tuple(replace(one, texts=one.texts[:each_of]) for one in sets)


def _check(wanted: Wanted, sources: Sequence[Source | Conversations]) -> None:
    places = ", ".join(wanted.places)
    if not sources:
        raise InputError(f"no text to learn from in {places}")
    annotated = [source for source in sources if isinstance(source, Source)]
    if len(annotated) < len(sources):
        return
    if not any(row.spans for source in annotated for row in source.rows):
        raise InputError(f"no mention in {places}: there is nothing to learn")


def _hash(places: Sequence[Path], schema: Schema | None) -> str:
    digest = hashlib.sha256(b"" if schema is None else schema.hash.encode())
    for place in places:
        for file in sorted(place.iterdir()) if place.is_dir() else [place]:
            if file.is_file():
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
