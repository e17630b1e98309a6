"""How large the picture is that an operation makes, where its caller decides that."""

from __future__ import annotations

from maquette.engine.messages import Paint
from maquette.models.painting.requests import Outpaint
from maquette.models.scene_requests import InvertImage, TransferEdit


def picture_size(request: object) -> tuple[int, int] | None:
    """Width and height in pixels; None where the model alone decides, or nothing is made."""
    if isinstance(request, Paint):
        painted = request.request
        spec = painted.picture.spec
        if isinstance(painted, Outpaint):
            return spec.width + painted.left + painted.right, spec.height + painted.top + painted.bottom
        return spec.width, spec.height
    if isinstance(request, InvertImage | TransferEdit):
        return request.picture.spec.width, request.picture.spec.height
    return None
