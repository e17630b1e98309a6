"""Image datablocks as pixels and back. What is there for a moment only, as a render, is copied into one that stays."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy
import numpy

from .. import strings_picture as strings
from ..client import ClientError
from ..pixels import Floats, Pixels
from .picture import PICTURE_MARK, redraw

_LASTING = {"FILE", "GENERATED"}
_LINEAR = ("Linear", "scene_linear")
_LOSSLESS = {"media_type": "IMAGE", "file_format": "OPEN_EXR", "color_mode": "RGBA", "color_depth": "32"}


def lasting(context: bpy.types.Context, image: bpy.types.Image) -> bpy.types.Image:
    """The image itself; of a render, a viewer, a movie or a set of tiles a copy of what it shows now.

    Raises:
        ClientError: IMAGE_CORRUPT when there is nothing in it.
    """
    if image.type == "RENDER_RESULT":
        return _render(context, image)
    if image.source in _LASTING:
        return image
    frame = context.scene.frame_current
    return new_image(strings.FRAME_NAME.format(name=image.name, frame=frame), image, read(image))


def read(image: bpy.types.Image) -> Pixels:
    """What an image holds.

    Raises:
        ClientError: IMAGE_CORRUPT when there is nothing in it.
    """
    width, height = image.size
    values = numpy.empty(len(image.pixels), numpy.float32)
    if not values.size or values.size != width * height * image.channels:
        raise _nothing_in(image)
    image.pixels.foreach_get(values)
    linear = image.is_float or image.colorspace_settings.name.startswith(_LINEAR)
    has_coverage = image.alpha_mode in {"STRAIGHT", "PREMUL"}
    return Pixels(image.name, values.reshape(height, width, image.channels), image.is_float, linear, has_coverage)


def new_image(name: str, like: bpy.types.Image, pixels: Pixels) -> bpy.types.Image:
    """A new image of the same size, depth and colour space, stored in the file when it is saved."""
    width, height = pixels.size
    covers = pixels.values.shape[2] == 4 and bool((pixels.values[..., 3] != 1).any())
    made = bpy.data.images.new(name, width, height, alpha=covers, float_buffer=pixels.is_float)
    # Pixels of a float image are scene linear, as those of a new one, in whatever space the file of the old one is.
    if not pixels.is_float or like.colorspace_settings.is_data:
        made.colorspace_settings.name = like.colorspace_settings.name
    made.alpha_mode = like.alpha_mode
    made[PICTURE_MARK] = True
    write(made, pixels.values)
    return made


def write(image: bpy.types.Image, values: Floats) -> None:
    """Replace what an image of the same size holds; one with fewer channels than Blender's four is filled up."""
    height, width, channels = values.shape
    if channels != 4:
        full = numpy.ones((height, width, 4), numpy.float32)
        full[..., :3] = values[..., : min(channels, 3)]
        values = full
    image.pixels.foreach_set(numpy.ascontiguousarray(values).ravel())
    image.update()
    redraw()


def fits(image: bpy.types.Image | None, pixels: Pixels) -> bool:
    """Whether :func:`write` can put these pixels into the image without loss."""
    return image is not None and tuple(image.size) == pixels.size and image.is_float == pixels.is_float


def _render(context: bpy.types.Context, image: bpy.types.Image) -> bpy.types.Image:
    """A render gives its pixels only to a file."""
    with tempfile.TemporaryDirectory() as folder, _saved_without_loss(context.scene):
        path = Path(folder, "render.exr")
        try:
            image.save_render(str(path), scene=context.scene)
        except RuntimeError as error:
            raise _nothing_in(image) from error
        if not path.exists():
            raise _nothing_in(image)
        saved = bpy.data.images.load(str(path))
        try:
            return new_image(strings.RENDER_NAME, saved, read(saved))
        finally:
            bpy.data.images.remove(saved)


@contextmanager
def _saved_without_loss(scene: bpy.types.Scene) -> Iterator[None]:
    """The scene's way of saving renders, set aside for a moment."""
    settings = scene.render.image_settings
    names = [name for name in _LOSSLESS if hasattr(settings, name)]
    before = {name: getattr(settings, name) for name in names}
    try:
        for name in names:
            setattr(settings, name, _LOSSLESS[name])
        yield
    finally:
        for name in names:
            setattr(settings, name, before[name])


def _nothing_in(image: bpy.types.Image) -> ClientError:
    return ClientError("IMAGE_CORRUPT", strings.NO_PIXELS.format(name=image.name), strings.NO_PIXELS_ACTION)
