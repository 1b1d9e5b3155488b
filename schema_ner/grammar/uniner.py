"""The grammar of UniversalNER's answers about one text: ``["aspirin", "Humira"]`` behind a blank.

Here: the form.  Not here: what a stretch of the text is (``chunks``), the prompt and an answer that
is known (``prompts.uniner``), reading an answer (``parsing.uniner``).
"""

from __future__ import annotations

from schema_ner.grammar.chunks import chunks
from schema_ner.grammar.escaping import in_json
from schema_ner.grammar.lark import WALL, lark, most_items, string, substring
from schema_ner.prompts.uniner import shown


def grammar(text: str, *, max_items: int | None = None) -> str:
    """What may be answered, in llguidance's dialect of Lark.

    Strings are JSON, and say what stands in the text as the prompt shows it, with a blank in
    special tokens (``prompts.uniner.restored`` takes it out).  None holds half a character (a lone
    surrogate), which no prompt can show.

    Args:
        text: the text that was asked about, as it is.
        max_items: as in ``gollie.grammar``.

    Raises:
        InputError: ``max_items`` is below 1.
    """
    units = chunks(shown(text))
    most = most_items(units, max_items)
    written = [in_json(unit) for unit in units]
    if not any(said and not unit.isspace() for unit, said in zip(units, written, strict=True)):
        return lark([f"start: {string(' []')}"])
    more = f"({string(', ')} TEXT){{0,{most - 1}}}"
    escaped = {in_json(char) or "" for char in text if char.isspace()} - set(text)
    quote = string('"')
    lines = [
        f"start: {string(' []')} | {string(' [')} TEXT {more} {string(']')}",
        f"TEXT: {quote} TEXT_SPAN {quote}",
        *substring("TEXT_SPAN", [WALL if said is None else said for said in written], escaped),
    ]
    return lark(lines)
