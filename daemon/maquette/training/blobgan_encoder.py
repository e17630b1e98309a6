"""The encoder of the embedded BlobGAN: from a picture of a room to the layout vector that paints it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from maquette.models.blobgan.network import BlobGan
from maquette.models.blobgan.segmenting_encoder import SegmentingEncoder
from maquette.models.blobgan.training import LooksNetwork
from maquette.models.blobgan.training_inversion import (
    InverterTrainer,
    LossWeights,
    begin_coarse,
    row_values_of,
    scales_of,
    standardise,
)
from maquette.training.blobgan_data import RoomData, rooms_of
from maquette.training.blobgan_features import BLOBS, depth_order
from maquette.training.blobgan_inversion import painted_again
from maquette.training.blobgan_layouts import vectors_of
from maquette.training.blobgan_recipe import (
    WIDTH,
    keep_freed_memory,
    learning_rate_share,
    print_progress,
    save_sheet,
)
from maquette.training.blobgan_weights import add_encoder, load_weights
from maquette.training.checkpoints import Stage, save_checkpoint, train_for
from maquette.training.metrics import psnr

CHANNELS = {128: 8, 64: 24, 32: 48, 16: 96, 8: 160, 4: 192}
BATCH = 8
CHECKPOINT = "encoder.pt"
SHEET_ROOMS = 16


@dataclass(frozen=True)
class Phase:
    """A part of the time budget.

    Attributes:
        until: share of the budget at which it ends.
        widest: width of the finest features that are convolved; None = of the picture itself.
        width: of the pictures that are painted again; None = layouts alone.
        weights: of the loss.
    """

    until: float
    widest: int | None
    width: int | None
    weights: LossWeights


PHASES = (
    Phase(0.30, 32, None, LossWeights()),
    Phase(0.45, None, None, LossWeights()),
    Phase(0.75, None, 32, LossWeights(layout=0.5)),
    Phase(1.00, None, 64, LossWeights(layout=0.2, picture=4.0)),
)
"""From what is cheap to what is dear: a step of the last phase costs four of the first."""


@dataclass(frozen=True)
class EncoderProgress:
    """Where training stands: steps, seconds spent in all runs, the mean of the last losses, and the PSNR in dB of the
    sheet's rooms."""

    steps: int
    seconds: float
    loss: float
    psnr: float


@dataclass(frozen=True)
class KnownRooms:
    """N rooms and their mirror images: layout vectors (2N, O), drawing orders (2N, K), pictures by index."""

    data: RoomData
    vectors: Tensor
    orders: Tensor

    def batch(self, indices: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Pictures (B, 3, R, R), layout vectors (B, O) and orders (B, K)."""
        return self.data.pictures(int(index) for index in indices), self.vectors[indices], self.orders[indices]


def known_rooms(folder: Path, looks: LooksNetwork) -> KnownRooms:
    """The rooms of a folder with the layouts that their true attributes give.

    Raises:
        MaquetteError: CONTENT_NOT_FOUND where there are none.
    """
    data = rooms_of(folder)
    features = data.all_features()
    return KnownRooms(data, vectors_of(looks, features), torch.from_numpy(depth_order(features.depths)))


def new_trainer(rooms: KnownRooms, network: BlobGan, seed: int = 0) -> InverterTrainer:
    """An untrained encoder of the recipe's sizes."""
    torch.manual_seed(seed)
    encoder = SegmentingEncoder(CHANNELS, len(BLOBS), 2 * WIDTH)
    begin_coarse(encoder)
    standardise(encoder, row_values_of(rooms.vectors, len(BLOBS), 2 * WIDTH))
    return InverterTrainer(encoder, network, scales_of(network.split(rooms.vectors)))


def phase_at(share: float) -> Phase:
    """The phase that a run is in after this share of its time."""
    return next((phase for phase in PHASES if share < phase.until), PHASES[-1])


def train_encoder(
    rooms: KnownRooms,
    trainer: InverterTrainer,
    checkpoints: Path,
    budget: float,
    spent: float = 0.0,
    save_every: float = 150.0,
    report: Callable[[EncoderProgress], None] = lambda progress: None,
) -> float:
    """Train until ``budget`` seconds are spent, those of earlier runs included; returns the seconds spent in all."""
    generator = torch.Generator().manual_seed(trainer.steps)
    losses: list[float] = []

    def step(seconds: float) -> None:
        indices = torch.randint(len(rooms.vectors), (BATCH,), generator=generator)
        phase = phase_at(seconds / budget)
        share = learning_rate_share(trainer.steps, seconds, budget)
        batch = rooms.batch(indices)
        losses.append(trainer.step(*batch, share, phase.width, phase.weights, phase.widest))

    def keep(seconds: float) -> None:
        report(_kept(checkpoints, trainer, seconds, losses, rooms))

    return train_for(budget, step, keep, spent, save_every)


def _kept(
    checkpoints: Path, trainer: InverterTrainer, seconds: float, losses: list[float], rooms: KnownRooms
) -> EncoderProgress:
    save_checkpoint(checkpoints / CHECKPOINT, trainer, seconds)
    pictures = rooms.data.pictures(range(min(SHEET_ROOMS, len(rooms.data))))
    painted = painted_again(trainer.network, trainer.average, pictures)
    save_sheet(checkpoints / "encoder.png", [pictures, painted])
    loss = float(np.mean(losses[-200:])) if losses else float("nan")
    return EncoderProgress(trainer.steps, seconds, loss, float(psnr((painted + 1) / 2, (pictures + 1) / 2).mean()))


def run_encoder_recipe(data: Path, stage: Stage) -> Path:
    """Train the encoder of a weights file, which need not have one yet; returns the file that has it.

    Args:
        data: folder of rooms.
        stage: of a weights file of the recipe "rooms".

    Raises:
        MaquetteError: CONTENT_NOT_FOUND without rooms; INVALID_ARGUMENT when there is nothing to resume, or something
            that would be overwritten; see also `load_weights`.
    """
    network, looks = load_weights(stage.weights)
    keep_freed_memory()
    rooms = known_rooms(data, looks)
    trainer = new_trainer(rooms, network)
    spent = stage.begin(CHECKPOINT, trainer)
    train_encoder(rooms, trainer, stage.checkpoints, stage.budget, spent, report=print_progress)
    add_encoder(stage.weights, stage.written, trainer.average, encoder_note(stage.budget, trainer.steps))
    return stage.written


def encoder_note(seconds: float, steps: int) -> str:
    """What the file's header says of the encoder."""
    return f"Trained for {seconds:.0f} s, {steps} steps of {BATCH} rooms."
