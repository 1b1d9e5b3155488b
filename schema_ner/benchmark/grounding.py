"""How much a perfect model would lose in grounding, measured on annotated documents.

The grounder is handed the exact gold strings and labels, as a model without faults would write
them, and has to find their places again.  What is missing to 1.0 is lost before any model is
involved.  Further rows say what happens when the model lists things in another order, lists a
repeated entity once, gives left context, or changes the strings.

Here: the measurement and its table.  Not here: reading files (``formats``), the grounder itself.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from schema_ner.grounding import ground
from schema_ner.mentions import Mention
from schema_ner.overlap import resolve
from schema_ner.scoring import score
from schema_ner.spans import Document, gold_span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schema_ner.grounding import MentionsMode

Order = Literal["text", "label", "shuffled"]
ORDERS: tuple[Order, ...] = ("text", "label", "shuffled")
LEFT = 2  # characters of left context, where it is given


@dataclass(frozen=True, slots=True)
class Condition:
    """How the gold annotations are handed to the grounder.

    Attributes:
        rows: rows of the file joined by newlines into one document.
        order: as they stand in the text, grouped by label, or shuffled.
        left: characters of left context given with each.
        once: each surface and label is listed once, however often it is annotated.
        mentions: the grounder's mode.
        change: what is done to the strings; a key of ``CHANGES``, or ``none``.
    """

    rows: int
    order: Order = "text"
    left: int = 0
    once: bool = False
    mentions: MentionsMode = "listed"
    change: str = "none"


@dataclass(frozen=True, slots=True)
class Row:
    """What one condition gave: span micro figures, and how many items were handed over."""

    condition: Condition
    items: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Report:
    """One measurement.

    Attributes:
        documents: documents with at least one annotation; the others are left out.
        entities: their annotations.
        seed: what every shuffle and change was drawn with.
        rows: one for each condition.
    """

    documents: int
    entities: int
    seed: int
    rows: tuple[Row, ...]

    def find(self, condition: Condition) -> Row:
        """The row of a condition.  Raises KeyError."""
        for row in self.rows:
            if row.condition == condition:
                return row
        raise KeyError(condition)


def measure(documents: Sequence[Document], *, seed: int = 0, per_document: int = 10) -> Report:
    """Ground the gold annotations of documents under every condition.

    Args:
        documents: annotated documents; those without an annotation are left out.
        seed: of the shuffles and changes.
        per_document: how many documents are joined into one long one for the harder half.

    Raises:
        ValueError: ``per_document`` is not positive.
    """
    if per_document < 1:
        raise ValueError(f"per_document={per_document}; at least one row makes a document")
    annotated = [document for document in documents if document.spans]
    rows = []
    for size in dict.fromkeys((1, per_document)):
        joined = join(annotated, size)
        rows += [_measured(joined, condition, seed) for condition in _conditions(size)]
    entities = sum(len(document.spans) for document in annotated)
    return Report(len(annotated), entities, seed, tuple(rows))


def _conditions(rows: int) -> list[Condition]:
    return [
        *(Condition(rows, order) for order in ORDERS),
        Condition(rows, "shuffled", left=LEFT),
        Condition(rows, once=True),
        Condition(rows, once=True, mentions="expand"),
        *(Condition(rows, change=change) for change in CHANGES),
    ]


def join(documents: Sequence[Document], size: int) -> list[Document]:
    """Documents of so many each, their texts joined by newlines."""
    return [_joined(documents[at : at + size]) for at in range(0, len(documents), size)]


def _joined(documents: Sequence[Document]) -> Document:
    spans = []
    offset = 0
    text = "\n".join(document.text for document in documents)
    for document in documents:
        moved = ((s.start + offset, s.end + offset, s.label) for s in document.spans)
        spans += [gold_span(text, *span) for span in moved]
        offset += len(document.text) + 1
    return Document(text, tuple(spans))


def _measured(documents: Sequence[Document], condition: Condition, seed: int) -> Row:
    rng = random.Random(seed)  # noqa: S311  # repeatable, not secret
    listed = [_mentions(document, condition, rng) for document in documents]
    found = []
    for document, items in zip(documents, listed, strict=True):
        spans = ground(items, document.text, mentions=condition.mentions).spans
        found.append(resolve(spans, "flat" if condition.mentions == "expand" else "all")[0])
    result = score([document.spans for document in documents], found)
    return Row(condition, sum(map(len, listed)), result.precision, result.recall, result.f1)


def _mentions(document: Document, condition: Condition, rng: random.Random) -> list[Mention]:
    """What a model without faults would say about a document under a condition."""
    spans = list(document.spans)
    if condition.order == "label":
        spans.sort(key=lambda span: span.label)
    if condition.order == "shuffled":
        rng.shuffle(spans)
    items = []
    for span in spans:
        left = document.text[max(0, span.start - condition.left) : span.start]
        items.append(Mention(span.text, span.label, left if condition.left else ""))
    if condition.once:
        items = list(dict.fromkeys(items))
    change = CHANGES.get(condition.change)
    return items if change is None else [replace(m, text=change(m.text, rng)) for m in items]


def _swap_case(text: str, _rng: random.Random) -> str:
    return text.swapcase()


def _decompose(text: str, _rng: random.Random) -> str:
    return unicodedata.normalize("NFD", text)


def _hard_blanks(text: str, _rng: random.Random) -> str:
    return text.replace(" ", "\u00a0")


def _drop_blank(text: str, rng: random.Random) -> str:
    blanks = [i for i, char in enumerate(text) if char == " "]
    at = rng.choice(blanks) if blanks else len(text)
    return text[:at] + text[at + 1 :]


def _mistype(text: str, rng: random.Random) -> str:
    """One letter replaced by another of the same text, or by the next letter of its script."""
    letters = [i for i, char in enumerate(text) if char.isalpha()]
    if not letters:
        return text
    at = rng.choice(letters)
    others = sorted({char for char in text if char.isalpha()} - {text[at]})
    return text[:at] + (rng.choice(others) if others else chr(ord(text[at]) + 1)) + text[at + 1 :]


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "case swapped": _swap_case,
    "decomposed (NFD)": _decompose,
    "no-break spaces": _hard_blanks,
    "one space dropped": _drop_blank,
    "one letter mistyped": _mistype,
}


def table(report: Report) -> str:
    """The report for a terminal: one line a condition, figures aligned, no colour."""
    head = ("rows", "order", "listed", "left", "mode", "strings", "items", "P", "R", "F1")
    lines = [head, *map(_cells, report.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    numbers = {0, 3, *range(6, len(head))}
    text = [f"{report.documents} documents, {report.entities} entities, seed {report.seed}", ""]
    for line in lines:
        cells = zip(range(len(head)), line, widths, strict=True)
        padded = (c.rjust(w) if i in numbers else c.ljust(w) for i, c, w in cells)
        text.append("  ".join(padded).rstrip())
    return "\n".join(text)


def _cells(row: Row) -> tuple[str, ...]:
    condition = row.condition
    return (
        str(condition.rows),
        condition.order,
        "once" if condition.once else "each",
        str(condition.left),
        condition.mentions,
        condition.change,
        str(row.items),
        *(f"{figure:.4f}" for figure in (row.precision, row.recall, row.f1)),
    )
