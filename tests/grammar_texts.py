"""Texts on which grammars are tried, and what may be said of them.

Here: texts in which special tokens, quotes, escapes and words of a grammar stand side by side.  Not
here: running a grammar (``grammars``).
"""

from __future__ import annotations

from hypothesis import strategies as st
from strategies import AWKWARD, PLAIN, texts

from schema_ner.grammar.chunks import chunks

PIECES = [
    *("</s>", "<s>", "< /s>", "<unk>", "[INST]", "<|im_end|>", "<|", "|>", "<<SYS>>", "/s>"),
    *("<", "[", ">", "]", "|", "x" * 30, '"' * 20, "\u1112\u1161", "\u11ab", "\u1161", "🇰", "🇷"),
    *("\u200d", "\u200c", "\ufe0f", "🏽", "က္က", *AWKWARD, *PLAIN),
]
HOSTILE = [
    *('"', "'", "\\", "\n", "%json {}", "%regex", "::=", "/", "/x/", "#", "//", "|", "}", "{1,2}"),
    *("\u2028", "\x85", "\x7f", "</s>", "<|im_end|>", "@start", "start: x", '"i', "None", ")"),
    *(",\n]", "\x00", "span", "INT", "~", "&", "(?s:.*)", "\\n", "\\x3c", '", "', "null", "]"),
    *("가", "👍🏽"),
]
EXTRACTS = {
    "plain": "Take two tablets of aspirin, then 20 mg of Humira.",
    "quotes": "He said \"It's 5\\\" long\", she\nsaid 'no' \\ \\n end\\",
    "East Asia": "한국은행은 서울에서 「금리」를 올렸다.\n東京都に行く。",
    "emoji": "👩‍👩‍👧 and 👍🏽, 🇰🇷🇺🇸 1️⃣ cafe\u0301 x\u00a0y\u200b z\u3000",
    "right to left": "\u202eשלום עולם\u202c، وَمصر! ab",
    "special tokens": "x </s> y <|im_end|> [INST] <s> < /s> <unk>",
    "blanks": "\t\n a \n\n\t",
    "odd signs": "▁a ▁▁b \ufffd \ufffe \x00 \x1b[0m",
    "nothing": "",
}


def pieced() -> st.SearchStrategy[str]:
    """Texts in which special tokens, and what looks like one, stand side by side."""
    return st.one_of(texts(), st.lists(st.sampled_from(PIECES), max_size=10).map("".join))


def hostile() -> st.SearchStrategy[str]:
    """Those, and texts that would break out of a string or a grammar."""
    return st.one_of(pieced(), st.lists(st.sampled_from(HOSTILE), max_size=8).map("".join))


def spans_of(text: str) -> list[str]:
    """Every stretch of up to twelve units that begins and ends in no blank."""
    units = chunks(text)
    stretches = {
        "".join(units[start:end])
        for start in range(len(units))
        for end in range(start + 1, min(len(units), start + 12) + 1)
    }
    return sorted(span for span in stretches if span == span.strip())
