"""How well a Palette fills, colours and repairs pictures that it was never trained on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from torch import Tensor

from maquette.models.palette.conditioning import Task
from maquette.models.palette.denoiser import Condition, Denoiser
from maquette.models.palette.samplers import ancestral_steps, fast_steps
from maquette.models.palette.sampling import ANCESTRAL_STEPS, Sampling
from maquette.models.palette.schedule import fast_noise_levels, sampling_schedule
from maquette.models.palette.verbs import DEFAULTS
from maquette.training.metrics import psnr
from maquette.training.palette_holes import KINDS, Hole, measured_hole
from maquette.training.palette_pictures import Pixels
from maquette.training.palette_tasks import Example, colouring, filling, luminance, restoring

QUALITIES = (10, 30)
HINTS = 10
HINT_SIDE = 3
BATCH = 16


@dataclass(frozen=True)
class FillFigures:
    """Mean PSNR in dB inside holes of one kind: one candidate, mean of several, the first guess."""

    kind: str
    one: float
    several: float
    guess: float


@dataclass(frozen=True)
class RestoreFigures:
    """Mean PSNR in dB of JPEGs of one quality: before, after, the first guess."""

    quality: int
    before: float
    after: float
    guess: float


@dataclass(frozen=True)
class ColourFigures:
    """Mean PSNR in dB of grey pictures; of these coloured without and with hints; of the first guess with hints."""

    grey: float
    without_hints: float
    with_hints: float
    guess: float


@dataclass(frozen=True)
class PaletteReport:
    """All figures on one set of pictures."""

    pictures: int
    fill: list[FillFigures]
    restore: list[RestoreFigures]
    colour: ColourFigures

    def to_json(self) -> str:
        """The figures as JSON."""
        return json.dumps(asdict(self), indent=2)


@torch.no_grad()
def answered(denoiser: Denoiser, example: Example, sampling: Sampling, seed: int = 0) -> Tensor:
    """What the network makes of the conditions: (B, 3, R, R) in [-1, 1], a batch at a time."""
    answers: list[Tensor] = []
    generator = torch.Generator().manual_seed(seed)
    for begin in range(0, len(example.pictures), BATCH):
        part = slice(begin, begin + BATCH)
        task = example.condition.task
        condition = Condition(
            example.condition.picture[part], example.condition.mask[part], None if task is None else task[part]
        )
        answers.append(_sampled(denoiser, condition, sampling, generator))
    return torch.cat(answers)


def _sampled(denoiser: Denoiser, condition: Condition, sampling: Sampling, generator: torch.Generator) -> Tensor:
    known = condition.picture
    if denoiser.has_grain:
        grain = torch.randn(condition.mask.shape, generator=generator)
        condition = replace(condition, grain=grain * sampling.grain)

    def noise() -> Tensor:
        return torch.randn(known.shape, generator=generator)

    if sampling.steps >= ANCESTRAL_STEPS:
        start, schedule = torch.lerp(known, noise(), condition.mask), sampling_schedule(sampling.steps)
        *_, result = ancestral_steps(denoiser, condition, known, start, schedule, noise)
    else:
        start = torch.lerp(known, noise() * sampling.temperature, condition.mask)
        *_, result = fast_steps(denoiser, condition, known, start, fast_noise_levels(sampling.steps))
    return result


def mean_psnr(pictures: Tensor, true: Tensor, where: Tensor | None = None) -> float:
    """Mean PSNR in dB of pictures (B, 3, R, R) in [-1, 1], where (B, R, R) is true."""
    return float(psnr((pictures + 1) / 2, (true + 1) / 2, where).mean())


def measure_fill(denoiser: Denoiser, pixels: Pixels, kind: str, sampling: Sampling, candidates: int) -> FillFigures:
    """Fill one kind of holes, several times."""
    side = pixels.shape[1]
    example = filling(pixels, [measured_hole(kind, side, index) for index in range(len(pixels))])
    where = example.condition.mask[:, 0] > 0
    answers = [answered(denoiser, example, sampling, seed) for seed in range(candidates)]
    return FillFigures(
        kind,
        mean_psnr(answers[0], example.pictures, where),
        mean_psnr(torch.stack(answers).mean(0), example.pictures, where),
        mean_psnr(example.condition.picture, example.pictures, where),
    )


def measure_restore(denoiser: Denoiser, pixels: Pixels, quality: int, sampling: Sampling) -> RestoreFigures:
    """Repair JPEGs of one quality."""
    example = restoring(pixels, [quality] * len(pixels))
    after = answered(denoiser, example, sampling)
    return RestoreFigures(
        quality,
        mean_psnr(example.given, example.pictures),
        mean_psnr(after, example.pictures),
        mean_psnr(example.condition.picture, example.pictures),
    )


def measured_hints(side: int, index: int, count: int = HINTS) -> Hole:
    """Where the dots of hints are in the picture of this index."""
    rng = np.random.default_rng((index, 77))
    hints = np.zeros((side, side), np.bool_)
    for top, left in rng.integers(0, side - HINT_SIDE + 1, (count, 2)):
        hints[top : top + HINT_SIDE, left : left + HINT_SIDE] = True
    return hints


def measure_colour(denoiser: Denoiser, pixels: Pixels, sampling: Sampling) -> ColourFigures:
    """Colour grey pictures without and with hints."""
    side, count = pixels.shape[1], len(pixels)
    nothing = np.zeros((side, side), np.bool_)
    free = colouring(pixels, [nothing] * count)
    hinted = colouring(pixels, [measured_hints(side, index) for index in range(count)])
    grey = luminance(free.pictures)
    coloured = [mean_psnr(answered(denoiser, example, sampling), free.pictures) for example in (free, hinted)]
    guess = mean_psnr(hinted.condition.picture, free.pictures)
    return ColourFigures(mean_psnr(grey.expand_as(free.pictures), free.pictures), coloured[0], coloured[1], guess)


def evaluate(
    denoiser: Denoiser, pixels: Pixels, candidates: int = 8, samplings: Mapping[Task, Sampling] = DEFAULTS
) -> PaletteReport:
    """All figures on pictures (N, R, R, 3)."""
    return PaletteReport(
        len(pixels),
        [measure_fill(denoiser, pixels, kind, samplings[Task.FILL], candidates) for kind in KINDS],
        [measure_restore(denoiser, pixels, quality, samplings[Task.RESTORE]) for quality in QUALITIES],
        measure_colour(denoiser, pixels, samplings[Task.COLORIZE]),
    )


def render_report(report: PaletteReport) -> str:
    """The figures as a table for people."""
    lines = [
        f"{report.pictures} unseen pictures; PSNR in dB",
        "   holes        guess    one  mean of several",
    ]
    lines += [f"   {fill.kind:10}  {fill.guess:6.1f} {fill.one:6.1f}  {fill.several:15.1f}" for fill in report.fill]
    lines += [
        f"   JPEG {one.quality:2d}: {one.before:.1f} before, {one.guess:.1f} guess, {one.after:.1f} after"
        for one in report.restore
    ]
    colour = report.colour
    lines.append(
        f"   colour: grey {colour.grey:.1f}, without hints {colour.without_hints:.1f}, "
        f"with {HINTS} hints {colour.with_hints:.1f} (guess {colour.guess:.1f})"
    )
    return "\n".join(lines)
