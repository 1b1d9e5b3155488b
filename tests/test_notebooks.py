"""The notebooks of ``examples``: clean files, in step with the project, and run cell by cell.

They are run against a tiny model in place of a 7B one, in this process (see ``notebooks``).  What
Colab and Kaggle themselves do is not shown by this.
"""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import notebooks
import pytest
from check_colab import CEILINGS

from schema_ner import Extraction, Extractor, Schema, formats, registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from notebooks import Notebook, Session

ROOT = Path(__file__).resolve().parent.parent
BOOKS = [notebooks.load(path) for path in sorted((ROOT / "examples").glob("*.ipynb"))]
MOST_LINES = 25
every_book = pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.path.stem)


def test_there_is_one_for_each_platform() -> None:
    assert [book.path.name for book in BOOKS] == ["colab_gollie.ipynb", "kaggle_gollie.ipynb"]


@every_book
def test_the_file_is_clean(book: Notebook) -> None:
    """nbformat 4.5 with ids, no outputs, nothing of the machine that wrote it."""
    assert (book.data["nbformat"], book.data["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in book.cells]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", each) for each in ids)
    assert set(book.data["metadata"]) <= {"accelerator", "colab", "kernelspec", "language_info"}
    for cell in book.code:
        assert (cell["outputs"], cell["execution_count"]) == ([], None)
    text = book.path.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert not re.search(r"/(home|root|tmp|work|Users)/", text)
    assert not re.search(r"https?://", text)  # no index, no address that may change


@every_book
def test_cells_are_short(book: Notebook) -> None:
    """What is long is read past; and a heading says what each part is for."""
    for cell in book.cells:
        assert cell["source"] == cell["source"].strip("\n")
        assert len(cell["source"].splitlines()) <= MOST_LINES, cell["id"]
    headings = [c["source"] for c in book.cells if c["source"].startswith("## ")]
    assert len(headings) > 5


@every_book
def test_the_pins_are_those_that_are_checked(book: Notebook) -> None:
    """A notebook stands alone in a browser, so it holds a copy of constraints/colab.txt."""
    lines = CEILINGS.read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert book.cell("pins").splitlines() == ["%%writefile pins.txt", *pins]


@every_book
def test_code_in_texts_names_what_exists(book: Notebook) -> None:
    """Cells of text are not run; their blocks are Python, and their options those of LocalLLM."""
    pytest.importorskip("torch")
    pytest.importorskip("llguidance")
    from schema_ner.engines.local import LocalLLM  # noqa: PLC0415

    options = inspect.signature(LocalLLM).parameters
    prose = "\n".join(cell["source"] for cell in book.cells if cell["cell_type"] == "markdown")
    blocks = re.findall(r"```python\n(.*?)```", prose, re.DOTALL)
    calls = [n for b in blocks for n in ast.walk(ast.parse(b)) if isinstance(n, ast.Call)]
    made = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "LocalLLM"]
    assert {k.arg for call in made for k in call.keywords} <= set(options)
    assert made


def test_both_say_the_same_of_the_same() -> None:
    """Cells with the same id hold the same code, but for the data and where results go."""
    one, other = ({cell["id"]: cell["source"] for cell in book.code} for book in BOOKS)
    assert {name for name in one if one[name] != other[name]} == {"model", "batch", "save"}


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A session in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    with notebooks.session() as session:
        yield session


@pytest.fixture
def models() -> Iterator[ModuleType]:
    """Tiny models, on one thread; skips where the [llm] packages are missing."""
    pytest.importorskip("llguidance", reason="needs the extra [llm]")
    tiny_models = pytest.importorskip("tiny_models")
    before = tiny_models.torch.get_num_threads()
    tiny_models.torch.set_num_threads(1)
    yield tiny_models
    tiny_models.torch.set_num_threads(before)


def run_all(book: Notebook, kernel: Session, model: object) -> dict[str, Any]:
    """Every cell from the top, with another model.  The names that are left."""
    for cell in book.code:
        replaced = {"MODEL": model} if "parameters" in cell["metadata"].get("tags", ()) else {}
        kernel.run(cell, **replaced)
    return vars(kernel.names)


