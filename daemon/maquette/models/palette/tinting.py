"""The first guess of a grey picture's colours: those of its hints, spread as far as its edges."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse.linalg import factorized  # pyright: ignore[reportUnknownVariableType]
from torch import Tensor

Plane = NDArray[np.float64]
Places = NDArray[np.int64]

ALIKE = 0.015
"""Neighbours that differ by so much brightness are hardly of one colour, unless the place is restless."""
RESTLESS_SHARE = 0.03
"""Of the variance of brightness around: in grass and leaves, neighbours of one colour differ more."""
LEAST_LIKENESS = 3e-4
DOUBT = 1e-4
"""How much a pixel wants to stay grey, where neighbours that are alike want one colour with a weight of 1."""
HINT_WEIGHT = 100.0
DARKEST = 0.03
_NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))


def tinted(pictures: Tensor, masks: Tensor) -> Tensor:
    """Grey pictures with the colours of their hints.

    Neighbours that are as bright get the same colour (Levin et al. 2004, equation 1), as a share of their brightness.

    Args:
        pictures: (B, 3, H, W) in [-1, 1], grey where the mask is 1, coloured where it is less: there are the hints.
        masks: (B, 1, H, W).

    Returns:
        (B, 3, H, W); grey where no hint has a say, and as given where there are hints.
    """
    return torch.stack([_tinted(picture, mask) for picture, mask in zip(pictures, masks, strict=True)])


def _tinted(picture: Tensor, mask: Tensor) -> Tensor:
    """One picture (3, H, W) with its mask (1, H, W)."""
    hinted = cast("NDArray[np.bool_]", (mask[0] < 1).cpu().numpy())
    if not hinted.any():
        return picture
    light = cast("Plane", ((picture.double().cpu() + 1) / 2).numpy())
    grey = np.where(hinted, _brightness(light), light[1])
    ratios = _spread(light / grey.clip(min=DARKEST) - 1, grey, hinted)
    coloured = torch.from_numpy((grey * (1 + ratios)).clip(0, 1) * 2 - 1).to(picture)
    return torch.where(mask < 1, picture, coloured)


def _spread(values: Plane, grey: Plane, hinted: NDArray[np.bool_]) -> Plane:
    """Values (3, H, W), known where there are hints (H, W), carried on along the brightness (H, W)."""
    first, second, weights = _likeness(grey)
    ends = np.concatenate([first, second])
    pulls = HINT_WEIGHT * hinted.ravel()
    own = np.bincount(ends, np.tile(weights, 2), grey.size) + pulls + DOUBT
    every = np.arange(grey.size)
    entries = np.concatenate([-weights, -weights, own])
    places = np.concatenate([ends, every]), np.concatenate([second, first, every])
    matrix = sparse.csc_matrix((entries, places), (grey.size, grey.size))
    solve = cast("Callable[[Plane], Plane]", factorized(matrix))
    return np.stack([solve(pulls * plane.ravel()).reshape(grey.shape) for plane in values])


def _likeness(grey: Plane) -> tuple[Places, Places, Plane]:
    """Pairs of neighbouring pixels of (H, W), two times (N,), and how much they are alike (N,)."""
    height, width = grey.shape
    mean = cast("Plane", ndimage.uniform_filter(grey, 3))
    variance = cast("Plane", ndimage.uniform_filter(grey * grey, 3)) - mean * mean
    tolerance = (ALIKE**2 + RESTLESS_SHARE * variance.clip(min=0)).ravel()
    places = np.arange(grey.size).reshape(height, width)
    firsts: list[Places] = []
    seconds: list[Places] = []
    for down, right in _NEIGHBOURS:
        firsts.append(places[: height - down, max(0, -right) : width - max(0, right)].ravel())
        seconds.append(places[down:, max(0, right) : width + min(0, right)].ravel())
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    difference = grey.ravel()[first] - grey.ravel()[second]
    weights = np.exp(-np.square(difference) / (tolerance[first] + tolerance[second])) + LEAST_LIKENESS
    return first, second, weights


def _brightness(light: Plane) -> Plane:
    """About the sRGB-encoded luminance (H, W) of (3, H, W) in [0, 1]."""
    return (0.2126 * light[0] ** 2.2 + 0.7152 * light[1] ** 2.2 + 0.0722 * light[2] ** 2.2) ** (1 / 2.2)
