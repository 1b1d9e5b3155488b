"""The page of a run: what is on it, that nothing is lost, and that nothing gets out of it."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from benchmark_runs import LABELS, Page, any_sample, assert_harmless, run_of, sample
from hypothesis import given
from hypothesis import strategies as st
from test_view_parts import contrast

from schema_ner.benchmark import examples, judging, overview, painting, style
from schema_ner.benchmark.report import report, write_report
from schema_ner.spans import Document, Extraction, Rejected, Usage
from schema_ner.views.colours import GROUND, INK, MUTED

if TYPE_CHECKING:
    from pathlib import Path

    from schema_ner.benchmark.run import Run

NAMES = sample(
    "Ada met Bob in the White House in Rome.",
    {"Ada": "person", "the White House": "place", "Bob": "person"},
    {"Ada": "person", "White House": "place", "Bob": "place", "Rome": "place"},
    name="names",
    rejected=(Rejected("Zoe", "person", "hallucinated", "it is nowhere in the text"),),
)
RIGHT = sample("Carla.", {"Carla": "person"}, {"Carla": "person"}, name="right")
MISSED = sample("Dora.", {"Dora": "person"}, {}, name="missed")
FAILED = replace(
    sample("Emil.", {"Emil": "person"}, {}, name="failed"),
    predicted=Extraction(
        "Emil.", (), (Rejected("Emil.", None, "failed", "out of memory"),), ((0, 5),)
    ),
)
METRICS: dict[str, Any] = {
    "overall_f1": 0.5,
    "total_time": 12.5,
    "samples_per_second": 3.0,
    "average_time_per_sample": 0.3333,
    "cost": 0.0125,
    "tokens": {"in": 1234, "out": None, "passes": 7},
    "conventions": {
        "pii": {"definition": "<sensitive>", "headline": {"f2": 0.25, "leaked": 0.75}},
        "strict": {
            "definition": "as gold has it",
            "average": "micro",
            "headline": {"f1": 0.5432},
            "precision": 0.4321,
            "recall": 0.6543,
            "f1": 0.5432,
            "intervals": {
                "f1": {
                    "low": 0.4567,
                    "high": 0.5678,
                    "level": 0.95,
                    "texts": 40,
                    "resamples": 1000,
                    "seed": 3,
                }
            },
        },
        "token": {"definition": "of tokens", "error": "there are none"},
    },
}


def page_of(run: Run) -> Page:
    return assert_harmless(report(run))


def stored(found: Page) -> dict[str, Any]:
    """What the script of a page is given."""
    ((_, said),) = [each for each in found.scripts if each[0] == "application/json"]
    data: dict[str, Any] = json.loads(said)
    return data


# --- nothing gets out of it


@given(st.lists(any_sample(), max_size=3), st.sampled_from(LABELS), st.sampled_from(LABELS))
def test_whatever_texts_and_names_hold_the_page_has_its_own_elements_only(
    samples: list[Any], model: str, command: str
) -> None:
    """No text, label, id, reason or setting adds an element, a handler or a script."""
    run = run_of(*samples, model=model, command=command, versions={command: model})
    found = page_of(run)
    assert [kind for kind, _ in found.scripts] == ["application/json", ""]
    for item in stored(found)["items"]:
        assert_harmless(item[0])


def test_the_policy_lets_one_script_run_and_nothing_load() -> None:
    found = page_of(run_of(NAMES))
    script = found.scripts[-1][1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = [value for name, value in found.attributes if name == "content" and "src" in value]
    assert policy.split("; ") == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        f"script-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not any(part in report(run_of(NAMES)) for part in ("url(", "@import", "http://"))


def test_the_same_run_gives_the_same_page(tmp_path: Path) -> None:
    run = replace(run_of(NAMES, RIGHT, FAILED), metrics=METRICS)
    for name in ("one.html", "two.html"):
        write_report(run, tmp_path / name)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


# --- what is on it, also without scripts


def test_headline_figures_stand_with_their_intervals() -> None:
    shown = page_of(replace(run_of(NAMES), metrics=METRICS)).text
    for said in ("0.543", "0.457 to 0.568", "0.432", "0.654", "$0.0125", "1,234", "12.5"):
        assert said in shown
    assert "95 % intervals: percentile bootstrap over 40 texts, 1,000 resamples, seed 3." in shown


def test_every_convention_stands_with_its_rule_and_why_it_did_not_count() -> None:
    shown = page_of(replace(run_of(NAMES), metrics=METRICS)).text
    for said in ("as gold has it", "<sensitive>", "leaked", "0.750", "Not counted: there are none"):
        assert said in shown


def test_what_was_run_is_told_whole() -> None:
    given_ = {
        "schema": "wnut17",
        "seed": 7,
        "precision": {"dtype": "int8"},
        "exclude": [],
        "data_hash": "abc123",
        "of_my_own": [1, "two"],
        "command": ["schema-ner", "x"],
    }
    shown = page_of(run_of(NAMES, **given_)).text
    for said in ("wnut17", "dtype int8", "abc123", "of my own", "1, two", "schema-ner x"):
        assert said in shown
    assert "not counted" not in shown  # nothing is excluded


def test_times_stand_in_elements_of_their_own() -> None:
    """So that two pages of one run can be told to be the same."""
    timed = replace(
        NAMES, predicted=replace(NAMES.predicted, usage=Usage(seconds=0.125, tokens_in=5))
    )
    shown = overview.cost(replace(run_of(timed), metrics=METRICS), judging.judged(run_of(timed)))
    assert '<span class="time">12.5</span>' in shown
    assert '<span class="time">0.125 s, 95 % within' in shown


def test_a_run_without_figures_or_texts_makes_a_page() -> None:
    assert "0 texts" in page_of(run_of()).text
    assert "1 text" in page_of(run_of(RIGHT)).text


def test_rejected_items_are_counted_by_status() -> None:
    shown = page_of(run_of(NAMES, FAILED)).text
    assert "person: “Zoe”, it is nowhere in the text" in shown
    assert "5 characters were read by no model" in shown
    assert "1 text failed" in shown


# --- the texts


def test_gold_and_predicted_spans_are_painted_by_what_is_wrong_with_them() -> None:
    (item,) = stored(page_of(run_of(NAMES)))["items"]
    gold, _, predicted = item[0].partition("<span>predicted</span>")
    for side, kind, mention in (
        (gold, "right", "Ada<small"),
        (gold, "boundary", "the White House<small"),
        (gold, "type", "Bob<small"),
        (predicted, "right", "Ada<small"),
        (predicted, "boundary", "White House<small"),
        (predicted, "type", "Bob<small"),
        (predicted, "spurious", "Rome<small"),
    ):
        tag = side[: side.index(f">{mention}")].rpartition("<mark")[2]
        assert f'class="sn-c{style.SLOTS[kind]}"' in tag
    assert "hallucinated</b> <bdi" in predicted


def test_a_text_without_mistakes_is_painted_once() -> None:
    (item,) = stored(page_of(run_of(RIGHT)))["items"]
    assert item[0].count("Carla<small") == 1
    assert "<span>both</span>" in item[0]


def test_texts_are_found_by_what_is_wrong_and_by_both_types() -> None:
    data = stored(page_of(run_of(NAMES, RIGHT, FAILED)))
    place, person = (data["types"].index(name) for name in ("place", "person"))
    named = {
        tuple(item[at : at + 3]) for item in data["items"][:1] for at in range(2, len(item), 3)
    }
    kinds = data["kinds"]
    assert {(kinds[kind], gold, said) for kind, gold, said in named} == {
        ("boundary", place, place),
        ("type", person, place),
        ("spurious", -1, place),
        ("hallucinated", -1, person),
    }
    assert [len(item) > 2 for item in data["items"]] == [True, False, True]
    assert kinds.index("failed") < data["wrong"] == kinds.index("rejected")


@given(st.lists(any_sample(), max_size=4))
def test_every_text_is_stored_and_every_side_shows_its_characters(samples: list[Any]) -> None:
    """What is painted, its labels aside, is the text; half characters and NUL become U+FFFD."""
    found = examples.examples(judging.judged(run_of(*samples)), LABELS)
    assert len(found.data["items"]) == len(samples)
    for item, one in zip(found.data["items"], samples, strict=True):
        ill = {
            char: "\ufffd"
            for char in one.gold.text
            if char == "\x00" or "\ud800" <= char <= "\udfff"
        }
        plain = one.gold.text.translate(str.maketrans(ill))
        sides = Page(item[0]).painted
        assert set(sides) == {plain}
        assert 1 <= len(sides) <= 2


def test_where_room_is_short_texts_with_mistakes_stay_and_the_rest_is_told() -> None:
    run = run_of(*[RIGHT] * 5, MISSED, *[RIGHT] * 5, NAMES)
    room = len(stored(page_of(run))["items"][5][0]) + len(stored(page_of(run))["items"][11][0])
    found = examples.examples(judging.judged(run), ["person", "place"], budget=room)
    assert [Page(item[0]).text[:7] for item in found.data["items"]] == ["text 6 ", "text 12"]
    assert "10 of 12 texts are left out" in found.html


def test_a_long_text_is_shown_around_its_first_mistake() -> None:
    text = "x" * 50_000 + " Ada " + "y" * 50_000
    found = examples.examples(
        judging.judged(run_of(sample(text, {"Ada": "person"}, {}))), ["person"]
    )
    (item,) = found.data["items"]
    assert "Ada<small" in item[0]
    assert len(item[0]) < 3 * painting.LONGEST
    assert "characters 49,801 to 51,801 of 100,005" in Page(item[0]).text


def test_a_text_with_a_million_overlaps_ends_neither_page_nor_others() -> None:
    text = "a" * 1_100
    spans = tuple(
        replace(NAMES.gold.spans[0], start=0, end=n, text=text[:n]) for n in range(1, 1101)
    )
    hostile = replace(
        NAMES, gold=Document(text, spans, id="h"), predicted=Extraction(text, spans[:-1])
    )
    found = page_of(run_of(hostile, MISSED))
    assert len(stored(found)["items"]) == 2


def test_the_first_texts_stand_in_the_page_itself() -> None:
    """Without a script a reader sees some texts with mistakes."""
    run = run_of(*[RIGHT] * 30, *[MISSED] * 30)
    shown = page_of(run).text
    assert shown.count("Dora.") >= examples.PAGE
    assert "Carla." not in shown


# --- colours


def mixed(one: str, other: str, share: float) -> str:
    """As ``color-mix(in srgb, one share, other)``."""
    parts = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in parts)


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_all_that_is_read_has_a_contrast_of_four_and_a_half(ground: str) -> None:
    """WCAG AA for text; 3 for bars, fields and points that must be seen."""
    ink, muted, below = (getattr(pair, ground) for pair in (INK, MUTED, GROUND))
    accent, panel, faint, strong = (
        getattr(pair, ground) for pair in (style.ACCENT, style.PANEL, style.FAINT, style.STRONG)
    )
    text = {"accent": (accent, below), "ink on panel": (ink, panel), "faint": (faint, below)}
    seen = {"border of a field": (strong, below), "bar": (accent, panel)}
    for name, hue in style.HUES.items():
        text[f"mention {name}"] = (ink, getattr(hue.tint, ground))
        seen[f"part {name}"] = (getattr(style.bar(name), ground), below)
    for name in (style.RIGHT, "missed"):  # the two shades of a matrix, at their darkest
        full = mixed(getattr(style.bar(name), ground), below, 0.45)  # as page.css says
        text[f"matrix {name}"] = (ink, full)
    text["note"] = (muted, below)
    low = {name: contrast(*pair) for name, pair in text.items() if contrast(*pair) < 4.5}
    low |= {name: contrast(*pair) for name, pair in seen.items() if contrast(*pair) < 3}
    assert low == {}


def test_the_sheet_gives_every_variable_that_it_uses() -> None:
    sheet = style.sheet()
    used = {part.split(")")[0].split(",")[0] for part in sheet.split("var(--")[1:]}
    given_ = {part.split(":")[0] for part in sheet.split("--")[1:] if ":" in part[:20]}
    assert used - given_ <= {"v", "l", "h", "sn-level", "sn-deep"}  # set where they are used


# --- the script, where there is something to run it with


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium")
def test_in_a_browser_the_filter_shows_and_counts(tmp_path: Path) -> None:
    write_report(run_of(*[RIGHT] * 30, *[MISSED] * 50), tmp_path / "report.html")
    told = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--dump-dom", tmp_path / "report.html"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "texts 1 to 20 of 50" in Page(told.stdout).text
    assert 'id="examples-filter" role="search">' in told.stdout
