"""The figures that painting is judged by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.bench.painting_metrics import (
    VECTOR_WIDTH,
    Normal,
    colour_distance,
    frechet_distance,
    normal_of,
    patch_vectors,
    psnr,
    ssim,
    statistics_distance,
)
from scipy import ndimage


def picture(seed: int, side: int = 32) -> np.ndarray:
    return np.random.default_rng(seed).random((side, side, 3)).astype(np.float32)


def hole(side: int = 32) -> np.ndarray:
    where = np.zeros((side, side), np.bool_)
    where[8:24, 8:24] = True
    return where


@given(st.floats(0.01, 0.5))
def test_psnr_of_a_constant_error_is_known(error: float) -> None:
    black = np.zeros((8, 8, 3), np.float32)
    assert psnr(black, np.full_like(black, error)) == pytest.approx(-20 * np.log10(error), abs=1e-3)


def test_only_what_is_inside_the_hole_counts() -> None:
    true = picture(0)
    made = np.where(hole()[..., None], true + 0.1, 0).astype(np.float32)
    assert psnr(made, true, hole()) == pytest.approx(20.0, abs=1e-3)
    assert psnr(true, true, hole()) == 100


def test_ssim_is_1_for_the_same_and_falls_with_blur() -> None:
    true = picture(1)
    slightly, strongly = (ndimage.gaussian_filter(true, (sigma, sigma, 0)) for sigma in (0.5, 2.0))
    assert ssim(true, true, hole()) == pytest.approx(1.0)
    assert 1 > ssim(slightly, true, hole()) > ssim(strongly, true, hole())


def test_ssim_agrees_with_scikit_image() -> None:
    metrics = pytest.importorskip("skimage.metrics")
    one, other = picture(2, 48), picture(3, 48)
    expected, map_ = metrics.structural_similarity(
        one.astype(float), other.astype(float), channel_axis=2, data_range=1.0, gaussian_weights=True,
        use_sample_covariance=False, full=True,
    )  # fmt: skip
    assert ssim(one, other) == pytest.approx(float(map_.mean()), abs=1e-6)
    assert expected == pytest.approx(float(map_.mean()), abs=0.02)


@given(st.integers(1, 5), st.integers(0, 10))
@settings(max_examples=20)
def test_the_distance_of_normals_with_a_common_basis_is_known(width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(rng.normal(size=(width, width)))
    first, second = rng.uniform(0.1, 3, (2, width))
    shift = rng.normal(size=width)
    one = Normal(np.zeros(width), (basis * first**2) @ basis.T)
    other = Normal(shift, (basis * second**2) @ basis.T)
    expected = float(np.square(shift).sum() + np.square(first - second).sum())
    assert frechet_distance(one, other) == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert frechet_distance(other, one) == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert frechet_distance(one, one) == pytest.approx(0.0, abs=1e-9)


def test_samples_lead_back_to_their_normal() -> None:
    vectors = np.random.default_rng(0).multivariate_normal([1, 2], [[2, 0.5], [0.5, 1]], 40_000)
    assert frechet_distance(normal_of(vectors), Normal(np.array([1, 2.0]), np.array([[2, 0.5], [0.5, 1]]))) < 1e-3


def test_patches_are_those_whose_middle_is_in_the_hole() -> None:
    assert patch_vectors(picture(0), hole()).shape == (16, VECTOR_WIDTH)
    assert patch_vectors(picture(0), np.zeros((32, 32), np.bool_)).shape == (0, VECTOR_WIDTH)
    assert np.isfinite(patch_vectors(picture(0), np.ones((32, 32), np.bool_))).all()


def test_a_blur_is_farther_from_the_truth_than_another_picture_of_the_kind() -> None:
    true, others = ([picture(seed) for seed in range(start, start + 8)] for start in (0, 100))
    blurs = [ndimage.gaussian_filter(each, (2, 2, 0)) for each in true]
    places = [hole()] * 8
    assert statistics_distance(true, true, places) == pytest.approx(0.0, abs=1e-6)
    assert statistics_distance(blurs, true, places) > 3 * statistics_distance(others, true, places)


def test_grey_is_far_from_coloured_pictures() -> None:
    true = [picture(seed) for seed in range(4)]
    grey = [np.repeat(each[..., :1], 3, axis=2) for each in true]
    assert colour_distance(true, true) == pytest.approx(0.0, abs=1e-4)
    assert colour_distance(grey, true) > 5 * colour_distance([picture(9)] * 4, true)
