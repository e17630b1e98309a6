"""The recipe "rooms" for BlobGAN, a part of its own: an adversarial stage that sharpens a weights file's pictures."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from maquette.models.adversary import between
from maquette.models.blobgan.adversarial import MAP_LEVEL, AdversarialLosses, AdversarialTrainer, row_maps
from maquette.models.blobgan.splatting import reordered
from maquette.models.blobgan.training import LooksNetwork, decode
from maquette.training.blobgan_data import Batch, RoomData, rooms_of
from maquette.training.blobgan_features import ROWS
from maquette.training.blobgan_recipe import BATCH, RESOLUTION, keep_freed_memory, print_progress, save_sheet
from maquette.training.blobgan_weights import load_weights, replace_decoder
from maquette.training.checkpoints import Stage, save_checkpoint, train_for

ALONE_STEPS = 150
"""At first only the discriminator learns, or its ignorance would undo what the decoder can do."""
CHECKPOINT = "sharpened.pt"


@dataclass(frozen=True)
class Progress:
    """Where sharpening stands: steps, seconds spent in all runs, means of the last losses and verdicts."""

    steps: int
    seconds: float
    picture: float
    true: float
    painted: float


def sharpen(
    rooms: RoomData,
    looks: LooksNetwork,
    trainer: AdversarialTrainer,
    checkpoints: Path,
    budget: float,
    spent: float = 0.0,
    save_every: float = 150.0,
    report: Callable[[Progress], None] = lambda progress: None,
) -> None:
    """Train until ``budget`` seconds are spent, those of earlier runs included; rates fall to zero until then."""
    rng = np.random.default_rng(trainer.steps)
    sheet = rooms.batch(np.random.default_rng(0), BATCH)
    losses: list[AdversarialLosses] = []

    def step(seconds: float) -> None:
        losses.append(_step(trainer, looks, rooms.batch(rng, BATCH), max(0.0, 1 - seconds / budget)))

    def keep(seconds: float) -> None:
        report(_kept(checkpoints, trainer, seconds, losses, looks, sheet))

    train_for(budget, step, keep, spent, save_every)


def _step(trainer: AdversarialTrainer, looks: LooksNetwork, batch: Batch, rate: float) -> AdversarialLosses:
    with torch.no_grad():
        layout = reordered(looks(batch.labelled), batch.labelled.order)
        blobs = row_maps(layout, batch.labelled.order, RESOLUTION // 2**MAP_LEVEL)
    return trainer.step(layout, blobs, batch.pictures, rate, alone=trainer.steps < ALONE_STEPS)


@torch.no_grad()
def _kept(
    checkpoints: Path,
    trainer: AdversarialTrainer,
    seconds: float,
    losses: list[AdversarialLosses],
    looks: LooksNetwork,
    sheet: Batch,
) -> Progress:
    save_checkpoint(checkpoints / CHECKPOINT, trainer, seconds)
    painted = decode(trainer.average, reordered(looks(sheet.labelled), sheet.labelled.order))[-1]
    save_sheet(checkpoints / "sharpened.png", [sheet.pictures, painted])
    last = [(each.picture, each.true, each.painted) for each in losses[-100:]] or [(math.nan,) * 3]
    return Progress(trainer.steps, seconds, *(float(value) for value in np.mean(last, axis=0)))


def run_sharpening(data: Path, stage: Stage, strength: float = 1.0) -> Path:
    """Sharpen the decoder of a weights file; returns the file that has it.

    Args:
        data: folder of rooms.
        stage: of a weights file of the recipe "rooms".
        strength: of what was learned, see `maquette.models.adversary.between`.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND without rooms; INVALID_ARGUMENT when there is nothing to resume, or something
            that would be overwritten; see also `load_weights`.
    """
    network, looks = load_weights(stage.weights)
    rooms = rooms_of(data)
    keep_freed_memory()
    torch.manual_seed(0)
    trainer = AdversarialTrainer(copy.deepcopy(network.generator_ema), len(ROWS))
    spent = stage.begin(CHECKPOINT, trainer)
    sharpen(rooms, looks, trainer, stage.checkpoints, stage.budget, spent, report=print_progress)
    note = f"Sharpened against a discriminator for {stage.budget:.0f} s, {trainer.steps} steps of {BATCH} rooms"
    decoder = between(network.generator_ema, trainer.average, strength)
    notes = {"sharpening_note": f"{note}, with a strength of {strength:g}."}
    replace_decoder(stage.weights, stage.written, decoder, notes)
    return stage.written
