"""A Palette with few random weights, and the golden one."""

from __future__ import annotations

from pathlib import Path

import torch
from maquette.models.palette.checkpoint import PREFIX, Extras
from maquette.models.palette.conditioning import TASK_WIDTH
from maquette.models.palette.denoiser import Denoiser, Prediction
from maquette.models.palette.network import Unet, UnetShape
from maquette.models.palette.verbs import TASKS, PaletteModel
from maquette.models.tensor_files import stored_tensors
from maquette.store.catalogue import Catalogue, CatalogueEntry
from maquette.store.model_info import ModelInfo
from maquette.store.weights_file import WeightsDescription, write_weights_file

GOLDEN_SHAPE = UnetShape(6, 3, 32, (32, 64, 64), 1, frozenset({1}))
PUBLISHED_SHAPE = UnetShape(6, 3, 64, (64, 128, 256, 512), 2)
OWN_SHAPE = UnetShape(7, 3, 8, (16, 32), 1, frozenset({1}), 16, 8, 2, TASK_WIDTH)
OWN_EXTRAS = Extras(Prediction.CORRECTION, head_channels=16, groups=8, fold=2, side=16)
NOISE_SHAPE = UnetShape(6, 3, 8, (16, 32), 1, frozenset(), 16, 8)


def random_network(shape: UnetShape, seed: int = 0) -> Unet:
    torch.manual_seed(seed)
    network = Unet(shape)
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn(parameter.shape))
    return network.eval().requires_grad_(False).to(memory_format=torch.channels_last)


def info(model_id: str = "small-palette") -> ModelInfo:
    return ModelInfo(model_id, "palette", "Small", TASKS, "0" * 64, 16, 16, 1)


def small_model(published: bool, dtype: torch.dtype = torch.float32) -> PaletteModel:
    network = random_network(NOISE_SHAPE if published else OWN_SHAPE).to(dtype)
    return PaletteModel(Denoiser(network, Prediction.NOISE if published else Prediction.CORRECTION), info(), 16)


def small_palette_entry(data: Path) -> CatalogueEntry:
    catalogue = Catalogue(data / "embedded", data)
    description = WeightsDescription(
        id="small-palette",
        system="palette",
        title="Small",
        tasks=TASKS,
        width=16,
        height=16,
        licence="Apache-2.0",
        recipe="random",
        dtypes=("float32", "bfloat16"),
        extra=OWN_EXTRAS.metadata(),
    )
    tensors = {PREFIX + name: value for name, value in random_network(OWN_SHAPE).state_dict().items()}
    write_weights_file(catalogue.imported_path("small-palette"), stored_tensors(tensors), description)
    return catalogue.get("small-palette")
