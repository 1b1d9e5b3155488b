r"""The grammar of answers that name entities and their types: ``[("aspirin", "drug")]``.

What stands in an entity's quotes is a stretch of the text, written as the prompt shows it; a type
is a short name of the model's own choice.

Here: the form.  Not here: what a stretch of the text is (``chunks``), the prompt and an answer that
is known (``prompts.proposing``), reading an answer (``parsing.proposing``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.grammar.chunks import chunks
from schema_ner.grammar.escaping import in_python, shown_in_python
from schema_ner.grammar.lark import lark, most_items, string, substring
from schema_ner.prompts.proposing import JOINTS, LONGEST_WORD, MOST_WORDS

if TYPE_CHECKING:
    from schema_ner.grammar.escaping import Quote

_REST = rf"[\p{{L}}\p{{M}}\p{{N}}]{{0,{LONGEST_WORD - 1}}}"
_JOINT = "".join(f"\\{char}" if char in "-/" else char for char in JOINTS)
_MORE = rf"([{_JOINT}][\p{{L}}\p{{N}}]{_REST})"


def grammar(text: str, *, max_items: int | None = None) -> str:
    """What may be answered, in llguidance's dialect of Lark; the blank in front may be missing.

    Args:
        text: the text that was asked about, as it is.
        max_items: as in ``gollie.grammar``.

    Raises:
        InputError: ``max_items`` is below 1.
    """
    units = chunks(text)
    most = most_items(units, max_items)
    empty = f"{string(' []')} | {string('[]')}"
    if not text.strip():
        return lark([f"start: {empty}"])
    quotes: list[tuple[str, Quote]] = [("DOUBLE", '"')]
    if '"' in text:  # then fewer escapes may be needed in single quotes
        quotes.append(("SINGLE", "'"))
    more = f"({string(', ')} item){{0,{most - 1}}}"
    lines = [
        f"start: {empty} | ({string(' [')} | {string('[')}) item {more} {string(']')}",
        f"item: {string('(')} entity {string(', ')} TYPE {string(')')}",
        f"entity: {' | '.join(name for name, _ in quotes)}",
        rf'TYPE: /"\p{{L}}{_REST}{_MORE}{{0,{MOST_WORDS - 1}}}"/',
    ]
    for name, quote in quotes:
        lines.append(f"{name}: {string(quote)} {name}_SPAN {string(quote)}")
        written = [shown_in_python(unit, quote) for unit in units]
        blanks = {in_python(char, quote) for char in text if char.isspace()} - {" "}
        lines.extend(substring(f"{name}_SPAN", written, blanks))
    return lark(lines)
