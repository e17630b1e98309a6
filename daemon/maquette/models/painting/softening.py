"""First guesses of holes, blurred where they cannot know anything."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

BLURS = ((1, 3.0), (2, 7.5), (4, 16.5))
"""Radius of each blur, which is applied to the last one's result, and the depth in a hole at which it begins."""
DEEPEST = 33


def depths(masks: Tensor) -> Tensor:
    """How many pixels deep in a hole each pixel of (B, 1, H, W) lies, up to DEEPEST; 0 outside."""
    deep, left = torch.zeros_like(masks), masks
    for _ in range(DEEPEST):
        if not left.any():
            break
        deep = deep + left
        # Beyond the picture everything is as unknown as the hole is.
        left = 1 - functional.max_pool2d(1 - left, 3, 1, 1)
    return deep


def softened(pictures: Tensor, masks: Tensor) -> Tensor:
    """Blur a hole's content, the deeper the more.

    What runs on along rows and columns is a good guess near the hole's edge; far from it, it is but streaks.

    Args:
        pictures: (B, 3, H, W).
        masks: (B, 1, H, W), 1 = the hole.
    """
    deep, result, blurred = depths(masks), pictures, pictures
    for radius, begin in BLURS:
        for _ in range(2):
            around = functional.pad(blurred, (radius,) * 4, mode="replicate")
            blurred = functional.avg_pool2d(around, 2 * radius + 1, 1)
        result = torch.lerp(result, blurred, ((deep - begin) / begin).clamp(0, 1))
    return torch.lerp(pictures, result, masks)
