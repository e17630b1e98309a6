"""From matched patches to pixels: every patch that covers an unknown pixel has a say in its colour."""

from __future__ import annotations

import torch
from torch import Tensor

from maquette.models.exemplar.patches import weights_of_patch

_AGREEMENT = 0.1


def voted(picture: Tensor, pixels: Tensor, index: Tensor, sources: Tensor, trust: Tensor, radius: int) -> Tensor:
    """Colours of unknown pixels, first the mean of all votes, then of those near that mean.

    The second round keeps edges: where patches disagree, the majority is followed instead of the average.

    Args:
        picture: (H, W, C) to copy from, without a border.
        pixels: (P, 2) rows and columns to be coloured.
        index: (H + 2r, W + 2r) number of the target patch around a place, −1 where there is none; bordered by r.
        sources: (N, 2) matches.
        trust: (N,) weight of each target patch.

    Returns:
        (P, C).
    """
    height, width = picture.shape[:2]
    axis = torch.arange(-radius, radius + 1)
    down, right = (steps.flatten() for steps in torch.meshgrid(axis, axis, indexing="ij"))
    around = (pixels[:, :1] - down + radius) * index.shape[1] + (pixels[:, 1:] - right + radius)
    patch = index.flatten()[around]
    present, patch = patch >= 0, patch.clamp(min=0)
    rows = (sources[:, 0][patch] + down).clamp(0, height - 1)
    columns = (sources[:, 1][patch] + right).clamp(0, width - 1)
    shares = trust[patch] * weights_of_patch(radius).flatten() * present
    places = (rows * width + columns).flatten()
    colours = picture.flatten(0, 1).index_select(0, places).reshape(*shares.shape, -1)
    mean = _mean(colours, shares)
    deviations = (colours - mean[:, None]).square().sum(dim=2)
    closest = shares * torch.exp(-deviations / (2 * _AGREEMENT**2))
    return torch.where(closest.sum(dim=1, keepdim=True) > 1e-9, _mean(colours, closest), mean)


def _mean(colours: Tensor, shares: Tensor) -> Tensor:
    """Of (P, K, C) colours with (P, K) shares, (P, C)."""
    total = torch.einsum("pk,pkc->pc", shares, colours)
    return total / shares.sum(dim=1, keepdim=True).clamp(min=1e-12)
