"""GoLLIE's prompt: to the byte what its notebooks make, and Python source for whatever is in it.

`gollies_own` is their way, with jinja2 and black; the chat form stands on the same prompt.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import gollies_own
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import AWKWARD, PLAIN, texts

from schema_ner import Entity, prompts, registry
from schema_ner.errors import UnknownSchemaError
from schema_ner.parsing import parse
from schema_ner.prompts import source
from schema_ner.prompts.chat import messages
from schema_ner.prompts.gollie import render
from schema_ner.prompts.special import SPECIAL
from schema_ner.schema import EntityType, Field, Schema

DATA = Path(__file__).parent / "data" / "prompts"
TEXT = (DATA / "text.txt").read_text(encoding="utf-8")
PHARMACY = registry.resolve(DATA / "pharmacy.json")


class Drug(Entity):
    """A substance given to treat illness, by brand or generic name."""

    examples = ("aspirin", "Humira")
    route: str


SPECIAL_TOKENS = [
    *("<s>", "</s>", "<unk>", "<pad>", "<bos>", "<eos>", "<FILL_ME>", "<PRE>", "<SUF>", "<MID>"),
    *("<EOT>", "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<start_of_turn>"),
    *("<end_of_turn>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<｜end▁of▁sentence｜>"),
    *("<fim_prefix>", "<unused42>", "<think>", "</tool_call>", "[TOOL_CALLS]", "<|fim_middle|>"),
]


# --- what GoLLIE does


@pytest.mark.parametrize("name", registry.names())
def test_ready_made_schemas_are_asked_as_gollie_asks(name: str) -> None:
    schema = registry.ready_made(name)
    assert render(schema, TEXT) == gollies_own.prompt(schema, TEXT)


GUIDELINE_PIECES = [
    *("a", "word", "names of people", "x" * 30, "y" * 47, ".", "-", "#", "{{ text }}", "result"),
    *('"', "'", "''", "'''", '" ', "\\", "\\n", "\\\n", "\n", "\n", "\n\n", "\n  ", "\n    ", " "),
    *(
        "\t",
        "\n\t",
        "  ",
        "\u00a0",
        "\u200b",
        "\u2028",
        "\x0c",
        "\x85",
        "é",
        "한국은행",
        "👩‍👩‍👧",
        "<b>",
    ),
]
NAMES = ["Drug", "programming language", "용량", "A" * 73, "B" * 74, "C" * 75, "é" * 90]
FIELD_NAMES = ["dose", "약", "f" * 73, "g" * 74, "h" * 90]


def joined(pieces: list[str], max_size: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), max_size=max_size).map("".join)


def surfaces() -> st.SearchStrategy[str]:
    """Examples and allowed values: one line each."""
    pieces = [piece for piece in GUIDELINE_PIECES if "\n" not in piece]
    return joined(pieces, 5).filter(lambda text: text.strip())


def fields(choices: st.SearchStrategy[str]) -> st.SearchStrategy[Field]:
    simple = st.sampled_from(["str", "int", "bool", "list[str]"])
    name = st.sampled_from(FIELD_NAMES)
    chosen = st.lists(choices, min_size=1, max_size=3, unique=True).map(tuple)
    choice: st.SearchStrategy[Field] = st.builds(Field, name, st.just("choice"), chosen)
    return st.one_of(st.builds(Field, name, simple), choice)


def schemas(
    guidelines: st.SearchStrategy[str], examples: st.SearchStrategy[str]
) -> st.SearchStrategy[Schema]:
    def of(labels: list[str], parts: list[tuple[Any, ...]]) -> Schema:
        return Schema(tuple(EntityType(*each) for each in zip(labels, *zip(*parts, strict=True))))  # noqa: B905  # as many as there are labels

    parts = st.tuples(
        guidelines,
        st.lists(examples, max_size=3).map(tuple),
        st.lists(fields(examples), max_size=2, unique_by=lambda field: field.name).map(tuple),
    )
    labels = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)
    return st.builds(of, labels, st.lists(parts, min_size=3, max_size=3))


def plain_guideline(text: str) -> bool:
    """GoLLIE can say it: it makes a docstring, and has no blanks at its ends to be told apart."""
    return '"""' not in text and not text.endswith('"') and text == text.strip()


# lengths at which black wraps, and quotes of both kinds, more often than by chance
LITERALS = st.one_of(
    texts(),
    st.builds(lambda quotes, n: quotes + "x" * n, joined(["'", '"', "\\"], 4), st.integers(74, 90)),
    joined(["'", '"', '""', "\\", "\n", "a", " ", "한"], 12),
)


