"""Which part of a picture a model sees."""

from __future__ import annotations

from maquette.errors import MaquetteError, Reason
from maquette.imaging.picture import PictureSpec
from maquette.imaging.rectangle import Rectangle, whole
from maquette.models.scene_requests import Part


def largest_part(spec: PictureSpec, across: int, down: int) -> Rectangle:
    """The largest part with sides of ``across`` to ``down`` in the middle of a picture."""
    width = max(1, min(spec.width, spec.height * across // down))
    height = max(1, min(spec.height, spec.width * down // across))
    return Rectangle((spec.width - width) // 2, (spec.height - height) // 2, width, height)


def chosen_part(spec: PictureSpec, part: Part | None, across: int, down: int) -> Rectangle:
    """The part that is asked for; None = the largest with the model's proportions.

    Raises:
        MaquetteError: INVALID_ARGUMENT for a picture without pixels, or a part without pixels or beyond the picture.
    """
    picture = whole(spec.width, spec.height)
    if picture.area < 1:
        message = "The picture has no pixels."
        raise MaquetteError(Reason.INVALID_ARGUMENT, message, "Send a picture.")
    if part is None:
        return largest_part(spec, across, down)
    chosen = Rectangle(part.left, part.top, part.width, part.height)
    if part.width < 1 or part.height < 1 or chosen.clipped(picture) != chosen:
        raise MaquetteError(
            Reason.INVALID_ARGUMENT,
            f"The part {part.width} × {part.height} at ({part.left}, {part.top}) is not within the picture of "
            f"{spec.width} × {spec.height} pixels.",
            "Choose a part that lies within the picture.",
        )
    return chosen
