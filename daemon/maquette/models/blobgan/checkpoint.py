"""BlobGAN checkpoints: recognising them, reading their sizes off the tensors' shapes, loading them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import torch
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.drawing_order import PREFIX as DRAWING_ORDER_PREFIX
from maquette.models.blobgan.geometry import PUBLISHED_AREA_NORMALISER
from maquette.models.blobgan.inverter import PREFIX as INVERTER_PREFIX
from maquette.models.blobgan.inverter import inverter_channels
from maquette.models.blobgan.layers import fir_kernel
from maquette.models.blobgan.layout_network import blob_count_of
from maquette.models.blobgan.network import BlobGan, BlobGanShape
from maquette.models.blobgan.silhouettes import EDGES, MOST_PARTS

PUBLISHED_SIZE_IN = 16
MAXIMUM_RESOLUTION = 2048
MAXIMUM_LAYERS = 64
PREFIXES = ("generator_ema.", "layout_net_ema.", DRAWING_ORDER_PREFIX, INVERTER_PREFIX)
MEAN_LATENT = "mean_latent"
ENCODER_MARK = f"{INVERTER_PREFIX}final_linear.1.weight"
SEGMENTING_MARK = f"{INVERTER_PREFIX}segments.weight"
SILHOUETTES_MARK = "generator_ema.silhouettes.mlp.2.bias"
EDGES_MARK = "generator_ema.{}.edges.weight"
_MARKS = ("generator_ema.conv1.conv.modulation.weight", "generator_ema.to_rgb1.bias", "layout_net_ema.mlp.1.weight")

Shapes = Mapping[str, tuple[int, ...]]


def detect(keys: Collection[str]) -> bool:
    """Whether a state dict with these keys is a BlobGAN's."""
    return all(mark in keys for mark in _MARKS)


def detect_encoder(keys: Collection[str]) -> bool:
    """Whether a state dict with these keys holds a BlobGAN's encoder, perhaps without the BlobGAN."""
    return ENCODER_MARK in keys


def corrupt(why: str) -> MaquetteError:
    """The error for a checkpoint that is a BlobGAN's by its keys but cannot be one."""
    return MaquetteError(
        Reason.CHECKPOINT_CORRUPT,
        f"The BlobGAN checkpoint cannot be used: {why}.",
        "Download the checkpoint again.",
    )


def is_network_key(key: str) -> bool:
    """Whether the network has a parameter of this name.

    FIR kernels are constants, and the published code never uses the noise buffers, whose sizes do not even fit.
    """
    return key.startswith(PREFIXES) and not key.endswith(".kernel") and ".noises." not in key


def _size(shapes: Shapes, key: str, dimensions: int, index: int) -> int:
    shape = shapes.get(key)
    if shape is None:
        raise corrupt(f"it has no tensor '{key}'")
    if len(shape) != dimensions or min(shape) < 1:
        raise corrupt(f"'{key}' has the shape {list(shape)}")
    return shape[index]


def _count(shapes: Shapes, pattern: str, first: int) -> int:
    count = 0
    while count <= MAXIMUM_LAYERS and pattern.format(first + count) in shapes:
        count += 1
    if not 1 <= count <= MAXIMUM_LAYERS:
        raise corrupt(f"it has {count or 'no'} layers like '{pattern.format(first)}'")
    return count


def _channels(shapes: Shapes, size_in: int) -> dict[int, int]:
    channels = {size_in: _size(shapes, "generator_ema.conv1.conv.weight", 5, 1)}
    for index in range(0, _count(shapes, "generator_ema.convs.{}.conv.weight", 0), 2):
        size_in *= 2
        channels[size_in] = _size(shapes, f"generator_ema.convs.{index}.conv.weight", 5, 1)
    return channels


def _silhouettes(shapes: Shapes) -> int:
    if SILHOUETTES_MARK not in shapes:
        return 0
    parts, odd = divmod(_size(shapes, SILHOUETTES_MARK, 1, 0), 3 * EDGES)
    if odd or parts > MOST_PARTS:
        raise corrupt("its silhouettes are not polygons as they should be")
    return parts


def _edged_from(shapes: Shapes, widths: Sequence[int]) -> int | None:
    convolutions = ("conv1", *(f"convs.{2 * index + 1}" for index in range(len(widths))))
    edged = (width for width, name in zip(widths, convolutions, strict=False) if EDGES_MARK.format(name) in shapes)
    return next(edged, None)


