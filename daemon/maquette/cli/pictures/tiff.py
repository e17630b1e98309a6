"""TIFF: 8, 16 and 32 bits, integer and float. tifffile is not typed, so its objects pass through here as they are."""
# pyright: basic

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import tifffile
from maquette_client.images import AlphaMode
from PIL import Image, TiffImagePlugin

from maquette.cli.pictures.document import Document, Metadata, Pixels, unsupported, with_three_colours

_ICC_PROFILE, _XMP, _IPTC, _PHOTOSHOP = 34675, 700, 33723, 34377
_EXIF_DIRECTORY, _GPS_DIRECTORY, _ORIENTATION = 0x8769, 0x8825, 0x0112
# What a TIFF file says of the picture as a whole: description, maker, model, software, date, artist, copyright.
_TEXTS = (270, 271, 272, 305, 306, 315, 33432)
_BYTES, _TEXT, _LONG = 7, 2, 4
# tifffile does not write pointers to directories: it writes the next tag, which nobody uses, and that is renamed.
_PLACEHOLDER = 1
_SAMPLES = ("uint8", "uint16", "float16", "float32")
_ALPHA = {1: AlphaMode.PREMULTIPLIED, 2: AlphaMode.STRAIGHT}
_NAME_OF_ALPHA = {
    AlphaMode.PREMULTIPLIED: "assocalpha",
    AlphaMode.STRAIGHT: "unassalpha",
    AlphaMode.OPAQUE: "unspecified",
}
_COMPRESSIONS = {1: None, 5: "lzw", 8: "deflate", 32946: "deflate", 32773: "packbits", 50000: "zstd", 34925: "lzma"}


def decode(content: bytes) -> Document:
    """A TIFF file's document.

    Raises:
        ClientError: FILE_NOT_SUPPORTED for several pages, palettes, CMYK, and samples other than 8 and 16 bits and
            single and half precision.
    """
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        if len(file.pages) != 1:
            raise unsupported(f"The file has {len(file.pages)} pages.", "Take its pages apart first.")
        page: Any = file.pages[0]
        pixels = _pixels(page)
        alpha_mode = AlphaMode.OPAQUE
        if pixels.shape[2] in (2, 4):
            alpha_mode = _ALPHA.get(int(page.extrasamples[0]) if page.extrasamples else 0, AlphaMode.OPAQUE)
        if pixels.shape[2] == 2:
            pixels = with_three_colours(pixels)
        metadata = Metadata(
            icc_profile=_value(page, _ICC_PROFILE),
            exif=_exif(content),
            xmp=_value(page, _XMP),
            dots_per_inch=_resolution(page),
            own={
                "compression": _COMPRESSIONS.get(int(page.compression), "deflate"),
                "predictor": int(page.predictor) > 1,
                "tags": {tag: _value(page, tag) for tag in (_IPTC, _PHOTOSHOP) if tag in page.tags},
            },
        )
    return Document(pixels, alpha_mode, "tiff", metadata)


def _pixels(page: Any) -> Pixels:
    known = page.photometric in (tifffile.PHOTOMETRIC.MINISBLACK, tifffile.PHOTOMETRIC.RGB)
    if not known or page.dtype is None or page.dtype.name not in _SAMPLES or len(page.extrasamples) > 1:
        raise unsupported(
            f"A TIFF file of {page.photometric.name} in {page.dtype} cannot be painted in.",
            "Convert it to grey or RGB of 8, 16 or 32 bits first.",
        )
    pixels = page.asarray()
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    elif page.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
        pixels = np.moveaxis(pixels, 0, -1)
    return np.ascontiguousarray(pixels.astype(pixels.dtype.newbyteorder("="), copy=False))


def _value(page: Any, tag: int) -> bytes | None:
    found = page.tags.get(tag)
    value = None if found is None else found.value
    return value.encode() if isinstance(value, str) else bytes(value) if value is not None else None


