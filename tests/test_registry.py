"""Names, files and declarations lead to the schema that was meant, or to a sentence that helps."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from schema_ner import registry
from schema_ner.errors import SchemaError, UnknownSchemaError
from schema_ner.registry import names, ready_made, resolve
from schema_ner.schema import Entity, EntityType, Schema

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
NAMES = [
    "conll2003",
    "crossner-ai",
    "crossner-literature",
    "crossner-music",
    "crossner-politics",
    "crossner-science",
    "gmb",
    "klue",
    "klue-ko",
    "mit-movie",
    "mit-restaurant",
    "pii",
    "wnut17",
]

SHOP = '''
"""A shop's taxonomy."""
from __future__ import annotations
from dataclasses import dataclass
from typing import Literal
from schema_ner import Entity, Schema

class _Base(Entity):
    """Shared by the others; no type of its own."""

class Zebra(_Base):
    """First in the source, last in the alphabet."""

@dataclass
class Drug(Entity):
    """A substance given to treat illness."""
    span: str  # Such as: "aspirin", "Humira"
    route: Literal["oral", "other"] = "oral"

Alias = Drug
AS_LIST = [Drug, "dose"]
AS_DICT = {"dose": "An amount with its unit."}
AS_SCHEMA = Schema.from_json('{"name": "mine", "types": [{"name": "dose"}]}')
NUMBER = 7
'''


@pytest.fixture
def shop(tmp_path: Path) -> str:
    path = tmp_path / "shop.py"
    path.write_text(SHOP, encoding="utf-8")
    return str(path)


def sentence(like: Any) -> str:
    """What the error says that ``like`` leads to."""
    with pytest.raises(SchemaError) as caught:
        resolve(like)
    return str(caught.value)


def test_the_names_are_these_and_each_leads_to_a_schema_called_so() -> None:
    assert list(names()) == NAMES
    assert [resolve(name).name for name in names()] == NAMES


def test_a_ready_made_schema_is_read_once() -> None:
    assert ready_made("klue") is ready_made("klue")


def test_spans_carry_the_class_that_a_user_imports() -> None:
    """``isinstance(span.entity, PersonName)`` must hold for the class of ``schema_ner.schemas``."""
    schema = ready_made("pii")
    assert schema["person name"].cls is import_module("schema_ner.schemas.pii").PersonName


def test_a_file_means_its_own_classes_in_their_order(shop: str) -> None:
    """Neither imported ones, nor those that begin with ``_``, nor one class twice."""
    schema = resolve(shop)
    assert schema.labels == ("Zebra", "Drug")
    assert schema.name == "shop"
    assert schema["Drug"].examples == ("aspirin", "Humira"), "the comment is read from the source"
    assert [field.name for field in schema["Drug"].fields] == ["route"], "annotations are resolved"


def test_a_path_object_is_as_good_as_its_text(shop: str) -> None:
    assert resolve(Path(shop)) == resolve(shop)


@pytest.mark.parametrize(
    ("name", "labels", "schema_name"),
    [
        pytest.param("Drug", ["Drug"], "Drug", id="a class"),
        pytest.param("_Base", ["_Base"], "_Base", id="a private class, when it is named"),
        pytest.param("AS_LIST", ["Drug", "dose"], "shop", id="a list"),
        pytest.param("AS_DICT", ["dose"], "shop", id="a dict"),
        pytest.param("AS_SCHEMA", ["dose"], "mine", id="a Schema keeps its own name"),
    ],
)
def test_one_thing_in_a_file(shop: str, name: str, labels: list[str], schema_name: str) -> None:
    schema = resolve(f"{shop}:{name}")
    assert (list(schema.labels), schema.name) == (labels, schema_name)


def test_a_file_is_read_anew_each_time_and_nothing_is_left_beside_it(shop: str) -> None:
    before = resolve(shop)
    Path(shop).write_text(SHOP.replace("Zebra", "Okapi"), encoding="utf-8")
    assert resolve(shop).labels == ("Okapi", "Drug")
    assert before.labels == ("Zebra", "Drug"), "what was read earlier stays as it was"
    assert [p.name for p in Path(shop).parent.iterdir()] == ["shop.py"]


def test_a_class_of_a_file_can_be_looked_into_later(shop: str) -> None:
    cls = resolve(shop)["Drug"].cls
    assert cls is not None
    assert sys.modules[cls.__module__].__file__ == shop


def test_a_json_file(tmp_path: Path) -> None:
    named, plain = tmp_path / "a.json", tmp_path / "b.json"
    # a byte order mark is what Windows editors put there
    named.write_bytes(b"\xef\xbb\xbf" + Schema((EntityType("약물"),), "mine").to_json().encode())
    plain.write_text('{"types": [{"name": "drug"}]}', encoding="utf-8")
    assert resolve(str(named)) == Schema((EntityType("약물"),), "mine")
    assert resolve(str(plain)).name == "b"


class Dose(Entity):
    """An amount with its unit."""


@pytest.mark.parametrize(
    ("like", "labels"),
    [
        pytest.param(Dose, ["Dose"], id="a class"),
        pytest.param([Dose, "drug"], ["Dose", "drug"], id="a list"),
        pytest.param({"drug": "A substance."}, ["drug"], id="a dict"),
        pytest.param(Schema((EntityType("drug"),)), ["drug"], id="a Schema"),
    ],
)
def test_a_declaration_is_read_as_it_stands(like: Any, labels: Sequence[str]) -> None:
    assert list(resolve(like).labels) == labels


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param(
            "klue_ko",
            "no ready-made schema is called 'klue_ko'. Did you mean 'klue-ko'? "
            "`schema-ner schemas` lists all 13.",
            id="a name with a slip",
        ),
        pytest.param(
            "zzz",
            "no ready-made schema is called 'zzz'. `schema-ner schemas` lists all 13.",
            id="a name like no other",
        ),
        pytest.param(
            "my/schema.yaml",
            "'my/schema.yaml' is no schema file: those end in .py or .json. "
            "`schema-ner schemas` lists all 13.",
            id="a file of another kind",
        ),
        pytest.param("", "no ready-made schema is called ''.", id="nothing"),
        pytest.param("\0", "no ready-made schema is called", id="a NUL character"),
        pytest.param("x" * 300 + ".py", "cannot be read: File name too long", id="a long name"),
        pytest.param("a\0b.py", "cannot be read: ", id="a NUL character in a path"),
    ],
)
def test_an_unknown_name_is_answered_with_the_way_out(name: str, said: str) -> None:
    assert said in sentence(name)


def test_an_unknown_ready_made_schema() -> None:
    with pytest.raises(UnknownSchemaError, match="Did you mean 'wnut17'"):
        ready_made("wnut-17")


def test_a_missing_file_is_answered_with_one_that_is_there(shop: str) -> None:
    missing = shop.replace("shop", "shpo")
    assert sentence(missing) == f"there is no file {missing!r}. Did you mean 'shop.py'?"


def test_a_file_in_a_missing_folder(tmp_path: Path) -> None:
    missing = str(tmp_path / "no" / "shop.py")
    assert sentence(missing) == f"there is no file {missing!r}."


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "folder.py"
    folder.mkdir()
    assert sentence(str(folder)) == f"{folder} is a folder; name one file in it"
    assert sentence(str(tmp_path)).startswith(f"{tmp_path} is a folder")


def test_a_name_that_a_file_does_not_hold_is_answered_with_those_it_holds(shop: str) -> None:
    said = sentence(f"{shop}:Nope")
    assert said == f"{shop} holds no 'Nope'; the types in it are: Zebra, Drug"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param(
            b"x = 1\ny = x / 0\n", ", line 2: ZeroDivisionError: division by zero", id="run"
        ),
        pytest.param(
            b"\n\nclass Drug(\n", ", line 3: SyntaxError: '(' was never closed", id="syntax"
        ),
        pytest.param(
            b"import nowhere_at_all\n", ", line 1: ModuleNotFoundError: No m", id="import"
        ),
        pytest.param(b"raise SystemExit\n", ", line 1: SystemExit", id="a script that exits"),
        pytest.param(b"x = '\xe9'\n", ": SyntaxError: (unicode error) 'utf-8'", id="encoding"),
        pytest.param(b"x = 1\0\n", "null byte", id="a binary file"),
        pytest.param(b"x = 1\n", " defines no type; derive a class", id="no class"),
        pytest.param(
            b"from schema_ner import Entity\nclass Drug(Entity): pass\n",
            ": class Drug has no docstring of its own",
            id="no guideline",
        ),
        pytest.param(
            b"from schema_ner import Schema\nSchema(())\n",
            ", line 2: SchemaError: a schema",
            id="ours",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_line_and_reason(
    tmp_path: Path, source: bytes, said: str
) -> None:
    path = tmp_path / "mine.py"
    path.write_bytes(source)
    loaded = {name for name in sys.modules if name.startswith("_schema_ner_file")}
    message = sentence(str(path))
    assert message.startswith(str(path))
    assert said in message
    assert "\n" not in message
    if "class" not in said:
        assert loaded == {name for name in sys.modules if name.startswith("_schema_ner_file")}


def test_the_line_is_that_of_the_users_file_and_not_of_what_it_calls(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("import json\n\njson.loads('{')\n", encoding="utf-8")
    assert sentence(str(path)).startswith(f"{path}, line 3: JSONDecodeError: ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"{", ": a JSON schema that is no JSON", id="no JSON"),
        pytest.param(b'{"types": []}', ": a schema needs at least one type", id="no type"),
        pytest.param(b'"\xe9"', " is not in UTF-8: ", id="encoding"),
    ],
)
def test_a_json_file_that_cannot_be_used(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    assert f"{path}{said}" in sentence(str(path))


def test_a_value_that_is_no_schema(shop: str) -> None:
    assert f"{shop}:NUMBER: a int is no schema" in sentence(f"{shop}:NUMBER")


def test_a_slip_in_a_ready_made_file_is_told_like_one_in_any_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An expert who corrects a guideline in place and drops a quote must be told where."""
    broken = tmp_path / "broken.py"
    broken.write_text('class Drug:\n    """A substance.\n', encoding="utf-8")
    monkeypatch.setattr(registry._package(), "__path__", [str(tmp_path)])
    monkeypatch.setattr(registry, "names", lambda: ("broken",))
    said = sentence("broken")
    assert said.startswith(f"{broken}, line 2: SyntaxError: unterminated triple-quoted string")


LIST_ALL = "from schema_ner import registry as r; print(*r.names(), len(r.resolve('klue-ko')))"


@pytest.mark.parametrize("folder", [ROOT, Path("/")], ids=["the clone's root", "/"])
def test_ready_made_schemas_are_found_from_anywhere(folder: Path) -> None:
    """At the clone's root the working folder shadows an installed package."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    printed = subprocess.check_output(
        [sys.executable, "-c", LIST_ALL], text=True, cwd=folder, env=environment
    )
    assert printed.split() == [*NAMES, "6"]


def test_they_are_found_in_a_bare_clone_where_nothing_is_installed() -> None:
    """``-S`` leaves out site-packages: only the sibling folder is there."""
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    printed = subprocess.check_output(
        [sys.executable, "-S", "-c", LIST_ALL], text=True, cwd=ROOT, env=environment
    )
    assert printed.split() == [*NAMES, "6"]
