"""The built-in model in torch: a bi-encoder that scores spans of a text for described types.

One small BERT reads texts and type descriptions, each alone.  A span is described by its first
word piece, its last, and the mean over its words; a type by the mean over its description, and by
the other types of the schema, to which it attends once ("person" means less beside "politician").
Their cosine, scaled and shifted, is the logit that the span is of the type.  Because the two sides
meet only in that product, the cost of a text hardly grows with the number of types or the length of
their guidelines.

Here: the parts and their arithmetic.  Not here: tokens, words and windows (``encoder.features``),
inference (``encoder.session``), the ONNX files (``training.export``).

Shapes: B texts, T word pieces, W words, K span widths, N types, D hidden width.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from schema_ner.encoder.features import MAX_WORDS

if TYPE_CHECKING:
    from transformers import BertModel


SCHEMA_HEADS = 6  # attention heads between types


def _mlp(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))


class Encoder(nn.Module):
    """Word pieces → one vector each."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.bert = bert

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """(B, T), (B, T) → (B, T, D)."""
        output = self.bert(input_ids=input_ids, attention_mask=attention_mask)
        return output.last_hidden_state  # type: ignore[no-any-return]


class SpanHead(nn.Module):
    """Word-piece vectors → the logit of every span of up to K words for every type."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _mlp(width)
        self.last = _mlp(width)
        self.inside = nn.Linear(width, width)
        self.join = nn.Sequential(nn.LayerNorm(width), nn.GELU(), nn.Linear(width, width))
        self.width = nn.Embedding(MAX_WORDS, width)
        self.scale = nn.Parameter(torch.tensor(math.log(10.0)))
        self.bias = nn.Parameter(torch.tensor(-4.0))

    def spans(self, hidden: Tensor, first: Tensor, last: Tensor) -> Tensor:
        """The unit vector of each span: (B, T, D), (B, W), (B, W) → (B, W, K, D).

        ``first`` and ``last`` are each word's first and last word piece.  A span that would leave
        the text has some vector as well; the caller masks it.
        """
        left, right = _pick(hidden, first), _pick(hidden, last)  # (B, W, D) each
        words = first.shape[1]
        steps = torch.arange(MAX_WORDS, device=first.device)  # (K,) words beyond the first
        starts = torch.arange(words, device=first.device)  # (W,)
        ends = (starts[:, None] + steps).clamp(max=words - 1)  # (W, K) last word of each span
        sums = self.inside((left + right) / 2).cumsum(1)  # (B, W, D)
        sums = torch.cat([torch.zeros_like(sums[:, :1]), sums], 1)  # (B, W + 1, D)
        means = (sums[:, ends + 1] - sums[:, :-1, None]) / (steps + 1)[:, None]  # (B, W, K, D)
        joined = self.first(left)[:, :, None] + self.last(right)[:, ends] + means
        return normalize(self.join(joined + self.width.weight), dim=-1)

    def forward(self, hidden: Tensor, first: Tensor, last: Tensor, types: Tensor) -> Tensor:
        """(B, T, D), (B, W), (B, W), (N, D) → logits (B, W, K, N)."""
        cosine = self.spans(hidden, first, last) @ types.T
        return cosine * self.scale.exp() + self.bias


class TypeHead(nn.Module):
    """Word-piece vectors of a description → one vector for the type, of any length."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.project = _mlp(width)

    def forward(self, hidden: Tensor, attention_mask: Tensor) -> Tensor:
        """(N, T, D), (N, T) → (N, D)."""
        mask = attention_mask[..., None].to(hidden.dtype)  # (N, T, 1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.project(mean)  # type: ignore[no-any-return]


class SchemaHead(nn.Module):
    """Vectors of a schema's types → their unit vectors beside one another.

    One transformer block over the types, in no order.  It starts as the identity.  Its cost falls
    on the schema, once, and not on texts.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.before = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.mix = nn.Sequential(nn.LayerNorm(width), *_mlp(width))
        for last in (self.out, self.mix[-1]):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, types: Tensor, apart: Tensor | None = None) -> Tensor:
        """(N, D) → (N, D); ``apart``, (N, N), says which types are of different schemas."""
        count, width = types.shape
        three = self.query_key_value(self.before(types))  # (N, 3 D)
        query, key, value = three.view(count, 3, SCHEMA_HEADS, -1).permute(1, 2, 0, 3)  # (H, N, d)
        scores = query @ key.transpose(1, 2) / math.sqrt(width // SCHEMA_HEADS)  # (H, N, N)
        if apart is not None:
            scores = scores.masked_fill(apart, -math.inf)
        seen = (scores.softmax(-1) @ value).transpose(0, 1).reshape(count, width)
        types = types + self.out(seen)
        return normalize(types + self.mix(types), dim=-1)


class BuiltinModel(nn.Module):
    """The four parts together; the encoder is shared by texts and descriptions."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        width = bert.config.hidden_size
        self.encoder = Encoder(bert)
        self.span_head = SpanHead(width)
        self.type_head = TypeHead(width)
        self.schema_head = SchemaHead(width)


def _pick(hidden: Tensor, index: Tensor) -> Tensor:
    """Vectors at the given word pieces: (B, T, D), (B, W) → (B, W, D)."""
    return hidden.gather(1, index[..., None].expand(-1, -1, hidden.shape[-1]))
