"""What is doubtful in a file is a warning, what cannot be meant an error, with file and line."""

from __future__ import annotations

import io
import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from documents import all_written, read_text
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from schema_ner import exports, formats
from schema_ner.cli import guard, streams
from schema_ner.cli.app import app
from schema_ner.errors import FormatError
from schema_ner.formats import encodings, offsets
from schema_ner.formats.rows import place_of
from schema_ner.spans import Document


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def a_file(name: str, content: str | bytes) -> str:
    raw = content if isinstance(content, bytes) else content.encode()
    Path(name).write_bytes(raw)
    return name


def doubts(caplog: pytest.LogCaptureFixture, name: str, content: str | bytes) -> list[str]:
    """What is said while the file is read."""
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        list(formats.read(a_file(name, content)))
    return caplog.messages


def refused(name: str, content: str | bytes, format_: str | None = None) -> str:
    with pytest.raises(FormatError) as caught:
        list(formats.read(a_file(name, content), format_))
    return str(caught.value)


# --- where a document comes from


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        ("a.jsonl", '\n{"text": "a"}\n{"text": "b"}\n', [2, 3]),
        ("a.conll", "\n-DOCSTART- O\n\na\tO\nb\tO\n\n# id 7\nc\tO\n", [4, 8]),
        ("a.bio.jsonl", '{"tokens": ["a"], "tags": ["O"]}\n', [1]),
        ("a.csv", 'text\n"a\nb"\nc\n', [2, 4]),
        ("a.doccano.jsonl", '[{"text": "a"},\n{"text": "b"}]', [1, 2]),
        ("a.hf.jsonl", '{"features": ["O"]}\n{"tokens": ["a"], "ner_tags": [0]}\n', [2]),
        ("a.kaggle.csv", "Sentence #,Word,Tag\n1,a,O\n,b,O\n2,c,O\n", [2, 4]),
        ("a.klue.tsv", "## x\t가\n가\tO\n\n나\tO\n", [1, 4]),
        ("a.json", '[\n{"data": {"text": "a"}}]', [2]),
    ],
)
def test_a_document_knows_its_file_and_line(name: str, content: str, lines: list[int]) -> None:
    documents = list(formats.read(a_file(name, content)))
    assert [d.origin for d in documents] == [f"{name}, line {line}" for line in lines]
    assert [place_of(d) for d in documents] == [d.origin for d in documents]


def test_where_it_comes_from_is_no_part_of_a_document() -> None:
    one, other = read_text('{"text": "a"}\n{"text": "a"}\n', "jsonl")
    assert one == other == Document("a")
    assert hash(one) == hash(other)
    assert "origin" not in one.to_dict()
    assert (one.origin, other.origin) == ("the input, line 1", "the input, line 2")
    (row,) = read_text('{"text": "a", "m": 1}', "jsonl")
    assert row == one


def test_a_loss_names_file_and_line() -> None:
    line = '{"text": "New York", "entities": [[0, 8, "LOC"], [4, 8, "LOC"]]}\n'
    documents = formats.read(a_file("gold.jsonl", '{"text": "a"}\n' + line))
    (loss,) = formats.write(io.BytesIO(), documents, "conll")
    assert (loss.document, loss.origin) == ("document 2", "gold.jsonl, line 2")
    assert str(loss) == (
        "gold.jsonl, line 2, document 2: LOC [4:8) 'York': it overlaps LOC 'New York'; tags are "
        "flat"
    )


def test_a_loss_of_brat_names_the_line_of_the_annotation() -> None:
    a_file("a.txt", "New York")
    a_file("a.ann", "T1\tLOC 0 8\tNew York\nT2\tLOC 4 8\tYork\n")
    (loss,) = formats.write(io.BytesIO(), formats.read("a.ann"), "conll")
    assert str(loss).startswith("a.ann, line 2, document 'a': LOC [4:8) 'York': it overlaps LOC 'N")


# --- warnings


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", ""),
        ("a.jsonl", "\ufeff\n \r\n"),
        ("a.jsonl", '{"text": ""}\n'),
        ("a.conll", "\n\n"),
        ("a.bio.jsonl", ""),
        ("a.csv", "id,text\n"),
        ("a.doccano.jsonl", "[]"),
        ("a.hf.jsonl", '{"features": ["O"]}\n'),
        ("a.kaggle.csv", "Sentence #,Word,POS,Tag\n"),
        ("a.klue.tsv", "## made by hand\n"),
        ("a.json", "[ ]\n"),
        ("a.txt", ""),
    ],
)
def test_a_file_without_a_text_is_told(
    caplog: pytest.LogCaptureFixture, name: str, content: str
) -> None:
    assert doubts(caplog, name, content) == [f"{name}: there is no text in it"]


