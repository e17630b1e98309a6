"""Which blob hides which, where a model was trained with blobs ordered by depth.

The published model draws blobs in the order of their rows. Weights that were supervised with true depths know better:
the depth of a thing can be read off what its blob looks like.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

PREFIX = "drawing_order."


class DrawingOrder(nn.Module):
    """A linear reading of depths: blob k lies at ``weight_k · structure[row_k] + bias_k``.

    ``row_k`` need not be the blob's own row: what lies on a bed goes with the bed. Styles are not read, since they may
    come from another scene.

    Args:
        blob_count: K.
        structure_width: F.
    """

    weight: Tensor
    bias: Tensor
    row: Tensor

    def __init__(self, blob_count: int, structure_width: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.zeros(blob_count, structure_width))
        self.register_buffer("bias", torch.zeros(blob_count))
        self.register_buffer("row", torch.arange(1.0, blob_count + 1))

    def depths(self, structures: Tensor) -> Tensor:
        """Depths (B, K) of normalised structures (B, K+1, F); row 0 is the background."""
        return (structures[:, self.row.long()] * self.weight).sum(dim=-1) + self.bias

    def forward(self, structures: Tensor) -> Tensor:
        """Blob indices (B, K) from back to front; equal depths keep the order of their rows."""
        return torch.argsort(self.depths(structures), dim=1, descending=True, stable=True)
