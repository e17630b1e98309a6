"""The network as samplers and losses see it: it tells the clean picture out of a noisy one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import torch
from torch import Tensor

from maquette.models.palette.network import Unet

CONDITION_CHANNELS = 6
"""Of the input: condition and noisy picture. One more is the mask."""


class Prediction(Enum):
    """What the network puts out; the value is what weights files say."""

    NOISE = "noise"
    """As published: the noise in the noisy picture."""
    CORRECTION = "correction"
    """The clean picture minus the condition."""


@dataclass(frozen=True)
class Condition:
    """What is known of B pictures.

    Attributes:
        picture: (B, 3, H, W) in [-1, 1]; holes hold noise (published) or a smooth guess (see ``conditioning``).
        mask: (B, 1, H, W): 1 = the pixel is to be painted, 0 = the condition has it right.
        task: (B, TASK_WIDTH), or None for networks that are not told.
    """

    picture: Tensor
    mask: Tensor
    task: Tensor | None = None


class Denoiser:
    """A U-Net and what it predicts.

    Args:
        network: whose parameters may be of any floating type: it computes in theirs.
        prediction: what the network puts out.
    """

    def __init__(self, network: Unet, prediction: Prediction) -> None:
        self.network = network
        self.prediction = prediction

    @property
    def has_mask(self) -> bool:
        """Whether the mask is a seventh input channel."""
        return self.network.shape.in_channels > CONDITION_CHANNELS

    def output(self, condition: Condition, noisy: Tensor, noise_level: Tensor) -> Tensor:
        """What the network puts out (B, 3, H, W) for a noisy picture (B, 3, H, W) at gamma (B,), in float32."""
        parts = [condition.picture, noisy]
        if self.has_mask:
            parts.append(condition.mask)
        pictures = torch.cat(parts, dim=1).to(self.network.dtype).contiguous(memory_format=torch.channels_last)
        return self.network(pictures, noise_level, condition.task).float()

    def picture(self, condition: Condition, noisy: Tensor, noise_level: Tensor) -> Tensor:
        """The clean picture (B, 3, H, W) that the network sees in a noisy one; may exceed [-1, 1]."""
        output = self.output(condition, noisy, noise_level)
        if self.prediction is Prediction.CORRECTION:
            return condition.picture + output
        gamma = noise_level[:, None, None, None]
        return (noisy - (1 - gamma).sqrt() * output) / gamma.sqrt()
