"""BlobGAN's rendering as its paper writes it down, and no faster: what our renderer is compared with.

float32, contiguous, nothing folded or remembered: kernels are demodulated in every call, modulation is splatted and
normalised channel by channel, distances come from a linear solver.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional

from maquette.models.blobgan.decoder import StyledConvolution, ToRgb
from maquette.models.blobgan.layers import ACTIVATION_GAIN, ACTIVATION_SLOPE, fir_kernel
from maquette.models.blobgan.modulated_convolution import ModulatedConvolution
from maquette.models.blobgan.network import BlobGan
from maquette.models.blobgan.splatting import Layout


def plain_scores(layout: Layout, resolution: int) -> Tensor:
    """Composited scores (B, K+1, R, R); row 0 is the background."""
    axis = torch.arange(resolution) / resolution
    rows, columns = torch.meshgrid(axis, axis, indexing="ij")
    points = torch.stack((columns, rows)).reshape(1, 1, 2, -1)
    offsets = points - layout.positions[..., None]
    solved = cast("Tensor", torch.linalg.solve(layout.covariances, offsets))  # pyright: ignore[reportUnknownMemberType]
    distances = (offsets * solved).sum(dim=2)
    opacities = torch.sigmoid(layout.sizes[..., None] - distances)
    opaque = torch.ones_like(opacities[:, :1])
    remaining = torch.cat((opaque, (1 - opacities.flip(1)).cumprod(dim=1)), dim=1).flip(1)
    weights = torch.cat((opaque, opacities), dim=1) * remaining
    return weights.reshape(*weights.shape[:2], resolution, resolution)


def _splatted(scores: Tensor, rows: Tensor) -> Tensor:
    return torch.einsum("bkhw,bkc->bchw", scores, rows)


def _filtered(features: Tensor, padding: int) -> Tensor:
    channels = features.shape[1]
    return functional.conv2d(features, fir_kernel(4.0).repeat(channels, 1, 1, 1), padding=padding, groups=channels)


def _convolved(layer: ModulatedConvolution, features: Tensor, scores: Tensor, styles: Tensor) -> Tensor:
    modulation = layer.modulation
    gains = functional.linear(styles, modulation.weight / math.sqrt(styles.shape[-1]), modulation.bias)
    modulated = _splatted(scores, gains)
    kernel = layer.weight[0] / math.sqrt(layer.weight[0, 0].numel())
    if layer.demodulated:
        modulated = modulated * torch.rsqrt(modulated.square().mean(dim=1, keepdim=True) + 1e-8)
        kernel = kernel * torch.rsqrt(kernel.square().sum(dim=(1, 2, 3), keepdim=True) + 1e-8)
    modulated = features * modulated
    if not layer.upsampling:
        return functional.conv2d(modulated, kernel, padding=kernel.shape[-1] // 2)
    return _filtered(functional.conv_transpose2d(modulated, kernel.transpose(0, 1).contiguous(), stride=2), padding=1)


def _styled(layer: StyledConvolution, features: Tensor, scores: Tensor, styles: Tensor, noise: Tensor) -> Tensor:
    outputs = _convolved(layer.conv, features, scores, styles) + layer.noise.weight * noise
    outputs = outputs + layer.activate.bias[:, None, None]
    return functional.leaky_relu(outputs, ACTIVATION_SLOPE) * ACTIVATION_GAIN


def _doubled(rgb: Tensor) -> Tensor:
    batch, channels, height, width = rgb.shape
    inserted = rgb.new_zeros(batch, channels, height, 2, width, 2)
    inserted[:, :, :, 0, :, 0] = rgb
    return _filtered(functional.pad(inserted.reshape(batch, channels, 2 * height, 2 * width), (2, 1, 2, 1)), padding=0)


def _to_rgb(layer: ToRgb, features: Tensor, scores: Tensor, styles: Tensor, coarser: Tensor | None) -> Tensor:
    rgb = _convolved(layer.conv, features, scores, styles) + layer.bias
    return rgb if coarser is None else rgb + _doubled(coarser)


def plain_picture(network: BlobGan, layout: Layout, noises: Sequence[Tensor]) -> Tensor:
    """RGB (B, 3, R, R) of a layout, about [−1, 1]; the network is neither folded nor changed."""
    decoder, styles = network.generator_ema, layout.styles
    widths = network.shape.decoder.widths
    scores = {widths[-1]: plain_scores(layout, widths[-1])}
    for width in reversed(widths[:-1]):
        scores[width] = functional.interpolate(scores[2 * width], size=(width, width), mode="bilinear")
    grid = _splatted(scores[widths[0]], layout.structures)
    features = _styled(decoder.conv1, grid, scores[widths[0]], styles, noises[0])
    rgb = _to_rgb(decoder.to_rgb1, features, scores[widths[0]], styles, None)
    for index, width in enumerate(widths[1:]):
        growing, keeping = (cast("StyledConvolution", decoder.convs[2 * index + part]) for part in range(2))
        features = _styled(growing, features, scores[width // 2], styles, noises[2 * index + 1])
        features = _styled(keeping, features, scores[width], styles, noises[2 * index + 2])
        rgb = _to_rgb(cast("ToRgb", decoder.to_rgbs[index]), features, scores[width], styles, rgb)
    return rgb
