"""What the tests of the zoo share: golden tensors, running operations, small models."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import torch
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.network import BlobGan, BlobGanShape
from maquette.models.blobgan.verbs import TASKS
from maquette.models.operations import Operation, Progress
from maquette.models.tensor_files import stored_tensors
from maquette.store.catalogue import Catalogue, CatalogueEntry
from maquette.store.weights_file import WeightsDescription, write_weights_file
from palette_helpers import small_palette_entry
from safetensors.torch import load_file
from torch import Tensor, nn

GOLDEN = Path(__file__).parent.parent / "golden"
Result = TypeVar("Result")


def golden(name: str) -> dict[str, Tensor]:
    return load_file(GOLDEN / f"{name}.safetensors")


def finished(operation: Operation[Result]) -> Result:
    return reports_and_result(operation)[1]


def reports_and_result(operation: Operation[Result]) -> tuple[list[Progress], Result]:
    reports: list[Progress] = []
    while True:
        try:
            reports.append(next(operation))
        except StopIteration as stop:
            return reports, stop.value


def difference(one: Tensor, other: Tensor) -> float:
    assert one.shape == other.shape
    return float((one - other).detach().abs().max())


def assert_pictures_agree(picture: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(picture, expected, atol=5e-4, rtol=1e-4)


def randomised(module: nn.Module, seed: int = 0) -> None:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            values = torch.randn(parameter.shape, generator=generator)
            is_layout = ".mlp." in f".{name}" and "silhouettes" not in name
            scale = (30.0 if name.endswith("bias") else 100.0) if is_layout else (0.2 if parameter.ndim == 1 else 1.0)
            parameter.copy_(values * scale + (1.0 if name.endswith("modulation.bias") else 0.0))


def filled_by_name(module: nn.Module, salt: str = "dev") -> None:
    """Weights that anyone can make again without a file: every tensor is drawn from its own name."""
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if name != "mean_latent":
                tensor.copy_(_drawn(f"{salt}:{name}", tensor.shape) * _spread(name) + _offset(name))


def input_by_name(name: str, shape: tuple[int, ...], salt: str = "dev") -> Tensor:
    return _drawn(f"{salt}:input:{name}", shape)


def _drawn(name: str, shape: tuple[int, ...] | torch.Size) -> Tensor:
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    return torch.randn(tuple(shape), generator=generator)


def _spread(name: str) -> float:
    if name.endswith(".noise.weight"):
        return 0.25
    if ".mlp." in name:
        return 35.0 if name.endswith("bias") else 100.0
    if name.endswith("modulation.bias"):
        return 0.35
    return 0.3 if name.endswith("bias") else 1.0


def _offset(name: str) -> float:
    return 1.0 if name.endswith("modulation.bias") else 0.0


def small_blobgan(blob_count: int = 4, area_normaliser: float = 0.02, shaped: bool = False) -> BlobGan:
    """``shaped``: its blobs have silhouettes, and its finer layers draw edges."""
    decoder = DecoderShape(12, 6, {8: 12, 16: 10, 32: 8}, *((3, 16) if shaped else ()))
    network = BlobGan(BlobGanShape(blob_count, 8, 16, decoder, area_normaliser))
    randomised(network)
    return network


def small_blobgan_entry(data: Path) -> CatalogueEntry:
    catalogue = Catalogue(data / "embedded", data)
    description = WeightsDescription(
        id="small-blobgan",
        system="blobgan",
        title="Small",
        tasks=TASKS,
        width=32,
        height=32,
        licence="Apache-2.0",
        recipe="random",
        area_normaliser=0.02,
        blob_names=("bed", "lamp", "rug", "chair"),
        dtypes=("float32", "bfloat16"),
        extra={"size_in": "8"},
    )
    tensors = stored_tensors(small_blobgan().state_dict())
    write_weights_file(catalogue.imported_path("small-blobgan"), tensors, description)
    return catalogue.get("small-blobgan")


SMALL_MODELS: Mapping[str, Callable[[Path], CatalogueEntry]] = {
    "blobgan": small_blobgan_entry,
    "palette": small_palette_entry,
}
"""By system: writes a model with few random weights into a data directory."""
