"""What Palette is told: the known picture with its hole, and for the embedded weights, a first guess and the task."""

from __future__ import annotations

from enum import Enum

import torch
from torch import Tensor
from torch.nn import functional


class Task(Enum):
    """What is asked of the network; the value is its place in the task vector."""

    FILL = 0
    COLORIZE = 1
    RESTORE = 2


TASK_WIDTH = len(Task) + 1
"""One number per task, and the quality of a JPEG to be restored."""


def task_vector(tasks: list[Task], qualities: list[float]) -> Tensor:
    """What tells the network its task (B, TASK_WIDTH): one-hot, then the quality in [0, 1], 0 if there is none."""
    vector = torch.zeros(len(tasks), TASK_WIDTH)
    for row, (task, quality) in enumerate(zip(tasks, qualities, strict=True)):
        vector[row, task.value] = 1.0
        vector[row, -1] = quality
    return vector


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
