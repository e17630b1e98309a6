"""Where the style library lies, read again when the file changes, and its pictures."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy

from ..client import ClientError, Image
from ..placement import Frame
from ..scene import Ellipse
from ..style_crop import crop_around
from ..style_library import FILE_NAME, StyleLibrary, load_library, save_library
from . import picture
from .thumbnails import Thumbnails

_SIDE = 64
_PACKAGE = str(__package__).rpartition(".")[0]
_EXTENSIONS = "bl_ext."


class Shelf:
    """The library as it was last read."""

    def __init__(self) -> None:
        self.library = StyleLibrary()
        self.problem: ClientError | None = None
        self._thumbnails = Thumbnails()
        self._seen: tuple[str, int, int] | None = None

    def glance(self) -> None:
        """Read the file again if it changed; the panel calls this when it draws."""
        path = library_path()
        try:
            state = path.stat()
            seen = (str(path), state.st_mtime_ns, state.st_size)
        except OSError:
            seen = (str(path), 0, 0)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self.library, self.problem = load_library(path), None
        except ClientError as error:
            self.library, self.problem = StyleLibrary(), error
        styles = self.library.styles
        self._thumbnails.replace({style.name: style.thumbnail for style in styles if style.thumbnail is not None})

    def change(self, change: Callable[[StyleLibrary], StyleLibrary]) -> StyleLibrary:
        """Read the file, change it and write it back.

        Raises:
            ClientError: it cannot be read or written; the file is as it was.
        """
        path = library_path(create=True)
        library = change(load_library(path))
        save_library(path, library)
        self.forget()
        return library

    def forget(self) -> None:
        """Read the file when it is next needed."""
        self._seen = None
        picture.redraw()

    def icon(self, name: str) -> int:
        """The picture of a style, for ``template_icon``; 0 = none."""
        return self._thumbnails.icon(name)

    def free(self) -> None:
        """Give the pictures' memory back."""
        self._thumbnails.free()
        self._seen = None


shelf = Shelf()


def library_path(create: bool = False) -> Path:
    """The file of the library: in the extension's own folder, where Blender has such."""
    if _PACKAGE.startswith(_EXTENSIONS):
        folder = bpy.utils.extension_path_user(_PACKAGE, create=create)
    else:
        folder = bpy.utils.user_resource("CONFIG", path="maquette", create=create)
    return Path(folder) / FILE_NAME


def thumbnail_of(datablock: bpy.types.Image | None, ellipse: Ellipse, frame: Frame) -> Image | None:
    """What a picture shows at an ellipse, small; None when that is nothing."""
    if datablock is None or not datablock.has_data or datablock.channels != 4:
        return None
    width, height = datablock.size
    box = crop_around(ellipse, frame, width, height)
    if box is None:
        return None
    left, top, right, bottom = box
    pixels = numpy.empty(width * height * 4, numpy.float32)
    datablock.pixels.foreach_get(pixels)
    part = pixels.reshape(height, width, 4)[::-1][top:bottom, left:right, :3]
    step = max(math.ceil(max(part.shape[:2]) / _SIDE), 1)
    small = numpy.rint(part[::step, ::step].clip(0, 1) * 255).astype(numpy.uint8)
    return Image(small.shape[1], small.shape[0], small.tobytes())


def unregister() -> None:
    """Free everything."""
    shelf.free()
