from __future__ import annotations

import io

import numpy as np
import pytest
from maquette.imaging.jpeg_quality import blockiness, quality_of_pixels
from PIL import Image
from scipy import ndimage


def painting() -> Image.Image:
    random = np.random.default_rng(1)
    rows, columns = np.mgrid[:160, :200] / 40
    shapes = np.sin(rows + 2 * columns) + np.sin(3 * rows - columns)
    noise = ndimage.gaussian_filter(random.normal(0, 1, (160, 200, 3)), (1, 1, 0))
    values = 0.5 + 0.15 * shapes[..., None] + 0.15 * noise
    return Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8))


def compressed(quality: int) -> bytes:
    target = io.BytesIO()
    painting().save(target, "JPEG", quality=quality)
    return target.getvalue()


def grey(quality: int) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(compressed(quality))).convert("L"), np.float32) / 255


def test_pixels_alone_tell_strong_from_weak_compression() -> None:
    estimates = [quality_of_pixels(grey(quality)) for quality in (5, 20, 60, 95)]
    assert estimates == sorted(estimates)
    assert estimates[0] <= 15
    assert estimates[-1] >= 80


def test_what_was_never_compressed_has_no_blocks() -> None:
    values = np.asarray(painting().convert("L"), np.float32) / 255
    assert blockiness(values) == pytest.approx(1, abs=0.06)
    assert quality_of_pixels(values[:15]) is None
    assert quality_of_pixels(np.zeros((64, 64), np.float32)) == 100
