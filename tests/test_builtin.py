"""The built-in model as an engine: real weights, real texts, no network."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from strategies import texts

from schema_ner.declarations import schema_from
from schema_ner.encoder import store
from schema_ner.engines import builtin
from schema_ner.engines.base import Reading
from schema_ner.engines.builtin import MARGIN, WINDOW, BuiltinEngine, builtin_engine
from schema_ner.errors import InputError
from schema_ner.schema import Entity

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = schema_from({"person": "Names of people.", "city": "Towns and cities, by name."})
LOW = dict.fromkeys(SCHEMA.labels, 0.2)
FILLER = "the committee then spoke of other things for a while . "


def read(text: str) -> Reading:
    (reading,) = builtin_engine().read([text], SCHEMA, LOW)
    assert isinstance(reading, Reading), reading
    return reading


def found(text: str) -> set[tuple[str, str]]:
    """What is found at the default threshold."""
    default = builtin_engine().threshold
    return {(s.text, s.label) for s in read(text).candidates if (s.score or 0) >= default}


def test_it_finds_names_it_was_told_of() -> None:
    """Real weights on a plain sentence."""
    assert found("Angela Merkel flew to Paris.") >= {("Angela Merkel", "person"), ("Paris", "city")}


@pytest.mark.parametrize("words_before", [0, 100, 135, 150, 165, 300, 3000])
def test_a_name_is_found_wherever_it_stands(words_before: int) -> None:
    """Nothing is truncated, and no border of a window swallows or halves a name."""
    filler = (FILLER * 300).split()[:words_before]
    text = " ".join([*filler, "Angela Merkel spoke in Paris .", FILLER * 20])
    names = {item for item in found(text) if "Merkel" in item[0]}
    assert names == {("Angela Merkel", "person")}


def test_a_text_scores_the_same_alone_and_in_company() -> None:
    """Figures do not depend on what else was asked in the same call."""
    together = ["Rome .", "Angela Merkel flew to Paris.", FILLER * 100, "東京"]
    alone = [read(text).candidates for text in together]
    batch = builtin_engine().read(together, SCHEMA, LOW)
    assert [r.candidates for r in batch if isinstance(r, Reading)] == alone


@given(texts())
def test_every_candidate_stands_in_the_text(text: str) -> None:
    """The coordinate law, on real weights and any characters."""
    for span in read(text).candidates:
        assert text[span.start : span.end] == span.text
        assert span.score is not None
        assert 0.2 <= span.score <= 1.0


def test_ten_thousand_japanese_characters_without_a_space() -> None:
    """Each is given to the model, in windows it can hold; the one it cannot read is reported."""
    text = "東京都に住む山田太郎さんは" * 770 + " Angela Merkel flew to Paris."
    reading = read(text)
    assert {text[a:b] for a, b in reading.unread} == {"住"}  # not in the vocabulary
    assert len(reading.unread) == text.count("住")
    assert reading.usage.tokens_in is not None
    assert reading.usage.tokens_in > len(text)
    assert reading.usage.passes == pytest.approx(len(text) / (WINDOW - 2 * MARGIN), rel=0.1)
    assert "Paris" in {span.text for span in reading.candidates if span.end > len(text) - WINDOW}


def test_cost_grows_with_windows_not_with_types() -> None:
    """Types are encoded once, apart from the text."""
    many = schema_from({f"type {i}": "word " * 200 for i in range(100)})
    (reading,) = builtin_engine().read(["Rome ."], many, dict.fromkeys(many.labels, 0.9))
    assert isinstance(reading, Reading)
    assert reading.usage.passes == 1
    assert reading.usage.tokens_in == 4


def test_guidelines_change_what_is_found() -> None:
    """The same name with another guideline is another type."""
    text = "Angela Merkel flew to Paris."

    def best(guideline: str) -> str:
        schema = schema_from({"LABEL_1": guideline})
        (reading,) = builtin_engine().read([text], schema, {"LABEL_1": 0.05})
        assert isinstance(reading, Reading)
        return max(reading.candidates, key=lambda span: span.score or 0.0).text

    assert best("Names of people.") == "Angela Merkel"
    assert best("Names of towns and cities.") == "Paris"


def test_what_it_cannot_do_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """Fields that stay empty, and text in a script it was not trained on; no text is logged."""
    engine = BuiltinEngine()
    fields = schema_from([type("Drug", (Entity,), {"__doc__": "x", "__annotations__": {"a": str}})])
    for _ in range(2):
        engine.read(["Сидни"], fields, {"Drug": 0.5})
    first, second = caplog.messages
    assert "Drug.a" in first
    assert "English" in second
    assert "Сидни" not in caplog.text


@pytest.mark.parametrize("given", ["x", "-1", "1.5"])
def test_a_number_of_threads_that_is_none(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that cannot be used is named."""
    monkeypatch.setenv("SCHEMA_NER_THREADS", given)
    with pytest.raises(InputError, match="SCHEMA_NER_THREADS"):
        BuiltinEngine()