@pytest.mark.parametrize("name", ["a.csv", "a.kaggle.csv"])
def test_an_empty_file_without_a_header_is_refused(name: str) -> None:
    assert refused(name, "").startswith(f"{name}: the file is empty; the first line ")


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.jsonl", '{"text": "a", "entities": [[0, 1, "X"]], "spans": [[0, 1, "X"]]}\n', 1),
        ("a.csv", 'text,entities\nb,[]\na,"[[0,1,""X""],[0,1,""X""]]"\n', 3),
        ("a.doccano.jsonl", '\n{"text": "a", "label": [[0, 1, "X"], [0, 1, "X"]]}\n', 2),
    ],
)
def test_annotations_that_stand_twice_are_kept_and_told(
    caplog: pytest.LogCaptureFixture, name: str, content: str, line: int
) -> None:
    assert doubts(caplog, name, content) == [
        f"{name}, line {line}: X [0:1) stands twice; both are kept"
    ]
    assert sum(len(document.spans) for document in formats.read(name)) == 2


def test_annotations_of_tools_that_stand_twice_are_told(caplog: pytest.LogCaptureFixture) -> None:
    a_file("a.txt", "New York")
    ann = "T1\tLOC 0 3\tNew\nT2\tLOC 0 8\tNew York\nT3\tLOC 0 3\tNew\n"
    assert doubts(caplog, "a.ann", ann) == ["a.ann, line 3: LOC [0:3) stands twice; both are kept"]
    region: dict[str, Any] = {"start": 0, "end": 1, "labels": ["X", "X"]}
    task = {"data": {"text": "a"}, "annotations": [{"result": [{"type": "labels"}]}]}
    task["annotations"][0]["result"][0]["value"] = region  # type: ignore[index]
    assert doubts(caplog, "a.json", f"[\n{json.dumps(task)}]") == [
        "a.json, line 2: X [0:1) stands twice; both are kept"
    ]


def test_the_first_is_said_and_the_others_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    """A bad file gives two lines of each kind, however long it is."""
    row = '{"id": 7, "text": "ab", "entities": [[0, 1, "X"], [0, 1, "X"], [0, 1, "X"]]}\n'
    assert doubts(caplog, "a.jsonl", row * 50) == [
        "a.jsonl, line 1: X [0:1) stands twice; both are kept",
        "a.jsonl, line 2: a text before has the id '7', too",
        "a.jsonl: annotations that stand twice: 100 in all",
        "a.jsonl: texts with an id that another has: 49 in all",
    ]


def test_ids_that_are_numbers_and_text_are_the_same(caplog: pytest.LogCaptureFixture) -> None:
    rows = '{"id": 7, "text": "a"}\n{"text": "b"}\n{"id": "7", "text": "c"}\n{"text": "d"}\n'
    assert doubts(caplog, "a.jsonl", rows) == ["a.jsonl, line 3: a text before has the id '7', too"]


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.conll", "a\tI-P\n\nb\tO\nc\tB-P\n", 4),
        ("a.klue.tsv", "가\tI-P\n\n나\tO\n다\tB-P\n", 4),
        ("a.kaggle.csv", "Sentence #,Word,Tag\n1,a,I-P\n2,c,B-P\n", 3),
        ("a.bio.jsonl", '{"tokens":["a"],"tags":["I-P"]}\n{"tokens":["a"],"tags":["B-P"]}\n', 2),
        ("a.hf.jsonl", '{"tokens":["a"],"tags":["I-P"]}\n{"tokens":["a"],"tags":["B-P"]}\n', 2),
    ],
)
def test_two_schemes_in_a_file_are_told(
    caplog: pytest.LogCaptureFixture, name: str, content: str, line: int
) -> None:
    first = 2 if name == "a.kaggle.csv" else 1
    (said,) = (told for told in doubts(caplog, name, content) if "none of KLUE's" not in told)
    assert said == (
        f"{name}, line {line}: 'B-P' is IOB2, but line {first} has 'I-P', which is IOB1; the file "
        "is in two schemes, and read as conlleval reads it"
    )


