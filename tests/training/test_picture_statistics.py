"""How near pictures are by what their patches look like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.training.picture_statistics import (
    VECTOR_WIDTH,
    Normal,
    frechet_distance,
    normal_of,
    patch_vectors,
    statistics_distance,
)
from scipy import ndimage


def picture(seed: int, side: int = 32) -> np.ndarray:
    return np.random.default_rng(seed).random((side, side, 3)).astype(np.float32)


def hole(side: int = 32) -> np.ndarray:
    where = np.zeros((side, side), np.bool_)
    where[8:24, 8:24] = True
    return where


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
