"""Patches as short vectors: what of a patch tells it from others, by principal components.

Comparing patches of 7 × 7 colours means 147 numbers; a few dozen components carry almost all of their differences, and
one convolution gives them for every patch of a picture at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional

RADIUS = 3
COMPONENTS = 24
_SAMPLES = 4096
_CHUNK_PIXELS = 262_144


@dataclass(frozen=True)
class PatchBasis:
    """Filters (COMPONENTS at most, C, 2r+1, 2r+1) whose responses stand for a patch."""

    filters: Tensor

    def features(self, picture: Tensor) -> Iterator[Tensor]:
        """One vector for the patch around every pixel, some rows at a time.

        Args:
            picture: (C, H + 2r, W + 2r), with a border of r pixels.

        Returns:
            (h, W, components) of the next h rows.
        """
        radius = self.filters.shape[-1] // 2
        height, width = picture.shape[1] - 2 * radius, picture.shape[2] - 2 * radius
        rows = max(1, _CHUNK_PIXELS // width)
        for top in range(0, height, rows):
            part = picture[None, :, top : min(top + rows, height) + 2 * radius]
            yield functional.conv2d(part, self.filters)[0].permute(1, 2, 0).contiguous()


def weights_of_patch(radius: int) -> Tensor:
    """How much each pixel (2r+1, 2r+1) of a patch counts: its middle more than its corners."""
    axis = torch.arange(-radius, radius + 1, dtype=torch.float32)
    distance = axis[:, None].square() + axis[None].square()
    return torch.exp(-distance / (2 * (0.75 * max(radius, 1)) ** 2))


def basis_of(picture: Tensor, centres: Tensor, radius: int, generator: torch.Generator) -> PatchBasis:
    """The basis that tells a picture's own patches apart best.

    Args:
        picture: (C, H + 2r, W + 2r), with a border of r pixels.
        centres: (N, 2) rows and columns of patches that are wholly known.
        generator: chooses which of them are looked at.
    """
    side = 2 * radius + 1
    chosen = centres[torch.randint(len(centres), (min(_SAMPLES, 4 * len(centres)),), generator=generator)]
    offsets = torch.arange(side)
    rows = (chosen[:, 0, None] + offsets)[:, :, None]
    columns = (chosen[:, 1, None] + offsets)[:, None, :]
    patches = picture[:, rows, columns].permute(1, 0, 2, 3)
    scale = weights_of_patch(radius).sqrt()
    weighted = (patches * scale).flatten(1)
    # Not centred: a patch's mean colour tells most of all.
    gram = (weighted.T @ weighted).double() / len(weighted)
    vectors = cast("Tensor", torch.linalg.eigh(gram)[1]).float().flip(1)[:, :COMPONENTS]
    return PatchBasis(vectors.T.reshape(-1, picture.shape[0], side, side) * scale)
