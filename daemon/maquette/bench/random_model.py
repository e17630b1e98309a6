"""A BlobGAN of random weights and the embedded model's sizes: as fast as the real one, and as slow."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.geometry import PUBLISHED_AREA_NORMALISER
from maquette.models.blobgan.network import BlobGan, BlobGanShape
from maquette.models.blobgan.verbs import TASKS
from maquette.models.tensor_files import stored_tensors
from maquette.store.weights_file import WeightsDescription, write_weights_file

MODEL_ID = "random-rooms"
AREA_NORMALISER = 0.0005
CHANNELS = {16: 160, 32: 96, 64: 48, 128: 24}
SHAPE = BlobGanShape(14, 64, 256, DecoderShape(64, 64, CHANNELS), AREA_NORMALISER)


PUBLISHED = BlobGanShape(
    10, 512, 1024, DecoderShape(768, 512, {16: 768, 32: 768, 64: 768, 128: 384, 256: 192}), PUBLISHED_AREA_NORMALISER
)
_COLOUR = 0.08
_NOISE = 0.1


def _randomise(network: BlobGan, generator: torch.Generator) -> None:
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            # The layout network's learning-rate multiplier is small: its weights are kept large.
            spread = 100.0 if name.startswith("layout_net_ema.") and parameter.ndim > 1 else 1.0
            # The embedded models are trained without noise maps.
            spread = 0.0 if name.endswith("noise.weight") else spread
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * spread)


def random_network(shape: BlobGanShape, seed: int = 0) -> BlobGan:
    """A network that nobody has trained, with noise maps, as the published ones have; pictures of about [−1, 1]."""
    network, generator = BlobGan(shape), torch.Generator().manual_seed(seed)
    _randomise(network, generator)
    with torch.no_grad():
        for name, parameter in network.generator_ema.named_parameters():
            if name.endswith("noise.weight"):
                parameter.fill_(_NOISE)
            elif name.startswith("to_rgb"):
                parameter.mul_(1.0 if "modulation" in name else _COLOUR)
    return network


def write_random_model(path: Path, shape: BlobGanShape = SHAPE, seed: int = 0) -> None:
    """Write the weights file of a model that nobody has trained; the file's stem is the model's id."""
    network = BlobGan(shape)
    _randomise(network, torch.Generator().manual_seed(seed))
    description = WeightsDescription(
        id=path.stem,
        system="blobgan",
        title="Random weights",
        tasks=TASKS,
        width=shape.decoder.resolution,
        height=shape.decoder.resolution,
        licence="Apache-2.0",
        recipe="random",
        area_normaliser=shape.area_normaliser,
        dtypes=("float32", "bfloat16"),
        extra={"size_in": str(shape.decoder.size_in)},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_weights_file(path, stored_tensors(network.state_dict()), description)


if __name__ == "__main__":
    write_random_model(Path(sys.argv[1]))
