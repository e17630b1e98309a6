"""3 × 3 convolutions by two thirds of the products of 8-bit numbers: F(2, 3) of Winograd (1980) along the columns.

Two neighbours of a column are sums and differences of four products, each by a kernel of one row: what is multiplied
grows to twice its size at most, so that 8 bits still do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from maquette.models.blobgan.quantised import QuantisedKernel, one_by_one, quantised
from maquette.models.threads import threads_for


class QuantisedMinimalFilter:
    """A 3 × 3 kernel (outputs, inputs, 3, 3), made ready."""

    def __init__(self, kernel: Tensor) -> None:
        top, middle, bottom = kernel.unbind(2)
        outer = top + bottom
        rows = (top, (outer + middle) / 2, (outer - middle) / 2, bottom)
        self._outputs = len(kernel)
        self._kernels = [QuantisedKernel(row[:, :, None]) for row in rows]

    def __call__(self, features: Tensor, bias: Tensor) -> Tensor:
        """Convolve (B, inputs, h, w), bordered by zeros.

        Returns (B, outputs, h, w) in the features' dtype, NaN where the inputs are not finite.
        """
        return one_by_one(partial(self._one, bias.float()), features)

    def _one(self, bias: Tensor, sample: Tensor) -> Tensor:
        pixels, height = sample.permute(0, 2, 3, 1), sample.shape[2]
        if height % 2:
            pixels = functional.pad(pixels, (0, 0, 0, 0, 0, 1))
        made = pixels.new_empty(*pixels.shape[:3], self._outputs)
        even, odd = made[:, 0::2], made[:, 1::2]
        second, third = self._product(1, pixels, bias), self._product(2, pixels)
        with threads_for(even.numel()):
            torch.add(second, third, out=even)
            torch.sub(second, third, out=odd)
        del second, third
        for rows, number, sign in ((even, 0, 1), (odd, 3, -1)):
            product = self._product(number, pixels)
            with threads_for(rows.numel()):
                rows.add_(product, alpha=sign)
        return made[:, :height].permute(0, 3, 1, 2)

    def _product(self, number: int, pixels: Tensor, bias: Tensor | None = None) -> Tensor:
        """One of the four, (1, h / 2, w, outputs)."""
        with threads_for(pixels.numel() // 2):
            factor = _FACTORS[number](pixels[:, 0::2], pixels[:, 1::2])
        coded = quantised(factor.permute(0, 3, 1, 2), columns=1)
        if coded is None:
            return pixels.new_full((*factor.shape[:3], self._outputs), math.nan)
        return self._kernels[number](coded, pixels.dtype, bias).permute(0, 2, 3, 1)


def _before(_: Tensor, odd: Tensor) -> Tensor:
    factor = torch.empty_like(odd)
    torch.neg(odd[:, 0], out=factor[:, 0])
    torch.sub(odd[:, :-1], odd[:, 1:], out=factor[:, 1:])
    return factor


def _after(even: Tensor, _: Tensor) -> Tensor:
    factor = torch.empty_like(even)
    torch.sub(even[:, :-1], even[:, 1:], out=factor[:, :-1])
    factor[:, -1] = even[:, -1]
    return factor


_FACTORS: tuple[Callable[[Tensor, Tensor], Tensor], ...] = (
    _before,
    torch.add,
    lambda even, odd: odd - even,
    _after,
)
"""What each kernel multiplies, (1, h / 2, w, C), of the even and the odd rows."""
