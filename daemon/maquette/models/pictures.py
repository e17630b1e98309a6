"""From network outputs to 8-bit pictures."""

from __future__ import annotations

from typing import Any, cast

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from maquette.errors import MaquetteError, Reason
from maquette.imaging.arrays import from_array
from maquette.imaging.picture import ColourSpace, Picture


def check_finite(values: Tensor, what: str) -> None:
    """Refuse values that no picture can be made of.

    Raises:
        MaquetteError: NOT_A_FINITE_NUMBER.
    """
    if not torch.isfinite(values).all():
        raise MaquetteError(
            Reason.NOT_A_FINITE_NUMBER,
            f"The model's {what} is not finite: the scene's values are too large for it.",
            "Undo the last change, or reset the scene's appearances.",
        )


def resized(pictures: Tensor, longer_side: int) -> Tensor:
    """(B, C, h, w) scaled so that the longer side has ``longer_side`` pixels; smoothed when shrinking."""
    height, width = pictures.shape[-2:]
    scale = longer_side / max(height, width)
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    if size == (height, width):
        return pictures
    return functional.interpolate(pictures, size=size, mode="bilinear", align_corners=False, antialias=True)


def _samples(values: Tensor) -> NDArray[Any]:
    rounded = values.add(0.5).clamp_(0.0, 255.0).to("cpu", torch.uint8)
    return cast("NDArray[Any]", rounded.contiguous().numpy())


def rgb_picture(rgb: Tensor) -> Picture:
    """sRGB picture of (3, h, w) values in [−1, 1]; what lies outside is clamped."""
    return from_array(_samples(rgb.float().mul(127.5).add_(127.5).permute(1, 2, 0)))


def grey_picture(weights: Tensor) -> Picture:
    """DATA picture of (h, w) values in [0, 1]."""
    return from_array(_samples(weights.float().mul(255.0)), ColourSpace.DATA)
