"""The quality that a JPEG file's quantisation tables tell."""

from __future__ import annotations

import io

import numpy as np
import pytest
from maquette_client.jpeg_quality import jpeg_quality
from PIL import Image


def compressed(quality: int) -> bytes:
    noise = np.random.default_rng(1).integers(0, 256, (40, 56, 3), np.uint8)
    target = io.BytesIO()
    Image.fromarray(noise).save(target, "JPEG", quality=quality)
    return target.getvalue()


@pytest.mark.parametrize("quality", [1, 5, 10, 30, 49, 50, 51, 75, 90, 100])
def test_a_file_says_its_quality(quality: int) -> None:
    assert jpeg_quality(compressed(quality)) == quality


def test_other_bytes_have_no_quality() -> None:
    target = io.BytesIO()
    Image.new("RGB", (40, 56)).save(target, "PNG")
    assert jpeg_quality(target.getvalue()) is None
    assert jpeg_quality(b"nothing") is None
    assert jpeg_quality(compressed(30)[:200]) in (None, 30)
