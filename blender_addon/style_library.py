"""Looks that the artist keeps under names, in a file of their own, so that they outlive any one Blender file."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from . import strings_styles as strings
from .client import ClientError, Image
from .documents import BlobDocument
from .whole_files import read_whole, write_whole

FORMAT = "maquette-styles"
SCHEMA = 1
FILE_NAME = "styles.json"
LARGEST_SIDE = 512


@dataclass(frozen=True)
class KeptStyle:
    """A look under a name.

    Attributes:
        name: unique in a library.
        kind: of the blobs that it fits ("bed"); empty where the model names no kinds.
        row: of the blob that it was taken from; decides what it fits where there is no kind.
        model_id, model_digest: of the model that can draw it.
        style: as in a blob's look.
        thumbnail: 8-bit RGB, cut out of a picture; None when there was none.
    """

    name: str
    kind: str
    row: int
    model_id: str
    model_digest: str
    style: bytes
    thumbnail: Image | None = None

    def obstacle(self, wearer: BlobDocument) -> str:
        """Why a blob cannot have this look, in a few words; empty when it can."""
        if self.model_digest != wearer.model_digest:
            said = strings.OTHER_WEIGHTS if self.model_id == wearer.model_id else strings.OTHER_MODEL
            return said.format(model=self.model_id)
        return "" if self.fits(wearer) else strings.OTHER_KIND.format(kind=self.kind or self.row)

    def fits(self, wearer: BlobDocument) -> bool:
        """Whether a blob is of its kind, whatever model made it."""
        blob = wearer.blob
        return self.kind == blob.name if self.kind or blob.name else self.row == blob.look.row


@dataclass(frozen=True)
class StyleLibrary:
    """Kept styles in the order in which they were kept."""

    styles: tuple[KeptStyle, ...] = ()

    def named(self, name: str) -> KeptStyle:
        """The style of a name.

        Raises:
            ClientError: STYLE_NOT_FOUND.
        """
        for style in self.styles:
            if style.name == name:
                return style
        raise ClientError("STYLE_NOT_FOUND", f"No style is kept as “{name}”.", "Choose one of the list.")

    def with_style(self, style: KeptStyle) -> StyleLibrary:
        """The library with one more style, under a name that no other has."""
        return StyleLibrary((*self.styles, replace(style, name=self._free_name(style.name))))

    def renamed(self, name: str, wanted: str) -> StyleLibrary:
        """The library with a style under another name, or one like it that no other has.

        Raises:
            ClientError: STYLE_NOT_FOUND.
        """
        style = self.named(name)
        others = self.without(name)
        renamed = replace(style, name=others._free_name(wanted))
        return StyleLibrary(tuple(renamed if each is style else each for each in self.styles))

    def without(self, name: str) -> StyleLibrary:
        """The library without a style.

        Raises:
            ClientError: STYLE_NOT_FOUND.
        """
        gone = self.named(name)
        return StyleLibrary(tuple(each for each in self.styles if each is not gone))

    def _free_name(self, wanted: str) -> str:
        stem = wanted.strip() or "Style"
        taken = {style.name for style in self.styles}
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem} {number}", number + 1
        return name


def load_library(path: Path) -> StyleLibrary:
    """The library in a file; an empty one when there is no file yet.

    Raises:
        ClientError: STYLE_LIBRARY_NOT_READ, STYLE_LIBRARY_CORRUPT or STYLE_LIBRARY_UNKNOWN; the file is as it was.
    """
    try:
        return library_from_json(read_whole(path))
    except FileNotFoundError:
        return StyleLibrary()
    except OSError as error:
        message = f"The style library {path} cannot be read: {error.strerror or error}."
        raise ClientError("STYLE_LIBRARY_NOT_READ", message, "See to it that it may be read.") from error


def save_library(path: Path, library: StyleLibrary) -> None:
    """Write the library; after a failure the old file is still there.

    Raises:
        ClientError: STYLE_LIBRARY_NOT_WRITTEN.
    """
    try:
        write_whole(path, library_to_json(library).encode("utf-8"))
    except OSError as error:
        message = f"The style library {path} cannot be written: {error.strerror or error}."
        raise ClientError("STYLE_LIBRARY_NOT_WRITTEN", message, "See to it that there is space.") from error


def set_aside(path: Path) -> Path:
    """Give a file that cannot be read another name, so that a new library can begin; returns that name.

    Raises:
        ClientError: STYLE_LIBRARY_NOT_WRITTEN.
    """
    number = 1
    while (aside := path.with_name(f"{path.stem}-damaged-{number}{path.suffix}")).exists():
        number += 1
    try:
        return path.rename(aside)
    except OSError as error:
        message = f"The style library {path} cannot be renamed: {error.strerror or error}."
        raise ClientError("STYLE_LIBRARY_NOT_WRITTEN", message, "Rename it yourself.") from error


def library_to_json(library: StyleLibrary) -> str:
    """The library as text."""
    content = {"format": FORMAT, "schema": SCHEMA, "styles": [_style_out(style) for style in library.styles]}
    return json.dumps(content, indent=1)


def library_from_json(text: str | bytes) -> StyleLibrary:
    """The library that :func:`library_to_json` wrote.

    Raises:
        ClientError: STYLE_LIBRARY_UNKNOWN for another format or a newer schema, otherwise STYLE_LIBRARY_CORRUPT.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _corrupt("it is not JSON") from error
    if not isinstance(content, dict) or cast("dict[str, Any]", content).get("format") != FORMAT:
        raise ClientError("STYLE_LIBRARY_UNKNOWN", "The file holds no styles of Maquette.", "Choose another file.")
    content = cast("dict[str, Any]", content)
    if content.get("schema") != SCHEMA:
        message = f"The styles were kept with schema {content.get('schema')!r}; this version reads schema {SCHEMA}."
        raise ClientError("STYLE_LIBRARY_UNKNOWN", message, "Update the extension.")
    try:
        return _unique(_style_in(each) for each in _a(list, content["styles"]))
    except KeyError as error:
        raise _corrupt(f"{error.args[0]!r} is missing") from error
    except (TypeError, ValueError, binascii.Error) as error:
        raise _corrupt(str(error)) from error


