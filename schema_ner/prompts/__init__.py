"""What a model is asked: one module a prompt language, each schema + text → what to send.

``gollie`` is the code prompt that GoLLIE was trained on, ``chat`` the same asked through a chat
template, ``uniner`` one question a type.  All are pure: the same arguments give the same prompt.

Here: prompts, and answers that are known.  Not here: what else may be answered (``grammar``),
running a model, its tokenizer and chat template (``engines``), reading its answer (``parsing``).
"""

from schema_ner.prompts import chat, gollie, uniner

__all__ = ["chat", "gollie", "uniner"]
