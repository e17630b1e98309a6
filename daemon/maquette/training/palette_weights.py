"""The embedded weights file of Palette: the averaged network in half precision."""

from collections.abc import Mapping
from pathlib import Path

import torch

from maquette.models.palette.checkpoint import PREFIX, Extras, extras_of, load
from maquette.models.palette.denoiser import Denoiser, Prediction
from maquette.models.palette.network import Unet
from maquette.models.palette.verbs import TASKS
from maquette.models.tensor_files import read_tensors, stored_tensors
from maquette.store.weights_file import WeightsDescription, read_metadata, write_weights_file
from maquette.training.palette_recipe import SIDE

MODEL_ID = "palette-rooms-lands"
WORKING_SET_BYTES = 96 * 1024 * 1024
TRAINING_NOTE = "training_note"


def describe_weights(network: Unet, notes: Mapping[str, str]) -> WeightsDescription:
    """What the file's header says; `notes` tell by name how the network was trained."""
    shape = network.shape
    extras = Extras(Prediction.CORRECTION, shape.head_channels, shape.groups, shape.fold, SIDE)
    return WeightsDescription(
        id=MODEL_ID,
        system="palette",
        title="Rooms and lands (Palette)",
        tasks=TASKS,
        width=SIDE,
        height=SIDE,
        licence="Apache-2.0",
        recipe="rooms and lands",
        dtypes=("float32", "bfloat16"),
        working_set_bytes=WORKING_SET_BYTES,
        extra={**extras.metadata(), **notes},
    )


def save_weights(path: Path, network: Unet, description: WeightsDescription) -> None:
    """Write the network in half precision.

    Raises:
        ValueError: a value does not fit half precision.
    """
    tensors = {PREFIX + name: value for name, value in network.state_dict().items()}
    write_weights_file(path, stored_tensors(tensors, torch.float16), description)


def load_weights(path: Path) -> Denoiser:
    """The network of a weights file, in float32.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT.
    """
    return load(read_tensors(path), extras_of(read_metadata(path)))
