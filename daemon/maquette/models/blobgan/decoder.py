"""The decoder: StyleGAN2's skip generator with modulation that varies over the picture (BlobGAN, section 3.2).

Parameters are named as the public checkpoints name them (``generator_ema.*``). Two published buffers are left out: FIR
kernels, which are constants, and ``noises.*``, which the published code never uses.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from maquette.models.blobgan.layers import ACTIVATION_GAIN, ACTIVATION_SLOPE, EqualisedLinear, doubled
from maquette.models.blobgan.modulated_convolution import ModulatedConvolution, features_dtype
from maquette.models.blobgan.silhouettes import Silhouettes, framed
from maquette.models.blobgan.splatting import (
    Layout,
    composited,
    composited_scores,
    score_pyramid,
    splatted,
)
from maquette.models.threads import threads_for

LARGE_MAP = 2_000_000
"""Feature maps of so many numbers take longer to be moved than to be computed with."""


@dataclass(frozen=True)
class DecoderShape:
    """Sizes of a decoder.

    Attributes:
        structure_width: F, channels of the feature grid.
        style_width: S.
        channels: by width of the feature map, from ``size_in`` to the resolution in powers of two.
        silhouettes: P, polygons that each blob covers; the published blobs are ellipses (0).
        edged_from: the least width whose layers draw edges in the blobs' frames; None = none do, as published.
    """

    structure_width: int
    style_width: int
    channels: Mapping[int, int]
    silhouettes: int = 0
    edged_from: int | None = None

    @property
    def size_in(self) -> int:
        """Width of the feature grid."""
        return min(self.channels)

    @property
    def resolution(self) -> int:
        """Width of the picture."""
        return max(self.channels)

    @property
    def widths(self) -> tuple[int, ...]:
        """Widths of the feature maps, growing."""
        return tuple(sorted(self.channels))

    def edged(self, width: int) -> bool:
        """Whether the layers that make features of this width draw edges."""
        return self.edged_from is not None and width >= self.edged_from


class NoiseInjection(nn.Module):
    """Strength of a layer's noise map."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))


