"""Examples from GoLLIE's comment: ``span: str  # Such as: "aspirin", "Humira"``.

A comment exists in source only, and Python finds the source of a class by its name: after ``exec``,
or where a name was used twice, it finds another class.  So what is found must have the docstring
and the fields of the class asked about; otherwise there are no examples.
"""

from __future__ import annotations

import ast
import inspect
import re


def such_as(cls: type) -> tuple[str, ...]:
    """The texts in the comment behind ``span: str``; none where no source is surely its own."""
    try:
        source = inspect.getsource(cls)
        nested = source[:1].isspace()  # a class in a function: dedent fails on some docstrings
        (block,) = ast.parse(f"if 1:\n{source}" if nested else source).body
    except (OSError, TypeError, ValueError, SyntaxError, RecursionError):
        return ()  # typed in a REPL, made by exec, edited since
    definition = block.body[0] if isinstance(block, ast.If) else block
    if not isinstance(definition, ast.ClassDef) or not _is(definition, cls):
        return ()
    for node in definition.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "span":
            return _quoted_behind(node, source.splitlines()[(node.end_lineno or 1) - 1 - nested])
    return ()


def _is(node: ast.ClassDef, cls: type) -> bool:
    """Whether the definition is that of the class, as far as anybody can tell."""
    doc = vars(cls).get("__doc__")
    written = [ast.unparse(n.target) for n in node.body if isinstance(n, ast.AnnAssign)]
    has = list(vars(cls).get("__annotations__", {}))
    return ast.get_docstring(node) == (doc and inspect.cleandoc(doc)) and written == has


def _quoted_behind(node: ast.AnnAssign, line: str) -> tuple[str, ...]:
    behind = line.encode()[node.end_col_offset :].decode()  # columns count bytes
    comment = re.match(r"\s*#\s*Such as:(.*)", behind)
    quoted = re.findall(r'"(?:[^"\\]|\\.)*"', comment[1]) if comment else []
    return tuple(text for text in map(_literal_text, quoted) if text.strip())


def _literal_text(quoted: str) -> str:
    try:
        return str(ast.literal_eval(quoted))
    except (ValueError, SyntaxError):  # a stray backslash in a comment
        return quoted[1:-1]
