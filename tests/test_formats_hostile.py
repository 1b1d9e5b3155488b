"""Files that are broken on purpose: one sentence with file and line, whatever the format."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schema_ner import formats
from schema_ner.cli.app import app
from schema_ner.errors import FormatError
from schema_ner.spans import Document, gold_span

BOMB = 100_000  # brackets in brackets
MEBIBYTE = 2**20
ENDINGS = [
    ".jsonl", ".conll", ".bio.jsonl", ".csv", ".doccano.jsonl", ".hf.jsonl", ".kaggle.csv",
    ".klue.tsv", ".json",
]  # fmt: skip
ADA = "Ada wrote.\n"
KAGGLE = "Sentence #,Word,POS,Tag\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(name: str, content: bytes, *args: str) -> str:
    """What the command line says of a file that it cannot read."""
    Path(name).write_bytes(content)
    result = CliRunner().invoke(app, ["convert", name, "out.jsonl", *args])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert len(result.stderr) < 500
    assert not Path("out.jsonl").exists()
    return result.stderr.removeprefix("error: ").removesuffix("\n")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(ADA.encode("utf-16"), ", line 1: the file is in UTF-16; ", id="mark"),
        pytest.param(ADA.encode("utf-16-le"), ", line 1: the file is in UTF-16LE; ", id="LE"),
        pytest.param(ADA.encode("utf-16-be"), ", line 1: the file is in UTF-16BE; ", id="BE"),
        pytest.param(ADA.encode("utf-32"), ", line 1: the file is in UTF-32; ", id="UTF-32"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", ": this is a PDF file, not text", id="PDF"),
        pytest.param(b"\x00\x01\x02\xff\xfe\n", ": this is no text but binary data", id="binary"),
    ],
)  # fmt: skip
def test_another_encoding_is_named(ending: str, content: bytes, said: str) -> None:
    assert told(f"a{ending}", content).startswith(f"a{ending}{said}")


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.jsonl", '{"text": "a"}\n{"text": "café"}\n', 2),
        ("a.conll", "a\tO\n\ncafé\tO\n", 3),
        ("a.bio.jsonl", '{"tokens": ["é"], "tags": ["O"]}\n', 1),
        ("a.csv", "text\nb\ncafé\n", 3),
        ("a.hf.jsonl", '{"tokens": ["é"], "ner_tags": ["O"]}\n', 1),
        ("a.klue.tsv", "a\tO\né\tO\n", 2),
        ("a.json", '[{"data":\n {"text": "é"}}]', 2),
    ],
)
def test_a_byte_that_is_not_utf8_is_named(name: str, content: str, line: int) -> None:
    said = told(name, content.encode("cp1252"))
    assert said.startswith(f"{name}, line {line}: byte ")
    assert said.endswith("is not UTF-8; save the file as UTF-8, for example with "
                         "`iconv -f WINDOWS-1252 -t UTF-8`")  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"text": "a"}\n{"text": "b"}\n'),
        ("a.conll", "a\tB-P\nb\tO\n\nc d\tO\n"),
        ("a.bio.jsonl", '{"tokens": ["a"], "tags": ["B-P"]}\n'),
        ("a.csv", 'id,text\n1,"a, ""b"""\n2,c\n'),
        ("a.doccano.jsonl", '{"text": "a", "label": [[0, 1, "P"]]}\n'),
        ("a.hf.jsonl", '{"tokens": ["a"], "ner_tags": ["B-P"]}\n'),
        ("a.kaggle.csv", f'{KAGGLE}1,a,NN,B-P\n,",",",",O\n'),
        ("a.klue.tsv", "## a\t<가:PS>\n가\tB-PS\n\n나\tO\n"),
        ("a.json", '[\n{"data": {"text": "a"}}\n]\n'),
    ],
)
def test_line_ends_and_a_mark_change_nothing(name: str, content: str) -> None:
    """Windows' line ends and its byte-order mark; those of old Macs are an error that says so."""
    Path(name).write_bytes(content.encode())
    plain = list(formats.read(name))
    assert plain
    for raw in (content.replace("\n", "\r\n").encode(), content.encode("utf-8-sig"),
                content.rstrip("\n").encode()):  # fmt: skip
        Path(name).write_bytes(raw)
        assert list(formats.read(name)) == plain
    Path(name).write_bytes(gzip.compress(content.encode()))
    assert "gzip file" in told(name, Path(name).read_bytes())
    if content.count("\n") > 1 and not name.endswith(".json"):
        said = told(name, content.replace("\n", "\r").encode())
        assert said.startswith(f"{name}, line 1: a carriage return (CR) stands inside the line")


