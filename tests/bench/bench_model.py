"""A daemon with the smallest model that the measurements can be tried on."""

from __future__ import annotations

from pathlib import Path

from maquette.bench.random_model import write_random_model
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.network import BlobGanShape


def write_tiny_model(folder: Path) -> Path:
    decoder = DecoderShape(structure_width=12, style_width=6, channels={8: 12, 16: 10, 32: 8})
    path = folder / "tiny-rooms.safetensors"
    write_random_model(path, BlobGanShape(4, 8, 16, decoder))
    return path
