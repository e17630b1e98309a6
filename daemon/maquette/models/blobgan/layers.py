"""Building blocks that BlobGAN shares with StyleGAN2: equalised layers, FIR resampling, rms normalisation."""

from __future__ import annotations

import math
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

ACTIVATION_GAIN = math.sqrt(2.0)
ACTIVATION_SLOPE = 0.2


def rms_normalised(features: Tensor, epsilon: float = 1e-5) -> Tensor:
    """``features / sqrt(mean(features²) + epsilon)`` over the last dimension."""
    return features * torch.rsqrt(features.square().mean(dim=-1, keepdim=True) + epsilon)


def scaled_leaky_relu(features: Tensor) -> Tensor:
    """Leaky ReLU of slope 0.2 times √2 (StyleGAN2's activation)."""
    return functional.leaky_relu(features, ACTIVATION_SLOPE) * ACTIVATION_GAIN


class RmsNormalisation(nn.Module):
    """The first, parameter-free step of the layout network."""

    def forward(self, features: Tensor) -> Tensor:
        """Normalise (…, C) over its last dimension."""
        return rms_normalised(features)


class EqualisedLinear(nn.Module):
    """A linear layer whose weights are stored at unit scale (StyleGAN, section 2 of its appendix).

    ``y = x · (weight · multiplier / √inputs)ᵀ + bias · multiplier``, then, if ``activated``, the scaled leaky ReLU.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        learning_rate_multiplier: float = 1.0,
        initial_bias: float = 0.0,
        activated: bool = False,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / learning_rate_multiplier)
        self.bias = nn.Parameter(torch.full((outputs,), initial_bias / learning_rate_multiplier))
        self.weight_scale = learning_rate_multiplier / math.sqrt(inputs)
        self.bias_scale = learning_rate_multiplier
        self.activated = activated
        self._folded: tuple[Tensor, Tensor] | None = None

    def fold(self) -> None:
        """Keep the scaled weights for inference; not for training."""
        self._folded = ((self.weight * self.weight_scale).detach(), (self.bias * self.bias_scale).detach())

    def forward(self, features: Tensor) -> Tensor:
        """Map (…, inputs) to (…, outputs)."""
        weight, bias = self._folded or (self.weight * self.weight_scale, self.bias * self.bias_scale)
        outputs = functional.linear(features, weight.to(features.dtype), bias.to(features.dtype))
        return scaled_leaky_relu(outputs) if self.activated else outputs


def fir_kernel(gain: float = 1.0) -> Tensor:
    """The 4 × 4 filter [1, 3, 3, 1] ⊗ [1, 3, 3, 1] that sums to ``gain``."""
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0])
    return torch.outer(taps, taps) * (gain / 64.0)


class _FilteredEach(torch.autograd.Function):
    """A depthwise FIR filter whose gradient is the same filter.

    torch's own gradient of a depthwise convolution costs a CPU fourteen times as much as the convolution.
    """

    @staticmethod
    def forward(ctx: Any, features: Tensor, taps: Tensor, padding: int) -> Tensor:
        ctx.save_for_backward(taps)
        ctx.padding = padding
        return functional.conv2d(features, taps, padding=padding, groups=features.shape[1])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (taps,) = ctx.saved_tensors
        reach = taps.shape[-1] - 1 - ctx.padding
        channels = gradients[0].shape[1]
        return functional.conv2d(gradients[0], taps.flip(2, 3), padding=reach, groups=channels), None, None


def filtered_each(features: Tensor, taps: Tensor, padding: int = 1) -> Tensor:
    """Every channel of ``features`` (B, C, h, w) filtered by its own ``taps`` (C, 1, k, k), bordered by zeros.

    Differentiable by the features, not by the taps. Returns (B, C, h + 2·padding + 1 − k, w + 2·padding + 1 − k).
    """
    return cast("Tensor", _FilteredEach.apply(features, taps, padding))  # pyright: ignore[reportUnknownMemberType]


class _SmoothlyHalved(torch.autograd.Function):
    """Every second value of the FIR filter [1, 3, 3, 1]; its transpose is bilinear interpolation over four."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, taps: Tensor) -> Tensor:
        return functional.conv2d(features, taps, stride=2, padding=1, groups=features.shape[1])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return doubled(gradients[0]) / 4, None


def smoothly_halved(features: Tensor) -> Tensor:
    """Half the size of (B, C, h, w), h and w even, by the FIR filter [1, 3, 3, 1] bordered by zeros."""
    taps = fir_kernel().to(features).repeat(features.shape[1], 1, 1, 1)
    return cast("Tensor", _SmoothlyHalved.apply(features, taps))  # pyright: ignore[reportUnknownMemberType]


def doubled(picture: Tensor) -> Tensor:
    """Twice the size by zero insertion and the FIR filter [1, 3, 3, 1] (StyleGAN2's skip connection).

    Away from the border that filter is bilinear interpolation; a border of zeros makes it so everywhere.
    """
    padded = functional.pad(picture, (1, 1, 1, 1))
    return functional.interpolate(padded, scale_factor=2.0, mode="bilinear", align_corners=False)[..., 2:-2, 2:-2]


def halved(picture: Tensor) -> Tensor:
    """Half the size by the mean of 2 × 2 pixels."""
    # On a CPU several times as fast as a pooling layer.
    rows = picture[..., 0::2, :] + picture[..., 1::2, :]
    return (rows[..., 0::2] + rows[..., 1::2]) * 0.25
