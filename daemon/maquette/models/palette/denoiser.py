"""The network as samplers and losses see it: it tells the clean picture out of a noisy one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import torch
from torch import Tensor

from maquette.models.palette.conditioning import task_spreads
from maquette.models.palette.network import Unet

CONDITION_CHANNELS = 6
"""Of the input: condition and noisy picture. One more is the mask, and one more the grain."""
MOST_CHANNELS = CONDITION_CHANNELS + 2


LEVELS = 1000.0


class Prediction(Enum):
    """What the network puts out; the value is what weights files say."""

    NOISE = "noise"
    """As published: the noise in the noisy picture."""
    CORRECTION = "correction"
    """What is wrong with the guess of `Estimate`, in units of its uncertainty."""


@dataclass(frozen=True)
class Condition:
    """What is known of B pictures.

    Attributes:
        picture: (B, 3, H, W) in [-1, 1]; holes hold noise (published) or a smooth guess (see ``conditioning``).
        mask: (B, 1, H, W): 1 = the pixel is to be painted, 0 = the condition has it right.
        task: (B, TASK_WIDTH), or None for networks that are not told.
        grain: (B, 1, H, W), standard normal noise that a sharpened network makes texture of; None = none.
    """

    picture: Tensor
    mask: Tensor
    task: Tensor | None = None
    grain: Tensor | None = None


@dataclass(frozen=True)
class Estimate:
    """The clean picture as far as a pixel tells by itself: condition and noisy picture, weighed by their variances.

    With it the network has nothing to do where there is no noise, and cannot be misled where there is nothing else
    (as Karras et al. 2022, equation 7, around the condition instead of around zero).

    Attributes:
        guess: (B, 3, H, W); the condition where the mask is 0.
        evidence: (B, 3, H, W): how the guess differs from the condition, in units of ``spread``.
        uncertainty: (B, 1, 1, 1): standard deviation of what is wrong with the guess.
    """

    guess: Tensor
    evidence: Tensor
    uncertainty: Tensor


def estimate(condition: Condition, noisy: Tensor, noise_level: Tensor) -> Estimate:
    """Weigh the noisy picture (B, 3, H, W) at gamma (B,) against the condition."""
    if condition.task is None:
        raise ValueError("the spread of pictures about their condition follows from the task")
    gamma, spread = noise_level[:, None, None, None], task_spreads(condition.task)[:, None, None, None]
    variance, noise_variance = spread.square(), 1 - gamma
    total = gamma * variance + noise_variance
    change = gamma.sqrt() * variance / total * (noisy - gamma.sqrt() * condition.picture) * condition.mask
    return Estimate(condition.picture + change, change / spread, (variance * noise_variance / total).sqrt())


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

    @property
    def has_grain(self) -> bool:
        """Whether noise to make texture of is an eighth."""
        return self.network.shape.in_channels == MOST_CHANNELS

    def output(self, condition: Condition, evidence: Tensor, noise_level: Tensor) -> Tensor:
        """What the network puts out (B, 3, H, W), in float32.

        Args:
            condition: what is known.
            evidence: (B, 3, H, W): the noisy picture itself (published), or what `estimate` makes of it.
            noise_level: gamma (B,).
        """
        parts = [condition.picture, evidence]
        if self.has_mask:
            parts.append(condition.mask)
        if self.has_grain:
            parts.append(torch.zeros_like(condition.mask) if condition.grain is None else condition.grain)
        pictures = torch.cat(parts, dim=1).to(self.network.dtype).contiguous(memory_format=torch.channels_last)
        return self.network(pictures, self._told(noise_level), condition.task).float()

    def _told(self, noise_level: Tensor) -> Tensor:
        """What the network is told of gamma.

        The published ones are told gamma itself, which hardly tells the noisy levels apart; ours are told the place on
        a cosine schedule, from 0 (clean) to LEVELS (noise alone).
        """
        if self.prediction is Prediction.NOISE:
            return noise_level
        return noise_level.sqrt().acos() * (2 * LEVELS / math.pi)

    def picture(self, condition: Condition, noisy: Tensor, noise_level: Tensor) -> Tensor:
        """The clean picture (B, 3, H, W) that the network sees in a noisy one at gamma (B,); may exceed [-1, 1]."""
        if self.prediction is Prediction.CORRECTION:
            first = estimate(condition, noisy, noise_level)
            return first.guess + first.uncertainty * self.output(condition, first.evidence, noise_level)
        gamma = noise_level[:, None, None, None]
        return (noisy - (1 - gamma).sqrt() * self.output(condition, noisy, noise_level)) / gamma.sqrt()
