"""The models that painting is measured with, and running their operations to the end."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray

from maquette.models.exemplar.model import ExemplarModel
from maquette.models.operations import Operation
from maquette.models.palette.verbs import PaletteModel
from maquette.models.registry import load_model
from maquette.store.built_in import BUILT_IN
from maquette.store.catalogue import Catalogue, check_model_id, open_catalogue
from maquette.store.weights_file import read_metadata

Result = TypeVar("Result")
PALETTE_ID = "palette-rooms-lands"


def finished(operation: Operation[Result]) -> Result:
    """Run an operation to its end."""
    while True:
        try:
            next(operation)
        except StopIteration as stopped:
            return stopped.value


def load_palette(weights: Path | None) -> PaletteModel:
    """The Palette of a weights file; the embedded one if there is no file.

    Raises:
        MaquetteError: MODEL_NOT_FOUND or CHECKPOINT_CORRUPT.
    """
    if weights is None:
        return _palette(open_catalogue(), PALETTE_ID)
    model_id = check_model_id(read_metadata(weights)["id"])
    with tempfile.TemporaryDirectory() as folder:
        # A catalogue wants files to be called after their models.
        (Path(folder) / f"{model_id}.safetensors").symlink_to(weights.resolve())
        return _palette(Catalogue(Path(folder), Path(folder)), model_id)


def _palette(catalogue: Catalogue, model_id: str) -> PaletteModel:
    return cast("PaletteModel", load_model(catalogue.get(model_id), torch.device("cpu")))


def load_exemplar() -> ExemplarModel:
    """Exemplar fill, which has no weights."""
    (info,) = (info for info in BUILT_IN if info.id == "exemplar")
    return ExemplarModel(info)


def to_pixels(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """8-bit pixels of a picture in [0, 1]."""
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def to_floats(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A picture in [0, 1] of 8-bit pixels."""
    return pixels.astype(np.float32) / np.float32(255)