@pytest.mark.parametrize("ending", [".jsonl", ".bio.jsonl", ".doccano.jsonl", ".hf.jsonl", ".json"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param('{"text": "a"', "no JSON: ", id="truncated"),
        pytest.param('{"text": "a', "no JSON: no closing quote, or", id="truncated in a text"),
        pytest.param('{"id": 1, "text": "a\\', "no JSON: ", id="truncated in an escape"),
        pytest.param('{"text": "a"}{"text": "b"}', "no JSON: Extra data", id="two on a line"),
        pytest.param("[" * BOMB, "no JSON: it is nested too deeply", id="lists in lists"),
        pytest.param('{"text": ' * BOMB, "no JSON: it is nested", id="objects in objects"),
        pytest.param('{"text": "a", "id": 1e9999}', "no JSON: the number 1e9999", id="number"),
        pytest.param('{"id": %s}' % ("9" * 9999), "no JSON: Exceeds the limit", id="digits"),
        pytest.param('{"text": "a", "text": "b"}', "the key 'text' stands twice", id="a key twice"),
        pytest.param('{"text": "a", "x": Infinity}', "no JSON: Infinity is no", id="inf"),
        pytest.param('"text"', "a line holds an object, not 'text'", id="a text"),
        pytest.param("\x00", "no JSON: Expecting value", id="NUL"),
        pytest.param("x" * MEBIBYTE, "no JSON: Expecting value", id="a line of a mebibyte"),
        pytest.param("['text']", "no", id="Python's quotes"),
    ],
)  # fmt: skip
def test_broken_json_is_named_with_its_line(ending: str, content: str, said: str) -> None:
    name = f"a{ending}"
    assert told(name, f"\n{content}\n".encode(), "--from", formats.detect(name).name).startswith(
        f"{name}, line 2: {said}"
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.conll", "a O\nb" + " x" * MEBIBYTE + "\n", ", line 2: 1048577 columns, where line"),
        ("a.conll", "\x00\n", ", line 1: one column, '\\x00', where a token and its tag should be"),
        ("a.conll", "a O\n" + "b" * MEBIBYTE + "\n", ", line 2: one column, 'bbbb"),
        ("a.klue.tsv", "가\tO\n" + "나" * MEBIBYTE + "\tO\n", ", line 2: '나나나"),
        ("a.csv", 'text\na\n"b\n', ", line 3: no CSV: unexpected end of data; put quotes round"),
        ("a.csv", 'text\n"a"b\n', ", line 2: no CSV: ',' expected after '\"'; put quotes round"),
        ("a.csv", "text\na,b\n", ", line 2: 2 cells under 1 columns"),
        ("a.csv", "id,text\n1\n", ", line 2: 1 cells, but the text is in column 2"),
        ("a.csv", "text,entities\na\n", ", line 2: 1 cells under 2 columns"),
        ("a.csv", "text,entities\na,[[\n", ", line 2: the column 'entities' holds no list: '[['"),
        ("a.csv", "text,text\n", ", line 1: two columns of one name, 'text'"),
        ("a.csv", "," * MEBIBYTE + "\n", ", line 1: two columns of one name, ''"),
        ("a.csv", ",".join(map(str, range(99_999))), " has several columns and none called 'text'"),
        ("a.kaggle.csv", f"{KAGGLE}1,a,NN,O\n,b,NN\n", ", line 3: 3 cells under 4 columns"),
        ("a.kaggle.csv", f"{KAGGLE}1,a,NN,O\n,b,,NN,O\n", ", line 3: 5 cells under 4 columns"),
        ("a.kaggle.csv", f'{KAGGLE}1,a,NN,O\n,",NN,O\n', ", line 3: no CSV: "),
        ("a.kaggle.csv", KAGGLE.replace("Word", "word"), ", line 1: no column 'Word' in 'Sente"),
        ("a.json", '[{"data": {"text": "a"}}', ", line 1: behind an object of the list is no , or"),
        ("a.json", '[\n{"data": 1}]', ', line 2: "data" is an object, not 1'),
        ("a.jsonl", '{"text": ["a"]}', ', line 1: "text" must be text, not [\'a\']'),
        ("a.jsonl", '{"text": "a", "id": {}}', ', line 1: "id" is text or a whole number, not {}'),
        ("a.jsonl", '{"text": null}', ', line 1: "text" must be text, not None'),
    ],
)  # fmt: skip
def test_a_broken_line_is_named(name: str, content: str, said: str) -> None:
    assert told(name, content.encode(), "--from", formats.detect(name).name).startswith(
        f"{name}{said}"
    )


