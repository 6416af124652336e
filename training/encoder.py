"""The encoder while it is trained: every weight as coarse as it will be kept, and three heads."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from training.base import BLOCK, Base, Quantised

MAX_TOKENS = 96
PARTS = ("q", "k", "v", "ao", "fi", "fo")
LOWEST, HIGHEST = -8, 7
"""Of a 4-bit weight, in steps of its block's scale."""


def in_steps(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return each weight in whole steps of its block, and the steps, [rows, blocks, ...].

    The step makes the block's largest weight exactly -8 steps, as in the base's own format.
    """
    blocks = weight.view(len(weight), -1, BLOCK)
    high, low = blocks.amax(-1, keepdim=True), blocks.amin(-1, keepdim=True)
    step = torch.where(high > -low, high, low) / LOWEST
    step = torch.where(step == 0, 1.0, step.half().float())
    return (blocks / step).round().clamp(LOWEST, HIGHEST), step


class Coarse(nn.Module):
    """A linear layer that is trained as it will be kept: its weights in 4 bits."""

    def __init__(self, weight: Quantised, bias: NDArray[np.float32]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight.dequantised()))
        self.bias = nn.Parameter(torch.tensor(bias))

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            steps, step = in_steps(self.weight)
            coarse = (steps * step).view_as(self.weight)
        # Used coarse, learnt fine: the gradient passes as if nothing had been rounded.
        weight = self.weight + (coarse - self.weight).detach()
        return functional.linear(x, weight.to(x.dtype), self.bias.to(x.dtype))

    def quantised(self) -> Quantised:
        steps, step = in_steps(self.weight.detach())
        codes = (steps - LOWEST).view_as(self.weight).to(torch.uint8)
        return Quantised(codes.numpy(), step.squeeze(-1).numpy())


class Encoder(nn.Module):
    """Tokens in; scores of urgency and hazard, and a unit vector of meaning, out."""

    def __init__(
        self,
        base: Base,
        tokens: NDArray[np.int64],
        *,
        layers: Sequence[int],
        urgencies: int,
        hazards: int,
        meaning: int,
        dropout: float = 0.1,
    ) -> None:
        """tokens: the base's tokens that are kept. layers: indices of the base's layers."""
        super().__init__()
        self.heads, self.hidden = base.heads, base.hidden
        tensors = base.tensors
        words = base.words.rows(tokens)
        self.words = nn.Embedding.from_pretrained(torch.tensor(words.dequantised()), freeze=True)
        positions = tensors["emb.pos"].reshape(-1, self.hidden)[:MAX_TOKENS]  # type: ignore[union-attr]
        self.register_buffer(
            "positions",
            torch.tensor(positions + tensors["emb.type"][: self.hidden]),  # type: ignore[index]
        )
        self.normal = self._norm(base, "emb.ln")
        self.layers = nn.ModuleList(self._layer(base, layer) for layer in layers)
        self.dropout = nn.Dropout(dropout)
        self.urgency = nn.Linear(self.hidden, urgencies)
        self.hazard = nn.Linear(self.hidden, hazards)
        self.meaning = nn.Linear(self.hidden, meaning)

    def _norm(self, base: Base, name: str) -> nn.LayerNorm:
        norm = nn.LayerNorm(self.hidden, eps=base.epsilon)
        norm.weight.data = torch.tensor(base.tensors[f"{name}.w"])
        norm.bias.data = torch.tensor(base.tensors[f"{name}.b"])
        return norm

    def _layer(self, base: Base, layer: int) -> nn.ModuleDict:
        parts: dict[str, nn.Module] = {
            part: Coarse(
                base.tensors[f"l{layer}.{part}.w"],  # type: ignore[arg-type]
                base.tensors[f"l{layer}.{part}.b"],  # type: ignore[arg-type]
            )
            for part in PARTS
        }
        parts["aln"] = self._norm(base, f"l{layer}.aln")
        parts["oln"] = self._norm(base, f"l{layer}.oln")
        return nn.ModuleDict(parts)

    def pool(self, tokens: Tensor, mask: Tensor, kind: torch.dtype = torch.float32) -> Tensor:
        """Return the mean of the last hidden states, [batch, hidden].

        mask: True for a token. kind: what it is computed in; bfloat16 while training.
        """
        batch, length = tokens.shape
        x = self.dropout(self.normal(self.words(tokens) + self.positions[:length]))
        unseen = (~mask)[:, None, None, :]
        scale = (self.hidden // self.heads) ** -0.5
        for layer in self.layers:
            given = x.to(kind)
            query, key, value = (
                layer[part](given).view(batch, length, self.heads, -1).transpose(1, 2)
                for part in "qkv"
            )
            scores = (query @ key.transpose(2, 3) * scale).float().masked_fill(unseen, -1e9)
            mixed = scores.softmax(-1).to(kind) @ value
            mixed = mixed.transpose(1, 2).reshape(batch, length, self.hidden)
            x = layer["aln"](x + layer["ao"](mixed).float())
            inner = functional.gelu(layer["fi"](x.to(kind)))
            x = layer["oln"](x + layer["fo"](inner).float())
        weight = mask[:, :, None].float()
        return (x * weight).sum(1) / weight.sum(1)

    def forward(self, tokens: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        pooled = self.pool(tokens, mask)
        meaning = functional.normalize(self.meaning(pooled), dim=-1)
        return self.urgency(pooled), self.hazard(pooled), meaning
