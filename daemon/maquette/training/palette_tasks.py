"""What Palette is given and what it shall make of it: the four tasks, out of pictures."""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from maquette.models.painting.guesses import continued
from maquette.models.palette.conditioning import Task, task_vector
from maquette.models.palette.deblocking import deblocked
from maquette.models.palette.denoiser import Condition
from maquette.models.palette.tinting import tinted
from maquette.training.palette_holes import Hole, random_hole

Pixels = NDArray[np.uint8]

TASK_SHARES = {Task.FILL: 0.62, Task.COLORIZE: 0.2, Task.RESTORE: 0.18}
BLIND_SHARES = {Task.FILL: 0.5, Task.COLORIZE: 0.6, Task.RESTORE: 0.9}
"""How often a picture is hidden in noise altogether: always so when it is to be made in one call."""
MOST_HINTS = 16
SUBSAMPLING_444, SUBSAMPLING_420 = 0, 2


@dataclass(frozen=True)
class Example:
    """B pictures with what is known of them.

    Attributes:
        condition: what the network is told.
        given: (B, 3, R, R) in [-1, 1]: what there is to begin with: JPEGs, or grey but for the hints.
        pictures: (B, 3, R, R) in [-1, 1], the true ones.
        blind: (B,), chances of the pictures to be hidden in noise altogether.
    """

    condition: Condition
    given: Tensor
    pictures: Tensor
    blind: Tensor


def tensor_of(pixels: Pixels) -> Tensor:
    """(B, 3, R, R) in [-1, 1] of pixels (B, R, R, 3)."""
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1


def luminance(pictures: Tensor) -> Tensor:
    """sRGB-encoded luminance (B, 1, R, R) of sRGB pictures (B, 3, R, R), both in [-1, 1]."""
    encoded = (pictures + 1) / 2
    linear = torch.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055).pow(2.4))
    weights = torch.tensor([0.2126, 0.7152, 0.0722])[:, None, None]
    light = (linear * weights).sum(dim=1, keepdim=True)
    grey = torch.where(light <= 0.0031308, light * 12.92, 1.055 * light.clamp(min=1e-6).pow(1 / 2.4) - 0.055)
    return grey * 2 - 1


def compressed(pixels: Pixels, quality: int, subsampling: int = SUBSAMPLING_420) -> Pixels:
    """A picture (R, R, 3) after it has been a JPEG of this quality."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality, subsampling=subsampling)
    return np.array(Image.open(stream).convert("RGB"))


def filling(pixels: Pixels, holes: list[Hole]) -> Example:
    """Fill these holes."""
    pictures = tensor_of(pixels)
    mask = torch.from_numpy(np.stack(holes)).float()[:, None]
    condition = Condition(continued(pictures, mask), mask, _told(Task.FILL, len(pixels)))
    return _example(Task.FILL, condition, pictures * (1 - mask), pictures)


def colouring(pixels: Pixels, hints: list[Hole]) -> Example:
    """Give colour to the grey pictures, whose colours are known where the hints are true."""
    pictures = tensor_of(pixels)
    mask = 1 - torch.from_numpy(np.stack(hints)).float()[:, None]
    known = torch.lerp(pictures, luminance(pictures).expand_as(pictures), mask)
    condition = Condition(tinted(known, mask), mask, _told(Task.COLORIZE, len(pixels)))
    return _example(Task.COLORIZE, condition, known, pictures)


def restoring(pixels: Pixels, qualities: list[int], subsampling: list[int] | None = None) -> Example:
    """Remove the artefacts of JPEGs of these qualities."""
    samplings = subsampling or [SUBSAMPLING_420] * len(pixels)
    damaged = np.stack(
        [compressed(pixels[index], *how) for index, how in enumerate(zip(qualities, samplings, strict=True))]
    )
    pictures = tensor_of(pixels)
    told = task_vector([Task.RESTORE] * len(pixels), [quality / 100 for quality in qualities])
    given = tensor_of(damaged)
    softened = [deblocked(one[None], quality) for one, quality in zip(given, qualities, strict=True)]
    condition = Condition(torch.cat(softened), torch.ones_like(pictures[:, :1]), told)
    return _example(Task.RESTORE, condition, given, pictures)


def _told(task: Task, count: int) -> Tensor:
    return task_vector([task] * count, [0.0] * count)


def _example(task: Task, condition: Condition, given: Tensor, pictures: Tensor) -> Example:
    return Example(condition, given, pictures, torch.full((len(pictures),), BLIND_SHARES[task]))


def random_hints(side: int, rng: np.random.Generator) -> Hole:
    """No hints in two of five pictures, else up to `MOST_HINTS` dots of one to five pixels across."""
    hints = np.zeros((side, side), np.bool_)
    count = 0 if rng.random() < 0.4 else int(rng.integers(1, MOST_HINTS + 1))
    for _ in range(count):
        extent = int(rng.integers(1, 6))
        top, left = (int(place) for place in rng.integers(0, side, 2))
        hints[top : top + extent, left : left + extent] = True
    return hints


def random_quality(rng: np.random.Generator) -> int:
    """From 5 to 90, low ones more often."""
    return int(math.exp(rng.uniform(math.log(5), math.log(91))))


def random_example(pixels: Pixels, rng: np.random.Generator, shares: Mapping[Task, float] = TASK_SHARES) -> Example:
    """The pictures shared out among the tasks; ``shares`` add up to 1 and are in the order of `TASK_SHARES`."""
    side = pixels.shape[1]
    counts = rng.multinomial(len(pixels), list(shares.values()))
    fill, colour, restore = np.split(pixels, np.cumsum(counts)[:-1])
    parts: list[Example] = []
    if len(fill):
        parts.append(filling(fill, [random_hole(side, rng) for _ in fill]))
    if len(colour):
        parts.append(colouring(colour, [random_hints(side, rng) for _ in colour]))
    if len(restore):
        samplings = [SUBSAMPLING_420 if rng.random() < 0.75 else SUBSAMPLING_444 for _ in restore]
        parts.append(restoring(restore, [random_quality(rng) for _ in restore], samplings))
    return joined(parts)


def joined(parts: list[Example]) -> Example:
    """Several examples as one."""
    told = [part.condition.task for part in parts if part.condition.task is not None]
    condition = Condition(
        torch.cat([part.condition.picture for part in parts]),
        torch.cat([part.condition.mask for part in parts]),
        torch.cat(told),
    )
    return Example(
        condition,
        torch.cat([part.given for part in parts]),
        torch.cat([part.pictures for part in parts]),
        torch.cat([part.blind for part in parts]),
    )
