"""3 × 3 convolutions by two thirds of the products of 8-bit numbers: F(2, 3) of Winograd (1980) along the columns.

Two neighbours of a column are sums and differences of four products, each by a kernel of one row: what is multiplied
grows to twice its size at most, so that 8 bits still do.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from maquette.models.blobgan.quantised import QuantisedKernel, quantised, samples
from maquette.models.threads import threads_for


class QuantisedMinimalFilter:
    """A 3 × 3 kernel (outputs, inputs, 3, 3), made ready."""

    def __init__(self, kernel: Tensor) -> None:
        top, middle, bottom = kernel.unbind(2)
        outer = top + bottom
        rows = (top, (outer + middle) / 2, (outer - middle) / 2, bottom)
        self._kernels = [QuantisedKernel(row[:, :, None]) for row in rows]

    def __call__(self, features: Tensor, bias: Tensor) -> Tensor:
        """Convolve (B, inputs, h, w), bordered by zeros.

        Returns (B, outputs, h, w) in the features' dtype, NaN where the inputs are not finite.
        """
        made = [self._one(sample, bias.float()) for sample in samples(features)]
        return made[0] if len(made) == 1 else torch.cat(made)

    def _one(self, sample: Tensor, bias: Tensor) -> Tensor:
        pixels, height = sample.permute(0, 2, 3, 1), sample.shape[2]
        if height % 2:
            pixels = functional.pad(pixels, (0, 0, 0, 0, 0, 1))
        half = pixels.numel() // 2
        with threads_for(half):
            transformed = _transformed(pixels)
        products: list[Tensor] = []
        for kernel, each, added in zip(self._kernels, transformed, (None, bias, None, None), strict=True):
            coded = quantised(each.permute(0, 3, 1, 2), columns=1)
            if coded is None:
                return sample.new_full((1, len(bias), *sample.shape[2:]), math.nan)
            products.append(kernel(coded, sample.dtype, added).permute(0, 2, 3, 1))
        with threads_for(half):
            joined = _joined(*products)
        return joined[:, :height].permute(0, 3, 1, 2)


def _transformed(pixels: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What is multiplied, each (1, h / 2, w, C), of (1, h, w, C), h even."""
    even, odd = pixels[:, 0::2], pixels[:, 1::2]
    before, after = torch.empty_like(odd), torch.empty_like(even)
    torch.neg(odd[:, 0], out=before[:, 0])
    torch.sub(odd[:, :-1], odd[:, 1:], out=before[:, 1:])
    torch.sub(even[:, :-1], even[:, 1:], out=after[:, :-1])
    after[:, -1] = even[:, -1]
    return before, even + odd, odd - even, after


def _joined(first: Tensor, second: Tensor, third: Tensor, fourth: Tensor) -> Tensor:
    batch, half, width, channels = first.shape
    pixels = first.new_empty(batch, 2 * half, width, channels)
    torch.add(second, third, out=pixels[:, 0::2]).add_(first)
    torch.sub(second, third, out=pixels[:, 1::2]).sub_(fourth)
    return pixels
