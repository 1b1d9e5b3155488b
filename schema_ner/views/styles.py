"""The style sheet of a view, scoped to ``.schema-ner``, and that of a page around it.

Here: CSS as text.  Not here: the elements it styles (``html``), the colours' values (``colours``).

Light or dark is decided once, by ``color-scheme``: the reader's own setting, unless a notebook says
which theme it shows (JupyterLab, Colab, VS Code).  The view paints its own ground, so that it reads
well even where neither is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_ner.views.colours import GROUND, HATCH, INK, MUTED, ON_STRONG, PALETTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schema_ner.views.colours import Pair

_BASE = """\
.schema-ner{color-scheme:light dark;background:var(--sn-ground);color:var(--sn-ink);\
padding:.75em 1em;border-radius:6px;\
font:1rem/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
:is([data-jp-theme-light=true],html[theme=light],.vscode-light) .schema-ner{color-scheme:light}
:is([data-jp-theme-light=false],html[theme=dark],.vscode-dark) .schema-ner{color-scheme:dark}
.schema-ner .sn-text{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;\
text-align:start;line-height:calc(1.9em + var(--sn-deep,0)*6px)}
.schema-ner mark{color:var(--sn-ink);background-color:var(--sn-tint);\
border-bottom:2px solid var(--sn-strong);border-radius:3px;\
padding:calc(2px + var(--sn-level,0)*2px) 3px calc(1px + var(--sn-level,0)*4px);\
-webkit-box-decoration-break:clone;box-decoration-break:clone}
.schema-ner .sn-cut-start{padding-inline-start:0;\
border-start-start-radius:0;border-end-start-radius:0}
.schema-ner .sn-cut-end{padding-inline-end:0;\
border-start-end-radius:0;border-end-end-radius:0}
.schema-ner small{font-size:.7em;font-weight:600;line-height:1.3;color:var(--sn-on-strong);\
background:var(--sn-strong);border-radius:3px;padding:.1em .4em;margin:0 .3em;\
vertical-align:.1em;white-space:nowrap;unicode-bidi:isolate;\
-webkit-user-select:none;user-select:none}
.schema-ner .sn-long{white-space:normal;overflow-wrap:anywhere;\
-webkit-box-decoration-break:clone;box-decoration-break:clone}
.schema-ner .sn-rtl::after{content:"\\200f"}
.schema-ner .sn-ltr::after{content:"\\200e"}
.schema-ner .sn-unread{color:var(--sn-muted)}
.schema-ner .sn-unread,.schema-ner .sn-unread mark{background-image:repeating-linear-gradient(\
-45deg,transparent 0 6px,var(--sn-hatch) 6px 7.5px)}
.schema-ner ul{display:flex;flex-wrap:wrap;gap:.35em .9em;list-style:none;margin:0 0 .75em;\
padding:0;color:var(--sn-muted);font-size:.9em}
.schema-ner li{margin:0;padding:0}
.schema-ner li small{font-size:.85em;margin:0;vertical-align:baseline}
.schema-ner li.sn-unread{padding:0 .4em;border-radius:3px}
@media print{.schema-ner *{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""

ALARM = PALETTE[0].strong  # a red, for what failed

PAGE = f"""\
html{{color-scheme:light dark;background:light-dark({GROUND.light},{GROUND.dark});\
color:light-dark({INK.light},{INK.dark})}}
body{{margin:0 auto;padding:1rem;max-width:60rem}}
h1{{font:600 1.25rem/1.3 system-ui,sans-serif;margin:0 0 .25rem;padding:0 1rem;\
overflow-wrap:anywhere}}
ul+section{{margin-top:1rem}}
section+section{{margin-top:1.25rem;padding-top:1rem;\
border-top:1px solid light-dark({HATCH.light},{HATCH.dark})}}
h2{{font:600 1rem/1.4 system-ui,sans-serif;margin:0 0 .4rem;overflow-wrap:anywhere}}
.sn-failed{{margin:0 0 .5rem;padding:.1rem .6rem;overflow-wrap:anywhere;white-space:pre-wrap;\
border-inline-start:4px solid light-dark({ALARM.light},{ALARM.dark})}}
.sn-failed b{{color:light-dark({ALARM.light},{ALARM.dark})}}
@media(max-width:40rem){{body{{padding:.5rem 0}}}}
"""


def sheet(slots: Iterable[int]) -> str:
    """The rules for a view that uses these places of the palette."""
    shared = _variables(ground=GROUND, ink=INK, muted=MUTED, hatch=HATCH, on_strong=ON_STRONG)
    hues = "\n".join(
        f".schema-ner .sn-c{slot}{{{_variables(tint=hue.tint, strong=hue.strong)}}}"
        for slot, hue in ((slot, PALETTE[slot]) for slot in sorted(set(slots)))
    )
    return f".schema-ner{{{shared}}}\n{_BASE}{hues}"


def _variables(**pairs: Pair) -> str:
    return ";".join(
        f"--sn-{name.replace('_', '-')}:light-dark({pair.light},{pair.dark})"
        for name, pair in pairs.items()
    )
