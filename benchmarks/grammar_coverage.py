"""How many annotations of data sets the grammar of constrained decoding can express.

    python benchmarks/grammar_coverage.py FOLDER

For each ``*.jsonl.gz`` of the folder: an annotation is expressible when it begins and ends where
units do, llguidance accepts the answer that lists it alone, and what is read back from that answer
is found in the text as it was written.  A text is expressible when the last two hold of the answer
that lists all of its annotations.  Needs the extra [llm].
"""

from __future__ import annotations

import argparse
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schema_ner import EntityType, Schema
from schema_ner.errors import require
from schema_ner.formats import read
from schema_ner.grammar.chunks import chunks
from schema_ner.grammar.gollie import grammar
from schema_ner.grounding import ground
from schema_ner.mentions import Mention
from schema_ner.parsing import parse
from schema_ner.prompts.gollie import answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_ner import Document, Span


class Grammar:
    """The grammar of one text, as llguidance reads it byte by byte."""

    def __init__(self, schema: Schema, text: str) -> None:
        llguidance: Any = require("llguidance", extra="llm")
        self._bytes = llguidance.LLTokenizer("byte")
        self._matcher = llguidance.LLMatcher(self._bytes, grammar(schema, text), log_level=0)
        self._schema, self._text = schema, text

    def expresses(self, spans: Sequence[Span]) -> bool:
        """Whether the answer that lists these is accepted, and gives them back."""
        mentions = tuple(Mention(span.text, span.label) for span in spans)
        said = answer(self._schema, mentions)
        tokens = self._bytes.tokenize_bytes(said.encode())
        self._matcher.reset()
        if self._matcher.try_consume_tokens(tokens) < len(tokens):
            return False
        again = parse(said, self._schema).mentions
        placed = ground(again, self._text).spans
        return (
            again == mentions
            and [span.status for span in placed] == ["exact"] * len(spans)
            and {span.text for span in placed} == {span.text for span in spans}
            and bool(self._matcher.is_accepting())
        )


def cut(span: Span, edges: set[int]) -> str:
    """What keeps a unit of the grammar from ending where an annotation does; empty for nothing."""
    if span.text != span.text.strip():
        return "with blanks at its ends"
    ends = [
        name for name, at in (("beginning", span.start), ("ending", span.end)) if at not in edges
    ]
    return f"{' and '.join(ends)} inside a unit" if ends else ""


def covered(documents: Sequence[Document]) -> tuple[int, int, Counter[str]]:
    """Of some texts: expressible annotations, expressible texts, the others by their reason."""
    labels = sorted({span.label for document in documents for span in document.spans})
    schema = Schema(tuple(map(EntityType, labels or ["none"])))
    annotations = texts = 0
    reasons: Counter[str] = Counter()
    for document in documents:
        lark = Grammar(schema, document.text)
        edges = {0, *accumulate(len(unit) for unit in chunks(document.text))}
        for span in document.spans:
            reason = cut(span, edges) or ("" if lark.expresses([span]) else "refused")
            annotations += not reason
            reasons.update([reason] if reason else [])
        texts += lark.expresses(document.spans)
    return annotations, texts, reasons


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    folder = parser.parse_args().folder
    head = "| file | texts | of them expressible | annotations | of them expressible | others |"
    print(f"{head}\n|{'---|' * 6}")
    sums = [0, 0, 0, 0]
    for file in sorted(folder.glob("*.jsonl.gz")):
        documents = list(read(str(file)))
        annotations, texts, reasons = covered(documents)
        figures = [len(documents), texts, sum(len(d.spans) for d in documents), annotations]
        sums = [total + figure for total, figure in zip(sums, figures, strict=True)]
        others = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        cells = " | ".join(f"{figure:,}" for figure in figures)
        print(f"| {file.name.removesuffix('.jsonl.gz')} | {cells} | {others} |", flush=True)
    print(f"| **all** | {' | '.join(f'**{total:,}**' for total in sums)} | |")


if __name__ == "__main__":
    main()
