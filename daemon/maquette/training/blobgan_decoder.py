"""The recipe "rooms" for BlobGAN, a part of its own: the decoder of a weights file learns from more rooms.

Layouts, looks and the encoder stay as they are and go on to fit.
"""

from pathlib import Path

import numpy as np

from maquette.models.blobgan.network import BlobGan
from maquette.models.blobgan.training import LooksNetwork, PictureModel, PictureTrainer
from maquette.training.blobgan_data import rooms_of
from maquette.training.blobgan_recipe import BATCH, CHECKPOINT, keep_freed_memory, print_progress, train_pictures
from maquette.training.blobgan_silhouettes import settle_silhouettes
from maquette.training.blobgan_weights import load_weights, replace_decoder
from maquette.training.checkpoints import Stage

LEARNING_RATE = 3e-3


def decoder_trainer(network: BlobGan, looks: LooksNetwork) -> PictureTrainer:
    """What trains a network's decoder, but for its silhouettes, which layouts rely upon."""
    model = PictureModel(looks.requires_grad_(False), network.generator_ema.requires_grad_())
    settle_silhouettes(model)
    return PictureTrainer(model, LEARNING_RATE)


def run_decoder(data: Path, stage: Stage) -> Path:
    """Train the decoder of a weights file further; returns the file that has it.

    Args:
        data: folder of rooms.
        stage: of a weights file of the recipe "rooms".

    Raises:
        MaquetteError: CONTENT_NOT_FOUND without rooms; INVALID_ARGUMENT when there is nothing to resume, or something
            that would be overwritten; see also `load_weights`.
    """
    rooms = rooms_of(data)
    keep_freed_memory()
    trainer = decoder_trainer(*load_weights(stage.weights))
    spent = stage.begin(CHECKPOINT, trainer)
    sheet = rooms.batch(np.random.default_rng(0), BATCH)
    where, seconds = stage.checkpoints, stage.budget
    train_pictures(rooms, trainer, where, seconds, spent, report=print_progress, sheet=sheet, coarse_share=0.0)
    note = f"Trained further for {seconds:.0f} s, {trainer.steps} steps of {BATCH} rooms."
    replace_decoder(stage.weights, stage.written, trainer.average.decoder, {"decoder_note": note})
    return stage.written