@given(schemas(joined(GUIDELINE_PIECES, 10).filter(plain_guideline), surfaces()), LITERALS)
def test_a_prompt_is_what_jinja_and_black_make(schema: Schema, text: str) -> None:
    """Wherever GoLLIE's own way works, ours gives the same bytes."""
    assume("result =" not in text and not SPECIAL.search(text))
    assert render(schema, text) == gollies_own.prompt(schema, text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("aspirin", '"aspirin"', id="double quotes"),
        pytest.param("", '""', id="nothing"),
        pytest.param("It's", '"It\'s"', id="an apostrophe"),
        pytest.param('He said "hi" .', "'He said \"hi\" .'", id="double quotes inside"),
        pytest.param("It's 5\" long", '"It\'s 5\\" long"', id="both, as many of each"),
        pytest.param('It\'s "here"', "'It\\'s \"here\"'", id="both, more double ones"),
        pytest.param("a\u00a0b\u200b\n\\", '"a\\xa0b\\u200b\\n\\\\"', id="blanks and escapes"),
        pytest.param("서울 👩‍👧", '"서울 👩\\u200d👧"', id="scripts stay, joiners do not"),
        pytest.param("\ud800", '"\\ud800"', id="half a character"),
        pytest.param("a </s> b", '"a \\x3c/s> b"', id="the end of a text"),
        pytest.param("\\<s>", '"\\\\\\x3cs>"', id="a special token behind a backslash"),
    ],
)
def test_literals(text: str, written: str) -> None:
    assert source.literal(text) == written
    assert ast.literal_eval(written) == text


@pytest.mark.parametrize(("length", "wrapped"), [(79, False), (80, True), (82, True), (83, False)])
@pytest.mark.parametrize("letter", ["x", "한"], ids=["latin", "wide"])
def test_a_text_that_only_just_fits_gets_a_line_of_its_own(
    length: int,
    wrapped: bool,  # noqa: FBT001
    letter: str,
) -> None:
    """Black 23.9.1 counts characters; later ones count wide ones twice."""
    text = letter * length
    line = f'text = (\n    "{text}"\n)\n' if wrapped else f'text = "{text}"\n'
    assert line in render(["a"], text)


# --- what GoLLIE cannot do


@pytest.mark.parametrize(
    ("guideline", "written"),
    [
        pytest.param('called "x"', '    """called "x" """', id="a quote at the end"),
        pytest.param('"x" is one', '    """ "x" is one"""', id="a quote at the beginning"),
        pytest.param("ends in \\", '    """ends in \\\\"""', id="a backslash at the end"),
        pytest.param("\\d+ \\N", '    """\\\\d+ \\\\N"""', id="backslashes that say something"),
        pytest.param('a """ b', '    """a ""\\" b"""', id="three quotes"),
        pytest.param('"' * 7, '    """ ""\\"""\\"" """', id="seven quotes and nothing else"),
        pytest.param("a\x00b", '    """a\\x00b"""', id="NUL"),
        pytest.param("up to </s>", '    """up to \\x3c/s>"""', id="a special token"),
        pytest.param("a\r\nb\rc", '    """a\n    b\n    c"""', id="other line ends"),
        pytest.param("List:\n  - a\n  - b", '    """\n    List:\n      - a\n      - b\n    """',
                     id="an indent that means something"),
        pytest.param("\n\n a\n\n", '    """a"""', id="blank lines around it"),
        pytest.param(" \n ", "", id="blank"),
        pytest.param(f"a\n{'b' * 82}", f'    """a\n    {"b" * 82}\n    """', id="a long last line"),
        pytest.param(f'a\n{"b" * 82}"', f'    """a\n    {"b" * 82}"\n    """', id="with a quote"),
        pytest.param('a\\\n"b"', '    """a\\\\\n    "b" """', id="behind a backslash"),
    ],
)  # fmt: skip
def test_docstrings(guideline: str, written: str) -> None:
    assert source.docstring(guideline) == written


@pytest.mark.parametrize(
    ("example", "written"),
    [
        pytest.param('5" tube', '"5" tube"', id="as GoLLIE has it"),
        pytest.param("\\d", '"\\d"', id="a backslash is nothing in a comment"),
        pytest.param("two\nlines", '"two\\nlines"', id="a line end"),
        pytest.param('"\r\x00\\', '"\\"\\r\\u0000\\\\"', id="then as Python has it, all of it"),
        pytest.param("<s>", '"\\x3cs>"', id="a special token"),
    ],
)
def test_examples(example: str, written: str) -> None:
    assert source.quoted(example) == written