class ActivationBias(nn.Module):
    """Bias of a layer, added before its activation."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))


class StyledConvolution(nn.Module):
    """Modulated 3 × 3 convolution, perhaps edges, noise, bias, scaled leaky ReLU.

    Edges are not published: each row adds an affine function of its blob's own coordinates to every channel, as its
    style says. Where the leaky ReLU bends one, an edge runs, which goes with the blob.
    """

    def __init__(
        self, inputs: int, outputs: int, style_width: int, upsampling: bool = False, edged: bool = False
    ) -> None:
        super().__init__()
        self.conv = ModulatedConvolution(inputs, outputs, style_width, 3, ACTIVATION_GAIN, upsampling)
        self.noise = NoiseInjection()
        self.activate = ActivationBias(outputs)
        self.edges = EqualisedLinear(style_width, 3 * outputs) if edged else None
        if self.edges is not None:
            nn.init.zeros_(self.edges.weight)

    def forward(
        self,
        features: Tensor,
        scores: Tensor,
        styles: Tensor,
        noise: Tensor | None,
        frames: Tensor | None = None,
    ) -> Tensor:
        """(B, inputs, h, w) to (B, outputs, h, w) or twice that size; ``noise``: (1 or B, 1, …) of the output's size.

        ``frames``: (B, 3(K+1), …) of the output's size, see :func:`maquette.models.blobgan.silhouettes.framed`.
        Leaky ReLU is positively homogeneous, so its gain √2 is part of kernel, bias and noise.
        """
        dtype = features.dtype
        outputs = self.conv(features, scores, styles, (self.activate.bias * ACTIVATION_GAIN).to(dtype))
        with threads_for(outputs.numel()):
            if self.edges is not None and frames is not None:
                # As in the frames, the rows for 1 come first, then those for x and for y.
                slopes = self.edges(styles).unflatten(-1, (3, -1)).transpose(1, 2).flatten(1, 2)
                outputs = outputs + splatted(frames, slopes).to(dtype)
            if noise is not None:
                outputs = outputs.add_((self.noise.weight * ACTIVATION_GAIN * noise).to(dtype))
            return functional.leaky_relu_(outputs, ACTIVATION_SLOPE)


class ToRgb(nn.Module):
    """Modulated 1 × 1 convolution to RGB, added to the upsampled RGB of the coarser layers."""

    def __init__(self, inputs: int, style_width: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1, 3, 1, 1))
        self.conv = ModulatedConvolution(inputs, 3, style_width, kernel=1)

    def forward(self, features: Tensor, scores: Tensor, styles: Tensor, coarser: Tensor | None) -> Tensor:
        """RGB (B, 3, h, w) in float32; ``coarser``: (B, 3, h/2, w/2) or None."""
        large = features[0].numel() >= LARGE_MAP and not features.requires_grad
        rgb = self._mixed(features, scores, styles) if large else self.conv(features, scores, styles).float()
        with threads_for(rgb.numel()):
            rgb = rgb + self.bias
            return rgb if coarser is None else rgb + doubled(coarser)

    def _mixed(self, features: Tensor, scores: Tensor, styles: Tensor) -> Tensor:
        """The same, RGB for each row at first and of these a mean: more products, but fewer numbers to be moved."""
        kernel = self.conv.kernel()[:, :, 0, 0].to(features.dtype)
        gains = self.conv.modulation(styles).to(features.dtype)
        kernels = (gains[:, :, None] * kernel).flatten(1, 2)
        # A product of matrices takes channels in any order; of batches of them, bfloat16 would be sorted first.
        rows = (each @ pixels.flatten(1) for each, pixels in zip(kernels, features, strict=True))
        mixed: list[Tensor] = [
            (row.float().unflatten(0, (-1, 3)) * weights.flatten(1)[:, None]).sum(dim=0)
            for row, weights in zip(rows, scores, strict=True)
        ]
        return torch.stack(mixed).reshape(-1, 3, *features.shape[2:])


class Decoder(nn.Module):
    """Feature grid, scores and styles to a picture."""

    def __init__(self, shape: DecoderShape) -> None:
        super().__init__()
        self.shape = shape
        first, *finer = shape.widths
        width, channels = shape.style_width, shape.channels
        self.silhouettes = Silhouettes(shape.structure_width, parts=shape.silhouettes) if shape.silhouettes else None
        self.conv1 = StyledConvolution(shape.structure_width, channels[first], width, edged=shape.edged(first))
        self.to_rgb1 = ToRgb(channels[first], width)
        self.convs = nn.ModuleList()
        self.to_rgbs = nn.ModuleList()
        for size in finer:
            edged = shape.edged(size)
            self.convs.append(StyledConvolution(channels[size // 2], channels[size], width, True, edged))
            self.convs.append(StyledConvolution(channels[size], channels[size], width, edged=edged))
            self.to_rgbs.append(ToRgb(channels[size], width))

    def scores(self, layout: Layout, width: int | None = None) -> dict[int, Tensor]:
        """How much of each pixel each row holds, (B, K+1, w, w) by width w, from ``size_in`` up to ``width``.

        A pixel of a level is the mean of finer ones. Without the finest levels, it is the value at their middle, which
        lies a little to the right of and below where the raster of that width would have it.
        """
        resolution = self.shape.resolution
        finest = width or resolution
        shift = (resolution // finest - 1) / (2 * resolution)
        if self.silhouettes is not None:
            return self.scores_of(self.silhouettes.opacities(layout, finest, shift))
        scores = composited_scores(layout.positions - shift, layout.sizes, layout.covariances, finest)
        return score_pyramid(scores, self.shape.size_in)

    def scores_of(self, opacities: Tensor) -> dict[int, Tensor]:
        """:meth:`scores` of blobs with opacities (B, K, w, w), back to front."""
        return score_pyramid(composited(opacities), self.shape.size_in)

    def frames(self, layout: Layout, scores: Mapping[int, Tensor]) -> dict[int, Tensor]:
        """What edges are drawn in, (B, 3(K+1), w, w) by width w of the layers that draw some.

        Args:
            layout: the scenes.
            scores: of :meth:`scores`.
        """
        finest = max(scores)
        if self.shape.edged_from is None or finest < self.shape.edged_from:
            return {}
        return score_pyramid(framed(scores[finest], layout), self.shape.edged_from)

    @property
    def noise_sizes(self) -> tuple[int, ...]:
        """Width of each layer's noise map, in the order of the layers."""
        first, *finer = self.shape.widths
        return (first, *(size for size in finer for _ in range(2)))

    def fold(self, dtype: torch.dtype = torch.float32) -> None:
        """Make ready for inference in ``dtype``: fold everything that no style changes. Not for training.

        int8 (on a CPU) stands for products of 8-bit numbers; what is between them is in :func:`features_dtype`.
        """
        for module in self.modules():
            if isinstance(module, ModulatedConvolution):
                module.fold(dtype)
            elif isinstance(module, StyledConvolution) and module.edges is not None:
                module.edges.fold()

    def stages(
        self,
        feature_grid: Tensor,
        scores: Mapping[int, Tensor],
        styles: Tensor,
        noises: Sequence[Tensor] | None = None,
        frames: Mapping[int, Tensor] | None = None,
    ) -> Iterator[Tensor]:
        """Decode step by step: yields the RGB (B, 3, w, w), float32, of every width from ``size_in`` on.

        Args:
            feature_grid: (B, F, size_in, size_in); its dtype (float32 or bfloat16) is what features are kept in.
            scores: (B, K+1, w, w) by width w, float32 (see :meth:`scores`).
            styles: (B, K+1, S), float32.
            noises: one map (1 or B, 1, w, w) per entry of ``noise_sizes``; None = no noise.
            frames: of :meth:`frames`, where layers draw edges.
        """
        maps: Sequence[Tensor | None] = noises if noises is not None else [None] * len(self.noise_sizes)
        edged = frames or {}
        first, *finer = self.shape.widths
        features = self.conv1(feature_grid, scores[first], styles, maps[0], edged.get(first))
        rgb = self.to_rgb1(features, scores[first], styles, None)
        yield rgb
        for index, size in enumerate(finer):
            growing, keeping = self.convs[2 * index], self.convs[2 * index + 1]
            features = growing(features, scores[size // 2], styles, maps[2 * index + 1], edged.get(size))
            features = keeping(features, scores[size], styles, maps[2 * index + 2], edged.get(size))
            rgb = self.to_rgbs[index](features, scores[size], styles, rgb)
            yield rgb

    def painted(
        self,
        layout: Layout,
        noises: Sequence[Tensor] | None = None,
        dtype: torch.dtype = torch.float32,
        width: int | None = None,
    ) -> Iterator[Tensor]:
        """:meth:`stages` of a layout, up to ``width`` (None = the whole picture), computed in ``dtype``."""
        scores = self.scores(layout, width)
        grid = splatted(scores[self.shape.size_in], layout.structures).to(features_dtype(dtype))
        stages = self.stages(grid, scores, layout.styles, noises, self.frames(layout, scores))
        return itertools.islice(stages, self.shape.widths.index(max(scores)) + 1)


def drawn_noises(
    decoder: Decoder, generator: torch.Generator | None = None, batch: int = 1, device: torch.device | None = None
) -> list[Tensor]:
    """Normal noise maps, one for every layer; drawn on the CPU so that a seed means the same on every device."""
    maps = [torch.randn(batch, 1, size, size, generator=generator) for size in decoder.noise_sizes]
    return [noise.to(device) for noise in maps] if device is not None else maps
