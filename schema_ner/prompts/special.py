r"""Strings that a tokenizer takes for a command: end of text, begin of a turn, hole to fill.

``</s>`` in a text would end it, ``<FILL_ME>`` turns Code Llama's whole prompt around, and a turn
that is closed and opened anew lets a text give orders.  Inside a Python string they can be written
so that no tokenizer knows them and Python reads them all the same: ``\x3c/s>``.
"""

from __future__ import annotations

import re

# All models' alike: which one will read the prompt is not known here.
SPECIAL = re.compile(
    r"""</?s> | <(?:unk|pad|bos|eos|mask|sop|eop)>  # Llama, Gemma, GLM
      | <(?:FILL_ME|PRE|SUF|MID|EOT)>               # Code Llama, to fill holes
      | <(?:fim|issue|commit|jupyter)_\w{1,20}>     # StarCoder
      | <(?:repo_?name|filename|file_sep|gh_stars|empty_output)>
      | <(?:start|end)_of_\w{1,20}>                 # Gemma
      | <(?:unused|reserved|extra_id)_?[0-9]{1,5}>
      | <\|[^|<>\s]{1,60}\|> | <｜[^｜<>\s]{1,60}｜>  # <|im_start|>, DeepSeek's own
      | </?(?:think|tool_call|tool_response|tools)>  # Qwen, DeepSeek
      | \[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_\w{1,20}|THINK|gMASK)\] | <</?SYS>>
    """,
    re.VERBOSE,
)


def hidden(source: str) -> str:
    """The inside of a Python string literal, with the first sign of each special token escaped.

    What Python reads in it stays the same: no special token holds a backslash or a quote.
    """
    return SPECIAL.sub(lambda token: f"\\x{ord(token[0][0]):02x}{token[0][1:]}", source)
