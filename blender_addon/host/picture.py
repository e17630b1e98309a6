"""The picture as an Image datablock, updated in place."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy
import numpy

from ..client import Image

PICTURE_NAME = "Maquette picture"
PICTURE_MARK = "maquette_picture"


def new_picture(width: int, height: int) -> bpy.types.Image:
    """An empty picture, stored in the file when it is saved."""
    datablock = bpy.data.images.new(PICTURE_NAME, max(width, 1), max(height, 1), alpha=False)
    datablock.colorspace_settings.name = "sRGB"
    datablock[PICTURE_MARK] = True
    return datablock


def show(datablock: bpy.types.Image, image: Image) -> None:
    """Put an 8-bit RGB or RGBA image, rows from top to bottom, into the datablock, whose rows run upwards."""
    if tuple(datablock.size) != (image.width, image.height):
        datablock.scale(image.width, image.height)
    channels = image.pixel_format.channels
    samples = numpy.frombuffer(image.pixels, numpy.uint8).reshape(image.height, image.width, channels)
    pixels = numpy.ones((image.height, image.width, 4), numpy.float32)
    numpy.multiply(samples[::-1], numpy.float32(1 / 255), out=pixels[..., :channels])
    datablock.pixels.foreach_set(pixels.ravel())
    datablock.update()
    redraw()


def pack_pictures() -> None:
    """Store every changed picture inside the file, so that it shows without a daemon."""
    for datablock in bpy.data.images:
        if datablock.get(PICTURE_MARK) and datablock.is_dirty:
            datablock.pack()


def redraw() -> None:
    """Have every view that shows a picture or the panel drawn again."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in {"VIEW_3D", "IMAGE_EDITOR"}:
                area.tag_redraw()
