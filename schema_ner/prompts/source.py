r"""Python source as black 23.9.1 lays it out: literals, docstrings, the lines of a class.

GoLLIE's prompts went through black with its defaults (88 columns) before the model was trained on
them.  The few rules of black that show in a prompt are written down here, so that prompts need
neither black nor jinja2; the tests compare with both.

Source must stay source whatever a schema holds, so some things are escaped, as Python does: in
literals what ``repr`` escapes; in docstrings backslashes, the third of three quotes, NUL; in
comments, of an example that holds a line end or NUL; and everywhere special tokens (``special``).
Python reads all of it back as it was, and so does ``parsing.parse`` in an answer.

Here: how a line looks.  Not here: which lines there are (``gollie``).
"""

from __future__ import annotations

import json
import re
import textwrap

from schema_ner.prompts.special import SPECIAL, hidden

WIDTH = 88
INDENT = "    "

_ESCAPE_OR_QUOTE = re.compile(r'\\.|"')
_OTHER_QUOTES = {"\\'": "'", '"': '\\"'}
_ENDS_A_COMMENT = re.compile("[\r\n\x00]")


def literal(text: str) -> str:
    """The text as a string literal, in double quotes unless that takes more backslashes."""
    written = repr(text)
    if written.startswith("'"):
        body = _ESCAPE_OR_QUOTE.sub(lambda m: _OTHER_QUOTES.get(m[0], m[0]), written[1:-1])
        if body.count("\\") <= written.count("\\"):
            written = f'"{body}"'
    return hidden(written)


def assigned(name: str, value: str) -> str:
    """``name = value``; the value goes on a line of its own where only that makes it fit."""
    line = f"{name} = {value}"
    if len(line) > WIDTH >= len(INDENT + value):
        return f"{name} = (\n{INDENT}{value}\n)"
    return line


def class_line(name: str, base: str) -> str:
    """``class name(base):``, broken where it is too long."""
    line = f"class {name}({base}):"
    return line if len(line) <= WIDTH else f"class {name}(\n{INDENT}{base}\n):"


def field_line(name: str, hint: str, comment: str = "") -> str:
    """A field of a class.  A comment is never wrapped, but breaks ``List[str]`` in front of it."""
    behind = f"  # {comment}" if comment else ""
    line = f"{INDENT}{name}: {hint}{behind}"
    if len(line) > WIDTH and hint.endswith("]"):
        outer, _, inner = hint.removesuffix("]").partition("[")
        return f"{INDENT}{name}: {outer}[\n{INDENT * 2}{inner}\n{INDENT}]{behind}"
    return line


def quoted(text: str) -> str:
    """The text in double quotes, for a comment: as it is, unless that would not stay a comment."""
    if _ENDS_A_COMMENT.search(text) or SPECIAL.search(text):
        return hidden(json.dumps(text, ensure_ascii=False))  # which Python reads as well
    return f'"{text}"'


def docstring(text: str) -> str:
    """The text as the docstring of a class, indented once; empty for a blank text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    said = textwrap.dedent(lines).strip("\n")
    if not said.strip():
        return ""
    body = said.replace("\\", r"\\").replace('"""', '""\\"').replace("\x00", r"\x00")
    body = _placed(hidden(body))
    if "\\\n" not in body:  # black leaves docstrings alone in which a line ends so
        body = _laid_out(_laid_out(body))
    elif body.endswith('"'):
        body += " "
    return f'{INDENT}"""{body}"""'


def _placed(said: str) -> str:
    """The lines where somebody would have written them in the source of a class."""
    first, *others = said.split("\n")
    indented = "\n".join(INDENT + line if line.strip() else "" for line in others)
    if not indented:
        return first
    if all(line[:1].isspace() for line in others if line.strip()):
        # beside a first line that follows the quotes this indent would count for nothing
        return f"\n{INDENT}{first}\n{indented}\n{INDENT}"
    return f"{first}\n{indented}"


def _laid_out(body: str) -> str:
    """One pass of black over the inside of a docstring."""
    text = _reindented(body) if "\n" in body else body.strip()
    if text.startswith('"'):
        text = " " + text
    if text.endswith('"'):
        text += " "
    lines = text.splitlines()
    if len(lines) > 1 and len(lines[-1]) + len('"""') > WIDTH:
        text += "\n" + INDENT
    return text


def _reindented(body: str) -> str:
    """Lines behind the first moved to one indent, as they stand to each other; no blanks behind."""
    first, *others = map(_without_tabs, body.splitlines())
    indents = [len(line) - len(line.lstrip()) for line in others if line.strip()]
    if not indents:
        return first.strip()
    cut = [line[min(indents) :].rstrip() for line in others]
    last = len(cut) - 1
    kept = (INDENT + line if line or at == last else "" for at, line in enumerate(cut))
    return "\n".join([first.strip(), *kept])


def _without_tabs(line: str) -> str:
    """The line with blanks for the tabs in its indent."""
    said = line.lstrip()
    return line.removesuffix(said).expandtabs() + said
