"""The one thing in EXIF that matters to pixels: which way up they are."""

from __future__ import annotations

import struct

import numpy as np

from maquette.cli.pictures.document import Pixels

_ORIENTATION = 0x0112
_SHORT = 3


def _orientation_at(exif: bytes) -> tuple[int, str] | None:
    """Where the value is, and the byte order."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 10:
        return None
    (start,) = struct.unpack_from(f"{order}I", exif, 4)
    if start + 2 > len(exif):
        return None
    (count,) = struct.unpack_from(f"{order}H", exif, start)
    for entry in range(start + 2, min(start + 2 + 12 * count, len(exif) - 11), 12):
        tag, kind = struct.unpack_from(f"{order}HH", exif, entry)
        if (tag, kind) == (_ORIENTATION, _SHORT):
            return entry + 8, order
    return None


def orientation_of(exif: bytes | None) -> int:
    """1 to 8 as EXIF numbers them; 1 = upright, also where nothing is said."""
    place = _orientation_at(exif) if exif else None
    if exif is None or place is None:
        return 1
    (value,) = struct.unpack_from(f"{place[1]}H", exif, place[0])
    return value if 1 <= value <= 8 else 1


def called_upright(exif: bytes) -> bytes:
    """The same EXIF, every other byte untouched, for pixels that are upright."""
    place = _orientation_at(exif)
    if place is None:
        return exif
    changed = bytearray(exif)
    struct.pack_into(f"{place[1]}H", changed, place[0], 1)
    return bytes(changed)


def turned_upright(pixels: Pixels, orientation: int) -> Pixels:
    """Pixels (H, W, C) as they are meant to be seen."""
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 7, 6):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