def test_nul_and_a_mark_inside_a_text_are_characters() -> None:
    text = "a\x00b\ufeffc"
    for name in ("jsonl", "conll", "bio", "csv", "doccano", "hf", "kaggle-ner", "label-studio"):
        stream = io.BytesIO()
        losses = formats.write(stream, [Document(text, tokens=((0, 5),), id="x")], name)
        assert [loss for loss in losses if not loss.is_slight] == []
        (again,) = formats.read(io.BytesIO(stream.getvalue()), name)
        assert again.text == text


def test_a_message_is_short_however_long_the_value() -> None:
    """A loss, too: a terminal is no place for a mebibyte."""
    long = "x" * MEBIBYTE
    spans = (gold_span(long, 0, 9, long), gold_span(long, 0, 8, long), gold_span(long, 9, 10, ""))
    document = Document(f"{long}\ud800", (), long, ((0, 1),), {long: ("N",)})
    for name in ("conll", "bio", "hf", "csv", "klue", "kaggle-ner", "jsonl", "label-studio"):
        losses = formats.write(io.BytesIO(), [document, Document(long, spans)], name)
        assert all(len(str(loss)) < 400 for loss in losses)
    rest = {f"{'k' * MEBIBYTE}{i}": 1 for i in range(20)}
    row = json.dumps({"text": "a"} | rest)
    losses = formats.write(io.BytesIO(), formats.read(io.BytesIO(row.encode()), "jsonl"), "conll")
    assert [loss.what.endswith(" and 8 more") for loss in losses] == [True]
    assert len(str(losses[0])) < 1_000


def test_the_same_columns_in_every_line_of_a_file_that_is_written() -> None:
    """The first document decides; a column that it has not is told."""
    documents = [
        Document("a", (), None, ((0, 1),), {"chunk": ("B-NP",)}),
        Document("b", (gold_span("b", 0, 1, "X"),)),
        Document("c", (), None, ((0, 1),), {"pos": ("N",), "lemma": ("c",)}),
    ]
    stream = io.BytesIO()
    (loss,) = formats.write(stream, documents, "conll")
    assert stream.getvalue() == b"a\t_\tB-NP\tO\n\nb\t_\t_\tB-X\n\nc\tN\t_\tO\n\n"
    assert str(loss) == (
        "document 3: lemma: the first document has no such column, and a file has the same in "
        "every line"
    )
    assert loss.is_slight
    again = list(formats.read(io.BytesIO(stream.getvalue()), "conll"))
    assert [document.text for document in again] == ["a", "b", "c"]


def test_a_column_that_would_be_read_as_tags_is_refused() -> None:
    """The last of too few columns may be a chunk's, and looks like an entity tag."""
    content = b"EU NNP B-NP B-ORG\n\nrejects VBZ B-VP\ncall NN B-NP\n"
    with pytest.raises(FormatError, match="line 3: 3 columns, where line 1 has 4; give every line"):
        list(formats.read(io.BytesIO(content), "conll"))
