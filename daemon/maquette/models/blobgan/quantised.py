"""3 × 3 convolutions by products of 8-bit numbers, whose sums are exact (Jacob et al. 2018, section 2).

Processors that multiply them in one instruction (VNNI) are up to four times as fast with them as with float32. A
layer's inputs are rounded to 255 steps from their least to their greatest value, and its kernel to 254 steps for every
output channel. Inference on a CPU only, with the operators that torch.compile uses for quantised networks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor

from maquette.models.threads import threads_for

_GREATEST_CODE = 255
_GREATEST_WEIGHT = 127
_SLACK = 0.05
"""Of a code, at both ends: where the least and the greatest number are as large, the latter would otherwise be 256."""
_NO_FRACTION = 1.5 * 2**23
"""A float32 this large has no bits for a fraction: what is added to it is rounded, and ends up in the lowest bits."""
_NUMBERS_AT_ONCE = 500_000
"""What one thread goes over repeatedly: as float32 a part of that size stays in its cache."""


def supported() -> bool:
    """Whether this build of torch has the operators."""
    return torch.backends.mkldnn.is_available() and hasattr(torch.ops.onednn, "qconv2d_pointwise")


@dataclass(frozen=True)
class Quantised:
    """Features as codes: ``(codes − zero) · step``.

    Attributes:
        codes: (1, C, h, w), uint8, channels last in memory.
        step: between two codes.
        zero: the code of 0.
    """

    codes: Tensor
    step: float
    zero: int


def quantised(features: Tensor, rows: int = 0, columns: int = 0) -> Quantised | None:
    """Features (1, C, h, w) rounded to codes; None where they are not finite.

    Args:
        features: in any type of floating point.
        rows: of zeros, above and below.
        columns: of zeros, on both sides.
    """
    # Channels last is the order in memory, without which the least value is sought in a copy.
    pixels = features.permute(0, 2, 3, 1)
    with threads_for(pixels.numel()):
        least, greatest = (float(value) for value in torch.aminmax(pixels))
    least, greatest = min(least, 0.0), max(greatest, 0.0)
    step = (greatest - least) / (_GREATEST_CODE - 2 * _SLACK)
    if not math.isfinite(step):
        return None
    step = max(step, 1e-12)
    zero = round(-least / step + _SLACK)
    _, height, width, channels = pixels.shape
    codes = torch.empty(1, height + 2 * rows, width + 2 * columns, channels, dtype=torch.uint8)
    for edge in (codes[:, :rows], codes[:, rows + height :], codes[:, :, :columns], codes[:, :, columns + width :]):
        edge.fill_(zero)
    _round(pixels, 1 / step, zero, codes[:, rows : rows + height, columns : columns + width])
    return Quantised(codes.permute(0, 3, 1, 2), step, zero)


def _round(pixels: Tensor, scale: float, zero: int, codes: Tensor) -> None:
    """Write the codes (1, h, w, C) of pixels, in parts that stay near the processor."""
    threads = torch.get_num_threads()
    # Two threads are held up by waking each other for longer than one needs.
    numbers = _NUMBERS_AT_ONCE * (threads if threads > 2 else 1)
    at_once = min(pixels.shape[1], max(1, numbers // pixels[0, 0].numel()))
    room, shift = torch.empty(1, at_once, *pixels.shape[2:]), torch.tensor(_NO_FRACTION + zero)
    with threads_for(room.numel()):
        for first in range(0, pixels.shape[1], at_once):
            part = pixels[:, first : first + at_once]
            wide = room[:, : part.shape[1]].copy_(part)
            torch.add(shift, wide, alpha=scale, out=wide)
            codes[:, first : first + at_once] = wide.view(torch.int32)


class QuantisedKernel:
    """A kernel (outputs, inputs, h, w), made ready."""

    def __init__(self, kernel: Tensor) -> None:
        steps = (kernel.abs().amax(dim=(1, 2, 3)) / _GREATEST_WEIGHT).clamp(min=1e-12)
        self._codes = (kernel / steps[:, None, None, None]).round().to(torch.int8)
        self._steps, self._zeros = steps, torch.zeros(len(kernel), dtype=torch.int32)
        self._sums = self._codes.sum(dim=(1, 2, 3)) * steps
        stride, no_border, dilation, groups = [1, 1], [0, 0], [1, 1], 1
        self._geometry = (stride, no_border, dilation, groups)
        self._packed: dict[int, Tensor] = {}

    def __call__(self, features: Quantised, dtype: torch.dtype = torch.float32, bias: Tensor | None = None) -> Tensor:
        """Convolve what is there, without a border; in ``dtype``, channels last in memory. The bias is float32."""
        # Were oneDNN told which code is 0, it would sum the kernel in every call.
        offset = self._sums * (-features.zero * features.step)
        bias, zero = offset if bias is None else offset + bias, 0
        packed = self._packed_for(features.codes.shape)
        what = (features.codes, features.step, zero, packed, self._steps, self._zeros, bias)
        parameters: list[float] = []
        output_step, output_zero, no_activation = 1.0, 0, ("none", parameters, "")
        return cast(
            "Tensor",
            _operators().qconv2d_pointwise(*what, *self._geometry, output_step, output_zero, dtype, *no_activation),
        )

    def _packed_for(self, shape: torch.Size) -> Tensor:
        """The kernel in the order that oneDNN likes for features about as large; sorting it anew takes long."""
        magnitude = (shape[2] * shape[3]).bit_length()
        if magnitude not in self._packed:
            operators, step, zero = _operators(), 1.0, 0
            packed = operators.qconv_prepack(self._codes, self._steps, step, zero, *self._geometry, list(shape))
            self._packed[magnitude] = cast("Tensor", packed)
        return self._packed[magnitude]


def _operators() -> Any:
    return torch.ops.onednn


def _samples(batch: Tensor) -> list[Tensor]:
    return [batch[index : index + 1] for index in range(len(batch))]


def one_by_one(make: Callable[[Tensor], Tensor], batch: Tensor) -> Tensor:
    """What is made of a batch, picture by picture, each a batch of one: steps between codes are a picture's own."""
    made = [make(sample) for sample in _samples(batch)]
    return made[0] if len(made) == 1 else torch.cat(made)


