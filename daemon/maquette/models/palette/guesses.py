"""First guesses that the embedded network corrects: old and simple methods that leave it less to learn."""

from __future__ import annotations

import io
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from maquette.models.palette.softening import softened

SMOOTH_SHARE = 0.005
"""Weight of the smooth continuation beside known pixels, which count one by their distance."""
SHIFTS = tuple((down, right) for down in range(0, 8, 2) for right in range(0, 8, 2))
CHROMA_RADIUS, CHROMA_SMOOTHNESS = 3, 1.2e-3
LUMA_RADIUS, LUMA_SMOOTHNESS = 1, 8e-3
_LUMA_CHROMA = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
"""Luma and chroma of JPEG (ITU-T T.871)."""


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


def deblocked(pictures: Tensor, quality: int) -> Tensor:
    """JPEGs (B, 3, H, W) in [-1, 1] with softer blocks: the mean of what they are when compressed again, shifted,
    smoothed along its edges.

    Nosratinia 2001, "Enhancement of JPEG-compressed images by re-application of JPEG", with every fourth shift.
    """
    pixels = ((pictures.float().cpu().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1)
    results = np.stack([_deblocked(one, quality) for one in cast("NDArray[np.uint8]", pixels.numpy())])
    return _smoothed((torch.from_numpy(results).permute(0, 3, 1, 2) / 127.5 - 1).to(pictures.device), quality)


def _smoothed(pictures: Tensor, quality: int) -> Tensor:
    """Luma smoothed where it is flat, chroma along the edges of luma: JPEG keeps least of chroma."""
    to_luma = pictures.new_tensor(_LUMA_CHROMA)
    planes = torch.einsum("cd,bdhw->bchw", to_luma, pictures)
    luma, chroma = planes[:, :1], planes[:, 1:]
    chroma = _guided(luma, chroma, CHROMA_RADIUS, CHROMA_SMOOTHNESS)
    luma = _guided(luma, luma, LUMA_RADIUS, LUMA_SMOOTHNESS / quality)
    return torch.einsum("cd,bdhw->bchw", to_luma.inverse(), torch.cat([luma, chroma], dim=1)).clamp(-1, 1)


def _guided(guide: Tensor, values: Tensor, radius: int, smoothness: float) -> Tensor:
    """Values (B, C, H, W) smoothed along a guide (B, 1, H, W) (guided filter, He et al. 2013)."""

    def mean(planes: Tensor) -> Tensor:
        return functional.avg_pool2d(planes, 2 * radius + 1, 1, radius, count_include_pad=False)

    centre, level = mean(guide), mean(values)
    slope = (mean(guide * values) - centre * level) / (mean(guide * guide) - centre.square() + smoothness)
    return mean(slope) * guide + mean(level - slope * centre)


def _deblocked(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.float32]:
    height, width = pixels.shape[:2]
    total = np.zeros(pixels.shape, np.float32)
    for down, right in SHIFTS:
        shifted = np.pad(pixels, ((down, 8), (right, 8), (0, 0)), mode="edge")
        total += _compressed(shifted, quality)[down : down + height, right : right + width]
    return total / np.float32(len(SHIFTS))


def _compressed(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return np.array(Image.open(stream).convert("RGB"))