def _corrupt(why: str) -> ClientError:
    return ClientError(
        "STYLE_LIBRARY_CORRUPT", f"The style library cannot be read: {why}.", "Set it aside, or mend it."
    )


def _unique(styles: Iterable[KeptStyle]) -> StyleLibrary:
    library = StyleLibrary(tuple(styles))
    if len({style.name for style in library.styles}) != len(library.styles):
        raise ValueError("two styles have one name")
    return library


def _style_out(style: KeptStyle) -> dict[str, Any]:
    content: dict[str, Any] = {
        "name": style.name,
        "kind": style.kind,
        "row": style.row,
        "model": {"id": style.model_id, "digest": style.model_digest},
        "style": base64.b64encode(style.style).decode("ascii"),
    }
    if style.thumbnail is not None:
        image = style.thumbnail
        pixels = base64.b64encode(image.pixels).decode("ascii")
        content["thumbnail"] = {"width": image.width, "height": image.height, "pixels": pixels}
    return content


def _style_in(entry: object) -> KeptStyle:
    content = _a(dict, entry)
    model = _a(dict, content["model"])
    return KeptStyle(
        name=_a(str, content["name"]),
        kind=_a(str, content["kind"]),
        row=_a(int, content["row"]),
        model_id=_a(str, model["id"]),
        model_digest=_a(str, model["digest"]),
        style=base64.b64decode(_a(str, content["style"]), validate=True),
        thumbnail=_image_in(_a(dict, content["thumbnail"])) if "thumbnail" in content else None,
    )


def _image_in(content: dict[str, Any]) -> Image:
    width, height = _a(int, content["width"]), _a(int, content["height"])
    pixels = base64.b64decode(_a(str, content["pixels"]), validate=True)
    image = Image(width, height, pixels)
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE and len(pixels) == image.byte_size):
        raise ValueError("a picture has the wrong size")
    return image


def _a(kind: type[Any], value: object) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{str(value)[:40]!r} is no {kind.__name__}")
    return value
