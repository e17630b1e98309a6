from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from maquette.imaging.jpeg_blocks import consistent, quality_of_blocks, quantisation_table
from maquette_client.jpeg_quality import jpeg_quality
from PIL import Image
from scipy import ndimage


def painting(height: int = 160, width: int = 200) -> np.ndarray:
    random = np.random.default_rng(1)
    rows, columns = np.mgrid[:height, :width] / 40
    shapes = np.sin(rows + 2 * columns) + np.sin(3 * rows - columns)
    noise = ndimage.gaussian_filter(random.normal(0, 1, (height, width, 3)), (1, 1, 0))
    return np.clip(0.5 + 0.15 * shapes[..., None] + 0.15 * noise, 0, 1).astype(np.float32)


def file_of(picture: np.ndarray, quality: int, subsampling: int = 2) -> bytes:
    stream = io.BytesIO()
    pixels = np.rint(picture * 255).astype(np.uint8)
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality, subsampling=subsampling)
    return stream.getvalue()


def decoded(file: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGB"), np.float32) / 255


def error(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.sqrt(np.square(one - other).mean()))


@pytest.mark.parametrize("subsampling", [0, 2])
@pytest.mark.parametrize("quality", [5, 10, 20, 30, 50, 75, 90])
def test_a_decoded_jpeg_tells_its_quality(quality: int, subsampling: int) -> None:
    file = file_of(painting(), quality, subsampling)
    found = quality_of_blocks(decoded(file))
    assert found is not None
    assert abs(found - quality) <= 1
    assert jpeg_quality(file) == quality


@pytest.mark.parametrize("quality", [10, 50])
def test_the_tables_are_those_of_the_files(quality: int) -> None:
    written = Image.open(io.BytesIO(file_of(painting(), quality))).quantization
    for chroma in (False, True):
        assert quantisation_table(quality, chroma).ravel().tolist() == written[int(chroma)]


def test_cut_off_colours_do_not_hide_the_quality() -> None:
    loud = np.clip((painting() - 0.5) * 3 + 0.5, 0, 1)
    assert ((loud == 0) | (loud == 1)).mean() > 0.1
    assert quality_of_blocks(decoded(file_of(loud, 10))) == 10


def test_other_pictures_tell_nothing() -> None:
    jpeg = decoded(file_of(painting(), 20))
    assert quality_of_blocks(painting()) is None
    assert quality_of_blocks(jpeg[3:, 2:]) is None
    assert quality_of_blocks(ndimage.zoom(jpeg, (1.3, 1.3, 1), order=1)) is None
    assert quality_of_blocks(np.full((64, 64, 3), 0.5, np.float32)) is None
    assert quality_of_blocks(painting(7, 300)) is None


@pytest.mark.parametrize("quality", [10, 30, 75])
def test_whatever_a_model_paints_comes_nearer_to_the_truth(quality: int) -> None:
    true, random = painting(), np.random.default_rng(0)
    damaged = decoded(file_of(true, quality))
    for painted in (np.clip(damaged * 0.7 + 0.3, 0, 1), random.random(true.shape, np.float32), np.zeros_like(true)):
        assert error(consistent(painted, damaged, quality), true) < error(painted, true)


@pytest.mark.parametrize("quality", [10, 30])
def test_colours_stay_those_of_the_jpeg(quality: int) -> None:
    damaged = decoded(file_of(painting(), quality))
    shifted = np.clip(damaged + np.float32([0.2, -0.1, -0.2]), 0, 1)
    drift = np.abs(consistent(shifted, damaged, quality).mean(axis=(0, 1)) - damaged.mean(axis=(0, 1)))
    assert drift.max() < 0.06


def test_a_consistent_picture_stays_as_it_is() -> None:
    damaged = decoded(file_of(painting(), 20))
    np.testing.assert_allclose(consistent(damaged, damaged, 20), damaged, atol=0.01)


@given(
    hnp.arrays(
        np.float32, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3)), elements=st.floats(0, 1, width=32)
    ),
    st.integers(1, 100),
)
def test_any_size_is_answered_in_its_size_and_range(picture: np.ndarray, quality: int) -> None:
    result = consistent(picture, picture[::-1], quality)
    assert result.shape == picture.shape
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1
