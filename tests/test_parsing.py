"""What a model answered → mentions and rejected items: nothing is run, nothing is lost."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import texts

from schema_ner.mentions import Mention
from schema_ner.parsing import MAX_SHOWN, Parsed, parse
from schema_ner.parsing.literals import token_at, unescaped
from schema_ner.schema import EntityType, Field, Schema

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = Schema(
    (
        EntityType(
            "Drug",
            fields=(
                Field("dose", "str"),
                Field("times", "int"),
                Field("generic", "bool"),
                Field("route", "choice", ("oral", "nasal")),
                Field("brands", "list[str]"),
            ),
        ),
        EntityType("Dose"),
        EntityType("programming language"),
        EntityType("약물"),
        EntityType("Médicament"),
    )
)


def kept(parsed: Parsed) -> list[str]:
    return [f"{mention.label}: {mention.text}" for mention in parsed.mentions]


def statuses(parsed: Parsed) -> list[str]:
    return [item.status for item in parsed.rejected]


WELL_MEANT = [
    pytest.param("[Drug(span='aspirin')]", ["Drug: aspirin"], id="the form itself"),
    pytest.param("[]", [], id="an empty list says that there is nothing"),
    pytest.param(" [\n]\n", [], id="blanks in an empty list change nothing"),
    pytest.param("None", [], id="None says that there is nothing"),
    pytest.param("```python\nresult = None\n```", [], id="None in a fence says so as well"),
    pytest.param("", [], id="an empty answer is no item"),
    pytest.param(" \n\t\x00", [], id="a blank answer is no item"),
    pytest.param(
        " [\n    Drug(span='a'),\n    Dose(span=\"1 mg\"),\n]\n",
        ["Drug: a", "Dose: 1 mg"],
        id="one item a line, with a trailing comma",
    ),
    pytest.param(
        "[\n    Drug(\n        span='a'\n    ),\n]", ["Drug: a"], id="an item on three lines"
    ),
    pytest.param("result = [Drug(span='a')]", ["Drug: a"], id="the prompt's last words repeated"),
    pytest.param("```python\n[Drug(span='a')]\n```", ["Drug: a"], id="a code fence around it"),
    pytest.param(
        "Sure! Here is the list [as requested], see [1]:\n\n[Drug(span='a')]\n\nHope it's of use.",
        ["Drug: a"],
        id="prose before and after, with brackets and an apostrophe",
    ),
    pytest.param("Drug(span='a')", ["Drug: a"], id="an item without a list"),
    pytest.param(
        "\n    Drug(span='a'),\n    Dose(span='b'),\n]",
        ["Drug: a", "Dose: b"],
        id="a list whose opening bracket was part of the prompt",
    ),
    pytest.param(
        "I found Drug(span='a') and Dose(span='b').", ["Drug: a", "Dose: b"], id="items in prose"
    ),
    pytest.param(
        "[Drug(span='a')\n Dose(span='b')]", ["Drug: a", "Dose: b"], id="a comma forgotten"
    ),
    pytest.param("[Drug(span='a'),, Dose(span='b'),]", ["Drug: a", "Dose: b"], id="a comma twice"),
    pytest.param(
        "[[Drug(span='a')], [Dose(span='b')]]", ["Drug: a", "Dose: b"], id="lists in a list"
    ),
    pytest.param("[Drug(span='a')]\n[Dose(span='b')]", ["Drug: a", "Dose: b"], id="two lists"),
    pytest.param("(Drug(span='a'))", ["Drug: a"], id="round brackets around it"),
    pytest.param(
        "[Drug('a'), Drug('b', '1 mg')]", ["Drug: a", "Drug: b"], id="no name of argument"
    ),
    pytest.param("[Drug( span = 'a' , )]", ["Drug: a"], id="blanks and a comma within a call"),
    pytest.param(
        "[  # two\n Drug(span='a'),  # it's one\n # Drug(span='x')\n Dose(span='b')  # ]\n]",
        ["Drug: a", "Dose: b"],
        id="comments, also with quotes, items and brackets in them",
    ),
    pytest.param(
        "[Drug(span=“a”), Drug(span=‘b’)]", ["Drug: a", "Drug: b"], id="typographic quotes"
    ),
    pytest.param("[Drug(span=«a»), Drug(span=„b“)]", ["Drug: a", "Drug: b"], id="quotes of Europe"),
    pytest.param(
        "[Drug(span='say “a”'), Drug(span=“it's ‘b’”)]",
        ["Drug: say “a”", "Drug: it's ‘b’"],
        id="quotes of another kind within quotes",
    ),
    pytest.param(
        "[Drug(span='Crohn's disease'), Drug(span='b')]",
        ["Drug: Crohn's disease", "Drug: b"],
        id="an apostrophe that should have been escaped",
    ),
    pytest.param(
        "[Drug(span=‘Crohn’s disease’), Drug(span='rock 'n' roll', dose='boys' choice')]",
        ["Drug: Crohn’s disease", "Drug: rock 'n' roll"],
        id="several apostrophes",
    ),
    pytest.param(
        "[Drug(span='the boys', he said'), Drug(span='(the 'Who') band')]",
        ["Drug: the boys', he said", "Drug: (the 'Who') band"],
        id="apostrophes before a comma and before a bracket",
    ),
    pytest.param(
        '[Drug(span="5" tube"), Drug(span="b")]', ['Drug: 5" tube', "Drug: b"], id="an inch sign"
    ),
    pytest.param(
        r"""[Drug(span='it\'s'), Drug(span="a \"b\""), Drug(span='\x41\u00e9\U0001f600\t\\')]""",
        ["Drug: it's", 'Drug: a "b"', "Drug: Aé😀\t\\"],
        id="escapes",
    ),
    pytest.param(
        r"[Drug(span=r'C:\new'), Drug(span=u'b')]", [r"Drug: C:\new", "Drug: b"], id="r u"
    ),
    pytest.param(
        "[Drug(span='''it's \"a\"\nb''')]", ['Drug: it\'s "a"\nb'], id="three quotes over two lines"
    ),
    pytest.param("[Drug(span='a'\n 'b')]", ["Drug: ab"], id="two literals side by side are one"),
    pytest.param("[Drug(span=('a'))]", ["Drug: a"], id="round brackets around a literal"),
    pytest.param("[Drug(span='New\nYork')]", ["Drug: New\nYork"], id="a line break not escaped"),
    pytest.param("[Dose(span=1990), Dose(span=-2.5)]", ["Dose: 1990", "Dose: -2.5"], id="numbers"),
    pytest.param("[Drug(span='a\x00b')\x00]", ["Drug: a\x00b"], id="NUL"),
    pytest.param(
        "[Drug(span='result = [Drug(span=\"x\")]'), Dose(span='), Drug(')]",
        ['Drug: result = [Drug(span="x")]', "Dose: ), Drug("],
        id="code within a mention is part of the mention",
    ),
    pytest.param(
        "[ProgrammingLanguage(span='C'), programming language(span='D')]",
        ["programming language: C", "programming language: D"],
        id="class name or label",
    ),
    pytest.param(
        "[\u110b\u1163\u11a8\u1106\u116e\u11af(span='a'), Me\u0301dicament(span='b')]",
        ["약물: a", "Médicament: b"],
        id="names in decomposed form",
    ),
    pytest.param(
        "# This is the text to analyze\ntext = \"[Drug(span='x')]\"\n\nresult = [Drug(span='a')]",
        ["Drug: a"],
        id="the prompt repeated, with a list in its text",
    ),
]


@pytest.mark.parametrize(("answer", "mentions"), WELL_MEANT)
def test_what_can_be_read_is_read(answer: str, mentions: list[str]) -> None:
    parsed = parse(answer, SCHEMA)
    assert kept(parsed) == mentions
    assert (parsed.rejected, parsed.truncated) == ((), False)


LOST = [
    pytest.param("No entities here.", [], "unparseable", id="prose is one thing that was said"),
    pytest.param("[Drgu(span='a')]", [], "out_of_schema", id="no such type"),
    pytest.param("[drug(span='a')]", [], "out_of_schema", id="names are matched by their case"),
    pytest.param("[print('a')]", [], "out_of_schema", id="a call of something else"),
    pytest.param("[Drug()]", [], "unparseable", id="no span"),
    pytest.param("[Drug(dose='1 mg')]", [], "unparseable", id="a field and no span"),
    pytest.param("[Drug(span='')]", [], "unparseable", id="an empty span"),
    pytest.param("[Drug(span=' ')]", [], "unparseable", id="a blank span"),
    pytest.param("[Drug(span=None)]", [], "unparseable", id="None as a span"),
    pytest.param("[Drug(span=['a'])]", [], "unparseable", id="a list as a span"),
    pytest.param("[Drug(span=('a',))]", [], "unparseable", id="a tuple as a span"),
    pytest.param("[Drug(span=aspirin)]", [], "unparseable", id="a span without quotes"),
    pytest.param("[Drug(span='a', span='b')]", [], "unparseable", id="two spans"),
    pytest.param("[Drug('a', span='b')]", [], "unparseable", id="two spans, one without a name"),
    pytest.param("[Drug]", [], "unparseable", id="a class and no call"),
    pytest.param("[Drug(span='a'), ...]", ["Drug: a"], "unparseable", id="and so on"),
    pytest.param("['a', 'b']", [], "unparseable unparseable", id="a list of texts"),
    pytest.param("[{'span': 'a'}, {'span': 'b, c'}]", [], "unparseable unparseable", id="dicts"),
    pytest.param("[('Drug', 'a')]", [], "unparseable", id="a tuple"),
    pytest.param(
        "[Drug(span='a'), Drug(span='b'}]", ["Drug: a"], "unparseable", id="a wrong bracket"
    ),
    pytest.param(
        "[Drug(span='a'], Dose(span='b')]", ["Dose: b"], "unparseable", id="a bracket forgotten"
    ),
    pytest.param(
        "[Drug(span='a', Dose(span='b')]", ["Dose: b"], "unparseable", id="the next item in a call"
    ),
    pytest.param(
        "[Drug(span='a), Dose(span='b')]", ["Dose: b"], "unparseable", id="a quote forgotten"
    ),
    pytest.param(
        '[\n  Drug(span=\'a),\n  Dose(span="b"),\n]',
        ["Dose: b"],
        "unparseable",
        id="a quote forgotten at the end of a line",
    ),
    pytest.param(
        "[Drug(span='a'),\n  Drug(span='b\n]", ["Drug: a"], "unparseable", id="in the last"
    ),
    pytest.param(
        "[Drug(span='a')]\n\ntext = 'Take b.'\nresult = [Drug(span='b')]",
        ["Drug: a"],
        "hallucinated",
        id="a base model goes on with a text of its own",
    ),
    pytest.param("[Drug(span='a') for x in y]", [], "unparseable", id="a comprehension"),
    pytest.param(
        "[Drug(span='a').span, Dose(span='b')]", ["Dose: b"], "unparseable", id="attribute"
    ),
    pytest.param("[Drug(span='a')(span='b')]", [], "unparseable", id="a call of a call"),
    pytest.param("[lambda: Drug(span='a')]", [], "unparseable", id="a lambda"),
    pytest.param(
        "[Drug(span='a'.upper()), Drug(span=f'{1}'), Drug(span=b'a'), Drug(span='a' + 'b')]",
        [],
        "unparseable unparseable unparseable unparseable",
        id="values that would have to be computed",
    ),
    pytest.param(
        "[Drug(span=__import__('os').system('x')), __import__('os').system('x'), eval('1')]",
        [],
        "unparseable unparseable out_of_schema",
        id="code",
    ),
    pytest.param("[Drug(" + "x, " * 20_000 + ")]", [], "unparseable", id="an item without measure"),
    pytest.param(
        "[" + "x" * 5_000 + "(span='a')]", [], "out_of_schema", id="a name without measure"
    ),
]


@pytest.mark.parametrize(("answer", "mentions", "rejected"), LOST)
def test_what_cannot_be_read_is_told(answer: str, mentions: list[str], rejected: str) -> None:
    parsed = parse(answer, SCHEMA)
    assert kept(parsed) == mentions
    assert statuses(parsed) == rejected.split()
    assert not parsed.truncated
    assert all(0 < len(item.text) <= MAX_SHOWN and item.reason for item in parsed.rejected)


CUT = [
    pytest.param("[", [], [], id="behind the opening bracket"),
    pytest.param("[Dr", [], ["Dr"], id="within a name"),
    pytest.param("[Drug(span='a'), Drug(", ["Drug: a"], ["Drug("], id="behind a bracket"),
    pytest.param(
        "[Drug(span='a'), Drug(span='as", ["Drug: a"], ["Drug(span='as"], id="within a text"
    ),
    pytest.param("[Drug(span='as\\", [], ["Drug(span='as\\"], id="within an escape"),
    pytest.param("[Drug(span='a'", [], ["Drug(span='a'"], id="before the bracket of an item"),
    pytest.param("[Drug(span='a')", ["Drug: a"], [], id="behind an item"),
    pytest.param("[Drug(span='a'),\n  ", ["Drug: a"], [], id="between two items"),
    pytest.param("[Drug(span='a', brands=['b", [], ["Drug(span='a', brands=['b"], id="in a field"),
    pytest.param(
        "```python\n[Drug(span='a'),\n Drug(span='as\n```\nThere are more.",
        ["Drug: a"],
        ["Drug(span='as"],
        id="by a fence",
    ),
    pytest.param("Drug(span='a')\nDrug(span=", ["Drug: a"], ["Drug(span="], id="without a list"),
]


@pytest.mark.parametrize(("answer", "mentions", "rejected"), CUT)
def test_a_cut_answer_keeps_every_whole_item(
    answer: str, mentions: list[str], rejected: list[str]
) -> None:
    parsed = parse(answer, SCHEMA)
    assert parsed.truncated
    assert kept(parsed) == mentions
    assert [(item.status, item.text) for item in parsed.rejected] == [
        ("truncated", t) for t in rejected
    ]


@pytest.mark.parametrize(
    ("answer", "text", "label", "reason"),
    [
        ("[Drgu(span='a')]", "a", "Drgu", "the schema has no type 'Drgu'"),
        ("[Drug()]", "Drug()", "Drug", "it has no span, or one that is no text"),
        ("[Drug(span='')]", "Drug(span='')", "Drug", "its span is empty"),
        ("['a']", "'a'", None, "this is no item of the form Name(span='…')"),
        ("[Drug(span='a], x]", "Drug(span='a], x]", "Drug", "the answer ends inside this item"),
        ("Nothing.", "Nothing.", None, "the answer holds no list of items"),
    ],
)
def test_a_rejected_item_says_what_and_why(
    answer: str, text: str, label: str | None, reason: str
) -> None:
    (item,) = parse(answer, SCHEMA).rejected
    assert (item.text, item.label, item.reason) == (text, label, reason)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param('dose="20 mg"', {"dose": "20 mg"}, id="a text"),
        pytest.param("dose=None", {"dose": None}, id="None"),
        pytest.param("times=3", {"times": 3}, id="a number"),
        pytest.param("times=-3", {"times": -3}, id="a negative number"),
        pytest.param("generic=True", {"generic": True}, id="a truth"),
        pytest.param("generic=false", {"generic": False}, id="a truth as JSON writes it"),
        pytest.param("route='nasal'", {"route": "nasal"}, id="a choice"),
        pytest.param("brands=['A', \"B\",]", {"brands": ["A", "B"]}, id="a list of texts"),
        pytest.param("brands=('A', 'B')", {"brands": ["A", "B"]}, id="a tuple of texts"),
        pytest.param("brands=[]", {"brands": []}, id="an empty list"),
        pytest.param("times=3, dose='x'", {"times": 3, "dose": "x"}, id="two fields"),
    ],
)
def test_a_field_of_its_kind_is_kept(written: str, value: dict[str, object]) -> None:
    (mention,) = parse(f"[Drug(span='a', {written})]", SCHEMA).mentions
    assert mention == Mention("a", "Drug", fields=value)
    assert [type(v) for v in mention.fields.values()] == [type(v) for v in value.values()]


@pytest.mark.parametrize(
    ("written", "fields", "note"),
    [
        ("dose=20", {"dose": None}, "the value of 'dose' is no str"),
        ("times='3'", {"times": None}, "the value of 'times' is no int"),
        ("times=True", {"times": None}, "the value of 'times' is no int"),
        ("times=" + "9" * 5000, {"times": None}, "the value of 'times' is no int"),
        ("generic=1", {"generic": None}, "the value of 'generic' is no bool"),
        ("route='rectal'", {"route": None}, "the value of 'route' is no choice"),
        ("brands=['A', 1]", {"brands": None}, "the value of 'brands' is no list[str]"),
        ("brands=[['A']]", {"brands": None}, "the value of 'brands' is no list[str]"),
        ("dose=Dose(span='x')", {"dose": None}, "the value of 'dose' is no str"),
        ("dose=open('x').read()", {"dose": None}, "the value of 'dose' is no str"),
        ("colour='red'", {}, "it has no field 'colour'"),
        ("dose='x', dose='y'", {"dose": "x"}, "a second value of 'dose'"),
    ],
)
def test_a_bad_field_costs_the_value_and_not_the_mention(
    written: str, fields: dict[str, object], note: str
) -> None:
    parsed = parse(f"[Drug(span='a', {written})]", SCHEMA)
    assert parsed.mentions == (Mention("a", "Drug", fields=fields),)
    assert parsed.rejected == ()
    assert parsed.notes == (f"Drug: left out: {note}",)


@pytest.mark.parametrize(
    "answer",
    [
        "[__import__('os').system('true')]",
        "[Drug(span=__import__('os').system('true'))]",
        "[Drug(span='a', dose=__import__('os').system('true'))]",
        '[Drug(span=f\'{__import__("os").system("true")}\')]',
        "[Drug(span=(lambda: 1)())]",
        "[Drug(span='a') for _ in iter(int, 1)]",
        "exec('1')\n[Drug(span=eval('1'))]",
        "[Drug(**{'span': 'a'})]",
    ],
)
def test_nothing_is_ever_run(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("model text was run")

    with monkeypatch.context() as patched:
        for name in ("eval", "exec", "compile", "__import__"):
            patched.setattr(builtins, name, forbidden)
        parsed = parse(answer, SCHEMA)
    assert len(parsed.mentions) + len(parsed.rejected) == 1


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        pytest.param("[]", [], id="nothing"),
        pytest.param(
            " [\n    Drug(span=\"a\"),\n    Dose(span='b'),\n]",
            ['Drug(span="a")', "Dose(span='b')"],
            id="the calls, without commas and blanks",
        ),
        pytest.param(
            "[Drug(span='a'), Drgu(span='b'), Drug(), Dose(span='c')]",
            ["Drug(span='a')", "Dose(span='c')"],
            id="none of what was rejected",
        ),
        pytest.param(
            "I see Drug(span='a') and ```\n[Drug(span='b') Dose( span = 'c' , )",
            ["Drug(span='a')", "Drug(span='b')", "Dose( span = 'c' , )"],
            id="in prose and in a list that was cut",
        ),
        pytest.param("[[Drug(span='😀')], Dose('b')]", ["Drug(span='😀')", "Dose('b')"], id="deep"),
    ],
)
def test_each_mention_has_its_place_in_the_answer(answer: str, written: list[str]) -> None:
    parsed = parse(answer, SCHEMA)
    assert [answer[start:end] for start, end in parsed.places] == written
    assert len(parsed.mentions) == len(written)


HOSTILE = [
    "[", "'", "A(", "Drug(", "(' ", "'a'b", '"""', "=('", " #", "[#", "\n", "['\n", "\\", "'\\",
    "}", "{", "a\u0301", "\u0301\u0323", "Drug(span='", "Drug(span='a') ", "text='", "'a'\n",
    "Drug(span='a', brands=['b',", "='x=(", "= ", "A", "\x00",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("start", ["", "["], ids=["prose", "list"])
