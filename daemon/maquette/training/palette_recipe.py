"""The recipe of the embedded Palette: one network learns to fill, colour and repair crops of rooms and lands."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from maquette.models.palette.conditioning import TASK_WIDTH, Task
from maquette.models.palette.denoiser import Denoiser
from maquette.models.palette.network import Unet, UnetShape
from maquette.models.palette.training import PaletteTrainer, initialise
from maquette.models.palette.verbs import DEFAULTS
from maquette.training.blobgan_recipe import save_sheet
from maquette.training.checkpoints import save_checkpoint, train_for
from maquette.training.palette_evaluation import answered
from maquette.training.palette_holes import KINDS, measured_hole
from maquette.training.palette_pictures import PicturePool, Pixels, random_crops
from maquette.training.palette_tasks import Example, colouring, filling, random_example, random_hints, restoring

SHAPE = UnetShape(
    in_channels=7,
    out_channels=3,
    inner=32,
    channels=(96, 96, 128),
    blocks=1,
    attention=frozenset({1, 2}),
    groups=16,
    fold=4,
    task_width=TASK_WIDTH,
)
SIDE = 128
COARSE_SIDE = 64
BATCH, COARSE_BATCH = 6, 16
COARSE_SHARE = 0.75
"""The share of the time budget spent on pictures of half the side, which cost a quarter."""
WHOLE_SHARE, COARSE_WHOLE_SHARE = 0.8, 0.6
"""How often a crop is as high as its picture."""
WARM_UP_STEPS = 100
CHECKPOINT = "palette.pt"
SHEET_COLUMNS = 8


@dataclass(frozen=True)
class Progress:
    """Where training stands: steps, seconds spent in all runs, pictures at hand, the mean of the last errors."""

    steps: int
    seconds: float
    pictures: int
    error: float


def new_network(seed: int = 0, shape: UnetShape = SHAPE) -> Unet:
    """An untrained network of the recipe's sizes."""
    torch.manual_seed(seed)
    network = Unet(shape)
    initialise(network)
    return network


def learning_rate_share(steps: int, seconds: float, budget: float) -> float:
    """A short warm-up by steps, then linear to zero over the time budget."""
    return min(1.0, (steps + 1) / WARM_UP_STEPS) * max(0.0, 1 - seconds / budget)


def next_example(pools: list[PicturePool], rng: np.random.Generator, seconds: float, budget: float) -> Example:
    """What to learn from next: small pictures first."""
    if seconds < COARSE_SHARE * budget:
        return random_example(random_crops(pools, rng, COARSE_BATCH, COARSE_SIDE, COARSE_WHOLE_SHARE), rng)
    return random_example(random_crops(pools, rng, BATCH, SIDE, WHOLE_SHARE), rng)


def train(
    pools: list[PicturePool],
    trainer: PaletteTrainer,
    checkpoints: Path,
    budget: float,
    spent: float = 0.0,
    save_every: float = 240.0,
    report: Callable[[Progress], None] = lambda progress: None,
) -> float:
    """Train until `budget` seconds are spent, those of earlier runs included; returns the seconds spent in all.

    The order of the pictures follows from the number of steps, so that a resumed run draws others than its start.
    """
    rng = np.random.default_rng(trainer.steps)
    errors: list[float] = []

    def step(seconds: float) -> None:
        example = next_example(pools, rng, seconds, budget)
        rate = learning_rate_share(trainer.steps, seconds, budget)
        error = trainer.step(example.condition, example.pictures, example.blind, rate)
        errors.append(float(error.mean()))

    def keep(seconds: float) -> None:
        save_checkpoint(checkpoints / CHECKPOINT, trainer, seconds)
        save_sheet(checkpoints / "sheet.png", sheet_rows(trainer.denoiser, shown_pictures(pools)))
        mean = float(np.mean(errors[-300:])) if errors else float("nan")
        report(Progress(trainer.steps, seconds, sum(len(pool) for pool in pools), mean))
        for pool in pools:
            pool.refresh()

    return train_for(budget, step, keep, spent, save_every)


def shown_pictures(pools: list[PicturePool], side: int = COARSE_SIDE, count: int = SHEET_COLUMNS) -> Pixels:
    """The first pictures of every pool, as many in all as a sheet is wide."""
    filled = [pool for pool in pools if len(pool)]
    return np.concatenate([pool.head(count // len(filled), side) for pool in filled])


def sheet_rows(denoiser: Denoiser, pixels: Pixels) -> list[Tensor]:
    """Pictures; with holes, and these filled; with colour from hints; as JPEG of quality 10, and repaired."""
    side = pixels.shape[1]
    rng = np.random.default_rng(1)
    fill = filling(pixels, [measured_hole(KINDS[index % 3], side, index) for index in range(len(pixels))])
    colour = colouring(
        pixels,
        [random_hints(side, rng) for _ in pixels],
    )
    repair = restoring(pixels, [10] * len(pixels))
    return [
        fill.pictures,
        fill.given,
        answered(denoiser, fill, DEFAULTS[Task.FILL]),
        colour.given,
        answered(denoiser, colour, DEFAULTS[Task.COLORIZE]),
        repair.given,
        answered(denoiser, repair, DEFAULTS[Task.RESTORE]),
    ]