def shape_of(
    shapes: Shapes, size_in: int = PUBLISHED_SIZE_IN, area_normaliser: float = PUBLISHED_AREA_NORMALISER
) -> BlobGanShape:
    """The sizes of a BlobGAN, read off its tensors' shapes.

    Args:
        shapes: by parameter name.
        size_in: width of the feature grid: no tensor tells it.
        area_normaliser: ab_norm: no tensor tells it.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT.
    """
    depth = _count(shapes, "layout_net_ema.mlp.{}.weight", 1)
    structure_width = _size(shapes, "generator_ema.conv1.conv.weight", 5, 2)
    style_width = _size(shapes, "generator_ema.conv1.conv.modulation.weight", 2, 1)
    outputs = _size(shapes, f"layout_net_ema.mlp.{depth}.weight", 2, 0)
    blob_count = blob_count_of(outputs, structure_width, style_width)
    if blob_count is None:
        raise corrupt(f"its layout network has {outputs} outputs, which fit no number of blobs")
    channels = _channels(shapes, size_in)
    decoder = DecoderShape(
        structure_width, style_width, channels, _silhouettes(shapes), _edged_from(shapes, sorted(channels))
    )
    if not (size_in >= 1 and decoder.resolution <= MAXIMUM_RESOLUTION and area_normaliser > 0):
        raise corrupt(
            f"its pictures would have {decoder.resolution} pixels a side, or its area normaliser is not positive"
        )
    return BlobGanShape(
        blob_count=blob_count,
        noise_width=_size(shapes, "layout_net_ema.mlp.1.weight", 2, 1),
        hidden_width=_size(shapes, "layout_net_ema.mlp.1.weight", 2, 0),
        decoder=decoder,
        area_normaliser=area_normaliser,
        layout_depth=depth,
        ordered=any(key.startswith(DRAWING_ORDER_PREFIX) for key in shapes),
        inverter_channels=_inverter_channels(shapes, decoder.resolution, outputs),
        segmenting=SEGMENTING_MARK in shapes,
    )


def _inverter_channels(shapes: Shapes, resolution: int, outputs: int) -> dict[int, int] | None:
    own = {key.removeprefix(INVERTER_PREFIX): shape for key, shape in shapes.items() if key.startswith(INVERTER_PREFIX)}
    if not own:
        return None
    try:
        channels = inverter_channels(own)
    except ValueError as error:
        raise corrupt(str(error)) from error
    if max(channels) != resolution:
        raise corrupt(f"its encoder sees {max(channels)} pixels a side, and its decoder makes {resolution}")
    if SEGMENTING_MARK not in shapes and _size(shapes, ENCODER_MARK, 2, 0) != outputs:
        raise corrupt(f"its encoder does not put out layout vectors of {outputs} values")
    return channels


def check_constants(tensors: Mapping[str, Tensor], gain: float = 4.0) -> None:
    """Refuse a checkpoint whose FIR kernels are not the published ones, which sum to ``gain``.

    Raises:
        MaquetteError: MODEL_UNSUPPORTED.
    """
    published = fir_kernel(gain)
    for key, kernel in tensors.items():
        if kernel.shape != published.shape or not torch.allclose(kernel.float(), published, atol=1e-6):
            message = f"The checkpoint resamples with another filter than BlobGAN ('{key}')."
            raise MaquetteError(Reason.MODEL_UNSUPPORTED, message, "Only the published architecture can be imported.")


def load(
    tensors: Mapping[str, Tensor],
    size_in: int = PUBLISHED_SIZE_IN,
    area_normaliser: float = PUBLISHED_AREA_NORMALISER,
) -> BlobGan:
    """The network of a state dict, in float32.

    Args:
        tensors: ``generator_ema.*``, ``layout_net_ema.*`` and, if known, ``mean_latent``, ``drawing_order.*`` and
            ``inverter.*``; others are left alone.
        size_in: width of the feature grid.
        area_normaliser: ab_norm.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT.
    """
    used = {key: tensor.float() for key, tensor in tensors.items() if is_network_key(key)}
    shape = shape_of({key: tuple(tensor.shape) for key, tensor in used.items()}, size_in, area_normaliser)
    mean_latent = tensors.get(MEAN_LATENT)
    if mean_latent is not None and mean_latent.numel() != shape.hidden_width:
        raise corrupt(f"its mean latent has {mean_latent.numel()} values instead of {shape.hidden_width}")
    network = BlobGan(shape)
    used[MEAN_LATENT] = network.mean_latent if mean_latent is None else mean_latent.float().reshape(1, -1)
    for key, tensor in used.items():
        if not torch.isfinite(tensor).all():
            raise corrupt(f"'{key}' holds values that are not finite numbers")
    rows = used.get(DRAWING_ORDER_PREFIX + "row")
    if rows is not None and not ((rows >= 0) & (rows <= shape.blob_count)).all():
        raise corrupt("its drawing order names rows that it does not have")
    try:
        network.load_state_dict(used)
    except RuntimeError as error:
        raise corrupt("its tensors do not fit together") from error
    return network