def test_repetition_takes_linear_time(unit: str, start: str) -> None:
    """Quadratic time would be minutes; recursion would be a RecursionError."""
    parsed = parse(start + unit * (100_000 // len(unit)), SCHEMA)
    assert all(len(item.text) <= MAX_SHOWN for item in parsed.rejected)


@pytest.mark.parametrize("unit", ["[", "'", "A(", "Drug(span='a'), "])
def test_a_million_characters_come_back(unit: str) -> None:
    parsed = parse("[" + unit * (1_000_000 // len(unit)), SCHEMA)
    assert parsed.truncated


ANSWER = """[
    Drug(span="aspirin"),
    Dose(span='two tablets'),
    Drug(span="Crohn's"),
    Dose(span='20 mg'),
]"""


@pytest.mark.parametrize("extra", ["", "'", '"', "(", ")", "[", "]", ",", "x"])
def test_one_wrong_character_costs_one_item(extra: str) -> None:
    """Any character of the list dropped or replaced: no more than one item suffers."""
    for place in range(1, len(ANSWER) - 1):
        parsed = parse(ANSWER[:place] + extra + ANSWER[place + 1 :], SCHEMA)
        said = {mention.text for mention in parsed.mentions}
        sound = {"aspirin", "two tablets", "Crohn's", "20 mg"} & said
        assert len(sound) >= 3, (place, parsed)


# --- properties ---------------------------------------------------------------------------------

SHREDS = [
    "[", "]", "(", ")", "{", "}", ",", "=", "'", '"', "'''", "“", "’", "\\", "#", "\n", " ", ".",
    "```", "Drug", "Drug(", "span=", "Drug(span='", 'Dose(span="a")', "text = '", "result = ",
    "result = [", "None", "f'", "rb'", "x", "1", "-", "\x00", "\\x4", "\\N{", "brands=[", "\u0301",
    "programming language", "\ud800", "😀",
]  # fmt: skip
ANSWERS = st.one_of(
    texts(),
    st.lists(st.sampled_from(SHREDS), max_size=30).map("".join),
    st.lists(st.one_of(st.sampled_from(SHREDS), texts(3)), max_size=15).map("".join),
)


@given(ANSWERS)
def test_any_text_gives_a_result(answer: str) -> None:
    """Never an exception; labels are the schema's; nothing said is nothing lost."""
    parsed = parse(answer, SCHEMA)
    assert {mention.label for mention in parsed.mentions} <= set(SCHEMA.labels)
    assert all(mention.text.strip() for mention in parsed.mentions)
    assert all(len(item.text) <= MAX_SHOWN for item in parsed.rejected)
    for mention in parsed.mentions:
        assert set(mention.fields) <= {field.name for field in SCHEMA[mention.label].fields}
    assert len(parsed.places) == len(parsed.mentions)
    assert all(before[1] <= after[0] for before, after in pairwise(parsed.places))
    assert all(answer[start:end].endswith(")") for start, end in parsed.places)


def in_double_quotes(text: str) -> str:
    """As black prefers it: double quotes, unless that takes more backslashes."""
    single = repr(text)
    if single[0] == '"':
        return single
    double = '"' + single[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
    return double if double.count("\\") <= single.count("\\") else single


WORDS = st.one_of(
    texts(4), st.text(st.sampled_from("'\"\\,() =[]#nD“’\n"), max_size=12), st.sampled_from(SHREDS)
)
SPANS = WORDS.filter(lambda text: text.strip())
QUOTERS: list[Callable[[str], str]] = [repr, in_double_quotes, ascii]
Known = tuple[str, str, dict[str, Any]]  # class name, span, fields


@st.composite
def items(draw: st.DrawFn) -> Known:
    """An item of known content: of a type of the schema, or of another."""
    name = draw(st.sampled_from(["Drug", "Dose", "ProgrammingLanguage", "약물", "Unheard"]))
    fields: dict[str, Any] = {}
    if name == "Drug":
        optional = {
            "dose": WORDS,
            "times": st.integers(-(10**9), 10**9),
            "generic": st.booleans(),
            "route": st.sampled_from(["oral", "nasal"]),
            "brands": st.lists(WORDS, max_size=3),
        }
        fields = draw(st.fixed_dictionaries({}, optional=optional))
    return name, draw(SPANS), fields


@st.composite
def answers(draw: st.DrawFn) -> tuple[str, list[Known]]:
    """A correct answer, in one of the layouts that occur, and the items in it."""
    known = draw(st.lists(items(), max_size=6))
    quote = draw(st.sampled_from(QUOTERS))
    before, between, after = draw(
        st.sampled_from(
            [
                ("[", ", ", "]"),
                ("[\n    ", ",\n    ", ",\n]"),
                ("result = [", ",", "]"),
                (" [ ", " ,\n", " ]"),
            ]
        )
    )

    def literal(value: object) -> str:
        if isinstance(value, list):
            return "[" + ", ".join(map(literal, value)) + "]"
        return quote(value) if isinstance(value, str) else repr(value)

    def call(item: Known) -> str:
        name, span, fields = item
        arguments = [
            f"span={quote(span)}",
            *(f"{key}={literal(value)}" for key, value in fields.items()),
        ]
        return f"{name}({', '.join(arguments)})"

    return (before + between.join(map(call, known)) + after if known else "[]"), known


def expected(known: list[Known]) -> tuple[Mention, ...]:
    labels = {t.class_name: t.label for t in SCHEMA}
    return tuple(Mention(s, labels[n], fields=f) for n, s, f in known if n in labels)


@given(answers())
def test_what_python_writes_comes_back_exactly(answer: tuple[str, list[Known]]) -> None:
    """Round trip of arbitrary Unicode, in either quote, and conservation of items."""
    text, known = answer
    parsed = parse(text, SCHEMA)
    assert parsed.mentions == expected(known)
    for mention, (start, end) in zip(parsed.mentions, parsed.places, strict=True):
        assert parse(f"[{text[start:end]}]", SCHEMA).mentions == (mention,)
    assert [(item.text, item.label) for item in parsed.rejected] == [
        (span, "Unheard") for name, span, _ in known if name == "Unheard"
    ]
    assert (parsed.truncated, parsed.notes) == (False, ())


@given(answers(), st.data())
def test_a_prefix_gives_a_prefix(answer: tuple[str, list[Known]], data: st.DataObject) -> None:
    """Cut at any character: the whole items in order, at most one cut item, never a false one."""
    text, known = answer
    cut = data.draw(st.integers(text.index("[") + 1, len(text)))
    parsed = parse(text[:cut], SCHEMA)
    whole = expected(known)
    assert parsed.mentions == whole[: len(parsed.mentions)]
    assert parsed.truncated == (cut < len(text))
    lost = statuses(parsed)
    assert lost.count("truncated") <= 1
    assert set(lost) <= {"truncated", "out_of_schema"}
    assert len(parsed.mentions) + len(lost) <= len(known)


@given(answers(), st.sampled_from(["```python\n{}\n```", "Here it's:\n{}\nThat's all.", "```\n{}"]))
def test_wrapping_changes_nothing(answer: tuple[str, list[Known]], wrapping: str) -> None:
    text, _ = answer
    bare, wrapped = parse(text, SCHEMA), parse(wrapping.format(text), SCHEMA)
    assert (wrapped.mentions, wrapped.rejected) == (bare.mentions, bare.rejected)


@given(
    st.text(st.sampled_from("\\'\"abfnrtvxuUN0178{}LATIN \nd\r"), max_size=12),
    st.sampled_from("'\""),
)
def test_strings_say_what_python_reads(body: str, quote: str) -> None:
    """Wherever Python accepts a literal without complaint, the reading is Python's."""
    assume(quote not in re.sub(r"\\.", "", body, flags=re.DOTALL))  # it would end there
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            value = ast.literal_eval(quote + body + quote)
    except (SyntaxError, ValueError, Warning):
        return
    if isinstance(value, str):
        token = token_at(quote + body + quote, 0)
        assert token is not None
        assert token.value == unescaped(body) == value
