"""Palette's recipe, a part of its own: an adversarial stage that sharpens what a weights file fills in one call."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from maquette.models.adversary import between
from maquette.models.palette.adversarial import SharpeningTrainer, with_grain_channel
from maquette.models.palette.conditioning import Task
from maquette.models.palette.training import filled
from maquette.store.weights_file import read_metadata
from maquette.training.blobgan_recipe import keep_freed_memory, print_progress, save_sheet
from maquette.training.checkpoints import Stage, save_checkpoint, train_for
from maquette.training.palette_pictures import PicturePool, picture_pools, random_crops
from maquette.training.palette_recipe import BATCH, SIDE, WHOLE_SHARE, sheet_rows, shown_pictures
from maquette.training.palette_tasks import random_example
from maquette.training.palette_weights import TRAINING_NOTE, describe_weights, load_weights, save_weights

ALONE_STEPS = 200
"""At first only the discriminator learns, or its ignorance would undo what the network can do."""
CHECKPOINT = "sharpened.pt"
SHEET = "sharpened.png"
SHARES = {Task.FILL: 0.8, Task.COLORIZE: 0.1, Task.RESTORE: 0.1}
BLIND_SHARE = 0.85
"""How often a hole is filled in one call, which is what is sharpened; a few noisier ones keep the sampler as it is."""


@dataclass(frozen=True)
class Progress:
    """Where sharpening stands: steps, seconds spent in all runs, means of the last errors and verdicts."""

    steps: int
    seconds: float
    error: float
    true: float
    painted: float


def sharpen(
    pools: list[PicturePool],
    trainer: SharpeningTrainer,
    checkpoints: Path,
    budget: float,
    spent: float = 0.0,
    save_every: float = 240.0,
    report: Callable[[Progress], None] = lambda progress: None,
) -> None:
    """Train until ``budget`` seconds are spent, those of earlier runs included; rates fall to zero until then."""
    rng = np.random.default_rng(trainer.steps)
    losses: list[tuple[float, float, float]] = []

    def step(seconds: float) -> None:
        losses.append(_step(pools, trainer, rng, max(0.0, 1 - seconds / budget)))

    def keep(seconds: float) -> None:
        save_checkpoint(checkpoints / CHECKPOINT, trainer, seconds)
        save_sheet(checkpoints / SHEET, sheet_rows(trainer.denoiser, shown_pictures(pools, SIDE)))
        last = losses[-300:] or [(math.nan,) * 3]
        report(Progress(trainer.steps, seconds, *(float(value) for value in np.mean(last, axis=0))))

    train_for(budget, step, keep, spent, save_every)


def _step(
    pools: list[PicturePool], trainer: SharpeningTrainer, rng: np.random.Generator, rate: float
) -> tuple[float, float, float]:
    example = random_example(random_crops(pools, rng, BATCH, SIDE, WHOLE_SHARE), rng, SHARES)
    holes = filled(example.condition)
    error = trainer.step(example.condition, example.pictures, torch.where(holes, BLIND_SHARE, example.blind), rate)
    return float(error.mean()), *trainer.verdicts


def run_sharpening(data: list[Path], stage: Stage, strength: float = 1.0) -> Path:
    """Sharpen a weights file on the pictures of several folders; returns the file that is sharper.

    Args:
        data: folders of pictures.
        stage: of a weights file of the recipe "rooms and lands".
        strength: of what was learned, see `between`.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND without pictures; CHECKPOINT_CORRUPT for the weights; INVALID_ARGUMENT when
            there is nothing to resume, or something that would be overwritten.
    """
    pools = picture_pools(data)
    smooth = with_grain_channel(load_weights(stage.weights).network)
    keep_freed_memory()
    torch.manual_seed(0)
    trainer = SharpeningTrainer(copy.deepcopy(smooth).requires_grad_().train(), alone=ALONE_STEPS)
    spent = stage.begin(CHECKPOINT, trainer)
    sharpen(pools, trainer, stage.checkpoints, stage.budget, spent, report=print_progress)
    network = between(smooth, trainer.average, strength)
    note = f"Sharpened against a discriminator for {stage.budget:.0f} s, {trainer.steps} steps of {BATCH} pictures"
    notes = {TRAINING_NOTE: read_metadata(stage.weights).get(TRAINING_NOTE, "")}
    notes["sharpening_note"] = f"{note}, with a strength of {strength:g}."
    save_weights(stage.written, network, describe_weights(network, notes))
    return stage.written