AWKWARD_PIECES = [
    *GUIDELINE_PIECES,
    *AWKWARD,
    *PLAIN,
    *SPECIAL_TOKENS,
    '"""',
    "\x00",
    "\r",
    CUT := "result =",
]
ANYTHING = joined([piece for piece in AWKWARD_PIECES if not "\ud800" <= piece <= "\udfff"], 10)


@given(schemas(ANYTHING, ANYTHING.filter(lambda text: text.strip())), st.one_of(texts(), ANYTHING))
def test_a_prompt_is_python_and_says_what_it_was_given(schema: Schema, text: str) -> None:
    """Whatever is in a schema or text: source, the text itself, names, words of guidelines."""
    prompt = render(schema, text)
    *classes, said, result = ast.parse(prompt + " []").body
    assert isinstance(said, ast.Assign)
    assert ast.literal_eval(said.value) == text
    assert ast.unparse(result) == "result = []"
    for node, entity_type in zip(classes, schema, strict=True):
        assert isinstance(node, ast.ClassDef)
        assert node.name == entity_type.class_name
        assert (ast.get_docstring(node) or "").split() == entity_type.guideline.split()
        names = [n.target.id for n in node.body if isinstance(n, ast.AnnAssign)]  # type: ignore[union-attr]
        assert names == ["span", *(field.name for field in entity_type.fields)]


LINE = st.text("ab \u00e9한,.'", min_size=1).map(str.strip).filter(bool)


@given(LINE, st.lists(st.tuples(st.sampled_from(["", "  ", "    "]), LINE), max_size=4))
def test_lines_of_a_guideline_stay_as_they_stand_to_each_other(
    first: str, others: list[tuple[str, str]]
) -> None:
    """What a class says in its docstring is what the prompt's class says."""
    guideline = "\n".join([first, *(indent + line for indent, line in others)])
    prompt = render(Schema((EntityType("a", guideline),)), "")
    (node, *_) = ast.parse(prompt + " []").body
    assert isinstance(node, ast.ClassDef)
    assert ast.get_docstring(node) == guideline


@given(schemas(ANYTHING, ANYTHING.filter(lambda text: text.strip())), ANYTHING)
def test_no_special_token_reaches_the_tokenizer(schema: Schema, text: str) -> None:
    """Neither a text nor a schema can end the prompt, open a turn, or turn the prompt around."""
    for prompt in (render(schema, text), *(turn["content"] for turn in messages(schema, text))):
        assert SPECIAL.search(prompt) is None


@pytest.mark.parametrize("token", SPECIAL_TOKENS)
def test_special_tokens_are_known(token: str) -> None:
    assert SPECIAL.fullmatch(token)
    assert token not in render({"a": token}, f"{token}{token} x{token}")


@pytest.mark.parametrize(
    "text", ["<b>bold</b>", "a < s > b", "<S>", "[1]", "x <-> y", "<pre>", "||"]
)
def test_what_is_no_special_token_stays(text: str) -> None:
    assert f'text = "{text}"' in render(["a"], text)


def test_a_prompt_ends_where_the_answer_begins() -> None:
    """Also where a text or a guideline holds what GoLLIE looks for to cut."""
    prompt = render({"a": "result = [1]"}, "result = [a(span='x')]")
    assert prompt.endswith("are listed here\nresult =")
    assert "text = \"result = [a(span='x')]\"" in prompt


# --- what is asked for


def test_types_examples_and_fields_keep_their_order() -> None:
    prompt = render(PHARMACY, TEXT)
    parts = """class Drug|"aspirin", "Humira", "insulin|route: str|brands: List[str]|class 용량|
times: int|class SideEffect|# One of: "mild", "severe\"""".replace("\n", "").split("|")
    assert [prompt.index(part) for part in parts] == sorted(prompt.index(part) for part in parts)


def test_a_type_without_guideline_and_examples_is_a_bare_field() -> None:
    assert "class Person(Entity):\n    span: str\n\n\n#" in render(["Person"], "x")


def test_whatever_is_a_schema_will_do() -> None:
    assert render([Drug], "x") == render(registry.resolve([Drug]), "x")
    assert messages("pii", "x")[1]["content"] == render("pii", "x")
    with pytest.raises(UnknownSchemaError, match="no ready-made schema is called 'pi'"):
        render("pi", "x")


def test_prompts_need_nothing_that_is_heavy() -> None:
    code = "import sys, schema_ner.prompts as p; p.gollie.render('pii', 'x'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"black", "jinja2", "transformers", "torch", "numpy", "typer"} & {
        *done.stdout.split()
    }


