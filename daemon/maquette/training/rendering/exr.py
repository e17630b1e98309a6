"""Reading the uncompressed OpenEXR files that Blender writes: one part, scan lines, half or float channels."""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from maquette.errors import MaquetteError, Reason

_MAGIC = 20000630
_PIXEL_TYPES = {0: np.dtype("<u4"), 1: np.dtype("<f2"), 2: np.dtype("<f4")}


def read_exr(path: Path) -> dict[str, NDArray[np.float32]]:
    """All channels of an uncompressed scan-line OpenEXR file, by name, each (height, width).

    Raises:
        MaquetteError: CONTENT_CORRUPT if the file is not one of these.
    """
    content = path.read_bytes()
    try:
        return _parse(content)
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise MaquetteError(Reason.CONTENT_CORRUPT, f"{path.name} is not an uncompressed OpenEXR file.") from error


def _parse(content: bytes) -> dict[str, NDArray[np.float32]]:
    magic, version = struct.unpack_from("<II", content, 0)
    if magic != _MAGIC or version & 0x1A00:
        raise ValueError("not a single-part scan-line file")
    attributes, start = _read_header(content, 8)
    if attributes["compression"] != b"\x00":
        raise ValueError("compressed")
    left, top, right, bottom = struct.unpack("<4i", attributes["dataWindow"])
    return _read_lines(content, start, _read_channels(attributes["channels"]), bottom - top + 1, right - left + 1)


def _read_header(content: bytes, start: int) -> tuple[dict[str, bytes], int]:
    attributes: dict[str, bytes] = {}
    while content[start] != 0:
        name_end = content.index(b"\0", start)
        type_end = content.index(b"\0", name_end + 1)
        (size,) = struct.unpack_from("<i", content, type_end + 1)
        value = type_end + 5
        attributes[content[start:name_end].decode()] = content[value : value + size]
        start = value + size
    return attributes, start + 1


def _read_channels(listing: bytes) -> list[tuple[str, np.dtype[np.generic]]]:
    channels: list[tuple[str, np.dtype[np.generic]]] = []
    start = 0
    while listing[start] != 0:
        end = listing.index(b"\0", start)
        (pixel_type,) = struct.unpack_from("<i", listing, end + 1)
        channels.append((listing[start:end].decode(), _PIXEL_TYPES[pixel_type]))
        start = end + 17
    return channels


def _read_lines(
    content: bytes, start: int, channels: list[tuple[str, np.dtype[np.generic]]], height: int, width: int
) -> dict[str, NDArray[np.float32]]:
    line = np.dtype([("y", "<i4"), ("size", "<i4"), *((name, kind, (width,)) for name, kind in channels)])
    lines = np.frombuffer(content, line, count=height, offset=start + 8 * height)
    return {name: np.ascontiguousarray(lines[name], dtype=np.float32) for name, _ in channels}
