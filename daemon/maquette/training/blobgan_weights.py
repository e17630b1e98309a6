"""The embedded weights file of the recipe "rooms": the networks that are kept, in half precision."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]
from torch import Tensor, nn

from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.checkpoint import load
from maquette.models.blobgan.decoder import Decoder
from maquette.models.blobgan.drawing_order import PREFIX as DRAWING_ORDER_PREFIX
from maquette.models.blobgan.drawing_order import DrawingOrder
from maquette.models.blobgan.inverter import PREFIX as INVERTER_PREFIX
from maquette.models.blobgan.layout_network import LayoutNetwork
from maquette.models.blobgan.network import BlobGan
from maquette.models.blobgan.segmenting_encoder import SegmentingEncoder
from maquette.models.blobgan.training import LooksNetwork, PictureModel
from maquette.models.blobgan.training_layouts import mean_latent
from maquette.models.blobgan.verbs import TASKS
from maquette.models.tensor_files import read_tensors, stored_tensors
from maquette.store.weights_file import StoredTensor, WeightsDescription, describe, read_metadata, write_weights_file
from maquette.training.blobgan_features import AREA_NORMALISER, BLOBS
from maquette.training.blobgan_recipe import CHANNELS, RESOLUTION, new_model

MODEL_ID = "blobgan-rooms"
LOOKS_PREFIX = "looks."
DECODER_PREFIX = "generator_ema."
LAYOUTS_PREFIX = "layout_net_ema."
MEAN_LATENT = "mean_latent"
WORKING_SET_BYTES = 96 * 1024 * 1024


def describe_weights(seconds: float, rooms: int) -> WeightsDescription:
    """What the file's header says."""
    return WeightsDescription(
        id=MODEL_ID,
        system="blobgan",
        title="Rooms (BlobGAN)",
        tasks=TASKS,
        width=RESOLUTION,
        height=RESOLUTION,
        licence="Apache-2.0",
        recipe="rooms",
        area_normaliser=AREA_NORMALISER,
        blob_names=tuple(kind.value for kind in BLOBS),
        dtypes=("float32", "bfloat16"),
        working_set_bytes=WORKING_SET_BYTES,
        extra={
            "size_in": str(min(CHANNELS)),
            "resolution": str(RESOLUTION),
            "training_note": f"Trained for {seconds:.0f} s on {rooms} rooms that this project rendered itself.",
        },
    )


def save_weights(
    path: Path,
    pictures: PictureModel,
    layouts: LayoutNetwork,
    order: DrawingOrder,
    description: WeightsDescription,
) -> None:
    """Write decoder, layout network, drawing order, mean latent, and the looks network, which evaluation needs.

    Raises:
        MaquetteError: INTERNAL if a value does not fit half precision.
    """
    tensors = _prefixed(DECODER_PREFIX, pictures.decoder) | _layout_tensors(layouts)
    tensors |= _prefixed(DRAWING_ORDER_PREFIX, order) | _prefixed(LOOKS_PREFIX, pictures.looks)
    write_weights_file(path, {name: _stored(name, value) for name, value in tensors.items()}, description)


def add_encoder(source: Path, path: Path, encoder: SegmentingEncoder, note: str) -> None:
    """Write a weights file again with an encoder in it, in place of one that it may have had.

    Args:
        source: weights file; may be ``path`` itself.
        path: of the new file, which is written whole or not at all.
        encoder: the new one.
        note: how it was trained.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT, or INTERNAL if a value does not fit half precision.
    """
    _replace(source, path, _prefixed(INVERTER_PREFIX, encoder), {"encoder_note": note}, (INVERTER_PREFIX,))


def replace_decoder(source: Path, path: Path, decoder: Decoder, notes: Mapping[str, str]) -> None:
    """Write a weights file again with another decoder for the same layouts.

    Args:
        source: weights file; may be ``path`` itself.
        path: of the new file, which is written whole or not at all.
        decoder: of the same sizes.
        notes: by name, how it was trained further.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT, or INTERNAL if a value does not fit half precision.
    """
    _replace(source, path, _prefixed(DECODER_PREFIX, decoder), notes, (DECODER_PREFIX,))


def replace_layouts(source: Path, path: Path, layouts: LayoutNetwork, note: str) -> None:
    """Write a weights file again with another layout network, for the same decoder.

    Args:
        source: weights file; may be ``path`` itself.
        path: of the new file, which is written whole or not at all.
        layouts: the new one.
        note: how it was trained.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT, or INTERNAL if a value does not fit half precision.
    """
    tensors = _layout_tensors(layouts)
    _replace(source, path, tensors, {"layout_note": note}, (LAYOUTS_PREFIX, MEAN_LATENT))


def _layout_tensors(layouts: LayoutNetwork) -> dict[str, Tensor]:
    return {**_prefixed(LAYOUTS_PREFIX, layouts), MEAN_LATENT: mean_latent(layouts)}


def _prefixed(prefix: str, module: nn.Module) -> dict[str, Tensor]:
    return {prefix + name: value for name, value in module.state_dict().items()}


def _replace(
    source: Path, path: Path, tensors: Mapping[str, Tensor], extra: Mapping[str, str], replaced: tuple[str, ...]
) -> None:
    kept = {name: tensor for name, tensor in read_tensors(source).items() if not name.startswith(replaced)}
    stored = {name: _stored(name, value) for name, value in tensors.items()}
    description = describe(source, read_metadata(source))
    description = replace(description, extra={**description.extra, **extra})
    write_weights_file(path, stored_tensors(kept) | stored, description)


def _stored(name: str, value: Tensor) -> StoredTensor:
    half = value.detach().to(torch.float16).contiguous()
    if not torch.isfinite(half).all():
        raise MaquetteError(Reason.INTERNAL, f"'{name}' holds values that half precision cannot.", "Train again.")
    return StoredTensor("F16", tuple(half.shape), half.numpy().tobytes())


def load_weights(path: Path) -> tuple[BlobGan, LooksNetwork]:
    """The networks of a file that `save_weights` wrote, in float32.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT or MODEL_UNSUPPORTED.
    """
    metadata = read_metadata(path)
    tensors: dict[str, Tensor] = load_file(path)
    network = load(tensors, int(metadata.get("size_in", "16")), float(metadata["ab_norm"]))
    looks = new_model().looks
    try:
        looks.load_state_dict(_looks_of(tensors))
    except RuntimeError as error:
        raise MaquetteError(
            Reason.MODEL_UNSUPPORTED,
            f"'{path.name}' was not trained by the recipe 'rooms' of this version.",
            "Train it again, or evaluate it with the version that trained it.",
        ) from error
    return network.eval().requires_grad_(False), looks.eval().requires_grad_(False)


def _looks_of(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {
        name.removeprefix(LOOKS_PREFIX): tensor.float()
        for name, tensor in tensors.items()
        if name.startswith(LOOKS_PREFIX)
    }
