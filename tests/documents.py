"""Documents for the tests of formats: any that there can be, read and written in memory."""

from __future__ import annotations

import io
from itertools import pairwise

from hypothesis import strategies as st
from strategies import text_with_ranges

from schema_ner import formats
from schema_ner.spans import NER, Document, gold_span

LABELS = ["PER", "B-geo", "programming language", "인물", "ORG\u00a0X", "O", " a\n", "\u3000"]
AWKWARD_IDS = ["x O", "# id", " a ", "a\tO", "a/b", "../a", "Sentence: 1", "\udc00", "7", "07", ""]


def read_bytes(content: bytes, name: str) -> list[Document]:
    return list(formats.read(io.BytesIO(content), name))


def read_text(content: str, name: str) -> list[Document]:
    return read_bytes(content.encode(), name)


def all_written(documents: list[Document], name: str) -> tuple[bytes, list[formats.Loss]]:
    """The bytes, and all that is lost."""
    stream = io.BytesIO()
    losses = formats.write(stream, documents, name)
    return stream.getvalue(), losses


def written(documents: list[Document], name: str) -> tuple[bytes, list[formats.Loss]]:
    """The bytes, and what is lost beside what the format by its nature never keeps."""
    content, losses = all_written(documents, name)
    return content, [loss for loss in losses if not loss.is_slight]


def marks(document: Document) -> list[tuple[str, str]]:
    return [(span.label, span.text) for span in document.spans]


def columns(document: Document) -> dict[str, tuple[str, ...]]:
    """What it says of its tokens beside the entity tags, which every tagged format brings."""
    return {name: tags for name, tags in (document.token_tags or {}).items() if name != NER}


def squeezed(text: str) -> str:
    return "".join(text.split())


@st.composite
def any_document(draw: st.DrawFn, *, tokens: bool = False) -> Document:
    """Any text with any spans; with tokens of any cut and tags of any kind, or without."""
    text, ranges = draw(text_with_ranges())
    spans = tuple(gold_span(text, s, e, draw(st.sampled_from(LABELS))) for s, e in ranges)
    name = draw(st.none() | st.text(max_size=4) | st.sampled_from(AWKWARD_IDS))
    if not tokens:
        return Document(text, spans, name)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)) | {0, len(text)})
    places = tuple(place for place in pairwise(edges) if place[0] < place[1])
    tags = st.lists(
        st.sampled_from(["NNP", "B-NP", "_", "", "a b", "\n", "\ud800"]),
        min_size=len(places),
        max_size=len(places),
    )
    names = st.sampled_from(["pos", "chunk", "lemma", "tokens", NER])
    drawn = draw(st.dictionaries(names, tags))
    return Document(text, spans, name, places, {k: tuple(v) for k, v in drawn.items()})


def assert_kept(document: Document, again: Document, *, keeps_id: bool = True) -> None:
    """The document came back: what it had, it still has; tokens and a number it may have got."""
    assert (again.text, again.spans) == (document.text, document.spans)
    assert again.tokens == document.tokens or document.tokens is None
    assert columns(again) == columns(document)
    assert again.id == document.id or (document.id is None and not keeps_id)


def assert_kept_or_told(documents: list[Document], name: str, *, keeps_id: bool = True) -> None:
    """Every document comes back as it was, or a loss names it."""
    content, losses = all_written(documents, name)
    again = read_bytes(content, name)
    told = {loss.document for loss in losses}
    left_out = sum("left out" in loss.reason for loss in losses)
    assert len(again) == len(documents) - left_out
    if not left_out:
        for number, (one, other) in enumerate(zip(documents, again, strict=True), 1):
            said = f"document {number if one.id is None else repr(one.id)}"
            if said not in told:
                assert_kept(one, other, keeps_id=keeps_id)


any_documents = st.lists(any_document() | any_document(tokens=True), max_size=2)