def test_threads_share_one_engine() -> None:
    """Loading is not repeated where several ask at once."""
    builtin._engine.cache_clear()
    barrier = threading.Barrier(4)

    def load(_: int) -> int:
        barrier.wait()
        return id(builtin_engine())

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(load, range(4)))) == 1


def test_a_text_that_cannot_be_read_does_not_end_the_others() -> None:
    """An exception takes the place of its reading."""
    bad: list[str] = ["Rome .", None, "Paris ."]  # type: ignore[list-item]
    first, second, third = builtin_engine().read(bad, SCHEMA, LOW)
    assert isinstance(first, Reading)
    assert isinstance(second, Exception)
    assert isinstance(third, Reading)


class TestVectorsOfTypes:
    """Vectors are kept on disk, by what they depend on."""

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("SCHEMA_NER_CACHE", str(tmp_path))
        return tmp_path

    def test_a_second_process_finds_them(self, folder: Path) -> None:
        first = BuiltinEngine()._type_vectors(SCHEMA)
        (file,) = folder.glob("types/*.npy")
        assert np.array_equal(np.load(file), first)
        assert np.array_equal(BuiltinEngine()._type_vectors(SCHEMA), first)

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(b"", id="an empty file"),
            pytest.param(b"no numpy file", id="another file"),
            pytest.param(b"\x93NUMPY\x01\x00", id="a torn file"),
            pytest.param(b"PK\x05\x06" + bytes(18), id="an empty archive"),
            pytest.param(
                b"\x93NUMPY\x01\x00\x46\x00{'descr': '<f4', 'fortran_order': False, "
                b"'shape': (9999999999, 384)}\n",
                id="a header of petabytes",
            ),
        ],
    )
    def test_a_broken_file_is_made_anew(self, folder: Path, content: bytes) -> None:
        first = BuiltinEngine()._type_vectors(SCHEMA)
        (file,) = folder.glob("types/*.npy")
        file.write_bytes(content)
        assert np.array_equal(BuiltinEngine()._type_vectors(SCHEMA), first)

    def test_a_vector_of_nonsense_is_not_believed(self) -> None:
        store.save_vectors("k", np.full((2, 384), np.nan, np.float32))
        assert store.load_vectors("k", (2, 384)) is None
        store.save_vectors("k", np.zeros((1, 384), np.float32))
        assert store.load_vectors("k", (2, 384)) is None

    def test_no_folder_to_write_to_is_no_error(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "file").write_text("in the way")
        monkeypatch.setenv("SCHEMA_NER_CACHE", str(folder / "file"))
        assert BuiltinEngine()._type_vectors(SCHEMA).shape == (2, 384)
        monkeypatch.setenv("SCHEMA_NER_CACHE", "")
        assert store.cache_folder() is None