def test_a_wide_scheme_beside_a_narrow_one_is_told(caplog: pytest.LogCaptureFixture) -> None:
    (said,) = doubts(caplog, "a.conll", "a\tB-P\nb\tI-P\n\nc\tB-P\nd\tE-P\n")
    assert said.startswith("a.conll, line 5: 'E-P' is BIOES, but line 1 has 'B-P', which is IOB2; ")


def test_a_header_of_klue_that_differs_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert doubts(caplog, "a.klue.tsv", "## a\t나<가:PS>\n가\tB-PS\n") == [
        "a.klue.tsv, line 1: the text of this header is not that of its lines, which count"
    ]


def test_no_text_of_a_document_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    row = '{"id": 1, "text": "Ada", "entities": [[0, 3, "X"], [0, 3, "X"]]}\n'
    assert doubts(caplog, "a.jsonl", row * 2)
    assert "Ada" not in caplog.text


def test_a_file_that_is_all_right_is_read_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    row = '{"id": %d, "text": "Ada met", "entities": [[0, 3, "X"], [0, 3, "Y"], [0, 7, "X"]]}\n'
    assert doubts(caplog, "a.jsonl", row % 1 + row % 2) == []


# --- warnings on the command line


def test_the_command_line_says_each_warning_once() -> None:
    a_file("a.conll", "a\tI-P\n\nb\tB-P\n")
    result = CliRunner().invoke(app, ["convert", "a.conll", "b.jsonl"])
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == (
        "warning: a.conll, line 3: 'B-P' is IOB2, but line 1 has 'I-P', which is IOB1; the file is "
        "in two schemes, and read as conlleval reads it\n"
        "wrote 2 texts to b.jsonl\n"
    )
    both = CliRunner().invoke(app, ["score", "a.conll", "a.conll"])
    assert both.stderr.count("warning: a.conll, line 3: ") == 1
    assert "warning: a.conll, line 3: " in CliRunner().invoke(app, ["stats", "a.conll"]).stderr


def test_commands_inside_one_another_share_their_warnings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def command() -> None:
        logging.getLogger("schema_ner.formats").warning("odd")
        logging.getLogger("schema_ner.formats").info("not odd")

    assert guard.run(lambda: guard.run(command)) == guard.DONE
    assert capsys.readouterr().err == "warning: odd\n"
    assert guard.run(command) == guard.DONE
    assert capsys.readouterr().err == "warning: odd\n"
    command()
    assert capsys.readouterr().err == ""


