"""The figures that painting is judged by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from maquette.bench.painting_metrics import (
    colour_distance,
    psnr,
    ssim,
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


def test_grey_is_far_from_coloured_pictures() -> None:
    true = [picture(seed) for seed in range(4)]
    grey = [np.repeat(each[..., :1], 3, axis=2) for each in true]
    assert colour_distance(true, true) == pytest.approx(0.0, abs=1e-4)
    assert colour_distance(grey, true) > 5 * colour_distance([picture(9)] * 4, true)
