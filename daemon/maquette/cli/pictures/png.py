"""PNG: every chunk that does not hold pixels goes back as it came."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any, cast

import imagecodecs
import numpy as np
from maquette_client.images import AlphaMode
from PIL import Image

from maquette.cli.pictures.document import Document, Metadata, Pixels, unsupported, with_three_colours

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP_KEYWORD = b"XML:com.adobe.xmp"
_METRES_PER_INCH = 0.0254
_COMPRESSION_LEVEL = 6
# Pixels, what is written anew, what depends on how pixels are stored, and when the picture was last changed.
_NOT_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"hIST", b"bKGD", b"sBIT", b"eXIf", b"tIME"})

Chunk = tuple[bytes, bytes]


def _chunks(content: bytes) -> Iterator[Chunk]:
    position = len(SIGNATURE)
    while position + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, position)
        yield content[position + 4 : position + 8], content[position + 8 : position + 8 + length]
        position += 12 + length


def _bare(content: bytes) -> bytes:
    """The file with nothing but its pixels: the decoder has opinions about profiles."""
    kept, position = [SIGNATURE], len(SIGNATURE)
    for kind, data in _chunks(content):
        end = position + 12 + len(data)
        if kind in (b"IHDR", b"IDAT", b"IEND"):
            kept.append(content[position:end])
        position = end
    return b"".join(kept)


def _written(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _is_plain(header: bytes, kinds: list[bytes]) -> bool:
    depth, colour_type = header[8], header[9]
    return depth in (8, 16) and colour_type != 3 and b"tRNS" not in kinds


def _decoded(content: bytes, plain: bool) -> Pixels:
    if plain:
        pixels = imagecodecs.png_decode(_bare(content))
    else:
        # Palettes and single bits have no samples of their own: 8 bits hold them all.
        with Image.open(io.BytesIO(content)) as picture:
            deep = picture.mode.startswith("I;16") or picture.mode == "I"
            if deep or (b"tRNS" in [kind for kind, _ in _chunks(content)] and content[24] == 16):
                raise unsupported(
                    "The file has 16 bits and a transparent colour.", "Save it again with an alpha channel."
                )
            transparent = picture.has_transparency_data
            grey = picture.mode in ("1", "L")
            pixels = np.asarray(picture.convert("RGBA" if transparent else "L" if grey else "RGB"))
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    return with_three_colours(pixels) if pixels.shape[2] == 2 else pixels


def decode(content: bytes) -> Document:
    """A PNG file's document."""
    chunks = list(_chunks(content))
    kinds = [kind for kind, _ in chunks]
    named = dict(chunks)
    pixels = _decoded(content, _is_plain(named[b"IHDR"], kinds))
    first = kinds.index(b"IDAT")
    kept: dict[str, Any] = {
        "before": [chunk for chunk in chunks[:first] if chunk[0] not in _NOT_KEPT],
        "after": [chunk for chunk in chunks[first:] if chunk[0] not in _NOT_KEPT],
    }
    metadata = Metadata(_profile(named), named.get(b"eXIf"), _xmp(chunks), _resolution(named.get(b"pHYs")), kept)
    alpha_mode = AlphaMode.STRAIGHT if pixels.shape[2] == 4 else AlphaMode.OPAQUE
    return Document(pixels, alpha_mode, "png", metadata)


def _profile(named: dict[bytes, bytes]) -> bytes | None:
    if b"iCCP" not in named:
        return None
    _, _, packed = named[b"iCCP"].partition(b"\0")
    try:
        return zlib.decompress(packed[1:])
    except zlib.error:
        return None


def _xmp(chunks: list[Chunk]) -> bytes | None:
    for kind, data in chunks:
        if kind == b"iTXt" and data.startswith(_XMP_KEYWORD + b"\0\0"):
            return data[len(_XMP_KEYWORD) + 3 :].split(b"\0", 2)[-1]
    return None


def _resolution(data: bytes | None) -> tuple[float, float] | None:
    if data is None or len(data) != 9 or data[8] != 1:
        return None
    across, down = struct.unpack(">II", data[:8])
    return across * _METRES_PER_INCH, down * _METRES_PER_INCH


def encode(document: Document) -> bytes:
    """A document as a PNG file.

    Raises:
        ClientError: FILE_NOT_SUPPORTED for floating-point or premultiplied pixels.
    """
    if document.pixels.dtype.kind == "f" or document.alpha_mode is AlphaMode.PREMULTIPLIED:
        raise unsupported(f"A PNG file cannot hold {document.depth} pixels of this kind.", "Name a .tif file instead.")
    grey = document.pixels.shape[2] == 1
    samples = np.ascontiguousarray(document.pixels[..., 0] if grey else document.pixels)
    bare = imagecodecs.png_encode(samples, level=_COMPRESSION_LEVEL)
    own = document.metadata.own if document.kind == "png" else {}
    before = cast("list[Chunk]", own.get("before", _translated(document.metadata)))
    if document.metadata.icc_profile is None:
        before = [chunk for chunk in before if chunk[0] != b"iCCP"]
    if document.metadata.exif:
        before = [*before, (b"eXIf", document.metadata.exif)]
    header, *pixels = [chunk for chunk in _chunks(bytes(bare)) if chunk[0] in (b"IHDR", b"IDAT")]
    after = cast("list[Chunk]", own.get("after", []))
    return SIGNATURE + b"".join(_written(*chunk) for chunk in (header, *before, *pixels, *after, (b"IEND", b"")))


def _translated(metadata: Metadata) -> list[Chunk]:
    chunks: list[Chunk] = []
    if metadata.icc_profile:
        chunks.append((b"iCCP", b"ICC profile\0\0" + zlib.compress(metadata.icc_profile)))
    if metadata.dots_per_inch:
        across, down = (round(dots / _METRES_PER_INCH) for dots in metadata.dots_per_inch)
        chunks.append((b"pHYs", struct.pack(">IIB", across, down, 1)))
    if metadata.xmp:
        chunks.append((b"iTXt", _XMP_KEYWORD + b"\0\0\0\0\0" + metadata.xmp))
    return chunks
