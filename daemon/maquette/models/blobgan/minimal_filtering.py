"""3 × 3 convolutions with a quarter of the multiplications: F(4 × 4, 3 × 3) of Lavin and Gray (2016), section 4.

A tile of 6 × 6 inputs gives 4 × 4 outputs by 36 products instead of 144, each of which is a matrix product over the
channels. Inference only.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_OUTPUTS = 4
_INPUTS = 6
_PRODUCTS = _INPUTS * _INPUTS
_TILES_AT_ONCE = 256

_INPUT_TRANSFORM = torch.tensor(
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ],
    dtype=torch.float64,
)
_KERNEL_TRANSFORM = torch.tensor(
    [
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ],
    dtype=torch.float64,
)
_OUTPUT_TRANSFORM = torch.tensor(
    [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]], dtype=torch.float64
)


def _both_ways(transform: Tensor, device: torch.device) -> Tensor:
    return torch.kron(transform, transform).to(device, torch.float32)


class MinimalFilter:
    """A 3 × 3 kernel, made ready.

    Args:
        kernel: (outputs, inputs, 3, 3).
    """

    def __init__(self, kernel: Tensor) -> None:
        outputs, inputs = kernel.shape[:2]
        transform = _KERNEL_TRANSFORM.to(kernel.device)
        products = torch.einsum("ak,oikl,bl->abio", transform, kernel.double(), transform)
        self._kernel = products.reshape(_PRODUCTS, inputs, outputs).float()
        self._before = _both_ways(_INPUT_TRANSFORM, kernel.device)
        self._after = _both_ways(_OUTPUT_TRANSFORM, kernel.device)

    def __call__(self, features: Tensor, bias: Tensor) -> Tensor:
        """Convolve (B, inputs, h, w) float32, bordered by zeros; (B, outputs, h, w), channels last in memory."""
        batch, _, height, width = features.shape
        down, across = -(-height // _OUTPUTS), -(-width // _OUTPUTS)
        border = (0, 0, 1, _OUTPUTS * across - width + 1, 1, _OUTPUTS * down - height + 1)
        padded = functional.pad(features.permute(0, 2, 3, 1), border)
        tiles = features.new_empty(batch, down, _OUTPUTS, across, _OUTPUTS, len(bias))
        at_once = max(1, _TILES_AT_ONCE // across)
        for sample in range(batch):
            for first in range(0, down, at_once):
                rows = padded[sample, _OUTPUTS * first :]
                self._filter(rows, bias, tiles[sample, first : first + at_once])
        picture = tiles.view(batch, down * _OUTPUTS, across * _OUTPUTS, len(bias))
        return picture[:, :height, :width].permute(0, 3, 1, 2)

    def _filter(self, rows: Tensor, bias: Tensor, outputs: Tensor) -> None:
        down, _, across, _, channels = outputs.shape
        row, column, _ = rows.stride()
        steps = (row, column, _OUTPUTS * row, _OUTPUTS * column, 1)
        tiles = rows.as_strided((_INPUTS, _INPUTS, down, across, rows.shape[-1]), steps)
        transformed = self._before @ tiles.reshape(_PRODUCTS, -1)
        products = torch.bmm(transformed.view(_PRODUCTS, down * across, -1), self._kernel)
        filtered = self._after @ products.view(_PRODUCTS, -1)
        filtered = filtered.view(_OUTPUTS, _OUTPUTS, down, across, channels)
        torch.add(filtered.permute(2, 0, 3, 1, 4), bias, out=outputs)