@every_book
def test_every_cell_runs(book: Notebook, kernel: Session, models: ModuleType) -> None:
    """From top to bottom, with a model that is made to list something in every text."""
    from schema_ner.engines.local import LocalLLM  # noqa: PLC0415

    folder = models.saved("llama")
    lister = LocalLLM(folder, closing_bias=-20.0, max_new_tokens=96, device="cpu")
    names = run_all(book, kernel, lister)

    results: list[Extraction] = [names["result"], *names["found"]]
    spans = [span for result in results for span in result.spans]
    assert all(result.model == lister.name for result in results)
    assert spans
    assert {span.label for span in spans} <= {"Drug", "Person"}
    assert all(span.evidence for span in spans)
    assert kernel.shown[0] == names["result"]._repr_html_()
    assert len(kernel.shown) == 4  # the first result, and three of the batch

    written = list(formats.read("found.jsonl"))
    assert [d.spans for d in written] == [each.spans for each in names["found"]]
    assert "<html" in Path("first.html").read_text(encoding="utf-8")
    (_, doctor, _), (_, scores, code) = kernel.commands
    assert "torch" in doctor
    assert code == 0
    (micro,) = [line.split() for line in scores.splitlines() if line.startswith("micro")]
    counts = [names["measured"].support, names["measured"].predicted, names["measured"].correct]
    assert [int(count) for count in micro[-3:]] == counts


@every_book
def test_a_trained_model_scores(book: Notebook, kernel: Session, models: ModuleType) -> None:
    """The cells that measure, with a folder whose model knows a task, and texts of that task."""
    import toy_task  # noqa: PLC0415

    cells = {cell["id"]: cell for cell in book.code}
    kernel.run(cells["model"], MODEL=str(models.toy("gollie")))
    kernel.run(cells["types"], schema=toy_task.SCHEMA)
    for name in ("inputs", "texts", "batch", "gold"):
        if name in cells:
            kernel.run(cells[name])
    formats.write("gold.jsonl", toy_task.texts(30, seed=1))
    kernel.run(cells["measure"])
    measured = vars(kernel.names)["measured"]
    assert measured.support > 20
    assert measured.f1 > 0.9


@every_book
def test_a_folder_is_a_model(book: Notebook, kernel: Session, models: ModuleType) -> None:
    """`model=` takes what MODEL may be: a folder, loaded once for all cells."""
    cells = {cell["id"]: cell for cell in book.code}
    kernel.run(cells["model"], MODEL=str(models.saved("llama")))
    for name in ("types", "first"):
        kernel.run(cells[name])
    first = vars(kernel.names)["result"]
    engine = Extractor(["City"], model=vars(kernel.names)["MODEL"]).engine
    assert first.model == engine.name
    assert first.usage.tokens_in > 100  # a prompt with the guidelines
    assert Extractor(["Town"], model=vars(kernel.names)["MODEL"]).engine is engine


@every_book
def test_what_is_installed(book: Notebook, kernel: Session) -> None:
    """One call of pip, held back by the pins; no other command but our own."""
    for name in ("model", "pins", "install"):
        kernel.run({"id": name, "source": book.cell(name)})
    assert kernel.pip == [["install", "-q", "-c", "pins.txt", "schema-ner[llm]"]]
    assert vars(kernel.names)["MODEL"] == "HiTZ/GoLLIE-7B"


@every_book
def test_the_types_are_good_ones(book: Notebook, kernel: Session) -> None:
    """Guidelines and examples of the classes reach the schema, though a cell has no source file."""
    kernel.run({"id": "types", "source": book.cell("types")})
    schema: Schema = registry.resolve(vars(kernel.names)["schema"])
    assert schema.labels == ("Drug", "Person")
    assert all(len(each.guideline.split()) > 10 and each.examples for each in schema)


def test_the_runner_sees_what_goes_wrong(kernel: Session) -> None:
    """So that a runner that runs nothing does not pass."""
    with pytest.raises(ZeroDivisionError):
        kernel.run({"id": "x", "source": "a = 1\na / 0"})
    with pytest.raises(AssertionError):
        kernel.run({"id": "x", "source": "!rm -r somewhere"})
    kernel.run({"id": "x", "source": "!schema-ner schemas no_such_file.py\na"})
    assert kernel.commands[0][2] == 2
    assert kernel.shown == ["1"]
