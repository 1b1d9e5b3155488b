"""Marks made visible: HTML for notebooks and files, brackets and a table for terminals.

Whatever the text or a label holds, it is shown, never obeyed: HTML is escaped, control characters
that could drive a terminal or turn a line around are spelt out.

Here: the four functions.  Inside: ``layout`` (which mark lies in which), ``colours``,
``characters``, ``html``, ``pages``, ``terminal``.  Not here: what a mark is (``marks``), plain data
(``exports``).
"""

from schema_ner.views.html import fragment as fragment
from schema_ner.views.pages import Part as Part
from schema_ner.views.pages import page as page
from schema_ner.views.pages import pages as pages
from schema_ner.views.terminal import plain as plain
