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
    weight = weights_of_patch(radius)
    height, width = picture.shape[:2]
    flat = picture.reshape(height * width, -1)
    votes: list[tuple[Tensor, Tensor]] = []
    for down in range(-radius, radius + 1):
        for right in range(-radius, radius + 1):
            patch = index[pixels[:, 0] - down + radius, pixels[:, 1] - right + radius]
            place = sources[patch.clamp(min=0)]
            rows = (place[:, 0] + down).clamp(0, height - 1)
            columns = (place[:, 1] + right).clamp(0, width - 1)
            share = trust[patch.clamp(min=0)] * float(weight[down + radius, right + radius])
            votes.append((rows * width + columns, torch.where(patch >= 0, share, 0.0)))
    mean = _mean(flat, votes)
    return _mean(flat, votes, mean)


def _mean(flat: Tensor, votes: list[tuple[Tensor, Tensor]], near: Tensor | None = None) -> Tensor:
    total = flat.new_zeros(len(votes[0][0]), flat.shape[1])
    shares = flat.new_zeros(len(total), 1)
    for place, share in votes:
        colours = flat[place]
        if near is not None:
            share = share * torch.exp(-(colours - near).square().sum(dim=1) / (2 * _AGREEMENT**2))
        total += colours * share[:, None]
        shares += share[:, None]
    mean = total / shares.clamp(min=1e-12)
    return mean if near is None else torch.where(shares > 1e-9, mean, near)
