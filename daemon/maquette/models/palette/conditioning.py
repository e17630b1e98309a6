"""What Palette is told besides pictures: its task, and how far pictures are from their conditions."""

from __future__ import annotations

from enum import Enum

import torch
from torch import Tensor


class Task(Enum):
    """What is asked of the network; the value is its place in the task vector."""

    FILL = 0
    COLORIZE = 1
    RESTORE = 2


TASK_WIDTH = len(Task) + 1
"""One number per task, and the quality of a JPEG to be restored."""


SPREADS = {Task.FILL: 0.22, Task.COLORIZE: 0.12, Task.RESTORE: 0.055}
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
