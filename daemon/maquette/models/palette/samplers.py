"""From noise to pictures: the published ancestral sampler, and a deterministic one of few steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import torch
from torch import Tensor

from maquette.models.palette.denoiser import Condition, Denoiser
from maquette.models.palette.schedule import Schedule


def _levels(gamma: Tensor, batch: Tensor) -> Tensor:
    return gamma.to(batch.device).expand(len(batch))


def _blended(picture: Tensor, known: Tensor, mask: Tensor) -> Tensor:
    return known * (1 - mask) + mask * picture


@torch.no_grad()
def ancestral_steps(
    denoiser: Denoiser,
    condition: Condition,
    known: Tensor,
    start: Tensor,
    schedule: Schedule,
    noise: Callable[[], Tensor],
) -> Iterator[Tensor]:
    """The published sampler (Palette; Ho et al. 2020, algorithm 2).

    Args:
        denoiser: in evaluation mode.
        condition: of B pictures.
        known: (B, 3, H, W): clean pixels, put back where the mask is 0 after every step.
        start: (B, 3, H, W): noise in the holes, clean elsewhere.
        schedule: of as many steps as there shall be calls of the network.
        noise: draws standard normal noise like ``start``; called after every step but the last.

    Yields:
        (B, 3, H, W) after every step; the last one is the result.
    """
    picture = start
    for step in reversed(range(len(schedule.gammas))):
        level = _levels(schedule.gammas[step], picture)
        clean = denoiser.picture(condition, picture, level).clamp(-1, 1)
        picture = schedule.picture_weights[step] * clean + schedule.noisy_weights[step] * picture
        if step:
            picture = picture + (0.5 * schedule.log_variances[step]).exp() * noise()
        picture = _blended(picture, known, condition.mask)
        yield picture


@torch.no_grad()
def fast_steps(
    denoiser: Denoiser, condition: Condition, known: Tensor, start: Tensor, noise_levels: Tensor
) -> Iterator[Tensor]:
    """Deterministic steps between noise levels (Song et al. 2021, DDIM, equation 12 with no added noise).

    Args:
        denoiser: in evaluation mode.
        condition: of B pictures.
        known: (B, 3, H, W): clean pixels, put back where the mask is 0.
        start: (B, 3, H, W): noise in the holes, clean elsewhere.
        noise_levels: (steps + 1,) gammas, rising to 1.

    Yields:
        After every step the clean picture (B, 3, H, W) as the network sees it; the last one is the result.
    """
    noisy = start
    for level, following in pairwise(noise_levels):
        clean = denoiser.picture(condition, noisy, _levels(level, noisy)).clamp(-1, 1)
        noise = (noisy - level.sqrt() * clean) / (1 - level).sqrt()
        noisy = _blended(following.sqrt() * clean + (1 - following).sqrt() * noise, known, condition.mask)
        yield _blended(clean, known, condition.mask)
