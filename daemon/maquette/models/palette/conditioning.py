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


SMOOTH_SHARE = 0.005
TASK_WIDTH = len(Task) + 1
"""One number per task, and the quality of a JPEG to be restored."""


SPREADS = {Task.FILL: 0.22, Task.COLORIZE: 0.15, Task.RESTORE: 0.08}
"""By task: how far a channel of a picture in [-1, 1] is from its condition where it is to be painted: root of the mean
square, measured on rooms and lands."""


def task_spreads(vectors: Tensor) -> Tensor:
    """The spread (B,) that belongs to each task vector (B, TASK_WIDTH)."""
    return vectors[:, : len(Task)] @ vectors.new_tensor([SPREADS[task] for task in Task])


def task_vector(tasks: list[Task], qualities: list[float]) -> Tensor:
    """What tells the network its task (B, TASK_WIDTH): one-hot, then the quality in [0, 1], 0 if there is none."""
    vector = torch.zeros(len(tasks), TASK_WIDTH)
    for row, (task, quality) in enumerate(zip(tasks, qualities, strict=True)):
        vector[row, task.value] = 1.0
        vector[row, -1] = quality
    return vector


def continued(pictures: Tensor, holes: Tensor) -> Tensor:
    """Pictures whose holes hold a first guess: what surrounds them runs on along rows and columns.

    Every unknown pixel is the mean of the nearest known ones to the left, right, top and bottom, the nearer the
    heavier, with a little of a smooth continuation, which is all there is where rows and columns hold nothing.

    Args:
        pictures: (B, C, H, W).
        holes: (B, 1, H, W), 1 = unknown. A picture without known pixels becomes zero.
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
