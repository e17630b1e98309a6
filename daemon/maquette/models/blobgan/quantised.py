"""3 × 3 convolutions by products of 8-bit numbers, whose sums are exact (Jacob et al. 2018, section 2).

Processors that multiply them in one instruction (VNNI) are up to four times as fast with them as with float32. A
layer's inputs are rounded to 255 steps from their least to their greatest value, and its kernel to 254 steps for every
output channel. Inference on a CPU only, with the operators that torch.compile uses for quantised networks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional

_GREATEST_CODE = 255
_GREATEST_WEIGHT = 127


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

    def bordered(self) -> Quantised:
        """With a border of zeros, one pixel wide: (1, C, h + 2, w + 2)."""
        rows = functional.pad(self.codes.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1), value=self.zero)
        return replace(self, codes=rows.permute(0, 3, 1, 2))


def quantised(features: Tensor) -> Quantised | None:
    """Features (1, C, h, w), float32, rounded to codes; None where they are not finite. Overwrites the features."""
    # Channels last is the order in memory, without which the least value is sought in a copy.
    rows = features.permute(0, 2, 3, 1)
    least, greatest = (float(value) for value in torch.aminmax(rows))
    least, greatest = min(least, 0.0), max(greatest, 0.0)
    step = (greatest - least) / _GREATEST_CODE
    if not math.isfinite(step):
        return None
    step = max(step, 1e-12)
    zero = round(-least / step)
    # The half turns the conversion's cutting off into rounding.
    torch.add(torch.tensor(zero + 0.5), rows, alpha=1 / step, out=rows)
    return Quantised(rows.to(torch.uint8).permute(0, 3, 1, 2), step, zero)


class QuantisedKernel:
    """A kernel, made ready.

    Args:
        kernel: (outputs, inputs, h, w).
        border: rows and columns of zeros around the inputs.
    """

    def __init__(self, kernel: Tensor, border: tuple[int, int] = (0, 0)) -> None:
        steps = (kernel.abs().amax(dim=(1, 2, 3)) / _GREATEST_WEIGHT).clamp(min=1e-12)
        self._codes = (kernel / steps[:, None, None, None]).round().to(torch.int8)
        self._steps, self._zeros = steps, torch.zeros(len(kernel), dtype=torch.int32)
        stride, dilation, groups = [1, 1], [1, 1], 1
        self._geometry = (stride, list(border), dilation, groups)
        self._packed: dict[int, Tensor] = {}

    def __call__(self, features: Quantised, bias: Tensor | None = None) -> Tensor:
        """Convolve; (1, outputs, h, w), float32, channels last in memory."""
        packed = self._packed_for(features.codes.shape)
        what = (features.codes, features.step, features.zero, packed, self._steps, self._zeros, bias)
        parameters: list[float] = []
        output_step, output_zero, no_activation = 1.0, 0, ("none", parameters, "")
        return cast(
            "Tensor",
            _operators().qconv2d_pointwise(
                *what, *self._geometry, output_step, output_zero, torch.float32, *no_activation
            ),
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


class QuantisedFilter:
    """A 3 × 3 kernel (outputs, inputs, 3, 3), made ready."""

    def __init__(self, kernel: Tensor) -> None:
        self._kernel = QuantisedKernel(kernel, (1, 1))

    def __call__(self, features: Tensor, bias: Tensor) -> Tensor:
        """Convolve (B, inputs, h, w) float32, bordered by zeros, which are overwritten.

        Returns (B, outputs, h, w), NaN where the inputs are not finite.
        """
        made = [self._one(sample, bias) for sample in _samples(features)]
        return made[0] if len(made) == 1 else torch.cat(made)

    def _one(self, sample: Tensor, bias: Tensor) -> Tensor:
        coded = quantised(sample)
        if coded is None:
            return sample.new_full((1, len(bias), *sample.shape[2:]), math.nan)
        return self._kernel(coded, bias)


class QuantisedGrowth:
    """A transposed 3 × 3 kernel (inputs, outputs, 3, 3) of stride 2, made ready.

    Every second row and column of what it makes is a convolution by some of its taps, the others by the rest.
    """

    def __init__(self, kernel: Tensor) -> None:
        taps = kernel.transpose(0, 1).flip(2, 3)
        self._outputs = len(taps)
        self._both = QuantisedKernel(taps[:, :, ::2, ::2])
        self._rows = QuantisedKernel(taps[:, :, ::2, 1:2], (1, 0))
        self._columns = QuantisedKernel(taps[:, :, 1:2, ::2], (0, 1))
        self._middle = QuantisedKernel(taps[:, :, 1:2, 1:2])

    def __call__(self, features: Tensor) -> Tensor:
        """(B, inputs, h, w) float32, overwritten, to (B, outputs, 2h + 1, 2w + 1); NaN where they are not finite."""
        batch, _, height, width = features.shape
        shape = (batch, 2 * height + 1, 2 * width + 1, self._outputs)
        grown = features.new_empty(shape).permute(0, 3, 1, 2)
        for sample, made in zip(_samples(features), _samples(grown), strict=True):
            self._grow(quantised(sample), made)
        return grown

    def _grow(self, coded: Quantised | None, made: Tensor) -> None:
        if coded is None:
            made.fill_(math.nan)
            return
        both, rows, columns, middle = self.parts(coded)
        made[:, :, ::2, ::2], made[:, :, ::2, 1::2] = both, rows
        made[:, :, 1::2, ::2], made[:, :, 1::2, 1::2] = columns, middle

    def parts(self, coded: Quantised) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Even and odd columns of the even rows, then of the odd rows: (1, outputs, h + 1 or h, w + 1 or w) each."""
        # oneDNN is twice as slow where it is to add a border to an even kernel.
        return self._both(coded.bordered()), self._rows(coded), self._columns(coded), self._middle(coded)
