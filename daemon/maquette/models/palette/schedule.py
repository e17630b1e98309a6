"""Noise schedules: the published ones by step, and the noise levels of a fast sampler."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

TRAIN_STEPS, TRAIN_START, TRAIN_END = 2000, 1e-6, 0.01
TEST_STEPS, TEST_START, TEST_END = 1000, 1e-4, 0.09
MOST_NOISE = 1e-4
"""Gamma of the noisiest picture that a fast sampler begins with."""


def _warm_up(steps: int, start: float, end: float, share: float) -> Tensor:
    betas = torch.full((steps,), end, dtype=torch.float64)
    count = int(steps * share)
    betas[:count] = torch.linspace(start, end, count, dtype=torch.float64)
    return betas


def _cosine(steps: int) -> Tensor:
    # The published code adds the offset after dividing by the number of steps.
    places = torch.arange(steps + 1, dtype=torch.float64) / steps + 8e-3
    gammas = (places / (1 + 8e-3) * math.pi / 2).cos().square()
    return (1 - gammas[1:] / gammas[:-1]).clamp(max=0.999)


_BETAS: dict[str, Callable[[int, float, float], Tensor]] = {
    "linear": lambda steps, start, end: torch.linspace(start, end, steps, dtype=torch.float64),
    "quad": lambda steps, start, end: torch.linspace(start**0.5, end**0.5, steps, dtype=torch.float64).square(),
    "warmup10": lambda steps, start, end: _warm_up(steps, start, end, 0.1),
    "warmup50": lambda steps, start, end: _warm_up(steps, start, end, 0.5),
    "const": lambda steps, start, end: torch.full((steps,), end, dtype=torch.float64),
    "jsd": lambda steps, start, end: 1 / torch.linspace(steps, 1, steps, dtype=torch.float64),
    "cosine": lambda steps, start, end: _cosine(steps),
}
SCHEDULES = tuple(_BETAS)


def betas(name: str, steps: int, start: float, end: float) -> Tensor:
    """Variances (steps,) of the noise that each step adds, in float64.

    Raises:
        KeyError: there is no schedule of this name (see `SCHEDULES`).
    """
    return _BETAS[name](steps, start, end)


@dataclass(frozen=True)
class Schedule:
    """What the ancestral sampler needs of each step, all (steps,) in float32.

    Attributes:
        gammas: share of the clean picture in the variance after the step.
        picture_weights: of the clean picture in the mean of the next noisy one.
        noisy_weights: of the noisy picture in that mean.
        log_variances: of the noise that is added to it.
    """

    gammas: Tensor
    picture_weights: Tensor
    noisy_weights: Tensor
    log_variances: Tensor


def schedule_of(variances: Tensor) -> Schedule:
    """The posterior of a chain with these betas (Ho et al. 2020, equations 6 and 7)."""
    alphas = 1 - variances
    gammas = alphas.cumprod(0)
    before = torch.cat([gammas.new_ones(1), gammas[:-1]])
    posterior = variances * (1 - before) / (1 - gammas)
    return Schedule(
        gammas.float(),
        (variances * before.sqrt() / (1 - gammas)).float(),
        ((1 - before) * alphas.sqrt() / (1 - gammas)).float(),
        posterior.clamp(min=1e-20).log().float(),
    )


def sampling_schedule(steps: int = TEST_STEPS) -> Schedule:
    """The published schedule for sampling; with fewer steps, betas grow so that the last gamma stays as small."""
    share = TEST_STEPS / steps
    variances = betas("linear", steps, TEST_START, TEST_END)
    return schedule_of(1 - (1 - variances).pow(share))


def fast_noise_levels(steps: int) -> Tensor:
    """Gammas (steps + 1,) from the noisiest to 1, evenly along a cosine schedule."""
    places = torch.linspace(math.acos(MOST_NOISE**0.5), 0, steps + 1, dtype=torch.float64)
    return places.cos().square().float()
