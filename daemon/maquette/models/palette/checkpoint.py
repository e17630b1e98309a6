"""Palette checkpoints: recognising them, reading their sizes off the tensors' shapes, loading them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.models.palette.denoiser import CONDITION_CHANNELS, MOST_CHANNELS, Denoiser, Prediction
from maquette.models.palette.network import PUBLISHED_GROUPS, PUBLISHED_HEAD_CHANNELS, Unet, UnetShape, laid_out

PREFIX = "denoise_fn."
SCHEDULE_BUFFERS = frozenset(
    {
        "gammas",
        "sqrt_recip_gammas",
        "sqrt_recipm1_gammas",
        "posterior_log_variance_clipped",
        "posterior_mean_coef1",
        "posterior_mean_coef2",
    }
)
"""Of the training schedule: in ``_Network.pth``, not in ``_Network_ema.pth``, and of no use for sampling."""
MAXIMUM_BLOCKS = 256
MAXIMUM_CHANNELS = 4096
OUT_CHANNELS = 3
_MARKS = tuple(
    PREFIX + name
    for name in ("cond_embed.0.weight", "input_blocks.0.0.weight", "middle_block.1.qkv.weight", "out.2.weight")
)

Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Extras:
    """What no tensor tells; the values are the published ones.

    Attributes:
        prediction: what the network puts out.
        head_channels: channels of one attention head.
        groups: of every group normalisation.
        fold: side of the squares of pixels that become channels.
        side: of the square pictures that it was trained on, in pixels.
    """

    prediction: Prediction = Prediction.NOISE
    head_channels: int = PUBLISHED_HEAD_CHANNELS
    groups: int = PUBLISHED_GROUPS
    fold: int = 1
    side: int = 256

    def metadata(self) -> dict[str, str]:
        """As a weights file keeps them."""
        return {
            "prediction": self.prediction.value,
            "head_channels": str(self.head_channels),
            "groups": str(self.groups),
            "fold": str(self.fold),
            "side": str(self.side),
        }


def extras_of(metadata: Mapping[str, str]) -> Extras:
    """The extras in a weights file's header; what it does not say is as published.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT.
    """
    published = Extras()
    try:
        numbers = {name: int(metadata.get(name, getattr(published, name))) for name in _NUMBERS}
        prediction = Prediction(metadata.get("prediction", published.prediction.value))
    except ValueError as error:
        raise corrupt(f"its header cannot be read ({error})") from error
    if not all(1 <= number <= _NUMBERS[name] for name, number in numbers.items()):
        raise corrupt("its header holds numbers out of range")
    return Extras(prediction, **numbers)


_NUMBERS = {"head_channels": MAXIMUM_CHANNELS, "groups": MAXIMUM_CHANNELS, "fold": 8, "side": 4096}
"""By name: the greatest value."""


def detect(keys: Collection[str]) -> bool:
    """Whether a state dict with these keys is a Palette's."""
    return all(mark in keys for mark in _MARKS)


def corrupt(why: str) -> MaquetteError:
    """The error for a checkpoint that is a Palette's by its keys but cannot be one."""
    return MaquetteError(
        Reason.CHECKPOINT_CORRUPT,
        f"The Palette checkpoint cannot be used: {why}.",
        "Download the checkpoint again.",
    )


def _size(shapes: Shapes, name: str, dimensions: int, index: int) -> int:
    shape = shapes.get(PREFIX + name)
    if shape is None:
        raise corrupt(f"it has no tensor '{PREFIX}{name}'")
    if len(shape) != dimensions or not 1 <= min(shape) <= max(shape) <= MAXIMUM_CHANNELS * 8:
        raise corrupt(f"'{PREFIX}{name}' has the shape {list(shape)}")
    return shape[index]


def _entries(shapes: Shapes, part: str) -> int:
    """How many entries one of the two lists of blocks has."""
    count = 0
    while count <= MAXIMUM_BLOCKS and any(f"{PREFIX}{part}.{count}.0{end}" in shapes for end in _FIRST_PARAMETERS):
        count += 1
    return count


