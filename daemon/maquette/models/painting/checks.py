"""What is refused before anything is painted."""

from __future__ import annotations

import math

from maquette.errors import MaquetteError, Reason
from maquette.imaging.picture import AlphaMode, Picture, PictureSpec
from maquette.models.painting.requests import (
    MAXIMUM_CANDIDATES,
    MAXIMUM_PREVIEW_SIDE,
    MAXIMUM_STEPS,
    Length,
    LengthUnit,
    PaintSettings,
)

MAXIMUM_SIDE = 16384
MAXIMUM_RESULT_BYTES = 256 * 2**20
MAXIMUM_LENGTH = 4096.0


def refused(message: str, action: str) -> MaquetteError:
    """An argument that makes no sense."""
    return MaquetteError(Reason.INVALID_ARGUMENT, message, action)


def _exceeded(message: str, action: str, limit: int) -> MaquetteError:
    return MaquetteError(Reason.LIMIT_EXCEEDED, message, action, {"limit": str(limit)})


def check_settings(settings: PaintSettings) -> None:
    """Refuse settings out of range.

    Raises:
        MaquetteError: LIMIT_EXCEEDED.
    """
    if not 1 <= settings.candidates <= MAXIMUM_CANDIDATES:
        message = f"{settings.candidates} candidates cannot be painted at once."
        raise _exceeded(message, f"Ask for 1 to {MAXIMUM_CANDIDATES}.", MAXIMUM_CANDIDATES)
    if settings.steps is not None and not 1 <= settings.steps <= MAXIMUM_STEPS:
        raise _exceeded(f"{settings.steps} steps cannot be taken.", f"Ask for 1 to {MAXIMUM_STEPS}.", MAXIMUM_STEPS)
    if not 0 <= settings.preview_side <= MAXIMUM_PREVIEW_SIDE:
        message = f"A preview of {settings.preview_side} pixels cannot be made."
        raise _exceeded(message, f"Ask for 0 to {MAXIMUM_PREVIEW_SIDE}.", MAXIMUM_PREVIEW_SIDE)


def check_picture(picture: Picture, what: str = "picture") -> None:
    """Refuse pictures without pixels, with missing bytes, or with an alpha that they cannot have.

    Raises:
        MaquetteError: INVALID_ARGUMENT.
    """
    spec = picture.spec
    if spec.width < 1 or spec.height < 1:
        raise refused(f"The {what} has no pixels.", f"Send a {what} of at least 1 × 1 pixel.")
    if len(picture.pixels) != spec.byte_size:
        message = f"The {what} should have {spec.byte_size} bytes and has {len(picture.pixels)}."
        raise refused(message, f"Send the {what} again.")
    if spec.pixel_format.channels != 4 and spec.alpha_mode is not AlphaMode.OPAQUE:
        raise refused(f"The {what} has no alpha channel, yet says that it is not opaque.", "Call it opaque.")


def check_same_size(spec: PictureSpec, other: PictureSpec, what: str) -> None:
    """Refuse a companion picture of another size.

    Raises:
        MaquetteError: INVALID_ARGUMENT.
    """
    if (spec.width, spec.height) != (other.width, other.height):
        message = f"The {what} is {other.width} × {other.height} pixels, the picture {spec.width} × {spec.height}."
        raise refused(message, f"Send a {what} of the picture's size.")


def check_result_size(spec: PictureSpec, candidates: int) -> None:
    """Refuse results too large to hold.

    Raises:
        MaquetteError: LIMIT_EXCEEDED.
    """
    if max(spec.width, spec.height) > MAXIMUM_SIDE:
        message = f"The result would be {spec.width} × {spec.height} pixels."
        raise _exceeded(message, f"Stay within {MAXIMUM_SIDE} pixels on each side.", MAXIMUM_SIDE)
    if spec.byte_size > MAXIMUM_RESULT_BYTES:
        message = f"The result would have {spec.byte_size} bytes."
        raise _exceeded(message, f"Stay within {MAXIMUM_RESULT_BYTES} bytes for a picture.", MAXIMUM_RESULT_BYTES)
    if spec.byte_size * candidates > 4 * MAXIMUM_RESULT_BYTES:
        message = f"{candidates} candidates would have {spec.byte_size * candidates} bytes."
        raise _exceeded(message, "Ask for fewer candidates.", 4 * MAXIMUM_RESULT_BYTES)


def pixels_of(length: Length, diameter: float, what: str) -> float:
    """A length in pixels.

    Args:
        length: in pixels or percent.
        diameter: pixels that are 100 percent.
        what: name for the error message.

    Raises:
        MaquetteError: NOT_A_FINITE_NUMBER, INVALID_ARGUMENT or LIMIT_EXCEEDED.
    """
    if not math.isfinite(length.value):
        message = f"The length to {what} is not a finite number."
        raise MaquetteError(Reason.NOT_A_FINITE_NUMBER, message, "Send 0 or more.")
    if length.value < 0:
        raise refused(f"The length to {what} is {length.value:g}, below 0.", "Send 0 or more.")
    pixels = length.value * (diameter / 100 if length.unit is LengthUnit.PERCENT else 1.0)
    if pixels > MAXIMUM_LENGTH:
        message = f"The length to {what} is {pixels:.0f} pixels."
        raise _exceeded(message, f"Stay within {MAXIMUM_LENGTH:.0f} pixels.", int(MAXIMUM_LENGTH))
    return pixels
