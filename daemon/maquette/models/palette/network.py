"""Palette's U-Net, its modules named as the public checkpoints name them.

Saharia et al. 2022, section 3; the blocks are those of Dhariwal and Nichol 2021.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

PUBLISHED_GROUPS = 32
PUBLISHED_HEAD_CHANNELS = 32
FREQUENCY_RANGE = 10_000.0


@dataclass(frozen=True)
class UnetShape:
    """Sizes of a U-Net.

    Attributes:
        in_channels: of the input before it is folded: condition 3, noisy picture 3, and 1 for a mask if there is one.
        out_channels: of the output after it is unfolded.
        inner: width of the noise level's embedding; a quarter of what the blocks are told.
        channels: per level, the finest first; each level has half the side of the one before.
        blocks: residual blocks of a level on the way down.
        attention: levels with self-attention after every block; the middle always has it.
        head_channels: channels of one attention head.
        groups: of every group normalisation.
        fold: side of the squares of pixels that become channels before the first convolution; 1 = published.
        task_width: numbers that tell the network its task; 0 = published, the task is not told.
    """

    in_channels: int
    out_channels: int
    inner: int
    channels: tuple[int, ...]
    blocks: int
    attention: frozenset[int] = frozenset()
    head_channels: int = PUBLISHED_HEAD_CHANNELS
    groups: int = PUBLISHED_GROUPS
    fold: int = 1
    task_width: int = 0

    @property
    def multiple(self) -> int:
        """Heights and widths must be multiples of this many pixels."""
        return self.fold * 2 ** (len(self.channels) - 1)


def noise_embedding(noise_level: Tensor, width: int) -> Tensor:
    """Cosines and sines (B, width) of the noise level gamma (B,), in (0, 1), which is not scaled."""
    half = width // 2
    steps = torch.arange(half, dtype=torch.float32, device=noise_level.device)
    angles = noise_level.float()[:, None] * torch.exp(-math.log(FREQUENCY_RANGE) * steps / half)[None]
    embedding = torch.cat([angles.cos(), angles.sin()], dim=1)
    return functional.pad(embedding, (0, width % 2))


class ResidualBlock(nn.Module):
    """Two convolutions around a residual; the noise level scales and shifts between them.

    Args:
        channels: of the input.
        out_channels: of the output.
        embedding_width: of what the block is told of the noise level.
        groups: of the normalisations.
        resample: None, "down" (2×2 mean) or "up" (nearest), applied to both branches before the first convolution.
    """

    def __init__(
        self, channels: int, out_channels: int, embedding_width: int, groups: int, resample: str | None = None
    ) -> None:
        super().__init__()
        self.resample = resample
        self.in_layers = nn.Sequential(
            nn.GroupNorm(groups, channels), nn.SiLU(), nn.Conv2d(channels, out_channels, 3, padding=1)
        )
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(embedding_width, 2 * out_channels))
        self.out_layers = nn.Sequential(
            nn.GroupNorm(groups, out_channels),
            nn.SiLU(),
            nn.Identity(),  # the published dropout: nothing when a network is used
            nn.Conv2d(out_channels, out_channels, 3, padding=1),
        )
        self.skip_connection = (
            nn.Identity() if channels == out_channels else nn.Conv2d(channels, out_channels, kernel_size=1)
        )

    def _resampled(self, features: Tensor) -> Tensor:
        if self.resample == "down":
            return functional.avg_pool2d(features, 2)
        if self.resample == "up":
            return functional.interpolate(features, scale_factor=2.0, mode="nearest")
        return features

    def forward(self, features: Tensor, embedding: Tensor) -> Tensor:
        """(B, C, h, w) and (B, E) to (B, C', h', w')."""
        normalise, activate, convolve = self.in_layers
        hidden = convolve(self._resampled(activate(normalise(features))))
        scale, shift = self.emb_layers(embedding)[:, :, None, None].chunk(2, dim=1)
        normalise, activate, _, convolve = self.out_layers
        hidden = convolve(activate(torch.addcmul(shift, normalise(hidden), 1 + scale)))
        return self.skip_connection(self._resampled(features)) + hidden


class AttentionBlock(nn.Module):
    """Self-attention over all pixels of a feature map, added to it."""

    def __init__(self, channels: int, groups: int, head_channels: int) -> None:
        super().__init__()
        self.heads = channels // head_channels
        self.norm = nn.GroupNorm(groups, channels)
        self.qkv = nn.Conv1d(channels, 3 * channels, 1)
        self.proj_out = nn.Conv1d(channels, channels, 1)

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, h, w) to the same shape."""
        batch, channels, height, width = features.shape
        flat = self.norm(features).reshape(batch, channels, height * width)
        # Published order of channels: head by head, and in each head its queries, keys and values.
        heads = self.qkv(flat).reshape(batch, self.heads, 3, channels // self.heads, height * width)
        queries, keys, values = heads.transpose(-1, -2).unbind(2)
        attended = functional.scaled_dot_product_attention(queries, keys, values)
        return features + self.proj_out(attended.transpose(-1, -2).reshape(flat.shape)).reshape(features.shape)


class Stage(nn.Sequential):
    """Blocks of one entry of the published lists; only residual blocks hear of the noise level."""

    def forward(self, features: Tensor, embedding: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """(B, C, h, w) and (B, E) to (B, C', h', w')."""
        for block in self:
            features = block(features, embedding) if isinstance(block, ResidualBlock) else block(features)
        return features


class Unet(nn.Module):
    """The network: from condition, noisy picture and noise level to the noise, or to whatever it was trained for."""

    def __init__(self, shape: UnetShape) -> None:
        super().__init__()
        self.shape = shape
        width = 4 * shape.inner
        self.cond_embed = nn.Sequential(nn.Linear(shape.inner, width), nn.SiLU(), nn.Linear(width, width))
        self.task_embed = nn.Linear(shape.task_width, width, bias=False) if shape.task_width else None
        self.input_blocks = nn.ModuleList(self._way_down())
        deepest = shape.channels[-1]
        self.middle_block = Stage(
            self._residual(deepest, deepest), self._attention(deepest), self._residual(deepest, deepest)
        )
        self.output_blocks = nn.ModuleList(self._way_up())
        finest = shape.channels[0]
        self.out = nn.Sequential(
            nn.GroupNorm(shape.groups, finest),
            nn.SiLU(),
            nn.Conv2d(finest, shape.out_channels * shape.fold**2, 3, padding=1),
        )

    @property
    def dtype(self) -> torch.dtype:
        """What the network computes in."""
        return next(self.parameters()).dtype

    def _residual(self, channels: int, out_channels: int, resample: str | None = None) -> ResidualBlock:
        return ResidualBlock(channels, out_channels, 4 * self.shape.inner, self.shape.groups, resample)

    def _attention(self, channels: int) -> AttentionBlock:
        return AttentionBlock(channels, self.shape.groups, self.shape.head_channels)

    def _blocks(self, level: int, channels: int) -> list[nn.Module]:
        own = self.shape.channels[level]
        blocks: list[nn.Module] = [self._residual(channels, own)]
        return [*blocks, self._attention(own)] if level in self.shape.attention else blocks

    def _way_down(self) -> Iterator[Stage]:
        shape = self.shape
        channels = shape.channels[0]
        yield Stage(nn.Conv2d(shape.in_channels * shape.fold**2, channels, 3, padding=1))
        for level, own in enumerate(shape.channels):
            for _ in range(shape.blocks):
                yield Stage(*self._blocks(level, channels))
                channels = own
            if level + 1 < len(shape.channels):
                yield Stage(self._residual(own, own, "down"))

    def _way_up(self) -> Iterator[Stage]:
        shape = self.shape
        skips = _skip_channels(shape)
        channels = shape.channels[-1]
        for level in reversed(range(len(shape.channels))):
            for index in range(shape.blocks + 1):
                blocks = self._blocks(level, channels + skips.pop())
                channels = shape.channels[level]
                if level and index == shape.blocks:
                    blocks.append(self._residual(channels, channels, "up"))
                yield Stage(*blocks)

    def embedding(self, noise_level: Tensor, task: Tensor | None = None) -> Tensor:
        """What the blocks are told (B, 4 · inner) of the noise level (B,) and the task (B, task_width)."""
        embedding = self.cond_embed(noise_embedding(noise_level, self.shape.inner).to(self.dtype))
        if self.task_embed is None or task is None:
            return embedding
        return embedding + self.task_embed(task.to(self.dtype))

    def forward(self, pictures: Tensor, noise_level: Tensor, task: Tensor | None = None) -> Tensor:
        """What the network was trained to predict.

        Args:
            pictures: (B, in_channels, H, W): condition, noisy picture and, if the network has one, mask; sides are
                multiples of ``shape.multiple``.
            noise_level: gamma (B,) in (0, 1): the share of the picture in the noisy picture's variance.
            task: (B, task_width) for networks that are told their task.

        Returns:
            (B, out_channels, H, W).
        """
        embedding = self.embedding(noise_level, task)
        features = functional.pixel_unshuffle(pictures, self.shape.fold) if self.shape.fold > 1 else pictures
        skips: list[Tensor] = []
        for stage in self.input_blocks:
            features = stage(features, embedding)
            skips.append(features)
        features = self.middle_block(features, embedding)
        for stage in self.output_blocks:
            features = stage(torch.cat([features, skips.pop()], dim=1), embedding)
        result = self.out(features)
        return functional.pixel_shuffle(result, self.shape.fold) if self.shape.fold > 1 else result


def laid_out(network: Unet) -> Unet:
    """The same network with its weights in the order of memory that convolutions are fastest in on a CPU."""
    network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue, reportUnknownMemberType]
    return network


def _skip_channels(shape: UnetShape) -> list[int]:
    """Channels of every entry on the way down."""
    channels = [shape.channels[0]]
    for level, own in enumerate(shape.channels):
        channels += [own] * shape.blocks
        if level + 1 < len(shape.channels):
            channels.append(own)
    return channels
