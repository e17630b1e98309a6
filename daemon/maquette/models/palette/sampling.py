"""One answer of a Palette, step by step: which noise, which sampler, at which steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from maquette.errors import MaquetteError, Reason
from maquette.models.painting.progress import derived_seed
from maquette.models.palette.denoiser import Condition, Denoiser, Prediction
from maquette.models.palette.samplers import ancestral_steps, fast_steps
from maquette.models.palette.schedule import fast_noise_levels, sampling_schedule

ANCESTRAL_STEPS = 100
"""From so many steps on, the published sampler is used; with fewer, a deterministic one is far better."""
MAXIMUM_STEPS = 2000
NOISE_BLOCK = 64


@dataclass(frozen=True)
class Question:
    """What one picture's answer is sampled from; all on the same device, sides as they come.

    Attributes:
        picture: (1, 3, H, W) in [-1, 1], right where the mask is 0.
        mask: (1, 1, H, W): 1 = to be painted.
        base: (1, 3, H, W) that the condition shows; None = the picture with noise under the mask, as published.
        task: (1, TASK_WIDTH) or None.
    """

    picture: Tensor
    mask: Tensor
    base: Tensor | None = None
    task: Tensor | None = None


@dataclass(frozen=True)
class Sampling:
    """How to sample.

    Attributes:
        steps: network calls.
        temperature: spread of the noise that the fast sampler begins with; below 1, answers vary less.
        grain: spread of the noise that a sharpened network makes texture of.
    """

    steps: int
    temperature: float = 1.0
    grain: float = 0.0


def check_steps(steps: int) -> None:
    """Refuse a number of steps that nobody can mean.

    Raises:
        MaquetteError: LIMIT_EXCEEDED.
    """
    if not 1 <= steps <= MAXIMUM_STEPS:
        message = f"{steps} steps cannot be made."
        raise MaquetteError(Reason.LIMIT_EXCEEDED, message, f"Ask for 1 to {MAXIMUM_STEPS}.")


class NoiseSource:
    """The random numbers of one answer: a field without end, of which a picture sees its own part.

    What a pixel gets follows from (seed, candidate), its place and how often was asked before, on every device. So
    tiles that overlap begin with the same noise where they do, and agree there.

    Args:
        seed: decides the field, together with the candidate's number.
        candidate: counts from 0.
        origin: (left, top), at least 0: where in the field the picture lies.
    """

    def __init__(self, seed: int, candidate: int, origin: tuple[int, int] = (0, 0)) -> None:
        self._seed = derived_seed(seed, candidate)
        self._left, self._top = origin
        self._draws = 0

    def like(self, picture: Tensor) -> Tensor:
        """Standard normal noise of a picture's shape (1, C, H, W) and device."""
        height, width = picture.shape[-2:]
        rows = range(self._top // NOISE_BLOCK, -(-(self._top + height) // NOISE_BLOCK))
        columns = range(self._left // NOISE_BLOCK, -(-(self._left + width) // NOISE_BLOCK))
        lines = [torch.cat([self._block(row, column, picture.shape[1]) for column in columns], dim=2) for row in rows]
        self._draws += 1
        top, left = self._top % NOISE_BLOCK, self._left % NOISE_BLOCK
        field = torch.cat(lines, dim=1)[None, :, top : top + height, left : left + width]
        return field.to(picture.device)

    def _block(self, row: int, column: int, channels: int) -> Tensor:
        generator = torch.Generator().manual_seed(derived_seed(self._seed, self._draws, row, column))
        return torch.randn(channels, NOISE_BLOCK, NOISE_BLOCK, generator=generator)


def padded(values: Tensor, multiple: int) -> Tensor:
    """(1, C, H, W) continued at its lower and right edge until both sides are multiples."""
    height, width = values.shape[-2:]
    return functional.pad(values, (0, -width % multiple, 0, -height % multiple), mode="replicate")


def answer_steps(denoiser: Denoiser, question: Question, sampling: Sampling, noise: NoiseSource) -> Iterator[Tensor]:
    """Sample one answer.

    Yields:
        After every call of the network the picture (1, 3, H, W) in [-1, 1] so far; the last one is the answer.
    """
    height, width = question.picture.shape[-2:]
    multiple = denoiser.network.shape.multiple
    known, mask = padded(question.picture, multiple), padded(question.mask, multiple)
    holes = torch.lerp(known, noise.like(known), mask)
    base = holes if question.base is None else padded(question.base, multiple)
    condition = Condition(base, mask, question.task)
    if denoiser.has_grain and sampling.grain:
        condition = replace(condition, grain=noise.like(mask) * sampling.grain)
    if sampling.steps >= ANCESTRAL_STEPS:
        start = torch.lerp(known, noise.like(known), mask) if question.base is not None else holes
        schedule = sampling_schedule(sampling.steps)
        pictures = ancestral_steps(denoiser, condition, known, start, schedule, lambda: noise.like(known))
    else:
        start = torch.lerp(known, noise.like(known) * sampling.temperature, mask)
        pictures = fast_steps(denoiser, condition, known, start, fast_noise_levels(sampling.steps))
    for picture in pictures:
        yield picture[..., :height, :width]


def is_published(denoiser: Denoiser) -> bool:
    """Whether the network wants its condition as the published ones do: with noise in the holes."""
    return denoiser.prediction is Prediction.NOISE