def _exif(content: bytes) -> bytes | None:
    """A TIFF file is itself what EXIF is written as: the same without what describes its pixels."""
    exif = Image.Exif()
    exif.load(b"Exif\0\0" + content)
    for tag in list(exif):
        if tag not in (*_TEXTS, _EXIF_DIRECTORY, _GPS_DIRECTORY, _ORIENTATION):
            del exif[tag]
    return exif.tobytes().removeprefix(b"Exif\0\0") if len(exif) else None


def _resolution(page: Any) -> tuple[float, float] | None:
    unit = page.tags.get("ResolutionUnit")
    across, down = page.tags.get("XResolution"), page.tags.get("YResolution")
    if across is None or down is None or unit is None or int(unit.value) not in (2, 3):
        return None
    inches = 1.0 if int(unit.value) == 2 else 2.54
    values = [numerator / max(1, denominator) * inches for numerator, denominator in (across.value, down.value)]
    return values[0], values[1]


def encode(document: Document) -> bytes:
    """A document as a TIFF file, compressed as the file that it comes from was, else losslessly."""
    own = (
        document.metadata.own if document.kind == "tiff" else {"compression": "deflate", "predictor": True, "tags": {}}
    )
    pixels, metadata = document.pixels, document.metadata
    channels = pixels.shape[2]
    directories = _directories(metadata.exif)
    tags = [(tag, _TEXT, 0, text, True) for tag, text in directories.pop(0, {}).items()]
    tags += [(tag + _PLACEHOLDER, _LONG, 1, 0, True) for tag in directories]
    tags += [(tag, _BYTES, len(value), value, True) for tag, value in own["tags"].items()]
    if metadata.xmp:
        tags.append((_XMP, 1, len(metadata.xmp), metadata.xmp, True))
    file = io.BytesIO()
    tifffile.imwrite(
        file,
        pixels[..., 0] if channels == 1 else pixels,
        photometric="minisblack" if channels == 1 else "rgb",
        byteorder="<",
        compression=own["compression"],
        predictor=own["predictor"] and own["compression"] in ("lzw", "deflate", "zstd", "lzma"),
        extrasamples=[_NAME_OF_ALPHA[document.alpha_mode]] if channels == 4 else None,
        iccprofile=metadata.icc_profile,
        resolution=metadata.dots_per_inch,
        resolutionunit="INCH" if metadata.dots_per_inch else None,
        software=False,
        metadata=None,
        extratags=tags,
    )
    return _with_directories(file.getvalue(), directories)


def _directories(exif: bytes | None) -> dict[int, dict[int, Any]]:
    """By the tag that points to it, each directory of EXIF; 0 = the texts of the main one."""
    if not exif:
        return {}
    read = Image.Exif()
    read.load(b"Exif\0\0" + exif)
    found: dict[int, dict[int, Any]] = {0: {tag: str(read[tag]) for tag in _TEXTS if tag in read}}
    for tag in (_EXIF_DIRECTORY, _GPS_DIRECTORY):
        if directory := dict(read.get_ifd(tag)):
            found[tag] = directory
    return found


def _with_directories(content: bytes, directories: dict[int, dict[int, Any]]) -> bytes:
    """Append directories to a file that has a place for the pointer to each."""
    written = bytearray(content)
    for tag, values in directories.items():
        written += b"\0" * (len(written) % 2)
        with tifffile.TiffFile(io.BytesIO(content)) as file:
            page: Any = file.pages[0]
            place = page.tags[tag + _PLACEHOLDER]
        struct.pack_into("<H", written, place.offset, tag)
        struct.pack_into("<I", written, place.valueoffset, len(written))
        directory = TiffImagePlugin.ImageFileDirectory_v2(ifh=b"II\x2a\x00\x08\x00\x00\x00")
        for name, value in values.items():
            if not isinstance(value, dict):
                directory[name] = value
        written += directory.tobytes(len(written))
    return bytes(written)
