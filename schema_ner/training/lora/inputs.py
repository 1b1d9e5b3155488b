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
    from schema_ner.instructions import Account
    from schema_ner.schema import Schema
    from schema_ner.training.lora.measuring import KeptBack

PIECE = 1200  # characters of a longer text that are learnt from at a time
HELD_OUT = 0.1  # of a user's own texts
PACKS_HELD_OUT = 0.04  # of packs: whole ones, so that types are measured that were never learnt
_FIRST_LINE = 2**22  # bytes


@dataclass(frozen=True, slots=True)
class Inputs:
    """What there is to learn from.

    Attributes:
        sources: to learn from.
        kept_back: to measure with; none where there is nothing to spare.
        notes: sentences of what is not learnt from.
        hash: of the files, 16 hex digits.
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


def read(  # noqa: PLR0913  # one parameter an input
    places: Sequence[str],
    schema: Schema | None,
    dev: str | None,
    *,
    form: FormName,
    measured: int,
    seed: int,
) -> Inputs:
    """Everything that is named.

    Args:
        places: folders of packs, pools, ``.pack`` files, files of messages, annotated texts in any
            format.
        schema: of annotated texts.
        dev: annotated texts to measure with, in place of some that are held out.
        form: what the model is to be asked in.
        measured: the most texts to measure with.
        seed: of what is held out.

    Raises:
        InputError: nothing to learn from, a schema missing or of no use, messages of another form.
        FormatError: a file is malformed.
    """
    rng = random.Random(seed)  # noqa: S311  # no secret
    sources: list[Source | Conversations] = []
    sets: list[KeptBack] = []
    account = instructions.Account()
    for place in places:
        for source in _sources(Path(place), schema, form, account):
            kept, held_out = (source, None) if dev is not None else _split(source, measured, rng)
            if kept.rows:
                sources.append(kept)
            if held_out is not None and held_out.rows:
                sets.append(kept_back(held_out, measured))
    if dev is not None:
        sets = [kept_back(_annotated(Path(dev), schema, account), measured)]
    _check(places, sources, schema)
    files = [Path(place) for place in (*places, *([dev] if dev else []))]
    return Inputs(tuple(sources), _few(sets, measured), tuple(account.notes()), _hash(files))


def _sources(
    place: Path, schema: Schema | None, form: FormName, account: Account
) -> Sequence[Source | Conversations]:
    if _is_messages(place):
        return [_conversations(place, form)]
    if form == "uniner":
        raise InputError(
            f"{place} holds no conversations: write them with `schema-ner train data {place} "
            "--form uniner --out …`, and learn from those"
        )
    if place.is_dir():
        is_pool = (place / "index.json").is_file()
        return read_pool(place) if is_pool else read_packs(place)
    if place.suffix == ".pack":
        return [read_pack(place)]
    return [_annotated(place, schema, account)]


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


def _annotated(file: Path, schema: Schema | None, account: Account) -> Source:
    """A user's own texts, as far as they can be learnt from."""
    if schema is None:
        raise InputError(f"{file} needs --schema: the types that it is annotated with")
    documents = formats.read(str(file))
    try:
        found = instructions.passages(documents, schema, account, most_characters=PIECE)
    except InputError as err:
        if type(err) is not InputError:
            raise  # it names the file itself
        raise InputError(f"{file}: {err}") from err
    meanings = {
        t.label: Meaning(plain_name(t.label), t.guideline, t.examples, t.class_name) for t in schema
    }
    rows = (Row(each.text, each.mentions, _part(each.asked, schema)) for each in found)
    return Source(str(file), meanings, tuple(rows), kind="own")


def _part(asked: Sequence[str], schema: Schema) -> frozenset[str] | None:
    """The types that a text is annotated for, where these are not all."""
    return None if len(asked) == len(schema) else frozenset(asked)


def _split(
    source: Source | Conversations, most: int, rng: random.Random
) -> tuple[Source | Conversations, Source | None]:
    """A source to learn from, and what is held out of it."""
    if isinstance(source, Conversations) or source.kind == "set":
        return source, None
    if source.kind == "pack":
        held_out = rng.random() < PACKS_HELD_OUT
        return (replace(source, rows=()), source) if held_out else (source, None)
    rows = list(source.rows)
    rng.shuffle(rows)
    count = min(most, round(HELD_OUT * len(rows)))
    return replace(source, rows=tuple(rows[count:])), replace(source, rows=tuple(rows[:count]))


def _few(sets: Sequence[KeptBack], most: int) -> tuple[KeptBack, ...]:
    """So many texts of each that all together are no more than is measured."""
    each = max(1, most // max(1, len(sets)))
    return tuple(replace(one, texts=one.texts[:each]) for one in sets)


def _check(
    places: Sequence[str], sources: Sequence[Source | Conversations], schema: Schema | None
) -> None:
    if not sources:
        raise InputError(f"no text to learn from in {', '.join(places)}")
    annotated = [source for source in sources if isinstance(source, Source)]
    if len(annotated) < len(sources):
        return
    if not any(row.spans for source in annotated for row in source.rows):
        types = "" if schema is None else f" of the schema's types ({', '.join(schema.labels[:5])})"
        raise InputError(f"no mention{types} in {', '.join(places)}: there is nothing to learn")


def _hash(places: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for place in places:
        for file in sorted(place.iterdir()) if place.is_dir() else [place]:
            if file.is_file():
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
