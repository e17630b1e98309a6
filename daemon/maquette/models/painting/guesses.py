"""First guesses of what is in a hole, by old and simple methods that leave a model less to find out. Pure functions."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from maquette.models.painting.softening import softened

SMOOTH_SHARE = 0.005
"""Weight of the smooth continuation beside known pixels, which count one by their distance."""


def continued(pictures: Tensor, holes: Tensor) -> Tensor:
    """Pictures whose holes hold a first guess: what `run_on` says, the deeper in the hole the more blurred.

    Args:
        pictures: (B, C, H, W).
        holes: (B, 1, H, W), 1 = unknown. A picture without known pixels becomes zero.
    """
    return softened(run_on(pictures, holes), holes)


def run_on(pictures: Tensor, holes: Tensor) -> Tensor:
    """Pictures (B, C, H, W) with holes (B, 1, H, W), into which runs along rows and columns what surrounds them.

    Every unknown pixel is the mean of the nearest known ones to the left, right, top and bottom, the nearer the
    heavier, with a little of a smooth continuation, which is all there is where rows and columns hold nothing.
    """
    known = 1 - holes
    visible = pictures * known
    total, weights = SMOOTH_SHARE * smoothly_filled(visible, holes), torch.full_like(holes, SMOOTH_SHARE)
    for dimension in (-1, -2):
        for backwards in (False, True):
            nearest, weight = _nearest(visible, known, dimension, backwards)
            total, weights = total + weight * nearest, weights + weight
    return visible + holes * total / weights


def _nearest(pictures: Tensor, known: Tensor, dimension: int, backwards: bool) -> tuple[Tensor, Tensor]:
    """The known pixels before (or, backwards, after) each pixel, and one by their distance; 0 if there is none."""
    if backwards:
        found, weight = _nearest(pictures.flip(dimension), known.flip(dimension), dimension, backwards=False)
        return found.flip(dimension), weight.flip(dimension)
    sizes = [1, 1, 1, 1]
    sizes[dimension] = known.shape[dimension]
    places = torch.arange(known.shape[dimension], device=known.device).view(sizes).expand_as(known)
    last = torch.where(known > 0, places, -1).cummax(dimension).values
    found = pictures.gather(dimension, last.clamp(min=0).expand_as(pictures))
    return found, torch.where(last < 0, 0.0, 1 / (places - last).clamp(min=1))


def smoothly_filled(pictures: Tensor, holes: Tensor) -> Tensor:
    """Pictures whose holes hold a smooth continuation of what surrounds them (push-pull; Gortler et al. 1996, 5.2).

    Args:
        pictures: (B, C, H, W).
        holes: (B, 1, H, W), 1 = unknown. A picture without known pixels becomes zero.
    """
    known = 1 - holes
    return pictures * known + holes * _pulled(pictures * known, known)


def _pulled(weighted: Tensor, weights: Tensor) -> Tensor:
    """The pyramid's smooth picture of these weighted values."""
    mean = weighted / weights.clamp(min=1e-6)
    height, width = weights.shape[-2:]
    if max(height, width) == 1:
        return mean
    halved = [
        functional.avg_pool2d(values, 2, ceil_mode=True, count_include_pad=False) for values in (weighted, weights)
    ]
    coarse = functional.interpolate(_pulled(*halved), size=(height, width), mode="bilinear", align_corners=False)
    # Where at least a quarter of the area is known, its own mean is better than anything coarser.
    share = (4 * weights).clamp(max=1)
    return torch.lerp(coarse, mean, share)
