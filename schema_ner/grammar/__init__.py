"""What a model may write: schema and text in, a grammar for constrained decoding out.

``gollie`` is the grammar of GoLLIE's form, ``uniner`` that of UniversalNER's; ``chunks`` says where
in a text a mention may begin and end.

Here: grammars, as llguidance's Lark strings; pure.  Not here: running one (``engines``), reading
what comes out (``parsing``).
"""
