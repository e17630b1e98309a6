"""With which quality a JPEG file was saved, read from its quantisation tables."""

from __future__ import annotations

from collections.abc import Sequence

# ITU-T T.81, table K.1, in the order of the file (zigzag).
_LUMINANCE = (
    *(16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40),
    *(26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51),
    *(56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87),
    *(95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99),
)
_START_OF_IMAGE = b"\xff\xd8"
_DEFINE_QUANTISATION_TABLES, _START_OF_SCAN, _END_OF_IMAGE = 0xDB, 0xDA, 0xD9
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def jpeg_quality(file: bytes) -> int | None:
    """The quality, 1 to 100, of the standard table that is nearest to the file's first one; None when the bytes are not
    a JPEG file's or hold no such table. The start of the file, up to its first scan, is enough."""
    table = _luminance_table(file)
    if table is None:
        return None
    return min(range(1, 101), key=lambda quality: (_distance(table, _standard(quality)), -quality))


def _standard(quality: int) -> list[int]:
    # The scaling of the Independent JPEG Group's library, which nearly all programs share.
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return [min(255, max(1, (value * scale + 50) // 100)) for value in _LUMINANCE]


def _distance(table: Sequence[int], other: Sequence[int]) -> int:
    return sum(abs(one - another) for one, another in zip(table, other, strict=True))


def _luminance_table(file: bytes) -> list[int] | None:
    if not file.startswith(_START_OF_IMAGE):
        return None
    position = 2
    while position + 4 <= len(file) and file[position] == 0xFF:
        marker = file[position + 1]
        if marker == 0xFF or marker in _ALONE:
            position += 1 if marker == 0xFF else 2
            continue
        if marker in (_START_OF_SCAN, _END_OF_IMAGE):
            return None
        length = int.from_bytes(file[position + 2 : position + 4], "big")
        if marker == _DEFINE_QUANTISATION_TABLES:
            table = _first_table(file[position + 4 : position + 2 + length])
            if table is not None:
                return table
        position += 2 + max(length, 2)
    return None


def _first_table(segment: bytes) -> list[int] | None:
    """Table 0 of a segment that holds one table or several, each of 64 numbers of one byte or two."""
    position = 0
    while position < len(segment):
        precision, number = segment[position] >> 4, segment[position] & 15
        size = 128 if precision else 64
        values = segment[position + 1 : position + 1 + size]
        if len(values) < size:
            return None
        if number == 0:
            step = size // 64
            return [int.from_bytes(values[index : index + step], "big") for index in range(0, size, step)]
        position += 1 + size
    return None
