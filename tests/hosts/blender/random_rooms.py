"""Write a small BlobGAN with random weights where the daemon finds it: its pictures mean nothing, but they follow.

python random_rooms.py DATA_DIRECTORY
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from maquette.models.blobgan.checkpoint import MEAN_LATENT
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.network import BlobGan, BlobGanShape
from maquette.store.weights_file import StoredTensor, WeightsDescription, write_weights_file

MODEL_ID = "random-rooms"
NAMES = ("floor", "back wall", "rug", "bed", "lamp", "cabinet")


def write(data: Path) -> Path:
    torch.manual_seed(5)
    decoder = DecoderShape(32, 24, {16: 32, 32: 24, 64: 16})
    shape = BlobGanShape(
        len(NAMES), noise_width=16, hidden_width=32, decoder=decoder, area_normaliser=0.02, layout_depth=3
    )
    network = BlobGan(shape)
    with torch.no_grad():
        # Large enough to be seen whatever the seed.
        last = network.layout_net_ema.mlp[-1]
        last.bias[: len(NAMES) + 1] = 150.0
    tensors = dict(network.state_dict())
    tensors.setdefault(MEAN_LATENT, network.mean_latent)
    stored = {
        name: StoredTensor("F32", tuple(tensor.shape), tensor.contiguous().numpy().tobytes())
        for name, tensor in tensors.items()
    }
    path = data / "models" / f"{MODEL_ID}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    description = WeightsDescription(
        id=MODEL_ID,
        system="blobgan",
        title="Random rooms",
        tasks=("sample_scene", "render_scene", "edit_scene", "restyle_scene"),
        width=64,
        height=64,
        licence="CC0-1.0",
        recipe="random",
        area_normaliser=0.02,
        blob_names=NAMES,
        extra={"size_in": "16"},
    )
    write_weights_file(path, stored, description)
    return path


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))  # noqa: T201