_FIRST_PARAMETERS = (".weight", ".in_layers.0.weight")


def _levels(shapes: Shapes, entries: int) -> int:
    """Levels of the network: every one but the finest ends, on the way up, in a block that doubles the sides."""
    ups = [
        entry
        for entry in range(entries)
        if any(f"{PREFIX}output_blocks.{entry}.{place}.in_layers.0.weight" in shapes for place in (1, 2))
    ]
    levels = len(ups) + 1
    per_level = entries // levels
    if entries < 2 * levels or entries % levels or ups != [per_level * (level + 1) - 1 for level in range(levels - 1)]:
        raise corrupt(f"its {entries} blocks do not make {levels} levels")
    return levels


def shape_of(shapes: Shapes, extras: Extras) -> UnetShape:
    """The sizes of a Palette, read off its tensors' shapes; attention is where the keys say it is.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT.
    """
    entries = _entries(shapes, "output_blocks")
    levels = _levels(shapes, entries)
    per_level = entries // levels
    first_blocks = [1 + level * per_level for level in range(levels)]
    pixels = extras.fold**2
    shape = UnetShape(
        in_channels=_size(shapes, "input_blocks.0.0.weight", 4, 1) // pixels,
        out_channels=_size(shapes, "out.2.weight", 4, 0) // pixels,
        inner=_size(shapes, "cond_embed.0.weight", 2, 1),
        channels=tuple(_size(shapes, f"input_blocks.{index}.0.out_layers.3.weight", 4, 0) for index in first_blocks),
        blocks=per_level - 1,
        attention=frozenset(
            level for level, index in enumerate(first_blocks) if f"{PREFIX}input_blocks.{index}.1.qkv.weight" in shapes
        ),
        head_channels=extras.head_channels,
        groups=extras.groups,
        fold=extras.fold,
        task_width=_size(shapes, "task_embed.weight", 2, 1) if f"{PREFIX}task_embed.weight" in shapes else 0,
    )
    _check(shape)
    return shape


def _check(shape: UnetShape) -> None:
    if not CONDITION_CHANNELS <= shape.in_channels <= MOST_CHANNELS or shape.out_channels != OUT_CHANNELS:
        raise corrupt(f"it has {shape.in_channels} input and {shape.out_channels} output channels")
    if max(shape.channels) > MAXIMUM_CHANNELS or any(channels % shape.groups for channels in shape.channels):
        raise corrupt(f"its channels {list(shape.channels)} do not make {shape.groups} groups")
    attended = {shape.channels[level] for level in shape.attention} | {shape.channels[-1]}
    if any(channels % shape.head_channels for channels in attended):
        raise corrupt(f"its channels {list(shape.channels)} do not make heads of {shape.head_channels}")


def network_tensors(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The network's own tensors, by their full names."""
    return {key: tensor for key, tensor in tensors.items() if key.startswith(PREFIX)}


def load(tensors: Mapping[str, Tensor], extras: Extras | None = None) -> Denoiser:
    """The network of a state dict, in float32 and evaluation mode.

    Args:
        tensors: ``denoise_fn.*``; others are left alone.
        extras: what no tensor tells; as published if not given.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT.
    """
    extras = extras or Extras()
    used = {key.removeprefix(PREFIX): tensor.float() for key, tensor in network_tensors(tensors).items()}
    shape = shape_of({PREFIX + key: tuple(tensor.shape) for key, tensor in used.items()}, extras)
    for key, tensor in used.items():
        if not torch.isfinite(tensor).all():
            raise corrupt(f"'{PREFIX}{key}' holds values that are not finite numbers")
    # Without memory of its own, so that shapes that do not fit together cost nothing.
    with torch.device("meta"):
        network = Unet(shape)
    try:
        network.load_state_dict(used, assign=True)
    except RuntimeError as error:
        raise corrupt("its tensors do not fit together") from error
    return Denoiser(laid_out(network).requires_grad_(False).eval(), extras.prediction)
