"""A first guess of what a JPEG was, by old and simple methods that leave the embedded network less to learn."""

from __future__ import annotations

import io
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

SHIFTS = tuple((down, right) for down in range(0, 8, 2) for right in range(0, 8, 2))
CHROMA_RADIUS, CHROMA_SMOOTHNESS = 3, 1.2e-3
LUMA_RADIUS, LUMA_SMOOTHNESS = 1, 8e-3
_LUMA_CHROMA = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
"""Luma and chroma of JPEG (ITU-T T.871)."""


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
