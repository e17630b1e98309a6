"""Small pictures that the panel shows."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
from __future__ import annotations

from collections.abc import Mapping

import bpy.utils.previews
import numpy

from ..client import Image


class Thumbnails:
    """Pictures by name, held by Blender until they are replaced or freed."""

    def __init__(self) -> None:
        self._previews: bpy.utils.previews.ImagePreviewCollection | None = None

    def replace(self, images: Mapping[str, Image]) -> None:
        """Hold these 8-bit pictures and free the ones before."""
        self.free()
        collection = self._previews = bpy.utils.previews.new()
        for name, image in images.items():
            preview = collection.new(name)
            preview.image_size = (image.width, image.height)
            preview.image_pixels_float.foreach_set(_samples(image))

    def icon(self, name: str) -> int:
        """What ``template_icon`` shows; 0 = nothing."""
        preview = None if self._previews is None else self._previews.get(name)
        return 0 if preview is None else preview.icon_id

    def free(self) -> None:
        """Give the memory back."""
        if self._previews is not None:
            bpy.utils.previews.remove(self._previews)
            self._previews = None


def _samples(image: Image) -> numpy.ndarray:
    """RGBA from 0 to 1, rows from bottom to top."""
    channels = image.pixel_format.channels
    pixels = numpy.frombuffer(image.pixels, numpy.uint8).reshape(image.height, image.width, channels)
    samples = numpy.ones((image.height, image.width, 4), numpy.float32)
    numpy.multiply(pixels[::-1], numpy.float32(1 / 255), out=samples[..., :channels])
    return samples.ravel()
