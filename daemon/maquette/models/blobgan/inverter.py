"""From a picture to a layout vector (BlobGAN, section 4.3): StyleGAN2's discriminator trunk without its minibatch
standard deviation.

Parameters are named as the public checkpoints name them (``inverter.*``); FIR kernels are constants and left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from maquette.models.blobgan.layers import EqualisedLinear, fir_kernel, scaled_leaky_relu

FINAL_WIDTH = 4


class EqualisedConvolution(nn.Module):
    """A convolution without bias whose weights are stored at unit scale."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.scale = 1.0 / math.sqrt(inputs * kernel * kernel)
        self.stride = stride
        self.padding = kernel // 2 if stride == 1 else 0

    def forward(self, features: Tensor) -> Tensor:
        """(B, inputs, h, w) to (B, outputs, …)."""
        return functional.conv2d(features, self.weight * self.scale, stride=self.stride, padding=self.padding)


class Blur(nn.Module):
    """The FIR filter [1, 3, 3, 1] before a strided convolution."""

    fir: Tensor

    def __init__(self, padding: int) -> None:
        super().__init__()
        self.padding = padding
        self.register_buffer("fir", fir_kernel()[None, None], persistent=False)

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, h, w) to (B, C, h + 2·padding − 3, …)."""
        channels = features.shape[1]
        return functional.conv2d(features, self.fir.repeat(channels, 1, 1, 1), padding=self.padding, groups=channels)


class BiasedActivation(nn.Module):
    """Bias, then the scaled leaky ReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, h, w), unchanged in shape."""
        return scaled_leaky_relu(features + self.bias[:, None, None])


class ResidualBlock(nn.Module):
    """Two convolutions that halve the size, beside a strided 1 × 1 convolution; their sum over √2."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(EqualisedConvolution(inputs, inputs, 3), BiasedActivation(inputs))
        self.conv2 = nn.Sequential(Blur(2), EqualisedConvolution(inputs, outputs, 3, 2), BiasedActivation(outputs))
        self.skip = nn.Sequential(Blur(1), EqualisedConvolution(inputs, outputs, 1, 2))

    def forward(self, features: Tensor) -> Tensor:
        """(B, inputs, h, w) to (B, outputs, h/2, w/2)."""
        return (self.conv2(self.conv1(features)) + self.skip(features)) / math.sqrt(2.0)


class Inverter(nn.Module):
    """Pictures to layout vectors.

    Args:
        channels: by width, from the picture's down to 4.
        outputs: O, length of the layout vector.
    """

    def __init__(self, channels: Mapping[int, int], outputs: int) -> None:
        super().__init__()
        widths = sorted(channels, reverse=True)
        first, last = channels[widths[0]], channels[FINAL_WIDTH]
        stem = nn.Sequential(EqualisedConvolution(3, first, 1), BiasedActivation(first))
        blocks = [ResidualBlock(channels[width], channels[width // 2]) for width in widths[:-1]]
        self.convs = nn.Sequential(stem, *blocks)
        self.final_conv = nn.Sequential(EqualisedConvolution(last, last, 3), BiasedActivation(last))
        self.final_linear = nn.Sequential(
            EqualisedLinear(last * FINAL_WIDTH**2, last, activated=True), EqualisedLinear(last, outputs)
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Layout vectors (B, O) of pictures (B, 3, R, R) in [−1, 1]."""
        features = self.final_conv(self.convs(pictures))
        return cast(Tensor, self.final_linear(features.flatten(1)))
