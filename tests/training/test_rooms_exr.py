"""Reading the OpenEXR files that Blender writes."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.training.rendering.exr import read_exr

TYPES = {np.dtype("<u4"): 0, np.dtype("<f2"): 1, np.dtype("<f4"): 2}


def encode_exr(planes: dict[str, np.ndarray], compression: int = 0, flags: int = 0) -> bytes:
    """An OpenEXR file of one part with scan lines (openexr.com, "OpenEXR File Layout")."""
    height, width = next(iter(planes.values())).shape
    names = sorted(planes)
    listing = b"".join(
        name.encode() + b"\0" + struct.pack("<iIii", TYPES[planes[name].dtype], 0, 1, 1) for name in names
    )
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    header = struct.pack("<II", 20000630, 2 | flags)
    for name, kind, value in (
        ("channels", "chlist", listing + b"\0"),
        ("compression", "compression", bytes([compression])),
        ("dataWindow", "box2i", window),
        ("displayWindow", "box2i", window),
    ):
        header += name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(value)) + value
    header += b"\0"
    lines = [b"".join(planes[name][y].tobytes() for name in names) for y in range(height)]
    first, step = len(header) + 8 * height, 8 + len(lines[0])
    offsets = struct.pack(f"<{height}Q", *(first + step * y for y in range(height)))
    return header + offsets + b"".join(struct.pack("<ii", y, len(line)) + line for y, line in enumerate(lines))


def some_planes(width: int, height: int) -> dict[str, np.ndarray]:
    noise = np.random.default_rng(width * 100 + height)
    return {
        "View Layer.Combined.R": noise.standard_normal((height, width)).astype("<f4"),
        "View Layer.Depth.Z": noise.random((height, width)).astype("<f2"),
        "View Layer.IndexOB.X": noise.integers(0, 16, (height, width)).astype("<u4"),
    }


@given(st.integers(1, 20), st.integers(1, 20))
def test_every_channel_is_read_whatever_its_number_type(tmp_path_factory, width, height):
    path = tmp_path_factory.mktemp("exr") / "room.exr"
    planes = some_planes(width, height)
    path.write_bytes(encode_exr(planes))
    channels = read_exr(path)
    assert channels.keys() == planes.keys()
    for name, plane in planes.items():
        assert channels[name].dtype == np.float32
        np.testing.assert_array_equal(channels[name], plane.astype(np.float32))


def expect_refusal(path) -> None:
    with pytest.raises(MaquetteError) as caught:
        read_exr(path)
    assert caught.value.reason is Reason.CONTENT_CORRUPT


@pytest.mark.parametrize("share", [0.0, 0.002, 0.1, 0.3, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_refused(tmp_path, share):
    path = tmp_path / "room.exr"
    content = encode_exr(some_planes(16, 16))
    path.write_bytes(content[: int(share * len(content))])
    expect_refusal(path)


def test_compressed_tiled_and_foreign_files_are_refused(tmp_path):
    path = tmp_path / "room.exr"
    for content in (
        encode_exr(some_planes(4, 4), compression=3),
        encode_exr(some_planes(4, 4), flags=0x200),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
    ):
        path.write_bytes(content)
        expect_refusal(path)
