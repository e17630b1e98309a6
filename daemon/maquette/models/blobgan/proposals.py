"""What verbs that offer several scenes share: limits, and a picture of each scene."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.rendering import Stopwatch
from maquette.models.operations import Operation
from maquette.models.pictures import resized, rgb_picture
from maquette.models.requests import MAXIMUM_SAMPLES, MAXIMUM_THUMBNAIL_SIDE, SampledScene
from maquette.models.scene import Scene

if TYPE_CHECKING:
    from maquette.models.blobgan.verbs import BlobGanModel


def check_truncation(truncation: float) -> None:
    """Refuse a truncation out of range.

    Raises:
        MaquetteError: NOT_A_FINITE_NUMBER or INVALID_ARGUMENT.
    """
    if not math.isfinite(truncation):
        message = "The truncation is not a finite number."
        raise MaquetteError(Reason.NOT_A_FINITE_NUMBER, message, "Send a value from 0 to 1.")
    if not 0.0 <= truncation <= 1.0:
        message = f"The truncation {truncation:g} is out of range."
        raise MaquetteError(Reason.INVALID_ARGUMENT, message, "Send a value from 0 to 1.")


def check_count(count: int, maximum: int = MAXIMUM_SAMPLES) -> None:
    """Refuse too few or too many scenes.

    Raises:
        MaquetteError: LIMIT_EXCEEDED.
    """
    if not 1 <= count <= maximum:
        message = f"{count} scenes cannot be made at once."
        raise MaquetteError(Reason.LIMIT_EXCEEDED, message, f"Ask for 1 to {maximum}.")


def check_thumbnail_side(side: int) -> None:
    """Refuse thumbnails of an impossible size; 0 = none.

    Raises:
        MaquetteError: LIMIT_EXCEEDED.
    """
    if not 0 <= side <= MAXIMUM_THUMBNAIL_SIDE:
        message = f"A picture of {side} pixels cannot be made for each scene."
        raise MaquetteError(Reason.LIMIT_EXCEEDED, message, f"Ask for 0 to {MAXIMUM_THUMBNAIL_SIDE}.")


def with_thumbnail(model: BlobGanModel, scene: Scene, side: int) -> Operation[SampledScene]:
    """The scene with its picture; without one when ``side`` is 0."""
    if not side:
        return SampledScene(scene)
    rendering = yield from model.rendering(scene, Stopwatch())
    return SampledScene(scene, rgb_picture(resized(rendering.rgb, side)[0]))
