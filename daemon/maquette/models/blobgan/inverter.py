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

from maquette.models.blobgan.decoder import ActivationBias
from maquette.models.blobgan.layers import (
    ACTIVATION_GAIN,
    ACTIVATION_SLOPE,
    EqualisedLinear,
    filtered_each,
    fir_kernel,
    smoothly_halved,
)

PREFIX = "inverter."
FINAL_WIDTH = 4
MAXIMUM_BLOCKS = 12


class EqualisedConvolution(nn.Module):
    """A convolution whose weights are stored at unit scale."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.scale = 1.0 / math.sqrt(inputs * kernel * kernel)
        self.stride = stride
        self.padding = kernel // 2 if stride == 1 else 0

    def forward(self, features: Tensor, bias: Tensor | None = None, gain: float = 1.0) -> Tensor:
        """(B, inputs, h, w) to (B, outputs, …), times ``gain``; ``bias`` (outputs,) is added as it is."""
        kernel = self.weight * (self.scale * gain)
        return functional.conv2d(features, kernel, bias, stride=self.stride, padding=self.padding)


class Blur(nn.Module):
    """The FIR filter [1, 3, 3, 1] before a strided convolution."""

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, h, w) to (B, C, h + 1, w + 1)."""
        taps = fir_kernel().to(features).repeat(features.shape[1], 1, 1, 1)
        return filtered_each(features, taps, padding=2)


class HalvingBlur(nn.Module):
    """The FIR filter [1, 3, 3, 1] where a strided 1 × 1 convolution looks."""

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, h, w) to (B, C, h/2, w/2)."""
        return smoothly_halved(features)


class ActivatedConvolution(nn.Sequential):
    """A convolution, a bias and the scaled leaky ReLU; a strided one blurs first.

    Leaky ReLU is positively homogeneous, so its gain √2 is part of kernel and bias.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        blur = [Blur()] if stride > 1 else []
        super().__init__(*blur, EqualisedConvolution(inputs, outputs, kernel, stride), ActivationBias(outputs))

    def forward(self, features: Tensor, gain: float = ACTIVATION_GAIN) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """(B, inputs, h, w) to (B, outputs, …); ``gain`` instead of √2."""
        *blur, convolution, activation = self
        for module in blur:
            features = module(features)
        outputs = convolution(features, activation.get_parameter("bias") * gain, gain)
        return functional.leaky_relu_(outputs, ACTIVATION_SLOPE)


class ResidualBlock(nn.Module):
    """Two convolutions that halve the size, beside a strided 1 × 1 convolution; their sum over √2."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = ActivatedConvolution(inputs, inputs, 3)
        self.conv2 = ActivatedConvolution(inputs, outputs, 3, stride=2)
        self.skip = nn.Sequential(HalvingBlur(), EqualisedConvolution(inputs, outputs, 1))

    def forward(self, features: Tensor) -> Tensor:
        """(B, inputs, h, w) to (B, outputs, h/2, w/2)."""
        return self.conv2(self.conv1(features), ACTIVATION_GAIN * math.sqrt(0.5)) + self.skipped(features)

    def skipped(self, features: Tensor) -> Tensor:
        """What goes past the two convolutions, over √2."""
        blur, convolution = self.skip
        return convolution(blur(features), None, math.sqrt(0.5))


def inverter_channels(shapes: Mapping[str, tuple[int, ...]]) -> dict[int, int]:
    """Channels by width of an encoder whose tensors have these shapes, by name without prefix.

    Raises:
        ValueError: they are no encoder's.
    """
    count = 0
    while f"convs.{count + 1}.conv2.1.weight" in shapes:
        count += 1
    names = ["convs.0.0.weight", *(f"convs.{block}.conv2.1.weight" for block in range(1, count + 1))]
    outputs = [shapes.get(name, ()) for name in names]
    if not 1 <= count <= MAXIMUM_BLOCKS or any(len(shape) != 4 or min(shape) < 1 for shape in outputs):
        raise ValueError("its encoder's convolutions have no usable sizes")
    return {FINAL_WIDTH << (count - block): shape[0] for block, shape in enumerate(outputs)}


class Trunk(nn.Module):
    """Pictures to features of every width down to 4.

    Args:
        channels: by width, from the picture's down to 4.
    """

    def __init__(self, channels: Mapping[int, int]) -> None:
        super().__init__()
        widths = sorted(channels, reverse=True)
        stem = ActivatedConvolution(3, channels[widths[0]], 1)
        blocks = [ResidualBlock(channels[width], channels[width // 2]) for width in widths[:-1]]
        self.convs = nn.Sequential(stem, *blocks)

    def features(self, pictures: Tensor, widest: int | None = None) -> dict[int, Tensor]:
        """Features (B, C, w, w) by width w of pictures (B, 3, R, R) in [−1, 1].

        Args:
            pictures: as above.
            widest: width above which blocks only pass on what goes past their convolutions; None = there is none.
        """
        stem, *blocks = self.convs
        features = stem(pictures.contiguous(memory_format=torch.channels_last))
        by_width = {pictures.shape[-1]: features}
        for block in blocks:
            passing = widest is not None and features.shape[-1] > widest
            features = cast("ResidualBlock", block).skipped(features) if passing else block(features)
            by_width[features.shape[-1]] = features
        return by_width


class Inverter(Trunk):
    """Pictures to layout vectors, as published.

    Args:
        channels: by width, from the picture's down to 4.
        outputs: O, length of the layout vector.
    """

    def __init__(self, channels: Mapping[int, int], outputs: int) -> None:
        super().__init__(channels)
        last = channels[FINAL_WIDTH]
        self.final_conv = ActivatedConvolution(last, last, 3)
        self.final_linear = nn.Sequential(
            EqualisedLinear(last * FINAL_WIDTH**2, last, activated=True), EqualisedLinear(last, outputs)
        )

    def vectors(self, features: Tensor) -> Tensor:
        """Layout vectors (B, O) of the coarsest features (B, C, 4, 4)."""
        return cast(Tensor, self.final_linear(self.final_conv(features).flatten(1)))

    def forward(self, pictures: Tensor) -> Tensor:
        """Layout vectors (B, O) of pictures (B, 3, R, R) in [−1, 1]."""
        return self.vectors(self.features(pictures)[FINAL_WIDTH])
