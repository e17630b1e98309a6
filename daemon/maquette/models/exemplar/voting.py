"""From matched patches to pixels: every patch that covers an unknown pixel has a say in its colour."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from maquette.models.exemplar.patches import weights_of_patch

NEIGHBOURS = ((1, 0), (-1, 0), (0, 1), (0, -1))
"""Steps to the pixels below, above, right and left, as (rows, columns); the two of each pair are opposite."""
_AGREEMENT = 0.1


@dataclass(frozen=True)
class Votes:
    """What covers P unknown pixels, K candidates each.

    Attributes:
        rows, columns: (P, K) where each candidate is copied from.
        shares: (P, K) its weight, not yet divided by their sum.
    """

    rows: Tensor
    columns: Tensor
    shares: Tensor

    def colours(self, picture: Tensor) -> Tensor:
        """The weighted mean (P, C) of what is copied from a picture (H, W, C)."""
        return _mean(_gathered(picture, self.rows, self.columns), self.shares)

    def steps(self, picture: Tensor, known: Tensor) -> Tensor:
        """How the sources change towards each of their ``NEIGHBOURS``: (4, P, C).

        Args:
            picture: (H, W, C).
            known: (H, W), where it may be copied from; a source's step into the unknown has no say.
        """
        height, width = known.shape
        own = _gathered(picture, self.rows, self.columns)
        steps: list[Tensor] = []
        for down, right in NEIGHBOURS:
            rows, columns = (self.rows + down).clamp(0, height - 1), (self.columns + right).clamp(0, width - 1)
            shares = self.shares * known[rows, columns]
            steps.append(_mean(_gathered(picture, rows, columns) - own, shares))
        return torch.stack(steps)


def votes(picture: Tensor, pixels: Tensor, index: Tensor, sources: Tensor, trust: Tensor, radius: int) -> Votes:
    """Who has a say in unknown pixels: first all, then those whose colour is near the mean of all.

    The second round keeps edges: where patches disagree, the majority is followed instead of the average.

    Args:
        picture: (H, W, C) to copy from, without a border.
        pixels: (P, 2) rows and columns to be coloured.
        index: (H + 2r, W + 2r) number of the target patch around a place, −1 where there is none; bordered by r.
        sources: (N, 2) matches.
        trust: (N,) weight of each target patch.
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
    colours = _gathered(picture, rows, columns)
    deviations = (colours - _mean(colours, shares)[:, None]).square().sum(dim=2)
    closest = shares * torch.exp(-deviations / (2 * _AGREEMENT**2))
    return Votes(rows, columns, torch.where(closest.sum(dim=1, keepdim=True) > 1e-9, closest, shares))


def _gathered(picture: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    places = (rows * picture.shape[1] + columns).flatten()
    return picture.flatten(0, 1).index_select(0, places).reshape(*rows.shape, -1)


def _mean(values: Tensor, shares: Tensor) -> Tensor:
    """Of (P, K, C) values with (P, K) shares, (P, C); 0 where nobody has a share."""
    total = torch.einsum("pk,pkc->pc", shares, values)
    return total / shares.sum(dim=1, keepdim=True).clamp(min=1e-12)
