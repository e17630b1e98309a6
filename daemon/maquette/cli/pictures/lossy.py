"""JPEG and WebP: 8 bits, written again with the settings that the file was written with."""

from __future__ import annotations

import io
from typing import Any, cast

import numpy as np
from maquette_client.images import AlphaMode
from PIL import Image, JpegImagePlugin

from maquette.cli.pictures.document import Document, Metadata, unsupported

_EXIF_NAME = b"Exif\0\0"
_NEW_JPEG: dict[str, Any] = {"quality": 95, "subsampling": 0}
_NEW_WEBP: dict[str, Any] = {"lossless": True, "exact": True}
_LOSSY_WEBP: dict[str, Any] = {"quality": 95, "exact": True}


def _metadata(picture: Image.Image, own: dict[str, Any]) -> Metadata:
    information = cast("dict[str, Any]", picture.info)
    exif: bytes | None = information.get("exif")
    dots: tuple[float, float] | None = information.get("dpi")
    return Metadata(
        icc_profile=information.get("icc_profile"),
        exif=exif.removeprefix(_EXIF_NAME) if exif else None,
        xmp=information.get("xmp"),
        dots_per_inch=(float(dots[0]), float(dots[1])) if dots else None,
        own=own,
    )


def decode_jpeg(content: bytes) -> Document:
    """A JPEG file's document.

    Raises:
        ClientError: FILE_NOT_SUPPORTED for CMYK.
    """
    with Image.open(io.BytesIO(content)) as picture:
        if not isinstance(picture, JpegImagePlugin.JpegImageFile) or picture.mode not in ("L", "RGB"):
            raise unsupported(f"A JPEG file in {picture.mode} cannot be painted in.", "Convert it to RGB first.")
        subsampling: int = JpegImagePlugin.get_sampling(picture)
        own: dict[str, Any] = {
            "qtables": picture.quantization,
            "subsampling": subsampling if subsampling >= 0 else 0,
            "progressive": bool(picture.info.get("progressive")),
            "comment": picture.info.get("comment", b""),
        }
        pixels = np.asarray(picture)
        metadata = _metadata(picture, own)
    return Document(pixels[..., None] if pixels.ndim == 2 else pixels, AlphaMode.OPAQUE, "jpeg", metadata)


def encode_jpeg(document: Document) -> bytes:
    """A document as a JPEG file; that of a JPEG file with its own tables, so that it is not degraded further.

    Raises:
        ClientError: FILE_NOT_SUPPORTED for more than 8 bits or an alpha channel.
    """
    own = document.metadata.own if document.kind == "jpeg" else {}
    # A table for colours is missing where a grey file was coloured.
    own = own if document.pixels.shape[2] == 1 or len(own.get("qtables", {})) > 1 else {}
    return _saved(document, "JPEG", "three channels of 8 bits", (1, 3), {**(own or _NEW_JPEG), "optimize": True})


def decode_webp(content: bytes) -> Document:
    """A WebP file's document."""
    with Image.open(io.BytesIO(content)) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            raise unsupported("The file is an animation.", "Take its frames apart first.")
        pixels = np.asarray(picture)
        metadata = _metadata(picture, {"lossless": b"VP8L" in content[:64] or _has_lossless_chunk(content)})
    alpha_mode = AlphaMode.STRAIGHT if pixels.shape[2] == 4 else AlphaMode.OPAQUE
    return Document(pixels, alpha_mode, "webp", metadata)


def _has_lossless_chunk(content: bytes) -> bool:
    position = 12
    while position + 8 <= len(content):
        if content[position : position + 4] == b"VP8L":
            return True
        length = int.from_bytes(content[position + 4 : position + 8], "little")
        position += 8 + length + length % 2
    return False


def encode_webp(document: Document) -> bytes:
    """A document as a WebP file, lossless unless the file that it comes from was not.

    Raises:
        ClientError: FILE_NOT_SUPPORTED for more than 8 bits.
    """
    was_lossy = document.kind == "webp" and not document.metadata.own["lossless"]
    return _saved(document, "WEBP", "8 bits", (1, 3, 4), _LOSSY_WEBP if was_lossy else _NEW_WEBP)


def _saved(document: Document, kind: str, what: str, channels: tuple[int, ...], options: dict[str, Any]) -> bytes:
    pixels, metadata = document.pixels, document.metadata
    if pixels.dtype != np.uint8 or pixels.shape[2] not in channels:
        alpha = " and alpha" if pixels.shape[2] == 4 else ""
        raise unsupported(
            f"A {kind} file holds {what}, not {document.depth}{alpha}.", "Name a .png or .tif file instead."
        )
    options = dict(options)
    if metadata.icc_profile:
        options["icc_profile"] = metadata.icc_profile
    if metadata.exif:
        options["exif"] = _EXIF_NAME + metadata.exif
    if metadata.xmp:
        options["xmp"] = metadata.xmp
    if metadata.dots_per_inch:
        options["dpi"] = tuple(round(dots) for dots in metadata.dots_per_inch)
    file = io.BytesIO()
    shown = pixels[..., 0] if pixels.shape[2] == 1 else pixels
    Image.fromarray(np.ascontiguousarray(shown)).save(file, kind, **options)
    return file.getvalue()
