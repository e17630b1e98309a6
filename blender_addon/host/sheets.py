"""Pictures that are drawn over the view and are nowhere else: not in the file, in no render, in no undo step."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import bpy
import gpu
import numpy
from gpu_extras.batch import batch_for_shader
from mathutils import Matrix

from ..client import Image
from ..pixels import texels
from ..placement import Frame

# The built-in shader that draws a texture; how it is called, and what it expects, changed.
_SHADER = "IMAGE" if bpy.app.version >= (4, 0, 0) else "3D_IMAGE"
_EXPECTS_LIGHT = bpy.app.version < (5, 0, 0)
_CORNERS = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_TRIANGLES = ((0, 1, 2), (0, 2, 3))


@dataclass
class Sheet:
    """A picture to draw.

    Attributes:
        image: 8 bits.
        place: where its plane stands now, and its frame; None = nowhere, so that it is not drawn.
        lift: distance in front of the plane, in plane units.
    """

    image: Image
    place: Callable[[], tuple[Matrix, Frame] | None]
    lift: float
    _texture: Any = field(default=None, repr=False)
    _opacity: float = -1.0

    def draw(self, opacity: float) -> None:
        """Draw it; a view must be bound."""
        place = self.place()
        if place is None or opacity <= 0.0:
            return
        matrix, frame = place
        if opacity != self._opacity:
            self._texture, self._opacity = _texture(self.image, opacity), opacity
        shader = gpu.shader.from_builtin(_SHADER)
        corners = [((x - 0.5) * frame.width, (y - 0.5) * frame.height, self.lift) for x, y in _CORNERS]
        batch = batch_for_shader(shader, "TRIS", {"pos": corners, "texCoord": _CORNERS}, indices=_TRIANGLES)
        with gpu.matrix.push_pop():
            gpu.matrix.multiply_matrix(matrix)
            shader.bind()
            shader.uniform_sampler("image", self._texture)
            batch.draw(shader)


def _texture(image: Image, opacity: float) -> Any:
    values = numpy.ascontiguousarray(texels(image, opacity, _EXPECTS_LIGHT)).ravel()
    buffer = gpu.types.Buffer("FLOAT", len(values), values)
    return gpu.types.GPUTexture((image.width, image.height), format="RGBA16F", data=buffer)
