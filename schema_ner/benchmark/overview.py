"""The parts of a report that say what was run, how good it was, and what it cost.

Here: what ``metrics.json`` holds, as HTML.  A figure that it lacks is left out.  Not here: the
figures themselves (``metrics``), mistakes (``sections``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema_ner import scoring
from schema_ner.benchmark import page
from schema_ner.benchmark.page import Cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schema_ner.benchmark.judging import Judged
    from schema_ner.benchmark.run import Run

# what a reader asks first, and what it is called there; everything else is folded away
_FIRST = {
    "model": "model",
    "precision": "precision",
    "schema": "schema",
    "name": "data set",
    "data": "file",
    "samples": "samples",
    "seed": "seed",
    "exclude": "not counted",
    "versions": "versions",
}
_OTHERS = {
    "model_given": "asked for as",
    "prompt": "form of prompts",
    "class_order": "types, in order",
    "schema_hash": "hash of the schema",
    "data_hash": "hash of the texts",
    "data_texts": "texts in the file",
    "data_format": "format",
}
_COMMAND = "command"
_LONGEST = 2_000  # characters of one setting
_MAIN = "strict"
_BESIDE = ("precision", "recall")
_TIMES = (
    ("total_time", "seconds in all", "{:,.4g}"),
    ("average_time_per_sample", "seconds a text", "{:,.4g}"),
    ("samples_per_second", "texts a second", "{:,.4g}"),
)
_FEW = 30  # texts; below, an interval is a guess


def lead(samples: Sequence[Judged]) -> str:
    """The line below the title: how much was read."""
    mentions = sum(len(each.sample.gold.spans) for each in samples)
    types = len({span.label for each in samples for span in each.sample.gold.spans})
    failed = sum(bool(each.failure) for each in samples)
    said = [_many(len(samples), "text"), _many(mentions, "gold mention"), _many(types, "type")]
    said[1:] = [f"{said[1]} of {said[2]}"]
    if failed:
        said.append(f'<b class="alarm">{_many(failed, "text")} failed</b>')
    return f"<p>{' · '.join(said)}</p>"


def settings(run: Run) -> str:
    """What was run, and how to run it again."""
    given = dict(run.settings)
    command = given.pop(_COMMAND, None)
    if isinstance(command, list | tuple):
        command = " ".join(map(str, command))
    names = {**_OTHERS, **{key: key.replace("_", " ") for key in given if key not in _OTHERS}}
    first = page.facts(_facts(given, _FIRST))
    others = _facts(given, {key: name for key, name in names.items() if key not in _FIRST})
    again = f"<h3>Command</h3><pre>{page.words(str(command))}</pre>" if command else ""
    folded = "<details><summary>All other settings</summary>" + page.facts(others) + "</details>"
    return f"{first}{again}{folded if others else ''}"


def _facts(given: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str]]:
    pairs = ((name, _value(given[key])) for key, name in names.items() if key in given)
    return [(name, html) for name, html in pairs if html]


def _value(value: Any) -> str:  # noqa: ANN401  # whatever a setting is
    if value is None or value == "":
        return ""
    return page.words(page.cut(_plain(value), _LONGEST))


def _plain(value: Any) -> str:  # noqa: ANN401  # likewise
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return "none"
        case dict():
            if len(value) > 1 and len({repr(one) for one in value.values()}) == 1:
                return f"{_plain(next(iter(value.values())))} (all {len(value)})"
            return " · ".join(f"{key} {_plain(one)}" for key, one in value.items() if one != {})
        case list() | tuple():
            return ", ".join(map(_plain, value))
    return str(value)


def figures(run: Run) -> str:
    """The headline figures."""
    metrics, strict = run.metrics, _convention(run, _MAIN)
    parts = []
    for figure, title in (("f1", "F1, strict"), ("precision", "precision"), ("recall", "recall")):
        value = strict.get(figure, metrics.get(f"overall_{figure}"))
        if _is_number(value):
            interval = _from_to(strict, figure)
            shown = f"{value:.3f}" + (f"<small>{interval}</small>" if interval else "")
            parts.append(_figure(title, shown, css="first" if figure == "f1" else ""))
    for key, title, form in (("samples_per_second", "texts a second", "{:,.3g}"), *_TIMES[:1]):
        if _is_number(value := metrics.get(key)):
            parts.append(_figure(title, page.took(form.format(value))))
    if _is_number(money := metrics.get("cost")):
        parts.append(_figure("cost", f"${money:,.4f}"))
    how = _how_drawn(next(iter(_intervals(strict).values()), {}))
    return f'<dl class="figures">{"".join(parts)}</dl>{page.note(how)}' if parts else ""


def _figure(title: str, html: str, css: str = "") -> str:
    return f'<div class="{css}"><dt>{title}</dt><dd>{html}</dd></div>'


def conventions(run: Run) -> str:
    """Every convention: its figures with intervals, and when it takes a span for right."""
    there = run.metrics.get("conventions", {})
    names = sorted(there, key=lambda name: (name != _MAIN, name))
    rows = [(name * (at == 0), *row) for name in names for at, row in enumerate(_rows(run, name))]
    if not rows:
        return ""
    header = ("convention", "figure", "value", "interval", "precision", "recall")
    meaning = [(name, page.words(said)) for name in names if (said := _definition(run, name))]
    return (
        f"{page.note('The same predictions, counted by different rules.')}"
        f'<div class="narrow">{page.table(header, rows, name="conventions")}</div>'
        f"<details><summary>When a span is right</summary>{page.facts(meaning)}</details>"
    )


def _definition(run: Run, name: str) -> str:
    said = _convention(run, name)
    failed = f" Not counted: {said['error']}" if said.get("error") else ""
    return f"{said.get('definition', '')}{failed}"


def _rows(run: Run, name: str) -> Iterator[Sequence[Cell | str]]:
    """One row for each figure that a convention is about."""
    said = _convention(run, name)
    rule = scoring.find(name) if name in scoring.names() else None
    for at, headline in enumerate(rule.headlines if rule else ()):
        value = said.get("headline", {}).get(headline.figure)
        if _is_number(value):
            is_f1 = headline.figure == "f1"
            figure = f"{said.get('average', 'micro')} F1" if is_f1 else headline.name
            beside = [said.get(each) if not at else None for each in _BESIDE]
            yield (
                Cell(page.words(figure), css="nowrap"),
                page.number(value, 3),
                Cell(_from_to(said, headline.figure), css="n"),
                *(page.number(each, 3) for each in beside),
            )


def cost(run: Run, samples: Sequence[Judged]) -> str:
    """Time, tokens and money."""
    metrics = run.metrics
    pairs = [
        (name, page.took(form.format(metrics[key])))
        for key, name, form in _TIMES
        if _is_number(metrics.get(key))
    ]
    usages = [each.sample.predicted.usage for each in samples]
    seconds = sorted(usage.seconds for usage in usages if usage.seconds is not None)
    if seconds:
        middle, late = seconds[len(seconds) // 2], seconds[int(0.95 * (len(seconds) - 1))]
        spread = f"{middle:.3g} s, 95 % within {late:.3g} s, the longest {seconds[-1]:.3g} s"
        pairs.append(("the median text", page.took(spread)))
    tokens = metrics.get("tokens")
    for key, name in (("in", "tokens read"), ("out", "tokens written"), ("passes", "model passes")):
        count = tokens.get(key) if isinstance(tokens, dict) else None
        pairs.append((name, f"{count:,}" if _is_number(count) else "unknown"))
    money = metrics.get("cost")
    pairs.append(("cost", f"${money:,.4f}" if _is_number(money) else "unknown"))
    return page.facts(pairs)


def foot(run: Run) -> str:
    """The bottom line."""
    versions = run.settings.get("versions")
    own = versions.get("schema-ner", "") if isinstance(versions, dict) else ""
    return page.words(
        f"Made by {f'schema-ner {own}'.strip()}. Beside this page: metrics.json has every figure, "
        "predictions.jsonl every text, errors.txt every mistake."
    )


def _convention(run: Run, name: str) -> Mapping[str, Any]:
    found = run.metrics.get("conventions", {}).get(name, {})
    return found if isinstance(found, dict) else {}


def _intervals(said: Mapping[str, Any]) -> Mapping[str, Any]:
    found = said.get("intervals", {})
    return found if isinstance(found, dict) else {}


def _from_to(said: Mapping[str, Any], figure: str) -> str:
    match _intervals(said).get(figure):
        case {"low": float(low) | int(low), "high": float(high) | int(high)}:
            return f"{low:.3f} to {high:.3f}"
    return ""


def _how_drawn(interval: Mapping[str, Any]) -> str:
    match interval:
        case {"level": float(level), "texts": int(texts), "resamples": int(times), "seed": seed}:
            few = f" Fewer than {_FEW} texts say little about others." * (texts < _FEW)
            return (
                f"With {100 * level:g} % intervals: percentile bootstrap over "
                f"{_many(texts, 'text')}, {times:,} resamples, seed {seed}.{few}"
            )
    return ""


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