def test_a_warning_stands_on_a_line_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a progress bar may stand; and nothing that a file holds commands the terminal."""
    monkeypatch.setattr(streams, "is_terminal", lambda stream: stream is sys.stderr)
    with streams.warnings():
        logging.getLogger("schema_ner.formats").warning("\x1b[31modd")
    said = capsys.readouterr().err
    assert said.startswith("\r\x1b[Kwarning: ")
    assert said.count("\x1b") == 1


def test_convert_says_that_nothing_is_annotated() -> None:
    a_file("a.jsonl", '{"text": "Ada"}\n{"text": "Bob"}\n')
    result = CliRunner().invoke(app, ["convert", "a.jsonl", "b.conll"])
    assert (result.exit_code, result.stderr) == (
        0,
        "note: there is no annotation in 2 texts\nwrote 2 texts to b.conll\n",
    )


def test_convert_counts_texts_not_losses() -> None:
    a_file("a.conll", "Ada NNP B-P\nmet VBD O\n\nBob NNP B-P\n")
    result = CliRunner().invoke(app, ["convert", "a.conll", "b.klue.tsv"])
    assert result.stderr == (
        "note: in 2 of 2 texts keys or columns are lost that klue has no place for, such as: the "
        "tokens, pos\nwrote 2 texts to b.klue.tsv\n"
    )


@pytest.mark.parametrize("target", ["b.conll", "b.kaggle.csv", "b.klue.tsv"])
def test_convert_counts_what_it_wrote(target: str) -> None:
    a_file("a.jsonl", '{"text": ""}\n{"text": "Ada", "entities": [[0, 3, "PS"]]}\n{"text": ""}\n')
    result = CliRunner().invoke(app, ["convert", "a.jsonl", target])
    assert result.exit_code == 1
    assert result.stderr.endswith(f"\nwrote 1 of 3 texts to {target}; 2 losses\n")
    assert len(list(formats.read(target))) == 1
    a_file("a.jsonl", '{"text": ""}\n')
    result = CliRunner().invoke(app, ["convert", "a.jsonl", target])
    assert result.stderr.endswith(f"\nwrote 0 of 1 text to {target}; 1 loss\n")


# --- bytes that are no UTF-8

KOREAN = "id\ttext\n1\t이순신은 서울에서 태어났다.\n"
JAPANESE = "ここに東京タワーがあります。\n"
CHINESE = "北京是中华人民共和国的首都。\n"
TRADITIONAL = "臺灣的首都是臺北。\n"
FRENCH = "Élève à l'école, où le café coûte 5 €; Äpfel und Öl, “façade”.\n"
RUSSIAN = "Москва — столица России.\n"


@pytest.mark.parametrize(
    ("text", "codec", "named"),
    [
        (KOREAN, "euc_kr", "CP949"),
        (KOREAN, "cp949", "CP949"),
        ("한\n", "cp949", "CP949"),
        ("펲 가나다라마바사아자\n", "cp949", "CP949"),
        (JAPANESE, "cp932", "SHIFT-JIS"),
        (JAPANESE, "euc_jp", "EUC-JP"),
        (CHINESE, "gbk", "GBK"),
        ("名字:\t王小明\n", "gb18030", "GBK"),
        (TRADITIONAL, "big5", "WINDOWS-1252"),
        (FRENCH, "cp1252", "WINDOWS-1252"),
        ("é\n", "latin-1", "WINDOWS-1252"),
        (RUSSIAN, "cp1251", "WINDOWS-1252"),
    ],
)
def test_the_advice_names_the_encoding_that_the_bytes_show(
    text: str, codec: str, named: str
) -> None:
    told = refused("a.txt", text.encode(codec))
    assert " is not UTF-8; save the file as UTF-8, for example with " in told
    assert told.endswith(f"`iconv -f {named} -t UTF-8`")


@pytest.mark.parametrize(("text", "codec", "named"), [
    (KOREAN, "cp949", "CP949"), (JAPANESE, "cp932", "SHIFT-JIS"), (CHINESE, "gbk", "GBK"),
])  # fmt: skip
def test_the_encoding_is_named_wherever_the_sample_ends(text: str, codec: str, named: str) -> None:
    """It may end inside a letter; and a first line of little is judged with those behind it."""
    raw = text.lstrip("id\tex\n1").rstrip("\n").encode(codec)
    for end in range(len(raw) // 2, len(raw) + 1):
        assert encodings.likely(raw[:end]) == named
    told = refused("a.jsonl", "café\n".encode("latin-1") + raw)
    assert "a.jsonl, line 1: byte 4 (0xe9) is not UTF-8; " in told
    header = text.strip()[-3].encode(codec) + b"\n"
    assert f"line 1: byte 1 (0x{header[0]:02x}) is" in refused("a.conll", header + raw * 500)
    assert f"`iconv -f {named} -t" in refused("a.conll", header + raw * 500)


@given(st.binary(max_size=40))
def test_any_bytes_get_an_advice(raw: bytes) -> None:
    named = encodings.likely(raw)
    assert named in {"CP949", "SHIFT-JIS", "EUC-JP", "GBK", "WINDOWS-1252"}
    if raw.isascii():
        assert named == "WINDOWS-1252"


# --- keys that nobody reads


@pytest.mark.parametrize(
    ("key", "nearly"),
    [("entites", "entities"), ("Entities", "entities"), ("entitys", "entities"), ("span", "spans"),
     ("SPANS", "spans"), ("spnas", "spans"), (" spans", "spans"), ("enities", "entities")],
)  # fmt: skip
@pytest.mark.parametrize("value", [[[0, 3, "PER"]], [], [{"begin": 0}], {"0": "PER"}])
def test_a_misspelt_key_is_named_with_the_right_one(key: str, nearly: str, value: Any) -> None:
    rows = '{"text": "Ada"}\n' + json.dumps({"text": "Ada", key: value})
    for name in ("a.jsonl", "a.doccano.jsonl"):
        assert refused(name, rows) == (
            f"{name}, line 2: the key {key!r} is unknown, and nearly {nearly!r}; rename it, so "
            "that its annotations are read"
        )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("found", [{"start": 0, "end": 3, "label": "PER"}]),
        ("gold", [{"start_offset": 0, "end_offset": 3, "label": "PER"}]),
        ("ents", [{"from": 0, "to": 3, "type": "PER"}]),
        ("predictions", [["Ada", "PER"]]),
    ],
)
def test_annotations_under_another_key_are_told(
    caplog: pytest.LogCaptureFixture, key: str, value: Any
) -> None:
    """Where no text of the file has one; beside annotations that are read, they are others."""
    row = json.dumps({"text": "Ada", key: value}) + "\n"
    told = f"a.jsonl, line 2: annotations under the key {key!r} are not read; call it 'entities'"
    assert doubts(caplog, "a.jsonl", '{"text": "b"}\n' + row * 2) == [told]
    annotated = '{"text": "Ada", "entities": [[0, 3, "PER"]]}\n'
    assert doubts(caplog, "a.jsonl", row + annotated) == []
    assert doubts(caplog, "a.jsonl", annotated + row) == []


@pytest.mark.parametrize(
    "key",
    ["entity", "ents", "Ner", "ner ", "annotation", "annotations", "mentions", "predictions",
     "lables", "Labels", "label_"],
)  # fmt: skip
@pytest.mark.parametrize(
    "spans",
    [
        [[0, 3, "PER"]],
        [{"start": 0, "end": 3, "label": "PER"}],
        [{"start": 0, "end": 3, "type": "PER"}, {"start": 0, "end": 1, "type": "PER"}],
        [{"start_offset": 0, "end_offset": 3}],
    ],
)
def test_spans_under_a_name_that_others_use_are_an_error(key: str, spans: Any) -> None:
    """As those under a misspelt one; beside annotations that are read, they are others."""
    row = {"text": "Ada", key: spans}
    assert refused("a.jsonl", json.dumps(row), "jsonl") == (
        f"a.jsonl, line 1: the key {key!r} is unknown, and holds what looks like annotations; call "
        "it 'entities', so that they are read"
    )
    (document,) = read_text(json.dumps(row | {"entities": []}), "jsonl")
    assert document == Document("Ada")


def test_annotations_that_are_not_read_are_said_once_by_convert() -> None:
    a_file("a.jsonl", '{"text": "Ada", "found": [[0, 3, "PER"]]}\n')
    result = CliRunner().invoke(app, ["convert", "a.jsonl", "b.jsonl"])
    assert result.exit_code == 0
    assert result.stderr == (
        "warning: a.jsonl, line 1: annotations under the key 'found' are not read; call it "
        "'entities'\nwrote 1 text to b.jsonl\n"
    )


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"spam": 1, "stars": 5, "span": "page 3"}, id="a number or a text"),
        pytest.param({"labels": ["PER"], "label": "x"}, id="classes of the text"),
        pytest.param({"spams": [1], "entities": []}, id="beside the right key"),
        pytest.param({"plans": [[0, 3, "X"]], "spans": []}, id="beside the right key, Prodigy's"),
        pytest.param({"unread": [[0, 3]], "rejected": [], "tokens": ["Ada"]}, id="other lists"),
        pytest.param({"entity_ids": [1, 2], "predictions": []}, id="names that are not so near"),
    ],
)
def test_other_keys_stay_what_they_are(more: dict[str, Any]) -> None:
    (document,) = read_text(json.dumps({"text": "Ada"} | more), "jsonl")
    content, _ = all_written([document], "jsonl")
    assert (
        json.loads(content).items()
        >= {key: value for key, value in more.items() if key != "spans"}.items()
    )


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("text,entites", "annotations in the column 'entites' are not read; call it"),
        ("text,Spans", "annotations in the column 'Spans' are not read; call it"),
        ("sentence,entities", "annotations in the column 'entities' are not read; call it"),
    ],
)
def test_a_misspelt_column_is_named(header: str, told: str) -> None:
    name = a_file("a.csv", f'{header}\nAda,\nAda,"[[0, 3, ""PER""]]"\n')
    with pytest.raises(FormatError) as caught:
        list(formats.read(name, column=header.partition(",")[0]))
    assert str(caught.value).startswith(f"a.csv, line 3: {told}")
    a_file("a.csv", f"{header}\nAda,Ada;Bob\n")
    assert len(list(formats.read("a.csv", column=header.partition(",")[0]))) == 1


def test_a_misspelt_key_of_a_task_is_named() -> None:
    told = refused("a.json", '[{"data": {"text": "Ada"}, "anotations": [{"result": []}]}]')
    assert told.startswith("a.json, line 1: the key 'anotations' is unknown, and nearly 'annotat")


def test_annotations_of_doccano_without_a_label_are_named(caplog: pytest.LogCaptureFixture) -> None:
    place: dict[str, Any] = {"start_offset": 0, "end_offset": 3}
    row = json.dumps({"text": "Ada", "annotations": [place | {"label": "X"}, place]})
    assert refused("a.doccano.jsonl", row).startswith(
        "a.doccano.jsonl, line 1: annotation 1 has no"
    )
    row = json.dumps({"text": "Ada", "annotations": [{"comment": "fine"}]})
    (said,) = doubts(caplog, "a.doccano.jsonl", row)
    assert said.startswith("a.doccano.jsonl, line 1: annotations under the key 'annotations' are")


def test_a_column_of_tags_of_another_length_is_named() -> None:
    row = '{"tokens": ["a", "b"], "ner_tags": ["O", "O"], "pos_tags": ["N"]}'
    assert refused("a.hf.jsonl", row).startswith(
        "a.hf.jsonl, line 1: 2 tokens, but 1 tags under 'pos_tags'; "
    )


# --- offsets that do not fit

TEXT = "👩 café: Ada\nand Bob"
MENTIONS = [(2, 6, "café"), (8, 11, "Ada"), (16, 19, "Bob")]
_UTF16, _BYTES = (exports.converter(TEXT, unit) for unit in ("utf16", "byte"))
_CRLF = [i + TEXT[:i].count("\n") for i in range(len(TEXT) + 1)].__getitem__


@pytest.mark.parametrize(
    ("move", "told"),
    [
        pytest.param(lambda s, e: (_UTF16(s), _UTF16(e)), "as UTF-16 units or if they are counted "
                     "from 1", id="UTF-16, which here is one more"),
        pytest.param(lambda s, e: (_BYTES(s), _BYTES(e)), "as bytes of UTF-8", id="bytes"),
        pytest.param(lambda s, e: (_CRLF(s), _CRLF(e)), "if a line end counts twice (CR LF), where "
                     "this text has one character (LF)", id="line ends of Windows"),
        pytest.param(lambda s, e: (s, e - 1), "if the end is inclusive", id="inclusive"),
        pytest.param(lambda s, e: (s + 1, e), "if they are counted from 1 and the end is inclusive",
                     id="from 1, inclusive"),
    ],
)  # fmt: skip
def test_the_cause_is_named_where_it_fits_all_annotations(move: Any, told: str) -> None:
    rows = []
    for start, end, said in MENTIONS:
        first, last = move(start, end)
        rows.append({"start": first, "end": last, "label": "X", "text": said})
    message = refused("a.jsonl", json.dumps({"text": TEXT, "entities": rows}))
    assert message.endswith(f"the end is exclusive; those of this text all fit {told}")


def test_a_text_that_was_trimmed_is_named() -> None:
    rows = [{"start": s + 3, "end": e + 3, "label": "X", "text": said} for s, e, said in MENTIONS]
    message = refused("a.jsonl", json.dumps({"text": TEXT, "entities": rows}))
    assert message.endswith("they all fit if the text lost 3 characters at its beginning")


@pytest.mark.parametrize(
    ("text", "places", "told"),
    [
        ("👩 Ada", [[3, 6, "X"]], "those of this text all fit as UTF-16 units"),
        ("é Ada", [[0, 2, "Y"], [3, 6, "X"]], "those of this text all fit as bytes of UTF-8"),
        ("in Rome", [[4, 8, "X"]], "those of this text all fit if they are counted from 1"),
        ("in Rome", [[0, 99, "X"]],
         "these may begin at 1, or belong to a text that was trimmed or changed"),
        ("in Róm", [[0, 99, "X"]],
         "these may count bytes or UTF-16 units, begin at 1, or belong to a text that was trimmed"),
    ],
)  # fmt: skip
def test_without_the_text_of_annotations_less_is_sure(
    text: str, places: list[Any], told: str
) -> None:
    message = refused("a.jsonl", json.dumps({"text": text, "entities": places}))
    assert message.removesuffix(" or changed").endswith(f"; {told.removesuffix(' or changed')}")
    assert "write one object a line" not in message


@given(st.text("aé👩\n", min_size=1, max_size=8), st.data())
def test_what_is_said_to_fit_does_fit(text: str, data: st.DataObject) -> None:
    """The right unit is among those that are named, wherever offsets in it do not fit."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    for unit, how in (("utf16", "UTF-16 units"), ("byte", "bytes of UTF-8")):
        move = exports.converter(text, unit)  # type: ignore[arg-type]
        claim = offsets.Claim(move(start), move(end), text[start:end])
        if (claim.start, claim.end) != (start, end):
            assert how in offsets.likely(text, [claim])