class QuantisedFilter:
    """A 3 × 3 kernel (outputs, inputs, 3, 3), made ready."""

    def __init__(self, kernel: Tensor) -> None:
        self._kernel = QuantisedKernel(kernel)

    def __call__(self, features: Tensor, bias: Tensor) -> Tensor:
        """Convolve (B, inputs, h, w), bordered by zeros.

        Returns (B, outputs, h, w) in the features' dtype, NaN where the inputs are not finite.
        """
        return one_by_one(partial(self._one, bias.float()), features)

    def _one(self, bias: Tensor, sample: Tensor) -> Tensor:
        coded = quantised(sample, 1, 1)
        if coded is None:
            return sample.new_full((1, len(bias), *sample.shape[2:]), math.nan)
        return self._kernel(coded, sample.dtype, bias)


class QuantisedGrowth:
    """A transposed 3 × 3 kernel (inputs, outputs, 3, 3) of stride 2, made ready.

    Every second row and column of what it makes is a convolution by some of its taps, the others by the rest.
    """

    def __init__(self, kernel: Tensor) -> None:
        taps = kernel.transpose(0, 1).flip(2, 3)
        self._outputs = len(taps)
        self._both = QuantisedKernel(taps[:, :, ::2, ::2])
        self._rows = QuantisedKernel(taps[:, :, ::2, 1:2])
        self._columns = QuantisedKernel(taps[:, :, 1:2, ::2])
        self._middle = QuantisedKernel(taps[:, :, 1:2, 1:2])

    def __call__(self, features: Tensor) -> Tensor:
        """(B, inputs, h, w) to (B, outputs, 2h + 1, 2w + 1); NaN where they are not finite."""
        batch, _, height, width = features.shape
        shape = (batch, 2 * height + 1, 2 * width + 1, self._outputs)
        grown = features.new_empty(shape).permute(0, 3, 1, 2)
        for sample, made in zip(_samples(features), _samples(grown), strict=True):
            self._grow(quantised(sample, 1, 1), made)
        return grown

    def _grow(self, coded: Quantised | None, made: Tensor) -> None:
        if coded is None:
            made.fill_(math.nan)
            return
        both, rows, columns, middle = self.parts(coded, made.dtype)
        with threads_for(both.numel()):
            made[:, :, ::2, ::2], made[:, :, ::2, 1::2] = both, rows
            made[:, :, 1::2, ::2], made[:, :, 1::2, 1::2] = columns, middle

    def parts(self, coded: Quantised, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Even and odd columns of the even rows, then of the odd rows: (1, outputs, h + 1 or h, w + 1 or w) each.

        Args:
            coded: (1, inputs, h + 2, w + 2), with a border of zeros.
            dtype: of what is made.
        """
        both, rows, columns, middle = (
            part(coded, dtype) for part in (self._both, self._rows, self._columns, self._middle)
        )
        return both, rows[..., 1:-1], columns[:, :, 1:-1], middle[:, :, 1:-1, 1:-1]