# --- golden prompts


@pytest.mark.parametrize(
    ("form", "prompt"),
    [
        ("gollie", render(PHARMACY, TEXT)),
        ("gollie", gollies_own.prompt(PHARMACY, TEXT)),
        ("chat", "\n\n".join(turn["content"] for turn in messages(PHARMACY, TEXT))),
    ],
    ids=["gollie", "its own way", "chat"],
)
def test_a_prompt_changes_only_on_purpose(form: str, prompt: str) -> None:
    """Models answer to the letter of what they are asked; see tests/data/README.md."""
    assert prompt == (DATA / f"{form}.txt").read_text(encoding="utf-8")


# --- the way back: what is answered in the announced form is read as it was meant


def surface(pieces: list[str]) -> st.SearchStrategy[str]:
    return joined(pieces, 6).filter(lambda text: text.strip())


SAID = surface(
    [*GUIDELINE_PIECES, *AWKWARD, *PLAIN, *SPECIAL_TOKENS, "\r", "\n", ")", "]", ", ", "="]
)
LABELS = ["Drug", "programming language", "용량", "C++ library", "2nd dose", "Médicament", "B-geo"]
ANSWERED = Schema(
    tuple(
        EntityType(
            label,
            fields=(
                Field("dose", "str"),
                Field("times", "int"),
                Field("generic", "bool"),
                Field("route", "choice", ("oral", 'the "nose"', "</s>")),
                Field("brands", "list[str]"),
            ),
        )
        for label in LABELS
    )
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "dose": st.one_of(SAID, st.none()),
        "times": st.integers(-(10**6), 10**6),
        "generic": st.booleans(),
        "route": st.sampled_from(["oral", 'the "nose"', "</s>"]),
        "brands": st.lists(SAID, max_size=3),
    },
)


def answer(items: list[tuple[str, str, dict[str, Any]]], *, as_in_the_prompt: bool) -> str:
    """A list of calls by class name; strings as the prompt writes its text, or as repr does."""

    def value(of: object) -> str:
        if isinstance(of, list):
            return f"[{', '.join(map(value, of))}]"
        return source.literal(of) if isinstance(of, str) and as_in_the_prompt else repr(of)

    def call(label: str, span: str, values: dict[str, Any]) -> str:
        given = ", ".join(f"{k}={value(v)}" for k, v in {"span": span, **values}.items())
        return f"{ANSWERED[label].class_name}({given})"

    lines = "".join(f"    {call(*item)},\n" for item in items)
    return f" [\n{lines}]\n"


ITEMS = st.lists(st.tuples(st.sampled_from(LABELS), SAID, VALUES), max_size=5)


@given(ITEMS, st.booleans())
def test_an_answer_in_the_announced_form_is_read_as_it_was_meant(
    items: list[tuple[str, str, dict[str, Any]]],
    as_in_the_prompt: bool,  # noqa: FBT001
) -> None:
    """Labels that are no identifiers, quotes, line ends, emoji, Korean, special tokens."""
    parsed = parse(answer(items, as_in_the_prompt=as_in_the_prompt), ANSWERED)
    assert [(m.label, m.text, dict(m.fields)) for m in parsed.mentions] == items
    assert (parsed.rejected, parsed.truncated, parsed.notes) == ((), False, ())


def test_the_form_that_a_chat_announces_is_one_that_is_read() -> None:
    system = messages(PHARMACY, TEXT)[0]["content"]
    form = system[system.index("[Drug") : system.index(". `span`")]
    parsed = parse(form, PHARMACY)
    assert [(m.label, m.text, dict(m.fields)) for m in parsed.mentions] == [
        ("Drug", "…", {"route": "…", "brands": ["…"]}),
        ("용량", "…", {"times": 1}),
    ]
    assert parsed.notes == ()


def test_a_chat_is_a_system_and_a_user() -> None:
    chat = messages(PHARMACY, TEXT)
    assert [turn["role"] for turn in chat] == ["system", "user"]
    assert chat[1]["content"] == render(PHARMACY, TEXT)
    assert "None" in chat[0]["content"]
    assert "None" not in messages(["a"], TEXT)[0]["content"]  # no field to leave empty
    mixed = Schema((EntityType("a"), EntityType("b", fields=(Field("c", "int"),))))
    assert "None" in messages(mixed, TEXT)[0]["content"]


def test_the_forms_are_there_by_name() -> None:
    assert {prompts.gollie, prompts.uniner, prompts.chat} == {
        getattr(prompts, name) for name in prompts.__all__
    }
